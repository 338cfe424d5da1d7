"""Rooted trees: lists, generating functions and automorphisms agree with known numbers."""

from __future__ import annotations

from math import factorial

import networkx as nx
import pytest
from networkx.algorithms.isomorphism import GraphMatcher, categorical_node_match

from derivax.diagrams import (
    LEAF,
    Diagram,
    Grammar,
    Tree,
    count_labelled,
    count_unlabelled,
    dressed,
    euler_transform,
    inverse_euler_transform,
    labelled_trees,
    layered,
    series_reduced,
    trees,
)
from derivax.errors import InputError

# Bell numbers and their iterates, OEIS A000110, A000258, A000307; partitions and their iterates,
# A000041, A001970, A007713; Schroeder's problem, A000311, and series-reduced trees, A000669.
LABELLED = {
    1: [1, 1, 1, 1, 1, 1, 1, 1],
    2: [1, 2, 5, 15, 52, 203, 877, 4140],
    3: [1, 3, 12, 60, 358, 2471, 19302, 167894],
    4: [1, 4, 22, 154, 1304, 12915, 146115, 1855570],
}
UNLABELLED = {
    2: [1, 2, 3, 5, 7, 11, 15, 22, 30, 42],
    3: [1, 3, 6, 14, 27, 58, 111, 223, 424, 817],
    4: [1, 4, 10, 30, 75, 206, 518, 1344, 3357, 8429],
}
SCHROEDER = [1, 1, 4, 26, 236, 2752, 39208, 660032]
SERIES_REDUCED = [1, 1, 2, 5, 12, 33, 90, 261]


@pytest.mark.parametrize("depth", LABELLED)
def test_iterated_exponentials_count_labelled_layered_trees(depth: int) -> None:
    assert [count_labelled(layered(depth), n) for n in range(1, 9)] == LABELLED[depth]
    listed = [len(set(labelled_trees(layered(depth), n))) for n in range(1, 5)]
    assert listed == LABELLED[depth][:4]


@pytest.mark.parametrize("depth", UNLABELLED)
def test_iterated_euler_transforms_count_unlabelled_layered_trees(depth: int) -> None:
    assert [count_unlabelled(layered(depth), n) for n in range(1, 11)] == UNLABELLED[depth]
    found = [list(trees(layered(depth), n)) for n in range(1, 7)]
    assert [len(f) for f in found] == UNLABELLED[depth][:6]
    assert [len(set(f)) for f in found] == UNLABELLED[depth][:6]


def test_the_euler_transform_of_a_depth_is_the_next_depth() -> None:
    assert euler_transform(UNLABELLED[2]) == UNLABELLED[3]
    assert inverse_euler_transform(UNLABELLED[4]) == UNLABELLED[3]


def test_series_reduced_trees() -> None:
    grammar = series_reduced()
    assert [count_labelled(grammar, n) for n in range(1, 9)] == SCHROEDER
    assert [count_unlabelled(grammar, n) for n in range(1, 9)] == SERIES_REDUCED
    assert [len(set(trees(grammar, n))) for n in range(1, 8)] == SERIES_REDUCED[:7]
    assert [len(set(labelled_trees(grammar, n))) for n in range(1, 6)] == SCHROEDER[:5]


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_dressed_trees_are_as_many_as_layered_ones(depth: int) -> None:
    """Chains of nodes with one child are summed into the lines: no tree is lost."""
    assert [count_labelled(dressed(depth), n) for n in range(2, 8)] == LABELLED[depth][1:7]
    assert sum(1 for _ in labelled_trees(dressed(depth), 4)) == LABELLED[depth][3]


@pytest.mark.parametrize("grammar", [layered(3), series_reduced(), dressed(3)], ids=str)
@pytest.mark.parametrize("n", [1, 2, 4, 5])
def test_labellings_of_unlabelled_trees_are_the_labelled_trees(grammar: Grammar, n: int) -> None:
    assert sum(tree.n_labellings for tree in trees(grammar, n)) == count_labelled(grammar, n)


def test_automorphisms_agree_with_networkx_and_with_the_diagram() -> None:
    for tree in trees(layered(3), 5):
        diagram = tree.diagram()
        graph = nx.Graph(diagram.graph)
        same = GraphMatcher(graph, graph, categorical_node_match("kind", None))
        assert tree.n_automorphisms == sum(1 for _ in same.isomorphisms_iter())
        assert diagram.symmetry_factor == tree.n_automorphisms


def test_numbers_too_large_to_list_are_counted() -> None:
    """Depth 25, 12 leaves: about 4.1e20 labelled and 2.1e13 unlabelled trees."""
    assert count_labelled(layered(25), 12) == pytest.approx(4.1e20, rel=0.02)
    assert count_unlabelled(layered(25), 12) == pytest.approx(2.1e13, rel=0.02)
    first = next(trees(layered(25), 12))  # and are there without being listed
    assert first.n_leaves == 12


def test_equal_trees_are_isomorphic_trees() -> None:
    a, b = Tree(1, [Tree(0), Tree(1, [Tree(0)])]), Tree(1, [Tree(1, [Tree(0)]), Tree(0)])
    assert a == b
    assert a.n_automorphisms == 1
    assert a.n_labellings == factorial(2)
    assert isinstance(a.diagram(), Diagram)


@pytest.mark.parametrize("depth", [0, -1, 1.5, True])
def test_a_depth_is_a_whole_number(depth: object) -> None:
    with pytest.raises(InputError, match="depth"):
        layered(depth)  # type: ignore[arg-type]


@pytest.mark.parametrize("leaves", [0, -2, 2.0])
def test_a_tree_has_a_leaf(leaves: object) -> None:
    with pytest.raises(InputError, match="leaves"):
        next(trees(layered(2), leaves))  # type: ignore[arg-type]


def test_endless_chains_of_nodes_are_refused() -> None:
    with pytest.raises(InputError, match="for ever"):
        Grammar({"v": ("v", LEAF)}, {"v": (1, None)}, ("v",))
