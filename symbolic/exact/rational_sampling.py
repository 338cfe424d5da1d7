"""Draw exact rational points of a domain: special ones, and random ones of moderate size.

Main definition: `rational_points`.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sympy import Basic, Rational, Symbol

from derivax.errors import DomainError
from derivax.symbolic.exact.conditions import decide
from derivax.symbolic.exact.constraints import Constraint, allowed
from derivax.symbolic.exact.dag import rational_value
from derivax.symbolic.exact.interval import Interval

if TYPE_CHECKING:
    from derivax.symbolic.exact.domain import Domain

__all__ = ["rational_points"]

Point = dict[Symbol, Any]

_MODERATE = 300
_SPECIAL_NUMBERS = tuple(
    Fraction(text) for text in ("0", "1", "-1", "1/2", "2", "1/1000", "1000", "-1000", "1e-12")
)
_TRIES_PER_SYMBOL = 12


def rational_points(domain: Domain, count: int, seed: int) -> list[Point]:
    """See `Domain.rational_points`."""
    rng = random.Random(seed)
    constraints = [Constraint(relation) for relation in domain.where]
    points = _special_points(domain, constraints, rng)
    specials = len(points)
    budget = 40 * count + 400
    while len(points) - specials < count and budget:
        budget -= 1
        point = _draw_point(domain, constraints, rng, {})
        if point is not None:
            points.append(point)
    if not points:
        raise DomainError(f"domain {domain}", "no point found that satisfies all conditions")
    return points


def _special_points(
    domain: Domain, constraints: Sequence[Constraint], rng: random.Random
) -> list[Point]:
    """All coordinates 0, all 1, ..., all corners; then one coordinate special at a time."""
    candidates: list[Point] = []
    values = {s: _special_values(s, interval) for s, interval in domain.items()}
    for number in (*_SPECIAL_NUMBERS[:2], _SPECIAL_NUMBERS[5], _SPECIAL_NUMBERS[6]):
        candidates.append({s: number for s in domain if number in values[s]})
    for corner in (0, 1):
        candidates.append({s: ends[corner] for s in domain if (ends := _ends(domain[s]))})
    for symbol in domain.symbols[:8]:
        picks = values[symbol][: max(1, 12 // max(1, len(domain)))]
        candidates.extend({symbol: pick} for pick in picks)
    points: list[Point] = []
    for fixed in candidates:
        if fixed and _consistent(fixed, constraints):
            point = _draw_point(domain, constraints, rng, fixed)
            if point is not None and point not in points:
                points.append(point)
    return points


def _consistent(point: Point, constraints: Sequence[Constraint]) -> bool:
    return all(decide(c.relation, point) is True for c in constraints if c.symbols <= set(point))


def _ends(interval: Interval) -> tuple[Any, Any] | None:
    if interval.plane:
        return None
    low = None if interval.low_open else _fraction(interval.low)
    high = None if interval.high_open else _fraction(interval.high)
    if low is None and high is None:
        return None
    return (high if low is None else low), (low if high is None else high)


def _fraction(number: Rational) -> Fraction:
    return Fraction(int(number.p), int(number.q))


def _special_values(symbol: Symbol, interval: Interval) -> list[Any]:
    if interval.plane:
        return [v for v in (0j, 1 + 0j, -1 + 0j, 1j, -1j) if allowed(symbol, v)]
    values = [v for v in _SPECIAL_NUMBERS if interval.contains(v) and allowed(symbol, v)]
    ends = _ends(interval)
    if ends is not None:
        values = [*dict.fromkeys([v for v in ends if allowed(symbol, v)] + values)]
    return values


def _draw_point(
    domain: Domain, constraints: Sequence[Constraint], rng: random.Random, fixed: Point
) -> Point | None:
    """One random point with the `fixed` coordinates, None if this attempt met a dead end."""
    point: Point = dict(fixed)
    order = [s for s in domain if s not in fixed]
    if constraints:
        rng.shuffle(order)
    for symbol in order:
        known = {*point, symbol}
        ready = [c for c in constraints if symbol in c.symbols and c.symbols <= known]
        interval = domain[symbol]
        try:
            for constraint in ready:
                interval = _narrowed(interval, constraint, symbol, point)
        except DomainError:
            return None
        for attempt in range(_TRIES_PER_SYMBOL):
            value = _draw(interval, rng, shrink=attempt > 3)
            if not allowed(symbol, value) or not interval.contains(value):
                continue
            point[symbol] = value
            if all(decide(c.relation, point) is True for c in ready):
                break
            del point[symbol]
        else:
            return None
    return {s: point[s] for s in domain}


def _narrowed(
    interval: Interval, constraint: Constraint, symbol: Symbol, point: Mapping[Basic, Any]
) -> Interval:
    """The part of the interval where a relation affine in `symbol` holds."""
    if symbol not in constraint.affine or constraint.sense == 2 or interval.plane:
        return interval
    a, b = (rational_value(c, point) for c in constraint.affine[symbol])
    if a is None or b is None or a == 0:
        return interval
    bound, strict = Rational(-b / a), constraint.strict
    if constraint.sense == 0:
        return interval.intersect(Interval(bound, bound))
    if (constraint.sense > 0) == (a > 0):
        return interval.intersect(Interval(bound, "inf", low_open=strict))
    return interval.intersect(Interval("-inf", bound, high_open=strict))


def _moderate(rng: random.Random) -> Fraction:
    """A positive rational between 1/300 and 300, small numerators and denominators preferred."""
    top, bottom = rng.choice(((9, 9), (_MODERATE, 9), (9, _MODERATE), (_MODERATE, _MODERATE)))
    return Fraction(rng.randint(1, top), rng.randint(1, bottom))


def _draw(interval: Interval, rng: random.Random, shrink: bool = False) -> Any:
    """A random rational of moderate size in the interval (dyadic complex number for the plane)."""
    if interval.plane:
        return complex(rng.randint(-512, 512) / 128, rng.randint(-512, 512) / 128)
    scale = Fraction(1, 10 ** rng.randint(1, 6)) if shrink else Fraction(1)
    low, high = interval.fractions
    if interval.integer:
        return _draw_integer(low, high, rng)
    if low is None and high is None:
        return rng.choice((1, -1)) * _moderate(rng) * scale
    for _ in range(3):  # simple numbers first, if the interval is as wide as they are
        if rng.random() < 0.7:
            trial = rng.choice((1, -1)) * _moderate(rng) * scale
            if interval.contains(trial):
                return trial
    if high is None:
        return (low or 0) + _moderate(rng) * scale
    if low is None:
        return high - _moderate(rng) * scale
    if low == high:
        return low
    ratio = Fraction(rng.randint(1, _MODERATE - 1), _MODERATE)
    if low >= 0 and rng.random() < 0.5:  # towards the lower end, over magnitudes
        octaves = min(4096, (int((high - low) / low)).bit_length()) if low > 0 else 30
        ratio = ratio / 2 ** rng.randint(0, octaves)
    return low + (high - low) * ratio


def _draw_integer(low: Fraction | None, high: Fraction | None, rng: random.Random) -> Fraction:
    span = rng.choice((3, 10, 10, 30, _MODERATE))
    if low is None and high is None:
        return Fraction(rng.randint(-span, span))
    if low is None:
        return Fraction(int(high or 0) - rng.randint(0, span))
    top = int(low) + span
    return Fraction(rng.randint(int(low), top if high is None else min(top, int(high))))
