r"""Exponentials and logarithms near their weak places, and in the log domain.

*Main definitions*: exp2, expm1, log1p, log1mexp, logaddexp, gaussian.

| function | regions and methods | source |
| --- | --- | --- |
| exp2(x) = 2^x | exp of the fraction times an exact power of two | |
| expm1(x) = e^x - 1 | abs(x) <= 1/2: x times a polynomial; else exp(x) - 1 | own coefficients |
| log1p(x) = log(1 + x), x >= -1 | log of the rounded sum plus its error to first order | Kahan |
| log1mexp(x) = log(1 - e^-x), x >= 0 | log(-expm1(-x)) or log1p(-exp(-x)) | Maechler 2012 |
| logaddexp(a, b) = log(e^a + e^b) | max + log1p(exp(-abs(a - b))); absolute near its zeros | |
| gaussian(x, c) = exp(-c x^2), c = 1 or 1/2 | the square is split exactly | Cody 1969 |
| exp_square(x) = exp(x^2) | the same, scaled so that it overflows with the result | |

XLA's own exp2 loses 665 ulp, log1p 128 ulp (float64), expm1 6 ulp (float32).

>>> from derivax.numeric.special import exp2, log1p
>>> float(log1p(1e-20)), float(exp2(-3.0))
(1e-20, 0.125)
"""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax

from derivax.numeric.special.approximations import expm1_ratio_polynomial
from derivax.numeric.special.double_word import by_format, opaque


def steady_exp(x):
    """exp(x); next to overflow, where XLA's float32 loses 5 ulp, exp(x - 8) e^8."""
    beyond = jnp.logical_and(x > 80.0, jnp.finfo(x.dtype).bits < 64)
    value = jnp.exp(jnp.where(beyond, x - 8.0, x))
    return jnp.where(beyond, 2980.9579870417283 * value, value)


def power_of_two(n):
    """2^n exactly, for whole n with 2^n a normal number: exp rounded to one bit."""
    return lax.reduce_precision(jnp.exp(0.6931471805599453 * n), 11, 1)


def exp2_function(x):
    """2**x."""
    whole = jnp.clip(jnp.round(x), -2200.0, 2200.0)
    first = jnp.floor(0.5 * whole)
    value = jnp.exp(0.6931471805599453 * (x - whole)) * power_of_two(first)
    return value * power_of_two(whole - first)


def expm1_function(x):
    """exp(x) - 1."""
    near = jnp.clip(x, -0.5, 0.5)
    small = near * expm1_ratio_polynomial(2.0 * near)
    return jnp.where(jnp.abs(x) <= 0.5, small, steady_exp(x) - 1.0)


def accurate_log1p(x):
    """log(1 + x): the rounding error of 1 + x is returned to first order.

    The 1 is no constant to the compiler, which would fold (1 + x) - 1 into x.
    """
    one = jnp.where(x < jnp.inf, 1.0, x)
    shifted = one + x
    regular = jnp.logical_and(shifted > 0.0, shifted < jnp.inf)
    safe = jnp.where(regular, shifted, 1.0)
    lost = jnp.where(regular, (shifted - one) - x, 0.0)
    return jnp.log(shifted) - lost / safe


def log1mexp_function(x):
    """log(1 - exp(-x)) for x >= 0."""
    near = jnp.log(-expm1_function(-jnp.minimum(x, 1.0)))
    far = accurate_log1p(-jnp.exp(-jnp.maximum(x, 0.5)))
    return jnp.where(x < 0.6931471805599453, near, far)


def square_and_rest(size):
    """size^2 = (exact square of a number with half of the digits) + rest, for 0 <= size <= 40."""
    grid = by_format(size, 1048576.0, 256.0)
    high = jnp.floor(grid * size + 0.5) / grid
    return high * high, (size - high) * (size + high)


def short_expm1(x):
    """exp(x) - 1 for |x| < 0.05."""
    return x * (1.0 + x * (0.5 + x * (1.0 / 6.0 + x / 24.0)))


def gaussian_of(x, scale):
    """exp(-scale x^2), scale 1 or 1/2: the square is split exactly.

    exp(a) * exp(b) would be folded into exp(a + b); exp(a) + exp(a) * (exp(b) - 1) is not.
    """
    square, rest = square_and_rest(jnp.minimum(jnp.abs(x), 40.0))
    leading = jnp.exp(-scale * square)
    return leading + leading * short_expm1(-scale * rest)


def scaled_exp_square(size, shift, factor):
    """exp(x^2 - shift) (1 + factor) for 0 <= x <= 30, |factor| < 0.005: in range when 4096 times
    it is.  The shift is a multiple of 1/256, so that the exponent is exact."""
    square, rest = square_and_rest(size)
    growing = jnp.exp(square - shift)
    exact = growing + growing * (factor + (1.0 + factor) * short_expm1(rest))
    return jnp.where(growing < jnp.inf, exact, growing)


def exp_square_function(x):
    """exp(x^2), the square split exactly: e^8.31640625 = 4096 (1 + -0.0014...)."""
    size = jnp.minimum(jnp.abs(x), 30.0)
    return 4096.0 * scaled_exp_square(size, 8.31640625, -0.0013589924516251223)


def gaussian_tail(size, scale, numerator):
    """exp(-scale x^2) numerator/(1 + 2 x) for x >= 0: one rounding per factor."""
    double = 2.0 * size
    below = double + 1.0
    lost = (opaque(1.0, size) - (below - double)) / below
    lost = jnp.where(jnp.logical_and(size > 0.5, size < 40.0), lost, 0.0)
    square, rest = square_and_rest(jnp.minimum(size, 40.0))
    leading = jnp.exp(-scale * square) * (4096.0 * (numerator / below))  # clear of underflow
    return (leading + leading * (short_expm1(-scale * rest) - lost)) * 0.000244140625


def growth_exponent(size):
    """exp(x) for x >= 0 as (a, b, c), a b (1 + c): with `grown_by_exponent` in range if finite."""
    beyond = size > 20.0
    value = jnp.exp(jnp.where(beyond, size - 8.31640625, size))
    rest = jnp.where(beyond, -0.0013589924516251223, 0.0)
    return value, jnp.where(beyond, 4096.0, 1.0), rest


def grown_by_exponent(value, scale, rest):
    """value scale (1 + rest) for a value that may be infinite."""
    return jnp.where(jnp.abs(value) < jnp.inf, value + value * rest, value) * scale


def log_add_exp(a, b):
    """log(exp(a) + exp(b)); equal infinities do not meet in a difference."""
    larger = jnp.maximum(a, b)
    gap = jnp.where(jnp.isfinite(larger), jnp.abs(a - b), jnp.inf)
    return larger + accurate_log1p(jnp.exp(-gap))
