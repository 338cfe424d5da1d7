"""Derivatives of ratios of gamma functions: differences of digamma."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

from derivax.numeric import special


def d_beta_a(a: Any, b: Any) -> Any:
    return special.beta(a, b) * (special.digamma(a) - special.digamma(a + b))


def d_beta_b(a: Any, b: Any) -> Any:
    return d_beta_a(b, a)


def d_betaln_a(a: Any, b: Any) -> Any:
    return special.digamma(a) - special.digamma(a + b)


def d_betaln_b(a: Any, b: Any) -> Any:
    return d_betaln_a(b, a)


def d_log_rising_x(x: Any, d: Any) -> Any:
    return special.digamma(x + d) - special.digamma(x)


def d_log_rising_d(x: Any, d: Any) -> Any:
    return special.digamma(x + d)


def d_log_binomial_n(n: Any, k: Any) -> Any:
    return special.digamma(n + 1.0) - special.digamma(n - k + 1.0)


def d_log_binomial_k(n: Any, k: Any) -> Any:
    return special.digamma(n - k + 1.0) - special.digamma(k + 1.0)


def d_rising_n(x: Any, n: Any) -> Any:
    return special.rising_factorial(x, n) * special.digamma(x + n)


def d_rising_x(x: Any, n: Any) -> Any:
    """digamma(x + n) - digamma(x) times the value, reflected where x and x + n may be poles."""
    s = x + n
    zeros = jnp.logical_and(x < 0.5, s > 0.0)  # gamma(s) gamma(1 - x) sin(pi x)/pi
    poles = jnp.logical_and(s <= 0.0, n == jnp.round(n))
    usual = jnp.logical_not(jnp.logical_or(zeros, poles))
    inner_x, inner_s = jnp.where(zeros, x, 0.25), jnp.where(zeros, s, 0.75)
    gap = special.digamma(inner_s) - special.digamma(1.0 - inner_x)
    wave = gap * special.sinpi(inner_x) / jnp.pi + special.cospi(inner_x)
    near = special.gamma(inner_s) * special.gamma(1.0 - inner_x) * wave
    first, second = jnp.where(usual, s, 1.0 - x), jnp.where(usual, x, 1.0 - s)
    first, second = jnp.where(zeros, 1.0, first), jnp.where(zeros, 1.0, second)
    sign = jnp.where(usual, 1.0, -1.0)
    plain = sign * (special.digamma(first) - special.digamma(second))
    return jnp.where(zeros, near, special.rising_factorial(x, n) * plain)


def d_falling_x(x: Any, n: Any) -> Any:
    return d_rising_x(x - n + 1.0, n)


def d_falling_n(x: Any, n: Any) -> Any:
    """digamma(x - n + 1) times the value, by the entire function digamma/gamma."""
    rest = x - n + 1.0
    low = rest < 0.5
    near = jnp.where(low, rest, 0.25)
    wave = special.digamma(1.0 - near) * special.sinpi(near) / jnp.pi - special.cospi(near)
    turned = special.gamma(x + 1.0) * special.gamma(1.0 - near) * wave
    plain = special.falling_factorial(x, n) * special.digamma(jnp.where(low, 1.0, rest))
    return jnp.where(low, turned, plain)


def _reflected(n: Any, k: Any) -> tuple[Any, Any]:
    """(where n - k + 1 < 1/2 < n + 1, B(n + 1, k - n) with safe arguments elsewhere)."""
    low = jnp.logical_and(n - k < -0.5, n > -1.0)
    return low, special.beta(jnp.where(low, n, 0.0) + 1.0, jnp.where(low, k - n, 1.0))


def d_binomial_n(n: Any, k: Any) -> Any:
    """digamma(n + 1) - digamma(n - k + 1) times the value; reflected where that is a pole."""
    low, beta = _reflected(n, k)
    gap = jnp.where(low, k - n, 1.0)
    slope = special.digamma(jnp.where(low, n, 0.0) + 1.0) - special.digamma(gap)
    # sin(pi (n - k + 1)) = sin(pi (k - n)), cos(pi (n - k + 1)) = -cos(pi (k - n))
    near = beta * (slope * special.sinpi(gap) / jnp.pi - special.cospi(gap))
    safe = jnp.where(low, 0.5, k)
    plain = special.digamma(n + 1.0) - special.digamma(n - safe + 1.0)
    # n = -1, -2, ...: both digamma functions have the pole of the same strength
    below = n < 0.0
    mirrored = special.digamma(jnp.where(below, -n, 1.0))
    mirrored = mirrored - special.digamma(jnp.where(below, k - n, 1.0))
    whole = jnp.logical_and(n <= -1.0, k == jnp.round(k))
    return jnp.where(low, near, special.binomial(n, k) * jnp.where(whole, mirrored, plain))


def d_binomial_k(n: Any, k: Any) -> Any:
    """digamma(n - k + 1) - digamma(k + 1) times the value; reflected where that is a pole."""
    low, beta = _reflected(n, k)
    gap = jnp.where(low, k - n, 1.0)
    slope = special.digamma(gap) - special.digamma(jnp.where(low, k, 1.0) + 1.0)
    near = beta * (slope * special.sinpi(gap) / jnp.pi + special.cospi(gap))
    below, other = _reflected(n, n - k)  # k < -1/2: the same with k and n - k exchanged
    down = jnp.where(below, -k, 1.0)
    climb = special.digamma(down) - special.digamma(jnp.where(below, n - k, 1.0) + 1.0)
    far = -other * (climb * special.sinpi(down) / jnp.pi + special.cospi(down))
    inner = jnp.where(jnp.logical_or(low, below), 0.5 * n, k)
    plain = special.digamma(n - inner + 1.0) - special.digamma(inner + 1.0)
    value = special.binomial(n, k) * plain
    return jnp.where(low, near, jnp.where(below, far, value))
