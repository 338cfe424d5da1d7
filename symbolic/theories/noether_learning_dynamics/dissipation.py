r"""Dissipative Lagrangians of learning, and how the kinetic term breaks the symmetries of the loss.

Main results: `hidden_charge`, `kinetic_symmetry_breaking`, `polar_motion`.

The Lagrangian is Kanai's, $L = e^{\mu t/m}[\tfrac m2|\dot q|^2 - f(q) - \tfrac k2|q|^2]$, with the
motion $m\ddot q + \mu\dot q + \nabla f + kq = 0$.
"""

from __future__ import annotations

from typing import Any

from sympy import Add, Derivative, Expr, Function, S, exp

from derivax.errors import InputError
from derivax.symbolic.derivation import Derivation
from derivax.symbolic.lagrangian import Lagrangian
from derivax.symbolic.methods.combine import Combine
from derivax.symbolic.methods.consequence import OnMotion
from derivax.symbolic.methods.euler_lagrange import equations_of_motion, in_symbols
from derivax.symbolic.methods.noether import ChargeLaw, noether
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.noether_learning_dynamics.notation import (
    NEURAL_MECHANICS,
    SOURCE,
    THEORY,
    k,
    m,
    mu,
    t,
)

__all__ = [
    "hidden_charge",
    "kinetic_symmetry_breaking",
    "loss_with_symmetry",
    "polar_motion",
]


def kanai(loss: Expr, coordinates: list[Any]) -> Lagrangian:
    r"""$e^{\mu t/m}[\tfrac m2|\dot q|^2 - f - \tfrac k2|q|^2]$."""
    kinetic = Add(*[m * q.diff(t) ** 2 / 2 for q in coordinates])
    decay = Add(*[k * q**2 / 2 for q in coordinates])
    return Lagrangian(exp(mu * t / m) * (kinetic - loss - decay), coordinates)


def hidden_charge() -> ChargeLaw:
    r"""The exactly conserved charge of a damped oscillator.

    $T = 1$, $\xi = -\tfrac\mu{2m}q$ give $e^{\mu t/m}\,\tfrac12(m\dot q^2 + \mu q\dot q +
    kq^2)$ (the charge is minus this).
    """
    q = Function("q", real=True)(t)
    return noether(
        kanai(S.Zero, [q]),
        xi=-mu * q / (2 * m),
        T=1,
        name=f"{THEORY}/hidden-charge",
        title="A conserved charge of the damped oscillator",
        source=SOURCE,
    )


def loss_with_symmetry(name: str) -> tuple[list[Any], Expr, list[Any], str]:
    """Coordinates, an invariant loss, the generator, and in words."""
    F = Function("F", real=True)
    x, y = (Function(s, real=True)(t) for s in ("x", "y"))
    a, b = (Function(s, real=True)(t) for s in ("w_in", "w_out"))
    table: dict[str, tuple[list[Any], Expr, list[Any], str]] = {
        "translation": ([x, y], F(x - y), [S.One, S.One], "translation (softmax logits)"),
        "scale": ([x, y], F(y / x), [x, y], "scale (normalisation layers)"),
        "rescale": ([a, b], F(a * b), [a, -b], "rescale (ReLU and linear pairs)"),
        "rotation": ([x, y], F(x**2 + y**2), [-y, x], "rotation"),
    }
    if name not in table:
        raise InputError(repr(name), "is not a symmetry here", f"one of {', '.join(table)}")
    return table[name]


