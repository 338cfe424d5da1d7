"""What is known about the sign of an entry from the ranges of the arguments.

*Main definition*: `nonnegative`.
"""

from __future__ import annotations

from derivax.numeric.codegen.tape import Tape

__all__ = ["nonnegative"]

_ALWAYS = frozenset({"exp", "cosh", "abs", "max0"})
_DEPTH = 200


def nonnegative(tape: Tape, i: int, depth: int = 0) -> bool:
    """Whether the entry is certainly >= 0 on the domain (False: unknown).

    >>> from fractions import Fraction
    >>> tape = Tape()
    >>> x = tape.arg(0, "x")
    >>> nonnegative(tape, tape.power(x, 2)), nonnegative(tape, x)
    (True, False)
    """
    if depth > _DEPTH:
        return False
    node = tape[i]
    if node.op == "const":
        return node.data >= 0  # type: ignore[operator]
    if node.op in _ALWAYS:
        return True
    if node.op == "arg":
        return i in tape.nonnegative
    if node.op == "power":
        exponent = node.data
        even = exponent.denominator == 1 and exponent.numerator % 2 == 0  # type: ignore[union-attr]
        root = exponent.denominator % 2 == 0  # type: ignore[union-attr]
        return even or root or nonnegative(tape, node.operands[0], depth + 1)
    if node.op in ("add", "mul"):
        return all(nonnegative(tape, k, depth + 1) for k in node.operands)
    if node.op == "max":
        return any(nonnegative(tape, k, depth + 1) for k in node.operands)
    return False
