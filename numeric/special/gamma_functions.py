r"""Gamma, its logarithm and logarithmic derivatives, factorials, binomials and beta.

    gamma(x) = int_0^oo t^(x-1) e^-t dt,  lgamma = log abs(gamma),  loggamma = lgamma for x > 0,
    digamma = d loggamma/dx,  polygamma(n, x) = its n-th derivative (n = 0, 1, 2, ...; x > 0 from
    n = 2 on),  rgamma = 1/gamma,  factorial(x) = gamma(x + 1),
    beta(a, b) = gamma(a) gamma(b)/gamma(a + b)

Poles at 0, -1, -2, ...: the infinity with the sign of 0 at 0, NaN at the others (as SciPy), 0 for
rgamma.  loggamma has the cut (-oo, 0]: NaN for x < 0, where it is not real.

| function | regions and methods |
| --- | --- |
| gamma | -8 < x < 8: polynomial on [2, 3] and a double-word product; x >= 8: Stirling's series
|       | times a power of the double word x/e; x <= -8: reflection |
| lgamma | polynomials with the zeros 1 and 2 divided out, Stirling's series from 8 on, reflection |
| digamma, trigamma | polynomials on [1/2, 8] (the zero 1.46 divided out), series, reflection |
| polygamma | the Hurwitz zeta function by Euler's and Maclaurin's formula |

Sources: DLMF 5.5.3 (reflection), 5.11.1, 5.11.2 (series), 25.11.5 (Euler-Maclaurin); own
coefficients (benchmarks/special/coefficients.py).

>>> from derivax.numeric.special import digamma, gamma
>>> float(gamma(6.0)), float(gamma(-0.0))
(120.0, -inf)
"""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax

from derivax.numeric.special.approximations import (
    cospi_ratio_polynomial,
    digamma_1_polynomial,
    digamma_2_polynomial,
    digamma_4_polynomial,
    digamma_half_polynomial,
    digamma_series_polynomial,
    gamma_2_3_polynomial,
    lgamma_1_polynomial,
    lgamma_2_polynomial,
    lgamma_3_polynomial,
    lgamma_4_polynomial,
    lgamma_series_polynomial,
    sinpi_over_pi_polynomial,
    sinpi_square_polynomial,
    stirling_series_polynomial,
    trigamma_1_polynomial,
    trigamma_2_polynomial,
    trigamma_4_polynomial,
    trigamma_series_polynomial,
)
from derivax.numeric.special.double_word import by_format, opaque, two_product, two_sum
from derivax.numeric.special.trigonometric import (
    quarter_turns,
    sinpi_function,
    tanpi_function,
)


def factor_up(x, steps, j, product, lost):
    """The double word product times (x + j) where j < steps."""
    factor, error = two_sum(x, opaque(j, x))
    value, rest = two_product(product, factor)
    rest = rest + (lost * factor + product * error)
    active = j < steps
    return jnp.where(active, value, product), jnp.where(active, rest, lost)


def rising_product(x, steps):
    """x (x + 1) ... (x + steps - 1) as a double word, for whole steps <= 10."""
    product, lost = jnp.ones_like(x), jnp.zeros_like(x)
    product, lost = factor_up(x, steps, 0.0, product, lost)
    product, lost = factor_up(x, steps, 1.0, product, lost)
    product, lost = factor_up(x, steps, 2.0, product, lost)
    product, lost = factor_up(x, steps, 3.0, product, lost)
    product, lost = factor_up(x, steps, 4.0, product, lost)
    product, lost = factor_up(x, steps, 5.0, product, lost)
    product, lost = factor_up(x, steps, 6.0, product, lost)
    product, lost = factor_up(x, steps, 7.0, product, lost)
    product, lost = factor_up(x, steps, 8.0, product, lost)
    product, lost = factor_up(x, steps, 9.0, product, lost)
    return product, lost


def stirling_parts(x):
    """(u, v, lost): gamma(abs(x)) = u v (1 + lost), abs(x) >= 8; v = 1 where u is in range."""
    s = jnp.clip(jnp.abs(x), 8.0, by_format(x, 184.0, 43.0))
    base, error = two_product(s, opaque(0.36787944117144233, s))
    error = error + s * by_format(s, -1.2428753672788364e-17, -9.149756e-09)
    part = jnp.where(s > by_format(s, 171.5, 35.0), 16.0, 0.0)
    u, lost = times_number(jnp.power(base, s - 0.5 - part), opaque(1.520346901066281, s), 0.0)
    small = stirling_series_polynomial(16.0 / s - 1.0) / s
    constant = by_format(s, -6.077249945758854e-17, 1.3883131089187373e-08)
    return u, jnp.power(base, part), small + (lost + constant + (s - 0.5) * (error / base))


