"""Roots in a bracket."""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax


def bracket_middle(low, high):
    """A point between: 0 across signs, the geometric mean across magnitudes, else the mean."""
    tiny = jnp.finfo(low.dtype).tiny
    size_low = jnp.maximum(jnp.minimum(jnp.abs(low), jnp.abs(high)), tiny)
    size_high = jnp.maximum(jnp.abs(low), jnp.abs(high))
    geometric = jnp.sqrt(size_low) * jnp.sqrt(size_high)
    signed = jnp.where(high > 0.0, geometric, -geometric)
    middle = jnp.where(size_high > 4.0 * size_low, signed, 0.5 * low + 0.5 * high)
    return jnp.where(jnp.logical_and(low < 0.0, high > 0.0), 0.0, middle)


def bracketed_root(body, low, high, parameters):
    """The point of (low, high) where body(u, parameters) changes sign, by bisection.

    The bracket may be infinite and the body singular at its ends; the sign at the upper end (just
    below it, or at the lower end, where the upper tells nothing) says in which direction the body
    rises: a root closer to the upper end than rounding lies between the two.  A root
    below the smallest normal number is returned as that number, never as the end 0, where F and
    its derivatives are often singular.
    """
    largest = jnp.finfo(low.dtype).max / 4.0
    tiny = jnp.finfo(low.dtype).tiny
    width = 4.0 * jnp.finfo(low.dtype).eps
    bottom = jnp.where(low == 0.0, tiny, jnp.where(jnp.isinf(low), -largest, low))
    top = jnp.where(high == 0.0, -tiny, jnp.where(jnp.isinf(high), largest, high))
    inside = jnp.sign(body(top - jnp.maximum(width * jnp.abs(top), tiny), parameters))
    at_top = jnp.sign(body(top, parameters))
    sure = jnp.logical_and(jnp.abs(at_top) > 0.0, jnp.isfinite(high))
    above = jnp.where(sure, at_top, inside)
    below = jnp.sign(body(bottom + jnp.maximum(width * jnp.abs(bottom), tiny), parameters))
    told = jnp.logical_and(jnp.abs(above) > 0.0, jnp.logical_or(sure, above != below))
    rising = jnp.where(told, above, -below)

    def step(_, ends):
        left, right = ends
        middle = bracket_middle(left, right)
        beyond = jnp.sign(body(middle, parameters)) * rising > 0.0
        return (jnp.where(beyond, left, middle), jnp.where(beyond, middle, right))

    left, right = lax.fori_loop(0, jnp.finfo(low.dtype).bits + 8, step, (bottom, top))
    root = 0.5 * left + 0.5 * right
    known = jnp.logical_or(rising > 0.0, rising < 0.0)
    return jnp.where(known, root, jnp.nan)
