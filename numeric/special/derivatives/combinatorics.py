"""Derivatives of the numbers of combinatorics that are continued to real indices."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

from derivax.numeric import special


def d_factorial2(n: Any) -> Any:
    """Half of log 2 + digamma(n/2 + 1), and the slope of (2/pi)^((1 - cos(pi n))/4)."""
    wave = 0.25 * jnp.pi * jnp.log(2.0 / jnp.pi) * special.sinpi(n)
    slope = 0.5 * (jnp.log(2.0) + special.digamma(0.5 * n + 1.0)) + wave
    return special.factorial2(n) * slope


def d_catalan(n: Any) -> Any:
    slope = jnp.log(4.0) + special.digamma(n + 0.5) - special.digamma(n + 2.0)
    return special.catalan(n) * slope


def d_harmonic(n: Any) -> Any:
    return special.trigamma(n + 1.0)
