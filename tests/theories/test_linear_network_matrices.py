"""The matrix Riccati solution and correlated inputs of deep linear networks, as derivations.

Independent: matrix exponentials of SciPy, integration of the flow in mpmath, explicit matrices.
"""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from scipy.integrate import quad_vec, solve_ivp
from scipy.linalg import expm
from sympy import MatrixSymbol, Ne, Rational, Symbol, symbols

import derivax as dx
from derivax.symbolic.exact.outcome import Outcome
from derivax.symbolic.methods.matrix_identity import MatrixIdentity
from derivax.symbolic.methods.matrix_riccati import MatrixRiccati, RateOf
from derivax.symbolic.nodes.matrix_calculus import TimeDerivative as Rate
from derivax.symbolic.statements import Statement

THEORY = "saxe-linear-networks"
n, h = symbols("n h", integer=True, positive=True)
tau = Symbol("tau", positive=True)
A, B, S, E, G, P, R, R0 = (
    MatrixSymbol(x, n, n) for x in ("A", "B", "S", "E", "G", "P", "R", "R_0")
)
Q0 = MatrixSymbol("Q_0", n, h)


def outcomes(rule, premises, conclusion):
    return {o.about: o.check().outcome for o in rule.obligations(premises, conclusion)}


def premises(equation):
    return (
        Statement(tau * Rate(R), "=", equation),
        Statement(R0, "=", Q0 * Q0.T),
        Statement(tau * Rate(E), "=", A * E),
        Statement(tau * Rate(P), "=", E.T * E),
    )


def test_the_riccati_derivation_is_proven_for_all_shapes():
    derivation = dx.derive(f"{THEORY}/riccati")
    assert derivation.outcome is Outcome.PROVEN
    for name in ("conserved", "riccati-equation", "propagator-rate", "integral-rate", "solution"):
        assert derivation[name] is not None


def test_the_solution_is_that_of_the_equation_on_explicit_matrices():
    """A rank-deficient rectangular correlation; the integral by quadrature, not by phi."""
    rng = np.random.default_rng(0)
    sigma = np.outer(rng.standard_normal(2), rng.standard_normal(3))
    f = np.block([[np.zeros((3, 3)), sigma.T], [sigma, np.zeros((2, 2))]])
    q = rng.standard_normal((5, 2)) / 2
    flow = solve_ivp(
        lambda _, r: (f @ r.reshape(5, 5) + r.reshape(5, 5) @ f - r.reshape(5, 5) @ r.reshape(5, 5))
        .ravel(), (0, 1.5), (q @ q.T).ravel(), "DOP853", rtol=1e-12, atol=1e-13,
    ).y[:, -1].reshape(5, 5)  # fmt: skip
    values = {"E": expm(1.5 * f), "P": quad_vec(lambda s: expm(2 * f * s), 0, 1.5)[0], "Q_0": q}
    solution = dx.derive(f"{THEORY}/riccati")["solution"].rhs
    assert [str(part) for part in solution.args][:2] == ["E", "Q_0"]
    e, p = values["E"], values["P"]
    found = e @ q @ np.linalg.inv(np.eye(2) + q.T @ p @ q) @ q.T @ e.T
    np.testing.assert_allclose(found, flow, atol=1e-10)


@pytest.mark.parametrize(
    "equation", [A * R + R * A.T - 2 * R * R, A * R + R * A - R * R, A * R + R * A.T + R * R]
)
def test_the_solution_of_another_equation_is_refuted(equation):
    rule = MatrixRiccati(Q0, E, P)
    claim = rule.conclude(*premises(A * R + R * A.T - R * R))
    assert set(outcomes(rule, premises(A * R + R * A.T - R * R), claim).values()) == {
        Outcome.PROVEN
    }
    assert Outcome.REFUTED in outcomes(rule, premises(equation), claim).values()


