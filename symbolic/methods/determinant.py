r"""Determinants of matrices of symbolic size that have one subdiagonal (upper Hessenberg).

Main definitions: `HessenbergDeterminant`, `ExplicitDeterminant`.

Main facts used: expanding along the last column, the minor of row r is block triangular, with the
leading block of size r - 1 and the subdiagonal entries h_{j+1,j}, j = r ... n, as its factors, so
that

    det H_{n+1} = h_{n+1,n+1} det H_n
                  + sum_r (-1)^(n+1-r) h_{r,n+1} prod_{j=r}^n h_{j+1,j} det H_{r-1}.

Implementation notes.  What is below the subdiagonal, and in the last column between the rows that
are named, is shown to vanish at symbolic places.  The expansion is compared with determinants of
the written-out matrix as a second opinion.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from sympy import Add, Basic, Determinant, Dummy, Expr, FunctionMatrix, Integer, Mul, Symbol
from sympy import Product as IndexedProduct
from sympy.core.function import AppliedUndef

from derivax.errors import InputError
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.methods.agreement import keeps_relation
from derivax.symbolic.methods.recursion import named_values, replaced_values
from derivax.symbolic.obligations import (
    AtSizes,
    NotContradicted,
    Obligation,
    Settled,
    Vanishes,
)
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

__all__ = ["ExplicitDeterminant", "HessenbergDeterminant"]

_SIZES = (2, 3, 4, 5)


def _definition(premises: tuple[Statement, ...]) -> tuple[AppliedUndef, FunctionMatrix]:
    """D(n) and its matrix, from the premise D(n) = det(...)."""
    (statement,) = premises
    lhs, rhs = statement.lhs, statement.rhs
    if not (
        isinstance(lhs, AppliedUndef)
        and len(lhs.args) == 1
        and isinstance(lhs.args[0], Symbol)
        and isinstance(rhs, Determinant)
        and isinstance(rhs.arg, FunctionMatrix)
        and rhs.arg.shape == (lhs.args[0], lhs.args[0])
    ):
        raise InputError(
            str(statement), "is not D(n) = det of a matrix given by its entries, of size n", ""
        )
    return lhs, rhs.arg


def _written(matrix: FunctionMatrix, size: int) -> Any:
    return matrix.subs(matrix.rows, size).as_explicit()


@dataclass(frozen=True)
class ExplicitDeterminant(Rule):
    """From D(n) = det H_n conclude D(k) = its value, for an explicit size k.

    Args:
        size: k.
    """

    name: ClassVar[str] = "explicit determinant"
    size: int

    def conclude(self, *premises: Statement) -> Statement:
        value, matrix = _definition(premises)
        return Statement(
            value.func(Integer(self.size)), "=", _written(matrix, self.size).det("berkowitz")
        )

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        value, matrix = _definition(premises)
        exact = _written(matrix, self.size).det("bareiss")
        gap = named_values(Add(conclusion.rhs, -exact))
        return (
            *keeps_relation(conclusion, "="),
            Settled(conclusion.lhs == value.func(Integer(self.size)), "the size is the asked one"),
            Vanishes(gap, None, "the value is that of another elimination"),
        )


@dataclass(frozen=True, init=False)
class HessenbergDeterminant(Rule):
    r"""From D(n) = det H_n, H upper Hessenberg, conclude the recursion for D(n + 1).

    Args:
        rows: the rows r (from 1, below n + 1) in which the last column of H_{n+1} is not zero.

    >>> from sympy import Function, KroneckerDelta, Lambda, symbols
    >>> n = Symbol("n", integer=True, positive=True)
    >>> i, j, x = symbols("i j x")
    >>> D = Function("D")
    >>> entry = x*KroneckerDelta(i, j) - KroneckerDelta(i, j + 1) - KroneckerDelta(i + 1, j)
    >>> start = Statement(D(n), "=", Determinant(FunctionMatrix(n, n, Lambda((i, j), entry))))
    >>> print(HessenbergDeterminant([n]).conclude(start))  # Chebyshev polynomials
    D(n + 1) = x*D(n) - D(n - 1)
    """

    name: ClassVar[str] = "Laplace expansion"
    rows: tuple[Expr, ...]

    def __init__(self, rows: Iterable[Any]) -> None:
        object.__setattr__(self, "rows", tuple(as_expression(r) for r in rows))

    def _parts(self, premises: tuple[Statement, ...]) -> tuple[AppliedUndef, Any, Symbol]:
        value, matrix = _definition(premises)

        def entry(row: Expr, column: Expr) -> Expr:
            return matrix.lamda(row - 1, column - 1)

        return value, entry, value.args[0]  # type: ignore[return-value]

    def conclude(self, *premises: Statement) -> Statement:
        value, entry, n = self._parts(premises)
        last = n + 1
        terms = [entry(last, last) * value]
        for r in self.rows:
            terms.append(
                (-1) ** (last - r) * entry(r, last) * _subdiagonal(entry, r, n) * value.func(r - 1)
            )
        return Statement(value.func(last), "=", Add(*terms))

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        _, entry, n = self._parts(premises)
        expected = self.conclude(*premises)
        made = list(keeps_relation(conclusion, "="))
        made.append(Settled(conclusion.lhs == expected.lhs, f"the left side is {expected.lhs}"))
        domain = conclusion.domain
        gap = Add(conclusion.rhs, -expected.rhs)
        made.append(Vanishes(gap, domain, "the right side is the expansion along the last column"))
        a, b = (Dummy(x, integer=True, nonnegative=True) for x in "ab")
        column = 1 + a
        below = entry(column + 2 + b, column)
        made.append(Vanishes(below, None, "nothing stands below the subdiagonal"))
        made += self._gaps(entry, n)
        made.append(self._second_opinion(premises, conclusion))
        return tuple(made)

    def _gaps(self, entry: Any, n: Symbol) -> list[Obligation]:
        """The last column vanishes between the named rows, which stand in rising order."""
        made: list[Obligation] = []
        ends = [Integer(0), *self.rows, n + 1]
        a, b = (Dummy(x, integer=True, nonnegative=True) for x in "ab")
        for low, high in itertools.pairwise(ends):
            between = (high - low - 1).expand()
            if between.is_zero:
                continue
            about = f"the last column vanishes between the rows {low} and {high}"
            if n in high.free_symbols and n not in low.free_symbols:
                # row = low + 1 + a, and n such that the row is below `high`
                row = low + 1 + a
                size = (row + 1 + b) - (high - n)
                zero = entry(row, n + 1).subs(n, size)
            else:
                made.append(Settled(bool(between.is_integer and between.is_negative), about))
                continue
            made.append(Vanishes(zero.doit(), None, about))
        return made

    def _second_opinion(self, premises: tuple[Statement, ...], conclusion: Statement) -> Obligation:
        value, matrix = _definition(premises)
        n = value.args[0]

        def at(size: int) -> Obligation:
            forms = {value.func: lambda k: _value(matrix, k)}
            side = Add(conclusion.rhs, -conclusion.lhs).subs(n, size)
            gap = replaced_values(side, forms)
            return Vanishes(named_values(gap.expand()), None, f"at size {size}")

        about = "determinants of the written-out matrices agree"
        return NotContradicted(AtSizes(_SIZES, at, about), about)


def _value(matrix: FunctionMatrix, size: Basic) -> Expr:
    return Integer(1) if size == 0 else _written(matrix, int(size)).det("berkowitz")


def _subdiagonal(entry: Any, row: Expr, n: Symbol) -> Expr:
    """prod_{j=row}^n h_{j+1,j}, numerical factors outside."""
    j = Symbol("k", integer=True, positive=True)
    factor = entry(j + 1, j)
    if not factor.has(j):
        return factor ** (n - row + 1)
    number, rest = factor.as_coeff_Mul()
    product = IndexedProduct(rest, (j, row, n)).doit() if row == n else IndexedProduct(
        rest, (j, row, n)
    )  # fmt: skip
    return Mul(number ** (n - row + 1), product)
