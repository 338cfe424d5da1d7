"""Case distinction: one equation under different conditions becomes one piecewise equation.

Main definition: `Cases`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from sympy import And, Basic, Expr, Not, Or, Piecewise, S, Symbol, simplify_logic, to_dnf

from derivax.errors import DomainError, InputError
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.outcome import Finding, Outcome
from derivax.symbolic.methods.agreement import keeps_relation
from derivax.symbolic.obligations import Obligation, Settled, Vanishes, all_of
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement, common_domain

__all__ = ["Cases"]

_POINTS = 64


@dataclass(frozen=True)
class Nowhere(Obligation):
    """No point of the domain satisfies the condition."""

    condition: Basic
    domain: Domain
    about: str

    def check(self) -> Finding:
        if self.condition is S.false:
            return Finding(Outcome.PROVEN, "logic", self.about)
        decided = True
        for part in _regions(self.condition, self.domain):
            if part is None:
                continue
            try:
                points = part.rational_points(_POINTS)
            except DomainError:
                decided = False
                continue
            witness = {str(s): str(v) for s, v in points[0].items()}
            return Finding(Outcome.REFUTED, "witness point", "satisfied somewhere", None, witness)
        if decided:
            return Finding(Outcome.PROVEN, "logic", self.about)
        detail = f"none of the tried points satisfies {self.condition}"
        return Finding(Outcome.HOLDS, "sampling", detail, 1.0 / _POINTS)


@dataclass(frozen=True)
class VanishesWhere(Obligation):
    """`expr` is zero wherever the condition holds (nothing to check where it never does)."""

    expr: Expr
    condition: Basic
    domain: Domain
    about: str

    def check(self) -> Finding:
        everywhere = Vanishes(self.expr, self.domain, self.about).check()
        if everywhere.outcome is Outcome.PROVEN:
            return everywhere
        findings = []
        for part in _regions(self.condition, self.domain):
            if part is None:
                continue
            try:
                part.rational_points(1)
            except DomainError:
                continue
            findings.append(Vanishes(self.expr, part, self.about).check())
        if not findings:
            return Finding(Outcome.NOT_APPLICABLE, "logic", "the conditions exclude each other")
        return all_of(findings, "ball test")


@dataclass(frozen=True)
class Cases(Rule):
    r"""From $f = g_i$ if $c_i$ conclude $f = g_1$ if $c_1$, $g_2$ if $c_2$, ...

    The conditions must cover the domain, and equations whose conditions overlap must agree there.

    Args:
        conditions: the condition of each premise, when it is not all of its `given`.

    >>> from sympy import symbols
    >>> x, y = symbols("x y", real=True)
    >>> first = Statement(y, "=", x, given=(x >= 0,))
    >>> second = Statement(y, "=", -x, given=(x < 0,))
    >>> print(Cases().conclude(first, second))
    y = Piecewise((x, x >= 0), (-x, True))
    """

    name: ClassVar[str] = "cases"
    needs: ClassVar[int | None] = None
    keeps_conditions: ClassVar[bool] = False  # the cases are discharged; the rest is stated below
    conditions: tuple[Basic, ...] = ()

    def demand(self, premises: tuple[Statement, ...]) -> None:
        if len(premises) < 2:
            raise InputError(f"{len(premises)} premises", "cases are at least two", "")
        if self.conditions and len(self.conditions) != len(premises):
            raise InputError(f"{len(self.conditions)} conditions", "one for each premise", "")
        if any(p.rel != "=" or p.lhs != premises[0].lhs for p in premises):
            raise InputError(
                "the premises", "are not equations for the same left side", "rewrite them first"
            )

    def _conditions(self, premises: tuple[Statement, ...]) -> tuple[Basic, ...]:
        if self.conditions:
            return self.conditions
        common = set.intersection(*(set(_given(p)) for p in premises))
        return tuple(And(*[c for c in _given(p) if c not in common]) for p in premises)

    def _common(self, premises: tuple[Statement, ...]) -> tuple[Basic, ...]:
        """Conditions that every premise has beside its case: they stay conditions."""
        cases = self._conditions(premises)
        rest = [
            [c for c in _given(p) if c not in And.make_args(k)] for p, k in zip(premises, cases)
        ]
        return tuple(dict.fromkeys(c for part in rest for c in part))

    def conclude(self, *premises: Statement) -> Statement:
        self.demand(premises)
        cases = self._conditions(premises)
        branches: list[tuple[Basic, Any]] = [(p.rhs, c) for p, c in zip(premises, cases)]
        if simplify_logic(Not(Or(*cases))) is S.false or Or(*cases) is S.true:
            branches[-1] = (branches[-1][0], S.true)
        rhs = Piecewise(*branches)
        domains = [p.forall for p in premises if p.forall is not None]
        forall = None
        for domain in domains:
            forall = domain if forall is None else common_domain(forall, domain)
        return Statement(premises[0].lhs, "=", rhs, forall, self._common(premises))

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        self.demand(premises)
        cases = self._conditions(premises)
        domain = self._domain(premises, conclusion, cases)
        made = list(keeps_relation(conclusion, "="))
        if conclusion.lhs != premises[0].lhs:
            made.append(Settled(False, f"the left side is {premises[0].lhs}"))
        lost = [c for c in self._common(premises) if c not in conclusion.given]
        if lost:
            made.append(Settled(False, f"the condition {lost[0]} of a premise is kept"))
        made += _within(conclusion, premises)
        branches = list(_branches(conclusion.rhs))
        for premise, case in zip(premises, cases):
            for value, active in branches:
                difference = Statement(value, "=", premise.rhs).residual
                about = f"the value {value} is right if {case}"
                made.append(VanishesWhere(difference, And(case, active), domain, about))
        for i, first in enumerate(premises):
            for j in range(i + 1, len(premises)):
                difference = Statement(first.rhs, "=", premises[j].rhs).residual
                both = And(cases[i], cases[j])
                about = f"the cases {cases[i]} and {cases[j]} do not contradict each other"
                made.append(VanishesWhere(difference, both, domain, about))
        uncovered = And(*[Not(c) for c in cases])
        made.append(Nowhere(uncovered, domain, "the conditions cover the domain"))
        undefined = And(*[Not(active) for _, active in branches])
        made.append(Nowhere(undefined, domain, "the branches cover the domain"))
        return tuple(made)

    def _domain(
        self, premises: tuple[Statement, ...], conclusion: Statement, cases: tuple[Basic, ...]
    ) -> Domain:
        """The conclusion's domain; the conditions that distinguish the cases are not in it."""
        symbols = {s for c in cases for s in c.free_symbols}
        symbols |= {s for p in premises for s in p.free_symbols}
        return conclusion.domain.extended(
            sorted((s for s in symbols if isinstance(s, Symbol)), key=str)
        )


