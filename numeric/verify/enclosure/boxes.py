"""Boxes of floats, and how they are cut.

A box holds zero and the normal floats of the format between its ends, so it is cut between two
neighbouring floats, and a comparison with a constant is decided on both sides of a cut there.

Main definitions: `Box`, `floats_inside`, `cut`, `recorded_leaves`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

__all__ = [
    "Box",
    "after",
    "cut",
    "floats_inside",
    "middle",
    "normal",
    "recorded_leaves",
    "relative_width",
]

Box = tuple[tuple[float, float], ...]


def floats_inside(box: Sequence[tuple[float, float]], dtype: str) -> Box:
    """From the first to the last float of the format inside the box."""
    kind = np.dtype(dtype).type
    rounded = []
    for low, high in box:
        first, last = normal(float(kind(low)), dtype), normal(float(kind(high)), dtype)
        first = after(first, dtype) if first < low else first
        last = before(last, dtype) if last > high else last
        rounded.append((first, last))
    return tuple(rounded)


def after(x: float, dtype: str) -> float:
    """The next normal float, or zero, above."""
    kind = np.dtype(dtype).type
    tiny = float(np.finfo(kind).tiny)
    if x == 0:
        return tiny
    return 0.0 if x == -tiny else float(np.nextafter(kind(x), kind(np.inf)))


def before(x: float, dtype: str) -> float:
    return -after(-x, dtype)


def normal(x: float, dtype: str) -> float:
    """Subnormal numbers are read as zero."""
    return 0.0 if abs(x) < float(np.finfo(dtype).tiny) else x


def cut(box: Box, axis: int, place: float, dtype: str) -> tuple[Box, Box]:
    """Below: up to the float before `place`; above: from `place` on."""
    low, high = box[axis]
    below, above = list(box), list(box)
    below[axis], above[axis] = (low, before(place, dtype)), (place, high)
    return tuple(below), tuple(above)


def middle(box: Box) -> Box:
    return tuple((m, m) for m in (a / 2 + b / 2 for a, b in box))


def relative_width(side: tuple[float, float]) -> float:
    low, high = side
    return (high - low) / max(abs(low), abs(high), 5e-324)


def recorded_leaves(box: Box, splits: Iterator[Any], dtype: str) -> Iterator[Box]:
    """The leaves, in the order of `_Search.recorded`."""
    stack = [box]
    while stack:
        box = stack.pop()
        entry = next(splits, None)
        if entry is None:
            raise ValueError("the recorded subdivision ends too early")
        if entry == "leaf":
            yield box
            continue
        axis, place = int(entry[0]), float.fromhex(entry[1])
        if not (0 <= axis < len(box) and box[axis][0] < place <= box[axis][1]):
            raise ValueError("a recorded cut lies outside its box")
        stack += reversed(cut(box, axis, place, dtype))
    if next(splits, None) is not None:
        raise ValueError("the recorded subdivision goes on after its end")
