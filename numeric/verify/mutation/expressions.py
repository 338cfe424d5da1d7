"""Expressions with one error: the errors that people make when they derive by hand.

Main definition: `mutated`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from sympy import (
    Add,
    Basic,
    Function,
    Integer,
    MatrixBase,
    MatrixSymbol,
    Mul,
    Piecewise,
    Pow,
    Rational,
    Symbol,
    cos,
    cosh,
    exp,
    log,
    sin,
    sinh,
)
from sympy.core.function import AppliedUndef, Derivative
from sympy.core.relational import Relational
from sympy.matrices.expressions.matadd import MatAdd
from sympy.matrices.expressions.matexpr import MatrixExpr
from sympy.matrices.expressions.matmul import MatMul
from sympy.matrices.expressions.transpose import Transpose

__all__ = ["mutated"]

_SWAPPED = {sin: cos, cos: sin, sinh: cosh, cosh: sinh}


def mutated(expr: Basic) -> Iterator[tuple[str, Basic]]:
    """(what was changed, the changed expression), each change at one place.

    >>> from sympy.abc import x, y
    >>> dict(mutated(x - y))["sign of -y"]
    x + y
    """
    seen = {expr}
    for what, changed in _everywhere(expr):
        if changed not in seen and _sound(changed):
            seen.add(changed)
            yield what, changed
    yield from _symbols_swapped(expr, seen)


def _sound(expr: Basic) -> bool:
    from sympy import nan, oo, zoo

    return not expr.has(nan, zoo, oo, -oo)


def _everywhere(expr: Basic) -> Iterator[tuple[str, Basic]]:
    """The changes at this node and below, put back into the expression."""
    if isinstance(expr, Relational | Symbol | MatrixSymbol | AppliedUndef):
        return
    yield from _here(expr)
    if isinstance(expr, MatrixBase):
        entries = list(expr)
        for k, entry in enumerate(entries):
            for what, changed in _everywhere(entry):
                parts = [*entries[:k], changed, *entries[k + 1 :]]
                yield what, type(expr)(*expr.shape, parts)
        return
    if isinstance(expr, Derivative):
        return  # its argument is a function: what it equals is stated elsewhere
    for k, part in enumerate(expr.args):
        if isinstance(part, Integer) and not isinstance(expr, Pow):
            continue  # a factor of a term: changed with the term
        for what, changed in _everywhere(part):
            try:
                yield what, expr.func(*expr.args[:k], changed, *expr.args[k + 1 :])
            except (TypeError, ValueError, AttributeError, NotImplementedError):
                continue  # not an expression of this kind


def _here(expr: Basic) -> Iterator[tuple[str, Basic]]:
    args = list(expr.args)
    if isinstance(expr, Add | MatAdd):
        for k, term in enumerate(args):
            others = args[:k] + args[k + 1 :]
            yield f"sign of {_short(term)}", expr.func(*others, -term)
            yield f"factor 2 at {_short(term)}", expr.func(*others, 2 * term)
            yield f"lost term {_short(term)}", expr.func(*others)
    elif isinstance(expr, MatMul):
        matrices = [a for a in args if isinstance(a, MatrixExpr)]
        for k in range(len(matrices) - 1):
            order = [*matrices[:k], matrices[k + 1], matrices[k], *matrices[k + 2 :]]
            if all(a.cols == b.rows for a, b in pairwise(order)):
                scalars = [a for a in args if not isinstance(a, MatrixExpr)]
                changed = MatMul(*scalars, *order)
                if changed.shape == expr.shape:
                    yield f"order in {_short(expr)}", changed
        yield f"sign of {_short(expr)}", -expr  # type: ignore[operator]
    elif isinstance(expr, Mul):
        for k, factor in enumerate(args):
            if not (factor.is_number or isinstance(factor, MatrixExpr | MatrixBase)):
                rest = args[:k] + args[k + 1 :]
                yield f"lost factor {_short(factor)}", Mul(*rest)
                yield f"inverted {_short(factor)}", Mul(*rest, 1 / factor)
        yield f"sign of {_short(expr)}", -expr
    elif isinstance(expr, Pow):
        yield f"exponent of {_short(expr)}", expr.base ** (expr.exp + 1)
        yield f"sign of the exponent of {_short(expr)}", expr.base ** (-expr.exp)
    elif isinstance(expr, Transpose):
        inner = expr.arg
        if inner.shape == expr.shape:
            yield f"transpose of {_short(inner)}", inner
    elif isinstance(expr, exp):
        yield f"sign of the exponent of {_short(expr)}", exp(-expr.args[0])
        yield f"factor 2 in the exponent of {_short(expr)}", exp(2 * expr.args[0])
    elif isinstance(expr, log):
        yield f"factor 2 in {_short(expr)}", log(2 * expr.args[0])
    elif isinstance(expr, Piecewise) and len(args) > 1:
        values = [branch.args[0] for branch in args]
        tests = [branch.args[1] for branch in args]
        values = values[1:] + values[:1]
        yield f"wrong branch of {_short(expr)}", Piecewise(*zip(values, tests, strict=True))
    elif isinstance(expr, Function) and expr.func in _SWAPPED:
        yield f"wrong function in {_short(expr)}", _SWAPPED[expr.func](*args)
    elif isinstance(expr, Rational) and expr not in (0, 1, -1):
        yield f"number {expr}", expr + 1


def _symbols_swapped(expr: Basic, seen: set[Basic]) -> Iterator[tuple[str, Basic]]:
    symbols = sorted((s for s in expr.free_symbols if isinstance(s, Symbol)), key=lambda s: s.name)
    for i, first in enumerate(symbols):
        for second in symbols[i + 1 :]:
            if first.is_integer or second.is_integer:
                continue
            try:
                changed: Any = expr.subs({first: second, second: first}, simultaneous=True)
            except (TypeError, ValueError):
                continue  # a variable of differentiation cannot become an expression
            if changed not in seen and _sound(changed):
                seen.add(changed)
                yield f"swapped {first} and {second}", changed


def _short(expr: Any) -> str:
    text = str(expr)
    return text if len(text) <= 40 else text[:37] + "..."
