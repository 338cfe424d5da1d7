r"""Taylor polynomials with a remainder of stated order.

Main definition: `SeriesToOrder`.

Implementation notes.  A conclusion `f ~ T` with this rule says more than "asymptotically equal": f
- T is O(h^(order+1)) at distance h from the point.  The coefficients are compared exactly; that the
error falls at order + 1 is seen independently, in balls.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sympy import Add, Basic, Dummy, Expr, Ne, S, Symbol

from derivax.errors import DerivaxError, InputError
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.exact.order import towards
from derivax.symbolic.exact.regularity import divisors
from derivax.symbolic.exact.series import taylor
from derivax.symbolic.methods.agreement import keeps_relation
from derivax.symbolic.obligations import (
    FallsAtOrder,
    NotContradicted,
    Obligation,
    Settled,
    SignHolds,
    Vanishes,
)
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

__all__ = ["SeriesToOrder"]


@dataclass(frozen=True)
class SeriesToOrder(Rule):
    r"""From $f = g$ conclude $f = T_N + O(h^{N+1})$ at distance h from the point.

    Args:
        variable: x.
        point: where g is analytic; at `oo` and `-oo` the series is in 1/x.
        order: N, the highest power that is kept.
        expr: an expression g, in place of a premise.

    >>> from sympy import log, symbols
    >>> x, a = symbols("x a", positive=True)
    >>> print(SeriesToOrder(x, 0, 2, expr=log(1 + a*x)).conclude())
    log(a*x + 1) ~ -a**2*x**2/2 + a*x as x -> 0
    """

    name: ClassVar[str] = "series to order"
    needs: ClassVar[int | None] = None
    variable: Symbol
    point: Basic
    order: int
    expr: Basic | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "point", as_expression(self.point))
        if not isinstance(self.order, int) or self.order < 0:
            raise InputError(f"order {self.order}", "is not a power", "pass 0, 1, 2, ...")
        if self.variable in self.point.free_symbols:
            raise InputError(str(self.point), f"contains {self.variable} itself", "")

    def demand(self, premises: tuple[Statement, ...]) -> None:
        if len(premises) != (0 if self.expr is not None else 1):
            raise InputError(
                f"{len(premises)} premises", "a series has one equation f = g, or expr=...", ""
            )

    def _sides(self, premises: tuple[Statement, ...]) -> tuple[Basic, Expr]:
        self.demand(premises)
        if self.expr is not None:
            side = as_expression(self.expr)
            return side, side
        (statement,) = premises
        if statement.rel != "=":
            raise InputError(str(statement), "is not an equation", "a series is taken of f = g")
        return statement.lhs, statement.rhs

    def _shifted(self, expr: Expr) -> tuple[Expr, Symbol]:
        """The expression at distance h from the point (at x = +-1/h when it is infinite)."""
        h = Dummy("h", real=True) if self.point.is_finite else Dummy("h", positive=True)
        return towards(expr, self.variable, self.point, h, 1), h

    def coefficients(self, expr: Expr, domain: Domain | None = None) -> tuple[Expr, ...]:
        """Exact coefficients of h^0, ..., h^N, where h is x - point, or 1/x at infinity."""
        shifted, h = self._shifted(expr)
        found = taylor(shifted, h, S.Zero, self.order, domain=domain)
        sign = -1 if self.point is S.NegativeInfinity else 1  # there h is -1/x
        return tuple(c * sign**k for k, c in enumerate(found))

    def conclude(self, *premises: Statement) -> Statement:
        lhs, expr = self._sides(premises)
        try:
            coefficients = self.coefficients(expr)
        except (DerivaxError, ArithmeticError) as refused:
            raise InputError(
                str(expr), f"has no Taylor series at {self.variable} = {self.point}", str(refused)
            ) from refused
        h = self.variable - self.point if self.point.is_finite else 1 / self.variable
        polynomial = Add(*[c * h**k for k, c in enumerate(coefficients)])
        given = premises[0].given if premises else ()
        forall = premises[0].forall if premises else None
        return Statement(lhs, "~", polynomial, forall, given, (self.variable, self.point))

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        lhs, expr = self._sides(premises)
        made = list(keeps_relation(conclusion, "~"))
        if conclusion.tends != (self.variable, self.point):
            made.append(Settled(False, f"the series is at {self.variable} = {self.point}"))
        if conclusion.lhs not in (lhs, expr):
            made.append(Settled(False, f"the series is that of {lhs}"))
        domain = conclusion.domain
        error = Add(expr, -conclusion.rhs)
        about = f"the error is O(h^{self.order + 1}) at distance h from {self.point}"
        falls = FallsAtOrder(error, self.variable, self.point, self.order + 1, domain, about)
        try:
            exact = self.coefficients(expr, domain)
            claimed = self.coefficients(conclusion.rhs, domain)
            divided = divisors(*self._shifted(expr), domain)
        except (DerivaxError, ArithmeticError):
            return (*made, falls)  # not shown to be analytic: the test by halving decides
        for k, (mine, theirs) in enumerate(zip(exact, claimed, strict=True)):
            made.append(Vanishes(Add(theirs, -mine), domain, f"the coefficient of order {k}"))
        for coefficient in divided:
            relation = Ne(coefficient, 0, evaluate=False)
            made.append(SignHolds(relation, domain, f"{coefficient} does not vanish"))
        return (*made, NotContradicted(falls, about))
