r"""Exponential, logarithmic, trigonometric and hyperbolic integrals.

    ei(x) = PV int_-oo^x e^t/t dt,   e1(x) = int_x^oo e^-t/t dt,   li(x) = ei(log x),
    offset_li(x) = li(x) - li(2),   si(x) = int_0^x sin(t)/t dt,   ci(x) = -int_x^oo cos(t)/t dt,
    shi(x) = int_0^x sinh(t)/t dt,  chi(x) = gamma + log x + int_0^x (cosh(t) - 1)/t dt

Domains: e1, ci, chi x >= 0, li and offset_li x >= 0, the others all x; NaN outside.  Poles and
zeros: ei(0) = ci(0) = chi(0) = -oo, e1(0) = oo, li(1) = -oo.  Cuts of the complex functions:
(-oo, 0] (ei, e1, ci, chi), (-oo, 1] (li).  Error: relative for all but ci, which oscillates (its
error is that of its envelope 1/x beyond x = 1.25; relative at its first zero).

| function | regions and methods |
| --- | --- |
| e1 | x < 0.6: -log x - gamma + x p(x); polynomials for x e^x e1(x) on [0.6, 1.2], [1.2, 3],
|    | [3, 8], [8, 24], [24, oo) |
| ei | x < 0: -e1(-x); x < 3: log(x/x0) + (x - x0) p(x), x0 the zero; then as e1, from 3 to oo |
| li | a polynomial around the zero, else ei of the logarithm |
| si, ci | polynomials on [0, 4], [0, 1.25]; auxiliary functions f, g beyond |
| shi, chi | x < 3: as ei; beyond (ei(x) +- e1(x))/2 |

Sources: DLMF 6.2, 6.6 (series), 6.7, 6.12 (auxiliary functions); own coefficients
(benchmarks/special/coefficients.py).

>>> from derivax.numeric.special import e1, ei
>>> round(float(ei(1.0)), 12), round(float(e1(1.0)), 12)
(1.895117816356, 0.219383934396)
"""

from __future__ import annotations

import jax.numpy as jnp

from derivax.numeric.special.approximations import (
    chi_small_polynomial,
    ci_small_polynomial,
    ci_zero_polynomial,
    e1_1_polynomial,
    e1_3_polynomial,
    e1_8_polynomial,
    e1_beyond_polynomial,
    e1_half_polynomial,
    ei_3_polynomial,
    ei_6_polynomial,
    ei_12_polynomial,
    ei_24_polynomial,
    ei_beyond_polynomial,
    ei_small_polynomial,
    ein_small_polynomial,
    li_2_polynomial,
    li_zero_polynomial,
    shi_ratio_polynomial,
    si_f_1_polynomial,
    si_f_2_polynomial,
    si_f_5_polynomial,
    si_f_10_polynomial,
    si_f_20_polynomial,
    si_f_beyond_polynomial,
    si_g_1_polynomial,
    si_g_2_polynomial,
    si_g_5_polynomial,
    si_g_10_polynomial,
    si_g_20_polynomial,
    si_g_beyond_polynomial,
    si_ratio_polynomial,
)
from derivax.numeric.special.double_word import distance_from
from derivax.numeric.special.elementary import accurate_log1p, grown_by_exponent, growth_exponent


def e1_scaled(x):
    """x exp(x) e1(x) for x >= 0.6."""
    half = e1_half_polynomial((jnp.clip(x, 0.6, 1.2) - 0.9) / 0.3)
    one = e1_1_polynomial((jnp.clip(x, 1.2, 3.0) - 2.1) / 0.9)
    three = e1_3_polynomial((jnp.clip(x, 3.0, 8.0) - 5.5) / 2.5)
    eight = e1_8_polynomial(24.0 / jnp.clip(x, 8.0, 24.0) - 2.0)
    far = e1_beyond_polynomial(48.0 / jnp.maximum(x, 24.0) - 1.0)
    low = jnp.where(x < 1.2, half, one)
    high = jnp.where(x < 8.0, three, jnp.where(x < 24.0, eight, far))
    return jnp.where(x < 3.0, low, high)


def e1_function(x):
    """The exponential integral int_x^oo e^-t/t dt."""
    near = jnp.clip(x, 0.0, 0.6)
    small = near * ein_small_polynomial(2.0 * near - 1.0) - (jnp.log(near) + 0.5772156649015329)
    safe = jnp.maximum(x, 0.6)
    far = jnp.exp(-safe) * (e1_scaled(safe) / safe)
    value = jnp.where(x < 0.6, small, far)
    value = jnp.where(x == jnp.inf, 0.0, value)
    return jnp.where(x < 0.0, jnp.nan, value)


