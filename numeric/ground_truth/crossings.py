"""Curves on a grid of times: the limit of a method of fourth order, and when a curve crosses.

Main definitions: `fourth_order`, `crossing_times`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["crossing_times", "fourth_order"]

Array = NDArray[np.float64]


def fourth_order(a: Array, b: Array, c: Array) -> tuple[Array, Array, float]:
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
