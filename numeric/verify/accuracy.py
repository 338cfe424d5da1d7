r"""Code against exact arithmetic at many points: what differs, and whether rounding explains it.

At every point the result of the code is compared with the correctly rounded exact value.  The
difference is accepted when it is at most

.. math:: \max(8\ \mathrm{ulp},\; 2\sum_i |A_i|\varepsilon_i),

the second term being the first-order rounding bound of the code's own operations at that point
(`rounding.rounding_bound`); results below the smallest normal number count as zero.  A larger
difference, or a NaN or infinity where the exact value is an ordinary number, refutes the code, with
the point as witness.  Where the bound exceeds an eighth of the value, first order says nothing
(a difference that rounds to zero may even be divided by): such points are counted as *unresolved*,
never as agreement.  Where even the exact value changes by an eighth when the arguments move by
4 ulp, no code could do better: *unresolvable*.  Where an argument is extreme (beyond a quarter of
the exponent range: 2^32 in float32, 2^256 in float64) and an operation overflows or underflows, the
point is *out of range*; at any other point an overflow refutes.

Main definitions: `Accuracy`, `compare`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sympy import Basic, Symbol

from derivax.numeric.verify.points import in_hex, point_at
from derivax.numeric.verify.rounding import NoRoundingRuleError, rounding_bound
from derivax.symbolic.exact.ball import BallProgram, correctly_rounded

__all__ = ["EXCUSED_ULP", "Accuracy", "compare", "ulp_errors"]

EXCUSED_ULP = 8.0
_SAFETY = 2.0
_FIRST_ORDER = 0.125
_WORST_KEPT = 64
_FEW = 16
_CHUNK = 64
_MOST_EXCUSED = 96  # of the points that look lost: the exact values around them cost time
_HISTOGRAM = (0.5, 1.0, 2.0, 4.0, 8.0, 64.0, 1e3, 1e6, 1e9, np.inf)
_WIDE = np.longdouble

Array = Any


@dataclass
class Accuracy:
    """The comparison of one dtype: counts, errors in ulp, the worst points, a witness if any."""

    dtype: str
    points: int
    compared: int = 0
    undecided: int = 0
    undefined: int = 0
    explained: int = 0
    unresolved: int = 0
    unresolvable: int = 0
    out_of_range: int = 0
    max_ulp: float = 0.0
    p50_ulp: float = 0.0
    p99_ulp: float = 0.0
    allowed_by: str = "rounding bound of the code"
    histogram: list[int] = field(default_factory=list)
    argmax: dict[str, str] = field(default_factory=dict)
    worst: list[dict[str, Any]] = field(default_factory=list)
    witness: dict[str, Any] | None = None

    @property
    def resolution(self) -> float:
        """The smallest relative error that would have been seen: 8 ulp."""
        return EXCUSED_ULP * float(np.finfo(self.dtype).eps)


def compare(
    function: Callable[..., Sequence[Any]],
    computed: dict[str, list[Array]],
    entries: Sequence[tuple[str, Basic]],
    args: Sequence[Symbol],
    columns: Sequence[Array],
    dtype: str,
) -> Accuracy:
    """Judge the results of the code at sample points.

    Arguments: `function`, the code for one point, returning its scalar entries; `computed`, for
    each way of running it ("jit", "eager"), the results of each entry at all points; `entries`,
    label and exact expression of each; `args`, `columns`, the points.
    """
    with np.errstate(all="ignore"):  # overflow and NaN are what is looked for here
        return _compare(function, computed, entries, args, columns, dtype)


def _compare(
    function: Callable[..., Sequence[Any]],
    computed: dict[str, list[Array]],
    entries: Sequence[tuple[str, Basic]],
    args: Sequence[Symbol],
    columns: Sequence[Array],
    dtype: str,
) -> Accuracy:
    report = Accuracy(dtype, len(columns[0]) if columns else 1)
    limits = _RoundingLimits(function, entries, args, columns, dtype, report)
    errors: list[Array] = []
    rows: list[tuple[float, dict[str, Any]]] = []
    for k, (label, expr) in enumerate(entries):
        exact, decided = correctly_rounded(expr, args, columns, dtype)
        defined = decided & ~np.isnan(exact)
        report.undecided += int(np.count_nonzero(~decided))
        report.undefined += int(np.count_nonzero(decided & ~defined))
        for mode, results in computed.items():
            code = np.broadcast_to(np.asarray(results[k], dtype=dtype), exact.shape)
            ulps, hard = ulp_errors(code, exact, dtype)
            ulps, hard = np.where(defined, ulps, 0.0), hard & defined
            at_zero = hard & (exact == 0)
            if at_zero.any():  # a number below the smallest float is no zero
                tiny = at_zero & ~_exactly_zero(expr, args, columns, at_zero)
                ulps, hard = np.where(tiny, 0.0, ulps), hard & ~tiny
            allowed, status = _judge(ulps, hard, exact, limits, k)
            report.compared += int(np.count_nonzero(defined))
            report.explained += int(np.count_nonzero(status == _EXPLAINED))
            report.unresolved += int(np.count_nonzero(status == _LOST_BY_CODE))
            report.unresolvable += int(np.count_nonzero(status == _LOST_BY_FORMULA))
            report.out_of_range += int(np.count_nonzero(status == _OUT_OF_RANGE))
            seen = defined & np.isin(status, (_AGREES, _EXPLAINED, _REFUTES))
            # next to zero there is no relative error; such points are judged, but not in ulp
            seen &= np.abs(exact) >= np.finfo(dtype).tiny
            errors.append(ulps[seen & np.isfinite(ulps)])
            evidence = _Evidence(label, mode, args, columns, code, exact, ulps, allowed)
            refuting = np.flatnonzero(status == _REFUTES)
            if refuting.size and report.witness is None:
                plainest = int(refuting[np.argmax(_plainness(columns, refuting))])
                report.witness = evidence.witness(plainest)
            order = np.argsort(-np.where(seen, ulps, -1.0), kind="stable")[:_WORST_KEPT]
            rows += [(float(ulps[i]), evidence.at(int(i))) for i in order if seen[i]]
    _summarise(report, np.concatenate(errors) if errors else np.zeros(0), rows)
    return report


_AGREES, _EXPLAINED, _LOST_BY_CODE, _LOST_BY_FORMULA, _OUT_OF_RANGE, _REFUTES = range(6)


def _judge(
    ulps: Array, hard: Array, exact: Array, limits: _RoundingLimits, k: int
) -> tuple[Array, Array]:
    """The allowed error in ulp and the status of each point."""
    allowed = np.full(len(exact), EXCUSED_ULP)
    status = np.full(len(exact), _AGREES)
    suspects = np.flatnonzero((ulps > EXCUSED_ULP) | hard)
    limits.prepare(suspects)
    for i in map(int, suspects):
        bound, size = limits.in_ulp(i, k, exact[i])
        first_order = np.isfinite(bound) and bound <= _FIRST_ORDER * size
        if first_order:
            allowed[i] = max(EXCUSED_ULP, _SAFETY * bound)
        if not hard[i] and first_order and ulps[i] <= allowed[i]:
            status[i] = _EXPLAINED
        elif limits.out_of_range(i, k, bool(hard[i])):
            status[i] = _OUT_OF_RANGE
        elif first_order or (hard[i] and limits.touched[i][k]):
            status[i] = _REFUTES
        else:
            status[i] = _LOST_BY_CODE
    lost = np.flatnonzero(status == _LOST_BY_CODE)[:_MOST_EXCUSED]
    _excuse(lost, ulps, hard, exact, limits, k, allowed, status)
    refuting = np.flatnonzero(status == _REFUTES)
    refuting = refuting[np.argsort(-_plainness(limits.columns, refuting), kind="stable")]
    for low in range(0, len(refuting), _FEW):
        chunk = refuting[low : low + _FEW]
        _excuse(chunk, ulps, hard, exact, limits, k, allowed, status)
        if (status[chunk] == _REFUTES).any():
            break
    return allowed, status


def _excuse(
    indices: Array,
    ulps: Array,
    hard: Array,
    exact: Array,
    limits: _RoundingLimits,
    k: int,
    allowed: Array,
    status: Array,
) -> None:
    """Set aside what no code could resolve: the exact value itself changes as much when the
    arguments move by 4 ulp (at a jump, or far out on an oscillation)."""
    changes = limits.changes(indices, k)
    for i, change in zip(map(int, indices), changes):
        by_move = float(change / _spacing(exact[i], limits.dtype))
        if change > _FIRST_ORDER * abs(float(exact[i])) and exact[i] != 0:
            status[i] = _LOST_BY_FORMULA
        elif not hard[i] and ulps[i] <= _SAFETY * by_move:
            status[i], allowed[i] = _EXPLAINED, _SAFETY * by_move


class _RoundingLimits:
    """Rounding bounds and conditioning at the points that need them, each computed once."""

    def __init__(
        self,
        function: Callable[..., Any],
        entries: Sequence[tuple[str, Basic]],
        args: Sequence[Symbol],
        columns: Sequence[Array],
        dtype: str,
        report: Accuracy,
    ) -> None:
        self.function, self.entries, self.args = function, entries, args
        self.columns, self.dtype, self.report = columns, dtype, report
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
                found = rounding_bound(self.function, picked)
                bounds, strained, touched = found.bounds, found.strained, found.touched
            except NoRoundingRuleError as error:
                self.report.allowed_by = f"conditioning of the formula (no rounding rule: {error})"
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
        ulp = _spacing(exact, self.dtype)
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


def _spacing(value: Any, dtype: str) -> Array:
    """One ulp at `value`; below the smallest normal number, that of the smallest normal."""
    limits = np.finfo(dtype)
    size = np.maximum(np.abs(np.asarray(value, dtype=dtype)), limits.tiny)
    top = np.nextafter(limits.max, limits.dtype.type(0))  # the spacing at max itself overflows
    return np.spacing(np.minimum(size, top)).astype(_WIDE)


def ulp_errors(code: Array, exact: Array, dtype: str) -> tuple[Array, Array]:
    """Errors in ulp, and the points where the code fails outright (NaN or infinity for a number).

    Results below the smallest normal number may be flushed to zero.  An infinity counts as the
    number just above the largest one, so that a rounding at the edge of overflow stays a rounding.
    """
    limits = np.finfo(dtype)
    top = _WIDE(limits.max) * (1 + _WIDE(limits.eps))
    wide_exact = np.where(np.isinf(exact), np.sign(exact) * top, exact.astype(_WIDE))
    wide_code = np.where(np.isinf(code), np.sign(code) * top, code.astype(_WIDE))
    ulps = np.abs(wide_code - wide_exact) / _spacing(exact, dtype)
    both_tiny = (np.abs(exact) <= limits.tiny) & (np.abs(wide_code) <= limits.tiny)
    ulps = np.where(both_tiny, 0.0, ulps)
    ordinary = np.isfinite(exact) & ((np.abs(exact) >= limits.tiny) | (exact == 0))
    hard = ordinary & np.isnan(code)
    far_infinity = np.isinf(code) & np.isfinite(exact) & (np.abs(exact) < limits.max / 2)
    hard |= ordinary & far_infinity
    # a NaN where the exact value overflows or underflows is no number that could be wrong
    ulps = np.where(np.isnan(ulps), np.where(ordinary, np.inf, 0.0), ulps)
    return np.minimum(ulps, 1e300).astype(np.float64), hard


def _extreme(columns: Sequence[Array], i: int, dtype: str) -> bool:
    """True when an argument lies beyond 2^(+-q), q a quarter of the exponent range of the dtype."""
    edge = 2.0 ** (np.finfo(dtype).maxexp // 4)
    sizes = [abs(float(column[i])) for column in columns]
    return any(size > edge or 0 < size < 1 / edge for size in sizes)


def _plainness(columns: Sequence[Array], indices: Array) -> Array:
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


def _exactly_zero(
    expr: Basic, args: Sequence[Symbol], columns: Sequence[Array], suspects: Array
) -> Array:
    """Those of the suspects (where the value rounds to zero) at which it is zero, not tiny."""
    zero = np.zeros(len(suspects), dtype=bool)
    program = BallProgram(expr, args)
    for i in np.flatnonzero(suspects):
        ball = program.at([float(column[i]) for column in columns], 128)
        zero[i] = bool(ball.is_zero())
    return zero


@dataclass(frozen=True)
class _Evidence:
    """Points of one entry in one mode, as a certificate keeps them."""

    label: str
    mode: str
    args: Sequence[Symbol]
    columns: Sequence[Array]
    code: Array
    exact: Array
    ulps: Array
    allowed: Array

    def at(self, i: int) -> dict[str, Any]:
        """What a re-check needs of point i."""
        return {
            "output": self.label,
            "mode": self.mode,
            "result": float(self.code[i]).hex(),
            "exact": float(self.exact[i]).hex(),
            "error_ulp": float(self.ulps[i]),
            "allowed_ulp": float(self.allowed[i]),
            "at": in_hex(point_at(self.args, self.columns, i)),
        }

    def witness(self, i: int) -> dict[str, Any]:
        """Point i in decimals, for people, with its exact form in hexadecimal."""
        return {
            **point_at(self.args, self.columns, i),
            "code": float(self.code[i]),
            "exact": float(self.exact[i]),
            "dtype": str(self.code.dtype),
            "evidence": self.at(i),
        }


def _summarise(report: Accuracy, errors: Array, rows: list[tuple[float, dict[str, Any]]]) -> None:
    rows.sort(key=lambda row: -row[0])
    report.worst = [evidence for _, evidence in rows[:_WORST_KEPT]]
    if errors.size:
        report.max_ulp = float(errors.max())
        report.p50_ulp, report.p99_ulp = (float(q) for q in np.quantile(errors, [0.5, 0.99]))
        report.histogram = np.histogram(errors, bins=[0.0, *_HISTOGRAM])[0].tolist()
    if report.worst:
        report.argmax = dict(report.worst[0]["at"])
