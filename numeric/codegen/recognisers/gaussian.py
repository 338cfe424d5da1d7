"""exp(-x^2) and exp(-x^2/2): the square keeps the digits that rounding it would cost."""

from __future__ import annotations

from fractions import Fraction

from derivax.numeric.codegen.recognisers.plan import Plan
from derivax.numeric.codegen.tape import Tape

__all__ = ["plan"]

SCALES = (1, Fraction(1, 2))


def plan(tape: Tape, i: int) -> Plan | None:
    """How to rewrite exp(-x^2) or exp(-x^2/2), or None."""
    node = tape[i]
    if node.op != "exp":
        return None
    coefficient, rest = tape.split(node.operands[0])
    if rest is None or -coefficient not in SCALES:
        return None
    base, n = tape.base(rest)
    if n != 2:
        return None
    return Plan((base,), lambda new: tape.push("gauss", (new[base],), -coefficient))
