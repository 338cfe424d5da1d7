"""Derivatives of trigonometric functions."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp


def d_asin(x: Any) -> Any:
    return 1.0 / (jnp.sqrt(1.0 - x) * jnp.sqrt(1.0 + x))
