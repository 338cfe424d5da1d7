r"""The eigenvalues of a real symmetric matrix, in increasing order.

Main definition: `Spectrum`.
"""

from __future__ import annotations

from typing import Any

import sympy as sp
from flint import acb
from sympy import Expr

from derivax.errors import InputError
from derivax.symbolic.exact.ball_values import NAN, Ball
from derivax.symbolic.nodes.matrix_eigenvalue import MatrixEigenvalue

__all__ = ["Spectrum"]


class Spectrum(MatrixEigenvalue):
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

    def __new__(cls, matrix: Any, index: Any) -> Any:
        matrix = cls.square(matrix)
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
    def index(self) -> int:
        """k."""
        return int(self.args[1])

    @property
    def _subscript(self) -> str:
        return str(self.index)

    def _chosen(self, values: list[acb]) -> Ball:
        """The one with so many certainly below it, and all others above."""
        chosen = sorted((v.real for v in values), key=lambda ball: float(ball.mid()))
        this = chosen[self.index]
        apart = all(b < this for b in chosen[: self.index])
        return this if apart and all(this < b for b in chosen[self.index + 1 :]) else NAN
