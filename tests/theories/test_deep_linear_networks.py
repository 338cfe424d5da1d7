"""Deep linear networks: against explicit networks, integration of the flow, and the paper.

Literal numbers: half-times of the hierarchical data set are those of figure 3 of Saxe et al. 2013
(s = sqrt(1000 lambda), lr 0.5e-3, u0 = 1e-6); the step counts are from a real training loop in
mpmath, written here.
"""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from sympy import Matrix, Rational, lambdify, symbols
from sympy.core.function import AppliedUndef

import derivax as dx
from derivax.symbolic.exact.outcome import Outcome
from derivax.symbolic.obligations import Vanishes
from derivax.symbolic.statements import Statement

THEORY = "saxe-linear-networks"


@pytest.fixture(scope="module")
def derivations():
    names = ("gradient-flow", "decoupling", "mode", "half-time", "unbalanced", "learning-rate")
    return {name: dx.derive(f"{THEORY}/{name}") for name in (*names, "step-correction")}


def numbers(formula, *values):
    """The formula at exact arguments, 30 digits."""
    at = dict(zip(formula.args, (Rational(str(v)) for v in values), strict=True))
    results = [e.subs(at).evalf(30) for e in formula.outputs]
    return results[0] if len(results) == 1 else results


def test_every_step_stands(derivations):
    for name, derivation in derivations.items():
        weak = [s for s in derivation.steps if s.outcome in (Outcome.OPEN, Outcome.REFUTED)]
        assert not weak, f"{name}: {weak[0]}"


@pytest.mark.parametrize("name", ["gradient-flow", "decoupling"])
def test_matrix_results_are_proven_for_all_shapes(derivations, name):
    assert derivations[name].outcome is Outcome.PROVEN


@pytest.mark.parametrize("L", [1, 2, 3, 5])
def test_gradient_flow_is_the_gradient_of_the_loss(L):
    """The flow at random matrices against finite differences of the loss itself."""
    derivation = dx.derive(f"{THEORY}/gradient-flow", L=L)
    rng = np.random.default_rng(L)
    widths = rng.integers(2, 5, L + 1)
    weights = [rng.normal(size=(widths[i + 1], widths[i])) for i in range(L)]
    x, y = rng.normal(size=(widths[0], 6)), rng.normal(size=(widths[-1], 6))

    def loss(ws):
        out = x
        for w in ws:
            out = w @ out
        return 0.5 * np.sum((y - out) ** 2)

    values = {"Sigma_xx": x @ x.T, "Sigma_yx": y @ x.T}
    values |= {f"W_{i + 1}": w for i, w in enumerate(weights)}
    for i in range(L):
        rhs = derivation[f"flow-{i + 1}"].rhs
        letters = sorted(rhs.atoms(type(rhs.args[0])) | rhs.free_symbols, key=str)
        letters = [m for m in letters if str(m) in values]
        flow = lambdify(letters, rhs, "numpy")(*(values[str(m)] for m in letters))
        numeric = np.zeros_like(weights[i])
        for index in np.ndindex(*weights[i].shape):
            step = 1e-5
            up, down = ([w.copy() for w in weights] for _ in range(2))
            up[i][index] += step
            down[i][index] -= step
            numeric[index] = -(loss(up) - loss(down)) / (2 * step)
        # the loss is a polynomial of degree 2L: central differences err by O(step^2), 1e-9 here
        np.testing.assert_allclose(flow, numeric, rtol=1e-6, atol=1e-6)


def test_loss_without_its_half_doubles_every_rate():
    """The starting equation decides: the flow of twice the loss is not the flow of the loss."""
    from sympy import MatrixSymbol, Trace, Transpose

    from derivax.symbolic.methods.matrix_gradient import MatrixGradient

    W, X, Y = MatrixSymbol("W", 2, 3), MatrixSymbol("X", 3, 4), MatrixSymbol("Y", 2, 4)
    E = symbols("E")
    error = Y - W * X
    half = Statement(E, "=", Trace(error * Transpose(error)) / 2)
    rule = MatrixGradient(W)
    right = rule.conclude(half)
    doubled = Statement(right.lhs, "=", 2 * right.rhs)
    outcomes = [
        {o.check().outcome for o in rule.obligations((half,), claim)} for claim in (right, doubled)
    ]
    assert outcomes[0] == {Outcome.PROVEN}
    assert Outcome.REFUTED in outcomes[1]


