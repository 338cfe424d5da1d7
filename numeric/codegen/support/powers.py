"""Powers with exact rational or run-time exponents."""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax


def real_cbrt(x):
    """The principal cube root: not a real number for x < 0."""
    return jnp.where(x < 0.0, jnp.nan, jnp.cbrt(x))


def rational_power(x, high, low):
    """x**(high + low): the part of the exponent that the format cannot hold is a small factor."""
    value = jnp.power(x, high)
    regular = jnp.logical_and(value > 0.0, value < jnp.inf)
    logarithm = jnp.where(regular, jnp.log(jnp.where(regular, x, 1.0)), 0.0)
    return value + value * jnp.expm1(low * logarithm)


def power_times_log(x, y, n):
    """x**y log(x)**n, with the limit 0 at x = 0 for y > 0."""
    zero = jnp.logical_and(x == 0.0, y > 0.0)
    safe = jnp.where(zero, 1.0, x)
    return jnp.where(zero, 0.0, jnp.power(safe, y) * lax.integer_pow(jnp.log(safe), n))
