r"""Complex numbers: which entries of a tape are complex, how they are written and differentiated.

An entry is complex when an operand is, except for re, im, Abs and arg.  In a formula that holds I,
a complex argument, re, im, arg or conjugate, the functions that leave the real line (log, powers
with exponents that are no whole numbers, asin, acos, acosh, atanh) get their real operands as
complex numbers, unless SymPy knows that they stay inside the range.

Branch cuts are SymPy's: on a cut, where the imaginary part is an exact zero of either sign, the
value is that of the side to which the cut belongs.

Derivatives are linear over the reals: `re`, `im`, `conjugate`, `Abs`, `arg` and `sign` map the
tangent by their own rule, so a real variable needs nothing else; a complex variable z of a
function that is not holomorphic is moved in the directions 1 and I.

*Main definitions*: `HEADS`, `WRITES`, `TANGENTS`, `OPERATIONS`, `beyond_reals` (around readers),
`is_complex_formula`, `refuse_unknown`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import sympy

from derivax.errors import CompileError
from derivax.numeric.codegen.lower.operation import ADD, MUL, Operation, Text
from derivax.numeric.codegen.tape import Exact, Node, Tape
from derivax.symbolic.exact.dag import postorder

if TYPE_CHECKING:
    from derivax.numeric.codegen.reading import Reader
    from derivax.numeric.codegen.writer import Writer

__all__ = [
    "HEADS",
    "NOT_HOLOMORPHIC",
    "OPERATIONS",
    "TANGENTS",
    "WRITES",
    "beyond_reals",
    "check_plane",
    "complex_power_text",
    "is_complex_formula",
    "is_holomorphic",
    "refuse_unknown",
]

NOT_HOLOMORPHIC = frozenset({"re", "im", "conjugate", "abs", "sign", "argument"})


def is_complex_formula(exprs: Iterable[sympy.Basic]) -> bool:
    """Whether the formula holds I or a function of the plane."""
    heads = (sympy.re, sympy.im, sympy.conjugate, sympy.arg, sympy.Adjoint)
    return any(node is sympy.I or isinstance(node, heads) for node in postorder(exprs))


def is_holomorphic(tape: Tape, outputs: Sequence[int]) -> bool:
    """Whether no function on the way depends on more than z."""
    return not any(
        tape[i].op in NOT_HOLOMORPHIC and any(k in tape.plane for k in tape[i].operands)
        for i in tape.reachable(outputs)
    )


# -- SymPy -> tape --------------------------------------------------------------------------------


def real_part(tape: Tape, i: int) -> int:
    return tape.push("re", (i,)) if i in tape.plane else i


def imaginary_part(tape: Tape, i: int) -> int:
    return tape.push("im", (i,)) if i in tape.plane else tape.const(0)


def conjugate(tape: Tape, i: int) -> int:
    if tape[i].op == "conjugate":
        return tape[i].operands[0]
    return tape.push("conjugate", (i,)) if i in tape.plane else i


def as_complex(tape: Tape, i: int) -> int:
    return i if i in tape.plane else tape.push("complex", (i,))


def read_argument(reader: Reader, expr: sympy.Basic, ids: Sequence[int]) -> int:
    return reader.tape.push("argument", (as_complex(reader.tape, ids[0]),))


def beyond_reals(
    read: Callable[..., int], stays_real: Callable[[sympy.Basic], bool | None]
) -> Callable[..., int]:
    """The reader of a function that may leave the real line, in a complex formula."""

    def wrapped(reader: Reader, expr: sympy.Basic, ids: Sequence[int]) -> int:
        if reader.complex and not any(k in reader.tape.plane for k in ids) and not stays_real(expr):
            ids = (as_complex(reader.tape, ids[0]), *ids[1:])
        return read(reader, expr, ids)

    return wrapped


def power_stays_real(expr: Any) -> bool | None:
    base, exponent = expr.as_base_exp() if not isinstance(expr, sympy.Pow) else expr.args
    return bool(exponent.is_integer or base.is_nonnegative)


def log_stays_real(expr: Any) -> bool | None:
    return all(bool(a.is_nonnegative) for a in expr.args)


def never(expr: sympy.Basic) -> bool:
    return False


def through(op: str) -> Callable[..., int]:
    """asec z = acos(1/z) and its like."""

    def read(reader: Reader, expr: sympy.Basic, ids: Sequence[int]) -> int:
        tape = reader.tape
        return tape.push(op, (tape.power(as_complex(tape, ids[0]), -1),))

    return read


def with_plane(
    real: Callable[..., int], plane: Callable[..., int], *, leaves_reals: bool = False
) -> Callable[..., int]:
    """One reader for real operands, another for complex ones (with `leaves_reals`: for all operands
    in complex formulas)."""

    def read(reader: Reader, expr: sympy.Basic, ids: Sequence[int]) -> int:
        wide = any(k in reader.tape.plane for k in ids) or (leaves_reals and reader.complex)
        return (plane if wide else real)(reader, expr, ids)

    return read


def reciprocal_of(op: str) -> Callable[..., int]:
    """coth z = 1/tanh z and its like."""

    def read(reader: Reader, expr: sympy.Basic, ids: Sequence[int]) -> int:
        return reader.tape.power(reader.tape.push(op, ids), -1)

    return read


def plane_sinc(reader: Reader, expr: sympy.Basic, ids: Sequence[int]) -> int:
    tape = reader.tape
    away = tape.push("ne", (ids[0], tape.const(0)))
    return tape.select([(away, tape.div(tape.push("sin", ids), ids[0]))], tape.const(1))


HEADS: dict[type, Callable[..., int]] = {
    type(sympy.I): lambda reader, expr, ids: reader.tape.push("imaginary"),
    sympy.re: lambda reader, expr, ids: real_part(reader.tape, ids[0]),
    sympy.im: lambda reader, expr, ids: imaginary_part(reader.tape, ids[0]),
    sympy.conjugate: lambda reader, expr, ids: conjugate(reader.tape, ids[0]),
    sympy.arg: read_argument,
}

KNOWN = frozenset(
    [
        *("add", "mul", "power", "pow", "exp", "log", "select", "eq", "ne"),
        *("sin", "cos", "tan", "asin", "acos", "atan"),
        *("sinh", "cosh", "tanh", "asinh", "acosh", "atanh"),
        *("re", "im", "conjugate", "argument", "abs", "sign", "complex", "imaginary"),
        *("summation", "iterate", "component", "integral"),
    ]
)


def refuse_unknown(tape: Tape, outputs: Sequence[int]) -> None:
    """Refuse operations that have no meaning here for complex operands."""
    if tape.plane:
        for i in tape.reachable(outputs):
            check_plane(tape, i)


def check_plane(tape: Tape, i: int) -> None:
    """Refuse an operation without a meaning for complex operands."""
    node = tape[i]
    if node.op not in KNOWN and node.shape is None:
        if any(k in tape.plane and tape[k].shape is None for k in node.operands):
            raise CompileError(
                f"{node.op} of a complex number", "is not compiled", "take re or im of it first"
            )


# -- derivatives ----------------------------------------------------------------------------------


def _t_abs(tape: Tape, i: int, d: Mapping[int, int]) -> int:
    (z,) = tape[i].operands
    direction = tape.push("sign", (z,))
    return real_part(tape, tape.mul((conjugate(tape, direction), d[z])))


def _t_sign(tape: Tape, i: int, d: Mapping[int, int]) -> int:
    (z,) = tape[i].operands
    turned = imaginary_part(tape, tape.mul((conjugate(tape, i), d[z])))
    return tape.div(tape.mul((tape.push("imaginary"), i, turned)), tape.push("abs", (z,)))


def _t_argument(tape: Tape, i: int, d: Mapping[int, int]) -> int:
    (z,) = tape[i].operands
    return imaginary_part(tape, tape.div(d[z], z))


def _t_acosh(tape: Tape, i: int, d: Mapping[int, int]) -> int:
    (z,) = tape[i].operands
    half, one = Fraction(-1, 2), tape.const(1)
    roots = (tape.power(tape.sub(z, one), half), tape.power(tape.add((z, one)), half))
    return tape.mul((*roots, d[z]))


def _t_tanh(tape: Tape, i: int, d: Mapping[int, int]) -> int:
    (z,) = tape[i].operands
    return tape.mul((tape.power(tape.push("cosh", (z,)), -2), d[z]))


def _t_pow(tape: Tape, i: int, d: Mapping[int, int]) -> int:
    base, exponent = tape[i].operands
    zero = tape.const(0)
    terms = []
    if d[base] != zero:
        lowered = tape.push("pow", (base, tape.add((exponent, tape.const(-1)))))
        terms.append(tape.mul((exponent, lowered, d[base])))
    if d[exponent] != zero:
        terms.append(tape.mul((i, tape.push("log", (base,)), d[exponent])))
    return tape.add(terms)


TANGENTS: dict[str, Callable[[Tape, int, Mapping[int, int]], int]] = {
    "re": lambda tape, i, d: real_part(tape, d[tape[i].operands[0]]),
    "im": lambda tape, i, d: imaginary_part(tape, d[tape[i].operands[0]]),
    "conjugate": lambda tape, i, d: conjugate(tape, d[tape[i].operands[0]]),
    "complex": lambda tape, i, d: d[tape[i].operands[0]],
    "abs": _t_abs,
    "sign": _t_sign,
    "argument": _t_argument,
    "acosh": _t_acosh,
    "tanh": _t_tanh,
    "pow": _t_pow,
}


# -- text -----------------------------------------------------------------------------------------


def _call(name: str) -> Callable[[Writer, Node, Sequence[Text]], Text]:
    def write(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
        writer.need(name)
        return Text(f"{name}({', '.join(t.text for t in texts)})")

    return write


def complex_power_text(writer: Writer, base: Text, exponent: Exact) -> str:
    """base**exponent for a positive exact exponent, as text that binds like a name."""
    if exponent == Fraction(1, 2):
        writer.need("complex_sqrt")
        return f"complex_sqrt({base.text})"
    if exponent.denominator == 1:
        if exponent == 1:
            return base.within(MUL + 1)
        if exponent == 2:
            return f"jnp.square({base.text})"
        if exponent <= 64:
            return f"lax.integer_pow({base.text}, {int(exponent)})"
    writer.need("complex_power")
    return f"complex_power({base.text}, {writer.literal(exponent)})"


def _write_imaginary(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    return Text("1j")


def _write_complex(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    return Text(f"{texts[0].within(ADD)} + 0j", ADD)


WRITES: dict[str, Callable[[Any, Node, Sequence[Text]], Text]] = {
    "log": _call("complex_log"),
    "pow": _call("complex_power"),
    "tan": _call("jnp.tan"),
    "asin": _call("complex_asin"),
    "acos": _call("complex_acos"),
    "atan": _call("complex_atan"),
    "sinh": _call("jnp.sinh"),
    "cosh": _call("jnp.cosh"),
    "tanh": _call("jnp.tanh"),
    "asinh": _call("complex_asinh"),
    "acosh": _call("complex_acosh"),
    "atanh": _call("complex_atanh"),
    "sign": _call("complex_sign"),
}

OPERATIONS: dict[str, Operation] = {
    "imaginary": Operation(_write_imaginary, None, "unit"),
    "complex": Operation(_write_complex, None, "number"),
    "re": Operation(_call("jnp.real"), None, "real"),
    "im": Operation(_call("jnp.imag"), None, "imaginary"),
    "conjugate": Operation(_call("jnp.conj"), None, "conjugate"),
    "argument": Operation(_call("complex_argument"), None, "angle"),
}
