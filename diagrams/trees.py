r"""Rooted trees whose nodes have kinds, generated up to isomorphism from a grammar.

A grammar says for each kind of node which kinds its children may have and how many there are.
From it follow the trees, unlabelled (`trees`) or with labelled leaves (`labelled_trees`), and the
generating functions that count them (`derivax.diagrams.counting`).

Main definitions: `Tree`, `Grammar`, `layered`, `series_reduced`, `dressed`, `trees`,
`labelled_trees`.

Implementation notes.  Three weights, not to be confused: a tree with labelled leaves occurs once
(weight 1); when all leaves are equal, isomorphic trees merge and one stands for `n!/|Aut|` labelled
ones; 1/|Aut| is the coefficient of x^n.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import factorial, prod
from typing import Any, TypeVar

from derivax.diagrams.graph import Diagram
from derivax.errors import InputError

__all__ = [
    "LEAF",
    "Grammar",
    "Tree",
    "dressed",
    "labelled_trees",
    "layered",
    "series_reduced",
    "set_partitions",
    "trees",
]

LEAF = 0
"""The kind of an unlabelled leaf."""

T = TypeVar("T")


@dataclass(frozen=True, init=False)
class Tree:
    """A rooted tree: the kind of the root and the subtrees below it, in canonical order.

    Equality is isomorphism.

    >>> cherry = Tree(1, [Tree(0), Tree(0)])
    >>> cherry.n_automorphisms, cherry.n_labellings, cherry.n_leaves
    (2, 1, 2)
    """

    kind: Hashable
    children: tuple[Tree, ...]

    def __init__(self, kind: Hashable, children: Sequence[Tree] = ()) -> None:
        object.__setattr__(self, "kind", kind)
        object.__setattr__(self, "children", tuple(sorted(children, key=lambda c: c.code)))

    @cached_property
    def code(self) -> tuple[Any, ...]:
        """Equal for isomorphic trees; larger subtrees come first."""
        return (-self.n_nodes, repr(self.kind), tuple(child.code for child in self.children))

    @cached_property
    def n_nodes(self) -> int:
        """The number of nodes."""
        return 1 + sum(child.n_nodes for child in self.children)

    @cached_property
    def n_leaves(self) -> int:
        """The number of leaves."""
        return sum(child.n_leaves for child in self.children) if self.children else 1

    @property
    def arity(self) -> int:
        """The number of children of the root."""
        return len(self.children)

    @cached_property
    def n_automorphisms(self) -> int:
        r"""|Aut| = \prod_{nodes} \prod_{kinds of subtree} m! |Aut(subtree)|^m."""
        return prod(
            factorial(m) * child.n_automorphisms**m for child, m in Counter(self.children).items()
        )

    @property
    def n_labellings(self) -> int:
        """The number of different labellings of the leaves, n!/|Aut| (orbit-stabiliser)."""
        return factorial(self.n_leaves) // self.n_automorphisms

    def nodes(self) -> Iterator[Tree]:
        """All subtrees, from the root, depth first."""
        yield self
        for child in self.children:
            yield from child.nodes()

    def folded(self, node: Callable[[Tree, tuple[T, ...]], T]) -> T:
        """The value of the tree from the leaves up: `node(subtree, values of its children)`.

        >>> Tree(2, [Tree(1, [Tree(0)]), Tree(0)]).folded(lambda t, below: 1 + max(below,
        ...     default=0))
        3
        """
        return node(self, tuple(child.folded(node) for child in self.children))

    def diagram(self, root: Hashable = "root") -> Diagram:
        """As a Diagram, with an external point above the root; nodes depth first."""
        kinds: list[Hashable] = [root]
        lines: list[tuple[int, int]] = []

        def add(tree: Tree, above: int) -> None:
            kinds.append(tree.kind)
            here = len(kinds) - 1
            lines.append((above, here))
            for child in tree.children:
                add(child, here)

        add(self, 0)
        return Diagram(kinds, lines, external=(0,))

    def __str__(self) -> str:
        below = "".join(map(str, self.children))
        return f"({self.kind}{below})" if self.children else str(self.kind)

    __repr__ = __str__


@dataclass(frozen=True)
class Grammar:
    """Which trees there are.

    Args:
        children: {kind of an inner node: kinds that its children may have}; `LEAF` is the leaf.
        arity: {kind: (least, largest number of children)}; largest None: no limit.
        root: kinds that the root may have.

    A node with one child must go down in the grammar, or there would be infinitely many trees with
    one leaf: this is checked.
    """

    children: Mapping[Any, tuple[Hashable, ...]]
    arity: Mapping[Any, tuple[int, int | None]]
    root: tuple[Hashable, ...]

    def __post_init__(self) -> None:
        for kind, allowed in self.children.items():
            for child in allowed:
                if child != LEAF and child not in self.children:
                    raise InputError(f"child kind {child!r} of {kind!r}", "has no rule of its own")
            if kind not in self.arity or self.arity[kind][0] < 1:
                raise InputError(f"kind {kind!r}", "an inner node has at least one child", "")
        unary = {
            kind: [c for c in allowed if c != LEAF]
            for kind, allowed in self.children.items()
            if self.arity[kind][0] == 1
        }
        seen: set[Hashable] = set()
        while any(kind not in seen for kind in unary):
            free = [
                k for k in unary
                if k not in seen and all(c in seen or c not in unary for c in unary[k])
            ]  # fmt: skip
            if not free:
                raise InputError(
                    "a grammar of trees", "nodes with one child can follow each other for ever",
                    "order their kinds, or ask for two children",
                )  # fmt: skip
            seen.update(free)

    def largest(self, kind: Hashable, leaves: int) -> int:
        """The largest number of children that a node with so many leaves below it can have."""
        limit = self.arity[kind][1]
        return leaves if limit is None else min(limit, leaves)


def layered(depth: int) -> Grammar:
    """Every leaf at the same depth: the trees of the chain rule for `depth` nested functions.

    >>> [sum(1 for _ in trees(layered(2), n)) for n in range(1, 7)]
    [1, 2, 3, 5, 7, 11]
    """
    _refuse_depth(depth)
    levels = range(1, depth + 1)
    return Grammar(
        {level: (level - 1,) for level in levels}, dict.fromkeys(levels, (1, None)), (depth,)
    )


def series_reduced(kind: Hashable = "v", largest: int | None = None) -> Grammar:
    """Every inner node has at least two children.

    >>> [sum(1 for _ in labelled_trees(series_reduced(), n)) for n in range(1, 5)]
    [1, 1, 4, 26]
    """
    return Grammar({kind: (kind, LEAF)}, {kind: (2, largest)}, (kind, LEAF))


def dressed(depth: int) -> Grammar:
    """Series-reduced trees whose inner nodes sit at levels that decrease from the root, <= depth.

    >>> [sum(1 for _ in labelled_trees(dressed(3), n)) for n in range(2, 5)]
    [3, 12, 60]
    """
    _refuse_depth(depth)
    levels = range(1, depth + 1)
    return Grammar(
        {level: (*range(level - 1, 0, -1), LEAF) for level in levels},
        dict.fromkeys(levels, (2, None)),
        (*range(depth, 0, -1), LEAF),
    )


def trees(grammar: Grammar, leaves: int) -> Iterator[Tree]:
    """All trees with `leaves` equal leaves, each isomorphism class once, one by one."""
    _refuse_leaves(leaves)
    memory: dict[tuple[tuple[Hashable, ...], int], _Shared] = {}

    def shared(kinds: tuple[Hashable, ...], size: int) -> _Shared:
        if (kinds, size) not in memory:
            found = (tree for kind in kinds for tree in of_kind(kind, size))
            memory[kinds, size] = _Shared(found)
        return memory[kinds, size]

    def of_kind(kind: Hashable, size: int) -> Iterator[Tree]:
        if kind == LEAF:
            if size == 1:
                yield Tree(LEAF)
            return
        allowed = grammar.children[kind]
        for parts in _partitions(size, grammar.arity[kind][0], grammar.largest(kind, size)):
            groups = [(shared(allowed, part), times) for part, times in Counter(parts).items()]
            yield from (Tree(kind, below) for below in _chosen(groups))

    for kind in grammar.root:
        yield from of_kind(kind, leaves)


def labelled_trees(grammar: Grammar, leaves: int | Sequence[Hashable]) -> Iterator[Tree]:
    """All trees whose leaves carry different labels (1 to n, or the given ones), one by one.

    The kind of a leaf is ("leaf", label).
    """
    labels = tuple(range(1, leaves + 1)) if isinstance(leaves, int) else tuple(leaves)
    _refuse_leaves(len(labels))
    if len(set(labels)) != len(labels):
        raise InputError(f"labels {labels}", "are not different", "label 1 to n; repeat indices")

    def of_kind(kind: Hashable, chosen: tuple[Hashable, ...]) -> Iterator[Tree]:
        if kind == LEAF:
            if len(chosen) == 1:
                yield Tree(("leaf", chosen[0]))
            return
        least, most = grammar.arity[kind][0], grammar.largest(kind, len(chosen))
        for blocks in set_partitions(chosen, least, most):
            yield from (Tree(kind, below) for below in forests(grammar.children[kind], blocks))

    def forests(
        allowed: tuple[Hashable, ...], blocks: list[tuple[Hashable, ...]]
    ) -> Iterator[list[Tree]]:
        if not blocks:
            yield []
            return
        for child in allowed:
            for first in of_kind(child, blocks[0]):
                for rest in forests(allowed, blocks[1:]):
                    yield [first, *rest]

    for kind in grammar.root:
        yield from of_kind(kind, labels)


class _Shared:
    """Trees that are generated once, when they are first asked for."""

    def __init__(self, source: Iterator[Tree]) -> None:
        self.source = source
        self.known: list[Tree] = []

    def starting(self, first: int) -> Iterator[tuple[int, Tree]]:
        """(index, tree) from an index on."""
        index = first
        while True:
            while index >= len(self.known):
                new = next(self.source, None)
                if new is None:
                    return
                self.known.append(new)
            yield index, self.known[index]
            index += 1


def _chosen(groups: list[tuple[_Shared, int]], first: int = 0) -> Iterator[list[Tree]]:
    """For each group a multiset of so many of its trees, put together."""
    if not groups:
        yield []
        return
    source, times = groups[0]
    if times == 0:
        yield from _chosen(groups[1:])
        return
    for index, tree in source.starting(first):
        for rest in _chosen([(source, times - 1), *groups[1:]], index):
            yield [tree, *rest]


def _partitions(size: int, least: int, most: int, top: int | None = None) -> Iterator[list[int]]:
    """Partitions of `size` into `least` to `most` parts, none above `top`."""
    if size == 0:
        if least <= 0:
            yield []
        return
    if most <= 0:
        return
    for part in range(min(size, size if top is None else top), 0, -1):
        if part * most < size:
            return
        for rest in _partitions(size - part, least - 1, most - 1, part):
            yield [part, *rest]


def set_partitions(
    elements: tuple[Hashable, ...], least: int, most: int
) -> Iterator[list[tuple[Hashable, ...]]]:
    """Partitions of a set into `least` to `most` blocks; the first element is in the first."""
    if not elements:
        if least <= 0:
            yield []
        return
    if most <= 0 or len(elements) < least:
        return
    first, rest = elements[0], elements[1:]
    for size in range(len(rest) + 1):
        for others in combinations(range(len(rest)), size):
            inside = set(others)
            left = tuple(e for k, e in enumerate(rest) if k not in inside)
            for blocks in set_partitions(left, least - 1, most - 1):
                yield [(first, *(rest[k] for k in others)), *blocks]


def _refuse_depth(depth: Any) -> None:
    if isinstance(depth, bool) or not isinstance(depth, int) or depth < 1:
        raise InputError(f"depth {depth!r}", "is not a whole number >= 1", "count activations")


def _refuse_leaves(leaves: Any) -> None:
    if isinstance(leaves, bool) or not isinstance(leaves, int) or leaves < 1:
        raise InputError(f"{leaves!r} leaves", "is not a whole number >= 1", "pass 1, 2, 3, ...")
