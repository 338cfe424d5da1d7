"""Taylor coefficients are exact, singular points are refused, remainders are bounded.

References: the coefficients of the classical series (DLMF 4.19, 4.33, 24.2, 7.6), and values of the
functions themselves by mpmath.
"""

from __future__ import annotations

import time
from fractions import Fraction

import mpmath
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Rational, cos, cosh, exp, log, sin, sqrt, tan, tanh

from derivax.errors import DomainError, InputError
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.series import remainder_bound, taylor
from derivax.symbolic.nodes import Phi

x, a, b = sp.symbols("x a b", real=True)
p = sp.Symbol("p", positive=True)


def test_bernoulli_numbers_are_the_series_of_x_over_exp_minus_one() -> None:
    found = taylor(x / (exp(x) - 1), x, 0, 12)
    bernoulli = [1, Rational(-1, 2), Rational(1, 6), 0, Rational(-1, 30), 0, Rational(1, 42), 0]
    bernoulli += [Rational(-1, 30), 0, Rational(5, 66), 0, Rational(-691, 2730)]
    assert [c * sp.factorial(k) for k, c in enumerate(found)] == bernoulli


def test_classical_series() -> None:
    assert taylor(tan(x), x, 0, 7) == (
        0,
        1,
        0,
        Rational(1, 3),
        0,
        Rational(2, 15),
        0,
        Rational(17, 315),
    )
    assert taylor(sp.asin(x), x, 0, 5) == (0, 1, 0, Rational(1, 6), 0, Rational(3, 40))
    assert taylor(sp.atan(x), x, 0, 5) == (0, 1, 0, Rational(-1, 3), 0, Rational(1, 5))
    assert taylor(log(1 + x), x, 0, 3) == (0, 1, Rational(-1, 2), Rational(1, 3))
    assert taylor(sqrt(1 + x), x, 0, 3) == (1, Rational(1, 2), Rational(-1, 8), Rational(1, 16))
    assert taylor(1 / cos(x), x, 0, 6) == (
        1,
        0,
        Rational(1, 2),
        0,
        Rational(5, 24),
        0,
        Rational(61, 720),
    )
    assert taylor(sp.besselj(0, x), x, 0, 4) == (1, 0, Rational(-1, 4), 0, Rational(1, 64))
    assert taylor(Phi(2, x), x, 0, 2) == (Rational(1, 2), Rational(1, 6), Rational(1, 24))
    erf = taylor(sp.erf(x), x, 0, 3)
    assert erf[0] == 0
    assert sp.simplify(erf[1] - 2 / sqrt(sp.pi)) == 0
    assert sp.simplify(erf[3] + 2 / (3 * sqrt(sp.pi))) == 0


def test_coefficients_are_rational_functions_of_the_other_symbols() -> None:
    assert taylor(1 / (a - x), x, 0, 2) == (1 / a, a**-2, a**-3)
    assert taylor((1 + x) ** a, x, 0, 2)[2].expand() == (a**2 / 2 - a / 2).expand()
    assert taylor(exp(a * x) * p, x, 0, 2) == (p, a * p, a**2 * p / 2)
    c = taylor(log(p + x), x, 0, 2)
    assert c == (log(p), 1 / p, -1 / (2 * p**2))


def test_the_mode_solution_starts_with_its_equation() -> None:
    s, u0, tau = sp.symbols("s u_0 tau", positive=True)
    e = exp(2 * s * x / tau)
    mode = s * e / (e - 1 + s / u0)
    c = taylor(mode, x, 0, 2)
    assert c[0] == u0
    assert sp.simplify(c[1] - 2 * u0 * (s - u0) / tau) == 0
    # u'' = (2/tau) (s - 2u) u'
    assert sp.simplify(2 * c[2] - 2 / tau * (s - 2 * u0) * c[1]) == 0


SMOOTH = {
    "at another point": (exp(x) * sin(x), sp.Integer(1)),
    "at a symbolic point": (log(x) * x, p),
    "removable": (1 / sin(x) - 1 / x, sp.Integer(0)),
    "removable twice": ((cos(x) - 1 + x**2 / 2) / x**4, sp.Integer(0)),
    "shifted angle": (tan(x + a), sp.Integer(0)),
    "general power": (p**x, sp.Integer(0)),
    "nested": (exp(sin(x)) / (1 + tanh(x)), sp.Integer(0)),
    "symbolic argument": (sp.erf(p + x) * cosh(x), sp.Integer(0)),
    "gamma": (sp.gamma(x + p), sp.Integer(0)),
    "absolute value away from its kink": (sp.Abs(x - 2), sp.Integer(0)),
    "bessel": (sp.besselj(1, x), sp.Integer(2)),
}


@pytest.mark.parametrize("name", sorted(SMOOTH))
def test_the_polynomial_approaches_the_function_at_its_order(name: str) -> None:
    expr, point = SMOOTH[name]
    order = 5
    numbers = {a: Rational(3, 7), p: Rational(5, 3)}
    coefficients = [c.subs(numbers).evalf(60) for c in taylor(expr, x, point, order)]
    errors = []
    for h in (Rational(1, 10**6), Rational(1, 2 * 10**6)):
        value = expr.subs({**numbers, x: point.subs(numbers) + h}).evalf(80, maxn=400)
        errors.append(abs(value - sum(c * h**k for k, c in enumerate(coefficients))))
    if errors[1] > sp.Float("1e-50"):
        rate = mpmath.log(mpmath.mpf(str(errors[0] / errors[1])), 2)
        assert rate > order + 0.9
    else:
        assert errors[0] < sp.Float("1e-36")


