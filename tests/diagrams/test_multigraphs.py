"""Multigraphs: lists, Burnside counts, symmetry factors and Wick counts agree with each other."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations, product
from math import factorial, prod

import networkx as nx
import pytest
from networkx.algorithms.isomorphism import GraphMatcher, categorical_node_match

from derivax.diagrams import (
    Contents,
    Diagram,
    automorphism_group,
    count_multigraphs,
    multigraphs,
)
from derivax.diagrams.sums import all_weights, connected_weights, irreducible_weights
from derivax.errors import InputError


def real(name: str, legs: int, points: int = 0) -> Contents:
    outside = {str(k + 1): "phi" for k in range(points)}
    return Contents({name: ("phi",) * legs}, {"": ("phi", "phi")}, outside)


PHI4, PHI4_2, PHI4_4, PHI3 = real("x", 4), real("x", 4, 2), real("x", 4, 4), real("y", 3)
COMPLEX = Contents({"x": ("psi", "psi", "bar", "bar")}, {"": ("psi", "bar")})
YUKAWA = Contents({"v": ("psi", "bar", "phi")}, {"f": ("psi", "bar"), "b": ("phi", "phi")})


def total(diagrams: object) -> Fraction:
    return sum((Fraction(1, d.symmetry_factor) for d in diagrams), Fraction(0))  # type: ignore[attr-defined]


def as_fractions(table: dict[tuple[int, ...], object]) -> list[Fraction]:
    return [Fraction(str(w)) for w in table.values()]


# Connected 4-regular multigraphs with loops: OEIS A085549 (1, 2, 4, 10, 28, 97, 359, 1635); cubic
# ones: A005967 (2, 5, 17, 71, 388).
QUARTIC = [1, 2, 4, 10, 28, 97, 359, 1635]
CUBIC = [2, 5, 17, 71, 388]


def test_burnside_counts_of_regular_multigraphs() -> None:
    assert [count_multigraphs(PHI4, {"x": n}) for n in range(1, 9)] == QUARTIC
    assert [count_multigraphs(PHI3, {"y": 2 * n}) for n in range(1, 6)] == CUBIC
    assert [count_multigraphs(PHI4, {"x": n}, connected=False) for n in range(1, 6)] == [
        1, 3, 7, 20, 56,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("contents", "kind", "orders"),
    [(PHI4, "x", range(1, 6)), (PHI4_2, "x", range(5)), (PHI4_4, "x", range(4)),
     (PHI3, "y", (2, 4, 6)), (COMPLEX, "x", range(1, 4)), (YUKAWA, "v", (2, 4))],
)  # fmt: skip
def test_lists_are_complete_and_weigh_what_wick_counts(
    contents: Contents, kind: str, orders: range
) -> None:
    """As many as Burnside says, all different, and 1/|Aut| adds up to the contractions."""
    weights = connected_weights(contents, {kind: max(orders)})
    for n in orders:
        found = list(multigraphs(contents, {kind: n}))
        assert len({d.code for d in found}) == len(found) == count_multigraphs(contents, {kind: n})
        assert total(found) == Fraction(str(weights[(n,)]))


def test_disconnected_graphs_weigh_the_zero_dimensional_integral() -> None:
    r"""Coefficients (4n-1)!!/(24^n n!) of \int exp(-x^2/2 - g x^4/24)."""
    for n in (1, 2, 3, 4):
        exact = Fraction(prod(range(4 * n - 1, 0, -2)), 24**n * factorial(n))
        found = list(multigraphs(PHI4, {"x": n}, connected=False))
        assert len(found) == [1, 3, 7, 20][n - 1]
        assert total(found) == exact == Fraction(str(all_weights(PHI4, {"x": n})[(n,)]))


def test_known_series_of_phi4() -> None:
    """ln Z, 2-point and 4-point functions to the fourth order, from exact integration."""
    F = Fraction
    assert as_fractions(connected_weights(PHI4, {"x": 4})) == [
        F(1, 8), F(1, 12), F(11, 96), F(17, 72),
    ]  # fmt: skip
    assert as_fractions(connected_weights(PHI4_2, {"x": 4})) == [
        1, F(1, 2), F(2, 3), F(11, 8), F(34, 9),
    ]  # fmt: skip
    assert as_fractions(connected_weights(PHI4_4, {"x": 4})) == [
        0, 1, F(7, 2), F(149, 12), F(197, 4),
    ]  # fmt: skip


def test_symmetry_factors_of_the_third_order() -> None:
    factors = [sorted(d.symmetry_factor for d in multigraphs(PHI4, {"x": n})) for n in (2, 3, 4)]
    assert factors == [
        [16, 48], [24, 32, 48, 48], [16, 32, 32, 32, 48, 48, 64, 128, 128, 144],
    ]  # fmt: skip
    phi3 = sorted(d.symmetry_factor for d in multigraphs(PHI3, {"y": 4}))
    assert phi3 == [8, 16, 16, 24, 48]


def test_the_group_on_half_edges_three_ways() -> None:
    """Orbit-stabiliser, SymPy's permutation group, and networkx on the graph of half-edges."""
    same_colour = categorical_node_match("colour", None)
    for contents, kind, n in ((PHI4, "x", 3), (PHI4_2, "x", 2), (COMPLEX, "x", 2)):
        for d in multigraphs(contents, {kind: n}):
            graph = d.half_edge_graph()
            matched = GraphMatcher(graph, graph, same_colour).isomorphisms_iter()
            assert d.symmetry_factor == sum(1 for _ in matched)
            assert automorphism_group(d).order() == d.symmetry_factor


