"""Special functions as single operations: their documented error, their enclosure by Arb.

An accurate routine (a sum with its rounding error returned, say) computes more precisely than the
bounds of its single operations can show.  Where the table of special functions documents the error
of a routine that the generated code calls, the call counts as one operation with that error.

Main definitions: `Routine`, `routine`, `marked`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import flint
import numpy as np
import sympy

from derivax.errors import DerivaxError
from derivax.numeric.special.table import ROW_OF_PRIMAL, Row
from derivax.numeric.verify.enclosure.elementary import FUNCTIONS
from derivax.numeric.verify.enclosure.intervals import Intervals
from derivax.symbolic.exact.ball import BallProgram

__all__ = ["Routine", "ball", "marked", "routine"]

_BITS = 80


class Routine:
    """One special function on intervals: `value`, `slopes`, and its documented error."""

    def __init__(self, row: Row, programs: BallProgram | None) -> None:
        self.row, self.programs = row, programs

    def ulps(self, single: bool) -> float:
        """The documented largest error, in units in the last place."""
        return self.row.ulp[0 if single else 1]

    @property
    def at_least_one(self) -> bool:
        """Whether the error is relative to max(|f|, 1)."""
        return self.row.scale == "unit"

    def ranges(self, x: list[Intervals]) -> tuple[Intervals, list[Intervals]]:
        """Enclosures of the value and of the partial derivatives."""
        if self.programs is None:
            value, slope = FUNCTIONS[self.row.function]
            return value(x[0]), [slope(x[0])]
        count = len(x[0].lo)
        low = np.full((1 + len(x), count), -np.inf)
        high = np.full((1 + len(x), count), np.inf)
        for k in range(count):
            sides = [(float(side.lo[k]), float(side.hi[k])) for side in x]
            if not all(np.isfinite(end) for side in sides for end in side):
                continue
            balls = [ball(*side) for side in sides]
            for j, found in enumerate(self.programs.at(balls, _BITS)):
                if isinstance(found, flint.arb) and found.is_finite():
                    low[j, k] = np.nextafter(float(found.lower()), -np.inf)
                    high[j, k] = np.nextafter(float(found.upper()), np.inf)
        parts = [Intervals(a, b) for a, b in zip(low, high, strict=True)]
        return parts[0], parts[1:]


def ball(low: float, high: float) -> Any:
    """A ball that contains the interval: hardly more than it."""
    if low == high:
        return flint.arb(low)
    return flint.arb(low).union(flint.arb(high))


@lru_cache(maxsize=256)
def routine(primal: str) -> Routine | None:
    """The special function that generated code calls by this name; None: not one operation."""
    row = ROW_OF_PRIMAL.get(primal)
    if row is None or row.scale not in ("value", "unit"):
        return None
    if row.function in FUNCTIONS and row.arity == 1:
        return Routine(row, None)
    arguments = sympy.symbols(f"x0:{row.arity}", real=True)
    for name in row.heads:
        head = getattr(sympy, name, None)
        if head is None:
            continue
        try:
            value = head(*arguments)
            slopes = [sympy.diff(value, x) for x in arguments]
            return Routine(row, BallProgram([value, *slopes], arguments))
        except (DerivaxError, TypeError, ValueError, sympy.core.function.ArgumentIndexError):
            continue  # no exact evaluation: the routine is taken apart instead
    return None


def marked(functions: Mapping[str, Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
    """Those functions of a module that are known routines, as calls that a jaxpr shows by name."""
    import jax

    return {
        name: jax.jit(function) for name, function in functions.items() if routine(name) is not None
    }
