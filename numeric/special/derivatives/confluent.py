"""Derivatives of Tricomi's, parabolic cylinder and Struve functions in the argument."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

from derivax.numeric import special


def d_hyperu(a: Any, b: Any, x: Any) -> Any:
    return -a * special.hyperu(a + 1.0, b + 1.0, x)


def d_parabolic_cylinder(n: Any, x: Any) -> Any:
    """(n D_{n-1} - D_{n+1})/2."""
    below = n * special.parabolic_cylinder(n - 1.0, x)
    return 0.5 * (below - special.parabolic_cylinder(n + 1.0, x))


def _source(n: Any, x: Any) -> Any:
    """(x/2)^n/(sqrt(pi) gamma(n + 3/2))."""
    return jnp.power(0.5 * x, n) * special.rgamma(n + 1.5) / jnp.sqrt(jnp.pi)


def d_struve_h(n: Any, x: Any) -> Any:
    """n/x H_n - H_{n+1} + (x/2)^n/(sqrt(pi) gamma(n + 3/2)), for x > 0."""
    return n / x * special.struve_h(n, x) - special.struve_h(n + 1.0, x) + _source(n, x)


def d_struve_l(n: Any, x: Any) -> Any:
    """n/x L_n + L_{n+1} + (x/2)^n/(sqrt(pi) gamma(n + 3/2)), for x > 0."""
    return n / x * special.struve_l(n, x) + special.struve_l(n + 1.0, x) + _source(n, x)
