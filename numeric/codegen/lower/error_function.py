"""The error function and its complement.

*Implementation notes*: the Gaussian exp(-x^2) in the derivatives is its own operation: the square
is split exactly, since rounding x^2 costs x^2 ulp of the exponential.
"""

from __future__ import annotations

from fractions import Fraction

from derivax.numeric.codegen.lower.operation import Operation, function
from derivax.numeric.codegen.tape import Tape

__all__ = ["OPERATIONS"]


def _density(tape: Tape, x: int, y: int) -> int:
    """2/sqrt(pi) exp(-x^2)."""
    pi = tape.push("named", (), "pi")
    return tape.mul((tape.const(2), tape.power(pi, Fraction(-1, 2)), tape.push("gauss", (x,))))


def _d_gauss(tape: Tape, x: int, y: int) -> int:
    return tape.mul((tape.const(-2), x, y))


OPERATIONS: dict[str, Operation] = {
    "erf": function("lax.erf", _density),
    "erfc": function("accurate_erfc", lambda tape, x, y: tape.neg(_density(tape, x, y))),
    "gauss": function("gaussian", _d_gauss),
}
