r"""Exponentials and logarithms near their weak places.

*Main definitions*: exp2, expm1, log1p, log1mexp, logaddexp (public); `gaussian`, `log_add_exp`.

| function | method | source |
| --- | --- | --- |
| log1p | log of the rounded sum, its rounding error returned to first order | Kahan |
| gaussian | the square is split exactly, x = high + low | Cody, Math. Comp. 23 (1969) 631 |

>>> from derivax.numeric.special import log1p
>>> float(log1p(1e-20))
1e-20
"""

from __future__ import annotations

import jax.numpy as jnp


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


def gaussian(x, scale):
    """exp(-scale x^2), scale 1 or 1/2: the square is split exactly, x = high + low.

    exp(a) * exp(b) would be folded into exp(a + b); exp(a) + exp(a) * expm1(b) is not.
    """
    size = jnp.minimum(jnp.abs(x), 40.0)
    high = jnp.floor(16.0 * size + 0.5) / 16.0
    leading = jnp.exp(-scale * (high * high))
    return leading + leading * jnp.expm1(scale * ((high - size) * (high + size)))


def log_add_exp(a, b):
    """log(exp(a) + exp(b)); equal infinities do not meet in a difference."""
    larger = jnp.maximum(a, b)
    gap = jnp.where(jnp.isfinite(larger), jnp.abs(a - b), jnp.inf)
    return larger + accurate_log1p(jnp.exp(-gap))
