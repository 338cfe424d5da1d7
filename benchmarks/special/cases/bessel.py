"""References and points of the Bessel functions of order 0 and 1."""

from __future__ import annotations

import numpy as np
from flint import arb
from measuring import Case, neighbours, stratified
from scipy import special as scipy_special

INF = float("inf")


def envelope(x):
    """sqrt(2/(pi x)) where the function oscillates; nothing at the first 20 zeros."""
    x = np.abs(x)
    return np.where(x < 0.2, 0.0, np.sqrt(2 / (np.pi * np.maximum(x, 1e-300))))


def zeros_first(zeros, low):
    def points(rng, dtype, count):
        (x,) = stratified(low, 2.0**20)(rng, dtype, count // 2)
        huge = stratified(1.0, 1e30)(rng, dtype, count // 8)[0]
        parts = [x, huge, rng.uniform(0, 100, count // 4).astype(dtype)]
        return (np.concatenate([*parts, neighbours(zeros, dtype)]),)

    return points


def order(n, kind):
    def reference(x):
        if kind == "bessel_y" and x <= 0:
            return None if x < 0 else -INF
        return getattr(x, kind)(arb(n))

    return reference


HOW = "polynomials below 4, modulus and phase beyond, Taylor series at the first 20 zeros"
CASES = [
    Case(f"{kind}{n}", order(n, kind), zeros_first(zeros(n, 20), low),
         [(0.0,), (4.0,), (8.0,), (-1.0,)], HOW, envelope)
    for kind, zeros, low in (
        ("bessel_j", scipy_special.jn_zeros, -(2.0**20)),
        ("bessel_y", scipy_special.yn_zeros, 0.0),
    )
    for n in (0, 1)
]  # fmt: skip
