"""Symbolic shapes meet actual ones: one clear error before anything is computed.

*Main definitions*: `ARRAYS` (the symbols that stand for arrays), `shapes_of`, `check_shapes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sympy
from sympy.tensor.array.expressions import ArraySymbol

from derivax.errors import CompileError, InputError
from derivax.symbolic.exact.dag import postorder

__all__ = ["ARRAYS", "Shape", "check_shapes", "shapes_of"]

ARRAYS = (sympy.MatrixSymbol, sympy.IndexedBase, ArraySymbol)
Shape = tuple[sympy.Basic, ...]
SIDES = {-2: "rows", -1: "columns"}


def shapes_of(args: Sequence[sympy.Basic], exprs: Iterable[sympy.Basic]) -> dict[Any, Shape]:
    """The symbolic shapes of the arguments that are arrays; an IndexedBase without one has sizes
    of its own, as many as it has indices.

    >>> from sympy import IndexedBase, symbols
    >>> w, (i, j) = IndexedBase("w"), symbols("i j", integer=True)
    >>> shapes_of([w], [w[i, j]])
    {w: (w.0, w.1)}
    """
    found: dict[Any, Shape] = {}
    bare = [a for a in args if isinstance(a, sympy.IndexedBase) and a.shape is None]
    ranks: dict[sympy.Basic, int] = {}
    if bare:
        for node in postorder(exprs):
            if isinstance(node, sympy.Indexed):
                rank = len(node.indices)
                if ranks.setdefault(node.base, rank) != rank:
                    raise CompileError(
                        f"{node}",
                        f"has {rank} indices, elsewhere {node.base} has {ranks[node.base]}",
                    )
    for a in args:
        if a in bare:
            found[a] = tuple(sympy.Symbol(f"{a}.{k}") for k in range(ranks.get(a, 1)))
        elif isinstance(a, ARRAYS):
            found[a] = tuple(a.shape)
    return found


def check_shapes(
    symbolic: Mapping[Any, Shape],
    args: Sequence[sympy.Basic],
    names: Sequence[str],
    shapes: Sequence[tuple[int, ...]],
) -> None:
    """Refuse matrices whose sizes contradict each other or the symbolic dimensions.

    >>> from sympy import MatrixSymbol, Symbol
    >>> n = Symbol("n")
    >>> A, x = MatrixSymbol("A", n, n), MatrixSymbol("x", n, 1)
    >>> symbolic = shapes_of((A, x), ())
    >>> check_shapes(symbolic, (A, x), ("A", "x"), ((3, 3), (3, 1)))
    >>> try:
    ...     check_shapes(symbolic, (A, x), ("A", "x"), ((3, 3), (2, 1)))
    ... except InputError as error:
    ...     print(error)
    x of shape (2, 1): has 2 rows, but n is 3 from the rows of A; x is n x 1
    """
    known: dict[sympy.Symbol, tuple[int, str]] = {}
    later = []
    for symbol, name, shape in zip(args, names, shapes, strict=True):
        if symbol not in symbolic:
            continue
        rank = len(symbolic[symbol])
        form = f"{name} is {' x '.join(map(str, symbolic[symbol]))}"
        if len(shape) < rank:
            kind = {1: "a vector", 2: "a matrix"}.get(rank, f"an array of {rank} axes")
            axes = "axis" if rank == 1 else f"{ {2: 'two'}.get(rank, rank)} axes"
            raise InputError(f"{name} of shape {shape}", f"is not {kind} on the last {axes}", form)
        for k, dimension in enumerate(symbolic[symbol]):
            size = shape[k - rank]
            side = SIDES[k - rank] if rank == 2 else f"entries on axis {k - rank}"
            later.append((name, shape, form, size, dimension, side))
            if isinstance(dimension, sympy.Symbol):
                known.setdefault(dimension, (size, f"the {side} of {name}"))
    for name, shape, form, size, dimension, side in later:
        expected = sympy.sympify(dimension).xreplace(
            {symbol: sympy.Integer(value) for symbol, (value, _) in known.items()}
        )
        if isinstance(expected, sympy.Integer) and int(expected) != size:
            why = f"has {size} {side}, not {expected}"
            if not isinstance(dimension, sympy.Integer):
                whence = f" from {known[dimension][1]}" if dimension in known else ""
                why = f"has {size} {side}, but {dimension} is {expected}{whence}"
            raise InputError(
                f"{name} of shape {tuple(shape)}",
                why,
                form,
            )
