"""Code against exact values at the points of a sample, in both formats: one level's comparison.

Main definitions: `Subject`, `sampled_level`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from sympy import Basic, Symbol

from derivax.errors import DerivaxError, DomainError
from derivax.numeric.verify.accuracy import Accuracy, compare
from derivax.numeric.verify.certificate import Figure, Level
from derivax.numeric.verify.climbing import Climbed, climb
from derivax.numeric.verify.exact_values import exact_values
from derivax.numeric.verify.level_sample import Sample, level_sample
from derivax.numeric.verify.special_points import Landmarks
from derivax.numeric.verify.ulps import EXCUSED_ULP, ulp_errors
from derivax.symbolic.exact.outcome import Outcome

__all__ = ["Subject", "sampled_level"]

_MOST_UNDECIDED = 0.01
_MOST_UNRESOLVED = 0.10
_FEWEST_COMPARED = 64
_ONE_BY_ONE = 24  # points at which the code is called with single numbers
_COUNTS = (
    "explained",
    "unresolved",
    "unresolvable",
    "out_of_range",
    "undecided",
    "undefined",
    "removable",
    "flushed",
)

Array = Any
Run = Callable[[Sequence[Any]], list[Any]]


@dataclass(frozen=True)
class Subject:
    """What is compared: `one_point`, the code for one point; `entries`, label and exact expression
    of each of its results; `modes`, the ways of running it at all points, the first one jitted."""

    one_point: Callable[..., list[Any]]
    entries: Sequence[tuple[str, Basic]]
    args: Sequence[Symbol]
    domain: Any
    modes: dict[str, Run]
    climbing: bool = False
    near: int = 4  # floats on either side of a landmark
    ends: bool = True  # also corners, zeros and powers of two
    loose: bool = False  # only errors above two fifths of the digits count

    def at(self, columns: Sequence[Array], modes: Sequence[str] | None = None) -> dict[str, Any]:
        """The results of the entries at points, by mode."""
        given = [jnp.asarray(column) for column in columns]
        return {
            name: [np.asarray(part) for part in self.modes[name](given)]
            for name in modes or self.modes
        }


def sampled_level(
    method: str,
    subject: Subject,
    landmarks: Landmarks,
    *,
    seed: int,
    points: int,
    dtypes: Sequence[str],
) -> Level:
    """Compare in each format, and say what was found."""
    reports, notes = [], {}
    for dtype in dtypes:
        try:
            with jax.enable_x64(True):  # float32 code stays in float32: its inputs say so
                sample = level_sample(
                    subject.domain, subject.args, points, landmarks,
                    seed=seed, dtype=dtype, near=subject.near, ends=subject.ends,
                )  # fmt: skip
                report, notes[dtype] = _compared(subject, sample)
                reports.append(report)
        except DomainError as error:
            return Level(Outcome.OPEN, method, f"no sample points: {error}")
        except DerivaxError as error:
            return Level(Outcome.OPEN, method, str(error))
    return _conclude(method, reports, notes)


def _compared(subject: Subject, sample: Sample) -> tuple[Accuracy, dict[str, Any]]:
    references = _references(subject, sample.columns, sample.dtype)
    computed = subject.at(sample.columns)
    columns: Sequence[Array] = sample.columns
    climbed: list[Climbed] = []
    if subject.climbing and sample.args:
        jitted = next(iter(subject.modes))
        errors = _errors(computed[jitted], references, sample.dtype)
        climbed = climb(_climber(subject, sample), sample, errors)
    if climbed:
        extra = _columns([point.row for point in climbed], sample.dtype)
        padded = _padded(extra, sample.size)
        more = subject.at(padded)
        computed = {
            mode: [
                _joined(part, other, sample.size, len(climbed))
                for part, other in zip(parts, more[mode], strict=True)
            ]
            for mode, parts in computed.items()
        }
        found = _references(subject, extra, sample.dtype)
        references = [
            tuple(np.concatenate(pair) for pair in zip(a, b, strict=True))
            for a, b in zip(references, found, strict=True)
        ]
        columns = [np.concatenate(pair) for pair in zip(columns, extra, strict=True)]
    report = compare(
        subject.one_point, computed, subject.entries, subject.args, columns, sample.dtype,
        references=references, random=sample.random,
        excused=2.0 ** (0.4 * np.finfo(sample.dtype).nmant) if subject.loose else EXCUSED_ULP,
        origins={sample.size + k: point.origin for k, point in enumerate(climbed)},
    )  # fmt: skip
    report.points = sample.size
    notes: dict[str, Any] = {"special": sample.size - sample.random, "climbed": len(climbed)}
    if subject.climbing:
        notes["one_by_one"] = _one_by_one(subject, report, columns, references, sample)
        notes["subnormal_arguments"] = _subnormal(subject, sample)
    return report, notes


def _references(subject: Subject, columns: Sequence[Array], dtype: str) -> list[Any]:
    return [exact_values(expr, subject.args, columns, dtype) for _, expr in subject.entries]


def _errors(parts: Sequence[Array], references: Sequence[Any], dtype: str) -> Array:
    """The worst error of any entry at each point; 0 where the digits are lost altogether."""
    limits = np.finfo(dtype)
    total = np.zeros(len(references[0][0]))
    with np.errstate(all="ignore"):
        for part, (exact, decided, _) in zip(parts, references, strict=True):
            code = np.broadcast_to(np.asarray(part, dtype=dtype), exact.shape)
            ulps, hard = ulp_errors(code, exact, dtype)
            fair = decided & ~hard & (np.abs(exact) >= limits.tiny) & (ulps < 2.0**limits.nmant / 8)
            total = np.maximum(total, np.where(fair, ulps, 0.0))
    return total


def _climber(subject: Subject, sample: Sample) -> Callable[[Sequence[Any]], Array]:
    """The errors at a few points; the code runs at as many as it was compiled for."""
    jitted = next(iter(subject.modes))

    def errors_at(rows: Sequence[Any]) -> Array:
        columns = _columns(rows, sample.dtype)
        parts = subject.at(_padded(columns, sample.size), [jitted])[jitted]
        cut = [np.broadcast_to(part, (sample.size,))[: len(rows)] for part in parts]
        return _errors(cut, _references(subject, columns, sample.dtype), sample.dtype)

    return errors_at


def _one_by_one(
    subject: Subject,
    report: Accuracy,
    columns: Sequence[Array],
    references: Sequence[Any],
    sample: Sample,
) -> float:
    """The code jitted for single numbers, at the worst points and some others."""
    names = [str(arg) for arg in subject.args]
    total = len(references[0][0])
    worst = {tuple(float.fromhex(row["at"][n]) for n in names) for row in report.worst[:40]}
    chosen = [i for i in range(total) if tuple(float(c[i]) for c in columns) in worst]
    chosen = (chosen + list(range(sample.random, total)))[: _ONE_BY_ONE - 8]
    chosen += list(range(0, sample.random, max(1, sample.random // 8)))[:8]
    code = jax.jit(subject.one_point)
    rows = [code(*(column[i] for column in columns)) for i in chosen]
    parts = [np.array([np.asarray(row[k]) for row in rows]) for k in range(len(subject.entries))]
    found = compare(
        subject.one_point,
        {"jit of single numbers": parts},
        subject.entries,
        subject.args,
        [column[chosen] for column in columns],
        sample.dtype,
        references=[tuple(part[chosen] for part in known) for known in references],
    )
    report.witness = report.witness or found.witness
    return found.max_ulp


def _subnormal(subject: Subject, sample: Sample) -> dict[str, int]:
    """Arguments below the normal numbers: how often the code takes them as they are given, and how
    often as zero.  (The compiler flushes them; nothing is claimed about such arguments.)"""
    limits = np.finfo(sample.dtype)
    rows = []
    for axis, arg in enumerate(sample.args):
        interval = sample.domain[arg]
        if interval.integer or interval.plane or interval.contains(0) is False:
            continue
        anchor = list(sample.row(sample.random - 1))
        for value in (limits.tiny / 2, limits.tiny / 2**10, -limits.tiny / 2):
            if interval.contains(float(value)):
                rows.append((*anchor[:axis], float(value), *anchor[axis + 1 :]))
    if not rows:
        return {"points": 0, "as_given": 0, "as_zero": 0}
    columns = _columns(rows, sample.dtype)
    flushed = [np.where(np.abs(c) < limits.tiny, 0, c).astype(c.dtype) for c in columns]
    jitted = next(iter(subject.modes))
    parts = subject.at(_padded(columns, sample.size), [jitted])[jitted]
    counts = []
    with np.errstate(all="ignore"):
        for given in (columns, flushed):
            good = np.ones(len(rows), dtype=bool)
            for part, known in zip(parts, _references(subject, given, sample.dtype), strict=True):
                code = np.broadcast_to(part, (sample.size,))[: len(rows)].astype(sample.dtype)
                ulps, hard = ulp_errors(code, known[0], sample.dtype)
                good &= known[1] & ~np.isnan(known[0]) & ~hard & (ulps <= EXCUSED_ULP)
            counts.append(int(good.sum()))
    return {"points": len(rows), "as_given": counts[0], "as_zero": counts[1]}


def _columns(rows: Sequence[Any], dtype: str) -> list[Array]:
    return list(np.array(rows, dtype=dtype).T)


def _padded(columns: Sequence[Array], size: int) -> list[Array]:
    """The columns, repeated to a length for which the code has been compiled."""
    return [np.resize(column, size) for column in columns]


def _joined(part: Array, other: Array, size: int, count: int) -> Array:
    spread = [np.broadcast_to(p, (size,)) for p in (part, other)]
    return np.concatenate([spread[0], spread[1][:count]])


# --- what was found ------------------------------------------------------------------------------


def _conclude(method: str, reports: Sequence[Accuracy], notes: dict[str, dict[str, Any]]) -> Level:
    figures: dict[str, Figure] = {}
    evidence: dict[str, Any] = {}
    for report in reports:
        kind = report.dtype
        figures[f"max_{kind}"] = Figure(report.max_ulp, "ulp", "measured")
        figures[f"p99_{kind}"] = Figure(report.p99_ulp, "ulp", "measured")
        figures[f"p50_{kind}"] = Figure(report.p50_ulp, "ulp", "measured")
        figures[f"mean_bits_{kind}"] = Figure(report.mean_bits, "bits", "measured")
        figures[f"points_{kind}"] = Figure(report.points, "", "exact")
        for name in ("special", "climbed"):
            if notes[kind][name]:
                figures[f"{name}_{kind}"] = Figure(notes[kind][name], "", "exact")
        for name in _COUNTS:
            number = getattr(report, name)
            if number:
                figures[f"{name}_{kind}"] = Figure(number, "", "exact")
        if report.flushed:
            figures[f"strict_{kind}"] = Figure(report.strict_ulp, "ulp", "measured")
        evidence[kind] = {
            "histogram_ulp": report.histogram,
            "histogram_bits": report.histogram_bits,
            "by_mode": report.by_mode,
            **{k: v for k, v in notes[kind].items() if k not in ("special", "climbed")},
            "argmax": report.argmax,
            "allowed_by": report.allowed_by,
            "worst": report.worst,
        }
    outcome, detail = _outcome(reports)
    if outcome is Outcome.HOLDS:
        figures["resolution"] = Figure(
            max(report.resolution for report in reports), "relative error", "bound"
        )
    witness = next((report.witness for report in reports if report.witness), None)
    if witness is not None:
        evidence["witness"] = witness["evidence"]
        witness = {name: value for name, value in witness.items() if name != "evidence"}
    return Level(outcome, method, detail, figures, witness, evidence)


def _outcome(reports: Sequence[Accuracy]) -> tuple[Outcome, str]:
    """Shares are taken of the random points: special ones are where trouble was looked for."""
    for report in reports:
        if report.witness is not None:
            return (
                Outcome.REFUTED,
                f"{report.dtype}: code and formula differ by more than rounding explains",
            )
    for report in reports:
        drawn = report.random
        total = report.compared + report.undecided
        useful = drawn.compared - drawn.unresolvable - drawn.out_of_range
        if useful < min(_FEWEST_COMPARED, report.points):
            return Outcome.OPEN, (
                f"{report.dtype}: only {useful} comparisons ({drawn.undefined} points undefined, "
                f"{drawn.unresolvable} unresolvable, {drawn.out_of_range} out of range)"
            )
        if report.undecided > _MOST_UNDECIDED * total:
            return Outcome.OPEN, f"{report.dtype}: {report.undecided} of {total} values undecided"
        if drawn.unresolved > _MOST_UNRESOLVED * drawn.compared:
            return Outcome.OPEN, (
                f"{report.dtype}: at {drawn.unresolved} of {drawn.compared} comparisons the "
                f"rounding errors of the code exceed its value; compile with accuracy='best'"
            )
    explained = sum(report.explained for report in reports)
    outside = sum(report.out_of_range for report in reports)
    detail = f"within {EXCUSED_ULP:.0f} ulp"
    if explained:
        detail += f", but for {explained} comparisons within the rounding bound of the code"
    if outside:
        detail += f"; {outside} comparisons at extreme arguments leave the range of the dtype"
    return Outcome.HOLDS, detail
