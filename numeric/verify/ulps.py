"""Distances between floats and exact values, in units in the last place.

Main definitions: `ulp_errors`, `spacing`, `EXCUSED_ULP`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["EXCUSED_ULP", "spacing", "ulp_errors"]

EXCUSED_ULP = 8.0
_WIDE = np.longdouble

Array = Any


def spacing(value: Any, dtype: str) -> Array:
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
    ulps = np.abs(wide_code - wide_exact) / spacing(exact, dtype)
    both_tiny = (np.abs(exact) <= limits.tiny) & (np.abs(wide_code) <= limits.tiny)
    ulps = np.where(both_tiny, 0.0, ulps)
    ordinary = np.isfinite(exact) & ((np.abs(exact) >= limits.tiny) | (exact == 0))
    hard = ordinary & np.isnan(code)
    far_infinity = np.isinf(code) & np.isfinite(exact) & (np.abs(exact) < limits.max / 2)
    hard |= ordinary & far_infinity
    # a NaN where the exact value overflows or underflows is no number that could be wrong
    ulps = np.where(np.isnan(ulps), np.where(ordinary, np.inf, 0.0), ulps)
    return np.minimum(ulps, 1e300).astype(np.float64), hard
