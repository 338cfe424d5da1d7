"""The complementary error function."""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax

from derivax.numeric.special.elementary import gaussian


def accurate_erfc(x):
    """erfc(x): the factor exp(-x*x), rounded square and all, is replaced by the exact Gaussian."""
    rounded = jnp.exp(-(x * x))
    value = lax.erfc(x)
    safe = jnp.where(rounded == 0.0, 1.0, rounded)
    return jnp.where(x > 0.5, value / safe * gaussian(x, 1.0), value)
