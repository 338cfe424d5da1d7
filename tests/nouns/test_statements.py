"""Statements keep what was claimed: no side is evaluated as to its truth."""

from __future__ import annotations

import pickle

import pytest
from sympy import (
    Eq,
    Ge,
    Gt,
    ImmutableMatrix,
    Interval,
    Le,
    Matrix,
    MatrixSymbol,
    Ne,
    Or,
    Symbol,
    exp,
    oo,
    symbols,
)

from derivax.errors import DomainError, InputError
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.statements import RELATIONS, Statement, common_domain

x, y = symbols("x y", real=True)
p = Symbol("p", positive=True)
M = MatrixSymbol("M", 3, 3)


def test_a_trivial_equation_does_not_collapse_to_true() -> None:
    statement = Statement(M.T.T, "=", M)
    assert isinstance(statement, Statement)
    assert statement.rel == "="
    assert str(statement.as_relation()) == "Eq(M, M)"
    assert str(Statement(x, "=", x)) == "x = x"


def test_a_false_equation_does_not_collapse_to_false() -> None:
    statement = Statement(1, "=", 2)
    assert str(statement) == "1 = 2"
    assert statement.as_relation() is not False
    assert statement.residual == -1


def test_relations_from_sympy_point_upwards() -> None:
    assert Statement.of(Gt(x, y)) == Statement(y, "<", x)
    assert Statement.of(Ge(x, y)) == Statement(y, "<=", x)
    assert Statement.of(Eq(x, y)) == Statement(x, "=", y)
    assert Statement.of(Le(x, y), given=(x > 0,)).given == (x > 0,)


@pytest.mark.parametrize(
    "bad", [Ne(x, y), x + y, True, None, "x = y"], ids=["unequal", "sum", "True", "None", "text"]
)
def test_what_is_not_a_relation_is_refused(bad) -> None:
    with pytest.raises(InputError, match="is not an equation or inequality"):
        Statement.of(bad)


def test_an_unknown_relation_is_named_with_the_known_ones() -> None:
    with pytest.raises(InputError) as refused:
        Statement(x, "==", y)
    assert all(relation in str(refused.value) for relation in RELATIONS)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("side", ["x + 1", "__import__('os').getcwd()", None, object(), [x]])
def test_a_side_that_is_no_expression_is_refused(side) -> None:
    with pytest.raises(InputError):
        Statement(side, "=", x)


def test_asymptotic_statements_name_their_limit() -> None:
    with pytest.raises(InputError, match="names its limit"):
        Statement(x, "->", y)
    assert str(Statement(exp(-x), "->", 0, tends=(x, oo))) == "exp(-x) -> 0 as x -> oo"


def test_sides_are_immutable_and_comparable() -> None:
    mutable = Matrix([[x, 1], [0, y]])
    statement = Statement(M, "=", mutable)
    mutable[0, 0] = 7
    assert statement.rhs == ImmutableMatrix([[x, 1], [0, y]])
    assert hash(statement) == hash(Statement(M, "=", ImmutableMatrix([[x, 1], [0, y]])))
    assert pickle.loads(pickle.dumps(statement)) == statement


def test_the_residual_is_lhs_minus_rhs() -> None:
    assert Statement(x**2, "=", y).residual == x**2 - y
    assert Statement(M, "=", M.T).residual == M - M.T
    assert Statement(M, "=", M.T).is_matrix
    assert not Statement(x, "=", y).is_matrix


def test_the_domain_holds_assumptions_ranges_and_conditions() -> None:
    statement = Statement(x * p, "<=", y, forall=Domain.of([x], {x: (0, 1)}), given=(y > x,))
    domain = statement.domain
    assert set(domain.symbols) == {x, p, y}
    assert domain.contains({x: 0, p: 1, y: 1}) is True
    assert domain.contains({x: 2, p: 1, y: 3}) is False  # the range of x
    assert domain.contains({x: 1, p: 1, y: 0}) is False  # the condition y > x
    assert domain.contains({x: 1, p: -1, y: 2}) is False  # the assumption on p


def test_a_condition_with_or_restricts_the_domain() -> None:
    domain = Statement(x, "=", y, given=(Or(x > 1, x < -1),)).domain
    assert domain.contains({x: 2, y: 0}) is True
    assert domain.contains({x: 0, y: 0}) is False


def test_free_symbols_include_conditions_and_the_limit_variable() -> None:
    statement = Statement(1, "->", 1, given=(y > 0,), tends=(x, oo))
    assert statement.free_symbols == {x, y}


def test_under_adds_conditions_once() -> None:
    statement = Statement(x, "=", y).under(x > 0, True, x > 0)
    assert statement.under(x > 0).given == (x > 0,)


def test_replacing_carries_out_derivatives_of_replaced_functions() -> None:
    from sympy import Function

    t = Symbol("t", real=True)
    u = Function("u")
    statement = Statement(u(t).diff(t), "=", u(t))
    assert statement.replaced({u(t): exp(2 * t)}).residual == exp(2 * t)


def test_membership_is_a_statement() -> None:
    assert str(Statement(x, "in", Interval(0, 1))) == "x in Interval(0, 1)"
    with pytest.raises(InputError, match="use its sides"):
        Statement(x, "in", Interval(0, 1)).as_relation()


def test_the_common_domain_is_the_intersection() -> None:
    first = Domain.of([x, y], {x: (0, 2)}, where=(x < y,))
    second = Domain.of([x, p], {x: (1, 3)}, where=(x < p,))
    both = common_domain(first, second)
    assert set(both.symbols) == {x, y, p}
    assert (both[x].low, both[x].high) == (1, 2)
    assert set(both.where) == {x < y, x < p}
    with pytest.raises(DomainError):
        common_domain(first, Domain.of([x], {x: (5, 6)}))


def test_a_condition_on_an_unknown_function_counts() -> None:
    from sympy import Abs, Function

    from derivax.symbolic.exact.outcome import Outcome
    from derivax.symbolic.exact.zero import sign_holds, vanishes

    t = Symbol("t", real=True)
    u = Function("u", real=True)
    positive = Statement(u(t), "=", Abs(u(t)), given=(u(t) > 0,))
    assert vanishes(positive.residual, positive.domain).outcome.established
    anywhere = Statement(u(t), "=", Abs(u(t)))
    assert vanishes(anywhere.residual, anywhere.domain).outcome is Outcome.REFUTED
    assert sign_holds(u(t) ** 3 + u(t) > 0, positive.domain).outcome.established
    assert sign_holds(u(t) > 1, positive.domain).outcome is Outcome.REFUTED
