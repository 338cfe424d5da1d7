"""References and points of Lambert's W and Wright's omega."""

from __future__ import annotations

import numpy as np
from flint import arb
from measuring import Case, neighbours, stratified

INF = float("inf")


def near_branch(high):
    """Points of [-1/e, high], half of them at every distance from the branch point."""

    def points(rng, dtype, count):
        (far,) = stratified(-0.3678794, high)(rng, dtype, count // 2)
        start = -0.36787944117144233
        near = start + 2.0 ** rng.uniform(-54, -2, count // 2)
        near = np.minimum(near, high).astype(dtype)
        near = near[near.astype(float) > start + 1e-16]
        return (np.concatenate([far, near, neighbours([-0.18393972], dtype)]),)

    return points


def w0(x):
    return None if x * arb(1).exp() < -1 else x.lambertw(0)


def wm1(x):
    if x == 0:
        return -INF
    return None if x > 0 or x * arb(1).exp() < -1 else x.lambertw(-1)


def omega(z):
    if z < -60:
        e = z.exp()
        return e * (1 - e + 3 * e * e / 2 - 8 * e * e * e / 3)
    if z < 300:
        return z.exp().lambertw(0)
    w = z - z.log()
    for _ in range(12):  # Newton's steps, then an enclosure by the monotone equation
        w = arb(((w * (1 + z - w.log())) / (1 + w)).mid())
    error = abs(w + w.log() - z).upper()
    return arb(w.mid(), error)


HOW = "polynomial in the distance from the branch point; steps of order 4"
CASES = [
    Case("lambert_w", w0, near_branch(1e300), [(-0.4,), (0.0,), (1e-300,)], HOW),
    Case("lambert_wm1", wm1, near_branch(-0.0), [(-0.4,), (0.0,), (-1e-30,), (0.5,)], HOW),
    Case("lambert_w_plus_one", lambda x: w0(x) if w0(x) is None else 1 + w0(x),
         near_branch(1e300), method=HOW),
    Case("lambert_wm1_plus_one",
         lambda x: wm1(x) if wm1(x) is None or x == 0 else 1 + wm1(x),
         near_branch(-1e-300), method=HOW),
    Case("wright_omega", omega, stratified(-700.0, 1e300), [(1.0,), (0.0,), (-1.0,)],
         "W_0(exp z) for z < 1; steps of order 4"),
]  # fmt: skip
