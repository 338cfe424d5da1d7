r"""The modified Bessel functions I and K of real order, plain and scaled by exponentials.

    x^2 f'' + x f' - (x^2 + n^2) f = 0,     I_n(x) = i^{-n} J_n(i x),
    K_n = pi/2 (I_{-n} - I_n)/sin(n pi)
    bessel_ie(n, x) = exp(-abs(x)) I_n(x),     bessel_ke(n, x) = exp(x) K_n(x)

For x < 0, where the cut is, I has a real value for whole n only ((-1)^n I_n(-x)) and K has none:
NaN.  K_n(0) = oo, I_0(0) = 1, I_n(0) = 0 for n > 0.

| region | method |
| --- | --- |
| K_m, K_{m+1}, \|m\| <= 1/2, x <= 2 | Temme's series |
| K_m, K_{m+1}, x > 2 | Steed's continued fraction |
| K_n | recurrence upward in the order |
| I_n | continued fraction for I_n/I_{n+1} and the Wronskian with K |
| I_n, x > 25, n^2 | Hankel's expansion (DLMF 10.40.1) |
| I_{-n} | I_n + 2/pi sin(n pi) K_n |

Error: see the table; it grows like sqrt(n) for large n, by the recurrence.  The time grows linearly
with n.

Sources: N. M. Temme, J. Comput. Phys. 19 (1975) 324; DLMF 10.40, 10.74(v); the order of regions is
that of Boost.Math's `bessel_ik` (Boost Software License 1.0).

>>> from derivax.numeric.special import bessel_k, bessel_ie
>>> round(float(bessel_k(0.5, 1.0)), 8), round(float(bessel_ie(0.5, 1000.0)), 8)
(0.4610685, 0.01261566)
"""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax

from derivax.numeric.special.bessel_order import temme_start
from derivax.numeric.special.double_word import by_format
from derivax.numeric.special.elementary import steady_exp
from derivax.numeric.special.trigonometric import cospi_function, sinpi_function


def temme_k(m, x):
    """exp(x) (K_m, K_{m+1}) for |m| <= 1/2, 0 < x <= 2."""
    f, p, q = temme_start(m, x)
    p, q = 0.5 * p, 0.5 * q
    square = 0.25 * x * x

    def body(k, carry):
        f, p, q, c, low, high = carry
        k = k * jnp.ones_like(x)
        f = (k * f + p + q) / (k * k - m * m)
        p, q, c = p / (k - m), q / (k + m), c * square / k
        return f, p, q, c, low + c * f, high + c * (p - k * f)

    start = f, p, q, jnp.ones_like(x), f, p
    f, p, q, _c, low, high = lax.fori_loop(1, 15, body, start)
    grown = jnp.exp(x)
    return grown * low, grown * (2.0 * (high / x))


def steed_k(m, x):
    """exp(x) (K_m, K_{m+1}) for |m| <= 1/2, x >= 2."""
    eps = jnp.finfo(x.dtype).eps

    def going(carry):
        k, _a, _b, _d, step, _f, _before, _here, _c, q, s = carry
        return jnp.logical_and(jnp.any(jnp.abs(q * step) > 0.25 * eps * s), jnp.all(k < 1000.0))

    def body(carry):
        k, a, b, d, step, f, before, here, c, q, s = carry
        open_still = jnp.abs(q * step) > 0.25 * eps * s
        a, b = a - 2.0 * (k - 1.0), b + 2.0
        d = 1.0 / (b + a * d)
        step = jnp.where(open_still, step * (b * d - 1.0), 0.0)
        ahead = (before - (b - 2.0) * here) / a
        c = -c * a / k
        q = jnp.where(open_still, q + c * ahead, q)
        c, ahead = jnp.where(open_still, c, 0.0), jnp.where(open_still, ahead, 0.0)
        return k + 1.0, a, b, d, step, f + step, here, ahead, c, q, s + q * step

    a = m * m - 0.25
    b = 2.0 * (x + 1.0)
    d = 1.0 / b
    ones, nothing = jnp.ones_like(x), jnp.zeros_like(x)
    start = 2.0 * ones, a, b, d, d, d, nothing, ones, -a, -a, 1.0 - a * d
    _k, a, b, d, _step, f, _before, _here, _c, _q, s = lax.while_loop(going, body, start)
    low = jnp.sqrt(1.5707963267948966 / x) / s
    return low, low * (0.5 + m + x + (m * m - 0.25) * f) / x


def modified_ratio(n, x):
    """x I_n/I_{n+1} by the continued fraction in x^2."""
    square = x * x
    eps = jnp.finfo(x.dtype).eps

    def going(carry):
        k, _c, _d, _f, change = carry
        return jnp.logical_and(jnp.any(change > 0.5 * eps), jnp.all(k < 100000.0))

    def body(carry):
        k, c, d, f, change = carry
        b = 2.0 * (n + k)
        c = b + square / c
        d = 1.0 / (b + square * d)
        step = c * d
        open_still = change > 0.5 * eps
        f = jnp.where(open_still, f * step, f)
        return k + 1.0, c, d, f, jnp.where(open_still, jnp.abs(step - 1.0), change)

    first = 2.0 * (n + 1.0)
    start = 2.0 * jnp.ones_like(x), first, jnp.zeros_like(x), first, square + 1.0
    _k, _c, _d, f, _change = lax.while_loop(going, body, start)
    return f


