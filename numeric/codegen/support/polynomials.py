"""Polynomials with many terms and long sums of one form, as loops over tables."""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax


def table_entry(table, k):
    """table[k] along the first axis."""
    return lax.dynamic_index_in_dim(table, k, 0, False)


def in_blocks(function, variables, like):
    """function(variables) in blocks of at most 512 points, whose tables stay in the cache.

    `variables` has one row per variable; the result has the shape of `like`.
    """
    flat = jnp.reshape(variables, (variables.shape[0], like.size))
    blocks = (like.size + 511) // 512 + (like.size == 0)
    width = (like.size + blocks - 1) // blocks
    rest = jnp.full((variables.shape[0], blocks * width - like.size), 1.0, variables.dtype)
    padded = jnp.concatenate((flat, rest), axis=1)
    cut = jnp.moveaxis(jnp.reshape(padded, (variables.shape[0], blocks, width)), 1, 0)
    values = jnp.reshape(lax.map(function, cut), (blocks * width,))
    return jnp.reshape(lax.slice_in_dim(values, 0, like.size), like.shape)


def monomial_rows(given, count, first, second):
    """`given` rows and `count` more: each new row is row first[k] times row second[k]."""
    room = jnp.zeros((count, given.shape[1]), given.dtype)
    known = given.shape[0]

    def fill(k, table):
        row = table_entry(table, table_entry(first, k)) * table_entry(table, table_entry(second, k))
        return lax.dynamic_update_index_in_dim(table, row, known + k, 0)

    return lax.fori_loop(0, count, fill, jnp.concatenate((given, room)))


def weighted_row(rows, places, weights, k):
    """weights[k] times the row places[k]."""
    return table_entry(weights, k) * table_entry(rows, table_entry(places, k))


def paired_rows(left, right, heads, places, weights):
    """sum_k left[heads[k]] sum_{j < 8} weights[8 k + j] right[places[8 k + j]], compensated."""

    def step(k, state):
        n = 8 * k
        total, lost = state
        one = weighted_row(right, places, weights, n)
        one = one + weighted_row(right, places, weights, n + 1)
        two = weighted_row(right, places, weights, n + 2)
        two = two + weighted_row(right, places, weights, n + 3)
        three = weighted_row(right, places, weights, n + 4)
        three = three + weighted_row(right, places, weights, n + 5)
        four = weighted_row(right, places, weights, n + 6)
        four = four + weighted_row(right, places, weights, n + 7)
        value = table_entry(left, table_entry(heads, k)) * ((one + two) + (three + four))
        new = total + value
        part = new - total
        return (new, lost + ((total - (new - part)) + (value - part)))

    zero = jnp.zeros_like(table_entry(left, 0))
    total, lost = lax.fori_loop(0, heads.shape[0], step, (zero, zero))
    return jnp.where(jnp.isfinite(lost), total + lost, total)


def horner(x, coefficients, count):
    """sum_k coefficients[k] x^(4 count - 1 - k), four steps of Horner's rule at a time."""

    def step(k, total):
        n = 4 * k
        total = total * x + table_entry(coefficients, n)
        total = total * x + table_entry(coefficients, n + 1)
        total = total * x + table_entry(coefficients, n + 2)
        return total * x + table_entry(coefficients, n + 3)

    return lax.fori_loop(0, count, step, jnp.zeros_like(x))


def rolled_sum(term, count, like):
    """term(0) + ... + term(4 count - 1), compensated."""

    def step(k, state):
        n = 4 * k
        total, lost = state
        value = (term(n) + term(n + 1)) + (term(n + 2) + term(n + 3))
        new = total + value
        part = new - total
        return (new, lost + ((total - (new - part)) + (value - part)))

    zero = jnp.zeros_like(like)
    total, lost = lax.fori_loop(0, count, step, (zero, zero))
    return jnp.where(jnp.isfinite(lost), total + lost, total)


def rolled_product(factor, count, like):
    """factor(0) ... factor(4 count - 1)."""

    def step(k, total):
        n = 4 * k
        return total * ((factor(n) * factor(n + 1)) * (factor(n + 2) * factor(n + 3)))

    return lax.fori_loop(0, count, step, jnp.ones_like(like))
