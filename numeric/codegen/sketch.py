"""Short texts of formulas, bounded in time and length however much their trees share.

*Main definitions*: `tree_size`, `formula_text`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy
from sympy.matrices.matrixbase import MatrixBase

__all__ = ["formula_text", "tree_size"]

LONGEST = 400


def tree_size(expr: Any) -> int:
    """The number of leaves and operations of the written-out formula (by the DAG, so at once)."""
    if isinstance(expr, Mapping):
        return sum(tree_size(v) for v in expr.values())
    if isinstance(expr, list | tuple):
        return sum(tree_size(v) for v in expr)
    if isinstance(expr, MatrixBase):
        return sum(tree_size(v) for v in expr.flat())
    sizes: dict[int, int] = {}
    stack = [(expr, False)]
    while stack:
        node, ready = stack.pop()
        if id(node) in sizes:
            continue
        args = getattr(node, "args", ())
        if ready or not args:
            sizes[id(node)] = 1 + sum(sizes[id(a)] for a in args)
            continue
        stack.append((node, True))
        stack.extend((a, False) for a in args if id(a) not in sizes)
    return sizes[id(expr)]


def formula_text(compiled: Any) -> str:
    """The formula as text, or its size where the text would be long."""
    expr = compiled.formula.expr
    size = tree_size(expr)
    if size > LONGEST:
        return f"an expression of {size:.3g} operations"
    if isinstance(expr, Mapping):
        return ", ".join(f"{key} = {value}" for key, value in expr.items())
    return (
        f"{compiled.name} = {sympy.sympify(expr) if not isinstance(expr, tuple | list) else expr}"
    )
