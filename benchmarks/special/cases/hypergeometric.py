"""References and points of the hypergeometric functions."""

from __future__ import annotations

import numpy as np
from flint import arb
from measuring import Case


def gauss_points(rng, dtype, count):
    """Positive parameters to 3 (c to 6), a fifth of them half-whole, c - a - b whole for some."""
    third = count // 3
    total = 3 * third
    a, b, c = rng.uniform(0.1, 3, total), rng.uniform(0.1, 3, total), rng.uniform(0.2, 6, total)
    a[::5], b[::5] = np.round(2 * a[::5]) / 2 + 0.5, np.round(2 * b[::5]) / 2 + 0.5
    c[::5] = np.round(c[::5]) + 1
    x = np.concatenate(
        [
            rng.uniform(-1, 1, third),
            1 - np.exp(rng.uniform(-16, 0, third)),
            -np.exp(rng.uniform(-3, 15, third)),
        ]
    )
    x = np.where(x.astype(dtype) < 1, x, 0.3)
    return tuple(v.astype(dtype) for v in (a, b, c, x))  # fmt: skip


def one_points(rng, dtype, count):
    _a, _b, _c, x = gauss_points(rng, dtype, count)
    return rng.uniform(-0.999, 3, len(x)).astype(dtype), x


def one_scale(b, x):
    return np.maximum(np.abs(b), 0.1)


def kummer_points(rng, dtype, count):
    third = count // 3
    x = np.concatenate(
        [
            rng.uniform(-5, 5, third),
            rng.uniform(-100, 80, third),
            -np.exp(rng.uniform(-3, 14, third)),
        ]
    )
    total = len(x)
    a = rng.uniform(0.1, 3, total)
    b = a + rng.uniform(0, 3, total)
    return a.astype(dtype), b.astype(dtype), x.astype(dtype)  # fmt: skip


def limit_points(rng, dtype, count):
    _a, b, x = kummer_points(rng, dtype, count)
    return b, x


def limit_scale(b, x):
    """The envelope of gamma(b) y^(1-b) J_{b-1}(2 y), y = sqrt(-x)."""
    from scipy.special import gamma

    y = np.sqrt(np.maximum(-x, 1e-9))
    wave = gamma(b) * y ** (0.5 - b) / np.sqrt(np.pi)
    return np.where(x < -b, wave, 0.0)


def small_parameters(number):
    def points(rng, dtype, count):
        upper = [rng.uniform(0.1, 3, count).astype(dtype) for _ in range(number)]
        return (*upper, rng.uniform(-0.25, 2, count).astype(dtype))

    return points


def inside_circle(rng, dtype, count):
    *parameters, x = small_parameters(5)(rng, dtype, count)
    return (*parameters, np.abs(x) * dtype(0.4))


def general(p):
    return lambda *args: args[-1].hypgeom(list(args[:p]), list(args[p:-1]))


SERIES = "power series"
CASES = [
    Case("hyp2f1", lambda a, b, c, x: x.hypgeom_2f1(a, b, c), gauss_points,
         method="series, Pfaff, Euler, continuation by Taylor steps"),
    Case("hyp2f1_one", lambda b, x: x.hypgeom_2f1(arb(1), b, b + 1), one_points,
         method="series, logarithmic expansion at 1", envelope=one_scale),
    Case("hyp1f1", lambda a, b, x: x.hypgeom_1f1(a, b), kummer_points,
         method="series, Kummer, asymptotic expansion"),
    Case("hyp0f1", lambda b, x: x.hypgeom_0f1(b), limit_points, method="series, Bessel functions",
         envelope=limit_scale),
    Case("hyp0f2", general(0), small_parameters(2), method=SERIES),
    Case("hyp1f2", general(1), small_parameters(3), method=SERIES),
    Case("hyp2f2", general(2), small_parameters(4), method=SERIES),
    Case("hyp2f3", general(2), small_parameters(5), method=SERIES),
    Case("hyp3f2", general(3), inside_circle, method=SERIES),
]  # fmt: skip
