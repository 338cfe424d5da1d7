"""Derivatives of the error functions."""

from __future__ import annotations

from typing import Any

from derivax.numeric import special

TWO_OVER_ROOT_PI = 1.1283791670955126
HALF_ROOT_PI = 0.886226925452758
ROOT_TWO_PI = 2.5066282746310007


def d_erf(x: Any) -> Any:
    return TWO_OVER_ROOT_PI * special.gaussian(x, 1.0)


def d_erfc(x: Any) -> Any:
    return -TWO_OVER_ROOT_PI * special.gaussian(x, 1.0)


def d_erfcx(x: Any) -> Any:
    """Cancels for large x: the relative error grows as x^2 ulp."""
    return 2.0 * x * special.erfcx(x) - TWO_OVER_ROOT_PI


def d_erfi(x: Any) -> Any:
    return TWO_OVER_ROOT_PI * special.exp_square(x)


def d_dawson(x: Any) -> Any:
    """Cancels for large x: the relative error grows as x^2 ulp."""
    return 1.0 - 2.0 * x * special.dawson(x)


def d_erfinv(x: Any) -> Any:
    return HALF_ROOT_PI * special.exp_square(special.erfinv(x))


def d_erfcinv(x: Any) -> Any:
    return -HALF_ROOT_PI * special.exp_square(special.erfcinv(x))


def d_ndtr(x: Any) -> Any:
    return special.gaussian(x, 0.5) / ROOT_TWO_PI


def d_log_ndtr(x: Any) -> Any:
    return special.hazard(-x)


def d_hazard(x: Any) -> Any:
    """Cancels for large x: the relative error grows as x^2 ulp."""
    rate = special.hazard(x)
    return rate * (rate - x)


def d_ndtri(x: Any) -> Any:
    return ROOT_TWO_PI / special.gaussian(special.ndtri(x), 0.5)
