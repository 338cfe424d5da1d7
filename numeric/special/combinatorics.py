r"""Numbers of combinatorics with the index as an argument.

    factorial2(n) = n (n - 2) ...,  subfactorial(n) = n! sum (-1)^k/k!,
    fibonacci, lucas,  catalan(n) = binomial(2n, n)/(n + 1),  harmonic(n) = sum_{k <= n} 1/k,
    bernoulli_number(n) (B_1 = +1/2, as SymPy), euler_number(n), bell_number(n)

Whole n, NaN otherwise, except where the classical function has a real continuation: factorial2
(2^(n/2) gamma(n/2 + 1) (2/pi)^((1 - cos(pi n))/4)), catalan (4^n gamma(n + 1/2)/(sqrt(pi)
gamma(n + 2))) and harmonic (digamma(n + 1) + Euler's constant), which have derivatives.

| function | method |
| --- | --- |
| factorial2, subfactorial | gamma function; rounded to the whole number while that is exact |
| fibonacci, lucas | powers of the golden ratio as a double word, rounded |
| catalan | beta function: 4^n 2/pi B(n + 1/2, 3/2) |
| harmonic | polynomial over x on [-1/2, 1], digamma beyond, reflection below |
| bernoulli_number | -n zeta(1 - n) |
| euler_number | 2 (2/pi)^(n+1) n! sum (-1)^k (2k + 1)^-(n+1) |
| bell_number | the table of all that are finite, by the Bell triangle in exact arithmetic |

Sources: DLMF 26.5.1, 24.8, 25.6.3, 5.4.2; SymPy's definitions.

>>> from derivax.numeric.special import bell_number, fibonacci, harmonic
>>> float(fibonacci(30.0)), float(bell_number(6.0)), float(harmonic(2.0))
(832040.0, 203.0, 1.5)
"""

from __future__ import annotations

import jax.numpy as jnp

from derivax.numeric.special.combinatorics_data import bell_exponents, bell_fractions
from derivax.numeric.special.double_word import by_format, opaque, two_sum
from derivax.numeric.special.elementary import exp2_function
from derivax.numeric.special.gamma_functions import (
    digamma_positive,
    factorial_function,
)
from derivax.numeric.special.gamma_ratios import beta_word, sign_of_whole, word_power
from derivax.numeric.special.trigonometric import sinpi_function, tanpi_function
from derivax.numeric.special.zeta_data import harmonic_small_polynomial
from derivax.numeric.special.zeta_functions import gamma_over_circle, zeta_function


def is_index(n):
    """n = 0, 1, 2, ..."""
    return jnp.logical_and(n >= 0.0, n == jnp.round(n))


def nearest_whole(value):
    """The whole number next to the value, while the format has them all."""
    return jnp.where(jnp.abs(value) < by_format(value, 1e15, 4e6), jnp.round(value), value)


def factorial2_function(n):
    """The double factorial, continued to real n."""
    half = 0.5 * n
    sine = sinpi_function(half)
    power = jnp.power(0.6366197723675814, 0.5 * sine * sine)
    value = exp2_function(half) * (factorial_function(half) * power)
    value = jnp.where(is_index(n), nearest_whole(value), value)
    return jnp.where(n == jnp.inf, jnp.inf, value)


def subfactorial_function(n):
    """The number of derangements of n = 0, 1, ... things."""
    value = nearest_whole(0.36787944117144233 * factorial_function(jnp.where(is_index(n), n, 2.0)))
    return jnp.where(is_index(n), jnp.where(n == 0.0, 1.0, value), jnp.nan)


def golden_power(n):
    """The golden ratio to the power n."""
    ratio = 1.618033988749895 * jnp.ones_like(n)
    rest = by_format(n, -5.432115203682506e-17, -1.6415205249451664e-08) * jnp.ones_like(n)
    return word_power(ratio, rest, n, jnp.zeros_like(n))


def fibonacci_function(n):
    """Fibonacci's numbers for whole n."""
    whole = n == jnp.round(n)
    size = jnp.where(whole, jnp.abs(n), 0.0)
    power = golden_power(size)
    value = nearest_whole((power - sign_of_whole(size) / power) / 2.23606797749979)
    value = jnp.where(n < 0.0, -sign_of_whole(size) * value, value)
    return jnp.where(whole, value, jnp.nan)


