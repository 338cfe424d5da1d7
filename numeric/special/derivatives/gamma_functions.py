"""Derivatives of the gamma functions."""

from __future__ import annotations

from typing import Any

from derivax.numeric import special


def d_gamma(x: Any) -> Any:
    return special.gamma(x) * special.digamma(x)


def d_rgamma(x: Any) -> Any:
    """NaN at the zeros 0, -1, -2, ..., where the quotient is removable."""
    return -special.digamma(x) * special.rgamma(x)


def d_loggamma(x: Any) -> Any:
    return special.digamma(x)


d_lgamma = d_loggamma


def d_digamma(x: Any) -> Any:
    return special.trigamma(x)


def d_trigamma(x: Any) -> Any:
    return special.polygamma(2.0, x)


def d_polygamma(n: Any, x: Any) -> Any:
    return special.polygamma(n + 1.0, x)


def d_factorial(x: Any) -> Any:
    return special.factorial(x) * special.digamma(x + 1.0)
