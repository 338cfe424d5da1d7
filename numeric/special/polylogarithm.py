r"""The polylogarithm and Lerch's transcendent, of real order and argument.

    lerchphi(z, s, a) = sum_{k >= 0} z^k/(k + a)^s,   polylog(s, z) = z lerchphi(z, s, 1)

Domain: a > 0, -1 <= z <= 1 (at z = 1: s > 1, else infinite); polylog of whole order also for
z < -1, by inversion.  The cut is [1, oo): NaN for z > 1.

| region | method |
| --- | --- |
| 0 <= z <= 1/2 | power series, all terms positive |
| 1/2 < z < 1 | 24 terms and the sum formula of Euler and Maclaurin; its integral is the |
| | generalised exponential integral E_s: no case distinction for whole s |
| z = 1 | Hurwitz's zeta function |
| -1 <= z < 0 | alternating series with the weights of Cohen, Rodriguez Villegas and Zagier |
| polylog, z < -1, whole s | inversion (DLMF 25.12.4 for s = 2; Jonquiere's formula) |

polylog of order 1 and 0 is -log(1 - z) and z/(1 - z).  For s < 0 the sums cancel like (-s)! and
lose digits accordingly.  Sources: DLMF 25.12, 25.14; H. Cohen, F. Rodriguez Villegas, D. Zagier,
Exp. Math. 9 (2000) 3.

>>> from derivax.numeric.special import lerchphi, polylog
>>> round(float(polylog(2.0, 0.5)), 10), round(float(polylog(2.0, -1.0)), 10)
(0.5822405265, -0.8224670334)
"""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax

from derivax.numeric.special.elementary import accurate_log1p
from derivax.numeric.special.expint_order import expint_fraction, expint_function
from derivax.numeric.special.gamma_ratios import sign_of_whole
from derivax.numeric.special.zeta_functions import dirichlet_eta_function, hurwitz_zeta_function


def alternating_weights(x):
    """Weights w_k such that sum (-1)^k c_k is about sum w_k c_k, to 5.83^-23."""
    return jnp.asarray(
        (
            1.0,
            -0.9999999999999948,
            0.9999999999990757,
            -0.9999999999347411,
            0.9999999975451689,
            -0.9999999430629232,
            0.999999110970443,
            -0.9999900951112628,
            0.9999179682378209,
            -0.9994795499874877,
            0.9974120618174954,
            -0.9897328200432381,
            0.9670289747976083,
            -0.9132383260618081,
            0.8107799475174268,
            -0.653912636918443,
            0.46162367553904354,
            -0.27447613023930717,
            0.13188752429665085,
            -0.04872773989197223,
            0.012905063533033742,
            -0.0021707423941183753,
            0.00017365939152947003,
        ),
        x.dtype,
    )


def maclaurin_weights(x):
    """B_{2j}/(2j)!, j = 1, ..., 10."""
    return jnp.asarray(
        (
            0.08333333333333333,
            -0.001388888888888889,
            3.306878306878307e-05,
            -8.267195767195768e-07,
            2.08767569878681e-08,
            -5.284190138687493e-10,
            1.3382536530684679e-11,
            -3.3896802963225827e-13,
            8.586062056277845e-15,
            -2.174868698558062e-16,
        ),
        x.dtype,
    )


def lerch_alternating(size, s, a):
    """lerchphi(-size, s, a) for 0 <= size <= 1."""
    weights = alternating_weights(s)

    def add(k, carry):
        power, total = carry
        part = jnp.take(weights, k) * power * jnp.power(a + k, -s)
        return power * size, total + part

    _power, total = lax.fori_loop(0, 23, add, (jnp.ones_like(s), jnp.zeros_like(s)))
    return total


def lerch_series(z, s, a, most):
    """(sum of the terms up to `most` or until they are small, z^most) for z >= 0."""
    eps = 0.0625 * jnp.finfo(z.dtype).eps

    def going(carry):
        k, _power, _total, live = carry
        return jnp.any(jnp.logical_and(live, k < most))

    def body(carry):
        k, power, total, live = carry
        term = power * jnp.power(a + k, -s)
        active = jnp.logical_and(live, k < most)
        total = jnp.where(active, total + term, total)
        shrinking = jnp.logical_and(
            term <= eps * total, z * jnp.power(1.0 + 1.0 / (a + k), -s) < 0.75
        )
        live = jnp.logical_and(live, jnp.logical_not(shrinking))
        return k + 1.0, jnp.where(active, power * z, power), total, live

    start = jnp.zeros_like(z), jnp.ones_like(z), jnp.zeros_like(z), z == z
    _k, power, total, _live = lax.while_loop(going, body, start)
    return total, power


