r"""Ratios of gamma functions: beta, binomial coefficients, rising and falling factorials.

    beta(a, b) = gamma(a) gamma(b)/gamma(a + b),
    binomial(n, k) = gamma(n + 1)/(gamma(k + 1) gamma(n - k + 1)),
    rising_factorial(x, n) = gamma(x + n)/gamma(x),
    falling_factorial(x, n) = gamma(x + 1)/gamma(x - n + 1),
    log_rising(x, d) = log(gamma(x + d)/gamma(x)),  betaln = log(beta),  log_binomial

Domain: real arguments; the logarithms where all gamma functions are positive.  Poles are infinite
with the sign of the limit from above in the first argument, where it exists.  binomial(n, k) is
0 for whole k < 0 (as SymPy), and NaN for other k < -1 unless n - k >= 0.

| function, region | method |
| --- | --- |
| binomial, factorials; whole k <= 22 | product of double words, exact to its last rounding |
| beta, a > 0, b > 0 | both raised by 8 where below 8 (double-word products); Stirling's formula |
| | for the three gamma functions at once, its powers of the double words a/(a+b), b/(a+b) |
| rising, x > 0, x + n > 0 | the same with powers of (x + n)/x and (x + n)/e |
| log_rising | Stirling's difference with the step taken out as a factor; below 10 a product |
| negative arguments | reflection (DLMF 5.5.3), which leads to beta or rising of positive ones |

Nothing overflows on the way that is not infinite in the end, and sums such as a + b and n - k + 1
keep the digits that a rounding would lose.  Error: a few ulp (see the table); log-functions
relative to max(abs(f), 1).  Sources: DLMF 5.12.1, 5.11.3, 5.2.5, 26.3.

>>> from derivax.numeric.special import beta, binomial, rising_factorial
>>> round(float(beta(2.0, 3.0)), 12), float(binomial(10.0, 3.0)), float(rising_factorial(-2.5, 2.0))
(0.083333333333, 120.0, 3.75)
"""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax

from derivax.numeric.special.approximations import (
    lgamma_series_polynomial,
    stirling_series_polynomial,
)
from derivax.numeric.special.double_word import (
    by_format,
    divide_double_word,
    opaque,
    two_product,
    two_sum,
)
from derivax.numeric.special.elementary import accurate_log1p
from derivax.numeric.special.gamma_functions import gamma_function, loggamma_positive
from derivax.numeric.special.trigonometric import cospi_function, sinpi_function


def rising_word(x, low, steps, most):
    """(x + low) (x + low + 1) ... of `steps` factors as (value, relative rest); steps <= most."""

    def multiply(j, carry):
        value, rest = carry
        factor, error = two_sum(x, j * jnp.ones_like(x))
        product, lost = two_product(value, factor)
        safe = jnp.where(product == 0.0, 1.0, product)
        lost = lost / safe + (error + low) / jnp.where(factor == 0.0, 1.0, factor)
        active = j < steps
        return jnp.where(active, product, value), jnp.where(active, rest + lost, rest)

    return lax.fori_loop(0, most, multiply, (jnp.ones_like(x), jnp.zeros_like(x)))


def stirling_excess(x):
    """gamma(x) over Stirling's formula, less 1, for x >= 8."""
    return stirling_series_polynomial(16.0 / x - 1.0) / x


def word_power(base, rest, exponent, low):
    """(base + rest)^(exponent + low), the logarithm of what is left out to first order."""
    lost = (exponent * (rest / base)) + low * jnp.log(base)
    value = jnp.power(base, exponent)
    return value * jnp.exp(jnp.where(jnp.abs(value) < jnp.inf, lost, 0.0))


