"""Solving a relation for an unknown: explicit with its branch, or as the root in a bracket.

Main definitions: `SolveFor`, `ImplicitInverse`, `BackSubstitute`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from sympy import (
    Add,
    Basic,
    Dummy,
    Expr,
    Ge,
    Gt,
    Le,
    Mul,
    Ne,
    S,
    Symbol,
    cancel,
    exp,
    expand,
    ilcm,
    limit,
    log,
)
from sympy.core.function import AppliedUndef

from derivax.errors import InputError
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.zero import sign_holds, vanishes
from derivax.symbolic.methods.agreement import keeps_relation
from derivax.symbolic.methods.inversion import inverses
from derivax.symbolic.methods.uniqueness import OnlySolution
from derivax.symbolic.nodes.implicit_root import ImplicitRoot
from derivax.symbolic.obligations import Obligation, Settled, SignHolds, Tends, Vanishes
from derivax.symbolic.problem import Problem
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

__all__ = ["BackSubstitute", "ImplicitInverse", "SolveFor"]


def _established(relation: Basic, domain: Domain) -> bool:
    return sign_holds(relation, domain).outcome.established


def _initial_residual(solution: Basic, unknown: Basic, initial: Statement) -> Expr:
    """solution at the initial point minus the initial value."""
    (variable,) = unknown.args
    (start,) = initial.lhs.args
    return Statement(solution.subs(variable, start), "=", initial.rhs).residual  # type: ignore[return-value]


def _without_logarithms(residual: Expr) -> Expr:
    """prod q_i^n_i - exp(g/c), which vanishes with a real residual sum_i n_i c log q_i - g.

    The exponential is one-to-one on the reals, and rational functions of exponentials can be
    decided where logarithms of nearly equal numbers cannot.
    """
    logarithms: list[tuple[Expr, Expr]] = []
    rest: list[Expr] = []
    shallow = [expand(term, deep=False, log=False) for term in Add.make_args(residual)]
    for term in Add.make_args(Add(*shallow)):
        inner = [factor for factor in Mul.make_args(term) if isinstance(factor, log)]
        if len(inner) == 1:
            logarithms.append((term / inner[0], inner[0].args[0]))
        else:
            rest.append(term)
    if not logarithms:
        return residual
    unit = logarithms[0][0]
    powers = [cancel(coefficient / unit) for coefficient, _ in logarithms]
    if not all(power.is_Rational for power in powers):
        return residual
    scale = ilcm(1, *[int(power.q) for power in powers])
    product = Mul(*[q ** (n * scale) for n, (_, q) in zip(powers, logarithms, strict=True)])
    return product - exp(-Add(*rest) * scale / unit)


@dataclass(frozen=True)
class SolveFor(Rule):
    """From a relation R(u) conclude u = U, checked by putting U back.

    The first premise is the relation.  A second premise, the initial value u(t0) = u0, or `branch`
    names the branch when the relation has several solutions.

    Args:
        unknown: u (a symbol or u(t)).
        branch: a relation in u that singles out the solution.
    """

    name: ClassVar[str] = "solve for"
    needs: ClassVar[int | None] = None
    unknown: Basic
    branch: Basic | None = None

    def candidates(self, statement: Statement) -> list[tuple[Expr, tuple[Expr, ...]]]:
        """Solutions of the relation with what must be positive for them, unchecked."""
        v = self.unknown
        if not isinstance(v, Symbol):
            v = Dummy("v", **self.unknown._assumptions.generator)
        lhs, rhs = (side.subs(self.unknown, v) for side in (statement.lhs, statement.rhs))
        if v not in lhs.free_symbols:
            lhs, rhs = rhs, lhs
        if v in rhs.free_symbols:
            lhs, rhs = lhs - rhs, S.Zero  # type: ignore[operator]
        return list(inverses(lhs, v, rhs))  # type: ignore[arg-type]

    def conclude(self, *premises: Statement) -> Statement:
        statement, *initial = premises
        if statement.rel != "=":
            raise InputError(str(statement), "is not an equation", "solve an equation")
        for candidate, positive in self.candidates(statement):
            conclusion = replace(statement, lhs=self.unknown, rhs=candidate)
            needed = (Gt(q, 0) for q in positive)
            conclusion = conclusion.under(
                *(c for c in needed if not _established(c, conclusion.domain))
            )
            if initial:
                residual = _initial_residual(candidate, self.unknown, initial[0])
                if not vanishes(residual, conclusion.domain).outcome.established:
                    continue
            if self.branch is not None:
                relation = self.branch.subs(self.unknown, candidate)
                if not _established(relation, conclusion.domain):
                    continue
            return conclusion
        raise InputError(
            str(statement),
            f"could not be solved for {self.unknown}",
            "give the solution as a claim",
        )

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        statement, *initial = premises
        put_back = statement.replaced({self.unknown: conclusion.rhs})
        made: list[Obligation] = [
            *keeps_relation(conclusion, "="),
            Settled(conclusion.lhs == self.unknown, f"the conclusion is solved for {self.unknown}"),
            Settled(
                not conclusion.rhs.has(self.unknown), f"the right side is free of {self.unknown}"
            ),
            Vanishes(
                _without_logarithms(put_back.residual),  # type: ignore[arg-type]
                conclusion.domain,
                "put back, the relation is satisfied",
            ),
        ]
        if initial:
            residual = _initial_residual(conclusion.rhs, self.unknown, initial[0])
            made.append(
                Vanishes(residual, conclusion.domain, "the branch passes through the initial value")
            )
        if self.branch is not None:
            relation = self.branch.subs(self.unknown, conclusion.rhs)
            made.append(SignHolds(relation, conclusion.domain, f"the branch has {self.branch}"))
        made.append(self._only(statement, conclusion, bool(initial)))
        return tuple(made)

    def _only(self, statement: Statement, conclusion: Statement, continued: bool) -> Obligation:
        """The relation has no other solution (on the branch, or continued from the start)."""
        v: Symbol = self.unknown
        if not isinstance(v, Symbol):
            v = Dummy("v", **self.unknown._assumptions.generator)
        residual = Statement(statement.lhs, "=", statement.rhs).residual.subs(self.unknown, v)
        branch = None if self.branch is None else self.branch.subs(self.unknown, v)
        about = f"{conclusion.rhs} is the only solution"
        return OnlySolution(
            residual,  # type: ignore[arg-type]
            v,
            conclusion.rhs,  # type: ignore[arg-type]
            conclusion.domain,
            branch,
            continued,
            about,
        )


@dataclass(frozen=True)
class ImplicitInverse(Rule):
    r"""From $H(u) = G(t)$, $u(t_0) = u_0$ conclude that u is the root of H(v) = G(t) in a bracket.

    Checked: H is strictly monotone on the bracket, H - G changes sign over it, u0 lies in it.  At
    an end where H has a logarithmic singularity the sign is that of the exponentiated relation.

    Args:
        unknown: u(t).
        low, high: the bracket.
    """

    name: ClassVar[str] = "implicit root"
    needs: ClassVar[int | None] = 2
    unknown: AppliedUndef
    low: Expr
    high: Expr

    def _body(self, statement: Statement) -> tuple[Expr, Symbol]:
        v = Dummy("v", positive=True) if self.low.is_nonnegative else Dummy("v", real=True)
        return (statement.lhs - statement.rhs).subs(self.unknown, v), v  # type: ignore[operator]

    def conclude(self, *premises: Statement) -> Statement:
        statement, _ = premises
        body, v = self._body(statement)
        return replace(statement, lhs=self.unknown, rhs=ImplicitRoot(body, v, self.low, self.high))

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        statement, initial = premises
        body, dummy = self._body(statement)
        v = Symbol("v", positive=True) if dummy.is_positive else Symbol("v", real=True)
        domain = conclusion.domain
        inside = domain.extended([v]).restricted(where=(self.low < v, v < self.high))
        made: list[Obligation] = []
        root = conclusion.rhs
        made += keeps_relation(conclusion, "=")
        if not isinstance(root, ImplicitRoot) or root != ImplicitRoot(
            body, dummy, self.low, self.high
        ):
            made.append(Settled(False, "the right side is the root of the relation in the bracket"))
        slope = body.diff(dummy).subs(dummy, v)
        made.append(SignHolds(Ne(slope, 0), inside, "H is strictly monotone on the bracket"))
        rising = SignHolds(Gt(slope, 0), inside, "").check().outcome.established
        regular, orientation = _regular(body, dummy)
        for end, upper in ((self.low, False), (self.high, True)):
            about = f"H - G has the right sign at the {'upper' if upper else 'lower'} end"
            nonnegative = upper == rising
            if end.is_infinite:
                made += _sign_at_infinity(body, dummy, end, nonnegative, domain, about)
                continue
            relation = Ge if nonnegative == (orientation > 0) else Le
            at = regular.subs(dummy, end)
            if at.has(S.ComplexInfinity, S.NaN):
                made.append(Settled(False, f"{about}: it has no value there"))
            else:
                made.append(SignHolds(relation(at, 0), domain, about))
        made.append(
            SignHolds(
                Le(self.low, initial.rhs), domain, "the initial value is not below the bracket"
            )
        )
        if not self.high.is_infinite:
            made.append(
                SignHolds(Le(initial.rhs, self.high), domain, "the initial value is not above it")
            )
        residual = body.subs(dummy, initial.rhs).subs(self.unknown.args[0], initial.lhs.args[0])
        made.append(Vanishes(residual, domain, "the root passes through the initial value"))
        return tuple(made)


def _sign_at_infinity(
    body: Expr, v: Symbol, end: Expr, nonnegative: bool, domain: Domain, about: str
) -> list[Obligation]:
    """The limit of the body at an infinite end of the bracket has the sign of a sign change."""
    expected = S.Infinity if nonnegative else S.NegativeInfinity
    try:
        value = limit(body, v, end, "-" if end is S.Infinity else "+")
    except (NotImplementedError, ValueError, TypeError):
        value = expected
    if not value.is_finite:
        return [Tends(body, v, end, expected, domain, about)]
    relation = (Ge if nonnegative else Le)(value, 0, evaluate=False)
    return [
        Tends(body, v, end, value, domain, f"{about}: the limit is {value}"),
        SignHolds(relation, domain, about),
    ]


def _regular(body: Expr, v: Symbol) -> tuple[Expr, int]:
    """A function with the sign of +-body without logarithmic singularity: exp(H/c) - exp(G/c).

    Returns:
        the function, and +1 or -1: the sign of c.
    """
    terms = body.as_ordered_terms()
    logarithms = [
        term.as_independent(v, as_Add=False)
        for term in terms
        if isinstance(term.as_independent(v, as_Add=False)[1], log)
    ]
    if len(logarithms) != 1:
        return body, 1
    scale = logarithms[0][0]
    dependent = sum(term for term in terms if v in term.free_symbols)
    constant = body - dependent
    sign = 1 if scale.is_positive else -1 if scale.is_negative else 0
    if sign == 0:
        return body, 1
    return exp((dependent / scale).expand()) - exp(-(constant / scale).expand()), sign


@dataclass(frozen=True)
class BackSubstitute(Rule):
    """The solution put back into the problem: every equation, every given value.

    The premises are the equations `unknown = expression`, one per unknown, in the problem's
    order; the conclusion repeats the last.

    Args:
        problem: the problem that is solved.
        positive: functions of the variable that stay positive while the solution exists (what the
            solution divides by, takes roots or logarithms of), relative to their initial values.
    """

    name: ClassVar[str] = "back-substitute"
    needs: ClassVar[int | None] = None
    keeps_conditions: ClassVar[bool] = False
    problem: Problem
    positive: tuple[Expr, ...] = ()

    def conclude(self, *premises: Statement) -> Statement:
        if not premises:
            raise InputError("no premise", "there is no solution to put back", "")
        return premises[-1].under(*(Gt(q, 0) for q in self.positive))

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        last = premises[-1]
        made: list[Obligation] = [
            *keeps_relation(conclusion, "="),
            Settled(
                conclusion.lhs == last.lhs and conclusion.rhs == last.rhs,
                "the solution is the one found",
            ),
        ]
        solution = {p.lhs: p.rhs for p in premises}
        for about, residual in self.problem.residuals(solution):
            made.append(Vanishes(residual, conclusion.domain, about))
        return tuple(made)
