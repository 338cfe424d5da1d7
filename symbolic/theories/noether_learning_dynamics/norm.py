r"""Norms and other charges in continuous time, given the speed of the weights.

Main results: `inertial_norm`, `gradient_flow_charge`, `rmsprop_dictionary`.

The charge $C = q^TAq$ of `linear-charge` obeys $m\ddot C + \mu\dot C + 2kC = 2mw$, $w = \dot
q^TA\dot q$.
"""

from __future__ import annotations

from sympy import Derivative, Expr, Function, S, Subs, Symbol, exp

from derivax.symbolic.derivation import Derivation
from derivax.symbolic.methods.duhamel import DiscreteDuhamel, Duhamel
from derivax.symbolic.methods.solve_for import BackSubstitute, SolveFor
from derivax.symbolic.methods.substitute import Substitute
from derivax.symbolic.nodes.entire_hyperbolic import CoshRoot, SinhcRoot
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.noether_learning_dynamics.notation import (
    SOURCE,
    THEORY,
    beta,
    eta,
    k,
    m,
    mu,
)
from derivax.symbolic.theories.noether_learning_dynamics.optimiser import norm_history

__all__ = ["gradient_flow_charge", "inertial_norm", "rmsprop_dictionary"]

t = Symbol("t", nonnegative=True)


def inertial_norm() -> Derivation:
    r"""The charge with inertia, exactly, given the speed of the weights at all times.

    $$C = e^{-\mu t/2m}\big[C_0\,\mathrm C(Dt^2) + (\dot C_0 + \tfrac\mu{2m}C_0)\,t\,
    \mathrm S(Dt^2)\big] + \int_0^te^{-\mu(t-\tau)/2m}(t-\tau)\,\mathrm S(D(t-\tau)^2)\,2w(\tau)\,
    d\tau$$
    with $D = (\mu/2m)^2 - 2k/m$ and the entire functions $\mathrm C(w) = \cosh\sqrt w$, $\mathrm
    S(w) = \sinh\sqrt w/\sqrt w$: no case at critical damping.  For a translation put k/2 for k.

    Returns:
        a derivation whose formula is {free, response}: C without source, and the response to a
        kick, which stands under the integral with 2w.
    """
    C, w = Function("C", real=True), Function("w", real=True)
    C0, v0 = Symbol("C0", real=True), Symbol("v0", real=True)
    half = mu / (2 * m)
    D = half**2 - 2 * k / m

    def kernel(at: Expr) -> Expr:
        return exp(-half * at) * at * SinhcRoot(D * at**2)  # type: ignore[no-any-return]

    free = exp(-half * t) * C0 * CoshRoot(D * t**2) + (v0 + half * C0) * kernel(t)
    motion = Statement(
        m * Derivative(C(t), (t, 2)) + mu * Derivative(C(t), t) + 2 * k * C(t), "=", 2 * m * w(t)
    )
    derivation = Derivation.begin(
        Problem(motion, C(t)),
        name=f"{THEORY}/inertial-norm",
        title="The charge of a broken symmetry with inertia, given the speed of the weights",
        source=SOURCE,
    ).assume(
        Statement(C(0), "=", C0), name="start", say="From the charge"
    ).assume(
        Statement(Subs(Derivative(C(t), t), t, 0), "=", v0), name="start-rate", say="and its rate"
    ).then(
        Duhamel(C(t), free, kernel(t)), 0, "start", "start-rate", name="history",
        say="the charge responds to the speed at all earlier times:",
    ).assume(
        Statement(w(t), "=", S.Zero), name="no-source", say="Weights at rest leave the charge"
    ).then(
        Substitute({w(t): S.Zero}), 0, "no-source", name="free-law", say="with the law"
    ).then(
        Duhamel(C(t), free, kernel(t)), "free-law", "start", "start-rate", name="free",
        say="free:",
    ).assume(
        Statement(C(0), "=", S.Zero), name="zero", say="A kick, from zero"
    ).assume(
        Statement(Subs(Derivative(C(t), t), t, 0), "=", S.One), name="kick", say="with rate one,"
    ).then(
        Duhamel(C(t), kernel(t), kernel(t)), "free-law", "zero", "kick", name="response",
        say="is followed by the response that stands under the integral:",
    )  # fmt: skip
    formula = derivation.formula_of(
        {"free": "free", "response": "response"}, [t, m, mu, k, C0, v0], name="inertial_norm",
        domain={t: (0, 20), m: (S.One / 10, 10), mu: (0, 5), k: (0, 5)},
    )  # fmt: skip
    return derivation.concluded(formula)


