"""References and points of the orthogonal polynomials."""

from __future__ import annotations

import numpy as np
from flint import arb
from measuring import Case
from scipy import special as scipy_special


def interval(rng, count):
    """Points of [-1, 1], half of them next to the ends."""
    x = rng.uniform(-1, 1, count)
    near = 1 - np.exp(rng.uniform(-30, 0, count))
    return np.where(rng.random(count) < 0.5, x, near) * rng.choice([-1, 1], count)


def on_interval(top, *parameters):
    def points(rng, dtype, count):
        n = rng.integers(0, top, count).astype(dtype)
        middle = [rng.uniform(low, high, count).astype(dtype) for low, high in parameters]
        return (n, *middle, interval(rng, count).astype(dtype))

    return points


def on_line(top, width, positive, *parameters):
    def points(rng, dtype, count):
        n = rng.integers(0, top, count).astype(dtype)
        middle = [rng.uniform(low, high, count).astype(dtype) for low, high in parameters]
        x = width * rng.uniform(0 if positive else -1, 1, count)
        return (n, *middle, x.astype(dtype))

    return points


def largest(evaluate, shrink=lambda n: 1.0):
    """The larger one of the polynomial and its predecessor: the size of the oscillation."""

    def scale(n, *rest):
        with np.errstate(all="ignore"):
            here = np.abs(evaluate(n, *rest))
            before = np.abs(evaluate(np.maximum(n - 1, 0), *rest))
        return np.maximum(here, shrink(n) * before)

    return scale


def whole(evaluate):
    return lambda n, x: evaluate(n.astype(int), x)


def unit(n, *rest):
    return np.ones_like(n)


def associated(n, m, x):
    """(-1)^m (2m - 1)!! (1 - x^2)^(m/2) C_{n-m}^(m + 1/2)(x)."""
    if m > n:
        return arb(0)
    doubles = (2 * m + 1).gamma() / (arb(2) ** m * (m + 1).gamma())
    sign = -1 if int(float(m)) % 2 else 1
    root = (1 - x * x).sqrt() ** int(float(m))
    return sign * doubles * root * x.gegenbauer_c(n - m, m + arb(0.5))


def orders(rng, dtype, count):
    n = rng.integers(0, 20, count)
    m = np.floor(rng.uniform(0, 1, count) * (n + 1))
    return n.astype(dtype), m.astype(dtype), rng.uniform(-0.99, 0.99, count).astype(dtype)


def associated_scale(n, m, x):
    with np.errstate(all="ignore"):
        here = np.abs(scipy_special.lpmv(m, n, x))
        before = np.abs(scipy_special.lpmv(m, np.maximum(n - 1, m), x))
    return np.maximum(here, before)


def scaled_hermite(n, x):
    value = (x / arb(2).sqrt()).hermite_h(n) * arb(2) ** (-n / 2)
    return value * (-x * x / 4).exp() / (n + 1).gamma().sqrt()


DIFFERENCES, PLAIN = "recurrence of the differences", "recurrence"
S = scipy_special
CASES = [
    Case("legendre", lambda n, x: x.legendre_p(n), on_interval(60), [(0.0, 0.5), (3.0, -1.0)],
         DIFFERENCES, unit),
    Case("chebyshevt", lambda n, x: x.chebyshev_t(n), on_interval(60), method=DIFFERENCES,
         envelope=unit),
    Case("chebyshevu", lambda n, x: x.chebyshev_u(n), on_interval(60), method=DIFFERENCES,
         envelope=lambda n, x: np.minimum(n + 1, 1 / np.sqrt(1 - x * x + 1e-30))),
    Case("gegenbauer", lambda n, a, x: x.gegenbauer_c(n, a), on_interval(60, (0.1, 4)),
         method=DIFFERENCES, envelope=largest(S.eval_gegenbauer)),
    Case("jacobi", lambda n, a, b, x: x.jacobi_p(n, a, b),
         on_interval(60, (-0.5, 4), (-0.5, 4)), method=DIFFERENCES,
         envelope=largest(S.eval_jacobi)),
    Case("hermite", lambda n, x: x.hermite_h(n), on_line(16, 3.0, False), method=PLAIN,
         envelope=largest(whole(S.eval_hermite), lambda n: np.sqrt(2 * n))),
    Case("hermite_prob",
         lambda n, x: (x / arb(2).sqrt()).hermite_h(n) * arb(2) ** (-n / 2),
         on_line(16, 4.0, False), method=PLAIN,
         envelope=largest(whole(S.eval_hermitenorm), np.sqrt)),
    Case("hermite_scaled", scaled_hermite, on_line(300, 40.0, False),
         method="normalised recurrence, the weight in portions", envelope=unit),
    Case("laguerre", lambda n, x: x.laguerre_l(n, arb(0)), on_line(15, 30.0, True),
         method=DIFFERENCES, envelope=largest(S.eval_laguerre)),
    Case("assoc_laguerre", lambda n, a, x: x.laguerre_l(n, a), on_line(15, 30.0, True, (-0.5, 4)),
         method=DIFFERENCES, envelope=largest(S.eval_genlaguerre)),
    Case("assoc_legendre", associated, orders, method=DIFFERENCES, envelope=associated_scale),
]  # fmt: skip
