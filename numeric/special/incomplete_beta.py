r"""The regularised incomplete beta function, its complement and its density.

    betainc(a, b, x) = I_x(a, b) = 1/B(a, b) int_0^x t^(a-1) (1-t)^(b-1) dt,
    betaincc = 1 - betainc,   beta_density(a, b, x) = x^(a-1) (1-x)^(b-1)/B(a, b)

Domain: 0 < a, b <= 1e6, 0 <= x <= 1; NaN outside.  (a or b = 0: SciPy's limits are not taken.)
The names are SciPy's; SymPy's `betainc(a, b, x, y)` is B(a, b) (I_y - I_x), its
`betainc_regularized` I_y - I_x.

With x exchanged for 1 - x (and a for b) where x > (a + 1)/(a + b + 2):

| region | method |
| --- | --- |
| a >= 1 | I: the continued fraction of Didonato and Morris, its even part, by Lentz; 1 - I |
| a < 1 | 1 - I by expm1 of the logarithm of x^a/(a B), less the series (DLMF 8.17.7) |

The factor x^a (1-x)^b/B is the square of a product of powers of the double words x (a+b)/a and
(1-x) (a+b)/b, where they stay in range; beyond, the exponential of -a phi(.) - b phi(.), where
phi(m) = m - log(1 + m), which does not cancel but loses the digits that its exponent has.

Sources: A. R. Didonato, A. H. Morris, ACM TOMS 18 (1992) 360; DLMF 8.17.

>>> from derivax.numeric.special import betainc
>>> round(float(betainc(2.0, 3.0, 0.5)), 12)
0.6875
"""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax

from derivax.numeric.special.approximations import log1pmx_polynomial
from derivax.numeric.special.double_word import (
    divide_double_word,
    opaque,
    two_product,
    two_sum,
)
from derivax.numeric.special.elementary import accurate_log1p, expm1_function
from derivax.numeric.special.gamma_ratios import (
    beta_word,
    log_rising_function,
    stirling_excess,
    word_power,
)
from derivax.numeric.special.incomplete_gamma import lgamma_1p


def log_bend(m):
    """m - log(1 + m) for m > -1."""
    near = jnp.clip(m, -0.4, 0.6)
    bend = near * near * log1pmx_polynomial((near - 0.1) / 0.5)
    return jnp.where(near == m, bend, m - accurate_log1p(m))


def beta_prefactor(a, b, x, y, dy):
    """x^a y^b/B(a, b) for x + y + dy = 1."""
    s, ds = two_sum(a, b)
    # u = x (a + b)/a, v = y (a + b)/b
    product, error = two_product(x, s)
    u, du = divide_double_word(product, error + x * ds, a, jnp.zeros_like(a))
    product, error = two_product(y, s)
    v, dv = divide_double_word(product, error + (y * ds + dy * s), b, jnp.zeros_like(b))
    # x b - a y: the distance from the mean
    first, first_error = two_product(x, b)
    second, second_error = two_product(a, y)
    gap = (first - second) + ((first_error - second_error) - a * dy)
    bend = a * log_bend(gap / a) + b * log_bend(-gap / b)
    limit = 1.6 * jnp.log(jnp.finfo(x.dtype).max)
    tiny = jnp.finfo(x.dtype).tiny
    reach = jnp.maximum(a * jnp.abs(jnp.log(jnp.maximum(u, tiny))),
                        b * jnp.abs(jnp.log(jnp.maximum(v, tiny))))  # fmt: skip
    inside = jnp.logical_and(reach < limit, jnp.minimum(u, v) > tiny)
    zero = jnp.zeros_like(a)
    direct = word_power(jnp.where(inside, u, 1.0), jnp.where(inside, du, 0.0), 0.5 * a, zero)
    other = word_power(jnp.where(inside, v, 1.0), jnp.where(inside, dv, 0.0), 0.5 * b, zero)
    power = jnp.where(inside, (direct * other) * (direct * other), jnp.exp(-bend))
    high_a, high_b = jnp.maximum(a, 8.0), jnp.maximum(b, 8.0)
    excess_s = stirling_excess(high_a + high_b)
    scale = (1.0 + stirling_excess(high_a)) * (1.0 + stirling_excess(high_b))
    scale = (1.0 + excess_s) / scale
    far = power * (0.3989422804014327 * jnp.sqrt(a) * jnp.sqrt(b / s)) * scale
    # below 8: plain powers over the beta function
    small = jnp.minimum(a, b) < 8.0
    plain = jnp.power(x, jnp.where(small, a, 1.0))
    other = word_power(y, dy, jnp.where(small, b, 1.0), zero)
    rest = beta_word(jnp.where(small, a, 1.0), zero, jnp.where(small, b, 1.0), zero)
    near = (plain / rest) * other
    # where the beta function or a power leaves the range: the powers of u and v
    steady = jnp.logical_and(jnp.minimum(plain, other) > tiny * 1e16, rest > tiny * 1e16)
    lifted = power * jnp.exp(a * jnp.log(a / s) + b * jnp.log(b / s)) / rest
    lost = jnp.logical_or(rest < tiny * 1e16, lifted != lifted)
    near = jnp.where(jnp.logical_or(steady, lost), near, lifted)
    return jnp.where(small, near, far)


