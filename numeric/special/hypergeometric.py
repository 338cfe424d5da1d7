r"""Hypergeometric functions of real parameters and argument.

    pFq(a; b; x) = sum_k (a_1)_k ... (a_p)_k/((b_1)_k ... (b_q)_k) x^k/k!

2F1 has the cut [1, oo): NaN for x > 1 unless it is a polynomial (a or b = 0, -1, ...); the others
here are entire in x.  A lower parameter 0, -1, ... gives NaN.

| function, region | method |
| --- | --- |
| 2F1, x < 0 | Pfaff's transformation to x/(x - 1), the form with the larger parameters |
| 2F1, 0 <= x <= 1/2 | power series |
| 2F1, 1/2 < x < 1 | Euler's transformation if c < a + b; then the differential equation is |
| | continued from 1/2 by Taylor series, each step halving 1 - x: no case distinction for |
| | whole c - a - b, where the closed forms have a logarithm |
| 2F1, x = 1 | Gauss's sum |
| 2F1(1, b; b+1; x) | series; for x > 1/2 the logarithmic expansion in 1 - x (DLMF 15.8.10) |
| 1F1, x < 0 | Kummer's transformation |
| 1F1 | power series; beyond 50 + (size of parameters) the asymptotic one |
| 0F1 | power series while its terms decrease, else the Bessel functions J, I |
| 0F2, 1F2, 2F2, 2F3, 3F2 | power series; NaN where its terms cancel to less than six digits |
| | (float32: three) or, for 3F2, where abs(x) >= 1 or 20000 terms are too few |

Where gamma(c)/(gamma(c - a) gamma(c - b)) is nearly 0 for x near 1 (after the transformations) the
solution is recessive and loses digits.  Error: a few ulp while parameters and their differences are
positive (see the table for the measured box); negative ones cancel and lose digits accordingly.

Sources: DLMF 15.8, 15.4.20, 13.2.39, 13.7, 16.2; J. W. Pearson, S. Olver, M. A. Porter, Numer.
Algorithms 74 (2017) 821 (choice of methods).

>>> from derivax.numeric.special import hyp2f1, hyp1f1
>>> float(hyp2f1(1.0, 1.0, 2.0, 0.5)), round(float(hyp1f1(1.0, 2.0, 1.0)), 12)
(1.3862943611198906, 1.718281828459)
"""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax

from derivax.numeric.special.bessel_order import bessel_j_function
from derivax.numeric.special.double_word import two_product
from derivax.numeric.special.elementary import steady_exp
from derivax.numeric.special.gamma_functions import (
    digamma_function,
    gamma_function,
    rgamma_function,
)
from derivax.numeric.special.modified_order import bessel_ie_function


def hidden_constant(parameter, x):
    """The parameter in a form that the compiler does not fold: folding gamma functions of
    constants sends its simplifier round in circles."""
    return jnp.where(x == x, parameter, 0.5 * parameter)


def no_lower(b):
    """Whether a lower parameter is 0, -1, -2, ..."""
    return jnp.logical_and(b <= 0.0, b == jnp.round(b))


def ratio_series(ratio, x, most):
    """1 + t_1 + t_2 + ..., t_{k+1} = ratio(k) x t_k, and sum k t_k, until it stands still."""
    eps = 0.25 * jnp.finfo(x.dtype).eps

    def going(carry):
        k, _term, _total, _lost, _slope, live = carry
        return jnp.logical_and(jnp.any(live), jnp.all(k < most))

    def body(carry):
        k, term, total, lost, slope, live = carry
        factor = ratio(k) * x
        term = term * factor
        k = k + 1.0
        new = total + term
        part = new - total
        lost = lost + ((total - (new - part)) + (term - part))
        slope = slope + k * term
        small = k * jnp.abs(term) <= eps * jnp.abs(slope)
        small = jnp.logical_and(small, jnp.abs(term) <= eps * jnp.abs(new))
        small = jnp.logical_and(small, jnp.abs(factor) < 0.95)
        live = jnp.logical_and(live, jnp.logical_not(jnp.logical_or(small, term == 0.0)))
        return k, term, new, lost, slope, jnp.logical_and(live, jnp.abs(new) < jnp.inf)

    ones, zero = jnp.ones_like(x), jnp.zeros_like(x)
    _k, _term, total, lost, slope, _live = lax.while_loop(
        going, body, (zero, ones, ones, zero, zero, x == x)
    )
    return jnp.where(jnp.abs(total) < jnp.inf, total + lost, total), slope


