"""References and points of the hyperbolic functions."""

from __future__ import annotations

from measuring import Case, stratified

CASES = [
    Case("sinh", lambda x: x.sinh(), stratified(-720, 720)),
    Case("cosh", lambda x: x.cosh(), stratified(-720, 720)),
    Case(
        "atanh",
        lambda x: x.atanh() if abs(x) < 1 else (float(x) * float("inf") if abs(x) == 1 else None),
        stratified(-1, 1),
        [(1.0,), (-1.0,), (2.0,)],
    ),
]
