r"""The symmetry group of a diagram on its half-edges, and its order, the symmetry factor.

    |Aut| = (symmetries of the nodes) * prod_(s self-lines of a kind at a node) 2^s s!
                                      * prod_(m parallel lines of a kind) m!

where a directed self-line cannot be flipped (s! instead of 2^s s!).  External points have kinds of
their own and are fixed.

Main definitions: `symmetry_factor`, `line_symmetries`, `automorphism_group`.
"""

from __future__ import annotations

from collections.abc import Hashable
from itertools import pairwise
from math import factorial, prod
from typing import TYPE_CHECKING

from sympy.combinatorics import Permutation, PermutationGroup

if TYPE_CHECKING:
    from derivax.diagrams.graph import Diagram

__all__ = ["automorphism_group", "line_symmetries", "symmetry_factor"]


def symmetry_factor(diagram: Diagram) -> int:
    """|Aut| on half-edges.

    >>> from derivax.diagrams import Diagram
    >>> symmetry_factor(Diagram(["x", "x"], 4 * [(0, 1)])), symmetry_factor(Diagram(["x"],
    ...     [(0, 0, "", True), (0, 0, "", True)]))
    (48, 2)
    """
    return diagram.symmetry.n_node_symmetries * line_symmetries(diagram)


def line_symmetries(diagram: Diagram) -> int:
    """The number of symmetries that keep every node: flips and exchanges of lines."""
    factors = []
    for (tail, head, _, directed), lines in _bundles(diagram).items():
        m = len(lines)
        factors.append(factorial(m) * (2**m if tail == head and not directed else 1))
    return prod(factors)


def automorphism_group(diagram: Diagram) -> PermutationGroup:
    """The symmetries as permutations of half-edges; half-edge (e, end) is the point 2*e + end.

    >>> from derivax.diagrams import Diagram
    >>> automorphism_group(Diagram(["x"], [(0, 0), (0, 0)])).order()
    8
    """
    size = 2 * len(diagram.lines)
    bundles = _bundles(diagram)
    found = []
    for (tail, head, _, directed), lines in bundles.items():
        for a, b in pairwise(lines):
            images = list(range(size))
            images[2 * a], images[2 * a + 1] = 2 * b, 2 * b + 1
            images[2 * b], images[2 * b + 1] = 2 * a, 2 * a + 1
            found.append(images)
        if tail == head and not directed:
            images = list(range(size))
            images[2 * lines[0]], images[2 * lines[0] + 1] = 2 * lines[0] + 1, 2 * lines[0]
            found.append(images)
    for symmetry in diagram.symmetry.generators:
        images = list(range(size))
        for (tail, head, kind, directed), lines in bundles.items():
            new_tail, new_head = symmetry[tail], symmetry[head]
            flipped = not directed and new_tail > new_head
            ends = (new_head, new_tail) if flipped else (new_tail, new_head)
            for a, b in zip(lines, bundles[(*ends, kind, directed)]):
                images[2 * a], images[2 * a + 1] = 2 * b + flipped, 2 * b + 1 - flipped
        found.append(images)
    found = found or [list(range(size))]
    return PermutationGroup([Permutation(images, size=size) for images in found])


def _bundles(diagram: Diagram) -> dict[tuple[int, int, Hashable, bool], list[int]]:
    """Parallel lines of one kind and direction, by (tail, head, kind, directed)."""
    found: dict[tuple[int, int, Hashable, bool], list[int]] = {}
    for e, line in enumerate(diagram.lines):
        found.setdefault(tuple(line), []).append(e)  # type: ignore[arg-type]
    return found
