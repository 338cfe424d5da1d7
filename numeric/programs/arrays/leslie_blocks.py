r"""Array code of block models: powers and projections with rescaling, who wins, when.

A population is kept as (x, c) with the numbers x e^c, so that growth over any number of steps never
overflows and decay never vanishes.
"""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax


def rescaled(x, c):
    """The same numbers with the largest of x at 1; zero stays as it is."""
    size = jnp.max(jnp.abs(lax.stop_gradient(x)))
    safe = jnp.where(size > 0.0, size, 1.0)
    return (x / safe, c + jnp.log(safe))


def power_at(K, z0, t):
    """K^t z0 for one number of steps t, by repeated squaring: (x, c)."""

    def bit(state, _):
        matrix, scale, x, c, left = state
        odd = left - 2.0 * jnp.floor(0.5 * left)
        moved, moved_c = rescaled(jnp.matmul(matrix, x, precision="highest"), c + scale)
        x = jnp.where(odd > 0.0, moved, x)
        c = jnp.where(odd > 0.0, moved_c, c)
        squared = jnp.matmul(matrix, matrix, precision="highest")
        matrix, scale = rescaled(squared, 2.0 * scale)
        return ((matrix, scale, x, c, jnp.floor(0.5 * left)), 0.0)

    zero = jnp.zeros((), K.dtype)
    matrix, scale = rescaled(K, zero)
    x, c = rescaled(z0, zero)
    final, _ = lax.scan(bit, (matrix, scale, x, c, t), jnp.arange(24))
    _matrix, _scale, x, c, _left = final
    return (x, c)


def powers(K, z0, t):
    """K^t z0 at the times t."""

    def one(at):
        return power_at(K, z0, at)

    return lax.map(one, t)


def with_inflow(L, h, x0, t):
    """x' = L x + h at the times t, by powers of [[L, h], [0, 1]]; the last entry is left out."""
    n = L.shape[0]
    one = jnp.ones((1,), L.dtype)
    top = jnp.concatenate((L, jnp.expand_dims(h, 1)), axis=1)
    bottom = jnp.expand_dims(jnp.concatenate((jnp.zeros((n,), L.dtype), one)), 0)
    augmented = jnp.concatenate((top, bottom), axis=0)
    x, c = powers(augmented, jnp.concatenate((x0, one)), t)
    return (jnp.take(x, jnp.arange(n), axis=1), c)


def projected(K, z0, inflow):
    """z' = K z + inflow_t, every step: (x, c) from the start on."""

    def step(state, arriving):
        x, c = state
        size = jnp.max(jnp.abs(lax.stop_gradient(arriving)))
        arriving_scale = jnp.log(jnp.where(size > 0.0, size, 1.0))
        here = jnp.max(jnp.abs(lax.stop_gradient(x)))
        some = size > 0.0
        scale = jnp.where(some, jnp.maximum(c, arriving_scale), c)
        scale = jnp.where(jnp.logical_and(some, here <= 0.0), arriving_scale, scale)
        moved = jnp.matmul(K, x, precision="highest") * jnp.exp(jnp.minimum(c - scale, 0.0))
        new = rescaled(moved + arriving * jnp.exp(-scale), scale)
        return (new, new)

    start = rescaled(z0, jnp.zeros((), K.dtype))
    _, rest = lax.scan(step, start, inflow)
    first, scales = start
    later, later_scales = rest
    return (
        jnp.concatenate((jnp.expand_dims(first, 0), later), axis=0),
        jnp.concatenate((jnp.expand_dims(scales, 0), later_scales)),
    )


def perron(K):
    """lambda, u (sum 1), q (q.u = 1) of a primitive nonnegative matrix, with first derivatives.

    Squared powers give the eigenprojection; one Newton step of the bordered equations sharpens the
    vectors and carries the derivatives.
    """
    fixed = lax.stop_gradient(K)
    n = K.shape[0]

    def squared(_, power):
        new = jnp.matmul(power, power, precision="highest")
        return new / jnp.max(new)

    power = lax.fori_loop(0, 60, squared, fixed / jnp.max(fixed))
    u = jnp.sum(power, axis=1)
    u = u / jnp.sum(u)
    q = jnp.sum(power, axis=0)
    q = q / jnp.sum(q)
    lam, u = sharpened(K, fixed, u, n)
    _lam, q = sharpened(jnp.swapaxes(K, 0, 1), jnp.swapaxes(fixed, 0, 1), q, n)
    return (lam, u, q / jnp.sum(q * u))