def _given(premise: Statement) -> tuple[Basic, ...]:
    """The conditions of a premise, conjunctions taken apart."""
    return tuple(part for c in premise.given for part in And.make_args(c))


def _within(conclusion: Statement, premises: tuple[Statement, ...]) -> list[Obligation]:
    """The conclusion claims no more values than each premise does, its case apart."""
    made: list[Obligation] = []
    for premise in premises:
        if premise.forall is None or conclusion.forall is None:
            continue
        shared = common_domain(conclusion.forall, premise.forall)
        same = shared.over(conclusion.forall.symbols) == conclusion.forall
        made.append(Settled(same, f"the domain lies within {premise.forall}"))
    return made


def _branches(rhs: Basic) -> Iterator[tuple[Basic, Basic]]:
    """(value, condition under which it is active) of a piecewise expression."""
    if not isinstance(rhs, Piecewise):
        yield rhs, S.true
        return
    before: Basic = S.true
    for value, condition in rhs.args:
        yield value, And(before, condition)
        before = And(before, Not(condition))


def _regions(condition: Basic, domain: Domain) -> Iterator[Domain | None]:
    """The parts of the domain where a condition holds; None for a part that is certainly empty."""
    for conjunction in Or.make_args(to_dnf(condition)):
        parts = [p for p in And.make_args(conjunction) if p is not S.true]
        if conjunction is S.false or _contradictory(parts):
            yield None
            continue
        try:
            yield domain.restricted(where=tuple(parts)) if parts else domain
        except DomainError:
            yield None


def _contradictory(relations: list[Basic]) -> bool:
    """True when the relations in one symbol have no common solution."""
    symbols = set().union(*(r.free_symbols for r in relations)) if relations else set()
    if And(*relations) is S.false:
        return True
    if len(symbols) != 1:
        return False
    try:
        return And(*relations).as_set() is S.EmptySet
    except (NotImplementedError, TypeError, ValueError):
        return False
