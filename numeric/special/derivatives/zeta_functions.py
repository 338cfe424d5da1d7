"""Derivative of Hurwitz's zeta function in its shift (in the order there is no closed form)."""

from __future__ import annotations

from typing import Any

from derivax.numeric import special


def d_hurwitz_zeta_a(s: Any, a: Any) -> Any:
    return -s * special.hurwitz_zeta(s + 1.0, a)
