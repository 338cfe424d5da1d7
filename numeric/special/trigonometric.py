"""Inverse trigonometric functions near their weak places, and the three that JAX lacks."""

from __future__ import annotations

import jax.numpy as jnp


def accurate_arcsin(x):
    """asin(x); tiny arguments by x + x^3/6 (JAX halves them first and underflows)."""
    tiny = jnp.where(jnp.abs(x) < 1e-4, x, 0.0)
    return jnp.where(jnp.abs(x) < 1e-4, x + tiny * tiny * tiny / 6.0, jnp.arcsin(x))


def arccot(x):
    """acot(x) = atan(1/x), odd, pi/2 at 0."""
    return jnp.arctan(1.0 / x)


def arcsec(x):
    """asec(x) = acos(1/x) as the angle of (sign x, sqrt(x^2 - 1)): accurate near |x| = 1."""
    size = jnp.abs(x)
    return jnp.arctan2(jnp.sqrt(size - 1.0) * jnp.sqrt(size + 1.0), jnp.sign(x))


def arccsc(x):
    """acsc(x) = asin(1/x) as the angle of (sqrt(x^2 - 1), sign x): accurate near |x| = 1."""
    size = jnp.abs(x)
    return jnp.arctan2(jnp.sign(x), jnp.sqrt(size - 1.0) * jnp.sqrt(size + 1.0))
