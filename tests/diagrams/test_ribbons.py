"""Ribbon graphs: genus, symmetries and known numbers of maps."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from math import factorial, prod

import pytest

from derivax.diagrams.drawing import picture, svg, tikz
from derivax.diagrams.ribbons import RibbonGraph, ribbon_graphs, rooted_ribbon_graphs
from derivax.errors import InputError

# J. Harer, D. Zagier, Invent. Math. 85 (1986) 457: gluings of a 2n-gon by genus
HARER_ZAGIER = {2: {0: 2, 1: 1}, 3: {0: 5, 1: 10}, 4: {0: 14, 1: 70, 2: 21}}


@pytest.mark.parametrize("n", HARER_ZAGIER)
def test_gluings_of_a_polygon_by_genus(n: int) -> None:
    genera = Counter(graph.genus for graph in rooted_ribbon_graphs((2 * n,)))
    assert genera == HARER_ZAGIER[n]


@pytest.mark.parametrize("n", [1, 2, 3])
def test_planar_quartic_maps(n: int) -> None:
    """W. T. Tutte 1963: 2 * 3^n (2n)!/(n! (n+2)!) rooted ones."""
    tutte = 2 * 3**n * factorial(2 * n) // (factorial(n) * factorial(n + 2))
    rooted = list(rooted_ribbon_graphs((4,) * n))
    assert len(set(rooted)) == len(rooted)
    assert sum(graph.genus == 0 for graph in rooted) == tutte
    planar = ribbon_graphs((4,) * n, genus=0)
    assert sum(Fraction(4 * n, graph.symmetry_factor) for graph in planar) == tutte


def test_every_pairing_is_one_labelled_graph() -> None:
    """Weights 1/|Aut| of two quartic vertices: connected pairings of 8 half-edges over 4^2 2!."""
    graphs = list(ribbon_graphs((4, 4)))
    connected = prod((7, 5, 3)) - 3 * 3
    assert sum(Fraction(1, graph.symmetry_factor) for graph in graphs) == Fraction(connected, 32)
    assert len({graph.code for graph in graphs}) == len(graphs)


def test_the_dual_graph_has_the_same_genus() -> None:
    for graph in ribbon_graphs((4, 4)):
        dual = RibbonGraph(tuple(graph.around[h] for h in graph.across), graph.across)
        assert (dual.genus, dual.n_faces) == (graph.genus, len(graph.vertices))
        assert dual.symmetry_factor == graph.symmetry_factor


def test_ribbon_graphs_are_drawn_with_double_lines() -> None:
    for graph in ribbon_graphs((3, 3)):
        shown = picture(graph)
        assert len(shown.curves) == graph.n_lines
        assert svg(shown).count("<path") == 2 * graph.n_lines
        assert "double" in tikz(shown)


@pytest.mark.parametrize("degrees", [(0,), (4, -1), (2.5,)])
def test_degrees_are_whole_numbers(degrees: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="degree"):
        next(rooted_ribbon_graphs(degrees))


def test_odd_total_degree_gives_no_graph() -> None:
    assert list(ribbon_graphs((3,))) == []
    with pytest.raises(InputError, match="pair"):
        RibbonGraph((0,), (0,))
