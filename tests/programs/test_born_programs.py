"""Scattering Programs: card figures, certified terms, radii, Pade, bad input."""

from __future__ import annotations

import jax
import numpy as np
import pytest

from derivax.errors import InputError
from derivax.numeric.programs.born import (
    a_exact,
    born_terms,
    born_terms_certified,
    born_terms_quadrature,
)
from derivax.numeric.programs.born_resummation import (
    birman_schwinger_radius,
    born_sum,
    convergence_radius,
    pade,
)
from derivax.numeric.verify.program_levels import claims_level, program_values_level

U = np.array([-0.3, -0.1, -0.7, -0.2, -0.4])
EDGES = 0.2 * np.arange(6)


@pytest.fixture(autouse=True)
def _float64():
    with jax.enable_x64(True):
        yield


def test_the_steps_of_the_card_have_their_born_terms_and_their_length():
    # theory card section 6
    terms = np.asarray(born_terms()(U, EDGES, np.ones(12))["terms"])
    assert abs(terms[0] + 0.1229333333333333) < 2e-16
    assert abs(terms[1] + 0.01822464) < 1e-16
    exact = float(a_exact()(U, EDGES)["a"])
    assert abs(exact + 0.144384415182209817622813951728) < 1e-16
    assert abs(terms.sum() - exact) < 1e-9


def test_certified_terms_hold_the_floating_ones():
    values, radii = born_terms_certified(U, EDGES, 12)
    found = np.asarray(born_terms()(U, EDGES, np.ones(12))["terms"])
    assert (np.abs(found - values) <= radii + 1e-15 * np.abs(values)).all()
    assert (radii <= 1e-30).all()


def test_the_radius_of_a_square_well_is_where_it_binds():
    jost = np.asarray(born_terms()(np.array([-1.0]), np.array([0.0, 1.0]), np.ones(12))["jost"])
    assert abs(convergence_radius(jost) - np.pi**2 / 4) < 1e-12  # cos(sqrt g) = 0


@pytest.mark.slow
def test_the_gaussian_well_binds_at_its_known_strength():
    # theory card D8: 2.684004650924
    edges = np.linspace(0, 6.5, 601)
    middle = (edges[1:] + edges[:-1]) / 2
    radius = birman_schwinger_radius(middle, -np.exp(-(middle**2)), np.diff(edges))
    assert abs(radius - 2.684004650924) < 1e-4


def test_a_repulsive_series_has_the_radius_of_its_attractive_twin():
    attractive, repulsive = (born_sum([s], [0.0, 1.0], 12).radius for s in (-1.0, 1.0))
    assert abs(attractive - repulsive) < 1e-10


def test_beyond_the_radius_the_plain_sum_is_flagged_and_pade_goes_on():
    found = born_sum([-1.0], [0.0, 1.0], 16, strength=4.0)
    assert not found.converges
    assert abs(found.resummed - (1 - np.tan(2.0) / 2)) < 1e-6
    assert abs(found.partial) > 100


def test_pade_of_too_few_terms_is_refused():
    with pytest.raises(InputError, match="5 are needed"):
        pade([0.0, 1.0], 2, 2)


def test_the_exponential_well_by_quadrature_has_rational_terms():
    # theory card D7: -2, -5/4, -23/27, -677/1152
    nodes = np.polynomial.legendre.leggauss(8)[0]
    edges = 45 * np.linspace(0, 1, 41) ** 1.5
    r = (edges[:-1, None] + edges[1:, None] + np.diff(edges)[:, None] * nodes) / 2
    found = np.asarray(born_terms_quadrature()(-np.exp(-r), edges, nodes, np.ones(4))["terms"])
    assert np.abs(found - [-2, -5 / 4, -23 / 27, -677 / 1152]).max() < 1e-9


def test_a_weak_potential_keeps_its_relative_accuracy():
    tiny = 1e-9 * U
    exact = float(a_exact()(tiny, EDGES)["a"])
    terms = np.asarray(born_terms()(tiny, EDGES, np.ones(2))["terms"])
    assert abs(exact / terms.sum() - 1) < 1e-14


@pytest.mark.slow
def test_gradient_and_hessian_at_zero_are_the_first_two_terms():
    zero = np.zeros(5)
    gradient = jax.grad(lambda u: a_exact()(u, EDGES)["a"])(zero)
    first = (EDGES[1:] ** 3 - EDGES[:-1] ** 3) / 3
    assert np.abs(np.asarray(gradient) - first).max() < 1e-16


@pytest.mark.parametrize(
    "edges", [[0.0, 0.5, 0.4, 0.6, 0.8, 1.0], [-0.1, 0.2, 0.4, 0.6, 0.8, 1.0], [0.0, 1.0]]
)
def test_edges_that_are_none_are_refused(edges):
    with pytest.raises(InputError):
        born_terms()(U, np.array(edges), np.ones(2))


def test_nan_is_refused():
    with pytest.raises(InputError, match="NaN"):
        a_exact()(np.array([np.nan]), np.array([0.0, 1.0]))


@pytest.mark.slow
def test_born_programs_keep_their_claims():
    for program in (born_terms(), born_terms_quadrature()):
        assert claims_level(program).outcome == "holds"


def test_born_terms_agree_with_iterated_integrals_in_balls():
    level = program_values_level(born_terms(), labels=["3, weak"])
    assert level.outcome == "holds"


@pytest.mark.slow
def test_a_thousand_cells_to_order_fifty():
    rng = np.random.default_rng(0)
    edges = np.linspace(0, 1, 1001)
    batch = -rng.uniform(0, 1, (16, 1000))
    run = jax.jit(jax.vmap(lambda u: born_terms()(u, edges, np.ones(50))["terms"]))
    terms = np.asarray(run(batch))
    exact = np.asarray(jax.vmap(lambda u: a_exact()(u, edges)["a"])(batch))
    assert np.abs(terms.sum(axis=1) / exact - 1).max() < 1e-12
