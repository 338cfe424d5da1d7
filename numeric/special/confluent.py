r"""Tricomi's confluent hypergeometric function, parabolic cylinder and Struve functions.

    hyperu(a, b, x) = U(a, b, x) = 1/gamma(a) int_0^oo exp(-x t) t^(a-1) (1+t)^(b-a-1) dt,
    parabolic_cylinder(n, x) = D_n(x) = 2^(n/2) exp(-x^2/4) U(-n/2, 1/2, x^2/2), x >= 0,
    struve_h(n, x), struve_l(n, x): (x/2)^(n+1) sum (-+x^2/4)^k/(gamma(k + 3/2) gamma(k + n + 3/2))

Domains: U: x >= 0, -100 <= a <= 100, cut (-oo, 0]; D: -100 <= n <= 100, all x; Struve: n > -1/2,
x >= 0 (NaN elsewhere).  None of them is a head of SymPy.

| function, region | method |
| --- | --- |
| U | trapezoidal rule in log(t), positive terms (error exp(-pi^2/h), h = 1/8), for two orders |
| | >= 4; recurrence down in a, in which U dominates: no case distinction for whole b |
| D, x < 0 | two functions 1F1 (DLMF 12.4, 12.7.12), which grow |
| Struve L; H where x^2 < 8 (n + 4) | power series |
| Struve H beyond | Y_n and the integral of DLMF 11.5.2 by the trapezoidal rule |

Sources: DLMF 13.4.4, 13.3.7, 13.2.16, 12.7.14, 11.2, 11.5.2; L. N. Trefethen, J. A. C. Weideman,
SIAM Rev. 56 (2014) 385 (the trapezoidal rule).

>>> from derivax.numeric.special import hyperu, struve_h
>>> round(float(hyperu(1.0, 1.0, 1.0)), 8), round(float(struve_h(0.0, 1.0)), 8)
(0.59634736, 0.56865663)
"""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax

from derivax.numeric.special.bessel_order import bessel_y_function
from derivax.numeric.special.elementary import accurate_log1p, exp2_function, gaussian_of
from derivax.numeric.special.gamma_functions import gamma_function, rgamma_function
from derivax.numeric.special.hypergeometric import hyp1f1_function, ratio_series


def tricomi_pair(a, b, x):
    """(U(a, b, x), U(a + 1, b, x)) for a >= 4, x > 0."""
    start = jnp.log((750.0 + 2.0 * jnp.maximum(b, 0.0)) / x)
    last = jnp.minimum(0.0, jnp.log(a / x)) - 40.0 / a

    def going(carry):
        v, _first, _second = carry
        return jnp.any(v > last)

    def body(carry):
        v, first, second = carry
        t = jnp.exp(v)
        part = jnp.exp(a * v + ((b - a - 1.0) * accurate_log1p(t) - x * t))
        return v - 0.125, first + part, second + part * (t / (1.0 + t))

    zero = jnp.zeros_like(x)
    _v, first, second = lax.while_loop(going, body, (start, zero, zero))
    scale = 0.125 * rgamma_function(a)
    return scale * first, scale * second / a


def hyperu_function(a, b, x):
    """Tricomi's function U(a, b, x)."""
    valid = jnp.logical_and(jnp.abs(a) <= 100.0, jnp.abs(b) < jnp.inf)
    regular = jnp.logical_and(valid, jnp.logical_and(x > 0.0, x < jnp.inf))
    # Kummer: U(a, b, x) = x^(1-b) U(a - b + 1, 2 - b, x), where the recurrence would cancel
    turn = b > 1.0
    order = jnp.where(regular, jnp.where(turn, a - b + 1.0, a), 4.0)
    other = jnp.where(regular, jnp.where(turn, 2.0 - b, b), 1.0)
    point = jnp.where(regular, x, 1.0)
    steps = jnp.maximum(jnp.ceil(4.0 - order), 0.0)
    here, above = tricomi_pair(order + steps, other, point)

    def going(carry):
        k, _here, _above = carry
        return jnp.any(k > 0.0)

    def body(carry):
        k, here, above = carry
        upper = order + k
        down = (point + (2.0 * upper - other)) * here - upper * (upper - other + 1.0) * above
        active = k > 0.0
        return k - 1.0, jnp.where(active, down, here), jnp.where(active, here, above)

    _k, value, _above = lax.while_loop(going, body, (steps, here, above))
    value = jnp.where(order == 0.0, 1.0, value)
    value = jnp.where(turn, value * jnp.power(point, 1.0 - b), value)
    low = jnp.where(b < 1.0, b, 0.0)
    start = gamma_function(1.0 - low) * rgamma_function(a - low + 1.0)
    start = jnp.where(b < 1.0, start, jnp.inf)
    end = jnp.where(a > 0.0, 0.0, jnp.where(a == 0.0, 1.0, jnp.inf))
    edge = jnp.where(x == 0.0, start, jnp.where(x == jnp.inf, end, jnp.nan))
    value = jnp.where(regular, value, jnp.where(valid, edge, jnp.nan))
    return jnp.where(jnp.isnan(x), jnp.nan, value)


