r"""From a linear differential equation to the recurrence of its power series.

Main definitions: `PowerSeriesRecurrence`, `FirstCoefficient`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sympy import Add, Basic, Derivative, Expr, Poly, PolynomialError, S, Symbol, expand
from sympy.core.function import AppliedUndef

from derivax.errors import InputError
from derivax.symbolic.methods.agreement import keeps_relation
from derivax.symbolic.obligations import Obligation, Settled, Vanishes
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

__all__ = ["FirstCoefficient", "PowerSeriesRecurrence"]

_CHECKED = 8
"""Orders at which a truncated series is put back into the equation."""


@dataclass(frozen=True)
class PowerSeriesRecurrence(Rule):
    r"""From $\sum_k a_k(g) Z^{(k)} = 0$ conclude the recurrence of $z_n$ in $Z \sim \sum z_n g^n$.

    Args:
        variable: g.
        unknown: z(n).

    >>> from sympy import Function, symbols
    >>> g, n = symbols("g", real=True), symbols("n", integer=True, nonnegative=True)
    >>> Z, z = Function("Z"), Function("z")
    >>> equation = Statement(Derivative(Z(g), g) - 2*Z(g), "=", S.Zero)
    >>> print(PowerSeriesRecurrence(g, z(n)).conclude(equation))
    (n + 1)*z(n + 1) - 2*z(n) = 0
    """

    name: ClassVar[str] = "power series"
    variable: Symbol
    unknown: AppliedUndef

    @property
    def index(self) -> Symbol:
        """n."""
        (n,) = self.unknown.args
        if not isinstance(n, Symbol):
            raise InputError(str(self.unknown), "is not z(n)", "")
        return n

    def _terms(self, equation: Statement) -> list[tuple[int, int, Expr]]:
        """(order of the derivative, power of g, coefficient)."""
        g = self.variable
        if equation.rel != "=" or equation.rhs != 0:
            raise InputError(str(equation), "is not an equation L Z = 0", "")
        heads = {f for f in equation.lhs.atoms(AppliedUndef) if f.args == (g,)}
        if len(heads) != 1:
            raise InputError(str(equation), f"has not one unknown function of {g}", "")
        (function,) = heads
        found = []
        for term in Add.make_args(expand(equation.lhs)):
            inside = [d for d in term.atoms(Derivative) if d.expr == function]
            value = inside[0] if inside else function
            order = inside[0].derivative_count if inside else 0
            try:
                polynomial = Poly(term.subs(value, 1), g)
            except PolynomialError as error:
                raise InputError(str(term), f"is no polynomial in {g}", str(error)) from None
            found += [(order, power, c) for (power,), c in polynomial.terms()]
        return found

    def conclude(self, *premises: Statement) -> Statement:
        (equation,) = premises
        n = self.index
        terms = self._terms(equation)
        total = S.Zero
        for order, power, c in terms:
            # g^power (g^m)^(order) = m!/(m-order)! g^(m - order + power), and that power is n
            m = n + order - power
            factor = S.One
            for j in range(order):
                factor *= m - j
            total += c * factor * self.unknown.func(m)
        values = sorted(total.atoms(AppliedUndef), key=lambda v: str(v))
        collected = total.expand().collect(values, evaluate=False)
        grouped = Add(*(v * c.factor() for v, c in collected.items()))
        return Statement(grouped, "=", S.Zero)

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        (equation,) = premises
        made = list(keeps_relation(conclusion, "="))
        derived = self.conclude(*premises)
        difference = expand(conclusion.lhs - conclusion.rhs - derived.lhs)
        values = sorted(difference.atoms(AppliedUndef), key=str)
        rest = difference
        for value in values:
            about = f"the coefficient of {value}"
            made.append(Vanishes(difference.coeff(value).expand(), conclusion.domain, about))
            rest = expand(rest - value * difference.coeff(value))
        made.append(Settled(rest == 0, "there are no other terms"))
        return (*made, *self._put_back(equation, conclusion))

    def _put_back(self, equation: Statement, conclusion: Statement) -> tuple[Obligation, ...]:
        """A truncated series in the equation: its powers are instances of the recurrence."""
        g, z, n = self.variable, self.unknown.func, self.index
        heads = {f for f in equation.lhs.atoms(AppliedUndef) if f.args == (g,)}
        (function,) = heads
        depth = max(power for _, power, _ in self._terms(equation)) + 4
        series = Add(*(z(k) * g**k for k in range(_CHECKED + depth)))
        applied = Poly(expand(equation.lhs.subs(function, series).doit()), g)
        made = []
        for k in range(_CHECKED):
            instance = (conclusion.lhs - conclusion.rhs).subs(n, k)
            instance = instance.replace(
                lambda e: isinstance(e, AppliedUndef) and e.func == z and e.args[0].is_negative,
                lambda e: S.Zero,
            )
            same = expand(applied.coeff_monomial(g**k) - instance) == 0
            made.append(Settled(same, f"the power {k} of a truncated series agrees"))
        return tuple(made)


@dataclass(frozen=True)
class FirstCoefficient(Rule):
    r"""From $Z \sim c_0 + c_1 g + \ldots$ conclude $z_0 = c_0$.

    Args:
        variable: g.
        unknown: z(0).
    """

    name: ClassVar[str] = "first coefficient"
    variable: Symbol
    unknown: Basic

    def conclude(self, *premises: Statement) -> Statement:
        (series,) = premises
        if series.rel != "~" or series.tends != (self.variable, S.Zero):
            raise InputError(str(series), f"is no series at {self.variable} = 0", "")
        return Statement(self.unknown, "=", series.rhs.subs(self.variable, 0))

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        derived = self.conclude(*premises)
        made = list(keeps_relation(conclusion, "="))
        made.append(Settled(conclusion.lhs == self.unknown, f"the left side is {self.unknown}"))
        difference = Add(conclusion.rhs, -derived.rhs)
        return (*made, Vanishes(difference, conclusion.domain, "it is the value at 0"))