@pytest.mark.parametrize("L", [1, 2, 3])
def test_modes_decouple_on_explicit_diagonal_matrices(L):
    """Explicit 3 x 3 diagonal matrices put into the matrix flow give the scalar modes."""
    derivation = dx.derive(f"{THEORY}/decoupling", L=L)
    s = symbols("s1:4")
    strengths = [symbols(f"a{i + 1}_1:4") for i in range(L)]
    D = [Matrix.diag(*entries) for entries in strengths]
    S = Matrix.diag(*s)
    product = Matrix.eye(3)
    for d in D:
        product = d * product
    for i in range(L):
        left, right = Matrix.eye(3), Matrix.eye(3)
        for d in D[i + 1 :]:
            left = d * left
        for d in D[:i]:
            right = d * right
        velocity = left.T * (S - product) * right.T
        assert velocity.is_diagonal()
        mode = derivation[f"mode-{i + 1}"].rhs
        names = {"s": s[1]}
        names |= {("a", "b")[j] if L == 2 else f"a_{j + 1}": strengths[j][1] for j in range(L)}
        pairs = {f: names[f.func.__name__] for f in mode.atoms(AppliedUndef)}
        pairs |= {f: names["s"] for f in mode.free_symbols if str(f) == "s"}
        found = mode.xreplace(pairs)
        assert (found - velocity[1, 1]).expand() == 0


def test_mode_solution_satisfies_its_gradient_flow(derivations):
    """At 30 digits against Taylor integration of tau u' = 2 u (s - u), above s and at s = 0 too."""
    formula = derivations["mode"].formula
    for s, u0, tau, end in ((3, 0.01, 5, 8), (1, 2, 1, 1), (0, 0.5, 2, 3), (0.5, 0.5, 1, 2)):
        with mpmath.workdps(30):
            flow = mpmath.odefun(lambda _, u: 2 * u * (s - u) / tau, 0, mpmath.mpf(str(u0)))  # noqa: B023
            expected = flow(mpmath.mpf(end))
            found = mpmath.mpf(str(numbers(formula, end, s, u0, tau)))
            assert abs(found - expected) < mpmath.mpf(10) ** -20


def test_unbalanced_solution_satisfies_both_equations(derivations):
    """Any sign of a^2 - b^2, opposite signs, the stable manifold a0 = -b0."""
    formula = derivations["unbalanced"].formula
    starts = (
        (0.3, 0.1, 2),
        (0.1, 0.3, 2),
        (0.2, 0.2, 1),
        (-0.3, 0.1, 1),
        (0.5, -0.5, 1),
        (2, 3, 1),
    )
    for a0, b0, s in starts:
        with mpmath.workdps(30):
            flow = mpmath.odefun(
                lambda _, ab: [ab[1] * (s - ab[0] * ab[1]), ab[0] * (s - ab[0] * ab[1])],  # noqa: B023
                0,
                [mpmath.mpf(str(a0)), mpmath.mpf(str(b0))],
            )
            expected = flow(mpmath.mpf("1.5"))
            found = [mpmath.mpf(str(x)) for x in numbers(formula, 1.5, a0, b0, s, 1)]
            assert (
                max(abs(f - e) for f, e in zip(found, expected, strict=True))
                < mpmath.mpf(10) ** -20
            )


