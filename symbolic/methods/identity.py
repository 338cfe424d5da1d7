"""A scalar identity, true for all values of its symbols.

Main definition: `Identity`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sympy import Basic

from derivax.symbolic.obligations import Obligation, Settled, Vanishes
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

__all__ = ["Identity"]


@dataclass(frozen=True)
class Identity(Rule):
    """Conclude `lhs = rhs` from nothing: the difference vanishes on the whole domain.

    Args:
        lhs, rhs: the two sides.
        given: conditions.
    """

    name: ClassVar[str] = "identity"
    needs: ClassVar[int | None] = 0
    lhs: Basic
    rhs: Basic
    given: tuple[Basic, ...] = ()

    def conclude(self, *premises: Statement) -> Statement:
        return Statement(self.lhs, "=", self.rhs, given=self.given)

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        return (
            Settled(conclusion.rel == "=", "an identity is an equation"),
            Vanishes(conclusion.residual, conclusion.domain, "the two sides are equal"),
        )
