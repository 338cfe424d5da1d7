"""Has a relation one solution only?

Main definition: `OnlySolution`.

Main facts used: a function that is strictly monotone on an interval takes a value once there; a
continuous solution that starts on a branch stays on it as long as the branch is simple (implicit
function theorem); a polynomial of degree d has no more than d roots.
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Basic, Expr, Ne, Not, Poly, S, Symbol, cancel, fraction, roots, together
from sympy.polys.polyerrors import PolynomialError

from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.outcome import Finding, Outcome
from derivax.symbolic.exact.zero import sign_holds, vanishes
from derivax.symbolic.obligations import Obligation, all_of

__all__ = ["OnlySolution"]


@dataclass(frozen=True)
class OnlySolution(Obligation):
    """`solution` is the only v with `residual(v) = 0` in its domain (and on the branch).

    Args:
        residual: an expression in v.
        v: a symbol; its assumptions and its interval in the domain count.
        solution: free of v.
        branch: a relation in v, or None.
        continued: the solution is continued from an initial value, so that a simple branch is
            enough.
    """

    residual: Expr
    v: Symbol
    solution: Expr
    domain: Domain
    branch: Basic | None
    continued: bool
    about: str

    def check(self) -> Finding:
        slope = self.residual.diff(self.v)
        if self.v not in slope.free_symbols:
            return sign_holds(Ne(slope, 0, evaluate=False), self.domain)
        if self.continued:
            # a slope such as 1/(v (s - v)) vanishes nowhere, whatever v is
            numerator = fraction(cancel(together(slope)))[0]
            if self.v not in numerator.free_symbols:
                return sign_holds(Ne(numerator, 0, evaluate=False), self.domain)
            simple = Ne(slope.subs(self.v, self.solution), 0, evaluate=False)
            return sign_holds(simple, self.domain)
        inside = self.domain.extended([self.v])
        if self.branch is not None and self.branch is not S.true:
            inside = inside.restricted(where=(self.branch,))
        monotone = sign_holds(Ne(slope, 0, evaluate=False), inside)
        if monotone.outcome.established:
            return monotone
        return self._others_excluded(inside)

    def _others_excluded(self, inside: Domain) -> Finding:
        """All roots of a polynomial relation are known, and the others are not allowed."""
        try:
            found = roots(Poly(fraction(together(self.residual))[0], self.v))
            degree = Poly(fraction(together(self.residual))[0], self.v).degree()
        except PolynomialError:
            return Finding(Outcome.OPEN, "roots", "not shown to be the only solution")
        if sum(found.values()) != degree:
            return Finding(Outcome.OPEN, "roots", "not all roots of the relation are known")
        findings = []
        for root in found:
            if vanishes(root - self.solution, self.domain).outcome.established:
                continue
            finding = self._excluded(root)
            if finding.outcome is not Outcome.PROVEN and finding.outcome is not Outcome.HOLDS:
                witness = {"another solution": str(root), **dict(finding.witness or {})}
                return Finding(Outcome.REFUTED, "roots", "it is not the only one", None, witness)
            findings.append(finding)
        joined = all_of(findings, "roots")
        if joined.outcome is Outcome.NOT_APPLICABLE:
            return Finding(Outcome.PROVEN, "roots", "the relation has no other root")
        return joined

    def _excluded(self, root: Expr) -> Finding:
        """The root is nowhere on the branch and in the interval of v."""
        if root.is_extended_real is False:
            return Finding(Outcome.PROVEN, "assumptions", "not real")
        tests: list[Basic] = []
        if self.branch is not None:
            tests.append(Not(self.branch.subs(self.v, root)))
        interval = self.domain.extended([self.v])[self.v]
        if not interval.low.is_infinite:
            tests.append(root <= interval.low if interval.low_open else root < interval.low)
        if not interval.high.is_infinite:
            tests.append(root >= interval.high if interval.high_open else root > interval.high)
        best = Finding(Outcome.REFUTED, "roots", "nothing excludes it", None, {})
        for test in tests:
            finding = sign_holds(test, self.domain)
            if finding.outcome.established:
                return finding
            best = finding
        return best
