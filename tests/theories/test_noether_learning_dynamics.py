"""Noether's learning dynamics: derivations that stand, against the card and exact replay."""

from __future__ import annotations

from fractions import Fraction

import mpmath as mp
import numpy as np
import pytest
from sympy import Derivative, Function, Rational, S, exp, log, symbols

from derivax import Outcome, catalog, derive
from derivax.errors import InputError
from derivax.symbolic.methods.variation import zero_finding

THEORY = "noether-learning-dynamics"
IN_TEST_NOETHER_OPTIMISERS = {  # each of them is held to be proven there
    "adaptive-charge", "bregman-charge", "discrete-charge-history", "discrete-matrix-charge",
    "discrete-rotation", "discrete-translation", "effective-rate", "equilibrium-norms",
    "flow-matrix-charge", "gradient-descent-charge", "gradient-flow-charge", "heavy-ball-power",
    "inertial-norm", "linear-charge", "modified-equation", "modified-loss",
    "rmsprop-dictionary", "symmetry-constraint",
}  # fmt: skip


@pytest.fixture(scope="module")
def results() -> dict[str, object]:
    names = [name.partition("/")[2] for name in catalog.expand(THEORY)]
    assert set(names) > IN_TEST_NOETHER_OPTIMISERS
    own = [name for name in names if name not in IN_TEST_NOETHER_OPTIMISERS]
    return {name: derive(f"{THEORY}/{name}") for name in own}


def test_every_derivation_is_proven(results) -> None:
    for name, derivation in results.items():
        assert derivation.name == f"{THEORY}/{name}"
        assert derivation.outcome is Outcome.PROVEN, name


def test_the_identity_holds_for_any_number_of_coordinates() -> None:
    law = derive(f"{THEORY}/noether-identity", n=1)
    assert law["identity"].rhs.has(law["euler-q_1"].lhs)
    assert law.outcome is Outcome.PROVEN
    with pytest.raises(InputError):
        derive(f"{THEORY}/noether-identity", n=0)


def test_the_hidden_charge_is_the_one_of_the_card(results) -> None:
    law = results["hidden-charge"]
    t, m, mu, k = (s for name in ("t", "m", "mu", "k") for s in law.formula.args if s.name == name)
    q, v = law.formula.args[:2]
    claimed = -exp(mu * t / m) * (m * v**2 + mu * q * v + k * q**2) / 2  # card, D3
    assert zero_finding(law.formula.expr["charge"] - claimed).outcome is Outcome.PROVEN
    assert law.verdict == "conserved"


@pytest.mark.parametrize("symmetry", ["translation", "rescale", "rotation"])
def test_every_symmetry_of_the_loss_is_broken_as_in_the_card(symmetry: str) -> None:
    law = derive(f"{THEORY}/kinetic-symmetry-breaking", symmetry=symmetry)
    assert law.outcome is Outcome.PROVEN
    assert (law.verdict == "conserved") == (symmetry == "rotation")


def test_an_unknown_symmetry_is_refused() -> None:
    with pytest.raises(InputError, match="one of"):
        derive(f"{THEORY}/kinetic-symmetry-breaking", symmetry="gauge")


def test_nesterov_is_a_member_of_the_bregman_family(results) -> None:
    # card, D6: alpha = ln 2 - ln t, beta = 2 ln t - ln 4, gamma = 2 ln t: q'' + 3 q'/t + f' = 0
    statement = results["bregman"]["acceleration-q"]
    t = next(s for s in statement.free_symbols if s.name == "t")
    T = symbols("T", positive=True)
    put = {
        Function("alpha", real=True)(t): log(2) - log(t),
        Function("beta", real=True)(t): 2 * log(t) - log(4),
        Function("gamma", real=True)(t): 2 * log(t),
    }
    q = Function("q", real=True)
    value = statement.rhs.subs(put).doit().subs(t, T).doit()
    slope = Derivative(Function("f", real=True)(q(T)), q(T))
    assert zero_finding(value + 3 * q(T).diff(T) / T + slope).outcome is Outcome.PROVEN


def test_the_slow_rate_is_that_of_the_characteristic_root(results) -> None:
    # -ln(z)/eta with z^2 - (1 + beta - eta H) z + beta = 0; the error falls as eta^3
    rate = results["heavy-ball-rate"].formula
    errors = []
    with mp.workdps(40):
        for eta in (mp.mpf("1e-3"), mp.mpf("5e-4")):
            b, H = mp.mpf("0.9"), mp.mpf(1)
            half = (1 + b - eta * H) / 2
            exact = -mp.log(half + mp.sqrt(half**2 - b)) / eta
            put = dict(zip(rate.args, map(S, (str(eta), "0.9", "1"))))
            errors.append(abs(exact - mp.mpf(str(rate.expr.subs(put).evalf(40)))))
        assert 7 < errors[0] / errors[1] < 10  # 2^3, with the next order at eta/(1 - beta)^2 = 0.1


