"""Walks over expressions visit every shared node once, and agree with SymPy's own."""

from __future__ import annotations

import random
import time
from fractions import Fraction

import pytest
import sympy as sp

from derivax.symbolic.exact.dag import (
    Graph,
    differentiated,
    free_symbols_of,
    postorder,
    rational_value,
    replaced,
    symbols_of,
)
from derivax.symbolic.exact.variables import free_variables

x, y, z = sp.symbols("x y z", real=True)
k, n = sp.symbols("k n", integer=True)


def tower(levels: int) -> sp.Expr:
    expr: sp.Expr = x
    for i in range(levels):
        expr = sp.Add(sp.Mul(expr, expr, evaluate=False), y * i, evaluate=False)
    return expr


def test_walks_over_a_tree_of_2_to_the_100_leaves_are_immediate() -> None:
    big = tower(100)
    start = time.perf_counter()
    assert symbols_of([big]) == (x, y) or set(symbols_of([big])) == {x, y}
    assert free_symbols_of([big]) == {x, y}
    assert set(free_variables([big])) == {x, y}
    assert len(Graph([big]).nodes) < 500
    assert rational_value(tower(12), {x: 0, y: 0}) == 0
    assert time.perf_counter() - start < 0.5


def test_replacement_and_differentiation_rebuild_each_shared_node_once() -> None:
    medium = tower(40)
    start = time.process_time()
    assert len(list(postorder([replaced(medium, {y: z})]))) < 300
    assert len(list(postorder([differentiated(medium, x)]))) < 600
    assert time.process_time() - start < 3.0


EXPRESSIONS = [
    sp.exp(x * y) * sp.sin(x) ** 2 + x**y,
    sp.Abs(x - y) * sp.sign(x) + sp.Max(x, y) * 3,
    sp.Piecewise((x**2, x > y), (x * y, True)) + x,
    sp.Sum(x**k / k, (k, 1, n)) * x + sp.Integral(sp.exp(-x * z), (z, 0, x)),
    sp.Function("f")(x * y) + sp.Function("g")(x, x**2),
    sp.log(sp.cos(x) / (1 + x * sp.tanh(y))) ** sp.Rational(3, 2),
    sp.besselj(2, x * y) + sp.gamma(x) - sp.erf(x) / x,
]


@pytest.mark.parametrize("expr", EXPRESSIONS, ids=str)
@pytest.mark.parametrize("symbol", [x, y], ids=str)
def test_derivatives_agree_with_sympy(expr: sp.Expr, symbol: sp.Symbol) -> None:
    ours, theirs = differentiated(expr, symbol), expr.diff(symbol)
    assert ours == theirs or sp.simplify(ours - theirs) == 0


@pytest.mark.parametrize("expr", EXPRESSIONS, ids=str)
def test_replacement_agrees_with_xreplace(expr: sp.Expr) -> None:
    rule = {x: z + 1, y: x}
    if not expr.has(sp.Integral):
        assert replaced(expr, rule) == expr.xreplace(rule)
    assert free_symbols_of([expr]) == expr.free_symbols


def test_bound_and_unknown_variables() -> None:
    u = sp.Function("u")
    expr = sp.Sum(x**k, (k, 0, n)) + u(x).diff(x) + sp.Subs(u(z), z, 0) + sp.Integral(z, (z, 0, y))
    assert set(free_variables([expr])) == {
        n,
        x,
        y,
        u(x).diff(x),
        sp.Subs(u(z), z, 0) if isinstance(sp.Subs(u(z), z, 0), sp.Subs) else u(0),
    }


def test_equal_expressions_share_a_slot() -> None:
    left = sp.Add(sp.Integer(1), x, evaluate=False)  # keeps the arguments in this order
    graph = Graph([left, sp.Add(sp.Integer(1), x, evaluate=False), sp.sin(left)])
    assert graph.roots[0] == graph.roots[1]
    assert len(graph.nodes) == 4
    assert len(Graph([tower(30), tower(30)]).nodes) == len(Graph([tower(30)]).nodes)


def test_rational_values_are_exact() -> None:
    rng = random.Random(0)
    for _ in range(50):
        a, b = (Fraction(rng.randint(-50, 50), rng.randint(1, 50)) for _ in range(2))
        if a + b == 0:
            continue
        expr = (x**3 - y / 3) / (x + y) + sp.Float(0.1)
        exact = (a**3 - b / 3) / (a + b) + Fraction(0.1)
        assert rational_value(expr, {x: a, y: b}) == exact
    assert rational_value(1 / x, {x: 0}) is None
    assert rational_value(sp.exp(x), {x: 0}) is None
    assert rational_value(x + z, {x: 0}) is None
    assert rational_value(x ** sp.Rational(1, 2), {x: 4}) is None
