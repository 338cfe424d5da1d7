r"""Charges along a flow or a map: conserved, or with the balance law that they obey.

Main definitions: `Invariant`, `on_shell`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sympy import Add, Basic, Derivative, Dummy, Expr, Ne, S, Symbol, simplify

from derivax.errors import InputError
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.exact.outcome import Outcome
from derivax.symbolic.methods.agreement import keeps_relation
from derivax.symbolic.methods.recursion import Recursion
from derivax.symbolic.obligations import Obligation, SignHolds, Vanishes
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

__all__ = ["Invariant", "on_shell"]


@dataclass(frozen=True)
class Invariant(Rule):
    r"""From equations of motion conclude $\frac{dJ}{dt} = r$, with r = 0 only if J is conserved.

    The premises are differential equations, each linear in one highest derivative, or (with `map`)
    recursions $x(n+1) = f(x(n))$, for which the conclusion is $J(n+1) - J(n) = r$.

    Args:
        charge: J, an expression in the unknown functions, their lower derivatives and the variable.
        variable: t (n, for a map).
        map: True for recursions.

    >>> from sympy import Function, symbols
    >>> t, s = symbols("t s", positive=True)
    >>> a, b = Function("a")(t), Function("b")(t)
    >>> flow = (Statement(a.diff(t), "=", b*(s - a*b)), Statement(b.diff(t), "=", a*(s - a*b)))
    >>> print(Invariant(a**2 - b**2, t).conclude(*flow))
    Derivative(a(t)**2 - b(t)**2, t) = 0
    >>> rate = Invariant(a*b, t).conclude(*flow).rhs
    >>> (rate - (a**2 + b**2)*(s - a*b)).expand()
    0
    """

    name: ClassVar[str] = "invariant"
    needs: ClassVar[int | None] = None
    charge: Expr
    variable: Symbol
    map: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "charge", as_expression(self.charge))

    def demand(self, premises: tuple[Statement, ...]) -> None:
        if not premises:
            raise InputError("no premise", "a charge belongs to equations of motion", "give them")
        if any(p.rel != "=" for p in premises):
            raise InputError("a premise", "is not an equation", "give the equations of motion")

    def rate(self, premises: tuple[Statement, ...]) -> tuple[Expr, tuple[Expr, ...]]:
        """The change of the charge on the equations of motion, and what was divided by."""
        self.demand(premises)
        if self.map:
            return self._difference(premises), ()
        return on_shell(self.charge.diff(self.variable).doit(), premises, self.variable)

    def _difference(self, premises: tuple[Statement, ...]) -> Expr:
        recursion = Recursion.of(premises, self.variable)
        after = self.charge.subs(self.variable, self.variable + 1)
        return Add(recursion.lowered(after), -recursion.lowered(self.charge))

    def _change(self) -> Expr:
        if self.map:
            return Add(self.charge.subs(self.variable, self.variable + 1), -self.charge)
        return Derivative(self.charge, self.variable)

    def conclude(self, *premises: Statement) -> Statement:
        rate, _ = self.rate(premises)
        zero = Vanishes(rate, None, "").check().outcome in (Outcome.PROVEN, Outcome.HOLDS)
        return Statement(self._change(), "=", S.Zero if zero else simplify(rate))

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        rate, divisors = self.rate(premises)
        domain = conclusion.domain
        made = list(keeps_relation(conclusion, "="))
        change = conclusion.lhs
        if change != self._change():
            difference = Add(change, -self._change()).doit()
            about = f"the left side is the change of {self.charge}"
            made.append(Vanishes(difference, domain, about))
        claimed = conclusion.rhs
        about = (
            f"{self.charge} is conserved"
            if claimed == 0
            else f"the charge {self.charge} changes at the rate {claimed}"
        )
        made.append(Vanishes(Add(rate, -claimed), domain, about))
        for divisor in divisors:
            if not divisor.is_nonzero:
                relation = Ne(divisor, 0, evaluate=False)
                made.append(SignHolds(relation, domain, f"{divisor} does not vanish"))
        return tuple(made)


def on_shell(
    expr: Expr, premises: tuple[Statement, ...], t: Symbol
) -> tuple[Expr, tuple[Expr, ...]]:
    """`expr` with the highest derivatives replaced by what the equations of motion give.

    Returns:
        the expression, and what was divided by.
    """
    highest, divisors = _solved(premises, t)
    total = expr
    for _ in range(8):
        changes = {}
        for derivative in total.atoms(Derivative):
            value = _lowered(derivative, highest, t)
            if value is not None:
                changes[derivative] = value
        if not changes:
            return total, divisors
        total = total.xreplace(changes).doit()
    raise InputError(str(expr), "the equations of motion do not close", "")


def _solved(
    premises: tuple[Statement, ...], t: Symbol
) -> tuple[dict[Basic, tuple[int, Expr]], tuple[Expr, ...]]:
    """{unknown: (order of its highest derivative, what that equals)}, and the divisors."""
    found: dict[Basic, tuple[int, Expr]] = {}
    divisors: list[Expr] = []
    for premise in premises:
        residual = Add(premise.lhs, -premise.rhs)
        derivatives = [
            d for d in residual.atoms(Derivative) if d.variables == (t,) * len(d.variables)
        ]
        derivatives = [d for d in derivatives if d.expr not in found]
        for top in sorted(derivatives, key=lambda d: (-len(d.variables), d.sort_key())):
            name = Dummy("d")
            shown = residual.xreplace({top: name})
            slope = shown.diff(name)
            if slope == 0 or name in slope.free_symbols:
                continue
            found[top.expr] = (len(top.variables), -shown.subs(name, 0) / slope)
            if not slope.is_number:
                divisors.append(slope)
            break
        else:
            raise InputError(
                str(premise), "is not linear in a highest derivative", "solve it for one first"
            )
    return found, tuple(divisors)


def _lowered(derivative: Basic, highest: dict[Basic, tuple[int, Expr]], t: Symbol) -> Expr | None:
    """What the equations of motion give for a derivative; None when it is of lower order."""
    entry = highest.get(derivative.expr)
    if entry is None:
        return None
    order, value = entry
    excess = len(derivative.variables) - order
    if excess < 0:
        return None
    return value.diff(t, excess) if excess else value
