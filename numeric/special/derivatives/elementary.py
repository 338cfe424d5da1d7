"""Derivatives of exponentials and logarithms."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from derivax.numeric import special

LOG_2 = 0.6931471805599453


def d_exp2(x: Any) -> Any:
    return LOG_2 * special.exp2(x)


def d_expm1(x: Any) -> Any:
    return jnp.exp(x)


def d_log1p(x: Any) -> Any:
    return 1.0 / (1.0 + x)


def d_log1mexp(x: Any) -> Any:
    return 1.0 / special.expm1(x)


def d_logaddexp_a(a: Any, b: Any) -> Any:
    return jax.nn.sigmoid(a - b)


def d_logaddexp_b(a: Any, b: Any) -> Any:
    return jax.nn.sigmoid(b - a)


def d_gaussian(x: Any, scale: Any) -> Any:
    return -2.0 * scale * x * special.gaussian(x, scale)


def d_exp_square(x: Any) -> Any:
    return 2.0 * x * special.exp_square(x)
