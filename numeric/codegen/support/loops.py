"""Sums and iterations of scalar functions."""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax


def added_exactly(state, value):
    """One step of a compensated sum (Neumaier): what was rounded away is kept beside the total."""
    total, lost = state
    new = total + value
    larger = jnp.abs(total) >= jnp.abs(value)
    error = jnp.where(larger, (total - new) + value, (value - new) + total)
    return (new, jnp.where(jnp.isfinite(new), lost + error, lost))


def summed_terms(term, first, count, blank, parameters):
    """The sum of term(k, parameters) over k = first, ..., first + count - 1."""

    def step(j, state):
        index = first + jnp.asarray(j, first.dtype)
        return added_exactly(state, term(index, parameters))

    total, lost = lax.fori_loop(0, count, step, (blank, blank))
    return total + lost


def summed_between(term, first, last, blank, parameters):
    """The sum of term(k, parameters) over k = first, ..., last; `blank` is its zero."""
    count = last - first + 1.0

    def step(j, state):
        offset = jnp.asarray(j, first.dtype)
        value = term(first + offset, parameters)
        return added_exactly(state, jnp.where(offset < count, value, 0.0))

    total, lost = lax.fori_loop(0, longest_run(count), step, (blank, blank))
    return total + lost


def longest_run(count):
    """The largest of the numbers of steps, as an integer."""
    safe = jnp.where(jnp.isfinite(count), jnp.clip(count, 0.0, 2147483520.0), 0.0)
    return jnp.asarray(jnp.max(safe), jnp.int32)


def iterated_map(step, start, count, state, parameters):
    """The state after `count` steps from k = start."""

    def body(j, state):
        return step(start + jnp.asarray(j, start.dtype), state, parameters)

    return lax.fori_loop(0, count, body, state)


def iterated_times(step, start, count, state, parameters):
    """The state after `count` steps, which may differ from point to point."""

    def body(j, state):
        offset = jnp.asarray(j, start.dtype)
        return step(start + offset, state, offset < count, parameters)

    return lax.fori_loop(0, longest_run(count), body, state)


def summed_to_infinity(term, first, blank, parameters):
    """The sum of the values for k = first, first + 1, ...; `term` gives the value at k and a bound
    of what the terms from k on add up to.

    Ends where that is below a quarter of the rounding unit of the sum; NaN where it is not after
    2^17 terms.
    """
    small = 0.25 * jnp.finfo(first.dtype).eps

    def step(state):
        count, total, lost, done = state
        value, rest = term(first + jnp.asarray(count, first.dtype), parameters)
        new, new_lost = added_exactly((total, lost), value)
        enough = jnp.logical_and(rest <= small * jnp.abs(total), jnp.isfinite(rest))
        done = jnp.logical_or(done, enough)
        failed = jnp.logical_not(jnp.isfinite(value))
        return (
            count + 1,
            jnp.where(done, total, jnp.where(failed, jnp.nan, new)),
            jnp.where(done, lost, new_lost),
            jnp.logical_or(done, failed),
        )

    start = (0, blank, blank, blank > 0.0)
    _count, total, lost, done = lax.while_loop(unfinished_series, step, start)
    return jnp.where(done, total + lost, jnp.nan)


def unfinished_series(state):
    """Whether a point needs more terms and may have them."""
    count, _total, _lost, done = state
    return jnp.logical_and(count < 131072, jnp.logical_not(jnp.all(done)))


def multiplied_to_infinity(factor, first, blank, parameters):
    """The product of the values for k = first, first + 1, ...; `factor` gives the value at k and a
    bound of the sum of |value - 1| from k on.

    Ends where that is below a quarter of the rounding unit; NaN where it is not after 2^17 factors.
    """
    small = 0.25 * jnp.finfo(first.dtype).eps

    def step(state):
        count, total, lost, done = state
        value, rest = factor(first + jnp.asarray(count, first.dtype), parameters)
        done = jnp.logical_or(done, rest <= small)
        failed = jnp.logical_not(jnp.isfinite(value))
        new = jnp.where(failed, jnp.nan, total * value)
        return (count + 1, jnp.where(done, total, new), lost, jnp.logical_or(done, failed))

    start = (0, blank + 1.0, blank, blank > 0.0)
    _count, total, _lost, done = lax.while_loop(unfinished_series, step, start)
    return jnp.where(done, total, jnp.nan)
