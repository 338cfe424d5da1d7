r"""Riemann's and Hurwitz's zeta functions and Dirichlet's eta function, of real arguments.

    zeta(s) = sum_{k >= 1} k^-s,   hurwitz_zeta(s, a) = sum_{k >= 0} (k + a)^-s,
    dirichlet_eta(s) = sum_{k >= 1} (-1)^(k-1) k^-s = (1 - 2^(1-s)) zeta(s)

and their continuations: zeta for all real s (its pole 1: NaN, where the sides differ), eta for all
real s; hurwitz_zeta for s > 1, a > 0 (infinite at s = 1 and at a = 0), NaN elsewhere.

| function, region | method |
| --- | --- |
| zeta, -1 <= s < 2 | two polynomials over s - 1 |
| zeta, s >= 2 | 1 + 2^-s times polynomials (to 5, 12, 32), then two terms of the sum |
| zeta, s < -1 | the functional equation; the zeros at -2, -4, ... are exact |
| eta | -expm1((1 - s) log 2) zeta(s) |
| hurwitz_zeta | 24 terms and the sum formula of Euler and Maclaurin |

In the functional equation gamma(1 - s) (2 pi)^(s - 1) is one power of a double word.
Sources: DLMF 25.2.1, 25.4.1, 25.2.3, 25.11.5; own coefficients
(benchmarks/special/family_coefficients.py).

>>> from derivax.numeric.special import hurwitz_zeta, zeta
>>> float(zeta(-2.0)), float(zeta(0.0)), round(float(hurwitz_zeta(2.0, 0.5)), 10)
(-0.0, -0.5, 4.9348022005)
"""

from __future__ import annotations

import jax.numpy as jnp

from derivax.numeric.special.double_word import by_format, opaque, two_product, two_sum
from derivax.numeric.special.elementary import exp2_function, expm1_function
from derivax.numeric.special.gamma_functions import gamma_function, hurwitz_sum
from derivax.numeric.special.gamma_ratios import stirling_excess, word_power
from derivax.numeric.special.trigonometric import sinpi_function
from derivax.numeric.special.zeta_data import (
    zeta_1_polynomial,
    zeta_2_polynomial,
    zeta_5_polynomial,
    zeta_12_polynomial,
    zeta_low_polynomial,
)


def zeta_positive(s):
    """zeta(s) for s >= -1, s != 1."""
    low = zeta_low_polynomial((jnp.clip(s, -1.0, 0.25) + 0.375) / 0.625)
    one = zeta_1_polynomial((jnp.clip(s, 0.25, 2.0) - 1.125) / 0.875)
    low = jnp.where(s < 0.25, low, one) / (s - 1.0)
    two = zeta_2_polynomial((jnp.clip(s, 2.0, 5.0) - 3.5) / 1.5)
    five = zeta_5_polynomial((jnp.clip(s, 5.0, 12.0) - 8.5) / 3.5)
    twelve = zeta_12_polynomial((jnp.clip(s, 12.0, 32.0) - 22.0) / 10.0)
    far = 1.0 + jnp.exp(-0.4054651081081644 * s)
    rest = jnp.where(s < 5.0, two, jnp.where(s < 12.0, five, jnp.where(s < 32.0, twelve, far)))
    high = 1.0 + exp2_function(-jnp.minimum(s, 1000.0)) * rest
    return jnp.where(s < 2.0, low, high)


def gamma_over_circle(z, dz):
    """gamma(z + dz) (2 pi)^-(z + dz) for z >= 1."""
    near = jnp.minimum(z, 8.0)
    turn = 6.283185307179586 * jnp.ones_like(z)
    turn_rest = by_format(z, 2.4492935982947064e-16, -1.7484555e-07) * jnp.ones_like(z)
    small = gamma_function(near) * word_power(turn, turn_rest, -near, -dz)
    small = small + small * (dz * jnp.log(near))
    s = jnp.maximum(z, 8.0)
    base, error = two_product(s, opaque(0.05854983152431916, s))
    error = error + s * by_format(s, -4.121231590292303e-19, -1.0283522718048749e-09)
    error = error + dz * 0.05854983152431916
    large = word_power(base, error, s - 0.5, dz) * 0.6065306597126334
    large = large + large * stirling_excess(s)
    return jnp.where(z < 8.0, small, large)


def zeta_function(s):
    """Riemann's zeta function."""
    size = jnp.abs(s)
    z, dz = two_sum(opaque(1.0, s), size)
    positive = zeta_positive(jnp.where(s < -1.0, z, s))
    finite = size < jnp.inf
    mirrored = gamma_over_circle(jnp.where(finite, z, 1.0), jnp.where(finite, dz, 0.0))
    wave = 2.0 * sinpi_function(-0.5 * size)
    reflected = wave * mirrored * positive
    reflected = jnp.where(wave == 0.0, wave, reflected)
    value = jnp.where(s < -1.0, reflected, positive)
    return jnp.where(jnp.logical_or(s == 1.0, s == -jnp.inf), jnp.nan, value)


def dirichlet_eta_function(s):
    """The alternating zeta function."""
    gap = jnp.where(s == 1.0, 1.0, s) - 1.0
    near = -expm1_function(-0.6931471805599453 * gap)
    value = near * zeta_function(jnp.where(s == 1.0, 2.0, s))
    # 1 - 2^(1 - s) far below 0: the power is exact there
    power = 1.0 - 2.0 * exp2_function(jnp.minimum(-s, 2000.0))
    value = jnp.where(s < -1.0, power * zeta_function(jnp.minimum(s, -1.0)), value)
    even = jnp.logical_and(s < 0.0, 0.5 * s == jnp.round(0.5 * s))
    return jnp.where(s == 1.0, 0.6931471805599453, jnp.where(even, 0.0, value))


def hurwitz_zeta_function(s, a):
    """Hurwitz's zeta function for s > 1, a > 0."""
    valid = jnp.logical_and(jnp.logical_and(s > 1.0, a > 0.0), s < jnp.inf)
    order, start = jnp.where(valid, s, 2.0), jnp.where(valid, jnp.minimum(a, 1e30), 1.0)
    value = jnp.power(jnp.where(valid, a, 1.0), -order) * hurwitz_sum(order, start)
    # for huge a: a^(1 - s)/(s - 1), which is 0 in the limit
    value = jnp.where(a > 1e30, jnp.power(a, 1.0 - order) / (order - 1.0), value)
    limit = jnp.where(a > 1.0, 0.0, jnp.where(a == 1.0, 1.0, jnp.inf))
    value = jnp.where(s == jnp.inf, jnp.where(a > 0.0, limit, jnp.nan), value)
    edge = jnp.logical_or(jnp.logical_and(s == 1.0, a > 0.0), jnp.logical_and(s > 1.0, a == 0.0))
    value = jnp.where(jnp.logical_or(valid, s == jnp.inf), value, jnp.where(edge, jnp.inf, jnp.nan))
    return jnp.where(jnp.isnan(s + a), jnp.nan, value)
