"""References and points of the hyperbolic functions."""

from __future__ import annotations

# ruff: noqa: E501  (one line per function reads as a table)
from measuring import Case, stratified

INF = float("inf")


def beyond_one(low, high):
    """Points of abs(x) >= 1, close to 1 in every binade."""
    base = stratified(low, high)

    def points(rng, dtype, count):
        (x,) = base(rng, dtype, count)
        return (dtype(1) + abs(x) if low >= 0 else (dtype(1) + abs(x)) * (1 - 2 * (x < 0)),)

    return points


CASES = [
    Case("sinh", lambda x: x.sinh(), stratified(-720, 720), method="abs(x) < 1 polynomial, half exponentials"),
    Case("cosh", lambda x: x.cosh(), stratified(-720, 720), method="half exponentials"),
    Case("tanh", lambda x: x.tanh(), stratified(-30, 30), [(0.625,), (100.0,)], "abs(x) < 5/8 polynomial, 1 - 2/(exp(2x) + 1)"),
    Case("sech", lambda x: x.sech(), stratified(-720, 720), method="1/cosh"),
    Case("csch", lambda x: x.csch() if x != 0 else INF, stratified(-720, 720), method="1/sinh"),
    Case("coth", lambda x: x.coth() if x != 0 else INF, stratified(-30, 30), method="1/tanh"),
    Case("asinh", lambda x: x.asinh(), stratified(-1e300, 1e300), method="log1p"),
    Case("acosh", lambda x: x.acosh() if x >= 1 else None, beyond_one(0, 1e300), [(1.0,), (0.5,)], "log1p"),
    Case(
        "atanh",
        lambda x: x.atanh() if abs(x) < 1 else (float(x) * INF if abs(x) == 1 else None),
        stratified(-1, 1),
        [(1.0,), (-1.0,), (2.0,)],
        "log1p",
    ),
    Case(
        "acoth",
        lambda x: (1 / x).atanh() if abs(x) > 1 else (float(x) * INF if abs(x) == 1 else None),
        beyond_one(-1e300, 1e300),
        [(1.0,), (-1.0,), (0.5,)],
        "log1p",
    ),
    Case("sinhc", lambda x: x.sinh() / x if x != 0 else x + 1, stratified(-700, 700), [(0.0,)], "sinh(x)/x"),
]  # fmt: skip