def gauss_series(a, b, c, x):
    """(2F1, x d/dx 2F1) by the power series, |x| <= 1/2, or a polynomial."""

    def ratio(k):
        return (a + k) * (b + k) / ((c + k) * (k + 1.0))

    return ratio_series(ratio, x, 5000.0)


def taylor_step(a, b, s, d, value, slope, h):
    """Value and slope of a solution in d = 1 - x at d + h, |h| <= d/2.

    d (1-d) y'' + (s - (a+b+1) d) y' - a b y = 0; the terms carry the power of h.
    """
    p0, p1 = d * (1.0 - d), 1.0 - 2.0 * d
    q0 = s - (a + b + 1.0) * d
    eps = 0.25 * jnp.finfo(d.dtype).eps
    scale = h / p0

    def going(carry):
        n, _here, _ahead, _total, _rise, live = carry
        return jnp.logical_and(jnp.any(live), jnp.all(n < 1000.0))

    def body(carry):
        n, here, ahead, total, rise, live = carry
        bent = (n + 1.0) * (p1 * n + q0) * ahead - (n + a) * (n + b) * h * here
        new = -scale * bent / ((n + 2.0) * (n + 1.0))
        total, rise = total + new, rise + (n + 2.0) * new
        # two small terms in a row end the series
        small = (n + 2.0) * (jnp.abs(new) + jnp.abs(ahead)) <= eps * jnp.abs(rise)
        small = jnp.logical_and(small, jnp.abs(new) + jnp.abs(ahead) <= eps * jnp.abs(total))
        still = jnp.logical_and(live, jnp.logical_not(jnp.logical_or(small, new + ahead == 0.0)))
        return n + 1.0, ahead, new, total, rise, still

    first = slope * h
    zero = jnp.zeros_like(d)
    start = zero, value, first, zero, zero, h != 0.0
    _n, _here, _ahead, total, rise, _live = lax.while_loop(going, body, start)
    moved = jnp.where(h == 0.0, 1.0, h)
    return value + (first + total), slope + jnp.where(h == 0.0, 0.0, rise / moved)


def gauss_near_one(a, b, c, d):
    """2F1 at 1 - d, 0 < d <= 1/2, for c >= a + b."""
    half = jnp.full_like(d, 0.5)
    start, slope = gauss_series(a, b, c, half)
    s = a + b + 1.0 - c

    def going(carry):
        d_here, _value, _slope = carry
        return jnp.any(d_here > d)

    def body(carry):
        d_here, value, slope = carry
        target = jnp.maximum(0.5 * d_here, d)
        # a short last step is joined with the one before it
        target = jnp.where(d > 0.45 * d_here, d, target)
        value, slope = taylor_step(a, b, s, d_here, value, slope, target - d_here)
        return target, value, slope

    _d_here, value, slope = lax.while_loop(going, body, (half, start, -2.0 * slope))
    return value


def gauss_sum(a, b, c):
    """2F1 at 1: gamma(c) gamma(c - a - b)/(gamma(c - a) gamma(c - b))."""
    s = c - a - b
    value = gamma_function(c) * rgamma_function(c - a)
    value = value * (gamma_function(s) * rgamma_function(c - b))
    return jnp.where(s > 0.0, value, jnp.inf)


def is_polynomial(a):
    """Whether the upper parameter ends the series."""
    return jnp.logical_and(a <= 0.0, a == jnp.round(a))


