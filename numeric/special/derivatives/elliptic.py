"""Derivatives of elliptic integrals and Jacobi's functions.

Those of K and E are hypergeometric functions, without the cancellation of (E - (1-m) K)/(2 m (1-m))
at m = 0; those of R_F are R_D, those of R_D follow from the equation of Euler and Poisson.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from derivax.numeric import special

QUARTER_PI = 0.7853981633974483
PI = 3.141592653589793


def d_elliptic_k(m: Any) -> Any:
    """K = pi/2 2F1(1/2, 1/2; 1; m)."""
    return 0.5 * QUARTER_PI * special.hyp2f1(1.5, 1.5, 2.0, m)


def d_elliptic_e(m: Any) -> Any:
    """E = pi/2 2F1(-1/2, 1/2; 1; m)."""
    return -0.5 * QUARTER_PI * special.hyp2f1(0.5, 1.5, 2.0, m)


def d_elliptic_pi_n(n: Any, m: Any) -> Any:
    """Removable singularities at n = 0 and n = m are not removed."""
    pi, k, e = special.elliptic_pi(n, m), special.elliptic_k(m), special.elliptic_e(m)
    return (e + (m - n) * k / n + (n * n - m) * pi / n) / (2.0 * (m - n) * (n - 1.0))


def d_elliptic_pi_m(n: Any, m: Any) -> Any:
    """A removable singularity at n = m is not removed."""
    return (special.elliptic_e(m) / (m - 1.0) + special.elliptic_pi(n, m)) / (2.0 * (n - m))


def d_carlson_rf_x(x: Any, y: Any, z: Any) -> Any:
    return -special.carlson_rd(y, z, x) / 6.0


def d_carlson_rf_y(x: Any, y: Any, z: Any) -> Any:
    return -special.carlson_rd(x, z, y) / 6.0


def d_carlson_rf_z(x: Any, y: Any, z: Any) -> Any:
    return -special.carlson_rd(x, y, z) / 6.0


def d_carlson_rd_x(x: Any, y: Any, z: Any) -> Any:
    """(R_D(y, z, x) - R_D(x, y, z))/(2 (x - z)); for x = z by homogeneity."""
    here = special.carlson_rd(x, y, z)
    same, all_same = x == z, jnp.logical_and(x == z, y == z)
    apart = jnp.where(same, 1.0, x - z)
    general = 0.5 * (special.carlson_rd(y, z, jnp.where(same, x + 1.0, x)) - here) / apart
    other = jnp.where(y == z, 1.0, y - z)
    slope = 0.5 * (special.carlson_rd(x, z, jnp.where(y == z, y + 1.0, y)) - here) / other
    slope = jnp.where(all_same, -0.3 * here / y, slope)
    return jnp.where(same, -(1.5 * here + y * slope) / (4.0 * jnp.where(same, x, 1.0)), general)


def d_carlson_rd_y(x: Any, y: Any, z: Any) -> Any:
    return d_carlson_rd_x(y, x, z)


def d_carlson_rd_z(x: Any, y: Any, z: Any) -> Any:
    """R_D is homogeneous of degree -3/2."""
    along = x * d_carlson_rd_x(x, y, z) + y * d_carlson_rd_y(x, y, z)
    return -(1.5 * special.carlson_rd(x, y, z) + along) / z


def _parts(f: Any, m: Any) -> tuple[Any, Any, Any, Any]:
    turns = lax.stop_gradient(jnp.round(f / PI))
    rest = f - PI * turns
    sine = jnp.sin(rest)
    return turns, sine, jnp.square(jnp.cos(rest)), 1.0 - m * sine * sine


def d_elliptic_f_f(f: Any, m: Any) -> Any:
    return 1.0 / jnp.sqrt(1.0 - m * jnp.square(jnp.sin(f)))


def d_elliptic_f_m(f: Any, m: Any) -> Any:
    return special.elliptic_f_dm(f, m)


def d_elliptic_e_m(f: Any, m: Any) -> Any:
    return special.elliptic_e_dm(f, m)


def d_f_dm_f(f: Any, m: Any) -> Any:
    square = jnp.square(jnp.sin(f))
    return 0.5 * square * (1.0 - m * square) ** -1.5


def d_e_dm_f(f: Any, m: Any) -> Any:
    square = jnp.square(jnp.sin(f))
    return -0.5 * square / jnp.sqrt(1.0 - m * square)


def d_f_dm_m(f: Any, m: Any) -> Any:
    """The derivative of sin^3(f) R_D(cos^2, 1, 1 - m sin^2)/6, and of the periods."""
    return jax.jvp(lambda p: _f_dm(f, p), (m,), (jnp.ones_like(m),))[1]


def d_e_dm_m(f: Any, m: Any) -> Any:
    """The derivative of -sin^3(f) R_D(cos^2, 1 - m sin^2, 1)/6, and of the periods."""
    return jax.jvp(lambda p: _e_dm(f, p), (m,), (jnp.ones_like(m),))[1]


def _f_dm(f: Any, m: Any) -> Any:
    turns, sine, square, delta = _parts(f, m)
    value = sine**3 * special.carlson_rd(square, 1.0, delta) / 6.0
    whole = jnp.where(turns == 0.0, 0.0, m)
    return value + 2.0 * turns * d_elliptic_k(whole)


def d_elliptic_e_f(f: Any, m: Any) -> Any:
    return jnp.sqrt(1.0 - m * jnp.square(jnp.sin(f)))


def _e_dm(f: Any, m: Any) -> Any:
    turns, sine, square, delta = _parts(f, m)
    value = -(sine**3) * special.carlson_rd(square, delta, 1.0) / 6.0
    whole = jnp.where(turns == 0.0, 0.0, m)
    return value + 2.0 * turns * d_elliptic_e(whole)


def d_elliptic_pi_f(n: Any, f: Any, m: Any) -> Any:
    square = jnp.square(jnp.sin(f))
    return 1.0 / ((1.0 - n * square) * jnp.sqrt(1.0 - m * square))


def d_jacobi_amplitude(u: Any, m: Any) -> Any:
    return special.jacobi_dn(u, m)


def d_jacobi_sn(u: Any, m: Any) -> Any:
    return special.jacobi_cn(u, m) * special.jacobi_dn(u, m)


def d_jacobi_cn(u: Any, m: Any) -> Any:
    return -special.jacobi_sn(u, m) * special.jacobi_dn(u, m)


def d_jacobi_dn(u: Any, m: Any) -> Any:
    return -m * special.jacobi_sn(u, m) * special.jacobi_cn(u, m)
