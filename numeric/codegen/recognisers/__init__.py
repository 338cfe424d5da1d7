"""Recognisers: rewrites of the tape that keep the meaning and mend the arithmetic.

*Main definitions*: `recognise`: the outputs rewritten, by an explicit stack.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from derivax.numeric.codegen.recognisers import (
    damped_growth,
    exponential_ratio,
    gaussian,
    logarithm,
    removable,
)
from derivax.numeric.codegen.recognisers.plan import Plan
from derivax.numeric.codegen.tape import Node, Tape

__all__ = ["recognise", "rebuilt_into"]


def recognise(tape: Tape, outputs: Sequence[int]) -> list[int]:
    """The outputs rewritten for accuracy and range, as further entries of the same tape."""
    order = tape.reachable(outputs)
    found = exponential_ratio.ratios(tape, order)
    patches = removable.find(tape, order)
    new: dict[int, int] = {}
    plans: dict[int, Plan] = {}
    stack = list(reversed(outputs))
    while stack:
        i = stack[-1]
        if i in new:
            stack.pop()
            continue
        if i not in plans:
            plans[i] = _plan(tape, i, found, patches)
        waiting = [k for k in plans[i].needs if k not in new]
        if waiting:
            stack.extend(reversed(waiting))
            continue
        stack.pop()
        new[i] = plans[i].build(new)
    return [new[i] for i in outputs]


def _plan(
    tape: Tape,
    i: int,
    found: Mapping[int, exponential_ratio.Ratio],
    patches: Mapping[int, removable.Patch],
) -> Plan:
    rewrite = exponential_ratio.plan(tape, i, found[i], found) if i in found else None
    if i in patches and (
        rewrite is None or patches[i].low > 0 or not exponential_ratio.resolves(tape, found[i])
    ):
        rewrite = removable.plan(tape, i, patches[i], rewrite)
    if rewrite is None:
        rewrite = logarithm.plan(tape, i) or gaussian.plan(tape, i) or damped_growth.plan(tape, i)
    if rewrite is None:
        rewrite = Plan(tape[i].operands, lambda new: rebuilt(tape, i, new))
    return rewrite


def rebuilt(tape: Tape, i: int, new: Mapping[int, int]) -> int:
    """The same operation on the rewritten operands."""
    node = tape[i]
    operands = [new[k] for k in node.operands]
    return i if tuple(operands) == node.operands else rebuilt_into(tape, node, operands)


def rebuilt_into(tape: Tape, node: Node, operands: Sequence[int]) -> int:
    """An operation like `node` on these operands of `tape`, simplified on the way in."""
    if node.op == "add":
        return tape.add(operands)
    if node.op == "mul":
        return tape.mul(operands)
    if node.op == "power":
        return tape.power(operands[0], node.data)
    if node.op == "exp":
        return tape.exp(operands[0])
    if node.op == "select":
        pairs = list(zip(operands[:-1:2], operands[1::2], strict=True))
        return tape.select(pairs, operands[-1])
    return tape.push(node.op, operands, node.data, node.shape)
