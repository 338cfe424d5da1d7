"""Exact values of matrix formulas at given sizes: the tree evaluated over matrices of balls.

Main definition: `MatrixReference`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from flint import arb, arb_mat
from sympy import (
    Adjoint,
    Basic,
    Determinant,
    Dummy,
    HadamardProduct,
    Identity,
    Inverse,
    MatAdd,
    MatMul,
    MatPow,
    MatrixBase,
    MatrixExpr,
    MatrixSymbol,
    OneMatrix,
    Symbol,
    Trace,
    Transpose,
    ZeroMatrix,
)
from sympy.matrices.expressions.matexpr import MatrixElement

from derivax.errors import CompileError, DomainError
from derivax.symbolic.exact.ball import BallProgram
from derivax.symbolic.exact.precision import working_precision

__all__ = ["MatrixReference"]


class MatrixReference:
    """Evaluates expressions with the sizes `dims` and exact float values of the arguments.

    `values` maps the name of a MatrixSymbol to a 2-dimensional array, a Symbol's to a number.
    `noise` = (size, random generator) disturbs every argument and every intermediate matrix by that
    size relative to its largest entry: what code of limited precision does to it.

    >>> from sympy import MatrixSymbol, Symbol, symbols
    >>> n = symbols("n", integer=True, positive=True)
    >>> A = MatrixSymbol("A", n, n)
    >>> reference = MatrixReference({n: 2}, {"A": np.array([[2.0, 1.0], [0.0, 4.0]])})
    >>> reference.array(A.I * A).astype(float).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """

    def __init__(
        self,
        dims: Mapping[Symbol, int],
        values: Mapping[str, Any],
        bits: int = 320,
        noise: tuple[float, Any] | None = None,
    ) -> None:
        self.dims, self.bits, self.noise = dict(dims), bits, noise
        with working_precision(bits):
            self.values = {name: _balls(value) for name, value in values.items()}

    def array(self, expr: Basic) -> np.ndarray:
        """Midpoints of the entries, in extended precision; a scalar has shape ().

        Raises: `DomainError` where the expression is undefined (a singular inverse).
        """
        found = self.balls(expr)
        with working_precision(self.bits):
            numbers = [_number(ball) for ball in np.ravel(found)]
        return np.array(numbers, dtype=np.longdouble).reshape(np.shape(found))

    def balls(self, expr: Basic) -> np.ndarray:
        """The entries as an array of balls; raises `DomainError` like `array`."""
        entries: list[Any] = []
        shape: tuple[int, ...] = ()
        with working_precision(self.bits):
            try:
                if not isinstance(expr, MatrixExpr | MatrixBase):
                    entries, shape = [self._scalar(expr)], ()
                else:
                    found = self._matrix(expr)
                    entries, shape = found.entries(), (found.nrows(), found.ncols())
            except ZeroDivisionError:
                entries = []
        if not entries or not all(isinstance(e, arb) and e.is_finite() for e in entries):
            raise DomainError(str(expr)[:80], "is undefined here (a singular matrix)")
        kept = np.empty(len(entries), dtype=object)
        kept[:] = entries
        return kept.reshape(shape)

    def _size(self, dimension: Any) -> int:
        return int(dimension.subs(self.dims)) if isinstance(dimension, Basic) else int(dimension)

    def _matrix(self, expr: Any) -> arb_mat:
        found = self._undisturbed(expr)
        if self.noise is None or isinstance(expr, Transpose | Adjoint | Identity | ZeroMatrix):
            return found
        size, rng = self.noise
        largest = max((abs(entry).mid() for entry in found.entries()), default=arb(0))
        signs = rng.choice([-1.0, 1.0], found.nrows() * found.ncols())
        moves = [largest * arb(float(sign) * size) for sign in signs]
        return found + arb_mat(found.nrows(), found.ncols(), moves)

    def _undisturbed(self, expr: Any) -> arb_mat:
        if isinstance(expr, MatrixSymbol):
            return self.values[expr.name]
        if isinstance(expr, MatrixBase):
            rows, columns = expr.shape
            return arb_mat(rows, columns, [self._scalar(entry) for entry in expr])
        rows, columns = (self._size(part) for part in expr.shape)
        if isinstance(expr, Identity):
            return arb_mat(rows, rows, [arb(int(i == j)) for i in range(rows) for j in range(rows)])
        if isinstance(expr, ZeroMatrix | OneMatrix):
            return arb_mat(rows, columns, [arb(int(isinstance(expr, OneMatrix)))] * rows * columns)
        if isinstance(expr, MatAdd):
            total, *rest = (self._matrix(part) for part in expr.args)
            for part in rest:
                total = total + part
            return total
        if isinstance(expr, MatMul):
            factor: Any = arb(1)
            product: Any = None
            for part in expr.args:
                if isinstance(part, MatrixExpr | MatrixBase):
                    found = self._matrix(part)
                    product = found if product is None else product * found
                else:
                    factor = factor * self._scalar(part)
            return product * factor
        if isinstance(expr, Transpose | Adjoint):  # real matrices
            return self._matrix(expr.arg).transpose()
        if isinstance(expr, Inverse):
            return self._matrix(expr.arg).inv()
        if isinstance(expr, MatPow) and expr.exp.is_Integer:
            base = self._matrix(expr.base)
            return (base.inv() if expr.exp < 0 else base) ** abs(int(expr.exp))
        if isinstance(expr, HadamardProduct):
            parts = [self._matrix(part).entries() for part in expr.args]
            entries = [np.prod(list(column)) for column in zip(*parts, strict=True)]
            return arb_mat(rows, columns, entries)
        raise CompileError(
            f"{type(expr).__name__} in a matrix formula", "no exact evaluation is known for it", ""
        )

    def _scalar(self, expr: Any) -> arb:
        """A scalar expression: what it takes from matrices first, then the rest on balls."""
        taken: dict[Basic, Any] = {}
        values: dict[Basic, Any] = {}
        for node in expr.atoms(Trace, Determinant, MatrixElement):
            taken[node] = Dummy()
            values[taken[node]] = self._of_matrix(node)
        plain = expr.xreplace(taken)
        for symbol in plain.free_symbols - values.keys():
            value = self.dims.get(symbol, self.values.get(getattr(symbol, "name", "")))
            if value is None:
                raise CompileError(str(symbol), "has no value in the exact evaluation", "")
            values[symbol] = value
        return BallProgram(plain, list(values)).at(values, self.bits)

    def _of_matrix(self, node: Any) -> arb:
        if isinstance(node, MatrixElement):
            row, column = self._size(node.i), self._size(node.j)
            return self._matrix(node.parent)[row, column]
        found = self._matrix(node.arg)
        if isinstance(node, Determinant):
            return found.det()
        return sum((found[i, i] for i in range(found.nrows())), arb(0))


def _balls(value: Any) -> Any:
    """Exact balls of floats (or of balls, which pass through)."""
    if isinstance(value, np.ndarray) and value.ndim == 2:
        entries = [x if isinstance(x, arb) else arb(float(x)) for x in value.ravel()]
        return arb_mat(value.shape[0], value.shape[1], entries)
    return value if isinstance(value, arb) else arb(float(value))


def _number(ball: Any) -> np.longdouble:
    """The midpoint, to extended precision."""
    high = float(ball.mid())
    return np.longdouble(high) + np.longdouble(float(ball.mid() - arb(high)))
