"""The balanced two-layer mode: its learning curve and its half-time.

Main results: `mode`, `half_time`.
"""

from __future__ import annotations

from sympy import (
    Basic,
    Eq,
    Gt,
    Ne,
    Symbol,
    exp,
    log,
    oo,
)

from derivax.symbolic.derivation import Derivation
from derivax.symbolic.derive import derive_problem
from derivax.symbolic.methods.differentiate import Differentiate
from derivax.symbolic.methods.invariant import Invariant
from derivax.symbolic.methods.solve_for import BackSubstitute, SolveFor
from derivax.symbolic.methods.substitute import Rewrite, Substitute
from derivax.symbolic.nodes.phi import Phi
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.deep_linear_networks.flow import decoupling
from derivax.symbolic.theories.deep_linear_networks.notation import (
    THEORY,
    a,
    b,
    s,
    t,
    tau,
    two_layers_only,
    u,
    u0,
)

__all__ = ["half_time", "mode", "singular_modes"]


def _mode_problem(*assume: Basic) -> Problem:
    """tau u' = 2 u (s - u), u(0) = u0."""
    equation = Eq(tau * u(t).diff(t), 2 * u(t) * (s - u(t)))
    return Problem(equation, u(t), given={u(0): u0}, assume=assume)


def _mode_equation() -> Derivation:
    """From the decoupled strengths a, b to one equation for u = ab with a = b."""
    derivation = decoupling(2)
    derivation = derivation.then(
        Invariant(a(t) ** 2 - b(t) ** 2, t),
        "mode-1",
        "mode-2",
        name="conserved",
        say="The difference of the squared strengths is conserved; balanced means that it is zero:",
    )
    derivation = derivation.assume(
        Statement(b(t), "=", a(t)), name="balanced", say="Balanced strengths:"
    )
    derivation = derivation.assume(
        Statement(u(t), "=", a(t) ** 2),
        name="product",
        say="The strength of the whole map, u = ab:",
    )
    derivation = derivation.then(
        Substitute(), "mode-1", "balanced", name="balanced-mode", say="Hence for both layers"
    )
    derivation = derivation.then(
        Rewrite(lhs=a(t).diff(t), rhs=a(t) * (s - a(t) ** 2) / tau, multiplier=1 / tau),
        "balanced-mode",
        name="rate-of-a",
    )
    derivation = derivation.then(
        Differentiate(t), "product", name="rate-of-u", say="Differentiate u:"
    )
    derivation = derivation.then(
        Substitute({a(t).diff(t): a(t) * (s - a(t) ** 2) / tau}), "rate-of-u", "rate-of-a"
    )
    derivation = derivation.then(
        Rewrite(lhs=tau * u(t).diff(t), rhs=2 * a(t) ** 2 * (s - a(t) ** 2), multiplier=tau),
        -1,
        name="closed",
    )
    return derivation.then(
        Substitute({a(t) ** 2: u(t)}),
        "closed",
        "product",
        name="mode-equation",
        say="which closes in u alone:",
    )


def mode(L: int | None = None, n_layers: int | None = None) -> Derivation:
    r"""Learning curve of one balanced mode of a two-layer network.

    $$\tau\dot u = 2u(s-u),\qquad u(t) = \frac{s\,e^{2st/\tau}}{e^{2st/\tau} - 1 + s/u_0}$$

    Returns:
        A derivation from the loss to u(t); its formula takes (t, s, u0, tau), is written with
        $\varphi_1$ so that it neither overflows nor divides by s, and holds for every real s.
    """
    two_layers_only("mode", L, n_layers)
    derivation = _mode_equation().continued(derive_problem(_mode_problem(Ne(s, 0))))
    growth = exp(2 * s * t / tau)
    derivation = derivation.then(
        Rewrite(rhs=s * growth / (growth - 1 + s / u0)), "solution", name="paper", say="As printed:"
    )
    x = 2 * s * t / tau
    stable = u0 / (exp(-x) + 2 * u0 * t / tau * Phi(1, -x))
    derivation = derivation.then(
        Rewrite(rhs=stable),
        "paper",
        name="overflow-free",
        say="Multiplied through by exp(-2st/tau), with phi_1(x) = (exp(x) - 1)/x:",
    )
    derivation = derivation.then(
        BackSubstitute(_mode_problem()),
        "overflow-free",
        name="mode",
        claim=Statement(u(t), "=", stable, forall=_mode_problem().domain),
        say="This form solves the problem for every real s, zero included:",
    )
    derivation = derivation.renamed(f"{THEORY}/mode", "Learning curve of one balanced mode")
    formula = derivation.formula_of(
        "mode",
        [t, s, u0, tau],
        domain={s: (0, oo), t: (0, oo)},
        name="mode_u",
        solves=_mode_problem(),
    )
    return derivation.concluded(formula)


def singular_modes(L: int | None = None, n_layers: int | None = None) -> Derivation:
    r"""Every singular mode of a correlation learns as $u(t; s)$: `mode`, after `decoupling`."""
    title = "Learning curves of all singular modes of a correlation"
    return mode(L, n_layers).renamed(f"{THEORY}/singular-modes", title)


def half_time(L: int | None = None, n_layers: int | None = None) -> Derivation:
    r"""When a balanced mode is half learned: $t = \frac{\tau}{2s}\ln(s/u_0 - 1)$."""
    two_layers_only("half-time", L, n_layers)
    half = Symbol("t_half", positive=True)
    derivation = mode(2)
    derivation = derivation.then(
        Substitute({t: half}), "solution", name="at-half", say="At the half-time"
    )
    derivation = derivation.assume(
        Statement(u(half), "=", s / 2, given=(Gt(s, 2 * u0),)),
        name="half",
        say="which is defined by",
    )
    derivation = derivation.then(Substitute({u(half): s / 2}), "at-half", "half", say="Hence")
    derivation = derivation.then(SolveFor(half), -1, name="solved-half", say="Solve for the time:")
    derivation = derivation.then(
        Rewrite(rhs=tau * log(s / u0 - 1) / (2 * s)), "solved-half", name="half-time"
    )
    derivation = derivation.renamed(f"{THEORY}/half-time", "Half-time of a balanced mode")
    formula = derivation.formula_of(
        "half-time", [s, u0, tau], domain={s: (0, oo)}, name="half_time"
    )
    return derivation.concluded(formula)
