r"""Fresnel integrals S(x) = int_0^x sin(pi t^2/2) dt and C(x) = int_0^x cos(pi t^2/2) dt.

Entire and odd, 1/2 at infinity.  abs(x) < 5/4: polynomials in x^4; beyond: the auxiliary functions
f and g (DLMF 7.5.3, 7.5.4) by polynomials on [5/4, 2], [2, 4], [4, oo), with pi x^2/2 reduced
exactly (x^2 as a double word).  Own coefficients (benchmarks/special/coefficients.py).

>>> from derivax.numeric.special import fresnels
>>> round(float(fresnels(1.0)), 10)
0.4382591474
"""

from __future__ import annotations

import jax.numpy as jnp

from derivax.numeric.special.approximations import (
    fresnel_c_ratio_polynomial,
    fresnel_f_1_polynomial,
    fresnel_f_2_polynomial,
    fresnel_f_beyond_polynomial,
    fresnel_g_1_polynomial,
    fresnel_g_2_polynomial,
    fresnel_g_beyond_polynomial,
    fresnel_s_ratio_polynomial,
)
from derivax.numeric.special.double_word import two_product
from derivax.numeric.special.trigonometric import cospi_function, sinpi_function


def fresnel_auxiliary(x):
    """(f, g, sine, cosine) for x >= 5/4; the angle is pi x^2/2."""
    safe = jnp.clip(x, 1.25, 1e8)
    one = (jnp.clip(safe, 1.25, 2.0) - 1.625) * (8.0 / 3.0)
    two = jnp.clip(safe, 2.0, 4.0) - 3.0
    inverse = 4.0 / jnp.maximum(safe, 4.0)
    far = 2.0 * (inverse * inverse) - 1.0
    f = jnp.where(safe < 4.0, fresnel_f_2_polynomial(two), fresnel_f_beyond_polynomial(far))
    g = jnp.where(safe < 4.0, fresnel_g_2_polynomial(two), fresnel_g_beyond_polynomial(far))
    f = jnp.where(safe < 2.0, fresnel_f_1_polynomial(one), f) / safe
    g = jnp.where(safe < 2.0, fresnel_g_1_polynomial(one), g) / safe / (safe * safe)
    square, error = two_product(safe, safe)
    turn = 0.5 * ((square - 4.0 * jnp.round(0.25 * square)) + error)
    return f, g, sinpi_function(turn), cospi_function(turn)


def fresnels_function(x):
    """The Fresnel integral S."""
    size = jnp.abs(x)
    near = jnp.minimum(size, 1.25)
    square = near * near
    t = 2.0 * ((square / 1.5625) * (square / 1.5625)) - 1.0
    small = near * square * fresnel_s_ratio_polynomial(t)
    f, g, sine, cosine = fresnel_auxiliary(size)
    far = jnp.where(size < 1e8, 0.5 - (f * cosine + g * sine), 0.5)
    value = jnp.where(size < 1.25, small, far)
    return jnp.where(x < 0.0, -value, value)


def fresnelc_function(x):
    """The Fresnel integral C."""
    size = jnp.abs(x)
    near = jnp.minimum(size, 1.25)
    square = near * near
    t = 2.0 * ((square / 1.5625) * (square / 1.5625)) - 1.0
    small = near * fresnel_c_ratio_polynomial(t)
    f, g, sine, cosine = fresnel_auxiliary(size)
    far = jnp.where(size < 1e8, 0.5 + (f * sine - g * cosine), 0.5)
    value = jnp.where(size < 1.25, small, far)
    return jnp.where(x < 0.0, -value, value)
