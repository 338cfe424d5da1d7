"""s exp(2st/tau)/(exp(2st/tau) - 1 + s/u0): right, finite and differentiable everywhere.

The reference is ball arithmetic on the expression and on SymPy's derivatives of it.
"""

from __future__ import annotations

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from sympy import exp, symbols

from derivax.numeric.codegen import compile_formula
from derivax.symbolic.exact.ball import correctly_rounded
from derivax.symbolic.formula import Formula

t, s, u0, tau = ARGS = symbols("t s u0 tau", positive=True)
MODE = s * exp(2 * s * t / tau) / (exp(2 * s * t / tau) - 1 + s / u0)

TIMES = (1e-9, 1e-6, 1e-3, 0.1, 0.5, 0.9, 1.0, 2.0, 3.0, 10.0, 30.0, 88.0, 1e2, 1e3, 1e5, 1e8, 1e12)
STRENGTHS = (1e-20, 1e-12, 1e-6, 1e-3, 0.5, 1.0, 17.0)
POINTS = [
    (r * scale, strength, start, scale)
    for r, strength, scale in itertools.product(TIMES, STRENGTHS, (1.0, 100.0))
    for start in (1e-8, 1e-3, 0.3, 1.0, 17.0, strength)
]


@pytest.fixture(scope="module")
def mode():
    return compile_formula(Formula(MODE, ARGS, name="mode"))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_value_and_gradient_are_right_to_a_few_ulp_per_unit_of_exponent(mode, dtype):
    points = np.array(POINTS, dtype).T
    run = jax.jit(jax.vmap(jax.value_and_grad(mode, argnums=(0, 1, 2, 3))))
    value, slopes = run(*map(jnp.asarray, points))
    exponent = 2 * points[0].astype(float) * points[1] / points[3]
    eps, tiny = np.finfo(dtype).eps, float(np.finfo(dtype).tiny)
    for what, got in zip((MODE, *(MODE.diff(a) for a in ARGS)), (value, *slopes), strict=True):
        got = np.asarray(got, float)
        assert np.all(np.isfinite(got))
        exact, decided = correctly_rounded(what, ARGS, list(points), dtype)
        assert decided.all()
        gone = np.abs(exact) < 8 * tiny  # flushed to zero
        assert np.all(np.abs(got - exact)[gone] <= 8 * tiny)
        error = np.where(gone, 0, np.abs(got - exact) / np.maximum(np.abs(exact), tiny) / eps)
        worst = int(np.argmax(error / (1 + exponent)))
        assert error[worst] <= 8 * (1 + exponent[worst]), (what, points[:, worst])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_limits_at_zero_strength(mode, dtype):
    """s -> 0: u = u0/(1 + 2 u0 t/tau); derivatives of that in t, u0, tau; in s from the series."""
    times = np.array([1e-9, 1e-3, 0.5, 3.0, 1e4, 1e8], dtype)
    slopes = jax.vmap(jax.grad(mode, argnums=(0, 1, 2, 3)), (0, None, None, None))(
        times, dtype(0), dtype(0.25), dtype(1)
    )
    value = mode(times, dtype(0), dtype(0.25), dtype(1))
    r = times.astype(float)
    exact = 0.25 / (1 + 0.5 * r)
    np.testing.assert_allclose(value, exact, rtol=8 * np.finfo(dtype).eps)
    np.testing.assert_allclose(slopes[0], -2 * exact**2, rtol=16 * np.finfo(dtype).eps)
    np.testing.assert_allclose(slopes[2], (exact / 0.25) ** 2, rtol=16 * np.finfo(dtype).eps)
    np.testing.assert_allclose(slopes[3], 2 * r * exact**2, rtol=16 * np.finfo(dtype).eps)
    # u = u0 (1 + a)/(1 + 2 r u0 (1 + a/2)) + O(s^2) with a = 2 s r
    by_s = 2 * r * exact - exact**2 * 2 * r * r
    np.testing.assert_allclose(slopes[1], by_s, rtol=32 * np.finfo(dtype).eps)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_hessian_is_finite_and_symmetric(mode, dtype):
    extra = [(a, 0.0, b, 1.0) for a in (1e-9, 1e-3, 1.0, 1e8) for b in (1e-3, 0.5, 1.0)]
    points = jnp.asarray(np.array(POINTS[::3] + extra, dtype))
    hessians = np.asarray(jax.jit(jax.vmap(jax.hessian(lambda p: mode(*p))))(points))
    assert np.all(np.isfinite(hessians))
    scale = np.abs(hessians) + np.abs(hessians.swapaxes(1, 2)) + 1e-30
    asymmetry = np.abs(hessians - hessians.swapaxes(1, 2)) / scale
    assert np.median(asymmetry) <= 8 * np.finfo(dtype).eps


def test_products_of_exponential_sums_do_not_overflow():
    x, y = symbols("x y", real=True)
    expr = (exp(x) + exp(y)) / (exp(2 * x) + exp(2 * y)) * exp(x / 2 + y / 2)
    f = compile_formula(Formula(expr, [x, y]))
    grid = np.array([-1e6, -900.0, -3.0, 0.0, 2.0, 800.0, 1e7])
    xs, ys = (g.ravel() for g in np.meshgrid(grid, grid))
    exact, decided = correctly_rounded(expr, [x, y], [xs, ys])
    got = np.asarray(f(xs, ys))
    np.testing.assert_allclose(got[decided], exact[decided], rtol=1e-13, atol=1e-300)
    assert decided.all()


def test_a_difference_inside_a_quotient_keeps_its_digits():
    x, c = symbols("x c", positive=True)
    expr = (exp(x) - 1) / (exp(x) - 1 + c * exp(x))
    f = compile_formula(Formula(expr, [x, c]))
    xs, cs = np.array([1e-12, 1e-6, 0.1, 40.0, 1e5]), np.array([1e-12, 1e-3, 1.0, 1e-9, 1e-9])
    exact, _ = correctly_rounded(expr, [x, c], [xs, cs])
    np.testing.assert_allclose(f(xs, cs), exact, rtol=2e-15)


def test_the_mode_without_assumptions_holds_for_negative_exponents_too():
    free = symbols("t s u0 tau")
    expr = MODE.xreplace(dict(zip(ARGS, free, strict=True)))
    f = compile_formula(Formula(expr, free, name="mode"))
    times = np.array([-1e9, -800.0, -300.0, -3.0, -1e-9, 0.0, 1e-9, 2.0, 900.0, 1e9])
    for start in (1.0, 0.5, 2.0):
        columns = [times, *(np.full_like(times, v) for v in (1.0, start, 1.0))]
        exact, decided = correctly_rounded(expr, free, columns)
        assert decided.all()
        np.testing.assert_allclose(f(*columns), exact, rtol=2e-13, atol=1e-300)
    slopes = jax.vmap(jax.grad(f, argnums=(0, 1, 2, 3)))(*columns)
    assert all(np.all(np.isfinite(slope)) for slope in slopes)
