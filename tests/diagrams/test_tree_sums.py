"""The sum over trees without listing them is the sum over the list."""

from __future__ import annotations

from math import factorial, prod

import pytest
from sympy import Rational, exp, symbols

from derivax.diagrams import Grammar, Tree, dressed, layered, series_reduced, tree_sum, trees
from derivax.errors import InputError


@pytest.mark.parametrize("grammar", [layered(3), dressed(3), series_reduced()], ids=str)
@pytest.mark.parametrize("n", [1, 3, 4])
def test_the_sum_is_that_of_the_list(grammar: Grammar, n: int) -> None:
    names: dict[tuple[object, ...], object] = {}

    def named(*key: object) -> object:
        return names.setdefault(key, symbols(f"w{len(names)}"))

    def value(tree: Tree, below: tuple[object, ...]) -> object:
        if not tree.children:
            return 1
        lines = [named("line", tree.kind, child.kind) for child in tree.children]
        return named(tree.kind, tree.arity) * prod(lines) * prod(below)  # type: ignore[operator]

    listed = sum(tree.folded(value) * Rational(1, tree.n_automorphisms)
                 for tree in trees(grammar, n))  # fmt: skip
    summed = tree_sum(grammar, n, named, lambda a, b: named("line", a, b))
    assert (summed - listed).expand() == 0


def test_deep_compositions_need_no_list() -> None:
    """exp(exp(exp(x) - 1) - 1): iterated Bell numbers (OEIS A000258), order 12 by derivative."""
    x = symbols("x")
    n = 12
    outer = exp(exp(x) - 1)
    bell = tree_sum(layered(2), n, lambda kind, k: 1) * factorial(n)
    assert bell == 4213597  # Bell number of 12, OEIS A000110
    assert tree_sum(layered(3), 8, lambda kind, k: 1) * factorial(8) == 167894
    assert outer.diff(x, 4).subs(x, 0) == tree_sum(layered(2), 4, lambda kind, k: 1) * 24


def test_a_tree_has_a_leaf_here_too() -> None:
    with pytest.raises(InputError, match="leaves"):
        tree_sum(layered(2), 0, lambda kind, k: 1)
