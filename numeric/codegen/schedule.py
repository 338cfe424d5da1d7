"""The governor of compile time: XLA's options by size, and parts of very large formulas.

Measured on 2 CPU cores (JAX 0.10): XLA's fusion is superlinear (1000, 4000 operations of one
output: 0.5 s, 4.5 s), and with many outputs it computes shared work again for each (500
operations, 60 outputs: 4-10 s to compile, 20 times slower to run than without fusion).  So

- many outputs: no fusion pass (compiles 2-10 times faster, runs 1.3-8 times faster),
- one output of more than 1000 operations: the older fusion emitters (3 times faster to compile),
- beyond `PART` operations: parts, cut where few values are alive, compiled in parallel threads.

These are decisions of a top-level call on a CPU; inside another program (`jit`, `vmap`, `grad`) the
formula is part of that program and its loops alone keep it small.

*Main definitions*: `compiler_options`, `candidates`, `partition`, `Part`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from derivax.numeric.codegen.tape import Tape

__all__ = ["PART", "Part", "candidates", "compiler_options", "partition", "parts_of"]

PART = 2500
FEW_OUTPUTS = 3
SMALL = 100  # operations that XLA compiles at once whatever the options
MEDIUM = 1000

PLAIN: Mapping[str, Any] = {}
OLD_EMITTERS: Mapping[str, Any] = {"xla_cpu_use_fusion_emitters": False}
UNFUSED: Mapping[str, Any] = {"xla_disable_hlo_passes": "fusion"}


def compiler_options(operations: int, outputs: int, optimize: str) -> Mapping[str, Any]:
    """XLA options for a graph of this size on a CPU."""
    if operations <= SMALL:
        return PLAIN
    if outputs > FEW_OUTPUTS:
        return UNFUSED
    if operations > MEDIUM or optimize == "compile":
        return OLD_EMITTERS
    return PLAIN


def candidates(operations: int, optimize: str) -> tuple[Mapping[str, Any], ...]:
    """Options among which the fastest is chosen by measurement (none: nothing to choose)."""
    if optimize != "run" or operations <= SMALL:
        return ()
    return (PLAIN, OLD_EMITTERS, UNFUSED)


@dataclass(frozen=True)
class Part:
    """Entries computed together: from `inputs` (args and entries of earlier parts) to `outputs`."""

    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


def parts_of(tape: Tape, outputs: Sequence[int]) -> list[Part]:
    """The parts of a large formula; none of one that is written as one function."""
    if len(tape.reachable(outputs)) <= PART * 3 // 2:
        return []
    parts = partition(tape, outputs, PART)
    return parts if len(parts) > 1 else []


def partition(tape: Tape, outputs: Sequence[int], size: int) -> list[Part]:
    """The outputs in parts of about `size` operations, cut where few values are alive.

    The order is depth first, so of a tree no more values are alive than it is deep.
    """
    constant: set[int] = set()
    order: list[int] = []
    for i in tape.reachable(outputs):
        node = tape[i]
        if node.op != "arg" and all(k in constant for k in node.operands):
            constant.add(i)
        elif node.op != "arg":
            order.append(i)
    place = {i: k for k, i in enumerate(order)}
    last = list(range(len(order)))
    for k, i in enumerate(order):
        for j in tape[i].operands:
            if j in place:
                last[place[j]] = k
    for i in outputs:
        if i in place:
            last[place[i]] = len(order)
    steps = [0] * (len(order) + 2)
    for k, end in enumerate(last):  # alive at the cuts k + 1 ... end
        steps[k + 1] += 1
        steps[end + 1] -= 1
    alive, count = [], 0
    for step in steps:
        count += step
        alive.append(count)
    cuts = [0]
    while len(order) - cuts[-1] > size * 3 // 2:
        window = range(cuts[-1] + size // 2, cuts[-1] + size + 1)
        cuts.append(min(window, key=lambda c: (alive[c], -c)))
    cuts.append(len(order))
    parts = []
    for low, high in pairwise(cuts):
        inside = order[low:high]
        inputs = {
            j
            for i in inside
            for j in tape[i].operands
            if tape[j].op == "arg" or (j in place and place[j] < low)
        }
        leaving = tuple(i for i in inside if last[place[i]] >= high)
        parts.append(Part(tuple(tape.sorted(inputs)), leaving))
    return parts
