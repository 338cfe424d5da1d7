"""Balanced modes of any depth and hierarchical data, against published numbers and mpmath."""

from __future__ import annotations

import jax.numpy as jnp
import mpmath
import numpy as np
import pytest

import derivax as dx
from derivax.symbolic.exact.outcome import Outcome

NAMES = ("depth-time", "depth-rate", "depth-delay", "infinite-depth", "weight-decay",
         "tree-modes")  # fmt: skip


@pytest.fixture(scope="module")
def derived():
    return {name: dx.derive(f"saxe-linear-networks/{name}") for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_every_step_is_established(derived, name):
    assert derived[name].outcome in (Outcome.PROVEN, Outcome.HOLDS)


@pytest.mark.slow
def test_steps_at_the_best_rate_saturate_with_depth(derived):
    # Saxe et al., Fig. 4, from v = 0.001 to 0.999: integrals of v^(2/L-2)/(1-v) to five digits
    known = {1: 6.907, 2: 13.814, 3: 34.632, 5: 112.23, 10: 323.10, 20: 567.50, 50: 802.02,
             99: 899.98, 1000: 1001.02}  # fmt: skip
    steps = dx.compile(derived["depth-delay"])
    found = steps(0.001, 0.999, jnp.asarray(list(known), dtype="float64"))
    np.testing.assert_allclose(found, list(known.values()), rtol=1e-4)
    # the limit exceeds two layers by 1/v0 - 1/vf
    assert float(steps(0.001, 0.999, 1e9)) == pytest.approx(1012.81, rel=1e-5)


@pytest.mark.slow
def test_the_time_of_any_depth_is_the_quadrature_of_the_mode_equation(derived):
    u0, uf, s, tau = 1e-4, 1.0, 1.3, 2.0
    time = dx.compile(derived["depth-time"])
    for depth in (1, 2, 3, 7, 100, 2.5):
        with mpmath.workdps(30):
            exact = mpmath.quad(
                lambda v, n=depth: tau / (n * v ** (2 - mpmath.mpf(2) / n) * (s - v)),
                [u0, 3 * u0, 1e-2, 0.1, uf],
            )
        assert float(time(u0, uf, s, float(depth), tau)) == pytest.approx(float(exact), rel=1e-13)


def test_many_layers_follow_wrights_omega(derived):
    curve = dx.compile(derived["infinite-depth"])
    u0, s, layers = 0.2, 1.3, 50.0
    # Saxe et al., section 3: the time of N layers in the limit, from u0 to uf
    uf = float(curve(2.0 / layers, u0, s, layers, 1.0))
    bracket = np.log(uf * (u0 - s) / (u0 * (uf - s))) / s**2 + 1 / (s * u0) - 1 / (s * uf)
    assert bracket == pytest.approx(2.0, rel=1e-14)
    # 1/u0 = 1e6 would overflow an exponential
    assert float(curve(0.0, 1e-6, s, layers, 1.0)) == pytest.approx(1e-6, rel=1e-9)


def test_step_sizes_of_depth_are_those_of_two_layers_in_the_limit(derived):
    rate = dx.compile(derived["depth-rate"])
    found = rate(3.0, jnp.asarray([4.0, 1e9]))
    # 1/(L s^(2-2/L)), by hand
    np.testing.assert_allclose(found["optimal"], [1 / (4 * 3**1.5), 1 / (9e9)], rtol=1e-8)
    np.testing.assert_allclose(found["stability_limit"], 2 * found["optimal"], rtol=1e-15)


def test_beyond_the_largest_decay_no_learned_state_is_left(derived):
    limits = dx.compile(derived["weight-decay"])
    for depth, s in ((3, 1.3), (6, 0.7)):
        found = limits(s, float(depth))
        u = np.linspace(0, s, 20001)[1:]
        height = u ** (1 - 2 / depth) * (s - u)
        assert float(found["gamma_c"]) == pytest.approx(height.max(), rel=1e-7)
        assert float(found["u_c"]) == pytest.approx(u[height.argmax()], abs=2 * s / 20000)


def test_a_tree_of_items_has_the_singular_values_of_figure_3(derived):
    # Saxe et al., Fig. 3: 32 items on a binary tree of 5 levels, flip 0.1, 1000 features
    modes = dx.compile(derived["tree-modes"])
    found = modes(jnp.arange(1.0, 6.0), 5.0, 2.0, 0.1, 1000.0)
    known = [18.974, 28.650, 37.558, 46.536, 55.964]
    np.testing.assert_allclose(found["split"], known, atol=5e-4)
    assert float(found["common"][0]) == pytest.approx(81.043, abs=5e-4)
    assert found["multiplicity"].tolist() == [16, 8, 4, 2, 1]
    # B (1 - 2 eps)^2 = 1: the closed form of the sum would be 0/0
    level = modes(3.0, 5.0, 2.0, (1 - 0.5**0.5) / 2, 1.0)
    assert float(level["split"]) == pytest.approx((1 + 2 * 0.5 - 4 / 8) ** 0.5, rel=1e-14)


def test_a_random_layer_of_width_two_shrinks_by_a_known_mean():
    # |v|^2 is a mean of two squared normals: -ln is Gumbel with mean gamma, variance pi^2/6
    growth = dx.compile(dx.derive("saxe-linear-networks/lyapunov"))
    found = growth(2.0, 2.0)
    assert float(found["mean"]) == pytest.approx(-float(mpmath.euler), rel=1e-13)
    assert float(found["variance"]) == pytest.approx(2 * np.pi**2 / 24, rel=1e-14)


@pytest.mark.slow
def test_tanh_networks_settle_where_the_fixed_point_is():
    settled = dx.compile(dx.derive("saxe-linear-networks/edge-of-chaos"))
    # the fixed points by bisection with Gauss-Hermite quadrature of 200 nodes
    nodes, weights = np.polynomial.hermite_e.hermegauss(200)
    weights = weights / weights.sum()
    for gain in (1.05, 1.1, 1.5, 2.0):
        low, high = 1e-9, gain**2
        for _ in range(80):
            q = (low + high) / 2
            above = gain**2 * weights @ np.tanh(np.sqrt(q) * nodes) ** 2 > q
            low, high = (q, high) if above else (low, q)
        found = settled(gain)
        assert float(found["q"]) == pytest.approx(q, rel=1e-9)
        slope = (1 - np.tanh(np.sqrt(q) * nodes) ** 2) ** 2
        assert float(found["chi"]) == pytest.approx(gain**2 * weights @ slope, rel=1e-9)
