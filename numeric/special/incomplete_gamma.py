r"""Regularised incomplete gamma functions, their density, beta and binomial functions.

    gammainc(a, x) = P(a, x) = 1/gamma(a) int_0^x t^(a-1) e^-t dt,   gammaincc = Q = 1 - P,
    gamma_density(a, x) = x^(a-1) e^-x/gamma(a)

Domain: 0 < a <= 1e6, x >= 0; NaN outside (a larger needs another method, not a longer loop).

| region | method |
| --- | --- |
| x < a, or x < 1 | P: the power series of positive terms (DLMF 8.11.4) |
| x < 1, a < 1 | Q: 1 - x^a/gamma(1 + a) by expm1, less the alternating series (DLMF 8.7.1) |
| x >= a, x >= 1 | Q: the recurrence down to an order below 1 (DLMF 8.8.2), a sum of positive |
| | terms; there the continued fraction (DLMF 8.9.2) as Gautschi's sum, positive as well |

The factor x^a e^-x/gamma(a+1) is a power of the double word x/a times an exponential; where these
leave the range, exp(-a (m - log1p(m))) of m = (x - a)/a with a polynomial for small m.  Sources:
W. Gautschi, ACM TOMS 5 (1979) 466.

>>> from derivax.numeric.special import gammainc
>>> round(float(gammainc(3.0, 2.0)), 12)
0.323323583817
"""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax

from derivax.numeric.special.approximations import (
    lgamma_1_polynomial,
    lgamma_2_polynomial,
    log1pmx_polynomial,
    stirling_series_polynomial,
)
from derivax.numeric.special.double_word import two_product, two_sum
from derivax.numeric.special.elementary import expm1_function
from derivax.numeric.special.gamma_functions import rgamma_function


def lgamma_1p(a):
    """log(gamma(1 + a)) for 0 <= a <= 1, relative near both zeros."""
    first = a * lgamma_1_polynomial((jnp.clip(a, 0.0, 0.5) - 0.125) * (8.0 / 3.0))
    second = (a - 1.0) * lgamma_2_polynomial(2.0 * jnp.clip(a - 1.0, -0.5, 0.0))
    return jnp.where(a < 0.5, first, second)


def gamma_prefactor(a, x):
    """x^a e^-x/gamma(a + 1) for a > 0, x > 0."""
    order = jnp.minimum(a, 8.0)
    inverse = rgamma_function(jnp.where(order < 1.0, 1.0 + order, order))
    inverse = jnp.where(order < 1.0, inverse, inverse / order)  # 1 + a would be rounded
    small = jnp.power(x, order) * jnp.exp(-x) * inverse
    s = jnp.maximum(a, 8.0)
    quotient = x / s
    product, error = two_product(quotient, s)
    rest = ((x - product) - error) / s
    gap, gap_error = two_sum(s, -x)
    middle = (x - s) / s
    near = jnp.clip(middle, -0.4, 0.6)
    bend = near * near * log1pmx_polynomial((near - 0.1) / 0.5)
    logarithm = jnp.log(jnp.maximum(quotient, jnp.finfo(x.dtype).tiny))
    bend = jnp.where(jnp.abs(near - middle) > 0.0, middle - logarithm, bend)
    reach = s * jnp.abs(logarithm)
    limit = 0.2 * jnp.log(jnp.finfo(x.dtype).max)
    inside = jnp.logical_and(reach < 4.0 * limit, jnp.abs(gap) < 4.0 * limit)
    power = jnp.power(jnp.where(inside, quotient, 1.0), s)
    growth = jnp.exp(jnp.where(inside, gap, 0.0))
    lost = s * (rest / jnp.where(quotient > 0.0, quotient, 1.0)) + gap_error
    direct = power * growth
    direct = direct + direct * jnp.where(inside, lost, 0.0)
    value = jnp.where(inside, direct, jnp.exp(-s * bend))
    series = 1.0 + stirling_series_polynomial(16.0 / s - 1.0) / s
    large = value * 0.3989422804014327 / (jnp.sqrt(s) * series)
    return jnp.where(a < 8.0, small, large)


