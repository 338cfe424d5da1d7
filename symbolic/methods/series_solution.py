r"""The solution of F(u, x) = 0 near a known point, as a power series in x to any order.

Covers the inverse of a series (F = x - g(u)) and Lagrange inversion (F = u - x phi(u)).

Main definition: `SeriesSolution`.

Implementation notes.  Coefficients are found one after another: that of x^k enters the coefficient
of x^k in F linearly, with the factor F_u at the point.  They are checked by putting the whole
polynomial back.  A premise that is itself a series in u, up to O(u^(N+1)), determines as many
orders.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from sympy import Add, Expr, Ne, Symbol, factor

from derivax.errors import InputError
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.exact.series import taylor
from derivax.symbolic.methods.agreement import keeps_relation
from derivax.symbolic.obligations import Obligation, Settled, SignHolds, Vanishes
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

__all__ = ["SeriesSolution"]


@dataclass(frozen=True, init=False)
class SeriesSolution(Rule):
    r"""From $F(u, x) = 0$ and $u = c_0$ at x = 0 conclude $u = \sum_{k\le N} c_kx^k + O(x^{N+1})$.

    Args:
        unknown: u.
        variable: x.
        order: N.
        start: c_0, a simple root of F(u, 0).
        known: the order of the premise in u, when the premise is a series `x ~ polynomial in u`
            (with start = 0); at least N.

    >>> from sympy import symbols
    >>> u, x = symbols("u x")
    >>> print(SeriesSolution(u, x, 3, 0).conclude(Statement(u, "=", x*(1 + u)**2)))
    u ~ 5*x**3 + 2*x**2 + x as x -> 0
    """

    name: ClassVar[str] = "series solution"
    unknown: Symbol
    variable: Symbol
    order: int
    start: Expr
    known: int | None

    def __init__(
        self, unknown: Symbol, variable: Symbol, order: int, start: Any, known: int | None = None
    ) -> None:
        if isinstance(order, bool) or not isinstance(order, int) or order < 1:
            raise InputError(f"order {order!r}", "is not a power", "pass 1, 2, 3, ...")
        for name, value in (
            ("unknown", unknown),
            ("variable", variable),
            ("order", order),
            ("start", as_expression(start)),
            ("known", known),
        ):
            object.__setattr__(self, name, value)

    def _relation(self, premises: tuple[Statement, ...]) -> Expr:
        (statement,) = premises
        gap = Add(statement.lhs, -statement.rhs)
        if not {self.unknown, self.variable} <= gap.free_symbols:
            raise InputError(str(statement), f"does not relate {self.unknown} and {self.variable}")
        if statement.rel == "=":
            return gap
        if statement.rel != "~" or statement.tends != (self.unknown, as_expression(0)):
            raise InputError(str(statement), "is no equation and no series at 0", "")
        if self.known is None or self.known < self.order or self.start != 0:
            raise InputError(str(statement), f"determines no order {self.order}", "pass known=N")
        return gap

    def coefficients(self, gap: Expr) -> tuple[Expr, ...]:
        """c_0 ... c_N."""
        x = self.variable
        slope = gap.diff(self.unknown).subs({self.unknown: self.start, x: 0})
        found: list[Expr] = [self.start]
        for k in range(1, self.order + 1):
            so_far = Add(*[c * x**p for p, c in enumerate(found)])
            defect = taylor(gap.subs(self.unknown, so_far), x, as_expression(0), k)[k]
            found.append(factor(-defect / slope))
        return tuple(found)

    def conclude(self, *premises: Statement) -> Statement:
        gap = self._relation(premises)
        series = Add(*[c * self.variable**k for k, c in enumerate(self.coefficients(gap))])
        return Statement(self.unknown, "~", series, tends=(self.variable, as_expression(0)))

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        gap = self._relation(premises)
        x, domain = self.variable, conclusion.domain
        made: list[Obligation] = list(keeps_relation(conclusion, "~"))
        made.append(Settled(conclusion.lhs == self.unknown, f"the left side is {self.unknown}"))
        made.append(Settled(conclusion.tends == (x, as_expression(0)), f"the series is at {x} = 0"))
        slope = gap.diff(self.unknown).subs({self.unknown: self.start, x: 0})
        made.append(SignHolds(Ne(slope, 0, evaluate=False), domain, "the start is a simple root"))
        put = gap.subs(self.unknown, conclusion.rhs)
        for k, defect in enumerate(taylor(put, x, as_expression(0), self.order)):
            made.append(Vanishes(defect, domain, f"F vanishes at order {k}"))
        begins = conclusion.rhs.subs(x, 0) - self.start
        made.append(Vanishes(begins, domain, f"the series begins at {self.start}"))
        degree = conclusion.rhs.expand().as_poly(x)
        small = degree is not None and degree.degree() <= self.order
        made.append(Settled(small, f"the series has no power beyond {self.order}"))
        return tuple(made)
