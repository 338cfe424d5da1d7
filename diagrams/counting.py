r"""How many diagrams there are, from generating functions, without listing them.

Labelled trees: the exponential generating function of a grammar solves
    T_v(x) = \sum_{k} (\sum_c T_c(x))^k / k!,          T_leaf = x,
unlabelled trees: the ordinary one solves the same with k-multisets in place of k-th powers over k!
(Polya).  For `layered` these are iterated exponentials and iterated Euler transforms.

Main definitions: `count_labelled`, `count_unlabelled`, `euler_transform`,
`inverse_euler_transform`, `multisets`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from math import factorial

from flint import fmpq

from derivax.diagrams.trees import LEAF, Grammar

__all__ = [
    "count_labelled",
    "count_unlabelled",
    "euler_transform",
    "inverse_euler_transform",
    "multisets",
]

Series = list[fmpq]


def count_labelled(grammar: Grammar, leaves: int) -> int:
    """The number of trees with leaves 1, ..., n.

    >>> from derivax.diagrams import layered
    >>> [count_labelled(layered(2), n) for n in range(1, 9)]
    [1, 2, 5, 15, 52, 203, 877, 4140]
    """

    coefficient = _count(grammar, leaves, _powers) * factorial(leaves)
    return int(coefficient.p)


def count_unlabelled(grammar: Grammar, leaves: int) -> int:
    """The number of trees with n equal leaves.

    >>> from derivax.diagrams import layered
    >>> [count_unlabelled(layered(3), n) for n in range(1, 11)]
    [1, 3, 6, 14, 27, 58, 111, 223, 424, 817]
    """
    return int(_count(grammar, leaves, multisets).p)


def _count(
    grammar: Grammar, leaves: int, choose: Callable[[Series, int], list[Series]]
) -> fmpq:
    """The coefficient of x^n, order by order: a node with one child goes down in the grammar."""
    known: dict[Hashable, Series] = {LEAF: [fmpq(0)] * (leaves + 1)}
    if leaves >= 1:
        known[LEAF][1] = fmpq(1)
    known |= {kind: [fmpq(0)] * (leaves + 1) for kind in grammar.children}
    for size in range(1, leaves + 1):
        missing = set(grammar.children)
        while missing:
            # a node with one child needs the coefficient of its child at the same size
            ready = [
                kind
                for kind in missing
                if grammar.arity[kind][0] > 1 or not set(grammar.children[kind]) & missing
            ]
            for kind in ready:
                below = [known[c][: size + 1] for c in grammar.children[kind]]
                total = [sum(column, fmpq(0)) for column in zip(*below)]
                least = grammar.arity[kind][0]
                chosen = choose(total, grammar.largest(kind, size))[least:]
                known[kind][size] = sum((one[size] for one in chosen), fmpq(0))
            missing -= set(ready)
    return sum((known[kind][leaves] for kind in grammar.root), fmpq(0))


def _powers(series: Series, k: int) -> list[Series]:
    """series^j / j! for j = 0, ..., k."""
    found = [[fmpq(1), *([fmpq(0)] * (len(series) - 1))]]
    for j in range(1, k + 1):
        found.append([c / j for c in _times(found[-1], series)])
    return found


def multisets(series: Series, k: int) -> list[Series]:
    r"""Multisets of j = 0, ..., k objects: h_j = (1/j) \sum_i p_i h_{j-i}, p_i(x) = f(x^i)."""
    size = len(series)
    powers = [[fmpq(0)] * size for _ in range(k + 1)]
    for j in range(1, k + 1):
        for i in range((size - 1) // j + 1):
            powers[j][i * j] = series[i]
    found = [[fmpq(1), *([fmpq(0)] * (size - 1))]]
    for m in range(1, k + 1):
        total = [fmpq(0)] * size
        for j in range(1, m + 1):
            total = [a + b for a, b in zip(total, _times(powers[j], found[m - j]))]
        found.append([c / m for c in total])
    return found


def euler_transform(connected: Sequence[int]) -> list[int]:
    """Numbers of collections of connected objects of sizes 1, 2, ... (index 0 is size 1).

    >>> euler_transform([1, 2, 4, 10])
    [1, 3, 7, 20]
    """
    n = len(connected)
    weights = _divisor_sums(connected)
    found = [1]
    for m in range(1, n + 1):
        found.append(sum(weights[j - 1] * found[m - j] for j in range(1, m + 1)) // m)
    return found[1:]


def inverse_euler_transform(total: Sequence[int]) -> list[int]:
    """Numbers of connected objects from those of all collections.

    >>> inverse_euler_transform([1, 3, 7, 20, 56])
    [1, 2, 4, 10, 28]
    """
    whole = [1, *total]
    weights: list[int] = []
    connected: list[int] = []
    for m in range(1, len(whole)):
        known = sum(weights[j - 1] * whole[m - j] for j in range(1, m))
        weights.append(m * whole[m] - known)
        inner = sum(d * connected[d - 1] for d in range(1, m) if m % d == 0)
        connected.append((weights[-1] - inner) // m)
    return connected


def _divisor_sums(connected: Sequence[int]) -> list[int]:
    return [
        sum(d * connected[d - 1] for d in range(1, m + 1) if m % d == 0)
        for m in range(1, len(connected) + 1)
    ]


def _times(a: Series, b: Series) -> Series:
    size = len(a)
    made = [fmpq(0)] * size
    for i, x in enumerate(a):
        if x:
            for j in range(size - i):
                if b[j]:
                    made[i + j] += x * b[j]
    return made
