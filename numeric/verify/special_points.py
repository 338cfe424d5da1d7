"""Points where errors hide, found from the formula, its domain and the code.

For every argument, along lines through a few ordinary points:

- the corners of the domain, signed zeros, powers of two;
- where a subexpression of the formula changes its sign (a zero or a pole; Arb decides each sign and
  bisection closes in), where two sides of a condition or of a Max meet: the floats next to it;
- where a comparison in the code changes its answer (the threshold between two regimes): the same.

The points follow from formula, domain, code, format and seed alone, so that `recheck` finds the
same ones.

Main definition: `Landmarks`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

import flint
import numpy as np
from sympy import Basic, Expr, Max, Min, Mul, Pow, Symbol
from sympy.core.relational import Relational

from derivax.errors import DerivaxError
from derivax.numeric.verify.branches import Conditions
from derivax.symbolic.exact.ball import BallProgram
from derivax.symbolic.exact.ball_heads import binds
from derivax.symbolic.exact.dag import free_symbols_of, postorder
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.float_grid import FloatGrid

__all__ = ["Landmarks", "inside"]

Array = Any
Row = tuple[float, ...]

_LINES = 2  # ordinary points through which the lines go
_ORDINALS, _EVENLY = 16, 16
_SCALES = tuple(s * 1.37 * 2.0**k for k in range(-18, 19, 3) for s in (1.0, -1.0))
_BITS = 80
_MOST_ROOTS, _MOST_THRESHOLDS, _MOST_CORNERS = 12, 12, 16
_MOST_NODES = 400
_POWERS = (-30, -14, -8, -5, -3, -2, 2, 3, 5, 8, 14, 30)


class Landmarks:
    """The special points of one formula; `rows(dtype)` gives them in a format.

    Arguments: `exprs`, the entries of the formula; `function`, the code for one point (for the
    thresholds); `anchors`, ordinary points of the domain, as floats that every format holds.
    """

    def __init__(
        self,
        exprs: Sequence[Basic],
        args: Sequence[Symbol],
        domain: Domain,
        function: Callable[..., Any] | None,
        anchors: Sequence[Row],
    ) -> None:
        self.args, self.domain = tuple(args), domain.over(args)
        self.function, self.anchors = function, tuple(anchors)[:_LINES]
        self._double = FloatGrid("float64")
        self._regimes: dict[str, list[tuple[Row, int]]] = {}
        self._lines = list(self._all_lines()) if args else []
        self.roots = _thinned(self._roots(exprs), _MOST_ROOTS)

    def rows(self, dtype: str, near: int = 4, ends: bool = True) -> list[Row]:
        """The special points in a format, each once, in an order that depends on nothing else;
        `near`, how many floats on either side of a zero or threshold; `ends`: also corners, zeros
        and powers of two."""
        if not self.args:
            return []
        grid = FloatGrid(dtype)
        if dtype not in self._regimes:
            self._regimes[dtype] = _thinned(self._thresholds(dtype, grid), _MOST_THRESHOLDS)
        places = [*self.roots, *self._regimes[dtype]]
        rows = [*self._corners(grid), *self._powers(grid)] if ends else []
        for row, axis in places:
            rows += _next_to(row, axis, near, grid)
        kept = dict.fromkeys(_in_format(row, dtype) for row in rows)
        return [row for row in kept if inside(self.domain, self.args, row, dtype)]

    # --- lines -------------------------------------------------------------------------------

    def _all_lines(self) -> Any:
        """(axis, anchor, floats along the axis in rising order)."""
        single = FloatGrid("float32")
        for axis, arg in enumerate(self.args):
            interval = self.domain[arg]
            if interval.plane or interval.integer or arg.is_integer:
                continue
            try:
                ends = single.ordinal_range(interval, arg)
            except DerivaxError:
                continue
            assert ends is not None
            low, high = (float(single.floats(end)) for end in ends)
            marks: list[Any] = [
                single.floats(o) for o in np.linspace(*ends, _ORDINALS).astype(np.int64)
            ]
            start, stop = max(low, -1e6), min(high, 1e6)
            marks += [np.float32(x) for x in np.linspace(start, stop, _EVENLY)]
            marks += [np.float32(x) for x in _SCALES]
            values = np.unique([float(x) for x in marks if low <= float(x) <= high])
            for anchor in self.anchors:
                yield axis, anchor, values

    # --- zeros and poles of subexpressions -----------------------------------------------------

    def _roots(self, exprs: Sequence[Basic]) -> list[tuple[Row, int]]:
        candidates = _candidates(exprs, self.args)
        if not candidates or not self._lines:
            return []
        found = []
        try:
            program = BallProgram(candidates, self.args)
        except DerivaxError:
            return []
        single: dict[int, BallProgram] = {}
        for axis, anchor, values in self._lines:
            before: list[int] = [0] * len(candidates)
            for position, value in enumerate(values):
                signs = [_sign(b) for b in program.at(_moved(anchor, axis, value), _BITS)]
                for k, sign in enumerate(signs):
                    if sign * before[k] < 0:
                        if k not in single:
                            single[k] = BallProgram(candidates[k], self.args)
                        ends = (float(values[position - 1]), float(value))
                        root = self._closed_in(single[k], anchor, axis, ends, sign)
                        found.append((root, axis))
                before = signs
        return sorted(set(found))

    def _closed_in(
        self, program: BallProgram, anchor: Row, axis: int, ends: tuple[float, float], right: int
    ) -> Row:
        """Bisection over the floats between two of different sign."""
        low, high = (int(self._double.ordinals(end)) for end in ends)
        while high - low > 1:
            middle = (low + high) // 2
            row = _moved(anchor, axis, float(self._double.floats(middle)))
            sign = _sign(program.at(row, _BITS))
            if sign == 0:
                return row
            if sign == right:
                high = middle
            else:
                low = middle
        return _moved(anchor, axis, float(self._double.floats(high)))

    # --- thresholds of the code ------------------------------------------------------------------

    def _thresholds(self, dtype: str, grid: FloatGrid) -> list[tuple[Row, int]]:
        if self.function is None or not self._lines:
            return []
        try:
            conditions = Conditions(self.function, len(self.args), dtype)
        except (TypeError, ValueError, NotImplementedError, DerivaxError):
            return []  # code that cannot be traced has been reported
        flips = []  # (axis, anchor, low, high, condition)
        for axis, anchor, values in self._lines:
            rows = np.tile(np.asarray(anchor, dtype), (len(values), 1))
            rows[:, axis] = values
            for k, condition in enumerate(conditions.at(list(rows.T))):
                for i in np.flatnonzero(condition[1:] != condition[:-1]):
                    ends = (grid.ordinals(values[i]), grid.ordinals(values[i + 1]))
                    flips.append((axis, anchor, int(ends[0]), int(ends[1]), k))
        flips = _thinned(sorted(set(flips)), 2 * _MOST_THRESHOLDS)
        if not flips:
            return []
        low, high = (np.array([flip[i] for flip in flips], dtype=np.int64) for i in (2, 3))
        which = np.array([flip[4] for flip in flips])

        def answers(ordinals: Array) -> Array:
            rows = np.array([flip[1] for flip in flips], dtype)
            rows[np.arange(len(flips)), [flip[0] for flip in flips]] = grid.floats(ordinals)
            found = np.array(conditions.at(list(rows.T)))
            return found[which, np.arange(len(flips))]

        left = answers(low)
        while (high - low > 1).any():
            middle = low // 2 + high // 2 + (low % 2 + high % 2) // 2  # the sum may overflow
            same = answers(middle) == left
            low, high = np.where(same, middle, low), np.where(same, high, middle)
        return sorted(
            {
                (_moved(flip[1], flip[0], float(grid.floats(o))), flip[0])
                for flip, o in zip(flips, high, strict=True)
            }
        )

    # --- rows ----------------------------------------------------------------------------------

    def _corners(self, grid: FloatGrid) -> list[Row]:
        sides = []
        for arg in self.args:
            interval = self.domain[arg]
            if interval.plane or interval.integer:
                return []
            try:
                ends = grid.ordinal_range(interval, arg)
            except DerivaxError:
                return []
            assert ends is not None
            sides.append([float(grid.floats(end)) for end in ends])
        corners = list(product(*sides))
        return _thinned(corners, _MOST_CORNERS)

    def _powers(self, grid: FloatGrid) -> list[Row]:
        rows = []
        for anchor in self.anchors[:1]:
            for axis, arg in enumerate(self.args):
                if self.domain[arg].plane or self.domain[arg].integer:
                    continue
                rows += [_moved(anchor, axis, s * 2.0**k) for k in _POWERS for s in (1.0, -1.0)]
                rows += [_moved(anchor, axis, zero) for zero in (0.0, -0.0)]
        return rows


def _next_to(row: Row, axis: int, near: int, grid: FloatGrid) -> list[Row]:
    centre = int(grid.clipped_ordinals(np.asarray(row[axis])))
    places = [max(-grid.top, min(grid.top, centre + k)) for k in range(-near, near + 1)]
    return [_moved(row, axis, float(grid.floats(o))) for o in places]


def _candidates(exprs: Sequence[Basic], args: Sequence[Symbol]) -> list[Basic]:
    """The subexpressions whose zeros and poles count; a product has those of its factors."""
    wanted = set(args)
    found: dict[Basic, None] = {}
    clean: dict[Basic, bool] = {}
    count = 0
    for node in postorder(exprs, leaf=binds):
        count += 1
        if count > _MOST_NODES:
            return []
        clean[node] = not binds(node) and all(clean.get(a, False) for a in node.args)
        if not clean[node]:
            continue
        if isinstance(node, Relational | Max | Min):
            first, *rest = node.args
            pairs = [first - other for other in rest if isinstance(other, Expr)]
            found.update(dict.fromkeys(p for p in pairs if isinstance(first, Expr) and p.args))
        elif isinstance(node, Symbol) or (
            isinstance(node, Expr) and node.args and not isinstance(node, Mul | Pow)
        ):
            found[node] = None
    return [node for node in found if free_symbols_of([node]) & wanted]


def _sign(ball: Any) -> int:
    """1 or -1 where that is certain, else 0."""
    if not isinstance(ball, flint.arb):
        return 0
    return 1 if ball > 0 else -1 if ball < 0 else 0


def _moved(row: Row, axis: int, value: float) -> Row:
    return (*row[:axis], float(value), *row[axis + 1 :])


def _in_format(row: Row, dtype: str) -> Row:
    with np.errstate(over="ignore"):
        return tuple(float(x) for x in np.asarray(row, dtype=dtype))


def _thinned(found: Sequence[Any], most: int) -> list[Any]:
    """At most so many, spread evenly over the list."""
    if len(found) <= most:
        return list(found)
    return [found[i] for i in np.linspace(0, len(found) - 1, most).astype(int)]


def inside(domain: Domain, args: Sequence[Symbol], row: Sequence[float], dtype: str) -> bool:
    """Whether a row of floats, none of them subnormal, is certainly a point of the domain."""
    tiny = float(np.finfo(dtype).tiny)
    if not np.isfinite(row).all() or any(0 < abs(value) < tiny for value in row):
        return False
    point = {arg: Fraction(value) for arg, value in zip(args, row, strict=True)}
    return domain.contains(point) is True
