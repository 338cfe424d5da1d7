"""Documents that nobody wrote with `to_term`: one TermError each, at once, whatever they hold."""

from __future__ import annotations

import contextlib
import copy
import time
from typing import Any

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from derivax.errors import TermError
from derivax.symbolic.terms import from_term, to_term
from derivax.symbolic.terms.build import FIELDS
from derivax.symbolic.terms.heads import HEADS

X = ["Symbol", "x", {}]
Y = ["Symbol", "y", {}]


def document(*nodes: Any, root: Any = None, **other: Any) -> dict[str, Any]:
    root = len(nodes) - 1 if root is None else root
    made = {"format": "derivax-term", "version": 1, "nodes": list(nodes), "root": root, **other}
    return {key: value for key, value in made.items() if value is not ...}


def refused(term: Any) -> str:
    start = time.perf_counter()
    with pytest.raises(TermError) as caught:
        from_term(term)
    assert time.perf_counter() - start < 2.0
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 1000
    return message


def test_the_smallest_document_is_accepted() -> None:
    assert from_term(document(X)) == sp.Symbol("x")


@pytest.mark.parametrize(
    "term",
    [
        None, 7, "x", [], {}, [X], {"nodes": [X], "root": 0}, document(X, extra=1),
        document(X, format="other"), document(X, version=2), document(X, version="1"),
        document(X, version=True), document(X, version=...), document(X, root=1),
        document(X, root=-1), document(X, root="0"), document(X, root=True), document(X, root=0.0),
        document(X, nodes=None), document(X, nodes={}), document(X, nodes=[], root=-1),
        document(X, nodes="Symbol"),
    ],
)  # fmt: skip
def test_a_broken_envelope_is_refused(term: Any) -> None:
    refused(term)