def lower_step(a, x, n, term, total):
    """The next term x^n/((a + 1) ... (a + n)) and the sum with it."""
    term = term * (x / (a + n))
    return n + 1.0, term, total + term


def lower_series(a, x, active):
    """sum over n of x^n/((a + 1) ... (a + n)), where active; eight terms between the tests."""

    def unfinished(state):
        n, term, total = state
        more = jnp.logical_and(active, term > jnp.finfo(x.dtype).eps * 0.125 * total)
        return jnp.logical_and(jnp.any(more), jnp.all(n < 20000.0))

    def steps(state):
        n, term, total = state
        n, term, total = lower_step(a, x, n, term, total)
        n, term, total = lower_step(a, x, n, term, total)
        n, term, total = lower_step(a, x, n, term, total)
        n, term, total = lower_step(a, x, n, term, total)
        n, term, total = lower_step(a, x, n, term, total)
        n, term, total = lower_step(a, x, n, term, total)
        n, term, total = lower_step(a, x, n, term, total)
        return lower_step(a, x, n, term, total)

    ones = jnp.ones_like(x)
    _, _, total = lax.while_loop(unfinished, steps, (ones, ones, ones))
    return total


def alternating_step(a, x, n, term, total):
    """The next term a (-x)^n/((a + n) n!) and the sum with it."""
    term = term * (-x / n)
    return n + 1.0, term, total + term * (a / (a + n))


def alternating_series(a, x, active):
    """sum over n >= 1 of a (-x)^n/((a + n) n!), x < 1; seven terms at once."""

    def unfinished(state):
        n, _, _ = state
        return jnp.logical_and(jnp.any(active), jnp.all(n < 22.0))

    def steps(state):
        n, term, total = state
        n, term, total = alternating_step(a, x, n, term, total)
        n, term, total = alternating_step(a, x, n, term, total)
        n, term, total = alternating_step(a, x, n, term, total)
        n, term, total = alternating_step(a, x, n, term, total)
        n, term, total = alternating_step(a, x, n, term, total)
        n, term, total = alternating_step(a, x, n, term, total)
        return alternating_step(a, x, n, term, total)

    ones = jnp.ones_like(x)
    _, _, total = lax.while_loop(unfinished, steps, (ones, ones, jnp.zeros_like(x)))
    return total


def upper_step(a, x, n, rho, term, total):
    """The next term of the continued fraction as a sum."""
    above = n * (n - a) * (1.0 + rho)
    below = x - a + (2.0 * n - 1.0)
    rho = above / (below * (below + 2.0) - above)
    term = term * rho
    return n + 1.0, rho, term, total + term


def upper_fraction(a, x, active):
    """Q(a, x) times gamma(a) x^-a e^x for 0 <= a < 1, by the continued fraction, where active.

    The terms of Gautschi's sum are positive; eight of them between the tests.
    """

    def unfinished(state):
        n, _, term, total = state
        more = term > jnp.finfo(x.dtype).eps * 0.125 * total
        return jnp.logical_and(jnp.any(jnp.logical_and(active, more)), jnp.all(n < 20000.0))

    def steps(state):
        n, rho, term, total = state
        n, rho, term, total = upper_step(a, x, n, rho, term, total)
        n, rho, term, total = upper_step(a, x, n, rho, term, total)
        n, rho, term, total = upper_step(a, x, n, rho, term, total)
        n, rho, term, total = upper_step(a, x, n, rho, term, total)
        n, rho, term, total = upper_step(a, x, n, rho, term, total)
        n, rho, term, total = upper_step(a, x, n, rho, term, total)
        n, rho, term, total = upper_step(a, x, n, rho, term, total)
        return upper_step(a, x, n, rho, term, total)

    ones = jnp.ones_like(x)
    _, _, _, total = lax.while_loop(unfinished, steps, (ones, jnp.zeros_like(x), ones, ones))
    return total / jnp.where(active, x - a + 1.0, 1.0)


def descending_step(a, x, k, term, total):
    """The next term (a - 1) ... (a - k)/x^k while a - k >= 0, and the sum with it."""
    live = a >= k
    total = jnp.where(live, total + term, total)
    return k + 1.0, jnp.where(live, term * ((a - k) / x), term), total


