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
    """The point of (low, high) where F(u, parameters) changes sign; body gives F and dF/du.

    Newton steps while they stay in the bracket and at least halve, else bisection, so no function
    takes much longer than by bisection alone; a point that is done stays as it is.

    The bracket may be infinite and F singular at its ends; the sign at the upper end (just
    below it, or at the lower end, where the upper tells nothing) says in which direction F
    rises: a root closer to the upper end than rounding lies between the two.  A root
    below the smallest normal number is returned as that number, never as the end 0, where F and
    its derivatives are often singular.
    """
    largest = jnp.finfo(low.dtype).max / 4.0
    tiny = jnp.finfo(low.dtype).tiny
    width = 4.0 * jnp.finfo(low.dtype).eps
    bottom = jnp.where(low == 0.0, tiny, jnp.where(jnp.isinf(low), -largest, low))
    top = jnp.where(high == 0.0, -tiny, jnp.where(jnp.isinf(high), largest, high))
    inside, _ = body(top - jnp.maximum(width * jnp.abs(top), tiny), parameters)
    at_top, _ = body(top, parameters)
    at_bottom, _ = body(bottom + jnp.maximum(width * jnp.abs(bottom), tiny), parameters)
    sure = jnp.logical_and(jnp.abs(at_top) > 0.0, jnp.isfinite(high))
    above = jnp.where(sure, jnp.sign(at_top), jnp.sign(inside))
    below = jnp.sign(at_bottom)
    told = jnp.logical_and(jnp.abs(above) > 0.0, jnp.logical_or(sure, above != below))
    rising = jnp.where(told, above, -below)
    known = jnp.logical_or(rising > 0.0, rising < 0.0)
    near = jnp.power(jnp.finfo(low.dtype).eps, 0.75)  # the next step is below rounding

    def step(state):
        count, left, right, u, last, done = state
        value, slope = body(u, parameters)
        beyond = value * rising > 0.0
        left = jnp.where(beyond, left, u)
        right = jnp.where(beyond, u, right)
        move = value / slope
        size = jnp.abs(move)
        next_u = u - move
        within = jnp.logical_and(next_u >= left, next_u <= right)
        newton = jnp.logical_and(within, size <= 0.5 * last)
        exact = value == 0.0
        close = jnp.logical_or(exact, jnp.logical_and(newton, size <= near * jnp.abs(u)))
        middle = bracket_middle(left, right)
        narrow = right - left <= 0.5 * width * jnp.maximum(jnp.abs(left), jnp.abs(right))
        moved = jnp.where(newton, next_u, middle)
        return (
            count + 1,
            left,
            right,
            jnp.where(jnp.logical_or(done, exact), u, moved),
            jnp.where(newton, size, right - left),
            jnp.logical_or(done, jnp.logical_or(close, narrow)),
        )

    def unfinished(state):
        count, _left, _right, _u, _last, done = state
        limit = 2 * jnp.finfo(low.dtype).bits + 16
        return jnp.logical_and(count < limit, jnp.logical_not(jnp.all(done)))

    first = bracket_middle(bottom, top)
    start = (0, bottom, top, first, jnp.full_like(first, jnp.inf), jnp.logical_not(known))
    _count, _left, _right, root, _last, _done = lax.while_loop(unfinished, step, start)
    return jnp.where(known, root, jnp.nan)
