"""Level 1: values of the code against exact arithmetic at sample points.

Random points, special points (`special_points`), and the points that hill climbing on the error
leads to (`climbing`); in float32 and float64; jitted, operation by operation, batched by `vmap`,
and jitted for single numbers.

Main definitions: `values_level`, `sample_size`, `landmark_code`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import jax
import numpy as np

from derivax.errors import DerivaxError, DomainError
from derivax.numeric.codegen.emit import load
from derivax.numeric.verify.certificate import Level
from derivax.numeric.verify.level_matrices import has_matrix_arguments, matrix_values_level
from derivax.numeric.verify.level_sample import landmarks_of
from derivax.numeric.verify.outputs import flat_results, scalar_entries
from derivax.numeric.verify.points import sample_points
from derivax.numeric.verify.sampling import Subject, sampled_level
from derivax.numeric.verify.senseless import refuse_random
from derivax.symbolic.exact.outcome import Outcome

__all__ = ["dtypes_of", "landmark_code", "sample_size", "unsampled", "values_level"]

POINTS = 640


def values_level(
    compiled: Any, formula: Any, *, seed: int = 0, points: int = POINTS, dtypes: Sequence[str] = ()
) -> Level:
    """Level 1: the code, in every way of running it, against correctly rounded values."""
    dtypes = dtypes or dtypes_of(compiled)
    if has_matrix_arguments(formula):
        return matrix_values_level(compiled, formula, seed=seed, dtypes=dtypes)
    entries = scalar_entries(formula.expr)
    reason = unsampled(compiled, entries)
    if reason is not None or entries is None:
        return reason or _no_reference()
    args = tuple(formula.args)

    def one_point(*values: Any) -> list[Any]:
        return flat_results(formula.expr, compiled(*values))

    if not hasattr(compiled, "source"):
        with jax.enable_x64(True), suppress(DomainError):
            sample = sample_points(formula.domain, args, 4, seed=seed, dtype=dtypes[-1])
            refuse_random(one_point, len(args), sample)
    subject = Subject(one_point, entries, args, formula.domain, _modes(one_point, args, dtypes),
                      climbing=True)  # fmt: skip
    code = landmark_code(compiled, one_point)
    return sampled_level(
        "sampling against correctly rounded values",
        subject,
        landmarks_of([expr for _, expr in entries], args, formula.domain, code, seed),
        seed=seed,
        points=sample_size(len(entries), points),
        dtypes=dtypes,
    )


def _modes(
    one_point: Callable[..., list[Any]], args: Sequence[Any], dtypes: Sequence[str]
) -> dict[str, Callable[[Sequence[Any]], list[Any]]]:
    jitted = jax.jit(one_point)

    def eager(columns: Sequence[Any]) -> list[Any]:
        with jax.disable_jit():
            return one_point(*columns)

    modes: dict[str, Any] = {"jit": lambda columns: jitted(*columns), "eager": eager}
    if args and not _batches_by_itself(one_point, len(args), dtypes[0]):
        mapped = jax.jit(jax.vmap(one_point))
        modes["vmap"] = lambda columns: mapped(*columns)
    return modes


def _batches_by_itself(one_point: Callable[..., Any], arguments: int, dtype: str) -> bool:
    """Whether `vmap` makes of the code the same program that whole columns make of it."""
    shapes = [jax.ShapeDtypeStruct((3,), np.dtype(dtype))] * arguments
    with jax.enable_x64(True):
        programs = [str(jax.make_jaxpr(f)(*shapes)) for f in (one_point, jax.vmap(one_point))]
    return programs[0] == programs[1]


def landmark_code(
    compiled: Any, one_point: Callable[..., Any], prefix: str | None = None
) -> Callable[..., Any]:
    """The code whose thresholds count: the generated source as it stands, which is what a recheck
    has too; code without a source as it is.  `prefix`: the functions whose names begin with it."""
    try:
        functions = load(compiled.source)
        chosen = [functions[compiled.name]]
    except (DerivaxError, AttributeError, KeyError):
        return one_point
    if prefix is not None:
        chosen = [f for name, f in functions.items() if name.startswith(prefix)] or chosen
    return lambda *values: [f(*values) for f in chosen]


def sample_size(outputs: int, points: int = POINTS) -> int:
    """How many points level 1 asks for: fewer when there are many outputs."""
    return max(64, min(points, 4096 // max(1, outputs)))


def dtypes_of(compiled: Any) -> tuple[str, ...]:
    """The formats in which the code computes."""
    fixed = getattr(compiled, "dtype", None)
    return (str(fixed),) if fixed else ("float32", "float64")


def unsampled(compiled: Any, entries: Any) -> Level | None:
    """Why code cannot be compared at sample points; None when it can."""
    tape = getattr(getattr(compiled, "kernel", None), "tape", None)
    if getattr(tape, "plane", False):
        return Level(
            Outcome.NOT_RUN, "",
            "the code computes with complex numbers: no rounding bound is known",
        )  # fmt: skip
    return None if entries is not None else _no_reference()


def _no_reference() -> Level:
    return Level(Outcome.NOT_RUN, "", "a matrix of symbolic shape has no exact reference here yet")
