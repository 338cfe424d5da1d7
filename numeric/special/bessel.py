r"""The Bessel functions J and Y of order 0 and 1.

    x^2 f'' + x f' + (x^2 - n^2) f = 0,     J_n regular at 0,     Y_n ~ sqrt(2/(pi x)) sin(x - ...)

J_0 is even, J_1 odd, both entire; Y_n has the cut (-oo, 0], is -oo at 0 and NaN for x < 0.

| region | method |
| --- | --- |
| abs(x) < 4 | polynomial in x^2; for Y with 2/pi log(x) J split off |
| 4 <= x | modulus and phase as polynomials in 1/x^2 on [4, 8], [8, oo); sin and cos of x are |
| | exact for all x, so there is no upper limit |
| first 20 zeros | Taylor series of the differential equation in the distance from the zero, |
| | which is a double word |

Error: at most 4 ulp of max(abs(f), sqrt(2/(pi x))), for all x (Y_1: 5 ulp just below x = 4);
relative at the first 20 zeros.

Sources: DLMF 10.18 (modulus and phase); J. Harrison, ARITH 19 (2009) (expansions at the zeros);
own coefficients (benchmarks/special/family_coefficients.py).

>>> from derivax.numeric.special import bessel_j0, bessel_y1
>>> round(float(bessel_j0(1.0)), 12), float(bessel_y1(0.0))
(0.765197686558, -inf)
"""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax

from derivax.numeric.special.bessel_data import (
    j0_small_polynomial,
    j0_zeros,
    j1_small_polynomial,
    j1_zeros,
    modulus0_4_polynomial,
    modulus0_8_polynomial,
    modulus1_4_polynomial,
    modulus1_8_polynomial,
    phase0_4_polynomial,
    phase0_8_polynomial,
    phase1_4_polynomial,
    phase1_8_polynomial,
    y0_small_polynomial,
    y0_zeros,
    y1_small_polynomial,
    y1_zeros,
)


def short_cos(d):
    """cos(d) for |d| < 0.1."""
    q = d * d
    series = 1.0 / 24.0 + q * (-1.0 / 720.0 + q * (1.0 / 40320.0 - q / 3628800.0))
    return 1.0 + q * (-0.5 + q * series)


def short_sin(d):
    """sin(d) for |d| < 0.1."""
    q = d * d
    series = 1.0 / 120.0 + q * (-1.0 / 5040.0 + q / 362880.0)
    return d + d * (q * (-1.0 / 6.0 + q * series))


def bessel_near_zero(distance, zero, slope, square):
    """Taylor series at a zero of a solution of Bessel's equation of order n, square = n^2.

    z^2 (k+2)(k+1) c_{k+2} = -((k+1)(2k+1) z c_{k+1} + (k^2 + z^2 - n^2) c_k + 2 z c_{k-1}
    + c_{k-2}); the coefficients are carried times the power of the distance.
    """
    ratio = distance / zero

    def body(k, carry):
        total, before, last, here, ahead = carry
        n = k * jnp.ones_like(distance)
        rest = (n + 1.0) * (2.0 * n + 1.0) * (ratio * ahead)
        rest = rest + (n * n - square) * (ratio * ratio * here) + distance * distance * here
        rest = rest + 2.0 * distance * distance * (ratio * last)
        rest = rest + distance * distance * (ratio * ratio * before)
        new = -rest / ((n + 2.0) * (n + 1.0))
        return total + new, last, here, ahead, new

    nothing = jnp.zeros_like(distance)
    first = slope * distance
    result = lax.fori_loop(0, 13, body, (nothing, nothing, nothing, nothing, first))
    total, _before, _last, _here, _ahead = result
    return first + total


def with_zeros(x, value, high, low, slope, place, square):
    """`value`, next to the first 20 zeros replaced by the series there."""
    index = jnp.asarray(jnp.clip(jnp.round(place), 1.0, 20.0) - 1.0, jnp.int32)
    zero = jnp.take(high, index)
    distance = (x - zero) - jnp.take(low, index)
    near = jnp.abs(distance) < jnp.minimum(0.25, 0.0625 * zero)
    safe = jnp.where(near, distance, 0.0)
    return jnp.where(near, bessel_near_zero(safe, zero, jnp.take(slope, index), square), value)