def lerch_tail(power, rate, s, y):
    """power times sum over k >= 0 of exp(-rate k)/(y + k)^s by Euler's and Maclaurin's formula."""
    front = power * jnp.power(y, -s)
    argument = rate * y
    far = argument >= 1.0
    scaled = expint_fraction(jnp.where(s < 0.0, 0.0, s), jnp.where(far, argument, 1.0), far)
    usual = jnp.logical_and(far, s >= 0.0)
    other = expint_function(s, jnp.where(usual, 0.5, argument)) * jnp.exp(argument)
    total = y * jnp.where(usual, scaled, other) + 0.5
    weights = maclaurin_weights(s)

    def add(j, carry):
        m, here, before, total = carry
        total = total + jnp.take(weights, j) * here
        # two derivatives further: g_{m+1} = (rate + (s + m)/y) g_m - m rate/y g_{m-1}
        ahead = (rate + (s + m) / y) * here - (m * rate / y) * before
        m = m + 1.0
        beyond = (rate + (s + m) / y) * ahead - (m * rate / y) * here
        return m + 1.0, beyond, ahead, total

    ones = jnp.ones_like(s)
    start = ones, rate + s / y, ones, total
    _m, _here, _before, total = lax.fori_loop(0, 10, add, start)
    return front * total


def lerchphi_function(z, s, a):
    """Lerch's transcendent for -1 <= z <= 1, a > 0."""
    valid = jnp.logical_and(jnp.abs(z) <= 1.0, jnp.logical_and(a > 0.0, a < jnp.inf))
    valid = jnp.logical_and(valid, jnp.abs(s) < jnp.inf)
    order, start = jnp.where(valid, s, 2.0), jnp.where(valid, a, 1.0)
    point = jnp.where(valid, z, 0.0)
    negative = lerch_alternating(jnp.where(point < 0.0, -point, 0.0), order, start)
    inside = jnp.logical_and(point >= 0.0, point < 1.0)
    near = jnp.where(inside, point, 0.0)
    wide = near > 0.5
    most = jnp.where(wide, 24.0, 2000.0)
    total, power = lerch_series(near, order, start, most)
    rate = jnp.where(wide, -jnp.log(jnp.where(wide, near, 0.75)), 0.25)
    tail = lerch_tail(jnp.where(wide, power, 0.0), rate, order, start + 24.0)
    positive = jnp.where(wide, total + tail, total)
    value = jnp.where(point < 0.0, negative, positive)
    at_one = jnp.where(
        order > 1.0, hurwitz_zeta_function(jnp.where(order > 1.0, order, 2.0), start), jnp.inf
    )
    value = jnp.where(point == 1.0, at_one, value)
    return jnp.where(valid, value, jnp.nan)


def polylog_inverted(n, z):
    """Li_n(z) for z < -1 and whole n, given Li_n at 1/z by the caller: what is added to it."""
    logarithm = jnp.log(-z)
    high = jnp.maximum(n, 0.0)
    odd = high - 2.0 * jnp.floor(0.5 * high)

    def going(carry):
        m, _power, _total = carry
        return jnp.any(m <= high)

    def body(carry):
        m, power, total = carry
        rest = high - m
        part = 2.0 * dirichlet_eta_function(rest) * power
        total = jnp.where(m <= high, total + part, total)
        return m + 2.0, power * (logarithm / (m + 1.0)) * (logarithm / (m + 2.0)), total

    start = odd, jnp.where(odd == 1.0, logarithm, 1.0), jnp.zeros_like(z)
    _m, _power, total = lax.while_loop(going, body, start)
    return -jnp.where(n < 0.0, 0.0, total)


def polylog_function(s, z):
    """The polylogarithm Li_s(z) for -1 <= z <= 1, for whole s also below."""
    whole = s == jnp.round(s)
    outside = jnp.logical_and(
        jnp.logical_and(z < -1.0, z > -jnp.inf), jnp.logical_and(whole, jnp.abs(s) <= 200.0)
    )
    inverse = 1.0 / jnp.where(outside, z, -2.0)
    point = jnp.where(outside, inverse, z)
    value = point * lerchphi_function(point, s, jnp.ones_like(z))
    order = jnp.where(outside, s, 0.0)
    flipped = -sign_of_whole(order) * value + polylog_inverted(order, jnp.where(outside, z, -2.0))
    value = jnp.where(outside, flipped, value)
    inside = z < 1.0
    safe = jnp.where(inside, z, 0.0)
    value = jnp.where(jnp.logical_and(s == 1.0, inside), -accurate_log1p(-safe), value)
    return jnp.where(jnp.logical_and(s == 0.0, inside), safe / (1.0 - safe), value)
