"""Problems: what is asked is checked at the border, in one line."""

from __future__ import annotations

import pickle

import pytest
from sympy import (
    Derivative,
    Eq,
    Function,
    Le,
    MatrixSymbol,
    Ne,
    S,
    Symbol,
    cos,
    exp,
    pi,
    sin,
    sqrt,
    symbols,
)

from derivax.errors import InputError
from derivax.symbolic.exact.outcome import Outcome
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement

t, tau, s, u0, k = symbols("t tau s u0 k", positive=True)
x = Symbol("x", real=True)
u, v = Function("u", positive=True), Function("v")
logistic = Eq(tau * u(t).diff(t), 2 * u(t) * (s - u(t)))
growth = s * exp(2 * s * t / tau) / (exp(2 * s * t / tau) - 1 + s / u0)

HOSTILE = "__import__('builtins').__dict__.update(derivax_was_here=1)"
BAD = {
    "no equation": ({"equations": [], "unknown": u(t)}, "holds no equation"),
    "None": ({"equations": None, "unknown": u(t)}, "holds no equation"),
    "text": ({"equations": "u' = u", "unknown": u(t)}, "is not an equation"),
    "an expression": ({"equations": [u(t)], "unknown": u(t)}, "is not an equation"),
    "an inequation": ({"equations": [Ne(u(t), 1)], "unknown": u(t)}, "is not an equation"),
    "decided already": ({"equations": [Eq(x, x)], "unknown": x}, "decided this equation"),
    "a false equation": ({"equations": [S.false], "unknown": x}, "decided this equation"),
    "no unknown": ({"equations": [logistic], "unknown": ()}, "asks for something"),
    "unknown as text": ({"equations": [logistic], "unknown": "u(t)"}, "is not an unknown"),
    "unknown a number": ({"equations": [logistic], "unknown": 5}, "is not an unknown"),
    "function without argument": (
        {"equations": [logistic], "unknown": u},
        "is a function without argument",
    ),
    "unknown that does not occur": ({"equations": [logistic], "unknown": v(t)}, "does not occur"),
    "value of another function": (
        {"equations": [logistic], "unknown": u(t), "given": {v(0): 1}},
        "is not a value of an unknown",
    ),
    "value of a symbol": (
        {"equations": [logistic], "unknown": u(t), "given": {u0: 1}},
        "is not a value of an unknown",
    ),
    "given as a list": (
        {"equations": [logistic], "unknown": u(t), "given": [1]},
        "is not a mapping",
    ),
    "given at no point": (
        {"equations": [logistic], "unknown": u(t), "given": {u(t): 1}},
        "fixed point",
    ),
    "given that moves": (
        {"equations": [logistic], "unknown": u(t), "given": {u(0): t}},
        "fixed point",
    ),
    "hostile key": ({"equations": [logistic], "unknown": u(t), "given": {HOSTILE: 1}}, "is text"),
    "hostile value": (
        {"equations": [logistic], "unknown": u(t), "given": {u(0): HOSTILE}},
        "is text",
    ),
    "hostile assumption": (
        {"equations": [logistic], "unknown": u(t), "assume": (HOSTILE,)},
        "is text",
    ),
    "assumption as text": (
        {"equations": [logistic], "unknown": u(t), "assume": "u0 < s"},
        "is not a relation",
    ),
    "assumption a number": (
        {"equations": [logistic], "unknown": u(t), "assume": (u0,)},
        "is not a relation",
    ),
    "assumption that is false": (
        {"equations": [logistic], "unknown": u(t), "assume": (s < 0,)},
        "is false",
    ),
}


@pytest.mark.parametrize(("arguments", "message"), BAD.values(), ids=BAD)
def test_a_bad_problem_is_refused_in_one_line(arguments, message) -> None:
    with pytest.raises(InputError, match=message) as refused:
        Problem(**arguments)
    assert "\n" not in str(refused.value)
    import builtins

    assert not hasattr(builtins, "derivax_was_here")


def test_a_single_equation_and_unknown_need_no_list() -> None:
    assert Problem(logistic, u(t)) == Problem([logistic], [u(t)])
    assert Problem(Statement.of(logistic), u(t)) == Problem(logistic, u(t))
    assert Problem(logistic, u(t), assume=u0 < s).assume == (u0 < s,)


def test_trivially_true_assumptions_are_dropped() -> None:
    assert Problem(logistic, u(t), assume=(s > 0, u0 < s)).assume == (u0 < s,)


def test_equality_hash_and_pickle_do_not_depend_on_the_order_of_values() -> None:
    equations = [Eq(u(t).diff(t), v(t)), Eq(v(t).diff(t), -u(t))]
    one = Problem(equations, [u(t), v(t)], {u(0): 1, v(0): 0})
    other = Problem(equations, [u(t), v(t)], {v(0): 0, u(0): 1})
    assert one == other
    assert hash(one) == hash(other)
    assert pickle.loads(pickle.dumps(one)) == one
    with pytest.raises(TypeError):
        one.given[u(0)] = 2


