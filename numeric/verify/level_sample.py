"""The points at which levels 1 and 2 compare: random ones, then special ones.

Main definitions: `Sample`, `level_sample`, `landmarks_of`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sympy import Basic, Symbol

from derivax.errors import DomainError
from derivax.numeric.verify.points import rational_rows, sample_points
from derivax.numeric.verify.special_points import Landmarks
from derivax.symbolic.exact.domain import Domain

__all__ = ["Sample", "landmarks_of", "level_sample"]

_ANCHORS = 24


@dataclass(frozen=True)
class Sample:
    """Columns of points of a domain in a format; the first `random` are drawn from the seed."""

    args: tuple[Symbol, ...]
    domain: Domain
    seed: int
    dtype: str
    columns: tuple[Any, ...]
    random: int

    @property
    def size(self) -> int:
        """The number of points (one, when there are no arguments)."""
        return len(self.columns[0]) if self.columns else 1

    def row(self, index: int) -> tuple[float, ...]:
        """One point."""
        return tuple(float(column[index]) for column in self.columns)


def landmarks_of(
    exprs: Sequence[Basic],
    args: Sequence[Symbol],
    domain: Domain,
    function: Callable[..., Any] | None,
    seed: int,
) -> Landmarks:
    """The special points of a formula and its code, in any format."""
    domain = domain.over(args)
    try:
        rows = rational_rows(domain, args, _ANCHORS, seed, "float32") if args else []
    except DomainError:
        rows = []
    plain = sorted({tuple(row) for row in rows if 0 not in row}, key=_plainness)
    return Landmarks(exprs, args, domain, function, plain)


def _plainness(row: Sequence[float]) -> tuple[float, Sequence[float]]:
    """Points next to 1 in every coordinate first; all coordinates equal is a special point."""
    return float(np.abs(np.log(np.abs(row))).sum()) + 9.0 * (len({*row}) < len(row)), row


def level_sample(
    domain: Domain,
    args: Sequence[Symbol],
    count: int,
    landmarks: Landmarks,
    *,
    seed: int,
    dtype: str,
    near: int = 4,
    ends: bool = True,
) -> Sample:
    """`count` random points of the seed, and the landmarks (see `Landmarks.rows`).

    Raises: `DomainError` when no point of the domain is found.
    """
    domain = domain.over(args)
    columns = sample_points(domain, args, count, seed=seed, dtype=dtype)
    drawn = len(columns[0]) if columns else 1
    special = landmarks.rows(dtype, near, ends)
    if special:
        extra = np.array(special, dtype=dtype).T
        columns = [np.concatenate(pair) for pair in zip(columns, extra, strict=True)]
    return Sample(tuple(args), domain, seed, dtype, tuple(columns), drawn)