def ei_scaled(x):
    """x exp(-x) ei(x) for x >= 3."""
    three = ei_3_polynomial((jnp.clip(x, 3.0, 6.0) - 4.5) / 1.5)
    six = ei_6_polynomial((jnp.clip(x, 6.0, 12.0) - 9.0) / 3.0)
    twelve = ei_12_polynomial((jnp.clip(x, 12.0, 24.0) - 18.0) / 6.0)
    later = ei_24_polynomial((jnp.clip(x, 24.0, 48.0) - 36.0) / 12.0)
    far = ei_beyond_polynomial(96.0 / jnp.maximum(x, 48.0) - 1.0)
    low = jnp.where(x < 6.0, three, six)
    high = jnp.where(x < 24.0, twelve, jnp.where(x < 48.0, later, far))
    return jnp.where(x < 12.0, low, high)


def ei_near(x, gap):
    """ei(x) for 0 < x <= 3, given gap = x - x0 (x0 = 0.3725..., the zero)."""
    near = jnp.clip(x, 0.0, 3.0)
    part = gap * 2.6845103508207075
    logarithm = jnp.where(
        jnp.abs(part) < 0.5, accurate_log1p(part), jnp.log(near * 2.6845103508207075)
    )
    return logarithm + gap * ei_small_polynomial((near - 1.5) / 1.5)


def ei_zero_gap(x):
    """x - x0."""
    return distance_from(x, 0.3725074107813666, 1.3140183414386028e-17, -1.2381093483782024e-08)


def large_exp_over(x, scaled):
    """exp(x) scaled/x for x >= 3, in range whenever it is finite."""
    first, second, rest = growth_exponent(x)
    value = first * (scaled / x)
    return grown_by_exponent(value, second, rest)


def ei_positive(x):
    """ei(x) for x >= 0."""
    safe = jnp.maximum(x, 3.0)
    far = jnp.where(x == jnp.inf, jnp.inf, large_exp_over(safe, ei_scaled(safe)))
    return jnp.where(x < 3.0, ei_near(x, ei_zero_gap(x)), far)


def ei_function(x):
    """The exponential integral, principal value."""
    size = jnp.abs(x)
    return jnp.where(x < 0.0, -e1_function(size), ei_positive(size))


def li_function(x):
    """The logarithmic integral, principal value."""
    near = jnp.clip(x, 0.0, 20.1)
    logarithm = jnp.log(near)
    gap = distance_from(near, 1.451369234883381, -4.82713642696033e-17, -5.070011610541769e-08)
    center = gap * li_zero_polynomial((jnp.clip(near, 1.3, 1.8) - 1.55) / 0.25)
    small = ei_near(logarithm, ei_zero_gap(logarithm))
    small = jnp.where(jnp.logical_and(near > 1.3, near < 1.8), center, small)
    tail = jnp.maximum(-logarithm, 0.6)
    scaled = near * (e1_scaled(tail) / tail)
    tiny = jnp.where(near < 0.5488116360940264, -scaled, -e1_function(-logarithm))
    tiny = jnp.where(x == 0.0, -0.0, tiny)
    safe = jnp.maximum(jnp.log(jnp.maximum(x, 16.0)), 3.0)
    far = x * (ei_scaled(safe) / safe)
    middle = jnp.where(x < 1.0, tiny, small)
    value = jnp.where(x < 20.085536923187668, middle, far)
    return jnp.where(x < 0.0, jnp.nan, jnp.where(x == jnp.inf, jnp.inf, value))


def offset_li_function(x):
    """li(x) - li(2)."""
    gap = x - 2.0
    near = gap * li_2_polynomial((jnp.clip(gap, -0.5, 1.0) - 0.25) / 0.75)
    value = li_function(x)
    far = distance_from(value, 1.045163780117493, -1.0616403481185999e-16, 2.9468994355852374e-08)
    far = jnp.where(x == jnp.inf, jnp.inf, far)
    return jnp.where(jnp.logical_and(gap > -0.5, gap < 1.0), near, far)


