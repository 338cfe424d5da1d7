"""A value of the tape, and the sizes of rounding errors at points.

Main definitions: `Node`, `rounding`, `literal_error`, `strained`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np

__all__ = ["WIDE", "Node", "is_float", "literal_error", "rounding", "strained", "times"]

WIDE = np.longdouble

Array = Any


@dataclass(slots=True)
class Node:
    """A value of the tape: its rounding error, how its adjoint reaches its parents, where it
    leaves the range of normal numbers, and which operation made it ("constant": none)."""

    value: Array
    eps: Array | None = None
    pulls: tuple[tuple[int, Callable[[Array], Array]], ...] = ()
    strained: Array | None = None
    op: str = ""
    operands: tuple[int, ...] = ()


def times(adjoint: Array, partial: Array) -> Array:
    # An unselected branch may be infinite; nothing flows through it.
    return np.where(adjoint == 0, 0, adjoint * partial)


def is_float(dtype: Any) -> bool:
    return bool(jnp.issubdtype(dtype, jnp.floating))


def rounding(value: Array, dtype: Any, ulps: float) -> Array:
    """The absolute error of `ulps` units in the last place of `value`, flushing included."""
    limits = jnp.finfo(dtype)
    size = np.abs(value)
    tiny = WIDE(float(limits.tiny))
    eps = ulps * WIDE(float(limits.eps)) * size
    # results up to the rounding above the smallest normal number may be flushed
    return np.where((size > 0) & (size < tiny * (1 + ulps * float(limits.eps))), tiny, eps)


def strained(value: Array, dtype: Any) -> Array | None:
    """Where a value overflows, is undefined, or is below the normal numbers; None: nowhere."""
    limits = jnp.finfo(dtype)
    size = np.abs(value)
    out = ~(size <= WIDE(float(limits.max))) | ((size > 0) & (size < WIDE(float(limits.tiny))))
    return out if out.any() else None


def literal_error(value: Array, dtype: Any) -> Array | None:
    """Half an ulp for a constant whose significand is long: it may stand for 1/3 or pi."""
    limits = jnp.finfo(dtype)
    significand, _ = np.frexp(value)
    scaled = significand * 2.0 ** (limits.nmant // 2)
    return np.where(scaled == np.rint(scaled), 0, rounding(value, dtype, 0.5))
