r"""Lambert's W on its two real branches, and Wright's omega.

    W(x) e^{W(x)} = x:   W_0 >= -1 on [-1/e, oo),   W_{-1} <= -1 on [-1/e, 0);
    omega(z) = W_0(e^z):   omega + log(omega) = z   for all real z, without overflow of e^z

The cut of W_0 is (-oo, -1/e), that of W_{-1} (-oo, 0): NaN there, as no real value exists.
W_{-1}(0) = -oo.  omega is analytic on the real line.

| function | regions and methods |
| --- | --- |
| W_0, W_{-1} | e x + 1 < 1/4, 1/2: p = sqrt(2 (e x + 1)), e x exactly, times a polynomial |
| W_0 | beyond: start of Iacono and Boyd, two steps of Fritsch, Shafer and Crowley (order 4) |
| W_{-1} | beyond: log(-x) - log(-log(-x)) + ..., three such steps |
| omega | z < 1: W_0(exp(z)); beyond: the same steps on z - log(omega) - omega |
| 1 + W | near the branch point p times the polynomial: derivatives are exact there |

The steps work on the logarithm of the equation: their error is one of x/w relatively, so that tiny
and huge arguments cost nothing.

Sources: R. M. Corless et al., Adv. Comput. Math. 5 (1996) 329; F. N. Fritsch, R. E. Shafer,
W. P. Crowley, CACM 16 (1973) 123; R. Iacono, J. P. Boyd, Adv. Comput. Math. 43 (2017) 1403;
own coefficients (benchmarks/special/family_coefficients.py).

>>> from derivax.numeric.special import lambert_w, wright_omega
>>> round(float(lambert_w(1.0)), 12), round(float(wright_omega(1e6)), 6)
(0.56714329041, 999986.184503)
"""

from __future__ import annotations

import jax.numpy as jnp

from derivax.numeric.special.double_word import by_format, opaque, two_product, two_sum
from derivax.numeric.special.elementary import accurate_log1p
from derivax.numeric.special.lambert_data import (
    lambert_w_near_polynomial,
    lambert_wm1_near_polynomial,
)


def branch_distance(x):
    """e x + 1, with e as a double word."""
    e_high = by_format(x, 2.718281828459045, 2.7182817459106445)
    e_low = by_format(x, 1.4456468917292502e-16, 8.254840066411455e-08)
    product, error = two_product(jnp.full_like(x, 1.0) * e_high, x)
    total, rest = two_sum(opaque(1.0, x), product)
    return total + (rest + error + e_low * x)


def fritsch_step(w, residual):
    """One step of order four for w + log(w) = ..., of which the residual is given."""
    above = 1.0 + w
    q = 2.0 * above * (above + residual * (2.0 / 3.0))
    return w + w * (residual / above) * (q - residual) / (q - 2.0 * residual)


def lambert_w_far(x):
    """W_0 for x >= -0.28."""
    first = accurate_log1p(x)
    w = first * (1.0 - accurate_log1p(first) / (2.0 + first))
    w = jnp.where(x == 0.0, 1.0, w)
    w = fritsch_step(w, jnp.log(x / w) - w)
    return fritsch_step(w, jnp.log(x / w) - w)


def one_plus_lambert_w(x):
    """1 + W_0(x), exact next to the branch point."""
    distance = branch_distance(jnp.minimum(x, 0.0))
    root = jnp.sqrt(2.0 * jnp.clip(distance, 0.0, 0.5))
    near = root * lambert_w_near_polynomial(2.0 * root - 1.0)
    far = 1.0 + lambert_w_function(x)
    value = jnp.where(distance < 0.5, near, far)
    return jnp.where(distance < 0.0, jnp.nan, value)


def lambert_w_function(x):
    """Lambert's W on its principal branch."""
    distance = branch_distance(jnp.clip(x, -1.0, 0.0))
    root = jnp.sqrt(2.0 * jnp.clip(distance, 0.0, 0.5))
    near = root * lambert_w_near_polynomial(2.0 * root - 1.0) - 1.0
    regular = jnp.logical_and(
        distance >= 0.25, jnp.logical_and(x < jnp.inf, jnp.abs(x) >= jnp.finfo(x.dtype).tiny)
    )
    far = lambert_w_far(jnp.where(regular, x, 1.0))
    value = jnp.where(regular, far, jnp.where(distance < 0.25, near, x))
    return jnp.where(jnp.logical_or(distance < 0.0, jnp.isnan(x)), jnp.nan, value)


def lambert_wm1_far(x):
    """W_-1 for -0.19 <= x < 0."""
    first = jnp.log(-x)
    second = jnp.log(-first)
    w = first - second + second / first
    w = fritsch_step(w, first - jnp.log(-w) - w)
    w = fritsch_step(w, first - jnp.log(-w) - w)
    return fritsch_step(w, first - jnp.log(-w) - w)


def one_plus_lambert_wm1(x):
    """1 + W_-1(x), exact next to the branch point."""
    distance = branch_distance(jnp.clip(x, -1.0, 0.0))
    root = jnp.sqrt(2.0 * jnp.clip(distance, 0.0, 0.5))
    near = -root * lambert_wm1_near_polynomial(2.0 * root - 1.0)
    far = 1.0 + lambert_wm1_function(x)
    value = jnp.where(distance < 0.5, near, far)
    return jnp.where(distance < 0.0, jnp.nan, value)


def lambert_wm1_function(x):
    """Lambert's W on the branch -1."""
    distance = branch_distance(jnp.clip(x, -1.0, 0.0))
    root = jnp.sqrt(2.0 * jnp.clip(distance, 0.0, 0.5))
    near = -root * lambert_wm1_near_polynomial(2.0 * root - 1.0) - 1.0
    far = lambert_wm1_far(jnp.where(distance >= 0.5, jnp.where(x < 0.0, x, -0.1), -0.1))
    value = jnp.where(distance < 0.5, near, far)
    value = jnp.where(jnp.abs(x) < jnp.finfo(x.dtype).tiny, -jnp.inf, value)
    outside = jnp.logical_or(distance < 0.0, jnp.logical_not(x <= 0.0))
    return jnp.where(outside, jnp.nan, value)


def wright_omega_function(z):
    """W_0(exp(z)) for any real z."""
    near = lambert_w_function(jnp.exp(jnp.minimum(z, 1.0)))
    large = jnp.clip(z, 1.0, 0.25 * jnp.finfo(z.dtype).max)
    logarithm = jnp.log(large)
    w = large - logarithm + logarithm / large
    w = fritsch_step(w, large - jnp.log(w) - w)
    w = fritsch_step(w, large - jnp.log(w) - w)
    w = jnp.where(z > 0.1 / (jnp.finfo(z.dtype).eps * jnp.finfo(z.dtype).eps), z, w)
    return jnp.where(z <= 1.0, near, jnp.where(jnp.isnan(z), z, w))
