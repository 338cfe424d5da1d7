"""Derivatives of products with phi functions, where the plain product rule cancels."""

from __future__ import annotations

import mpmath
import pytest
from sympy import symbols

import derivax as dx
from derivax.symbolic.nodes.phi import Phi

jax = pytest.importorskip("jax")


@pytest.mark.parametrize("where", [1e-9, 0.3, 2.0, 30.0, 600.0])
def test_derivative_of_t_phi1_is_the_exponential(where):
    """d/dt [t phi_1(-a t)] = exp(-a t), to a few ulp also where both terms are nearly 1/(a t)."""
    with jax.enable_x64(True):
        t, a = symbols("t a", positive=True)
        f = dx.compile(t * Phi(1, -a * t), [t, a])
        found = float(jax.grad(f)(where, 1.1))
        with mpmath.workdps(30):
            exact = mpmath.exp(-mpmath.mpf(1.1) * mpmath.mpf(where))
        # the rounding of the exponent alone costs a t ulp
        assert abs(found - exact) <= 2.0**-52 * (4 + 1.1 * where) * exact


def test_rate_of_the_mode_has_the_factor_of_its_equation():
    """du/dt = 2u(s - u)/tau is exactly zero at u0 = s, and keeps its digits close to it."""
    with jax.enable_x64(True):
        f = dx.compile("saxe-linear-networks/mode")
        assert float(jax.grad(f)(3.0, 2.0, 2.0, 1.0)) == 0.0
        # at t = 0 the rate is 2 u0 (s - u0)/tau
        gap = 2.0**-40
        assert float(jax.grad(f)(0.0, 2.0, 2.0 - gap, 1.0)) == pytest.approx(
            2 * (2.0 - gap) * gap, rel=1e-15
        )
