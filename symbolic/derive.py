"""From a problem to a derivation: the methods, tried in order.

Main definitions: `METHODS`, `derive_problem`.

To add a method, write one module in `symbolic/methods/` with `solve(problem) -> Derivation`,
raising `DoesNotApply` with a reason, and name it here.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

from derivax.errors import InputError, NotDerived
from derivax.symbolic.derivation import Derivation
from derivax.symbolic.exact.outcome import Outcome
from derivax.symbolic.methods import separable_ode
from derivax.symbolic.methods.refusal import DoesNotApply
from derivax.symbolic.problem import Problem

__all__ = ["METHODS", "derive_problem"]

METHODS: MappingProxyType[str, Callable[[Problem], Derivation]] = MappingProxyType(
    {"separable_ode": separable_ode.solve}
)


def derive_problem(problem: Problem, method: str | None = None) -> Derivation:
    """Derive the unknown of a problem.

    Args:
        problem: the problem.
        method: the name of one method (None: all of them, in order).

    Raises:
        NotDerived: no method gives a derivation whose steps stand; `tried` says why.
        InputError: no such method.
    """
    if method is not None and method not in METHODS:
        raise InputError(repr(method), "is not a method", f"methods: {', '.join(METHODS)}")
    tried: list[tuple[str, str]] = []
    for name in METHODS if method is None else (method,):
        try:
            derivation = METHODS[name](problem)
        except DoesNotApply as reason:
            tried.append((name, str(reason)))
            continue
        if derivation.outcome is Outcome.REFUTED:
            bad = next(s for s in derivation.steps if s.outcome is Outcome.REFUTED)
            tried.append(
                (name, f"its step '{bad.name or bad.rule.name}' ({bad.statement}) is refuted")
            )
            continue
        return derivation
    raise NotDerived(str(problem), tried)
