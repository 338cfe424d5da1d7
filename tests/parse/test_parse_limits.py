"""Whatever is typed, the parser answers at once: a moderate expression or one ParseError."""

from __future__ import annotations

import contextlib
import time
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from derivax.errors import ParseError
from derivax.symbolic.parse import (
    parse,
    parse_domain,
    parse_equations,
    parse_given,
    parse_names,
    parse_relations,
)
from derivax.symbolic.parse.functions import FUNCTIONS


def refused(text: Any) -> str:
    start = time.process_time()
    with pytest.raises(ParseError) as caught:
        parse(text)
    assert time.process_time() - start < 1.0
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 700
    return message


@pytest.mark.parametrize(
    "text",
    [
        "9**9**9**9", "10**10**10", "10**(-10**9)", "2**(10**6 + 1/2)", "(2*x)**(10**9)",
        "((3*x)**1000)**1000", "sqrt(2)**(10**9)", "(1 + sqrt(2))**(10**8)", "(1/3)**(10**9)",
        "exp(10**9)", "exp(exp(exp(99)))", "cosh(cosh(cosh(100)))", "E**E**E**99",
        "pi**pi**pi**pi**pi",
        "factorial(10**9)", "gamma(10**9)", "gamma(x + 10**9)", "binomial(10**9, 5*10**8)",
        "fibonacci(10**8)", "harmonic(10**8)", "bernoulli(10**6)", "zeta(-10**7)",
        "loggamma(10**8)",
        "digamma(10**8)", "polygamma(10**5, 2)", "hermite(10**5, x)", "legendre(10**5, x)",
        "jacobi(99, a, b, x)", "rf(x, 10**6)", "ff(x, 10**6)", "uppergamma(10**6, x)",
        "floor(exp(1000))", "Max(exp(100), 3)", "factorial(factorial(10))", "erf(erf(10**9))",
        "besselj(0, 10**9)", "1e99999", "1e-99999", "1e999999999999", "1" * 10**6, "9" * 1001,
        "0." + "1" * 1001, "*".join(["9**4000"] * 100), "+".join(["1/(10**999 + 7)"] * 1000),
    ],
    ids=lambda text: text[:24],
)  # fmt: skip
def test_numbers_that_would_not_fit_are_refused(text: str) -> None:
    refused(text)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')", "__import__", "x.__class__", "x.y", "().__class__", "x[0]", "[x]",
        "{x}",
        "{x: 1}", "'x'", '"x"', 'f"{x}"', "b'x'", "lambda x: x", "lambda: 1", "x if y else z",
        "[i for i in x]", "(i for i in x)", "x := 1", "import os", "print(1); x", "x; y", "x, y",
        "f(*x)", "f(x=1)", "f(**x)", "await x", "yield x", "x @ y", "x // y", "x << 1", "~x", "!x",
        "not x", "x and y", "x is y", "x in y", "0x10", "0b1", "1_000", "1j", "07", "...", "\\",
        "$x$",
        "x\x00", "\x00", "\ud800", "x\u202e", "", " ", "()", "(", ")", "+", "*x", "x*", "x**",
        "**x",
        "f()", "f(", "f(x", "f(,)", "f(x,,y)", "sin()", "sin(x, y)", "log()", "x = ", "= x",
        "nan", "zoo", "oo - oo", "0*oo", "0/0", "0**-1", "1/(x - x)", "(x > 0) + 1", "sin(x > 0)",
        "x < (y < z)", "Piecewise(x)", "Piecewise((x, y))", "Piecewise()", "Sum(x)", "Sum(x, 1)",
        "Sum(x, (2, 1, 3))", "Derivative(x)", "Derivative(u(t), 2)", "Derivative(u(t), (t, 10**9))",
        "u" + "'" * 99 + "(t)", "Integral(x, (x, 0))", "Eq(x)", "I < x", "And(x, y)", "Max()",
        "sin'(x)", "x'", "a.b", "é²", "x" * 101, "__x", "f" + "(x" * 70 + ")" * 70,
    ],
    ids=repr,
)  # fmt: skip
def test_what_is_not_in_the_language_is_refused(text: str) -> None:
    refused(text)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000 + "x" + ")" * 5000, "(" * 5000, ")" * 5000, "sin(" * 5000, "x^" * 5000 + "x",
        "+".join(["x"] * 200_000), "x" * 10**6, "x," * 10**5, "-" * 60_000, "x(" * 5000,
        "u" + "'" * 40_000, "Sum(" * 3000, "Piecewise((" * 3000, "not " * 5000 + "x", "~" * 5000,
        "Max(" + ",".join(f"x{i}" for i in range(2000)) + ")", "x<" * 5000 + "x",
        "x>0 and " * 2000 + "x>0", "if " * 10_000, "'" * 10_000, "#" * 10, "x" + " y" * 4000,
    ],
    ids=lambda text: text[:12],
)  # fmt: skip
def test_floods_are_refused(text: str) -> None:
    refused(text)


