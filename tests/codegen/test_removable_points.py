"""Removable singularities: value, slope and curvature at, near and far from the point."""

from __future__ import annotations

from types import SimpleNamespace

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from sympy import (
    atan,
    cos,
    cosh,
    coth,
    exp,
    lambdify,
    log,
    sin,
    sinh,
    symbols,
    tan,
    tanh,
)

from derivax.numeric.codegen.compiling import compile_formula

x, a, k = symbols("x a k")

FORMULAS = {
    "one minus cosine": (1 - cos(x)) / x**2,
    "sine quotient": sin(x) / x,
    "sine remainder": (x - sin(x)) / x**3,
    "logarithm quotient": log(1 + x) / x,
    "exponential remainder": (exp(x) - 1 - x) / x**2,
    "tangent quotient": tan(x) / x,
    "Langevin function": coth(x) - 1 / x,
    "hyperbolic remainder": (sinh(x) - x) / x**3,
    "inverse sine": x / sin(x),
    "difference of poles": 1 / x - 1 / sin(x),
    "mixed": (exp(x) - cos(x)) / x,
    "arc tangent": atan(x) / x,
    "logarithm at one": log(1 + x) / x + tanh(x) / x,
    "cosine remainder": (cosh(x) - cos(x)) / x**2,
    "doubled": sin(2 * x) / x + (1 - cos(3 * x)) / x**2,
}

POINTS = [0.0, 1e-300, -1e-12, 1e-7, -3e-4, 0.01, -0.12, 0.26, 0.4, -0.51, 0.76, 0.99, 1.3]


def exact(expr, order, point, **values):
    """The derivative of the formula by mpmath at 60 digits, from its Taylor series near 0."""
    f = lambdify(x, expr.subs(values), "mpmath")
    with mpmath.workdps(80):
        if abs(point) < 0.05:  # by Cauchy's formula on a circle around the point
            n, r = 64, mpmath.mpf(1) / 8
            nodes = [r * mpmath.expjpi(mpmath.mpf(2 * j) / n) for j in range(n)]
            total = sum(f(c) / (c - point) ** (order + 1) * c for c in nodes)
            return float((total * mpmath.factorial(order) / n).real)
        return float(mpmath.diff(f, mpmath.mpf(point), order))


QUICK = {"one minus cosine", "Langevin function", "hyperbolic remainder"}


@pytest.mark.parametrize(
    "name", [n if n in QUICK else pytest.param(n, marks=pytest.mark.slow) for n in FORMULAS]
)
def test_value_slope_and_curvature_are_right_at_and_near_the_point(name):
    expr = FORMULAS[name]
    f = compile_formula(SimpleNamespace(expr=expr, args=(x,), domain=None, name="f"))
    points = jnp.asarray(POINTS)
    results = jax.jit(lambda v: (f(v), jax.vmap(jax.grad(f))(v), jax.vmap(jax.hessian(f))(v)))(
        points
    )
    for order, got in enumerate(results):
        scale = max(abs(exact(expr, order, p)) for p in POINTS[-2:])
        for p, value in zip(POINTS, np.asarray(got), strict=True):
            expected = exact(expr, order, p)
            allowed = (2e-15, 2e-14, 4e-12)[order]
            assert abs(value - expected) <= allowed * max(abs(expected), 1e-3 * scale), (order, p)


def test_products_of_arguments_vanish_together():
    expr = k * sin(a * x) / (a * x)
    f = compile_formula(SimpleNamespace(expr=expr, args=(k, a, x), domain=None, name="f"))
    assert float(f(3.0, 0.0, 2.0)) == 3.0
    assert float(f(3.0, 1e-9, 2.0)) == 3.0
    slope = jax.grad(f, argnums=(0, 1, 2))(3.0, 1e-4, 0.2)
    with mpmath.workdps(50):
        u = mpmath.mpf(1e-4) * mpmath.mpf(0.2)
        d_u = 3 * (u * mpmath.cos(u) - mpmath.sin(u)) / u**2
    np.testing.assert_allclose(
        slope, [float(mpmath.sin(u) / u), float(d_u * 0.2), float(d_u * 1e-4)], rtol=1e-14
    )


def test_a_point_away_from_zero():
    f = compile_formula(SimpleNamespace(expr=log(x) / (x - 1), args=(x,), domain=None, name="f"))
    assert float(f(1.0)) == 1.0
    assert float(jax.grad(f)(1.0)) == -0.5
    with mpmath.workdps(40):
        for p in (1 + 1e-12, 0.9, 1.2, 3.0):
            assert float(f(p)) == pytest.approx(
                float(mpmath.log(p) / (mpmath.mpf(p) - 1)), rel=1e-15
            )


def test_as_written_means_as_written():
    f = compile_formula(
        SimpleNamespace(expr=sin(x) / x, args=(x,), domain=None, name="f"), accuracy="fast"
    )
    assert np.isnan(float(f(0.0)))


def test_a_true_pole_stays_a_pole():
    f = compile_formula(SimpleNamespace(expr=cos(x) / x, args=(x,), domain=None, name="f"))
    assert np.isinf(float(f(0.0)))
