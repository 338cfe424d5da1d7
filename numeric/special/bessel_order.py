r"""The Bessel functions J and Y of real order.

    x^2 f'' + x f' + (x^2 - n^2) f = 0,  n real, x > 0;  Y_n = (J_n cos(n pi) - J_{-n})/sin(n pi)

For x < 0, where the cut is, J has a real value for whole n only ((-1)^n J_n(-x)) and Y has none:
NaN.  At 0: J_0 = 1, J_n = 0 for n > 0, Y_n = -oo; negative orders by reflection.

Write n = m + k with |m| <= 1/2 and k whole.

| region | method |
| --- | --- |
| Y_m, Y_{m+1}, x < 2 | Temme's series |
| H_m, 2 <= x < 25 (float32: 12) | Steed's continued fractions for J'/J and H'/H, Wronskian |
| H_m, H_{m+1}, beyond | Hankel's expansion; sin and cos of x are exact for all x |
| Y_n | recurrence upward in the order, which is stable |
| J_n, n <= x | recurrence upward |
| J_n, n > x or x < 2 | continued fraction for J_{n-1}/J_n and the Wronskian with Y |

Error, relative to max(abs(f), 1/sqrt(x)): see the table; it grows like sqrt(n) for large n, by the
recurrence.  The time grows linearly with n.

Sources: N. M. Temme, J. Comput. Phys. 21 (1976) 343; A. R. Barnett et al., Comput. Phys. Commun. 8
(1974) 377; DLMF 10.17, 10.74(v); the order of regions is that of Boost.Math's `bessel_jy`
(Boost Software License 1.0).

>>> from derivax.numeric.special import bessel_j, bessel_y
>>> round(float(bessel_j(2.5, 1.0)), 6), round(float(bessel_y(0.5, 2.0)), 6)
(0.049497, 0.234786)
"""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax

from derivax.numeric.special.bessel_order_data import (
    temme_difference_polynomial,
    temme_mean_polynomial,
)
from derivax.numeric.special.double_word import by_format
from derivax.numeric.special.hyperbolic import accurate_sinh
from derivax.numeric.special.trigonometric import cospi_function, sinpi_function


def temme_start(m, x):
    """(f_0, p_0, q_0) of Temme's series for |m| <= 1/2, 0 < x <= 2, without their factors."""
    t = 8.0 * (m * m) - 1.0
    difference, mean = temme_difference_polynomial(t), temme_mean_polynomial(t)
    logarithm = jnp.log(2.0 / x)
    sigma = m * logarithm
    growing = jnp.exp(sigma)
    ratio = jnp.where(sigma == 0.0, 1.0, accurate_sinh(sigma) / jnp.where(sigma == 0.0, 1.0, sigma))
    sine = sinpi_function(m)
    factor = jnp.where(m == 0.0, 1.0, 3.141592653589793 * m / jnp.where(m == 0.0, 1.0, sine))
    even = 0.5 * (growing + 1.0 / growing)
    f = factor * (even * difference + ratio * logarithm * mean)
    p = growing / (mean - m * difference)
    q = 1.0 / (growing * (mean + m * difference))
    return f, p, q


def temme_y(m, x):
    """(Y_m, Y_{m+1}) for |m| <= 1/2, 0 < x <= 2."""
    f, p, q = temme_start(m, x)
    f, p, q = 2.0 * f / 3.141592653589793, p / 3.141592653589793, q / 3.141592653589793
    half = sinpi_function(0.5 * m)
    weight = jnp.where(m == 0.0, 0.0, 2.0 * half * half / jnp.where(m == 0.0, 1.0, m))
    square = 0.25 * x * x

    def body(k, carry):
        f, p, q, c, low, high = carry
        k = k * jnp.ones_like(x)
        f = (k * f + p + q) / (k * k - m * m)
        p, q, c = p / (k - m), q / (k + m), -c * square / k
        g = f + weight * q
        return f, p, q, c, low + c * g, high + c * (p - k * g)

    start = f, p, q, jnp.ones_like(x), f + weight * q, p
    f, p, q, _c, low, high = lax.fori_loop(1, 15, body, start)
    return -low, -2.0 * (high / x)


