"""The symbols of the theory, and the one depth that it covers so far.

Main definitions: the symbols `t`, `tau`, `s`, `u0`, `a0`, `b0`, `lr`, the functions `a`, `b`, `u`,
`two_layers_only`.
"""

from __future__ import annotations

from sympy import Function, Symbol

from derivax.errors import NotDerived
from derivax.symbolic.methods.depth import weight_matrices

__all__ = [
    "SOURCE",
    "THEORY",
    "a",
    "a0",
    "b",
    "b0",
    "lr",
    "s",
    "t",
    "tau",
    "two_layers_only",
    "u",
    "u0",
]

THEORY = "saxe-linear-networks"
SOURCE = "Saxe, McClelland, Ganguli 2013, arXiv:1312.6120"

t = Symbol("t", nonnegative=True)
tau = Symbol("tau", positive=True)
s = Symbol("s", real=True)
u0 = Symbol("u0", positive=True)
a0, b0 = Symbol("a0", real=True), Symbol("b0", real=True)
lr = Symbol("lr", positive=True)
a = Function("a", real=True)
b = Function("b", real=True)
u = Function("u", positive=True)


def two_layers_only(result: str, L: int | None, n_layers: int | None) -> None:
    """Refuse every depth but L = 2 for a result that is derived for two matrices.

    Raises:
        InputError: not a depth.
        NotDerived: a depth other than L = 2.
    """
    matrices = weight_matrices(L, n_layers)
    if matrices != 2:
        raise NotDerived(
            f"{THEORY}/{result} with L={matrices}",
            [("separable_ode", "derived for L = 2 weight matrices (1 hidden layer) so far")],
        )
