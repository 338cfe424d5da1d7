"""References and points of the Airy functions."""

from __future__ import annotations

import numpy as np
from measuring import Case, neighbours, stratified
from scipy.special import ai_zeros, bi_zeros


def points_for(zeros):
    def points(rng, dtype, count):
        low = -(2.0**20) if dtype is np.float64 else -4096.0
        (x,) = stratified(low, 110.0)(rng, dtype, count // 2)
        parts = [x, rng.uniform(-60, 110, count // 2).astype(dtype)]
        return (np.concatenate([*parts, neighbours(zeros, dtype)]),)

    return points


def envelope(power):
    return lambda x: np.where(x < -0.5, np.maximum(-x, 0.1) ** power / np.sqrt(np.pi), 0.0)


HOW = "polynomials, exponentials and waves of a double-word zeta, Taylor series at 20 zeros"
AI, BI = ai_zeros(20), bi_zeros(20)
CASES = [
    Case("airy_ai", lambda x: x.airy_ai(), points_for(AI[0]), [(1.0,), (-2.0,), (4.0,)], HOW,
         envelope(-0.25)),
    Case("airy_bi", lambda x: x.airy_bi(), points_for(BI[0]), [(1.0,), (-2.0,), (10.0,)], HOW,
         envelope(-0.25)),
    Case("airy_aip", lambda x: x.airy_ai(derivative=1), points_for(AI[1]), [(1.0,), (-2.0,)],
         HOW, envelope(0.25)),
    Case("airy_bip", lambda x: x.airy_bi(derivative=1), points_for(BI[1]), [(1.0,), (-2.0,)],
         HOW, envelope(0.25)),
]  # fmt: skip
