"""Draw points of a domain: exact rationals, and floats uniformly over their ordinals.

Relations between symbols are met by construction where they are affine in one symbol once the
others are drawn (u0 < s < 10*u0: whichever comes first, the other is drawn between its bounds);
everything drawn is then checked, so construction only has to be good, never right.

Main definitions: `rational_points`, `float_points`, `allowed`.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp
from sympy import Basic, Rational, Symbol
from sympy.core.relational import Relational

from derivax.errors import DomainError
from derivax.symbolic.exact.conditions import decide, holds_in_floats, value_in_floats
from derivax.symbolic.exact.dag import exact_number, rational_value, symbols_of
from derivax.symbolic.exact.float_grid import FloatGrid
from derivax.symbolic.exact.interval import Interval

if TYPE_CHECKING:
    from derivax.symbolic.exact.domain import Domain

__all__ = ["allowed", "float_points", "rational_points"]

Point = dict[Symbol, Any]

_MODERATE = 300
_SPECIAL_NUMBERS = tuple(
    # dyadic, so that balls hold them exactly and two equal ones differ by an exact zero (a pole)
    Fraction(text)
    for text in ("0", "1", "-1", "1/2", "2", "1/1024", "1000", "-1000", f"1/{2**40}")
)
_TRIES_PER_SYMBOL = 12
_EXACT_ROWS = 2000


def allowed(symbol: Symbol, value: Any) -> bool | None:
    """Whether assumptions that are no interval (nonzero, even, odd, prime) allow a value."""
    exact = exact_number(value)
    if exact is None:
        return bool(value != 0) if symbol.is_zero is False and isinstance(value, complex) else True
    if symbol.is_zero is False and exact == 0:
        return False
    if exact.denominator != 1:
        return symbol.is_integer is not True
    number = int(exact)
    if symbol.is_integer is False and symbol.is_real:
        return False
    if (symbol.is_even and number % 2) or (symbol.is_odd and number % 2 == 0):
        return False
    if symbol.is_prime is not None and number < 10**12:
        return bool(sp.isprime(number)) is symbol.is_prime
    return True


class _Constraint:
    """A relation of `where`, with its affine forms a*symbol + b in each of its symbols."""

    def __init__(self, relation: Basic) -> None:
        self.relation = relation
        self.symbols = frozenset(symbols_of([relation]))
        self.affine: dict[Symbol, tuple[Basic, Basic]] = {}
        if not isinstance(relation, Relational):
            return
        difference = relation.args[0] - relation.args[1]
        for symbol in self.symbols:
            try:
                poly = sp.Poly(difference, symbol)
            except (sp.PolynomialError, sp.CoercionFailed):
                continue
            if poly.degree() == 1:
                self.affine[symbol] = poly.coeff_monomial(symbol), poly.coeff_monomial(1)

    @property
    def sense(self) -> int:
        """+1 for lhs > rhs, -1 for lhs < rhs, 0 for =, 2 for anything else."""
        if isinstance(self.relation, (sp.StrictGreaterThan, sp.GreaterThan)):
            return 1
        if isinstance(self.relation, (sp.StrictLessThan, sp.LessThan)):
            return -1
        return 0 if isinstance(self.relation, sp.Equality) else 2

    @property
    def strict(self) -> bool:
        """Whether equality is excluded."""
        return isinstance(self.relation, (sp.StrictGreaterThan, sp.StrictLessThan))


# ---- rational points ------------------------------------------------------------------------


def rational_points(domain: Domain, count: int, seed: int) -> list[Point]:
    """See `Domain.rational_points`."""
    rng = random.Random(seed)
    constraints = [_Constraint(relation) for relation in domain.where]
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
    domain: Domain, constraints: Sequence[_Constraint], rng: random.Random
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


def _consistent(point: Point, constraints: Sequence[_Constraint]) -> bool:
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
    domain: Domain, constraints: Sequence[_Constraint], rng: random.Random, fixed: Point
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
    interval: Interval, constraint: _Constraint, symbol: Symbol, point: Mapping[Basic, Any]
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


# ---- float points ---------------------------------------------------------------------------


def float_points(domain: Domain, count: int, seed: int, dtype: Any) -> dict[Symbol, np.ndarray]:
    """See `Domain.float_points`."""
    grid = FloatGrid(dtype)
    rng = np.random.default_rng(seed)
    constraints = [_Constraint(relation) for relation in domain.where]
    if not domain:
        return {}
    ranges = {s: grid.ordinal_range(interval, s) for s, interval in domain.items()}
    specials = {s: _special_floats(s, domain[s], ranges[s], grid) for s in domain}
    wanted = max(1, count)
    batch = _special_columns(domain, ranges, specials, grid, rng, max(8, wanted // 3))
    kept = [_satisfying(domain, constraints, batch)]
    found = min(len(next(iter(kept[0].values()))), wanted // 2)
    kept[0] = {s: column[:found] for s, column in kept[0].items()}
    for _ in range(64):
        if found >= wanted:
            break
        size = max(64, 2 * (wanted - found))
        batch = _draw_columns(domain, constraints, ranges, grid, rng, size)
        good = _satisfying(domain, constraints, batch)
        kept.append(good)
        found += len(next(iter(good.values())))
    if not found:
        raise DomainError(f"domain {domain}", "no float found that satisfies all conditions")
    return {s: np.concatenate([part[s] for part in kept])[:wanted] for s in domain}


def _special_floats(
    symbol: Symbol, interval: Interval, ordinals: tuple[int, int] | None, grid: FloatGrid
) -> np.ndarray:
    if ordinals is None:  # the plane
        return np.array([0, 1, -1, 1j, -1j], grid.complex_dtype)
    low, high = ordinals
    numbers = [grid.floats(o) for o in {low, low + 1, high, high - 1} if low <= o <= high]
    numbers += [sign * x for x in grid.specials for sign in (1, -1)]
    numbers += [
        sign * grid.dtype.type(2.0) ** k for k in (1, -1, 4, -4, 10, -10) for sign in (1, -1)
    ]
    fitting = [
        x
        for x in numbers
        if low <= grid.ordinals(x) <= high
        and (not interval.integer or (x == np.floor(x) and abs(x) <= 1024))
        and allowed(symbol, float(x))
    ]
    return np.array(fitting, grid.dtype)


def _special_columns(
    domain: Domain,
    ranges: Mapping[Symbol, tuple[int, int] | None],
    specials: Mapping[Symbol, np.ndarray],
    grid: FloatGrid,
    rng: np.random.Generator,
    size: int,
) -> dict[Symbol, np.ndarray]:
    """Rows whose coordinates are special numbers: all of them, or one with the others random."""
    columns = {}
    focus = rng.integers(0, len(domain), size)
    everywhere = rng.random(size) < 0.5
    for index, symbol in enumerate(domain):
        column = _uniform(domain[symbol], ranges[symbol], grid, rng, size)
        picks = specials[symbol]
        if len(picks):
            chosen = np.resize(picks, size) if len(domain) == 1 else rng.choice(picks, size)
            column = np.where(everywhere | (focus == index), chosen, column).astype(column.dtype)
        columns[symbol] = column
    return columns


def _uniform(
    interval: Interval,
    ordinals: tuple[Any, Any] | None,
    grid: FloatGrid,
    rng: np.random.Generator,
    size: int,
    coarse: bool = False,
) -> np.ndarray:
    """Uniform over the ordinals between the ends (arrays or numbers), or moderate integers.

    `coarse`: prefer numbers with few digits, so that an equation between floats can hold exactly.
    """
    if ordinals is None:
        scale = 10.0 ** rng.uniform(-3, 3, size)
        z = (rng.standard_normal(size) + 1j * rng.standard_normal(size)) * scale
        return z.astype(grid.complex_dtype)
    low, high = ordinals
    if not interval.integer:
        column = grid.floats(rng.integers(low, high, size, dtype=np.int64, endpoint=True))
        if coarse:
            digits = np.finfo(grid.dtype).nmant // 3
            top = rng.integers(-(2**digits), 2**digits, size)
            simple = (top / 2.0 ** rng.integers(0, digits, size)).astype(grid.dtype)
            inside = (grid.ordinals(simple) >= low) & (grid.ordinals(simple) <= high)
            column = np.where(inside, simple, column)
        return column
    bound = 2.0 ** (np.finfo(grid.dtype).nmant)
    first = np.ceil(np.clip(grid.floats(low).astype(np.float64), -bound, bound))
    last = np.floor(np.clip(grid.floats(high).astype(np.float64), -bound, bound))
    span = np.floor(10.0 ** rng.uniform(0, 4, size))
    from_low = np.broadcast_to(first > -bound, (size,))
    from_high = np.broadcast_to(last < bound, (size,))
    step = np.floor(rng.random(size) * (span + 1))
    centred = np.clip(rng.choice((-1.0, 1.0), size) * step, first, last)
    column = np.where(
        from_low, np.minimum(first + step, last), np.where(from_high, last - step, centred)
    )
    return column.astype(grid.dtype)


def _draw_columns(
    domain: Domain,
    constraints: Sequence[_Constraint],
    ranges: Mapping[Symbol, tuple[int, int] | None],
    grid: FloatGrid,
    rng: np.random.Generator,
    size: int,
) -> dict[Symbol, np.ndarray]:
    """Rows drawn symbol by symbol, each between the bounds that the earlier ones leave."""
    columns: dict[Symbol, np.ndarray] = {}
    order = list(domain)
    if constraints:
        rng.shuffle(order)
    coarse = any(constraint.sense == 0 for constraint in constraints)
    for symbol in order:
        ordinals: tuple[Any, Any] | None = ranges[symbol]
        known = {*columns, symbol}
        for constraint in constraints:
            if symbol in constraint.symbols and constraint.symbols <= known:
                ordinals = _narrowed_ordinals(ordinals, constraint, symbol, columns, grid, size)
        columns[symbol] = _uniform(domain[symbol], ordinals, grid, rng, size, coarse)
    return {s: columns[s] for s in domain}


def _narrowed_ordinals(
    ordinals: tuple[Any, Any] | None,
    constraint: _Constraint,
    symbol: Symbol,
    columns: Mapping[Symbol, np.ndarray],
    grid: FloatGrid,
    size: int,
) -> tuple[Any, Any] | None:
    if ordinals is None or symbol not in constraint.affine or constraint.sense == 2:
        return ordinals
    with np.errstate(all="ignore"):
        a, b = (value_in_floats(c, columns, size) for c in constraint.affine[symbol])
        if a is None or b is None:
            return ordinals
        bound = np.nan_to_num(-b / a, nan=0.0, posinf=np.inf, neginf=-np.inf)
    limit = grid.clipped_ordinals(bound)
    low, high = (np.broadcast_to(np.asarray(o, dtype=np.int64), (size,)) for o in ordinals)
    step = 1 if constraint.strict else 0
    below = a < 0 if constraint.sense > 0 else a > 0  # the symbol is bounded from above
    if constraint.sense == 0:
        new_low, new_high = np.maximum(low, limit), np.minimum(high, limit)
    else:
        new_low = np.where(below, low, np.maximum(low, limit + step))
        new_high = np.where(below, np.minimum(high, limit - step), high)
    dead = new_low > new_high  # such a row fails the check afterwards
    return np.where(dead, low, new_low), np.where(dead, high, new_high)


def _satisfying(
    domain: Domain, constraints: Sequence[_Constraint], columns: Mapping[Symbol, np.ndarray]
) -> dict[Symbol, np.ndarray]:
    """The rows that satisfy every relation (borderline ones decided exactly)."""
    size = len(next(iter(columns.values())))
    keep = np.ones(size, bool)
    for symbol in domain:
        if _needs_check(symbol):
            keep &= np.array([bool(allowed(symbol, v)) for v in columns[symbol].tolist()], bool)
    for constraint in constraints:
        holds, sure = holds_in_floats(constraint.relation, columns)
        keep &= holds | ~sure
        unsure = np.flatnonzero(keep & ~sure)
        keep[unsure[_EXACT_ROWS:]] = False  # a relation that rounding decides everywhere is slow
        for row in unsure[:_EXACT_ROWS]:
            point = {s: columns[s][row].item() for s in domain}
            keep[row] = decide(constraint.relation, point) is True
    return {s: columns[s][keep] for s in domain}


def _needs_check(symbol: Symbol) -> bool:
    special = (symbol.is_even, symbol.is_odd, symbol.is_prime)
    return any(special) or (symbol.is_zero is False and not symbol.is_extended_positive)
