r"""The Airy functions Ai, Bi and their derivatives.

    f'' = x f,     Ai(x) = 1/pi int_0^oo cos(t^3/3 + x t) dt,     entire;   zeta = 2/3 abs(x)^(3/2)

| region | method |
| --- | --- |
| -2 <= x < 1 | polynomials in x |
| x >= 1 | exp(-zeta), exp(zeta) times polynomials in 1/zeta or x; zeta as a double word |
| x < -2 | modulus and phase as polynomials in 1/zeta^2; sin and cos of a double-word zeta |
| first 20 zeros | Taylor series of the equation in the distance from the zero (a double word) |

Error: at most 4 ulp of max(abs(f), envelope) for -2^20 <= x, relative at the first 20 zeros and for
x > 0.  Below -2^20 (float32: -4096) the phase, known to 2^-100 (2^-46) of zeta, decides: the error
grows as zeta; NaN where it would reach 2^-10.

Sources: DLMF 9.7, 9.8, 9.9; own coefficients (benchmarks/special/family_coefficients.py).

>>> from derivax.numeric.special import airy_ai, airy_bi
>>> float(airy_ai(0.0)), float(airy_ai(-2.338107410459767)) < 1e-15
(0.3550280538878172, True)
"""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax

from derivax.numeric.special.airy_data import (
    airy_ai_1_polynomial,
    airy_ai_4_polynomial,
    airy_ai_center_polynomial,
    airy_ai_zeros,
    airy_aip_1_polynomial,
    airy_aip_4_polynomial,
    airy_aip_center_polynomial,
    airy_aip_zeros,
    airy_bi_1_polynomial,
    airy_bi_2_polynomial,
    airy_bi_5_polynomial,
    airy_bi_10_polynomial,
    airy_bi_center_polynomial,
    airy_bi_zeros,
    airy_bip_1_polynomial,
    airy_bip_2_polynomial,
    airy_bip_5_polynomial,
    airy_bip_10_polynomial,
    airy_bip_center_polynomial,
    airy_bip_zeros,
    airy_modulus_2_polynomial,
    airy_modulus_4_polynomial,
    airy_phase_2_polynomial,
    airy_phase_4_polynomial,
    airy_slope_modulus_2_polynomial,
    airy_slope_modulus_4_polynomial,
    airy_slope_phase_2_polynomial,
    airy_slope_phase_4_polynomial,
)
from derivax.numeric.special.bessel import short_cos, short_sin
from derivax.numeric.special.double_word import by_format, divide_double_word, two_product


def airy_zeta(y):
    """(sqrt(y), 2/3 y^(3/2) as a double word) for 0 < y < 1e20."""
    root = jnp.sqrt(y)
    square, lost = two_product(root, root)
    low = ((y - square) - lost) / (2.0 * root)
    product, error = two_product(y, root)
    high, rest = divide_double_word(
        2.0 * product, 2.0 * (error + y * low), jnp.full_like(y, 3.0), jnp.zeros_like(y)
    )
    return root, high, rest


def airy_center_variable(x):
    """t of the polynomials on [-2, 1]."""
    return (jnp.clip(x, -2.0, 1.0) + 0.5) / 1.5


def airy_decay(y, near, far):
    """exp(-zeta), the polynomial in 1/zeta for y >= 1, the square root of y."""
    root, high, rest = airy_zeta(y)
    inverse = 1.0 / high
    low = near((2.0 * inverse - 1.6875) / 1.3125)
    value = jnp.where(y < 4.0, low, far(32.0 / 3.0 * inverse - 1.0))
    decay = jnp.exp(-high)
    return decay - decay * rest, value, root


