"""Derivatives of the gamma functions."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

from derivax.numeric import special


def d_gamma(x: Any) -> Any:
    return special.gamma(x) * special.digamma(x)


def d_rgamma(x: Any) -> Any:
    """-digamma/gamma, an entire function: reflected for x < 1/2, where its zeros are."""
    low = x < 0.5
    near, far = jnp.where(low, 0.5, x), jnp.where(low, x, 0.5)
    mirror = special.gamma(1.0 - far)
    wave = special.cospi(far) - special.digamma(1.0 - far) * special.sinpi(far) / jnp.pi
    return jnp.where(low, mirror * wave, -special.digamma(near) * special.rgamma(near))


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
