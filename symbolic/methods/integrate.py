r"""Separation of variables and integration of both sides.

Main definitions: `Separate`, `Integrate`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from sympy import Basic, Derivative, Expr, Integral, Ne, S, Symbol
from sympy.core.function import AppliedUndef

from derivax.errors import InputError
from derivax.symbolic.methods.agreement import keeps_relation
from derivax.symbolic.methods.antiderivative import antiderivative, definite
from derivax.symbolic.obligations import Obligation, Settled, SignHolds, Vanishes
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

__all__ = ["Integrate", "Separate"]


@dataclass(frozen=True)
class Separate(Rule):
    r"""From $u' = F(u, t)$ with $F = f(u)\,g(t)$ conclude $u'/f(u) = g(t)$, where $f(u) \ne 0$.

    Args:
        unknown: u(t).
        factor: f(u(t)).
        remainder: g(t).
    """

    name: ClassVar[str] = "separate"
    unknown: AppliedUndef
    factor: Expr
    remainder: Expr

    def conclude(self, *premises: Statement) -> Statement:
        (statement,) = premises
        variable = self.unknown.args[0]
        separated = Derivative(self.unknown, variable) / self.factor
        return replace(statement, lhs=separated, rhs=self.remainder)

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        (statement,) = premises
        variable = self.unknown.args[0]
        rate = Derivative(self.unknown, variable)
        multiplier = statement.residual.coeff(rate)  # type: ignore[attr-defined]
        claimed = conclusion.residual * multiplier * self.factor  # type: ignore[operator]
        foreign = self.unknown.func in {f.func for f in conclusion.rhs.atoms(AppliedUndef)}
        return (
            *keeps_relation(conclusion, "="),
            Vanishes(
                claimed - statement.residual,  # type: ignore[operator]
                conclusion.domain,
                "the separated equation is the equation divided by f(u)",
            ),
            SignHolds(Ne(multiplier, 0), conclusion.domain, "the derivative does occur"),
            Settled(not foreign, f"the right side does not contain {self.unknown}"),
        )


@dataclass(frozen=True)
class Integrate(Rule):
    r"""From $p(u)\,u' = g(t)$ and $u(t_0) = u_0$ conclude $H(u) = G(t)$ with $H(u_0) = G(t_0) = 0$.

    The second premise is the initial value.  Checked by differentiating both sides and at $t_0$.

    Args:
        variable: t.
        lhs, rhs: H(u(t)) and G(t), where they are known (None: they are looked for).
    """

    name: ClassVar[str] = "integrate"
    needs: ClassVar[int | None] = 2
    variable: Symbol
    lhs: Expr | None = None
    rhs: Expr | None = None

    def _unknown(self, initial: Statement) -> tuple[AppliedUndef, Expr]:
        if not isinstance(initial.lhs, AppliedUndef) or len(initial.lhs.args) != 1:
            raise InputError(
                str(initial), "is not an initial value", "give u(t0) = u0 as second premise"
            )
        return initial.lhs.func(self.variable), initial.lhs.args[0]

    def conclude(self, *premises: Statement) -> Statement:
        equation, initial = premises
        _, start = self._unknown(initial)
        lhs = self.lhs if self.lhs is not None else self._primitive_lhs(equation, initial)
        rhs = self.rhs
        if rhs is None:
            primitive = antiderivative(equation.rhs, self.variable)  # type: ignore[arg-type]
            if primitive is None:
                raise InputError(
                    str(equation.rhs), "has no antiderivative that we find", "give rhs"
                )
            rhs = definite(primitive, self.variable, start)
        return replace(equation, lhs=lhs, rhs=rhs)

    def _primitive_lhs(self, equation: Statement, initial: Statement) -> Expr:
        unknown, _ = self._unknown(initial)
        v = Symbol("v", **unknown.func(self.variable)._assumptions.generator)
        integrand = equation.lhs.coeff(Derivative(unknown, self.variable)).subs(unknown, v)  # type: ignore[attr-defined]
        primitive = antiderivative(integrand, v)
        if primitive is None:
            raise InputError(str(integrand), "has no antiderivative that we find", "give lhs")
        return definite(primitive, v, initial.rhs).subs(v, unknown)  # type: ignore[arg-type]

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        equation, initial = premises
        unknown, start = self._unknown(initial)
        domain = conclusion.domain

        def at_start(side: Basic) -> Expr:
            there = side.subs(unknown, initial.rhs).subs(self.variable, start)
            return there.xreplace({i: S.Zero for i in there.atoms(Integral) if _empty(i)})  # type: ignore[return-value]

        made: list[Obligation] = [
            Vanishes(
                Statement(side.diff(self.variable), "=", integrand).residual,  # type: ignore[attr-defined]
                domain,
                f"differentiating the {text} side gives back the integrand",
            )
            for side, integrand, text in (
                (conclusion.lhs, equation.lhs, "left"),
                (conclusion.rhs, equation.rhs, "right"),
            )
        ]
        difference = Statement(at_start(conclusion.lhs), "=", at_start(conclusion.rhs)).residual
        about = f"both sides agree at {self.variable} = {start}"
        made += keeps_relation(conclusion, "=")
        return (*made, Vanishes(difference, domain, about))


def _empty(integral: Integral) -> bool:
    """An integral from a point to itself."""
    return any(len(limit) == 3 and limit[1] == limit[2] for limit in integral.limits)