def parabolic_cylinder_function(n, x):
    """The parabolic cylinder function D_n(x)."""
    size = jnp.abs(x)
    valid = jnp.logical_and(jnp.abs(n) <= 100.0, size < 1e15)
    order, point = jnp.where(valid, n, 0.0), jnp.where(valid, size, 1.0)
    square = 0.5 * point * point
    half = jnp.full_like(x, 0.5)
    front = exp2_function(0.5 * order) * gaussian_of(0.5 * point, jnp.ones_like(x))
    right = hyperu_function(-0.5 * order, half, square)
    left = jnp.logical_and(valid, x < 0.0)
    safe = jnp.where(left, square, 0.0)
    even = hyp1f1_function(-0.5 * order, half, safe) * rgamma_function(0.5 - 0.5 * order)
    odd = hyp1f1_function(0.5 - 0.5 * order, 1.5 * jnp.ones_like(x), safe)
    odd = odd * (point * rgamma_function(-0.5 * order))
    grown = 1.772453850905516 * (even + 1.4142135623730951 * odd)
    value = front * jnp.where(left, grown, right)
    return jnp.where(valid, value, jnp.where(x == jnp.inf, 0.0, jnp.nan))


def struve_series(n, x, square):
    """(x/2)^(n+1)/(gamma(3/2) gamma(n + 3/2)) 1F2(1; 3/2, n + 3/2; square)."""

    def ratio(k):
        return 1.0 / ((k + 1.5) * (k + n + 1.5))

    total, _slope = ratio_series(ratio, square, 5000.0)
    front = jnp.power(0.5 * x, n + 1.0) * rgamma_function(n + 1.5)
    return 1.1283791670955126 * front * total


def struve_rest(n, x):
    """H_n(x) - Y_n(x) for x > 0, by the integral over (1 + t^2)^(n - 1/2) exp(-x t)."""

    def add(k, total):
        u = 7.0 - 0.125 * k
        rest = jnp.exp(-u)
        t = jnp.exp(u - rest) / x
        part = jnp.exp((n - 0.5) * accurate_log1p(t * t) - x * t)
        return total + part * (t * (1.0 + rest))

    total = lax.fori_loop(0, 90, add, jnp.zeros_like(x)) * 0.125
    front = jnp.power(0.5 * x, n) * rgamma_function(n + 0.5)
    return 1.1283791670955126 * front * total


def struve_h_function(n, x):
    """Struve's function H_n(x) for n > -1/2, x >= 0."""
    valid = jnp.logical_and(jnp.logical_and(n > -0.5, n <= 100.0), x >= 0.0)
    valid = jnp.logical_and(valid, x < jnp.inf)
    order, point = jnp.where(valid, n, 0.0), jnp.where(valid, x, 1.0)
    near = point * point < 8.0 * (order + 4.0)
    small = jnp.where(near, point, 1.0)
    series = struve_series(order, small, -0.25 * small * small)
    large = jnp.where(near, 40.0, point)
    far = bessel_y_function(order, large) + struve_rest(order, large)
    return jnp.where(valid, jnp.where(near, series, far), jnp.nan)


def struve_l_function(n, x):
    """The modified Struve function L_n(x) for n > -1/2, x >= 0."""
    valid = jnp.logical_and(jnp.logical_and(n > -0.5, n <= 100.0), x >= 0.0)
    order, point = jnp.where(valid, n, 0.0), jnp.where(valid, jnp.minimum(x, 800.0), 1.0)
    return jnp.where(valid, struve_series(order, point, 0.25 * point * point), jnp.nan)