def hankel_i(n, x):
    """exp(-x) I_n(x) for x > 25, n^2."""
    square = 4.0 * n * n
    scale = 0.125 / x

    def body(k, carry):
        term, total = carry
        odd = 2.0 * k * jnp.ones_like(x) - 1.0
        term = -term * (square - odd * odd) * (scale / (k * jnp.ones_like(x)))
        return term, total + term

    _term, total = lax.fori_loop(1, 28, body, (jnp.ones_like(x), jnp.zeros_like(x)))
    size = jnp.sqrt(0.15915494309189535 / x)
    return size + size * total


def modified_pair(n, x, shift):
    """(exp(shift - x) I_n, exp(x - shift) K_n) for n >= 0, x > 0."""
    steps = jnp.round(n)
    m = n - steps
    k_near, k_near_up = temme_k(m, jnp.clip(x, jnp.finfo(x.dtype).tiny, 2.0))
    k_far, k_far_up = steed_k(m, jnp.maximum(x, 2.0))
    k = jnp.where(x < 2.0, k_near, k_far)
    k_up = jnp.where(x < 2.0, k_near_up, k_far_up)
    fall = jnp.exp(-shift)
    k, k_up = fall * k, fall * k_up
    climb = jnp.maximum(steps - 1.0, 0.0)
    zero = jnp.zeros_like(x)

    def going(carry):
        j, _before, _here = carry
        return jnp.any(j < climb)

    def body(carry):
        j, before, here = carry
        ahead = (2.0 * (m + j + 1.0) / x) * here + before
        more = j < climb
        return j + 1.0, jnp.where(more, here, before), jnp.where(more, ahead, here)

    _j, k, k_up = lax.while_loop(going, body, (zero, k, k_up))
    far = jnp.logical_and(x > 25.0, x > n * n)
    fraction = modified_ratio(m + climb, jnp.where(far, 1.0, x))
    climbed = 1.0 / (x * k + k_up * fraction)
    start = 1.0 / (x * (k_up + (x / fraction) * k))
    i = jnp.where(steps > 0.0, climbed, start)
    large = jnp.exp(shift) * hankel_i(jnp.where(far, n, 0.0), jnp.maximum(x, 25.0))
    i = jnp.where(far, large, i)
    return i, jnp.where(steps > 0.0, k_up, k)


def unscaled_value(x):
    """The part of x whose exponential enters before the recurrences, so that neither the scaled
    function underflows where I_n is a number, nor overflows where K_n is one."""
    return jnp.minimum(x, by_format(x, 500.0, 60.0))


def shifted_i(n, x, shift):
    """exp(shift - abs(x)) I_n(x) for real order n."""
    size, order = jnp.abs(x), jnp.abs(n)
    whole = n == jnp.round(n)
    regular = jnp.logical_and(jnp.logical_and(size > 0.0, size < jnp.inf), order < jnp.inf)
    safe_order, safe = jnp.where(regular, order, 0.0), jnp.where(regular, size, 1.0)
    i, k = modified_pair(safe_order, safe, jnp.where(regular, shift, 0.0))
    sine = sinpi_function(order)
    half = jnp.exp(jnp.where(regular, shift, 0.0) - safe)
    turned = i + 0.6366197723675814 * sine * ((k * half) * half)
    value = jnp.where(jnp.logical_and(n < 0.0, jnp.logical_not(whole)), turned, i)
    value = jnp.where(jnp.logical_and(x < 0.0, whole), cospi_function(order) * value, value)
    start = jnp.where(n == 0.0, 1.0, jnp.where(jnp.logical_or(n > 0.0, whole), 0.0, jnp.inf))
    start = jnp.where(jnp.logical_and(n < 0.0, sine < 0.0), -start, start)
    value = jnp.where(x == 0.0, start, jnp.where(size == jnp.inf, 0.0, value))
    undefined = jnp.logical_and(x < 0.0, jnp.logical_not(whole))
    return jnp.where(jnp.logical_or(undefined, jnp.isnan(x + n)), jnp.nan, value)


def bessel_ie_function(n, x):
    """exp(-abs(x)) I_n(x) for real order n."""
    return shifted_i(n, x, jnp.zeros_like(x))


def bessel_i_function(n, x):
    """I_n(x) for real order n."""
    size = jnp.abs(x)
    finite = jnp.where(size == jnp.inf, 1.0, x)
    shift = unscaled_value(jnp.abs(finite))
    value = shifted_i(n, finite, shift)
    grown = steady_exp(0.5 * (jnp.abs(finite) - shift))
    value = jnp.where(value == 0.0, value, (value * grown) * grown)
    return jnp.where(size == jnp.inf, value * jnp.inf, value)


def shifted_k(n, x, shift):
    """exp(x - shift) K_n(x) for real order n."""
    order = jnp.abs(n)
    regular = jnp.logical_and(jnp.logical_and(x > 0.0, x < jnp.inf), order < jnp.inf)
    safe_order, safe = jnp.where(regular, order, 0.0), jnp.where(regular, x, 1.0)
    _i, k = modified_pair(safe_order, safe, jnp.where(regular, shift, 0.0))
    value = jnp.where(x == 0.0, jnp.inf, jnp.where(x == jnp.inf, 0.0, k))
    return jnp.where(jnp.logical_or(x < 0.0, jnp.isnan(x + n)), jnp.nan, value)


def bessel_ke_function(n, x):
    """exp(x) K_n(x) for real order n."""
    return shifted_k(n, x, jnp.zeros_like(x))


def bessel_k_function(n, x):
    """K_n(x) for real order n."""
    shift = unscaled_value(jnp.maximum(x, 0.0))
    value = shifted_k(n, x, shift)
    half = jnp.exp(-0.5 * (jnp.maximum(jnp.where(x < jnp.inf, x, 1.0), 0.0) - shift))
    return jnp.where(jnp.logical_and(x > shift, x < jnp.inf), (value * half) * half, value)
