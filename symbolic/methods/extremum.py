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
from derivax.symbolic.exact.domain import Domain, Interval
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
class Segment:
    """The values of x between two ends, one of which may be infinite, written in a parameter."""

    x: Symbol
    below: Expr
    above: Expr
    free: Domain

    def inside(self, *, open_ends: bool = False) -> tuple[Expr, Domain]:
        """x as a function of a parameter, and the domain with the parameter."""
        infinite = [e.is_finite is False for e in (self.below, self.above)]
        if not any(infinite):
            part = Symbol("fraction_of_the_way", nonnegative=True)
            range_ = Interval(0, 1, low_open=open_ends, high_open=open_ends)
            at = self.below + part * (self.above - self.below)
            return at, self.free.extended([part]).restricted({part: range_})
        if all(infinite):
            return self.x, self.free.extended([self.x])
        part = Symbol("distance_from_the_end", positive=open_ends or None, nonnegative=True)
        at = self.above - part if infinite[0] else self.below + part
        return at, self.free.extended([part])

    def in_halves(self) -> Expr:
        """x in terms of a positive parameter, so that signs may follow from assumptions alone."""
        w = Symbol("ratio", positive=True)
        infinite = [e.is_finite is False for e in (self.below, self.above)]
        if not any(infinite):
            return (self.below + w * self.above) / (1 + w)
        if all(infinite):
            return self.x
        return self.above - w if infinite[0] else self.below + w


@dataclass(frozen=True)
class SignOnSegment(Obligation):
    """The derivative keeps one sign on a segment: the given one, or either."""

    derivative: Expr
    segment: Segment
    rises: bool | None
    about: str

    def check(self) -> Finding:
        shown = _simple(self.derivative.subs(self.segment.x, self.segment.in_halves()))
        wanted = (True, False) if self.rises is None else (self.rises,)
        if any(shown.is_nonnegative if up else shown.is_nonpositive for up in wanted):
            return Finding(Outcome.PROVEN, "assumptions", "by the signs of its factors")
        at, domain = self.segment.inside()
        derivative = self.derivative.subs(self.segment.x, at)
        findings = []
        for up in wanted:
            relation = (Ge if up else Le)(derivative, 0, evaluate=False)
            findings.append(SignHolds(relation, domain, self.about).check())
            if findings[-1].outcome.established:
                return findings[-1]
        return next((f for f in findings if f.outcome is not Outcome.REFUTED), findings[-1])


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
        free = _parameters(conclusion, x, premises, (*self.breakpoints, self.low, self.high))
        low, high = self._ends(conclusion)
        whole = Segment(x, low, high, free)
        value = g.subs(x, p)
        made.append(equal(best, value, free, f"the {self.kind}imum is the value at {x} = {p}"))
        about = "no point contradicts the inequality"
        at, domain = whole.inside(open_ends=True)
        there = g.subs(x, at)
        direct = (there, best) if self.kind == "max" else (best, there)
        claimed = SignHolds(Le(*direct, evaluate=False), domain, about)
        points = (low, *self.breakpoints, high)
        for below, above in pairwise(points):
            if below != above and below.is_finite is not False and above.is_finite is not False:
                made.append(_settled_order(below, above, free))
        if not all(isinstance(e, _CONTINUOUS) for e in preorder_traversal(g) if e.args):
            return (*made, claimed)
        made.append(NotContradicted(claimed, about))
        made += _finite(g, x, whole)
        derivative = g.diff(x)
        made += self._pieces(g, derivative, points, free)
        for b in (low, *self.breakpoints, high):
            if b != p and not _is_open(g, x, b):
                made.append(self._compared(g, b, value, free))
        if p not in (low, high) and not g.atoms(Abs, Max, Min):
            slope = derivative.subs(x, p)
            if slope.is_finite is not False:
                made.append(Vanishes(slope, free, f"the derivative vanishes at {x} = {p}"))
        return tuple(made)

    def _ends(self, conclusion: Statement) -> tuple[Expr, Expr]:
        """The interval, narrowed to what the assumptions on x allow."""
        interval = conclusion.domain.extended([self.variable])[self.variable]
        low = interval.low if self.low.is_finite is False else self.low
        high = interval.high if self.high.is_finite is False else self.high
        return low, high

    def _pieces(
        self, g: Expr, derivative: Expr, points: tuple[Expr, ...], free: Domain
    ) -> list[Obligation]:
        """g is monotone on each piece, and falls (rises, for a minimum) towards open ends."""
        x = self.variable
        made: list[Obligation] = []
        for below, above in pairwise(points):
            if below == above:
                continue
            segment = Segment(x, below, above, free)
            open_below, open_above = _is_open(g, x, below), _is_open(g, x, above)
            rises: bool | None = None
            if len(self.breakpoints) == 1:
                rises = (above == self.breakpoints[0]) == (self.kind == "max")
            elif open_below or open_above:
                rises = open_below == (self.kind == "max")
            word = "is monotone" if rises is None else "rises" if rises else "falls"
            about = f"{word} for {x} from {below} to {above}"
            made.append(SignOnSegment(derivative, segment, rises, about))
        return made

    def _compared(self, g: Expr, at: Expr, best: Expr, free: Domain) -> Obligation:
        there = g.subs(self.variable, at)
        about = f"the value at {self.variable} = {at} is compared"
        relation = Le(there, best) if self.kind == "max" else Le(best, there)
        if relation in (S.true, S.false):
            return Settled(relation is S.true, about)
        return SignHolds(relation, free, about)


def _is_open(g: Expr, x: Symbol, end: Expr) -> bool:
    """The end is infinite, or g has no finite value there."""
    if end.is_finite is False:
        return True
    there = g.subs(x, end)
    return bool(there.has(S.NaN, S.ComplexInfinity, S.Infinity, S.NegativeInfinity))


def _finite(g: Expr, x: Symbol, whole: Segment) -> list[Obligation]:
    """No denominator and no argument of a logarithm vanishes inside the interval."""
    zeros = {e.args[0] for e in g.atoms(log)}
    zeros |= {e.base for e in g.atoms(Pow) if not e.exp.is_nonnegative}
    made: list[Obligation] = []
    at, domain = whole.inside(open_ends=True)
    for zero in sorted((z for z in zeros if x in z.free_symbols), key=lambda e: e.sort_key()):
        relation = Ne(zero.subs(x, at), 0, evaluate=False)
        made.append(SignHolds(relation, domain, f"{zero} does not vanish inside the interval"))
    return made


def _simple(derivative: Expr) -> Expr:
    """In factors where that is possible: signs of factors are easier to decide."""
    try:
        return factor(derivative)
    except (NotImplementedError, AttributeError, TypeError):
        return derivative


def _parameters(
    conclusion: Statement, x: Symbol, premises: tuple[Statement, ...], points: tuple[Expr, ...]
) -> Domain:
    """The domain of everything but the variable."""
    domain = conclusion.domain
    sources = [*points, *(side for p in premises for side in (p.lhs, p.rhs))]
    symbols = {s for source in sources for s in source.free_symbols if isinstance(s, Symbol)}
    symbols |= set(domain.symbols)
    return domain.over(sorted(symbols - {x}, key=str))


def _settled_order(below: Expr, above: Expr, free: Domain) -> Obligation:
    relation = Le(below, above)
    about = f"{below} <= {above}"
    if relation in (S.true, S.false):
        return Settled(relation is S.true, about)
    return SignHolds(relation, free, about)
