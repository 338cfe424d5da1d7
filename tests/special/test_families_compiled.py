"""Formulas with Lambert W, Bessel, elliptic and hypergeometric heads compile and are verified."""

from __future__ import annotations

import jax
import mpmath as mp
import numpy as np
import pytest
import sympy as sp

import derivax
from derivax.errors import CompileError

x, m, n = sp.symbols("x m n", real=True)
THIRD = sp.Rational(1, 3)

FORMULAS = [
    (sp.LambertW(x) + sp.LambertW(-x / 4, -1), [x], (0.7,)),
    (sp.legendre(n, x) + sp.chebyshevt(n, x), [n, x], (6.0, 0.4)),
    (sp.meijerg([[1], []], [[1], [0]], x), [x], (0.7,)),
    (sp.besselj(0, x) + sp.besselk(THIRD, x) * sp.exp(x), [x], (3.3,)),
    (sp.elliptic_k(m) + sp.elliptic_f(x, m) + sp.elliptic_e(x, m), [x, m], (0.7, 0.3)),
    (sp.hyper([1, THIRD], [1 + THIRD], x), [x], (0.7,)),
]
SLOW = [pytest.mark.slow]
PARAMETERS = [pytest.param(*c, marks=SLOW if k > 2 else []) for k, c in enumerate(FORMULAS)]


@pytest.mark.parametrize(("formula", "arguments", "point"), PARAMETERS)
def test_value_and_derivative_of_a_compiled_formula(formula, arguments, point):
    compiled = derivax.compile(formula, arguments)
    last = len(arguments) - 1
    value, slope = jax.value_and_grad(compiled, argnums=last)(*point)

    def exact(v):
        numbers = dict(zip(arguments, [*point[:-1], v], strict=True))
        return sp.sympify(formula.subs({k: sp.Float(w, 40) for k, w in numbers.items()})).evalf(40)

    with mp.workdps(40):
        h = mp.mpf(10) ** -12
        center = mp.mpf(point[-1])
        wanted = (exact(center + h) - exact(center - h)) / (2 * h)
        assert float(value) == pytest.approx(float(exact(center)), rel=2e-14)
    assert np.isclose(float(slope), float(wanted), rtol=1e-12)


def test_a_formula_with_lambert_w_is_verified():
    formula = derivax.Formula(sp.LambertW(x), args=[x], domain={x: (-0.3, 10)}, name="w")
    assert derivax.verify(formula).verdict == "verified"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("formula", "domain"),
    [
        (sp.besselj(0, x) + sp.besselj(sp.Rational(5, 2), x), (0.1, 20)),
        (sp.elliptic_k(x) / (1 + x * x), (-2, 0.9)),
        (sp.besselk(sp.Rational(1, 4), x) * sp.exp(x), (0.1, 30)),
        (sp.hyper([1], [sp.Rational(5, 2)], x), (-2, 2)),
    ],
)
def test_formulas_of_the_families_are_verified(formula, domain):
    formula = derivax.Formula(formula, args=[x], domain={x: domain}, name="f")
    assert derivax.verify(formula).verdict == "verified"


def test_w_of_an_exponential_is_wrights_omega_and_does_not_overflow():
    compiled = derivax.compile(sp.LambertW(sp.exp(x)), [x])
    # omega(1e6) by mpmath: 10^6 - log(10^6) + ..., and omega' = omega/(1 + omega)
    with mp.workdps(40):
        omega = mp.findroot(lambda w: w + mp.log(w) - 10**6, 10**6)
    value, slope = jax.value_and_grad(compiled)(1e6)
    assert float(value) == pytest.approx(float(omega), rel=1e-15)
    assert float(slope) == pytest.approx(float(omega / (1 + omega)), rel=1e-15)


def test_what_has_no_named_form_is_refused():
    with pytest.raises(CompileError, match="no named form"):
        derivax.compile(sp.meijerg([[n], [1]], [[n / 3], [n / 7]], x), [n, x])
    with pytest.raises(CompileError, match="branches 0 and -1"):
        derivax.compile(sp.LambertW(x, 2), [x])
