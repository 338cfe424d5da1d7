"""Terms see an expression as the graph that it is: sharing and depth cost nothing extra."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
import sympy as sp
from sympy import Add, Mul, Symbol

from derivax.errors import TermError
from derivax.symbolic.terms import digest, from_term, to_term

x = Symbol("x")


def squares(depth: int) -> Any:
    e: Any = x
    for _ in range(depth):
        e = Mul(e, Add(e, 1, evaluate=False), evaluate=False)
    return e


def doubled(depth: int) -> Any:
    e: Any = x
    for _ in range(depth):
        e = Add(e, e, evaluate=False)
    return e


@pytest.mark.parametrize("make", [doubled, squares])
def test_a_graph_with_two_to_the_hundred_leaves_round_trips_at_once(make: Any) -> None:
    e = make(100)
    start = time.perf_counter()
    term = to_term(e)
    again = from_term(json.loads(json.dumps(term)))
    assert to_term(again) == term
    assert time.perf_counter() - start < 0.5
    assert len(term["nodes"]) <= 202
    assert digest(e) == digest(make(100))
    while again.args:  # sharing is kept: equal parts are one object
        again = next(a for a in again.args if a.args or a == x)
    assert again == x  # SymPy may have dropped the first `x` from its cache


def test_a_chain_deeper_than_any_stack_round_trips() -> None:
    e: Any = x
    for _ in range(3_000):
        e = sp.sin(Add(e, 1, evaluate=False), evaluate=False)
    term = to_term(e)
    again = from_term(term)
    assert len(term["nodes"]) == 6_002
    assert to_term(again) == term
    assert isinstance(hash(again), int)  # hashed on the way, so that no later hash recurses


def test_siblings_that_differ_only_at_the_bottom_are_ordered_without_recursion() -> None:
    one: Any = x
    two: Any = Symbol("y")
    for _ in range(700):
        one, two = (sp.sin(Add(e, 1, evaluate=False), evaluate=False) for e in (one, two))
    pair = Add(two, one, evaluate=False)
    assert to_term(from_term(to_term(pair))) == to_term(Add(one, two, evaluate=False))


def test_a_bound_variable_in_a_shared_graph_is_renamed_once() -> None:
    k, n = sp.symbols("k n", integer=True)
    body: Any = k
    for _ in range(100):
        body = Add(body, body, evaluate=False)
    total = sp.Tuple(sp.Basic.__new__(sp.Sum, body, sp.Tuple(k, 1, n)), body)
    term = to_term(total)
    assert len(term["nodes"]) < 220
    assert to_term(from_term(term)) == term


def test_nested_containers_need_no_stack() -> None:
    value: Any = 1
    for _ in range(5_000):
        value = [value]
    again = from_term(to_term(value))
    for _ in range(5_000):
        (again,) = again
    assert again == 1


def test_a_container_that_contains_itself_is_refused() -> None:
    loop: list[Any] = [1]
    loop.append(loop)
    with pytest.raises(TermError, match="contains itself"):
        to_term(loop)


def test_more_nodes_than_a_term_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from derivax.symbolic.terms import write

    monkeypatch.setattr(write, "MAX_NODES", 50)
    with pytest.raises(TermError, match="more than 50 nodes"):
        to_term(list(range(1000)))
    with pytest.raises(TermError, match="more than 50 nodes"):
        to_term(doubled(60))


@pytest.mark.parametrize(
    "value",
    [0.5, 1j, object(), {1, 2}, b"x", sp.Poly(x**2), sp.Wild("w"), [x, {"a": float("nan")}], dict,
     sp.QQ, sp.Integer(10) ** 100_001, 10**100_001],
    ids=lambda v: type(v).__name__,
)  # fmt: skip
def test_what_a_term_cannot_hold_is_refused_by_name(value: Any) -> None:
    with pytest.raises(TermError):
        to_term(value)
