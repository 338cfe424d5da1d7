"""Derivatives of exponentials and logarithms."""

from __future__ import annotations

from typing import Any

from derivax.numeric import special


def d_log1p(x: Any) -> Any:
    return 1.0 / (1.0 + x)


def d_gaussian(x: Any, scale: Any) -> Any:
    return -2.0 * scale * x * special.gaussian(x, scale)
