"""Limits: proven by exact arguments, held or refuted along sequences, open where it is too slow."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import (
    Abs,
    Dummy,
    E,
    Rational,
    S,
    Symbol,
    cos,
    exp,
    log,
    oo,
    pi,
    sin,
    sqrt,
    symbols,
    tanh,
)

from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.dominance import limit_certificate
from derivax.symbolic.exact.order import falls_at_order
from derivax.symbolic.exact.outcome import Outcome
from derivax.symbolic.exact.regularity import divisors
from derivax.symbolic.exact.tendency import tends_to

t, s, tau, u0, a, b = symbols("t s tau u0 a b", positive=True)
x, y, c = symbols("x y c", real=True)
n = Symbol("n", integer=True, positive=True)
growth = s * exp(2 * s * t / tau) / (exp(2 * s * t / tau) - 1 + s / u0)
small = Domain.of([a, n], {a: (0, Rational(1, 2))})

PROVEN = {
    "logistic growth saturates": (growth, t, oo, s),
    "logistic growth starts": (growth, t, 0, u0),
    "removable singularity": ((1 - cos(x)) / x**2, x, 0, Rational(1, 2)),
    "power with symbolic exponent": (t**a, t, 0, 0),
    "logarithm against a power": (log(t) / t**a, t, oo, 0),
    "logarithm diverges": (log(t), t, oo, oo),
    "logarithm at zero": (log(t), t, 0, -oo),
    "slow decay": (1 / log(t), t, oo, 0),
    "double pole": (1 / x**2, x, 0, oo),
    "hyperbolic tangent": (tanh(a * t), t, oo, 1),
    "rational, leading coefficients": ((a * t + b) / (2 * t + 1), t, oo, a / 2),
    "difference quotient": ((x**2 - y**2) / (x - y), x, y, 2 * y),
    "at an irrational point": (sin(x) / (x - pi), x, pi, -1),
    "power against exponential": (t * exp(-a * t), t, oo, 0),
    "Gaussian against exponential": (exp(t - t**2), t, oo, 0),
    "power against stretched exponential": (t**5 * exp(-sqrt(t)), t, oo, 0),
    "to minus infinity": (exp(x) * (1 + x**2), x, -oo, 0),
}
HELD = {
    "oscillation that dies": (sin(t) / t, t, oo, 0),
    "compound interest": ((1 + a / t) ** t, t, oo, exp(a)),
    "Euler's number, integers": ((1 + 1 / n) ** n, n, oo, E),
    "conjugate roots": (sqrt(t**2 + t) - t, t, oo, Rational(1, 2)),
}
REFUTED = {
    "lost factor": (growth, t, oo, 2 * s),
    "sign": (growth, t, oo, -s),
    "swapped symbol": (growth, t, oo, u0),
    "wrong end": (growth, t, 0, s),
    "cosine, lost half": ((1 - cos(x)) / x**2, x, 0, 1),
    "one-sided": (Abs(x) / x, x, 0, 1),
    "pole with two signs": (1 / x, x, 0, oo),
    "pole taken for a zero": (1 / x, x, 0, 0),
    "wrong infinity": (log(t), t, oo, -oo),
    "finite taken for infinite": (tanh(t), t, oo, oo),
    "oscillation": (sin(t), t, oo, 0),
    "alternation of integers": (cos(pi * n), n, oo, 1),
    "a remainder of 2^-20": (S(2) ** -20 + 1 / t, t, oo, 0),
    "compound interest, no exponential": ((1 + a / t) ** t, t, oo, a),
    "missing condition a < b": (exp((a - b) * t), t, oo, 0),
    "missing condition a < 1": (a**n, n, oo, 0),
    "special parameter c = 0": (x**2 / (c * x + x**2), x, 0, 0),
}
TOO_SLOW = {
    "iterated logarithm": (1 / log(log(t)), t, oo, 0),
    "thrice iterated": (1 / log(log(log(t))), t, oo, 0),
}


@pytest.mark.parametrize(("expr", "variable", "point", "value"), PROVEN.values(), ids=PROVEN)
def test_an_exact_argument_proves_the_limit(expr, variable, point, value) -> None:
    finding = tends_to(expr, variable, S(point), S(value), None)
    assert finding.outcome is Outcome.PROVEN, finding


@pytest.mark.parametrize(("expr", "variable", "point", "value"), HELD.values(), ids=HELD)
def test_a_limit_holds_along_sequences(expr, variable, point, value) -> None:
    finding = tends_to(expr, variable, S(point), S(value), None)
    assert finding.outcome is Outcome.HOLDS, finding
    assert finding.resolution is not None
    assert finding.resolution < 1e-6


@pytest.mark.parametrize(("expr", "variable", "point", "value"), REFUTED.values(), ids=REFUTED)
def test_a_wrong_limit_is_refuted(expr, variable, point, value) -> None:
    finding = tends_to(expr, variable, S(point), S(value), None)
    assert finding.outcome is Outcome.REFUTED, finding
    assert finding.witness


@pytest.mark.parametrize(("expr", "variable", "point", "value"), TOO_SLOW.values(), ids=TOO_SLOW)
def test_what_is_too_slow_to_see_stays_open(expr, variable, point, value) -> None:
    """True limits, too slow for h = 2^-256: they must be neither refuted nor held."""
    assert tends_to(expr, variable, S(point), S(value), None).outcome is Outcome.OPEN


def test_the_domain_restricts_the_claim() -> None:
    assert tends_to(a**n, n, oo, S(0), small).outcome is Outcome.HOLDS
    above = Domain.of([x], {x: (0, oo)})
    assert tends_to(1 / x, x, S(0), oo, above).outcome.established
    ordered = Domain.of([a, b], where=(a < b,))
    assert tends_to(exp((a - b) * t), t, oo, S(0), ordered).outcome.established


def test_no_path_to_the_point_leaves_the_claim_open() -> None:
    bounded = Domain.of([t], {t: (0, 2)})
    assert tends_to(exp(-t) + 0 * a, t, oo, S(1), bounded).outcome is not Outcome.HOLDS


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.integers(-3, 3), st.integers(-2, 2), st.integers(-2, 2)),
        min_size=1,
        max_size=3,
    ),
    st.integers(1, 3),
)
def test_certificates_of_random_sums_agree_with_the_growth_of_exponents(terms, power) -> None:
    """sum_i c_i e^(g_i/h) h^b_i over e^(3/h) h^power tends to 0 exactly when each term does."""
    h = Dummy("h", positive=True)
    top = sum(coefficient * exp(g / h) * h**k for coefficient, g, k in terms)
    expr = top * exp(-2 / h) * h ** (-power)
    grouped: dict[tuple[int, int], int] = {}
    for coefficient, g, k in terms:
        grouped[g, k] = grouped.get((g, k), 0) + coefficient
    vanishing = all(g < 2 or (g == 2 and k > power) for (g, k), total in grouped.items() if total)
    assert limit_certificate(S(expr), h, S(0), None) is vanishing


ORDERS = {
    "sine": (sin(x) - x, 3),
    "exponential": (exp(a * x) - 1 - a * x, 2),
    "a tiny lower term": (x**3 + S(10) ** -25 * x**2, 2),
    "an exact zero": ((x + 1) ** 2 - x**2 - 2 * x - 1, 7),
}


@pytest.mark.parametrize(("error", "order"), ORDERS.values(), ids=ORDERS)
def test_the_order_of_an_error_is_seen(error, order) -> None:
    assert falls_at_order(S(error), x, S(0), order, None).outcome is Outcome.HOLDS
    if error != 0 and error.expand() != 0:
        finding = falls_at_order(S(error), x, S(0), order + 1, None)
        assert finding.outcome is Outcome.REFUTED
        assert finding.witness is not None
        assert abs(finding.witness["slope"] - order) < 0.05


def test_a_logarithm_in_the_error_is_seen() -> None:
    h = Symbol("h", positive=True)
    assert falls_at_order(h**2 * log(h), h, S(0), 2, None).outcome is not Outcome.HOLDS
    assert falls_at_order(h**2 * log(h), h, S(0), 1, None).outcome is Outcome.HOLDS


def test_divisors_are_the_leading_coefficients() -> None:
    assert set(divisors(x**2 / (c * x + x**2) + log(y + x), x)) == {c, y}
    assert divisors((1 - cos(x)) / x**2, x) == ()
