"""Phi functions and implicit roots: values and derivatives against ball arithmetic."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from sympy import Symbol, log, oo, symbols

from derivax.numeric.codegen import compile_formula
from derivax.symbolic.exact.ball import correctly_rounded
from derivax.symbolic.formula import Formula
from derivax.symbolic.nodes.implicit_root import ImplicitRoot
from derivax.symbolic.nodes.phi import Phi

x = Symbol("x", real=True)
POINTS = np.concatenate(
    [-np.logspace(-12, 3, 60), [0.0], np.logspace(-12, 2.8, 60), np.linspace(-14, 14, 57)]
)
INDICES = (1, 2, 5)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_phi_and_two_derivatives(dtype):
    f = compile_formula(Formula(tuple(Phi(k, x) for k in INDICES), [x]))
    points = POINTS.astype(dtype)

    def slopes(v):
        return jax.jvp(f, (v,), (jnp.ones_like(v),))[1]

    given = jnp.asarray(points)
    first, second = jax.jit(lambda v: jax.jvp(slopes, (v,), (jnp.ones_like(v),)))(given)
    for n, results in enumerate((f(given), first, second)):
        for k, got in zip(INDICES, results, strict=True):
            exact, _ = correctly_rounded(Phi(k, x).diff(x, n), [x], [points], dtype)
            regular = np.isfinite(exact) & (np.abs(exact) > 8 * np.finfo(dtype).tiny)
            assert np.all(np.isfinite(np.asarray(got)[regular]))
            error = np.abs(got[regular] / exact[regular] - 1) / np.finfo(dtype).eps
            assert float(error.max()) <= 4, (k, n)


def michaelis_menten():
    u, t, u0, K, V = symbols("u t u0 K V", positive=True)
    return ImplicitRoot(u + K * log(u) - u0 - K * log(u0) + V * t, u, 0, oo), (t, u0, K, V)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_michaelis_menten_over_magnitudes(dtype):
    root, args = michaelis_menten()
    f = compile_formula(Formula(root, args, name="substrate"))
    grid = np.array(
        [(a, b, k, v) for a in (1e-6, 0.1, 1, 10, 300) for b in (1e-3, 1, 20) for k in (0.01, 1, 50)
         for v in (0.1, 3)], dtype
    ).T  # fmt: skip
    value, slopes = jax.jit(jax.vmap(jax.value_and_grad(f, argnums=(0, 1, 3))))(*grid)
    eps, tiny = np.finfo(dtype).eps, float(np.finfo(dtype).tiny)
    condition = 1 + (grid[0] * grid[3] + grid[1]) / grid[2]
    for what, got in zip(
        (root, *(root.diff(args[k]) for k in (0, 1, 3))), (value, *slopes), strict=True
    ):
        exact, decided = correctly_rounded(what, args, list(grid), dtype)
        regular = decided & (np.abs(exact) > 8 * tiny)
        assert np.count_nonzero(regular) > 60
        exact = np.where(regular, exact, 1.0)
        error = np.abs(np.asarray(got, float) / exact - 1) / eps / condition
        assert np.all(np.isfinite(got))
        assert error[regular].max() <= 4


def test_an_implicit_root_in_a_finite_bracket_with_second_derivative():
    u, c = symbols("u c")
    f = compile_formula(Formula(ImplicitRoot(u**3 + u - c, u, -10, 10), [c]))
    # u = 1 at c = 2: u' = 1/(3u^2 + 1) = 1/4, u'' = -6u/(3u^2 + 1)^3 = -3/32
    assert float(f(2.0)) == pytest.approx(1.0, abs=4e-16)
    assert float(f(-2.0)) == pytest.approx(-1.0, abs=4e-16)
    assert abs(float(f(0.0))) < 1e-300
    assert float(jax.grad(f)(2.0)) == pytest.approx(0.25, rel=1e-15)
    assert float(jax.grad(jax.grad(f))(2.0)) == pytest.approx(-3 / 32, rel=1e-14)
    assert jax.vmap(f)(jnp.arange(3.0)).shape == (3,)
