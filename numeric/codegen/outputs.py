"""The shape of what a formula returns: one value, a matrix of entries, or dict / tuple / list.

*Main definitions*: `flatten(expr)`: the entries in order and a layout of nested tuples;
`assemble(layout, values)`: the returned object.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import sympy
from sympy.matrices.matrixbase import MatrixBase
from sympy.tensor.array.expressions.array_expressions import _ArrayExpr, _CodegenArrayAbstract

from derivax.errors import CompileError
from derivax.numeric.codegen.reading import short

__all__ = ["assemble", "flatten"]

VALUES = (sympy.Expr, sympy.MatrixExpr, sympy.logic.boolalg.Boolean)


def flatten(expr: Any) -> tuple[list[sympy.Basic], Any]:
    """Entries to compute, and the layout that puts them together."""
    entries: list[sympy.Basic] = []
    return entries, _layout(expr, entries)


def _layout(expr: Any, entries: list[sympy.Basic]) -> Any:
    if isinstance(expr, Mapping):
        return ("dict", tuple((_key(k), _layout(v, entries)) for k, v in expr.items()))
    if isinstance(expr, list | tuple | sympy.Tuple):
        kind = "list" if isinstance(expr, list) else "tuple"
        return (kind, tuple(_layout(v, entries) for v in expr))
    if isinstance(expr, MatrixBase):
        start = len(entries)
        entries.extend(expr[i, j] for i in range(expr.rows) for j in range(expr.cols))
        return ("matrix", start, expr.rows, expr.cols)
    if isinstance(expr, sympy.NDimArray):
        start = len(entries)
        entries.extend(sympy.flatten(expr.tolist()) if expr.shape else [expr[()]])
        return ("array", start, tuple(map(int, expr.shape)))
    try:
        entry = sympy.sympify(expr, strict=True)
    except (sympy.SympifyError, TypeError):
        raise CompileError(
            short(expr),
            f"a {type(expr).__name__} is not a SymPy expression",
            "pass a SymPy expression, a matrix, or a dict, list or tuple of them",
        ) from None
    if not isinstance(entry, (*VALUES, _ArrayExpr, _CodegenArrayAbstract)):
        raise CompileError(short(entry), f"a {type(entry).__name__} has no value to compute")
    entries.append(entry)
    return ("entry", len(entries) - 1)


def _key(key: Any) -> Hashable:
    return key if isinstance(key, str | int) else str(key)


def assemble(layout: Any, values: Sequence[Any]) -> Any:
    """The returned object, with explicit matrices on the last two axes."""
    import jax.numpy as jnp

    kind = layout[0]
    if kind == "entry":
        return values[layout[1]]
    if kind == "matrix":
        _, start, rows, columns = layout
        if not rows * columns:
            return jnp.zeros((rows, columns))
        flat = jnp.stack(values[start : start + rows * columns], axis=-1)
        return flat.reshape(flat.shape[:-1] + (rows, columns))
    if kind == "array":
        _, start, shape = layout
        count = math.prod(shape)
        if not count:
            return jnp.zeros(shape)
        flat = jnp.stack(values[start : start + count], axis=-1)
        return flat.reshape(flat.shape[:-1] + shape)
    if kind == "dict":
        return {k: assemble(v, values) for k, v in layout[1]}
    parts = [assemble(v, values) for v in layout[1]]
    return parts if kind == "list" else tuple(parts)
