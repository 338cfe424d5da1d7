"""Matrix identities with symbolic shapes, and the entries of equations between diagonal matrices.

Main definitions: `MatrixIdentity`, `DiagonalEntries`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, ClassVar

from sympy import Add, Basic, Expr, Mul
from sympy.matrices.expressions.matexpr import MatrixExpr

from derivax.errors import InputError
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.exact.matrix_form import Diagonal, MatrixRelation, matrix_form
from derivax.symbolic.methods.agreement import keeps_relation
from derivax.symbolic.obligations import MatrixVanishes, Obligation, Settled, Vanishes
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

__all__ = ["DiagonalEntries", "MatrixIdentity"]


@dataclass(frozen=True)
class MatrixIdentity(Rule):
    """Conclude `lhs = rhs`, which holds modulo the premises, for all shapes.

    The premises are equations whose left side is (a multiple of) one product; they are used to
    rewrite.  Checked by the non-commutative normal form.

    Args:
        lhs, rhs: matrix expressions, or scalar expressions in traces.
        diagonal: matrices that are diagonal in one basis (they commute and are symmetric).
    """

    name: ClassVar[str] = "matrix identity"
    needs: ClassVar[int | None] = None
    lhs: Basic
    rhs: Basic
    diagonal: tuple[MatrixExpr, ...] = ()

    def conclude(self, *premises: Statement) -> Statement:
        return Statement(self.lhs, "=", self.rhs)

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        modulo: list[MatrixRelation | Diagonal] = []
        for premise in premises:
            if premise.rel != "=" or not isinstance(premise.lhs, MatrixExpr):
                raise InputError(str(premise), "is not an equation between matrices", "")
            modulo.append(MatrixRelation(premise.lhs, premise.rhs))  # type: ignore[arg-type]
        if self.diagonal:
            modulo.append(Diagonal(self.diagonal))
        made: list[Obligation] = []
        if conclusion.rel != "=":
            made.append(Settled(False, "an identity is an equation"))
        about = "both sides have the same normal form, for all shapes"
        return (*made, MatrixVanishes(conclusion.residual, about, tuple(modulo)))


@dataclass(frozen=True, init=False)
class DiagonalEntries(Rule):
    """From an equation between diagonal matrices conclude the equation of their diagonal entries.

    Diagonal matrices multiply entry by entry, so an equation between polynomials in them is the
    same equation between their entries, for every position.

    Args:
        entries: {matrix: its entry at one position}, for every matrix that occurs.
    """

    name: ClassVar[str] = "diagonal entries"
    entries: Mapping[MatrixExpr, Expr]

    def __init__(self, entries: Mapping[Any, Any]) -> None:
        pairs = {k: as_expression(v) for k, v in entries.items()}
        object.__setattr__(self, "entries", MappingProxyType(pairs))

    def _entry(self, side: Basic) -> Expr:
        terms = []
        for word, coefficient in matrix_form(side).items():
            factors = []
            for letter, _ in word:
                if letter not in self.entries:
                    raise InputError(
                        str(letter), "is not among the diagonal matrices", "add its entry"
                    )
                factors.append(self.entries[letter])
            terms.append(Mul(coefficient, *factors))
        return Add(*terms)

    def conclude(self, *premises: Statement) -> Statement:
        (statement,) = premises
        if statement.rel != "=":
            raise InputError(str(statement), "is not an equation", "")
        return replace(
            statement, lhs=self._entry(statement.lhs), rhs=self._entry(statement.rhs), forall=None
        )

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        expected = self.conclude(*premises)
        difference = conclusion.residual - expected.residual  # type: ignore[operator]
        about = "the entry of each product is the product of the entries"
        return (
            *keeps_relation(conclusion, expected.rel),
            Vanishes(difference, conclusion.domain, about),
        )
