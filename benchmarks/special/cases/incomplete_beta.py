"""References and points of the incomplete beta functions."""

from __future__ import annotations

import numpy as np
from flint import arb
from measuring import Case


def around(rng, dtype, count):
    """Parameters from 1e-3 to 300; arguments everywhere and within some widths of the mean."""
    count = min(count, 1500)
    low = rng.uniform(size=count) < 0.5
    a = np.where(low, 10.0 ** rng.uniform(-3, 2.5, count), rng.uniform(0.1, 40, count))
    b = np.where(low, 10.0 ** rng.uniform(-3, 2.5, count), rng.uniform(0.1, 40, count))
    mean = a / (a + b)
    width = np.sqrt(mean * (1 - mean) / (a + b + 1))
    close = np.clip(mean + width * rng.normal(0, 3, count), 1e-3, 1 - 1e-3)
    x = np.where(rng.uniform(size=count) < 0.5, rng.uniform(0.001, 0.999, count), close)
    # tails below the smallest float64 take the reference too long
    reach = np.abs(a * np.log(x / mean)) + np.abs(b * np.log((1 - x) / (1 - mean)))
    keep = reach < (60 if dtype == np.float32 else 150)
    return a[keep].astype(dtype), b[keep].astype(dtype), x[keep].astype(dtype)


def lower(a, b, x):
    """x^a (1-x)^b/(a B) sum (a + b)_k/(a + 1)_k x^k (DLMF 8.17.8), what is left out below
    the last term over 1 - (largest later ratio)."""
    if x == 0 or x == 1:
        return arb(x)
    from flint import ctx

    term, total, k = arb(1), arb(1), 0
    small = arb(2) ** -(ctx.prec + 8)
    while True:
        ratio = (a + b + k) / (a + 1 + k) * x
        term = term * ratio
        total += term
        k += 1
        last = (a + b + k) / (a + 1 + k) * x
        largest = last if b > 1 else x
        if largest < 1 and term < small * total * (1 - largest):
            break
    total += arb(0, (term / (1 - largest)).upper())
    return x**a * (1 - x) ** b * (a + b).gamma() / ((a + 1).gamma() * b.gamma()) * total


def upper(a, b, x):
    """The same with the ends exchanged; near 0, where that would take long, the complement."""
    return lower(b, a, 1 - x) if x > 0.2 else 1 - lower(a, b, x)


def density(a, b, x):
    return x ** (a - 1) * (1 - x) ** (b - 1) * (a + b).gamma() / (a.gamma() * b.gamma())


HOW = "continued fraction of Didonato and Morris; expm1 less a series for small parameters"
CASES = [
    Case("betainc", lower, around, [(2.0, 3.0, 0.0), (2.0, 3.0, 1.0)], HOW),
    Case("betaincc", upper, around, [(2.0, 3.0, 0.0), (2.0, 3.0, 1.0)], HOW),
    Case("beta_density", density, around, [], "powers of double words over the beta function"),
]