def gradient_flow_charge() -> Derivation:
    r"""Without inertia the charge only decays: $C = e^{-2kt/\mu}C_0$.

    The limit m -> 0 of the law with inertia, on the solutions that stay slow; conserved for k = 0
    only.
    """
    C, C0 = Function("C", real=True), Symbol("C0", real=True)
    law = Statement(mu * Derivative(C(t), t) + 2 * k * C(t), "=", 0)
    derivation = Derivation.begin(
        Problem(law, C(t), given={C(0): C0}),
        name=f"{THEORY}/gradient-flow-charge",
        title="The charge of a symmetry under gradient flow with weight decay",
        source=SOURCE,
    ).assume(
        Statement(C(t), "=", exp(-2 * k * t / mu) * C0), name="ansatz", say="The exponential"
    )
    derivation = derivation.then(
        BackSubstitute(derivation.problem), "ansatz", name="decay",
        say="solves the law and starts as given:",
    )  # fmt: skip
    return derivation.concluded(
        derivation.formula_of("decay", [t, mu, k, C0], name="gradient_flow_charge")
    )


def rmsprop_dictionary() -> Derivation:
    r"""A scale-invariant layer as an implicit RMSProp: what corresponds to what.

    RMSProp averages $G_{n+1} = \rho G_n + (1-\rho)g_n^2$ and moves at the rate $\eta/\sqrt G$; in
    continuous time $\dot G = \frac{1-\rho}\eta(g^2 - G)$, so that
    $$G = e^{-\frac{1-\rho}\eta t}G_0 + \tfrac{1-\rho}\eta\int_0^te^{-\frac{1-\rho}\eta(t-\tau)}
    g(\tau)^2\,d\tau.$$
    The norm obeys the same law: $r^2 \leftrightarrow\sqrt G$, $1 - \rho = 4\eta k/(1-\beta)$, with
    a gain larger by $\frac{\eta(1+\beta)}{2k(1-\beta)^2}$; for k = 0 nothing is forgotten
    (AdaGrad).

    Returns:
        a derivation whose formula is {rho, gain_ratio} of eta, beta, k.
    """
    n = Symbol("n", integer=True, nonnegative=True)
    rho, G0 = Symbol("rho", real=True), Symbol("G0", nonnegative=True)
    ratio, gain = Symbol("gain_ratio", nonnegative=True), Symbol("gain", nonnegative=True)
    G, g = Function("G", real=True), Function("g", real=True)
    memory, forgetting = (1 - rho) / eta, 4 * k / (1 - beta)
    derivation = norm_history().renamed(
        f"{THEORY}/rmsprop-dictionary", "A scale-invariant layer as an implicit RMSProp"
    )
    derivation = derivation.assume(
        Statement(G(n + 1), "=", rho * G(n) + (1 - rho) * g(n) ** 2), name="rmsprop",
        say="RMSProp averages squared gradients,",
    ).assume(
        Statement(G(0), "=", G0), name="rmsprop-start", say="and from"
    ).then(
        DiscreteDuhamel(G(n), rho**n * G0, rho**n), "rmsprop", "rmsprop-start",
        name="rmsprop-steps", say="it has after n steps",
    ).assume(
        Statement(Derivative(G(t), t), "=", memory * (g(t) ** 2 - G(t))), name="rmsprop-flow",
        say="In continuous time, G(n) = G(t = n eta) to first order in its change,",
    ).then(
        Duhamel(G(t), exp(-memory * t) * G0, exp(-memory * t)), "rmsprop-flow", "rmsprop-start",
        name="rmsprop-history", say="that is",
    ).assume(
        Statement(memory, "=", forgetting), name="same-memory",
        say="The norm has the same memory as the average, with r^2 for sqrt(G), when",
    ).then(
        SolveFor(rho), "same-memory", name="rho", say="that is",
        claim=Statement(rho, "=", 1 - eta * forgetting, given=(beta < 1,)),
    ).assume(
        Statement(gain, "=", 4 * m / mu**3), name="gain", say="The norm adds squared gradients up"
        " with the gain",
    ).then(
        Substitute({m: eta * (1 + beta) / 2, mu: 1 - beta}), "gain", "mass", "friction",
        name="norm-gain", say="that is",
    ).assume(
        Statement(ratio, "=", gain / memory), name="ratio", say="Relative to that of RMSProp"
    ).then(
        Substitute({gain: 2 * eta * (1 + beta) / (1 - beta) ** 3, rho: 1 - eta * forgetting}),
        "ratio", "norm-gain", "rho", name="gain-ratio", say="this is",
        claim=Statement(ratio, "=", eta * (1 + beta) / (2 * k * (1 - beta) ** 2),
                        given=(beta < 1, k > 0)),
    )  # fmt: skip
    formula = derivation.formula_of(
        {"rho": "rho", "gain_ratio": "gain-ratio"}, [eta, beta, k], name="rmsprop_dictionary",
        domain={beta: (0, 1), eta: (0, 1), k: (0, 1)}, where=(beta < 1, k > 0),
    )  # fmt: skip
    return derivation.concluded(formula)
