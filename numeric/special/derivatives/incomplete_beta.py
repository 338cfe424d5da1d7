"""Derivatives of the incomplete beta functions; in a and b there is a form for the density only."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

from derivax.numeric import special


def d_betainc(a: Any, b: Any, x: Any) -> Any:
    return special.beta_density(a, b, x)


def d_betaincc(a: Any, b: Any, x: Any) -> Any:
    return -special.beta_density(a, b, x)


def d_beta_density_a(a: Any, b: Any, x: Any) -> Any:
    slope = jnp.log(x) - (special.digamma(a) - special.digamma(a + b))
    return special.beta_density(a, b, x) * slope


def d_beta_density_b(a: Any, b: Any, x: Any) -> Any:
    slope = special.log1p(-x) - (special.digamma(b) - special.digamma(a + b))
    return special.beta_density(a, b, x) * slope


def d_beta_density_x(a: Any, b: Any, x: Any) -> Any:
    return special.beta_density(a, b, x) * ((a - 1.0) / x - (b - 1.0) / (1.0 - x))
