"""Derivatives of hyperbolic functions."""

from __future__ import annotations

from typing import Any

from derivax.numeric import special


def d_sinh(x: Any) -> Any:
    return special.cosh(x)


def d_cosh(x: Any) -> Any:
    return special.sinh(x)


def d_atanh(x: Any) -> Any:
    return 1.0 / ((1.0 - x) * (1.0 + x))
