r"""Hyperbolic functions without overflow in between, and their inverses.

| function | regions and methods |
| --- | --- |
| sinh | abs(x) < 1: odd polynomial; else exponentials |
| cosh | exponentials |
| tanh | abs(x) < 5/8: odd polynomial; else 1 - 2/(exp(2x) + 1) |
| sech, csch, coth | 1/cosh, 1/sinh, 1/tanh |
| asinh, acosh | log1p of the argument less 1; beyond 2^28: log(2 x) |
| atanh, acoth, asech, acsch | log1p of a quotient |

Domains: acosh x >= 1; atanh [-1, 1] (infinite at the ends); acoth abs(x) >= 1; asech [0, 1].
Cuts (of the complex functions): acosh (-oo, 1), atanh (-oo, -1] and [1, oo), acoth [-1, 1],
asech (-oo, 0] and (1, oo).  Own coefficients (benchmarks/special/coefficients.py); the logarithmic
forms are those of W. Kahan, Branch cuts for complex elementary functions (1987).

>>> from derivax.numeric.special import acosh, sinh
>>> float(sinh(1e-300)), float(acosh(1.0))
(1e-300, 0.0)
"""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax

from derivax.numeric.special.approximations import sinh_ratio_polynomial, tanh_ratio_polynomial
from derivax.numeric.special.elementary import accurate_log1p, grown_by_exponent, growth_exponent


def half_exp(size):
    """exp(size)/2 for size >= 0, in range whenever it is finite."""
    value, scale, rest = growth_exponent(size)
    return grown_by_exponent(value, 0.5 * scale, rest)


def accurate_sinh(x):
    """sinh(x): an odd polynomial near 0, exponentials beyond 1."""
    size = jnp.abs(x)
    near = jnp.minimum(size, 1.0)
    square = near * near
    small = near + near * (square * sinh_ratio_polynomial(2.0 * square - 1.0))
    half = half_exp(size)
    far = half - 0.25 / half
    value = jnp.where(size < 1.0, small, far)
    return jnp.where(x < 0.0, -value, value)


def accurate_cosh(x):
    """cosh(x) from exponentials without overflow before the result."""
    half = half_exp(jnp.abs(x))
    return half + 0.25 / half


def tanh_function(x):
    """tanh(x): an odd polynomial near 0, 1 - 2/(exp(2 x) + 1) beyond 5/8."""
    size = jnp.abs(x)
    near = jnp.minimum(size, 0.625)
    square = near * near
    small = near + near * (square * tanh_ratio_polynomial(5.12 * square - 1.0))
    far = 1.0 - 2.0 / (jnp.exp(2.0 * size) + 1.0)
    value = jnp.where(size < 0.625, small, far)
    return jnp.where(x < 0.0, -value, value)


def sech(x):
    """1/cosh(x)."""
    return 1.0 / accurate_cosh(x)


def csch(x):
    """1/sinh(x)."""
    return 1.0 / accurate_sinh(x)


def coth(x):
    """1/tanh(x)."""
    return 1.0 / tanh_function(x)


def asinh_function(x):
    """asinh(x) = log1p(s + s^2/(1 + sqrt(1 + s^2))) of s = |x| with the sign of x."""
    size = jnp.abs(x)
    near = jnp.minimum(size, 268435456.0)
    square = near * near
    value = accurate_log1p(near + square / (1.0 + jnp.sqrt(1.0 + square)))
    far = jnp.log(size) + 0.6931471805599453
    value = jnp.where(size < 268435456.0, value, far)
    return jnp.where(x < 0.0, -value, value)


def acosh_function(x):
    """acosh(x) = log1p(t + sqrt(t (t + 2))) of t = x - 1."""
    gap = jnp.minimum(x, 268435456.0) - 1.0
    near = accurate_log1p(gap + jnp.sqrt(gap) * jnp.sqrt(gap + 2.0))
    return jnp.where(x < 268435456.0, near, jnp.log(x) + 0.6931471805599453)


def accurate_arctanh(x):
    """atanh(x) = log1p(2|x|/(1 - |x|))/2 with the sign of x."""
    size = jnp.abs(x)
    value = 0.5 * accurate_log1p(2.0 * size / (1.0 - size))
    return jnp.where(x < 0.0, -value, value)


def arccoth(x):
    """acoth(x) = log1p(2/(|x| - 1))/2 with the sign of x."""
    value = 0.5 * accurate_log1p(2.0 / (jnp.abs(x) - 1.0))
    return jnp.where(x < 0.0, -value, value)


def arcsech(x):
    """asech(x) = log1p(d + sqrt(d (d + 2))) with d = (1 - x)/x."""
    gap = (1.0 - x) / x
    return accurate_log1p(gap + jnp.sqrt(gap) * jnp.sqrt(gap + 2.0))


def arccsch(x):
    """acsch(x) = asinh(1/x)."""
    return asinh_function(1.0 / x)


def sinhc_function(x):
    """sinh(x)/x, 1 at 0; it overflows later than sinh."""
    size = jnp.abs(x)
    zero = x == 0.0
    value = accurate_sinh(x) / jnp.where(zero, 1.0, x)
    far = (half_exp(jnp.maximum(size, 32.0) - 8.0) / size) * 2980.9579870417283
    value = jnp.where(zero, 1.0, jnp.where(size > 64.0, far, value))
    return jnp.where(size == jnp.inf, jnp.inf, value)


def sinhc_derivative_function(n, x):
    """The n-th derivative of sinh(x)/x, n = 0, 1, ..., 30: the integral of t^n cosh^(n)(x t)."""
    near = jnp.clip(x, -16.0, 16.0)

    def add(k, state):
        total, term = state
        order = k + n
        even = order == 2.0 * jnp.floor(0.5 * order)
        total = total + jnp.where(even, term / (order + 1.0), 0.0)
        return total, term * (near / (k + 1.0))

    start = (jnp.zeros_like(x), jnp.ones_like(x))
    series, _ = lax.fori_loop(0, 80, add, start)
    safe = jnp.where(jnp.abs(x) < 16.0, 16.0, x)
    sine, cosine = accurate_sinh(safe), accurate_cosh(safe)

    def climb(k, value):
        half = 0.5 * k
        turned = jnp.where(half == jnp.floor(half), sine, cosine)
        return jnp.where(k <= n, (turned - k * value) / safe, value)

    far = lax.fori_loop(1, 31, climb, sine / safe)
    value = jnp.where(jnp.abs(x) < 16.0, series, far)
    valid = jnp.logical_and(n == jnp.floor(n), jnp.logical_and(n >= 0.0, n <= 30.0))
    return jnp.where(valid, value, jnp.nan)
