"""Mutants of the steps of a derivation, judged by the rule of the step.

Main definitions: `statement_mutants`, `judge_derivation`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sympy import Basic, MatrixBase

from derivax.errors import DerivaxError
from derivax.numeric.verify.mutation.expressions import mutated
from derivax.numeric.verify.mutation.score import Mutant
from derivax.symbolic.derivation import Derivation, Step
from derivax.symbolic.exact.matrix_form import Diagonal, MatrixRelation
from derivax.symbolic.exact.matrix_zero import matrix_vanishes
from derivax.symbolic.exact.outcome import Outcome, weakest
from derivax.symbolic.exact.zero import vanishes
from derivax.symbolic.rules import Given
from derivax.symbolic.statements import Statement

__all__ = ["judge_derivation", "statement_mutants"]


def statement_mutants(statement: Statement) -> Iterator[tuple[str, Statement]]:
    """The equation with one error on its right-hand side (other relations may stay true)."""
    if statement.rel != "=":
        return
    for what, changed in mutated(statement.rhs):
        if isinstance(changed, Basic) and _same_kind(statement.rhs, changed):
            yield what, replace(statement, rhs=changed)


def _same_kind(first: Basic, second: Basic) -> bool:
    return getattr(first, "shape", ()) == getattr(second, "shape", ())


def judge_derivation(
    derivation: Derivation, *, every: int = 1, offset: int = 0
) -> Iterator[Mutant]:
    """The fate of the mutants of every step that has a rule (every so-many-th of them)."""
    number = 0
    for index, step in enumerate(derivation.steps):
        if isinstance(step.rule, Given):
            continue
        for what, changed in statement_mutants(step.statement):
            number += 1
            if (number - 1) % every == offset % every:
                where = f"{derivation.name} step {index} [{step.rule.name}]"
                yield _judge(derivation, step, where, what, changed)


def _judge(derivation: Derivation, step: Step, where: str, what: str, changed: Statement) -> Mutant:
    premises = tuple(derivation.steps[i].statement for i in step.premises)
    different = _difference(step, premises, changed)
    if different is Outcome.PROVEN:
        return Mutant(where, what, "equivalent")
    if different is not Outcome.REFUTED:
        return Mutant(where, what, "undecided", str(different))
    try:
        findings = [o.check() for o in step.rule.obligations(premises, changed)]
        outcome = weakest(finding.outcome for finding in findings)
    except DerivaxError as error:
        return Mutant(where, what, "refuted", type(error).__name__)
    fate = "refuted" if outcome is Outcome.REFUTED else "survived"
    return Mutant(where, what, fate, str(outcome))  # type: ignore[arg-type]


def _difference(step: Step, premises: tuple[Statement, ...], changed: Statement) -> Outcome:
    """REFUTED: a witness shows that the two right-hand sides differ.

    Matrices differ only where what the rule takes for granted of them (diagonal ones commute) does
    not make them equal: the witness satisfies these relations.
    """
    original = step.statement
    first, second = original.rhs, changed.rhs
    try:
        if original.is_matrix and not isinstance(first, MatrixBase):
            modulo: list[MatrixRelation | Diagonal] = []
            for obligation in step.rule.obligations(premises, original):
                modulo += getattr(obligation, "modulo", ())
            return matrix_vanishes(first - second, modulo).outcome  # type: ignore[operator]
        parts = list(first - second) if isinstance(first, MatrixBase) else [first - second]  # type: ignore[operator]
        found = [vanishes(part, original.domain).outcome for part in parts]
    except DerivaxError:
        return Outcome.OPEN
    if Outcome.REFUTED in found:
        return Outcome.REFUTED
    return weakest(found)
