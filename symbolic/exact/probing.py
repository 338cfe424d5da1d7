"""What the zero test and the sign test share: entries, sample points, witnesses.

Main definitions: `Sample`, `sample_for`, `entries_of`, `settled`, `refuted`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import sympy as sp
from flint import acb, arb
from sympy import Add, Basic, Mul, Symbol
from sympy.core.function import Derivative

from derivax.errors import InputError
from derivax.symbolic.exact.ball_values import Ball
from derivax.symbolic.exact.dag import postorder
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.outcome import Finding, Outcome
from derivax.symbolic.exact.switching import switching_points
from derivax.symbolic.exact.variables import free_variables, is_jet, stand_in

__all__ = [
    "Sample",
    "entries_of",
    "excludes_zero",
    "point_text",
    "refuted",
    "sample_for",
    "settled",
    "value_text",
]

DOIT_LIMIT = 3000
"""Largest expression, in nodes, whose derivatives of known functions are carried out."""


def entries_of(expr: Any) -> list[tuple[str, Basic]]:
    """(label, scalar) of a scalar, an equation or an explicit matrix."""
    if isinstance(expr, sp.MatrixBase):
        rows, columns = expr.shape
        return [(f"({i}, {j})", expr[i, j]) for i in range(rows) for j in range(columns)] or [
            ("", sp.S.Zero)
        ]
    if isinstance(expr, sp.Equality):
        lhs, rhs = expr.args
        if isinstance(lhs, sp.MatrixBase) and isinstance(rhs, sp.MatrixBase):
            return entries_of(lhs - rhs)
        return [("", Add(lhs, Mul(-1, rhs)))]
    if expr is sp.true:
        return [("", sp.S.Zero)]
    if expr is sp.false:
        return [("", sp.S.One)]
    try:
        scalar = sp.sympify(expr, strict=True)
    except sp.SympifyError:
        raise InputError(f"{expr!r}", "not an expression") from None
    if not isinstance(scalar, sp.Expr) or isinstance(scalar, sp.MatrixExpr):
        raise InputError(
            f"{type(expr).__name__}", "the zero test takes scalars and explicit matrices"
        )
    return [("", scalar)]


def settled(expr: Basic) -> Basic:
    """`expr` with derivatives of known functions carried out (jets stay)."""
    count, pending = 0, False
    for node in postorder([expr], leaf=is_jet):
        count += 1
        if isinstance(node, Derivative) and not is_jet(node):
            pending = True
        if node.is_commutative is False:
            raise InputError(f"{type(node).__name__}", "non-commutative symbols have no value")
    return expr.doit() if pending and count < DOIT_LIMIT else expr


class Sample:
    """Points of a domain for symbols and jets, drawn in batches."""

    def __init__(self, domain: Domain, variables: Sequence[Basic], points: int, seed: int) -> None:
        self.variables = tuple(variables)
        self.points, self.seed = max(1, points), seed
        jets = [v for v in free_variables([*domain.where]) if not isinstance(v, Symbol)]
        self._stand_ins = {v: stand_in(v) for v in (*variables, *jets) if not isinstance(v, Symbol)}
        # conditions on unknown functions, u(t) > 0, are conditions on what stands for them
        where = [relation.xreplace(self._stand_ins) for relation in domain.where]
        self._domain = Domain(domain).extended(self._stand_ins.values()).restricted(where=where)
        self._batches: dict[int, list[dict[Basic, Any]]] = {}
        self.switches: list[dict[Basic, Any]] = []

    @property
    def domain(self) -> Domain:
        """The domain of the symbols and of what stands for the jets."""
        return self._domain

    def look_at_switches(self, exprs: Sequence[Basic]) -> None:
        """Put the points where one of `exprs` changes its formula in front of the first batch."""
        self.switches = switching_points(exprs, self._domain, self.variables, self.seed)

    def batch(self, number: int) -> list[dict[Basic, Any]]:
        """The points of a batch; the first has the special points in front."""
        if number not in self._batches:
            drawn = self._domain.rational_points(self.points, self.seed + 7919 * number)
            back = {dummy: jet for jet, dummy in self._stand_ins.items()}
            renamed = [{back.get(s, s): v for s, v in point.items()} for point in drawn]
            self._batches[number] = renamed if not number else renamed[-self.points :]
        return self._batches[number] if number else self.switches + self._batches[0]


def sample_for(
    scalars: Sequence[Basic], domain: Domain | None, points: int, seed: int
) -> tuple[Domain, Sample]:
    variables = free_variables(scalars)
    symbols = [v for v in variables if isinstance(v, Symbol)]
    domain = Domain.of(symbols) if domain is None else domain.extended(symbols)
    return domain, Sample(domain, variables, max(points, 32), seed)


# ---- witnesses ------------------------------------------------------------------------------


def excludes_zero(ball: Any) -> bool:
    """Whether a finite ball proves that the value is not zero."""
    return isinstance(ball, (arb, acb)) and bool(ball.is_finite()) and not ball.contains(0)


def value_text(ball: Ball, digits: int = 15) -> str:
    """A ball as text: enough digits to recognise it."""
    return str(ball.str(digits))


def number_text(value: Any) -> str:
    """A coordinate as text: p/q, or a complex number."""
    return str(value) if not isinstance(value, float) else str(Fraction(value))


def point_text(point: Mapping[Basic, Any]) -> dict[str, str]:
    """A point ready for JSON."""
    return {str(variable): number_text(value) for variable, value in point.items()}


def refuted(point: Mapping[Basic, Any], ball: Ball, bits: int) -> Finding:
    witness = {**point_text(point), "value": value_text(ball), "bits": bits}
    return Finding(
        Outcome.REFUTED, "ball test", "the ball at the witness excludes zero", witness=witness
    )
