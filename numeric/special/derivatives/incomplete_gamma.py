"""Derivatives of the incomplete gamma functions in x (in a there is no closed form)."""

from __future__ import annotations

from typing import Any

from derivax.numeric import special


def d_gammainc(a: Any, x: Any) -> Any:
    return special.gamma_density(a, x)


def d_gammaincc(a: Any, x: Any) -> Any:
    return -special.gamma_density(a, x)


def d_gamma_density(a: Any, x: Any) -> Any:
    return special.gamma_density(a, x) * ((a - 1.0) / x - 1.0)
