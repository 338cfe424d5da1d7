"""Sample points of a formula's domain, exact in the dtype in which the code will see them.

Main definitions: `sample_points`, `point_at`, `in_hex`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from sympy import Symbol

from derivax.errors import DomainError
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.interval import Interval

__all__ = ["in_hex", "point_at", "rational_rows", "sample_points"]

# Uniform over all floats, most formulas are in one of their limits at almost every point, where a
# wrong factor does not show.  So two thirds of the points are of moderate size.
_SHARES = {"floats": 0.35, "rationals": 0.35, "scales": 0.3}
_SCALE_BITS = 20


def sample_points(
    domain: Domain, args: Sequence[Symbol], count: int, *, seed: int, dtype: str
) -> list[np.ndarray]:
    """One column per argument, three kinds of points: floats uniform over bit patterns with the
    extremes of the intervals, rationals, and numbers of random scale between 2^-20 and 2^20.

    Raises: `DomainError` when no point of the domain is found.
    """
    if not args:
        return []
    domain = domain.over(args)
    rows = rational_rows(domain, args, int(count * _SHARES["rationals"]), seed, dtype)
    rows += _scales(domain, args, int(count * _SHARES["scales"]), seed, dtype)
    try:
        wide = domain.float_points(count - len(rows), seed=seed, dtype=dtype)
        columns = [np.asarray(wide[arg], dtype=dtype) for arg in args]
    except DomainError:
        if not rows:
            raise
        columns = [np.empty(0, dtype=dtype) for _ in args]
    near = np.array(rows, dtype=dtype).reshape(len(rows), len(args))
    return [np.concatenate([column, near[:, i]]) for i, column in enumerate(columns)]


def rational_rows(
    domain: Domain, args: Sequence[Symbol], count: int, seed: int, dtype: str
) -> list[list[float]]:
    """Points with rational coordinates of moderate size, rounded to the dtype."""
    kind = np.dtype(dtype).type
    with np.errstate(over="ignore"):
        rows = [
            [float(kind(float(point[arg]))) for arg in args]
            for point in domain.rational_points(count, seed=seed)
        ]
    # rounding to the dtype may leave a narrow interval or break a relation
    return [row for row in rows if _inside(domain, args, row, dtype)]


def _scales(
    domain: Domain, args: Sequence[Symbol], count: int, seed: int, dtype: str
) -> list[list[float]]:
    rng = np.random.default_rng([seed, 2])
    tried = 8 * count
    size = np.exp2(rng.uniform(-_SCALE_BITS, _SCALE_BITS, (tried, len(args))))
    signs = np.ones((tried, len(args)))
    for i, arg in enumerate(args):
        if domain[arg].low < 0:  # on the negative side only, or on both
            both = domain[arg].high > 0
            signs[:, i] = rng.choice([-1.0, 1.0], tried) if both else -1.0
    found: list[list[float]] = []
    for row in (size * signs).astype(dtype).astype(float).tolist():
        if len(found) == count:
            break
        if _inside(domain, args, row, dtype):
            found.append(row)
    return found


def _inside(domain: Domain, args: Sequence[Symbol], row: Sequence[float], dtype: str) -> bool:
    tiny = float(np.finfo(dtype).tiny)
    if not np.isfinite(row).all() or any(0 < abs(value) < tiny for value in row):
        return False
    if not domain.where and all(
        _well_inside(domain[arg], value) for arg, value in zip(args, row, strict=True)
    ):
        return True
    point = {arg: Fraction(value) for arg, value in zip(args, row, strict=True)}
    return domain.contains(point) is True


def _well_inside(interval: Interval, value: float) -> bool:
    """True when a float is clearly an inner point, so that no exact comparison is needed."""
    if interval.integer or interval.plane:
        return False
    low, high = float(interval.low), float(interval.high)
    return bool(np.nextafter(low, np.inf) < value < np.nextafter(high, -np.inf))


def point_at(args: Sequence[Symbol], columns: Sequence[np.ndarray], index: int) -> dict[str, float]:
    """One point as {argument name: value}."""
    return {str(arg): float(column[index]) for arg, column in zip(args, columns, strict=True)}


def in_hex(point: Mapping[str, Any]) -> dict[str, str]:
    """The same point with its numbers in hexadecimal, which JSON and Python read back exactly.

    >>> in_hex({"x": 0.5})
    {'x': '0x1.0000000000000p-1'}
    """
    return {name: float(value).hex() for name, value in point.items()}
