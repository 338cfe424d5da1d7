"""Levels 1 and 2: values and derivatives of the code against exact arithmetic at sample points.

Main definitions: `values_level`, `derivatives_level`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from sympy import Basic, Derivative, Symbol

from derivax.errors import DerivaxError, DomainError
from derivax.numeric.verify.accuracy import EXCUSED_ULP, Accuracy, compare
from derivax.numeric.verify.certificate import Figure, Level
from derivax.numeric.verify.level_matrices import (
    has_matrix_arguments,
    matrix_derivatives_level,
    matrix_values_level,
)
from derivax.numeric.verify.outputs import derivative_entries, flat_results, scalar_entries
from derivax.numeric.verify.points import sample_points
from derivax.symbolic.exact.ball import correctly_rounded
from derivax.symbolic.exact.outcome import Outcome

__all__ = ["derivatives_level", "sample_size", "values_level"]

POINTS = 640
_VALUES, _SECONDS = 1536, 3.0
_MOST_UNDECIDED = 0.01
_MOST_UNRESOLVED = 0.10
_FEWEST_COMPARED = 64


def values_level(
    compiled: Any, formula: Any, *, seed: int = 0, points: int = POINTS, dtypes: Sequence[str] = ()
) -> Level:
    """Level 1: the code, jitted and operation by operation, against correctly rounded values."""
    dtypes = dtypes or _dtypes_of(compiled)
    if has_matrix_arguments(formula):
        return matrix_values_level(compiled, formula, seed=seed, dtypes=dtypes)
    if _is_complex(compiled):
        return _not_complex()
    entries = scalar_entries(formula.expr)
    if entries is None:
        return _not_scalar()
    args = tuple(formula.args)

    def one_point(*values: Any) -> list[Any]:
        return flat_results(formula.expr, compiled(*values))

    def run(columns: Sequence[Any]) -> dict[str, list[Any]]:
        jitted = jax.jit(one_point)(*columns)
        with jax.disable_jit():
            eager = one_point(*columns)
        return {"jit": jitted, "eager": eager}

    return _level(
        "sampling against correctly rounded values",
        one_point,
        run,
        entries,
        args,
        formula.domain,
        seed,
        sample_size(len(entries), points),
        dtypes,
    )


def sample_size(outputs: int, points: int = POINTS) -> int:
    """How many points level 1 asks for: fewer when there are many outputs."""
    return max(64, min(points, 4096 // max(1, outputs)))


def derivatives_level(
    compiled: Any, formula: Any, *, seed: int = 0, points: int = POINTS, dtypes: Sequence[str] = ()
) -> Level:
    """Level 2: `jax.grad` of the code in each argument against exact derivatives of the formula."""
    dtypes = dtypes or _dtypes_of(compiled)
    if has_matrix_arguments(formula):
        return matrix_derivatives_level(compiled, formula, seed=seed, dtypes=dtypes)
    if _is_complex(compiled):
        return _not_complex()
    entries = scalar_entries(formula.expr)
    if entries is None:
        return _not_scalar()
    args = tuple(formula.args)
    if not args:
        return Level(Outcome.NOT_APPLICABLE, "", "the formula has no arguments")
    indices = tuple(k for k, arg in enumerate(args) if not arg.is_integer)
    if not indices:
        return Level(Outcome.NOT_APPLICABLE, "", "the arguments are whole numbers")
    slopes = derivative_entries(entries, [args[k] for k in indices])
    for label, slope in slopes:
        if slope.has(Derivative):
            return Level(Outcome.OPEN, "", f"{label} has no closed form: {slope}"[:300])
    def one_point(*values: Any) -> list[Any]:
        found: list[Any] = []
        for k in range(len(entries)):
            gradient = jax.grad(
                lambda *v, k=k: flat_results(formula.expr, compiled(*v))[k], argnums=indices
            )
            found += gradient(*values)
        return found

    return _level(
        "sampling of jax.grad against exact derivatives",
        one_point,
        lambda columns: {"jit": jax.jit(jax.vmap(one_point))(*columns)},
        slopes,
        args,
        formula.domain,
        seed + 1,
        _affordable([slope for _, slope in slopes], args, formula.domain, seed, points),
        dtypes,
    )


def _affordable(
    exprs: Sequence[Basic], args: Sequence[Symbol], domain: Any, seed: int, most: int
) -> int:
    """How many points to compare: at most so many values, and so many seconds of exact evaluation
    (a root or a long sum costs a thousand times what a polynomial does)."""
    fewest, most = 96, max(96, min(most, _VALUES // len(exprs)))
    try:
        trial = sample_points(domain, args, 12, seed=seed, dtype="float64")
        begin = time.perf_counter()
        for expr in exprs:
            correctly_rounded(expr, args, trial, "float64")
        per_point = (time.perf_counter() - begin) / max(1, len(trial[0]))
    except DerivaxError:
        return most  # what is wrong will be met again, and reported
    return int(max(fewest, min(most, _SECONDS / per_point)))


def _dtypes_of(compiled: Any) -> tuple[str, ...]:
    fixed = getattr(compiled, "dtype", None)
    return (str(fixed),) if fixed else ("float32", "float64")


def _is_complex(compiled: Any) -> bool:
    """Whether complex numbers occur in the code."""
    tape = getattr(getattr(compiled, "kernel", None), "tape", None)
    return bool(getattr(tape, "plane", False))


def _not_complex() -> Level:
    return Level(
        Outcome.NOT_RUN, "", "the code computes with complex numbers: no rounding bound is known"
    )


def _not_scalar() -> Level:
    return Level(Outcome.NOT_RUN, "", "a matrix of symbolic shape has no exact reference here yet")


def _level(
    method: str,
    one_point: Callable[..., list[Any]],
    run: Callable[[Sequence[Any]], dict[str, list[Any]]],
    entries: Sequence[tuple[str, Basic]],
    args: Sequence[Symbol],
    domain: Any,
    seed: int,
    points: int,
    dtypes: Sequence[str],
) -> Level:
    reports = []
    for dtype in dtypes:
        try:
            with jax.enable_x64(True):  # float32 code stays in float32: its inputs say so
                columns = sample_points(domain, args, points, seed=seed, dtype=dtype)
                computed = {
                    mode: [np.asarray(part) for part in parts]
                    for mode, parts in run([jnp.asarray(column) for column in columns]).items()
                }
                reports.append(compare(one_point, computed, entries, args, columns, dtype))
        except DomainError as error:
            return Level(Outcome.OPEN, method, f"no sample points: {error}")
        except DerivaxError as error:
            return Level(Outcome.OPEN, method, str(error))
    return _conclude(method, reports)


def _conclude(method: str, reports: Sequence[Accuracy]) -> Level:
    figures: dict[str, Figure] = {}
    evidence: dict[str, Any] = {}
    for report in reports:
        kind = report.dtype
        figures[f"max_{kind}"] = Figure(report.max_ulp, "ulp", "measured")
        figures[f"p99_{kind}"] = Figure(report.p99_ulp, "ulp", "measured")
        figures[f"p50_{kind}"] = Figure(report.p50_ulp, "ulp", "measured")
        figures[f"points_{kind}"] = Figure(report.points, "", "exact")
        for name in (
            "explained",
            "unresolved",
            "unresolvable",
            "out_of_range",
            "undecided",
            "undefined",
        ):
            number = getattr(report, name)
            if number:
                figures[f"{name}_{kind}"] = Figure(number, "", "exact")
        evidence[kind] = {
            "histogram_ulp": report.histogram,
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
    for report in reports:
        if report.witness is not None:
            return (
                Outcome.REFUTED,
                f"{report.dtype}: code and formula differ by more than rounding explains",
            )
    for report in reports:
        total = report.compared + report.undecided
        useful = report.compared - report.unresolvable - report.out_of_range
        if useful < min(_FEWEST_COMPARED, report.points):
            return Outcome.OPEN, (
                f"{report.dtype}: only {useful} comparisons ({report.undefined} points undefined, "
                f"{report.unresolvable} unresolvable, {report.out_of_range} out of range)"
            )
        if report.undecided > _MOST_UNDECIDED * total:
            return Outcome.OPEN, f"{report.dtype}: {report.undecided} of {total} values undecided"
        if report.unresolved > _MOST_UNRESOLVED * report.compared:
            return Outcome.OPEN, (
                f"{report.dtype}: at {report.unresolved} of {report.compared} comparisons the "
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
