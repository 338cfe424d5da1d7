"""Limits: from `f = g` conclude that f tends to a value.

Main definition: `Limit`.

Implementation notes.  SymPy's `limit` finds the value; the check does not use it: see
`exact/tendency.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sympy import AccumBounds, Basic, Expr, Gt, Lt, S, Symbol, limit
from sympy import Limit as UnfinishedLimit

from derivax.errors import InputError
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.methods.agreement import keeps_relation
from derivax.symbolic.obligations import Obligation, Settled, Tends
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

__all__ = ["Limit"]

_SIDES = ("", "+", "-")


@dataclass(frozen=True)
class Limit(Rule):
    r"""From $f = g$ conclude $f \to \lim g$ as the variable tends to the point.

    Args:
        variable: what moves.
        point: where to; a number, `oo`, `-oo`, or an expression of other symbols.
        side: "+" from above, "-" from below, "" from every side that the domain has.
        value: the limit, when it is known; else it is found.
        expr: an expression, in place of a premise.

    >>> from sympy import exp, oo, symbols
    >>> t, k, s = symbols("t k s", positive=True)
    >>> print(Limit(t, oo, expr=s*(1 - exp(-k*t))).conclude())
    s*(1 - exp(-k*t)) -> s as t -> oo
    """

    name: ClassVar[str] = "limit"
    needs: ClassVar[int | None] = None
    variable: Symbol
    point: Basic
    side: str = ""
    value: Basic | None = None
    expr: Basic | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "point", as_expression(self.point))
        if self.side not in _SIDES:
            raise InputError(repr(self.side), "is not a side", 'use "+", "-" or ""')
        if self.variable in self.point.free_symbols:
            raise InputError(str(self.point), f"contains {self.variable} itself", "")

    def demand(self, premises: tuple[Statement, ...]) -> None:
        if len(premises) != (0 if self.expr is not None else 1):
            raise InputError(
                f"{len(premises)} premises", "a limit has one equation f = g, or expr=...", ""
            )

    def _sides(self, premises: tuple[Statement, ...]) -> tuple[Basic, Expr]:
        self.demand(premises)
        if self.expr is not None:
            side = as_expression(self.expr)
            return side, side
        (statement,) = premises
        if statement.rel != "=":
            raise InputError(str(statement), "is not an equation", "a limit is taken of f = g")
        return statement.lhs, statement.rhs

    def _found(self, expr: Expr) -> Basic:
        if not self.point.is_finite:
            direction = "-" if self.point is S.Infinity else "+"
        else:
            direction = self.side or "+-"
        try:
            value = limit(expr, self.variable, self.point, direction)
        except (NotImplementedError, ValueError, TypeError, AttributeError) as refused:
            raise InputError(
                str(expr), f"no limit was found ({refused})", "pass value=..., it will be checked"
            ) from refused
        if value.has(UnfinishedLimit, AccumBounds, S.NaN) or self.variable in value.free_symbols:
            raise InputError(str(expr), "no limit was found", "pass value=..., it will be checked")
        return value

    def conclude(self, *premises: Statement) -> Statement:
        lhs, expr = self._sides(premises)
        value = self._found(expr) if self.value is None else as_expression(self.value)
        given = premises[0].given if premises else ()
        if self.side and self.point.is_finite:
            relation = Gt if self.side == "+" else Lt
            given = (*given, relation(self.variable, self.point))
        forall = premises[0].forall if premises else None
        tends = (self.variable, self.point)
        given = tuple(c for c in given if c is not S.true)
        return Statement(lhs, "->", value, forall, given, tends)

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        lhs, expr = self._sides(premises)
        made = list(keeps_relation(conclusion, "->"))
        if conclusion.tends != (self.variable, self.point):
            made.append(Settled(False, f"the limit is {self.variable} -> {self.point}"))
        if conclusion.lhs not in (lhs, expr):
            made.append(Settled(False, f"the limit is that of {lhs}"))
        if self.variable in conclusion.rhs.free_symbols:
            made.append(Settled(False, f"the limit is free of {self.variable}"))
            return tuple(made)
        about = f"the limit as {self.variable} -> {self.point} is {conclusion.rhs}"
        made.append(
            Tends(expr, self.variable, self.point, conclusion.rhs, conclusion.domain, about)
        )
        return tuple(made)