def sine_over_pi(x):
    """(a, b, lost) with sin(pi x)/pi = a b (1 + lost)."""
    quarter, r = quarter_turns(x)
    odd = jnp.abs(quarter) == 1.0
    square = r * r
    sine = square * sinpi_over_pi_polynomial(32.0 * square - 1.0)
    constant = by_format(x, -6.182238607512211e-17, 4.034205858260975e-08)
    cosine = constant + square * cospi_ratio_polynomial(32.0 * square - 1.0)
    first = jnp.where(odd, quarter, jnp.where(jnp.abs(quarter) == 2.0, -r, r))
    return first, jnp.where(odd, 0.3183098861837907, 1.0), jnp.where(odd, cosine, sine)


def times_number(a, b, lost):
    """a b and the relative error of a (1 + lost) b that the product leaves out."""
    product, error = two_product(a, b)
    return product, lost + error / jnp.where(product == 0.0, 1.0, product)


def over_number(a, b, lost):
    """a/b and the relative error of a (1 + lost)/b that the quotient leaves out."""
    quotient = a / b
    product, error = two_product(quotient, b)
    return quotient, lost + ((a - product) - error) / a


def corrected_once(value, lost):
    """value (1 + lost), where value is finite."""
    return jnp.where(jnp.abs(value) < jnp.inf, value + value * lost, value)


def gamma_near(x):
    """(numerator, denominator, lost): gamma = numerator/denominator (1 + lost), -8 <= x <= 8."""
    whole = jnp.floor(x) - 2.0
    falls = whole > 0.0
    start, start_error = two_sum(x, -whole)
    base = gamma_2_3_polynomial(2.0 * start - 5.0)
    slope = 0.4228 + (start - 2.0) * (0.645 - 0.145 * (start - 2.0))
    product, lost = rising_product(jnp.where(falls, start, x), jnp.abs(whole))
    ratio = lost / jnp.where(product == 0.0, 1.0, product)
    lost = start_error * slope + jnp.where(falls, ratio, -ratio)
    denominator = jnp.where(falls, 1.0, product)
    numerator, rounded = times_number(base, jnp.where(falls, product, 1.0), 0.0)
    return numerator, denominator, lost + rounded


def is_tiny(x):
    """Where gamma(x) = 1/x to the last digit."""
    return jnp.abs(x) < by_format(x, 1e-17, 1e-8)


def is_pole(x):
    """x = -1, -2, -3, ..."""
    return jnp.logical_and(x < 0.0, x == jnp.floor(x))


def times_sine(x, lost):
    """x sin(pi x)/pi (1 + lost) for x < -8, as (value, what is lost)."""
    first, second, other = sine_over_pi(jnp.where(x < -8.0, x, 0.5))
    value, rounded = times_number(x, first, 0.0)
    value, rounded = times_number(value, second, rounded)
    return value, rounded + (lost + other + lost * other)


def gamma_function(x):
    """The gamma function."""
    numerator, denominator, lost = gamma_near(jnp.clip(x, -8.0, 8.0))
    near, lost = over_number(numerator, denominator, lost)
    near = jnp.where(is_tiny(x), 1.0 / x, corrected_once(near, lost))
    u, v, far_lost = stirling_parts(x)
    far = corrected_once(u * v, far_lost)
    below, lost = times_sine(x, far_lost)
    scale = by_format(x, 1.461501637330903e48, 1099511627776.0)
    value, lost = over_number(-scale, below, -lost / (1.0 + lost))
    value, lost = over_number(value, u, lost)
    value = corrected_once(value / v, lost) / scale
    value = jnp.where(x >= 8.0, far, jnp.where(x < -8.0, value, near))
    value = jnp.where(x == jnp.inf, jnp.inf, value)
    value = jnp.where(x == 0.0, 1.0 / x, value)
    return jnp.where(is_pole(x), jnp.nan, value)


def rgamma_function(x):
    """1/gamma(x), an entire function."""
    numerator, denominator, lost = gamma_near(jnp.clip(x, -8.0, 8.0))
    near, lost = over_number(denominator, numerator, -lost)
    near = jnp.where(denominator == 0.0, 0.0, corrected_once(near, lost))
    near = jnp.where(is_tiny(x), x, near)
    scale = by_format(x, 1.461501637330903e48, 1099511627776.0)
    u, v, far_lost = stirling_parts(x)
    far, lost = over_number(scale, u, -far_lost / (1.0 + far_lost))
    far = corrected_once(far / v, lost) / scale
    value, lost = times_sine(x, far_lost)
    value, lost = times_number(value, -u / scale, lost)
    value = corrected_once(value * v, lost) * scale
    value = jnp.where(x >= 8.0, far, jnp.where(x < -8.0, value, near))
    value = jnp.where(x == jnp.inf, 0.0, value)
    return jnp.where(jnp.logical_or(is_pole(x), x == 0.0), 0.0, value)


