r"""All multigraphs with given vertices and external points, each isomorphism class once.

The graph is grown from one node: an open node is chosen and all of its free half-edges are joined,
to itself, to other open nodes, or to new vertices; partial graphs that are isomorphic are continued
once only.  Every connected graph is reached, since the half-edges of the chosen node are joined in
it somehow, and only once, since its canonical code is remembered.

Main definitions: `Multigraphs`, `multigraphs`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from derivax.diagrams.contents import Contents
from derivax.diagrams.counting_multigraphs import count_multigraphs
from derivax.diagrams.graph import Diagram, Line
from derivax.errors import InputError

__all__ = ["Multigraphs", "multigraphs"]

Free = tuple[tuple[str, int], ...]
LIMIT = 200_000


@dataclass(frozen=True)
class _Partial:
    """A partial graph: kinds of nodes, their free half-edges, the lines so far, unused vertices."""

    kinds: tuple[Hashable, ...]
    free: tuple[Free, ...]
    lines: tuple[Line, ...]
    unused: tuple[int, ...]

    def diagram(self, external: Mapping[Any, Any] | None = None) -> Diagram:
        """With the free half-edges in the kinds; or, when finished, with its external points."""
        if external is None:
            return Diagram(list(zip(self.kinds, self.free)), self.lines)
        outside = [i for i, kind in enumerate(self.kinds) if kind in external]
        return Diagram(self.kinds, self.lines, outside)


@dataclass(frozen=True)
class Multigraphs:
    """An iterable of diagrams that knows how many they are before it lists them.

    Attributes: `contents`, `numbers` {kind of vertex: how many}, `connected`, `self_lines` (whether
    lines from a node to itself are allowed), `keep` (a filter), `progress(found, expected)`,
    `limit` (more are not listed).
    """

    contents: Contents
    numbers: Mapping[Any, int]
    connected: bool = True
    self_lines: bool = True
    keep: Callable[[Diagram], bool] | None = None
    progress: Callable[[int, int], None] | None = None
    limit: int = LIMIT

    @property
    def count(self) -> int:
        """How many there are, by generating function; `keep` and `self_lines` do not count."""
        return count_multigraphs(self.contents, self.numbers, self.connected)

    def __iter__(self) -> Iterator[Diagram]:
        expected = self.count
        if expected > self.limit:
            raise InputError(
                f"{expected} diagrams", f"are more than {self.limit}",
                "pass limit=..., or use the sum without enumeration",
            )  # fmt: skip
        for found, diagram in enumerate(self._all(), start=1):
            if self.progress is not None:
                self.progress(found, expected)
            if self.keep is None or self.keep(diagram):
                yield diagram

    def _all(self) -> Iterator[Diagram]:
        if not self.contents.can_be_joined(self.numbers):
            return
        external = self.contents.external
        level = [self._start()]
        if not external and not any(self.contents.checked(self.numbers).values()):
            return
        done: set[Any] = set()
        while level:
            grown: list[_Partial] = []
            seen: set[Any] = set()
            for partial in level:
                node = self._next_node(partial)
                if node is None:
                    if self._finished(partial):
                        diagram = partial.diagram(external)
                        if diagram.code not in done:
                            done.add(diagram.code)
                            yield diagram.canonical()
                        continue
                    if self.connected or not any(partial.unused):
                        continue
                    partial = self._with_new(partial, next(
                        k for k, n in enumerate(partial.unused) if n
                    ))  # fmt: skip
                    node = len(partial.kinds) - 1
                for new in self._saturated(partial, node):
                    code = new.diagram().code
                    if code not in seen:
                        seen.add(code)
                        grown.append(new)
            level = grown

    def _start(self) -> _Partial:
        """All external points (disconnected so far), or one vertex of the first kind."""
        external = self.contents.external
        unused = tuple(self.contents.checked(self.numbers).values())
        if external and not self.connected:
            free = tuple(((field, 1),) for field in external.values())
            return _Partial(tuple(external), free, (), unused)
        if external:
            return _Partial(tuple(external)[:1], ((((next(iter(external.values()))), 1),),), (),
                            unused)  # fmt: skip
        empty = _Partial((), (), (), unused)
        return self._with_new(empty, next((k for k, n in enumerate(unused) if n), 0))

    def _next_node(self, partial: _Partial) -> int | None:
        """The open node that was reached first."""
        return next((i for i, free in enumerate(partial.free) if free), None)

    def _finished(self, partial: _Partial) -> bool:
        outside = sum(kind in self.contents.external for kind in partial.kinds)
        return not any(partial.unused) and outside == len(self.contents.external)

    def _with_new(self, partial: _Partial, k: int) -> _Partial:
        """With one more vertex of the k-th kind."""
        kind = list(self.contents.vertices)[k]
        legs = self.contents.vertices[kind]
        free = tuple((field, legs.count(field)) for field in dict.fromkeys(legs))
        unused = (*partial.unused[:k], partial.unused[k] - 1, *partial.unused[k + 1 :])
        return _Partial((*partial.kinds, kind), (*partial.free, free), partial.lines, unused)

    def _with_point(self, partial: _Partial, name: Hashable) -> _Partial:
        """With the external point of that name."""
        free: Free = ((self.contents.external[name], 1),)
        return _Partial(
            (*partial.kinds, name), (*partial.free, free), partial.lines, partial.unused
        )

    def _saturated(self, partial: _Partial, node: int, least: int = -1) -> Iterator[_Partial]:
        """All ways to join the free half-edges of a node, targets in increasing order."""
        if not partial.free[node]:
            yield partial
            return
        field, _ = partial.free[node][0]
        wanted = self.contents.partner[field][0]
        if self.self_lines and least <= -1:
            joined = self._joined(partial, node, node, field)
            if joined is not None:
                yield from self._saturated(joined, node, self._go_on(joined, node, field, -1))
        size = len(partial.kinds)
        for target in range(max(least, 0), size):
            if target != node and any(f == wanted for f, _ in partial.free[target]):
                joined = self._joined(partial, node, target, field)
                assert joined is not None
                yield from self._saturated(joined, node, self._go_on(joined, node, field, target))
        for k, number in enumerate(partial.unused):
            if number and wanted in list(self.contents.vertices.values())[k]:
                larger = self._with_new(partial, k)
                joined = self._joined(larger, node, size, field)
                assert joined is not None
                yield from self._saturated(joined, node, self._go_on(joined, node, field, size))
        for name, other in self.contents.external.items():
            if other == wanted and name not in partial.kinds:
                joined = self._joined(self._with_point(partial, name), node, size, field)
                assert joined is not None
                yield from self._saturated(joined, node, self._go_on(joined, node, field, size))

    def _go_on(self, partial: _Partial, node: int, field: str, target: int) -> int:
        """Where the next half-edge may go: not before the last, when it is of the same field."""
        rest = partial.free[node]
        return target if rest and rest[0][0] == field else -1

    def _joined(self, partial: _Partial, node: int, target: int, field: str) -> _Partial | None:
        """With a line from a half-edge of `field` at `node` to the partner field at `target`."""
        other, kind, tail = self.contents.partner[field]
        free = list(partial.free)
        for index, taken in ((node, field), (target, other)):
            left = dict(free[index])
            if not left.get(taken):
                return None
            left[taken] -= 1
            free[index] = tuple((f, n) for f, n in left.items() if n)
        ends = (node, target) if tail is not False else (target, node)
        line = Line(*ends, kind, tail is not None)
        return _Partial(partial.kinds, tuple(free), (*partial.lines, line), partial.unused)


def multigraphs(
    contents: Contents,
    numbers: Mapping[Any, int],
    *,
    connected: bool = True,
    self_lines: bool = True,
    keep: Callable[[Diagram], bool] | None = None,
    progress: Callable[[int, int], None] | None = None,
    limit: int = LIMIT,
) -> Multigraphs:
    """All multigraphs with so many vertices of each kind and all external points.

    Args:
        contents: kinds of vertices, lines, external points.
        numbers: {kind of vertex: how many}.
        connected: only connected ones.
        self_lines: whether a line may begin and end at one node.
        keep: only diagrams for which it is true, e.g. `lambda d: d.is_one_particle_irreducible`.
        progress: called with (found so far, expected).
        limit: with more diagrams than this, listing is refused, and the count is named.

    >>> phi4 = Contents({"x": ("phi",)*4}, {"": ("phi", "phi")})
    >>> vacuum = multigraphs(phi4, {"x": 3})
    >>> vacuum.count, sorted(d.symmetry_factor for d in vacuum)
    (4, [24, 32, 48, 48])
    """
    numbers = contents.checked(numbers)
    return Multigraphs(contents, numbers, connected, self_lines, keep, progress, limit)
