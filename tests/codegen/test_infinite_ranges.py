"""Infinite sums and products: values and derivatives against closed forms, bounds against sums,
divergent ranges refused.

References: mpmath at 30 digits: exp, theta functions, q-products, cotangents, and the elementary
sums of geometric series; none of them adds up the terms.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
import sympy as sp
from sympy import Product, Sum, oo

from derivax.errors import CompileError
from derivax.numeric.codegen import compile_formula
from derivax.symbolic.formula import Formula
from derivax.symbolic.nodes.tail_bounds import tail_bound

x = sp.Symbol("x", real=True)
k, n = sp.symbols("k n", integer=True)

CLOSED = (
    (Sum(x**k / sp.factorial(k), (k, 0, oo)), mpmath.exp),
    (Sum(k**2 * x**k, (k, 1, oo)), lambda v: v * (1 + v) / (1 - v) ** 3),
    (Sum(sp.exp(-(k**2) * x), (k, -oo, oo)), lambda v: mpmath.jtheta(3, 0, mpmath.exp(-v))),
    (Sum(sp.cos(k * x) / 2**k, (k, 0, oo)),
     lambda v: (1 - mpmath.cos(v) / 2) / (mpmath.mpf(5) / 4 - mpmath.cos(v))),
    (Product(1 - x**k, (k, 1, oo)), mpmath.qp),
    (Sum(1 / (k**2 + x**2), (k, 1, oo)),
     lambda v: (mpmath.pi * v * mpmath.coth(mpmath.pi * v) - 1) / (2 * v**2)),
    (Sum((-1) ** k / (2 * k + x), (k, 0, oo)),
     lambda v: (mpmath.digamma(v / 4 + 0.5) - mpmath.digamma(v / 4)) / 4),
)  # fmt: skip
POINTS = (0.3, 0.75)


@pytest.mark.parametrize("dtype", ["float64", pytest.param("float32", marks=pytest.mark.slow)])
def test_values_and_derivatives_of_convergent_ranges(dtype):
    f = compile_formula(Formula([expr for expr, _ in CLOSED], [x]))
    at = jnp.asarray(POINTS, dtype)
    values, slopes = jax.jit(lambda v: jax.jvp(f, (v,), (jnp.ones_like(v),)))(at)
    eps = np.finfo(dtype).eps
    with mpmath.workdps(30):
        for (expr, closed), value, slope in zip(CLOSED, values, slopes, strict=True):
            assert value.dtype == dtype
            for v, got, moved in zip(np.asarray(at), value, slope, strict=True):
                exact = closed(mpmath.mpf(float(v)))
                change = mpmath.diff(closed, mpmath.mpf(float(v)))
                assert abs(float(got) / exact - 1) < 12 * eps, expr
                assert abs(float(moved) / change - 1) < 60 * eps, expr


@pytest.mark.slow
def test_an_infinite_product_of_rational_factors():
    f = compile_formula(Formula(Product(1 + x**2 / k**2, (k, 1, oo)), [x]))
    value, slope = jax.value_and_grad(f)(2.0)
    exact = lambda v: mpmath.sinh(mpmath.pi * v) / (mpmath.pi * v)  # noqa: E731
    assert float(value) == pytest.approx(float(exact(2)), rel=1e-14)
    assert float(slope) == pytest.approx(float(mpmath.diff(exact, 2)), rel=1e-13)


def test_powers_at_zero_and_points_of_divergence():
    f = compile_formula(Formula((Sum(x**k, (k, 0, oo)), Sum(x**k, (k, n, oo))), [x, n]))
    at = jnp.array([0.0, 0.5, -0.5, 2.0, -1.0])
    whole, rest = f(at, 3)
    np.testing.assert_allclose(whole[:3], [1, 2, 2 / 3], rtol=1e-15)
    np.testing.assert_allclose(rest[1:3], [0.25, -1 / 12], rtol=1e-15)
    assert np.all(np.isnan(whole[3:]))
    assert np.isnan(f(0.5, 2.5)[1])


@pytest.mark.parametrize(
    "expr",
    [Sum(1 / k, (k, 1, oo)), Sum(sp.sin(k * x) / k, (k, 1, oo)), Sum(2**k, (k, 0, oo)),
     Sum(x**k * sp.factorial(k), (k, 0, oo)), Product(1 + x / k, (k, 1, oo)),
     Sum(sp.Integer(1), (k, 0, oo))],
)  # fmt: skip
def test_ranges_without_a_bound_are_refused(expr):
    with pytest.raises(CompileError, match="infinite range"):
        compile_formula(Formula(expr, [x]))


@pytest.mark.slow
def test_the_bound_of_the_tail_is_one_and_tends_to_the_tail():
    terms = {
        x**k / sp.factorial(k): 0.9,
        k**3 * x**k: 0.4,
        sp.binomial(2 * k, k) * x**k / 5**k: 1.1,
        sp.exp(-(k**2) * x / 9) * sp.cos(k): 0.5,
        x**k / (k**2 + x): 0.7,
    }
    for term, point in terms.items():
        bound = tail_bound(term, k)
        for start in (12, 30):
            left = sum(abs(float(term.subs({x: point, k: j}))) for j in range(start, start + 200))
            given = float(bound.subs({x: point, k: start}))
            assert left <= given * (1 + 1e-12), term
            assert given < 60 * left + 1e-300, term