def beta_factors(a, da, b, db):
    """Two numbers whose product is beta(a + da, b + db), a > 0, b > 0; da, db like roundings."""
    up_a, up_b = jnp.where(a < 8.0, 8.0, 0.0), jnp.where(b < 8.0, 8.0, 0.0)
    s, ds = two_sum(a, b)
    ds = ds + (da + db)
    first, first_rest = rising_word(a, da, up_a, 8)
    second, second_rest = rising_word(b, db, up_b, 8)
    third, third_rest = rising_word(s, ds, up_a + up_b, 16)
    high_a, low_a = two_sum(a, up_a)
    high_b, low_b = two_sum(b, up_b)
    low_a, low_b = low_a + da, low_b + db
    high_s, low_s = two_sum(high_a, high_b)
    low_s = low_s + (low_a + low_b)
    q, dq = divide_double_word(high_a, low_a, high_s, low_s)
    p, dp = divide_double_word(high_b, low_b, high_s, low_s)
    other = word_power(p, dp, high_b - 0.5, low_b)
    value = word_power(q, dq, high_a - 0.5, low_a) * jnp.sqrt(6.283185307179586 / high_s)
    small_a, small_b = stirling_excess(high_a), stirling_excess(high_b)
    small_s = stirling_excess(high_s)
    lost = small_a + (small_b + small_a * small_b)
    lost = (lost - small_s) / (1.0 + small_s)
    rest = third_rest - (first_rest + second_rest) + 0.5 * (-low_s / high_s)
    value = value * (third / first / second)
    value = value + value * (lost + (1.0 + lost) * rest)
    tiny = jnp.minimum(a, b) < by_format(a, 1e-30, 1e-18)
    return jnp.where(tiny, 1.0 / a + 1.0 / b, value), jnp.where(tiny, 1.0, other)


def beta_word(a, da, b, db):
    """beta(a + da, b + db) for a > 0, b > 0; da, db of the size of a rounding."""
    first, second = beta_factors(a, da, b, db)
    return first * second


def rising_positive(x, dx, n, dn):
    """gamma(x + n)/gamma(x) for x > 0, x + n > 0."""
    s, ds = two_sum(x, n)
    ds = ds + (dx + dn)
    up = jnp.where(jnp.minimum(x, s) < 8.0, 8.0, 0.0)
    first, first_rest = rising_word(x, dx, up, 8)
    second, second_rest = rising_word(s, ds, up, 8)
    high_x, low_x = two_sum(x, up)
    high_s, low_s = two_sum(s, up)
    low_x, low_s = low_x + dx, low_s + ds
    q, dq = divide_double_word(high_s, low_s, high_x, low_x)
    base, error = two_product(high_s, opaque(0.36787944117144233, s))
    error = error + high_s * by_format(s, -1.2428753672788364e-17, -9.149756e-09)
    error = error + low_s * 0.36787944117144233
    value = word_power(q, dq, high_x - 0.5, low_x) * (first / second)
    value = value * word_power(base, error, 0.5 * n, 0.5 * dn)
    value = value * word_power(base, error, 0.5 * n, 0.5 * dn)
    small_x, small_s = stirling_excess(high_x), stirling_excess(high_s)
    lost = (small_s - small_x) / (1.0 + small_x)
    lost = lost + (1.0 + lost) * (first_rest - second_rest)
    return jnp.where(jnp.abs(value) < jnp.inf, value + value * lost, value)


def sine_of_sum(s, ds):
    """sin(pi (s + ds))."""
    return sinpi_function(s) + 3.141592653589793 * ds * cospi_function(s)


def sign_of_whole(k):
    """(-1)^k for whole k."""
    return 1.0 - 2.0 * (k - 2.0 * jnp.floor(0.5 * k))


