"""Functions of a complex number, with the branch cuts of SymPy.

On a cut the sign of a zero part tells nothing: the value is that of the side the cut belongs to.
"""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax


def on_upper_side(z):
    """z with an imaginary part that is no negative zero."""
    y = jnp.imag(z)
    return lax.complex(jnp.real(z), jnp.where(y == 0.0, 0.0, y))


def mirrored_value(z, value):
    """The value on the cut to the right, which belongs to the lower half plane, from the upper."""
    right = jnp.logical_and(jnp.imag(z) == 0.0, jnp.real(z) > 0.0)
    return jnp.where(right, jnp.conj(value), value)


def times_i(z):
    """i z without rounding."""
    return lax.complex(-jnp.imag(z), jnp.real(z))


def over_i(z):
    """z/i without rounding."""
    return lax.complex(jnp.imag(z), -jnp.real(z))


def complex_log(z):
    """log |z| + i arg z, accurate near |z| = 1."""
    z = on_upper_side(z)
    x, y = jnp.abs(jnp.real(z)), jnp.abs(jnp.imag(z))
    large, small = jnp.maximum(x, y), jnp.minimum(x, y)
    near = jnp.logical_and(large < 2.0, large > 0.5)
    safe = jnp.where(large > 0.0, large, 1.0)
    ratio = jnp.where(large < jnp.inf, small / safe, 0.0)
    unit = 0.5 * jnp.log1p((large - 1.0) * (large + 1.0) + jnp.square(small))
    size = jnp.where(near, unit, jnp.log(large) + 0.5 * jnp.log1p(jnp.square(ratio)))
    return lax.complex(size, jnp.arctan2(jnp.imag(z), jnp.real(z)))


def complex_argument(z):
    """arg z in (-pi, pi]; NaN at 0."""
    z = on_upper_side(z)
    return jnp.where(z == 0.0, jnp.nan, jnp.arctan2(jnp.imag(z), jnp.real(z)))


def complex_sqrt(z):
    """The principal square root."""
    return jnp.sqrt(on_upper_side(z))


def complex_power(z, w):
    """exp(w log z); 0 for z = 0 and Re w > 0, 1 for w = 0."""
    zero = z == 0.0
    value = jnp.exp(w * complex_log(jnp.where(zero, 1.0, z)))
    at_zero = jnp.where(jnp.real(w) > 0.0, 0.0, jnp.where(w == 0.0, 1.0, jnp.nan))
    return jnp.where(zero, at_zero, value)


def complex_sign(z):
    """z/|z|, 0 at 0."""
    size = jnp.abs(z)
    return jnp.where(size == 0.0, 0.0, z / jnp.where(size == 0.0, 1.0, size))


def complex_asin(z):
    """The inverse sine."""
    return mirrored_value(z, jnp.arcsin(on_upper_side(z)))


def complex_acos(z):
    """The inverse cosine."""
    return mirrored_value(z, jnp.arccos(on_upper_side(z)))


def complex_asinh(z):
    """The inverse hyperbolic sine, asin(iz)/i."""
    return over_i(complex_asin(times_i(z)))


def complex_acosh(z):
    """The inverse hyperbolic cosine."""
    return jnp.arccosh(on_upper_side(z))


def complex_atanh(z):
    """The inverse hyperbolic tangent."""
    return mirrored_value(z, jnp.arctanh(on_upper_side(z)))


def complex_atan(z):
    """The inverse tangent, atanh(iz)/i."""
    return over_i(complex_atanh(times_i(z)))
