"""References and points of the exponentials and logarithms."""

from __future__ import annotations

import numpy as np
from flint import arb
from measuring import Case, stratified

INF = float("inf")


def pairs(rng, dtype, count):
    a = rng.uniform(-100, 100, count).astype(dtype)
    b = (a + rng.standard_normal(count) * 10.0 ** rng.uniform(-6, 2, count)).astype(dtype)
    return a, b


def scaled(rng, dtype, count):
    x = stratified(-40, 40)(rng, dtype, count)[0]
    return x, rng.choice([0.5, 1.0], len(x)).astype(dtype)


CASES = [
    Case(
        "exp2",
        lambda x: (x * arb(2).log()).exp(),
        stratified(-1080, 1030),
        [(float(n),) for n in range(-1020, 1024, 17)],
        "exp of the fraction, exact power of two",
    ),
    Case(
        "expm1",
        lambda x: x.expm1(),
        stratified(-720, 712),
        [(0.5,), (-0.5,), (88.72,), (0.0,)],
        "abs(x) <= 1/2 polynomial, else exp - 1",
    ),
    Case(
        "log1p",
        lambda x: x.log1p() if x > -1 else (None if x < -1 else -INF),
        stratified(-1.0, 1e300),
        [(-1.0,), (-1.5,), (0.0,)],
        "log of the rounded sum, its error to first order",
    ),
    Case(
        "log1mexp",
        lambda x: (-(-x).expm1()).log() if x > 0 else (None if x < 0 else -INF),
        stratified(0.0, 800.0),
        [(0.0,), (-1.0,), (0.6931471805599453,)],
        "log(-expm1(-x)) below log 2, log1p(-exp(-x)) above",
    ),
    Case(
        "logaddexp",
        lambda a, b: (a.exp() + b.exp()).log(),
        pairs,
        method="max + log1p(exp(-gap))",
        envelope=lambda a, b: np.ones_like(a),
    ),
    Case("gaussian", lambda x, c: (-c * x * x).exp(), scaled, method="exact split of the square"),
    Case("exp_square", lambda x: (x * x).exp(), stratified(-28, 28), method="exact split"),
]
