"""Derivatives of the Bessel functions of real order in the argument."""

from __future__ import annotations

from typing import Any

from derivax.numeric import special


def d_bessel_j(n: Any, x: Any) -> Any:
    """(J_{n-1} - J_{n+1})/2."""
    return 0.5 * (special.bessel_j(n - 1.0, x) - special.bessel_j(n + 1.0, x))


def d_bessel_y(n: Any, x: Any) -> Any:
    """(Y_{n-1} - Y_{n+1})/2."""
    return 0.5 * (special.bessel_y(n - 1.0, x) - special.bessel_y(n + 1.0, x))