def kinetic_symmetry_breaking(symmetry: str = "scale") -> ChargeLaw:
    r"""A loss with a symmetry, under momentum and weight decay: how its charge moves.

    With $p = \langle\dot q, \xi\rangle$, $\xi = Aq$ (or constant, for a translation)
    $$m\dot p + \mu p = m\,\dot q^TA\dot q - k\,q^TAq,$$
    and for symmetric A, $C = q^TAq$: $m\ddot C + \mu\dot C + 2kC = 2m\,\dot q^TA\dot q$; a
    translation gives $m\ddot x + \mu\dot x + kx = 0$ for $x = \sum_i q_i$, a rotation $m\dot p +
    \mu p = 0$.

    Args:
        symmetry: "translation", "scale", "rescale" or "rotation"; the loss is an unknown function
            of what the symmetry leaves alone, with one coordinate of each kind.

    Returns:
        the law; its formula is {momentum, source} of coordinates and velocities, source being
        $m\dot p + \mu p$ (the charge itself holds $e^{\mu t/m}$, which overflows).
    """
    coordinates, loss, xi, words = loss_with_symmetry(symmetry)
    system = kanai(loss, coordinates)
    law = noether(
        system,
        xi=xi,
        name=f"{THEORY}/kinetic-symmetry-breaking",
        title=f"The kinetic term breaks the symmetry of the loss: {words}",
        source=f"{SOURCE}; {NEURAL_MECHANICS}",
    )
    motion: Any = law
    names = []
    for q in coordinates:
        label = str(q.func)
        force = Derivative(loss, q).doit()
        step = f"newton-{label}"
        names.append(step)
        motion = motion.then(
            Combine([-1, 1]),
            f"euler-{label}",
            f"motion-{label}",
            name=f"equation-{label}",
            say=f"The equation of motion of {label}:",
            claim=Statement(motion[f"euler-{label}"].rhs, "=", S.Zero),
        ).then(
            OnMotion(m * q.diff(t, 2) + mu * q.diff(t), -force - k * q, t),
            f"equation-{label}",
            name=step,
            say="and without the factor exp(mu t/m)",
        )
    momentum = Add(*[q.diff(t) * g for q, g in zip(coordinates, xi)])
    kinetic = Add(*[m * q.diff(t) * g.diff(t) for q, g in zip(coordinates, xi)])
    decay = Add(*[-k * q * g for q, g in zip(coordinates, xi)])
    motion = motion.then(
        OnMotion(m * Derivative(momentum, t) + mu * momentum, kinetic + decay, t),
        *names,
        name="momentum",
        say="so that the momentum of the symmetry obeys",
    )
    if symmetry != "rotation":
        translation = symmetry == "translation"
        squares = [q * g for q, g in zip(coordinates, xi)]
        charge = Add(*coordinates) if translation else Add(*squares)
        rate = k if translation else 2 * k
        source = S.Zero if translation else 2 * kinetic
        motion = motion.then(
            OnMotion(
                m * Derivative(charge, (t, 2)) + mu * Derivative(charge, t) + rate * charge,
                source,
                t,
            ),
            *names,
            name="charge-law",
            say="and its charge",
        )
    motion = motion.assume(
        Statement(Function("p", real=True)(t), "=", momentum), name="momentum-value",
        say="In numbers that do not grow with exp(mu t/m): the momentum p,",
    )  # fmt: skip
    outputs = {"momentum": "momentum-value", "source": "momentum"}
    title = "Momentum p of a broken symmetry, and the source of m p' + mu p"
    return in_symbols(motion, system, outputs, "kinetic_symmetry_breaking", title)  # type: ignore[no-any-return]


def polar_motion() -> Derivation:
    r"""A scale-invariant loss in the plane, in polar coordinates, exactly.

    $$m\ddot r + \mu\dot r = (m\dot\theta^2 - k)\,r,\qquad
      m(\ddot\theta + 2\tfrac{\dot r}r\dot\theta) + \mu\dot\theta = -f'(\theta)/r^2.$$
    """
    r = Function("r", positive=True)(t)
    theta = Function("theta", real=True)(t)
    loss = Function("f", real=True)(theta)
    kinetic = m * (r.diff(t) ** 2 + r**2 * theta.diff(t) ** 2) / 2
    system = Lagrangian(exp(mu * t / m) * (kinetic - loss - k * r**2 / 2), [r, theta])
    derivation = equations_of_motion(system)
    return derivation.renamed(
        f"{THEORY}/polar-motion", "Norm and angle of a scale-invariant layer, from its Lagrangian"
    )
