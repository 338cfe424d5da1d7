"""References and points of the incomplete gamma functions."""

from __future__ import annotations

import numpy as np
from flint import arb, ctx
from measuring import Case


def around(rng, dtype, count):
    """Orders from 1e-3 to 1e3; arguments of every size, and within some widths of the order."""
    count = min(count, 4_000)
    a = 10.0 ** rng.uniform(-3, 3, count)
    wide = 10.0 ** rng.uniform(-4, 3.3, count)
    close = np.abs(a + np.sqrt(a) * rng.normal(0, 3, count)) + 1e-6
    x = np.where(rng.uniform(size=count) < 0.5, wide, close)
    limit = 60 if dtype == np.float32 else 600
    far = np.abs(x - a) + np.abs(a * np.log(x / a)) < limit
    return a[far].astype(dtype), x[far].astype(dtype)


def lower(a, x):
    """P by the series of positive terms; what is left out is below twice the last term."""
    if x == 0:
        return arb(0)
    term, total, n = arb(1), arb(1), 0
    small = arb(2) ** -(ctx.prec + 8)
    while not (term < small * total and 2 * x < a + n):
        n += 1
        term = term * x / (a + n)
        total += term
    return x**a * (-x).exp() / (a + 1).gamma() * (total + arb(0, (2 * term).upper()))


def upper(a, x):
    """The complement: the harness raises the precision until it has enough digits."""
    return 1 - lower(a, x)


CASES = [
    Case(
        "gammainc",
        lower,
        around,
        [(1.0, 0.0), (2.0, 2.0)],
        "series below a, complement above",
    ),
    Case(
        "gammaincc",
        upper,
        around,
        [(1.0, 0.0), (2.0, 2.0)],
        "recurrence and continued fraction above a, complement or expm1 below",
    ),
    Case(
        "gamma_density",
        lambda a, x: x ** (a - 1) * (-x).exp() / a.gamma(),
        around,
        [],
        "power of the double word x/a",
    ),
]
