r"""The eigenvalues of a real symmetric matrix, in increasing order.

    d lambda_k = v^T dA v = tr(adj(lambda_k - A) dA) / tr adj(lambda_k - A)

where lambda_k is simple, with its unit eigenvector v.

Main definition: `Spectrum`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp
from flint import acb_mat, arb
from sympy import Basic, Expr, Symbol
from sympy.matrices.expressions.matexpr import MatrixExpr

from derivax.errors import InputError
from derivax.symbolic.exact.ball import evaluated
from derivax.symbolic.exact.ball_values import NAN, Ball, as_complex
from derivax.symbolic.exact.dag import free_symbols_of
from derivax.symbolic.nodes.dominant_eigenvalue import slope_by_cofactors

__all__ = ["Spectrum"]


class Spectrum(Expr):
    """Eigenvalue number `index` (from 0, in increasing order) of a real symmetric matrix.

    Arguments: a square matrix, explicit or of symbolic shape, and a whole number; that the matrix
    is real and symmetric is checked of an explicit one and the caller's claim of any other.

    >>> import sympy as sp
    >>> p = sp.Symbol("p", real=True)
    >>> lower = Spectrum(sp.Matrix([[1, p], [p, -1]]), 0)
    >>> lower.subs(p, 1).evalf(20), (-sp.sqrt(2)).evalf(20)
    (-1.4142135623730950488, -1.4142135623730950488)
    >>> bool(abs(lower.diff(p).subs(p, 1).evalf(30) + 1/sp.sqrt(2)) < 1e-28)
    True

    Raises `InputError` for what is no symmetric matrix, or an index that it does not have.
    """

    is_commutative = True
    is_extended_real = True
    is_real = True
    is_finite = True
    is_complex = True

    def __new__(cls, matrix: Any, index: Any) -> Any:
        if isinstance(matrix, sp.MatrixBase | list | tuple):
            matrix = sp.ImmutableDenseMatrix(matrix)
        if not isinstance(matrix, MatrixExpr) or matrix.rows != matrix.cols:
            raise InputError(str(matrix)[:120], "is not a square matrix", "")
        index = sp.sympify(index, strict=True)
        explicit = isinstance(matrix, sp.ImmutableDenseMatrix)
        if not index.is_Integer or index < 0 or (explicit and index >= matrix.rows):
            raise InputError(f"eigenvalue {index}", "is none of the matrix", "count from 0")
        if explicit and not matrix.is_symmetric():
            raise InputError(str(matrix)[:120], "is not symmetric", "")
        if explicit and matrix.rows == 1:
            return matrix[0, 0]
        return Expr.__new__(cls, matrix, index)

    @property
    def matrix(self) -> Any:
        """A."""
        return self.args[0]

    @property
    def index(self) -> int:
        """k."""
        return int(self.args[1])

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
        """Certified eigenvalues, where they are apart."""
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
        chosen = sorted((v.real for v in values), key=lambda ball: float(ball.mid()))
        this = chosen[self.index]
        apart = all(b < this for b in chosen[: self.index])
        return this if apart and all(this < b for b in chosen[self.index + 1 :]) else NAN

    def _eval_evalf(self, prec: int) -> Any:
        return evaluated(self, prec) if self.is_number else None

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        text = rf"\lambda_{{{self.index}}}\left({printer._print(self.matrix)}\right)"
        return text if exp is None else rf"{text}^{{{exp}}}"
