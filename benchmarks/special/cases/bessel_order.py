"""References and points of the Bessel functions of real order, plain and modified."""

from __future__ import annotations

import numpy as np
from measuring import Case

INF = float("inf")


def orders(largest):
    """(n, x): real, whole and half-whole orders up to 100; x small, of the size of n, large."""

    def points(rng, dtype, count):
        third = count // 3
        n = np.concatenate(
            [
                rng.uniform(0, 12, third),
                rng.integers(0, 24, third) / 2,
                rng.uniform(0, 100, third),
            ]
        )
        x = np.concatenate(
            [
                np.exp(rng.uniform(-8, np.log(largest), third)),
                rng.uniform(0.01, 60, third),
                np.exp(rng.uniform(-3, 7, third)),
            ]
        )
        return n.astype(dtype), x.astype(dtype)

    return points  # fmt: skip


def envelope(n, x):
    """sqrt(2/(pi x)) where the function oscillates."""
    return np.where(x < np.maximum(n, 1), 0, np.sqrt(2 / np.pi / np.maximum(x, 1e-9)))


def i_scaled(n, x):
    return (-x).exp() * x.bessel_i(n)


def k_scaled(n, x):
    return x.exp() * x.bessel_k(n)


OSCILLATING = "Temme's series, Steed's continued fractions, Hankel's expansion; recurrences"
GROWING = "Temme's series, Steed's continued fraction, Hankel's expansion; recurrences"
CASES = [
    Case("bessel_j", lambda n, x: x.bessel_j(n), orders(2.0**20), method=OSCILLATING,
         envelope=envelope),
    Case("bessel_y", lambda n, x: x.bessel_y(n), orders(2.0**20), method=OSCILLATING,
         envelope=envelope),
    Case("bessel_i", lambda n, x: x.bessel_i(n), orders(80.0), method=GROWING),
    Case("bessel_k", lambda n, x: x.bessel_k(n), orders(80.0), method=GROWING),
    Case("bessel_ie", i_scaled, orders(1e4), method=GROWING),
    Case("bessel_ke", k_scaled, orders(1e4), method=GROWING),
]  # fmt: skip
