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

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sympy import Basic, Symbol

from derivax.numeric.verify.exact_values import exact_values
from derivax.numeric.verify.excuses import RoundingLimits, Status, judge, plainness
from derivax.numeric.verify.points import in_hex, point_at
from derivax.numeric.verify.ulps import EXCUSED_ULP, ulp_errors
from derivax.symbolic.exact.ball import BallProgram

__all__ = ["EXCUSED_ULP", "Accuracy", "compare", "ulp_errors"]

_WORST_KEPT = 64
_JUDGED = (Status.AGREES, Status.EXPLAINED, Status.REFUTES)
_COUNTED = {
    "explained": Status.EXPLAINED,
    "unresolved": Status.LOST_BY_CODE,
    "unresolvable": Status.LOST_BY_FORMULA,
    "out_of_range": Status.OUT_OF_RANGE,
}
_HISTOGRAM = (0.5, 1.0, 2.0, 4.0, 8.0, 64.0, 1e3, 1e6, 1e9, np.inf)
_WIDE = np.longdouble

Array = Any


@dataclass
class Tally:
    """How many comparisons ended how."""

    compared: int = 0
    undecided: int = 0
    undefined: int = 0
    explained: int = 0
    unresolved: int = 0
    unresolvable: int = 0
    out_of_range: int = 0
    removable: int = 0

    def add(self, decided: Array, defined: Array, status: Array, first: bool) -> None:
        """Count the points of one entry in one mode; what the exact side says, once per entry."""
        if first:
            self.undecided += int(np.count_nonzero(~decided))
            self.undefined += int(np.count_nonzero(decided & ~defined))
        self.compared += int(np.count_nonzero(defined))
        for name, code in _COUNTED.items():
            setattr(self, name, getattr(self, name) + int(np.count_nonzero(status == code)))


@dataclass
class Accuracy(Tally):
    """The comparison of one dtype: counts, errors in ulp, the worst points, a witness if any.

    The counts are those of all points; `random` holds those of the random ones alone, from which
    shares may be taken.  `strict_ulp` counts a result that was flushed to zero as an error in units
    of the subnormal numbers; `flushed` says how many there are.
    """

    dtype: str = "float64"
    points: int = 0
    random: Tally = field(default_factory=Tally)
    max_ulp: float = 0.0
    strict_ulp: float = 0.0
    flushed: int = 0
    mean_bits: float = 0.0
    by_mode: dict[str, float] = field(default_factory=dict)
    histogram_bits: list[int] = field(default_factory=list)
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
    *,
    references: Sequence[tuple[Array, Array, Array]] | None = None,
    random: int | None = None,
    origins: Mapping[int, Sequence[int]] | None = None,
    excused: float = EXCUSED_ULP,
) -> Accuracy:
    """Judge the results of the code at sample points.

    Arguments: `function`, the code for one point, returning its scalar entries; `computed`, for
    each way of running it ("jit", "eager"), the results of each entry at all points; `entries`,
    label and exact expression of each; `args`, `columns`, the points; `references`, the
    `exact_values` of each entry, if known; `random`, how many points are random ones (they come
    first; default: all); `origins`, how a point was climbed to, by its index;
    `excused`, the error in ulp that is accepted at once.
    """
    size = len(columns[0]) if columns else 1
    report = Accuracy(dtype=dtype, points=size)
    if references is None:
        references = [exact_values(expr, args, columns, dtype) for _, expr in entries]
    with np.errstate(all="ignore"):  # overflow and NaN are what is looked for here
        limits = RoundingLimits(function, entries, args, columns, dtype, excused)
        drawn = size if random is None else random
        _compare(report, limits, computed, references, drawn, origins or {})
        report.allowed_by = limits.rests_on
    return report


