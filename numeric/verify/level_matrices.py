r"""Levels 1 and 2 for formulas of matrices with symbolic shapes.

The formula is compared at the sizes 1, 2, 3, 7, 32 and at rectangular ones, with normal, badly
scaled and rank-one matrices, in float32 and float64.  Errors are measured on the scale that matrix
operations promise, normwise.  A difference counts when it exceeds 8 ulp of the norm plus 64 times
the change of the exact value when every argument and every intermediate matrix is disturbed by an
ulp of its largest entry: what operations that are backward stable one by one may do.

Level 2 contracts `jax.grad` of a random combination of the outputs with a random direction, and
compares with the exact difference quotient at a step of 2^-100.

Main definitions: `matrix_values_level`, `matrix_derivatives_level`, `has_matrix_arguments`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flint import arb
from sympy import MatrixSymbol, Symbol

from derivax.errors import DerivaxError, DomainError
from derivax.numeric.verify.certificate import Figure, Level
from derivax.numeric.verify.matrix_reference import MatrixReference
from derivax.symbolic.exact.outcome import Outcome
from derivax.symbolic.exact.precision import working_precision

__all__ = ["has_matrix_arguments", "matrix_derivatives_level", "matrix_values_level"]

_SIZES = (1, 2, 3, 7, 32)
_RECTANGLES = ((3, 5, 2, 7, 4), (6, 2, 5, 3, 8))
_KINDS = ("normal", "scaled", "rank one")
_NORM_ULP, _SAFETY, _FIRST_ORDER = 8, 64, 0.125
_STEP_BITS, _DERIVATIVE_BITS = 100, 640

Case = tuple[dict[Symbol, int], str, int]


def has_matrix_arguments(formula: Any) -> bool:
    """True when an argument is a matrix symbol."""
    return any(isinstance(arg, MatrixSymbol) for arg in formula.args)


def matrix_values_level(
    code: Callable[..., Any], formula: Any, *, seed: int = 0, dtypes: Sequence[str] = ()
) -> Level:
    """Level 1 of a formula with matrix arguments."""

    def compute(values: list[Any], rng: Any) -> list[Any]:
        return [np.asarray(part) for part in _leaves(jax.jit(code)(*values))]

    def exact(dims: Any, values: list[Any], rng: Any, noise: Any = None) -> list[Any]:
        reference = MatrixReference(dims, _named(formula, values), noise=noise)
        return [reference.array(part) for part in _leaves(formula.expr)]

    method = "matrices of several shapes against exact arithmetic"
    return _judge(method, compute, exact, formula, _cases(formula, seed), dtypes)


def matrix_derivatives_level(
    code: Callable[..., Any], formula: Any, *, seed: int = 0, dtypes: Sequence[str] = ()
) -> Level:
    """Level 2 of a formula with matrix arguments: directional derivatives."""

    def random_like(parts: Sequence[Any], rng: Any) -> list[Any]:
        # float32 numbers, the same in either precision
        return [
            rng.standard_normal(np.shape(part)).astype(np.float32).astype(np.float64)
            for part in parts
        ]

    def compute(values: list[Any], rng: Any) -> list[Any]:
        along = random_like(values, rng)
        shapes = _leaves(jax.eval_shape(code, *values))
        mixing = random_like([np.empty(s.shape) for s in shapes], rng)

        def mixed(*inputs: Any) -> Any:
            parts = _leaves(code(*inputs))
            return sum(jnp.sum(jnp.asarray(w, p.dtype) * p) for w, p in zip(mixing, parts))

        slopes = jax.jit(jax.grad(mixed, argnums=tuple(range(len(values)))))(*values)
        return [np.asarray(_contracted(along, slopes))]

    def exact(dims: Any, values: list[Any], rng: Any, noise: Any = None) -> list[Any]:
        along = random_like(values, rng)
        sides = []
        for sign in (1, -1):
            with working_precision(_DERIVATIVE_BITS):
                step = sign * arb(2) ** -_STEP_BITS
                moved = [_moved(v, d, step) for v, d in zip(values, along)]
            if noise is not None:  # the same disturbance on both sides of the difference
                noise = (noise[0], np.random.default_rng(noise[1].bit_generator.seed_seq.entropy))
            reference = MatrixReference(dims, _named(formula, moved), _DERIVATIVE_BITS, noise)
            sides.append(_ball_parts(reference, formula))
        mixing = random_like([np.empty(np.shape(part)) for part in sides[0]], rng)
        with working_precision(_DERIVATIVE_BITS):
            total = arb(0)
            for weight, above, below in zip(mixing, *sides):
                for w, a, b in zip(weight.ravel(), above.ravel(), below.ravel()):
                    total += arb(float(w)) * (a - b)
            return [np.array(np.longdouble(float(total * arb(2) ** (_STEP_BITS - 1))))]

    cases = [case for case in _cases(formula, seed) if _is_small(case)]
    return _judge(
        "directional derivatives of matrix formulas", compute, exact, formula, cases, dtypes
    )


# --- cases ---------------------------------------------------------------------------------------


def _cases(formula: Any, seed: int) -> Iterator[Case]:
    """(sizes, kind of matrices, seed), small ones first."""
    symbols = {
        dimension
        for arg in formula.args
        if isinstance(arg, MatrixSymbol)
        for dimension in arg.shape
        if isinstance(dimension, Symbol)
    }
    names = sorted(symbols, key=str)
    sizes = [dict.fromkeys(names, size) for size in _SIZES] if names else [{}]
    if len(names) > 1:
        shapes = [{n: row[i % len(row)] for i, n in enumerate(names)} for row in _RECTANGLES]
        sizes = sizes[:3] + shapes + sizes[3:]
    for dims in sizes:
        large = max(dims.values(), default=1) > 16
        for k, kind in enumerate(_KINDS[:1] if large else _KINDS):
            yield dims, kind, seed + 17 * k + 1000 * sum(dims.values())


def _is_small(case: Case) -> bool:
    """Cases of which derivatives are compared: each shape costs a compilation of the gradient."""
    dims, kind, _ = case
    sizes = set(dims.values())
    return kind != "rank one" and (len(sizes) != 1 or sizes <= {2, 7}) and max(sizes, default=1) < 8


def _inputs(formula: Any, dims: dict[Symbol, int], kind: str, seed: int, dtype: str) -> list[Any]:
    rng = np.random.default_rng(seed)
    scalars = [arg for arg in formula.args if not isinstance(arg, MatrixSymbol)]
    point = formula.domain.over(scalars).rational_points(12, seed=seed)[-1] if scalars else {}
    values = []
    for arg in formula.args:
        if not isinstance(arg, MatrixSymbol):
            values.append(np.asarray(float(point[arg]), dtype=dtype))
            continue
        rows, columns = (int(d.subs(dims)) for d in arg.shape)
        matrix = rng.standard_normal((rows, columns))
        if kind == "scaled":
            matrix *= np.exp2(rng.uniform(-12, 12, (rows, columns)))
        elif kind == "rank one":
            matrix = np.outer(rng.standard_normal(rows), rng.standard_normal(columns))
        values.append(matrix.astype(dtype))
    return values


def _named(formula: Any, values: Sequence[Any]) -> dict[str, Any]:
    return {arg.name: value for arg, value in zip(formula.args, values, strict=True)}


def _leaves(expr: Any) -> list[Any]:
    if isinstance(expr, dict):
        return [leaf for part in expr.values() for leaf in _leaves(part)]
    if isinstance(expr, tuple | list):
        return [leaf for part in expr for leaf in _leaves(part)]
    return [expr]


def _contracted(along: Sequence[Any], slopes: Sequence[Any]) -> float:
    with np.errstate(all="ignore"):  # an overflow of the code is judged, not warned about
        return float(sum(np.sum(d * np.asarray(s, np.float64)) for d, s in zip(along, slopes)))


def _moved(value: Any, direction: Any, step: Any) -> Any:
    entries = [
        arb(float(v)) + step * arb(float(d))
        for v, d in zip(np.ravel(value), np.ravel(direction), strict=True)
    ]
    if np.ndim(value) == 0:
        return entries[0]
    moved = np.empty(len(entries), dtype=object)
    moved[:] = entries
    return moved.reshape(np.shape(value))


def _ball_parts(reference: MatrixReference, formula: Any) -> list[Any]:
    return [reference.balls(part) for part in _leaves(formula.expr)]


# --- judgement -----------------------------------------------------------------------------------


def _judge(
    method: str,
    compute: Callable[..., list[Any]],
    exact: Callable[..., list[Any]],
    formula: Any,
    cases: Iterable[Case],
    dtypes: Sequence[str],
) -> Level:
    tally = _Tally(dict.fromkeys(dtypes, 0.0))
    for dims, kind, case in cases:
        for dtype in dtypes:
            try:
                values = _inputs(formula, dims, kind, case, dtype)
                with jax.enable_x64(True):
                    found = compute([jnp.asarray(v) for v in values], np.random.default_rng(case))
                ideal = exact(dims, values, np.random.default_rng(case))
                change = _change(exact, dims, values, ideal, dtype, case)
            except DomainError:
                tally.count("undefined")
                continue
            except DerivaxError as problem:
                return Level(Outcome.OPEN, method, str(problem))
            for got, want, moved in zip(found, ideal, change, strict=True):
                if not tally.agrees(got, want, moved, dtype):
                    where = {"matrices": kind, "dtype": dtype, "seed": case}
                    witness = {str(n): number for n, number in dims.items()} | where | tally.last
                    detail = f"{dtype}: code and formula differ by more than rounding explains"
                    return Level(Outcome.REFUTED, method, detail, {}, witness)
    return tally.level(method)


@dataclass
class _Tally:
    """Comparisons so far: worst errors, counts, resolution, and the norms of the last one."""

    worst: dict[str, float]
    counts: dict[str, int] = field(default_factory=dict)
    resolution: float = np.inf
    last: dict[str, Any] = field(default_factory=dict)

    def count(self, name: str) -> None:
        """One more of a kind."""
        self.counts[name] = self.counts.get(name, 0) + 1

    def agrees(self, got: Any, want: Any, moved: float, dtype: str) -> bool:
        """False when the error of one output is more than rounding explains."""
        limits = np.finfo(dtype)
        eps, size = float(limits.eps), _norm(want)
        if size > float(limits.max) / 2**10:
            self.count("out_of_range")
            return True
        self.count("compared")
        off = _norm(got.astype(np.longdouble) - want)
        self.last = {"norm_of_error": off, "norm_of_value": size}
        allowed = _NORM_ULP * eps * size + _SAFETY * moved
        if allowed > _FIRST_ORDER * size:
            self.count("unresolved")
            return True
        self.worst[dtype] = max(self.worst[dtype], off / (eps * size))
        self.resolution = min(self.resolution, allowed / size)
        return off <= allowed

    def level(self, method: str) -> Level:
        """The level when nothing was refuted."""
        figures = {
            f"max_{dtype}": Figure(value, "ulp of the norm", "measured")
            for dtype, value in self.worst.items()
        }
        figures |= {name: Figure(number, "", "exact") for name, number in self.counts.items()}
        compared = self.counts.get("compared", 0)
        judged = compared - self.counts.get("unresolved", 0)
        if judged < 6 or judged < compared / 3:
            detail = f"only {judged} of {compared} comparisons could be judged"
            return Level(Outcome.OPEN, method, detail, figures)
        figures["resolution"] = Figure(self.resolution, "relative error of the norm", "bound")
        return Level(Outcome.HOLDS, method, "within what a backward stable code may do", figures)


def _norm(values: Any) -> float:
    with np.errstate(invalid="ignore", over="ignore"):
        return float(np.sqrt(np.sum(np.abs(np.asarray(values, np.longdouble)) ** 2)))


def _change(
    exact: Callable[..., list[Any]],
    dims: Any,
    values: list[Any],
    ideal: list[Any],
    dtype: str,
    seed: int,
) -> list[float]:
    """How much each exact output changes when arguments and intermediate matrices are disturbed by
    an ulp of their largest entry, at worst of three."""
    eps = float(np.finfo(dtype).eps)
    changes = [0.0] * len(ideal)
    for trial in range(3):
        noise = (eps, np.random.default_rng(seed + trial))
        outputs = exact(dims, values, np.random.default_rng(seed), noise)
        for k, (after, before) in enumerate(zip(outputs, ideal, strict=True)):
            changes[k] = max(changes[k], _norm(after - before))
    return changes
