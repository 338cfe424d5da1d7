"""Arrays of closed intervals with outward rounding: entry k belongs to box k.

Main definition: `Intervals`.

Implementation notes.  NumPy's `+ - * / sqrt` round to nearest, so the neighbouring float beyond the
result is a bound; an infinite end means "not bounded", and 0 * inf is 0 in that reading.  What is
undefined somewhere on an interval (a quotient by an interval with zero, a root of negative numbers)
is the whole line: never a NaN.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

__all__ = ["Intervals", "down", "from_endpoints", "up", "up_or_zero"]

Array = Any


def down(x: Array) -> Array:
    """The next float below."""
    return np.nextafter(x, -np.inf)


def up(x: Array) -> Array:
    """The next float above."""
    return np.nextafter(x, np.inf)


def up_or_zero(x: Array) -> Array:
    """The next float above a sum of errors; no error stays none."""
    return np.where(x == 0, 0.0, up(x))


class Intervals(NamedTuple):
    """Lower and upper ends, arrays of one length."""

    lo: Array
    hi: Array

    @classmethod
    def whole(cls, count: int) -> Intervals:
        """The real line, `count` times."""
        return cls(np.full(count, -np.inf), np.full(count, np.inf))

    @classmethod
    def exactly(cls, value: float, count: int) -> Intervals:
        """One number, `count` times."""
        point = np.full(count, float(value))
        return cls(point, point)

    def plus(self, other: Intervals) -> Intervals:
        # inf - inf only meets ends that are unbounded anyway
        return _ordered(down(self.lo + other.lo), up(self.hi + other.hi))

    def negative(self) -> Intervals:
        return Intervals(-self.hi, -self.lo)

    def minus(self, other: Intervals) -> Intervals:
        return self.plus(other.negative())

    def times(self, other: Intervals) -> Intervals:
        corners = [a * b for a in self for b in other]
        corners = [np.where(np.isnan(c), 0.0, c) for c in corners]
        low, high = np.minimum.reduce(corners), np.maximum.reduce(corners)
        # a factor that is exactly zero keeps the product exactly zero
        zero = ((self.lo == 0) & (self.hi == 0)) | ((other.lo == 0) & (other.hi == 0))
        return Intervals(np.where(zero, 0.0, down(low)), np.where(zero, 0.0, up(high)))

    def scaled(self, factor: float) -> Intervals:
        return self.times(Intervals.exactly(factor, len(self.lo)))

    def reciprocal(self) -> Intervals:
        """1/x; the whole line where x may be zero."""
        bad = (self.lo <= 0) & (self.hi >= 0)
        low, high = np.where(bad, 1.0, self.hi), np.where(bad, 1.0, self.lo)
        return Intervals(
            np.where(bad, -np.inf, down(1.0 / low)), np.where(bad, np.inf, up(1.0 / high))
        )

    def over(self, other: Intervals) -> Intervals:
        bad = (other.lo <= 0) & (other.hi >= 0)
        below = Intervals(np.where(bad, 1.0, other.lo), np.where(bad, 1.0, other.hi))
        corners = [a / b for a in self for b in below]
        corners = [np.where(np.isnan(c), 0.0, c) for c in corners]
        low, high = down(np.minimum.reduce(corners)), up(np.maximum.reduce(corners))
        return Intervals(np.where(bad, -np.inf, low), np.where(bad, np.inf, high))

    def square(self) -> Intervals:
        size = self.magnitude()
        return Intervals(np.maximum(down(self.smallest() ** 2), 0.0), up(size * size))

    def power(self, n: int) -> Intervals:
        """x**n for a whole n >= 0."""
        if n == 0:
            return Intervals.exactly(1.0, len(self.lo))
        if n == 1:
            return self
        result = self.square() if n % 2 == 0 else None
        if result is not None:
            low, high = self.smallest(), self.magnitude()
            return Intervals(np.maximum(_power(low, n, down), 0.0), _power(high, n, up))
        low, high = self.lo, self.hi
        return Intervals(
            np.where(low >= 0, np.maximum(_power(low, n, down), 0.0), -_power(-low, n, up)),
            np.where(high >= 0, _power(high, n, up), -np.maximum(_power(-high, n, down), 0.0)),
        )

    def absolute(self) -> Intervals:
        return Intervals(self.smallest(), self.magnitude())

    def magnitude(self) -> Array:
        """The largest |x|."""
        return np.maximum(np.abs(self.lo), np.abs(self.hi))

    def smallest(self) -> Array:
        """The smallest |x|."""
        inside = (self.lo <= 0) & (self.hi >= 0)
        return np.where(inside, 0.0, np.minimum(np.abs(self.lo), np.abs(self.hi)))

    def hull(self, other: Intervals) -> Intervals:
        return Intervals(np.minimum(self.lo, other.lo), np.maximum(self.hi, other.hi))

    def meet(self, other: Intervals) -> Intervals:
        """The intersection of two enclosures of the same values."""
        return Intervals(np.maximum(self.lo, other.lo), np.minimum(self.hi, other.hi))

    def widened(self, radius: Array) -> Intervals:
        """Every value moved by at most `radius` >= 0."""
        return _ordered(
            np.where(radius == 0, self.lo, down(self.lo - radius)),
            np.where(radius == 0, self.hi, up(self.hi + radius)),
        )

    def where(self, condition: Array, other: Intervals) -> Intervals:
        return Intervals(
            np.where(condition, self.lo, other.lo), np.where(condition, self.hi, other.hi)
        )

    def take(self, index: Any) -> Intervals:
        return Intervals(self.lo[index], self.hi[index])


def _ordered(low: Array, high: Array) -> Intervals:
    return Intervals(np.where(np.isnan(low), -np.inf, low), np.where(np.isnan(high), np.inf, high))


def _power(x: Array, n: int, outward: Callable[[Array], Array]) -> Array:
    """x**n for x >= 0 by repeated squaring, each product rounded outward."""
    x = np.abs(x)  # entries of the wrong sign are discarded by the caller
    total, base = None, x
    while n:
        if n & 1:
            total = base if total is None else outward(total * base)
        n >>= 1
        if n:
            base = outward(base * base)
    assert total is not None
    return np.where(np.isnan(total), np.inf, total)


def from_endpoints(
    low: Array, high: Array, defined: Array, other: Intervals | None = None
) -> Intervals:
    """Ends where `defined`, else `other` (the whole line)."""
    rest = other or Intervals.whole(len(low))
    good = defined & ~np.isnan(low) & ~np.isnan(high)
    return Intervals(np.where(good, low, rest.lo), np.where(good, high, rest.hi))
