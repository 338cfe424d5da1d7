"""What `equal` takes and says: subjects, domains, witnesses, gaps in definition, errors."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import sympy as sp
from sympy import MatrixSymbol, Symbol

from derivax import Formula, equal
from derivax.cli import main
from derivax.errors import DomainError, InputError

x, y = sp.symbols("x y", real=True)
n = Symbol("n", integer=True, positive=True)
A, B = (MatrixSymbol(name, n, n) for name in "AB")


def test_a_refutation_shows_the_point_both_values_and_their_difference() -> None:
    witness = equal(sp.sqrt(x**2), x).witness
    assert witness is not None
    point = Fraction(witness["point"]["x"])
    assert point < 0
    assert abs(Fraction(witness["first"]) + point) < Fraction(1, 10**8)
    assert abs(Fraction(witness["second"]) - point) < Fraction(1, 10**8)
    assert abs(Fraction(witness["difference"]) + 2 * point) < Fraction(1, 10**8)


def test_the_values_have_enough_digits_to_see_the_difference() -> None:
    witness = equal(sp.exp(x), sp.exp(x) * (1 + sp.Rational(1, 10**50))).witness
    assert witness is not None
    first, second = (Fraction(witness[side]) for side in ("first", "second"))
    assert 0 < abs(first - second) / abs(second) < Fraction(1, 10**49)


@pytest.mark.parametrize(
    ("a", "b", "domain", "outcome"),
    [
        ("log(x^2)", "2*log(x)", {}, "refuted"),  # principal values: 2*pi*I apart for x < 0
        ("log(x^2)", "2*log(x)", {"x": (0, "inf")}, "proven"),
        ("abs(x)", "x", {"x": (0, 5)}, "proven"),
        ("abs(x)", "x", {"x": (-1, 5)}, "refuted"),
        ("sin(x/2)", "sqrt((1 - cos(x))/2)", {"x": (0, sp.pi)}, "holds"),
        ("floor(x)", "3", {"x": ("13/4", "15/4")}, "holds"),
    ],
)
def test_the_domain_decides(a: str, b: str, domain: dict[str, Any], outcome: str) -> None:
    assert equal(a, b, domain).outcome == outcome


def test_isolated_gaps_are_conditions_and_regions_without_value_are_differences() -> None:
    finding = equal((x**2 - 1) / (x - 1), x + 1)
    assert finding.outcome == "proven"
    assert finding.figures["conditions"] == ["the first has no value at x = 1"]
    assert "wherever both have a value" in finding.detail
    region = equal(sp.Piecewise((x, x > 0)), x)
    assert region.outcome == "refuted"
    assert region.witness is not None
    assert region.witness["first"] == "no value"
    # an integer has no neighbours: n*gamma(n) has no value at 0, gamma(n + 1) has
    at_zero = equal("gamma(m + 1)", sp.gamma(y) * y, args=[y, Symbol("m", real=True)])
    assert at_zero.outcome == "refuted"
    m = Symbol("m", integer=True, nonnegative=True)
    assert equal(sp.gamma(m + 1), m * sp.gamma(m)).witness["point"] == {"m": "0"}  # type: ignore[index]


def test_python_floats_are_the_numbers_that_they_are() -> None:
    assert equal(0.5, sp.Rational(1, 2)).outcome == "proven"
    assert equal(0.1, sp.Rational(1, 10)).outcome == "refuted"
    assert equal("0.1", sp.Rational(1, 10)).outcome == "proven"  # decimals in text are exact


def test_formulas_are_compared_on_their_common_domain() -> None:
    first = Formula(sp.sqrt(x**2), [x], {x: (-1, 4)})
    second = Formula(x, [x], {x: (0, 9)})
    assert equal(first, second).outcome == "proven"
    assert equal(first, "x").outcome == "refuted"
    with pytest.raises(DomainError):
        equal(first, Formula(x, [x], {x: (5, 9)}))


def test_names_of_the_catalogue_are_subjects() -> None:
    name = "saxe-linear-networks/mode"
    assert equal(name, "s").outcome == "refuted"


def test_matrices_are_compared_entry_by_entry_or_for_all_sizes() -> None:
    rotation = sp.Matrix([[sp.cos(x), -sp.sin(x)], [sp.sin(x), sp.cos(x)]])
    assert equal(rotation * rotation.T, sp.eye(2)).outcome == "proven"
    wrong = equal(rotation, rotation.T)
    assert wrong.witness is not None
    assert wrong.witness["entry"] == "(0, 1)"
    assert equal((A * B).T, B.T * A.T).outcome == "proven"
    assert equal((A + B) ** 2, A**2 + A * B + B * A + B**2).outcome == "proven"
    assert equal(sp.Trace(A * B), sp.Trace(B * A)).outcome == "proven"
    refuted = equal(A * B, B * A)
    assert refuted.outcome == "refuted"
    assert refuted.witness is not None
    assert refuted.witness["point"]["sizes"]
    two = MatrixSymbol("C", 2, 2)
    assert equal(two + two, sp.Matrix(2, 2, lambda i, j: 2 * two[i, j])).outcome == "proven"


def test_dicts_and_tuples_are_compared_output_by_output() -> None:
    ours = {"a": sp.sin(2 * x), "b": x}
    assert equal(ours, {"b": x, "a": 2 * sp.sin(x) * sp.cos(x)}).outcome == "proven"
    wrong = equal((x, x**2), (x, x**3))
    assert wrong.witness is not None
    assert wrong.witness["output"] == "[1]"


REFUSED: dict[str, tuple[Any, Any, dict[str, Any], str]] = {
    "different variables": (sp.sin(x), sp.sin(y), {}, "different variables"),
    "one name, two symbols": (x, Symbol("x", positive=True), {}, "two different symbols"),
    "shapes": (sp.Matrix([[1, 2]]), sp.Matrix([1, 2]), {}, "1 x 2 and 2 x 1"),
    "symbolic shapes": (A, MatrixSymbol("A", n + 1, n + 1), {}, "two different symbols"),
    "matrix and scalar": (sp.eye(2), x, {}, "matrix and a scalar"),
    "condition": (x > 0, x, {}, "condition"),
    "equation": (sp.Eq(x, 1), x, {}, "condition"),
    "no expression": (object(), x, {}, "not an expression"),
    "None": (None, x, {}, "not an expression"),
    "infinity": (sp.oo, x, {}, "no number"),
    "keys": ({"a": x}, {"b": x}, {}, "only"),
    "lengths": ((x, x), (x,), {}, "2 outputs and 1"),
    "empty dict": ({}, {}, {}, "empty"),
    "points": (x, x, {"points": -1}, "points"),
    "seed": (x, x, {"seed": 1.5}, "seed"),
    "seconds": (x, x, {"seconds": 0}, "no time"),
    "argument that is missing": (x + y, x, {"args": [x]}, "not among args"),
    "condition on a stranger": (x, x, {"where": "q < 1"}, "not in the domain"),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=list(REFUSED))
def test_what_cannot_be_compared_is_refused_in_one_clear_line(
    case: tuple[Any, Any, dict[str, Any], str],
) -> None:
    a, b, how, said = case
    with pytest.raises(InputError) as caught:
        equal(a, b, **how)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("how", [{"domain": {"x": (2, 1)}}, {"where": "x > 1, x < 0"}])
def test_a_contradictory_domain_is_an_error(how: dict[str, Any]) -> None:
    with pytest.raises(DomainError):
        equal("abs(x)", "x", **how)


def test_args_allow_functions_of_different_variables() -> None:
    assert equal(sp.sin(x), sp.sin(y), args=[x, y]).outcome == "refuted"


def test_what_stays_undecided_is_said() -> None:
    finding = equal("floor(sin(x)^2 + cos(x)^2)", "1")
    assert finding.outcome == "open"
    assert "undecided" in finding.detail


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["--expr", "sin(n*pi + x)", "--expr", "(-1)^n*sin(x)", "--integer", "n"], 0),
        (["--expr", "sqrt(z^2)", "--expr", "z", "--complex", "z"], 1),
        (["sqrt(z^2)", "z", "--where", "z > 0"], 0),
        (["sin(z/2)", "sqrt((1 - cos(z))/2)", "--domain", "z=0:pi"], 0),
        (["floor(sin(x)^2 + cos(x)^2)", "1"], 1),
        (["x"], 2),
        (["x", "x", "x"], 2),
        (["x", "x", "--integer", "q"], 2),
        (["sin(x)", "sin(y)"], 2),
        (["sin(x)", "sin(y)", "--args", "x y"], 1),
    ],
)
def test_the_command_line_answers_by_its_exit_status(
    words: list[str], status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["equal", *words]) == status
    out, err = capsys.readouterr()
    assert err.count("\n") == (1 if status == 2 else 0)
    assert bool(out) == (status != 2)
