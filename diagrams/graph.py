r"""A diagram: a multigraph whose nodes and lines have kinds, seen as half-edges that are joined.

Main definitions: `Line`, `Diagram`.

Implementation notes.  A diagram is a value; equality is equality of the drawing, not isomorphism:
`Diagram.canonical` brings isomorphic diagrams to the same value.  Half-edge (e, 0) is the tail and
(e, 1) the head of line e.  External points are nodes whose kind nobody else has, so that no
symmetry moves them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import networkx as nx

from derivax.errors import InputError

if TYPE_CHECKING:
    from derivax.diagrams.canonical import Symmetry

__all__ = ["Diagram", "HalfEdge", "Line"]

HalfEdge = tuple[int, int]
"""(index of the line, 0 for its tail or 1 for its head)"""


class Line(NamedTuple):
    """A line between two nodes, given by their indices.  A directed line runs from tail to head."""

    tail: int
    head: int
    kind: Hashable = ""
    directed: bool = False


@dataclass(frozen=True, init=False)
class Diagram:
    """A multigraph with kinds.

    Args:
        nodes: the kind of each node.
        lines: `Line`s, or tuples (tail, head[, kind[, directed]]); loops and parallel lines are
            allowed.
        external: indices of nodes that are external points; they may have any kind that no other
            node has.

    >>> eight = Diagram(["x"], [(0, 0), (0, 0)])
    >>> eight.symmetry_factor, eight.n_loops, eight.is_connected
    (8, 2, True)
    >>> sunset = Diagram(["1", "2", "x", "x"], [(0, 2), (1, 3)] + 3 * [(2, 3)], external=(0, 1))
    >>> sunset.symmetry_factor, sunset.is_one_particle_irreducible
    (6, True)

    Raises `InputError` for a line to a node that does not exist, and for an external point that
    shares its kind.
    """

    nodes: tuple[Hashable, ...]
    lines: tuple[Line, ...]
    external: tuple[int, ...]

    def __init__(
        self,
        nodes: Iterable[Hashable],
        lines: Iterable[Sequence[Any]] = (),
        external: Iterable[int] = (),
    ) -> None:
        kinds = tuple(nodes)
        made = []
        for line in lines:
            one = Line(*line)
            for end in (one.tail, one.head):
                if isinstance(end, bool) or not isinstance(end, int) or not 0 <= end < len(kinds):
                    raise InputError(
                        f"line {tuple(line)}", f"there is no node {end!r}",
                        f"nodes are 0 to {len(kinds) - 1}",
                    )  # fmt: skip
            if not one.directed and one.tail > one.head:
                one = Line(one.head, one.tail, one.kind, False)
            made.append(one)
        outside = tuple(sorted(set(external)))
        if outside:
            number = Counter(kinds)
            for index in outside:
                if not 0 <= index < len(kinds):
                    raise InputError(f"external point {index}", "there is no such node", "")
                if number[kinds[index]] > 1:
                    raise InputError(
                        f"external point {kinds[index]!r}", "another node has the same kind",
                        "give every external point its own name",
                    )  # fmt: skip
        object.__setattr__(self, "nodes", kinds)
        object.__setattr__(self, "lines", tuple(made))
        object.__setattr__(self, "external", outside)

    def __len__(self) -> int:
        return len(self.nodes)

    # ---- half-edges ---------------------------------------------------------------------

    @property
    def half_edges(self) -> tuple[HalfEdge, ...]:
        """All half-edges, line by line."""
        return tuple((e, end) for e in range(len(self.lines)) for end in (0, 1))

    def node_of(self, half: HalfEdge) -> int:
        """The node at which a half-edge ends."""
        line = self.lines[half[0]]
        return line.head if half[1] else line.tail

    @cached_property
    def degrees(self) -> tuple[int, ...]:
        """The number of half-edges at each node."""
        found = [0] * len(self.nodes)
        for line in self.lines:
            found[line.tail] += 1
            found[line.head] += 1
        return tuple(found)

    @property
    def internal(self) -> tuple[int, ...]:
        """Indices of the nodes that are no external points."""
        outside = set(self.external)
        return tuple(i for i in range(len(self.nodes)) if i not in outside)

    # ---- isomorphism --------------------------------------------------------------------

    @cached_property
    def symmetry(self) -> Symmetry:
        """Canonical order of the nodes, and the symmetries of the nodes."""
        from derivax.diagrams.canonical import symmetry_of

        return symmetry_of(self)

    @cached_property
    def code(self) -> tuple[Any, ...]:
        """Equal for isomorphic diagrams, different for others."""
        return self.symmetry.code

    def canonical(self) -> Diagram:
        """The same diagram with its nodes and lines in canonical order."""
        return self.reordered(self.symmetry.order)

    def reordered(self, order: Sequence[int]) -> Diagram:
        """The diagram whose node k is node `order[k]` of this one; lines are sorted."""
        place = {old: new for new, old in enumerate(order)}
        moved = [
            Line(place[line.tail], place[line.head], line.kind, line.directed)
            for line in self.lines
        ]
        sides = [m if m.directed or m.tail <= m.head else m._replace(tail=m.head, head=m.tail)
                 for m in moved]  # fmt: skip
        sides.sort(key=lambda m: (m.tail, m.head, repr(m.kind), m.directed))
        return Diagram(
            (self.nodes[old] for old in order), sides, (place[i] for i in self.external)
        )

    def is_isomorphic(self, other: Diagram) -> bool:
        """Whether the two are one diagram up to names of nodes and lines."""
        return self.code == other.code

    @cached_property
    def symmetry_factor(self) -> int:
        """|Aut|, the number of symmetries on half-edges (external points are fixed)."""
        from derivax.diagrams.automorphisms import symmetry_factor

        return symmetry_factor(self)

    # ---- as graphs of networkx ----------------------------------------------------------

    @cached_property
    def graph(self) -> nx.MultiGraph:
        """The multigraph; attribute `kind` on nodes and lines, key = index of the line."""
        made = nx.MultiGraph()
        for index, kind in enumerate(self.nodes):
            made.add_node(index, kind=kind)
        for key, line in enumerate(self.lines):
            made.add_edge(line.tail, line.head, key=key, kind=line.kind, directed=line.directed)
        return made

    def half_edge_graph(self) -> nx.Graph:
        """A simple coloured graph with the symmetries of the half-edges.

        Nodes ("node", i) and ("half", e, end); a half-edge is joined to its node and to the other
        half of its line.  Attribute `colour` is what a symmetry must keep.
        """
        made = nx.Graph()
        for index, kind in enumerate(self.nodes):
            made.add_node(("node", index), colour=("node", kind))
        for e, line in enumerate(self.lines):
            for end in (0, 1):
                side = end if line.directed else None
                made.add_node(("half", e, end), colour=("half", line.kind, side))
                made.add_edge(("half", e, end), ("node", self.node_of((e, end))))
            made.add_edge(("half", e, 0), ("half", e, 1))
        return made

    @classmethod
    def of_graph(cls, graph: nx.Graph, external: Iterable[Any] = ()) -> Diagram:
        """From any networkx graph; attribute `kind` of nodes and edges where it has one."""
        place = {node: k for k, node in enumerate(graph.nodes)}
        directed = graph.is_directed()
        lines = [
            (place[a], place[b], data.get("kind", ""), data.get("directed", directed))
            for a, b, data in graph.edges(data=True)
        ]
        kinds = [data.get("kind", "") for _, data in graph.nodes(data=True)]
        return cls(kinds, lines, (place[node] for node in external))

    # ---- what kind of diagram -----------------------------------------------------------

    @cached_property
    def is_connected(self) -> bool:
        """Whether all hangs together (an empty diagram does)."""
        return len(self.nodes) == 0 or nx.is_connected(self.graph)

    @property
    def n_loops(self) -> int:
        """The number of independent loops, lines - nodes + components."""
        return len(self.lines) - len(self.nodes) + nx.number_connected_components(self.graph)

    @cached_property
    def bridges(self) -> frozenset[int]:
        """Indices of the lines whose removal disconnects."""
        return frozenset(next(iter(self.graph[a][b])) for a, b in nx.bridges(self.graph))

    @property
    def is_one_particle_irreducible(self) -> bool:
        """Connected, and no single line between internal nodes disconnects it when cut."""
        if not self.is_connected:
            return False
        outside = set(self.external)
        return all({self.lines[e].tail, self.lines[e].head} & outside for e in self.bridges)

    @property
    def has_tadpoles(self) -> bool:
        """Whether some part hangs on the rest by one node and no external point reaches it.

        A line from a node to itself is such a part; so is, without external points, what a single
        line connects.
        """
        if any(line.tail == line.head for line in self.lines):
            return True
        outside = set(self.external)
        if not outside:
            return bool(self.bridges)
        for node in nx.articulation_points(nx.Graph(self.graph)):
            rest = self.graph.copy()
            rest.remove_node(node)
            if any(not part & outside for part in nx.connected_components(rest)):
                return True
        return False

    @property
    def has_self_lines(self) -> bool:
        """Whether a line begins and ends at one node."""
        return any(line.tail == line.head for line in self.lines)

    @cached_property
    def components(self) -> tuple[Diagram, ...]:
        """The connected parts."""
        return tuple(self.induced(sorted(c)) for c in nx.connected_components(self.graph))

    def induced(self, chosen: Sequence[int]) -> Diagram:
        """The part on the chosen nodes, in that order."""
        place = {old: new for new, old in enumerate(chosen)}
        lines = [
            line._replace(tail=place[line.tail], head=place[line.head])
            for line in self.lines
            if line.tail in place and line.head in place
        ]
        return Diagram(
            (self.nodes[i] for i in chosen), lines, (place[i] for i in self.external if i in place)
        )

    def amputated(self) -> Diagram:
        """Without external points and their lines; the nodes they were at become external.

        A node with the external points 1 and 2 gets the kind (kind, (1, 2)).
        """
        outside = set(self.external)
        at: dict[int, list[Hashable]] = {}
        kept = []
        for line in self.lines:
            ends = [end for end in (line.tail, line.head) if end not in outside]
            if len(ends) == 2:
                kept.append(line)
            elif ends:
                leg = line.tail if line.head == ends[0] else line.head
                at.setdefault(ends[0], []).append(self.nodes[leg])
        chosen = list(self.internal)
        place = {old: new for new, old in enumerate(chosen)}
        kinds = [
            (self.nodes[i], tuple(sorted(at[i], key=repr))) if i in at else self.nodes[i]
            for i in chosen
        ]
        lines = [m._replace(tail=place[m.tail], head=place[m.head]) for m in kept]
        return Diagram(kinds, lines, (place[i] for i in at))

    def relabelled(self, kinds: Mapping[Any, Hashable]) -> Diagram:
        """With the kinds of nodes replaced."""
        return Diagram((kinds.get(k, k) for k in self.nodes), self.lines, self.external)