def order_ratio(n, x):
    """(x J_n/J_{n+1}, sign of J_n) by the continued fraction in x^2, where J_{n+k} > 0 finally."""
    square = x * x
    tiny = 1e-30
    eps = jnp.finfo(x.dtype).eps

    def going(carry):
        k, _c, _d, _f, _sign, change = carry
        return jnp.logical_and(jnp.any(change > 0.5 * eps), jnp.all(k < 100000.0))

    def body(carry):
        k, c, d, f, sign, change = carry
        b = 2.0 * (n + k)
        c = b - square / c
        c = jnp.where(jnp.abs(c) < tiny, tiny, c)
        d = b - square * d
        d = 1.0 / jnp.where(jnp.abs(d) < tiny, tiny, d)
        step = c * d
        open_still = change > 0.5 * eps
        f = jnp.where(open_still, f * step, f)
        sign = jnp.where(jnp.logical_and(open_still, d < 0.0), -sign, sign)
        return k + 1.0, c, d, f, sign, jnp.where(open_still, jnp.abs(step - 1.0), change)

    first = 2.0 * (n + 1.0)
    start = 2.0 * jnp.ones_like(x), first, jnp.zeros_like(x), first, jnp.ones_like(x), square + 1.0
    _k, _c, _d, f, sign, _change = lax.while_loop(going, body, start)
    return f, jnp.where(f < 0.0, -sign, sign)


def steed_pq(m, x):
    """p + i q = H'_m/H_m for |m| <= 1/2, x >= 2, by the continued fraction of Steed and Temme."""
    eps = jnp.finfo(x.dtype).eps
    square = m * m

    def going(carry):
        k, _cr, _ci, _dr, _di, _p, _q, change = carry
        return jnp.logical_and(jnp.any(change > 0.5 * eps), jnp.all(k < 1000.0))

    def body(carry):
        k, cr, ci, dr, di, p, q, change = carry
        a = (k - 0.5) * (k - 0.5) - square
        size = cr * cr + ci * ci
        cr, ci = 2.0 * x + a * cr / size, 2.0 * k - a * ci / size
        dr, di = 2.0 * x + a * dr, 2.0 * k + a * di
        size = dr * dr + di * di
        dr, di = dr / size, -di / size
        sr, si = cr * dr - ci * di, ci * dr + cr * di
        open_still = change > 0.5 * eps
        new_p, new_q = p * sr - q * si, p * si + q * sr
        p, q = jnp.where(open_still, new_p, p), jnp.where(open_still, new_q, q)
        moved = jnp.abs(sr - 1.0) + jnp.abs(si)
        return k + 1.0, cr, ci, dr, di, p, q, jnp.where(open_still, moved, change)

    p, q = -0.5 / x, jnp.ones_like(x)
    a = (0.25 - square) / x
    size = p * p + 1.0
    cr, ci = 2.0 * x + a / size, 2.0 + a * p / size
    size = 4.0 * x * x + 4.0
    dr, di = 2.0 * x / size, -2.0 / size
    sr, si = cr * dr - ci * di, ci * dr + cr * di
    p, q = p * sr - q * si, p * si + q * sr
    start = 2.0 * jnp.ones_like(x), cr, ci, dr, di, p, q, jnp.ones_like(x)
    _k, cr, ci, dr, di, p, q, _change = lax.while_loop(going, body, start)
    return p, q


def steed_pairs(m, x):
    """(J_m, J_{m+1}, Y_m, Y_{m+1}) for |m| <= 1/2, 2 <= x <= 30."""
    fraction, sign = order_ratio(m, x)
    ratio = x / fraction
    p, q = steed_pq(m, x)
    wronskian = 0.6366197723675814 / x
    logarithmic = m / x - ratio
    gamma = (p - logarithmic) / q
    j = sign * jnp.sqrt(wronskian / (q + gamma * (p - logarithmic)))
    y = gamma * j
    slope = j * (gamma * p + q)
    return j, ratio * j, y, (m / x) * y - slope


def hankel_pair(n, x):
    """(J_n, Y_n) for |n| <= 3/2, large x."""
    square = 4.0 * n * n
    scale = 0.125 / x

    def body(k, carry):
        term, p, q = carry
        k = 2.0 * k * jnp.ones_like(x)
        odd = term * (square - (2.0 * k + 1.0) * (2.0 * k + 1.0)) * (scale / (k + 1.0))
        even = odd * (square - (2.0 * k + 3.0) * (2.0 * k + 3.0)) * (scale / (k + 2.0))
        return -even, p - even, q + odd

    start = jnp.ones_like(x), jnp.ones_like(x), jnp.zeros_like(x)
    _term, p, q = lax.fori_loop(0, 12, body, start)
    sine, cosine = jnp.sin(x), jnp.cos(x)
    shift = 0.5 * n + 0.25
    a, b = cospi_function(shift), sinpi_function(shift)
    size = jnp.sqrt(0.6366197723675814 / x)
    u, v = p * a + q * b, p * b - q * a
    return size * (cosine * u + sine * v), size * (sine * u - cosine * v)


