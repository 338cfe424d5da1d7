"""A box of a subdivision, and what its bounds say.

Main definitions: `Node`, `tighten`, `quotient`, `sign`.
"""

from __future__ import annotations

import math

import numpy as np

from derivax.numeric.verify.enclosure.boxes import Box, middle
from derivax.numeric.verify.enclosure.intervals import up

__all__ = ["Node", "quotient", "sign", "tighten"]


class Node:
    """A box of the subdivision: what holds on it, what its middle shows, how it was cut."""

    __slots__ = (
        "above",
        "below",
        "box",
        "cut",
        "error",
        "high",
        "low",
        "middle",
        "outside",
        "slopes",
        "smooth",
    )

    def __init__(self, box: Box) -> None:
        self.box = box
        self.cut: tuple[int, float] | None = None
        self.below: Node | None = None
        self.above: Node | None = None
        self.outside = False
        self.error, self.low, self.high = math.inf, -math.inf, math.inf
        self.slopes: tuple[tuple[float, float], ...] = ()
        self.smooth = False
        self.middle: tuple[float, float, float] | None = None  # error, low, high at the middle

    @property
    def relative(self) -> float:
        return quotient(self.error, self.low, self.high)


def quotient(error: float, low: float, high: float) -> float:
    """A bound of error/|value|; infinite where the value may vanish and the error does not."""
    smallest = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
    if smallest == 0:
        return math.inf if error else 0.0
    return float(up(error / smallest))


def sign(low: float, high: float) -> str:
    """ "+", "-", "0+", "0-" or "": what the ends say of all numbers between."""
    if low > 0 or high < 0:
        return "+" if low > 0 else "-"
    if low >= 0 or high <= 0:
        return "0+" if low >= 0 else "0-"
    return ""


def tighten(node: Node) -> None:
    """The range by the mean value theorem in the arguments, where that is narrower."""
    assert node.middle is not None
    spread = 0.0
    for (a, b), slope, (m, _) in zip(node.box, node.slopes, middle(node.box), strict=True):
        width = float(up(max(b - m, m - a)))
        spread = float(up(spread + up(max(abs(slope[0]), abs(slope[1])) * width)))
    low, high = node.middle[1] - spread, node.middle[2] + spread
    if math.isfinite(low) and math.isfinite(high):
        node.low = max(node.low, float(np.nextafter(low, -np.inf)))
        node.high = min(node.high, float(np.nextafter(high, np.inf)))
