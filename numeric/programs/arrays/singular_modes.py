r"""Array code of the singular modes: signs, degenerate values, derivatives.

*Convention.*  Singular values that differ by less than 8 max(rows, columns) eps of the largest form
a group.  In each group the left vectors are the projections of coordinate axes on the space of the
group, the axis with the largest projection first, made orthonormal; for a single value that makes
the largest entry of its left vector positive.  The right vectors follow the left ones.  Modes
beyond the rank have s = 0 and zero vectors, since nothing singles out a direction.

*Derivatives.*  Within a group the vectors of both sides only turn against each other: projections
U_g U_g^T and pairings U_g V_g^T of groups have their exact first derivative, also where values
coincide.
"""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax


def group_basis(vectors, same):
    """The rotation within groups (same[i, j]: one group) that makes the vectors canonical."""
    count = vectors.shape[1]
    places = jnp.arange(count)
    level = 1.0 - jnp.sqrt(jnp.finfo(vectors.dtype).eps)

    def step(j, turned):
        mask = jnp.take(same, j, axis=0)
        group = vectors * mask
        chosen = jnp.matmul(vectors, turned * jnp.expand_dims(mask, 1), precision="highest")
        left = jnp.sum(group * group, axis=1) - jnp.sum(chosen * chosen * mask, axis=1)
        # the first of equally long projections, whatever the rounding
        axis = jnp.argmax(left >= level * jnp.max(left))
        column = jnp.take(group, axis, axis=0)
        column = column - jnp.matmul(
            turned, jnp.matmul(column, turned, precision="highest"), precision="highest"
        )
        column = column - jnp.matmul(
            turned, jnp.matmul(column, turned, precision="highest"), precision="highest"
        )
        size = jnp.sqrt(jnp.sum(column * column))
        unit = column / jnp.where(size > 0.0, size, 1.0)
        here = jnp.asarray(places == j, vectors.dtype)
        return turned + jnp.expand_dims(unit, 1) * here

    return lax.fori_loop(0, count, step, jnp.zeros((count, count), vectors.dtype))


def modes_with_curves(curve, t, Sigma, u0, tau):
    """U, s, V, the group of each mode, and its strength curve(t, s, u0, tau) at the times t."""
    dtype = Sigma.dtype
    fixed = lax.stop_gradient(Sigma)
    left, s, right = jnp.linalg.svd(fixed, full_matrices=False)
    left = lax.stop_gradient(left)
    right = jnp.swapaxes(lax.stop_gradient(right), 0, 1)
    s = lax.stop_gradient(s)
    longest = jnp.max(jnp.asarray((Sigma.shape[0], Sigma.shape[1]), dtype))
    tolerance = 8.0 * longest * jnp.finfo(dtype).eps * jnp.max(s)
    before = jnp.concatenate(
        (jnp.full((1,), jnp.inf, dtype), jnp.take(s, jnp.arange(s.shape[0] - 1)))
    )
    group = jnp.cumsum(jnp.asarray(before - s > tolerance, dtype)) - 1.0
    same = jnp.expand_dims(group, 1) == jnp.expand_dims(group, 0)
    turned = group_basis(left, jnp.asarray(same, dtype))
    there = s > tolerance
    U = jnp.where(there, jnp.matmul(left, turned, precision="highest"), 0.0)
    V = jnp.where(there, jnp.matmul(right, turned, precision="highest"), 0.0)

    # zero, but carries the derivative by Sigma
    change = Sigma - fixed
    out_left = jnp.matmul(change, V, precision="highest")
    out_right = jnp.matmul(jnp.swapaxes(change, 0, 1), U, precision="highest")
    inside = jnp.matmul(jnp.swapaxes(U, 0, 1), out_left, precision="highest")
    flipped = jnp.swapaxes(inside, 0, 1)
    row = jnp.expand_dims(s, 0)
    column = jnp.expand_dims(s, 1)
    # the symmetric part turns both sides alike, between groups only; the other part turns them
    # against each other
    apart = jnp.logical_not(same)
    both = 0.5 * (inside + flipped) / jnp.where(apart, row - column, jnp.inf)
    total = row + column
    against = 0.5 * (inside - flipped) / jnp.where(total > 0.0, total, jnp.inf)
    turn_left = both + against
    turn_right = both - against
    positive = jnp.where(there, s, 1.0)
    # projected twice: what rounding leaves inside the span would be divided by small values
    out_left = out_left - jnp.matmul(U, inside, precision="highest")
    out_right = out_right - jnp.matmul(V, flipped, precision="highest")
    left_rest = jnp.matmul(jnp.swapaxes(U, 0, 1), out_left, precision="highest")
    right_rest = jnp.matmul(jnp.swapaxes(V, 0, 1), out_right, precision="highest")
    out_left = (out_left - jnp.matmul(U, left_rest, precision="highest")) / positive
    out_right = (out_right - jnp.matmul(V, right_rest, precision="highest")) / positive
    U = U + jnp.where(there, jnp.matmul(U, turn_left, precision="highest") + out_left, 0.0)
    V = V + jnp.where(there, jnp.matmul(V, turn_right, precision="highest") + out_right, 0.0)
    s = jnp.where(there, s, 0.0) + jnp.sum(inside * jnp.eye(s.shape[0], dtype=dtype), axis=0)
    strength = curve(jnp.expand_dims(t, 1), s, u0, tau)
    return (U, s, V, group, strength)
