"""References and points of the exponential integrals, Fresnel integrals, I0 and I1."""

from __future__ import annotations

import numpy as np
from flint import arb
from measuring import Case, neighbours, stratified

INF = float("inf")


def near(values, low, high):
    """Stratified points with neighbours of these values."""
    base = stratified(low, high)

    def points(rng, dtype, count):
        (more,) = base(rng, dtype, count)
        with np.errstate(over="ignore"):
            few = neighbours(values, dtype)
        return (np.concatenate([few[(few >= low) & (few <= high)], more]),)

    return points


def nonnegative(f, at_zero):
    return lambda x: None if x < 0 else (at_zero if x == 0 else f(x))


def fresnel(name):
    return lambda x: getattr(x, name)()


CASES = [
    Case(
        "ei",
        lambda x: -INF if x == 0 else x.ei(),
        near([0.3725074107813666, 3, 6, 12, 24, 48, -0.6, -1.2], -705.0, 716.0),
        [(0.0,)],
        "log and polynomial around the zero, polynomials times e^x/x",
    ),
    Case(
        "e1",
        nonnegative(lambda x: -(-x).ei(), INF),
        near([0.6, 1.2, 3, 8, 24], 0.0, 705.0),
        [(0.0,), (-1.0,)],
        "log and polynomial, polynomials times e^-x/x",
    ),
    Case(
        "li",
        nonnegative(lambda x: -INF if x == 1 else x.li(), 0.0),
        near([1.451369234883381, 1.0, 0.5488, 20.0855], 0.0, 1e300),
        [(0.0,), (1.0,), (-1.0,)],
        "ei of the logarithm, polynomial around its zero",
    ),
    Case(
        "offset_li",
        nonnegative(lambda x: -INF if x == 1 else x.li(offset=True), -1.0451637801174927),
        near([2.0, 1.6, 2.6, 1.0], 0.0, 1e300),
        [(1.0,), (-1.0,)],
        "polynomial around 2, li less li(2)",
    ),
    Case(
        "si",
        lambda x: x.si(),
        near([4, 8, 24], -1e6, 1e6),
        [(0.0,)],
        "polynomial, auxiliary functions",
    ),
    Case(
        "ci",
        nonnegative(lambda x: x.ci(), -INF),
        near([0.6165054856207163, 2, 4, 8, 24], 0.0, 1e6),
        [(0.0,), (-1.0,)],
        "log and polynomial around the first zero, auxiliary functions",
        lambda x: np.where(x > 1.25, 1 / np.maximum(x, 1e-300), 0.0),
    ),
    Case(
        "shi", lambda x: x.shi(), near([3, 6], -716.0, 716.0), [(0.0,)], "polynomial, (ei + e1)/2"
    ),
    Case(
        "chi",
        nonnegative(lambda x: x.chi(), -INF),
        near([0.5238225713898644, 3, 6], 0.0, 716.0),
        [(0.0,), (-1.0,)],
        "log and polynomial around the zero, (ei - e1)/2",
    ),
    Case(
        "fresnels",
        fresnel("fresnel_s"),
        near([1.25, 2, 4], -1e6, 1e6),
        [(0.0,)],
        "polynomial, auxiliary functions",
    ),
    Case(
        "fresnelc",
        fresnel("fresnel_c"),
        near([1.25, 2, 4], -1e6, 1e6),
        [(0.0,)],
        "polynomial, auxiliary functions",
    ),
    Case(
        "i0", lambda x: x.bessel_i(arb(0)), near([4, 8], -713.0, 713.0), [(0.0,)], "exp times i0e"
    ),
    Case(
        "i1", lambda x: x.bessel_i(arb(1)), near([4, 8], -713.0, 713.0), [(0.0,)], "exp times i1e"
    ),
    Case(
        "i0e",
        lambda x: abs(x).bessel_i(arb(0), scaled=True),
        near([4, 8], -1e6, 1e6),
        [(0.0,)],
        "three polynomials",
    ),
    Case(
        "i1e",
        lambda x: x.bessel_i(arb(1), scaled=True) if x > 0 else -(-x).bessel_i(arb(1), scaled=True),
        near([4, 8], -1e6, 1e6),
        [(0.0,)],
        "three polynomials",
    ),
]
