r"""The Legendre transform of a power series: from W(J) to \Gamma(\varphi) = J \varphi - W(J).

Main definition: `LegendreTransform`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sympy import Add, Expr, Ne, Poly, S, Symbol, cancel, expand

from derivax.errors import InputError
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.methods.agreement import keeps_relation
from derivax.symbolic.obligations import Obligation, Settled, SignHolds, Vanishes
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

__all__ = ["LegendreTransform"]


@dataclass(frozen=True)
class LegendreTransform(Rule):
    r"""From $W(J) \sim P(J)$ conclude $\Gamma(\varphi) \sim Q(\varphi)$, $\varphi = W'(J)$.

    P has no constant and no linear term, and a quadratic one that does not vanish.

    Args:
        source: J.
        field: \varphi.
        transform: the left side, e.g. Gamma(phi).

    >>> from sympy import Function, symbols
    >>> J, phi, k, c = symbols("J phi k c", positive=True)
    >>> W, Gamma = Function("W"), Function("Gamma")
    >>> given = Statement(W(J), "~", k*J**2/2 + c*J**4/24, tends=(J, S.Zero))
    >>> print(LegendreTransform(J, phi, Gamma(phi)).conclude(given))
    Gamma(phi) ~ -c*phi**4/(24*k**4) + phi**2/(2*k) as phi -> 0
    """

    name: ClassVar[str] = "Legendre transform"
    source: Symbol
    field: Symbol
    transform: Expr

    def __post_init__(self) -> None:
        object.__setattr__(self, "transform", as_expression(self.transform))

    def _read(self, premise: Statement) -> tuple[Expr, int, Expr]:
        """P, its order, and its second derivative at 0."""
        if premise.rel != "~" or premise.tends != (self.source, S.Zero):
            raise InputError(str(premise), f"is no series at {self.source} = 0", "")
        polynomial = Poly(expand(premise.rhs), self.source)
        if polynomial.coeff_monomial(1) != 0 or polynomial.coeff_monomial(self.source) != 0:
            raise InputError(str(premise), "has a constant or linear term", "subtract it")
        return polynomial.as_expr(), polynomial.degree(), 2 * polynomial.coeff_monomial(
            self.source**2
        )

    def conclude(self, *premises: Statement) -> Statement:
        (premise,) = premises
        w, order, curvature = self._read(premise)
        if curvature == 0:
            raise InputError(str(premise), "has no quadratic term", "")
        slope = w.diff(self.source)
        rest = expand(slope - curvature * self.source)
        j = self.field / curvature  # J = (phi - rest(J)) / W''(0), one more order each round
        for _ in range(order - 2):
            moved = (self.field - rest.subs(self.source, j)) / curvature
            j = _cut(moved, self.field, order - 1)
        gamma = _cut(j * self.field - w.subs(self.source, j), self.field, order)
        return Statement(
            self.transform, "~", gamma, given=premise.given, tends=(self.field, S.Zero)
        )

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        (premise,) = premises
        w, order, curvature = self._read(premise)
        made = list(keeps_relation(conclusion, "~"))
        if conclusion.lhs != self.transform or conclusion.tends != (self.field, S.Zero):
            made.append(Settled(False, f"the transform is {self.transform} at {self.field} = 0"))
        if not curvature.is_nonzero:
            made.append(SignHolds(Ne(curvature, 0), conclusion.domain, "W'' does not vanish"))
        gamma = expand(conclusion.rhs)
        j = gamma.diff(self.field)
        inverse = _cut(w.diff(self.source).subs(self.source, j) - self.field, self.field, order - 1)
        made.append(Vanishes(inverse, conclusion.domain, "W' and the derivative are inverse"))
        value = _cut(j * self.field - w.subs(self.source, j) - gamma, self.field, order)
        made.append(Vanishes(value, conclusion.domain, "the value is J phi - W"))
        return tuple(made)


def _cut(expr: Expr, x: Symbol, order: int) -> Expr:
    """The powers of x up to `order`."""
    terms = Poly(expand(expr), x).terms()
    return Add(*(cancel(c) * x**n for (n,), c in terms if n <= order))
