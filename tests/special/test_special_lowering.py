"""SymPy's special heads compile: values and derivatives against SymPy's own evaluation (mpmath)."""

from __future__ import annotations

import jax
import numpy as np
import pytest
import sympy as sp

import derivax
from derivax.errors import CompileError
from derivax.numeric.codegen import compile_formula, support
from derivax.numeric.special.table import ROW_OF_PRIMAL
from derivax.numeric.verify.rounding import rounding_bound
from derivax.symbolic.formula import Formula

x = sp.Symbol("x", positive=True)


def compiled(expr):
    return compile_formula(Formula(expr, args=[x], name="f"))


@pytest.mark.parametrize(
    "expr",
    [
        sp.loggamma(x) * sp.erfi(x / 2) + sp.gamma(sp.Rational(1, 3)),
        pytest.param(sp.Si(x) + sp.sin(sp.pi * x) * sp.Ei(x), marks=pytest.mark.slow),
        pytest.param(
            sp.polygamma(2, x) + sp.lowergamma(sp.Rational(5, 3), x) + sp.fresnels(x),
            marks=pytest.mark.slow,
        ),
    ],
)
def test_values_and_two_derivatives_are_those_of_sympy(expr):
    f = compiled(expr)
    point = sp.Rational(11, 8)
    calls = (f, jax.grad(f), jax.grad(jax.grad(f)))
    for order, call in enumerate(calls):
        exact = float(sp.N(sp.diff(expr, x, order).subs(x, point), 25))
        assert float(call(float(point))) == pytest.approx(exact, rel=2e-14)


def test_a_multiple_of_pi_is_reduced_exactly():
    f = compiled(sp.sin(sp.pi * x) / (1 + x))
    assert float(f(1e15)) == 0.0  # sin(fl(pi) 1e15) is not


HALF = sp.Rational(1, 2)
RATIOS = [
    # (formula, point): derivatives at whole numbers, where gamma functions have poles
    (sp.harmonic(x) + sp.factorial(x), 1.3),
    (sp.binomial(x, 5), 3.0),
    (sp.binomial(11 * HALF, x), 7.25),
    (sp.beta(x, 5 * HALF), 1.3),
    (sp.FallingFactorial(x, 5 * HALF), 3.3),
    (sp.betainc(2, 5 * HALF, 0, x) - sp.betainc_regularized(2, 3, x, 1), 0.3),
    (sp.expint(5 * HALF, x), 0.7),
    (sp.zeta(3, x), 1.5),
    (sp.polylog(3 * HALF, x), 0.4),
    (sp.polylog(2, -x), 3.0),
    (sp.lerchphi(x, 2, HALF), 0.7),
    (sp.catalan(x), 2.2),
    (sp.harmonic(x, 2), 3.3),
]
SLOW = [pytest.mark.slow]


@pytest.mark.parametrize(
    ("expr", "point"), [pytest.param(*c, marks=SLOW if k > 0 else []) for k, c in enumerate(RATIOS)]
)
def test_ratios_and_zeta_functions_compile_with_their_slopes(expr, point):
    value, slope = jax.value_and_grad(compiled(expr))(point)
    step = sp.Float(10, 50) ** -12
    center = sp.Float(point, 50)

    def exact(v):
        return sp.N(expr.subs(x, v), 45)

    assert float(value) == pytest.approx(float(exact(center)), rel=2e-14, abs=1e-15)
    quotient = (exact(center + step) - exact(center - step)) / (2 * step)
    assert float(slope) == pytest.approx(float(quotient), rel=1e-12)


@pytest.mark.slow
def test_hankel_functions_are_complex():
    for expr in (sp.hankel1(1, x), sp.hn2(2, x)):
        got = complex(derivax.compile(expr, [x])(1.5))
        assert got == pytest.approx(complex(expr.subs(x, 1.5).evalf(20)), rel=1e-13)


n = sp.Symbol("n", integer=True, positive=True)


@pytest.mark.parametrize(
    "expr", [sp.erf2inv(x / 9, x / 10), sp.tribonacci(n), sp.bernoulli(n, x), sp.harmonic(n, x)]
)
def test_a_head_without_lowering_is_refused(expr):
    with pytest.raises(CompileError):
        derivax.compile(expr, sorted(expr.free_symbols, key=str))


def test_a_derivative_in_the_order_is_refused_with_the_way_out():
    f = compiled(sp.lowergamma(x, 2 * x))
    with pytest.raises(CompileError, match="keep this argument a number"):
        jax.grad(f)(1.5)


def test_the_error_model_takes_a_special_function_as_one_operation():
    f = compiled(sp.erfc(x))
    found = rounding_bound(lambda t: f(t), [np.float64([0.25, 2.0, 5.0])])
    eps = 2.0**-52
    relative = found.bounds[0] / np.abs(found.values[0])
    # the documented 4 ulp of the value and nothing else; ulp <= eps |f|
    assert (relative <= 4.01 * eps).all()
    assert (relative >= 3.99 * eps / 2).all()


def test_every_definition_is_among_the_functions_that_modules_may_contain():
    assert set(ROW_OF_PRIMAL) <= support.names()
