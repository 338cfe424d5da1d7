r"""Canonical order of the nodes of a diagram, and its symmetries, by refinement of colours.

Nodes get colours (kind, lines to themselves); colours are refined by the colours of neighbours
until nothing changes; where several nodes share a colour, one of them is singled out, and the
least description over all choices is the canonical one.  Two choices with one description are a
symmetry; symmetries found on the way make other choices superfluous.  The order of the symmetry
group is the product of the lengths of orbits (orbit-stabiliser), so that it is known without
listing the group.

Main definitions: `Symmetry`, `symmetry_of`.

Reference: B. D. McKay, Practical graph isomorphism, Congr. Numer. 30 (1981) 45.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from derivax.diagrams.graph import Diagram

__all__ = ["Symmetry", "symmetry_of"]

Colours = list[int]
Joins = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Symmetry:
    """What the search found.

    Attributes:
        order: the nodes in canonical order.
        code: description of the diagram in that order.
        generators: symmetries of the nodes (tuples: node -> image) that generate all of them.
        n_node_symmetries: their number; symmetries that move lines only are not counted.
    """

    order: tuple[int, ...]
    code: tuple[Any, ...]
    generators: tuple[tuple[int, ...], ...]
    n_node_symmetries: int


def symmetry_of(diagram: Diagram) -> Symmetry:
    """Canonical order and node symmetries of a diagram."""
    search = _Search(diagram)
    order, count = search.best_below(search.refined(search.colours))
    code = (tuple(map(repr, (diagram.nodes[i] for i in order))), search.code(order))
    return Symmetry(order, code, tuple(search.generators), count)


class _Search:
    def __init__(self, diagram: Diagram) -> None:
        n = len(diagram.nodes)
        joins: list[dict[int, Counter[tuple[str, int]]]] = [{} for _ in range(n)]
        for line in diagram.lines:
            kind = repr(line.kind)
            away, back = (1, 2) if line.directed else (0, 0)
            joins[line.tail].setdefault(line.head, Counter())[(kind, away)] += 1
            if line.head != line.tail:
                joins[line.head].setdefault(line.tail, Counter())[(kind, back)] += 1
        # what joins two nodes, as a number: equal numbers are equal bundles of lines
        bundles = {
            (i, j): tuple(sorted(bundle.items()))
            for i, row in enumerate(joins)
            for j, bundle in row.items()
        }
        names = {bundle: k + 1 for k, bundle in enumerate(sorted(set(bundles.values())))}
        self.names = tuple(sorted(names))
        self.joined = [
            {j: names[bundles[i, j]] for j in row if j != i} for i, row in enumerate(joins)
        ]
        loops = [names[bundles[i, i]] if i in joins[i] else 0 for i in range(n)]
        self.loops = loops
        marks = [(repr(kind), loops[i]) for i, kind in enumerate(diagram.nodes)]
        self.colours = _ranked(marks)
        self.generators: list[tuple[int, ...]] = []

    def refined(self, colours: Colours) -> Colours:
        """The coarsest refinement in which equal colours have equally coloured neighbours."""
        number = len(set(colours))
        while True:
            marks = [
                (colours[i], tuple(sorted((colours[j], b) for j, b in row.items())))
                for i, row in enumerate(self.joined)
            ]
            colours = _ranked(marks)
            if len(set(colours)) == number:
                return colours
            number = len(set(colours))

    def code(self, order: tuple[int, ...]) -> tuple[Any, ...]:
        """The lines in a given order of the nodes; bundles of lines by their content."""
        place = {node: k for k, node in enumerate(order)}
        rows = tuple(
            (self.loops[node],
             tuple(sorted((place[j], b) for j, b in self.joined[node].items() if place[j] > k)))
            for k, node in enumerate(order)
        )  # fmt: skip
        return (self.names, rows)

    def best_below(self, colours: Colours) -> tuple[tuple[int, ...], int]:
        """The least order below a refined colouring, and the number of symmetries that keep it."""
        cell = _first_shared(colours)
        if not cell:
            order = tuple(sorted(range(len(colours)), key=colours.__getitem__))
            return order, 1
        orbits = _Orbits(len(colours))
        best: tuple[int, ...] | None = None
        best_code: tuple[Any, ...] = ()
        best_node, below = cell[0], 1
        for node in cell:
            if any(orbits.same(node, earlier) for earlier in cell[: cell.index(node)]):
                continue
            known = len(self.generators)
            order, count = self.best_below(self.refined(_singled_out(colours, node)))
            code = self.code(order)
            for symmetry in self.generators[known:]:
                orbits.join(symmetry)
            if best is None or code < best_code:
                best, best_code, best_node, below = order, code, node, count
            elif code == best_code:
                image = dict(zip(best, order))
                symmetry = tuple(image[i] for i in range(len(order)))
                self.generators.append(symmetry)
                orbits.join(symmetry)
        assert best is not None
        return best, below * sum(orbits.same(best_node, node) for node in cell)


class _Orbits:
    """Which nodes symmetries carry into each other."""

    def __init__(self, size: int) -> None:
        self.parent = list(range(size))

    def root(self, node: int) -> int:
        while self.parent[node] != node:
            node = self.parent[node]
        return node

    def join(self, symmetry: tuple[int, ...]) -> None:
        for a, b in enumerate(symmetry):
            self.parent[self.root(a)] = self.root(b)

    def same(self, a: int, b: int) -> bool:
        return self.root(a) == self.root(b)


def _ranked(marks: list[Any]) -> Colours:
    ranks = {mark: k for k, mark in enumerate(sorted(set(marks)))}
    return [ranks[mark] for mark in marks]


def _singled_out(colours: Colours, node: int) -> Colours:
    return [2 * c + (1 if i != node else 0) for i, c in enumerate(colours)]


def _first_shared(colours: Colours) -> list[int]:
    """The smallest colour class with several nodes (the first among equals)."""
    classes: dict[Hashable, list[int]] = {}
    for node, colour in enumerate(colours):
        classes.setdefault(colour, []).append(node)
    shared = [classes[c] for c in sorted(classes) if len(classes[c]) > 1]  # type: ignore[type-var]
    return min(shared, key=len, default=[])
