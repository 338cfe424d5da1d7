"""The floats of a format as a row of consecutive integers, without the subnormal ones.

Main definition: `FloatGrid`.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from sympy import Symbol

from derivax.errors import DomainError, InputError
from derivax.symbolic.exact.interval import Interval

__all__ = ["FloatGrid"]


class FloatGrid:
    """float32 or float64 numbers numbered by size: 0 is zero, 1 the smallest normal number.

    Subnormal numbers have no ordinal (XLA flushes them to zero); -k is the negative of k.

    >>> grid = FloatGrid("float64")
    >>> int(grid.ordinals(0.0)), int(grid.ordinals(2.0**-1022)), float(grid.floats(-1))
    (0, 1, -2.2250738585072014e-308)
    """

    def __init__(self, dtype: Any) -> None:
        dtype = np.dtype(dtype)
        if dtype not in (np.dtype(np.float32), np.dtype(np.float64)):
            raise InputError(f"dtype {dtype}", "points are drawn as float32 or float64")
        double = dtype == np.float64
        self._bits: np.dtype[Any] = np.dtype(np.int64 if double else np.int32)
        self.complex_dtype: np.dtype[Any] = np.dtype(np.complex128 if double else np.complex64)
        self.dtype = dtype
        info = np.finfo(dtype)
        self._shift = int(np.asarray(info.tiny, dtype).view(self._bits)) - 1
        self.top = int(np.asarray(info.max, dtype).view(self._bits)) - self._shift
        self.specials = tuple(dtype.type(v) for v in (0.0, 1.0, 0.5, info.tiny, info.max, info.eps))

    def ordinals(self, x: Any) -> np.ndarray:
        """The ordinals of floats (subnormals count as zero)."""
        x = np.asarray(x, self.dtype)
        size = np.abs(x).view(self._bits).astype(np.int64) - self._shift
        return np.where(np.signbit(x), -1, 1) * np.maximum(size, 0)

    def floats(self, ordinals: Any) -> np.ndarray:
        """The floats with the given ordinals."""
        o = np.asarray(ordinals, np.int64)
        size = np.where(o == 0, 0, np.abs(o) + self._shift).astype(self._bits)
        return np.where(o < 0, -1, 1).astype(self.dtype) * size.view(self.dtype)

    def clipped_ordinals(self, x: np.ndarray) -> np.ndarray:
        """Ordinals of double-precision numbers, beyond the largest float clipped to it."""
        limit = float(np.finfo(self.dtype).max)
        return self.ordinals(np.clip(x, -limit, limit).astype(self.dtype))

    def ordinal_range(self, interval: Interval, symbol: Symbol) -> tuple[int, int] | None:
        """The ordinals of the floats inside an interval; None for the plane.

        Raises `DomainError` if no float lies in it.
        """
        if interval.plane:
            return None
        low = -self.top if interval.low.is_infinite else self._from(interval.low, interval.low_open)
        high = (
            self.top
            if interval.high.is_infinite
            else -self._from(-interval.high, interval.high_open)
        )
        low, high = max(low, -self.top), min(high, self.top)
        if low > high:
            raise DomainError(
                f"{symbol} in {interval}", f"holds no normal {self.dtype} number", "widen it"
            )
        return low, high

    def _from(self, bound: Any, is_open: bool) -> int:
        """The smallest ordinal whose float is >= bound (> bound if open)."""
        exact = Fraction(int(bound.p), int(bound.q))
        try:
            nearest = float(exact)
        except OverflowError:
            return self.top + 1 if exact > 0 else -self.top
        start = int(self.clipped_ordinals(np.asarray(nearest))) - 2
        for ordinal in range(max(start, -self.top), min(start + 5, self.top) + 1):
            value = Fraction(float(self.floats(ordinal)))
            if value > exact or (value == exact and not is_open):
                return ordinal
        return self.top + 1
