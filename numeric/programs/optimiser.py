"""The numbers of an optimiser as arguments of Programs, and where they are refused.

Main definitions: `scalars`, `refuse_unstable`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from derivax.errors import InputError
from derivax.numeric.programs.program import Array

__all__ = ["refuse_unstable", "scalars"]

Values = Mapping[str, Any]


def scalars(*names: str) -> tuple[Array, ...]:
    """The declarations of the optimiser's numbers."""
    known = {
        "eta": Array("eta", (), "step size", low=0.0, strict=True),
        "beta": Array("beta", (), "momentum, 0 <= beta < 1", low=0.0),
        "k": Array("k", (), "weight decay inside the loss, k|q|^2/2", low=0.0),
    }
    return tuple(known[name] for name in names)


def refuse_unstable(arrays: Values) -> None:
    """Refuse momentum beyond 1, and a decay that diverges by itself."""
    eta, beta, k = (float(arrays[name]) for name in ("eta", "beta", "k"))
    if beta >= 1:
        raise InputError(f"beta = {beta:.6g}", "momentum is below 1", "pass 0 <= beta < 1")
    if eta * k > 2 * (1 + beta):
        raise InputError(
            f"eta k = {eta * k:.6g}", f"decay alone diverges beyond 2(1 + beta) = {2 + 2 * beta:g}",
            "use a smaller step or decay",
        )  # fmt: skip