def beta_function(a, b):
    """Euler's beta function gamma(a) gamma(b)/gamma(a + b)."""
    low, high = jnp.minimum(a, b), jnp.maximum(a, b)
    s, ds = two_sum(low, high)
    positive = low > 0.0
    one = opaque(1.0, a)
    mirror, d_mirror = two_sum(one, -low)
    other, d_other = two_sum(one, -s)
    other_high, d_other_high = two_sum(one, -high)
    crossing = jnp.logical_and(high > 0.0, s > 0.0)  # 1/(high B(1 - low, s)) pi/sin(pi low)
    below = jnp.logical_and(high > 0.0, s <= 0.0)  # B(high, 1 - s) sin(pi s)/sin(pi low)
    first = jnp.where(positive, low, jnp.where(below, high, mirror))
    d_first = jnp.where(jnp.logical_or(positive, below), 0.0, d_mirror)
    second = jnp.where(positive, high, jnp.where(crossing, s, jnp.where(below, other, other_high)))
    d_second = jnp.where(
        positive, 0.0, jnp.where(crossing, ds, jnp.where(below, d_other - ds, d_other_high))
    )
    usual = jnp.logical_and(first > 0.0, second < jnp.inf)
    value = beta_word(
        jnp.where(usual, first, 1.0),
        jnp.where(usual, d_first, 0.0),
        jnp.where(usual, second, 1.0),
        jnp.where(usual, d_second, 0.0),
    )
    sine_low, sine_s = sinpi_function(low), sine_of_sum(s, ds)
    crossed = 3.141592653589793 / (high * value * sine_low)
    turned = value * (sine_s / sine_low)
    both = 3.141592653589793 * (sine_s / (other * value)) / (sine_low * sinpi_function(high))
    negative = jnp.where(crossing, crossed, jnp.where(below, turned, both))
    value = jnp.where(positive, value, negative)
    # a whole number <= 0: a pole, unless the other one is whole and large enough to cancel it
    pole = jnp.logical_and(low <= 0.0, low == jnp.round(low))
    finite = jnp.logical_and(jnp.logical_and(high > 0.0, high == jnp.round(high)), s <= 0.0)
    whole = jnp.where(jnp.logical_and(pole, finite), high, 1.0)
    limit = sign_of_whole(whole) * beta_word(
        whole, jnp.zeros_like(a), jnp.where(finite, other, 1.0), jnp.zeros_like(a)
    )
    signed_inf = jnp.where(jnp.logical_and(low == 0.0, 1.0 / low < 0.0), -jnp.inf, jnp.inf)
    at_pole = jnp.where(low == 0.0, signed_inf, jnp.where(finite, limit, jnp.nan))
    value = jnp.where(pole, at_pole, value)
    value = jnp.where(jnp.logical_and(positive, high == jnp.inf), 0.0, value)
    return jnp.where(jnp.isnan(a + b), jnp.nan, value)


def rising_parts(x, dx, n, dn):
    """gamma(x + n)/gamma(x) for all real x + dx, n + dn where it is finite."""
    s, ds = two_sum(x, n)
    ds = ds + (dx + dn)
    usual = jnp.logical_and(x > 0.0, s > 0.0)
    both = jnp.logical_and(x <= 0.0, s <= 0.0)  # rising(1 - s, n) sin(pi x)/sin(pi s)
    mirror, d_mirror = two_sum(opaque(1.0, x), -s)
    start = jnp.where(usual, x, jnp.where(both, mirror, 1.0))
    d_start = jnp.where(usual, dx, jnp.where(both, d_mirror - ds, 0.0))
    value = rising_positive(start, d_start, jnp.where(usual, n, jnp.where(both, n, 0.0)), dn)
    sine_x, sine_s = sine_of_sum(x, dx), sine_of_sum(s, ds)
    whole = jnp.logical_and(n == jnp.round(n), dn == 0.0)
    turn = jnp.where(whole, sign_of_whole(n), sine_x / sine_s)
    # of both signs: gamma(s) gamma(1 - x) sin(pi x)/pi, or its inverse
    up = jnp.logical_and(x <= 0.0, s > 0.0)
    plain, d_plain = jnp.where(up, s, x), jnp.where(up, ds, dx)
    low = jnp.where(up, x, s)
    turned, d_turned = two_sum(opaque(1.0, x), -low)
    d_turned = d_turned - jnp.where(up, dx, ds)
    crossing = jnp.logical_not(jnp.logical_or(usual, both))
    plain, turned = jnp.where(crossing, plain, 1.0), jnp.where(crossing, turned, 1.0)
    gammas = gamma_function(plain) * gamma_function(turned)
    # digamma(t) is about log(t + 1/2) - 1/t
    lost = d_plain * (jnp.log(plain + 0.5) - 1.0 / plain)
    lost = lost + d_turned * (jnp.log(turned + 0.5) - 1.0 / turned)
    gammas = jnp.where(jnp.abs(gammas) < jnp.inf, gammas + gammas * lost, gammas)
    crossed = jnp.where(up, gammas * (sine_x / 3.141592653589793),
                        3.141592653589793 / (gammas * sine_s))  # fmt: skip
    return jnp.where(usual, value, jnp.where(both, value * turn, crossed))


