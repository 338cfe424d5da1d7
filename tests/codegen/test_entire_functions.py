"""cosh(sqrt w) and sinh(sqrt w)/sqrt w through w = 0, with derivatives, against mpmath's 0F1."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from sympy import Symbol

import derivax as dx
from derivax.symbolic.nodes.entire_hyperbolic import CoshRoot, SinhcRoot

jax = pytest.importorskip("jax")

POINTS = np.concatenate(
    [np.linspace(-60, 60, 241), np.linspace(-2, 2, 81), [0.0, 1e-300, -1e-12, 1e-6, -800.0, 9e4]]
)


def entire(m: int, w: float) -> mpmath.mpf:
    """0F1(; m + 1/2; w/4) at 40 digits (DLMF 16.2)."""
    with mpmath.workdps(40):
        return mpmath.hyp0f1(mpmath.mpf(m) + 0.5, mpmath.mpf(w) / 4)


@pytest.mark.parametrize("head, m", [(CoshRoot, 0), (SinhcRoot, 1)])
def test_value_and_two_derivatives_through_zero(head, m):
    with jax.enable_x64(True):
        w = Symbol("w", real=True)
        f = dx.compile(head(w), [w])
        first, second = jax.vmap(jax.grad(f)), jax.vmap(jax.grad(jax.grad(f)))
        scale = 1.0
        for order, g in enumerate((f, first, second)):
            found = np.asarray(g(POINTS))
            for w0, value in zip(POINTS, found, strict=True):
                exact = entire(m + order, w0) * scale
                # the condition number of F_m is at most sqrt|w| + 1; absolute on the scale of the
                # envelope |w|^(-m/2) where F_m oscillates
                envelope = max(1.0, abs(w0)) ** (-(m + order) / 2) * scale
                unit = 2.0**-52 * max(abs(exact), envelope) * (1 + abs(w0) ** 0.5)
                assert abs(value - exact) <= 8 * unit, (head, order, w0)
            scale /= 4 * (m + order) + 2


def test_quotient_stays_finite_where_both_parts_overflow():
    with jax.enable_x64(True):
        w = Symbol("w", real=True)
        quotient = dx.compile(CoshRoot(w) / (SinhcRoot(w) + CoshRoot(w)), [w])
        assert float(quotient(1e8)) == pytest.approx(1 / (1 + 1e-4), rel=1e-14)
        slope = float(jax.grad(quotient)(1e8))
        # d/dw of 1/(1 + 1/sqrt w) is 1/(2 w^(3/2) (1 + 1/sqrt w)^2)
        assert slope == pytest.approx(0.5e-12 / (1 + 1e-4) ** 2, rel=1e-6)
