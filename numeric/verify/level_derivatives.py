r"""Level 2: derivatives of the code against exact derivatives of the formula.

The gradient, jitted and batched, in both formats; then, operation by operation, the derivative
along a direction \(v\) in forward mode, \(\sum_j v_j\,\partial_j f\), and the Hessian times that
direction, \(\sum_j v_j\,\partial_i\partial_j f\), forward over reverse mode: a direction with
unequal short numbers, so that no entry of the Hessian can hide behind another.  Both at
random points, on both sides of every threshold of the code, and at removable singularities of the
formula.  Second derivatives come from differentiating the code once more, which promises no last
digits: they are told apart from wrong ones at 2^-31 (float32: 2^-13) of their size.

Main definition: `derivatives_level`.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import jax
from sympy import Basic, Derivative, Rational, Symbol

from derivax.errors import DerivaxError
from derivax.numeric.verify.certificate import Figure, Level
from derivax.numeric.verify.exact_values import exact_values
from derivax.numeric.verify.level_matrices import has_matrix_arguments, matrix_derivatives_level
from derivax.numeric.verify.level_sample import landmarks_of
from derivax.numeric.verify.level_values import POINTS, dtypes_of, landmark_code, unsampled
from derivax.numeric.verify.outputs import derivative_entries, flat_results, scalar_entries
from derivax.numeric.verify.points import sample_points
from derivax.numeric.verify.sampling import Subject, sampled_level
from derivax.numeric.verify.special_points import Landmarks
from derivax.symbolic.exact.dag import postorder
from derivax.symbolic.exact.outcome import Outcome

__all__ = ["derivatives_level", "direction", "second_entries"]

_VALUES, _SECONDS = 1536, 3.0
_MOST_SLOPE_NODES = 80  # of the gradient of an output; profile "full" takes longer ones too
_MOST_SECOND_ENTRIES = 12
_SECOND_POINTS = 48


def derivatives_level(
    compiled: Any,
    formula: Any,
    *,
    seed: int = 0,
    points: int = POINTS,
    dtypes: Sequence[str] = (),
    second: Sequence[str] = ("float64",),
    second_nodes: int = _MOST_SLOPE_NODES,
) -> Level:
    """Level 2: gradient, directional derivative and Hessian of the code.

    Arguments: `second`, the formats in which second derivatives are compared; `second_nodes`, how
    large the gradient of an output may be for that.
    """
    dtypes = dtypes or dtypes_of(compiled)
    if has_matrix_arguments(formula):
        return matrix_derivatives_level(compiled, formula, seed=seed, dtypes=dtypes)
    entries = scalar_entries(formula.expr)
    reason = unsampled(compiled, entries)
    if reason is not None or entries is None:
        return reason or Level(Outcome.NOT_RUN, "", "there is no exact reference")
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

    jitted = jax.jit(jax.vmap(one_point))
    subject = Subject(
        one_point,
        slopes,
        args,
        formula.domain,
        {"jit": lambda columns: jitted(*columns)},
        near=1,
        ends=False,
    )
    prefix = f"{getattr(compiled, 'name', '')}_d_"
    code = landmark_code(compiled, lambda *v: flat_results(formula.expr, compiled(*v)), prefix)
    landmarks = landmarks_of([expr for _, expr in entries], args, formula.domain, code, seed)
    level = sampled_level(
        "sampling of jax.grad against exact derivatives",
        subject,
        landmarks,
        seed=seed + 1,
        points=_affordable([slope for _, slope in slopes], args, formula.domain, seed, points),
        dtypes=dtypes,
    )
    formats = [dtype for dtype in dtypes if dtype in second]
    if level.outcome is not Outcome.HOLDS or not formats:
        return level
    return _with_second(
        level, compiled, formula, entries, slopes, indices, landmarks, seed, formats, second_nodes
    )


# --- second derivatives --------------------------------------------------------------------------


def direction(count: int) -> tuple[Rational, ...]:
    """Unequal numbers of few digits, none of them 1 or 0.

    >>> direction(3)
    (3/2, -5/4, 7/8)
    """
    return tuple(Rational((-1) ** k * (2 * k + 3), 2 ** (k % 5 + 1)) for k in range(count))


def second_entries(
    entries: Sequence[tuple[str, Basic]],
    slopes: Sequence[tuple[str, Basic]],
    args: Sequence[Symbol],
    most: int = _MOST_SLOPE_NODES,
) -> tuple[list[tuple[str, Basic]], int]:
    """Label and exact expression of v.grad f and of each row of the Hessian times v, output by
    output as far as they stay small; and for how many outputs."""
    along, count = direction(len(args)), len(args)
    found: list[tuple[str, Basic]] = []
    for k, (label, _) in enumerate(entries):
        gradient = [slope for _, slope in slopes[k * count : (k + 1) * count]]
        large = sum(1 for slope in gradient for _ in postorder([slope])) > most
        if large or len(found) + count + 1 > max(_MOST_SECOND_ENTRIES, count + 1):
            return found, k
        rate = sum(v * slope for v, slope in zip(along, gradient, strict=True))
        rows = [row for _, row in derivative_entries([("", rate)], args)]
        if any(row.has(Derivative) for row in rows):
            return found, k
        found.append((f"v.grad {label}".rstrip(), rate))
        found += [
            (f"(H v)[{arg}] {label}".rstrip(), row) for arg, row in zip(args, rows, strict=True)
        ]
    return found, len(entries)


def _with_second(
    level: Level,
    compiled: Any,
    formula: Any,
    entries: Sequence[tuple[str, Basic]],
    slopes: Sequence[tuple[str, Basic]],
    indices: tuple[int, ...],
    landmarks: Landmarks,
    seed: int,
    dtypes: Sequence[str],
    most: int,
) -> Level:
    """The level with the comparison of second derivatives."""
    args = tuple(formula.args)
    exact, outputs = second_entries(entries, slopes, [args[k] for k in indices], most)
    if not outputs:
        return replace(level, detail=f"{level.detail}; second derivatives wait for profile full")
    along = direction(len(indices))

    def one_point(*values: Any) -> list[Any]:
        found: list[Any] = []
        moving = [values[i] for i in indices]
        ways = [v.dtype.type(float(w)) for v, w in zip(moving, along, strict=True)]
        for k in range(outputs):

            def one_output(*moved: Any, k: int = k) -> Any:
                full = list(values)
                for i, value in zip(indices, moved, strict=True):
                    full[i] = value
                return flat_results(formula.expr, compiled(*full))[k]

            slopes = jax.value_and_grad(one_output, argnums=tuple(range(len(indices))))
            _, (rate, rows) = jax.jvp(slopes, moving, ways)
            found += [rate, *rows]
        return found

    def eager(columns: Sequence[Any]) -> list[Any]:
        with jax.disable_jit():
            return jax.vmap(one_point)(*columns)

    subject = Subject(one_point, exact, args, formula.domain, {"eager": eager}, near=0, ends=False)
    second = sampled_level(
        "jvp and Hessian", subject, landmarks, seed=seed + 1, points=_SECOND_POINTS, dtypes=dtypes
    )
    figures, evidence = dict(level.figures), dict(level.evidence)
    for dtype in dtypes:
        for name in ("max", "points"):
            key = f"{name}_{dtype}"
            if key in second.figures:
                figures[f"{name}_second_{dtype}"] = second.figures[key]
    if outputs < len(entries):
        figures["outputs_second"] = Figure(outputs, "", "exact")
    evidence["second"] = {d: second.evidence[d] for d in dtypes if d in second.evidence}
    detail = f"{level.detail}; jvp and Hessian {second.detail}"
    outcome = level.outcome
    if second.outcome is Outcome.REFUTED:
        outcome, detail = Outcome.REFUTED, f"jvp or Hessian, {second.detail}"
        evidence["witness"] = second.evidence["witness"]
    elif second.outcome is not Outcome.HOLDS:
        # their rounding was promised to nobody: reported, and no obstacle
        detail = f"{level.detail}; second derivatives not established: {second.detail}"
    return replace(
        level, outcome=outcome, detail=detail, figures=figures, witness=second.witness,
        evidence=evidence,
    )  # fmt: skip


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
            exact_values(expr, args, trial, "float64")
        per_point = (time.perf_counter() - begin) / max(1, len(trial[0]))
    except DerivaxError:
        return most  # what is wrong will be met again, and reported
    return int(max(fewest, min(most, _SECONDS / per_point)))