def test_canonical_forms_of_all_relabellings_agree() -> None:
    for d in multigraphs(PHI4, {"x": 4}):
        for order in list(permutations(range(4)))[::5]:
            moved = d.reordered(order)
            assert moved.code == d.code
            assert moved.canonical() == d.canonical()


def test_the_code_tells_regular_graphs_apart() -> None:
    """Refinement of colours alone cannot: all nodes of these look alike."""
    graphs = [nx.cycle_graph(6), nx.disjoint_union(nx.cycle_graph(3), nx.cycle_graph(3)),
              nx.complete_bipartite_graph(3, 3), nx.circular_ladder_graph(3)]  # fmt: skip
    diagrams = [Diagram.of_graph(g) for g in graphs]
    assert len({d.code for d in diagrams}) == 4
    assert [d.symmetry_factor for d in diagrams] == [12, 72, 72, 12]
    assert Diagram.of_graph(nx.petersen_graph()).symmetry_factor == 120
    assert Diagram.of_graph(nx.hypercube_graph(4)).symmetry_factor == 384


@pytest.mark.parametrize(("contents", "kind", "n"), [(PHI4, "x", 3), (PHI3, "y", 4)])
def test_the_legendre_transform_is_the_sum_of_irreducible_graphs(
    contents: Contents, kind: str, n: int
) -> None:
    table = irreducible_weights(contents, {kind: n}, 4)
    for legs, k in product(range(5), range(1, n + 1)):
        with_legs = real(kind, len(contents.vertices[kind]), legs)
        found = multigraphs(with_legs, {kind: k}, keep=lambda d: d.is_one_particle_irreducible)
        assert total(found) == Fraction(str(table[legs, k]))


def test_amputation_and_tadpoles() -> None:
    second = list(multigraphs(PHI4_2, {"x": 2}))
    irreducible = [d for d in second if d.is_one_particle_irreducible]
    assert len(second) == 3
    assert sorted(d.symmetry_factor for d in irreducible) == [4, 6]
    (sunset,) = [d for d in second if not d.has_tadpoles]
    assert sunset.symmetry_factor == 6
    cut = sunset.amputated()
    assert len(cut.nodes) == 2
    assert len(cut.lines) == 3
    assert cut.symmetry_factor == 6
    no_self_lines = list(multigraphs(PHI4_2, {"x": 3}, self_lines=False))
    filtered = [d for d in multigraphs(PHI4_2, {"x": 3}) if not d.has_self_lines]
    assert {d.code for d in no_self_lines} == {d.code for d in filtered}


@pytest.mark.slow
def test_phi4_to_the_orders_of_the_card() -> None:
    for contents, orders in ((PHI4, (6, 7)), (PHI4_2, (5, 6, 7)), (PHI4_4, (4,))):
        weights = connected_weights(contents, {"x": max(orders)})
        for n in orders:
            found = list(multigraphs(contents, {"x": n}))
            assert len(found) == count_multigraphs(contents, {"x": n})
            assert total(found) == Fraction(str(weights[(n,)]))


def test_progress_and_the_count_before_the_list() -> None:
    seen: list[tuple[int, int]] = []
    found = list(multigraphs(PHI4, {"x": 3}, progress=lambda *p: seen.append(p)))
    assert seen == [(k + 1, 4) for k in range(4)]
    assert len(found) == 4
    with pytest.raises(InputError, match="1635 diagrams"):
        next(iter(multigraphs(PHI4, {"x": 8}, limit=1000)))


def test_an_odd_number_of_half_edges_gives_no_graph_and_the_sum_zero() -> None:
    assert list(multigraphs(PHI3, {"y": 3})) == []
    assert count_multigraphs(PHI3, {"y": 3}) == 0
    assert connected_weights(PHI3, {"y": 3})[(3,)] == 0


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: multigraphs(PHI4, {"x": -1}), "whole number"),
        (lambda: multigraphs(PHI4, {"x": 1.5}), "whole number"),
        (lambda: multigraphs(PHI4, {"z": 1}), "not one of the kinds"),
        (lambda: Contents({"x": ()}, {"": ("phi", "phi")}), "no legs"),
        (lambda: Contents({"x": ("phi",)}, {}), "no line"),
        (lambda: Diagram(["x"], [(0, 1)]), "no node"),
        (lambda: Diagram(["1", "1"], [(0, 1)], external=(0,)), "same kind"),
        (lambda: irreducible_weights(COMPLEX, {"x": 2}, 2), "real field"),
    ],
)
def test_bad_input_is_one_clear_line(call: object, says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        call()  # type: ignore[operator]
    assert "\n" not in str(caught.value)
