"""Sums, products and powers: the arithmetic that a careful person would write.

*Main definitions*: readers of Add, Mul, Pow and of numbers; operations `const`, `named`, `arg`,
`add`, `mul`, `power` (exact rational exponent), `pow` (run-time exponent), `pow_log`.

*Implementation notes*: long sums and products are balanced trees of short lines, so that neither
Python's parser nor XLA meets a chain of 10^5 operations.  Quotients are one division.  Integer
powers up to 12 multiply; beyond, jnp.power (0.5 ulp) is more accurate than repeated products.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import sympy

from derivax.numeric.codegen.lower.operation import ADD, ATOM, MUL, Operation, Text
from derivax.numeric.codegen.tape import Exact, Node, Tape

if TYPE_CHECKING:
    from derivax.numeric.codegen.reading import Reader
    from derivax.numeric.codegen.writer import Writer

__all__ = [
    "OPERATIONS",
    "read_add",
    "read_float",
    "read_mul",
    "read_named",
    "read_pow",
    "read_rational",
]

LARGEST_PRODUCT_POWER = 12


# -- SymPy -> tape --------------------------------------------------------------------------------


def read_rational(reader: Reader, expr: sympy.Rational, ids: Sequence[int]) -> int:
    return reader.tape.const(Fraction(int(expr.p), int(expr.q)) if expr.q != 1 else int(expr.p))


def read_float(reader: Reader, expr: sympy.Float, ids: Sequence[int]) -> int:
    sign, man, exp, _ = expr._mpf_
    if not man and exp:
        return reader.tape.push("named", (), str(expr))
    value = Fraction(int(man)) * Fraction(2) ** int(exp)
    return reader.tape.const(-value if sign else value)


def read_named(reader: Reader, expr: sympy.Expr, ids: Sequence[int]) -> int:
    return reader.tape.push("named", (), NAMED[type(expr).__name__])


def read_add(reader: Reader, expr: sympy.Add, ids: Sequence[int]) -> int:
    return reader.tape.add(ids)


def read_mul(reader: Reader, expr: sympy.Mul, ids: Sequence[int]) -> int:
    return reader.tape.mul(ids)


def read_pow(reader: Reader, expr: sympy.Pow, ids: Sequence[int]) -> int:
    base, exponent = ids
    tape = reader.tape
    number = tape.number(exponent)
    if number is not None:
        return tape.power(base, number)
    if tape[base].op == "named" and tape[base].data == "e":
        return tape.exp(exponent)
    return tape.push("pow", (base, exponent))


NAMED = {
    "Pi": "pi",
    "Exp1": "e",
    "EulerGamma": "euler_gamma",
    "GoldenRatio": "golden",
    "Catalan": "catalan",
    "Infinity": "inf",
    "NegativeInfinity": "-inf",
    "NaN": "nan",
}


# -- derivatives ----------------------------------------------------------------------------------


def _d_power(tape: Tape, i: int, k: int) -> int:
    (base,), exponent = tape[i].operands, tape[i].data
    assert isinstance(exponent, int | Fraction)
    return tape.scale(exponent, tape.power(base, exponent - 1))


def _d_pow(tape: Tape, i: int, k: int) -> int:
    base, exponent = tape[i].operands
    if k == 0:
        lowered = tape.push("pow", (base, tape.add((exponent, tape.const(-1)))))
        # x^0 is flat, also at x = 0, where 0 x^(-1) would be 0 * inf
        moving = tape.push("ne", tape.sorted((exponent, tape.const(0))))
        return tape.select([(moving, tape.mul((exponent, lowered)))], tape.const(0))
    return tape.push("pow_log", (base, exponent), 1)


def _d_pow_log(tape: Tape, i: int, k: int) -> int:
    (base, exponent), n = tape[i].operands, tape[i].data
    assert isinstance(n, int)
    if k == 1:
        return tape.push("pow_log", (base, exponent), n + 1)
    lowered = tape.add((exponent, tape.const(-1)))
    below = (
        tape.push("pow_log", (base, lowered), n - 1) if n > 1 else tape.push("pow", (base, lowered))
    )
    same = tape.mul((exponent, tape.push("pow_log", (base, lowered), n)))
    return tape.add((tape.scale(n, below), same))


# -- text -----------------------------------------------------------------------------------------


def _write_const(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    assert isinstance(node.data, int | Fraction)
    text = writer.literal(node.data)
    return Text(text, ADD if text.startswith("-") else ATOM)


def _write_named(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    text = {"inf": "jnp.inf", "-inf": "-jnp.inf", "nan": "jnp.nan"}.get(str(node.data))
    if text is None:
        text = writer.literal_of(node)
    return Text(text, ADD if text.startswith("-") else ATOM)


def _write_arg(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    return Text(writer.arg_name(node))


def _write_add(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    signed = [(writer.is_negative(k), k) for k in node.operands]
    signed.sort(key=lambda item: item[0])  # start with a positive term
    lines: list[str] = []
    text = ""
    for negative, k in signed:
        term = writer.negated(k) if negative else writer.texts[k]
        body = term.within(MUL if negative else ADD)
        if text and len(text) + len(body) > writer.room:
            lines.append(writer.hold("sum", text))
            text = ""
        if not text:
            text = f"-{body}" if negative else body
        else:
            text += f" - {body}" if negative else f" + {body}"
    if lines:
        text = writer.join("sum", [*lines, text], " + ").replace(" + -", " - ")
    return Text(text, ADD)


def _write_mul(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    first = writer.tape.number(node.operands[0])
    if first is None:
        return product_text(writer, 1, node.operands)
    return product_text(writer, first, node.operands[1:])


def product_text(writer: Writer, coefficient: Exact, factors: Sequence[int]) -> Text:
    """coefficient * factors as one quotient: negative powers stand below the line."""
    p, q = int(coefficient.numerator), int(coefficient.denominator)
    above, below = [], []
    if q != 1 and max(abs(p), q) < 1 << 24:  # p and q are exact: one rounding, in the division
        if abs(p) != 1:
            above.append(writer.literal(abs(p)))
        below.append(writer.literal(q))
    elif abs(coefficient) != 1:
        above.append(writer.literal(coefficient if coefficient > 0 else -coefficient))
    for k in factors:
        child = writer.tape[k]
        if child.op == "power" and child.data < 0 and not writer.is_held(k):
            below.append(writer.power_text(child.operands[0], -child.data))
        else:
            above.append(writer.texts[k].within(ATOM))
    top = writer.product(above) if above else "1.0"
    if below:
        bottom = writer.product(below)
        if len(top) + len(bottom) > writer.room:
            top, bottom = (
                writer.hold("product", part) if len(part) > writer.room // 2 else part
                for part in (top, bottom)
            )
        top = f"{top} / ({bottom})" if " * " in bottom else f"{top} / {bottom}"
    return Text(f"-{top}", ADD) if coefficient < 0 else Text(top, MUL)


def _write_power(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    assert isinstance(node.data, int | Fraction)
    if node.data < 0:
        return Text(f"1.0 / {writer.power_text(node.operands[0], -node.data)}", MUL)
    return Text(writer.power_text(node.operands[0], node.data))


def power_text(writer: Writer, base: Text, exponent: Exact) -> str:
    """base**exponent for a positive exact exponent, as text that binds like a name."""
    p, q = exponent.numerator, exponent.denominator
    if q == 1:
        if p == 1:
            return base.within(ATOM)
        if p == 2:
            return f"jnp.square({base.text})"
        if p <= LARGEST_PRODUCT_POWER:
            return f"lax.integer_pow({base.text}, {p})"
        return f"jnp.power({base.text}, {writer.literal(p)})"
    if q == 2 and p == 1:
        return f"jnp.sqrt({base.text})"
    if q in (2, 4) or q == 3:
        name = base.text if base.text.isidentifier() else writer.hold("base", base.text)
        whole, part = divmod(p, q)
        if q == 3:
            writer.need("real_cbrt")
            root = f"real_cbrt({name})"
            if part == 2:
                root = f"jnp.square({root})"
        elif q == 2:
            root = f"jnp.sqrt({name})"
        else:
            root = f"jnp.sqrt(jnp.sqrt({name}))"
            if part == 3:
                root = f"(jnp.sqrt({name}) * {root})"
        if not whole:
            return root
        return f"({power_text(writer, Text(name), whole)} * {root})"
    if writer.single(exponent) == exponent:  # exact in either format
        return f"jnp.power({base.text}, {writer.literal(exponent)})"
    writer.need("rational_power")
    high = writer.single(exponent)  # exact in float32; the rest corrects the rounded exponent
    low = exponent - high
    return f"rational_power({base.text}, {writer.literal(high)}, {writer.literal(low)})"


def _write_chain(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    """Alternating products and quotients in the given order (recognisers)."""
    text = texts[0].within(MUL)
    for sign, factor in zip(str(node.data), texts[1:], strict=True):
        if len(text) + len(factor.text) > writer.room:
            text = writer.hold("quotient", text)
        text = f"{text} {sign} {factor.within(ATOM)}"
    return Text(text, MUL)


def _write_pow(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    return Text(f"jnp.power({texts[0].text}, {texts[1].text})")


def _write_pow_log(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    writer.need("power_times_log")
    return Text(f"power_times_log({texts[0].text}, {texts[1].text}, {node.data})")


OPERATIONS = {
    "const": Operation(_write_const),
    "named": Operation(_write_named),
    "arg": Operation(_write_arg),
    "add": Operation(_write_add, lambda tape, i, k: tape.const(1), "sum"),
    "mul": Operation(_write_mul, None, "product"),  # the product rule is in differentiate.py
    "power": Operation(_write_power, _d_power, "power"),
    "chain": Operation(_write_chain, None, "quotient"),
    "pow": Operation(_write_pow, _d_pow, "power"),
    "pow_log": Operation(_write_pow_log, _d_pow_log, "power"),
}
