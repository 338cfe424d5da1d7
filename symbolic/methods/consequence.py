r"""What follows from equations of motion by differentiating and substituting.

Main definitions: `OnMotion`, `PlainZero`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sympy import Add, Basic, Ne, Symbol

from derivax.errors import InputError
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.exact.outcome import Finding
from derivax.symbolic.methods.agreement import keeps_relation
from derivax.symbolic.methods.invariant import on_shell
from derivax.symbolic.methods.variation import zero_finding
from derivax.symbolic.obligations import Obligation, SignHolds
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

__all__ = ["OnMotion", "PlainZero"]


@dataclass(frozen=True)
class PlainZero(Obligation):
    """`expr` is zero: every monomial cancels, else by the general zero test."""

    expr: Basic
    domain: Domain | None
    about: str

    def check(self) -> Finding:
        return zero_finding(self.expr, self.domain)


@dataclass(frozen=True)
class OnMotion(Rule):
    r"""From equations of motion conclude an equation between functions of the motion.

    Each premise is solved for its highest derivative; the two sides of the conclusion must agree
    when these are put in.

    Args:
        lhs, rhs: the two sides; derivatives of compound expressions may stand unevaluated.
        variable: t.
    """

    name: ClassVar[str] = "on the motion"
    needs: ClassVar[int | None] = None
    lhs: Basic
    rhs: Basic
    variable: Symbol

    def __post_init__(self) -> None:
        object.__setattr__(self, "lhs", as_expression(self.lhs))
        object.__setattr__(self, "rhs", as_expression(self.rhs))

    def conclude(self, *premises: Statement) -> Statement:
        return Statement(self.lhs, "=", self.rhs)

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        if not premises:
            raise InputError("no premise", "the motion is not given", "pass its equations")
        residual = Add(conclusion.lhs, -conclusion.rhs).doit()
        reduced, divisors = on_shell(residual, premises, self.variable)
        made: list[Obligation] = [
            *keeps_relation(conclusion, "="),
            PlainZero(reduced, conclusion.domain, "both sides agree on the motion"),
        ]
        for divisor in divisors:
            if not divisor.is_nonzero:
                relation = Ne(divisor, 0, evaluate=False)
                made.append(SignHolds(relation, conclusion.domain, f"{divisor} does not vanish"))
        return tuple(made)
