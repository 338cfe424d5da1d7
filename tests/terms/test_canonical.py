"""One object, one spelling: order of arguments, names of dummies and the process do not show."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from typing import Any

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Add, Dummy, Integral, Lambda, Mul, Product, Subs, Sum, Symbol

from derivax.symbolic.terms import digest, from_term, to_term

x, y, z = sp.symbols("x y z")
i, j, k, n = sp.symbols("i j k n", integer=True)
f = sp.Function("f")


@settings(max_examples=60, deadline=None)
@given(st.permutations([x, y, x * y, sp.sin(x), sp.Integer(2), sp.exp(z), x]))
def test_the_order_of_a_sum_or_product_does_not_show(args: list[Any]) -> None:
    for make in (Add, Mul, sp.FiniteSet, lambda *s, **_: dict.fromkeys(s, 1)):
        reference = sorted(args, key=str)
        assert digest(make(*args, evaluate=False)) == digest(make(*reference, evaluate=False))


def test_the_order_of_noncommuting_factors_shows() -> None:
    a, b = sp.symbols("a b", commutative=False)
    assert digest(a * b) != digest(b * a)
    A, B = sp.MatrixSymbol("A", 2, 2), sp.MatrixSymbol("B", 2, 2)
    assert digest(A * B) != digest(B * A)
    assert digest(f(a) * f(b)) != digest(f(b) * f(a))
    assert digest(Mul(x, a, b, evaluate=False)) == digest(Mul(a, x, b, evaluate=False))
    assert digest(x - y) != digest(y - x)
    assert digest(x**y) != digest(y**x)


renamed = [
    (Sum(k**2 * x, (k, 1, n)), Sum(j**2 * x, (j, 1, n))),
    (Integral(sp.exp(-(y**2)), (y, 0, x)), Integral(sp.exp(-(z**2)), (z, 0, x))),
    (Lambda((x, y), x - y), Lambda((y, x), y - x)),
    (Lambda(((x, y), z), x + y * z), Lambda(((z, x), y), z + x * y)),
    (Subs(f(x).diff(x), x, 0), Subs(f(y).diff(y), y, 0)),
    (sp.Limit(sp.sin(x) / x, x, 0), sp.Limit(sp.sin(y) / y, y, 0)),
    (Sum(Sum(i * j, (j, 1, i)), (i, 1, n)), Sum(Sum(j * i, (i, 1, j)), (j, 1, n))),
    (Sum(i * j, (j, 1, i), (i, 1, n)), Sum(j * i, (i, 1, j), (j, 1, n))),
    (Product(Sum(k, (k, 1, n)) + k, (k, 1, n)), Product(Sum(i, (i, 1, n)) + j, (j, 1, n))),
    (Sum(x[0] if False else sp.Indexed("w", sp.Idx(i)), (sp.Idx(i), 1, 5)),
     Sum(sp.Indexed("w", sp.Idx(k)), (sp.Idx(k), 1, 5))),
    (x + Sum(x, (x, 1, n)), x + Sum(y, (y, 1, n))),
    ([Dummy("a") + 2], [Dummy("b") + 2]),
]  # fmt: skip


@pytest.mark.parametrize(("one", "two"), renamed, ids=lambda e: str(e)[:30])
def test_names_of_bound_variables_do_not_show(one: Any, two: Any) -> None:
    assert to_term(one) == to_term(two)
    assert to_term(from_term(to_term(one))) == to_term(one)


different = [
    (Sum(k * x, (k, 1, n)), Sum(k * k, (k, 1, n))),
    (Sum(i * j, (j, 1, i), (i, 1, n)), Sum(i * j, (j, 1, k), (i, 1, n))),
    (Lambda((x, y), x - y), Lambda((y, x), x - y)),
    (Lambda(x, y), Lambda(x, x + 0 * y + 1)),
    (Sum(Sum(i, (i, 1, n)), (j, 1, n)), Sum(Sum(j, (i, 1, n)), (j, 1, n))),
    (Integral(x, x), Integral(y, y)),  # an indefinite integral is a function of its variable
    (sp.Derivative(f(x), x), sp.Derivative(f(y), y)),
    (Sum(f(x), (x, 1, x)), Sum(f(y), (y, 1, z))),
    (Integral(f(x), (x, 0, 1)), Integral(f(Symbol("x", real=True)), (Symbol("x", real=True), 0,
    1))),
]  # fmt: skip


@pytest.mark.parametrize(("one", "two"), different, ids=lambda e: str(e)[:30])
def test_what_a_variable_means_does_show(one: Any, two: Any) -> None:
    assert digest(one) != digest(two)


def test_a_bound_variable_comes_back_without_capturing_others() -> None:
    outer = Sum(f(k, n) * Sum(k * j, (j, 1, k)), (k, 1, n))
    again = from_term(to_term(outer))
    assert again.free_symbols == {n}
    numeric = again.subs(n, 3).doit().replace(f, lambda first, second: first + second)
    # by hand: sum over k = 1..3 of (k + 3) * k * k (k + 1)/2 = 4*1 + 5*6 + 6*18
    assert numeric == 4 * 1 + 5 * 6 + 6 * 18
    assert from_term(to_term(outer)) == again  # the same on every reading


def test_bound_dummies_of_different_terms_do_not_meet() -> None:
    inner = from_term(to_term(Sum(k, (k, 1, n))))
    outer = from_term(to_term(Sum(f(j), (j, 1, n))))
    both = Sum(inner * outer, (n, 1, 2)).doit().replace(f, lambda value: value)
    assert both == 1 * 1 + 3 * 3


def graph(edges: list[tuple[int, int]], dummies: list[Any]) -> Any:
    return sp.FiniteSet(*(f(dummies[a], dummies[b]) for a, b in edges))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=8),
    st.permutations(range(5)),
)
def test_free_dummies_are_numbered_by_their_place(
    edges: list[tuple[int, int]], permuted: list[int]
) -> None:
    one, two = [Dummy(f"a{m}") for m in range(5)], [Dummy() for _ in range(5)]
    relabelled = [two[permuted[m]] for m in range(5)]
    assert to_term(graph(edges, one)) == to_term(graph(edges, relabelled))


def test_a_seven_cycle_of_dummies_differs_from_a_three_and_a_four_cycle() -> None:
    seven = [(m, (m + 1) % 7) for m in range(7)]
    split = [(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 6), (6, 3)]
    shuffled = random.Random(1).sample(range(7), 7)
    d, e = [Dummy() for _ in range(7)], [Dummy() for _ in range(7)]
    assert digest(graph(seven, d)) != digest(graph(split, d))
    for edges in (seven, split):
        assert digest(graph(edges, d)) == digest(graph(edges, [e[m] for m in shuffled]))


PROGRAM = """
import sys, random
import sympy as sp
if sys.argv[1] == "noise":  # other objects and dummies first: SymPy's caches and counters differ
    rng = random.Random(7)
    for m in range(200):
        sp.Dummy(); sp.Symbol(f"s{rng.random()}") + m
    y, x = sp.symbols("y x"); (y*x + sp.cos(y)).expand()
from derivax.symbolic.terms import digest
x, y = sp.symbols("x y"); p = sp.Symbol("p", positive=True); k, n = sp.symbols("k n", integer=True)
d, e = sp.Dummy("d"), sp.Dummy("e")
A, B = sp.MatrixSymbol("A", n, n), sp.MatrixSymbol("B", n, n)
f = sp.Function("f")
print(digest([x*y + p**2*sp.sin(x) + d - 2*e, sp.Max(x, y, p), (x > 0) & (y > 0) & (p > x),
              sp.Sum(f(k)*x, (k, 1, n)), A*B + B.T + 2*A, sp.FiniteSet(x, y, p, 1, 2),
              {"b": x, "a": sp.Piecewise((x, y > 0), (p, True))}, sp.Lambda((x, y), y - x)]))
"""


def test_the_digest_is_the_same_in_every_process() -> None:
    found = set()
    for seed, mode in (("0", "quiet"), ("4242", "noise")):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        run = subprocess.run(
            [sys.executable, "-c", PROGRAM, mode],
            env=environment, capture_output=True, text=True, timeout=120, check=True,
        )  # fmt: skip
        found.add(run.stdout.strip())
    assert len(found) == 1
    assert len(found.pop()) == 64
