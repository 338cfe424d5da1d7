r"""Taylor coefficients of a network as trees: Feynman rules of the chain rule, bare and dressed.

Start: $z^l = W^ly^{l-1} + b^l$, $y^l = \phi(z^l)$, the last layer linear.  *Bare*: a rooted tree
whose leaves lie at depth H (`layered`): a node of level l with k children carries
$\phi^{(k)}(z^l)$, a line from level l to l - 1 carries $W^l$, a leaf the direction.  *Dressed*: all
chains of 1-vertices are summed into propagators $P^{(l,m)}$; inner nodes have two children or more
(`dressed`).  Both weigh 1/|Aut| along one direction, and 1 with labelled leaves.

Main definitions: `bare_rules`, `dressed_rules`, `tree_value`, `largest_trees`.

Source: B. Kaspschak, U.-G. Meissner, arXiv:2009.03192 (rules derived here).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Function, IndexedBase, Symbol

from derivax.diagrams.rules import LineRule, NodeRule, Rules, free, summed
from derivax.diagrams.trees import LEAF, Tree, dressed, layered, trees
from derivax.errors import InputError

__all__ = ["bare_rules", "dressed_rules", "largest_trees", "tree_value"]

Float = NDArray[np.float64]

_c, _d = Symbol("c", integer=True), Symbol("d", integer=True)
_out = Symbol("a", integer=True)
v = IndexedBase("v")


def _width(level: int) -> Symbol:
    return Symbol(f"h_{level}", integer=True, positive=True)


def _level(kind: Any, depth: int) -> int:
    """The layer of a node: H + 1 for the output, 0 for a leaf."""
    return depth + 1 if kind == "root" else 0 if kind == LEAF else int(kind)


def _rules(depth: int, line: Any) -> Rules:
    if isinstance(depth, bool) or not isinstance(depth, int) or depth < 1:
        raise InputError(f"depth {depth!r}", "is no number of activations", "pass 1, 2, ...")

    def node(kind: Any, degree: int) -> NodeRule:
        level = _level(kind, depth)
        if kind == "root":
            return NodeRule(1, free(_out))
        label = summed(_c, 0, _width(level) - 1)
        if level == 0:
            return NodeRule(v[_c], label)
        z = IndexedBase(f"z^{level}")
        vertex = Function("phi" + "'" * (degree - 1) if degree < 5 else f"phi^{degree - 1}")
        return NodeRule(vertex(z[_c]), label)

    def joined(kind: Any, tail: Any, head: Any) -> LineRule:
        return LineRule(line(_level(tail, depth), _level(head, depth))[_c, _d], _c, _d)

    return Rules(node, joined, "symmetric")


def bare_rules(depth: int) -> Rules:
    """W at lines, phi^(k) at nodes, for the trees of `layered(depth)`.

    >>> chain = next(trees(layered(1), 1))
    >>> bare_rules(1).expression(chain)
    Sum(phi'(z^1[c_1])*W^1[c_1, c_2]*W^2[a, c_1]*v[c_2], (c_1, 0, h_1 - 1), (c_2, 0, h_0 - 1))
    """
    return _rules(depth, lambda above, below: IndexedBase(f"W^{above}"))


def dressed_rules(depth: int) -> Rules:
    """Propagators P at lines, phi^(k) with k >= 2 at nodes, for the trees of `dressed(depth)`.

    A line from layer l to layer m stands for all chains between them.
    """
    return _rules(depth, lambda above, below: IndexedBase(f"P^{{{above},{below}}}"))


def tree_value(
    tree: Tree, lines: Any, vertices: Mapping[int, Sequence[Float]], direction: Float, top: int
) -> Float:
    """The number (one per output) that a tree stands for, 1/|Aut| included.

    Args:
        lines: `lines(l, m)` -> the matrix of a line from layer l down to layer m.
        vertices: {level: [phi, phi', phi'', ...] at z of that level}.
        direction: at the leaves.
        top: the layer of the output, H + 1.
    """

    def node(here: Tree, below: tuple[Any, ...]) -> Any:
        if not here.children:
            return 0, direction
        level = int(here.kind)  # type: ignore[call-overload]
        value = vertices[level][here.arity]
        for layer, part in below:
            value = value * (lines(level, layer) @ part)
        return level, value

    layer, value = tree.folded(node)
    return lines(top, layer) @ value / tree.n_automorphisms


def largest_trees(
    order: int,
    depth: int,
    lines: Any,
    vertices: Mapping[int, Sequence[Float]],
    direction: Float,
    *,
    bare: bool = True,
) -> list[tuple[Float, Tree]]:
    """All trees of an order with their values, the largest first: they add up to c_order."""
    grammar = layered(depth) if bare else dressed(depth)
    found = [
        (tree_value(tree, lines, vertices, direction, depth + 1), tree)
        for tree in trees(grammar, order)
    ]
    return sorted(found, key=lambda pair: -float(np.abs(pair[0]).max()))


