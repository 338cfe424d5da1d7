r"""The sum over all trees of a grammar without listing one.

With a factor for each node (by kind and number of children) and for each line (by the kinds of its
ends), the generating functions of the trees below a node of kind v solve

    S_v(x) = \sum_k f_v(k) (\sum_c l(v, c) S_c(x))^k / k!,          S_leaf(x) = x,

power by power: the coefficient of x^n is the sum over trees with n leaves of value/|Aut|.  The cost
is polynomial in n, whatever the number of trees.

Main definition: `tree_sum`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from sympy import Integer, Rational, expand

from derivax.diagrams.trees import LEAF, Grammar
from derivax.errors import InputError

__all__ = ["tree_sum"]

Series = list[Any]


def tree_sum(
    grammar: Grammar,
    leaves: int,
    node: Callable[[Hashable, int], Any],
    line: Callable[[Hashable, Hashable], Any] | None = None,
) -> Any:
    """The sum over trees with n equal leaves of (product of factors)/|Aut|.

    Args:
        grammar: which trees there are.
        leaves: n.
        node: factor of an inner node, by its kind and its number of children.
        line: factor of a line, by the kinds of its upper and lower end (default 1).

    >>> from derivax.diagrams import layered
    >>> from sympy import symbols
    >>> f, h = symbols("f1:4"), symbols("h1:4")
    >>> tree_sum(layered(2), 3, lambda kind, k: (f if kind == 2 else h)[k - 1])
    f1*h3/6 + f2*h1*h2/2 + f3*h1**3/6
    """
    if isinstance(leaves, bool) or not isinstance(leaves, int) or leaves < 1:
        raise InputError(f"{leaves!r} leaves", "is not a whole number >= 1", "pass 1, 2, 3, ...")
    zero = Integer(0)
    known: dict[Hashable, Series] = {k: [zero] * (leaves + 1) for k in (LEAF, *grammar.children)}
    known[LEAF][1] = Integer(1)
    for size in range(1, leaves + 1):
        missing = set(grammar.children)
        while missing:
            ready = [
                kind
                for kind in missing
                if grammar.arity[kind][0] > 1 or not set(grammar.children[kind]) & missing
            ]
            for kind in ready:
                below = [zero] * (size + 1)
                for child in grammar.children[kind]:
                    factor = Integer(1) if line is None else line(kind, child)
                    below = [a + factor * b for a, b in zip(below, known[child])]
                least, most = grammar.arity[kind][0], grammar.largest(kind, size)
                total, power = zero, [Integer(1), *([zero] * size)]
                for k in range(1, most + 1):
                    power = [Rational(1, k) * c for c in _times(power, below)]
                    if k >= least:
                        total += node(kind, k) * power[size]
                known[kind][size] = expand(total)
            missing -= set(ready)
    return sum((known[kind][leaves] for kind in grammar.root), zero)


def _times(a: Series, b: Series) -> Series:
    made = [Integer(0)] * len(a)
    for i, x in enumerate(a):
        if x != 0:
            for j in range(len(a) - i):
                if b[j] != 0:
                    made[i + j] = expand(made[i + j] + x * b[j])
    return made
