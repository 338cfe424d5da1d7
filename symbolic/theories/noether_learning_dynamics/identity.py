"""Noether's identity for any Lagrangian, of mechanics and of fields.

Main results: `noether_identity`, `noether_identity_fields`.
"""

from __future__ import annotations

from sympy import Function, Symbol

from derivax.errors import InputError
from derivax.symbolic.methods.noether import ChargeLaw, noether
from derivax.symbolic.theories.noether_learning_dynamics.notation import SOURCE, THEORY, t

__all__ = ["noether_identity", "noether_identity_fields"]


def noether_identity(n: int = 2) -> ChargeLaw:
    r"""The off-shell identity of an unknown Lagrangian L(t, q, q') with n coordinates.

    For any $\xi_a(t, q)$ and $T(t, q)$,
    $$\frac{dJ}{dt} = \delta L - \sum_a E_a\,(\xi_a - T\dot q_a),\qquad
      J = p\cdot\xi - (p\cdot\dot q - L)\,T,$$
    with $E_a = \partial_{q_a}L - \frac{d}{dt}\partial_{\dot q_a}L$; so on the motion the charge
    moves at the rate $\delta L$.

    Args:
        n: number of coordinates.
    """
    if not isinstance(n, int) or n < 1:
        raise InputError(f"n={n}", "is not a number of coordinates", "pass n=1, 2, ...")
    coordinates = [Function(f"q_{a}", real=True)(t) for a in range(1, n + 1)]
    speeds = [q.diff(t) for q in coordinates]
    lagrangian = Function("L", real=True)(t, *coordinates, *speeds)
    xi = [Function(f"xi_{a}", real=True)(t, *coordinates) for a in range(1, n + 1)]
    shift = Function("T", real=True)(t, *coordinates)
    return noether(
        lagrangian,
        coordinates,
        xi=xi,
        T=shift,
        name=f"{THEORY}/noether-identity",
        title=f"Noether's identity for any Lagrangian of {n} coordinates",
        source=SOURCE,
    )


def noether_identity_fields() -> ChargeLaw:
    r"""The off-shell identity of an unknown Lagrangian density of one field in 1 + 1 dimensions.

    $\partial_\mu j_\mu = \delta\mathcal L - E\,(\xi - X_\nu\partial_\nu\phi)$, $\delta\mathcal L$
    with $\mathcal L\,\partial_\mu X_\mu$.
    """
    x = Symbol("x", real=True)
    phi = Function("phi", real=True)(t, x)
    density = Function("L", real=True)(t, x, phi, phi.diff(t), phi.diff(x))
    return noether(
        density,
        phi,
        xi=Function("xi", real=True)(t, x, phi),
        T=[Function("X_t", real=True)(t, x, phi), Function("X_x", real=True)(t, x, phi)],
        name=f"{THEORY}/noether-identity-fields",
        title="Noether's identity for any Lagrangian density of a field",
        source=SOURCE,
    )
