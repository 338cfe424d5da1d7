r"""Array code of the matrix Riccati solution, by the singular triplets of Sigma_yx.

F = [[0, Sigma^T], [Sigma, 0]] has the eigenvalues s and -s with eigenvectors (v, u)/sqrt 2 and
(v, -u)/sqrt 2; what is orthogonal to all of them belongs to 0 (one of the two null spaces of Sigma
is inside the span).  Rows b_j of the initial weights in this basis grow like exp(lambda_j t/tau).

*Range.*  Nothing of the size exp(s t/tau) is formed.  At each time the hidden space gets a basis W
by Gram-Schmidt with row pivoting, where a row counts with the logarithm of its growth; column m is
then scaled by the growth exp(n_m) of its pivot, which makes all entries of the bracket at most
about 1.  Rows that other rows span to rounding are taken as spanned.

*Derivatives.*  The eigenbasis is a constant and F enters as H = O^T F O - Lambda, which is zero and
carries the derivative.  Pairs whose rates differ by more than 1/8 over the time rotate the basis;
for nearer pairs, equal ones included, the matrix functions are expanded with divided differences.
So the first derivative is right at degenerate and at vanishing singular values; a second one would
not be.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax


def transposed(a):
    """A matrix transposed."""
    return jnp.swapaxes(a, 0, 1)


def product(a, b):
    """A matrix product in full precision."""
    return jnp.matmul(a, b, precision="highest")


def relative_imbalance(W1, W2):
    """|W1 W1^T - W2^T W2| relative to the mean of |W1|^2 and |W2|^2."""
    difference = product(W1, transposed(W1)) - product(transposed(W2), W2)
    size = 0.5 * (jnp.sum(W1 * W1) + jnp.sum(W2 * W2))
    # the square root has no derivative at 0, where balanced weights are
    found = jnp.sqrt(jnp.sum(lax.stop_gradient(difference * difference)))
    return jnp.where(size > 0.0, found / jnp.where(size > 0.0, size, 1.0), 0.0)


def pivoted_basis(rows, growth, logs):
    """Orthonormal rows W of the hidden space, pivots first, and the coefficients of rows on them.

    A row weighs exp(growth + log); returned with each pivot are its growth and the rest n of the
    logarithm of its weight, apart: |coefficient| exp(growth + log) <= exp(growth of pivot + n).
    """
    hidden = rows.shape[1]
    count = rows.shape[0]
    spanned = 64.0 * jnp.finfo(rows.dtype).eps * jnp.finfo(rows.dtype).eps * hidden
    original = lax.stop_gradient(jnp.sum(rows * rows, axis=1))
    places = jnp.arange(count)
    columns = jnp.arange(hidden)

    def step(j, state):
        left, basis, coefficients, grown, weights = state
        squares = lax.stop_gradient(jnp.sum(left * left, axis=1))
        there = squares > 0.0
        most = jnp.max(jnp.where(there, growth, -jnp.inf))
        sizes = logs + 0.5 * jnp.log(jnp.where(there, squares, 1.0))
        scores = jnp.where(there, (growth - most) + sizes, -jnp.inf)
        pivot = jnp.argmax(scores)
        row = jnp.take(left, pivot, axis=0)
        row = row - product(product(basis, row), basis)
        unit = row / jnp.sqrt(jnp.sum(row * row))
        along = product(left, unit)
        here = jnp.asarray(columns == j, rows.dtype)
        rest = left - jnp.expand_dims(along, 1) * unit
        after = lax.stop_gradient(jnp.sum(rest * rest, axis=1))
        # what is spanned to rounding has no size left, but still a derivative
        gone = jnp.expand_dims(after <= spanned * original, 1)
        rest = jnp.where(gone, rest - lax.stop_gradient(rest), rest)
        rest = jnp.where(jnp.expand_dims(places == pivot, 1), 0.0, rest)
        return (
            rest,
            basis + jnp.expand_dims(here, 1) * unit,
            coefficients + jnp.expand_dims(along, 1) * here,
            grown + here * jnp.take(growth, pivot),
            weights + here * jnp.take(sizes, pivot),
        )

    nothing = jnp.zeros((hidden, hidden), rows.dtype)
    none = jnp.zeros(hidden, rows.dtype)
    start = (rows, nothing, jnp.zeros_like(rows), none, none)
    _, basis, coefficients, grown, weights = lax.fori_loop(0, hidden, step, start)
    return (basis, coefficients, grown, weights)


def mean_slope(rising, falling, t, first, second, tau):
    """The divided difference of the integral kernel at two near rates, over exp(growth of both).

    Gauss-Legendre with four nodes: the rates differ by at most 1/8 over the time.
    """
    nodes = jnp.array(
        (-0.8611363115940526, -0.33998104358485626, 0.33998104358485626, 0.8611363115940526),
        first.dtype,
    )
    weights = jnp.array(
        (0.17392742256872693, 0.32607257743127307, 0.32607257743127307, 0.17392742256872693),
        first.dtype,
    )
    middle = jnp.expand_dims(0.5 * (first + second), -1)
    half = jnp.expand_dims(0.5 * (first - second), -1)
    rate = middle + half * nodes
    size = jnp.abs(rate)
    slope = jnp.where(rate > 0.0, rising(t, size, tau), falling(t, size, tau))
    ends = jnp.maximum(first, 0.0) + jnp.maximum(second, 0.0)
    both = jnp.expand_dims(jnp.minimum(first, second), -1) > 0.0
    beyond = 2.0 * jnp.maximum(rate, 0.0) - jnp.expand_dims(ends, -1)
    growth = jnp.where(both, 2.0 * half * nodes, beyond) * (t / tau)
    return jnp.sum(weights * slope * jnp.exp(growth), axis=-1)


def riccati_blocks(integral, decay, rising, falling, t, Sigma, W1, W2, tau):
    """The blocks of Q Q^T at the times t, Q = (W1^T; W2), and the relative imbalance at the start.

    integral(t, s, tau), decay(t, s, tau): the scaled integral and the decay of one rate s >= 0;
    rising, falling: derivatives of the integral by a positive and a negative rate, scaled.
    """
    dtype = Sigma.dtype
    inputs = Sigma.shape[1]
    hidden = W1.shape[0]
    left, s, right = jnp.linalg.svd(lax.stop_gradient(Sigma), full_matrices=False)
    left = lax.stop_gradient(left)
    right = transposed(lax.stop_gradient(right))
    s = lax.stop_gradient(s)
    modes = s.shape[0]
    half = jnp.sqrt(jnp.asarray(0.5, dtype))
    upper = half * jnp.concatenate((right, right), axis=1)
    lower = half * jnp.concatenate((left, -left), axis=1)
    basis = jnp.concatenate((upper, lower), axis=0)
    rates = jnp.concatenate((s, -s))
    start = jnp.concatenate((transposed(W1), W2), axis=0)

    # what carries the derivative by Sigma: H within the basis, D out of it; both are zero
    moved = jnp.concatenate((product(transposed(Sigma), lower), product(Sigma, upper)), axis=0)
    inside = product(transposed(basis), moved)
    outside = moved - product(basis, inside)
    H = inside - lax.stop_gradient(inside)
    D = outside - lax.stop_gradient(outside)

    rows = product(transposed(basis), start)
    null = start - product(basis, rows)
    null_gram = product(transposed(null), null)
    out_rows = product(transposed(D), start)
    _, null_rows = jnp.linalg.qr(lax.stop_gradient(null))
    null_rows = lax.stop_gradient(null_rows)
    unit_rows = jnp.eye(hidden, dtype=dtype)
    differences = jnp.expand_dims(rates, 1) - jnp.expand_dims(rates, 0)
    sizes = jnp.abs(rates)
    imbalance = relative_imbalance(W1, W2)
    good = imbalance <= 0.000001 + 1000.0 * jnp.finfo(dtype).eps
    pairs = jnp.arange(2 * modes)
    null_places = jnp.arange(2 * modes, 2 * modes + null_rows.shape[0])
    into_null = jnp.arange(2 * modes, 2 * modes + 1)
    out_of_null = jnp.arange(2 * modes + 1, 2 * modes + 2)
    largest = 0.75 * jnp.log(jnp.finfo(dtype).max)

    def at(time):
        lasting = time / tau
        far = jnp.abs(differences) * lasting > 0.125
        turn = jnp.where(far, H / jnp.where(far, -differences, 1.0), 0.0)
        near = jnp.where(far, 0.0, H)
        far_out = sizes * lasting > 0.125
        turn_out = jnp.where(far_out, 1.0 / jnp.where(far_out, rates, 1.0), 0.0)
        near_out = jnp.expand_dims(jnp.where(far_out, 0.0, 1.0), 1)
        here = rows + product(transposed(turn), rows) + jnp.expand_dims(turn_out, 1) * out_rows
        crossed = product(transposed(jnp.expand_dims(turn_out, 1) * out_rows), rows)
        null_here = null_gram - crossed - transposed(crossed)

        every_psi = integral(time, jnp.concatenate((sizes, jnp.zeros((1,), dtype))), tau)
        psi = jnp.take(every_psi, pairs)
        psi_null = jnp.take(every_psi, 2 * modes)
        growth = jnp.maximum(rates, 0.0) * lasting
        tiny = jnp.finfo(dtype).tiny
        logs = lax.stop_gradient(0.5 * jnp.log(jnp.maximum(psi, tiny)))
        logs_null = 0.5 * jnp.log(jnp.maximum(lax.stop_gradient(psi_null), tiny))
        candidates = jnp.concatenate((here, null_rows, unit_rows), axis=0)
        null_logs = logs_null + jnp.zeros(null_rows.shape[0], dtype)
        scale = jnp.concatenate((logs, null_logs, jnp.zeros(hidden, dtype)))
        still = jnp.zeros(null_rows.shape[0] + hidden, dtype)
        growths = lax.stop_gradient(jnp.concatenate((growth, still)))
        W, coefficients, grown, n = pivoted_basis(candidates, growths, scale)
        grown = lax.stop_gradient(grown)
        n = lax.stop_gradient(n)
        shrink = jnp.exp(-(grown + n))

        # rows over the growth of the pivots: x without the decay of falling modes, y with it
        on_pivots = jnp.take(coefficients, pairs, axis=0)
        exponents = (jnp.expand_dims(growth, 1) - grown) - n
        x = on_pivots * jnp.exp(jnp.minimum(exponents, largest))
        y = x * jnp.expand_dims(decay(time, jnp.maximum(-rates, 0.0), tau), 1)
        d = product(out_rows, transposed(W)) * shrink
        # from the rows, not from their products, whose rounding would grow with the time
        x_null = jnp.take(coefficients, null_places, axis=0) * shrink
        moved_null = product(product(W, null_here - lax.stop_gradient(null_here)), transposed(W))
        null_scaled = product(transposed(x_null), x_null)
        null_scaled = null_scaled + moved_null * shrink * jnp.expand_dims(shrink, 1)
        unit_scaled = product(W, transposed(W)) * shrink * jnp.expand_dims(shrink, 1)

        # near pairs, and near to 0: divided differences; constants, since they multiply zeros
        gaps = jnp.where(far, 0.0, differences)
        lone = jnp.where(far_out, 0.0, rates)
        column = jnp.expand_dims(lone, 1)
        shifts = lax.stop_gradient(
            integral(time, 0.5 * jnp.concatenate((-gaps, -column, column), axis=1), tau)
        )
        grown = near * jnp.take(shifts, pairs, axis=1)
        y_near = y + product(grown, y)
        y_near = y_near + near_out * jnp.take(shifts, into_null, axis=1) * d
        firsts = jnp.concatenate((jnp.where(far, 0.0, jnp.expand_dims(rates, 1)), column), axis=1)
        seconds = jnp.concatenate(
            (jnp.where(far, 0.0, jnp.expand_dims(rates, 0)), 0.0 * column), axis=1
        )
        means = lax.stop_gradient(mean_slope(rising, falling, time, firsts, seconds, tau))
        slopes = near * jnp.take(means, pairs, axis=1)
        slopes_out = near_out * jnp.take(means, into_null, axis=1)
        mixed = product(transposed(slopes_out * d), x)

        bracket = unit_scaled + psi_null * null_scaled
        bracket = bracket + product(transposed(jnp.expand_dims(psi, 1) * x), x)
        bracket = bracket + product(transposed(x), product(slopes, x)) + mixed + transposed(mixed)
        root = jnp.linalg.cholesky(bracket)
        z = transposed(
            lax.linalg.triangular_solve(root, transposed(y_near), left_side=True, lower=True)
        )

        # back to the coordinates of inputs and outputs
        null_turned = null - product(jnp.expand_dims(turn_out, 0) * D, rows)
        null_turned = null_turned - product(jnp.expand_dims(turn_out, 0) * basis, out_rows)
        y_null = product(null_turned, transposed(W)) * shrink
        y_null = y_null + product(D, near_out * jnp.take(shifts, out_of_null, axis=1) * y)
        z_null = transposed(
            lax.linalg.triangular_solve(root, transposed(y_null), left_side=True, lower=True)
        )
        whole = product(basis, z + product(turn, z)) + z_null
        whole = whole + product(D, jnp.expand_dims(turn_out, 1) * z)
        whole = jnp.where(good, whole, jnp.nan)
        first = jnp.take(whole, jnp.arange(inputs), axis=0)
        last = jnp.take(whole, jnp.arange(inputs, whole.shape[0]), axis=0)
        return (
            product(last, transposed(first)),
            product(first, transposed(first)),
            product(last, transposed(last)),
        )

    every = jax.vmap(at)
    maps, firsts, lasts = every(t)
    return (maps, firsts, lasts, imbalance)
