"""Exact values of a formula at points, continued over its removable singularities.

Main definition: `exact_values`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import flint
import numpy as np
from sympy import Basic, Symbol

from derivax.symbolic.exact.ball import BallProgram, correctly_rounded, round_to_float32
from derivax.symbolic.exact.precision import working_precision

__all__ = ["exact_values"]

_BITS = 2048  # a double pole of the terms costs twice the bits of the step
_STEP_BITS, _AGREEING_BITS = 320, 240
_MOST_LIMITS = 48

Array = Any


def exact_values(
    expr: Basic, args: Sequence[Symbol], columns: Sequence[Any], dtype: str
) -> tuple[Array, Array, Array]:
    r"""Correctly rounded values, which of them are decided, and which are limits.

    Where the expression is certainly undefined (0/0), its value is the common limit along all axes
    and from both sides, if there is one: the values at distances \(2^{-320}\) and half of that
    agree to 240 bits.  (A measured limit, not a proven one.)

    >>> from sympy import Symbol, sin
    >>> x = Symbol("x", real=True)
    >>> exact_values(sin(x)/x, [x], [np.array([0.0, 1.0])], "float64")
    (array([1.        , 0.84147098]), array([ True,  True]), array([ True, False]))
    """
    exact, decided = correctly_rounded(expr, args, columns, dtype)
    limits = np.zeros(len(exact), dtype=bool)
    undefined = np.flatnonzero(decided & np.isnan(exact))[:_MOST_LIMITS]
    axes = [k for k, arg in enumerate(args) if not arg.is_integer]
    if undefined.size and axes:
        program = BallProgram(expr, args)
        for i in map(int, undefined):
            found = _limit(program, [float(column[i]) for column in columns], axes)
            if found is not None:
                value = round_to_float32(found) if dtype == "float32" else float(found)
                exact[i], limits[i] = value, np.isfinite(value)
                if not limits[i]:
                    exact[i] = np.nan
    return exact, decided, limits


def _limit(program: BallProgram, point: Sequence[float], axes: Sequence[int]) -> Any:
    """The middle of the values around a point, if all agree; else None."""
    with working_precision(_BITS):
        seen: list[Any] = []
        for axis in axes:
            size = flint.arb(max(abs(point[axis]), 1.0))
            for sign in (1, -1):
                for bits in (_STEP_BITS, _STEP_BITS + 1):
                    moved: list[Any] = [flint.arb(x) for x in point]
                    moved[axis] += sign * size * flint.arb(2) ** -bits
                    ball = program.at(moved, _BITS)
                    if not isinstance(ball, flint.arb) or not ball.is_finite():
                        return None
                    seen.append(ball)
        first = seen[0]
        scale = max(abs(first).mid(), flint.arb(2) ** -64)
        near = all(abs(ball - first) < scale * flint.arb(2) ** -_AGREEING_BITS for ball in seen)
        return first.mid() if near else None
