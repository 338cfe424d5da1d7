"""Hyperbolic functions without overflow in between, and their inverses."""

from __future__ import annotations

import jax.numpy as jnp

from derivax.numeric.special.elementary import accurate_log1p


def accurate_sinh(x):
    """sinh(x) from expm1 near 0 and from two half exponentials beyond 1."""
    size = jnp.abs(x)
    near = jnp.expm1(jnp.minimum(size, 1.0))
    half = jnp.exp(0.5 * size)
    far = 0.5 * half * half - 0.5 / half / half
    value = jnp.where(size < 1.0, 0.5 * (near + near / (near + 1.0)), far)
    return jnp.where(x < 0.0, -value, value)


def accurate_cosh(x):
    """cosh(x) from two half exponentials: no overflow before the result."""
    half = jnp.exp(0.5 * jnp.abs(x))
    return 0.5 * half * half + 0.5 / half / half


def sech(x):
    """1/cosh(x), decaying without overflow."""
    decay = jnp.exp(-jnp.abs(x))
    return 2.0 * decay / (1.0 + decay * decay)


def csch(x):
    """1/sinh(x), decaying without overflow."""
    size = jnp.abs(x)
    value = 2.0 * jnp.exp(-size) / -jnp.expm1(-2.0 * size)
    return jnp.where(x < 0.0, -value, value)


def coth(x):
    """1/tanh(x)."""
    return 1.0 / jnp.tanh(x)


def accurate_arctanh(x):
    """atanh(x) = log1p(2|x|/(1 - |x|))/2 with the sign of x."""
    size = jnp.abs(x)
    value = 0.5 * accurate_log1p(2.0 * size / (1.0 - size))
    return jnp.where(x < 0.0, -value, value)


def arccoth(x):
    """acoth(x) = log1p(2/(|x| - 1))/2 with the sign of x."""
    value = 0.5 * accurate_log1p(2.0 / (jnp.abs(x) - 1.0))
    return jnp.where(x < 0.0, -value, value)


def arcsech(x):
    """asech(x) = log1p(d + sqrt(d (d + 2))) with d = (1 - x)/x."""
    gap = (1.0 - x) / x
    return accurate_log1p(gap + jnp.sqrt(gap) * jnp.sqrt(gap + 2.0))


def arccsch(x):
    """acsch(x) = asinh(1/x)."""
    return jnp.arcsinh(1.0 / x)