def hyp2f1_function(a, b, c, x):
    """Gauss's hypergeometric function 2F1(a, b; c; x)."""
    a, b, c = hidden_constant(a, x), hidden_constant(b, x), hidden_constant(c, x)
    ends = jnp.logical_or(is_polynomial(a), is_polynomial(b))
    inside = jnp.logical_and(x < 1.0, x > -jnp.inf)
    low = jnp.logical_and(x < 0.0, inside)
    # Pfaff: (1 - x)^-p 2F1(p, c - q; c; x/(x - 1)), {p, q} = {a, b}
    first = jnp.minimum(a, c - b) >= jnp.minimum(b, c - a)
    p, q = jnp.where(first, a, b), jnp.where(first, b, a)
    safe = jnp.where(inside, x, 0.0)
    rest = 1.0 - safe
    upper, lower = jnp.where(low, p, a), jnp.where(low, c - q, b)
    w = jnp.where(low, -safe / rest, safe)
    d = jnp.where(low, 1.0 / rest, rest)
    # a polynomial is the recessive solution at 1: its own sum there
    short = jnp.logical_or(is_polynomial(upper), is_polynomial(lower))
    near_one = jnp.logical_and(w > 0.5, jnp.logical_not(short))
    excess = jnp.where(low, q - p, c - a - b)
    # Euler: d^(c-a-b) 2F1(c - a, c - b; c; x)
    swap = jnp.logical_and(near_one, excess < 0.0)
    other_upper = jnp.where(low, jnp.where(first, c - a, c - b), c - a)
    other_lower = jnp.where(low, q, c - b)
    upper, lower = jnp.where(swap, other_upper, upper), jnp.where(swap, other_lower, lower)
    c_safe = jnp.where(no_lower(c), 1.0, c)
    small, _slope = gauss_series(upper, lower, c_safe, jnp.where(near_one, 0.0, w))
    deep = jnp.where(near_one, d, 0.5)
    far_upper, far_lower = jnp.where(near_one, upper, 0.0), jnp.where(near_one, lower, 0.0)
    far = gauss_near_one(far_upper, far_lower, jnp.where(near_one, c_safe, 1.0), deep)
    value = jnp.where(near_one, far, small)
    exponent = jnp.where(low, -p, 0.0) - jnp.where(swap, jnp.where(low, excess, -excess), 0.0)
    value = value * jnp.where(exponent == 0.0, 1.0, jnp.power(rest, exponent))
    polynomial, _slope = gauss_series(a, b, c_safe, jnp.where(ends, x, 0.0))
    value = jnp.where(jnp.logical_and(ends, jnp.logical_not(low)), polynomial, value)
    at_one = jnp.logical_and(x == 1.0, jnp.logical_not(ends))
    value = jnp.where(at_one, gauss_sum(a, b, c_safe), value)
    valid = jnp.logical_or(jnp.logical_or(inside, ends), at_one)
    valid = jnp.logical_and(valid, jnp.logical_not(jnp.logical_or(no_lower(c), jnp.isnan(a + b))))
    return jnp.where(valid, value, jnp.nan)


def log_case(b, d):
    """2F1(1, b; b+1; 1-d) = b sum (b)_k/k! d^k (psi(k+1) - psi(b+k) - log(d)), 0 < d <= 1/2."""
    eps = 0.25 * jnp.finfo(d.dtype).eps
    start = -0.5772156649015329 - digamma_function(b) - jnp.log(d)

    def going(carry):
        _k, _term, _gap, _total, live = carry
        return jnp.any(live)

    def body(carry):
        k, term, gap, total, live = carry
        term = term * ((b + k) * d / (k + 1.0))
        gap = gap + (b - 1.0) / ((k + 1.0) * (b + k))
        new = total + term * gap
        k = k + 1.0
        moving = jnp.abs(term) * (jnp.abs(gap) + 1.0) > eps * jnp.abs(new)
        moving = jnp.logical_and(jnp.logical_or(moving, k < 8.0), k < 2000.0)
        return k, term, gap, new, jnp.logical_and(live, moving)

    zero = jnp.zeros_like(d)
    _k, _term, _gap, total, _live = lax.while_loop(
        going, body, (zero, jnp.ones_like(d), start, start, d == d)
    )
    return b * total


def hyp2f1_one_function(b, x):
    """2F1(1, b; b + 1; x) = b sum x^k/(k + b): growth times of gradient flow."""
    b = hidden_constant(b, x)
    inside = jnp.logical_and(x < 1.0, x > -jnp.inf)
    safe = jnp.where(inside, x, 0.0)
    near = jnp.logical_and(safe > 0.5, b != 0.0)
    whole = jnp.logical_and(b <= 0.0, b == jnp.round(b))
    log_b = jnp.where(jnp.logical_or(whole, jnp.logical_not(near)), 0.5, b)
    far = log_case(log_b, jnp.where(near, 1.0 - safe, 0.5))
    plain = hyp2f1_function(jnp.ones_like(x), b, b + 1.0, jnp.where(near, 0.0, safe))
    value = jnp.where(near, far, plain)
    value = jnp.where(x == 1.0, jnp.where(b > 0.0, jnp.inf, -jnp.inf), value)
    value = jnp.where(jnp.logical_and(whole, b < 0.0), jnp.nan, jnp.where(b == 0.0, 1.0, value))
    return jnp.where(jnp.logical_or(inside, x == 1.0), value, jnp.nan)


