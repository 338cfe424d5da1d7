"""Draw floats of a domain: special ones, and random ones uniform over their ordinals.

Main definition: `float_points`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from sympy import Symbol

from derivax.errors import DomainError
from derivax.symbolic.exact.conditions import decide, holds_in_floats, value_in_floats
from derivax.symbolic.exact.constraints import Constraint, allowed
from derivax.symbolic.exact.float_grid import FloatGrid
from derivax.symbolic.exact.interval import Interval

if TYPE_CHECKING:
    from derivax.symbolic.exact.domain import Domain

__all__ = ["float_points"]

_EXACT_ROWS = 2000


def float_points(domain: Domain, count: int, seed: int, dtype: Any) -> dict[Symbol, np.ndarray]:
    """See `Domain.float_points`."""
    grid = FloatGrid(dtype)
    rng = np.random.default_rng(seed)
    constraints = [Constraint(relation) for relation in domain.where]
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
    constraints: Sequence[Constraint],
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
    constraint: Constraint,
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
    domain: Domain, constraints: Sequence[Constraint], columns: Mapping[Symbol, np.ndarray]
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