def rising_factorial_function(x, n):
    """Pochhammer's symbol gamma(x + n)/gamma(x)."""
    whole = n == jnp.round(n)
    short = jnp.logical_and(whole, jnp.logical_and(n >= 0.0, n <= 22.0))
    product, rest = rising_word(x, jnp.zeros_like(x), jnp.where(short, n, 0.0), 22)
    exact = jnp.where(jnp.abs(product) < jnp.inf, product + product * rest, product)
    regular = jnp.abs(x) + jnp.abs(n) < jnp.inf
    zero = jnp.zeros_like(x)
    value = rising_parts(jnp.where(regular, x, 1.0), zero, jnp.where(regular, n, 1.0), zero)
    # whole x <= 0 < x + n: a zero
    vanishing = jnp.logical_and(jnp.logical_and(x <= 0.0, x == jnp.round(x)), x + n > 0.0)
    value = jnp.where(vanishing, 0.0, value)
    return jnp.where(short, exact, jnp.where(regular, value, jnp.nan))


def falling_factorial_function(x, n):
    """gamma(x + 1)/gamma(x - n + 1)."""
    whole = n == jnp.round(n)
    short = jnp.logical_and(whole, jnp.logical_and(n >= 0.0, n <= 22.0))
    steps = jnp.where(short, n, 0.0)
    product, rest = rising_word(-x, jnp.zeros_like(x), steps, 22)
    exact = jnp.where(jnp.abs(product) < jnp.inf, product + product * rest, product)
    exact = exact * sign_of_whole(steps)
    regular = jnp.abs(x) + jnp.abs(n) < jnp.inf
    high, low = two_sum(x, -n)
    start, more = two_sum(high, opaque(1.0, x))
    low = jnp.where(regular, low + more, 0.0)
    safe = jnp.where(regular, start, 1.0)
    value = rising_parts(safe, low, jnp.where(regular, n, 1.0), jnp.zeros_like(x))
    vanishing = jnp.logical_and(jnp.logical_and(start <= 0.0, start == jnp.round(start)), x > -1.0)
    value = jnp.where(vanishing, 0.0, value)
    return jnp.where(short, exact, jnp.where(regular, value, jnp.nan))


