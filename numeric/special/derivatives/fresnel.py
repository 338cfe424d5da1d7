"""Derivatives of the Fresnel integrals."""

from __future__ import annotations

from typing import Any

from derivax.numeric import special


def d_fresnels(x: Any) -> Any:
    return special.sinpi(0.5 * x * x)


def d_fresnelc(x: Any) -> Any:
    return special.cospi(0.5 * x * x)
