"""Array code of truncated power series: rows [orders, width] are coefficients of t^0, t^1, ...

A series that is multiplied in a loop is also kept backwards, with zeros behind it, so that the
coefficients k, k-1, ..., 0 are one slice.
"""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax


def affine_series(W, b, y):
    """W y(t) + b."""
    first = jnp.asarray(jnp.expand_dims(jnp.arange(y.shape[0]), 1) == 0, y.dtype)
    return jnp.matmul(y, jnp.swapaxes(W, 0, 1), precision="highest") + first * b


def ray(x, v, orders):
    """x + t v; `orders` is any array with as many entries as there are coefficients."""
    places = jnp.expand_dims(jnp.arange(orders.shape[0]), 1)
    return jnp.asarray(places == 0, x.dtype) * x + jnp.asarray(places == 1, x.dtype) * v


def backwards(y):
    """The rows in opposite order, then one zero row less than there are rows."""
    last = y.shape[0] - 1
    turned = jnp.take(y, last - jnp.arange(y.shape[0]), axis=0)
    return jnp.concatenate((turned, jnp.zeros((last, y.shape[1]), y.dtype)), axis=0)


def only_first(row, orders):
    """A constant as a series of `orders` coefficients."""
    zeros = jnp.zeros((orders - 1, row.shape[0]), row.dtype)
    return jnp.concatenate((jnp.expand_dims(row, 0), zeros), axis=0)


def rates(y):
    """The coefficients (j + 1) y_(j+1) of the derivative, and a zero."""
    orders = y.shape[0]
    places = jnp.asarray(jnp.expand_dims(jnp.arange(orders), 1), y.dtype)
    moved = lax.slice_in_dim(y * places, 1, orders, axis=0)
    return jnp.concatenate((moved, jnp.zeros((1, y.shape[1]), y.dtype)), axis=0)


def put_row(y, row, place):
    """y with row `place` replaced."""
    return lax.dynamic_update_index_in_dim(y, row, place, 0)
