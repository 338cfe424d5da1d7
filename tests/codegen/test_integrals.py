"""Integrals by quadrature: finite, improper, singular at the ends, with switching points, nested.

References are closed forms known for these integrals, evaluated by mpmath or by hand.
"""

from __future__ import annotations

import jax
import mpmath
import numpy as np
import pytest
import sympy as sp
from sympy import Integral, cos, exp, log, oo, sin, sqrt

from derivax.errors import CompileError
from derivax.numeric.codegen import compile_formula
from derivax.symbolic.formula import Formula

x, a, b, y = sp.symbols("x a b y", real=True)
p = sp.Symbol("p", positive=True)

CASES = {  # integral in p: value and derivative at p = 3/2, in closed form
    "Gaussian on the half line": (
        Integral(exp(-p * x**2), (x, 0, oo)), sp.sqrt(sp.pi / p) / 2),
    "second moment on the line": (
        Integral(x**2 * exp(-p * x**2), (x, -oo, oo)), sp.sqrt(sp.pi) / 2 / p ** sp.Rational(3, 2)),
    "both ends singular": (
        Integral(cos(p * x) / sqrt(1 - x**2), (x, -1, 1)), sp.pi * sp.besselj(0, p)),
    "moving singular end": (Integral(1 / sqrt(x - p), (x, p, 3)), 2 * sqrt(3 - p)),
    "logarithm": (Integral(log(x) * x**p, (x, 0, 1)), -1 / (1 + p) ** 2),
    "kink and moving end": (
        Integral(abs(x - 1) * x, (x, 0, p)), p**3 / 3 - p**2 / 2 + sp.Rational(1, 3)),
    "cases and moving end": (
        Integral(sp.Piecewise((1, x < 1), (exp(x), True)), (x, 0, p)), 1 + exp(p) - sp.E),
    "reversed": (Integral(sin(x), (x, p, 0)), cos(p) - 1),
}  # fmt: skip


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_values_and_derivatives_against_closed_forms(dtype):
    names = list(CASES) if dtype == np.float64 else list(CASES)[1:4]
    f = compile_formula(Formula(tuple(CASES[name][0] for name in names), [p]))
    values, slopes = jax.jit(lambda v: jax.jvp(f, (v,), (np.ones((), dtype),)))(dtype(1.5))
    for name, value, slope in zip(names, values, slopes, strict=True):
        exact = CASES[name][1]
        for got, what in ((value, exact), (slope, exact.diff(p))):
            expected = float(what.subs(p, sp.Rational(3, 2)).evalf(20))
            allowed = 64 * float(np.finfo(dtype).eps) * max(1.0, abs(expected))
            assert float(got) == pytest.approx(expected, abs=allowed), name


def test_second_derivatives_under_the_integral():
    f = compile_formula(Formula(Integral(exp(-p * x**2), (x, 0, oo)), [p]))
    second = jax.jit(jax.grad(jax.grad(f)))(1.5)
    exact = (sqrt(sp.pi / p) / 2).diff(p, 2).subs(p, sp.Rational(3, 2))
    assert float(second) == pytest.approx(float(exact), rel=1e-12)


def test_a_nested_integral():
    f = compile_formula(Formula(Integral(exp(-x * y * p), (x, 0, y), (y, 0, 1)), [p]))
    exact = mpmath.quad(lambda v: (1 - mpmath.exp(-1.5 * v * v)) / (1.5 * v), [0, 1])
    assert float(f(1.5)) == pytest.approx(float(exact), rel=1e-12)


def test_what_does_not_converge_is_not_a_number():
    f = compile_formula(Formula(Integral(x**-p, (x, 0, 1)) + Integral(sin(x), (x, 0, oo)), [p]))
    assert np.isnan(f(1.0))


def test_what_cannot_be_resolved_is_refused_with_its_reason():
    for integrand, reason in (
        (abs(x - p), "known at build time"),
        (sp.Heaviside(x - p), "known at build time"),
        (sp.floor(x * p), "jumps"),
    ):
        with pytest.raises(CompileError, match=reason):
            compile_formula(Formula(Integral(integrand, (x, 0, 1)), [p]))
    with pytest.raises(CompileError, match="both bounds"):
        compile_formula(Formula(Integral(x * p, x), [x, p]))