def upper_sum(a, x, active):
    """(sum of the terms down to an order below 1, the next term), x >= a, where active."""

    def unfinished(state):
        k, term, total = state
        more = jnp.logical_and(a >= k, term > jnp.finfo(x.dtype).eps * 0.125 * total)
        return jnp.any(jnp.logical_and(active, more))

    def steps(state):
        k, term, total = state
        k, term, total = descending_step(a, x, k, term, total)
        k, term, total = descending_step(a, x, k, term, total)
        k, term, total = descending_step(a, x, k, term, total)
        return descending_step(a, x, k, term, total)

    ones = jnp.ones_like(x)
    _, term, total = lax.while_loop(unfinished, steps, (ones, ones, jnp.zeros_like(x)))
    return total, term


def gamma_ratios(a, x):
    """(P, Q) for a > 0, x >= 0."""
    upper = jnp.logical_and(x >= a, jnp.logical_or(a >= 1.0, x >= 1.0))
    corner = jnp.logical_and(a < 1.0, x < 1.0)
    lower = jnp.logical_not(upper)
    front = gamma_prefactor(a, jnp.maximum(x, jnp.finfo(x.dtype).tiny))
    p = front * lower_series(jnp.where(lower, a, 1.0), jnp.where(lower, x, 0.0), lower)
    order, point = jnp.where(upper, a, 0.5), jnp.where(upper, x, 4.0)
    total, term = upper_sum(order, point, upper)
    # beyond 200 the last term is below e^-200
    last = jnp.logical_and(upper, a < 200.0)
    rest = jnp.where(last, order - jnp.floor(order), 0.5)
    fraction = upper_fraction(rest, jnp.where(last, point, 4.0), last)
    q = front * (a / point) * (total + jnp.where(last, term * (point * fraction), 0.0))
    inside_a, inside_x = jnp.where(corner, a, 0.5), jnp.where(corner, x, 0.5)
    safe = jnp.maximum(inside_x, jnp.finfo(x.dtype).tiny)
    exponent = inside_a * jnp.log(safe) - lgamma_1p(inside_a)
    scale = jnp.exp(exponent)
    corner_q = -expm1_function(exponent) - scale * alternating_series(inside_a, inside_x, corner)
    q = jnp.where(corner, corner_q, jnp.where(upper, q, 1.0 - p))
    p = jnp.where(upper, 1.0 - q, p)
    return jnp.where(x == 0.0, 0.0, p), jnp.where(x == 0.0, 1.0, q)


def in_incomplete_domain(a, x):
    """0 < a <= 1e6, x >= 0."""
    orders = jnp.logical_and(a > 0.0, a <= 1e6)
    return jnp.logical_and(orders, x >= 0.0)


def gammainc_function(a, x):
    """The regularised lower incomplete gamma function P(a, x)."""
    inside = in_incomplete_domain(a, x)
    finite = jnp.logical_and(inside, x < 1e30)
    p, _ = gamma_ratios(jnp.where(finite, a, 1.0), jnp.where(finite, x, 1.0))
    return jnp.where(finite, p, jnp.where(inside, 1.0, jnp.nan))


def gammaincc_function(a, x):
    """The regularised upper incomplete gamma function Q(a, x)."""
    inside = in_incomplete_domain(a, x)
    finite = jnp.logical_and(inside, x < 1e30)
    _, q = gamma_ratios(jnp.where(finite, a, 1.0), jnp.where(finite, x, 1.0))
    return jnp.where(finite, q, jnp.where(inside, 0.0, jnp.nan))


def gamma_density_function(a, x):
    """x^(a - 1) e^-x/gamma(a)."""
    inside = in_incomplete_domain(a, x)
    finite = jnp.logical_and(inside, x < 1e30)
    safe = jnp.where(jnp.logical_and(finite, x > 0.0), x, 1.0)
    order = jnp.where(finite, a, 1.0)
    value = gamma_prefactor(order, safe) * (order / safe)
    at_zero = jnp.where(a < 1.0, jnp.inf, jnp.where(a > 1.0, 0.0, 1.0))
    value = jnp.where(x == 0.0, at_zero, jnp.where(finite, value, 0.0))
    return jnp.where(inside, value, jnp.nan)
