"""The classical Runge-Kutta step on tuples of arrays, its limit, and when a curve crosses a level.

Main definitions: `step`, `extrapolated`, `crossing_times`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

__all__ = ["State", "crossing_times", "extrapolated", "step"]

Array = NDArray[np.float64]
State = tuple[Array, ...]


def step(state: State, rate: Callable[[State], State], h: float) -> State:
    """One step of RK4."""

    def moved(slope: State, by: float) -> State:
        return tuple(w + by * k for w, k in zip(state, slope, strict=True))

    k1 = rate(state)
    k2 = rate(moved(k1, h / 2))
    k3 = rate(moved(k2, h / 2))
    k4 = rate(moved(k3, h))
    total = (a + 2 * b + 2 * c + d for a, b, c, d in zip(k1, k2, k3, k4, strict=True))
    return tuple(w + h / 6 * k for w, k in zip(state, total, strict=True))


def extrapolated(a: Array, b: Array, c: Array) -> tuple[Array, Array, float]:
    """(limit, tolerance, order) of a method of order 4 at h, h/2, h/4."""
    first, second = b + (b - a) / 15, c + (c - b) / 15
    limit = second + (second - first) / 31
    changes = np.abs(a - b).max(), np.abs(b - c).max()
    order = float(np.log2(changes[0] / changes[1])) if changes[1] > 0 else float("inf")
    # the largest estimate for all entries: single ones may be small by chance
    tolerance = np.abs(limit - second).max() + 1e-14 * np.abs(limit).max()
    return limit, np.full(limit.shape, tolerance), order


def crossing_times(times: Array, curves: Array, levels: Array) -> Array:
    """When each column of `curves`, rising, reaches its level: inverse interpolation of order 7."""
    found = []
    for curve, level in zip(curves.T, levels, strict=True):
        after = int(np.argmax(curve >= level))
        near = slice(max(after - 4, 0), max(after - 4, 0) + 8)
        found.append(_lagrange(curve[near], times[near], level))
    return np.array(found)


def _lagrange(x: Array, y: Array, at: float) -> float:
    """The polynomial through the points, at one place."""
    total = 0.0
    for i in range(len(x)):
        others = np.delete(x, i)
        total += y[i] * np.prod((at - others) / (x[i] - others))
    return float(total)
