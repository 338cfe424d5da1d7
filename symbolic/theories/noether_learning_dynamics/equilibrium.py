r"""Equilibrium of a scale-invariant layer, and the slow growth towards it.

Main results: `equilibrium`, `slow_growth`.
"""

from __future__ import annotations

from sympy import Function, Symbol

from derivax.symbolic.derivation import Derivation
from derivax.symbolic.methods.combine import Combine
from derivax.symbolic.methods.solve_for import SolveFor
from derivax.symbolic.methods.substitute import Rewrite, Substitute
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.noether_learning_dynamics.notation import (
    SOURCE,
    THEORY,
    beta,
    eta,
    k,
)

__all__ = ["equilibrium", "slow_growth"]

_n = Symbol("n", integer=True, nonnegative=True)


def equilibrium() -> Derivation:
    r"""The angle between successive weights of a scale-invariant layer, at equilibrium.

    Stationary $C = |q|^2$, $p$ and $V = |v|^2$ give $V/C = 2\eta k/(1+\beta)$ and
    $$\cos\varphi = 1 - \frac{\eta k}{1+\beta}$$
    for any loss and any noise.

    Returns:
        a derivation whose formula is {relative_step, cos_angle} of eta, beta, k.
    """
    C, V = Symbol("C", positive=True), Symbol("V", nonnegative=True)
    p, c = Symbol("p", real=True), Function("C", real=True)
    P, W = Function("p", real=True), Function("V", real=True)
    momentum = Statement(P(_n + 1), "=", beta * P(_n) - eta * k * c(_n) + W(_n + 1))
    charge = Statement(c(_n + 1), "=", c(_n) + 2 * P(_n + 1) - W(_n + 1))
    derivation = Derivation.begin(
        Problem([momentum, charge], [P(_n), c(_n)], assume=(beta < 1,)),
        name=f"{THEORY}/equilibrium",
        title="Equilibrium step and angle of a scale-invariant layer",
        source=f"{SOURCE} (exact form derived here)",
    )
    still = {P(_n + 1): p, P(_n): p, c(_n + 1): C, c(_n): C, W(_n + 1): V}
    derivation = (
        derivation.assume(Statement(P(_n + 1), "=", p), name="still-p", say="In a stationary state")
        .assume(Statement(P(_n), "=", p), name="still-p0", say="the momentum,")
        .assume(Statement(c(_n + 1), "=", C), name="still-c", say="the squared norm")
        .assume(Statement(c(_n), "=", C), name="still-c0", say="(at both times)")
        .assume(Statement(W(_n + 1), "=", V), name="still-v", say="and the squared step stay.")
    )
    names = ["still-p", "still-p0", "still-c", "still-c0", "still-v"]
    derivation = derivation.then(
        Substitute(still), 0, *names, name="momentum", say="Then the law of the momentum reads"
    ).then(
        Substitute(still), 1, *names, name="charge", say="and that of the norm"
    )
    derivation = derivation.then(
        SolveFor(p), "charge", name="p", say="Hence the momentum is half the squared step,"
    ).then(
        Substitute({p: V / 2}), "momentum", "p", name="balance", say="decay balances the steps,"
    ).then(
        SolveFor(V), "balance", name="step", say="and the squared step is"
    )  # fmt: skip
    cosine = Symbol("cos_phi", real=True)
    derivation = derivation.assume(
        Statement(cosine, "=", (C + p - V) / C),
        name="angle",
        say="The weights q and q + v' enclose the angle with cos phi = q.(q + v')/C, where q.v' ="
        " p - V:",
    ).then(
        Substitute({p: V / 2}), "angle", "p", name="angle-step", say="With the momentum"
    ).then(
        Substitute({V: 2 * C * eta * k / (1 + beta)}), "angle-step", "step",
        name="angle-rates", say="and the step",
    ).then(
        Rewrite(rhs=1 - eta * k / (1 + beta)), "angle-rates", name="cos-angle", say="that is",
    )  # fmt: skip
    derivation = derivation.then(
        Combine([1 / C]), "step", name="relative-step", say="Relative to the squared norm:",
        claim=Statement(V / C, "=", 2 * eta * k / (1 + beta)),
    )  # fmt: skip
    formula = derivation.formula_of(
        {"relative_step": "relative-step", "cos_angle": "cos-angle"}, [eta, beta, k],
        domain={beta: (0, 1)}, name="equilibrium",
    )  # fmt: skip
    return derivation.concluded(formula)


def slow_growth() -> Derivation:
    r"""How fast a charge grows once the momentum has settled, for any gradient noise.

    A momentum that stays gives $C' - C = \frac{(1+\beta)V - 2\eta k\,C}{1-\beta}$.  Smooth
    gradients have $V = \eta^2g^2/(1-\beta)^2$, gradients without memory $V =
    \eta^2g^2/(1-\beta^2)$; without decay the second is $(1-\beta)/(1+\beta)$ times slower.

    Returns:
        a derivation whose formula is {smooth, white} of eta, beta, k, C and g.
    """
    C, V = Symbol("C", real=True), Symbol("V", real=True)
    p, after = Symbol("p", real=True), Symbol("C_new", real=True)
    g = Symbol("g", nonnegative=True)
    momentum = Statement(p, "=", beta * p - eta * k * C + V)
    charge = Statement(after, "=", C + 2 * p - V)
    derivation = Derivation.begin(
        Problem([momentum, charge], [p, after], assume=(beta < 1,)),
        name=f"{THEORY}/slow-growth",
        title="Growth of a charge per step, for smooth and for uncorrelated gradients",
        source=f"{SOURCE} (derived here)",
    )
    settled = (V - eta * k * C) / (1 - beta)
    growth = ((1 + beta) * V - 2 * eta * k * C) / (1 - beta)
    derivation = derivation.then(
        SolveFor(p), 0, name="momentum", say="A momentum that stays is",
        claim=Statement(p, "=", settled),
    ).then(
        Combine([1, 2]), 1, "momentum", name="growth", say="so that the charge grows per step by",
        claim=Statement(after - C, "=", growth),
    )  # fmt: skip
    outputs = {}
    for name, value, words in (
        ("smooth", eta**2 * g**2 / (1 - beta) ** 2, "Gradients that stay for 1/(1 - beta) steps:"),
        ("white", eta**2 * g**2 / (1 - beta**2), "Gradients without memory:"),
    ):
        derivation = derivation.assume(
            Statement(V, "=", value), name=f"{name}-step", say=words
        ).then(
            Substitute({V: value}), "growth", f"{name}-step", name=name, say="give the growth",
        )  # fmt: skip
        outputs[name] = name
    formula = derivation.formula_of(
        outputs, [eta, beta, k, C, g], domain={beta: (0, 1)}, where=(beta < 1,), name="slow_growth"
    )
    return derivation.concluded(formula)
