"""Integrals by the double exponential rule (Takahasi, Mori 1974), until two levels agree."""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax


def integral_to(f, end, blank, parameters):
    """The integral of f(u, parameters) over 0 < u < end, f possibly singular at u = 0."""
    top = jnp.where(jnp.finfo(end.dtype).bits > 32, 5.0, 3.6)
    value = refined_root(finite_nodes, f, end, top, blank, parameters)
    return jnp.where(end == 0.0, 0.0, value)


def integral_to_infinity(f, one, blank, parameters):
    """The integral of f(u, parameters) over 0 < u < infinity."""
    top = jnp.where(jnp.finfo(one.dtype).bits > 32, 5.68, 4.29)
    return refined_root(half_line_nodes, f, one, top, blank, parameters)


def finite_nodes(end, t):
    """Nodes u = end q/(1 + q) and end/(1 + q), q = exp(-pi sinh t), and their weights."""
    q = jnp.exp(-3.141592653589793 * jnp.sinh(t))
    weight = 3.141592653589793 * jnp.cosh(t) * end * q / jnp.square(1.0 + q)
    return jnp.stack((end * (q / (1.0 + q)), end / (1.0 + q))), jnp.stack((weight, weight))


def half_line_nodes(one, t):
    """Nodes u = exp(-s) and exp(s), s = (pi/2) sinh t, and their weights."""
    s = 1.5707963267948966 * jnp.sinh(t) * one
    u = jnp.exp(jnp.stack((-s, s)))
    return u, 1.5707963267948966 * jnp.cosh(t) * u


def refined_root(nodes, f, end, top, blank, parameters):
    """The trapezoidal sum in t over |t| <= top, its step halved until it no longer changes.

    The estimate of the error is the last change and what the outermost terms leave out; where it
    exceeds half of the digits of the format relative to the integral of |f|, the result is NaN.
    `blank` is the zero of the values, real or complex.
    Terms beyond the largest numbers at the ends (0 * inf) count as 0.  Terms are visited outwards,
    24 of each side at a time.
    """
    dtype = end.dtype
    eps = jnp.finfo(dtype).eps
    zero = jnp.zeros_like(end)
    sides = jnp.stack((zero, zero))
    order = jnp.moveaxis(jnp.expand_dims(zero, -1) + jnp.arange(24, dtype=dtype), -1, 0)

    def visit(state):
        level, blocks, block, step, sums, outer, gone, value, change = state
        total, size, broken = sums
        stride = jnp.asarray(jnp.where(level > 0, 2.0, 1.0), dtype)
        place = (stride - 1.0) + stride * (24.0 * jnp.asarray(block, dtype) + order)
        u, weight = nodes(end, place * step)
        terms = jnp.where(place > 0.0, weight, 0.5 * weight) * f(u, parameters)
        finite = jnp.isfinite(terms)
        kept = jnp.where(finite, terms, 0.0)
        count = jnp.sum(jnp.asarray(finite, dtype), axis=1)
        farthest = jnp.max(jnp.where(finite, order + 1.0, 0.0), axis=1)
        last = order + 1.0 == jnp.expand_dims(count, 1)
        edge = jnp.sum(jnp.where(last, jnp.abs(kept), 0.0), axis=1)
        outer = jnp.where(count > 0.0, edge, outer)
        back = jnp.logical_or(farthest > count, jnp.logical_and(gone > 0.0, count > 0.0))
        gone = jnp.where(count < 24.0, 1.0, gone)
        broken = jnp.maximum(broken, jnp.max(jnp.asarray(back, dtype), axis=0))
        total = total + jnp.sum(jnp.sum(kept, axis=1), axis=0)
        size = size + jnp.sum(jnp.sum(jnp.abs(kept), axis=1), axis=0)
        done = block + 1 == blocks
        new = step * total
        error = jnp.abs(new - value) + jnp.sum(outer, axis=0)
        relative = error / (step * size + jnp.finfo(dtype).tiny)
        unsure = jnp.logical_or(broken > 0.0, level < 1)
        return (
            jnp.where(done, level + 1, level),
            jnp.where(jnp.logical_and(done, level > 0), 2 * blocks, blocks),
            jnp.where(done, 0, block + 1),
            jnp.where(done, 0.5 * step, step),
            (total, size, broken),
            jnp.where(done, 0.0, outer),
            jnp.where(done, 0.0, gone),
            jnp.where(done, new, value),
            jnp.where(done, jnp.where(unsure, jnp.inf, relative), change),
        )

    def unfinished(state):
        level, _blocks, _block, _step, _sums, _outer, _gone, _value, change = state
        improving = jnp.any(change > jnp.asarray(jnp.power(eps, 0.75), dtype))
        return jnp.logical_and(level < 9, jnp.logical_or(level < 3, improving))

    start = (
        jnp.asarray(0, jnp.int32),
        jnp.asarray(1, jnp.int32),
        jnp.asarray(0, jnp.int32),
        jnp.asarray(top / 24.0, dtype),
        (blank, zero, zero),
        sides,
        sides,
        blank,
        zero + jnp.inf,
    )
    end_state = lax.while_loop(unfinished, visit, start)
    _level, _blocks, _block, _step, _sums, _outer, _gone, value, change = end_state
    return jnp.where(change <= jnp.sqrt(eps), value, jnp.nan)
