r"""The symbols of the theory.

Main definitions: `r`, `R`, `g`, `k`, `a`, `u`, the orders and partial waves that are accepted.
"""

from __future__ import annotations

from sympy import Function, Symbol

from derivax.errors import InputError

__all__ = ["BORN", "SOURCE", "THEORY", "R", "a", "g", "k", "order_of", "partial_wave", "r", "u"]

THEORY = "born-diagrams"
SOURCE = "Kaspschak, Meissner 2020, arXiv:2009.03192 (derived here)"
BORN = "Lippmann, Schwinger 1950; Kaspschak, Meissner 2020, arXiv:2009.03192 (derived here)"

r = Symbol("r", positive=True)
R = Symbol("R", positive=True)
g = Symbol("g", real=True)
k = Symbol("k", positive=True)
a = Symbol("a", real=True)
u = Function("u", real=True)


def order_of(order: int, most: int) -> int:
    """A Born order.

    Raises: `InputError` for anything but a whole number from 1 to `most`.
    """
    if isinstance(order, bool) or not isinstance(order, int) or order < 1:
        raise InputError(f"order = {order!r}", "is no Born order", "pass a whole number >= 1")
    if order > most:
        raise InputError(f"order = {order}", "takes too long to derive", f"at most {most}")
    return order


def partial_wave(l: int) -> int:  # noqa: E741
    """An angular momentum.

    Raises: `InputError` for anything but a whole number from 0 to 12.
    """
    if isinstance(l, bool) or not isinstance(l, int) or not 0 <= l <= 12:
        raise InputError(f"l = {l!r}", "is no angular momentum", "pass a whole number 0 ... 12")
    return l
