r"""Extreme values of functions of one variable on an interval.

Main definition: `Extremum`.

Implementation notes.  Calculus decides: the function is continuous on the interval, monotone on
each piece between the break points, and its values at the break points are compared with the
claimed extreme.
Functions with jumps or unknown heads get no such argument: their inequality is then tested
directly.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

from sympy import (
    Abs,
    Add,
    Basic,
    Expr,
    Ge,
    Le,
    Max,
    Min,
    Mul,
    Ne,
    Pow,
    S,
    Symbol,
    acosh,
    asinh,
    atan,
    cos,
    cosh,
    erf,
    erfc,
    exp,
    factor,
    log,
    preorder_traversal,
    sech,
    sin,
    sinh,
    tanh,
)

from derivax.errors import InputError
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.exact.outcome import Finding, Outcome
from derivax.symbolic.methods.agreement import equal, keeps_relation
from derivax.symbolic.obligations import (
    NotContradicted,
    Obligation,
    Settled,
    SignHolds,
    Vanishes,
)
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

__all__ = ["Extremum"]

# continuous wherever they are finite and real; poles are looked for separately
_CONTINUOUS: tuple[type[Basic], ...] = (
    *(Add, Mul, Pow, Abs, Max, Min, exp, log, erf, erfc),
    *(sin, cos, atan, sinh, cosh, tanh, sech, asinh, acosh),
)


@dataclass(frozen=True)
class Monotone(Obligation):
    """The derivative keeps one sign on a piece (either sign will do)."""

    derivative: Expr
    domain: Domain
    about: str

    def check(self) -> Finding:
        rising = SignHolds(Ge(self.derivative, 0, evaluate=False), self.domain, self.about).check()
        if rising.outcome in (Outcome.PROVEN, Outcome.HOLDS):
            return rising
        falling = SignHolds(Le(self.derivative, 0, evaluate=False), self.domain, self.about).check()
        if falling.outcome is not Outcome.REFUTED:
            return falling
        return falling if rising.outcome is Outcome.REFUTED else rising


@dataclass(frozen=True, init=False)
class Extremum(Rule):
    r"""From $f = g(x)$ conclude $g(x) \le g(p)$ (or $g(p) \le g(x)$: minimum) on [low, high].

    Args:
        variable: x.
        point: p, inside the interval or at its boundary.
        kind: "max" or "min".
        low, high: the interval (default: all real values that the assumptions on x allow).
        breakpoints: further points, in increasing order and including p, between which g is
            monotone; without them g must rise up to p and fall beyond it (for a minimum the
            reverse).
        expr: the function g, in place of a premise.

    >>> from sympy import exp, oo, symbols
    >>> x = symbols("x", nonnegative=True)
    >>> print(Extremum(x, 1, "max", 0, oo, expr=x*exp(-x)).conclude())
    x*exp(-x) <= exp(-1)
    """

    name: ClassVar[str] = "extremum"
    needs: ClassVar[int | None] = None
    variable: Symbol
    point: Expr
    kind: str
    low: Expr
    high: Expr
    breakpoints: tuple[Expr, ...]
    expr: Expr | None

    def __init__(
        self,
        variable: Symbol,
        point: Any,
        kind: str = "max",
        low: Any = -S.Infinity,
        high: Any = S.Infinity,
        *,
        breakpoints: Iterable[Any] = (),
        expr: Any = None,
    ) -> None:
        if kind not in ("max", "min"):
            raise InputError(repr(kind), "is not a kind of extremum", 'use "max" or "min"')
        breaks = tuple(as_expression(b) for b in breakpoints)
        at = as_expression(point)
        if breaks and at not in breaks:
            raise InputError(str(at), "is not among the break points", "add it in its place")
        for name, value in (
            ("variable", variable),
            ("point", at),
            ("kind", kind),
            ("low", as_expression(low)),
            ("high", as_expression(high)),
            ("breakpoints", breaks or (at,)),
            ("expr", None if expr is None else as_expression(expr)),
        ):
            object.__setattr__(self, name, value)
        if any(variable in e.free_symbols for e in (at, self.low, self.high, *breaks)):
            raise InputError(str(variable), "occurs in the point or the interval", "")

    def demand(self, premises: tuple[Statement, ...]) -> None:
        if len(premises) != (0 if self.expr is not None else 1):
            raise InputError(f"{len(premises)} premises", "one equation f = g(x), or expr=...", "")

    def _sides(self, premises: tuple[Statement, ...]) -> tuple[Basic, Expr]:
        self.demand(premises)
        if self.expr is not None:
            return self.expr, self.expr
        (statement,) = premises
        if statement.rel != "=":
            raise InputError(str(statement), "is not an equation", "pass f = g(x)")
        return statement.lhs, statement.rhs

    def _interval(self) -> tuple[Basic, ...]:
        made = []
        if self.low.is_finite is not False:
            made.append(Ge(self.variable, self.low))
        if self.high.is_finite is not False:
            made.append(Le(self.variable, self.high))
        return tuple(c for c in made if c is not S.true)

    def conclude(self, *premises: Statement) -> Statement:
        lhs, g = self._sides(premises)
        best = g.subs(self.variable, self.point)
        given = tuple(premises[0].given if premises else ()) + self._interval()
        forall = premises[0].forall if premises else None
        if self.kind == "max":
            return Statement(lhs, "<=", best, forall, given)
        return Statement(best, "<=", lhs, forall, given)

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        lhs, g = self._sides(premises)
        side, best = (
            (conclusion.lhs, conclusion.rhs)
            if self.kind == "max"
            else (conclusion.rhs, conclusion.lhs)
        )
        made = list(keeps_relation(conclusion, "<="))
        if side not in (lhs, g):
            made.append(Settled(False, f"the {self.kind}imum is that of {lhs}"))
        missing = [c for c in self._interval() if c not in conclusion.given]
        if missing:
            made.append(Settled(False, f"the claim is restricted to {missing[0]}"))
        x, p = self.variable, self.point
        whole = _interval_domain(conclusion, x)
        free = _parameters(conclusion, x)
        value = g.subs(x, p)
        made.append(equal(best, value, free, f"the {self.kind}imum is the value at {x} = {p}"))
        direct = Le(g, best, evaluate=False) if self.kind == "max" else Le(best, g, evaluate=False)
        about = "no point contradicts the inequality"
        claimed = SignHolds(direct, whole, about)
        points = (self.low, *self.breakpoints, self.high)
        for below, above in pairwise(points):
            if below != above and below.is_finite is not False and above.is_finite is not False:
                made.append(_settled_order(below, above, free))
        if not all(isinstance(e, _CONTINUOUS) for e in preorder_traversal(g) if e.args):
            return (*made, claimed)
        made.append(NotContradicted(claimed, about))
        made += _finite(g, x, whole)
        derivative = _simple(g.diff(x))
        made += self._pieces(derivative, points, whole)
        for b in (self.low, *self.breakpoints, self.high):
            if b != p and b.is_finite is not False:
                made.append(self._compared(g, b, value, free))
        interior = p not in (self.low, self.high)
        if interior and not g.atoms(Abs, Max, Min):
            slope = derivative.subs(x, p)
            if slope.is_finite is not False:
                made.append(Vanishes(slope, free, f"the derivative vanishes at {x} = {p}"))
        return tuple(made)

    def _pieces(
        self, derivative: Expr, points: tuple[Expr, ...], whole: Domain
    ) -> list[Obligation]:
        x = self.variable
        made: list[Obligation] = []
        for below, above in pairwise(points):
            if below == above:
                continue
            conditions = []
            if below.is_finite is not False:
                conditions.append(Ge(x, below))
            if above.is_finite is not False:
                conditions.append(Le(x, above))
            piece = whole.restricted(where=tuple(c for c in conditions if c is not S.true))
            about = f"monotone for {x} from {below} to {above}"
            single = len(self.breakpoints) == 1
            unbounded = below.is_finite is False or above.is_finite is False
            if not single and not unbounded:
                made.append(Monotone(derivative, piece, about))
                continue
            left = above == self.breakpoints[0] if single else below.is_finite is False
            rises = left == (self.kind == "max")
            relation = (Ge if rises else Le)(derivative, 0, evaluate=False)
            word = "rises" if rises else "falls"
            made.append(SignHolds(relation, piece, f"{word} for {x} from {below} to {above}"))
        return made

    def _compared(self, g: Expr, at: Expr, best: Expr, free: Domain) -> Obligation:
        there = g.subs(self.variable, at)
        about = f"the value at {self.variable} = {at} is compared"
        if there.has(S.NaN, S.ComplexInfinity) or there.is_infinite:
            return Settled(True, f"there is no value at {self.variable} = {at}")
        relation = Le(there, best) if self.kind == "max" else Le(best, there)
        if relation in (S.true, S.false):
            return Settled(relation is S.true, about)
        return SignHolds(relation, free, about)


def _finite(g: Expr, x: Symbol, whole: Domain) -> list[Obligation]:
    """No denominator and no argument of a logarithm vanishes on the interval."""
    zeros = {e.args[0] for e in g.atoms(log)}
    zeros |= {e.base for e in g.atoms(Pow) if not e.exp.is_nonnegative}
    made: list[Obligation] = []
    for zero in sorted((z for z in zeros if x in z.free_symbols), key=lambda e: e.sort_key()):
        relation = Ne(zero, 0, evaluate=False)
        made.append(SignHolds(relation, whole, f"{zero} does not vanish on the interval"))
    return made


def _simple(derivative: Expr) -> Expr:
    """In factors where that is possible: signs of factors are easier to decide."""
    try:
        return factor(derivative)
    except (NotImplementedError, AttributeError, TypeError):
        return derivative


def _interval_domain(conclusion: Statement, x: Symbol) -> Domain:
    return conclusion.domain.extended([x])


def _parameters(conclusion: Statement, x: Symbol) -> Domain:
    """The domain of everything but the variable."""
    domain = conclusion.domain
    kept = [s for s in domain.symbols if s != x]
    base = Domain.of(kept, {s: domain[s] for s in kept})
    conditions = tuple(c for c in domain.where if c.free_symbols <= set(kept))
    return base.restricted(where=conditions) if conditions else base


def _settled_order(below: Expr, above: Expr, free: Domain) -> Obligation:
    relation = Le(below, above)
    about = f"{below} <= {above}"
    if relation in (S.true, S.false):
        return Settled(relation is S.true, about)
    return SignHolds(relation, free, about)
