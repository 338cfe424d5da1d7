"""Functional equations that tie the special functions to each other, at random arguments."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derivax.numeric import special

EPS = 2.0**-52


def reals(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_nan=False, allow_subnormal=False, width=64)


def close(a, b, ulps: float) -> bool:
    a, b = float(a), float(b)
    return abs(a - b) <= ulps * EPS * max(abs(a), abs(b), 1e-300)


@given(reals(-6, 6))
@settings(max_examples=25)
def test_the_error_function_and_its_complement_add_up(x):
    assert close(special.erf(x) + special.erfc(x), 1.0, 4)
    assert close(special.erfc(x) + special.erfc(-x), 2.0, 4)
    assert close(special.ndtr(x) + special.ndtr(-x), 1.0, 4)


@given(reals(-3.5, 3.5))
@settings(max_examples=25)
def test_inverses_return_what_their_slope_allows(x):
    slope = math.exp(x * x)
    assert abs(float(special.erfinv(special.erf(x))) - x) <= 8 * EPS * (slope + abs(x))
    assert abs(float(special.asinh(special.sinh(x))) - x) <= 8 * EPS * abs(x)
    assert abs(float(special.atanh(special.tanh(x))) - x) <= 8 * EPS * (abs(x) + math.cosh(x) ** 2)


@given(reals(0.05, 150))
@settings(max_examples=25)
def test_gamma_satisfies_its_recurrence_and_digamma_its_own(x):
    # x + 1 is rounded: its error times the logarithmic derivative
    slack = 8 + (x + 1) * math.log(x + 2)
    assert close(special.gamma(x + 1), x * special.gamma(x), slack)
    assert close(special.digamma(x + 1) - 1 / x, special.digamma(x), 40 + 40 / abs(
        float(special.digamma(x)) or 1e-9
    ))  # fmt: skip
    assert close(special.gamma(x) * special.rgamma(x), 1.0, 8)
    assert close(special.loggamma(x + 3), math.log(float(special.gamma(x + 3))), slack)


@given(reals(-12.7, -0.1))
@settings(max_examples=25)
def test_gamma_is_reflected(x):
    # DLMF 5.5.3, with sin(pi x) reduced exactly
    if abs(x - round(x)) > 1e-3:
        slack = 16 + abs(x) * math.log(2 + abs(x))
        product = special.gamma(x) * special.gamma(1 - x) * special.sinpi(x)
        assert close(product, math.pi, slack)


@given(reals(0.01, 30))
@settings(max_examples=25)
def test_exponential_integrals_belong_together(x):
    ei, e1 = special.ei(x), special.e1(x)
    assert float(special.ei(-x)) == -float(e1)
    scale = max(abs(float(ei)), abs(float(e1)))
    assert abs(float(special.shi(x)) - 0.5 * float(ei + e1)) <= 8 * EPS * scale
    assert abs(float(special.chi(x)) - 0.5 * float(ei - e1)) <= 8 * EPS * scale


@given(reals(-40, 40), reals(-40, 40))
@settings(max_examples=25)
def test_the_log_domain_agrees_with_the_plain_one(a, b):
    total = special.logaddexp(a, b)
    assert float(total) >= max(a, b)
    assert abs(float(total) - max(a, b) - math.log1p(math.exp(-abs(a - b)))) <= 4 * EPS * (
        1 + abs(float(total))
    )
    gap = abs(a - b)
    if gap > 1e-3:
        expected = math.log(-math.expm1(-gap)) if gap < 0.7 else math.log1p(-math.exp(-gap))
        assert close(special.log1mexp(gap), expected, 16)


@pytest.mark.parametrize("x", [0.3, 2.0, 11.0])
def test_pythagoras_for_the_functions_of_pi_x(x):
    assert close(special.sinpi(x) ** 2 + special.cospi(x) ** 2, 1.0, 4)
