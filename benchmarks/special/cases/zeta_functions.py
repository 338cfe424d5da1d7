"""References and points of the zeta functions, the polylogarithm and E_p."""

from __future__ import annotations

import numpy as np
from flint import acb, arb
from measuring import Case, neighbours

INF = float("inf")


def zeta_points(rng, dtype, count):
    low = -33.0 if dtype == np.float32 else -170.0
    part = count // 4
    near_one = 1 + rng.choice([-1, 1], part) * 10.0 ** rng.uniform(-7, -0.1, part)
    zeros = neighbours([-2, -4, -6, 0, 1, 2, 5, 12, 32], dtype, reach=2)
    parts = [rng.uniform(-3, 6, part), rng.uniform(0, 60, part), rng.uniform(low, 0, part)]
    s = np.concatenate([zeros, near_one.astype(dtype), *[p.astype(dtype) for p in parts]])
    return (s[s != 1],)


def eta(s):
    if s == 1:
        return arb(2).log()
    return (1 - arb(2) ** (1 - s)) * s.zeta()


def shifted(rng, dtype, count):
    s = 1 + 10.0 ** rng.uniform(-3, 1.4, count)
    a = 10.0 ** rng.uniform(-2, 3, count)
    keep = s * np.abs(np.log(a)) < (60 if dtype == np.float32 else 600)
    return s[keep].astype(dtype), a[keep].astype(dtype)


def orders(rng, dtype, count):
    """Real, whole and nearly whole orders; arguments of every size."""
    count = min(count, 20_000)
    part = count // 3
    near = rng.choice([-1, 1], part) * 10.0 ** rng.uniform(-12, -1, part)
    p = np.concatenate([rng.uniform(-5, 20, part), rng.integers(-4, 12, part),
                        rng.integers(0, 6, part) + near])  # fmt: skip
    x = 10.0 ** rng.uniform(-3, 1.9, 3 * part)
    return p.astype(dtype), x.astype(dtype)


def disc(rng, dtype, count):
    """z in (-1, 1), a third close to 1; orders from -1 to 8, a third whole."""
    part = min(count, 3000) // 3
    z = np.concatenate([rng.uniform(-1, 1, part), rng.uniform(0.5, 1, part),
                        1 - 10.0 ** rng.uniform(-6, -1, part)])  # fmt: skip
    s = rng.uniform(-1, 8, 3 * part)
    s[::3] = np.round(s[::3])
    z = z.astype(dtype)
    return np.where(z < 1, z, dtype(0.5)), s.astype(dtype)


def polylog_points(rng, dtype, count):
    z, s = disc(rng, dtype, count)
    below = -(10.0 ** rng.uniform(0, 3, len(z) // 3)).astype(dtype)
    return (np.concatenate([s, rng.integers(0, 8, len(below)).astype(dtype)]),
            np.concatenate([z, below]))  # fmt: skip


def lerch_points(rng, dtype, count):
    z, s = disc(rng, dtype, count // 2)
    return z, s, (10.0 ** rng.uniform(-1, 1.5, len(z))).astype(dtype)


def one(*columns):
    """Errors relative to max(abs(f), 1)."""
    return np.ones(len(columns[0]))


def largest_term(z, s, a):
    """Errors relative to the larger of abs(f), 1 and the first term."""
    return np.maximum(1.0, a**-s)


CASES = [
    Case("zeta", lambda s: s.zeta(), zeta_points, [(0.0,), (-2.0,), (-1.0,)],
         "polynomials; the functional equation below -1"),
    Case("dirichlet_eta", eta, zeta_points, [(1.0,), (0.0,), (-2.0,)], "expm1 times zeta"),
    Case("hurwitz_zeta", lambda s, a: acb(s).zeta(acb(a)).real, shifted, [(2.0, 1.0)],
         "24 terms, Euler's and Maclaurin's formula"),
    Case("expint", lambda p, x: x.expint(p), orders, [(1.0, 1.0), (2.0, 0.5)],
         "continued fraction, recurrence, series with the pole taken out"),
    Case("polylog", lambda s, z: acb(z).polylog(acb(s)).real, polylog_points,
         [(2.0, 0.5), (2.0, -1.0)], "as lerchphi; inversion", one),
    Case("lerchphi", lambda z, s, a: acb(z).lerch_phi(acb(s), acb(a)).real, lerch_points,
         [(0.5, 1.0, 2.0)],
         "series, alternating weights, Euler's and Maclaurin's formula with E_s", largest_term),
]  # fmt: skip
