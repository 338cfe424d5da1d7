"""Where a solution in closed form exists: what must stay positive, which parameters are excluded.

Main definitions: `must_stay_positive`, `relative`, `parameter_conditions`.

Implementation notes.  A solution that starts at a point where its formula is regular exists at
least until a quantity that it divides by, or takes a root or logarithm of, first vanishes.
Quantities are taken over their initial values, so that "positive" is what they are at the start.
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import (
    Add,
    Basic,
    Expr,
    Mul,
    Ne,
    Pow,
    S,
    Symbol,
    cancel,
    exp,
    factor_terms,
    fraction,
    log,
    together,
)
from sympy.core.function import AppliedUndef

from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.outcome import Outcome
from derivax.symbolic.exact.zero import sign_holds

__all__ = ["must_stay_positive", "parameter_conditions", "relative"]


def relative(quantity: Expr, variable: Symbol, start: Expr) -> Expr:
    """A quantity over its initial value, where that is not zero."""
    initial = quantity.subs(variable, start)
    return quantity if initial.is_zero else factor_terms(cancel(quantity / initial))


def must_stay_positive(solution: Expr, unknown: AppliedUndef, variable: Symbol) -> Iterator[Expr]:
    """What the solution divides by, takes roots and logarithms of; and itself, if positive."""
    yield from _critical(together(solution), variable)
    if unknown.is_positive:
        yield solution


def _critical(expr: Expr, t: Symbol) -> Iterator[Expr]:
    _, denominator = fraction(expr)
    for piece in Mul.make_args(denominator):
        base = piece.as_base_exp()[0]
        if isinstance(base, Add) and t in base.free_symbols:
            yield base
    for node in sorted(expr.atoms(Pow, log), key=lambda e: e.sort_key()):
        if isinstance(node, log):
            inner = node.args[0]
        elif isinstance(node, exp) or node.exp.is_Integer:
            continue
        else:
            inner = node.base
        if isinstance(inner, Add) and t in inner.free_symbols:
            yield inner


def parameter_conditions(solution: Basic, variable: Symbol, domain: Domain) -> Iterator[Basic]:
    """Parameter values at which the written form divides by zero: p != 1 ..."""
    seen: set[Expr] = set()
    for node in sorted(solution.atoms(Pow), key=lambda e: e.sort_key()):
        for candidate in (node.base if node.exp.is_negative else S.One, fraction(node.exp)[1]):
            unsuitable = candidate.is_number or not candidate.free_symbols <= set(domain.symbols)
            if unsuitable or variable in candidate.free_symbols or candidate in seen:
                continue
            seen.add(candidate)
            relation = Ne(candidate, 0).canonical
            if sign_holds(relation, domain).outcome is Outcome.REFUTED:
                yield relation
