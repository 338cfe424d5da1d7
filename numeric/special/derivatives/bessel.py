"""Derivatives of the Bessel functions of order 0 and 1: those of neighbouring orders."""

from __future__ import annotations

from typing import Any

from derivax.numeric import special


def d_bessel_j0(x: Any) -> Any:
    return -special.bessel_j1(x)


def d_bessel_j1(x: Any) -> Any:
    """(J_0 - J_2)/2, regular at 0."""
    return 0.5 * (special.bessel_j0(x) - special.bessel_j(2.0, x))


def d_bessel_y0(x: Any) -> Any:
    return -special.bessel_y1(x)


def d_bessel_y1(x: Any) -> Any:
    return special.bessel_y0(x) - special.bessel_y1(x) / x
