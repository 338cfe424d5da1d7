"""A statement: `lhs rel rhs`, for all values of its symbols, under its conditions.

Main definitions: `RELATIONS` (the six relations), `Statement`, `common_domain`.

Implementation notes.  Sides are kept exactly as given: SymPy's `Eq(M.T.T, M)` would collapse to
True and lose what was claimed.  `forall` is a `Domain` (symbols with their ranges); `given` holds
conditions under which the statement is claimed; `tends` is the pair (variable, point) of an
asymptotic statement or a limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sympy import Add, Basic, Eq, MatrixBase, Ne, S, Symbol
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanFunction
from sympy.matrices.expressions.matexpr import MatrixExpr

from derivax.errors import InputError
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.expression import as_expression

__all__ = ["RELATIONS", "Statement", "common_domain"]

RELATIONS = ("=", "<=", "<", "~", "->", "in")
_FROM_SYMPY = {"==": "=", "<=": "<=", "<": "<"}


def _exact(side: Any) -> Basic:
    if isinstance(side, MatrixBase):
        return side.as_immutable()
    return side if isinstance(side, Basic) else as_expression(side)


@dataclass(frozen=True)
class Statement:
    """`lhs rel rhs` for all values in `forall`, under the conditions `given`.

    Args:
        lhs, rhs: SymPy expressions, matrices, matrix expressions or (for `in`) a set.
        rel: one of `=`, `<=`, `<`, `~` (asymptotically equal), `->` (tends to), `in`.
        forall: the domain of the free symbols (None: what their assumptions say).
        given: conditions, SymPy relations.
        tends: (variable, point), for `~` and `->`.

    >>> from sympy.abc import x
    >>> print(Statement(x + x, "=", 2*x))
    2*x = 2*x
    """

    lhs: Basic
    rel: str
    rhs: Basic
    forall: Domain | None = None
    given: tuple[Basic, ...] = ()
    tends: tuple[Symbol, Basic] | None = field(default=None)

    def __post_init__(self) -> None:
        if self.rel not in RELATIONS:
            raise InputError(
                repr(self.rel), "is not a relation", f"use one of {', '.join(RELATIONS)}"
            )
        object.__setattr__(self, "lhs", _exact(self.lhs))
        object.__setattr__(self, "rhs", _exact(self.rhs))
        object.__setattr__(self, "given", tuple(self.given))
        if self.rel in ("~", "->") and self.tends is None:
            raise InputError(
                str(self), "an asymptotic statement names its limit", "pass tends=(x, oo)"
            )

    @classmethod
    def of(cls, relation: Relational | Statement, **context: Any) -> Statement:
        """A statement from a SymPy relation (`Eq`, `<`, `<=`, `>`, `>=`)."""
        if isinstance(relation, Statement):
            return replace(relation, **context) if context else relation
        if not isinstance(relation, Relational) or isinstance(relation, Ne):
            raise InputError(str(relation), "is not an equation or inequality", "pass Eq(lhs, rhs)")
        if relation.rel_op in (">", ">="):
            relation = relation.reversed
        return cls(relation.lhs, _FROM_SYMPY[relation.rel_op], relation.rhs, **context)

    @property
    def is_matrix(self) -> bool:
        """True when the sides are matrices."""
        return isinstance(self.lhs, MatrixExpr | MatrixBase) or isinstance(
            self.rhs, MatrixExpr | MatrixBase
        )

    @property
    def residual(self) -> Basic:
        """`lhs - rhs`, unevaluated as to its truth: zero exactly when an equation holds."""
        if self.is_matrix:
            return self.lhs + (-1) * self.rhs  # type: ignore[operator]
        return Add(self.lhs, -self.rhs)  # type: ignore[operator]

    @property
    def free_symbols(self) -> set[Basic]:
        """Free symbols of both sides and of the conditions."""
        found: set[Basic] = self.lhs.free_symbols | self.rhs.free_symbols
        for condition in self.given:
            found |= condition.free_symbols
        if self.tends is not None:
            found |= {self.tends[0]}
        return found

    @property
    def domain(self) -> Domain:
        """The domain of all free scalar symbols, the conditions `given` included as `where`."""
        symbols = [s for s in self.free_symbols if isinstance(s, Symbol)]
        base = self.forall if self.forall is not None else Domain.of(())
        domain = base.extended(sorted(symbols, key=lambda s: s.name))
        relations = tuple(
            c
            for c in self.given
            if isinstance(c, Relational | BooleanFunction) and c not in domain.where
        )
        return domain.restricted(where=relations) if relations else domain

    def under(self, *conditions: Basic) -> Statement:
        """The same statement under further conditions (trivially true ones are dropped)."""
        new = dict.fromkeys(c for c in conditions if c not in (S.true, True) + self.given)
        return replace(self, given=self.given + tuple(new))

    def replaced(self, replacements: Mapping[Any, Any]) -> Statement:
        """Both sides with subexpressions replaced; derivatives of these are carried out."""
        pairs = dict(replacements)

        def carry(side: Basic) -> Basic:
            new = side.subs(pairs)
            return new.doit() if any(p.is_Function for p in map(_exact, pairs)) else new

        return replace(self, lhs=carry(self.lhs), rhs=carry(self.rhs))

    def as_relation(self) -> Basic:
        """The SymPy relation, unevaluated (equations and inequalities only)."""
        from sympy import Le, Lt

        makers = {"=": Eq, "<=": Le, "<": Lt}
        if self.rel not in makers:
            raise InputError(str(self), "is not an equation or inequality", "use its sides")
        return makers[self.rel](self.lhs, self.rhs, evaluate=False)

    def __str__(self) -> str:
        text = f"{self.lhs} {self.rel} {self.rhs}"
        if self.tends is not None:
            text += f" as {self.tends[0]} -> {self.tends[1]}"
        if self.given:
            text += " if " + ", ".join(map(str, self.given))
        return text

    def _repr_latex_(self) -> str:
        from derivax.symbolic.typeset.latex import latex

        return f"${latex(self)}$"


def common_domain(first: Domain, second: Domain) -> Domain:
    """The domain on which two statements hold: common intervals, the relations of both.

    >>> from sympy.abc import x, y
    >>> print(common_domain(Domain.of([x], {x: (0, 2)}), Domain.of([x, y], {x: (1, 3)})))
    x in [1, 2], y in (-oo, oo)

    Raises:
        DomainError: they have nothing in common.
    """
    new = [s for s in second if s not in first]
    joined = first.extended(new).restricted(dict(second))
    more = tuple(c for c in second.where if c not in joined.where)
    return joined.restricted(where=more) if more else joined
