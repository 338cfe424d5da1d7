"""Charges along flows and maps, modified equations of maps, and the number of steps they take."""

from __future__ import annotations

import mpmath
import pytest
from sympy import (
    Derivative,
    Function,
    ImmutableMatrix,
    Integral,
    Rational,
    S,
    Symbol,
    cos,
    diff,
    lambdify,
    log,
    series,
    simplify,
    sin,
    symbols,
)

from derivax.errors import InputError
from derivax.symbolic.exact.outcome import Outcome, weakest
from derivax.symbolic.methods.invariant import Invariant
from derivax.symbolic.methods.modified_equation import (
    ModifiedEquation,
    StepCount,
    field_of_map,
    flow_series,
)
from derivax.symbolic.statements import Statement

t = Symbol("t", real=True)
n = Symbol("n", integer=True, nonnegative=True)
h, s, tau, m, g, gamma, lam, eps = symbols("h s tau m g gamma lam eps", positive=True)
x, v, q = symbols("x v q", real=True)
a, b, c = (Function(name)(t) for name in "abc")
r, p = Function("r")(t), Function("p")(t)
f, X, P = Function("f"), Function("X"), Function("P")


def eq(lhs, rhs) -> Statement:
    return Statement(S(lhs), "=", S(rhs))


def judged(rule, premises=(), claim=None) -> tuple[Outcome, str]:
    conclusion = rule.conclude(*premises) if claim is None else claim
    findings = [(o.about, o.check()) for o in rule.obligations(tuple(premises), conclusion)]
    report = "; ".join(f"{about}: {f.outcome} {f.detail}" for about, f in findings)
    return weakest(f.outcome for _, f in findings), report


# --- charges ---

error = s - a * b * c
chain = (
    eq(tau * a.diff(t), b * c * error),
    eq(tau * b.diff(t), a * c * error),
    eq(tau * c.diff(t), a * b * error),
)
pendulum = (eq(m * r.diff(t, 2), -m * g * sin(r)),)
damped = (eq(m * r.diff(t, 2), -m * g * sin(r) - gamma * r.diff(t)),)
hamilton = (eq(r.diff(t), p / m), eq(p.diff(t), -m * lam * r))
rotation = (
    eq(X(n + 1), cos(q) * X(n) - sin(q) * P(n)),
    eq(P(n + 1), sin(q) * X(n) + cos(q) * P(n)),
)

CONSERVED = {
    "balance of three layers": (chain, a**2 - b**2),
    "another pair": (chain, a**2 - c**2),
    "energy of a pendulum": (pendulum, m * r.diff(t) ** 2 / 2 - m * g * cos(r)),
    "energy of an oscillator": (hamilton, p**2 / (2 * m) + m * lam * r**2 / 2),
    "anything constant": (hamilton, S(3)),
}
NOT_CONSERVED = {
    "sum of squares": (chain, a**2 + b**2),
    "wrong pair of factors": (chain, a**2 - 2 * b**2),
    "energy, sign": (pendulum, m * r.diff(t) ** 2 / 2 + m * g * cos(r)),
    "energy under friction": (damped, m * r.diff(t) ** 2 / 2 - m * g * cos(r)),
    "energy, lost half": (hamilton, p**2 / m + m * lam * r**2 / 2),
}


@pytest.mark.parametrize(("flow", "charge"), CONSERVED.values(), ids=CONSERVED)
def test_a_charge_is_conserved(flow, charge) -> None:
    conclusion = Invariant(charge, t).conclude(*flow)
    assert conclusion.rhs == 0
    outcome, report = judged(Invariant(charge, t), flow)
    assert outcome is Outcome.PROVEN, report


@pytest.mark.parametrize(("flow", "charge"), NOT_CONSERVED.values(), ids=NOT_CONSERVED)
def test_what_is_not_conserved_obeys_a_balance_law(flow, charge) -> None:
    rule = Invariant(charge, t)
    conclusion = rule.conclude(*flow)
    assert conclusion.rhs != 0
    assert judged(rule, flow)[0].established
    conserved = Statement(Derivative(charge, t), "=", 0)
    outcome, report = judged(rule, flow, conserved)
    assert outcome is Outcome.REFUTED, report


