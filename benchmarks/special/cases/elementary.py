"""References and points of the exponentials and logarithms."""

from __future__ import annotations

from measuring import Case, stratified

CASES = [
    Case(
        "log1p",
        lambda x: x.log1p() if x > -1 else (None if x < -1 else -float("inf")),
        stratified(-1.0, 1e300),
        [(-1.0,), (-1.5,), (0.0,)],
        "log of the rounded sum + its error",
    ),
]