def beta_fraction(a, b, x, y, active):
    """I_x(a, b) B(a, b)/(x^a y^b), x <= (a + 1)/(a + b + 2), where active."""
    eps, tiny = jnp.finfo(x.dtype).eps, jnp.finfo(x.dtype).tiny / jnp.finfo(x.dtype).eps
    # a - (a + b) x = a y - b x, which is the form that does not cancel
    lead = a * y - b * x + 1.0

    def going(carry):
        n, _c, _d, _value, change = carry
        more = jnp.logical_and(active, jnp.abs(change - 1.0) > eps)
        return jnp.logical_and(jnp.any(more), jnp.all(n < 20000.0))

    def below(n):
        left = n * (b - n) * (x / (a + 2.0 * n - 1.0))
        right = (a + n) * (lead + n * (1.0 + y)) / (a + 2.0 * n + 1.0)
        return n + left + right

    def body(carry):
        n, c, d, value, change = carry
        upper = (a + n - 1.0) * x / (a + 2.0 * n - 1.0)
        upper = upper * ((a + b + n - 1.0) * x / (a + 2.0 * n - 1.0)) * (n * (b - n))
        lower = below(n)
        d = lower + upper * d
        d = 1.0 / jnp.where(jnp.abs(d) < tiny, tiny, d)
        c = lower + upper / c
        c = jnp.where(jnp.abs(c) < tiny, tiny, c)
        step = c * d
        live = jnp.abs(change - 1.0) > eps
        return n + 1.0, c, d, jnp.where(live, value * step, value), jnp.where(live, step, change)

    first = a * (lead / (a + 1.0))
    ones = jnp.ones_like(x)
    start = ones, first, jnp.zeros_like(x), first, 2.0 * ones
    _n, _c, _d, value, _change = lax.while_loop(going, body, start)
    return 1.0 / value


def beta_small_series(a, b, x, active):
    """a sum over n >= 1 of (1 - b)_n x^n/(n! (a + n)), where active."""
    eps = 0.125 * jnp.finfo(x.dtype).eps

    def going(carry):
        n, term, total = carry
        more = jnp.logical_and(active, jnp.abs(term) > eps * jnp.abs(total))
        return jnp.logical_and(jnp.any(more), jnp.all(n < 5000.0))

    def body(carry):
        n, term, total = carry
        term = term * ((n - b) * x / n)
        return n + 1.0, term, total + a * term / (a + n)

    ones = jnp.ones_like(x)
    first = jnp.where(active, (1.0 - b) * x, 0.0)
    _n, _term, total = lax.while_loop(going, body, (2.0 * ones, first, a * first / (a + 1.0)))
    return total