def lucas_function(n):
    """Lucas's numbers for whole n."""
    whole = n == jnp.round(n)
    size = jnp.where(whole, jnp.abs(n), 0.0)
    power = golden_power(size)
    value = nearest_whole(power + sign_of_whole(size) / power)
    value = jnp.where(n < 0.0, sign_of_whole(size) * value, value)
    return jnp.where(whole, value, jnp.nan)


def catalan_function(n):
    """Catalan's numbers, continued to n > -1/2."""
    start, rest = two_sum(n, opaque(0.5, n))
    valid = jnp.logical_and(start > 0.0, n < jnp.inf)
    zero = jnp.zeros_like(n)
    factor = beta_word(
        jnp.where(valid, start, 1.0), jnp.where(valid, rest, 0.0), jnp.full_like(n, 1.5), zero
    )
    value = (exp2_function(n) * (0.6366197723675814 * factor)) * exp2_function(n)
    value = jnp.where(is_index(n), nearest_whole(value), value)
    return jnp.where(valid, value, jnp.where(n == jnp.inf, jnp.inf, jnp.nan))


def harmonic_function(n):
    """Harmonic numbers, continued to real n."""
    near = jnp.clip(n, -0.5, 1.0)
    small = near * harmonic_small_polynomial((near - 0.25) / 0.75)
    high = 0.5772156649015329 + digamma_positive(jnp.maximum(n, 1.0) + 1.0)
    size = jnp.maximum(-n, 0.5)
    low = digamma_positive(size) + (0.5772156649015329 - 3.141592653589793 / tanpi_function(-size))
    value = jnp.where(n > 1.0, high, jnp.where(n < -0.5, low, small))
    pole = jnp.logical_and(n < 0.0, n == jnp.round(n))
    return jnp.where(pole, jnp.nan, value)


def bernoulli_number_function(n):
    """Bernoulli's numbers for n = 0, 1, ..., with B_1 = +1/2."""
    index = jnp.where(jnp.logical_and(is_index(n), n > 0.0), n, 2.0)
    value = -index * zeta_function(1.0 - index)
    value = jnp.where(jnp.logical_and(index > 1.0, sign_of_whole(index) < 0.0), 0.0, value)
    return jnp.where(is_index(n), jnp.where(n == 0.0, 1.0, value), jnp.nan)


def euler_number_function(n):
    """Euler's numbers for n = 0, 1, ...."""
    index = jnp.where(is_index(n), n, 0.0)
    order = jnp.maximum(index, 8.0) + 1.0
    tail = jnp.power(1.0 / 9.0, order) - jnp.power(1.0 / 11.0, order)
    tail = jnp.power(0.2, order) - (jnp.power(1.0 / 7.0, order) - tail)
    series = 2.0 * (1.0 - (jnp.power(1.0 / 3.0, order) - tail))
    power = exp2_function(order)
    value = (gamma_over_circle(order, 0.0 * n) * power) * (power * series)
    value = nearest_whole(value)
    value = jnp.where(
        index < 7.0, jnp.where(index < 5.0, jnp.where(index < 3.0, 1.0, 5.0), 61.0), value
    )
    value = jnp.where(sign_of_whole(0.5 * index) < 0.0, -value, value)
    value = jnp.where(index == 0.0, 1.0, jnp.where(sign_of_whole(index) < 0.0, 0.0, value))
    return jnp.where(is_index(n), value, jnp.nan)


def bell_number_function(n):
    """The number of partitions of a set of n = 0, 1, ... elements."""
    index = jnp.where(is_index(n), jnp.minimum(n, 218.0), 0.0)
    place = jnp.asarray(index, jnp.int32)
    exponent = jnp.take(bell_exponents(n), place)
    value = (2.0 * jnp.take(bell_fractions(n), place)) * exp2_function(exponent - 1.0)
    value = jnp.where(n > 218.0, jnp.inf, value)
    return jnp.where(is_index(n), value, jnp.nan)
