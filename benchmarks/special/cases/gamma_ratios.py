"""References and points of beta, binomial and the other ratios of gamma functions."""

from __future__ import annotations

import numpy as np
from measuring import Case

INF = float("inf")


def is_pole(x):
    return x <= 0 and x.is_integer()


def size(dtype, double, single):
    return single if dtype == np.float32 else double


def positive(rng, dtype, count):
    """Both arguments of every size from 1e-3 to 1e3, and of the same size."""
    half = count // 2
    a = np.concatenate([10.0 ** rng.uniform(-3, 3, half), rng.uniform(0.01, 60, half)])
    b = np.concatenate([10.0 ** rng.uniform(-3, 3, half), rng.uniform(0.01, 60, half)])
    return a.astype(dtype), b.astype(dtype)


def both_signs(rng, dtype, count):
    a, b = positive(rng, dtype, count // 2)
    third = [rng.uniform(-12, 12, count // 2).astype(dtype) for _ in range(2)]
    keep = np.abs(a) + np.abs(b) < size(dtype, 1e9, 60)
    return np.concatenate([a[keep], third[0]]), np.concatenate([b[keep], third[1]])


def beta(a, b):
    if is_pole(a) or is_pole(b):
        return None
    return a.gamma() * b.gamma() * (a + b).rgamma()


def steps(rng, dtype, count):
    """A start of either sign and a whole or fractional number of steps."""
    half = count // 2
    x = np.concatenate([10.0 ** rng.uniform(-3, 1.5, half), rng.uniform(-12, 12, half)])
    n = rng.uniform(-4, size(dtype, 60, 20), 2 * half)
    n[::2] = np.round(n[::2])
    return x.astype(dtype), n.astype(dtype)


def rising(x, n):
    if n.is_integer() and n >= 0:
        return x.rising(n)
    return None if is_pole(x + n) or is_pole(x) else (x + n).gamma() * x.rgamma()


def falling(x, n):
    return rising(x - n + 1, n)


def chosen(rng, dtype, count):
    """n of either sign, k whole or not, between 0 and beyond n."""
    half = count // 2
    n = np.concatenate([10.0 ** rng.uniform(-1, size(dtype, 2.9, 2), half),
                        rng.uniform(-20, 40, half)])  # fmt: skip
    k = np.concatenate([n[:half] * rng.uniform(0, 1, half), rng.uniform(0, 30, half)])
    k[::2] = np.round(k[::2])
    return n.astype(dtype), k.astype(dtype)


def binomial(n, k):
    if n < 0 and n.is_integer() and not k.is_integer():
        return None
    if n < 0 and n.is_integer():
        return (n - k + 1).rising(k) / (k + 1).gamma()
    return (n + 1).gamma() * (k + 1).rgamma() * (n - k + 1).rgamma()


def log_steps(rng, dtype, count):
    x, _ = positive(rng, dtype, count)
    d = np.concatenate([10.0 ** rng.uniform(-6, 3, len(x) // 2),
                        -rng.uniform(0, 1, len(x) - len(x) // 2) * x[len(x) // 2 :]])  # fmt: skip
    d = d.astype(dtype)
    keep = x.astype(float) + d.astype(float) > 0
    return x[keep], d[keep]


def between(rng, dtype, count):
    n = 10.0 ** rng.uniform(-1, 3, count)
    return n.astype(dtype), (n * rng.uniform(0, 0.999, count)).astype(dtype)


def log_binomial(n, k):
    return (n + 1).lgamma() - (k + 1).lgamma() - (n - k + 1).lgamma()


def one(*_columns):
    """Errors relative to max(abs(f), 1)."""
    return np.ones(len(_columns[0]))


HOW = "Stirling's formula for all gamma functions at once, raised by double-word products"
CASES = [
    Case("beta", beta, both_signs, [(2.0, 3.0), (-2.5, 4.0), (1e-20, 1.0)], HOW),
    Case("betaln", lambda a, b: a.lgamma() + b.lgamma() - (a + b).lgamma(), positive,
         method="lgamma and log_rising; Stirling's formula", envelope=one),
    Case("log_rising", lambda x, d: (x + d).lgamma() - x.lgamma(), log_steps,
         method="Stirling's difference with the step as a factor", envelope=one),
    Case("log_binomial", log_binomial, between, method="log_rising; Stirling's formula",
         envelope=one),
    Case("rising_factorial", rising, steps, [(-3.0, 2.0), (-3.0, 5.0), (2.5, 0.0)], HOW),
    Case("falling_factorial", falling, steps, [(3.0, 2.0), (3.0, 5.0)], HOW),
    Case("binomial", binomial, chosen, [(10.0, 3.0), (-4.0, 3.0), (5.0, 7.0), (5.0, 0.5)],
         HOW + "; products up to k = 22"),
]  # fmt: skip
