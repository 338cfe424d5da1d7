r"""The derivative of a root: from F(u, p) = 0 conclude du/dp = - F_p / F_u.

Main definition: `ImplicitSlope`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sympy import Add, Basic, Expr, Gt, Ne, Symbol

from derivax.errors import InputError
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.methods.agreement import keeps_relation
from derivax.symbolic.obligations import Obligation, Settled, SignHolds, Vanishes
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

__all__ = ["ImplicitSlope"]


@dataclass(frozen=True)
class ImplicitSlope(Rule):
    r"""From $F(u, p) = 0$ near $p = p_0$ conclude $\frac{du}{dp} = -\frac{F_p}{F_u}$ at $p_0$.

    Sums with a symbolic number of terms are differentiated term by term.  The root must be simple:
    that F_u does not vanish is checked, or follows from a second premise $a \le b$ with a > 0 and
    $F_u = c\,b$.

    Args:
        unknown: u.
        parameter: p.
        at: p_0.
        slope: the name of du/dp at p_0.
        factor: c, when there is a second premise; it must not vanish.

    >>> from sympy import symbols
    >>> u, p, x = symbols("u p x", positive=True)
    >>> print(ImplicitSlope(u, p, 1, x).conclude(Statement(u**2, "=", p)))
    x = 1/(2*u)
    """

    name: ClassVar[str] = "implicit slope"
    needs: ClassVar[int | None] = None
    unknown: Symbol
    parameter: Symbol
    at: Basic
    slope: Basic
    factor: Expr | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", as_expression(self.at))

    def demand(self, premises: tuple[Statement, ...]) -> None:
        wanted = 1 if self.factor is None else 2
        if len(premises) != wanted:
            raise InputError(
                f"{len(premises)} premises",
                "the relation, and with a factor the bound that keeps its slope from zero",
                "",
            )

    def _slopes(self, premises: tuple[Statement, ...]) -> tuple[Expr, Expr]:
        statement = premises[0]
        if statement.rel != "=":
            raise InputError(str(statement), "is not an equation", "a root belongs to one")
        gap = Add(statement.lhs, -statement.rhs)
        if not {self.unknown, self.parameter} <= gap.free_symbols:
            raise InputError(
                str(statement), f"does not relate {self.unknown} to {self.parameter}", ""
            )
        slopes = (gap.diff(x).subs(self.parameter, self.at) for x in (self.unknown, self.parameter))
        return tuple(slopes)  # type: ignore[return-value]

    def conclude(self, *premises: Statement) -> Statement:
        by_unknown, by_parameter = self._slopes(premises)
        return Statement(self.slope, "=", -by_parameter / by_unknown)

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        by_unknown, by_parameter = self._slopes(premises)
        domain = conclusion.domain
        simple = self._simple(by_unknown, premises[1:], domain)
        if self.factor is not None:  # as `_simple` shows; the bound then cancels
            by_unknown = self.factor * premises[1].rhs
        return (
            *keeps_relation(conclusion, "="),
            Settled(conclusion.lhs == self.slope, f"the left side is {self.slope}"),
            Vanishes(
                conclusion.rhs * by_unknown + by_parameter,
                domain,
                f"F_{self.unknown} du + F_{self.parameter} dp = 0",
            ),
            *simple,
        )

    def _simple(
        self, by_unknown: Expr, bounds: tuple[Statement, ...], domain: Domain
    ) -> tuple[Obligation, ...]:
        if self.factor is None:
            return (SignHolds(Ne(by_unknown, 0, evaluate=False), domain, "the root is simple"),)
        (bound,) = bounds
        return (
            Settled(bound.rel in ("<", "<="), "the second premise is a bound from below"),
            SignHolds(Gt(bound.lhs, 0, evaluate=False), domain, "the bound is positive"),
            SignHolds(Ne(self.factor, 0, evaluate=False), domain, f"{self.factor} is not zero"),
            Vanishes(
                by_unknown - self.factor * bound.rhs, domain, "the slope is a multiple of the bound"
            ),
        )
