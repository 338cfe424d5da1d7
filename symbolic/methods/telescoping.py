r"""Differential equations of integrals, by differentiating under the integral (telescoping).

If operators a_k(g) and a function R(x) satisfy, identically in x and g,

    \sum_k a_k(g) \partial_g^k f(x, g) = \partial_x (R(x, g) f(x, g)),

and R f vanishes at both ends, then Z = \int f dx satisfies \sum_k a_k Z^{(k)} = 0.  The pair
(a, R) is a certificate: it is checked, however it was found.

Main definitions: `Telescoping`, `BoundedSolution`.

Reference: D. Zeilberger, A holonomic systems approach to special function identities,
J. Comput. Appl. Math. 32 (1990) 321.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from sympy import Add, Derivative, Expr, Integral, S, Symbol, cancel

from derivax.errors import InputError
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.methods.agreement import equal, keeps_relation
from derivax.symbolic.obligations import Obligation, Settled, Tends, Vanishes
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

__all__ = ["BoundedSolution", "Telescoping"]


@dataclass(frozen=True)
class Telescoping(Rule):
    r"""From $Z(g) = c \int f dx$ conclude $\sum_k a_k Z^{(k)}(g) = 0$.

    Args:
        parameter: g.
        operator: (a_0, a_1, ...), expressions in g.
        certificate: R, an expression in x and g.

    >>> from sympy import Function, exp, oo, symbols
    >>> g = symbols("g", positive=True)
    >>> x, Z = symbols("x", real=True), Function("Z")
    >>> given = Statement(Z(g), "=", Integral(exp(-g*x**2), (x, -oo, oo)))
    >>> rule = Telescoping(g, (S(1), 2*g), x)
    >>> print(rule.conclude(given))
    2*g*Derivative(Z(g), g) + Z(g) = 0
    >>> [str(o.check().outcome) for o in rule.obligations((given,), rule.conclude(given))]
    ['proven', 'proven', 'proven', 'proven']
    """

    name: ClassVar[str] = "telescoping"
    parameter: Symbol
    operator: tuple[Expr, ...]
    certificate: Expr

    def __post_init__(self) -> None:
        object.__setattr__(self, "operator", tuple(as_expression(a) for a in self.operator))
        object.__setattr__(self, "certificate", as_expression(self.certificate))
        if not self.operator:
            raise InputError("operator ()", "holds no coefficient", "pass (a_0, a_1, ...)")

    def _integral(self, premise: Statement) -> Integral:
        found = list(premise.rhs.atoms(Integral))
        if premise.rel != "=" or len(found) != 1 or len(found[0].limits[0]) != 3:
            raise InputError(str(premise), "is not Z = c * (one definite integral)", "")
        if self.parameter in cancel(premise.rhs / found[0]).free_symbols:
            raise InputError(str(premise), f"has {self.parameter} outside the integral", "")
        return found[0]

    def _equation(self, value: Expr) -> Expr:
        terms = [
            a * (Derivative(value, (self.parameter, k)) if k else value)
            for k, a in enumerate(self.operator)
        ]
        return Add(*terms)

    def conclude(self, *premises: Statement) -> Statement:
        (premise,) = premises
        self._integral(premise)
        return Statement(self._equation(premise.lhs), "=", S.Zero, given=premise.given)

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        (premise,) = premises
        integral = self._integral(premise)
        f, (x, low, high) = integral.function, integral.limits[0]
        made = list(keeps_relation(conclusion, "="))
        stated = (conclusion.lhs - conclusion.rhs).doit()
        expected = self._equation(premise.lhs).doit()
        made.append(equal(stated.expand(), expected.expand(), conclusion.domain,
                          "the equation has these coefficients"))  # fmt: skip
        inside = Domain.of([x], {x: (low, high)}).extended(list(conclusion.domain.symbols))
        applied = Add(*(a * f.diff(self.parameter, k) for k, a in enumerate(self.operator)))
        moved = (self.certificate * f).diff(x)
        made.append(Vanishes(cancel((applied - moved) / f), inside, "the certificate telescopes"))
        for end in (low, high):
            about = f"the boundary term vanishes at {end}"
            made.append(Tends(self.certificate * f, x, end, S.Zero, inside, about))
        return tuple(made)


@dataclass(frozen=True)
class BoundedSolution(Rule):
    r"""From a linear ODE for Z at g > 0 and Z -> 1 as g -> 0 conclude Z(g) = closed form.

    The closed form must solve the equation and tend to the same limit; a second solution, which is
    given and must be unbounded at 0, leaves no other.

    Args:
        parameter: g.
        form: the closed form.
        other: a second solution of the same equation, unbounded as g -> 0.
    """

    name: ClassVar[str] = "bounded solution"
    needs: ClassVar[int | None] = 2
    parameter: Symbol
    form: Expr
    other: Expr

    def conclude(self, *premises: Statement) -> Statement:
        return Statement(self._unknown(premises), "=", self.form)

    def _unknown(self, premises: tuple[Statement, ...]) -> Any:
        equation, limit = premises
        if equation.rel != "=" or equation.rhs != 0:
            raise InputError(str(equation), "is not an equation L Z = 0", "")
        if limit.rel not in ("->", "~") or limit.tends != (self.parameter, S.Zero):
            raise InputError(str(limit), f"is not the limit at {self.parameter} = 0", "")
        return limit.lhs

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        equation, limit = premises
        unknown, g = self._unknown(premises), self.parameter
        made = list(keeps_relation(conclusion, "="))
        if conclusion.lhs != unknown:
            made.append(Settled(False, f"the unknown is {unknown}"))
        order = max((d.derivative_count for d in equation.lhs.atoms(Derivative)), default=0)
        made.append(Settled(order == 2, "the equation has order 2: two solutions span all"))
        domain = conclusion.domain
        for form, what in ((conclusion.rhs, "the closed form"), (self.other, "the other solution")):
            residual = equation.lhs.subs(unknown, form).doit()
            made.append(Vanishes(residual, domain, f"{what} solves the equation"))
        value = limit.rhs.subs(g, 0)
        made.append(Tends(conclusion.rhs, g, S.Zero, value, domain, f"it tends to {value}"))
        made.append(Tends(1 / self.other, g, S.Zero, S.Zero, domain, "the other one does not"))
        return tuple(made)
