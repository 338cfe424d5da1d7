"""exp and log near their weak places."""

from __future__ import annotations

import jax.numpy as jnp


def accurate_log1p(x):
    """log(1 + x): the rounding error of 1 + x is returned to first order."""
    shifted = 1.0 + x
    regular = jnp.logical_and(shifted > 0.0, shifted < jnp.inf)
    safe = jnp.where(regular, shifted, 1.0)
    lost = jnp.where(regular, (shifted - 1.0) - x, 0.0)
    return jnp.log(shifted) - lost / safe


def gaussian(x):
    """exp(-x^2): the square is split exactly, x = high + low with few bits in high."""
    size = jnp.minimum(jnp.abs(x), 40.0)
    high = jnp.floor(16.0 * size + 0.5) / 16.0
    return jnp.exp(-high * high) * jnp.exp((high - size) * (high + size))


def clip_exponent(x):
    """The exponent held within the square root of the format's range: no inf - inf later."""
    largest = jnp.sqrt(jnp.finfo(x.dtype).max)
    return jnp.clip(x, -largest, largest)
