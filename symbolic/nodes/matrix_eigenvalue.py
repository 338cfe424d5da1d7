r"""What the nodes that are eigenvalues of a matrix have in common.

    d lambda = w^T dA v / (w^T v) = tr(adj(lambda - A) dA) / tr adj(lambda - A)

where lambda is simple, with the left and right eigenvectors w, v, whose dyad v w^T is the adjugate
up to a factor.

Main definition: `MatrixEigenvalue`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp
from flint import acb, acb_mat, arb
from sympy import Basic, Expr, S, Symbol
from sympy.matrices.expressions.matexpr import MatrixExpr

from derivax.errors import InputError
from derivax.symbolic.exact.ball import evaluated
from derivax.symbolic.exact.ball_values import NAN, Ball, as_complex
from derivax.symbolic.exact.dag import free_symbols_of

__all__ = ["MatrixEigenvalue"]

LARGEST_EXPLICIT = 6
"""Largest matrix whose derivative is written by cofactors."""


class MatrixEigenvalue(Expr):
    """A real, simple eigenvalue of the square matrix that is the first argument.

    A subclass says which: `_chosen` picks it from certified enclosures of all, `_subscript` names
    it in LaTeX.
    """

    is_commutative = True
    is_extended_real = True
    is_real = True
    is_finite = True
    is_complex = True

    @staticmethod
    def square(matrix: Any) -> Any:
        """The matrix, immutable. Raises `InputError` for what is no square matrix."""
        if isinstance(matrix, sp.MatrixBase | list | tuple):
            matrix = sp.ImmutableDenseMatrix(matrix)
        if not isinstance(matrix, MatrixExpr) or matrix.rows != matrix.cols:
            raise InputError(str(matrix)[:120], "is not a square matrix", "")
        return matrix

    @property
    def matrix(self) -> Any:
        """A."""
        return self.args[0]

    @property
    def free_symbols(self) -> set[Basic]:
        """The symbols of the matrix."""
        if isinstance(self.matrix, sp.ImmutableDenseMatrix):
            return free_symbols_of(self.matrix.flat())
        return set(self.matrix.free_symbols)

    @property
    def is_number(self) -> bool:
        """Whether the matrix is explicit and free of symbols."""
        return isinstance(self.matrix, sp.ImmutableDenseMatrix) and not self.free_symbols

    @property
    def _subscript(self) -> str:
        raise NotImplementedError

    def _chosen(self, values: list[acb]) -> Ball:
        raise NotImplementedError

    def _eval_derivative(self, symbol: Symbol) -> Expr | None:
        """By the cofactors of lambda - A at the eigenvalue."""
        a = self.matrix
        if not isinstance(a, sp.ImmutableDenseMatrix) or a.rows > LARGEST_EXPLICIT:
            return None
        n, value = a.rows, sp.Dummy("lambda", real=True)
        adjugate = (value * sp.eye(n) - a).adjugate()
        moved = a.diff(symbol)
        above = sp.Add(*(adjugate[j, i] * moved[i, j] for i in range(n) for j in range(n)))
        return (above / adjugate.trace()).xreplace({value: self}) if above != 0 else S.Zero

    def _ball_(self, evaluate: Callable[..., Ball]) -> Ball:
        """From certified eigenvalues, where they are apart."""
        a = self.matrix
        if not isinstance(a, sp.ImmutableDenseMatrix):
            return NAN
        entries = [evaluate(entry) for entry in a.flat()]
        if not all(isinstance(entry, arb) for entry in entries):
            return NAN
        try:
            values = acb_mat(a.rows, a.rows, [as_complex(e) for e in entries]).eig()
        except (ValueError, ArithmeticError):
            return NAN
        return self._chosen(values)

    def _eval_evalf(self, prec: int) -> Any:
        return evaluated(self, prec) if self.is_number else None

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        text = rf"\lambda_{{{self._subscript}}}\left({printer._print(self.matrix)}\right)"
        return text if exp is None else rf"{text}^{{{exp}}}"