def airy_growth(y, first, second, third, last):
    """Two factors whose product is exp(zeta), the polynomials for y >= 1, sqrt(y)."""
    root, high, rest = airy_zeta(y)
    low = jnp.where(y < 2.5, first((y - 1.75) / 0.75), second((y - 3.75) / 1.25))
    top = jnp.where(y < 10.0, third((y - 7.5) / 2.5), last(42.16370213557839 / high - 1.0))
    # in one piece while that is in range: two halves have twice the error of exp
    whole = high < by_format(y, 700.0, 80.0)
    first_part = jnp.exp(jnp.where(whole, high, 0.5 * high))
    second_part = jnp.where(whole, 1.0, first_part)
    correct = jnp.where(first_part < jnp.inf, first_part + first_part * rest, first_part)
    return correct, second_part, jnp.where(y < 5.0, low, top), root


def airy_wave(y, modulus_near, modulus_far, phase_near, phase_far):
    """(cosine part, sine part, sqrt(y)) of the phase zeta + pi/4 + ..., y >= 2."""
    root, high, rest = airy_zeta(y)
    inverse = 2.25 / (y * y * y)
    middle, far = (2.0 * inverse - 0.31640625) / 0.24609375, 512.0 / 9.0 * inverse - 1.0
    modulus = jnp.where(y < 4.0, modulus_near(middle), modulus_far(far))
    phase = jnp.where(y < 4.0, phase_near(middle), phase_far(far)) / high + rest
    sine, cosine = jnp.sin(high), jnp.cos(high)
    c, s = short_cos(phase), short_sin(phase)
    p, q = c + s, c - s
    return modulus * (cosine * q - sine * p), modulus * (sine * q + cosine * p), root


def airy_taylor(distance, zero, value, slope):
    """(f, distance f') near -zero: (n+2)(n+1) c_{n+2} = -zero c_n + c_{n-1}."""

    def body(k, carry):
        total, rise, before, here, ahead = carry
        n = k * jnp.ones_like(distance)
        new = distance * distance * (distance * before - zero * here)
        new = new / ((n + 2.0) * (n + 1.0))
        return total + new, rise + (n + 2.0) * new, here, ahead, new

    nothing = jnp.zeros_like(distance)
    first = slope * distance
    start = value + first, first, nothing, value, first
    total, rise, _before, _here, _ahead = lax.fori_loop(0, 14, body, start)
    return total, rise


def airy_near_zero(x, high, low, given, shift):
    """(whether a zero is near, distance, zero, given value there)."""
    y = jnp.clip(-x, 0.25, 60.0)
    place = 0.2122065907891938 * y * jnp.sqrt(y) + shift
    index = jnp.asarray(jnp.clip(jnp.round(place), 1.0, 20.0) - 1.0, jnp.int32)
    zero = jnp.take(high, index)
    distance = (x + zero) + jnp.take(low, index)
    near = jnp.abs(distance) < 0.0625
    return near, jnp.where(near, distance, 0.03125), zero, jnp.take(given, index)


def airy_finish(x, center, positive, negative, limit):
    """The value of the region; the limit at +oo, 0 at -oo, NaN where the phase is unknown."""
    value = jnp.where(x < -2.0, negative, jnp.where(x < 1.0, center, positive))
    value = jnp.where(x == jnp.inf, limit, value)
    value = jnp.where(x < by_format(x, -1e17, -1e8), jnp.nan, value)
    return jnp.where(x == x, value, x)


def airy_positive(x):
    """x clipped to where the exponential forms hold."""
    return jnp.clip(x, 1.0, 1e10)


def airy_negative(x):
    """-x clipped to where the waves hold."""
    return jnp.clip(-x, 2.0, 1e18)


