r"""Modified Bessel functions I0 and I1, plain and scaled by exp(-abs(x)).

Entire; i0 even, i1 odd.  Power series of positive terms in x^2 on [0, 4]; polynomials for
e^-x I0(x), e^-x I1(x)/x on [4, 8] and for sqrt(x) e^-x I(x) beyond (DLMF 10.40.1).  Own
coefficients (benchmarks/special/coefficients.py).  General orders: the Bessel family.

>>> from derivax.numeric.special import i0e
>>> float(i0e(0.0))
1.0
"""

from __future__ import annotations

import jax.numpy as jnp

from derivax.numeric.special.approximations import (
    i0_8_polynomial,
    i0_beyond_polynomial,
    i0_near_polynomial,
    i1_8_polynomial,
    i1_beyond_polynomial,
    i1_near_polynomial,
)
from derivax.numeric.special.elementary import grown_by_exponent, growth_exponent


def i0_far(size):
    """exp(-x) I0(x) for x >= 4."""
    safe = jnp.maximum(size, 8.0)
    high = i0_8_polynomial(0.5 * jnp.clip(size, 4.0, 8.0) - 3.0)
    far = i0_beyond_polynomial(16.0 / safe - 1.0) / jnp.sqrt(safe)
    return jnp.where(size < 8.0, high, far)


def i1_far(size):
    """exp(-x) I1(x) for x >= 4."""
    safe = jnp.maximum(size, 8.0)
    high = size * i1_8_polynomial(0.5 * jnp.clip(size, 4.0, 8.0) - 3.0)
    far = i1_beyond_polynomial(16.0 / safe - 1.0) / jnp.sqrt(safe)
    return jnp.where(size < 8.0, high, far)


def i0_small(size):
    """I0(x) for 0 <= x <= 4."""
    near = jnp.minimum(size, 4.0)
    return i0_near_polynomial(near * near)


def i1_small(size):
    """I1(x) for 0 <= x <= 4."""
    near = jnp.minimum(size, 4.0)
    return near * i1_near_polynomial(near * near)


def i0e_function(x):
    """exp(-abs(x)) I0(x)."""
    size = jnp.abs(x)
    near = jnp.exp(-jnp.minimum(size, 4.0)) * i0_small(size)
    return jnp.where(size < 4.0, near, i0_far(size))


def i1e_function(x):
    """exp(-abs(x)) I1(x)."""
    size = jnp.abs(x)
    near = jnp.exp(-jnp.minimum(size, 4.0)) * i1_small(size)
    value = jnp.where(size < 4.0, near, i1_far(size))
    return jnp.where(x < 0.0, -value, value)


def i0_function(x):
    """The modified Bessel function I0."""
    size = jnp.abs(x)
    first, second, rest = growth_exponent(jnp.minimum(size, 1000.0))
    value = first * i0_far(size)
    return jnp.where(size < 4.0, i0_small(size), grown_by_exponent(value, second, rest))


def i1_function(x):
    """The modified Bessel function I1."""
    size = jnp.abs(x)
    first, second, rest = growth_exponent(jnp.minimum(size, 1000.0))
    value = first * i1_far(size)
    value = jnp.where(size < 4.0, i1_small(size), grown_by_exponent(value, second, rest))
    return jnp.where(x < 0.0, -value, value)
