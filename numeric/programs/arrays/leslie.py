r"""Array code of life tables: growth factor, stable population, elasticities, extinction.

Fecundities f (n,), survivals s (n - 1,).  The rate is found by Newton's method on the logarithm of
G(r) = sum f_i l_i e^{-ri}, which is convex and falls: from a point where G >= 1 the steps go up to
the root and stop there.  Two more steps carry the derivatives: the rate found before is taken as a
constant, and each Newton step doubles the order to which the derivatives by f and s are right.

Nothing is multiplied up: survivorship is a sum of logarithms, each sum of terms is taken relative
to the largest one.
"""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax


def log_survivorship(s):
    """ln l_i, from 0."""
    return jnp.concatenate((jnp.zeros((1,), s.dtype), jnp.cumsum(jnp.log(s))))


def newton_step(discounted, newton, f, logl, ages, x):
    """The Newton step of ln G at the rate x."""
    fixed = lax.stop_gradient(logl - x * ages)
    logf = jnp.log(lax.stop_gradient(f))
    shift = jnp.max(logf + fixed)
    # beyond this an age without births would overflow
    highest = 0.5 * jnp.log(jnp.finfo(f.dtype).max)
    a = jnp.where(fixed - shift > highest, highest + x * ages, logl - shift)
    terms = f * discounted(a, x, ages)
    total = jnp.sum(terms)
    mean = jnp.sum(ages * terms) / total
    return newton(total, shift, mean)


def growth_rate(discounted, newton, f, s):
    """r with G(r) = 1."""
    ages = jnp.arange(1.0, 1.0 + f.shape[0], dtype=f.dtype)
    logl = log_survivorship(s)
    fixed_f = lax.stop_gradient(f)
    fixed_l = lax.stop_gradient(logl)
    eps = jnp.finfo(f.dtype).eps

    def going(state):
        x, step, count = state
        return jnp.logical_and(step > 4.0 * eps * (1.0 + jnp.abs(x)), count < 200.0)

    def improved(state):
        x, step, count = state
        step = newton_step(discounted, newton, fixed_f, fixed_l, ages, x)
        return (x + step, step, count + 1.0)

    start = jnp.max((jnp.log(fixed_f) + fixed_l) / ages)
    one = jnp.ones((), f.dtype)
    x, _step, _count = lax.while_loop(going, improved, (start, one, 0.0 * one))
    x = lax.stop_gradient(x)
    x = x + newton_step(discounted, newton, f, logl, ages, x)
    return x + newton_step(discounted, newton, f, logl, ages, x)


def growth(discounted, newton, growth_factor, f, s):
    """lambda and r."""
    r = growth_rate(discounted, newton, f, s)
    return (growth_factor(r), r)


def eigenvectors(discounted, newton, growth_factor, next_age, value_before, f, s):
    """lambda, r, w with w_1 = 1, v (v_1 = 1)."""
    r = growth_rate(discounted, newton, f, s)
    lam = growth_factor(r)
    one = jnp.ones((), f.dtype)

    def older(w, si):
        new = next_age(si, w, lam)
        return (new, new)

    _last, rest = lax.scan(older, one, s)
    w = jnp.concatenate((jnp.ones((1,), f.dtype), rest))

    def younger(v, pair):
        fi, si = pair
        new = value_before(fi, si, v, lam)
        return (new, new)

    survival = jnp.concatenate((s, jnp.zeros((1,), s.dtype)))
    pairs = (jnp.take(f, order(f)), jnp.take(survival, order(f)))
    _first, v = lax.scan(younger, 0.0 * one, pairs)
    return (lam, r, w, jnp.take(v, order(f)))


def order(f):
    """Places from the last to the first."""
    return f.shape[0] - 1 - jnp.arange(f.shape[0])


