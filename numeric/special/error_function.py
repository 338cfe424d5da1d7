r"""The error functions, their scaled, imaginary and inverse forms, and the normal distribution.

    erf(x) = 2/sqrt(pi) int_0^x exp(-t^2) dt,   erfc = 1 - erf,   erfcx(x) = exp(x^2) erfc(x),
    erfi(x) = -i erf(i x),   dawson(x) = sqrt(pi)/2 exp(-x^2) erfi(x),
    ndtr(x) = erfc(-x/sqrt(2))/2,   log_ndtr = log(ndtr),   ndtri = inverse of ndtr

All are entire but the inverses: erfinv on [-1, 1], erfcinv on [0, 2], ndtri on [0, 1], infinite at
the ends, NaN outside.

| function | regions and methods |
| --- | --- |
| erf | abs(x) < 1: odd polynomial; else 1 - erfc |
| erfc | x < 1/2: 1 - erf; else Gaussian times erfcx |
| erfcx | x >= 1/2: one polynomial in (x - 3.75)/(x + 3.75); x < 0: 2 exp(x^2) - erfcx(-x) |
| dawson, erfi | polynomials on [0, 1], [1, 2], [2, 4], [4, 6], [6, oo); erfi: exact square |
| erfinv, erfcinv | polynomial in -log(1 - x^2) or its root to 1e-8, Halley step on erf, erfcx |
| ndtr, log_ndtr | as erfc with coefficients of their own; ndtri from erfinv, erfcinv |

Sources: M. M. Shepherd, J. G. Laframboise, Math. Comp. 36 (1981) 249 (the variable of erfcx);
M. Giles, GPU Computing Gems (2011), ch. 10 (the variable of erfinv); own coefficients
(benchmarks/special/coefficients.py).

>>> from derivax.numeric.special import erfc, log_ndtr
>>> round(float(erfc(20.0)) / 5.3958656116079e-176, 12), round(float(log_ndtr(0.0)), 12)
(1.0, -0.69314718056)
"""

from __future__ import annotations

import jax.numpy as jnp

from derivax.numeric.special.approximations import (
    dawson_1_2_polynomial,
    dawson_2_4_polynomial,
    dawson_4_6_polynomial,
    dawson_beyond_polynomial,
    dawson_ratio_polynomial,
    erf_ratio_polynomial,
    erfcx_scaled_polynomial,
    erfinv_center_polynomial,
    erfinv_tail_polynomial,
    ndtr_scaled_polynomial,
)
from derivax.numeric.special.double_word import by_format
from derivax.numeric.special.elementary import (
    accurate_log1p,
    gaussian_of,
    gaussian_tail,
    scaled_exp_square,
)


def erf_near(x):
    """erf(x) for |x| <= 1."""
    near = jnp.clip(x, -1.0, 1.0)
    return near * erf_ratio_polynomial(2.0 * (near * near) - 1.0)


def erfcx_numerator(size):
    """(1 + 2 x) erfcx(x) for x >= 0."""
    near = jnp.minimum(size, 1e30)
    return erfcx_scaled_polynomial(2.0 * (near / (near + 3.75)) - 1.0)


def erf_function(x):
    """The error function."""
    size = jnp.abs(x)
    far = 1.0 - gaussian_tail(size, 1.0, erfcx_numerator(size))
    far = jnp.where(x < 0.0, -far, far)
    return jnp.where(size < 1.0, erf_near(x), far)


def accurate_erfc(x):
    """The complementary error function."""
    size = jnp.abs(x)
    tail = gaussian_tail(size, 1.0, erfcx_numerator(size))
    far = jnp.where(x < 0.0, 2.0 - tail, tail)
    return jnp.where(jnp.logical_and(x > -1.0, x < 0.5), 1.0 - erf_near(x), far)


def erfcx_function(x):
    """exp(x^2) erfc(x)."""
    size = jnp.abs(x)
    growing = scaled_exp_square(jnp.minimum(size, 30.0), 8.31640625, -0.0013589924516251223)
    near = (4096.0 * growing) * (1.0 - erf_near(size))
    positive = jnp.where(size < 0.5, near, erfcx_numerator(size) / (1.0 + 2.0 * size))
    return jnp.where(x < 0.0, 8192.0 * growing - positive, positive)


def dawson_scaled(size):
    """2 x dawson(x) for x >= 1."""
    middle = jnp.clip(size, 1.0, 6.0)
    first = dawson_1_2_polynomial(2.0 * middle - 3.0)
    second = dawson_2_4_polynomial(middle - 3.0)
    third = dawson_4_6_polynomial(middle - 5.0)
    inverse = 6.0 / jnp.maximum(size, 6.0)
    last = dawson_beyond_polynomial(2.0 * (inverse * inverse) - 1.0)
    value = jnp.where(size < 2.0, first, jnp.where(size < 4.0, second, third))
    return jnp.where(size < 6.0, value, last)


