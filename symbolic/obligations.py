"""What a rule must have checked: each obligation is a claim together with its test.

Main definitions: `Obligation` (the contract) and its leaves `Vanishes`, `SignHolds`,
`MatrixVanishes`, `AtSizes`, `Tends`, `FallsAtOrder`, `Cited`, `Settled`, `NotContradicted`.

A rule *builds* obligations from its premises and its conclusion; a theory cannot write its own.
`check` returns a `Finding`; it never raises on a false claim.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sympy import Basic, Expr, MatrixBase, Symbol
from sympy.matrices.expressions.matexpr import MatrixExpr

from derivax.errors import DomainError
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.matrix_form import Diagonal, MatrixRelation
from derivax.symbolic.exact.matrix_zero import matrix_vanishes
from derivax.symbolic.exact.noncommutative import noncommutative_vanishes
from derivax.symbolic.exact.order import falls_at_order
from derivax.symbolic.exact.outcome import Finding, Outcome, weakest
from derivax.symbolic.exact.tendency import tends_to
from derivax.symbolic.exact.zero import sign_holds, vanishes

__all__ = [
    "AtSizes",
    "Cited",
    "FallsAtOrder",
    "MatrixVanishes",
    "NotContradicted",
    "Obligation",
    "Settled",
    "SignHolds",
    "Tends",
    "Vanishes",
    "all_of",
]


def all_of(findings: Iterable[Finding], method: str) -> Finding:
    """One finding for several: the weakest outcome, with the detail and witness of that one."""
    findings = tuple(findings)
    outcome = weakest(f.outcome for f in findings)
    worst = next((f for f in findings if f.outcome is outcome), None)
    resolutions = [f.resolution for f in findings if f.resolution is not None]
    return Finding(
        outcome,
        worst.method if worst else method,
        worst.detail if worst else "",
        max(resolutions, default=None),
        worst.witness if worst else None,
        worst.figures if worst else {},
    )


class Obligation(ABC):
    """A claim with its test.  `about` says in words what is claimed."""

    about: str

    @abstractmethod
    def check(self) -> Finding:
        """Test the claim."""


@dataclass(frozen=True)
class Vanishes(Obligation):
    """`expr` is zero on the whole domain (entrywise, for explicit matrices)."""

    expr: Basic
    domain: Domain | None
    about: str

    def check(self) -> Finding:
        entries = list(self.expr) if isinstance(self.expr, MatrixBase) else [self.expr]
        if self.expr.is_commutative is False and not isinstance(self.expr, MatrixBase | MatrixExpr):
            return noncommutative_vanishes(self.expr, self.domain)
        try:
            return all_of((vanishes(entry, self.domain) for entry in entries), "normal form")
        except DomainError as empty:
            return Finding(Outcome.OPEN, "sampling", str(empty))


@dataclass(frozen=True)
class SignHolds(Obligation):
    """A relation (`<=`, `<`, `!=` ...) holds on the whole domain."""

    relation: Basic
    domain: Domain | None
    about: str

    def check(self) -> Finding:
        try:
            return sign_holds(self.relation, self.domain)
        except DomainError as empty:
            return Finding(Outcome.OPEN, "sampling", str(empty))


@dataclass(frozen=True)
class MatrixVanishes(Obligation):
    """A matrix (or trace) expression with symbolic shapes is zero modulo matrix relations."""

    expr: Basic
    about: str
    modulo: tuple[MatrixRelation | Diagonal, ...] = ()

    def check(self) -> Finding:
        return matrix_vanishes(self.expr, self.modulo)


@dataclass(frozen=True)
class AtSizes(Obligation):
    """A claim about a size, proven at each of the listed sizes: `instances`, never `proven`."""

    sizes: tuple[int, ...]
    at: Callable[[int], Obligation] = field(compare=False)
    about: str

    def check(self) -> Finding:
        findings = []
        for size in self.sizes:
            finding = self.at(size).check()
            if finding.outcome is Outcome.REFUTED:
                witness = {**dict(finding.witness or {}), "size": size}
                return Finding(
                    Outcome.REFUTED, finding.method, f"false at size {size}", None, witness
                )
            findings.append(finding)
        joined = all_of(findings, "enumeration")
        if joined.outcome is Outcome.PROVEN:
            listed = ", ".join(map(str, self.sizes))
            return Finding(Outcome.INSTANCES, "enumeration", f"proven at sizes {listed}")
        return joined


@dataclass(frozen=True)
class Tends(Obligation):
    """`expr` tends to `value` as `variable` tends to `point`."""

    expr: Expr
    variable: Symbol
    point: Basic
    value: Basic
    domain: Domain | None
    about: str

    def check(self) -> Finding:
        return tends_to(self.expr, self.variable, self.point, self.value, self.domain)


@dataclass(frozen=True)
class FallsAtOrder(Obligation):
    """`error` is O(h^order) at distance h from `point` (h = 1/|variable| when it is infinite)."""

    error: Expr
    variable: Symbol
    point: Basic
    order: int
    domain: Domain | None
    about: str

    def check(self) -> Finding:
        return falls_at_order(self.error, self.variable, self.point, self.order, self.domain)


@dataclass(frozen=True)
class NotContradicted(Obligation):
    """A test that can refute but not establish: a second opinion beside a proof or a citation."""

    test: Obligation
    about: str

    def check(self) -> Finding:
        finding = self.test.check()
        if finding.outcome is Outcome.REFUTED:
            return finding
        said = f"an independent test says {finding.outcome}: {finding.detail}"
        return Finding(Outcome.NOT_APPLICABLE, finding.method, said, finding.resolution)


@dataclass(frozen=True)
class Cited(Obligation):
    """A theorem taken from the literature: `assumed`, and shown as an assumption."""

    reference: str
    about: str

    def check(self) -> Finding:
        return Finding(Outcome.ASSUMED, "citation", self.reference)


@dataclass(frozen=True)
class Settled(Obligation):
    """A claim that the rule decides by exact comparison (structure, indices, set equality)."""

    true: bool
    about: str

    def check(self) -> Finding:
        if self.true:
            return Finding(Outcome.PROVEN, "exact comparison", self.about)
        return Finding(Outcome.REFUTED, "exact comparison", f"not so: {self.about}", None, {})
