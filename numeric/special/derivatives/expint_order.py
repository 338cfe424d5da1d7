"""Derivative of the generalised exponential integral in its argument."""

from __future__ import annotations

from typing import Any

from derivax.numeric import special


def d_expint(p: Any, x: Any) -> Any:
    return -special.expint(p - 1.0, x)
