r"""Ribbon graphs: diagrams whose vertices have a cyclic order of legs, and therefore a genus.

Half-edges 0, ..., 2E-1 with two permutations: `around` turns to the next half-edge of the vertex,
`across` to the other end of the line.  Faces are the cycles of across-then-around, and

    vertices - lines + faces = 2 - 2 genus          (connected).

Rooted graphs (one half-edge marked) have no symmetry and are generated without repetition, by
walking from the root and joining the first free half-edge to every possible one; a graph with
|Aut| symmetries has 2E/|Aut| rootings.

Main definitions: `RibbonGraph`, `rooted_ribbon_graphs`, `ribbon_graphs`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from derivax.errors import InputError

if TYPE_CHECKING:
    from derivax.diagrams.drawing.picture import Picture, Style

__all__ = ["RibbonGraph", "ribbon_graphs", "rooted_ribbon_graphs"]


@dataclass(frozen=True)
class RibbonGraph:
    """A connected ribbon graph.

    Args:
        around: next half-edge at the same vertex.
        across: the other end of the line; without fixed points.

    >>> planar = RibbonGraph((1, 2, 3, 0), (1, 0, 3, 2))
    >>> torus = RibbonGraph((1, 2, 3, 0), (2, 3, 0, 1))
    >>> [(r.genus, r.n_faces, r.symmetry_factor) for r in (planar, torus)]
    [(0, 3, 2), (1, 1, 4)]
    """

    around: tuple[int, ...]
    across: tuple[int, ...]

    def __post_init__(self) -> None:
        size = len(self.around)
        for name in ("around", "across"):
            if sorted(getattr(self, name)) != list(range(size)):
                raise InputError(f"{name} = {getattr(self, name)}", "is no permutation", "")
        if any(self.across[h] == h or self.across[self.across[h]] != h for h in range(size)):
            raise InputError(f"across = {self.across}", "does not pair the half-edges", "")

    @cached_property
    def vertices(self) -> tuple[tuple[int, ...], ...]:
        """Half-edges of each vertex in cyclic order."""
        return _cycles(self.around)

    @property
    def n_lines(self) -> int:
        """The number of lines."""
        return len(self.across) // 2

    @cached_property
    def n_faces(self) -> int:
        """The number of closed index lines."""
        return len(_cycles(tuple(self.around[h] for h in self.across)))

    @property
    def genus(self) -> int:
        """The number of handles of the surface."""
        return (2 - len(self.vertices) + self.n_lines - self.n_faces) // 2

    @cached_property
    def _codes(self) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
        return [self._seen_from(root) for root in range(len(self.around))]

    @property
    def code(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Equal for isomorphic graphs: the least description over all roots."""
        return min(self._codes, default=((), ()))

    @property
    def symmetry_factor(self) -> int:
        """|Aut|: the number of roots from which the graph looks the same."""
        return self._codes.count(self.code) or 1

    def _seen_from(self, root: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Both permutations with the half-edges named in the order of a walk."""
        names = {root: 0}
        order = [root]
        for half in order:
            for other in (self.around[half], self.across[half]):
                if other not in names:
                    names[other] = len(order)
                    order.append(other)
        if len(order) != len(self.around):
            raise InputError("a ribbon graph", "is not connected", "pass one part at a time")
        return (
            tuple(names[self.around[h]] for h in order),
            tuple(names[self.across[h]] for h in order),
        )

    def ribbon_picture(self, style: Style | None = None) -> Picture:
        """Vertices as discs with legs in cyclic order, lines as double lines."""
        from derivax.diagrams.drawing.ribbon_layout import ribbon_picture

        return ribbon_picture(self)


def rooted_ribbon_graphs(degrees: Sequence[int]) -> Iterator[RibbonGraph]:
    """All connected ribbon graphs with one marked half-edge, at a vertex of the first degree.

    Args:
        degrees: of the vertices; order does not matter except for the first.
    """
    for degree in degrees:
        if isinstance(degree, bool) or not isinstance(degree, int) or degree < 1:
            raise InputError(f"degree {degree!r}", "is not a whole number >= 1", "")
    if not degrees or sum(degrees) % 2:
        return
    first, others = degrees[0], list(degrees[1:])
    left = {degree: others.count(degree) for degree in sorted(set(others))}
    yield from _walk([first], [*range(first)], {}, left)


def _walk(
    placed: list[int], queue: list[int], across: dict[int, int], left: dict[int, int]
) -> Iterator[RibbonGraph]:
    """Join the first free half-edge to a later free one, or to a new vertex."""
    free = [half for half in queue if half not in across]
    if not free:
        if not any(left.values()):
            yield _assembled(placed, across)
        return
    half, *rest = free
    for other in rest:
        yield from _walk(placed, queue, {**across, half: other, other: half}, left)
    for degree, number in left.items():
        if number:
            new = [*range(len(queue), len(queue) + degree)]
            joined = {**across, half: new[0], new[0]: half}
            fewer = {**left, degree: number - 1}
            yield from _walk([*placed, degree], [*queue, *new], joined, fewer)


def _assembled(placed: list[int], across: dict[int, int]) -> RibbonGraph:
    around: list[int] = []
    for degree in placed:
        start = len(around)
        around += [start + (k + 1) % degree for k in range(degree)]
    return RibbonGraph(tuple(around), tuple(across[h] for h in range(len(around))))


def ribbon_graphs(degrees: Sequence[int], genus: int | None = None) -> Iterator[RibbonGraph]:
    """All connected ribbon graphs with vertices of these degrees, each isomorphism class once.

    >>> from collections import Counter
    >>> sorted(Counter(r.genus for r in ribbon_graphs((4, 4))).items())
    [(0, 3), (1, 4)]
    """
    seen: set[Any] = set()
    for graph in rooted_ribbon_graphs(degrees):
        code = graph.code
        if code not in seen:
            seen.add(code)
            if genus is None or graph.genus == genus:
                yield RibbonGraph(*code)


def _cycles(permutation: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    seen: set[int] = set()
    found = []
    for start in range(len(permutation)):
        if start in seen:
            continue
        cycle = [start]
        while permutation[cycle[-1]] != start:
            cycle.append(permutation[cycle[-1]])
        seen.update(cycle)
        found.append(tuple(cycle))
    return tuple(found)