def loggamma_positive(x):
    """log(gamma(x)) for x > 0."""
    shift = x < 0.5
    one = jnp.where(shift, x, x - 1.0)  # the distance from the zero 1
    two = jnp.where(x < 0.75, x - 1.0, x - 2.0)  # from the zero 2, of x + 1 or of x
    first = one * lgamma_1_polynomial((jnp.clip(one, -0.25, 0.5) - 0.125) * (8.0 / 3.0))
    second = two * lgamma_2_polynomial(2.0 * jnp.clip(two, -0.5, 0.5))
    third = lgamma_3_polynomial((jnp.clip(x, 2.5, 4.0) - 3.25) * (4.0 / 3.0))
    fourth = lgamma_4_polynomial(0.5 * jnp.clip(x, 4.0, 8.0) - 3.0)
    logarithm = jnp.log(x)
    by_first = jnp.logical_or(shift, jnp.logical_and(x >= 0.75, x < 1.5))
    value = jnp.where(by_first, first, second)
    value = jnp.where(x < 0.75, value - logarithm, value)
    value = jnp.where(x < 2.5, value, jnp.where(x < 4.0, third, fourth))
    s = jnp.maximum(x, 8.0)
    inverse = 8.0 / s
    series = lgamma_series_polynomial(2.0 * inverse * inverse - 1.0) / s
    far = (s - 0.5) * (jnp.log(s) - 1.0) + (0.4189385332046727 + series)
    return jnp.where(x < 8.0, value, far)


def loggamma_function(x):
    """log(gamma(x)) for x > 0."""
    return jnp.where(x < 0.0, jnp.nan, loggamma_positive(x))


def lgamma_function(x):
    """log(abs(gamma(x)))."""
    size = jnp.abs(x)
    positive = loggamma_positive(size)
    sine = jnp.abs(sinpi_function(x))
    reflected = -jnp.log(size * sine / 3.141592653589793) - positive
    reflected = jnp.where(size < 1e-10, 0.5772156649015329 * size - jnp.log(size), reflected)
    value = jnp.where(x < 0.0, reflected, positive)
    return jnp.where(jnp.logical_or(is_pole(x), x == -jnp.inf), jnp.inf, value)


def digamma_positive(x):
    """digamma(x) for x > 0."""
    shift = x < 0.5
    y = jnp.where(shift, x + 1.0, x)
    low = by_format(x, 9.549995429965697e-17, 1.243815006546356e-08)
    gap = jnp.where(shift, x - 0.4616321449683623, y - 1.4616321449683622) - low
    half = digamma_half_polynomial(4.0 * jnp.clip(x, 0.5, 1.0) - 3.0)
    one = gap * digamma_1_polynomial(2.0 * jnp.clip(y, 1.0, 2.0) - 3.0)
    one = jnp.where(shift, one - 1.0 / x, one)
    two = digamma_2_polynomial(jnp.clip(x, 2.0, 4.0) - 3.0)
    four = digamma_4_polynomial(0.5 * jnp.clip(x, 4.0, 8.0) - 3.0)
    s = jnp.maximum(x, 8.0)
    inverse = 8.0 / s
    series = digamma_series_polynomial(2.0 * inverse * inverse - 1.0)
    far = jnp.log(s) - (0.5 / s + series / s / s)
    value = jnp.where(jnp.logical_and(x >= 0.5, x < 1.0), half, one)
    value = jnp.where(x < 2.0, value, jnp.where(x < 4.0, two, four))
    return jnp.where(x < 8.0, value, far)


def digamma_function(x):
    """The logarithmic derivative of gamma."""
    size = jnp.abs(x)
    positive = digamma_positive(jnp.where(x < 0.0, 1.0 + size, size))
    value = jnp.where(x < 0.0, positive - 3.141592653589793 / tanpi_function(x), positive)
    value = jnp.where(x == 0.0, -1.0 / x, value)
    return jnp.where(jnp.logical_or(is_pole(x), x == -jnp.inf), jnp.nan, value)