@pytest.mark.parametrize("value", [None, 3, b"x", ["x"], 0.5])
def test_what_is_not_text_is_refused(value: Any) -> None:
    refused(value)


def test_long_but_honest_texts_are_read() -> None:
    start = time.process_time()
    terms = " + ".join(f"a_{i}*x**{i}" for i in range(1000))
    assert len(parse(terms).args) == 1000
    assert parse("+".join(["x"] * 4000)).args[0] == 4000
    nested = parse("sin(" * 60 + "x" + ")" * 60)
    depth = 0
    while nested.args:
        nested, depth = nested.args[0], depth + 1
    assert depth == 60
    assert time.process_time() - start < 5.0


alphabet = st.sampled_from(
    [*"()+-*/^<>=,;:'&|~.[]{}\"\\!@#$%_ \n\t\u00e9\u03b1\u221e\x00", "**", "==", "<=", "u'(t)",
     "x", "y", "t", "1", "2", "0.5", "1e3", "10**9", "pi", "E", "I", "oo", "lambda", "and", "or",
     "not", "if",
     "import", "Sum(", "Piecewise((", "Derivative(", *(f"{name}(" for name in FUNCTIONS)]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=40), st.lists(alphabet, max_size=14).map("".join)))
@example("Sum()")
@example("Derivative()")
@example("Piecewise()")
def test_any_text_is_an_expression_or_a_parse_error(text: str) -> None:
    for reader in (parse, parse_equations, parse_given, parse_domain, parse_relations, parse_names):
        start = time.process_time()
        with contextlib.suppress(ParseError):
            reader(text)
        assert time.process_time() - start < 1.0


calls = st.recursive(
    st.sampled_from(["x", "t", "0", "1", "2", "7", "-1", "0.5", "100", "10**9", "pi", "E", "I",
    "oo"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "**"]), inner).map(
            lambda p: f"({p[0]}){p[1]}({p[2]})"
        ),
        st.sampled_from(sorted(FUNCTIONS)).flatmap(
            lambda name: st.lists(inner, min_size=FUNCTIONS[name].least,
                                  max_size=min(FUNCTIONS[name].most, 3) or 1)
            .map(lambda args: f"{name}({', '.join(args)})")
            if FUNCTIONS[name].least <= 3 else inner
        ),
    ),
    max_leaves=6,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(calls)
@example("airybi((lerchphi(7, 10**9, 10**9))-(airybi(7)))")
@example("airybi(hyp1f1(10**9, 7, -10**9)-1)")
@example("erf(hyp2f1(100, 100, 0.5, 100)-airybi(7))")
def test_any_nest_of_functions_of_constants_is_answered_at_once(text: str) -> None:
    start = time.process_time()
    with contextlib.suppress(ParseError):
        parse(text)
    assert time.process_time() - start < 2.0