def beta_ratios(a, b, x):
    """(I, 1 - I) for a, b > 0, 0 < x < 1."""
    y, dy = two_sum(opaque(1.0, x), -x)
    swap = x > (a + 1.0) / (a + b + 2.0)
    first, second = jnp.where(swap, b, a), jnp.where(swap, a, b)
    point, rest = jnp.where(swap, y, x), jnp.where(swap, x, y)
    # what is left of the sum is given to the larger one
    lost = jnp.where(swap, 0.0, dy)
    point = jnp.where(swap, y + dy, point)
    corner = first < 1.0
    general = jnp.logical_not(corner)
    front = beta_prefactor(first, second, point, rest, lost)
    fraction = beta_fraction(
        jnp.where(general, first, 1.0),
        jnp.where(general, second, 1.0),
        jnp.where(general, point, 0.25),
        jnp.where(general, rest, 0.75),
        general,
    )
    lower = front * fraction
    upper = 1.0 - lower
    small = jnp.where(corner, first, 0.5)
    other = jnp.where(corner, second, 1.0)
    exponent = small * jnp.log(point) - (lgamma_1p(small) - log_rising_function(other, small))
    scale = jnp.exp(exponent)
    series = beta_small_series(small, other, jnp.where(corner, point, 0.0), corner)
    lower = jnp.where(corner, scale + scale * series, lower)
    upper = jnp.where(corner, -expm1_function(exponent) - scale * series, upper)
    return jnp.where(swap, upper, lower), jnp.where(swap, lower, upper)


def in_beta_domain(a, b, x):
    """0 < a, b <= 1e6, 0 <= x <= 1."""
    orders = jnp.logical_and(jnp.minimum(a, b) > 0.0, jnp.maximum(a, b) <= 1e6)
    return jnp.logical_and(orders, jnp.logical_and(x >= 0.0, x <= 1.0))


def betainc_function(a, b, x):
    """The regularised incomplete beta function I_x(a, b)."""
    inside = in_beta_domain(a, b, x)
    regular = jnp.logical_and(inside, jnp.logical_and(x > 0.0, x < 1.0))
    value, _ = beta_ratios(
        jnp.where(regular, a, 1.0), jnp.where(regular, b, 1.0), jnp.where(regular, x, 0.25)
    )
    return jnp.where(regular, value, jnp.where(inside, x, jnp.nan))


def betaincc_function(a, b, x):
    """The complement 1 - I_x(a, b)."""
    inside = in_beta_domain(a, b, x)
    regular = jnp.logical_and(inside, jnp.logical_and(x > 0.0, x < 1.0))
    _, value = beta_ratios(
        jnp.where(regular, a, 1.0), jnp.where(regular, b, 1.0), jnp.where(regular, x, 0.25)
    )
    return jnp.where(regular, value, jnp.where(inside, 1.0 - x, jnp.nan))


def beta_density_function(a, b, x):
    """x^(a - 1) (1 - x)^(b - 1)/B(a, b)."""
    inside = in_beta_domain(a, b, x)
    regular = jnp.logical_and(inside, jnp.logical_and(x > 0.0, x < 1.0))
    point = jnp.where(regular, x, 0.25)
    y, dy = two_sum(opaque(1.0, x), -point)
    value = beta_prefactor(jnp.where(regular, a, 1.0), jnp.where(regular, b, 1.0), point, y, dy)
    value = value / (point * y)
    # at the ends: 0, infinite, or the other exponent alone
    exponent, other = jnp.where(x == 0.0, a, b), jnp.where(x == 0.0, b, a)
    edge = jnp.where(exponent < 1.0, jnp.inf, jnp.where(exponent > 1.0, 0.0, other))
    return jnp.where(regular, value, jnp.where(inside, edge, jnp.nan))
