"""Derivatives of Lambert's W and Wright's omega."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

from derivax.numeric import special


def _slope(x: Any, w: Any, one_plus: Any) -> Any:
    """W' = exp(-W)/(1 + W) = W/(x (1 + W)): the second form where W is large."""
    small = jnp.abs(w) < 1.5
    ratio = w / jnp.where(small, 1.0, x)
    return jnp.where(small, jnp.exp(-jnp.where(small, w, 0.0)), ratio) / one_plus


def d_lambert_w(x: Any) -> Any:
    return _slope(x, special.lambert_w(x), special.lambert_w_plus_one(x))


def d_lambert_wm1(x: Any) -> Any:
    return _slope(x, special.lambert_wm1(x), special.lambert_wm1_plus_one(x))


def d_wright_omega(z: Any) -> Any:
    """omega/(1 + omega), which is 1 where omega is infinite."""
    omega = special.wright_omega(z)
    return 1.0 / (1.0 + 1.0 / omega)
