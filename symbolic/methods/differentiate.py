"""Differentiation of both sides of an equation.

Main definition: `Differentiate`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from sympy import Basic, Symbol

from derivax.errors import InputError
from derivax.symbolic.obligations import Obligation, Settled, Vanishes
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

__all__ = ["Differentiate"]


@dataclass(frozen=True)
class Differentiate(Rule):
    """From `f = g`, for all values of x, conclude `df/dx = dg/dx`.

    Args:
        variable: x; unknown functions of x are differentiated by the chain rule.
        times: how often.
    """

    name: ClassVar[str] = "differentiate"
    variable: Symbol
    times: int = 1

    def conclude(self, *premises: Statement) -> Statement:
        (statement,) = premises
        if statement.rel != "=":
            raise InputError(
                str(statement), "is not an equation", "inequalities have no derivative"
            )
        if any(self.variable in c.free_symbols for c in statement.given if c.is_Equality):
            raise InputError(str(self.variable), "is fixed by a condition of the statement", "")
        lhs, rhs = (side.diff(self.variable, self.times) for side in (statement.lhs, statement.rhs))
        return replace(statement, lhs=lhs, rhs=rhs)

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        expected = self.conclude(*premises)
        made: list[Obligation] = []
        if conclusion.rel != "=":
            made.append(Settled(False, "a derivative of an equation is an equation"))
        pairs: tuple[tuple[Basic, Basic, str], ...] = (
            (conclusion.lhs, expected.lhs, "left"),
            (conclusion.rhs, expected.rhs, "right"),
        )
        for claimed, derived, text in pairs:
            difference = Statement(claimed, "=", derived).residual
            about = f"the {text} side is the derivative with respect to {self.variable}"
            made.append(Vanishes(difference, conclusion.domain, about))
        return tuple(made)
