"""Separable equations with symbolic parameters, against integration of the equation itself.

The reference is `mpmath.odefun` (Taylor series at 30 digits) on the right-hand side, at parameter
values that are chosen here; it uses nothing that the derivation used.
"""

from __future__ import annotations

import mpmath
import pytest
from sympy import Eq, Function, Piecewise, Rational, cos, exp, lambdify, log, sqrt, symbols

import derivax as dx
from derivax.symbolic.exact.outcome import Outcome

t, k, r, K, h, u0, p, V, Km, a, b = symbols("t k r K h u0 p V Km a b", positive=True)
u = Function("u", positive=True)
RATE = u(t).diff(t)

CASES = {
    "exponential decay": (-k * u(t), {k: 0.7, u0: 1.3}, 2.0),
    "logistic": (r * u(t) * (1 - u(t) / K), {r: 1.1, K: 2.5, u0: 0.3}, 3.0),
    "logistic from above": (r * u(t) * (1 - u(t) / K), {r: 1.1, K: 2.5, u0: 4.0}, 3.0),
    "harvested, sustainable": (r * u(t) * (1 - u(t) / K) - h, {r: 2, K: 3, h: 0.5, u0: 1.0}, 2.0),
    "harvested, collapsing": (r * u(t) * (1 - u(t) / K) - h, {r: 1, K: 2, h: 1.1, u0: 1.5}, 1.0),
    "harvested, critical": (r * u(t) * (1 - u(t) / K) - h, {r: 2, K: 2, h: 1, u0: 1.5}, 1.0),
    "Gompertz": (r * u(t) * log(K / u(t)), {r: 0.8, K: 3, u0: 0.2}, 2.0),
    "Bernoulli": (a * u(t) - b * u(t) ** p, {a: 1.2, b: 0.4, p: 2.7, u0: 0.5}, 2.0),
    "Bernoulli, cubic": (a * u(t) - b * u(t) ** 3, {a: 1.2, b: 0.4, u0: 0.5}, 2.0),
    "power law, growing": (k * u(t) ** p, {k: 0.5, p: 0.5, u0: 1.0}, 2.0),
    "power law, before blow-up": (k * u(t) ** p, {k: 0.5, p: 2.5, u0: 1.0}, 0.9),
    "Torricelli": (-k * sqrt(u(t)), {k: 0.5, u0: 2.0}, 1.5),
    "Michaelis-Menten": (-V * u(t) / (Km + u(t)), {V: 1.1, Km: 0.6, u0: 2.0}, 3.0),
    "non-autonomous": (-2 * t * u(t), {u0: 2.0}, 1.2),
    "periodic rate": (u(t) * cos(t), {u0: 2.0}, 3.0),
    "exponential": (exp(-u(t)), {u0: 0.4}, 2.0),
    "circular": (1 + u(t) ** 2, {u0: 0.4}, 0.8),
}


def number(value):
    """The value as an exact rational, so that both sides use the same parameters."""
    return Rational(str(value))


def integrated(rhs, values, end):
    """u(end) by Taylor integration at 30 digits."""
    x, y = symbols("x y")
    exact = {s: number(v) for s, v in values.items()}
    field = lambdify((x, y), rhs.subs(u(t), y).subs(t, x).subs(exact), "mpmath")
    with mpmath.workdps(30):
        start = mpmath.mpf(str(exact[u0].evalf(35)))
        return mpmath.odefun(field, 0, start)(mpmath.mpf(str(end)))


@pytest.mark.parametrize(
    "name",
    # one formula serves the three regimes of harvesting; the critical one is the hardest
    [
        pytest.param(name, marks=pytest.mark.slow)
        if name in ("harvested, sustainable", "harvested, collapsing")
        else name
        for name in CASES
    ],
)
def test_solution_follows_the_equation(name):
    rhs, values, end = CASES[name]
    derivation = dx.derive(Eq(RATE, rhs), unknown=u(t), given={u(0): u0})
    assert derivation.outcome.established
    at = {s: number(v) for s, v in values.items()} | {t: number(end)}
    with mpmath.workdps(30):
        reached = mpmath.mpf(str(derivation.formula.expr.subs(at).evalf(25)))
        # odefun at 30 digits loses a few of them over the interval; evalf gives 25
        assert abs(reached - integrated(rhs, values, end)) < mpmath.mpf(10) ** -18


@pytest.mark.parametrize("name", ["logistic", "Gompertz", "Bernoulli", "power law, growing"])
def test_solution_is_proven_against_its_problem(name):
    rhs, _, _ = CASES[name]
    derivation = dx.derive(Eq(RATE, rhs), unknown=u(t), given={u(0): u0})
    assert derivation.steps[-1].outcome is Outcome.PROVEN


def test_changing_the_equation_changes_the_solution():
    once = dx.derive(Eq(RATE, -k * u(t)), given={u(0): u0}).formula
    twice = dx.derive(Eq(RATE, -2 * k * u(t)), given={u(0): u0}).formula
    assert once.expr == u0 * exp(-k * t)
    assert twice.expr == u0 * exp(-2 * k * t)


def test_equilibrium_stays():
    derivation = dx.derive(Eq(RATE, r * u(t) * (K - u(t))), unknown=u(t), given={u(0): K})
    assert derivation.formula.expr == K
    assert derivation.outcome is Outcome.PROVEN


def test_square_blows_up_at_the_inverse_of_its_start():
    derivation = dx.derive(Eq(RATE, k * u(t) ** 2), given={u(0): u0})
    (condition,) = derivation.conclusion.given
    assert condition.subs({k: 2, u0: 3, t: 0.16}) == True  # noqa: E712  (1/(k u0) = 1/6)
    assert condition.subs({k: 2, u0: 3, t: 0.17}) == False  # noqa: E712


def test_blow_up_inside_the_asked_interval_is_refused():
    with pytest.raises(dx.errors.NotDerived, match="does not exist on the asked interval"):
        dx.derive(Eq(RATE, u(t) ** 2), given={u(0): u0}, assume=(t <= 2,))


def test_same_equation_on_a_safe_interval_is_solved():
    derivation = dx.derive(Eq(RATE, u(t) ** 2), given={u(0): u0}, assume=(t * u0 < 1,))
    assert derivation.outcome is Outcome.PROVEN
    assert derivation.conclusion.given == ()


@pytest.mark.parametrize(
    "rhs, reason",
    [
        (u(t) + t, "not a product"),
        (u(t).diff(t, 2) - u(t), "order 2"),
        (sqrt(1 + RATE**2) - u(t) - RATE, "not linear"),
        (exp(-(u(t) ** 2)) * Piecewise((1, u(t) > 1), (2, True)), ""),
    ],
)
def test_what_does_not_separate_is_refused_with_a_reason(rhs, reason):
    with pytest.raises(dx.errors.NotDerived) as refused:
        dx.derive(Eq(RATE, rhs), unknown=u(t), given={u(0): u0})
    ((method, said),) = refused.value.tried
    assert method == "separable_ode"
    assert reason in said


def test_missing_initial_value_is_named():
    with pytest.raises(dx.errors.NotDerived, match="initial value"):
        dx.derive(Eq(RATE, -k * u(t)), unknown=u(t))


def test_unknown_method_is_named():
    with pytest.raises(dx.errors.InputError, match="separable_ode"):
        dx.derive(Eq(RATE, -k * u(t)), given={u(0): u0}, method="magic")