SINGULAR = {
    "pole": (1 / x, 0),
    "simple pole of the cotangent": (sp.cot(x), 0),
    "logarithm of zero": (log(x), 0),
    "branch point": (sqrt(x), 0),
    "hidden branch point": (sqrt(x**2 + x**3), 0),
    "kink": (sp.Abs(x), 0),
    "kink of a root": (sqrt(x**2), 0),
    "essential singularity": (exp(1 / x), 0),
    "piecewise": (sp.Piecewise((x, x > 0), (0, True)), 0),
    "pole of gamma": (sp.gamma(x), 0),
    "unknown function": (sp.Function("f")(x), 0),
    "branch point of the arcsine": (sp.asin(x), 1),
    "end of the area tangent": (sp.atanh(x), 1),
    "across the cut": (log(sp.I * x - 1), 0),
    "unknown sign": (sp.Abs(a + x), 0),
    "identically infinite": (1 / (sin(x) ** 2 + cos(x) ** 2 - 1), 0),
    "floor": (sp.floor(x), 0),
}


@pytest.mark.parametrize("name", sorted(SINGULAR))
def test_points_without_a_taylor_series_are_refused(name: str) -> None:
    expr, point = SINGULAR[name]
    with pytest.raises(DomainError, match="expansion of"):
        taylor(expr, x, point, 4)


def test_the_domain_decides_signs() -> None:
    assert taylor(sp.Abs(a + x), x, 0, 1, domain=Domain.of([a], {a: (1, 2)})) == (a, 1)
    assert taylor(sp.Abs(a + x), x, 0, 1, domain=Domain.of([a], {a: (-2, -1)})) == (-a, -1)


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(InputError, match="order"):
        taylor(x, x, 0, -1)
    with pytest.raises(InputError, match="contains"):
        taylor(x, x, x, 2)
    with pytest.raises(InputError, match="not finite"):
        taylor(x, x, sp.oo, 2)
    with pytest.raises(InputError, match="no value"):
        remainder_bound(exp(a * x), x, 0, 3, 1)


REMAINDERS = {
    "sine": (sin(x), 4, Fraction(1, 10), 1.02),
    "exponential": (exp(x), 10, Fraction(1), 1.02),
    "expm1 over x": ((exp(x) - 1) / x, 6, Fraction(1, 2), 1.02),
    "sinc": (sin(x) / x, 8, Fraction(1), 1.02),
    "geometric": (1 / (1 - x), 5, Fraction(1, 4), 1.1),
    "bernoulli": (x / (exp(x) - 1), 6, Fraction(1, 4), 10),
    "arctangent": (sp.atan(x), 5, Fraction(1, 10), 1.1),
    "phi": (Phi(2, x), 10, Fraction(1), 1.02),
    "tanh": (tanh(x), 5, Fraction(1, 10), 1.1),
    "difference of poles": (1 / sin(x) - 1 / x, 4, Fraction(1, 10), 1.02),
    "square around a zero": ((x - Rational(1, 20)) ** 2 * exp(x), 4, Fraction(1, 10), 1.1),
}


@pytest.mark.parametrize("name", sorted(REMAINDERS))
def test_the_remainder_bound_is_a_bound_and_not_far_off(name: str) -> None:
    expr, order, radius, slack = REMAINDERS[name]
    bound = remainder_bound(expr, x, 0, order, radius)
    coefficients = taylor(expr, x, 0, order)
    worst = sp.Float(0)
    for k in range(-8, 9):
        if k:
            h = Rational(radius.numerator * k, radius.denominator * 8)
            exact = expr.subs(x, h).evalf(50, maxn=300)
            rest = abs(exact - sum(c * h**j for j, c in enumerate(coefficients)))
            worst = max(worst, rest)
    assert worst <= float(bound) * (1 + 1e-15)
    assert float(bound) <= slack * float(worst)
    assert float(remainder_bound(expr, x, 0, order, radius, disc=True)) >= float(bound) * 0.999


def test_a_radius_that_reaches_a_singularity_has_no_bound() -> None:
    assert not remainder_bound(1 / (1 - x), x, 0, 5, 1).is_finite()
    assert not remainder_bound(log(1 + x), x, 0, 5, 2).is_finite()


def test_parameters_may_be_ranges() -> None:
    from flint import arb

    wide = remainder_bound(exp(a * x), x, 0, 4, Fraction(1, 10), {a: arb(1, 1)})
    for value in (0, 1, 2):
        assert remainder_bound(exp(a * x), x, 0, 4, Fraction(1, 10), {a: value}) <= wide


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 6), st.fractions(-3, 3, max_denominator=9), st.integers(1, 5))
def test_series_of_products_are_products_of_series(n: int, c: Fraction, order: int) -> None:
    r = Rational(c.numerator, c.denominator)
    f, g = (1 + x) ** Rational(n, 3) * exp(r * x), cos(r * x) / (2 + x)
    product = taylor(f * g, x, 0, order)
    left, right = taylor(f, x, 0, order), taylor(g, x, 0, order)
    for k in range(order + 1):
        convolution = sum(left[j] * right[k - j] for j in range(k + 1))
        assert sp.expand(product[k] - convolution) == 0


def test_sixty_terms_take_a_fraction_of_a_second() -> None:
    start = time.process_time()
    coefficients = taylor(exp(sin(x)) / (1 + x), x, 0, 60)
    assert time.process_time() - start < 1.0
    assert len(coefficients) == 61
