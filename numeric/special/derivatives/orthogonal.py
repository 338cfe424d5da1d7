"""Derivatives of orthogonal polynomials in the argument: polynomials of lower degree."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

from derivax.numeric import special


def d_gegenbauer(n: Any, a: Any, x: Any) -> Any:
    return 2.0 * a * special.gegenbauer(n - 1.0, a + 1.0, x)


def d_legendre(n: Any, x: Any) -> Any:
    """P_n' = C_{n-1}^(3/2)."""
    return special.gegenbauer(jnp.where(n < 0.0, -n - 2.0, n - 1.0), 1.5, x)


def d_chebyshevt(n: Any, x: Any) -> Any:
    return n * special.chebyshevu(n - 1.0, x)


def d_chebyshevu(n: Any, x: Any) -> Any:
    """U_n' = 2 C_{n-1}^(2)."""
    reflected = -2.0 * special.gegenbauer(-n - 3.0, 2.0, x)
    return jnp.where(n < -1.0, reflected, 2.0 * special.gegenbauer(n - 1.0, 2.0, x))


def d_hermite(n: Any, x: Any) -> Any:
    return 2.0 * n * special.hermite(n - 1.0, x)


def d_hermite_prob(n: Any, x: Any) -> Any:
    return n * special.hermite_prob(n - 1.0, x)


def d_hermite_scaled(n: Any, x: Any) -> Any:
    """(sqrt(n) h_{n-1} - sqrt(n+1) h_{n+1})/2."""
    below = jnp.sqrt(n) * special.hermite_scaled(n - 1.0, x)
    return 0.5 * (below - jnp.sqrt(n + 1.0) * special.hermite_scaled(n + 1.0, x))


def d_laguerre(n: Any, x: Any) -> Any:
    return -special.assoc_laguerre(n - 1.0, 1.0, x)


def d_assoc_laguerre(n: Any, a: Any, x: Any) -> Any:
    return -special.assoc_laguerre(n - 1.0, a + 1.0, x)


def d_jacobi(n: Any, a: Any, b: Any, x: Any) -> Any:
    return 0.5 * (n + a + b + 1.0) * special.jacobi(n - 1.0, a + 1.0, b + 1.0, x)


def d_assoc_legendre(n: Any, m: Any, x: Any) -> Any:
    """(n x P_n^m - (n + m) P_{n-1}^m)/(x^2 - 1)."""
    below = special.assoc_legendre(n - 1.0, m, x)
    return (n * x * special.assoc_legendre(n, m, x) - (n + m) * below) / ((x - 1.0) * (x + 1.0))