@pytest.mark.parametrize(
    "nodes",
    [
        ["x"], [None], [[]], [[1]], [["eval", "1"]], [["__import__", "os"]], [["Sympify", "x"]],
        [[["Symbol"], "x", {}]], [X, ["sin"]], [X, ["sin", 0, 0]], [X, ["Pow", 0]],
        [X, ["Add", 0]], [X, ["Symbol", "y", {}, 0]], [["Symbol", "x"]], [["Symbol"]],
        [["Add", 0, 0]], [["Add", 1, 1], X], [X, ["sin", 1]], [X, ["sin", 2], Y], [X, ["sin", -1]],
        [X, ["sin", True]], [X, ["sin", 0.0]], [X, ["sin", "0"]], [X, ["sin", [0]]],
        [X, ["sin", 10**30]], [X, X], [X, Y, ["sin", 1]], [Y, X, ["Add", 1, 1]],
        [["Integer", 1]], [["Integer", "1.0"]], [["Integer", "01"]], [["Integer", "-0"]],
        [["Integer", "+1"]], [["Integer", " 1"]], [["Integer", "1_0"]], [["Integer", "１"]],
        [["Integer", "1" * 100_001]], [["Integer", float("nan")]], [["Integer", None]],
        [["Rational", "1", "0"]], [["Rational", "2", "4"]], [["Rational", "1", "-2"]],
        [["Rational", "3", "1"]], [["Rational", 1, 2]], [["Float", "2", 0, 53]],
        [["Float", "1", 10**12, 53]], [["Float", "3", 0, 1]], [["Float", "1", 0, 10**9]],
        [["Float", 0.5, 0, 53]], [["Symbol", "", {}]], [["Symbol", "x" * 1001, {}]],
        [["Symbol", 5, {}]], [["Symbol", None, {}]], [["Symbol", "x", None]],
        [["Symbol", "x", []]], [["Symbol", "x", {"positive": 1}]],
        [["Symbol", "x", {"positive": None}]], [["Symbol", "x", {"evil": True}]],
        [["Symbol", "x", {"positive": True, "negative": True}]],
        [["Symbol", "x", {"positive": True, "real": True}]], [["Symbol", "x",
        {"commutative": True}]],
        [["constant", "exec"]], [["constant", 1]], [["Bound", 1, {}]], [["Dummy", 0, {}]],
        [["Dummy", "1", {}]], [["bool", 1]], [["int", 1]], [["str", 1]], [["none", 1]],
        [["none"], ["none"]], [["str", "x" * 1_000_001]], [["dict", 0]],
        [["none"], ["dict", 0]], [["none"], ["dict", 0, 0, 0, 0]], [["list"], ["dict", 0, 0]],
        [["none"], ["sin", 0]], [["list"], ["Add", 0, 0]], [["constant", "true"], ["Add", 0, 0]],
        [["constant", "Reals"], ["sin", 0]], [X, ["Union", 0, 0]], [X, ["Piecewise", 0]],
        [X, ["Piecewise"]], [X, ["Lambda", 0, 0]], [X, ["Tuple", 0], ["Lambda", 1, 0]],
        [X, ["Transpose", 0]], [X, ["Trace", 0]], [X, ["Matrix", 1, 2, 0]],
        [X, ["Matrix", 10**9, 10**9, 0]], [X, ["Matrix", -1, -1, 0]], [X, ["Matrix", True, 1, 0]],
        [X, ["Derivative", 0]], [X, ["Derivative", 0, 0]], [X, ["Sum", [3], 0, 0, 0, 0]],
        [X, ["Sum", [], 0]], [X, ["Sum", [2, 2], 0, 0]], [X, ["Sum", None, 0]],
        [X, ["Sum", [10**9], 0]], [X, ["Product", [1], 0, 0]], [X, ["IndexedBase"]],
        [["Function", "f", None, None]], [["Function", "f", 1, {}]], [["Function", "f", [2, 1],
        {}]],
        [X, ["Apply", "f", [2], {}, 0]], [X, ["Apply", "f", None, {"evil": True}, 0]],
        [["list"], ["Apply", "f", None, {}, 0]], [["domain", 1]], [["domain", -1]], [["domain",
        "0"]],
        [["none"], ["domain", 1, 0, 0]], [X, ["range", False, False, False, False, 0, 0]],
        [["Integer", "1"], ["Integer", "0"], ["range", False, False, False, False, 0, 1]],
        [["Str", 3]], [["Str", "s"], ["MatrixSymbol", 0, 0, 0]],
        [["Integer", "-2"], ["Str", "A"], ["MatrixSymbol", 1, 0, 0]],
        [{"head": "Symbol"}], [("Symbol", "x", {})],
    ],
    ids=str,
)  # fmt: skip
def test_a_broken_node_is_refused(nodes: list[Any]) -> None:
    refused(document(*nodes))


def test_a_bound_variable_outside_its_binder_is_refused() -> None:
    k, n = sp.symbols("k n", integer=True)
    good = to_term(sp.Sum(k * n, (k, 1, n)))
    assert from_term(good).free_symbols == {n}
    bound = next(i for i, node in enumerate(good["nodes"]) if node[0] == "Bound")
    wrong = copy.deepcopy(good)
    wrong["nodes"][bound][1] = 2
    refused(wrong)
    (tail,) = [node for node in good["nodes"] if node[0] == "Sum"]
    escaped = copy.deepcopy(good)
    escaped["nodes"][-1] = [*tail[:4], bound, tail[5]]  # the variable in its own lower bound
    refused(escaped)


def test_arguments_out_of_canonical_order_are_refused() -> None:
    good = to_term(sp.Symbol("x") + sp.Symbol("y") + 1)
    swapped = copy.deepcopy(good)
    swapped["nodes"][-1][1:] = swapped["nodes"][-1][:0:-1]
    refused(swapped)


def test_ten_million_nodes_are_refused_at_once() -> None:
    nodes = [X] * 10_000_000
    assert "10000000 nodes" in refused(document(X, nodes=nodes, root=len(nodes) - 1))


