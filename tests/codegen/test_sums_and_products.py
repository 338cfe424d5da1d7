"""Sums and products with run-time bounds: values, two derivatives, reversed and empty ranges.

References are closed forms in exact arithmetic (SymPy on rationals) and plain Python sums.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy as sp

from derivax.errors import CompileError
from derivax.numeric.codegen import compile_formula
from derivax.symbolic.formula import Formula

x, n, k, j = sp.symbols("x n k j")


def test_a_sum_with_a_run_time_bound_in_both_formats():
    f = compile_formula(Formula(sp.Sum(k * x**k, (k, 1, n)), [x, n]))
    bounds = np.array([0, 1, 2, 7, 40])
    for dtype in (np.float32, np.float64):
        point = dtype(0.75)
        value, slope = jax.jit(jax.vmap(jax.value_and_grad(f), (None, 0)))(
            point, jnp.asarray(bounds, dtype)
        )
        exact = [sum(m * sp.Rational(3, 4) ** m for m in range(1, b + 1)) for b in bounds]
        exact_slope = [
            sum(m * m * sp.Rational(3, 4) ** (m - 1) for m in range(1, b + 1)) for b in bounds
        ]
        np.testing.assert_allclose(value, np.array(exact, float), rtol=4 * np.finfo(dtype).eps)
        np.testing.assert_allclose(
            slope, np.array(exact_slope, float), rtol=4 * np.finfo(dtype).eps
        )
        assert value.dtype == dtype


def test_reversed_ranges_follow_karr_as_in_sympy():
    f = compile_formula(
        Formula((sp.Sum(k**2 + x, (k, 2, n)), sp.Product(k + x, (k, 2, n))), [x, n])
    )
    bounds = range(-4, 6)
    sums, products = f(0.5, np.array(bounds, float))
    half = sp.Rational(1, 2)
    for b, total, product in zip(bounds, sums, products, strict=True):
        assert float(total) == pytest.approx(
            float(sp.Sum(k**2 + half, (k, 2, b)).doit()), rel=1e-15
        )
        exact = float(sp.Product(k + half, (k, 2, b)).doit())
        assert float(product) == pytest.approx(exact, rel=1e-15)


def test_a_bound_that_is_no_whole_number_is_never_rounded():
    f = compile_formula(Formula(sp.Sum(x**k, (k, 0, n)), [x, n]))
    assert all(np.isnan(f(0.5, bound)) for bound in (2.5, np.inf, np.nan))
    assert float(f(0.5, n=2)) == 1.75
    with pytest.raises(CompileError, match="whole number"):
        compile_formula(Formula(sp.Sum(x**k, (k, 0, sp.Rational(5, 2))), [x]))


def test_powers_at_zero_have_finite_derivatives():
    f = compile_formula(Formula(sp.Sum(x**k, (k, 0, n)), [x, n]))
    first, second = jax.grad(f), jax.grad(jax.grad(f))
    assert (float(first(0.0, 9.0)), float(second(0.0, 9.0))) == (1.0, 2.0)


def test_derivatives_of_a_product_with_a_vanishing_factor():
    f = compile_formula(Formula(sp.Product(x + k, (k, 1, n)), [x, n]))
    gradient, hessian = jax.jit(lambda v: (jax.grad(f)(v, 4.0), jax.grad(jax.grad(f))(v, 4.0)))(
        -1.0
    )
    polynomial = sp.expand((x + 1) * (x + 2) * (x + 3) * (x + 4))
    assert float(gradient) == float(polynomial.diff(x).subs(x, -1))
    assert float(hessian) == float(polynomial.diff(x, 2).subs(x, -1))


def test_nested_sums_whose_inner_bound_is_the_outer_index():
    f = compile_formula(Formula(sp.Sum(sp.sin(j * x) * k, (j, 1, k), (k, 1, 30)), [x]))
    value, slope = jax.jit(jax.value_and_grad(f))(0.3)
    pairs = [(i, m) for m in range(1, 31) for i in range(1, m + 1)]
    assert float(value) == pytest.approx(sum(m * np.sin(0.3 * i) for i, m in pairs), rel=1e-12)
    assert float(slope) == pytest.approx(sum(m * i * np.cos(0.3 * i) for i, m in pairs), rel=1e-12)


def test_ten_thousand_single_precision_terms_lose_nothing():
    f = compile_formula(Formula(sp.Sum(1 / (k + x), (k, 1, 10**4)), [x]))
    exact = float(
        sp.digamma(10**4 + 1 + sp.Rational(1, 2)).evalf() - sp.digamma(sp.Rational(3, 2)).evalf()
    )
    assert float(f(np.float32(0.5))) == pytest.approx(exact, rel=1.2e-7)


def test_a_bound_variable_may_have_the_name_of_an_argument():
    f = compile_formula(Formula(sp.Sum(x**k, (k, 0, 9)) * k, [x, k]))
    assert float(f(0.5, 3.0)) == 3 * (2 - 2.0**-9)


def test_a_sum_under_an_outer_jit_vmap_and_hessian():
    f = compile_formula(Formula(sp.Sum(sp.exp(-k * x) * n, (k, 0, n)), [x, n]))
    hessian = jax.jit(jax.vmap(jax.hessian(f), (0, None)))(jnp.array([0.1, 2.0]), 6.0)
    exact = [sum(6 * m * m * np.exp(-m * v) for m in range(7)) for v in (0.1, 2.0)]
    np.testing.assert_allclose(hessian, exact, rtol=1e-14)
