"""Short texts of formulas, bounded in time and length however much their trees share.

*Main definitions*: `tree_size`, `formula_text`, `plain` (what user text is reduced to before it
reaches a file).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sympy.matrices.matrixbase import MatrixBase

__all__ = ["formula_text", "plain", "tree_size"]

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


def plain(text: object) -> str:
    """Text that can end neither a docstring nor a comment: one printable line without quotes."""
    line = " ".join(str(text).split())
    line = "".join(c for c in line if c.isprintable())
    return re.sub(r'"{2,}', "'", line).replace('"', "'").rstrip("\\")


def formula_text(expr: Any, name: str) -> str:
    """The formula as one line of text, or its size where the text would be long."""
    size = tree_size(expr)
    if size > LONGEST:
        return f"{name}: an expression of {float(min(size, 10**300)):.3g} operations"
    if isinstance(expr, Mapping):
        return plain(", ".join(f"{key} = {value}" for key, value in expr.items()))
    return plain(f"{name} = {expr}")
