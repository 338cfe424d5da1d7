r"""Orthogonal polynomials whose degree is a run-time argument, by recurrence in the degree.

    legendre P_n, chebyshevt T_n, chebyshevu U_n, gegenbauer C_n^(a), jacobi P_n^(a,b),
    hermite H_n (weight exp(-x^2)), hermite_prob He_n (weight exp(-x^2/2)), laguerre L_n,
    assoc_laguerre L_n^(a), assoc_legendre P_n^m (with the phase (-1)^m of Condon and Shortley)

The degree is a whole number (NaN for others).  T_{-n} = T_n, U_{-n} = -U_{n-2}, P_{-n} = P_{n-1};
the others are 0 for negative degrees.  |m| <= n, |x| <= 1 for P_n^m (0, NaN outside).  Polynomials
have no cuts; P_n^m has (-oo, -1] and [1, oo) for odd m.

Where polynomials have a value at 1 (or 0) that their differences build up, the recurrence runs on
the differences C_{k+1} - C_k with x - 1 as its argument: this keeps full accuracy next to the end,
where the plain recurrence loses n^2 ulp; x < 0 by parity.  Error: an absolute one of some
sqrt(n) ulp of the largest value of the polynomial on the interval up to x.  Time: n steps.

Sources: DLMF 18.9.1, 18.9.19, 14.10.3; C. Reinsch's modification: W. Gautschi, J. Comput. Appl.
Math. 1 (1975); J. Oliver, J. Inst. Math. Appl. 20 (1977) 379.

>>> from derivax.numeric.special import assoc_legendre, hermite, legendre
>>> float(legendre(100, 1.0)), float(hermite(3, 0.5)), float(assoc_legendre(2, 1, 0.6))
(1.0, -5.0, -1.44)
"""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax


def degree_loop(n, advance, before, here):
    """C_n from C_0 = `here` and its predecessor: `advance(k, before, here)` is C_{k+1}."""

    def going(carry):
        k, _before, _here = carry
        return jnp.any(k < n)

    def body(carry):
        k, before, here = carry
        ahead = advance(k, before, here)
        more = k < n
        return k + 1.0, jnp.where(more, here, before), jnp.where(more, ahead, here)

    _k, before, here = lax.while_loop(going, body, (jnp.zeros_like(here), before, here))
    return here


def difference_loop(n, advance, difference):
    """C_n from C_0 = 1 and C_0 - C_{-1}: `advance(k, value, difference)` is C_{k+1} - C_k."""

    def going(carry):
        k, _value, _difference = carry
        return jnp.any(k < n)

    def body(carry):
        k, value, difference = carry
        ahead = advance(k, value, difference)
        more = k < n
        value = jnp.where(more, value + ahead, value)
        return k + 1.0, value, jnp.where(more, ahead, difference)

    start = jnp.zeros_like(difference), jnp.ones_like(difference), difference
    _k, value, difference = lax.while_loop(going, body, start)
    return value


def by_degree(n, x, value):
    """`value` where the degree is whole (0 for negative ones), else NaN."""
    value = jnp.where(n < 0.0, 0.0, value)
    return jnp.where(jnp.logical_and(n == jnp.round(n), x == x), value, jnp.nan)


def turned_basis(n, x, value):
    """The value at x from the one at |x| of a polynomial of the parity of n."""
    odd = jnp.abs(n - 2.0 * jnp.round(0.5 * n)) > 0.5
    return jnp.where(jnp.logical_and(x < 0.0, odd), -value, value)


def safe_degree(n):
    """The degree of the loop: 0 for what is no degree."""
    return jnp.where(jnp.logical_and(n > 0.0, n < 1e7), n, 0.0)


def gegenbauer_function(n, a, x):
    """The ultraspherical polynomial C_n^(a)(x)."""
    below = jnp.abs(x) - 1.0

    def advance(k, value, difference):
        grown = 2.0 * (k + a) * (below * value) + (k + 2.0 * a - 1.0) * difference
        return grown / (k + 1.0)

    value = difference_loop(safe_degree(n), advance, jnp.ones_like(x))
    return by_degree(n, x + a, turned_basis(n, x, value))


