"""Derivatives of Lerch's transcendent, in forms without a removable singularity at 0."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

from derivax.numeric import special


def d_lerchphi_z(z: Any, s: Any, a: Any) -> Any:
    """sum (k + 1) z^k/(k + 1 + a)^s, where k + 1 = (k + 1 + a) - a."""
    return special.lerchphi(z, s - 1.0, a + 1.0) - a * special.lerchphi(z, s, a + 1.0)


def d_lerchphi_a(z: Any, s: Any, a: Any) -> Any:
    return -s * special.lerchphi(z, s + 1.0, a)


def d_polylog(s: Any, z: Any) -> Any:
    """Li_{s-1}(z)/z, which is lerchphi(z, s - 1, 1)."""
    inside = z >= -1.0
    near = special.lerchphi(jnp.where(inside, z, 0.0), s - 1.0, jnp.ones_like(z))
    far = jnp.where(inside, -2.0, z)
    return jnp.where(inside, near, special.polylog(s - 1.0, far) / far)
