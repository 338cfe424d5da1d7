"""Integrals by the double exponential rule (Takahasi, Mori 1974), refined until two levels agree."""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax


def integral_to(f, end, parameters):
    """The integral of f(u, parameters) over 0 < u < end, f possibly singular at u = 0."""
    double = jnp.finfo(end.dtype).bits > 32
    value = refined(finite_sample, f, end, jnp.where(double, 5.0, 3.6), parameters)
    return jnp.where(end == 0.0, 0.0, value)


def integral_to_infinity(f, like, parameters):
    """The integral of f(u, parameters) over 0 < u < infinity."""
    double = jnp.finfo(like.dtype).bits > 32
    one = jnp.ones_like(like)
    return refined(half_line_sample, f, one, jnp.where(double, 5.68, 4.29), parameters)


def finite_sample(f, end, t, parameters):
    """Weighted values at u = end q/(1 + q) and end/(1 + q), q = exp(-pi sinh t)."""
    q = jnp.exp(-3.141592653589793 * jnp.sinh(t))
    weight = 3.141592653589793 * jnp.cosh(t) * end * q / jnp.square(1.0 + q)
    low = weight * f(end * (q / (1.0 + q)), parameters)
    return (low, weight * f(end / (1.0 + q), parameters))


def half_line_sample(f, one, t, parameters):
    """Weighted values at u = exp(-s) and exp(s), s = (pi/2) sinh t."""
    s = 1.5707963267948966 * jnp.sinh(t) * one
    weight = 1.5707963267948966 * jnp.cosh(t)
    near, far = jnp.exp(-s), jnp.exp(s)
    return (weight * near * f(near, parameters), weight * far * f(far, parameters))


def refined(sample, f, end, top, parameters):
    """The trapezoidal sum in t over |t| <= top, its step halved until it no longer changes.

    The estimate of the error is the last change and what the outermost terms leave out; where it
    exceeds half of the digits of the format relative to the integral of |f|, the result is NaN.
    Terms beyond the largest numbers at the ends (0 * inf) count as 0.
    """
    dtype = end.dtype
    eps = jnp.finfo(dtype).eps
    enough = jnp.asarray(jnp.power(eps, 0.75), dtype)
    zero = jnp.zeros_like(end)
    top = jnp.asarray(top, dtype)

    order = jnp.moveaxis(jnp.expand_dims(zero, -1) + jnp.arange(24, dtype=dtype), -1, 0)

    def one_side(value, state):
        """Sum, sum of sizes and outermost size of 24 terms; whether finite ones follow others."""
        total, lost, size, outer, gone, broken = state
        finite = jnp.isfinite(value)
        kept = jnp.where(finite, value, 0.0)
        count = jnp.sum(jnp.where(finite, 1.0, 0.0), axis=0)
        farthest = jnp.max(jnp.where(finite, order + 1.0, 0.0), axis=0)
        back = jnp.logical_or(farthest > count, jnp.logical_and(gone, count > 0.0))
        edge = jnp.sum(jnp.where(order + 1.0 == count, jnp.abs(kept), 0.0), axis=0)
        total, lost = added((total, lost), jnp.sum(kept, axis=0))
        return (
            total,
            lost,
            size + jnp.sum(jnp.abs(kept), axis=0),
            jnp.where(count > 0.0, edge, outer),
            jnp.logical_or(gone, count < 24.0),
            jnp.logical_or(broken, back),
        )

    def sweep(start, stride, step, blocks, sums):
        """Add the terms at t = (start + stride j) step, 24 at a time, outwards."""

        def visit(block, state):
            total, lost, size, broken, low_outer, low_gone, high_outer, high_gone = state
            place = start + stride * (24.0 * jnp.asarray(block, dtype) + order)
            low, high = sample(f, end, place * step, parameters)
            total, lost, size, low_outer, low_gone, broken = one_side(
                low, (total, lost, size, low_outer, low_gone, broken)
            )
            total, lost, size, high_outer, high_gone, broken = one_side(
                high, (total, lost, size, high_outer, high_gone, broken)
            )
            return (total, lost, size, broken, low_outer, low_gone, high_outer, high_gone)

        total, lost, size, broken = sums
        never = jnp.zeros_like(end, dtype=jnp.bool_)
        state = (total, lost, size, broken, zero, never, zero, never)
        state = lax.fori_loop(0, blocks, visit, state)
        total, lost, size, broken, low_outer, low_gone, high_outer, high_gone = state
        return (total, lost, size, broken), low_outer + high_outer

    def refine(state):
        blocks, sums, value, change = state
        step = top / jnp.asarray(48 * blocks, dtype)
        sums, outer = sweep(1.0, 2.0, step, blocks, sums)
        total, lost, size, broken = sums
        new = step * (total + lost)
        error = jnp.where(broken, jnp.inf, jnp.abs(new - value) + outer)
        return (2 * blocks, sums, new, error / (step * size + jnp.finfo(dtype).tiny))

    def unfinished(state):
        blocks, sums, value, change = state
        return jnp.logical_and(
            blocks < 128, jnp.logical_or(blocks < 4, jnp.any(change > enough))
        )

    low, high = sample(f, end, zero, parameters)
    middle = 0.5 * (low + high)
    start = (middle, zero, jnp.abs(middle), jnp.isnan(middle))
    sums, outer = sweep(1.0, 1.0, top / 24.0, 1, start)
    total, lost, size, broken = sums
    first = (1, sums, top / 24.0 * (total + lost), zero + jnp.inf)
    blocks, sums, value, change = lax.while_loop(unfinished, refine, first)
    return jnp.where(change <= jnp.sqrt(eps), value, jnp.nan)