def legendre_function(n, x):
    """Legendre's polynomial P_n(x)."""
    below = jnp.abs(x) - 1.0
    degree = jnp.where(n < 0.0, -n - 1.0, n)

    def advance(k, value, difference):
        return ((2.0 * k + 1.0) * (below * value) + k * difference) / (k + 1.0)

    value = difference_loop(safe_degree(degree), advance, jnp.zeros_like(x))
    return by_degree(degree, x, turned_basis(degree, x, value))


def chebyshevt_function(n, x):
    """Chebyshev's polynomial of the first kind, T_n(x) = cos(n arccos(x))."""
    below = jnp.abs(x) - 1.0

    def advance(k, value, difference):
        step = jnp.where(k == 0.0, below, 2.0 * below)
        return step * value + difference

    value = difference_loop(safe_degree(jnp.abs(n)), advance, jnp.zeros_like(x))
    return by_degree(jnp.abs(n), x, turned_basis(n, x, value))


def chebyshevu_function(n, x):
    """Chebyshev's polynomial of the second kind, U_n(x) = sin((n + 1) t)/sin(t), x = cos(t)."""
    below = jnp.abs(x) - 1.0
    degree = jnp.where(n < -1.0, -n - 2.0, n)

    def advance(k, value, difference):
        return 2.0 * below * value + difference

    value = difference_loop(safe_degree(degree), advance, jnp.ones_like(x))
    value = turned_basis(degree, x, jnp.where(n < -1.0, -value, value))
    return by_degree(degree, x, value)


def hermite_function(n, x):
    """Hermite's polynomial H_n(x) of the weight exp(-x^2)."""

    def advance(k, before, here):
        return 2.0 * (x * here - k * before)

    value = degree_loop(safe_degree(n), advance, jnp.zeros_like(x), jnp.ones_like(x))
    return by_degree(n, x, value)


def hermite_prob_function(n, x):
    """Hermite's polynomial He_n(x) of the weight exp(-x^2/2)."""

    def advance(k, before, here):
        return x * here - k * before

    value = degree_loop(safe_degree(n), advance, jnp.zeros_like(x), jnp.ones_like(x))
    return by_degree(n, x, value)


def hermite_scaled_function(n, x):
    """He_n(x) exp(-x^2/4)/sqrt(n!): bounded by 1.0864, for any degree."""
    size = jnp.minimum(jnp.abs(x), 1e4)
    degree = safe_degree(n)
    decay = -0.25 * size * size
    step = 60.0
    limit = jnp.exp(step * jnp.ones_like(x))

    def going(carry):
        k, _before, _here, left = carry
        return jnp.any(jnp.logical_or(k < degree, left < 0.0))

    def body(carry):
        k, before, here, left = carry
        ahead = (x * here - jnp.sqrt(k) * before) / jnp.sqrt(k + 1.0)
        more = k < degree
        before, here = jnp.where(more, here, before), jnp.where(more, ahead, here)
        large = jnp.logical_or(jnp.abs(here) > limit, jnp.logical_not(k + 1.0 < degree))
        large = jnp.logical_and(large, left < 0.0)
        spent = jnp.where(large, jnp.maximum(left, -step), 0.0)
        scale = jnp.exp(spent)
        return k + 1.0, before * scale, here * scale, left - spent

    start = jnp.zeros_like(x), jnp.zeros_like(x), jnp.ones_like(x), decay
    _k, _before, here, _left = lax.while_loop(going, body, start)
    return by_degree(n, x, jnp.where(size < 1e4, here, 0.0))


def assoc_laguerre_function(n, a, x):
    """Laguerre's polynomial L_n^(a)(x)."""

    def advance(k, value, difference):
        return ((k + a) * difference - x * value) / (k + 1.0)

    value = difference_loop(safe_degree(n), advance, jnp.ones_like(x))
    return by_degree(n, x + a, value)


