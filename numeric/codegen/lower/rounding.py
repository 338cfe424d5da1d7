"""Piecewise constant and piecewise linear functions: Abs, sign, floor, Min, Max, Mod, Heaviside.

*Implementation notes*: at a tie the derivative of Max and Min is that of the first operand in tape
order, and constants come first: the derivative of Max(0, x) at 0 is 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import sympy

from derivax.numeric.codegen.lower.operation import Operation, Text, Write, function
from derivax.numeric.codegen.tape import Node, Tape

if TYPE_CHECKING:
    from derivax.numeric.codegen.reading import Reader
    from derivax.numeric.codegen.writer import Writer

__all__ = ["OPERATIONS", "read_extremum", "read_frac", "read_heaviside", "read_mod"]


def read_extremum(op: str) -> Callable[[Reader, sympy.Expr, Sequence[int]], int]:
    """Min or Max of any number of operands, as a balanced tree of pairs."""

    def read(reader: Reader, expr: sympy.Expr, ids: Sequence[int]) -> int:
        tape = reader.tape
        level = tape.sorted(set(ids))
        while len(level) > 1:
            pairs = [tape.push(op, level[k : k + 2]) for k in range(0, len(level) - 1, 2)]
            level = pairs + level[2 * len(pairs) :]
        return level[0]

    return read


def read_heaviside(reader: Reader, expr: sympy.Expr, ids: Sequence[int]) -> int:
    tape = reader.tape
    x, at_zero, zero = ids[0], ids[1], tape.const(0)
    branches = [
        (tape.push("gt", (x, zero)), tape.const(1)),
        (tape.push("lt", (x, zero)), zero),
        (tape.push("eq", (x, zero)), at_zero),
    ]
    return tape.select(branches, tape.push("named", (), "nan"))


def read_mod(reader: Reader, expr: sympy.Expr, ids: Sequence[int]) -> int:
    return reader.tape.push("mod", ids)


def read_frac(reader: Reader, expr: sympy.Expr, ids: Sequence[int]) -> int:
    return reader.tape.push("mod", (ids[0], reader.tape.const(1)))


def _pair(name: str) -> Write:
    def write(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
        return Text(f"{name}({texts[0].text}, {texts[1].text})")

    return write


def _d_max(tape: Tape, i: int, k: int) -> int:
    a, b = tape[i].operands
    first = tape.push("ge", (a, b))
    one, zero = tape.const(1), tape.const(0)
    return tape.select([(first, one if k == 0 else zero)], zero if k == 0 else one)


def _d_min(tape: Tape, i: int, k: int) -> int:
    a, b = tape[i].operands
    first = tape.push("le", (a, b))
    one, zero = tape.const(1), tape.const(0)
    return tape.select([(first, one if k == 0 else zero)], zero if k == 0 else one)


def _d_mod(tape: Tape, i: int, k: int) -> int:
    a, b = tape[i].operands
    if k == 0:
        return tape.const(1)
    return tape.neg(tape.push("floor", (tape.mul((a, tape.power(b, -1))),)))


OPERATIONS: dict[str, Operation] = {
    "abs": function("jnp.abs", lambda tape, x, y: tape.push("sign", (x,))),
    "sign": function("jnp.sign"),
    "floor": function("jnp.floor"),
    "ceiling": function("jnp.ceil"),
    "max": Operation(_pair("jnp.maximum"), _d_max, "largest"),
    "min": Operation(_pair("jnp.minimum"), _d_min, "smallest"),
    "mod": Operation(_pair("jnp.mod"), _d_mod, "remainder"),
}