def airy_ai_function(x):
    """The Airy function Ai(x)."""
    decay, shape, root = airy_decay(airy_positive(x), airy_ai_1_polynomial, airy_ai_4_polynomial)
    _cosine, sine, width = airy_wave(
        airy_negative(x),
        airy_modulus_2_polynomial,
        airy_modulus_4_polynomial,
        airy_phase_2_polynomial,
        airy_phase_4_polynomial,
    )
    wave = sine * jnp.sqrt(0.15915494309189535 / width)
    center = airy_ai_center_polynomial(airy_center_variable(x))
    value = airy_finish(x, center, decay * (shape / jnp.sqrt(root)), wave, 0.0)
    high, low, slope = airy_ai_zeros(x)
    near, distance, zero, given = airy_near_zero(x, high, low, slope, 0.25)
    series, _rise = airy_taylor(distance, zero, jnp.zeros_like(x), given)
    return jnp.where(near, series, value)


def airy_bi_function(x):
    """The Airy function Bi(x)."""
    grown, more, shape, root = airy_growth(
        airy_positive(x),
        airy_bi_1_polynomial,
        airy_bi_2_polynomial,
        airy_bi_5_polynomial,
        airy_bi_10_polynomial,
    )
    cosine, _sine, width = airy_wave(
        airy_negative(x),
        airy_modulus_2_polynomial,
        airy_modulus_4_polynomial,
        airy_phase_2_polynomial,
        airy_phase_4_polynomial,
    )
    wave = cosine * jnp.sqrt(0.15915494309189535 / width)
    center = airy_bi_center_polynomial(airy_center_variable(x))
    value = airy_finish(x, center, (grown * (shape / jnp.sqrt(root))) * more, wave, jnp.inf)
    high, low, slope = airy_bi_zeros(x)
    near, distance, zero, given = airy_near_zero(x, high, low, slope, 0.75)
    series, _rise = airy_taylor(distance, zero, jnp.zeros_like(x), given)
    return jnp.where(near, series, value)


def airy_aip_function(x):
    """The derivative of Ai."""
    decay, shape, root = airy_decay(airy_positive(x), airy_aip_1_polynomial, airy_aip_4_polynomial)
    cosine, _sine, width = airy_wave(
        airy_negative(x),
        airy_slope_modulus_2_polynomial,
        airy_slope_modulus_4_polynomial,
        airy_slope_phase_2_polynomial,
        airy_slope_phase_4_polynomial,
    )
    wave = -cosine * jnp.sqrt(0.15915494309189535 * width)
    center = airy_aip_center_polynomial(airy_center_variable(x))
    value = airy_finish(x, center, -decay * (shape * jnp.sqrt(root)), wave, 0.0)
    high, low, at_zero = airy_aip_zeros(x)
    near, distance, zero, given = airy_near_zero(x, high, low, at_zero, 0.75)
    _series, rise = airy_taylor(distance, zero, given, jnp.zeros_like(x))
    rise = jnp.where(distance == 0.0, 0.0, rise / jnp.where(distance == 0.0, 1.0, distance))
    return jnp.where(near, rise, value)


def airy_bip_function(x):
    """The derivative of Bi."""
    grown, more, shape, root = airy_growth(
        airy_positive(x),
        airy_bip_1_polynomial,
        airy_bip_2_polynomial,
        airy_bip_5_polynomial,
        airy_bip_10_polynomial,
    )
    _cosine, sine, width = airy_wave(
        airy_negative(x),
        airy_slope_modulus_2_polynomial,
        airy_slope_modulus_4_polynomial,
        airy_slope_phase_2_polynomial,
        airy_slope_phase_4_polynomial,
    )
    wave = sine * jnp.sqrt(0.15915494309189535 * width)
    center = airy_bip_center_polynomial(airy_center_variable(x))
    value = airy_finish(x, center, (grown * (shape * jnp.sqrt(root))) * more, wave, jnp.inf)
    high, low, at_zero = airy_bip_zeros(x)
    near, distance, zero, given = airy_near_zero(x, high, low, at_zero, 0.25)
    _series, rise = airy_taylor(distance, zero, given, jnp.zeros_like(x))
    rise = jnp.where(distance == 0.0, 0.0, rise / jnp.where(distance == 0.0, 1.0, distance))
    return jnp.where(near, rise, value)