def test_deeply_nested_entries_do_not_overflow_the_stack() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    refused(document(["Symbol", "x", deep]))
    refused(document(["Symbol", deep, {}]))
    refused(document(deep))
    refused(document(X, ["sin", deep]))
    refused(deep)


def test_a_tower_of_containers_as_key_is_refused() -> None:
    nodes: list[Any] = [["tuple"]]
    nodes += [["tuple", i] for i in range(10_000)]
    nodes.append(["dict", len(nodes) - 1, 0])
    refused(document(*nodes))


def test_a_tower_of_powers_is_built_and_not_computed() -> None:
    nine = ["Integer", "9"]
    term = document(nine, *(["Pow", 0, i] for i in range(60)))
    tower = from_term(term)
    assert isinstance(tower, sp.Pow)
    assert to_term(tower) == term
    assert isinstance(
        from_term(document(["Integer", "1000000000"], ["factorial", 0])), sp.factorial
    )


def test_tuples_that_unfold_to_a_tower_are_refused_at_once() -> None:
    """SymPy hashes a Tuple by walking all of it, however much is shared."""
    nodes: list[list[object]] = [["Symbol", "x", {}]]
    nodes += [["Tuple", k, k] for k in range(400)]
    assert "unfolded" in refused(document(*nodes))


def test_a_constructor_that_unfolds_sharing_is_refused_on_a_large_graph() -> None:
    nodes: list[Any] = [X]
    nodes += [["Add", i, i] for i in range(60)]
    top = len(nodes) - 1
    nodes += [["Str", "A"], ["MatrixSymbol", top + 1, top, top]]
    assert "unfolded" in refused(document(*nodes))


def test_max_of_graphs_that_sympy_could_not_order_is_still_read() -> None:
    nodes: list[Any] = [X]
    nodes += [["Add", i, i] for i in range(60)]
    nodes += [["sin", 60]]
    both = [60, 61]
    for pair in (both, both[::-1]):
        try:
            made = from_term(document(*nodes, ["Max", *pair]))
        except TermError:
            continue
        assert isinstance(made, sp.Max)
        break
    else:
        raise AssertionError("neither order of the arguments is canonical")


def test_no_head_takes_foreign_fields_with_another_error() -> None:
    for head in sorted({*HEADS, *FIELDS}):
        for fields in ([], [{}], ["x"], [0], [0, 0, 0], [[3], 0], [None] * 4):
            with contextlib.suppress(TermError):
                from_term(document(X, [head, *fields]))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 6) | st.floats() | st.text(max_size=3)
    | st.sampled_from(["Symbol", "Add", "Sum", "Integer", "x", "Lambda", "tuple", "domain"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner,
    max_size=2),
    max_leaves=12,
)  # fmt: skip
nodes_like = st.lists(
    st.builds(
        lambda head, rest: [head, *rest],
        st.sampled_from(sorted({*HEADS, *FIELDS})),
        st.lists(json_values, max_size=4),
    ),
    max_size=6,
)


@settings(max_examples=120, deadline=None)
@given(st.one_of(json_values, nodes_like.map(lambda nodes: document(*nodes))))
def test_anything_else_is_a_term_error_or_a_canonical_object(value: Any) -> None:
    try:
        made = from_term(value)
    except TermError:
        return
    assert to_term(made) == value


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_a_mutilated_term_is_refused_or_still_canonical(data: st.DataObject) -> None:
    x, y = sp.symbols("x y", positive=True)
    k = sp.Symbol("k", integer=True)
    term = to_term(
        {"a": sp.Sum(x**k / sp.factorial(k), (k, 0, sp.oo)), "b": sp.Matrix([[x, y], [1, x + y]])}
    )
    index = data.draw(st.integers(0, len(term["nodes"]) - 1))
    node = term["nodes"][index]
    place = data.draw(st.integers(0, len(node) - 1))
    node[place] = data.draw(json_values)
    try:
        made = from_term(term)
    except TermError:
        return
    assert to_term(made) == term
