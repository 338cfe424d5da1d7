"""Each kind of statement that level 0 decides: a right one is established, a wrong one refuted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sympy import (
    Eq,
    Function,
    Integral,
    MatrixSymbol,
    S,
    Trace,
    cos,
    exp,
    log,
    sin,
    sqrt,
    symbols,
)

from derivax import Problem
from derivax.numeric.verify.level_problem import formula_level
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.outcome import Finding, Outcome
from derivax.symbolic.formula import Formula
from derivax.symbolic.methods.invariant import Invariant
from derivax.symbolic.obligations import (
    FallsAtOrder,
    MatrixVanishes,
    SignHolds,
    Tends,
    Vanishes,
    all_of,
)
from derivax.symbolic.statements import Statement

x, y = symbols("x y", real=True)
a, b, p, t, s = symbols("a b p t s", positive=True)
n = symbols("n", integer=True, positive=True)
u, v = Function("u", positive=True), Function("v", positive=True)
A, B = MatrixSymbol("A", n, n), MatrixSymbol("B", n, n)
ANY = Domain.of([x, y])


def solved(problem: Problem, *answers: object) -> Finding:
    pairs = dict(zip(problem.unknown, answers, strict=True))
    return all_of((finding for _, finding in problem.check(pairs)), "substitution")


def conserved(charge: object) -> Finding:
    flow = (
        Statement(u(t).diff(t), "=", v(t) * (s - u(t) * v(t))),
        Statement(v(t).diff(t), "=", u(t) * (s - u(t) * v(t))),
    )
    rule = Invariant(charge, t)
    claimed = Statement(rule.conclude(*flow).lhs, "=", S.Zero)
    return all_of((o.check() for o in rule.obligations(flow, claimed)), "obligations")


LOGISTIC = Problem(Eq(u(t).diff(t), u(t) * (s - u(t))), u(t), given={u(0): a})
ROOT = Problem(Eq(x**2, p), x)


def growth(rate: object) -> object:
    return s * a * exp(rate * t) / (s - a + a * exp(rate * t))


KINDS: dict[str, tuple[Callable[[], Finding], Callable[[], Finding]]] = {
    "residual of an ODE with its initial value": (
        lambda: solved(LOGISTIC, growth(s)), lambda: solved(LOGISTIC, growth(2 * s)),
    ),
    "identity in jet variables": (
        lambda: Vanishes((u(t) ** 2).diff(t) - 2 * u(t) * u(t).diff(t), None, "").check(),
        lambda: Vanishes((u(t) ** 2).diff(t) - u(t) * u(t).diff(t), None, "").check(),
    ),
    "algebraic equation": (lambda: solved(ROOT, sqrt(p)), lambda: solved(ROOT, p / 2)),
    "integral by differentiation": (
        lambda: Vanishes(Integral(sin(x), (x, 0, p)) - 1 + cos(p), None, "").check(),
        lambda: Vanishes(Integral(sin(x), (x, 0, p)) - 1 - cos(p), None, "").check(),
    ),
    "limit": (
        lambda: Tends((exp(x) - 1) / x, x, S.Zero, S.One, ANY, "").check(),
        lambda: Tends((exp(x) - 1) / x, x, S.Zero, S(2), ANY, "").check(),
    ),
    "asymptotic series": (
        lambda: FallsAtOrder(
            log(1 + 1 / p) - 1 / p + 1 / (2 * p**2), p, S.Infinity, 3, Domain.of([p]), ""
        ).check(),
        lambda: FallsAtOrder(
            log(1 + 1 / p) - 1 / p - 1 / (2 * p**2), p, S.Infinity, 3, Domain.of([p]), ""
        ).check(),
    ),
    "matrix identity of symbolic shape": (
        lambda: MatrixVanishes(Trace(A * B) - Trace(B * A), "").check(),
        lambda: MatrixVanishes(A * B - B * A, "").check(),
    ),
    "conserved quantity": (
        lambda: conserved(u(t) ** 2 - v(t) ** 2), lambda: conserved(u(t) ** 2 + v(t) ** 2),
    ),
    "inequality that is a sum of squares": (
        lambda: SignHolds(2 * x * y <= x**2 + y**2, ANY, "").check(),
        lambda: SignHolds(3 * x * y <= x**2 + y**2, ANY, "").check(),
    ),
    "inequality on an interval": (
        lambda: SignHolds(exp(x) < 3, Domain.of([x], {x: (-1, 1)}), "").check(),
        lambda: SignHolds(exp(x) < 2, Domain.of([x], {x: (-1, 1)}), "").check(),
    ),
}  # fmt: skip


# (that charges are conserved is also tested with the rule)
@pytest.mark.parametrize(
    "kind",
    [pytest.param(k, marks=pytest.mark.slow) if k.startswith("conserved") else k for k in KINDS],
)
def test_a_right_statement_is_established_and_a_wrong_one_refuted(kind: str) -> None:
    right, wrong = KINDS[kind]
    assert right().outcome.established, right()
    assert wrong().outcome is Outcome.REFUTED, wrong()


def test_level_0_of_a_formula_is_the_weakest_of_its_problem() -> None:
    formula = Formula(growth(s), [t, s, a], name="logistic", solves=LOGISTIC)
    assert formula_level(formula).outcome is Outcome.PROVEN
    wrong = Formula(growth(s) + a, [t, s, a], name="logistic", solves=LOGISTIC)
    level = formula_level(wrong)
    assert level.outcome is Outcome.REFUTED
    assert level.witness
