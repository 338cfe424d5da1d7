r"""Induction over depth, size or time: a base case and one symbolic level.

Main definition: `Induction`.

Implementation notes.  The premises define the objects (their recursions and first values).  The
level takes the claim at n as hypothesis and shows it at n + 1: values at higher indices are lowered
by the definitions, sums lose their top term, the hypothesis replaces one value, and what is left
must vanish. A level that does not come out leaves the claim open when values remain in it (the
hypothesis is too weak); a false claim is refuted by the unrolled instances.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from sympy import Add, Basic, Dummy, Expr, Ge, Gt, Product, Sum, Symbol
from sympy.core.relational import Relational

from derivax.errors import InputError
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.exact.outcome import Finding, Outcome
from derivax.symbolic.methods.agreement import poles_avoided
from derivax.symbolic.methods.recursion import (
    Recursion,
    from_start,
    named_values,
    split_top,
    values_in,
)
from derivax.symbolic.obligations import Obligation, Settled, SignHolds, Vanishes
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

__all__ = ["Induction"]


@dataclass(frozen=True)
class Level(Obligation):
    """One symbolic level; where values of the unknowns remain, a failure leaves the claim open."""

    test: Obligation
    remaining: bool
    about: str

    def check(self) -> Finding:
        finding = self.test.check()
        if finding.outcome is Outcome.REFUTED and self.remaining:
            detail = "the hypothesis does not give the next level"
            return Finding(Outcome.OPEN, finding.method, detail, None, finding.witness)
        return finding


@dataclass(frozen=True, init=False)
class Induction(Rule):
    r"""Conclude a statement for every n >= base.

    Args:
        symbol: n, an integer.
        base: the first n.
        statement: what is claimed (or pass `claim=` to the derivation).
        multiplier: m, when the claim at n + 1 is shown as D(n+1) = m D(n) + 0, with D = right -
            left (for inequalities D(n+1) >= m D(n), m >= 0; default 1); else the hypothesis is
            solved for one value.
        unrolled: levels above the base at which the unrolled statement is checked exactly.
        start: the first index at which the definitions hold (default: base).

    >>> from sympy import Eq, Sum, symbols
    >>> n = symbols("n", integer=True, nonnegative=True)
    >>> k = symbols("k", integer=True)
    >>> rule = Induction(n, 0, Eq(Sum(k**3, (k, 0, n)), n**2*(n + 1)**2/4))
    >>> [str(o.check().outcome) for o in rule.obligations((), rule.conclude())]
    ['proven', 'proven', 'proven', 'proven', 'proven']
    """

    name: ClassVar[str] = "induction"
    needs: ClassVar[int | None] = None
    symbol: Symbol
    base: int
    statement: Statement | None
    multiplier: Expr | None
    unrolled: tuple[int, ...]
    start: int

    def __init__(
        self,
        symbol: Symbol,
        base: int = 0,
        statement: Statement | Basic | None = None,
        *,
        multiplier: Any = None,
        unrolled: Iterable[int] = (1, 2, 3),
        start: int | None = None,
    ) -> None:
        if isinstance(statement, Relational):
            statement = Statement.of(statement)
        factor = None if multiplier is None else as_expression(multiplier)
        for name, value in (
            ("symbol", symbol),
            ("base", int(base)),
            ("statement", statement),
            ("multiplier", factor),
            ("unrolled", tuple(int(k) for k in unrolled)),
            ("start", int(base if start is None else start)),
        ):
            object.__setattr__(self, name, value)

    def conclude(self, *premises: Statement) -> Statement:
        if self.statement is None:
            raise InputError("an induction", "has no statement", "pass statement=... or claim=...")
        return self.statement

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        n = self.symbol
        if n not in conclusion.free_symbols:
            return (Settled(False, f"the statement contains {n}"),)
        if conclusion.rel not in ("=", "<=", "<"):
            return (Settled(False, "induction shows equations and inequalities"),)
        definitions = Recursion.of(premises, n, self.start)
        gap = Add(conclusion.rhs, -conclusion.lhs)
        highest = max(
            (self.base - self.start, *(self.base - self.start + k for k in self.unrolled))
        )
        ahead = max((definitions.shift(v) or 0 for v in values_in(gap)), default=0)
        try:
            values = definitions.unrolled(highest + 1 + max(ahead, 0))
        except InputError as missing:
            return (Settled(False, f"the premises determine the first levels ({missing})"),)
        domain = conclusion.domain
        made = [self._instance(gap, values, 0, conclusion, "the base case")]
        made += self._level(gap, definitions, conclusion, domain)
        made += [
            self._instance(gap, values, k, conclusion, f"unrolled {k} levels")
            for k in self.unrolled
        ]
        return tuple(made)

    def _instance(
        self, gap: Expr, values: dict[Basic, Expr], k: int, conclusion: Statement, what: str
    ) -> Obligation:
        at = self.base + k
        about = f"{what}: {self.symbol} = {at}"
        here = named_values(gap.subs(self.symbol, at).doit().xreplace(values))
        domain = _without(conclusion.domain, self.symbol, here)
        if conclusion.rel == "=":
            return Vanishes(here, domain, about)
        return SignHolds(_above(here, conclusion.rel), domain, about)

    def _level(
        self, gap: Expr, definitions: Recursion, conclusion: Statement, domain: Domain
    ) -> list[Obligation]:
        n = self.symbol
        about = f"from {n} to {n} + 1"
        above = split_top(definitions.lowered(gap.subs(n, n + 1)), n)
        above = definitions.lowered(above)
        here = definitions.lowered(gap)
        running = from_start(domain, n, as_expression(self.base))
        made: list[Obligation] = []
        factor = self.multiplier
        if factor is None and conclusion.rel != "=":
            factor = as_expression(1)
        if factor is None:
            above = _with_hypothesis(above, here)
        else:
            above = Add(above, -factor * here)
            made += poles_avoided([factor], running)
        remaining = bool(values_in(above) or above.atoms(Sum, Product))
        left = _named_sums(named_values(above))
        if conclusion.rel == "=" or factor is None:
            made.append(Level(Vanishes(left, running, about), remaining, about))
            return made
        made.append(Level(SignHolds(_above(left, "<="), running, about), True, about))
        known = factor.is_positive if conclusion.rel == "<" else factor.is_nonnegative
        if not known:
            sign = f"the multiplier {factor} has the sign that the relation needs"
            made.append(SignHolds(_above(factor, conclusion.rel), running, sign))
        return made


def _above(gap: Expr, relation: str) -> Basic:
    return (Gt if relation == "<" else Ge)(gap, 0, evaluate=False)


def _without(domain: Domain, symbol: Symbol, expr: Expr) -> Domain:
    """The domain of an instance: the index is gone, new symbols come with their assumptions."""
    kept = [s for s in domain.symbols if s != symbol and s in expr.free_symbols]
    base = Domain.of(kept, {s: domain[s] for s in kept})
    conditions = tuple(c for c in domain.where if c.free_symbols <= set(kept))
    base = base.restricted(where=conditions) if conditions else base
    return base.extended([s for s in expr.free_symbols if isinstance(s, Symbol)])


def _with_hypothesis(above: Expr, here: Expr) -> Expr:
    """The next level with one value (or sum) replaced by what the hypothesis gives for it."""
    candidates = [
        *sorted(here.atoms(Sum, Product), key=lambda e: e.sort_key()),
        *sorted(values_in(here), key=lambda e: e.sort_key()),
    ]
    for value in candidates:
        if value.is_commutative is False:
            for sign in (1, -1):
                rest = (here - sign * value).expand()
                if value not in values_in(rest):
                    return above.xreplace({value: -sign * rest})
            continue
        name = Dummy("x")
        residual = here.xreplace({value: name})
        slope = residual.diff(name)
        if slope == 0 or name in slope.free_symbols or not above.has(value):
            continue
        if values_in(slope) or slope.atoms(Sum, Product):
            continue  # a divisor that may vanish
        return above.xreplace({value: -residual.subs(name, 0) / slope})
    return Add(above, -here)  # the claim at n + 1 is the claim at n


def _named_sums(expr: Expr) -> Expr:
    """Sums and products that remain, as symbols of their own."""
    rest = sorted(expr.atoms(Sum, Product), key=lambda e: e.sort_key())
    return expr.xreplace({e: Symbol(str(e).replace(" ", ""), real=True) for e in rest})
