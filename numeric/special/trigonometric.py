r"""Trigonometric functions of pi x, inverse ones near their weak places, and those that JAX lacks.

| function | regions and methods |
| --- | --- |
| sinpi(x) = sin(pi x), cospi, tanpi | exact reduction to quarter turns, polynomials |
| asin | abs(x) <= 1/2: odd polynomial; else pi/2 - 2 asin(sqrt((1 - x)/2)) |
| acot(x) = atan(1/x); asec(x) = acos(1/x), acsc(x) = asin(1/x) | angles of (x, sqrt(x^2 - 1)) |

Zeros of the functions of pi x at whole and half numbers are exact.  Own coefficients
(benchmarks/special/coefficients.py).

>>> from derivax.numeric.special import asin, sinpi
>>> float(sinpi(1e15)), float(asin(1e-305))
(0.0, 1e-305)
"""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax

from derivax.numeric.special.approximations import (
    asin_ratio_polynomial,
    cospi_ratio_polynomial,
    sinpi_ratio_polynomial,
)
from derivax.numeric.special.double_word import by_format


def quarter_turns(x):
    """x mod 2 as (quarter n in -2..2, rest r, |r| <= 1/4), x = n/2 + r, exactly."""
    turn = x - 2.0 * jnp.round(0.5 * x)
    quarter = jnp.round(2.0 * turn)
    return quarter, turn - 0.5 * quarter


def sinpi_reduced(r):
    """sin(pi r) for |r| <= 1/4."""
    square = r * r
    low = by_format(r, 1.2246467991473532e-16, -8.742277657347586e-08)
    ratio = low + square * sinpi_ratio_polynomial(32.0 * square - 1.0)
    return r * (3.141592653589793 + ratio)


def cospi_reduced(r):
    """cos(pi r) for |r| <= 1/4."""
    square = r * r
    return 1.0 + square * cospi_ratio_polynomial(32.0 * square - 1.0)


def sinpi_function(x):
    """sin(pi x)."""
    quarter, r = quarter_turns(x)
    sine, cosine = sinpi_reduced(r), cospi_reduced(r)
    value = jnp.where(jnp.abs(quarter) == 1.0, quarter * cosine, sine)
    return jnp.where(jnp.abs(quarter) == 2.0, -sine, value)


def cospi_function(x):
    """cos(pi x)."""
    quarter, r = quarter_turns(x)
    sine, cosine = sinpi_reduced(r), cospi_reduced(r)
    value = jnp.where(jnp.abs(quarter) == 1.0, -quarter * sine, cosine)
    return jnp.where(jnp.abs(quarter) == 2.0, -cosine, value)


def tanpi_function(x):
    """tan(pi x), infinite halfway between the integers."""
    quarter, r = quarter_turns(x)
    sine, cosine = sinpi_reduced(r), cospi_reduced(r)
    odd = jnp.abs(quarter) == 1.0
    value = jnp.where(odd, -cosine, sine) / jnp.where(odd, sine, cosine)
    return jnp.where(jnp.logical_and(odd, r == 0.0), jnp.inf, value)


def accurate_arcsin(x):
    """asin(x): an odd polynomial up to 1/2, beyond through the half angle from 1."""
    size = jnp.abs(x)
    low = by_format(x, 6.123233995736766e-17, -4.371138828673793e-08)
    rest = 0.5 * (1.0 - size)
    square = jnp.where(size <= 0.5, size * size, rest)
    start = jnp.where(size <= 0.5, size, jnp.sqrt(rest))
    angle = start + start * (square * asin_ratio_polynomial(8.0 * square - 1.0))
    value = jnp.where(size <= 0.5, angle, 1.5707963267948966 - (2.0 * angle - low))
    return jnp.where(x < 0.0, -value, value)


def arccot(x):
    """acot(x) = atan(1/x), odd, pi/2 at 0."""
    return jnp.arctan(1.0 / x)


def arcsec(x):
    """asec(x) = acos(1/x) as the angle of (sign x, sqrt(x^2 - 1)): accurate near |x| = 1."""
    size = jnp.abs(x)
    return jnp.arctan2(jnp.sqrt(size - 1.0) * jnp.sqrt(size + 1.0), jnp.sign(x))


def arccsc(x):
    """acsc(x) = asin(1/x) as the angle of (sqrt(x^2 - 1), sign x): accurate near |x| = 1."""
    size = jnp.abs(x)
    return jnp.arctan2(jnp.sign(x), jnp.sqrt(size - 1.0) * jnp.sqrt(size + 1.0))


def sinc_function(x):
    """sin(x)/x, 1 at 0."""
    zero = x == 0.0
    value = jnp.where(zero, 1.0, jnp.sin(x) / jnp.where(zero, 1.0, x))
    return jnp.where(jnp.abs(x) == jnp.inf, 0.0, value)


def sinc_derivative_function(n, x):
    """The n-th derivative of sin(x)/x, n = 0, 1, ..., 30: the integral of t^n cos^(n)(x t)."""
    reach = 2.0 + 0.5 * n
    near = jnp.clip(x, -reach, reach)

    def add(k, state):
        total, term = state
        order = k + n
        total = total + cospi_function(0.5 * order) * (term / (order + 1.0))
        return total, term * (near / (k + 1.0))

    start = (jnp.zeros_like(x), jnp.ones_like(x))
    series, _ = lax.fori_loop(0, 64, add, start)
    safe = jnp.where(jnp.abs(x) < reach, reach, x)
    sine, cosine = jnp.sin(safe), jnp.cos(safe)

    def climb(k, value):
        half = 0.5 * (k + 0.0 * n)
        turned = cospi_function(half) * sine + sinpi_function(half) * cosine
        return jnp.where(k <= n, (turned - k * value) / safe, value)

    far = lax.fori_loop(1, 31, climb, sine / safe)
    far = jnp.where(jnp.abs(x) == jnp.inf, 0.0, far)
    value = jnp.where(jnp.abs(x) < reach, series, far)
    valid = jnp.logical_and(n == jnp.floor(n), jnp.logical_and(n >= 0.0, n <= 30.0))
    return jnp.where(valid, value, jnp.nan)