def stable(discounted, newton, growth_factor, next_age, value_before, parents, disorder, f, s):
    """w as shares, v, lambda, r, R_0, cohort and stable generation times, entropy."""
    lam, r, w, v = eigenvectors(discounted, newton, growth_factor, next_age, value_before, f, s)
    ages = jnp.arange(1.0, 1.0 + f.shape[0], dtype=f.dtype)
    p = parents(f, w, lam)
    mean_age = jnp.sum(ages * p)
    net = f * jnp.exp(log_survivorship(s))
    R0 = jnp.sum(net)
    cohort_time = jnp.sum(ages * net) / R0
    # ages without births add nothing to the entropy; the others are added up, not 1 - p
    there = p > 0.0
    none = jnp.zeros((1,), f.dtype)
    places = jnp.arange(s.shape[0])
    before = jnp.concatenate((none, jnp.take(jnp.cumsum(p), places)))
    after = jnp.take(jnp.cumsum(jnp.take(p, order(f))), order(f))
    others = before + jnp.concatenate((jnp.take(after, places + 1), none))
    parts = disorder(jnp.where(there, p, 1.0), jnp.where(there, others, 0.0))
    entropy = jnp.sum(jnp.where(there, parts, 0.0)) / mean_age
    return (w / jnp.sum(w), v, lam, r, R0, cohort_time, mean_age, entropy)


def life_table_elasticities(
    discounted, newton, growth_factor, next_age, value_before, sensitivity, elasticity, f, s
):
    """lambda, sensitivities and elasticities by f and by s."""
    lam, _r, w, v = eigenvectors(discounted, newton, growth_factor, next_age, value_before, f, s)
    product = jnp.sum(v * w)
    by_f = sensitivity(jnp.take(v, 0), w, product)
    place = jnp.arange(s.shape[0])
    by_s = sensitivity(jnp.take(v, place + 1), jnp.take(w, place), product)
    return (lam, by_f, by_s, elasticity(f, by_f, lam), elasticity(s, by_s, lam))


def extinction(offspring, births_slope, survival_slope, f, s):
    """Extinction probabilities q_i of the line of one individual of each age, and R_0.

    q_1 is the smallest fixed point of z -> h_1(z, h_2(z, ...)), which is convex: Newton's method
    from 0 climbs to it.  The rest of the solution follows backwards.
    """
    survival = jnp.concatenate((s, jnp.zeros((1,), s.dtype)))
    places = order(f)
    one = jnp.ones((), f.dtype)
    eps = jnp.finfo(f.dtype).eps

    def fates(z, births, survivals):
        def younger(carry, pair):
            q, slope = carry
            fi, si = pair
            new = offspring(fi, si, z, q)
            inner = births_slope(fi, si, z, q) + survival_slope(fi, si, z) * slope
            return ((new, inner), new)

        pairs = (jnp.take(births, places), jnp.take(survivals, places))
        carry, q = lax.scan(younger, (one, 0.0 * one), pairs)
        first, slope = carry
        return (first, slope, jnp.take(q, places))

    fixed_f = lax.stop_gradient(f)
    fixed_s = lax.stop_gradient(survival)
    R0 = jnp.sum(f * jnp.exp(log_survivorship(s)))
    grows = R0 > 1.0

    def going(state):
        _z, step, count = state
        return jnp.logical_and(step > 2.0 * eps, count < 100.0)

    def improved(state):
        z, step, count = state
        value, slope, _q = fates(z, fixed_f, fixed_s)
        step = (value - z) / (1.0 - slope)
        step = jnp.where(jnp.logical_and(grows, step > 0.0), step, 0.0)
        return (z + step, step, count + 1.0)

    z, _step, _count = lax.while_loop(going, improved, (0.0 * one, one, 0.0 * one))
    z = lax.stop_gradient(z)
    value, slope, _q = fates(z, f, survival)
    z = z + (value - z) / lax.stop_gradient(1.0 - slope)
    _value, _slope, q = fates(z, f, survival)
    return (jnp.where(grows, q, 1.0), R0)
