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


def dominant_pair(a):
    """Right eigenvector of sum 1 and eigenvalue of largest real part, by repeated squaring.

    A shift by the norm makes the largest real part the largest modulus among real eigenvalues, and
    matrices without negative entries off the diagonal primitive.  A complex pair that dominates
    leaves no single direction.
    """
    unit = jnp.eye(a.shape[-1], dtype=a.dtype)
    norm = jnp.max(jnp.sum(jnp.abs(a), axis=-1), axis=-1)
    shift = jnp.expand_dims(norm, (-2, -1))
    start = a / jnp.where(shift > 0.0, shift, 1.0) + unit

    def step(_, power):
        size = jnp.expand_dims(jnp.max(jnp.max(jnp.abs(power), axis=-1), axis=-1), (-2, -1))
        scaled = power / jnp.where(size > 0.0, size, 1.0)
        return jnp.matmul(scaled, scaled, precision="highest")

    power = lax.fori_loop(0, 64, step, start)
    vector = jnp.expand_dims(jnp.sum(power * jnp.expand_dims(column_signs(power), -2), axis=-1), -1)
    vector = vector / jnp.expand_dims(jnp.sum(vector, axis=-2), -1)
    image = jnp.matmul(a, vector, precision="highest")
    value = jnp.expand_dims(jnp.sum(image, axis=-2), -1)
    return vector, value


def column_signs(power):
    """The signs of the column sums: all columns of a dyad add up without cancelling."""
    return jnp.sign(jnp.sum(power, axis=-2))


def dominant_eigenvalue(a):
    """The eigenvalue of largest real part; NaN where it is not real and simple.

    Two Newton steps for A v = lambda v, sum v = 1, from the converged pair carry the derivatives:
    each doubles the order up to which they are exact (1, then 3).
    """
    vector, value = dominant_pair(lax.stop_gradient(a))
    vector, value = eigenpair_step(a, lax.stop_gradient(vector), lax.stop_gradient(value))
    vector, value = eigenpair_step(a, vector, value)
    residual = jnp.matmul(a, vector, precision="highest") - value * vector
    error = jnp.max(jnp.max(jnp.abs(residual), axis=-1), axis=-1)
    size = jnp.max(jnp.sum(jnp.abs(a), axis=-1), axis=-1)
    scale = size * jnp.max(jnp.max(jnp.abs(vector), axis=-1), axis=-1)
    found = error <= 1e3 * jnp.finfo(a.dtype).eps * scale
    return jnp.where(found, jnp.squeeze(value, axis=(-2, -1)), jnp.nan)


def eigenpair_step(a, vector, value):
    """One step for A v = lambda v, sum v = 1: a bordered linear system."""
    unit = jnp.eye(a.shape[-1], dtype=a.dtype)
    rest = jnp.matmul(a, vector, precision="highest") - value * vector
    ones = jnp.swapaxes(jnp.ones_like(vector), -1, -2)
    top = jnp.concatenate((a - value * unit, -vector), axis=-1)
    bottom = jnp.concatenate((ones, jnp.zeros_like(value)), axis=-1)
    matrix = jnp.concatenate((top, bottom), axis=-2)
    excess = jnp.expand_dims(jnp.sum(vector, axis=-2), -2) - 1.0
    change = jnp.linalg.solve(matrix, -jnp.concatenate((rest, excess), axis=-2))
    places = jnp.arange(a.shape[-1])
    last = jnp.take(change, a.shape[-1], axis=-2)
    return vector + jnp.take(change, places, axis=-2), value + jnp.expand_dims(last, -2)


def symmetric_spectrum(a):
    """The eigenvalues of a real symmetric matrix, in increasing order."""
    values, _vectors = jnp.linalg.eigh(0.5 * (a + jnp.swapaxes(a, -1, -2)))
    return values


def placed_beside(a, b):
    """a and b side by side; their batches broadcast."""
    batch = jnp.zeros_like(jnp.sum(a, axis=(-2, -1)) + jnp.sum(b, axis=(-2, -1)))
    spread = jnp.expand_dims(batch, (-2, -1))
    return jnp.concatenate((a + spread, b + spread), axis=-1)


def stacked_above(a, b):
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


def entry_on_axis(a, place, places, axis):
    """a at one place of an axis, whose places are numbered from 0; NaN where there is none."""
    here = places == place
    value = jnp.sum(jnp.where(here, a, 0.0), axis=axis)
    return jnp.where(jnp.any(here, axis=axis), value, jnp.nan)
