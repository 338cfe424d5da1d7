"""Derivatives of trigonometric functions."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

from derivax.numeric import special

PI = 3.141592653589793


def d_sinpi(x: Any) -> Any:
    return PI * special.cospi(x)


def d_cospi(x: Any) -> Any:
    return -PI * special.sinpi(x)


def d_tanpi(x: Any) -> Any:
    return PI / (special.cospi(x) * special.cospi(x))


def d_asin(x: Any) -> Any:
    return 1.0 / (jnp.sqrt(1.0 - x) * jnp.sqrt(1.0 + x))


def d_sinc(x: Any) -> Any:
    return special.sinc_derivative(1.0, x)


def d_sinc_derivative(n: Any, x: Any) -> Any:
    return special.sinc_derivative(n + 1.0, x)
