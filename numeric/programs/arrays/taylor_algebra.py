"""Array code of Taylor coefficients in several variables: products over pairs of multi-indices.

A quantity is an array [M, width] whose rows belong to multi-indices, the zero index first, sorted
by degree.  `left`, `right` [M, P] list for each multi-index m the pairs left + right = m; unused
places point to row M, which is zero.  `share` [M, P] is right_i / m_i for a variable i that occurs
in m: the share of a product's derivative by variable i.
"""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax


def affine(W, b, y):
    """W y + b for every coefficient; b belongs to the constant one."""
    first = jnp.asarray(jnp.expand_dims(jnp.arange(y.shape[0]), 1) == 0, y.dtype)
    return jnp.matmul(y, jnp.swapaxes(W, 0, 1), precision="highest") + first * b


def with_zero_row(y):
    """One more row of zeros."""
    return jnp.concatenate((y, jnp.zeros((1, y.shape[1]), y.dtype)), axis=0)


def put_row(y, row, place):
    """y with row `place` replaced."""
    return lax.dynamic_update_index_in_dim(y, row, place, 0)


def product(a, b):
    """A matrix product in full precision."""
    return jnp.matmul(a, b, precision="highest")


def vertex(above, below):
    """sum_c above[a, c] below[c, i] below[c, j]."""
    joined = jnp.expand_dims(above, 2) * jnp.expand_dims(below, 0)
    return jnp.matmul(jnp.swapaxes(joined, 1, 2), below, precision="highest")
