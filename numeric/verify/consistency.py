"""What must hold within one certificate, before any of its code is run.

Its parts are written by one program from one run, so they imply each other: the claim follows from
the statement, the counts from the evidence, the largest error from the worst points, the
assumptions from the domain.  A certificate that contradicts itself is no certificate.

Main definition: `contradiction`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np

from derivax.numeric.verify.certificate import (
    CODE_IS_FORMULA,
    CODE_IS_SOLUTION,
    STEPS_FOLLOW,
    Certificate,
    Level,
)
from derivax.numeric.verify.verifying_programs import PROGRAM_KEEPS_ITS_CLAIMS
from derivax.symbolic.exact.outcome import Outcome, weakest
from derivax.symbolic.terms.limits import shown

__all__ = ["contradiction"]

_SAMPLED = ("L1", "L2", "L4")  # what was sampled or simulated is never proven
_DTYPES = ("float32", "float64")
_BINS = (0.5, 1.0, 2.0, 4.0, 8.0, 64.0, 1e3, 1e6, 1e9, math.inf)
_LONGEST_NAME = 1000
_SEEDS = 2**63


def contradiction(certificate: Certificate) -> str | None:
    """The first contradiction as a clause ("level L1: ..."), or None."""
    for wrong in _contradictions(certificate):
        return wrong
    return None


def _contradictions(certificate: Certificate) -> Iterator[str]:
    yield from _header(certificate)
    yield from _claim(certificate)
    for name, level in certificate.levels.items():
        for wrong in _level(name, level):
            yield f"level {name}: {wrong}"


def _header(certificate: Certificate) -> Iterator[str]:
    name = certificate.name
    if not name.isprintable() or not 0 < len(name) <= _LONGEST_NAME:
        yield f"its name {shown(name)} is not printable text"
    if not abs(certificate.seed) < _SEEDS:
        yield "its seed has more than 63 bits"
    try:
        datetime.fromisoformat(certificate.created)
    except ValueError:
        yield f"it was created at {shown(certificate.created)}, which is no time"
    for key, value in certificate.environment.items():
        if not f"{key}{value}".isprintable():
            yield f"its environment holds unprintable text at {shown(key)}"
    if certificate.code is not None and not certificate.code["function"].isidentifier():
        yield f"its function {shown(certificate.code['function'])} is no name"


def _claim(certificate: Certificate) -> Iterator[str]:
    statement = certificate.statement
    if "program" in statement:
        if certificate.claim != PROGRAM_KEEPS_ITS_CLAIMS:
            yield f"it claims {shown(certificate.claim)} of a program"
        return
    if "formula" not in statement and "terms_missing" not in statement:
        expected = {STEPS_FOLLOW}
    elif "problem_term" in statement or "steps" in statement:
        expected = {CODE_IS_SOLUTION}
    elif "terms_missing" in statement:
        expected = {CODE_IS_FORMULA, CODE_IS_SOLUTION, STEPS_FOLLOW}
    else:
        expected = {CODE_IS_FORMULA}
    if certificate.claim not in expected:
        yield f"it claims {shown(certificate.claim)}; its statement supports {min(expected)!r}"
    solved = certificate.levels.get("L0")
    if (
        solved is not None
        and solved.outcome is Outcome.NOT_APPLICABLE
        and ("problem_term" in statement or "steps" in statement)
    ):
        yield "it states a problem, but its level L0 is not applicable"
    for name in ("L1", "L2"):
        level = certificate.levels.get(name)
        if level is not None and level.outcome.established and certificate.code is None:
            yield f"its level {name} is established without code"


def _level(name: str, level: Level) -> Iterator[str]:
    outcome, figures = level.outcome, level.figures
    if outcome.established:
        for key, figure in figures.items():
            if not math.isfinite(figure.value):
                yield f"its figure {shown(key)} is no finite number"
        if level.witness is not None:
            yield "it is established, but has a witness that refutes it"
    if name in _SAMPLED and outcome in (Outcome.PROVEN, Outcome.INSTANCES):
        if "claims" not in level.evidence:
            yield f"it is {outcome}; what is sampled can only hold"
    for key, figure in figures.items():
        counted = figure.kind == "exact" and figure.unit == ""
        if counted and (figure.value < 0 or figure.value != int(figure.value)):
            yield f"its count {shown(key)} is {figure.value}"
        if figure.unit.startswith("ulp") and figure.value < 0:
            yield f"its error {shown(key)} is negative"
    yield from _findings(level)
    yield from _comparisons(level)
    measured = [d for d in _DTYPES if isinstance(level.evidence.get(d), Mapping)]
    for dtype in measured:
        yield from _points(level, dtype, level.evidence[dtype])
    resolution = figures.get("resolution")
    if measured and resolution is not None and outcome is Outcome.HOLDS:
        expected = max(8.0 * float(np.finfo(dtype).eps) for dtype in measured)
        if resolution.value != expected:
            yield f"its resolution is {resolution.value}, that of its formats {expected}"


def _findings(level: Level) -> Iterator[str]:
    findings = level.evidence.get("findings")
    if findings is None:
        return
    try:
        outcomes = [Outcome(finding["outcome"]) for finding in findings]
    except (KeyError, TypeError, ValueError):
        yield "its findings cannot be read"
        return
    counted = [o for o in outcomes if o is not Outcome.ASSUMED] or outcomes
    if weakest(counted) is not level.outcome:
        yield f"it is {level.outcome}, the weakest of its findings {weakest(counted)}"
    checks = level.figures.get("checks")
    if checks is not None and checks.value != len(outcomes):
        yield f"it counts {checks.value} checks and lists {len(outcomes)}"


def _points(level: Level, dtype: str, evidence: Mapping[str, Any]) -> Iterator[str]:
    figures = level.figures
    try:
        rows: Sequence[Any] = evidence["worst"]
        errors = [float(row["error_ulp"]) for row in rows]
        histogram = [int(number) for number in evidence["histogram_ulp"]]
        first = dict(rows[0]["at"]) if rows else None
        argmax = dict(evidence["argmax"])
        top, p50, p99 = (figures[f"{q}_{dtype}"].value for q in ("max", "p50", "p99"))
    except (KeyError, TypeError, ValueError, IndexError):
        yield f"its {dtype} evidence cannot be read"
        return
    if errors != sorted(errors, reverse=True) or any(not e >= 0 for e in errors):
        yield f"its worst {dtype} points are not in order"
    if errors and errors[0] != top:
        yield f"its largest {dtype} error is {top} ulp, that of its worst point {errors[0]} ulp"
    if first is not None and first != argmax:
        yield f"its {dtype} argmax is not its worst point"
    if not p50 <= p99 <= top:
        yield f"its {dtype} quantiles are not in order"
    if any(number < 0 for number in histogram) or len(histogram) not in (0, len(_BINS)):
        yield f"its {dtype} histogram is none"
    elif histogram and level.outcome.established:
        filled = [k for k, number in enumerate(histogram) if number]
        low = (0.0, *_BINS)[filled[-1]] if filled else 0.0
        high = _BINS[filled[-1]] if filled else 0.0
        if not low <= top <= high:
            yield f"its {dtype} histogram ends at {high:g} ulp, its largest error is {top}"
        if len(errors) > sum(histogram):
            yield f"its {dtype} histogram counts fewer comparisons than it has worst points"
    points = figures.get(f"points_{dtype}")
    if points is None or points.value < 1:
        yield f"it counts no {dtype} points"


def _comparisons(level: Level) -> Iterator[str]:
    records = level.evidence.get("comparisons")
    if records is None:
        return
    try:
        resolutions, orders, complete = [], [], True
        for record in records:
            measured, allowed = (
                [float.fromhex(number) for number in record[key]] for key in ("measured", "allowed")
            )
            if len(measured) != len(allowed) or len(measured) != len(record["predicted"]):
                raise ValueError
            complete = complete and len(measured) < 64
            resolutions += [
                a / abs(m) for m, a in zip(measured, allowed, strict=True) if m and a >= 0
            ]
            if not all(a >= 0 and math.isfinite(a) for a in allowed):
                raise ValueError
            if record.get("order") is not None:
                orders.append(float(record["order"]))
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
        yield "its comparisons cannot be read"
        return
    count = level.figures.get("comparisons")
    if count is None or count.value != len(records) or not records:
        yield f"it counts {count.value if count else 'no'} comparisons and lists {len(records)}"
    resolution = level.figures.get("resolution")
    if resolutions and level.outcome.established:
        found = max(resolutions)
        recorded = resolution.value if resolution is not None else 0.0
        wide = recorded > found * (1 + 1e-9) and complete
        if recorded < found * (1 - 1e-9) or wide:
            yield f"its resolution is {recorded:.6g}, that of its comparisons {found:.6g}"
    order = level.figures.get("order")
    if orders and (order is None or order.value != min(orders)):
        yield "its order of convergence is not the lowest of its comparisons"