def binomial_function(n, k):
    """The binomial coefficient of real n and k."""
    whole = k == jnp.round(k)
    short = jnp.logical_and(whole, jnp.logical_and(k >= 0.0, k <= 22.0))
    steps = jnp.where(short, k, 0.0)
    over, over_rest = rising_word(-n, jnp.zeros_like(n), steps, 22)
    under, under_rest = rising_word(jnp.ones_like(n), jnp.zeros_like(n), steps, 22)
    exact = sign_of_whole(steps) * (over / under)
    exact = exact + exact * (over_rest - under_rest)
    rounded = jnp.logical_and(n == jnp.round(n), jnp.abs(exact) < by_format(n, 1e15, 4e6))
    exact = jnp.where(rounded, jnp.round(exact), exact)
    short = jnp.logical_and(short, jnp.abs(over) < jnp.inf)
    one = opaque(1.0, n)
    gap, d_gap = two_sum(n, -k)
    swap = gap > k  # the larger of k and n - k
    large, d_large = jnp.where(swap, gap, k), jnp.where(swap, d_gap, 0.0)
    small, d_small = jnp.where(swap, k, gap), jnp.where(swap, 0.0, d_gap)
    b, db = two_sum(large, one)
    a, da = two_sum(small, one)
    c, dc = two_sum(n, one)
    a_low, b_low = da + d_small, db + d_large
    usual = jnp.logical_and(c > 0.0, a > 0.0)  # 1/((n + 1) B(a, b))
    short_of = jnp.logical_and(c > 0.0, a <= 0.0)  # B(n + 1, -small) sin(pi a)/pi
    first = jnp.where(usual, a, jnp.where(short_of, c, -n))
    d_first = jnp.where(usual, a_low, jnp.where(short_of, dc, 0.0))
    second = jnp.where(short_of, -small, b)
    d_second = jnp.where(short_of, -d_small, b_low)
    valid = jnp.logical_and(jnp.logical_and(first > 0.0, second > 0.0), first + second < jnp.inf)
    value, other = beta_factors(
        jnp.where(valid, first, 1.0),
        jnp.where(valid, d_first, 0.0),
        jnp.where(valid, second, 1.0),
        jnp.where(valid, d_second, 0.0),
    )
    sine = sine_of_sum(a, a_low)
    turned = jnp.where(whole, sign_of_whole(k), sine / sinpi_function(c))
    inverse = (1.0 / value) / jnp.where(usual, c, -small) / other
    general = value * (sine / 3.141592653589793) * other
    general = jnp.where(short_of, general, jnp.where(usual, inverse, turned * inverse))
    lower = jnp.logical_and(jnp.logical_not(usual), jnp.logical_not(short_of))
    wrong = jnp.logical_or(jnp.logical_not(valid), jnp.logical_and(lower, small > -1.0))
    general = jnp.where(wrong, jnp.nan, general)
    general = jnp.where(jnp.logical_and(whole, k < 0.0), 0.0, general)
    value = jnp.where(short, exact, general)
    return jnp.where(jnp.isnan(n + k), jnp.nan, value)


def log_rising_far(x, d):
    """log(gamma(x + d)/gamma(x)) for x >= 10, d >= 0, with d as a factor."""
    u, v = 1.0 / x, 1.0 / (x + d)
    step = -d * (u * v)
    square_u, square_v, product = u * u, v * v, u * v
    # sum over i + j = 2 k of u^i v^j, climbing by 2
    t2 = square_u + (product + square_v)
    v4 = square_v * square_v
    t4 = square_u * t2 + v4 + product * square_v
    t6 = square_u * t4 + v4 * (square_v + product)
    t8 = square_u * t6 + v4 * square_v * (square_v + product)
    t10 = square_u * t8 + v4 * v4 * (square_v + product)
    t12 = square_u * t10 + v4 * v4 * square_v * (square_v + product)
    t14 = square_u * t12 + v4 * v4 * v4 * (square_v + product)
    series = 0.0064102564102564105 * t12 - 0.029550653594771243 * t14
    series = 0.0008417508417508417 * t8 - (0.0019175269175269176 * t10 - series)
    series = 0.0007936507936507937 * t4 - (0.0005952380952380953 * t6 - series)
    series = 0.08333333333333333 - (0.002777777777777778 * t2 - series)
    ratio = accurate_log1p(d / x)
    return (x - 0.5) * ratio + (d * (jnp.log(x + d) - 1.0) + step * series)