def laguerre_function(n, x):
    """Laguerre's polynomial L_n(x)."""

    def advance(k, value, difference):
        return (k * difference - x * value) / (k + 1.0)

    value = difference_loop(safe_degree(n), advance, jnp.zeros_like(x))
    return by_degree(n, x, value)


def jacobi_function(n, a, b, x):
    """Jacobi's polynomial P_n^(a,b)(x), by x -> -x on the side where x - 1 is exact."""
    low = x < 0.0
    first, second = jnp.where(low, b, a), jnp.where(low, a, b)
    below = jnp.abs(x) - 1.0
    both = a + b
    degree = safe_degree(n)

    def advance(k, value, difference):
        # P_{k+1} - r_k P_k with r_k = (k+a+1)/(k+1), the ratio at x = 1; s = a + b:
        # (k+1)(k+s+1)(2k+s) g_{k+1} = (2k+s)(2k+s+1)(2k+s+2)(x-1)/2 P_k + k(k+b)(2k+s+2) g_k
        double = 2.0 * k + both
        bottom = (k + 1.0) * (k + both + 1.0) * double
        plain = (double + 1.0) * (0.5 * (double + 2.0) * double * below * value)
        rest = (k + second) * (double + 2.0) * difference
        regular = k > 0.0
        start = 0.5 * (both + 2.0) * below
        return jnp.where(regular, (plain + rest) / jnp.where(regular, bottom, 1.0), start)

    def going(carry):
        k, _value, _difference = carry
        return jnp.any(k < degree)

    def body(carry):
        k, value, difference = carry
        gain = advance(k, value, difference)
        more = k < degree
        value = jnp.where(more, (k + first + 1.0) / (k + 1.0) * value + gain, value)
        # carried as k g_k
        return k + 1.0, value, jnp.where(more, gain * (k + 1.0), difference)

    start = jnp.zeros_like(x), jnp.ones_like(x), jnp.zeros_like(x)
    _k, value, _difference = lax.while_loop(going, body, start)
    return by_degree(n, x + both, turned_basis(n, x, value))


def assoc_legendre_function(n, m, x):
    """The associated Legendre function P_n^m(x) on [-1, 1]."""
    order = jnp.abs(m)
    root = jnp.sqrt(jnp.maximum((1.0 - x) * (1.0 + x), 0.0))
    inside = jnp.logical_and(order <= n, m == jnp.round(m))
    steps = jnp.where(inside, safe_degree(order), 0.0)

    def going(carry):
        k, _value = carry
        return jnp.any(k < steps)

    def body(carry):
        k, value = carry
        return k + 1.0, jnp.where(k < steps, -(2.0 * k + 1.0) * root * value, value)

    _k, start = lax.while_loop(going, body, (jnp.zeros_like(x), jnp.ones_like(x)))
    below = jnp.abs(x) - 1.0

    def advance(k, value, difference):
        odd = 2.0 * (k + order) + 1.0
        return (odd * (below * value) + (k + 2.0 * order) * difference) / (k + 1.0)

    climb = jnp.where(inside, safe_degree(n - order), 0.0)
    first = jnp.where(order == 0.0, jnp.zeros_like(x), jnp.ones_like(x))
    value = start * turned_basis(climb, x, difference_loop(climb, advance, first))

    def falling(carry):
        k, _value = carry
        return jnp.any(k <= 2.0 * steps)

    def fall(carry):
        k, value = carry
        return k + 1.0, jnp.where(k <= 2.0 * steps, value / (n - steps + k), value)

    # P_n^{-m} = (-1)^m (n - m)!/(n + m)! P_n^m
    negative = turned_basis(order, -jnp.ones_like(x), value)
    _k, negative = lax.while_loop(falling, fall, (jnp.ones_like(x), negative))
    value = jnp.where(m < 0.0, negative, value)
    value = jnp.where(order <= n, value, 0.0)
    value = jnp.where(jnp.logical_and(jnp.abs(x) <= 1.0, m == jnp.round(m)), value, jnp.nan)
    return by_degree(n, x, value)
