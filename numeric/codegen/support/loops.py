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
