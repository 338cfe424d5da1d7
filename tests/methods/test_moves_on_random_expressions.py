"""Moves on random expressions: what follows is proven, and a mutant of it is refuted."""

from __future__ import annotations

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sympy import Add, Expr, Integer, Mul, Pow, S, cos, exp, expand, log, preorder_traversal, sin
from sympy import symbols as make_symbols

from derivax.symbolic.exact.outcome import Outcome, weakest
from derivax.symbolic.methods.combine import Combine
from derivax.symbolic.methods.differentiate import Differentiate
from derivax.symbolic.methods.identity import Identity
from derivax.symbolic.methods.series_to_order import SeriesToOrder
from derivax.symbolic.methods.substitute import Rewrite, Substitute
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

x, y, z = make_symbols("x y z", real=True)
a = make_symbols("a", positive=True)
leaves = st.sampled_from([x, y, a, S(1), S(2), S(-3)])


def grown(children: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    return st.one_of(
        st.tuples(children, children).map(lambda p: p[0] + p[1]),
        st.tuples(children, children).map(lambda p: p[0] * p[1]),
        children.map(lambda e: e**2),
        children.map(sin),
        children.map(lambda e: exp(e / 4)),
        children.map(lambda e: log(1 + e**2)),
        children.map(cos),
    )


expressions = st.recursive(leaves, grown, max_leaves=6)


def outcome(rule: Rule, premises: tuple[Statement, ...], claim: Statement) -> Outcome:
    return weakest(o.check().outcome for o in rule.obligations(premises, claim))


def mutants(expr: Expr) -> list[Expr]:
    """The expression with one sign, number or symbol changed."""
    made = [-expr, 2 * expr, expr + 1, expr.subs({x: y, y: x}, simultaneous=True)]
    for node in preorder_traversal(expr):
        if isinstance(node, Integer):
            made.append(expr.xreplace({node: node + 1}))
        elif isinstance(node, Add | Mul) and len(node.args) > 1:
            made.append(expr.xreplace({node: node.func(*node.args[1:])}))
        elif isinstance(node, Pow):
            made.append(expr.xreplace({node: node.base}))
    return made


def different(one: Expr, other: Expr) -> bool:
    """Told apart by plain floating point at three points, without our own zero test."""
    points = ({x: 0.37, y: 1.21, a: 0.83}, {x: -0.61, y: 0.47, a: 1.9}, {x: 1.1, y: -0.9, a: 0.31})
    for point in points:
        gap = abs((one - other).evalf(30, subs=point))
        if gap.is_number and gap > 1e-6:
            return True
    return False


@settings(max_examples=20)
@given(expressions)
def test_differentiation(expr: Expr) -> None:
    premise = Statement(z, "=", expr)
    right = Statement(0, "=", expr.diff(x))
    assert outcome(Differentiate(x), (premise,), right) is Outcome.PROVEN
    for mutant in mutants(expr.diff(x))[:6]:
        if different(mutant, expr.diff(x)):
            wrong = Statement(0, "=", mutant)
            assert outcome(Differentiate(x), (premise,), wrong) is Outcome.REFUTED


@settings(max_examples=20)
@given(expressions, expressions)
def test_substitution(expr: Expr, value: Expr) -> None:
    assume(expr != x)  # z = x says what x is
    premise = Statement(z, "=", expr)
    rule = Substitute({x: value})
    right = Statement(z, "=", expr.subs(x, value))
    assert outcome(rule, (premise,), right).established
    if different(expr, right.rhs):
        assert outcome(rule, (premise,), Statement(z, "=", expr)) is Outcome.REFUTED


@settings(max_examples=25)
@given(expressions, expressions)
def test_rewriting(one: Expr, two: Expr) -> None:
    expr = (one + two) ** 2
    premise = Statement(z, "=", expr)
    assert outcome(Rewrite(rhs=expand(expr)), (premise,), Statement(z, "=", expand(expr))) is (
        Outcome.PROVEN
    )
    for mutant in mutants(expand(expr))[:5]:
        if different(mutant, expr):
            wrong = Statement(z, "=", mutant)
            assert outcome(Rewrite(rhs=mutant), (premise,), wrong) is Outcome.REFUTED


@settings(max_examples=25)
@given(expressions, expressions)
def test_an_identity_is_proven_or_refuted(one: Expr, two: Expr) -> None:
    assume(different(one, two))
    rule = Identity(one, two)
    assert outcome(rule, (), rule.conclude()) is Outcome.REFUTED
    product = Identity((one + two) * (one - two), one**2 - two**2)
    assert outcome(product, (), product.conclude()) is Outcome.PROVEN


@settings(max_examples=20)
@given(expressions, expressions, st.integers(-3, 3), st.integers(1, 4))
def test_combination(one: Expr, two: Expr, first: int, second: int) -> None:
    premises = (Statement(x + z, "=", one), Statement(y - z, "=", two))
    rule = Combine([first, second])
    lhs, rhs = first * (x + z) + second * (y - z), first * one + second * two
    assert outcome(rule, premises, Statement(lhs, "=", rhs)) is Outcome.PROVEN
    wrong = first * one - second * two
    if different(wrong, rhs):
        assert outcome(rule, premises, Statement(lhs, "=", wrong)) is Outcome.REFUTED


@settings(max_examples=15)
@given(expressions, st.integers(0, 3))
def test_series(expr: Expr, order: int) -> None:
    rule = SeriesToOrder(x, 0, order, expr=expr)
    right = rule.conclude()
    assert outcome(rule, (), right).established
    wrong = Statement(right.lhs, "~", right.rhs + x**order / 7, tends=right.tends)
    assert outcome(rule, (), wrong) is Outcome.REFUTED