def recurrence_up(steps, m, x, before, here):
    """C_{m+steps}, C_{m+steps+1} from C_m, C_{m+1}; an overflowed sequence stays infinite."""

    def going(carry):
        k, _before, _here = carry
        return jnp.any(k < steps)

    def body(carry):
        k, before, here = carry
        ahead = (2.0 * (m + k + 1.0) / x) * here - before
        ahead = jnp.where(jnp.isinf(here), here, ahead)
        more = k < steps
        return k + 1.0, jnp.where(more, here, before), jnp.where(more, ahead, here)

    _k, before, here = lax.while_loop(going, body, (jnp.zeros_like(x), before, here))
    return before, here


def bessel_pair(n, x):
    """(J_n, Y_n) for n >= 0, x > 0."""
    steps = jnp.round(n)
    m = n - steps
    limit = by_format(x, 25.0, 12.0)
    small, far = x < 2.0, x >= limit
    near_x = jnp.clip(x, jnp.finfo(x.dtype).tiny, 2.0)
    y_near, y_near_up = temme_y(m, near_x)
    j_mid, j_mid_up, y_mid, y_mid_up = steed_pairs(m, jnp.clip(x, 2.0, limit))
    far_x = jnp.maximum(x, limit)
    j_far, y_far = hankel_pair(m, far_x)
    j_far_up, y_far_up = hankel_pair(m + 1.0, far_x)
    y = jnp.where(small, y_near, jnp.where(far, y_far, y_mid))
    y_up = jnp.where(small, y_near_up, jnp.where(far, y_far_up, y_mid_up))
    j, j_up = jnp.where(far, j_far, j_mid), jnp.where(far, j_far_up, j_mid_up)
    above = jnp.logical_or(n > x, small)
    first, _last = recurrence_up(jnp.where(above, 0.0, steps), m, x, j, j_up)
    climb = jnp.maximum(steps - 1.0, 0.0)
    y, y_up = recurrence_up(climb, m, x, y, y_up)
    fraction, _sign = order_ratio(m + climb, jnp.where(above, x, 1.0))
    climbed = x * y - y_up * fraction
    climbed = jnp.where(jnp.isinf(y_up), jnp.inf, climbed)
    start = x * ((x / fraction) * y - y_up)
    j = 0.6366197723675814 / jnp.where(steps > 0.0, climbed, start)
    return jnp.where(above, j, first), jnp.where(steps > 0.0, y_up, y)


def order_regular(n, x):
    """Whether x > 0 and the order are such that the general method applies."""
    return jnp.logical_and(jnp.logical_and(x > 0.0, x < jnp.inf), jnp.abs(n) < jnp.inf)


def bessel_j_function(n, x):
    """J_n(x) for real order n."""
    size, order = jnp.abs(x), jnp.abs(n)
    whole = n == jnp.round(n)
    regular = order_regular(n, size)
    j, y = bessel_pair(jnp.where(regular, order, 0.0), jnp.where(regular, size, 1.0))
    c, s = cospi_function(order), sinpi_function(order)
    turned = jnp.where(whole, c * j, c * j - s * jnp.where(whole, 0.0, y))
    value = jnp.where(n < 0.0, turned, j)
    value = jnp.where(jnp.logical_and(x < 0.0, whole), c * value, value)
    start = jnp.where(n == 0.0, 1.0, jnp.where(jnp.logical_or(n > 0.0, whole), 0.0, jnp.inf))
    start = jnp.where(jnp.logical_and(n < 0.0, sinpi_function(order) < 0.0), -start, start)
    value = jnp.where(x == 0.0, start, jnp.where(size == jnp.inf, 0.0, value))
    undefined = jnp.logical_and(x < 0.0, jnp.logical_not(whole))
    undefined = jnp.logical_or(undefined, jnp.isnan(x + n))
    return jnp.where(undefined, jnp.nan, value)


def bessel_y_function(n, x):
    """Y_n(x) for real order n."""
    order = jnp.abs(n)
    regular = order_regular(n, x)
    j, y = bessel_pair(jnp.where(regular, order, 0.0), jnp.where(regular, x, 1.0))
    c, s = cospi_function(order), sinpi_function(order)
    turned = jnp.where(c == 0.0, s * j, s * j + c * jnp.where(c == 0.0, 0.0, y))
    value = jnp.where(n < 0.0, turned, y)
    half = order - 0.5 == jnp.round(order - 0.5)
    start = jnp.where(jnp.logical_and(n < 0.0, c < 0.0), jnp.inf, -jnp.inf)
    start = jnp.where(jnp.logical_and(n < 0.0, half), 0.0, start)
    value = jnp.where(x == 0.0, start, jnp.where(x == jnp.inf, 0.0, value))
    return jnp.where(jnp.logical_or(x < 0.0, jnp.isnan(x + n)), jnp.nan, value)
