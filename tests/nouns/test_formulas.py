"""Formulas: equality is that of the canonical term; JSON gives the same formula back."""

from __future__ import annotations

import json
import pickle

import pytest
from sympy import (
    Dummy,
    Eq,
    Function,
    IndexedBase,
    Matrix,
    MatrixSymbol,
    Sum,
    Symbol,
    exp,
    symbols,
)

from derivax.errors import DomainError, InputError, TermError
from derivax.symbolic.formula import Formula
from derivax.symbolic.problem import Problem

t, k, s = symbols("t k s", positive=True)
x, y = symbols("x y", real=True)
n, i = symbols("n i", integer=True, positive=True)


def test_equality_does_not_depend_on_how_terms_were_ordered() -> None:
    one = Formula(x + y * x, [x, y])
    other = Formula(y * x + x, [x, y])
    assert one == other
    assert hash(one) == hash(other)
    assert one.digest == other.digest


def test_equality_sees_arguments_domain_and_assumptions() -> None:
    formula = Formula(x * y, [x, y])
    assert formula != Formula(x * y, [y, x])
    assert formula != Formula(x * y, [x, y], domain={x: (0, 1)})
    assert formula != Formula(x * y, [x, y], where=(x < y,))
    assert formula != Formula(x * y + 1, [x, y])
    positive = Symbol("x", positive=True)
    assert formula != Formula(positive * y, [positive, y])
    assert formula != "x*y"


def test_bound_variables_do_not_count() -> None:
    j = Dummy("j", integer=True)
    m = Symbol("m", integer=True)
    assert Formula(Sum(x**j, (j, 1, 3)), [x]) == Formula(Sum(x**m, (m, 1, 3)), [x])


def test_names_and_titles_are_descriptions_only() -> None:
    assert Formula(x, [x], name="a", title="one") == Formula(x, [x], name="b", source="two")


def test_default_arguments_are_the_free_symbols_by_name() -> None:
    assert Formula(t * exp(-k * s)).args == (k, s, t)


SAMPLES = {
    "scalar": Formula(exp(-k * t), [t, k], name="decay", title="Decay", source="textbook"),
    "domain": Formula(x / y, [x, y], domain={y: ("1/3", "inf")}, where=(x < y,)),
    "tuple": Formula((x + y, x - y), [x, y]),
    "dict": Formula({"sum": x + y, "difference": x - y}, [x, y]),
    "matrix": Formula(Matrix([[x, 1], [0, y]]), [x, y]),
    "matrix symbol": Formula(MatrixSymbol("A", 2, 3) * MatrixSymbol("B", 3, 2)),
    "sum": Formula(Sum(x**i / i, (i, 1, n)), [x, n]),
}


@pytest.mark.parametrize("formula", SAMPLES.values(), ids=SAMPLES)
def test_json_gives_the_same_formula_back(formula: Formula) -> None:
    text = json.dumps(formula.to_json())
    again = Formula.from_json(json.loads(text))
    assert again == formula
    assert again.expr == formula.expr or isinstance(
        formula.expr, Sum
    )  # bound variables are renamed
    assert again.domain == formula.domain
    assert (again.name, again.title, again.source) == (formula.name, formula.title, formula.source)


@pytest.mark.parametrize("formula", SAMPLES.values(), ids=SAMPLES)
def test_formulas_can_be_pickled(formula: Formula) -> None:
    assert pickle.loads(pickle.dumps(formula)) == formula


@pytest.mark.parametrize(
    "data",
    [None, 3, [], {}, {"term": 3}, {"term": {}}, {"term": {"format": "other"}}, "formula"],
    ids=str,
)
def test_malformed_json_is_refused(data) -> None:
    with pytest.raises(TermError):
        Formula.from_json(data)


def test_a_term_of_another_shape_is_refused() -> None:
    from derivax.symbolic.terms import to_term

    with pytest.raises(TermError, match="expr, args, domain"):
        Formula.from_json({"term": to_term({"expr": x})})


BAD = {
    "text": (lambda: Formula("x + 1", [x]), "is text"),
    "text in a dict": (lambda: Formula({"a": "x"}, [x]), "is text"),
    "an argument that is no symbol": (lambda: Formula(x, [x + 1]), "is not a symbol"),
    "an argument twice": (lambda: Formula(x, [x, x]), "twice"),
    "a symbol that is no argument": (lambda: Formula(x * y, [x]), "is not an argument"),
    "a range for a stranger": (lambda: Formula(x, [x], domain={y: (0, 1)}), "not one of"),
    "an empty range": (lambda: Formula(x, [x], domain={x: (2, 1)}), "give low < high"),
    "a range against the assumptions": (
        lambda: Formula(t, [t], domain={t: (-3, -1)}), "give low < high",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("build", "message"), BAD.values(), ids=BAD)
def test_a_bad_formula_is_refused_in_one_line(build, message) -> None:
    with pytest.raises((InputError, DomainError), match=message) as refused:
        build()
    assert "\n" not in str(refused.value)


def test_indexed_arrays_bring_their_sizes() -> None:
    a = IndexedBase("a", shape=(n,))
    formula = Formula(Sum(a[i], (i, 0, n - 1)), [a, n])
    assert formula.args == (a, n)
    assert set(Formula(Sum(a[i], (i, 0, n - 1))).args) == {a, n}
    with pytest.raises(InputError, match="is not an argument"):
        Formula(Sum(a[i], (i, 0, n - 1)), [n])


def test_a_formula_knows_the_problem_that_it_claims_to_solve() -> None:
    u = Function("u", positive=True)
    problem = Problem(Eq(u(t).diff(t), -k * u(t)), u(t), {u(0): s})
    formula = Formula(s * exp(-k * t), [t, k, s], solves=problem)
    assert formula.solution == {u(t): s * exp(-k * t)}
    with pytest.raises(InputError, match="as many outputs"):
        Formula((s, s), [s], solves=problem)
    with pytest.raises(InputError, match="does not claim"):
        assert Formula(s, [s]).solution


def test_formulas_are_immutable() -> None:
    formula = Formula(x, [x])
    with pytest.raises(AttributeError):
        formula.name = "other"  # type: ignore[misc]
