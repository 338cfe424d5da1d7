"""Elementary functions and their derivatives on arrays of intervals, by Arb at the ends.

Each function is monotone between the listed turning points, so its range on an interval is spanned
by the values at the ends and at the turning points inside.

Main definition: `FUNCTIONS`, name -> (range, range of the derivative).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flint
import numpy as np

from derivax.numeric.verify.enclosure.intervals import Intervals, from_endpoints

__all__ = ["FUNCTIONS", "Range", "atan2_range", "power_range"]

Array = Any
Ball = Any
Range = Callable[[Intervals], Intervals]


def _bounds(function: Callable[[Ball], Ball], points: Array) -> Intervals:
    """Enclosing floats of the function at points; NaN where Arb finds none."""
    low, high = np.empty(len(points)), np.empty(len(points))
    for k, x in enumerate(points):
        if np.isfinite(x):
            ball = function(flint.arb(float(x)))
            low[k], high[k] = _below(ball), _above(ball)
        else:
            low[k], high[k] = np.nan, np.nan
    return Intervals(low, high)


def _below(ball: Ball) -> float:
    if not ball.is_finite():
        return float("nan")
    return float(np.nextafter(float(ball.lower()), -np.inf))


def _above(ball: Ball) -> float:
    if not ball.is_finite():
        return float("nan")
    return float(np.nextafter(float(ball.upper()), np.inf))


def _spanned(
    function: Callable[[Ball], Ball],
    *,
    turning: tuple[float, ...] = (),
    low: float = -np.inf,
    high: float = np.inf,
    limits: tuple[float, float] = (-np.inf, np.inf),
) -> Range:
    """The range on an interval inside (low, high); the whole line when the interval is not inside.

    `limits` bound the function everywhere: an infinite end is bounded by them.
    """

    def spanned(x: Intervals) -> Intervals:
        defined = (x.lo >= low) & (x.hi <= high)
        safe_low, safe_high = np.where(defined, x.lo, np.nan), np.where(defined, x.hi, np.nan)
        at_low, at_high = _bounds(function, safe_low), _bounds(function, safe_high)
        bottom, top = np.minimum(at_low.lo, at_high.lo), np.maximum(at_low.hi, at_high.hi)
        for point in turning:
            value = _bounds(function, np.array([point]))
            inside = (x.lo < point) & (x.hi > point)
            bottom = np.where(inside, np.minimum(bottom, value.lo[0]), bottom)
            top = np.where(inside, np.maximum(top, value.hi[0]), top)
        everywhere = Intervals.exactly(0.0, len(x.lo))
        everywhere = Intervals(everywhere.lo + limits[0], everywhere.hi + limits[1])
        whole = Intervals.whole(len(x.lo))
        return from_endpoints(bottom, top, defined, everywhere.where(defined, whole))

    return spanned


def _periodic(function: Callable[[Ball], Ball], shift: int) -> Range:
    """sin (shift 0), cos (shift 1): maxima where x/(pi/2) + shift = 1 mod 4, minima at 3 mod 4."""

    def spanned(x: Intervals) -> Intervals:
        at_low, at_high = _bounds(function, x.lo), _bounds(function, x.hi)
        bottom = np.minimum(at_low.lo, at_high.lo)
        top = np.maximum(at_low.hi, at_high.hi)
        for k in range(len(x.lo)):
            first, last = _quarter(x.lo[k], False), _quarter(x.hi[k], True)
            if first is None or last is None or last - first >= 4:
                bottom[k], top[k] = -1.0, 1.0
                continue
            turned = {(q + shift) % 4 for q in range(first, last + 1)}
            if 1 in turned:
                top[k] = 1.0
            if 3 in turned:
                bottom[k] = -1.0
        return Intervals(np.maximum(bottom, -1.0), np.minimum(top, 1.0))

    return spanned


def _quarter(x: float, above: bool) -> int | None:
    """The multiples of pi/2 next to x, on the safe side: ceil(x/(pi/2)), or floor when `above`."""
    if not np.isfinite(x):
        return None
    turns = flint.arb(float(x)) * 2 / flint.arb.pi()
    edge = (turns.upper().floor() if above else turns.lower().ceil()).unique_fmpz()
    return None if edge is None else int(edge)


def _tangent(x: Intervals) -> Intervals:
    values = _spanned(lambda b: b.tan())(x)
    for k in range(len(x.lo)):
        first, last = _quarter(x.lo[k], False), _quarter(x.hi[k], True)
        unknown = first is None or last is None
        if unknown or any(q % 2 for q in range(first, min(last, first + 2) + 1)):  # type: ignore
            values.lo[k], values.hi[k] = -np.inf, np.inf
    return values


def _one_plus_square(x: Intervals) -> Intervals:
    return x.square().plus(Intervals.exactly(1.0, len(x.lo)))


_TWO_OVER_ROOT_PI = 2 / flint.arb.pi().sqrt()
_sine, _cosine = _periodic(lambda b: b.sin(), 0), _periodic(lambda b: b.cos(), 1)


def _logistic(b: Ball) -> Ball:
    return 1 / (1 + (-b).exp())


FUNCTIONS: dict[str, tuple[Range, Range]] = {
    "exp": (
        _spanned(lambda b: b.exp(), limits=(0.0, np.inf)),
        _spanned(lambda b: b.exp(), limits=(0.0, np.inf)),
    ),
    "exp2": (
        _spanned(lambda b: (b * flint.arb.const_log2()).exp(), limits=(0.0, np.inf)),
        _spanned(
            lambda b: (b * flint.arb.const_log2()).exp() * flint.arb.const_log2(),
            limits=(0.0, np.inf),
        ),
    ),
    "expm1": (
        _spanned(lambda b: b.expm1(), limits=(-1.0, np.inf)),
        _spanned(lambda b: b.exp(), limits=(0.0, np.inf)),
    ),
    "log": (_spanned(lambda b: b.log(), low=0.0), lambda x: x.reciprocal()),
    "log1p": (
        _spanned(lambda b: b.log1p(), low=-1.0),
        lambda x: x.plus(Intervals.exactly(1.0, len(x.lo))).reciprocal(),
    ),
    "sin": (_sine, _cosine),
    "cos": (_cosine, lambda x: _sine(x).negative()),
    "tan": (_tangent, lambda x: _one_plus_square(_tangent(x))),
    "asin": (
        _spanned(lambda b: b.asin(), low=-1.0, high=1.0, limits=(-1.6, 1.6)),
        _spanned(
            lambda b: (1 - b * b).rsqrt(),
            turning=(0.0,),
            low=-1.0,
            high=1.0,
            limits=(1.0, np.inf),
        ),
    ),
    "acos": (
        _spanned(lambda b: b.acos(), low=-1.0, high=1.0, limits=(0.0, 3.2)),
        _spanned(
            lambda b: -(1 - b * b).rsqrt(),
            turning=(0.0,),
            low=-1.0,
            high=1.0,
            limits=(-np.inf, -1.0),
        ),
    ),
    "atan": (
        _spanned(lambda b: b.atan(), limits=(-1.6, 1.6)),
        _spanned(lambda b: 1 / (1 + b * b), turning=(0.0,), limits=(0.0, 1.0)),
    ),
    "sinh": (
        _spanned(lambda b: b.sinh()),
        _spanned(lambda b: b.cosh(), turning=(0.0,), limits=(1.0, np.inf)),
    ),
    "cosh": (
        _spanned(lambda b: b.cosh(), turning=(0.0,), limits=(1.0, np.inf)),
        _spanned(lambda b: b.sinh()),
    ),
    "tanh": (
        _spanned(lambda b: b.tanh(), limits=(-1.0, 1.0)),
        _spanned(lambda b: b.sech() ** 2, turning=(0.0,), limits=(0.0, 1.0)),
    ),
    "asinh": (
        _spanned(lambda b: b.asinh()),
        _spanned(lambda b: (1 + b * b).rsqrt(), turning=(0.0,), limits=(0.0, 1.0)),
    ),
    "acosh": (
        _spanned(lambda b: b.acosh(), low=1.0, limits=(0.0, np.inf)),
        _spanned(lambda b: (b * b - 1).rsqrt(), low=1.0, limits=(0.0, np.inf)),
    ),
    "atanh": (
        _spanned(lambda b: b.atanh(), low=-1.0, high=1.0),
        _spanned(
            lambda b: 1 / ((1 - b) * (1 + b)),
            turning=(0.0,),
            low=-1.0,
            high=1.0,
            limits=(1.0, np.inf),
        ),
    ),
    "sqrt": (
        _spanned(lambda b: b.sqrt(), low=0.0, limits=(0.0, np.inf)),
        _spanned(lambda b: b.rsqrt() / 2, low=0.0, limits=(0.0, np.inf)),
    ),
    "rsqrt": (
        _spanned(lambda b: b.rsqrt(), low=0.0, limits=(0.0, np.inf)),
        _spanned(lambda b: -b.rsqrt() / b / 2, low=0.0, limits=(-np.inf, 0.0)),
    ),
    "cbrt": (
        _spanned(lambda b: b.root(3) if b >= 0 else -((-b).root(3))),
        _spanned(lambda b: 1 / (3 * abs(b).root(3) ** 2), turning=(0.0,), limits=(0.0, np.inf)),
    ),
    "logistic": (
        _spanned(_logistic, limits=(0.0, 1.0)),
        _spanned(lambda b: _logistic(b) * _logistic(-b), turning=(0.0,), limits=(0.0, 0.25)),
    ),
    "erf": (
        _spanned(lambda b: b.erf(), limits=(-1.0, 1.0)),
        _spanned(lambda b: _TWO_OVER_ROOT_PI * (-b * b).exp(), turning=(0.0,), limits=(0.0, 1.2)),
    ),
    "erfc": (
        _spanned(lambda b: b.erfc(), limits=(0.0, 2.0)),
        _spanned(lambda b: -_TWO_OVER_ROOT_PI * (-b * b).exp(), turning=(0.0,), limits=(-1.2, 0.0)),
    ),
}


def power_range(x: Intervals, y: Intervals) -> Intervals:
    """x**y for x > 0: exp(y log x); the whole line where x may be zero or negative."""
    logarithm = FUNCTIONS["log"][0](x)
    value = FUNCTIONS["exp"][0](y.times(logarithm))
    return from_endpoints(value.lo, value.hi, x.lo > 0)


def atan2_range(y: Intervals, x: Intervals) -> tuple[Intervals, Intervals, Intervals]:
    """atan2 and its partial derivatives, away from its cut (x <= 0, y = 0)."""
    crosses = (x.lo <= 0) & (y.lo <= 0) & (y.hi >= 0)
    corners = []
    for end_y in y:
        for end_x in x:
            found = np.empty(len(end_y)), np.empty(len(end_y))
            for k, (a, b) in enumerate(zip(end_y, end_x, strict=True)):
                finite = bool(np.isfinite(a) and np.isfinite(b))
                ball = flint.arb.atan2(flint.arb(float(a)), flint.arb(float(b))) if finite else None
                found[0][k] = np.nan if ball is None else _below(ball)
                found[1][k] = np.nan if ball is None else _above(ball)
            corners.append(found)
    low = np.minimum.reduce([c[0] for c in corners])
    high = np.maximum.reduce([c[1] for c in corners])
    within = Intervals(np.full(len(low), -3.2), np.full(len(low), 3.2))
    value = from_endpoints(low, high, ~crosses, within)
    square = x.square().plus(y.square())
    whole = Intervals.whole(len(low))
    by_y, by_x = x.over(square), y.negative().over(square)
    return value, whole.where(crosses, by_y), whole.where(crosses, by_x)