def test_friction_takes_energy_at_its_textbook_rate() -> None:
    energy = m * r.diff(t) ** 2 / 2 - m * g * cos(r)
    rate = Invariant(energy, t).conclude(*damped).rhs
    assert simplify(rate + gamma * r.diff(t) ** 2) == 0


def test_a_charge_of_a_map() -> None:
    rule = Invariant(X(n) ** 2 + P(n) ** 2, n, map=True)
    assert judged(rule, rotation)[0] is Outcome.PROVEN
    assert rule.conclude(*rotation).rhs == 0
    growing = Invariant(X(n) ** 2 - P(n) ** 2, n, map=True)
    change = growing.conclude(*rotation)
    assert change.rhs != 0
    assert judged(growing, rotation)[0].established
    assert judged(growing, rotation, Statement(change.lhs, "=", 0))[0] is Outcome.REFUTED


def test_gradient_descent_is_not_the_flow() -> None:
    """The balance of a two-layer chain drifts under steps of size h, at order h^2."""
    step = (
        eq(X(n + 1), X(n) + h * P(n) * (s - X(n) * P(n))),
        eq(P(n + 1), P(n) + h * X(n) * (s - X(n) * P(n))),
    )
    rule = Invariant(X(n) ** 2 - P(n) ** 2, n, map=True)
    drift = rule.conclude(*step).rhs
    assert drift != 0
    expected = -(h**2) * (s - X(n) * P(n)) ** 2 * (X(n) ** 2 - P(n) ** 2)
    assert simplify(drift - expected) == 0


def test_equations_of_motion_must_be_solvable() -> None:
    with pytest.raises(InputError, match="not linear"):
        Invariant(a, t).conclude(eq(a.diff(t) ** 2, 1))
    with pytest.raises(InputError, match="equations of motion"):
        Invariant(a, t).demand(())


def test_a_divisor_that_may_vanish_is_noticed() -> None:
    outcome, _ = judged(Invariant(a, t), (eq(x * a.diff(t), 0),))
    assert outcome is Outcome.REFUTED


# --- modified equations ---

D = [diff(f(x), x, k) for k in range(5)]
# Hairer, Lubich, Wanner, Geometric Numerical Integration, IX.1, example 1.1 and IX.9 (B-series):
# explicit Euler follows f - h/2 f'f + h^2 (1/12 f''(f,f) + 1/3 f'f'f) + ...
EULER = f(x) - h / 2 * D[1] * f(x) + h**2 * (D[2] * f(x) ** 2 / 12 + D[1] ** 2 * f(x) / 3)


def test_euler_follows_the_equation_of_the_textbook() -> None:
    (field,) = field_of_map((x + h * f(x),), (x,), h, 2)
    assert simplify(field - EULER) == 0


def test_a_linear_map_follows_a_logarithm() -> None:
    """x <- (1 + h lam) x is the flow of x' = (log(1 + h lam)/h) x, exactly."""
    (field,) = field_of_map((x + h * lam * x,), (x,), h, 6)
    exact = series(log(1 + h * lam) / h, h, 0, 7).removeO() * x
    assert (field - exact).expand() == 0


def test_the_implicit_midpoint_of_a_linear_map_is_of_even_order() -> None:
    """(1 + h lam/2)/(1 - h lam/2): the modified rate is (2/h) artanh(h lam/2), even in h."""
    (field,) = field_of_map((x * (1 + h * lam / 2) / (1 - h * lam / 2),), (x,), h, 4)
    expected = x * (lam + h**2 * lam**3 / 12 + h**4 * lam**5 / 80)
    assert simplify(field - expected) == 0


