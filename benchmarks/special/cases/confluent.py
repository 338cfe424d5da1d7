"""References and points of Tricomi's, parabolic cylinder and Struve functions."""

from __future__ import annotations

import numpy as np
from flint import arb
from measuring import Case


def tricomi_points(rng, dtype, count):
    """Orders -2 to 10 (a fifth whole), second parameters -4 to 5 (a third whole)."""
    count = min(count, 5000)
    a, b = rng.uniform(-2, 10, count), rng.uniform(-4, 5, count)
    a[::5], b[::3] = np.round(a[::5]), np.round(b[::3])
    x = 10.0 ** rng.uniform(-1, 2, count)
    keep = np.ones(count, dtype=bool)
    if dtype == np.float32:
        keep = x < 30
    return a[keep].astype(dtype), b[keep].astype(dtype), x[keep].astype(dtype)


def tricomi_scale(a, b, x):
    """Between zeros, which are there for a < 0: x^-a (1 + x)^.. as without sign changes."""
    return np.where((a < 0) | (a - b + 1 < 0), x**-a * (1 + np.abs(a) / x) ** 2, 0.0)


def cylinder_points(rng, dtype, count):
    count = min(count, 3000)
    n = rng.uniform(-8, 10, count)
    n[::3] = np.round(n[::3])
    return n.astype(dtype), rng.uniform(-8, 10, count).astype(dtype)


def cylinder(n, x):
    """By two functions 1F1 (DLMF 12.4.1), which cancel for x > 0: the precision is raised."""
    half, square = arb(1) / 2, x * x / 2
    even = square.hypgeom_1f1(-n / 2, half) * ((1 - n) / 2).rgamma()
    odd = square.hypgeom_1f1((1 - n) / 2, 3 * half) * (-n / 2).rgamma()
    front = arb(2) ** (n / 2) * (-x * x / 4).exp() * arb.pi().sqrt()
    return front * (even - arb(2).sqrt() * x * odd)


def cylinder_scale(n, x):
    """The oscillation between the turning points is of this size (DLMF 12.10)."""
    turning = np.abs(x) < 2 * np.sqrt(np.maximum(n, 0) + 0.5)
    from scipy.special import gamma

    return np.where(turning, np.sqrt(gamma(np.maximum(n, 0) + 1)) * 0.5, 0.0)


def struve_points(largest):
    def points(rng, dtype, count):
        count = min(count, 3000)
        n = np.abs(rng.uniform(-2, 12, count))
        n[::3] = np.round(n[::3])
        top = min(largest, 80) if dtype == np.float32 else largest
        return n.astype(dtype), (10.0 ** rng.uniform(-1, np.log10(top), count)).astype(dtype)

    return points


def struve(sign):
    def reference(n, x):
        half = arb(3) / 2
        front = (x / 2) ** (n + 1) * half.rgamma() * (n + half).rgamma()
        return front * (sign * x * x / 4).hypgeom([arb(1)], [half, n + half])

    return reference


def struve_scale(n, x):
    return np.where(x > np.maximum(n, 1), np.sqrt(2 / np.pi / x), 0.0)


CASES = [
    Case("hyperu", lambda a, b, x: x.hypgeom_u(a, b), tricomi_points, [(1.0, 1.0, 1.0)],
         "trapezoidal rule, recurrence", tricomi_scale),
    Case("parabolic_cylinder", cylinder, cylinder_points, [(0.0, 0.0), (1.0, 2.0)],
         "Tricomi's function; two 1F1 for x < 0", cylinder_scale),
    Case("struve_h", struve(-1), struve_points(300.0), [(0.0, 1.0)],
         "power series, Y_n and the trapezoidal rule", struve_scale),
    Case("struve_l", struve(1), struve_points(300.0), [(0.0, 1.0)], "power series"),
]  # fmt: skip
