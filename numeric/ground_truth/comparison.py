r"""What a ground truth hands over: measured quantities, and what its discretisation explains.

A ground truth is a function of its parameters that simulates the original system and returns a
tuple of `Comparison`.  It never sees a closed form: each comparison says how to *ask* the code
under test for its prediction, what the simulation measured, and how far the two may differ.

Simulations with a step h are run at h, h/2 and h/4.  Richardson extrapolation of first order gives
the limit h -> 0 with an error estimate, which is the tolerance, and shows the order of convergence.

Main definitions: `Comparison`, `extrapolate`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Comparison", "extrapolate"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Comparison:
    """One quantity, measured on the original system.

    Args:
        quantity: what it is, in words.
        measured: number or array.
        predict: asks the code under test for the same numbers.
        tolerance: the absolute difference that the discretisation explains (number or array).
        order: the order of convergence that was seen, `expected_order` the one that belongs to it.
        setting: what was simulated (ready for JSON).
    """

    quantity: str
    measured: ArrayLike
    predict: Callable[[Any], ArrayLike]
    tolerance: ArrayLike
    unit: str = ""
    order: float | None = None
    expected_order: float | None = None
    setting: Mapping[str, Any] = field(default_factory=dict)


def extrapolate(
    coarse: ArrayLike, middle: ArrayLike, fine: ArrayLike
) -> tuple[Array, Array, float]:
    r"""The limit of a first-order method from runs at h, h/2 and h/4.

    Returns: (limit, tolerance, order).  The limit cancels the h and h^2 terms of the error; the
    tolerance is its distance from the extrapolation that cancels the h term only, an overestimate
    of what is left; the order is that of the largest change.

    >>> limit, tolerance, order = extrapolate(1 + 0.1 + 0.02, 1 + 0.05 + 0.005, 1 + 0.025 + 0.00125)
    >>> round(float(limit), 12), float(tolerance) < 0.003, round(order, 1)
    (1.0, True, 1.2)
    """
    a, b, c = (np.asarray(run, dtype=np.float64) for run in (coarse, middle, fine))
    first, second = 2 * b - a, 2 * c - b
    limit = (4 * second - first) / 3
    change = np.max(np.abs(a - b)), np.max(np.abs(b - c))
    order = float(np.log2(change[0] / change[1])) if change[1] > 0 else float("inf")
    return limit, np.abs(limit - second), order
