r"""The generalised exponential integral of real order.

    expint(p, x) = E_p(x) = int_1^oo t^-p e^(-x t) dt = x^(p-1) gamma(1 - p, x),  x >= 0

At 0: 1/(p - 1) for p > 1, else infinite.  The cut is (-oo, 0]: NaN for x < 0.  Write p = n + d with
n the nearest whole number.

| region | method |
| --- | --- |
| x >= 1, p >= 0 | continued fraction (DLMF 8.19.17), its even part, by Lentz's method |
| x >= 1, p < 0 | recurrence down from the order in [0, 1), all terms positive (DLMF 8.19.12) |
| x < 1, p >= 1/2 | power series without the term n - 1; that term and the power x^(p-1), which |
| | both have a pole at whole p, are one expm1 (DLMF 8.19.10, 8.19.8 in the limit d = 0) |
| x < 1, p < 1/2 | power series and gamma(1 - p) x^(p-1) (DLMF 8.19.10) |

The time grows linearly with -p; orders below -1000 give NaN.  In p the derivative is refused.
Sources: DLMF 8.19; W. J. Cody, H. C. Thacher, Math. Comp. 22 (1968) 641 (p = 1).

>>> from derivax.numeric.special import expint
>>> round(float(expint(2.0, 0.5)), 10), float(expint(3.0, 0.0))
(0.3266438623, 0.5)
"""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax

from derivax.numeric.special.approximations import (
    cospi_ratio_polynomial,
    sinpi_over_pi_polynomial,
)
from derivax.numeric.special.double_word import by_format
from derivax.numeric.special.elementary import accurate_log1p, expm1_function
from derivax.numeric.special.gamma_functions import gamma_function
from derivax.numeric.special.gamma_ratios import log_rising_function, sign_of_whole


def log_of_reflection(d):
    """log(pi d/sin(pi d))/d for 0 < |d| <= 1/2, by the half angle."""
    h = 0.5 * d
    square = h * h
    t = 32.0 * square - 1.0
    sine = accurate_log1p(square * sinpi_over_pi_polynomial(t))
    cosine = accurate_log1p(square * cospi_ratio_polynomial(t))
    return -(sine + cosine) / d


def expint_fraction(p, x, active):
    """e^x E_p(x) for x >= 1, p >= 0, where active."""
    eps = jnp.finfo(x.dtype).eps

    def going(carry):
        k, _c, _d, _value, change = carry
        more = jnp.logical_and(active, jnp.abs(change - 1.0) > eps)
        return jnp.logical_and(jnp.any(more), jnp.all(k < 5000.0))

    def body(carry):
        k, c, d, value, change = carry
        upper = -k * (p - 1.0 + k)
        lower = x + p + 2.0 * k
        d = 1.0 / (lower + upper * d)
        c = lower + upper / c
        step = c * d
        live = jnp.abs(change - 1.0) > eps
        return k + 1.0, c, d, jnp.where(live, value * step, value), jnp.where(live, step, change)

    ones = jnp.ones_like(x)
    first = 1.0 / (x + p)
    huge = 1.0 / jnp.finfo(x.dtype).tiny
    _k, _c, _d, value, _change = lax.while_loop(
        going, body, (ones, huge * ones, first, first, 2.0 * ones)
    )
    return value


def expint_far(p, x, active):
    """E_p(x) for x >= 1 by the fraction, for p < 0 by recurrence."""
    below = p < 0.0
    start = jnp.where(below, p - jnp.floor(p), p)
    steps = jnp.where(below, -jnp.floor(p), 0.0)
    value = expint_fraction(start, x, active)

    def going(carry):
        j, _value = carry
        return jnp.any(jnp.logical_and(active, j < steps))

    def body(carry):
        j, value = carry
        down = (1.0 - (start - j - 1.0) * value) / x
        return j + 1.0, jnp.where(j < steps, down, value)

    _j, value = lax.while_loop(going, body, (jnp.zeros_like(x), value))
    half = jnp.exp(-0.5 * x)
    return (value * half) * half


def expint_near(p, x):
    """E_p(x) for 0 < x < 1."""
    n = jnp.round(p)
    usual = n >= 1.0
    whole = jnp.where(usual, n, 1.0)
    d = jnp.where(usual, p - whole, 0.0)
    small = by_format(x, 1e-30, 1e-15)
    gap = jnp.where(jnp.abs(d) < small, small, d)
    logarithm = jnp.log(x)
    weight = logarithm + log_of_reflection(gap) - log_rising_function(whole, gap) / gap
    gammas = gamma_function(jnp.where(usual, whole, 1.0 - p))
    power = jnp.power(x, jnp.where(usual, whole, p) - 1.0)
    singular = sign_of_whole(whole) * (power / gammas) * (expm1_function(gap * weight) / gap)
    singular = jnp.where(usual, singular, power * gammas)

    def add(k, carry):
        term, total = carry
        k = k * jnp.ones_like(x)
        gone = jnp.logical_and(usual, k == whole - 1.0)
        part = term / jnp.where(gone, 1.0, k + (1.0 - p))
        return term * (-x / (k + 1.0)), jnp.where(gone, total, total - part)

    _term, total = lax.fori_loop(0, 24, add, (jnp.ones_like(x), jnp.zeros_like(x)))
    return singular + total


def expint_function(p, x):
    """The generalised exponential integral E_p(x), x >= 0."""
    valid = jnp.logical_and(x > 0.0, jnp.logical_and(jnp.abs(p) < jnp.inf, p >= -1000.0))
    order = jnp.where(valid, p, 1.0)
    far = jnp.logical_and(valid, x >= 1.0)
    high = jnp.logical_and(far, x < jnp.inf)
    large = expint_far(jnp.where(high, order, 1.0), jnp.where(high, x, 4.0), high)
    near = jnp.logical_and(valid, x < 1.0)
    small = expint_near(jnp.where(near, order, 1.0), jnp.where(near, x, 0.5))
    value = jnp.where(far, jnp.where(x == jnp.inf, 0.0, large), small)
    start = jnp.where(p > 1.0, 1.0 / jnp.where(p > 1.0, p - 1.0, 1.0), jnp.inf)
    value = jnp.where(x == 0.0, start, value)
    invalid = jnp.logical_not(jnp.logical_or(valid, jnp.logical_and(x == 0.0, p == p)))
    return jnp.where(invalid, jnp.nan, value)