def test_order_variable_and_start_are_read_off() -> None:
    problem = Problem(logistic, u(t), {u(0): u0})
    assert (problem.order, problem.variable, problem.start) == (1, t, 0)
    assert problem.is_differential
    algebraic = Problem(Eq(x**2, s), x)
    assert algebraic.order == 0
    assert not algebraic.is_differential
    with pytest.raises(InputError, match="no common variable"):
        assert algebraic.variable
    with pytest.raises(InputError, match="no definite order"):
        assert Problem(Eq(Derivative(u(t), (t, k)), u(t)), u(t)).order


def test_the_domain_begins_where_values_are_given() -> None:
    moving = Symbol("t", real=True)
    problem = Problem(Eq(v(moving).diff(moving), 1), v(moving), {v(2): 0}, assume=(moving <= 5,))
    domain = problem.domain
    assert domain.contains({moving: 3}) is True
    assert domain.contains({moving: 1}) is False
    assert domain.contains({moving: 6}) is False


def test_the_right_solution_passes() -> None:
    problem = Problem(logistic, u(t), {u(0): u0})
    outcomes = [finding.outcome for _, finding in problem.check({u(t): growth})]
    assert outcomes == [Outcome.PROVEN, Outcome.PROVEN]


WRONG = {
    "lost factor in the rate": s * exp(s * t / tau) / (exp(s * t / tau) - 1 + s / u0),
    "sign": s * exp(-2 * s * t / tau) / (exp(-2 * s * t / tau) - 1 + s / u0),
    "initial value": s * exp(2 * s * t / tau) / (exp(2 * s * t / tau) + s / u0),
    "swapped symbols": growth.subs({s: u0, u0: s}, simultaneous=True),
}


@pytest.mark.parametrize("answer", WRONG.values(), ids=WRONG)
def test_a_wrong_solution_is_refuted_with_a_witness(answer) -> None:
    findings = [f for _, f in Problem(logistic, u(t), {u(0): u0}).check({u(t): answer})]
    refuted = [f for f in findings if f.outcome is Outcome.REFUTED]
    assert refuted
    assert all(f.witness for f in refuted)


def test_a_solution_may_hold_under_a_condition_only() -> None:
    problem = Problem(Eq(x**2, s), x)
    assert problem.check({x: sqrt(s)})[0][1].outcome is Outcome.PROVEN
    absolute = Problem(Eq(sqrt(x**2), v(x)), v(x))
    assert absolute.check({v(x): x})[0][1].outcome is Outcome.REFUTED
    assert absolute.check({v(x): x}, conditions=(x >= 0,))[0][1].outcome.established


def test_a_missing_unknown_is_named() -> None:
    problem = Problem([Eq(u(t).diff(t), v(t)), Eq(v(t), 1)], [u(t), v(t)])
    with pytest.raises(InputError, match=r"v\(t\)"):
        problem.residuals({u(t): t})


def test_matrix_equations_are_problems() -> None:
    A, X = MatrixSymbol("A", 2, 2), MatrixSymbol("X", 2, 2)
    problem = Problem(Eq(A * X, A), X)
    assert problem.unknown == (X,)


def test_relations_may_be_inequalities() -> None:
    assert Problem(Le(x, s), x).equations[0].rel == "<="


# --- statement kinds: what level 0 decides ------------------------------------------------------


def outcomes(problem, solution):
    return [str(finding.outcome) for _, finding in problem.check(solution)]


def test_a_recurrence_is_checked_at_its_shifted_values():
    n = Symbol("n", integer=True, nonnegative=True)
    x = Function("x")
    doubling = Problem(Eq(x(n + 1), 2 * x(n) + 1), x(n), given={x(0): 0})
    assert outcomes(doubling, {x(n): 2**n - 1}) == ["proven", "proven"]
    assert outcomes(doubling, {x(n): 3**n - 1}) == ["refuted", "proven"]
    assert outcomes(doubling, {x(n): 2 ** (n + 1) - 1}) == ["proven", "refuted"]


def test_initial_slopes_are_given_values_too():
    t, w = symbols("t w", positive=True)
    u = Function("u")
    slope = u(t).diff(t).subs(t, 0)
    problem = Problem(Eq(u(t).diff(t, 2), -(w**2) * u(t)), u(t), given={u(0): 1, slope: w})
    assert problem.start == 0
    assert outcomes(problem, {u(t): cos(w * t) + sin(w * t)}) == ["proven"] * 3
    assert outcomes(problem, {u(t): cos(w * t)}) == ["proven", "proven", "refuted"]


def test_a_partial_differential_equation_has_initial_and_boundary_values():
    r, t = symbols("r t", real=True)
    u = Function("u")
    heat = Problem(
        Eq(u(r, t).diff(t), u(r, t).diff(r, 2)),
        u(r, t),
        given={u(r, 0): sin(r), u(0, t): 0, u(r, t).diff(r).subs(r, pi / 2): 0},
    )
    assert outcomes(heat, {u(r, t): exp(-t) * sin(r)}) == ["proven"] * 4
    assert outcomes(heat, {u(r, t): exp(-t) * cos(r)}) == ["proven"] + ["refuted"] * 3
    with pytest.raises(InputError, match="fixed point"):
        Problem(Eq(u(r, t).diff(t), 0), u(r, t), given={u(r, t): 1})
