"""References and points of the error functions and the normal distribution."""

from __future__ import annotations

# ruff: noqa: E501  (one line per function reads as a table)
import numpy as np
from flint import arb
from measuring import Case, stratified

INF = float("inf")


def erfcinv(q):
    """The inverse of erfc on (0, 2): Arb's, and Newton's method where that has no value."""
    if q <= 0 or q >= 2:
        return None if (q < 0 or q > 2) else (INF if q == 0 else -INF)
    return q.erfcinv()


def erfinv(x):
    if abs(x) >= 1:
        return None if abs(x) > 1 else float(x) * INF
    return x.erfinv()


def ndtr(x):
    return (-x / arb(2).sqrt()).erfc() / 2


def log_ndtr(x):
    if x > 5:
        return (-(x / arb(2).sqrt()).erfc() / 2).log1p()
    if x < -20:
        z = x * x / 2
        return (z.hypgeom_u(arb(0.5), arb(0.5)) / arb.pi().sqrt() / 2).log() - z
    return ndtr(x).log()


def dawson(x):
    if abs(x) > 30:
        return x * (-x * x).hypgeom_1f1(arb(1), arb(1.5))
    return (-x * x).exp() * x.erfi() * arb.pi().sqrt() / 2


def hazard(x):
    if x > 20:
        z = x * x / 2
        return arb(2).sqrt() / z.hypgeom_u(arb(0.5), arb(0.5))
    return (-x * x / 2).exp() / (2 * arb.pi()).sqrt() / ndtr(-x)


def near_one(rng, dtype, count):
    """Points of [-1, 1]: every binade of x and of 1 - x."""
    (x,) = stratified(-1, 1)(rng, dtype, count // 2)
    q = 2.0 ** -rng.uniform(0, np.finfo(dtype).nmant + 1, count // 2)
    return (np.concatenate([x, (rng.choice([-1, 1], count // 2) * (1 - q)).astype(dtype)]),)


def two_sided(top):
    """Points of [0, top]: every binade from 0, and those next to the middle and the top."""

    def points(rng, dtype, count):
        (x,) = stratified(0, top)(rng, dtype, count // 2)
        (y,) = near_one(rng, dtype, count // 2)
        return (np.concatenate([x, (np.float64(top) / 2 * (1 + y)).astype(dtype)]),)

    return points


CASES = [
    Case("erf", lambda x: x.erf(), stratified(-10, 10), [(1.0,), (-1.0,), (0.0,)], "abs(x) < 1 polynomial, else 1 - erfc"),
    Case("erfc", lambda x: x.erfc(), stratified(-10, 27), [(0.5,), (-1.0,), (1.0,)], "x < 1/2: 1 - erf, else Gaussian times erfcx"),
    Case("erfcx", lambda x: (x * x).exp() * x.erfc(), stratified(-26.6, 1e300), method="one polynomial in (x - 3.75)/(x + 3.75); reflection"),
    Case("erfi", lambda x: x.erfi(), stratified(-26.7, 26.7), [(1.0,), (2.0,), (4.0,), (6.0,)], "exact square, Dawson's integral"),
    Case("dawson", dawson, stratified(-1e6, 1e6), [(1.0,), (2.0,), (4.0,), (6.0,)], "five polynomials"),
    Case("erfinv", erfinv, near_one, [(0.75,), (1.0,), (-1.0,), (1.5,)], "polynomial start, Halley's step"),
    Case("erfcinv", erfcinv, two_sided(2), [(0.25,), (0.0,), (2.0,), (-1.0,), (1.0,)], "polynomial start, Halley's step"),
    Case("ndtr", ndtr, stratified(-38, 10), method="Gaussian times scaled erfcx"),
    Case("log_ndtr", log_ndtr, stratified(-1e100, 38), [(-1.0,), (0.0,)], "log of the scaled erfcx, log1p for x > 0"),
    Case("hazard", hazard, stratified(-37, 1e100), method="Gaussian over ndtr; scaled erfcx for x > 0"),
    Case("ndtri", lambda p: None if p < 0 or p > 1 else (-INF if p == 0 else INF if p == 1 else -arb(2).sqrt() * erfcinv(2 * p) if p != arb(0.5) else arb(0)), two_sided(1), [(0.0,), (1.0,), (0.5,), (0.25,)], "erfinv, erfcinv"),
]  # fmt: skip
