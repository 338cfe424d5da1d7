"""The depth of a network, always named: `L` weight matrices or `n_layers` layers of neurons.

Main definition: `weight_matrices`.
"""

from __future__ import annotations

from derivax.errors import InputError

__all__ = ["weight_matrices"]


def weight_matrices(L: int | None = None, n_layers: int | None = None, default: int = 2) -> int:
    """The number L of weight matrices.

    Args:
        L: number of weight matrices, >= 1.
        n_layers: number of layers of neurons, L + 1, instead.
        default: when neither is given.

    >>> weight_matrices(n_layers=4)
    3
    """
    if L is not None and n_layers is not None:
        raise InputError(f"L={L}, n_layers={n_layers}", "are two names for one depth", "give one of them")
    if L is None and n_layers is None:
        return default
    name, value = ("L", L) if L is not None else ("n_layers", n_layers)
    least = 1 if name == "L" else 2
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise InputError(
            f"{name}={value!r}",
            f"is not an integer >= {least}",
            "L counts weight matrices (L >= 1), n_layers counts layers of neurons (n_layers = L + 1)",
        )
    return value if name == "L" else value - 1
