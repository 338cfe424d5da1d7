"""Enclose the root of a real function in a bracket: sign changes, then interval Newton.

Main definitions: `enclose_root`, `changes_sign`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flint import arb

from derivax.symbolic.exact.ball_values import NAN, Ball, current_bits
from derivax.symbolic.exact.precision import working_precision

__all__ = ["changes_sign", "enclose_root"]

Function = Callable[[arb], Ball]

_SEARCH_BITS = (64, 256, 1024)
_FARTHEST = 16
"""Trial points reach 2**-(2**16) towards an end of the bracket and 2**(2**15) towards infinity."""
_BISECTIONS = 4000
_NEWTON_STEPS = 40


def _sign(ball: Ball) -> int | None:
    """+1, -1, 0 (exactly), or None if the ball does not decide."""
    if not isinstance(ball, arb) or ball.is_nan():
        return None
    return 1 if ball > 0 else -1 if ball < 0 else 0 if ball.is_zero() else None


def _trial_points(low: arb, high: arb) -> Iterator[arb]:
    """Points of the bracket, the ends first, then from the middle towards both ends."""
    finite_low, finite_high = low.is_finite(), high.is_finite()
    if finite_low:
        yield low
    if finite_high:
        yield high
    if finite_low and finite_high:
        width = high - low
        yield ((low + high) / 2).mid()
        for k in range(_FARTHEST + 1):
            for offset in (width * arb(2) ** -(2**k), width * arb(2) ** -(3 * 2**k // 2)):
                yield (low + offset).mid()
                yield (high - offset).mid()
        return
    start = low if finite_low else high if finite_high else arb(0)
    directions = (1,) if finite_low else (-1,) if finite_high else (1, -1)
    yield start
    for k in range(_FARTHEST + 1):
        for exponent in (2**k // 2, -(2**k) // 2, 3 * 2**k // 4, -3 * 2**k // 4):
            for direction in directions:
                yield (start + direction * arb(2) ** exponent).mid()


def _bracket(f: Function, low: arb, high: arb) -> tuple[arb, arb, int] | bool:
    """Exact points a < b with opposite signs of f, and the sign at a.

    Returns `(a, a, 0)` for an exact zero, False if f has one sign at all points tried, and True
    if nothing can be said (too few signs are decided).
    """
    signs: list[tuple[arb, int]] = []
    for point in _trial_points(low, high):
        exact = point.mid()
        sign = _sign(f(exact if point.is_exact() else point))
        if sign is None or not exact.is_finite():
            continue
        if sign == 0:
            return exact, exact, 0
        signs.append((exact, sign))
        opposite = [p for p, s in signs if s == -sign]
        if opposite:
            nearest = min(opposite, key=lambda p: abs(p - exact))
            return (exact, nearest, sign) if exact < nearest else (nearest, exact, -sign)
    return _beyond_an_end(f, low, high, signs) or len(signs) < 4


def _beyond_an_end(
    f: Function, low: arb, high: arb, signs: list[tuple[arb, int]]
) -> tuple[arb, arb, int] | None:
    """A bracket across an end where f may be zero: the root may be the end itself.

    An end such as u0 = 1/3 is a ball, so the sign of f on it is undecided; a step beyond tells.
    """
    for end, outwards in ((low, -1), (high, 1)):
        value = f(end) if end.is_finite() and signs else NAN
        if not isinstance(value, arb) or not value.is_finite() or not value.contains(0):
            continue
        step = arb(2) ** -(current_bits() // 2) * (abs(end) + (0 if abs(end) > 0 else 1))
        outside = (end + outwards * step).mid()
        inside, sign = min(signs, key=lambda s: abs(s[0] - end.mid()))
        if _sign(f(outside)) == -sign:
            return (outside, inside, -sign) if outwards < 0 else (inside, outside, sign)
    return None


def changes_sign(f: Function, low: arb, high: arb) -> bool | None:
    """Whether f takes both signs in the bracket: True, False (one sign wherever tried), or None."""
    with working_precision(_SEARCH_BITS[1]):
        found = _bracket(f, low, high)
    return None if found is True else found is not False


def enclose_root(f: Function, slope: Function, low: arb, high: arb) -> Ball:
    """A ball around the root of f in (low, high), at the current precision; NaN if not found.

    Opposite signs at two points of the bracket are demanded (ends where f is singular are left
    towards the inside; a zero of f at an end is the root).  The ball is narrowed by bisection until
    the derivative has a sign on it, then by interval Newton, m - f(m)/f'(X), which also shows
    that f is continuous there.
    """
    target = current_bits()
    if not (isinstance(low, arb) and isinstance(high, arb)):
        return NAN
    found: tuple[arb, arb, int] | bool = True
    for bits in _SEARCH_BITS:
        with working_precision(bits):
            found = _bracket(f, low, high)
        if not isinstance(found, bool):
            break
        if bits > target:
            break
    if isinstance(found, bool):
        return NAN
    a, b, sign = found
    if sign == 0:
        return a
    root = _bisected(f, slope, a, b, sign, target)
    if root is None:
        return NAN
    ball = _newton(f, slope, root, target)
    if not isinstance(ball, arb) or ball < low or ball > high:
        return NAN
    return ball


def _bisected(f: Function, slope: Function, a: arb, b: arb, sign: int, target: int) -> arb | None:
    """Halve the bracket until interval Newton contracts; None at a pole or a multiple root."""
    for step in range(_BISECTIONS):
        with working_precision(64 if step < 128 else max(64, min(target, 64 + step))):
            hull = a.union(b)
            derivative = slope(hull)
            if (
                isinstance(derivative, arb)
                and derivative.is_finite()
                and not derivative.contains(0)
            ):
                image = _newton_image(f, hull, derivative)
                if image is not None and _width(image) < _width(hull) / 2:
                    return image
            middle = _between(a, b)
            if not (a < middle < b):
                return hull if _is_real_finite(f(hull)) else None
            here = _sign(f(middle))
            if here is None:
                with working_precision(max(256, target)):
                    here = _sign(f(middle))
            if here == 0:
                return middle
            if here is None:
                return hull if _is_real_finite(f(hull)) else None
            if here == sign:
                a = middle
            else:
                b = middle
    return None


def _is_real_finite(ball: Ball) -> bool:
    return isinstance(ball, arb) and bool(ball.is_finite())


def _width(ball: arb) -> arb:
    return ball.upper() - ball.lower()


def _between(a: arb, b: arb) -> arb:
    """The middle; the geometric one if the ends differ by magnitudes."""
    if a > 0 and b > 4 * a:
        return (a * b).sqrt().mid()
    if b < 0 and a < 4 * b:
        return -((a * b).sqrt().mid())
    if a.is_zero() and b > 0:
        return (b / 16).mid()
    if b.is_zero() and a < 0:
        return (a / 16).mid()
    return ((a + b) / 2).mid()


def _newton_image(f: Function, hull: arb, derivative: arb) -> arb | None:
    middle = hull.mid()
    value = f(middle)
    if not isinstance(value, arb) or not value.is_finite():
        return None
    image = middle - value / derivative
    return hull.intersection(image) if hull.overlaps(image) else None


def _newton(f: Function, slope: Function, hull: arb, target: int) -> Ball:
    """Interval Newton with growing precision down to the accuracy of the data."""
    bits = 64
    for _ in range(_NEWTON_STEPS):
        if hull.is_exact():
            return hull
        with working_precision(min(bits, target)):
            derivative = slope(hull)
            if not isinstance(derivative, arb) or not derivative.is_finite():
                break
            if derivative.contains(0):
                break
            image = _newton_image(f, hull, derivative)
            if image is None:
                return NAN
            shrunk = _width(image) < _width(hull) / 2
            hull = image if _width(image) < _width(hull) else hull
        if not shrunk:
            if bits >= target:
                break
            bits = target
        else:
            bits = min(target, 2 * bits)
    return hull
