"""References and points of the trigonometric functions."""

from __future__ import annotations

# ruff: noqa: E501  (one line per function reads as a table)
import numpy as np
from measuring import Case, stratified

CASES = [
    Case("sinpi", lambda x: x.sin_pi(), stratified(-1e9, 1e9), [(k / 4,) for k in range(-9, 10)], "exact reduction, polynomials"),
    Case("cospi", lambda x: x.cos_pi(), stratified(-1e9, 1e9), [(k / 4,) for k in range(-9, 10)], "exact reduction, polynomials"),
    Case("tanpi", lambda x: float("inf") if (2 * x).is_integer() and not x.is_integer() else x.tan_pi(), stratified(-1e6, 1e6), [(k / 8,) for k in (-9, -7, -2, 0, 1, 2, 3)], "quotient"),
    Case("asin", lambda x: x.asin() if abs(x) <= 1 else None, stratified(-1, 1), [(0.5,), (1.0,), (-1.0,), (1.5,)], "abs(x) <= 1/2 polynomial, half angle"),
    Case("sinc", lambda x: x.sinc(), stratified(-1e6, 1e6), [(0.0,)], "quotient", lambda x: 1 / np.maximum(abs(x), 1)),
]  # fmt: skip
