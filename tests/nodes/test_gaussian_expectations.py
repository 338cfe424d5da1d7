"""Gaussian expectations: structure, Price's derivatives, enclosures, code in one and two variables.

References: moments, arc-cosine kernels of orders 0 and 1 (Cho, Saul 2009) with their derivatives,
and the arc-sine law of the error function (Williams 1997), in closed form.
"""

from __future__ import annotations

import jax
import mpmath
import numpy as np
import pytest
import sympy as sp

from derivax.errors import CompileError, InputError
from derivax.numeric.codegen import compile_formula
from derivax.symbolic.exact.ball import enclose
from derivax.symbolic.formula import Formula
from derivax.symbolic.nodes import GaussianExpectation
from derivax.symbolic.terms import from_term, to_term

x, y, z, c, w = sp.symbols("x y z c w", real=True)
K, a, b = sp.symbols("K a b", positive=True)
LAW = [[a, c], [c, b]]
RELU2 = GaussianExpectation(sp.Max(x, 0) * sp.Max(y, 0), (x, y), LAW)
STEP2 = GaussianExpectation(sp.Heaviside(x) * sp.Heaviside(y), (x, y), LAW)


def test_bound_names_do_not_matter_and_terms_round_trip():
    node = GaussianExpectation(sp.tanh(z * w), z, K)
    assert GaussianExpectation(sp.tanh(x * w), x, K) == node
    assert node.free_symbols == {w, K}
    assert node.subs(w, z).subs(z, w) == node
    for each in (node, RELU2):
        assert from_term(to_term(each)) == each
    with pytest.raises(InputError):
        GaussianExpectation(z, z, z)
    with pytest.raises(InputError):
        GaussianExpectation(x * y, (x, y), [[a, c], [0, b]])


def test_derivatives_in_the_covariance_are_prices():
    assert GaussianExpectation(z**4, z, K).diff(K).doit() == 6 * K
    relu = GaussianExpectation(sp.Max(z, 0), z, K)
    exact = sp.sqrt(K / (2 * sp.pi))
    for order in (1, 2, 3):
        assert sp.simplify(relu.diff(K, order) - exact.diff(K, order)) == 0
    assert RELU2.diff(c) == STEP2
    assert sp.simplify(STEP2.diff(c) - 1 / (2 * sp.pi * sp.sqrt(a * b - c**2))) == 0
    quadrant = sp.Rational(1, 4) + sp.asin(c / sp.sqrt(a * b)) / (2 * sp.pi)
    assert sp.simplify(STEP2.diff(a) - quadrant.diff(a)) == 0


def test_enclosures_hold_the_value():
    second = enclose(GaussianExpectation(sp.Max(z, 0) ** 2 * z**2, z, K), {K: 3}, 128)
    assert second.contains(sp.Rational(27, 2).p / sp.Rational(27, 2).q)  # 3 K^2 / 2
    tanh = enclose(GaussianExpectation(sp.tanh(z) ** 2, z, K), {K: 2}, 128)
    density = lambda u: mpmath.tanh(u) ** 2 * mpmath.npdf(u, 0, mpmath.sqrt(2))  # noqa: E731
    assert abs(float(tanh) - float(mpmath.quad(density, [-30, 0, 30]))) < 1e-14
    assert float(tanh.rad()) < 1e-15


def test_one_variable_with_kinks_down_to_zero_variance():
    node = GaussianExpectation(sp.Max(z, 0) ** 2 + w * abs(z) + sp.cos(z), z, K)
    f = compile_formula(Formula(node, [K, w]))
    exact = K / 2 + w * sp.sqrt(2 * K / sp.pi) + sp.exp(-K / 2)
    for dtype, allowed in ((np.float32, 3e-6), (np.float64, 3e-14)):
        value, (by_k, by_w) = jax.jit(jax.value_and_grad(f, (0, 1)))(dtype(2.0), dtype(0.5))
        point = {K: 2, w: sp.Rational(1, 2)}
        for got, what in ((value, exact), (by_k, exact.diff(K)), (by_w, exact.diff(w))):
            assert float(got) == pytest.approx(float(what.subs(point)), rel=allowed)
    assert float(f(0.0, 0.5)) == pytest.approx(1.0, rel=1e-15)
    assert np.isfinite(jax.grad(f)(1e-8, 0.0))


def test_the_arc_cosine_kernel_up_to_correlation_one():
    f = compile_formula(Formula(RELU2, [a, b, c]))
    rho = c / sp.sqrt(a * b)
    angle = sp.pi - sp.acos(rho)
    exact = sp.sqrt(a * b) / (2 * sp.pi) * (sp.sqrt(1 - rho**2) + rho * angle)
    run = jax.jit(jax.value_and_grad(f, (0, 1, 2)))
    for point in ((1.0, 2.0, 0.5), (1.0, 1.0, -0.99), (1.0, 1.0, 1 - 1e-8)):
        value, slopes = run(*point)
        at = dict(zip((a, b, c), map(sp.Rational, point), strict=True))
        assert float(value) == pytest.approx(float(exact.subs(at).evalf(30)), rel=1e-12)
        for symbol, got in zip((a, b, c), slopes, strict=True):
            expected = float(exact.diff(symbol).subs(at).evalf(30))
            assert float(got) == pytest.approx(expected, rel=1e-7 if point[2] > 0.9 else 1e-12)
    value, slopes = run(1.0, 1.0, 1.0)
    assert float(value) == pytest.approx(0.5, rel=1e-13)
    assert [float(s) for s in slopes] == pytest.approx([0, 0, 0.5], abs=1e-12)
    assert float(f(0.0, 1.0, 0.0)) == 0.0


def test_smooth_functions_of_two_variables():
    node = GaussianExpectation(sp.erf(x) * sp.erf(y), (x, y), LAW)
    f = compile_formula(Formula(node, [a, b, c]))
    exact = 2 / sp.pi * sp.asin(2 * c / sp.sqrt((1 + 2 * a) * (1 + 2 * b)))
    value = float(f(1.0, 3.0, -1.25))
    assert value == pytest.approx(float(exact.subs({a: 1, b: 3, c: sp.Rational(-5, 4)})), rel=1e-12)


def test_a_switch_that_moves_with_a_parameter_is_refused():
    with pytest.raises(CompileError, match="known at build time"):
        compile_formula(Formula(GaussianExpectation(abs(z - w), z, K), [K, w]))
