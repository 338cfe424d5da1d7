"""Intervals of the real line with exact ends, and how numbers are read as exact ends.

Main definitions: `Interval`, `exact_bound`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import sympy as sp
from sympy import Basic, Rational, S

from derivax.errors import DomainError
from derivax.symbolic.exact.dag import exact_number

__all__ = ["Interval", "exact_bound"]

_INFINITIES = {
    "inf": S.Infinity,
    "+inf": S.Infinity,
    "oo": S.Infinity,
    "+oo": S.Infinity,
    "infinity": S.Infinity,
    "-inf": S.NegativeInfinity,
    "-oo": S.NegativeInfinity,
    "-infinity": S.NegativeInfinity,
}
_TEXT_LIMIT = 200
_EXPONENT_LIMIT = 20_000


def exact_bound(value: Any) -> Basic:
    """The exact SymPy number (a Rational or +-oo) that a bound means.

    A float is taken as the dyadic number that it is; text may be "1/3", "0.1" (read as 1/10) or
    "inf".

    >>> exact_bound("1/3"), exact_bound(0.5), exact_bound("-inf")
    (1/3, 1/2, -oo)

    Raises `DomainError` for anything that is not a real number.
    """
    if isinstance(value, str):
        text = value.strip().lower()
        if text in _INFINITIES:
            return _INFINITIES[text]
        value = _read(text, value)
    if isinstance(value, bool):
        raise DomainError(f"bound {value!r}", "not a number")
    if isinstance(value, Basic):
        if value in (S.Infinity, S.NegativeInfinity):
            return value
        if not isinstance(value, (Rational, sp.Float)):
            raise DomainError(
                f"bound {str(value)[:80]}",
                "a bound is a rational number or infinite",
                "give a number",
            )
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return S.Infinity if value > 0 else S.NegativeInfinity
    exact = exact_number(value)
    if exact is None:
        infinite = _INFINITIES.get(str(value).strip().lower())
        if infinite is not None:
            return infinite
        raise DomainError(f"bound {value!r}", "not a real number", "give a number or 'inf'")
    return Rational(exact.numerator, exact.denominator)


def _read(text: str, given: str) -> Fraction:
    exponent = text.partition("e")[2].lstrip("+-") or "0"
    if len(text) > _TEXT_LIMIT or not exponent.isdigit() or int(exponent) > _EXPONENT_LIMIT:
        raise DomainError(f"bound {given[:60]!r}", "not a number of reasonable size")
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise DomainError(f"bound {given!r}", "not a number", "write 3, 0.5, 1/3 or inf") from None


def _short(number: Basic) -> str:
    """A bound for display: long rationals (floats taken exactly) as a decimal."""
    text = str(number)
    return text if len(text) <= 20 else str(sp.Float(number, 6))


@dataclass(frozen=True)
class Interval:
    """The numbers between `low` and `high`; `integer` keeps only the integers among them.

    The ends are exact (SymPy Rational or +-oo) and belong to the interval unless they are open or
    infinite.  `plane` stands for the whole complex plane (the ends are then infinite).

    >>> Interval(0, 1).contains(Fraction(1, 3)), Interval(0, 1, low_open=True).contains(0)
    (True, False)
    >>> print(Interval(0, "inf", low_open=True))
    (0, oo)

    Raises `DomainError` if it is empty.
    """

    low: Any
    high: Any
    low_open: bool = False
    high_open: bool = False
    integer: bool = False
    plane: bool = False

    def __post_init__(self) -> None:
        low, high = exact_bound(self.low), exact_bound(self.high)
        low_open = bool(self.low_open) or low.is_infinite is True
        high_open = bool(self.high_open) or high.is_infinite is True
        if self.integer and not low.is_infinite:
            low, low_open = sp.floor(low) + 1 if low_open else sp.ceiling(low), False
        if self.integer and not high.is_infinite:
            high, high_open = sp.ceiling(high) - 1 if high_open else sp.floor(high), False
        for name, value in (("low", low), ("high", high)):
            object.__setattr__(self, name, value)
        object.__setattr__(self, "low_open", low_open)
        object.__setattr__(self, "high_open", high_open)
        empty = low > high or (low == high and (low_open or high_open))
        if empty or low is S.Infinity or high is S.NegativeInfinity:
            what = "integer" if self.integer else "number"
            raise DomainError(f"interval {self}", f"no {what} lies in it", "give low < high")

    @classmethod
    def of(cls, bounds: Any) -> Interval:
        """An Interval, or one from a pair (low, high), a SymPy Interval, or a single number."""
        if isinstance(bounds, Interval):
            return bounds
        if isinstance(bounds, sp.Interval):
            return cls(bounds.start, bounds.end, bool(bounds.left_open), bool(bounds.right_open))
        if isinstance(bounds, (tuple, list)) and len(bounds) == 2:
            return cls(*bounds)
        if isinstance(bounds, (int, float, Fraction, Rational)) and not isinstance(bounds, bool):
            return cls(bounds, bounds)
        raise DomainError(f"{bounds!r}", "not an interval", "give a pair (low, high)")

    def contains(self, value: Any) -> bool | None:
        """Whether a number lies in the interval; None if the value is not an exact number."""
        if self.plane:
            return True
        exact = exact_number(value)
        if exact is None:
            return None
        number = Fraction(exact.numerator, exact.denominator)
        if self.integer and number.denominator != 1:
            return False
        low, high = self.fractions
        above = low is None or number > low or (number == low and not self.low_open)
        below = high is None or number < high or (number == high and not self.high_open)
        return above and below

    @cached_property
    def fractions(self) -> tuple[Fraction | None, Fraction | None]:
        """The ends as fractions (None where infinite): points are compared with them very often."""
        low, high = (
            None if end.is_infinite else Fraction(int(end.p), int(end.q))
            for end in (self.low, self.high)
        )
        return low, high

    def intersect(self, other: Interval) -> Interval:
        """The common part; `DomainError` if there is none."""
        if self.plane or other.plane:
            return other if self.plane else self
        low, low_open = max(
            (self.low, self.low_open), (other.low, other.low_open), key=lambda e: (e[0], e[1])
        )
        high, high_open = min(
            (self.high, self.high_open),
            (other.high, other.high_open),
            key=lambda e: (e[0], not e[1]),
        )
        return Interval(low, high, low_open, high_open, self.integer or other.integer)

    @property
    def is_positive(self) -> bool:
        """Whether every number of the interval is > 0."""
        return not self.plane and bool(self.low > 0 or (self.low == 0 and self.low_open))

    @property
    def is_nonnegative(self) -> bool:
        """Whether every number of the interval is >= 0."""
        return not self.plane and bool(self.low >= 0)

    @property
    def is_negative(self) -> bool:
        """Whether every number of the interval is < 0."""
        return not self.plane and bool(self.high < 0 or (self.high == 0 and self.high_open))

    def __str__(self) -> str:
        if self.plane:
            return "C"
        left, right = "(" if self.low_open else "[", ")" if self.high_open else "]"
        return f"{left}{_short(self.low)}, {_short(self.high)}{right}" + (
            " integers" if self.integer else ""
        )
