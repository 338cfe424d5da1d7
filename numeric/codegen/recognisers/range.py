"""What is known about the sign of an entry from the ranges of the arguments.

*Main definition*: `nonnegative`.
"""

from __future__ import annotations

from derivax.numeric.codegen.tape import Tape

__all__ = ["nonnegative"]

_ALWAYS = frozenset({"exp", "cosh", "abs", "gauss"})


def nonnegative(tape: Tape, i: int) -> bool:
    """Whether the entry is certainly >= 0 on the domain (False: unknown).

    >>> tape = Tape()
    >>> x = tape.arg(0, "x")
    >>> nonnegative(tape, tape.power(x, 2)), nonnegative(tape, x)
    (True, False)
    """
    facts = tape.facts
    stack = [i]
    while stack:  # every entry is judged once, after its operands
        k = stack[-1]
        if ("nonnegative", k) in facts:
            stack.pop()
            continue
        waiting = [j for j in tape[k].operands if ("nonnegative", j) not in facts]
        if waiting:
            stack.extend(waiting)
            continue
        stack.pop()
        facts["nonnegative", k] = _judge(tape, k)
    return facts["nonnegative", i]


def _judge(tape: Tape, k: int) -> bool:
    node = tape[k]
    known = [tape.facts["nonnegative", j] for j in node.operands]
    if node.op == "const":
        return node.data >= 0
    if node.op == "named":
        return node.data not in ("-inf", "nan")
    if node.op == "arg":
        return k in tape.nonnegative
    if node.op == "power":
        exponent = node.data
        even = exponent.denominator == 1 and exponent.numerator % 2 == 0
        return even or exponent.denominator % 2 == 0 or known[0]
    if node.op in ("add", "mul"):
        return all(known)
    if node.op == "max":
        return any(known)
    return node.op in _ALWAYS
