"""The obligation that an identity in fields and their derivatives holds for all fields.

Main definition: `HoldsOnJets`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sympy import Symbol

from derivax.errors import DomainError
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.outcome import Finding, Outcome
from derivax.symbolic.jets import JetSpace
from derivax.symbolic.methods.variation import zero_finding
from derivax.symbolic.obligations import Obligation

__all__ = ["HoldsOnJets"]


@dataclass(frozen=True)
class HoldsOnJets(Obligation):
    """`expr`, in fields and their derivatives as independent variables, is zero.

    What is proved for independent jets holds for every field, on and off the equations of motion.
    """

    space: JetSpace
    expr: Any
    domain: Domain | None
    about: str

    def check(self) -> Finding:
        try:
            domain = self.domain
            if domain is not None:
                free = [s for s in self.expr.free_symbols if isinstance(s, Symbol)]
                domain = domain.extended(sorted(free, key=str))
            return zero_finding(self.expr, domain)
        except DomainError as empty:
            return Finding(Outcome.OPEN, "sampling", str(empty))
