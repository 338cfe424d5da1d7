"""References and points of the gamma functions."""

from __future__ import annotations

import numpy as np
from flint import acb
from measuring import Case, neighbours, stratified

INF = float("inf")
POLES = [(-float(k),) for k in range(1, 24)]


def pole(x):
    return x < 0 and x.is_integer()


def at_zero(x, value):
    return INF if value > 0 else -INF


def gamma(x):
    if x == 0:
        return INF
    return None if pole(x) else x.gamma()


def real(z):
    return z.real


def lgamma(x):
    if x == 0 or pole(x):
        return INF
    if x > 0:
        return x.lgamma()
    if x < -1e5:
        return real(acb(x).lgamma())
    return abs(x.gamma()).log()


def digamma(x):
    if x == 0:
        return -INF
    return None if pole(x) else x.digamma()


def trigamma(x):
    if x == 0 or pole(x):
        return INF
    return real(acb(x).polygamma(1))


def terms(x):
    """The larger term of the reflection formulas of lgamma and digamma, for x < 0."""
    with np.errstate(all="ignore"):
        return np.where(x < 0, 1 + np.abs(x) * np.log(np.abs(x) + 2), 0.0)


def digamma_terms(x):
    return np.where(x < 0, np.log(np.abs(x) + 2), 0.0)


def near(values, low, high):
    """Stratified points with neighbours of these values."""
    base = stratified(low, high)

    def points(rng, dtype, count):
        return (np.concatenate([neighbours(values, dtype), base(rng, dtype, count)[0]]),)

    return points


CASES = [
    Case(
        "gamma",
        gamma,
        near([-8, 8, 2, 3, 0.0, -1, -5, -20.5], -175.0, 172.0),
        [(0.0,), *POLES, (-8.0,), (8.0,)],
        "product to [2, 3], Stirling, reflection",
    ),
    Case(
        "rgamma",
        lambda x: x.rgamma(),
        near([0.0, -1, -5, -12, 8], -172.0, 172.0),
        [(0.0,), *POLES],
        "as gamma",
    ),
    Case(
        "loggamma",
        lambda x: None if x < 0 else lgamma(x),
        near([1, 2, 0.5, 0.75, 1.5, 2.5, 4, 8], 0.0, 1e300),
        [(0.0,), (1.0,), (2.0,), (-1.5,)],
        "polynomials, Stirling",
    ),
    Case(
        "lgamma",
        lgamma,
        near([1, 2, -2.457024738220801, -2.7476826467274127], -1e4, 1e300),
        [(0.0,), *POLES],
        "polynomials, Stirling, reflection",
        terms,
    ),
    Case(
        "digamma",
        digamma,
        near([1.4616321449683622, 0.5, 1, 2, 4, 8], -1e4, 1e300),
        [(0.0,), *POLES],
        "polynomials, series, reflection",
        digamma_terms,
    ),
    Case(
        "trigamma",
        trigamma,
        near([1, 2, 4, 8, -1, -2], -1e4, 1e150),
        [(0.0,), *POLES],
        "polynomials, series, reflection",
    ),
    Case(
        "factorial",
        lambda x: gamma(x + 1),
        near([7, 63.5, 127.5, 0], -170.0, 171.0),
        [(-1.0,)],
        "gamma(x + 1), x gamma(x)",
    ),
]


def orders(rng, dtype, count):
    """Whole orders from 0 to 12, arguments of every size."""
    count = min(count, 20_000)
    n = rng.integers(0, 13, count).astype(dtype)
    return n, (10.0 ** rng.uniform(-1.5, 2, count)).astype(dtype)


def polygamma(n, x):
    return real(acb(x).polygamma(acb(n)))


CASES.append(
    Case("polygamma", polygamma, orders, method="Hurwitz's zeta function by Euler and Maclaurin",
         envelope=lambda n, x: np.where(n == 0, 1.0, 0.0))
)  # fmt: skip
