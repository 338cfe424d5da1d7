"""Array code of the iterated Lippmann-Schwinger equation on panels, by running integrals.

The kernel min(r, s) has a kink on the diagonal: two running integrals see none of it.
"""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax


def running_weights(nodes):
    """From values at nodes in (-1, 1): integrals from -1 to each node, and over the panel."""
    count = nodes.shape[0]
    powers = jnp.arange(count)
    column = jnp.expand_dims(nodes, 1)
    vandermonde = jnp.power(column, jnp.expand_dims(powers, 0))
    order = jnp.asarray(powers + 1, nodes.dtype)
    ends = jnp.power(jnp.asarray(-1.0, nodes.dtype), powers + 1) / order
    to_node = jnp.power(column, jnp.expand_dims(powers + 1, 0)) / order - ends
    whole = jnp.expand_dims(1.0 / order - ends, 0)
    rows = jnp.concatenate((to_node, whole), axis=0)
    solved = jnp.linalg.solve(jnp.swapaxes(vandermonde, 0, 1), jnp.swapaxes(rows, 0, 1))
    return jnp.swapaxes(solved, 0, 1)


def iterated_born_terms(first_source, second_source, next_wave, potential, edges, nodes, weights):
    """weights[n-1] a_n from potential[N, P] at `nodes` of each panel.

    first_source(r, U, u) and second_source(r, U, u): slopes of p and -q; next_wave(r, p, q).
    """
    panels = potential.shape[0]
    count = potential.shape[1]
    left = jnp.expand_dims(lax.slice_in_dim(edges, 0, panels, axis=0), 1)
    right = jnp.expand_dims(lax.slice_in_dim(edges, 1, panels + 1, axis=0), 1)
    half = 0.5 * (right - left)
    r = left + half * (1.0 + nodes)
    rule = running_weights(nodes)

    def running(source):
        """Integrals from the first edge to every node, and to the last edge."""
        inside = half * jnp.matmul(source, jnp.swapaxes(rule, 0, 1), precision="highest")
        whole = jnp.squeeze(lax.slice_in_dim(inside, count, count + 1, axis=1), axis=1)
        total = jnp.cumsum(whole)
        before = jnp.expand_dims(total - whole, 1)
        return (before + lax.slice_in_dim(inside, 0, count, axis=1), jnp.take(total, panels - 1))

    def step(wave, weight):
        p, a = running(first_source(r, potential, wave))
        behind, total = running(second_source(r, potential, wave))
        return (next_wave(r, p, total - behind), weight * a)

    _, found = lax.scan(step, r, weights)
    return (found,)
