"""Symbolic shapes meet actual ones: one clear error before anything is computed.

*Main definitions*: `check_shapes`.
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy

from derivax.errors import InputError

__all__ = ["check_shapes"]


def check_shapes(
    args: Sequence[sympy.Basic], names: Sequence[str], shapes: Sequence[tuple[int, ...]]
) -> None:
    """Refuse matrices whose sizes contradict each other or the symbolic dimensions.

    >>> from sympy import MatrixSymbol, Symbol
    >>> n = Symbol("n")
    >>> A, x = MatrixSymbol("A", n, n), MatrixSymbol("x", n, 1)
    >>> check_shapes((A, x), ("A", "x"), ((3, 3), (3, 1)))
    >>> try:
    ...     check_shapes((A, x), ("A", "x"), ((3, 3), (2, 1)))
    ... except InputError as error:
    ...     print(error)
    x of shape (2, 1): has 2 rows, but n is 3 from the rows of A; x is n x 1
    """
    known: dict[sympy.Symbol, tuple[int, str]] = {}
    later = []
    for symbol, name, shape in zip(args, names, shapes, strict=True):
        if not isinstance(symbol, sympy.MatrixSymbol):
            continue
        form = f"{name} is {symbol.rows} x {symbol.cols}"
        if len(shape) < 2:
            raise InputError(
                f"{name} of shape {shape}", "is not a matrix on the last two axes", form
            )
        for size, dimension, side in zip(
            shape[-2:], symbol.shape, ("rows", "columns"), strict=True
        ):
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
