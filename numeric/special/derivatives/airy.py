"""Derivatives of the Airy functions: f'' = x f."""

from __future__ import annotations

from typing import Any

from derivax.numeric import special


def d_airy_ai(x: Any) -> Any:
    return special.airy_aip(x)


def d_airy_bi(x: Any) -> Any:
    return special.airy_bip(x)


def d_airy_aip(x: Any) -> Any:
    return x * special.airy_ai(x)


def d_airy_bip(x: Any) -> Any:
    return x * special.airy_bi(x)