def test_the_exact_laws_hold_in_rational_arithmetic() -> None:
    # heavy ball on loss f(q/|q|) = (q1^2 q2)/|q|^3 needs roots; a two-weight product does not:
    # f = (w1 w2 - 1)^2/2 is invariant under A = diag(1, -1)
    eta, beta, k = Fraction(1, 20), Fraction(9, 10), Fraction(1, 100)
    q, v = [Fraction(3, 2), Fraction(-1, 3)], [Fraction(1, 7), Fraction(2, 9)]
    sign = (1, -1)
    for _ in range(6):
        slope = q[0] * q[1] - 1
        g = (slope * q[1], slope * q[0])
        C, p = (sum(s * a * b for s, a, b in zip(sign, left, q)) for left in (q, v))
        v = [beta * a - eta * (b + k * c) for a, b, c in zip(v, g, q)]
        q = [a + b for a, b in zip(q, v)]
        V, p1, C1 = (
            sum(s * a * b for s, a, b in zip(sign, *pair)) for pair in ((v, v), (v, q), (q, q))
        )
        assert p1 == beta * p - eta * k * C + V  # the step `momentum` of discrete-charge
        assert C + 2 * p1 - V == C1  # the step `charge`


def test_the_equilibrium_is_that_of_a_rotating_gradient(results) -> None:
    # card, D10: eta .2, beta .95, k .03 gives the angle 0.0784665824688
    formula = results["equilibrium"].formula
    put = dict(zip(formula.args, (Rational(1, 5), Rational(95, 100), Rational(3, 100))))
    with mp.workdps(30):
        angle = mp.acos(mp.mpf(str(formula.expr["cos_angle"].subs(put).evalf(30))))
        assert abs(angle - mp.mpf("0.0784665824688")) < mp.mpf("1e-13")


def test_equilibrium_is_reached_by_the_iteration(results) -> None:
    # a gradient of constant size, tangential, that turns with the weights: scale invariant
    eta, beta, k = 0.1, 0.9, 0.05
    q, v = np.array([2.0, 0.0]), np.zeros(2)
    for _ in range(20_000):
        r2 = q @ q
        g = np.array([-q[1], q[0]]) / r2
        v = beta * v - eta * (g + k * q)
        before, q = q, q + v
    cosine = before @ q / np.sqrt((before @ before) * (q @ q))
    formula = results["equilibrium"].formula
    put = dict(zip(formula.args, (Rational(1, 10), Rational(9, 10), Rational(1, 20))))
    assert abs(cosine - float(formula.expr["cos_angle"].subs(put))) < 1e-14
    assert abs(v @ v / (q @ q) - float(formula.expr["relative_step"].subs(put))) < 1e-14


def test_the_corrected_law_is_nineteen_times_slower_at_momentum_09(results) -> None:
    # card, D9: uncorrelated gradients replace (1 + beta)/(1 - beta)^3 by 1/(1 - beta)^2
    formula = results["slow-growth"].formula
    put = dict(zip(formula.args, (S(1), Rational(9, 10), S(0), S(1), S(1))))
    smooth, white = (formula.expr[name].subs(put) for name in ("smooth", "white"))
    assert (smooth, white, smooth / white) == (1900, 100, 19)


def test_the_norm_obeys_the_bernoulli_equation(results) -> None:
    # x = r^2: (1 - beta) x' = -2k x + eta (1 + beta) gh^2/((1 - beta)^2 x), integrated by mpmath
    formula = results["norm-history"].formula
    values = {"eta": "0.02", "beta": "0.9", "k": "0.01", "gh": "0.3", "r0": "1.2", "t": "7"}
    put = {a: S(values[a.name]) for a in formula.args}
    with mp.workdps(20):
        eta, b, k, gh, r0, t = (mp.mpf(values[n]) for n in ("eta", "beta", "k", "gh", "r0", "t"))
        path = mp.odefun(
            lambda s, x: (-2 * k * x + eta * (1 + b) * gh**2 / ((1 - b) ** 2 * x)) / (1 - b),
            0,
            r0**2,
        )
        assert abs(path(t) ** 2 - mp.mpf(str(formula.expr.subs(put).evalf(20)))) < mp.mpf("1e-14")


def test_the_oscillator_has_no_case_at_critical_damping(results) -> None:
    formula = results["charge-oscillator"].formula
    names = [a.name for a in formula.args]
    assert names == ["t", "m", "mu", "kappa", "x0", "v0"]
    critical = dict(zip(formula.args, (S(3), S(1), S(2), S(1), S(2), S(5))))
    # x'' + 2x' + x = 0: x = e^{-t}(x0 + (v0 + x0) t)
    assert formula.expr.subs(critical) == exp(-3) * (2 + 7 * 3)
