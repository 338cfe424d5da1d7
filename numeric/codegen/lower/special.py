"""Special functions of the table: each is one operation, written as a call of its definition.

*Main definitions*: `HEADS` (readers), `OPERATIONS`, both made from `numeric/special/table.py`;
`READERS`: heads that are expressed through functions of the table; `PARTIALS`: derivatives on the
tape where SymPy's own is missing or cancels.

*Implementation notes*: without an entry in `PARTIALS` the derivative is what SymPy's head says of
itself, read onto the tape.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sympy
from sympy.core.function import ArgumentIndexError

from derivax.errors import CompileError
from derivax.numeric.codegen.lower.operation import (
    Operation,
    Text,
    inverse,
    one_minus,
    one_plus,
    square,
)
from derivax.numeric.codegen.lower.special_families import PARTIALS as FAMILY_PARTIALS
from derivax.numeric.codegen.lower.special_families import READERS as FAMILY_READERS
from derivax.numeric.codegen.lower.special_slopes import READERS as RATIO_READERS
from derivax.numeric.codegen.lower.special_slopes import SLOPES
from derivax.numeric.codegen.tape import Node, Tape
from derivax.numeric.special.table import ROW_OF_HEAD, ROWS, Row

if TYPE_CHECKING:
    from derivax.numeric.codegen.reading import Reader
    from derivax.numeric.codegen.writer import Writer

__all__ = ["HEADS", "OPERATIONS", "PARTIALS", "READERS"]

Read = Callable[["Reader", sympy.Basic, Sequence[int]], int]
Slope = Callable[..., int]  # tape, *arguments, value -> derivative


def _half_root_pi(tape: Tape) -> int:
    return tape.scale(Fraction(1, 2), tape.power(_pi(tape), Fraction(1, 2)))


def _pi(tape: Tape) -> int:
    return tape.push("named", (), "pi")


def _normal_density(tape: Tape, x: int) -> int:
    """exp(-x^2/2)/sqrt(2 pi)."""
    scale = tape.power(tape.scale(2, _pi(tape)), Fraction(-1, 2))
    return tape.mul((scale, tape.push("gauss", (x,), Fraction(1, 2))))


def _negative(slope: Slope) -> Slope:
    return lambda tape, *ids: tape.neg(slope(tape, *ids))


def _over_root_pi(op: str, factor: int) -> Slope:
    """factor/sqrt(pi) op(x)."""

    def slope(tape: Tape, x: int, y: int) -> int:
        root = tape.power(_pi(tape), Fraction(-1, 2))
        return tape.mul((tape.const(factor), root, tape.push(op, (x,))))

    return slope


def _of_inverse(tape: Tape, x: int, y: int) -> int:
    """sqrt(pi)/2 exp(y^2), the derivative of y = erfinv(x)."""
    return tape.mul((_half_root_pi(tape), tape.push("exp_square", (y,))))


def _logistic(tape: Tape, a: int, b: int) -> int:
    """1/(1 + exp(b - a))."""
    return inverse(tape, one_plus(tape, tape.exp(tape.sub(b, a))))


def _d_erfcx(tape: Tape, x: int, y: int) -> int:
    root = tape.power(_pi(tape), Fraction(-1, 2))
    return tape.sub(tape.mul((tape.const(2), x, y)), tape.scale(2, root))


def _hazard(tape: Tape, x: int) -> int:
    return tape.push("hazard", (x,))


def _call(op: str, *leading: int) -> Slope:
    """op(leading numbers, x)."""
    return lambda tape, x, y: tape.push(op, (*map(tape.const, leading), x))


def _next_order(op: str) -> Slope:
    """op(n + 1, x)."""
    return lambda tape, n, x, y: tape.push(op, (one_plus(tape, n), x))


def _d_scaled_bessel(other: str, correction: bool) -> Slope:
    """I0e' = I1e - sign I0e; I1e' = I0e - sign I1e - I1e/x."""

    def slope(tape: Tape, x: int, y: int) -> int:
        terms = [tape.push(other, (x,)), tape.neg(tape.mul((tape.push("sign", (x,)), y)))]
        if correction:
            terms.append(tape.neg(_over_argument(tape, x, y)))
        return tape.add(terms)

    return slope


def _over_argument(tape: Tape, x: int, y: int) -> int:
    """y/x where y is x/2 to first order."""
    away = tape.push("ne", (x, tape.const(0)))
    return tape.select([(away, tape.div(y, x))], tape.const(Fraction(1, 2)))


PARTIALS: dict[str, tuple[Slope | None, ...]] = {
    "exp2": (lambda tape, x, y: tape.mul((tape.push("log", (tape.const(2),)), y)),),
    "log1mexp": (lambda tape, x, y: inverse(tape, tape.push("expm1", (x,))),),
    "logaddexp": (
        lambda tape, a, b, y: _logistic(tape, a, b),
        lambda tape, a, b, y: _logistic(tape, b, a),
    ),
    "gaussian": (lambda tape, x, c, y: tape.mul((tape.const(-2), c, x, y)), None),
    "exp_square": (lambda tape, x, y: tape.mul((tape.const(2), x, y)),),
    "sinhc": (_call("sinhc_derivative", 1),),
    "sinhc_derivative": (None, _next_order("sinhc_derivative")),
    "sinc": (_call("sinc_derivative", 1),),
    "sinc_derivative": (None, _next_order("sinc_derivative")),
    "sinpi": (lambda tape, x, y: tape.mul((_pi(tape), tape.push("cospi", (x,)))),),
    "cospi": (lambda tape, x, y: tape.neg(tape.mul((_pi(tape), tape.push("sinpi", (x,))))),),
    "tanpi": (lambda tape, x, y: tape.mul((_pi(tape), tape.power(tape.push("cospi", (x,)), -2))),),
    "erfcx": (_d_erfcx,),
    "erfi": (_over_root_pi("exp_square", 2),),
    "dawson": (lambda tape, x, y: one_minus(tape, tape.mul((tape.const(2), x, y))),),
    "erfinv": (_of_inverse,),
    "erfcinv": (_negative(_of_inverse),),
    "ndtr": (lambda tape, x, y: _normal_density(tape, x),),
    "log_ndtr": (lambda tape, x, y: _hazard(tape, tape.neg(x)),),
    "hazard": (lambda tape, x, y: tape.mul((y, tape.sub(y, x))),),
    "ndtri": (lambda tape, x, y: inverse(tape, _normal_density(tape, y)),),
    "rgamma": (lambda tape, x, y: tape.neg(tape.mul((tape.push("digamma", (x,)), y))),),
    "lgamma": (_call("digamma"),),
    "loggamma": (_call("digamma"),),
    "gamma": (lambda tape, x, y: tape.mul((y, tape.push("digamma", (x,)))),),
    "digamma": (_call("trigamma"),),
    "trigamma": (_call("polygamma", 2),),
    "polygamma": (None, _next_order("polygamma")),
    "gammainc": (None, lambda tape, a, x, y: tape.push("gamma_density", (a, x))),
    "gammaincc": (None, lambda tape, a, x, y: tape.neg(tape.push("gamma_density", (a, x)))),
    "gamma_density": (None, lambda tape, a, x, y: _d_gamma_density(tape, a, x, y)),
    "betainc": (None, None, lambda tape, a, b, x, y: tape.push("beta_density", (a, b, x))),
    "betaincc": (
        None,
        None,
        lambda tape, a, b, x, y: tape.neg(tape.push("beta_density", (a, b, x))),
    ),
    "beta_density": (None, None, lambda tape, a, b, x, y: _d_beta_density(tape, a, b, x, y)),
    "factorial": (lambda tape, x, y: tape.mul((y, tape.push("digamma", (one_plus(tape, x),)))),),
    "e1": (lambda tape, x, y: tape.neg(tape.div(tape.exp(tape.neg(x)), x)),),
    "si": (_call("sinc"),),
    "shi": (_call("sinhc"),),
    "fresnels": (lambda tape, x, y: tape.push("sinpi", (_half_square(tape, x),)),),
    "fresnelc": (lambda tape, x, y: tape.push("cospi", (_half_square(tape, x),)),),
    "i0": (_call("i1"),),
    "i1": (lambda tape, x, y: tape.sub(tape.push("i0", (x,)), _over_argument(tape, x, y)),),
    "i0e": (_d_scaled_bessel("i1e", False),),
    "i1e": (_d_scaled_bessel("i0e", True),),
    **FAMILY_PARTIALS,
}
"""Function -> derivative per argument, each a function of (tape, *arguments, value)."""


def _half_square(tape: Tape, x: int) -> int:
    return tape.scale(Fraction(1, 2), square(tape, x))


def _d_gamma_density(tape: Tape, a: int, x: int, y: int) -> int:
    """y ((a - 1)/x - 1)."""
    less = tape.sub(a, tape.const(1))
    return tape.mul((y, tape.sub(tape.div(less, x), tape.const(1))))


def _d_beta_density(tape: Tape, a: int, b: int, x: int, y: int) -> int:
    """y ((a - 1)/x - (b - 1)/(1 - x))."""
    first = tape.div(tape.sub(a, tape.const(1)), x)
    second = tape.div(tape.sub(b, tape.const(1)), one_minus(tape, x))
    return tape.mul((y, tape.sub(first, second)))


def _read_incomplete(op: str) -> Read:
    """gamma(a) times a regularised function."""

    def read(reader: Reader, expr: sympy.Basic, ids: Sequence[int]) -> int:
        tape, order = reader.tape, reader.tape.number(ids[0])
        if order == 0 and op == "gammaincc":
            return tape.push("e1", ids[1:])
        if order is not None and order <= 0 and op == "gammaincc":  # x^a E_{1-a}(x)
            power = tape.power(ids[1], order)
            return tape.mul((power, tape.push("expint", (tape.const(1 - order), ids[1]))))
        if order is not None and order <= 0:
            raise CompileError(
                str(expr),
                "the lower incomplete gamma function has a pole or a cut for orders <= 0",
                "shift the order",
            )
        return tape.mul((tape.push("gamma", ids[:1]), tape.push(op, ids)))

    return read


def _read_polygamma(reader: Reader, expr: sympy.Basic, ids: Sequence[int]) -> int:
    order = reader.tape.number(ids[0])
    if order in (0, 1):
        return reader.tape.push("trigamma" if order else "digamma", ids[1:])
    if order is not None and not (order >= 0 and order.denominator == 1):
        raise CompileError(str(expr), "polygamma has whole orders 0, 1, 2, ...", "use one of them")
    return reader.tape.push("polygamma", ids)


def _read_expint(reader: Reader, expr: sympy.Basic, ids: Sequence[int]) -> int:
    order = reader.tape.number(ids[0])
    if order == 1:
        return reader.tape.push("e1", ids[1:])
    return reader.tape.push("expint", ids)


READERS: dict[str, Read] = {
    "polygamma": _read_polygamma,
    "lowergamma": _read_incomplete("gammainc"),
    "uppergamma": _read_incomplete("gammaincc"),
    "expint": _read_expint,
    **FAMILY_READERS,
    **RATIO_READERS,
}
"""SymPy head (by name) -> how it is read, where it is not a function of the table as it stands."""


def _read_by_arity(name: str) -> Read:
    def read(reader: Reader, expr: sympy.Basic, ids: Sequence[int]) -> int:
        row = ROW_OF_HEAD.get((name, len(ids)))
        if row is None:
            known = sorted(arity for head, arity in ROW_OF_HEAD if head == name)
            raise CompileError(
                str(expr),
                f"{name} of {len(ids)} arguments has no lowering",
                f"supported with {' or '.join(map(str, known))} arguments",
            )
        return reader.tape.push(row.function, ids)

    return read


def _operation(row: Row) -> Operation:
    def write(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
        writer.need(row.definition)
        like = f"{writer.arg_names[0]}.dtype" if writer.arg_names else "jnp.result_type(0.5)"
        if len(texts) == 1 and _is_number(texts[0].text):
            return Text(f"{row.definition}(jnp.asarray({texts[0].text}, {like}))")
        if len(texts) == 1:
            return Text(f"{row.definition}({texts[0].text})")
        # the definitions take arrays of one dtype and shape
        held = [writer.fresh("input") for _ in texts]
        writer.assign(
            ", ".join(held) + " = jnp.broadcast_arrays(",
            [f"jnp.asarray({text.text}, {like})" for text in texts],
            ")",
        )
        return Text(f"{row.definition}({', '.join(held)})")

    def partial(tape: Tape, i: int, slot: int) -> int:
        operands = tape[i].operands
        if row.function in PARTIALS:
            slope = PARTIALS[row.function][slot]
            if slope is None:
                raise _no_derivative(row, slot)
            return slope(tape, *operands, i)
        body_tape, output, arguments = _own_derivative(row, slot)
        from derivax.numeric.codegen.recognisers import rebuilt_into

        new = dict(zip(arguments, operands, strict=True))
        for k in body_tape.reachable([output]):
            if k not in new:
                new[k] = rebuilt_into(tape, body_tape[k], [new[j] for j in body_tape[k].operands])
        return new[output]

    return Operation(write, partial, row.function)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _no_derivative(row: Row, slot: int) -> CompileError:
    return CompileError(
        f"the derivative of {row.function} with respect to argument {slot + 1}",
        "has no closed form here",
        "compile with derivatives=0, or keep this argument a number",
    )


@lru_cache(maxsize=512)
def _own_derivative(row: Row, slot: int) -> tuple[Tape, int, tuple[int, ...]]:
    """What SymPy's head says of its derivative, as a tape of its own with one leaf per argument."""
    from derivax.numeric.codegen.reading import Reader

    if row.partials[slot] is None or not row.heads:
        raise _no_derivative(row, slot)
    symbols = sympy.symbols(f"s0:{row.arity}", cls=sympy.Dummy)
    head: Any = getattr(sympy, row.heads[0])
    if row.function in SLOPES:
        slope = SLOPES[row.function](*symbols)[slot]
    else:
        try:
            slope = head(*symbols).fdiff(slot + 1)
        except ArgumentIndexError:
            raise _no_derivative(row, slot) from None
    reader = Reader(symbols, [f"s{k}" for k in range(row.arity)])
    output = reader.read(slope)
    return reader.tape, output, tuple(reader.leaves[s] for s in symbols)


HEADS: dict[type, Read] = {
    **{getattr(sympy, name): _read_by_arity(name) for name, _ in ROW_OF_HEAD},
    **{getattr(sympy, name): read for name, read in READERS.items()},
}

OPERATIONS: dict[str, Operation] = {row.function: _operation(row) for row in ROWS}
