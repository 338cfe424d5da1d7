"""The error function and its complement.

*Implementation notes*: the Gaussian exp(-x^2) in the derivatives is its own operation: the square
is split exactly, since rounding x^2 costs x^2 ulp of the exponential.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from derivax.numeric.codegen.lower.operation import Operation, Text, function
from derivax.numeric.codegen.tape import Node, Tape

if TYPE_CHECKING:
    from derivax.numeric.codegen.writer import Writer

__all__ = ["OPERATIONS"]


def _density(tape: Tape, x: int, y: int) -> int:
    """2/sqrt(pi) exp(-x^2)."""
    pi = tape.push("named", (), "pi")
    return tape.mul((tape.const(2), tape.power(pi, Fraction(-1, 2)), tape.push("gauss", (x,), 1)))


def _d_gauss(tape: Tape, i: int, slot: int) -> int:
    """-2 scale x exp(-scale x^2)."""
    return tape.mul((tape.const(-2 * tape[i].data), tape[i].operands[0], i))


def _write_gauss(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    writer.need("gaussian_of")
    return Text(f"gaussian_of({texts[0].text}, {writer.literal(node.data)})")


OPERATIONS: dict[str, Operation] = {
    "erf": function("erf_function", _density),
    "erfc": function("accurate_erfc", lambda tape, x, y: tape.neg(_density(tape, x, y))),
    "gauss": Operation(_write_gauss, _d_gauss, "gaussian"),
}
