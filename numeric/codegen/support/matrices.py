"""Matrices on the last two axes."""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax


def matrix_to_power(a, n):
    """The whole power n of a square matrix (n of the batch shape and two more axes of length 1);
    NaN where n is no whole number."""
    unit = jnp.eye(a.shape[-1], dtype=a.dtype) + jnp.zeros_like(a)
    inverse = jnp.linalg.inv(jnp.where(n < 0.0, a, unit))

    def step(_, state):
        base, left, result = state
        odd = jnp.mod(left, 2.0) == 1.0
        result = jnp.where(odd, jnp.matmul(result, base, precision="highest"), result)
        left = jnp.floor(0.5 * left)
        base = jnp.where(left > 0.0, jnp.matmul(base, base, precision="highest"), base)
        return (base, left, result)

    start = jnp.where(n < 0.0, inverse, a)
    steps = jnp.abs(n) + jnp.zeros_like(jnp.real(a))
    _base, left, result = lax.fori_loop(0, 31, step, (start, steps, unit + jnp.zeros_like(start)))
    return jnp.where(jnp.logical_and(jnp.floor(n) == n, left == 0.0), result, jnp.nan)


def beside(a, b):
    """a and b side by side; their batches broadcast."""
    batch = jnp.zeros_like(jnp.sum(a, axis=(-2, -1)) + jnp.sum(b, axis=(-2, -1)))
    spread = jnp.expand_dims(batch, (-2, -1))
    return jnp.concatenate((a + spread, b + spread), axis=-1)


def above(a, b):
    """a on top of b; their batches broadcast."""
    batch = jnp.zeros_like(jnp.sum(a, axis=(-2, -1)) + jnp.sum(b, axis=(-2, -1)))
    spread = jnp.expand_dims(batch, (-2, -1))
    return jnp.concatenate((a + spread, b + spread), axis=-2)


def entry_at(a, i, j):
    """Entry (i, j), counted from 0; NaN where there is none."""
    row = jnp.expand_dims(jnp.arange(a.shape[-2]), -1) == jnp.expand_dims(i, (-2, -1))
    column = jnp.arange(a.shape[-1]) == jnp.expand_dims(j, (-2, -1))
    here = jnp.logical_and(row, column)
    found = jnp.any(here, axis=(-2, -1))
    return jnp.where(found, jnp.sum(jnp.where(here, a, 0.0), axis=(-2, -1)), jnp.nan)