def kummer_asymptotic(p, q, x):
    """sum (p)_k (q)_k/k! x^-k, up to its smallest term."""

    def body(k, carry):
        term, total, live = carry
        k = k * jnp.ones_like(x)
        new = term * ((p + k) * (q + k) / ((k + 1.0) * x))
        live = jnp.logical_and(live, jnp.abs(new) < jnp.abs(term))
        return new, jnp.where(live, total + new, total), live

    start = jnp.ones_like(x), jnp.ones_like(x), x == x
    _term, total, _live = lax.fori_loop(0, 40, body, start)
    return total


def hyp1f1_function(a, b, x):
    """Kummer's function 1F1(a; b; x)."""
    a, b = hidden_constant(a, x), hidden_constant(b, x)
    ends = is_polynomial(a)
    low = jnp.logical_and(x < 0.0, jnp.logical_not(ends))
    upper = jnp.where(low, b - a, a)
    b_safe = jnp.where(no_lower(b), 1.0, b)
    size = jnp.where(low, -x, x)
    limit = 50.0 + jnp.abs(a - 1.0) * jnp.abs(b - a) + jnp.abs(a) * jnp.abs(a - b + 1.0)
    limit = limit + jnp.abs(a) + jnp.abs(b)
    far = jnp.logical_and(size > limit, jnp.logical_not(ends))
    far = jnp.logical_and(far, jnp.logical_not(is_polynomial(b - a)))
    series_x = jnp.where(far, 0.0, jnp.where(jnp.abs(size) < jnp.inf, size, 0.0))

    def ratio(k):
        return (upper + k) / ((b_safe + k) * (k + 1.0))

    near, _slope = ratio_series(ratio, series_x, 100000.0)
    half = jnp.exp(0.5 * jnp.minimum(x, 0.0))
    near = jnp.where(low, (near * half) * half, near)
    safe = jnp.where(far, jnp.minimum(size, jnp.finfo(x.dtype).max), 100.0)
    left = kummer_asymptotic(a, a - b + 1.0, safe) * rgamma_function(b - a)
    left = left * gamma_function(b_safe) * jnp.power(safe, -a)
    right = kummer_asymptotic(1.0 - a, b - a, safe) * rgamma_function(a) * gamma_function(b_safe)
    grown = steady_exp(0.5 * safe)
    right = ((right * jnp.power(safe, a - b)) * grown) * grown
    value = jnp.where(far, jnp.where(low, left, right), near)
    return jnp.where(jnp.logical_or(no_lower(b), jnp.isnan(x + a)), jnp.nan, value)


def hyp0f1_function(b, x):
    """The confluent limit function 0F1(; b; x)."""
    b = hidden_constant(b, x)
    b_safe = jnp.where(no_lower(b), 1.0, b)
    size = jnp.abs(x)
    near = size <= jnp.maximum(b_safe, 1.0)

    def ratio(k):
        return 1.0 / ((b_safe + k) * (k + 1.0))

    series, _slope = ratio_series(ratio, jnp.where(near, x, 0.0), 1000.0)
    square = jnp.where(near, 1.0, size)
    root = jnp.sqrt(square)
    product, lost = two_product(root, root)
    lost = ((square - product) - lost) / root
    order = b_safe - 1.0
    factor = gamma_function(b_safe) * jnp.power(root, -order)
    # the rounding of the root is returned to first order, J' = n/x J - J_{n+1}
    wave = bessel_j_function(order, 2.0 * root)
    ahead = bessel_j_function(b_safe, 2.0 * root)
    wave = factor * (wave + lost * (0.5 * (order / root) * wave - ahead))
    grown = steady_exp(root)
    growing = ((factor * bessel_ie_function(order, 2.0 * root)) * grown) * grown
    value = jnp.where(near, series, jnp.where(x < 0.0, wave, growing))
    return jnp.where(jnp.logical_or(no_lower(b), jnp.isnan(x)), jnp.nan, value)


