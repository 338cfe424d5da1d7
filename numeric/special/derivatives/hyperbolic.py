"""Derivatives of hyperbolic functions: products of decaying functions, never cosh/sinh^2."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

from derivax.numeric import special


def d_sinh(x: Any) -> Any:
    return special.cosh(x)


def d_cosh(x: Any) -> Any:
    return special.sinh(x)


def d_tanh(x: Any) -> Any:
    return special.sech(x) * special.sech(x)


def d_sech(x: Any) -> Any:
    return -special.sech(x) * special.tanh(x)


def d_csch(x: Any) -> Any:
    return -special.csch(x) * special.coth(x)


def d_coth(x: Any) -> Any:
    return -special.csch(x) * special.csch(x)


def d_asinh(x: Any) -> Any:
    return 1.0 / jnp.hypot(1.0, x)


def d_acosh(x: Any) -> Any:
    return 1.0 / (jnp.sqrt(x - 1.0) * jnp.sqrt(x + 1.0))


def d_atanh(x: Any) -> Any:
    return 1.0 / ((1.0 - x) * (1.0 + x))


d_acoth = d_atanh


def d_sinhc(x: Any) -> Any:
    return special.sinhc_derivative(1.0, x)


def d_sinhc_derivative(n: Any, x: Any) -> Any:
    return special.sinhc_derivative(n + 1.0, x)