def sharpened(K, fixed, u, n):
    """One Newton step for K u = lam u, sum u = 1, at a good approximation."""
    lam = jnp.sum(jnp.matmul(fixed, u, precision="highest"))
    ones = jnp.ones((1, n), u.dtype)
    top = jnp.concatenate((fixed - lam * jnp.eye(n, dtype=u.dtype), -jnp.expand_dims(u, 1)), axis=1)
    bottom = jnp.concatenate((ones, jnp.zeros((1, 1), u.dtype)), axis=1)
    border = lax.stop_gradient(jnp.concatenate((top, bottom), axis=0))
    residual = jnp.matmul(K, lax.stop_gradient(u), precision="highest") - lax.stop_gradient(lam * u)
    right = jnp.concatenate((-residual, jnp.zeros((1,), u.dtype)))
    change = jnp.linalg.solve(border, jnp.expand_dims(right, 1))
    change = jnp.squeeze(change, axis=1)
    return (
        lax.stop_gradient(lam) + jnp.take(change, n),
        lax.stop_gradient(u) + jnp.take(change, jnp.arange(n)),
    )


def absolute_blocks(A, B, C, D):
    """[[A, B], [C, D]]."""
    return jnp.concatenate(
        (jnp.concatenate((A, B), axis=1), jnp.concatenate((C, D), axis=1)), axis=0
    )


def standing(invariant, A, B, C, D, x0, y0):
    """The verdict: sign, I_0, lambda, ln(share of x over share of y), and the final composition."""
    lam, u, q = perron(absolute_blocks(A, B, C, D))
    n = A.shape[0]
    m = D.shape[0]
    first = jnp.sum(jnp.take(q, jnp.arange(n)) * x0)
    second = jnp.sum(jnp.take(q, jnp.arange(m) + n) * y0)
    zero = jnp.zeros((), A.dtype)
    start = invariant(zero, lam, first - second)
    margin = jnp.log(first) - jnp.log(second)
    # what the sum of products may be off by
    noise = 8.0 * jnp.finfo(A.dtype).eps * (first + second)
    sign = jnp.where(jnp.abs(start) > noise, jnp.sign(start), 0.0)
    return (sign, start, lam, margin, u)


def eliminated(A, B, C, D, x0, y0, steps):
    """Simulate x' = Ax - By, y' = Dy - Cx until a species is gone: step, loser, states."""

    def going(state):
        x, y, count, _left = state
        alive = jnp.minimum(jnp.sum(x), jnp.sum(y)) > 0.0
        return jnp.logical_and(alive, count < steps)

    def step(state):
        x, y, count, left = state
        new_x = jnp.matmul(A, x, precision="highest") - jnp.matmul(B, y, precision="highest")
        new_y = jnp.matmul(D, y, precision="highest") - jnp.matmul(C, x, precision="highest")
        size = jnp.maximum(jnp.max(jnp.abs(new_x)), jnp.max(jnp.abs(new_y)))
        size = jnp.where(size > 0.0, size, 1.0)
        return (new_x / size, new_y / size, count + 1.0, left + jnp.log(size))

    zero = jnp.zeros((), A.dtype)
    x, y, count, scale = lax.while_loop(going, step, (x0, y0, zero, zero))
    x_gone = jnp.sum(x) <= 0.0
    y_gone = jnp.sum(y) <= 0.0
    # both in one step: the one that is further below
    y_worse = jnp.sum(y) < jnp.sum(x)
    loses_y = jnp.logical_and(y_gone, jnp.logical_or(jnp.logical_not(x_gone), y_worse))
    one = zero + 1.0
    winner = jnp.where(loses_y, one, jnp.where(x_gone, -one, zero))
    return (jnp.where(winner == 0.0, jnp.inf, count), winner, x, y, scale)


def competition_loss(positive, fraction, residual, f, s, interaction, start, counts, mask):
    """Squared error of ln(1 + class sums) of two competing Leslie populations, masked."""
    births = positive(f)
    survival = fraction(s)
    taken = positive(interaction)
    shares = positive(start)
    first = jnp.expand_dims(jnp.take(counts, 0, axis=0), 1)
    state = first * shares / jnp.expand_dims(jnp.sum(shares, axis=1), 1)
    older = jnp.concatenate((survival, jnp.zeros((2, 1), survival.dtype)), axis=1)
    places = jnp.mod(jnp.arange(f.shape[1]) - 1, f.shape[1])

    def step(now, pair):
        count, seen = pair
        other = jnp.take(now, jnp.asarray((1, 0)), axis=0)
        newborn = jnp.expand_dims(jnp.sum(births * now, axis=1), 1)
        # the last entry of `older` is 0: nobody comes around to the first age
        moved = jnp.take(older * now, places, axis=1)
        first_age = jnp.asarray(jnp.arange(f.shape[1]) == 0, f.dtype)
        new = moved + newborn * first_age - taken * other
        total = jnp.sum(new, axis=1)
        above = jnp.maximum(total, 0.0)
        # below zero the tangent of ln(1 + N)
        error = residual(above, count) + jnp.minimum(total, 0.0)
        return (new, jnp.sum(jnp.where(seen > 0.5, error * error, 0.0)))

    later = jnp.arange(counts.shape[0] - 1) + 1
    pairs = (jnp.take(counts, later, axis=0), jnp.take(mask, later, axis=0))
    _last, errors = lax.scan(step, state, pairs)
    return (jnp.sum(errors),)
