"""Derivatives of the modified Bessel functions of order 0 and 1."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

from derivax.numeric import special


def d_i0(x: Any) -> Any:
    return special.i1(x)


def d_i1(x: Any) -> Any:
    return special.i0(x) - _over(special.i1(x), x)


def d_i0e(x: Any) -> Any:
    return special.i1e(x) - jnp.sign(x) * special.i0e(x)


def d_i1e(x: Any) -> Any:
    return special.i0e(x) - jnp.sign(x) * special.i1e(x) - _over(special.i1e(x), x)


def _over(value: Any, x: Any) -> Any:
    """value/x, where value is x/2 to first order."""
    zero = x == 0.0
    return jnp.where(zero, 0.5, value / jnp.where(zero, 1.0, x))
