"""Derivatives of the error functions."""

from __future__ import annotations

from typing import Any

from derivax.numeric import special

TWO_OVER_ROOT_PI = 1.1283791670955126


def d_erfc(x: Any) -> Any:
    return -TWO_OVER_ROOT_PI * special.gaussian(x, 1.0)
