r"""Array code of the charges of learning: their rates, and their histories from recorded steps.

*Histories.*  A law says how much a number changes in one step.  `..._in_turn` adds the changes one
by one and carries along what rounding lost (compensated summation); `..._as_tree` composes the
affine maps of the steps in pairs, in log2(T) rounds.  What hardly moves is kept as the difference
from the identity, (1 + a)(1 + b) - 1 = a + b + ab.  So the error is a few rounding errors of the
largest values that still count, for any number of steps and in any format.

The coefficients of the maps are the kernel's own values at unit arguments.
"""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax


def charges_and_rates(rate, q, v, scale, shift, m, mu, k):
    """Charge, momentum and its rate for xi = scale q + shift, per row of q.

    rate(m, mu, k, kinetic, decay, p)
    """
    xi = scale * q + shift
    charge = jnp.sum(q * (xi + shift), axis=1)
    momentum = jnp.sum(v * xi, axis=1)
    decay = jnp.sum(q * xi, axis=1)
    kinetic = jnp.sum(v * (scale * v), axis=1)
    return (charge, momentum, rate(m, mu, k, kinetic, decay, momentum))


def added(value, lost, change):
    """value + change, and what rounding lost (two-sum of Knuth), with what was lost before."""
    wanted = change + lost
    total = value + wanted
    back = total - value
    return (total, (value - (total - back)) + (wanted - back))


def norm4_in_turn(change, after, gh2, eta, beta, k, r0):
    """r^4 after each step, one step after the other.

    change(eta, beta, k, G, y), after(eta, beta, k, G, y): by how much, and to what y moves
    """
    square = r0 * r0
    start = square * square
    none = jnp.zeros_like(eta)
    loss = change(eta, beta, k, none, none + 1.0)
    kept = after(eta, beta, k, none, none + 1.0)
    gained = change(eta, beta, k, none + 1.0, none)
    slow = loss > -0.5

    def step(state, gradient):
        y, lost = state
        gain = gained * gradient
        total, rest = added(y, lost, loss * y + gain)
        # a norm that is nearly forgotten in one step would leave its rounding behind
        total = jnp.where(slow, total, kept * y + gain)
        return ((total, jnp.where(slow, rest, 0.0)), total)

    _, history = lax.scan(step, (start, jnp.zeros_like(start)), gh2)
    return (history,)


def norm4_as_tree(change, after, gh2, eta, beta, k, r0):
    """r^4 after each step, by composition of the steps in pairs.

    A map y -> (1 + loss) y + gain is kept with its loss and with 1 + loss: the first is accurate
    while little is lost, the second when nearly all is.
    """
    square = r0 * r0
    start = square * square
    none = jnp.zeros_like(eta)
    one = none + 1.0
    every = jnp.zeros((gh2.shape[0], 1), gh2.dtype)

    def composed(first, second):
        loss_1, kept_1, gain_1 = first
        loss_2, kept_2, gain_2 = second
        loss = (loss_1 + loss_2) + loss_1 * loss_2
        kept = jnp.where(loss > -0.5, 1.0 + loss, kept_1 * kept_2)
        little = gain_1 + (gain_2 + loss_2 * gain_1)
        return (loss, kept, jnp.where(loss_2 > -0.5, little, gain_2 + kept_2 * gain_1))

    steps = (
        every + change(eta, beta, k, none, one),
        every + after(eta, beta, k, none, one),
        change(eta, beta, k, gh2, none),
    )
    loss, kept, gain = lax.associative_scan(composed, steps)
    return (jnp.where(loss > -0.5, start + (loss * start + gain), kept * start + gain),)


def charge_in_turn(momentum, change, C0, p0, V, eta, beta, k):
    """C and p after each step, one step after the other.

    momentum(eta, beta, k, C, p, V), change(p_new, V)
    """
    none = jnp.zeros_like(eta)
    one = none + 1.0
    p_by_p = momentum(eta, beta, k, none, one, none)
    p_by_C = momentum(eta, beta, k, one, none, none)
    p_by_V = momentum(eta, beta, k, none, none, one)

    def step(state, kinetic):
        C, lost, p = state
        after = p_by_p * p + (p_by_C * C + p_by_V * kinetic)
        total, rest = added(C, lost, change(after, kinetic))
        return ((total, rest, after), (total, after))

    _, histories = lax.scan(step, (C0, jnp.zeros_like(C0), p0), V)
    return histories


def charge_as_tree(momentum, change, C0, p0, V, eta, beta, k):
    """C and p after each step, by composition of the 2 x 2 maps of the steps in pairs."""
    none = jnp.zeros_like(eta)
    one = none + 1.0
    every = jnp.zeros((V.shape[0], 1), V.dtype)
    p_by_p = momentum(eta, beta, k, none, one, none)
    p_by_C = momentum(eta, beta, k, one, none, none)
    C_by_new = change(one, none)
    driven = momentum(eta, beta, k, none, none, V)

    # p is forgotten fast and kept as it is; of C the loss, and what is kept once most is lost
    def composed(first, second):
        pp_1, pC_1, Cp_1, loss_1, kept_1, p_1, C_1 = first
        pp_2, pC_2, Cp_2, loss_2, kept_2, p_2, C_2 = second
        loss = (loss_1 + loss_2) + (Cp_2 * pC_1 + loss_2 * loss_1)
        little = C_1 + (C_2 + (Cp_2 * p_1 + loss_2 * C_1))
        return (
            pp_2 * pp_1 + pC_2 * Cp_1,
            pp_2 * pC_1 + pC_2 * kept_1,
            Cp_2 * pp_1 + kept_2 * Cp_1,
            loss,
            jnp.where(loss > -0.5, 1.0 + loss, Cp_2 * pC_1 + kept_2 * kept_1),
            p_2 + (pp_2 * p_1 + pC_2 * C_1),
            jnp.where(loss_2 > -0.5, little, C_2 + (Cp_2 * p_1 + kept_2 * C_1)),
        )

    loss = every + C_by_new * p_by_C
    steps = (
        every + p_by_p,
        every + p_by_C,
        every + C_by_new * p_by_p,
        loss,
        1.0 + loss,
        driven,
        change(driven, V),
    )
    pp, pC, Cp, loss, kept, p, C = lax.associative_scan(composed, steps)
    little = C0 + ((Cp * p0 + loss * C0) + C)
    return (
        jnp.where(loss > -0.5, little, (Cp * p0 + kept * C0) + C),
        (pp * p0 + pC * C0) + p,
    )


def response_at(response, n, eta, beta, h):
    """K_n of the recursion K'' = response(eta, beta, h, K', K) from 0, 1, by repeated squaring.

    n (T,) whole numbers below 2^24, h (m,): the powers of the 2 x 2 map of (K', K).
    """
    places = jnp.expand_dims(n, 1) + 0.0 * h
    one = jnp.ones_like(places)
    none = jnp.zeros_like(places)
    by_last = response(eta, beta, h, one, none)
    by_before = response(eta, beta, h, none, one)

    def step(j, state):
        left, a, b, c, d, K, L = state
        odd = jnp.mod(left, 2.0) > 0.5
        return (
            jnp.floor(0.5 * left),
            a * a + b * c,
            a * b + b * d,
            c * a + d * c,
            c * b + d * d,
            jnp.where(odd, a * K + b * L, K),
            jnp.where(odd, c * K + d * L, L),
        )

    start = (places, by_last, by_before, one, none, one, none)
    found = lax.fori_loop(0, 24, step, start)
    _, _, _, _, _, _, L = found
    return (L,)
