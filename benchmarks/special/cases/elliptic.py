"""References and points of the elliptic integrals and Jacobi's functions."""

from __future__ import annotations

import mpmath as mp
import numpy as np
from flint import acb, arb
from measuring import Case

INF = float("inf")


def parameters(rng, dtype, count):
    """m < 1: moderate, next to 1, very negative."""
    third = count // 3
    m = np.concatenate(
        [
            rng.uniform(-3, 1, third),
            1 - np.exp(rng.uniform(-36, 0, third)),
            -np.exp(rng.uniform(-3, 30, third)),
        ]
    ).astype(dtype)
    return np.where(m < 1, m, dtype(0.5))  # fmt: skip


def one(rng, dtype, count):
    return (parameters(rng, dtype, count),)


def characteristic(rng, dtype, count):
    m = parameters(rng, dtype, count)
    n = parameters(rng, dtype, count)
    return rng.permutation(n), m


def amplitude(rng, dtype, count):
    m = parameters(rng, dtype, count)
    return rng.uniform(-1.57, 1.57, len(m)).astype(dtype), m


def slope_amplitude(rng, dtype, count):
    f, m = amplitude(rng, dtype, count)
    return np.where(np.abs(f) < 1e-3, dtype(0.5), f), m


def all_three(rng, dtype, count):
    f, m = amplitude(rng, dtype, count)
    return rng.uniform(-10, 0.99, len(m)).astype(dtype), f, m


def positive(arguments):
    def points(rng, dtype, count):
        return tuple(np.exp(rng.uniform(-20, 20, count)).astype(dtype) for _ in range(arguments))

    return points


def jacobi_points(rng, dtype, count):
    m = np.concatenate([rng.uniform(0, 1, count // 2), 1 - np.exp(rng.uniform(-15, 0, count // 2))])
    m = m.astype(dtype)
    return rng.uniform(-10, 10, len(m)).astype(dtype), np.where(m < 1, m, dtype(0.5))


def real(function):
    return lambda *args: function(*(acb(a) for a in args)).real


def by_mpmath(kind):
    """Jacobi's functions by mpmath, whose error is far below 2^-100 here."""

    def reference(u, m):
        with mp.workdps(60):
            value = mp.ellipfun(kind, mp.mpf(float(u)), m=mp.mpf(float(m)))
            return arb(mp.nstr(value, 50))

    return reference


def unit(u, m):
    return np.ones_like(u)


def f_slope(f, m):
    s, c = f.sin(), f.cos()
    return s**3 * acb.elliptic_rd(acb(c * c), acb(1), acb(1 - m * s * s)).real / 6


def e_slope(f, m):
    s, c = f.sin(), f.cos()
    return -(s**3) * acb.elliptic_rd(acb(c * c), acb(1 - m * s * s), acb(1)).real / 6


CARLSON = "Carlson's duplication, series of degree 7"
LANDEN = "descending Landen transformation"
CASES = [
    Case("elliptic_k", lambda m: INF if m == 1 else None if m > 1 else acb(m).elliptic_k().real,
         one, [(1.0,), (2.0,), (0.0,)], "arithmetic-geometric mean"),
    Case("elliptic_e", lambda m: None if m > 1 else acb(m).elliptic_e().real, one,
         [(2.0,), (0.0,), (0.5,)], "arithmetic-geometric mean, Legendre's relation"),
    Case("elliptic_pi", real(acb.elliptic_pi), characteristic, method=CARLSON),
    Case("elliptic_f", real(acb.elliptic_f), amplitude, method=CARLSON),
    Case("elliptic_e_inc", real(acb.elliptic_e_inc), amplitude, method=CARLSON),
    Case("elliptic_f_dm", f_slope, slope_amplitude, method=CARLSON),
    Case("elliptic_e_dm", e_slope, slope_amplitude, method=CARLSON),
    Case("elliptic_pi_inc", real(acb.elliptic_pi_inc), all_three, method=CARLSON),
    Case("carlson_rf", real(acb.elliptic_rf), positive(3), method=CARLSON),
    Case("carlson_rd", real(acb.elliptic_rd), positive(3), method=CARLSON),
    Case("carlson_rj", real(acb.elliptic_rj), positive(4), method=CARLSON),
    Case("jacobi_sn", by_mpmath("sn"), jacobi_points, method=LANDEN, envelope=unit),
    Case("jacobi_cn", by_mpmath("cn"), jacobi_points, method=LANDEN, envelope=unit),
    Case("jacobi_dn", by_mpmath("dn"), jacobi_points, method=LANDEN, envelope=unit),
]  # fmt: skip
