r"""The eigenvalue of largest real part of a square matrix, where it is real and simple.

For a matrix without negative entries off the diagonal this is the Perron root (for a nonnegative
matrix, the spectral radius): growth rates of populations, thresholds of invasion, stability.

    d lambda = w^T dA v / (w^T v) = tr(adj(lambda - A) dA) / tr adj(lambda - A)

with the left and right eigenvectors w, v, whose dyad v w^T is the adjugate up to a factor.

*Main definitions*: `DominantEigenvalue`, `slope_by_cofactors`.
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

__all__ = ["DominantEigenvalue", "slope_by_cofactors"]

LARGEST_EXPLICIT = 6
"""Largest matrix whose derivative is written by cofactors."""


def slope_by_cofactors(eigenvalue: Expr, a: Any, symbol: Symbol) -> Expr | None:
    """The derivative of a simple eigenvalue, by the cofactors of lambda - A at the eigenvalue."""
    if not isinstance(a, sp.ImmutableDenseMatrix) or a.rows > LARGEST_EXPLICIT:
        return None
    n, value = a.rows, sp.Dummy("lambda", real=True)
    adjugate = (value * sp.eye(n) - a).adjugate()
    moved = a.diff(symbol)
    above = sp.Add(*(adjugate[j, i] * moved[i, j] for i in range(n) for j in range(n)))
    return (above / adjugate.trace()).xreplace({value: eigenvalue}) if above != 0 else S.Zero


class DominantEigenvalue(Expr):
    """The eigenvalue of largest real part; the caller claims that it is real and simple.

    Argument: a square matrix, explicit or of symbolic shape.

    >>> import sympy as sp
    >>> p = sp.Symbol("p", positive=True)
    >>> growth = DominantEigenvalue(sp.Matrix([[1, p], [1, 0]]))
    >>> growth.subs(p, 1).evalf(20), sp.GoldenRatio.evalf(20)
    (1.6180339887498948482, 1.6180339887498948482)
    >>> growth.diff(p).subs(p, 1).evalf(15), (1/sp.sqrt(5)).evalf(15)
    (0.447213595499958, 0.447213595499958)

    Raises `InputError` for what is no square matrix.
    """

    is_commutative = True
    is_extended_real = True
    is_real = True
    is_finite = True
    is_complex = True

    def __new__(cls, matrix: Any) -> Any:
        if isinstance(matrix, sp.MatrixBase | list | tuple):
            matrix = sp.ImmutableDenseMatrix(matrix)
        if not isinstance(matrix, MatrixExpr) or matrix.rows != matrix.cols:
            raise InputError(str(matrix)[:120], "is not a square matrix", "")
        if matrix.rows == 1 and isinstance(matrix, sp.ImmutableDenseMatrix):
            return matrix[0, 0]
        return Expr.__new__(cls, matrix)

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

    def _eval_derivative(self, symbol: Symbol) -> Expr | None:
        return slope_by_cofactors(self, self.matrix, symbol)

    def _ball_(self, evaluate: Callable[..., Ball]) -> Ball:
        """Certified eigenvalues; the one whose real part is certainly the largest."""
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
        best: acb = max(values, key=lambda value: float(value.real.mid()))
        others = [value for value in values if value is not best]
        if best.imag.contains(0) and all(value.real < best.real for value in others):
            return best.real
        return NAN

    def _eval_evalf(self, prec: int) -> Any:
        return evaluated(self, prec) if self.is_number else None

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        text = rf"\lambda_{{\max}}\left({printer._print(self.matrix)}\right)"
        return text if exp is None else rf"{text}^{{{exp}}}"
