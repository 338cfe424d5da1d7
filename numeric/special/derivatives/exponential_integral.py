"""Derivatives of the exponential integrals: each integrand, at the removable point 0 too."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

from derivax.numeric import special


def d_ei(x: Any) -> Any:
    return jnp.exp(x) / x


def d_e1(x: Any) -> Any:
    return -jnp.exp(-x) / x


def d_li(x: Any) -> Any:
    return 1.0 / jnp.log(x)


def d_si(x: Any) -> Any:
    return special.sinc(x)


def d_ci(x: Any) -> Any:
    return jnp.cos(x) / x


def d_shi(x: Any) -> Any:
    return special.sinhc(x)


def d_chi(x: Any) -> Any:
    return special.cosh(x) / x