def trigamma_positive(x):
    """trigamma(x) for x > 0."""
    shift = x < 1.0
    y = jnp.where(shift, x + 1.0, x)
    one = trigamma_1_polynomial(2.0 * jnp.clip(y, 1.0, 2.0) - 3.0)
    inverse = 1.0 / x
    one = jnp.where(shift, one + inverse * inverse, one)
    two = trigamma_2_polynomial(jnp.clip(x, 2.0, 4.0) - 3.0)
    four = trigamma_4_polynomial(0.5 * jnp.clip(x, 4.0, 8.0) - 3.0)
    s = jnp.maximum(x, 8.0)
    inverse = 8.0 / s
    series = trigamma_series_polynomial(2.0 * inverse * inverse - 1.0) / s
    far = (1.0 + (0.5 + series) / s) / s
    value = jnp.where(x < 2.0, one, jnp.where(x < 4.0, two, four))
    return jnp.where(x < 8.0, value, far)


def trigamma_function(x):
    """The derivative of digamma."""
    size = jnp.abs(x)
    positive = trigamma_positive(jnp.where(x < 0.0, 1.0 + size, size))
    quarter, r = quarter_turns(x)
    square = r * r
    sine = square + square * (square * sinpi_square_polynomial(32.0 * square - 1.0))
    sine = jnp.where(jnp.abs(quarter) == 1.0, 0.10132118364233778 - sine, sine)
    tiny = jnp.where(size < 1e-8, (1.0 / r) * (1.0 / r), 1.0 / sine)
    value = jnp.where(x < 0.0, tiny - positive, positive)
    value = jnp.where(is_pole(x), jnp.inf, value)
    return jnp.where(x == -jnp.inf, jnp.nan, value)


def factorial_function(x):
    """gamma(x + 1): x gamma(x) where x + 1 would be rounded to a multiple of a larger unit."""
    large = x > 1.0
    value = gamma_function(jnp.where(large, x, x + 1.0))
    return jnp.where(large, x * value, value)


def hurwitz_tail(s, y):
    """sum over k of (y + k)^-s, times y^s (Euler-Maclaurin): y >= s + 20, or the tail is small."""
    square = 1.0 / (y * y)
    term = s / y
    total = y / (s - 1.0) + 0.5 + term * 0.08333333333333333
    term = term * ((s + 1.0) * (s + 2.0) * square)
    total = total - term * 0.001388888888888889
    term = term * ((s + 3.0) * (s + 4.0) * square)
    total = total + term * 3.306878306878307e-05
    term = term * ((s + 5.0) * (s + 6.0) * square)
    total = total - term * 8.267195767195768e-07
    term = term * ((s + 7.0) * (s + 8.0) * square)
    total = total + term * 2.08767569878681e-08
    term = term * ((s + 9.0) * (s + 10.0) * square)
    total = total - term * 5.284190138687493e-10
    term = term * ((s + 11.0) * (s + 12.0) * square)
    total = total + term * 1.3382536530684679e-11
    term = term * ((s + 13.0) * (s + 14.0) * square)
    return total - term * 3.3896802963225827e-13


def hurwitz_sum(s, x):
    """sum over k of (x/(x + k))^s for x > 0, s >= 3: zeta(s, x) x^s."""
    small = x < 23.0 + s
    near = jnp.minimum(x, 23.0 + s)
    y = jnp.where(small, near + 24.0, x)
    tail = hurwitz_tail(s, y)
    start = jnp.where(small, jnp.power(near / y, s) * tail, tail)

    def add(j, total):
        return total + jnp.where(small, jnp.power(near / (near + (23.0 - j)), s), 0.0)

    return lax.fori_loop(0, 24, add, start)


def polygamma_function(n, x):
    """The n-th derivative of digamma, n = 0, 1, 2, ...; for n >= 2 on x > 0."""
    order = jnp.maximum(n, 2.0)
    safe = jnp.where(x > 0.0, x, 1.0)
    s = order + 1.0
    size = gamma_function(s) * jnp.power(safe, -s) * hurwitz_sum(s, jnp.minimum(safe, 1e30))
    odd = order != 2.0 * jnp.floor(0.5 * order)
    value = jnp.where(odd, size, -size)
    value = jnp.where(
        x > 0.0, value, jnp.where(x == 0.0, jnp.where(odd, jnp.inf, -jnp.inf), jnp.nan)
    )
    value = jnp.where(
        n == 0.0, digamma_function(x), jnp.where(n == 1.0, trigamma_function(x), value)
    )
    return jnp.where(jnp.logical_and(n >= 0.0, n == jnp.floor(n)), value, jnp.nan)
