"""Derivatives of hypergeometric functions in the argument: all parameters move up by one."""

from __future__ import annotations

from typing import Any

from derivax.numeric import special


def d_hyp2f1(a: Any, b: Any, c: Any, x: Any) -> Any:
    return a * b / c * special.hyp2f1(a + 1.0, b + 1.0, c + 1.0, x)


def d_hyp2f1_one(b: Any, x: Any) -> Any:
    return b / (b + 1.0) * special.hyp2f1(2.0, b + 1.0, b + 2.0, x)


def d_hyp1f1(a: Any, b: Any, x: Any) -> Any:
    return a / b * special.hyp1f1(a + 1.0, b + 1.0, x)


def d_hyp0f1(b: Any, x: Any) -> Any:
    return special.hyp0f1(b + 1.0, x) / b


def d_hyp0f2(c: Any, d: Any, x: Any) -> Any:
    return special.hyp0f2(c + 1.0, d + 1.0, x) / (c * d)


def d_hyp1f2(a: Any, c: Any, d: Any, x: Any) -> Any:
    return a / (c * d) * special.hyp1f2(a + 1.0, c + 1.0, d + 1.0, x)


def d_hyp2f2(a: Any, b: Any, c: Any, d: Any, x: Any) -> Any:
    return a * b / (c * d) * special.hyp2f2(a + 1.0, b + 1.0, c + 1.0, d + 1.0, x)


def d_hyp2f3(a: Any, b: Any, c: Any, d: Any, e: Any, x: Any) -> Any:
    up = special.hyp2f3(a + 1.0, b + 1.0, c + 1.0, d + 1.0, e + 1.0, x)
    return a * b / (c * d * e) * up


def d_hyp3f2(a: Any, b: Any, c: Any, d: Any, e: Any, x: Any) -> Any:
    up = special.hyp3f2(a + 1.0, b + 1.0, c + 1.0, d + 1.0, e + 1.0, x)
    return a * b * c / (d * e) * up
