r"""Derivatives carried out, of unknown functions too.

Main definition: `CarryOut`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sympy import Add, Basic

from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.methods.agreement import keeps_relation
from derivax.symbolic.methods.consequence import PlainZero
from derivax.symbolic.obligations import Obligation
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

__all__ = ["CarryOut"]


@dataclass(frozen=True)
class CarryOut(Rule):
    r"""Conclude `lhs = rhs` from nothing, where the left side holds derivatives that are not
    carried out.

    The slopes of unknown functions, $F'(x - y)$ ..., count as independent quantities.

    Args:
        lhs, rhs: the two sides.

    >>> from sympy import Derivative, Function, symbols
    >>> x, y = symbols("x y", real=True)
    >>> loss = Function("F")(x - y)
    >>> rule = CarryOut(Derivative(loss, x) + Derivative(loss, y), 0)
    >>> [str(o.check().outcome) for o in rule.obligations((), rule.conclude())]
    ['proven']
    """

    name: ClassVar[str] = "derivatives carried out"
    needs: ClassVar[int | None] = 0
    lhs: Basic
    rhs: Basic

    def __post_init__(self) -> None:
        object.__setattr__(self, "lhs", as_expression(self.lhs))
        object.__setattr__(self, "rhs", as_expression(self.rhs))

    def conclude(self, *premises: Statement) -> Statement:
        return Statement(self.lhs, "=", self.rhs)

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        difference = Add(conclusion.lhs, -conclusion.rhs).doit()
        about = "the two sides are equal when the derivatives are carried out"
        return (
            *keeps_relation(conclusion, "="),
            PlainZero(difference, conclusion.domain, about),
        )
