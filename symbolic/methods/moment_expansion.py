r"""Integrals with a Gaussian weight, expanded in a coupling; functions of such expansions.

For an integrand w(x) e^{-g V(x)} whose weight satisfies x w'(x) = (a - b x^2) w(x), integration by
parts of (x^{k+1} w)' gives every moment from the one before:

    E x^{k+2} = (k + 1 + a)/b \; E x^k,

so that the coefficient of g^n is (-1)^n E V^n / n!.  The series is asymptotic, with an error below
its first omitted term: |e^{-gV} - \sum| <= |g V|^{N+1}/(N+1)! where Re V >= 0.

Main definitions: `MomentExpansion`, `ComposedSeries`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from sympy import (
    Add,
    Basic,
    Expr,
    Integral,
    Poly,
    PolynomialError,
    S,
    Symbol,
    cancel,
    expand,
    factorial,
    oo,
    re,
)

from derivax.errors import DerivaxError, InputError
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.exact.series import taylor
from derivax.symbolic.methods.agreement import keeps_relation
from derivax.symbolic.obligations import Obligation, Settled, SignHolds, Vanishes
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

__all__ = ["ComposedSeries", "MomentExpansion"]


@dataclass(frozen=True)
class _Weight:
    """What an integrand c w(x) e^{-g V} is made of."""

    variable: Symbol
    weight: Expr
    potential: Expr
    a: Expr
    b: Expr
    even: bool

    @classmethod
    def of(cls, integral: Integral, coupling: Symbol) -> _Weight:
        if len(integral.limits) != 1 or len(integral.limits[0]) != 3:
            raise InputError(str(integral), "is not one definite integral", "")
        x, low, high = integral.limits[0]
        f = integral.function
        potential = expand(cancel(-f.diff(coupling) / f))
        weight = f.subs(coupling, 0)
        try:
            slope = Poly(expand(cancel(x * weight.diff(x) / weight)), x)
            interaction = Poly(potential, x)
        except PolynomialError as error:
            raise InputError(str(f), "is no Gaussian weight times e^{-g V}", str(error)) from None
        if coupling in interaction.free_symbols_in_domain | slope.free_symbols_in_domain:
            raise InputError(str(f), f"has {coupling} elsewhere than in e^{{-g V}}", "")
        a, none, minus_b = (slope.coeff_monomial(x**k) for k in (0, 1, 2))
        whole, half = (low, high) == (-oo, oo), (low, high) == (0, oo)
        if slope.degree() != 2 or none != 0 or not (whole or half) or not (-minus_b).is_positive:
            raise InputError(str(f), "has no weight with x w' = (a - b x^2) w", "")
        return cls(x, weight, potential, a, -minus_b, whole)

    def mean(self, polynomial: Expr) -> Expr:
        """E of a polynomial, over E 1."""
        total = S.Zero
        for (k,), c in Poly(expand(polynomial), self.variable).terms():
            total += c * self.moment(k)
        return expand(total)

    def moment(self, k: int) -> Expr:
        """E x^k over E 1, by integration by parts."""
        if k % 2:
            if not self.even:
                raise InputError(f"x**{k}", "is an odd moment on a half line", "")
            return S.Zero
        found = S.One
        for j in range(0, k, 2):
            found *= (j + 1 + self.a) / self.b
        return found


@dataclass(frozen=True)
class MomentExpansion(Rule):
    r"""From $Z(g) = \int w e^{-gV} dx$ conclude $Z \sim \sum_n (-g)^n E[V^n]/n!$ as g -> 0.

    Args:
        coupling: g.
        order: the highest power.

    >>> from sympy import Function, exp, pi, sqrt, symbols
    >>> g = symbols("g", positive=True)
    >>> x, Z = symbols("x", real=True), Function("Z")
    >>> integral = Integral(exp(-x**2/2 - g*x**4/24)/sqrt(2*pi), (x, -oo, oo))
    >>> print(MomentExpansion(g, 2).conclude(Statement(Z(g), "=", integral)))
    Z(g) ~ 35*g**2/384 - g/8 + 1 as g -> 0
    """

    name: ClassVar[str] = "moment expansion"
    coupling: Symbol
    order: int

    def _read(self, statement: Statement) -> tuple[_Weight, Integral, Expr]:
        if statement.rel != "=":
            raise InputError(str(statement), "is not an equation", "give Z = Integral(...)")
        found = list(statement.rhs.atoms(Integral))
        if len(found) != 1:
            raise InputError(str(statement), f"holds {len(found)} integrals", "one is expanded")
        factor = cancel(statement.rhs / found[0])
        if factor.atoms(Integral) or self.coupling in factor.free_symbols:
            raise InputError(str(statement), "is not a multiple of an integral", "")
        return _Weight.of(found[0], self.coupling), found[0], factor

    def _total(self, weight: _Weight, integral: Integral, factor: Expr) -> Expr:
        """The integral without interaction."""
        return (factor * Integral(weight.weight, *integral.limits).doit()).simplify()

    def coefficients(self, statement: Statement) -> list[Expr]:
        """The coefficients of g^0, ..., g^N."""
        weight, integral, factor = self._read(statement)
        total = self._total(weight, integral, factor)
        found, power = [], S.One
        for n in range(self.order + 1):
            found.append(total * (-1) ** n * weight.mean(power) / factorial(n))
            power = expand(power * weight.potential)
        return found

    def conclude(self, *premises: Statement) -> Statement:
        (statement,) = premises
        series = Add(*(c * self.coupling**n for n, c in enumerate(self.coefficients(statement))))
        return Statement(
            statement.lhs, "~", expand(series), given=statement.given,
            tends=(self.coupling, S.Zero),
        )  # fmt: skip

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        (statement,) = premises
        weight, integral, _ = self._read(statement)
        made = list(keeps_relation(conclusion, "~"))
        if conclusion.lhs != statement.lhs or conclusion.tends != (self.coupling, S.Zero):
            made.append(Settled(False, f"the series is that of {statement.lhs} at 0"))
        domain = conclusion.domain
        x = weight.variable
        inside = Domain.of([x], {x: (integral.limits[0][1], oo)}).extended(list(domain.symbols))
        parts = x * weight.weight.diff(x) - (weight.a - weight.b * x**2) * weight.weight
        made.append(Vanishes(parts, inside, "x w' = (a - b x^2) w"))
        real = re(weight.potential).doit().expand()
        if real != 0:
            made.append(SignHolds(real >= 0, inside, "the interaction is bounded below by 0"))
        mine = self.coefficients(statement)
        theirs = _powers(conclusion.rhs, self.coupling, self.order)
        for n, (c, d) in enumerate(zip(mine, theirs, strict=True)):
            made.append(Vanishes(Add(d, -c), domain, f"the coefficient of order {n}"))
        return tuple(made)


def _powers(expr: Basic, g: Symbol, order: int) -> list[Expr]:
    """Coefficients of g^0 ... g^order, then what is left as a last entry of order 0."""
    polynomial = Poly(expand(expr), g)
    found = [polynomial.coeff_monomial(g**n) for n in range(order + 1)]
    found[0] += Add(*(c for (n,), c in polynomial.terms() if n > order))
    return found


@dataclass(frozen=True)
class ComposedSeries(Rule):
    r"""From $A_i \sim P_i(g)$ conclude $f(A_1, ...) \sim T(g)$, the Taylor polynomial of f(P).

    Args:
        expr: f, in the left sides of the premises (all to the same order, that of their highest
            power).
        coupling: g.

    >>> from sympy import Function, log, symbols
    >>> g = symbols("g", positive=True)
    >>> Z = Function("Z")(g)
    >>> series = Statement(Z, "~", 1 - g/8 + 35*g**2/384, tends=(g, S.Zero))
    >>> print(ComposedSeries(log(Z), g).conclude(series))
    log(Z(g)) ~ g**2/12 - g/8 as g -> 0
    """

    name: ClassVar[str] = "series of a function"
    needs: ClassVar[int | None] = None
    expr: Expr
    coupling: Symbol

    def __post_init__(self) -> None:
        object.__setattr__(self, "expr", as_expression(self.expr))

    def _coefficients(
        self, premises: tuple[Statement, ...], domain: Any = None
    ) -> tuple[Expr, ...]:
        g = self.coupling
        for premise in premises:
            if premise.rel != "~" or premise.tends != (g, S.Zero):
                raise InputError(str(premise), f"is no series at {g} = 0", "")
        if not premises:
            raise InputError("no premise", "there is no series to compose", "")
        known = {p.lhs: p.rhs for p in premises}
        order = min(Poly(p.rhs, g).degree() for p in premises)
        inner = self.expr.xreplace(known)
        if inner == self.expr:
            raise InputError(str(self.expr), "holds none of the premises' left sides", "")
        try:
            return taylor(inner, g, 0, order, domain=domain)
        except DerivaxError as refused:
            raise InputError(
                str(self.expr), "has no Taylor series there", str(refused)
            ) from refused

    def conclude(self, *premises: Statement) -> Statement:
        found = self._coefficients(premises)
        series = Add(*(expand(c) * self.coupling**n for n, c in enumerate(found)))
        return Statement(self.expr, "~", expand(series), tends=(self.coupling, S.Zero))

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        made = list(keeps_relation(conclusion, "~"))
        if conclusion.lhs != self.expr or conclusion.tends != (self.coupling, S.Zero):
            made.append(Settled(False, f"the series is that of {self.expr} at 0"))
        domain = conclusion.domain
        mine = self._coefficients(premises, domain)
        theirs = _powers(conclusion.rhs, self.coupling, len(mine) - 1)
        for n, (c, d) in enumerate(zip(mine, theirs, strict=True)):
            made.append(Vanishes(Add(d, -c), domain, f"the coefficient of order {n}"))
        return tuple(made)
