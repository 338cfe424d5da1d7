"""Obligations that several rules share: a claimed side equals a derived one, a relation is kept.

Main definitions: `equal`, `keeps_relation`, `poles_avoided`.
"""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Basic, MatrixBase, Mul, Ne, S, fraction, together
from sympy.matrices.expressions.matexpr import MatrixExpr

from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.obligations import (
    MatrixVanishes,
    Obligation,
    Settled,
    SignHolds,
    Vanishes,
)
from derivax.symbolic.statements import Statement

__all__ = ["equal", "keeps_relation", "poles_avoided"]


def equal(claimed: Basic, derived: Basic, domain: Domain | None, about: str) -> Obligation:
    """`claimed` and `derived` have the same value on the domain (or for all sizes)."""
    if claimed == derived:
        return Settled(True, about)
    shapes = [getattr(side, "shape", None) for side in (claimed, derived)]
    if shapes[0] != shapes[1]:
        return Settled(False, f"{about}: the shapes {shapes[0]} and {shapes[1]} agree")
    difference = Statement(claimed, "=", derived).residual
    if isinstance(difference, MatrixExpr) and not isinstance(difference, MatrixBase):
        return MatrixVanishes(difference, about)
    return Vanishes(difference, domain, about)


def keeps_relation(conclusion: Statement, relation: str) -> tuple[Obligation, ...]:
    """Nothing when the conclusion has the relation that follows, else a refuted claim."""
    if conclusion.rel == relation:
        return ()
    return (Settled(False, f"the relation that follows is {relation}"),)


def poles_avoided(factors: Iterable[Basic], domain: Domain | None) -> tuple[Obligation, ...]:
    """The factors are finite on the domain: what they divide by does not vanish there."""
    made: list[Obligation] = []
    for factor in factors:
        if isinstance(factor, MatrixExpr | MatrixBase):
            continue
        denominator = fraction(together(factor))[1]
        if denominator.is_number and denominator not in (S.Zero, S.NaN):
            continue
        about = f"the factor {factor} is finite"
        # a product vanishes nowhere when none of its factors does: easier to prove one by one
        bases = dict.fromkeys(part.as_base_exp()[0] for part in Mul.make_args(denominator))
        for base in bases:
            if not (base.is_number and base not in (S.Zero, S.NaN)):
                made.append(SignHolds(Ne(base, 0, evaluate=False), domain, about))
    return tuple(made)
