"""Planted errors: proven to be errors, and noticed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from sympy import Eq, MatrixSymbol, Piecewise, cos, exp, log, sin, sqrt, symbols

import derivax
from derivax import catalog
from derivax.numeric.verify.mutation import (
    Score,
    judge_derivation,
    judge_source,
    mutated,
    source_mutants,
)
from derivax.symbolic.derivation import Derivation
from derivax.symbolic.obligations import Obligation, Settled
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

x, y, t, k = symbols("x y t k", positive=True)
THEORY = "saxe-linear-networks"


def test_each_kind_of_error_is_planted() -> None:
    found = {what for what, _ in mutated(x**2 * exp(-y) - sin(x) / y + 3)}
    for kind in ("sign of", "factor 2 at", "lost term", "exponent of", "wrong function", "swapped"):
        assert any(what.startswith(kind) for what in found), kind
    n = symbols("n", integer=True, positive=True)
    a, b = MatrixSymbol("A", n, n), MatrixSymbol("B", n, n)
    assert dict(mutated(a * b))["order in A*B"] == b * a
    branches = Piecewise((x, x < 1), (y, True))
    assert any(what.startswith("wrong branch") for what, _ in mutated(branches))


def test_a_mutant_is_never_the_original() -> None:
    expr = x**2 * exp(-y) + cos(x * y) / (1 + log(x))
    changed = [other for _, other in mutated(expr)]
    assert len(changed) == len(set(changed)) > 10
    assert expr not in changed


@dataclass(frozen=True)
class Credulous(Rule):
    """Believes every conclusion: what a check that cannot fail looks like."""

    name: ClassVar[str] = "credulous"

    def conclude(self, *premises: Statement) -> Statement:
        return premises[0]

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        return (Settled(True, "believed"),)


def test_a_check_that_cannot_fail_lets_mutants_survive() -> None:
    derivation = Derivation.begin(derivax.Problem(Eq(y, x**2 - x), y)).then(Credulous(), 0)
    score = Score.of(judge_derivation(derivation))
    assert score.share == 0.0
    assert score.of_fate("survived")
    assert "survivor" in str(score)


@pytest.mark.parametrize(("name", "every"), [("gradient-flow", 2), ("decoupling", 6)])
def test_errors_in_shipped_steps_are_refuted(name: str, every: int) -> None:
    score = Score.of(judge_derivation(derivax.derive(f"{THEORY}/{name}"), every=every))
    assert score.proven_different >= 15
    assert not score.of_fate("survived"), str(score)


SOURCES = [
    derivax.Formula(exp(-k * t) * sin(t) + x / (1 + x**2), [k, t, x], name="decay"),
    derivax.Formula(log(1 + x / y) * sqrt(x), [x, y], name="gain"),
    derivax.Formula(
        Piecewise((x**2, x < 1), (2 * x - 1, True)), [x], domain={x: (0, 3)}, name="hinge"
    ),
]


@pytest.mark.slow
@pytest.mark.parametrize("formula", SOURCES[1:], ids=lambda f: f.name)
def test_errors_in_generated_source_are_refuted(formula: Any) -> None:
    compiled = derivax.compile(formula)
    score = Score.of(judge_source(compiled, formula, every=6))
    assert score.proven_different >= 4
    assert not score.of_fate("survived"), str(score)


def test_a_line_without_change_is_no_mutant() -> None:
    compiled = derivax.compile(SOURCES[0])
    texts = [text for *_, text in source_mutants(compiled.source, compiled.name)]
    assert len(texts) == len(set(texts)) >= 30


@pytest.mark.slow
def test_at_least_99_percent_of_all_mutants_are_refuted() -> None:
    mutants = []
    others = [name for name in catalog.RESULTS if not name.startswith(THEORY)]
    chosen = [name for name in catalog.RESULTS if name.startswith(THEORY)] + others[::6]
    for name in chosen:
        mutants += list(judge_derivation(derivax.derive(name), every=5))
    for formula in SOURCES:
        mutants += list(judge_source(derivax.compile(formula), formula))
    formula = derivax.derive(f"{THEORY}/mode").formula
    assert formula is not None
    mutants += list(judge_source(derivax.compile(formula), formula, every=5))
    score = Score.of(mutants)
    print(score)
    assert score.proven_different >= 200
    assert score.share >= 0.99