def test_in_general_the_inverse_is_a_condition():
    """R' = AR + RB - RSR with any B and S: nothing makes the bracket invertible."""
    rule = MatrixRiccati(Q0, E, P, G)
    given = (
        Statement(Rate(R), "=", A * R + R * B - R * S * R),
        Statement(R0, "=", Q0 * Q0.T),
        Statement(Rate(E), "=", A * E),
        Statement(Rate(P), "=", G * S * E),
        Statement(Rate(G), "=", G * B),
    )
    claim = rule.conclude(*given)
    assert any(isinstance(condition, Ne) for condition in claim.given)
    assert set(outcomes(rule, given, claim).values()) == {Outcome.PROVEN}
    bare = Statement(claim.lhs, "=", claim.rhs)
    assert Outcome.REFUTED in outcomes(rule, given, bare).values()


def test_a_wrong_start_is_refuted():
    rule = MatrixRiccati(Q0, E, P)
    right = premises(A * R + R * A.T - R * R)
    wrong = (right[0], Statement(R0, "=", 2 * Q0 * Q0.T), *right[2:])
    assert Outcome.REFUTED in outcomes(rule, wrong, rule.conclude(*right)).values()


def test_the_product_rule_takes_inverses_transposes_and_time_and_refutes_a_lost_term():
    t = Symbol("t", positive=True)
    M = MatrixSymbol("M", n, n)
    named = Statement(M, "=", t * E.T * P.I)
    given = (named, Statement(Rate(E), "=", A * E), Statement(Rate(P), "=", S))
    rule = RateOf(t)
    right = rule.conclude(*given)
    assert set(outcomes(rule, given, right).values()) == {Outcome.PROVEN}
    expected = E.T * P.I + t * (A * E).T * P.I - t * E.T * P.I * S * P.I
    assert set(outcomes(rule, given, Statement(Rate(M), "=", expected)).values()) == {
        Outcome.PROVEN
    }
    lost = Statement(Rate(M), "=", t * (A * E).T * P.I - t * E.T * P.I * S * P.I)
    assert Outcome.REFUTED in outcomes(rule, given, lost).values()


def test_a_loss_without_its_half_has_another_riccati_equation():
    """The flow of twice the loss, put into the same step, does not pass."""
    derivation = dx.derive(f"{THEORY}/riccati")
    step = derivation.steps[derivation.index("stacked-flow")]
    used = [derivation[i] for i in step.premises]
    rule = step.rule
    assert isinstance(rule, MatrixIdentity)
    doubled = [Statement(used[0].lhs, "=", 2 * used[0].rhs), *used[1:]]
    (found,) = outcomes(rule, tuple(doubled), step.statement).values()
    assert not found.established
    (again,) = outcomes(rule, tuple(used), step.statement).values()
    assert again is Outcome.PROVEN


def test_the_correlated_mode_follows_its_flow_for_every_variance():
    """30 digits against Taylor integration, above the plateau and at s = 0 too."""
    formula = dx.derive(f"{THEORY}/correlated-mode").formula
    for s, u0, lam, time in (
        (3, "0.01", "0.5", 2), (1, 2, 3, 1), (0, "0.5", 2, 3), (2, "0.1", 1, "1.5")
    ):  # fmt: skip
        with mpmath.workdps(30):
            flow = mpmath.odefun(
                lambda _, u: 2 * u * (s - mpmath.mpf(lam) * u),  # noqa: B023
                0,
                mpmath.mpf(u0),
            )
            expected = flow(mpmath.mpf(time))
            values = [Rational(str(v)) for v in (time, s, u0, lam, 1)]
            found = formula.expr.subs(dict(zip(formula.args, values, strict=True))).evalf(30)
            assert abs(mpmath.mpf(str(found)) - expected) < mpmath.mpf(10) ** -20


def test_white_inputs_give_the_mode_and_its_half_time():
    half = dx.derive(f"{THEORY}/half-time").formula
    timed = dx.derive(f"{THEORY}/learning-time").formula
    f, s, u0, lam, tau_ = timed.args
    at = {s: Rational(7, 3), u0: Rational(1, 50), tau_: Rational(5, 4)}
    old = dict(zip(half.args, (at[s], at[u0], at[tau_]), strict=True))
    found = timed.expr.subs({**at, f: Rational(1, 2), lam: 1}).evalf(40)
    assert abs(found - half.expr.subs(old).evalf(40)) < 1e-35