def test_the_flow_of_a_field_is_its_taylor_series() -> None:
    (row,) = flow_series((x**2,), (x,), h, 5)  # x/(1 - h x)
    assert row == tuple(x ** (k + 1) for k in range(6))


@pytest.mark.parametrize("order", [0, 1, 2, 3])
def test_any_order_is_proven_and_a_changed_coefficient_refuted(order: int) -> None:
    rule = ModifiedEquation(order, h, {x: x + h * f(x)})
    assert judged(rule)[0] is Outcome.PROVEN
    conclusion = rule.conclude()
    time = conclusion.lhs.variables[0]
    wrong = Statement(
        conclusion.lhs,
        "~",
        conclusion.rhs + h**order * f(Function("x")(time)) / 1000,
        tends=conclusion.tends,
    )
    assert judged(rule, (), wrong)[0] is Outcome.REFUTED


def test_symplectic_euler_as_a_system() -> None:
    """v <- v - h lam x, x <- x + h v: the modified energy is v^2/2 + lam x^2/2 - h lam x v/2."""
    rule = ModifiedEquation(1, h, {x: x + h * (v - h * lam * x), v: v - h * lam * x})
    outcome, report = judged(rule)
    assert outcome is Outcome.PROVEN, report
    first, second = rule.conclude().rhs
    time = rule.time
    at = {Function("x")(time): x, Function("v")(time): v}
    energy = v**2 / 2 + lam * x**2 / 2 - h * lam * x * v / 2
    drift = energy.diff(x) * first.subs(at) + energy.diff(v) * second.subs(at)
    assert drift.expand().coeff(h, 0) == 0
    assert drift.expand().coeff(h, 1) == 0
    swapped = Statement(
        rule.conclude().lhs, "~", ImmutableMatrix([second, first]), tends=(h, S.Zero)
    )
    assert judged(rule, (), swapped)[0] is Outcome.REFUTED


def test_the_map_may_be_a_premise() -> None:
    premises = (eq(X(n + 1), X(n) - h * X(n) ** 3),)
    rule = ModifiedEquation(1, h)
    outcome, report = judged(rule, premises)
    assert outcome is Outcome.PROVEN, report
    at = Function("X")(rule.time)
    assert simplify(rule.conclude(*premises).rhs - (-(at**3) - Rational(3, 2) * h * at**5)) == 0


def test_a_map_far_from_the_identity_is_refused() -> None:
    with pytest.raises(InputError, match="not near the identity"):
        ModifiedEquation(1, h, {x: 2 * x}).conclude()
    with pytest.raises(InputError, match="power of the step"):
        ModifiedEquation(-1, h, {x: x})


# --- how many steps ---


def steps_of_gradient_descent(depth: int, strength, rate, start, end):
    """Steps from u = start to u = end (a = u^(1/L)), the last one by its flow time."""
    mpmath.mp.dps = 30
    value = mpmath.mpf(start) ** (mpmath.mpf(1) / depth)
    target = mpmath.mpf(end) ** (mpmath.mpf(1) / depth)
    count = 0
    while True:
        after = value + rate * value ** (depth - 1) * (strength - value**depth)
        if after >= target:

            def slowness(u):
                return 1 / (u ** (depth - 1) * (strength - u**depth))

            part = mpmath.quad(slowness, [value, target]) / mpmath.quad(slowness, [value, after])
            return count + part
        value, count = after, count + 1


# theory card saxe-linear-networks, D11: real number of steps, flow, corrected
CARD = {2: (140.639, 139.363, 140.640)}


