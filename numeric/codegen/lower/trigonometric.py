"""Trigonometric functions and their inverses.

*Implementation notes*: cot, sec and csc are quotients on the tape.  Derivatives are written in the
function itself where that is the accurate form (tan' = 1 + tan^2).  acot, asec and acsc follow
SymPy's real branches: acot(x) = atan(1/x), asec(x) = acos(1/x), acsc(x) = asin(1/x).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import sympy

from derivax.numeric.codegen.lower.operation import (
    Operation,
    Text,
    call,
    function,
    inverse,
    inverse_root,
    one_plus,
    square,
)
from derivax.numeric.codegen.tape import Node, Tape

if TYPE_CHECKING:
    from derivax.numeric.codegen.reading import Reader
    from derivax.numeric.codegen.writer import Writer

__all__ = ["OPERATIONS", "read_circular", "read_function", "read_reciprocal"]

Read = Callable[["Reader", sympy.Expr, Sequence[int]], int]


def read_function(op: str) -> Read:
    """The reader of a function that is an operation of the same meaning."""
    return lambda reader, expr, ids: reader.tape.push(op, ids)


def read_reciprocal(op: str) -> Read:
    return lambda reader, expr, ids: inverse(reader.tape, reader.tape.push(op, ids))


def read_circular(op: str) -> Read:
    """sin, cos, tan; of a multiple of pi as sinpi, cospi, tanpi, which reduce it exactly."""

    def read(reader: Reader, expr: sympy.Expr, ids: Sequence[int]) -> int:
        tape, (x,) = reader.tape, ids
        pi = tape.push("named", (), "pi")
        if tape[x].op == "mul" and pi in tape[x].operands:
            turns = tape.div(x, pi)
            if tape.number(turns) is None:
                return tape.push(f"{op}pi", (turns,))
        return tape.push(op, ids)

    return read


sin, cos, tan = call("sin"), call("cos"), call("tan")


def _unit_gap(tape: Tape, x: int) -> int:
    """(1 - x)(1 + x), which keeps its accuracy near |x| = 1."""
    one = tape.const(1)
    return tape.mul((tape.sub(one, x), tape.add((one, x))))


def _d_asec(tape: Tape, x: int, y: int) -> int:
    """1/(|x| sqrt(x^2 - 1)), with |x| and x^2 - 1 kept apart."""
    beyond = tape.neg(_unit_gap(tape, x))
    return tape.mul((inverse(tape, tape.push("abs", (x,))), inverse_root(tape, beyond)))


def _d_acot(tape: Tape, x: int, y: int) -> int:
    return tape.neg(inverse(tape, one_plus(tape, square(tape, x))))


def _write_atan2(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    return Text(f"jnp.arctan2({texts[0].text}, {texts[1].text})")


def _d_atan2(tape: Tape, i: int, k: int) -> int:
    y, x = tape[i].operands
    radius = tape.add((square(tape, x), square(tape, y)))
    return tape.div(x, radius) if k == 0 else tape.neg(tape.div(y, radius))


OPERATIONS: dict[str, Operation] = {
    "sin": function("jnp.sin", lambda tape, x, y: cos(tape, x)),
    "cos": function("jnp.cos", lambda tape, x, y: tape.neg(sin(tape, x))),
    "tan": function("jnp.tan", lambda tape, x, y: tape.power(cos(tape, x), -2)),
    "asin": function("accurate_arcsin", lambda tape, x, y: inverse_root(tape, _unit_gap(tape, x))),
    "acos": function(
        "jnp.arccos", lambda tape, x, y: tape.neg(inverse_root(tape, _unit_gap(tape, x)))
    ),
    "atan": function(
        "jnp.arctan", lambda tape, x, y: inverse(tape, one_plus(tape, square(tape, x)))
    ),
    "acot": function("arccot", _d_acot),
    "asec": function("arcsec", _d_asec),
    "acsc": function("arccsc", lambda tape, x, y: tape.neg(_d_asec(tape, x, y))),
    "atan2": Operation(_write_atan2, _d_atan2, "angle"),
}
