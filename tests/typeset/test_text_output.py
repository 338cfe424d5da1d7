"""Text for terminals: a derivation reads from top to bottom and cannot command the terminal."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Add, Eq, Function, Symbol, exp, symbols

from derivax.symbolic.derivation import Derivation
from derivax.symbolic.formula import Formula
from derivax.symbolic.methods.substitute import Substitute
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.typeset.text import render_text

x, y = symbols("x y")
t, s = symbols("t s", positive=True)
u = Function("u")


def example() -> Derivation:
    d = Derivation.begin(Problem(Eq(y, x**2), y), title="A square")
    d = d.then(Substitute({x: 3}), 0, say="Put x = 3.").then(Substitute({x: 3}), 0)
    return d.concluded(Formula(x**2 / 2, [x], name="half"))


def test_a_derivation_reads_as_sentences_equations_rules_and_outcomes() -> None:
    shown = render_text(example(), width=60)
    expected = """\
A square
────────

  1. The starting equation.                          [given]

           2
      y = x

  2. Put x = 3.                         [substitute: proven]

      y = 9

  3.                                    [substitute: proven]

      y = 9

Result:

                 2
                x
      half(x) = ──
                2

Outcome: proven"""
    assert shown == expected
    assert str(example()) == render_text(example())


def test_conditions_and_limits_follow_the_relation() -> None:
    shown = render_text(Statement(u(t), "->", s, given=(t > 1,), tends=(t, sp.oo)))
    assert shown.splitlines() == ["u(t) → s", "    as t → oo", "    if t > 1"]
    assert render_text(Statement(x, "<=", y)) == "x ≤ y"


def test_wide_relations_fall_back_to_lines_of_text() -> None:
    long = Statement(y, "=", Add(*(Symbol(f"a_{i}") * x**i for i in range(60))))
    lines = render_text(long, width=80).splitlines()
    assert max(map(len, lines)) <= 80
    assert len(lines) > 5


@pytest.mark.parametrize("make", ["shared", "deep"])
def test_what_is_too_large_is_named_and_not_written_out(make: str) -> None:
    e: Any = x
    for _ in range(100 if make == "shared" else 2_000):
        e = Add(e, e, evaluate=False) if make == "shared" else sp.sin(e + 1, evaluate=False)
    for obj in (
        e,
        Statement(y, "=", e),
        sp.Integer(7) ** 9000,
        Formula(x + sp.Integer(7) ** 9000, [x]),
    ):
        assert "too large to be shown" in render_text(obj)


@settings(max_examples=100, deadline=None)
@given(st.text(min_size=1, max_size=20))
def test_no_control_character_reaches_the_terminal(name: str) -> None:
    symbol = Symbol(name)
    for obj in (symbol**2, Statement(symbol, "=", exp(symbol)), Formula(x, [x], name=name or "f")):
        assert all(c == "\n" or c.isprintable() for c in render_text(obj))