def dawson_function(x):
    """exp(-x^2) times the integral of exp(t^2) from 0 to x."""
    size = jnp.abs(x)
    near = jnp.minimum(size, 1.0)
    small = near * dawson_ratio_polynomial(2.0 * (near * near) - 1.0)
    value = jnp.where(size < 1.0, small, 0.5 * dawson_scaled(size) / jnp.maximum(size, 1.0))
    return jnp.where(x < 0.0, -value, value)


def erfi_function(x):
    """The imaginary error function -i erf(i x)."""
    size = jnp.minimum(jnp.abs(x), 30.0)
    near = jnp.minimum(size, 1.0)
    small = near * dawson_ratio_polynomial(2.0 * (near * near) - 1.0)
    far = dawson_scaled(size) / jnp.maximum(2.0 * size, 2.0)
    growing = scaled_exp_square(size, 8.19921875, 0.00223731998947846)
    value = jnp.where(size < 1.0, (4096.0 * growing) * small, 4096.0 * (growing * far))
    return jnp.where(x < 0.0, -value, value)


def erfcinv_upper(q, center):
    """erfcinv(q) for 0 <= q <= 1, given center = 1 - q."""
    safe = jnp.maximum(q, jnp.finfo(q.dtype).tiny)
    w = -accurate_log1p(-(center * center))
    w = jnp.where(center < 0.5, w, -jnp.log(safe * (2.0 - safe)))
    root = jnp.sqrt(jnp.maximum(w, 6.25))
    guess = center * erfinv_center_polynomial(jnp.minimum(w, 6.25) / 3.125 - 1.0)
    guess = jnp.where(w < 6.25, guess, root * erfinv_tail_polynomial((root - 15.0) / 12.5))
    density = gaussian_of(guess, 1.0)
    by_center = (center - erf_near(guess)) / density
    by_tail = erfcx_numerator(guess) / (1.0 + 2.0 * guess) - safe / density
    step = 0.886226925452758 * jnp.where(center < 0.75, by_center, by_tail)
    value = guess + step / (1.0 - guess * step)
    value = jnp.where(center < by_format(center, 1e-8, 1e-4), 0.886226925452758 * center, value)
    return jnp.where(q > 0.0, value, jnp.inf)


def erfinv_function(x):
    """The inverse of erf on [-1, 1]."""
    size = jnp.abs(x)
    value = erfcinv_upper(1.0 - size, size)
    value = jnp.where(x < 0.0, -value, value)
    return jnp.where(size <= 1.0, value, jnp.nan)


def erfcinv_function(x):
    """The inverse of erfc on [0, 2]."""
    upper = x <= 1.0
    q = jnp.where(upper, x, 2.0 - x)
    value = erfcinv_upper(q, 1.0 - q)
    value = jnp.where(upper, value, -value)
    return jnp.where(jnp.logical_and(x >= 0.0, x <= 2.0), value, jnp.nan)


def ndtr_numerator(size):
    """(1 + 2 x) erfcx(x/sqrt(2))/2 for x >= 0."""
    near = jnp.minimum(size, 1e30)
    return 0.5 * ndtr_scaled_polynomial(2.0 * (near / (near + 5.0)) - 1.0)


def lower_tail(size):
    """ndtr(-x) for x >= 0."""
    near = 0.5 - 0.5 * erf_near(0.7071067811865476 * size)
    return jnp.where(size < 0.7, near, gaussian_tail(size, 0.5, ndtr_numerator(size)))


def ndtr_function(x):
    """The distribution function of the standard normal law."""
    tail = lower_tail(jnp.abs(x))
    return jnp.where(x < 0.0, tail, 1.0 - tail)


def log_ndtr_function(x):
    """The logarithm of the distribution function of the standard normal law."""
    size = jnp.abs(x)
    tail = lower_tail(size)
    far = jnp.log(ndtr_numerator(size) / (1.0 + 2.0 * size)) - 0.5 * size * size
    near = jnp.log(jnp.where(x < -1.0, 0.5, tail))
    return jnp.where(x > 0.0, accurate_log1p(-tail), jnp.where(x < -1.0, far, near))


def hazard_function(x):
    """density(x)/ndtr(-x) of the standard normal law (the inverse of Mills' ratio)."""
    size = jnp.abs(x)
    far = (0.7978845608028654 / ndtr_numerator(size)) * (size + 0.5)
    near = 0.3989422804014327 * gaussian_of(size, 0.5) / (1.0 - lower_tail(size))
    return jnp.where(x > 0.0, far, near)


def ndtri_function(x):
    """The quantile function of the standard normal law on [0, 1]."""
    center = 2.0 * x - 1.0
    q = 2.0 * jnp.where(x < 0.5, x, 1.0 - x)
    value = 1.4142135623730951 * erfcinv_upper(q, jnp.abs(center))
    value = jnp.where(x < 0.5, -value, value)
    return jnp.where(jnp.logical_and(x >= 0.0, x <= 1.0), value, jnp.nan)
