"""Text of the accepted language means what mathematics means by it."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Derivative, Eq, Function, Rational, Symbol

from derivax.errors import ParseError
from derivax.symbolic.parse import (
    parse,
    parse_domain,
    parse_equations,
    parse_given,
    parse_names,
    parse_relations,
)

x, y, z, t, s, tau, u0, k, n = (
    Symbol(c, real=True) for c in ["x", "y", "z", "t", "s", "tau", "u0", "k", "n"]
)
u, v = Function("u"), Function("v")


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("x + y*2", x + 2 * y),
        ("-x**2", -(x**2)),
        ("2**-x", 2 ** (-x)),
        ("2^3^2", sp.Integer(512)),  # powers associate to the right
        ("x - y - z", x - y - z),
        ("x/y/z", x / (y * z)),
        ("x/y*z", x * z / y),
        ("- - x", x),
        ("+x", x),
        ("0.1", Rational(1, 10)),
        ("1e-3*x", x / 1000),
        ("1.5e2", sp.Integer(150)),
        (".5", sp.S.Half),
        ("1/3", Rational(1, 3)),
        ("s/(1 + (s/u0 - 1)*exp(-2*s*t/tau))", s / (1 + (s / u0 - 1) * sp.exp(-2 * s * t / tau))),
        ("lambda*x", Symbol("lambda", real=True) * x),
        ("gamma*gamma(x)", Symbol("gamma", real=True) * sp.gamma(x)),
        ("π − x", sp.pi - x),
        ("E**x", sp.exp(x)),
        ("sqrt(x) + Abs(y)", sp.sqrt(x) + sp.Abs(y)),
        ("ln(x) - log(x)", sp.S.Zero),
        ("log(x, 2)", sp.log(x) / sp.log(2)),
        ("arctan(x)", sp.atan(x)),
        ("Min(x, y, 3)", sp.Min(x, y, 3)),
        ("Max(10**9, x)", sp.Max(10**9, x)),
        ("besselj(1, x)", sp.besselj(1, x)),
        ("LambertW(x)", sp.LambertW(x)),
        ("Heaviside(x)", sp.Heaviside(x)),
        ("factorial(5)", sp.Integer(120)),
        ("cos(pi/3)", sp.S.Half),
        ("u(t)", u(t)),
        ("u'(t) + u''(t)", u(t).diff(t) + u(t).diff(t, 2)),
        ("Derivative(u(t), t)", u(t).diff(t)),
        ("Derivative(u(x, t), x, 2, t)", Derivative(u(x, t), (x, 2), t)),
        ("diff(u(x, t), (x, 2))", Derivative(u(x, t), (x, 2))),
        ("Piecewise((x, x > 0), (0, True))", sp.Piecewise((x, x > 0), (0, True))),
        ("x < y", x < y),
        ("x == y", Eq(x, y)),
        ("x = y", Eq(x, y)),
        ("Eq(x, y)", Eq(x, y)),
        ("x != y", sp.Ne(x, y)),
        ("x ≤ y", x <= y),
        ("x >= 1", x >= 1),
        ("0 < x <= y", sp.And(sp.Lt(0, x, evaluate=False), x <= y)),
        ("x > 0 & y > 0", (x > 0) & (y > 0)),
        ("not x > 0 or y > 0", (x <= 0) | (y > 0)),
        ("Integral(exp(-x**2), (x, 0, oo))", sp.Integral(sp.exp(-(x**2)), (x, 0, sp.oo))),
        ("(x + 1)*(x - 1)/(x + 1)", x - 1),
    ],
)  # fmt: skip
def test_text_means_the_expression(text: str, meaning: Any) -> None:
    assert parse(text) == meaning


def test_sum_indices_are_integers() -> None:
    found = parse("Sum(k**2*x, (k, 1, n)) + Product(k, (k, 1, 3))")
    index = Symbol("k", integer=True)
    assert found == sp.Sum(index**2 * x, (index, 1, n)) + sp.Product(index, (index, 1, 3))
    assert parse("Sum(k, (k, 1, 4))").doit() == 10


def test_relations_are_not_decided() -> None:
    for text in ("x = x", "1 < 2", "2 == 3"):
        assert isinstance(parse(text), sp.core.relational.Relational)


def test_unknown_names_are_real_and_declared_names_keep_their_meaning() -> None:
    positive = Symbol("x", positive=True)
    assert parse("x").is_real
    assert parse("sqrt(x**2)", [positive]) == positive
    assert parse("E*I", sp.symbols("E I")) == sp.Symbol("E") * sp.Symbol("I")
    assert parse("e*x", {"e": sp.E, "x": y}) == sp.E * y
    assert parse("sin*2", {"sin": x}) == 2 * x
    w = Function("w", positive=True)
    assert parse("w(t)", [w]) == w(t)
    assert parse("w'(t)", {"w": w(t)}) == w(t).diff(t)
    assert parse("a_b*2", [Symbol("a_b")]) == 2 * Symbol("a_b")


def test_equations_and_given_values() -> None:
    (first, second) = parse_equations("tau*u'(t) = 2*u(t)*(s - u(t)); v''(t) == -v(t);")
    assert first == Eq(tau * u(t).diff(t), 2 * u(t) * (s - u(t)))
    assert second == Eq(v(t).diff(t, 2), -v(t))
    assert parse_equations("x = x") == [Eq(x, x, evaluate=False)]
    given_values = parse_given("u(0) = u0; u'(0) = 1, v(1/2) = 0")
    slope = u(t).diff(t).subs(t, 0)
    assert given_values == {u(0): u0, slope: 1, v(Rational(1, 2)): 0}
    assert parse_given("") == {}


def test_relations_domains_and_names() -> None:
    a, b = Symbol("a", real=True), Symbol("b", real=True)
    assert parse_relations("u0 < s, 0 < a <= b") == (u0 < s, sp.Lt(0, a, evaluate=False), a <= b)
    assert parse_domain("t=0:inf, s = -1/2:2*10; w=-oo:0.1") == {
        "t": (0, sp.oo), "s": (Rational(-1, 2), 20), "w": (-sp.oo, Rational(1, 10)),
    }  # fmt: skip
    assert parse_names("t s,u0") == ("t", "s", "u0")
    assert parse_names("lambda") == ("lambda",)


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        (parse_equations, ""), (parse_equations, "x + 1"), (parse_equations, "x < 1"),
        (parse_equations, "x = y = z"), (parse_equations, "x = 1 y = 2"),
        (parse_given, "x + 1"), (parse_given, "2 = x"), (parse_given, "u(0) = 1; u(0) = 2"),
        (parse_relations, "x"), (parse_relations, "x < y z < 1"), (parse_domain, "t"),
        (parse_domain, "t=0"), (parse_domain, "t=1:0"), (parse_domain, "t=x:1"),
        (parse_domain, "t=I:1"), (parse_domain, "t=0:1, t=0:2"), (parse_domain, "0:1"),
        (parse_domain, "t=0:nan"), (parse_names, ""), (parse_names, "t t"), (parse_names, "t + s"),
        (parse_names, "pi"), (parse_names, "t 2"),
    ],
)  # fmt: skip
def test_other_texts_are_refused(reader: Any, text: str) -> None:
    with pytest.raises(ParseError):
        reader(text)


@pytest.mark.parametrize(
    ("text", "column", "advice"),
    [
        ("2x", 2, "write 2*x"),
        ("(x)(y)", 4, "write (...)*(...)"),
        ("x y", 3, "write x*y"),
        ("1 + sinx", 5, "write sin(x)"),
        ("1 + sine(x)", 5, "write sin(...)"),
        ("Sqrt(x)", 1, "write sqrt(...)"),
        ("expp(x)", 1, "write exp(...)"),
        ("x!", 2, "write factorial(x)"),
        ("x²", 2, "write x**2"),
        ("x % y", 3, "write Mod(x, y)"),
        ("u' = 1", 1, "write u'(t)"),
        ("u'(t) = u", 9, "write u(t)"),
        ("e**x", 1, "write E or exp(...)"),
        ("sin + 1", 1, "write sin(...)"),
        ("a[0]", 2, "x_1"),
        ("007", 1, "write 7"),
        ("(x + 1", 1, "never closed"),
        ("x)", 2, "closes nothing"),
        ("x +", 4, "the text ends"),
        ("1/0", 2, "division by zero"),
        ("u'(x, t)", 1, "Derivative(u(x, t), x)"),
        (r"\alpha", 1, "not LaTeX"),
    ],
)
def test_errors_name_the_place_and_what_to_write(text: str, column: int, advice: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse(text)
    assert f"column {column}" in str(caught.value)
    assert advice in str(caught.value)


def test_a_symbol_is_not_called() -> None:
    with pytest.raises(ParseError, match=r"write tau\*\(\.\.\.\)"):
        parse("tau(2*x)", sp.symbols("tau x"))


numbers = st.one_of(st.integers(0, 10**6).map(str), st.decimals(0, 1000, places=3).map(str))


def texts(*functions: str) -> st.SearchStrategy[str]:
    """Sums, products, squares (and functions) of x, y, t and numbers, fully bracketed."""
    return st.recursive(
        st.one_of(st.sampled_from(["x", "y", "t"]), numbers),
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda p: f"({' '.join(p)})"),
            inner.map(lambda e: f"-{e}"),
            inner.map(lambda e: f"({e})**2"),
            *(inner.map(lambda e, f=f: f"{f}({e})") for f in functions),
        ),
        max_leaves=8,
    )


@settings(max_examples=60, deadline=None)
@given(texts())
def test_arithmetic_agrees_with_python(text: str) -> None:
    """Python's own grammar is the independent reader, at a point of rational numbers."""
    point = {"x": Fraction(1, 3), "y": Fraction(-2), "t": Fraction(5, 7)}
    exact = re.sub(r"(?<!\*\*)(?<![\d.])\d+(\.\d+)?", lambda m: f"Fraction('{m[0]}')", text)
    expected = eval(exact, {"__builtins__": {}, "Fraction": Fraction, **point})
    values = {
        Symbol(name, real=True): Rational(q.numerator, q.denominator) for name, q in point.items()
    }
    assert parse(text).subs(values) == Rational(expected.numerator, expected.denominator)


@settings(max_examples=60, deadline=None)
@given(texts("sin", "atan", "sqrt"))
def test_printed_expressions_read_back(text: str) -> None:
    expr = parse(text)
    assert parse(str(expr)) == expr
