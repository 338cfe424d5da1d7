"""What explains a difference between code and exact value: rounding, conditioning, the range.

Main definitions: `judge`, `RoundingLimits`, `Status`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from typing import Any

import numpy as np
from sympy import Basic, Symbol

from derivax.numeric.verify.rounding import NoRoundingRuleError, RoundingProgram
from derivax.numeric.verify.ulps import EXCUSED_ULP, spacing
from derivax.symbolic.exact.ball import correctly_rounded

__all__ = ["RoundingLimits", "Status", "judge", "plainness"]

_SAFETY = 2.0
_FIRST_ORDER = 0.125
_FEW = 16
_CHUNK = 128
_MOST_EXCUSED = 96  # of the points that look lost: the exact values around them cost time
_WIDE = np.longdouble

Array = Any


class Status(IntEnum):
    """How a comparison ended; see the head of `accuracy`."""

    AGREES = 0
    EXPLAINED = 1
    LOST_BY_CODE = 2
    LOST_BY_FORMULA = 3
    OUT_OF_RANGE = 4
    REFUTES = 5


def judge(
    ulps: Array, hard: Array, exact: Array, limits: RoundingLimits, k: int
) -> tuple[Array, Array]:
    """The allowed error in ulp and the status of each point."""
    allowed = np.full(len(exact), limits.excused)
    status = np.full(len(exact), Status.AGREES)
    suspects = np.flatnonzero((ulps > limits.excused) | hard)
    limits.prepare(suspects)
    for i in map(int, suspects):
        bound, size = limits.in_ulp(i, k, exact[i])
        first_order = np.isfinite(bound) and bound <= _FIRST_ORDER * size
        if first_order:
            allowed[i] = max(limits.excused, _SAFETY * bound)
        if not hard[i] and first_order and ulps[i] <= allowed[i]:
            status[i] = Status.EXPLAINED
        elif limits.out_of_range(i, k, bool(hard[i])):
            status[i] = Status.OUT_OF_RANGE
        elif first_order or (hard[i] and limits.touched[i][k]):
            status[i] = Status.REFUTES
        else:
            status[i] = Status.LOST_BY_CODE
    lost = np.flatnonzero(status == Status.LOST_BY_CODE)[:_MOST_EXCUSED]
    _excuse(lost, ulps, hard, exact, limits, k, allowed, status)
    refuting = np.flatnonzero(status == Status.REFUTES)
    refuting = refuting[np.argsort(-plainness(limits.columns, refuting), kind="stable")]
    for low in range(0, len(refuting), _FEW):
        chunk = refuting[low : low + _FEW]
        _excuse(chunk, ulps, hard, exact, limits, k, allowed, status)
        if (status[chunk] == Status.REFUTES).any():
            break
    return allowed, status


def _excuse(
    indices: Array,
    ulps: Array,
    hard: Array,
    exact: Array,
    limits: RoundingLimits,
    k: int,
    allowed: Array,
    status: Array,
) -> None:
    """Set aside what no code could resolve: the exact value itself changes as much when the
    arguments move by 4 ulp (at a jump, or far out on an oscillation)."""
    changes = limits.changes(indices, k)
    for i, change in zip(map(int, indices), changes):
        by_move = float(change / spacing(exact[i], limits.dtype))
        if change > _FIRST_ORDER * abs(float(exact[i])) and exact[i] != 0:
            status[i] = Status.LOST_BY_FORMULA
        elif not hard[i] and ulps[i] <= _SAFETY * by_move:
            status[i], allowed[i] = Status.EXPLAINED, _SAFETY * by_move


class RoundingLimits:
    """Rounding bounds and conditioning at the points that need them, each computed once."""

    def __init__(
        self,
        function: Callable[..., Any],
        entries: Sequence[tuple[str, Basic]],
        args: Sequence[Symbol],
        columns: Sequence[Array],
        dtype: str,
        excused: float = EXCUSED_ULP,
    ) -> None:
        self.excused = excused
        self.function, self.entries, self.args = function, entries, args
        self.columns, self.dtype = columns, dtype
        self.program: RoundingProgram | None = None  # traced when it is needed
        self.rests_on = "rounding bound of the code"
        self.bounds: dict[int, list[Array]] = {}
        self.strained: dict[int, list[bool]] = {}
        self.touched: dict[int, list[bool]] = {}
        self.sensitivities: dict[tuple[int, int], float] = {}

    def prepare(self, indices: Iterable[int]) -> None:
        """Compute the bounds at points of which they are not known yet."""
        fresh = [int(i) for i in indices if int(i) not in self.bounds]
        for low in range(0, len(fresh), _CHUNK):
            chunk = fresh[low : low + _CHUNK]
            picked = [column[chunk] for column in self.columns]
            try:
                if self.program is None:
                    self.program = RoundingProgram(self.function, picked)
                found = self.program.at(picked)
                bounds, strained, touched = found.bounds, found.strained, found.touched
            except NoRoundingRuleError as error:
                self.rests_on = f"conditioning of the formula (no rounding rule: {error})"
                bounds = [
                    4 * _sensitivity(expr, self.args, picked, self.dtype)
                    for _, expr in self.entries
                ]
                strained = touched = [np.ones(len(chunk), dtype=bool) for _ in self.entries]
            for position, i in enumerate(chunk):
                self.bounds[i] = [column[position] for column in bounds]
                self.strained[i] = [bool(column[position]) for column in strained]
                self.touched[i] = [bool(column[position]) for column in touched]

    def in_ulp(self, i: int, k: int, exact: Any) -> tuple[float, float]:
        """The bound and the size of the exact value, in ulp of that value."""
        ulp = spacing(exact, self.dtype)
        return float(self.bounds[i][k] / ulp), float(np.abs(_WIDE(exact)) / ulp)

    def out_of_range(self, i: int, k: int, failed: bool) -> bool:
        """An argument is extreme, and an operation leaves the range of normal numbers.

        Where the result `failed` (NaN), any such operation will do: 0 * inf has no derivative.
        """
        strained = self.touched[i][k] if failed else self.strained[i][k]
        return strained and _extreme(self.columns, i, self.dtype)

    def changes(self, indices: Iterable[int], k: int) -> list[float]:
        """How much the exact value changes there when the arguments move by 4 ulp."""
        fresh = [int(i) for i in indices if (int(i), k) not in self.sensitivities]
        if fresh:
            picked = [column[fresh] for column in self.columns]
            found = _sensitivity(self.entries[k][1], self.args, picked, self.dtype)
            self.sensitivities.update({(i, k): float(v) for i, v in zip(fresh, found)})
        return [self.sensitivities[int(i), k] for i in indices]


def _extreme(columns: Sequence[Array], i: int, dtype: str) -> bool:
    """True when an argument lies beyond 2^(+-q), q a quarter of the exponent range of the dtype."""
    edge = 2.0 ** (np.finfo(dtype).maxexp // 4)
    sizes = [abs(float(column[i])) for column in columns]
    return any(size > edge or 0 < size < 1 / edge for size in sizes)


def plainness(columns: Sequence[Array], indices: Array) -> Array:
    """Higher for points near 1 in every argument: the witness that is easiest to try by hand."""
    total = np.zeros(len(indices))
    for column in columns:
        size = np.abs(column[indices].astype(np.float64))
        total -= np.abs(np.log(np.where(size > 0, size, 1.0)))
    return total


def _sensitivity(
    expr: Basic, args: Sequence[Symbol], columns: Sequence[Array], dtype: str
) -> Array:
    """How much the exact value changes when each argument moves by 4 ulp of `dtype`, summed."""
    centre, _ = correctly_rounded(expr, args, columns, "float64")
    total = np.zeros(len(columns[0]) if columns else 1, dtype=_WIDE)
    for i in range(len(args)):
        shifts = []
        for direction in (-np.inf, np.inf):
            moved = list(columns)
            for _ in range(4):
                moved[i] = np.nextafter(moved[i], columns[i].dtype.type(direction))
            value, _ = correctly_rounded(expr, args, moved, "float64")
            shifts.append(np.abs(value.astype(_WIDE) - centre))
        total += np.nan_to_num(np.fmax(*shifts), nan=0.0)  # one side may lie outside the domain
    return total
