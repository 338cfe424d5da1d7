r"""The eigenvalue of largest real part of a square matrix, where it is real and simple.

For a matrix without negative entries off the diagonal this is the Perron root (for a nonnegative
matrix, the spectral radius): growth rates of populations, thresholds of invasion, stability.

Main definition: `DominantEigenvalue`.
"""

from __future__ import annotations

from typing import Any

import sympy as sp
from flint import acb
from sympy import Expr

from derivax.symbolic.exact.ball_values import NAN, Ball
from derivax.symbolic.nodes.matrix_eigenvalue import MatrixEigenvalue

__all__ = ["DominantEigenvalue"]


class DominantEigenvalue(MatrixEigenvalue):
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

    def __new__(cls, matrix: Any) -> Any:
        matrix = cls.square(matrix)
        if matrix.rows == 1 and isinstance(matrix, sp.ImmutableDenseMatrix):
            return matrix[0, 0]
        return Expr.__new__(cls, matrix)

    @property
    def _subscript(self) -> str:
        return r"\max"

    def _chosen(self, values: list[acb]) -> Ball:
        """The one whose real part is certainly the largest."""
        best: acb = max(values, key=lambda value: float(value.real.mid()))
        others = [value for value in values if value is not best]
        if best.imag.contains(0) and all(value.real < best.real for value in others):
            return best.real
        return NAN