def trigonometric_auxiliary(x):
    """(x f(x), x^2 g(x)) for x >= 5/4 (DLMF 6.2.17, 6.2.18)."""
    one = 5.0 / jnp.clip(x, 1.25, 2.5) - 3.0
    two = 10.0 / jnp.clip(x, 2.5, 5.0) - 3.0
    five = 20.0 / jnp.clip(x, 5.0, 10.0) - 3.0
    ten = 40.0 / jnp.clip(x, 10.0, 20.0) - 3.0
    twenty = 80.0 / jnp.clip(x, 20.0, 40.0) - 3.0
    far = 80.0 / jnp.maximum(x, 40.0) - 1.0
    f = jnp.where(x < 40.0, si_f_20_polynomial(twenty), si_f_beyond_polynomial(far))
    g = jnp.where(x < 40.0, si_g_20_polynomial(twenty), si_g_beyond_polynomial(far))
    f = jnp.where(x < 20.0, si_f_10_polynomial(ten), f)
    g = jnp.where(x < 20.0, si_g_10_polynomial(ten), g)
    f = jnp.where(x < 10.0, si_f_5_polynomial(five), f)
    g = jnp.where(x < 10.0, si_g_5_polynomial(five), g)
    f = jnp.where(x < 5.0, si_f_2_polynomial(two), f)
    g = jnp.where(x < 5.0, si_g_2_polynomial(two), g)
    f = jnp.where(x < 2.5, si_f_1_polynomial(one), f)
    return f, jnp.where(x < 2.5, si_g_1_polynomial(one), g)


def si_function(x):
    """The sine integral."""
    size = jnp.abs(x)
    near = jnp.minimum(size, 4.0)
    small = near * si_ratio_polynomial(0.125 * (near * near) - 1.0)
    safe = jnp.clip(size, 4.0, jnp.finfo(x.dtype).max)
    f, g = trigonometric_auxiliary(safe)
    far = 1.5707963267948966 - (f * jnp.cos(safe) + g * jnp.sin(safe) / safe) / safe
    value = jnp.where(size < 4.0, small, far)
    return jnp.where(x < 0.0, -value, value)


def ci_function(x):
    """The cosine integral."""
    near = jnp.clip(x, 0.0, 2.0)
    gap = distance_from(near, 0.6165054856207163, -4.209920321433186e-17, -1.803376292741632e-08)
    part = gap * 1.6220455832492227
    quotient = jnp.where(
        jnp.abs(part) < 0.5, accurate_log1p(part), jnp.log(near * 1.6220455832492227)
    )
    small = quotient + gap * ci_small_polynomial(near - 1.0)
    center = gap * ci_zero_polynomial((jnp.clip(near, 0.4, 0.85) - 0.625) / 0.225)
    small = jnp.where(jnp.logical_and(near > 0.4, near < 0.85), center, small)
    safe = jnp.clip(x, 1.25, jnp.finfo(x.dtype).max)
    f, g = trigonometric_auxiliary(safe)
    far = (f * jnp.sin(safe) - g * jnp.cos(safe) / safe) / safe
    value = jnp.where(x < 1.25, small, far)
    value = jnp.where(x == jnp.inf, 0.0, value)
    return jnp.where(x < 0.0, jnp.nan, value)


def shi_function(x):
    """The hyperbolic sine integral."""
    size = jnp.abs(x)
    near = jnp.minimum(size, 3.0)
    square = near * near
    small = near + near * (square * shi_ratio_polynomial(square / 4.5 - 1.0))
    safe = jnp.maximum(size, 3.0)
    far = large_exp_over(safe, 0.5 * ei_scaled(safe)) + 0.5 * e1_function(safe)
    far = jnp.where(size == jnp.inf, jnp.inf, far)
    value = jnp.where(size < 3.0, small, far)
    return jnp.where(x < 0.0, -value, value)


def chi_function(x):
    """The hyperbolic cosine integral."""
    near = jnp.clip(x, 0.0, 3.0)
    gap = distance_from(near, 0.5238225713898644, -2.6671382575502846e-17, 2.538461529866254e-08)
    part = gap * 1.9090433566974567
    quotient = jnp.log(near * 1.9090433566974567)
    quotient = jnp.where(jnp.abs(part) < 0.5, accurate_log1p(part), quotient)
    small = quotient + gap * chi_small_polynomial((near - 1.5) / 1.5)
    safe = jnp.maximum(x, 3.0)
    far = large_exp_over(safe, 0.5 * ei_scaled(safe)) - 0.5 * e1_function(safe)
    value = jnp.where(x < 3.0, small, jnp.where(x == jnp.inf, jnp.inf, far))
    return jnp.where(x < 0.0, jnp.nan, value)
