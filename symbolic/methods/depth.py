"""The depth of a network, always named: `L` weight matrices or `n_layers` layers of neurons.

Main definitions: `weight_matrices`, `depth_in_words`.
"""

from __future__ import annotations

from derivax.errors import InputError

__all__ = ["depth_in_words", "weight_matrices"]


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
        raise InputError(f"L={L}, n_layers={n_layers}", "are two names for one depth", "give one")
    if L is None and n_layers is None:
        return default
    name, value = ("L", L) if L is not None else ("n_layers", n_layers)
    least = 1 if name == "L" else 2
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise InputError(
            f"{name}={value!r}",
            f"is not an integer >= {least}",
            "L >= 1 counts weight matrices, n_layers = L + 1 counts layers of neurons",
        )
    return value if name == "L" else value - 1


def depth_in_words(L: int) -> str:
    """What a result prints: both counts.

    >>> depth_in_words(2)
    '2 matrices, 1 hidden layer'
    """
    matrices = "matrix" if L == 1 else "matrices"
    layers = "hidden layer" if L == 2 else "hidden layers"
    return f"{L} {matrices}, {L - 1} {layers}"
