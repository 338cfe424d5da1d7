"""Array code of radial waves through cells of constant potential: exactly, and as power series.

Instead of u it carries v = r u' - u, whose slope is r U u: v stays accurate where u and r u' cancel
for weak potentials.  Beyond the potential v/u' is the scattering length.
"""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax


def through_cells(even, sloped, growth, U, edges):
    """(a, u, u') at the last edge.

    even(U, h) = C, sloped(U, h) = U h S, growth(U, h) = h (C - S).
    """
    cells = U.shape[0]
    left = lax.slice_in_dim(edges, 0, cells, axis=0)
    right = lax.slice_in_dim(edges, 1, cells + 1, axis=0)

    def step(carry, cell):
        v, p = carry
        u0, low, high = cell
        h = high - low
        u = low * p - v
        grown = even(u0, h)
        slope = sloped(u0, h) * u + grown * p
        # r u' - u of the transferred wave, without the parts that cancel
        value = grown * v + growth(u0, h) * p + high * sloped(u0, h) * u
        return ((value, slope), 0.0)

    zero = jnp.zeros((), U.dtype)
    done, _ = lax.scan(step, (zero, zero + 1.0), (U, left, right))
    v, p = done
    last = jnp.take(edges, cells)
    return (v / p, last * p - v, p)


def toeplitz(c):
    """The matrix that multiplies a truncated series by c."""
    orders = c.shape[0]
    places = jnp.arange(orders)
    difference = jnp.expand_dims(places, 1) - jnp.expand_dims(places, 0)
    inside = difference >= 0
    return jnp.where(inside, jnp.take(c, jnp.where(inside, difference, 0)), 0.0)


def times_variable(c):
    """One order up."""
    orders = c.shape[0]
    return jnp.concatenate((jnp.zeros((1,), c.dtype), lax.slice_in_dim(c, 0, orders - 1, axis=0)))


def terms_of(ratio, w, orders):
    """1, ratio(w, 0), ratio(w, 0) ratio(w, 1), ...: `orders` terms of an entire function."""
    places = jnp.asarray(jnp.arange(orders - 1), w.dtype)
    return jnp.concatenate((jnp.ones((1,), w.dtype), jnp.cumprod(ratio(w, places))))


def born_terms_of_cells(even_ratio, odd_ratio, U, edges, weights):
    """weights[n-1] a_n for n = 1, 2, ..., and the coefficients of the Jost function u'(end)."""
    cells = U.shape[0]
    orders = weights.shape[0] + 1
    dtype = U.dtype
    left = lax.slice_in_dim(edges, 0, cells, axis=0)
    right = lax.slice_in_dim(edges, 1, cells + 1, axis=0)
    counts = 2.0 * jnp.asarray(jnp.arange(orders), dtype)

    def step(carry, cell):
        v, p = carry
        strength, low, high = cell
        h = high - low
        w = strength * h * h
        even = terms_of(even_ratio, w, orders)
        odd = terms_of(odd_ratio, w, orders)
        u = low * p - v
        sloped = jnp.matmul(toeplitz(times_variable(odd)), u, precision="highest") * (strength * h)
        # even - odd = 2m odd, term by term
        between = jnp.matmul(toeplitz(counts * odd), p, precision="highest") * h
        grown = toeplitz(even)
        slope = sloped + jnp.matmul(grown, p, precision="highest")
        value = jnp.matmul(grown, v, precision="highest") + between + high * sloped
        return ((value, slope), 0.0)

    zero = jnp.zeros((orders,), dtype)
    one = jnp.asarray(jnp.arange(orders) == 0, dtype)
    done, _ = lax.scan(step, (zero, one), (U, left, right))
    v, p = done
    lower = toeplitz(p) - jnp.eye(orders, dtype=dtype)

    def divide(k, a):
        row = jnp.take(lower, k, axis=0)
        value = jnp.take(v, k) - jnp.sum(row * a)
        return lax.dynamic_update_index_in_dim(a, value, k, 0)

    a = lax.fori_loop(1, orders, divide, zero)
    return (weights * lax.slice_in_dim(a, 1, orders, axis=0), p)