@pytest.mark.parametrize("depth", [2, 3, 5])
def test_the_corrected_step_count_is_that_of_real_steps(depth: int) -> None:
    start, end = symbols("a0 a_f", positive=True)
    rule = StepCount(h, start, end)
    premise = ModifiedEquation(1, h, {x: x + h * x ** (depth - 1) * (s - x**depth)}).conclude()
    outcome, report = judged(rule, (premise,))
    assert outcome is not Outcome.REFUTED, report
    counted = rule.conclude(premise).rhs
    strength, rate = mpmath.mpf("12.63"), mpmath.mpf("0.002")
    ends = [mpmath.mpf(u) ** (mpmath.mpf(1) / depth) for u in ("0.01", "6")]
    (integral,) = counted.atoms(Integral)
    slowness = lambdify([integral.variables[0], s], integral.function, "mpmath")
    flow = mpmath.quad(lambda u: slowness(u, strength), ends)
    correction = counted.subs(integral, 0)
    at = {s: strength, start: ends[0], end: ends[1]}
    corrected = flow / rate + mpmath.mpf(str(correction.subs(at).evalf(25)))
    measured = steps_of_gradient_descent(depth, strength, rate, "0.01", "6")
    assert abs(measured - flow / rate) > 0.5
    assert abs(measured - corrected) < abs(measured - flow / rate) / 50
    if depth in CARD:
        real, flow_alone, stated = CARD[depth]
        assert abs(flow / rate - flow_alone) < 1e-3
        assert abs(corrected - stated) < 1e-3
        assert abs(measured - real) < 5e-3


def test_a_known_flow_time_is_checked() -> None:
    start, end = symbols("a0 a_f", positive=True)
    premise = ModifiedEquation(1, h, {x: x - h * lam * x}).conclude()
    right = StepCount(h, start, end, flow_time=log(start / end) / lam)
    outcome, report = judged(right, (premise,))
    assert outcome.established, report
    wrong = StepCount(h, start, end, flow_time=2 * log(start / end) / lam)
    assert judged(wrong, (premise,))[0] is Outcome.REFUTED
    shifted = StepCount(h, start, end, flow_time=log(start / end) / lam + 1)
    assert judged(shifted, (premise,))[0] is Outcome.REFUTED


def test_a_field_that_changes_sign_between_the_ends_is_noticed() -> None:
    start, end = symbols("a0 a_f", positive=True)
    premise = ModifiedEquation(1, h, {x: x + h * (1 - x)}).conclude()
    rule = StepCount(h, start, end)
    anywhere = Statement(rule.count, "~", rule.conclude(premise).rhs, tends=(h, S.Zero))
    assert judged(rule, (premise,), anywhere)[0] is Outcome.REFUTED
    assert judged(rule, (premise,))[0] is not Outcome.REFUTED
    known = StepCount(h, start, end, flow_time=log((1 - start) / (1 - end)))
    below = known.conclude(premise).under(start < 1, end < 1)
    assert judged(known, (premise,), below)[0].established


def test_a_field_that_vanishes_twice_between_the_ends_is_noticed() -> None:
    """The field (1 - x)(3 - x) has one sign at 0 and at 4, and stops at 1 all the same."""
    start, end = symbols("a0 a_f", positive=True)
    premise = ModifiedEquation(1, h, {x: x + h * (1 - x) * (3 - x)}).conclude()
    rule = StepCount(h, start, end)
    assert judged(rule, (premise,))[0] is Outcome.REFUTED
    below = rule.conclude(premise).under(start < 1, end < 1)
    assert judged(rule, (premise,), below)[0] is not Outcome.REFUTED


def test_higher_orders_count_better() -> None:
    """x <- (1 - h) x takes log(x0/x)/(-log(1 - h)) steps; each order gains a factor h."""
    start, end = symbols("a0 a_f", positive=True)
    exact = -mpmath.log(2) / mpmath.log(mpmath.mpf(9) / 10)
    errors = []
    for order in (1, 2, 3):
        premise = ModifiedEquation(order, h, {x: x - h * x}).conclude()
        counted = StepCount(h, start, end).conclude(premise).rhs.doit()
        value = counted.subs({start: 2, end: 1, h: Rational(1, 10)}).evalf(20)
        errors.append(abs(mpmath.mpf(str(value)) - exact))
    assert errors[1] < 0.2 * errors[0]
    assert errors[2] < 0.2 * errors[1]
