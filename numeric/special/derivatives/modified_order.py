"""Derivatives of the modified Bessel functions of real order in the argument."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

from derivax.numeric import special


def d_bessel_i(n: Any, x: Any) -> Any:
    """(I_{n-1} + I_{n+1})/2."""
    return 0.5 * (special.bessel_i(n - 1.0, x) + special.bessel_i(n + 1.0, x))


def d_bessel_k(n: Any, x: Any) -> Any:
    """-(K_{n-1} + K_{n+1})/2."""
    return -0.5 * (special.bessel_k(n - 1.0, x) + special.bessel_k(n + 1.0, x))


def d_bessel_ie(n: Any, x: Any) -> Any:
    """The scaled mean of the neighbours, less sign(x) times the function."""
    mean = 0.5 * (special.bessel_ie(n - 1.0, x) + special.bessel_ie(n + 1.0, x))
    return mean - jnp.sign(x) * special.bessel_ie(n, x)


def d_bessel_ke(n: Any, x: Any) -> Any:
    """exp(x) K_n less the scaled mean of the neighbours."""
    mean = 0.5 * (special.bessel_ke(n - 1.0, x) + special.bessel_ke(n + 1.0, x))
    return special.bessel_ke(n, x) - mean