def waves_0(x):
    """(J0, Y0) for x >= 4."""
    inverse = 128.0 / (x * x)
    middle, far = (inverse - 5.0) / 3.0, inverse - 1.0
    modulus = jnp.where(x < 8.0, modulus0_4_polynomial(middle), modulus0_8_polynomial(far))
    phase = jnp.where(x < 8.0, phase0_4_polynomial(middle), phase0_8_polynomial(far)) / x
    size = modulus * jnp.sqrt(0.3183098861837907 / x)
    sine, cosine = jnp.sin(x), jnp.cos(x)
    c, s = short_cos(phase), short_sin(phase)
    p, q = c + s, c - s
    return size * (cosine * p + sine * q), size * (sine * p - cosine * q)


def waves_1(x):
    """(J1, Y1) for x >= 4."""
    inverse = 128.0 / (x * x)
    middle, far = (inverse - 5.0) / 3.0, inverse - 1.0
    modulus = jnp.where(x < 8.0, modulus1_4_polynomial(middle), modulus1_8_polynomial(far))
    phase = jnp.where(x < 8.0, phase1_4_polynomial(middle), phase1_8_polynomial(far)) / x
    size = modulus * jnp.sqrt(0.3183098861837907 / x)
    sine, cosine = jnp.sin(x), jnp.cos(x)
    c, s = short_cos(phase), short_sin(phase)
    p, q = c + s, c - s
    return size * (sine * p - cosine * q), -size * (sine * q + cosine * p)


def bessel_j0_function(x):
    """J_0(x)."""
    size = jnp.abs(x)
    t = 0.125 * jnp.square(jnp.minimum(size, 4.0)) - 1.0
    far, _other = waves_0(jnp.clip(size, 4.0, 0.5 * jnp.finfo(x.dtype).max))
    value = jnp.where(size < 4.0, j0_small_polynomial(t), far)
    high, low, slope = j0_zeros(x)
    value = with_zeros(size, value, high, low, slope, 0.3183098861837907 * size + 0.25, 0.0)
    value = jnp.where(size < jnp.inf, value, 0.0)
    return jnp.where(jnp.isnan(x), x, value)


def bessel_j1_function(x):
    """J_1(x)."""
    size = jnp.abs(x)
    near = jnp.minimum(size, 4.0)
    t = 0.125 * jnp.square(near) - 1.0
    far, _other = waves_1(jnp.clip(size, 4.0, 0.5 * jnp.finfo(x.dtype).max))
    value = jnp.where(size < 4.0, near * j1_small_polynomial(t), far)
    high, low, slope = j1_zeros(x)
    value = with_zeros(size, value, high, low, slope, 0.3183098861837907 * size - 0.25, 1.0)
    value = jnp.where(size < jnp.inf, value, 0.0)
    return jnp.where(jnp.isnan(x), x, jnp.where(x < 0.0, -value, value))


def bessel_y0_function(x):
    """Y_0(x)."""
    near = jnp.clip(x, jnp.finfo(x.dtype).tiny, 4.0)
    t = 0.125 * jnp.square(near) - 1.0
    small = y0_small_polynomial(t) + (0.6366197723675814 * jnp.log(near) * j0_small_polynomial(t))
    _other, far = waves_0(jnp.clip(x, 4.0, 0.5 * jnp.finfo(x.dtype).max))
    value = jnp.where(x < 4.0, small, far)
    high, low, slope = y0_zeros(x)
    value = with_zeros(x, value, high, low, slope, 0.3183098861837907 * x + 0.75, 0.0)
    value = jnp.where(x < jnp.inf, jnp.where(x == 0.0, -jnp.inf, value), 0.0)
    return jnp.where(jnp.logical_or(x < 0.0, jnp.isnan(x)), jnp.nan, value)


def bessel_y1_function(x):
    """Y_1(x)."""
    near = jnp.clip(x, jnp.finfo(x.dtype).tiny, 4.0)
    t = 0.125 * jnp.square(near) - 1.0
    regular = near * y1_small_polynomial(t)
    logarithm = jnp.log(near) * (near * j1_small_polynomial(t))
    small = regular + 0.6366197723675814 * logarithm - 0.6366197723675814 / near
    _other, far = waves_1(jnp.clip(x, 4.0, 0.5 * jnp.finfo(x.dtype).max))
    value = jnp.where(x < 4.0, small, far)
    high, low, slope = y1_zeros(x)
    value = with_zeros(x, value, high, low, slope, 0.3183098861837907 * x + 0.25, 1.0)
    value = jnp.where(x < jnp.inf, jnp.where(x == 0.0, -jnp.inf, value), 0.0)
    return jnp.where(jnp.logical_or(x < 0.0, jnp.isnan(x)), jnp.nan, value)
