"""Exact derivatives of tape expressions: forward mode on the tape, linear in its length.

*Main definitions*: `derivative(tape, outputs, variable)`, `pushed_forward` (any direction).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from derivax.numeric.codegen.lower import matrix_derivatives, phi
from derivax.numeric.codegen.lower.complex_numbers import TANGENTS
from derivax.numeric.codegen.lower.table import OPERATIONS
from derivax.numeric.codegen.tape import Tape

__all__ = ["derivative", "pushed_forward"]


def derivative(tape: Tape, outputs: Sequence[int], variable: int) -> list[int]:
    """d outputs / d variable as new entries of the same tape (the constant 0 where it vanishes)."""
    return pushed_forward(tape, outputs, {variable: tape.const(1)})


def pushed_forward(
    tape: Tape,
    outputs: Sequence[int],
    seeds: Mapping[int, int],
    known: dict[int, int] | None = None,
) -> list[int]:
    """The derivatives of the outputs in the direction that moves each leaf by its seed; `known`:
    derivatives in this direction that were found before, to which the new ones are added."""
    zero = tape.const(0)
    d: dict[int, int] = {} if known is None else known
    for i in tape.reachable(outputs, d):
        if i in seeds:
            d[i] = seeds[i]
            continue
        node = tape[i]
        moving = [k for k in set(node.operands) if d[k] != zero]
        if not moving:
            d[i] = zero
        elif node.op == "mul":
            d[i] = _product_rule(tape, node.operands, d)
        elif node.op == "select":
            d[i] = _branches(tape, node.operands, d)
        elif node.op == "add":
            d[i] = tape.add([d[k] for k in node.operands])
        elif node.shape is not None or node.op in matrix_derivatives.TANGENTS:
            tangent = matrix_derivatives.TANGENTS.get(node.op, matrix_derivatives.refuse)
            d[i] = tangent(tape, i, d)
        else:
            operation = OPERATIONS[node.op]
            if node.op in TANGENTS and not tape.plane.isdisjoint((i, *node.operands)):
                d[i] = TANGENTS[node.op](tape, i, d)
                continue
            if operation.pushforward is not None:
                d[i] = operation.pushforward(tape, i, d)
                continue
            if operation.partial is None:
                d[i] = zero
                continue
            terms = [
                tape.mul((operation.partial(tape, i, slot), d[k]))
                for slot, k in enumerate(node.operands)
                if d[k] != zero
            ]
            d[i] = tape.add(terms)
    return [
        tape.push("zeros", (), None, tape[i].shape)
        if d[i] == zero and tape[i].shape is not None
        else d[i]
        for i in outputs
    ]


def _product_rule(tape: Tape, factors: Sequence[int], d: dict[int, int]) -> int:
    """Sum of d_k times the other factors; prefix and suffix products keep it linear."""
    n, zero = len(factors), tape.const(0)
    if n <= 8:
        terms = [
            tape.mul((d[k], *factors[:j], *factors[j + 1 :]))
            for j, k in enumerate(factors)
            if d[k] != zero
        ]
        return tape.add(phi.collected(tape, terms))
    before, after = [tape.const(1)] * n, [tape.const(1)] * n
    for j in range(1, n):
        before[j] = tape.push("mul", (before[j - 1], factors[j - 1])) if j > 1 else factors[0]
        k = n - 1 - j
        after[k] = tape.push("mul", (factors[k + 1], after[k + 1])) if j > 1 else factors[-1]
    return tape.add(
        [tape.mul((d[k], before[j], after[j])) for j, k in enumerate(factors) if d[k] != zero]
    )


def _branches(tape: Tape, operands: Sequence[int], d: dict[int, int]) -> int:
    pairs = [(operands[k], d[operands[k + 1]]) for k in range(0, len(operands) - 1, 2)]
    return tape.select(pairs, d[operands[-1]])
