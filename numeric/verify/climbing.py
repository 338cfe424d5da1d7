"""Hill climbing on the error: from the worst points found to worse ones nearby.

The worst points of a sample change their last bits, their exponents or a few coordinates; the worst
of parents and children are the next parents.  A point that was climbed to is written down as the
number of the sample point where it began and the numbers of the moves: with the seed they give it
again, on any machine, without knowing any error.

Main definitions: `climb`, `moved`, `from_origin`, `Climbed`.

References: V. Innocente, P. Zimmermann, *Accuracy of Mathematical Functions in Single, Double,
Double Extended, and Quadruple Precision* (black-box search for large errors).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from derivax.numeric.verify.level_sample import Sample
from derivax.numeric.verify.special_points import inside
from derivax.symbolic.exact.float_grid import FloatGrid

__all__ = ["Climbed", "climb", "from_origin", "moved"]

ROUNDS, POPULATION = 12, 16
_LONGEST = 4 * ROUNDS  # moves of an origin
_STREAM = 5  # of random numbers, beside those of the sample

Row = tuple[float, ...]
Origin = tuple[int, ...]


class Climbed(NamedTuple):
    """A point with where it comes from: a sample point, and moves."""

    origin: Origin
    row: Row


def climb(
    errors_at: Callable[[Sequence[Row]], Any], sample: Sample, errors: Any, rounds: int = ROUNDS
) -> list[Climbed]:
    """The points that the worst ones of the sample lead to; sample points are not repeated.

    Arguments: `errors_at`, the errors of the code at points (0 where there is none to speak of);
    `errors`, those at the sample points.
    """
    if not sample.args or not len(errors):
        return []
    order = np.argsort(-np.asarray(errors), kind="stable")[:POPULATION]
    parents = [(float(errors[i]), Climbed((int(i),), sample.row(int(i)))) for i in order]
    for turn in range(rounds):
        children: dict[Row, Climbed] = {}
        for k in range(POPULATION):
            _, parent = parents[k % len(parents)]
            number = turn * POPULATION + k
            row = moved(parent.row, number, sample)
            if row is not None and row != parent.row:
                children.setdefault(row, Climbed((*parent.origin, number), row))
        known = {parent.row for _, parent in parents}
        fresh = [child for row, child in children.items() if row not in known]
        if not fresh:
            continue
        found = errors_at([child.row for child in fresh])
        parents += [(float(e), child) for e, child in zip(found, fresh, strict=True)]
        parents.sort(key=lambda pair: -pair[0])
        parents = parents[:POPULATION]
    return [point for _, point in parents if len(point.origin) > 1]


def moved(row: Row, number: int, sample: Sample) -> Row | None:
    """Where move `number` of this sample leads from a point; None where it leaves the domain."""
    rng = np.random.default_rng([sample.seed, _STREAM, number])
    grid = FloatGrid(sample.dtype)
    new = list(row)
    axes = rng.permutation(len(row))[: 1 + int(rng.random() < 0.3)]
    for axis in axes:
        interval = sample.domain[sample.args[axis]]
        if interval.integer:
            new[axis] = row[axis] + float(rng.choice((-1, 1)))
            continue
        kind = rng.random()
        if kind < 0.2:
            new[axis] = row[axis] * 2.0 ** float(rng.integers(-2, 3))
            continue
        place = int(grid.ordinals(row[axis]))
        digits = int(rng.integers(1, np.finfo(sample.dtype).nmant))
        if kind < 0.6:  # other last digits
            place = place ^ int(rng.integers(0, 2**digits, dtype=np.int64))
        else:
            place += int(rng.integers(-(2**digits), 2**digits, dtype=np.int64, endpoint=True))
        new[axis] = float(grid.floats(max(-grid.top, min(grid.top, place))))
    with np.errstate(over="ignore"):
        found = tuple(float(x) for x in np.asarray(new, dtype=sample.dtype))
    return found if inside(sample.domain, sample.args, found, sample.dtype) else None


def from_origin(origin: Sequence[Any], sample: Sample) -> Row | None:
    """The point that an origin names; None when it names none."""
    if not 1 < len(origin) <= _LONGEST or any(type(part) is not int for part in origin):
        return None
    if not 0 <= origin[0] < sample.size or any(move < 0 for move in origin[1:]):
        return None
    row: Row | None = sample.row(origin[0])
    for move in origin[1:]:
        if row is not None:
            row = moved(row, move, sample)
    return row
