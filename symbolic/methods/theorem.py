"""A theorem taken from the literature: cited, assumed, shown as an assumption.

Main definition: `Theorem`.

Implementation notes.  A citation proves nothing, but a statement that fails at a point of its
domain is
refuted all the same: a misquoted theorem (a lost factor, a missing condition) is caught where it
can be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sympy import MatrixBase, Symbol
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational
from sympy.matrices.expressions.matexpr import MatrixExpr

from derivax.errors import InputError
from derivax.symbolic.obligations import (
    Cited,
    MatrixVanishes,
    NotContradicted,
    Obligation,
    SignHolds,
    Vanishes,
)
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

__all__ = ["Theorem"]


@dataclass(frozen=True)
class Theorem(Rule):
    """Conclude what a theorem states, on the authority of a reference.

    The outcome is `assumed`, unless the statement is false at a point of its domain.  Premises are
    the hypotheses of the theorem; their conditions are inherited.

    Args:
        reference: author, work, number of the theorem.
        statement: what it states (or pass `claim=` to the derivation).
        hypotheses: conditions of the theorem that no premise states, in words; listed with the
            reference.
    """

    name: ClassVar[str] = "theorem"
    needs: ClassVar[int | None] = None
    reference: str
    statement: Statement | None = None
    hypotheses: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.reference, str) or not self.reference.strip():
            raise InputError(repr(self.reference), "names no source", "cite author, work, number")
        if isinstance(self.statement, Relational):
            object.__setattr__(self, "statement", Statement.of(self.statement))
        object.__setattr__(self, "hypotheses", tuple(self.hypotheses))

    def conclude(self, *premises: Statement) -> Statement:
        if self.statement is None:
            raise InputError(
                self.reference, "the theorem has no statement", "pass statement=... or claim=..."
            )
        return self.statement

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        detail = self.reference
        if self.hypotheses:
            detail += " (if " + "; ".join(self.hypotheses) + ")"
        cited = Cited(detail, str(conclusion))
        return (cited, *_spot_tests(conclusion))


def _spot_tests(statement: Statement) -> tuple[Obligation, ...]:
    """What can be refuted at single points: relations between expressions of symbols."""
    sides = (statement.lhs, statement.rhs)
    about = "no point contradicts the cited statement"
    if any(side.atoms(AppliedUndef) for side in sides) or statement.rel not in ("=", "<=", "<"):
        return ()  # unknown functions are not arbitrary: the theorem speaks of particular ones
    if statement.is_matrix or any(side.atoms(MatrixExpr) for side in sides):
        explicit = all(isinstance(side, MatrixBase) for side in sides)
        if statement.rel != "=" or explicit or statement.given:
            return ()
        return (NotContradicted(MatrixVanishes(statement.residual, about), about),)
    symbols = [s for s in statement.free_symbols if isinstance(s, Symbol)]
    if not symbols and not all(side.is_number for side in sides):
        return ()
    if statement.rel == "=":
        test: Obligation = Vanishes(statement.residual, statement.domain, about)
    else:
        test = SignHolds(statement.as_relation(), statement.domain, about)
    return (NotContradicted(test, about),)
