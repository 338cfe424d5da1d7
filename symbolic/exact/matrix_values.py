"""Exact values of matrix expressions at given rational matrices.

Main definitions: `evaluated`, `letters_of`, `NotEvaluable`.

Implementation notes.  Evaluation walks the SymPy expression itself and knows nothing of words and
normal forms, so that a witness is an independent judgement.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import (
    Add,
    Basic,
    Derivative,
    Determinant,
    Expr,
    Identity,
    Matrix,
    MatrixBase,
    Mul,
    Pow,
    S,
    Trace,
)
from sympy.core.function import AppliedUndef
from sympy.matrices.exceptions import NonInvertibleMatrixError
from sympy.matrices.expressions import (
    Adjoint,
    HadamardProduct,
    Inverse,
    MatAdd,
    MatMul,
    MatPow,
    MatrixExpr,
    OneMatrix,
    Transpose,
    ZeroMatrix,
)
from sympy.matrices.expressions.matexpr import MatrixElement

from derivax.symbolic.exact.expression import as_expression

__all__ = ["Model", "NotEvaluable", "Values", "count", "evaluated", "letters_of"]

Values = Mapping[Basic, Expr]
Model = Mapping[MatrixExpr, Matrix]


class NotEvaluable(Exception):
    """The expression holds something that rational matrices do not give a value."""


_COMPOSITE = (
    MatMul,
    MatAdd,
    MatPow,
    Inverse,
    Transpose,
    Adjoint,
    HadamardProduct,
    Identity,
    ZeroMatrix,
    OneMatrix,
)


def letters_of(expr: Basic) -> set[MatrixExpr]:
    """The matrices that an expression is made of: symbols, and whole matrices of a head that is
    not known here (a time derivative, a gradient), for which any matrix may stand."""
    found: set[MatrixExpr] = set()
    stack: list[Basic] = [expr]
    while stack:
        part = stack.pop()
        if isinstance(part, MatrixExpr) and not isinstance(part, _COMPOSITE):
            found.add(part)
        elif isinstance(part, MatrixElement):
            stack.append(part.parent)
        elif isinstance(part, MatrixBase):
            stack.extend(part)
        else:
            stack.extend(part.args)
    return found


def evaluated(expr: Basic, model: Model, values: Values) -> Matrix:
    """Exact value of a matrix expression, or of a scalar as a 1 x 1 matrix.

    Raises:
        NotEvaluable: a head that is not known here, or a singular matrix is inverted.
    """
    if isinstance(expr, MatrixBase):
        return Matrix(expr.applyfunc(lambda e: _scalar(e, model, values)))
    if isinstance(expr, MatrixExpr):
        return _matrix(expr, model, values)
    return Matrix([[_scalar(expr, model, values)]])


def count(dimension: Expr, values: Values) -> int:
    number = as_expression(dimension).subs(values)
    if not number.is_Integer or number < 0:
        raise NotEvaluable(str(dimension))
    return int(number)


def _matrix(expr: MatrixExpr, model: Model, values: Values) -> Matrix:
    if expr in model:
        return model[expr]
    if isinstance(expr, Identity | ZeroMatrix | OneMatrix):
        rows, columns = (count(d, values) for d in expr.shape)
        if isinstance(expr, Identity):
            return Matrix.eye(rows)
        return (Matrix.ones if isinstance(expr, OneMatrix) else Matrix.zeros)(rows, columns)
    if isinstance(expr, MatMul):
        product: Any = S.One
        for factor in expr.args:
            is_matrix = getattr(factor, "is_Matrix", False)
            value = evaluated(factor, model, values)
            product = product * (value if is_matrix else value[0])
        return product
    if isinstance(expr, Inverse) or (isinstance(expr, MatPow) and expr.exp.is_Integer):
        base = evaluated(expr.args[0], model, values)
        power = -1 if isinstance(expr, Inverse) else int(expr.exp)
        try:
            return base**power
        except NonInvertibleMatrixError as singular:
            raise NotEvaluable(str(expr)) from singular
    if isinstance(expr, MatAdd | Transpose | Adjoint | HadamardProduct):
        parts = [evaluated(arg, model, values) for arg in expr.args]
        if isinstance(expr, Transpose):
            return parts[0].T
        if isinstance(expr, Adjoint):
            return parts[0].H
        total = parts[0]
        for part in parts[1:]:
            multiply = isinstance(expr, HadamardProduct)
            total = total.multiply_elementwise(part) if multiply else total + part
        return total
    raise NotEvaluable(str(expr))


def _scalar(expr: Basic, model: Model, values: Values) -> Expr:
    if isinstance(expr, Trace):
        return evaluated(expr.arg, model, values).trace()
    if isinstance(expr, Determinant):
        return evaluated(expr.arg, model, values).det()
    if isinstance(expr, MatrixElement):
        i, j = (count(index, values) for index in (expr.i, expr.j))
        matrix = evaluated(expr.parent, model, values)
        if i >= matrix.rows or j >= matrix.cols:
            raise NotEvaluable(str(expr))
        return matrix[i, j]
    if isinstance(expr, MatrixExpr | MatrixBase | Derivative | AppliedUndef):
        raise NotEvaluable(str(expr))
    if not expr.args:
        return expr.subs(values)
    if isinstance(expr, Add | Mul | Pow) or all(not isinstance(a, MatrixExpr) for a in expr.args):
        return expr.func(*[_scalar(a, model, values) for a in expr.args])
    raise NotEvaluable(str(expr))
