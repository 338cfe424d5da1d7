"""The scalar entries of a formula, and the matching entries of what its code returns.

Main definitions: `scalar_entries`, `derivative_entries`, `flat_results`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy import Basic, Dummy, MatrixBase, MatrixExpr, Symbol, diff

__all__ = ["derivative_entries", "flat_results", "scalar_entries"]


def scalar_entries(expr: Any, label: str = "") -> list[tuple[str, Basic]] | None:
    """(label, scalar expression) for each entry; None when a part is a matrix of symbolic shape.

    >>> from sympy import Matrix, Symbol
    >>> x = Symbol("x")
    >>> scalar_entries({"a": x, "b": Matrix([[1, x]])})
    [('a', x), ('b[0,0]', 1), ('b[0,1]', x)]
    """
    if isinstance(expr, dict | tuple):
        parts = expr.items() if isinstance(expr, dict) else enumerate(expr)
        found = []
        for key, part in parts:
            inner = scalar_entries(part, f"{label}.{key}" if label else str(key))
            if inner is None:
                return None
            found += inner
        return found
    if isinstance(expr, MatrixBase):
        rows, columns = expr.shape
        return [(f"{label}[{i},{j}]", expr[i, j]) for i in range(rows) for j in range(columns)]
    if isinstance(expr, MatrixExpr):
        return None
    return [(label, expr)]


def derivative_entries(
    entries: Sequence[tuple[str, Basic]], args: Sequence[Symbol]
) -> list[tuple[str, Basic]]:
    """(label, exact derivative) of each entry in each argument, entry by entry.

    >>> from sympy import Symbol
    >>> x = Symbol("x")
    >>> derivative_entries([("y", abs(x) + x**2)], [x])
    [('dy/dx', 2*x + sign(x))]
    """
    # SymPy leaves d|x|/dx unevaluated in the complex plane; the code sees real numbers
    real = {arg: Dummy(arg.name, real=True) for arg in args if arg.is_real is None}
    back = {new: old for old, new in real.items()}
    return [
        (f"d{label}/d{arg}", diff(expr.xreplace(real), real.get(arg, arg)).xreplace(back))
        for label, expr in entries
        for arg in args
    ]


def flat_results(expr: Any, result: Any) -> list[Any]:
    """The entries of a result of the code, in the order of `scalar_entries`."""
    if isinstance(expr, dict):
        return [entry for key, part in expr.items() for entry in flat_results(part, result[key])]
    if isinstance(expr, tuple):
        parts = zip(expr, result, strict=True)
        return [entry for part, value in parts for entry in flat_results(part, value)]
    if isinstance(expr, MatrixBase):
        rows, columns = expr.shape
        return [result[..., i, j] for i in range(rows) for j in range(columns)]
    return [result]