def _compare(
    report: Accuracy,
    limits: RoundingLimits,
    computed: Mapping[str, list[Array]],
    references: Sequence[tuple[Array, Array, Array]],
    drawn: int,
    origins: Mapping[int, Sequence[int]],
) -> None:
    dtype, args, columns = limits.dtype, limits.args, limits.columns
    errors: list[tuple[Array, Array]] = []  # of the random points, of all
    rows: list[tuple[float, dict[str, Any]]] = []
    for k, ((label, expr), (exact, decided, continued)) in enumerate(
        zip(limits.entries, references, strict=True)
    ):
        for number, (mode, results) in enumerate(computed.items()):
            code = np.broadcast_to(np.asarray(results[k], dtype=dtype), exact.shape)
            # where the formula is undefined, code may be too; a number must be the limit
            defined = decided & ~np.isnan(exact) & ~(continued & np.isnan(code))
            report.removable += int(np.count_nonzero(continued & defined))
            ulps, hard = ulp_errors(code, exact, dtype)
            ulps, hard = np.where(defined, ulps, 0.0), hard & defined
            at_zero = hard & (exact == 0)
            if at_zero.any():  # a number below the smallest float is no zero
                tiny = at_zero & ~_exactly_zero(expr, args, columns, at_zero)
                ulps, hard = np.where(tiny, 0.0, ulps), hard & ~tiny
            allowed, status = judge(ulps, hard, exact, limits, k)
            report.add(decided, defined, status, number == 0)
            part = slice(None, drawn)
            report.random.add(decided[part], defined[part], status[part], number == 0)
            _count_flushed(report, code, exact, ulps, defined)
            seen = defined & np.isin(status, _JUDGED)
            # next to zero there is no relative error; such points are judged, but not in ulp
            seen &= (np.abs(exact) >= np.finfo(dtype).tiny) & ~continued
            counted = seen & np.isfinite(ulps)
            errors.append((ulps[part][counted[part]], ulps[counted]))
            worst = float(ulps[counted].max(initial=0.0))
            report.by_mode[mode] = max(report.by_mode.get(mode, 0.0), worst)
            evidence = _Evidence(label, mode, args, columns, code, exact, ulps, allowed, origins)
            refuting = np.flatnonzero(status == Status.REFUTES)
            if refuting.size and report.witness is None:
                plainest = int(refuting[np.argmax(plainness(columns, refuting))])
                report.witness = evidence.witness(plainest)
            order = np.argsort(-np.where(seen, ulps, -1.0), kind="stable")[:_WORST_KEPT]
            rows += [(float(ulps[i]), evidence.at(int(i))) for i in order if seen[i]]
    random_errors, all_errors = (
        np.concatenate([pair[k] for pair in errors] or [np.zeros(0)]) for k in (0, 1)
    )
    _summarise(report, random_errors, all_errors, rows)


def _count_flushed(
    report: Accuracy, code: Array, exact: Array, ulps: Array, defined: Array
) -> None:
    """What a strict reading would say: subnormal results keep their own unit in the last place."""
    limits = np.finfo(report.dtype)
    subnormal = defined & (np.abs(exact) < limits.tiny) & np.isfinite(code) & (ulps <= EXCUSED_ULP)
    size = np.where(subnormal, np.abs(code.astype(_WIDE) - exact.astype(_WIDE)), 0)
    strict = size / _WIDE(limits.smallest_subnormal)
    report.flushed += int(np.count_nonzero(strict > EXCUSED_ULP))
    report.strict_ulp = max(report.strict_ulp, float(strict.max(initial=0)))


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
    origins: Mapping[int, Sequence[int]]

    def at(self, i: int) -> dict[str, Any]:
        """What a re-check needs of point i."""
        climbed = {"origin": list(self.origins[i])} if i in self.origins else {}
        return {
            **climbed,
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


def _summarise(
    report: Accuracy, drawn: Array, errors: Array, rows: list[tuple[float, dict[str, Any]]]
) -> None:
    rows.sort(key=lambda row: -row[0])
    report.worst = [evidence for _, evidence in rows[:_WORST_KEPT]]
    if errors.size:
        report.max_ulp = float(errors.max())
        report.histogram = np.histogram(errors, bins=[0.0, *_HISTOGRAM])[0].tolist()
        bits = np.log2(errors + 1)
        width = np.finfo(report.dtype).bits
        counts, _ = np.histogram(np.minimum(bits, width - 1), bins=np.arange(width + 1))
        report.histogram_bits = np.trim_zeros(counts, "b").tolist()
    if drawn.size:
        report.p50_ulp, report.p99_ulp = (float(q) for q in np.quantile(drawn, [0.5, 0.99]))
        report.mean_bits = float(np.log2(drawn + 1).mean())
    if report.worst:
        report.argmax = dict(report.worst[0]["at"])
