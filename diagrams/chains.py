"""Chains: n nodes in a row between two ends, the diagrams of a Neumann series.

Main definition: `chain`.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from derivax.diagrams.graph import Diagram, Line
from derivax.errors import InputError

__all__ = ["chain"]


def chain(
    n: int,
    node: Hashable = "x",
    line: Hashable = "",
    ends: tuple[Hashable, Hashable] | None = ("in", "out"),
    end_lines: tuple[Hashable, Hashable] = ("in", "out"),
) -> Diagram:
    """The chain with n nodes, from the first end to the last.

    Args:
        n: number of nodes, >= 0.
        node, line: kinds of the nodes and of the n - 1 lines between them.
        ends: kinds of the two external points (None: no external points).
        end_lines: kinds of the lines from the ends to the first and the last node.

    >>> chain(3).nodes, chain(3).symmetry_factor, chain(2, ends=None).symmetry_factor
    (('in', 'x', 'x', 'x', 'out'), 1, 2)
    """
    if isinstance(n, bool) or not isinstance(n, int) or n < 0:
        raise InputError(f"order {n!r}", "is not a whole number >= 0", "pass 0, 1, 2, ...")
    if ends is None:
        return Diagram([node] * n, [Line(i, i + 1, line) for i in range(n - 1)])
    kinds: list[Any] = [ends[0], *([node] * n), ends[1]]
    between = [end_lines[0], *([line] * (n - 1)), end_lines[1]] if n else [line]
    lines = [Line(i, i + 1, kind) for i, kind in enumerate(between)]
    return Diagram(kinds, lines, external=(0, n + 1))
