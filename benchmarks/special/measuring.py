"""How far a special function is from the truth, in units in the last place.

*Main definitions*: `Case` (reference and points of one function), `measure`.

The float64 reference is Arb (python-flint) at each point, to 40 bits beyond float64 at least.  The
float32 reference is the float64 code of the same function, which Arb spot-checks at every 500th
point: its own error is 1e-8 of a float32 ulp.  The error is |computed - exact| / ulp(exact), the
exact value unrounded (0.5 = correctly rounded).  Exact values below the smallest normal number may
be flushed to zero and are judged by their absolute error; values beyond the largest one must be
infinite; where the exact value is undefined the result must be NaN.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import flint
import jax
import numpy as np

from derivax.numeric.special.differentiable import primal
from derivax.numeric.special.table import ROW_OF_FUNCTION

Array = Any
DENSE = {"float32": 2**20, "float64": 100_000}
TOP = 4096


@dataclass(frozen=True)
class Case:
    """One function to be measured.

    Args:
        function: its name in the table.
        reference: the exact value as an `arb` of `arb` arguments; None or NaN: undefined.
        points: (rng, dtype, count) -> one array per argument, float32 or float64.
        special: further argument tuples (poles, zeros, regime thresholds and their neighbours).
        method: what is used where, for the table.
    """

    function: str
    reference: Callable[..., Any]
    points: Callable[[np.random.Generator, Any, int], tuple[Array, ...]]
    special: Sequence[tuple[float, ...]] = ()
    method: str = ""
    envelope: Callable[..., Any] | None = None


@dataclass
class Measured:
    """The largest error, where it is, the mean, and how many points of which kind there were."""

    max_ulp: float = 0.0
    at: tuple[float, ...] = ()
    mean: float = 0.0
    points: int = 0
    wrong: list[tuple[float, ...]] = field(default_factory=list)  # NaN, infinity, sign mistaken


def neighbours(values: Sequence[float], dtype: Any, reach: int = 4) -> Array:
    """Each value with its nearest floats and points at relative distances 2^-k."""
    found = []
    for v in values:
        v = dtype(v)
        low = high = v
        found.append(v)
        for _ in range(reach):
            low, high = np.nextafter(low, dtype(-np.inf)), np.nextafter(high, dtype(np.inf))
            found += [low, high]
        size = abs(v) if v else dtype(1)
        for k in range(2, np.finfo(dtype).nmant + 1):
            found += [v + size * dtype(2.0**-k), v - size * dtype(2.0**-k)]
    return np.array(found, dtype=dtype)


def stratified(low: float, high: float) -> Callable[..., tuple[Array, ...]]:
    """Points of [low, high], equally dense in every binade (of both signs), and equally spaced."""

    def points(rng: np.random.Generator, dtype: Any, count: int) -> tuple[Array, ...]:
        tiny = float(np.finfo(dtype).tiny)
        largest = float(np.finfo(dtype).max)
        parts = [rng.uniform(max(low, -1e6), min(high, 1e6), count // 2)]
        sides = [(max(low, tiny), high, 1.0)] if high > 0 else []
        sides += [(max(-high, tiny), -low, -1.0)] if low < 0 else []
        for small, large, sign in sides:
            large = min(large, largest)
            if large > small:
                logs = rng.uniform(math.log(small), math.log(large), count // 2 // len(sides))
                parts.append(sign * np.minimum(np.exp(logs), large))
        x = np.concatenate(parts).astype(dtype)
        return (np.clip(x, dtype(max(low, -largest)), dtype(min(high, largest))),)

    return points


def exact_values(reference: Callable[..., Any], columns: Sequence[Array]) -> tuple[Array, Array]:
    """The exact values as unevaluated sums high + low; NaN where undefined."""
    count = len(columns[0])
    high, low = np.full(count, np.nan), np.zeros(count)
    start = flint.ctx.prec
    try:
        for i, point in enumerate(zip(*(c.tolist() for c in columns), strict=True)):
            prec = 128
            while True:
                flint.ctx.prec = prec
                y = reference(*(flint.arb(v) for v in point))
                if y is None:
                    break
                if isinstance(y, float):  # an infinity with its sign
                    high[i] = y
                    break
                if y.is_finite() and (y.is_zero() or y.rel_accuracy_bits() >= 100):
                    high[i] = float(y.mid())
                    if math.isfinite(high[i]):
                        low[i] = float((y - flint.arb(high[i])).mid())
                    break
                prec *= 2
                if prec > TOP:
                    raise ArithmeticError(f"no reference value at {point}: {y}")
    finally:
        flint.ctx.prec = start
    return high, low


def errors(got: Array, high: Array, low: Array, scale: Array | None = None) -> tuple[Array, Array]:
    """(error in ulp, mistaken): the second marks wrong NaNs, infinities and signs."""
    info = np.finfo(got.dtype)
    tiny, largest = float(info.tiny), float(info.max)
    with np.errstate(all="ignore"):
        wide = got.astype(np.float64)
        size = np.maximum(np.abs(high), tiny)
        if scale is not None:
            size = np.maximum(size, scale)
        _, exponent = np.frexp(size)
        ulp = np.ldexp(1.0, exponent - 1 - info.nmant)
        error = np.abs((wide - high) - low) / ulp
    undefined, beyond = np.isnan(high), np.abs(high) > largest
    infinite = np.isinf(high)
    overflow_edge = ~infinite & (np.abs(high) >= largest * (1 - 8 * float(info.eps)))
    flushed = (np.abs(high) < tiny * (1 + 8 * float(info.eps))) & (wide == 0)
    mistaken = undefined & ~np.isnan(wide)
    signed = np.where(infinite | beyond, np.where(high < 0, -np.inf, np.inf), high)
    mistaken |= (infinite | beyond) & ~overflow_edge & (wide != signed)
    plain = ~undefined & ~beyond & ~infinite & ~overflow_edge & ~flushed
    mistaken |= plain & ~np.isfinite(wide)
    return np.where(plain & np.isfinite(wide), error, 0.0), mistaken


def measure(case: Case, dtype: Any, count: int | None = None, seed: int = 1) -> Measured:
    """The error of one function in one format."""
    dtype = np.dtype(dtype).type
    name = np.dtype(dtype).name
    count = DENSE[name] if count is None else count
    rng = np.random.default_rng(seed)
    columns = [np.asarray(c, dtype=dtype) for c in case.points(rng, dtype, count)]
    if case.special:
        extra = np.array(case.special, dtype=np.float64).astype(dtype).T
        columns = [np.concatenate([e, c]) for e, c in zip(extra, columns, strict=True)]
    normal = np.ones(len(columns[0]), dtype=bool)
    for c in columns:
        normal &= (c == 0) | (np.abs(c) >= np.finfo(dtype).tiny)
    columns = [c[normal] for c in columns]
    function = jax.jit(primal(ROW_OF_FUNCTION[case.function]))
    got = np.asarray(function(*columns))
    if got.dtype != dtype:
        raise TypeError(f"{case.function}: {got.dtype} from {name}")
    if name == "float64":
        high, low = exact_values(case.reference, columns)
    else:
        wide = [c.astype(np.float64) for c in columns]
        high, low = np.array(function(*wide)), np.zeros(len(got))
        spots = np.arange(0, len(got), 500)
        if case.special:
            spots = np.union1d(spots, np.arange(min(len(case.special), len(got))))
        high[spots], low[spots] = exact_values(case.reference, [c[spots] for c in wide])
    scale = None if case.envelope is None else case.envelope(*(c.astype(float) for c in columns))
    error, mistaken = errors(got, high, low, scale)
    worst = int(np.argmax(error))
    return Measured(
        max_ulp=float(error[worst]),
        at=tuple(float(c[worst]) for c in columns),
        mean=float(np.mean(error)),
        points=len(error),
        wrong=[tuple(float(c[i]) for c in columns) for i in np.flatnonzero(mistaken)[:8]],
    )