def test_half_times_of_the_hierarchical_data_set(derivations):
    """Saxe et al. 2013, figure 3: binary tree of depth 5, flip 0.1, 1000 features."""
    formula = derivations["half-time"].formula
    rho = Rational(64, 100)
    counts = [1] + [2**k - 2 ** (k - 1) for k in range(1, 6)]
    root = sum(n * rho**k for k, n in enumerate(counts))
    levels = [root] + [
        sum(counts[k] * rho**k for k in range(h)) - 2 ** (h - 1) * rho**h for h in range(5, 0, -1)
    ]
    at = {formula.args[1]: Rational(1, 10**6), formula.args[2]: 2000}
    found = [
        float(formula.expr.subs(at | {formula.args[0]: (1000 * level) ** Rational(1, 2)}))
        for level in levels
    ]
    assert found == pytest.approx([224.70, 318.78, 379.40, 464.38, 599.33, 883.25], abs=0.006)


def test_largest_step_is_where_descent_on_one_mode_stops_converging(derivations):
    """Plain iteration of gradient descent on (s - ab)^2/2, a hair below and above the limit."""
    formula = derivations["learning-rate"].formula
    s = 1.7
    limit = float(formula.expr["stability_limit"].subs(formula.args[0], s))

    def residual(rate):
        a, b = np.sqrt(s) + 1e-3, np.sqrt(s) + 1e-3
        for _ in range(4000):
            gap = s - a * b
            a, b = a + rate * gap * b, b + rate * gap * a
        return abs(s - a * b)

    assert residual(0.99 * limit) < 1e-12
    assert residual(1.01 * limit) > 1e-3


@pytest.mark.parametrize("rate, order_bound", [(0.02, 1.0), (0.01, 1.0)])
def test_step_correction_counts_the_steps_of_descent(derivations, rate, order_bound):
    """A training loop at 30 digits; the corrected count errs by O(lr), the flow alone by O(1)."""
    formula = derivations["step-correction"].formula
    u0, uf, s = 0.01, 1.5, 2.0
    with mpmath.workdps(30):
        a, steps = mpmath.sqrt(mpmath.mpf(str(u0))), 0
        path = [a]
        while a**2 < uf:
            a = a + mpmath.mpf(str(rate)) * a * (s - a**2)
            steps += 1
            path.append(a)
        # between two steps the iterates follow the modified flow; linear in log((s - u)/u) there
        logit = [mpmath.log(x**2 / (s - x**2)) for x in path[-2:]]
        target = mpmath.log(mpmath.mpf(uf) / (s - uf))
        counted = steps - 1 + (target - logit[0]) / (logit[1] - logit[0])
    predicted = mpmath.mpf(str(numbers(formula, u0, uf, s, rate)))
    flow_alone = mpmath.log(uf * (s - u0) / (u0 * (s - uf))) / (2 * s * rate)
    assert abs(predicted - counted) < order_bound * rate * s
    assert abs(flow_alone - counted) > 10 * abs(predicted - counted)


def test_depth_other_than_two_is_refused_for_the_mode():
    with pytest.raises(dx.errors.NotDerived, match="L = 2"):
        dx.derive(f"{THEORY}/mode", L=3)
    assert dx.derive(f"{THEORY}/mode", n_layers=3).formula == dx.derive(f"{THEORY}/mode").formula


@pytest.mark.parametrize("depth", [{"L": 0}, {"L": 2.5}, {"n_layers": 1}, {"L": 2, "n_layers": 3}])
def test_impossible_depths_name_both_conventions(depth):
    with pytest.raises(dx.errors.InputError, match="n_layers"):
        dx.derive(f"{THEORY}/gradient-flow", **depth)


def test_lost_factor_in_the_mode_is_refuted_with_a_witness(derivations):
    mode = derivations["mode"]
    problem = mode.formula.solves
    (unknown,) = problem.unknown
    t = mode.formula.args[0]
    wrong = mode.formula.expr.subs(t, 2 * t)
    findings = [
        Vanishes(residual, problem.domain, about).check()
        for about, residual in problem.residuals({unknown: wrong})
    ]
    assert findings[0].outcome is Outcome.REFUTED
    assert findings[0].witness
    assert findings[1].outcome is Outcome.PROVEN  # the initial value is still right