def log_rising_function(x, d):
    """log(gamma(x + d)/gamma(x)) for x > 0, x + d > 0."""
    down = d < 0.0
    start, gap = jnp.where(down, x + d, x), jnp.abs(d)
    valid = jnp.logical_and(start > 0.0, start + gap < jnp.inf)
    safe, gap = jnp.where(valid, start, 1.0), jnp.where(valid, gap, 0.0)
    up = jnp.where(safe < 10.0, 10.0, 0.0)
    near = jnp.logical_and(safe < 10.0, gap <= 2.0)

    def multiply(j, total):
        ratio = jnp.where(near, gap, 0.0) / (safe + j)
        return total + (ratio + total * ratio)

    product = lax.fori_loop(0, 10, multiply, jnp.zeros_like(x))
    value = log_rising_far(safe + up, gap) - accurate_log1p(product)
    wide = loggamma_positive(safe + gap) - loggamma_positive(safe)
    value = jnp.where(jnp.logical_or(safe >= 10.0, near), value, wide)
    value = jnp.where(down, -value, value)
    edge = jnp.logical_and(x == jnp.inf, d > 0.0)
    value = jnp.where(valid, value, jnp.where(edge, jnp.inf, jnp.nan))
    value = jnp.where(jnp.logical_and(x > 0.0, x + d == 0.0), jnp.inf, value)
    value = jnp.where(jnp.logical_and(x == 0.0, d > 0.0), -jnp.inf, value)
    return jnp.where(d == 0.0, jnp.where(x > 0.0, 0.0, jnp.nan), value)


def beta_logarithm(a, da, b, db):
    """log(beta(a + da, b + db)) for a >= b > 0."""
    small, large = jnp.maximum(b, 10.0), jnp.maximum(a, 10.0)
    s = small + large
    series_small, series_large = 8.0 / small, 8.0 / large
    series = lgamma_series_polynomial(2.0 * series_small * series_small - 1.0) / small
    series = series + lgamma_series_polynomial(2.0 * series_large * series_large - 1.0) / large
    series_s = 8.0 / s
    series = series - lgamma_series_polynomial(2.0 * series_s * series_s - 1.0) / s
    share = jnp.log(small / s) + 0.0 * a
    far = (large - 0.5) * accurate_log1p(-small / s) + (small - 0.5) * share
    far = far + (series - 0.5 * jnp.log(s / 6.283185307179586))
    far = far + da * jnp.log(large / s) + db * share
    near = loggamma_positive(b) - log_rising_function(a, b)
    return jnp.where(b < 10.0, near, far)


def betaln_function(a, b):
    """log(beta(a, b)) for a > 0, b > 0."""
    low, high = jnp.minimum(a, b), jnp.maximum(a, b)
    valid = jnp.logical_and(low > 0.0, high < jnp.inf)
    zero = jnp.zeros_like(a)
    value = beta_logarithm(jnp.where(valid, high, 1.0), zero, jnp.where(valid, low, 1.0), zero)
    edge = jnp.where(low == 0.0, jnp.inf, jnp.where(low > 0.0, -jnp.inf, jnp.nan))
    return jnp.where(jnp.isnan(a + b), jnp.nan, jnp.where(valid, value, edge))


def log_binomial_function(n, k):
    """log(binomial(n, k)) for -1 < k < n + 1."""
    gap, d_gap = two_sum(n, -k)
    large = jnp.maximum(gap, k)
    small = jnp.minimum(gap, k)
    valid = jnp.logical_and(small > -1.0, large < jnp.inf)
    small, large = jnp.where(valid, small, 0.0), jnp.where(valid, large, 1.0)
    total = jnp.where(valid, n, 1.0)
    # log gamma(n + 1)/gamma(large + 1) less log gamma(small + 1), where that does not cancel
    direct = log_rising_function(large + 1.0, small) - loggamma_positive(small + 1.0)
    far = -accurate_log1p(total) - beta_logarithm(
        large + 1.0, jnp.where(gap > k, d_gap, 0.0), small + 1.0, jnp.where(gap > k, 0.0, d_gap)
    )
    value = jnp.where(small < 10.0, direct, far)
    edge = jnp.logical_or(k == -1.0, n - k == -1.0)
    return jnp.where(valid, value, jnp.where(edge, -jnp.inf, jnp.nan))