def trusted_series(ratio, x):
    """The series, and NaN where cancellation leaves too few digits or it does not end."""
    eps = 0.25 * jnp.finfo(x.dtype).eps

    def going(carry):
        k, _term, _total, _lost, _largest, live = carry
        return jnp.logical_and(jnp.any(live), jnp.all(k < 20000.0))

    def body(carry):
        k, term, total, lost, largest, live = carry
        factor = ratio(k) * x
        term = jnp.where(live, term * factor, 0.0)
        new = total + term
        part = new - total
        lost = lost + ((total - (new - part)) + (term - part))
        largest = jnp.maximum(largest, jnp.abs(term))
        # what is left is below term/(1 - factor)
        small = jnp.abs(term) <= eps * jnp.abs(new) * (1.0 - jnp.abs(factor))
        live = jnp.logical_and(live, jnp.logical_not(jnp.logical_or(small, term == 0.0)))
        return k + 1.0, term, new, lost, largest, jnp.logical_and(live, jnp.abs(new) < jnp.inf)

    ones, zero = jnp.ones_like(x), jnp.zeros_like(x)
    start = zero, ones, ones, zero, ones, x != 0.0
    _k, _term, total, lost, largest, live = lax.while_loop(going, body, start)
    value = jnp.where(jnp.abs(total) < jnp.inf, total + lost, total)
    allowed = jnp.where(jnp.finfo(x.dtype).bits > 32, 1e-6, 1e-3)
    poor = 8.0 * jnp.finfo(x.dtype).eps * largest > allowed * jnp.abs(value)
    poor = jnp.logical_and(poor, jnp.abs(total) < jnp.inf)
    return jnp.where(jnp.logical_or(live, poor), jnp.nan, value)


def hyp0f2_function(c, d, x):
    """The hypergeometric function 0F2(; c, d; x)."""

    def ratio(k):
        return 1.0 / ((c + k) * ((d + k) * (k + 1.0)))

    wrong = jnp.logical_or(no_lower(c), no_lower(d))
    return jnp.where(wrong, jnp.nan, trusted_series(ratio, jnp.where(wrong, 0.0, x)))


def hyp1f2_function(a, c, d, x):
    """The hypergeometric function 1F2(a; c, d; x)."""

    def ratio(k):
        return (a + k) / ((c + k) * ((d + k) * (k + 1.0)))

    wrong = jnp.logical_or(no_lower(c), no_lower(d))
    return jnp.where(wrong, jnp.nan, trusted_series(ratio, jnp.where(wrong, 0.0, x)))


def hyp2f2_function(a, b, c, d, x):
    """The hypergeometric function 2F2(a, b; c, d; x)."""

    def ratio(k):
        return ((a + k) / (c + k)) * ((b + k) / (d + k)) / (k + 1.0)

    wrong = jnp.logical_or(no_lower(c), no_lower(d))
    return jnp.where(wrong, jnp.nan, trusted_series(ratio, jnp.where(wrong, 0.0, x)))


def hyp2f3_function(a, b, c, d, e, x):
    """The hypergeometric function 2F3(a, b; c, d, e; x)."""

    def ratio(k):
        return ((a + k) / (c + k)) * ((b + k) / (d + k)) / ((e + k) * (k + 1.0))

    wrong = jnp.logical_or(no_lower(c), jnp.logical_or(no_lower(d), no_lower(e)))
    return jnp.where(wrong, jnp.nan, trusted_series(ratio, jnp.where(wrong, 0.0, x)))


def hyp3f2_function(a, b, c, d, e, x):
    """The hypergeometric function 3F2(a, b, c; d, e; x), abs(x) < 1."""

    def ratio(k):
        return ((a + k) / (d + k)) * ((b + k) / (e + k)) * ((c + k) / (k + 1.0))

    ends = jnp.logical_or(is_polynomial(a), jnp.logical_or(is_polynomial(b), is_polynomial(c)))
    wrong = jnp.logical_or(no_lower(d), no_lower(e))
    wrong = jnp.logical_or(wrong, jnp.logical_not(jnp.logical_or(jnp.abs(x) < 1.0, ends)))
    return jnp.where(wrong, jnp.nan, trusted_series(ratio, jnp.where(wrong, 0.0, x)))
