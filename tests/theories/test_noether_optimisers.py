"""Exact laws of optimisers: replayed in rationals on a loss with the symmetry, closed forms too."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

import mpmath as mp
import pytest
from sympy import (
    Derivative,
    Function,
    Matrix,
    Rational,
    S,
    Sum,
    Symbol,
    diff,
    symbols,
)

from derivax import Outcome, derive, training_law
from derivax.errors import InputError, NotDerived
from derivax.symbolic.theories.noether_learning_dynamics.adaptive import ADAPTIVE, EXACT

THEORY = "noether-learning-dynamics"
ETA, BETA, K = Fraction(1, 20), Fraction(9, 10), Fraction(1, 100)
x, y, c = symbols("x y c", real=True)
F = Function("F", real=True)


def proven(name: str, **params: Any) -> Any:
    law = derive(f"{THEORY}/{name}", **params)
    assert law.outcome is Outcome.PROVEN
    assert law.name == f"{THEORY}/{name}"
    return law


def descent(optimiser: str, gradient: Any, q: list[Any], v: list[Any], steps: int) -> list[Any]:
    """[(q, v)] of the plain updates, written from the papers and library documentation."""
    path = [(q, v)]
    for _ in range(steps):
        g = gradient(q)
        beta = Fraction(0) if optimiser == "gradient-descent" else BETA
        decay = Fraction(0) if optimiser == "decoupled-decay" else K
        new = [beta * b - ETA * (s + decay * a) for a, b, s in zip(q, v, g)]
        if optimiser == "nesterov":  # of PyTorch: buf = beta buf + g, q -= lr (g + beta buf)
            buffer = [-b / ETA for b in v]
            full = [s + K * a for a, s in zip(q, g)]
            buffer = [beta * b + s for b, s in zip(buffer, full)]
            q = [a - ETA * (s + beta * b) for a, s, b in zip(q, full, buffer)]
        elif optimiser == "decoupled-decay":
            q = [(1 - ETA * K) * a + b for a, b in zip(q, new)]
        else:
            q = [a + b for a, b in zip(q, new)]
        v = new
        path.append((q, v))
    return path


def product_loss(q: list[Any]) -> list[Any]:
    """The gradient of (q1 q2 - 1)^2/2, invariant under diag(1, -1)."""
    return [(q[0] * q[1] - 1) * q[1], (q[0] * q[1] - 1) * q[0]]


def rescale(left: list[Any], right: list[Any]) -> Any:
    return left[0] * right[0] - left[1] * right[1]


@pytest.mark.parametrize("optimiser", EXACT)
def test_the_law_of_every_optimiser_holds_in_rational_arithmetic(optimiser: str) -> None:
    formula = proven("discrete-charge", optimiser=optimiser).formula
    path = descent(
        optimiser, product_loss, [Fraction(3, 2), Fraction(-1, 3)], [Fraction(0)] * 2, 4
    )
    for (q, v), (q1, v1) in pairwise(path):
        values = {
            "C": rescale(q, q), "p": rescale(v, q), "V": rescale(v1, v1), "V_old": rescale(v, v),
            "W": rescale(v1, v), "eta": ETA, "beta": BETA, "k": K,
        }  # fmt: skip
        put = {a: Rational(values[a.name]) for a in formula.args}
        assert formula.expr["p_next"].subs(put) == Rational(rescale(v1, q1))
        assert formula.expr["C_next"].subs(put) == Rational(rescale(q1, q1))


def test_the_charge_after_n_steps_is_the_sum_over_recorded_steps() -> None:
    path = descent("heavy-ball", product_loss, [Fraction(3, 2), Fraction(-1, 3)],
                   [Fraction(1, 7), Fraction(2, 9)], 6)  # fmt: skip
    statement = proven("discrete-charge-history")["history"]
    V, response = (
        next(f.func for f in statement.rhs.atoms(Function) if str(f.func) == name) for name in "VK"
    )
    values = {"eta": ETA, "beta": BETA, "k": K, "C_0": rescale(*[path[0][0]] * 2),
              "p_0": rescale(path[0][1], path[0][0])}  # fmt: skip
    n = next(s for s in statement.lhs.free_symbols)
    s, lucas = 1 + BETA - 2 * ETA * K, [Fraction(0), Fraction(1)]
    while len(lucas) < 9:
        lucas.append(s * lucas[-1] - BETA * lucas[-2])
    for steps in (1, 2, 6):
        value = statement.rhs.subs(n, steps).doit()
        put = {a: Rational(values[a.name]) for a in value.free_symbols if a.name in values}
        put |= {response(j): Rational(lucas[j]) for j in range(8)}
        put |= {V(j): Rational(rescale(path[j][1], path[j][1])) for j in range(1, 7)}
        put[V(7)] = S.Zero  # multiplies K(0) = 0
        assert value.subs(put) == Rational(rescale(path[steps][0], path[steps][0]))


def test_gradient_descent_adds_up_squared_gradients() -> None:
    path = descent("gradient-descent", product_loss, [Fraction(2), Fraction(1, 3)],
                   [Fraction(0)] * 2, 4)  # fmt: skip
    kept = (1 - ETA * K) ** 2
    total = kept**4 * rescale(path[0][0], path[0][0])  # card, D9
    for j in range(4):
        g = product_loss(path[j][0])
        total += ETA**2 * kept ** (3 - j) * rescale(g, g)
    assert total == rescale(path[4][0], path[4][0])
    statement = proven("gradient-descent-charge")["history"]
    (inner,) = statement.rhs.atoms(Sum)
    assert inner.limits[0][1] == 0
    eta, k = (next(s for s in statement.rhs.free_symbols if s.name == m) for m in ("eta", "k"))
    G = next(f.func for f in inner.function.atoms(Function))
    n = next(s for s in statement.lhs.free_symbols)
    value = statement.rhs.subs({n: 4}).doit().subs({eta: Rational(ETA), k: Rational(K)})
    value = value.subs({G(j): Rational(rescale(*[product_loss(path[j][0])] * 2)) for j in range(4)})
    start = next(s for s in value.free_symbols)
    assert value.subs(start, Rational(rescale(path[0][0], path[0][0]))) == Rational(total)


@pytest.mark.slow
@pytest.mark.parametrize("optimiser", ["heavy-ball", "nesterov", "decoupled-decay"])
def test_a_translation_charge_follows_its_closed_form(optimiser: str) -> None:
    def softmax_like(q: list[Any]) -> list[Any]:  # f = (q1 - q2)^3/3: invariant under (1, 1)
        return [(q[0] - q[1]) ** 2, -((q[0] - q[1]) ** 2)]

    path = descent(optimiser, softmax_like, [Fraction(3, 2), Fraction(1)], [Fraction(0)] * 2, 5)
    sums = [q[0] + q[1] for q, _ in path]
    formula = proven("discrete-translation", optimiser=optimiser).formula
    values = {"n": 5, "x_0": sums[0], "x_1": sums[1], "eta": ETA, "beta": BETA, "k": K}
    put = {a: Rational(values[a.name]) for a in formula.args}
    assert abs(formula.expr.subs(put).evalf(30) - Rational(sums[5])) < Rational(1, 10**25)


def test_a_rotation_keeps_only_its_momentum_factor() -> None:
    def circular(q: list[Any]) -> list[Any]:  # f = |q|^4/4
        r2 = q[0] ** 2 + q[1] ** 2
        return [r2 * q[0], r2 * q[1]]

    def turn(v: list[Any], q: list[Any]) -> Any:
        return v[0] * -q[1] + v[1] * q[0]

    start = [Fraction(1, 2), Fraction(1, 3)], [Fraction(1, 5), Fraction(-1, 7)]
    for optimiser, factor in (("heavy-ball", BETA), ("decoupled-decay", (1 - ETA * K) * BETA)):
        q, v = descent(optimiser, circular, *start, 3)[-1]
        assert turn(v, q) == factor**3 * turn(start[1], start[0])
        law = proven("discrete-rotation", optimiser=optimiser)
        values = {"n": 3, "p_0": turn(start[1], start[0]), "eta": ETA, "beta": BETA, "k": K}
        put = {a: Rational(values[a.name]) for a in law.formula.args}
        assert law.formula.expr.subs(put) == Rational(turn(v, q))
    # Nesterov does not: its look-ahead leaves a cross term
    assert proven("discrete-rotation", optimiser="nesterov")["momentum"].rhs != 0


@pytest.mark.parametrize("optimiser", EXACT)
def test_matrix_charges_have_a_law_under_every_optimiser(optimiser: str) -> None:
    law = proven("discrete-matrix-charge", optimiser=optimiser)
    assert law.outcome is Outcome.PROVEN


@pytest.mark.parametrize("optimiser", sorted(ADAPTIVE))
def test_adaptive_optimisers_are_refused_with_a_counterexample(optimiser: str) -> None:
    with pytest.raises(NotDerived, match=r"sign\(g\)\.Aq = -1.*adaptive-charge"):
        derive(f"{THEORY}/discrete-charge", optimiser=optimiser)


def test_the_first_step_of_adam_breaks_scale_and_translation() -> None:
    # Kingma, Ba, algorithm 1, first step with eps = 0: m^/sqrt(v^) = g/|g|, weight by weight
    for q, g in (((1, 2), (2, -1)), ((1, 1, 1), (2, -1, -1))):
        b1, b2 = Fraction(9, 10), Fraction(999, 1000)
        m = [(1 - b1) * s / (1 - b1) for s in g]
        v = [(1 - b2) * s**2 / (1 - b2) for s in g]
        step = [a / abs(s) for a, s in zip(m, g)]
        assert [a**2 for a in m] == v
        assert sum(a * s for a, s in zip(q, g)) == 0 != sum(a * s for a, s in zip(q, step))


def test_what_remains_of_the_law_under_adam_is_a_balance() -> None:
    # Adam's average of gradients on a rescale-invariant loss, any step u: here u = -m'
    q, m, b = [Fraction(3, 2), Fraction(-1, 3)], [Fraction(1, 2), Fraction(1)], Fraction(9, 10)
    g, w = product_loss(q), Fraction(1, 10)
    m1 = [b * a + (1 - b) * (s + K * z) for a, s, z in zip(m, g, q)]
    u = [-a / (1 + i) for i, a in enumerate(m1)]
    q1 = [(1 - ETA * w) * a + s for a, s in zip(q, u)]
    kept = 1 - ETA * w
    assert rescale(m1, q1) == (
        kept * (b * rescale(m, q) + (1 - b) * K * rescale(q, q)) + rescale(m1, u)
    )
    assert proven("adaptive-charge").outcome is Outcome.PROVEN


def test_equilibrium_norms_are_those_of_the_card() -> None:
    # card, D10: eta .2, beta .95, k .03: rotating 2604.00616332820, overdamped 2600
    formula = proven("equilibrium-norms").formula
    values = {"eta": Rational(1, 5), "beta": Rational(95, 100), "k": Rational(3, 100), "gh": S.One}
    put = {a: values[a.name] for a in formula.args}
    assert abs(formula.expr["rotating"].subs(put) - Rational("2604.00616332820")) < 1e-10
    assert formula.expr["overdamped"].subs(put) == 2600
    # white: the mean squared recursion C = |q|^2, p, V solved as a linear system by hand
    C, p, V = symbols("C p V", positive=True)
    e, b, k = values["eta"], values["beta"], values["k"]
    balance = Matrix([
        V - b**2 * V - e**2 / C - e**2 * k**2 * C + 2 * b * e * k * p,
        p - b * p + e * k * C - V, 2 * p - V,
    ])  # fmt: skip
    r4 = formula.expr["white"].subs(put)
    rest = balance.subs({p: V / 2}).subs(V, 2 * e * k * C / (1 + b)).subs(C, r4 ** Rational(1, 2))
    assert all(abs(entry.evalf(30)) < 1e-25 for entry in rest)


@pytest.mark.slow
def test_decoupled_decay_has_the_angle_of_adding_velocities() -> None:
    # replay: rotating gradient of size gh/r, momentum 0.9, decoupled decay
    import numpy as np

    eta, beta, k = 0.1, 0.9, 0.05
    q, v = np.array([2.0, 0.0]), np.zeros(2)
    for _ in range(6000):
        v = beta * v - eta * np.array([-q[1], q[0]]) / (q @ q)
        before, q = q, (1 - eta * k) * q + v
    cosine = before @ q / np.sqrt((before @ before) * (q @ q))
    formula = proven("equilibrium", optimiser="decoupled-decay").formula
    put = dict(zip(formula.args, (Rational(1, 10), Rational(9, 10), Rational(1, 20))))
    assert abs(cosine - float(formula.expr["cos_angle"].subs(put))) < 1e-13
    assert abs(np.arccos(cosine) - float(formula.expr["angle"].subs(put))) < 1e-11


@pytest.mark.slow
def test_the_charge_with_inertia_obeys_its_equation() -> None:
    # C'' + mu C' + 2k C = 2w with w = sin(t), m = 1, by a Taylor integrator
    statement = proven("inertial-norm").formula
    free, response = statement.expr["free"], statement.expr["response"]
    values = {"m": S.One, "mu": Rational(1, 2), "k": Rational(1, 3), "C0": S(2), "v0": S.One}
    t = next(a for a in statement.args if a.name == "t")
    put = {a: values[a.name] for a in statement.args if a != t}
    with mp.workdps(20):

        def at(expr: Any, time: Any) -> Any:
            return mp.mpf(str(expr.subs(put).subs(t, S(str(time))).evalf(20)))

        end = mp.mpf("1.5")
        memory = mp.quad(lambda s: at(response, end - s) * 2 * mp.sin(s), [0, end], maxdegree=4)
        path = mp.odefun(
            lambda s, u: [u[1], 2 * mp.sin(s) - u[1] / 2 - 2 * u[0] / 3], 0, [2, 1]
        )
        assert abs(at(free, end) + memory - path(end)[0]) < mp.mpf("1e-14")


def test_the_modified_flow_has_the_terms_of_backward_error_analysis() -> None:
    # F_2 = F0'F0'F0/3 + F0''(F0, F0)/12 (Hairer, Lubich, Wanner, IX.1, example 1.1), f = q1^2 q2
    q = symbols("q_1 q_2")
    law = proven("modified-equation", order=2, loss=q[0] ** 2 * q[1])
    assert law.outcome is Outcome.PROVEN
    F0 = Matrix([-2 * q[0] * q[1], -q[0] ** 2])
    J = F0.jacobian(q)
    second = Matrix([
        sum(diff(F0[i], a, b) * u * w for a, u in zip(q, F0) for b, w in zip(q, F0))
        for i in range(2)
    ])  # fmt: skip
    F2 = J * J * F0 / 3 + second / 12
    flow = law["flow"]
    names = {rate.expr: s for rate, s in zip(flow.lhs, q)}
    eta = next(s for s in flow.rhs.free_symbols if s.name == "eta")
    found = flow.rhs.subs(names).applyfunc(lambda e: e.expand().coeff(eta, 2))
    assert (found - F2).expand() == Matrix([0, 0])
    curl = diff(F2[1], q[0]) - diff(F2[0], q[1])
    assert (law["curl-2"].rhs.subs(names) - curl).expand() == 0 != curl


def test_the_modified_loss_gives_the_slow_rate_of_a_quadratic() -> None:
    # card, D4: H/(1-beta) + eta H^2 (1+beta)/(2 (1-beta)^3)
    law = proven("modified-loss", d=1)
    rhs = law["modified-loss"].rhs
    q = law["modified-loss"].lhs.expr
    H = Symbol("H", positive=True)
    f = next(g.func for g in rhs.atoms(Function) if str(g.func) == "f")
    rate = rhs.replace(f, lambda a: H * a**2 / 2).doit() / q
    eta, beta = (next(s for s in rate.free_symbols if s.name == m) for m in ("eta", "beta"))
    expected = H / (1 - beta) + eta * H**2 * (1 + beta) / (2 * (1 - beta) ** 3)
    assert (rate + expected).simplify() == 0


@pytest.mark.slow
@pytest.mark.parametrize("symmetry", ["translation", "rescale", "matrix", "any"])
def test_a_bregman_kinetic_term_breaks_every_symmetry(symmetry: str) -> None:
    law = proven("bregman-symmetry", symmetry=symmetry)
    assert law.outcome is Outcome.PROVEN
    assert law.verdict == "balance law"


@pytest.mark.slow
def test_entropy_breaks_the_scale_symmetry_by_the_terms_of_the_card() -> None:
    # h = q ln q: Delta = ln(1 + e^-alpha q'/q), Hessian 1/q (card, D6)
    law = proven("bregman-symmetry", symmetry="scale")
    t = law.problem.equations[0].free_symbols and next(
        s for s in law.rate.free_symbols if s.name == "t"
    )
    from sympy import exp, log

    alpha, gamma = (Function(s, real=True)(t) for s in ("alpha", "gamma"))
    coordinates = [f for f in law.rate.atoms(Function) if str(f.func) in ("x", "y")]
    expected: Any = S.Zero
    for q in coordinates:
        delta = log(q + exp(-alpha) * q.diff(t)) - log(q)
        expected += delta * q.diff(t) + exp(alpha) * (delta - exp(-alpha) * q.diff(t) / q) * q
    rate = law.rate
    for name in ("h_1", "h_2"):
        rate = rate.replace(Function(name, real=True), lambda a: a * log(a))
    values = {alpha: Rational(1, 3), gamma: Rational(1, 5)}
    for i, q in enumerate(coordinates):
        values |= {q.diff(t): Rational(2 + i, 7), q: Rational(3 + i, 2)}
    difference = (rate.doit() - exp(gamma) * expected).subs(values)
    assert abs(difference.evalf(30)) < Rational(1, 10**25)


def test_the_bregman_charge_of_any_number_of_weights_is_proven() -> None:
    law = proven("bregman-charge")["charge-law"]
    assert {str(s) for s in law.rhs.free_symbols} >= {"A", "Delta", "N", "v", "xi"}


def test_members_of_the_bregman_family_are_the_known_methods() -> None:
    for member in ("nesterov", "damped"):
        assert proven("bregman", member=member).outcome is Outcome.PROVEN
    with pytest.raises(InputError, match="one of"):
        derive(f"{THEORY}/bregman", member="adam")


@pytest.mark.parametrize("kind", ["antisymmetric", "translation"])
def test_charges_of_any_number_of_weights_are_damped_oscillators(kind: str) -> None:
    law = proven("linear-charge", kind=kind)
    assert law["charge-law"].rhs.is_ZeroMatrix


# ---- a user's loss --------------------------------------------------------------------------


@pytest.mark.parametrize("optimiser", EXACT)
def test_a_symmetry_that_holds_gives_an_exact_law(optimiser: str) -> None:
    law = training_law(F(y / x), [x, y], [x, y], optimiser=optimiser)
    assert (law.verdict, law.pairing) == ("exact law", 0)
    assert law.outcome is Outcome.PROVEN


def test_a_translation_and_a_rotation_are_exact_too() -> None:
    assert training_law(F(x - y), [x, y], [1, 1]).exact
    assert training_law(F(x**2 + y**2), [x, y], [-y, x]).exact
    assert training_law((x * y - 1) ** 2, [x, y], Matrix([[1, 0], [0, -1]]), l2=0).exact


@pytest.mark.parametrize(
    ("loss", "weights", "generator"),
    [
        (F(x / (x**2 + y**2 + 1) ** Rational(1, 2)), [x, y], [x, y]),  # epsilon in the variance
        (F(x / (x**2 + y**2) ** Rational(1, 2) + c), [x, y, c], [x, y, c]),  # affine part in q
        (F(x / (x**2 + y**2) ** Rational(1, 2)) + x * c, [x, y], [x, y]),  # bias outside
        (F(x - 2 * y), [x, y], [1, 1]),
    ],
)
def test_a_claimed_symmetry_that_fails_gives_the_balance_law(loss, weights, generator) -> None:
    law = training_law(loss, weights, generator)
    assert law.verdict == "balance law"
    assert not law.exact
    assert law.pairing != 0
    assert law.outcome is Outcome.PROVEN
    assert law["momentum"].rhs.has(Derivative) or law["momentum"].rhs.atoms(Function)


def test_the_source_of_a_broken_symmetry_is_the_pairing() -> None:
    # replay in rationals: f = (x y - 1)^2/2 is no function of x - y; xi = (1, 1)
    law = training_law((x * y - 1) ** 2 / 2, [x, y], [1, 1])
    q, v = [Fraction(3, 2), Fraction(-1, 3)], [Fraction(1, 7), Fraction(2, 9)]
    (_, _), (q1, v1) = descent("heavy-ball", product_loss, q, v, 1)
    values = {"x": q[0], "y": q[1], "v_x": v[0], "v_y": v[1]}
    later = {"x": q1[0], "y": q1[1], "v_x": v1[0], "v_y": v1[1]}
    side = law["momentum"].rhs
    put = {}
    for f in side.atoms(Function):
        source = values if f.args[0].is_Symbol else later
        put[f] = Rational(source[str(f.func)])
    names = {s: Rational({"eta": ETA, "beta": BETA, "k": K}[s.name])
             for s in side.free_symbols if s.name in ("eta", "beta", "k")}  # fmt: skip
    assert side.subs(put).subs(names) == Rational(v1[0] + v1[1])


def test_what_the_law_of_training_cannot_take_is_refused() -> None:
    loss = (x * y - 1) ** 2
    for wrong, message in (
        ({"lr": 0}, "step size"),
        ({"lr": -1}, "step size"),
        ({"momentum": 1}, r"\[0, 1\)"),
        ({"momentum": Rational(-1, 2)}, r"\[0, 1\)"),
        ({"l2": -1}, "negative"),
        ({"optimiser": "gradient-descent", "momentum": Rational(1, 2)}, "has none"),
        ({"optimiser": "sgdx"}, "one of"),
        ({"lr": 1, "momentum": 0, "curvature": 3}, "unstable"),
    ):
        with pytest.raises(InputError, match=message):
            training_law(loss, [x, y], [x, -y], **wrong)
    for weights, generator, message in (
        ([x, y], [x], "entries"),
        ([x, y], [x**2, y], "affine"),
        ([x, y], [0, 0], "moves nothing"),
        ([x, x], [x, x], "twice"),
        ([], [], "weights"),
    ):
        with pytest.raises(InputError, match=message):
            training_law(loss, weights, generator)
    with pytest.raises(InputError, match="constant part"):
        training_law(F(x - y), [x, y], [1, 1], optimiser="decoupled-decay")
    with pytest.raises(NotDerived, match="adam"):
        training_law(loss, [x, y], [x, -y], optimiser="Adam")


@pytest.mark.slow
def test_powers_of_the_heavy_ball_are_those_of_its_matrix() -> None:
    # (s, -beta; 1, 0)^n = (K(n+1), -beta K(n); K(n), -beta K(n-1)), in rationals
    formula = proven("heavy-ball-power").formula
    values = {"n": 7, "eta": Rational(1, 50), "beta": Rational(1, 2), "h": Rational(1, 3)}
    put = {a: values[a.name] for a in formula.args}
    s = 1 + values["beta"] - values["eta"] * values["h"]
    power = Matrix([[s, -values["beta"]], [1, 0]]) ** 7
    assert abs(formula.expr.subs(put).evalf(30) - power[1, 0]) < Rational(1, 10**25)


@pytest.mark.slow
def test_the_modified_loss_of_two_weights_is_proven() -> None:
    proven("modified-loss", d=2)


def test_norm_and_direction_of_a_layer_are_proven_with_the_constraint_force() -> None:
    law = proven("effective-rate")
    # the polar motion of a plane, from its Lagrangian, has the same radial law
    assert str(law["radial"].rhs).replace(" ", "") == (
        "(k*r(t)+m*Derivative(r(t),(t,2))+mu*Derivative(r(t),t))*I"
    )
    assert {str(s) for s in law["tangential"].lhs.free_symbols} >= {"e", "u", "w"}


def test_a_norm_is_an_rmsprop_with_the_memory_of_its_decay() -> None:
    # card, D8: 1 - rho = 4 eta k/(1 - beta); the gain is 2 eta (1 + beta)/(1 - beta)^3
    formula = proven("rmsprop-dictionary").formula
    values = {"eta": Rational(1, 10), "beta": Rational(9, 10), "k": Rational(1, 100)}
    put = {a: values[a.name] for a in formula.args}
    memory = 4 * values["eta"] * values["k"] / Rational(1, 10)
    assert formula.expr["rho"].subs(put) == 1 - memory
    gain = 2 * values["eta"] * Rational(19, 10) / Rational(1, 1000)
    assert formula.expr["gain_ratio"].subs(put) == gain / (memory / values["eta"])


def test_gradient_flow_and_symmetry_constraints_are_proven() -> None:
    proven("gradient-flow-charge")
    proven("flow-matrix-charge")
    proven("inertial-norm")
    law = proven("symmetry-constraint")
    # scale: f = q1^2/(q1^2 + q2^2) has H q = -g (card, D5)
    q = symbols("q_1 q_2", real=True)
    f = q[0] ** 2 / (q[0] ** 2 + q[1] ** 2)
    gradient = Matrix([f.diff(s) for s in q])
    hessian = Matrix(2, 2, lambda i, j: f.diff(q[i], q[j]))
    assert (hessian * Matrix(q) + gradient).applyfunc(lambda e: e.simplify()) == Matrix([0, 0])
    assert law["constraint"].rhs.is_ZeroMatrix
