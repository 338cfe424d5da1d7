"""Exponents and logarithms that stay inside the range of the format."""

from __future__ import annotations

import jax.numpy as jnp


def clip_exponent(x):
    """The exponent held within the square root of the format's range: no inf - inf later."""
    largest = jnp.sqrt(jnp.finfo(x.dtype).max)
    return jnp.clip(x, -largest, largest)


def log_ratio(a, b):
    """log(a) - log(b) as log(a/b), which does not cancel; by parts where a/b leaves the range."""
    ratio = a / b
    inside = jnp.logical_and(ratio > jnp.finfo(ratio.dtype).tiny, ratio < jnp.inf)
    regular = jnp.logical_and(inside, a > 0.0)
    return jnp.where(regular, jnp.log(ratio), jnp.log(a) - jnp.log(b))
