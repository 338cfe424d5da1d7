r"""Balanced two-layer learning as one matrix Riccati equation, solved for any shapes and ranks.

Main result: `riccati`.

Implementation notes.  The stacked weights $Q = (W_1^T; W_2)$ are written with two selections $J_1,
J_2$ ($J_a^T J_b = \delta_{ab} I$), so that blocks of symbolic shapes are products.  The published
solution contains $F^{-1}$, which does not exist for rectangular or rank-deficient correlations;
here the integral of $e^{2Fs}$ is written with $\varphi_1$ on the eigenvalues of F, which is entire.
"""

from __future__ import annotations

from sympy import (
    Eq,
    Function,
    MatMul,
    MatrixSymbol,
    Rational,
    S,
    Symbol,
    Transpose,
    ZeroMatrix,
    exp,
)
from sympy import Identity as IdentityMatrix

from derivax.symbolic.derivation import Derivation
from derivax.symbolic.derive import derive_problem
from derivax.symbolic.methods.differentiate import Differentiate
from derivax.symbolic.methods.integrate import Integrate
from derivax.symbolic.methods.matrix_identity import DiagonalEntries, MatrixIdentity
from derivax.symbolic.methods.matrix_riccati import MatrixRiccati, RateOf
from derivax.symbolic.methods.substitute import Rewrite, Substitute
from derivax.symbolic.nodes.matrix_calculus import TimeDerivative
from derivax.symbolic.nodes.phi import Phi
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.deep_linear_networks.flow import gradient_flow
from derivax.symbolic.theories.deep_linear_networks.notation import (
    THEORY,
    s,
    t,
    tau,
    two_layers_only,
)

__all__ = ["riccati"]

_N1, _N2, _N3 = (Symbol(f"N{i}", integer=True, positive=True) for i in (1, 2, 3))
_n, _r = (Symbol(name, integer=True, positive=True) for name in ("n", "r"))
W1, W2 = MatrixSymbol("W_1", _N2, _N1), MatrixSymbol("W_2", _N3, _N2)
SIGMA = MatrixSymbol("Sigma_yx", _N3, _N1)
SIGMA_XX = MatrixSymbol("Sigma_xx", _N1, _N1)
J1, J2 = MatrixSymbol("J_1", _n, _N1), MatrixSymbol("J_2", _n, _N3)
Q, Q0 = MatrixSymbol("Q", _n, _N2), MatrixSymbol("Q_0", _n, _N2)
R, R0, F, E, P, NULL = (MatrixSymbol(x, _n, _n) for x in ("R", "R_0", "F", "E", "P", "N"))
U, V = MatrixSymbol("U", _N3, _r), MatrixSymbol("V", _N1, _r)
SV, GROW, FALL, RISEN, FALLEN = (
    MatrixSymbol(x, _r, _r) for x in ("S", "G_p", "G_m", "Phi_p", "Phi_m")
)
OP, OM = MatrixSymbol("O_p", _n, _r), MatrixSymbol("O_m", _n, _r)
g = Function("g", positive=True)
p, psi, rise = (Function(name, nonnegative=True) for name in ("p", "psi", "varphi"))


def riccati(L: int | None = None, n_layers: int | None = None) -> Derivation:
    r"""Two-layer learning from any balanced initial weights, of any shapes and ranks.

    White inputs, $W_1W_1^T = W_2^TW_2$ at the start, $Q = (W_1^T; W_2)$:

    $$\tau\frac{d}{dt}QQ^T = FQQ^T + QQ^TF - (QQ^T)^2,\qquad
      QQ^T(t) = e^{Ft/\tau}Q_0\Big[I + Q_0^T P(t) Q_0\Big]^{-1}Q_0^T e^{Ft/\tau}$$

    with $P = \frac1\tau\int_0^t e^{2Fs/\tau}ds$, whose eigenvalues are
    $\frac t\tau\varphi_1(2wt/\tau)$ for the eigenvalues w of F.

    Returns:
        A derivation from the loss; its formula is $R = QQ^T$ of ($Q_0$, $E = e^{Ft/\tau}$, P).  The
        scalar kernels of the numerical program are its steps `decay`, `scaled-integral`,
        `falling-slope` and `rising-slope`.
    """
    two_layers_only("riccati", L, n_layers)
    derivation = _conserved(gradient_flow(2))
    derivation = _stacked(derivation)
    derivation = _spectrum(derivation)
    derivation = _functions_of_f(derivation)
    derivation = derivation.then(
        MatrixRiccati(Q0, E, P),
        "riccati-equation",
        "start",
        "propagator-rate",
        "integral-rate",
        name="solution",
        say="The linearised equation solves the Riccati equation:",
    )
    derivation = _kernels(derivation)
    derivation = derivation.renamed(
        f"{THEORY}/riccati", "Two-layer learning from any balanced weights (matrix Riccati)"
    )
    return derivation.concluded(derivation.formula_of("solution", [Q0, E, P], name="R"))


def _conserved(derivation: Derivation) -> Derivation:
    """White inputs; W_1 W_1^T - W_2^T W_2 is constant, so balanced weights stay balanced."""
    imbalance = MatrixSymbol("C", _N2, _N2)
    derivation = derivation.assume(
        Statement(SIGMA_XX, "=", IdentityMatrix(_N1)), name="white", say="White inputs:"
    ).assume(
        Statement(imbalance, "=", W1 * W1.T - W2.T * W2),
        name="imbalance",
        say="How unbalanced the two layers are:",
    )
    derivation = derivation.then(
        RateOf(), "imbalance", "flow-1", "flow-2", name="imbalance-rate", say="It changes at"
    )
    derivation = derivation.then(
        MatrixIdentity(TimeDerivative(imbalance), ZeroMatrix(_N2, _N2)),
        "imbalance-rate",
        "white",
        name="conserved",
        say="which vanishes: the imbalance is conserved.",
    )
    return derivation.assume(
        Statement(W2.T * W2, "=", W1 * W1.T),
        name="balanced",
        say="Balanced at the start, the weights stay balanced:",
    )


def _stacked(derivation: Derivation) -> Derivation:
    """The Riccati equation of R = Q Q^T."""
    selections = (
        (J1.T * J1, IdentityMatrix(_N1), "select-11"),
        (J2.T * J2, IdentityMatrix(_N3), "select-22"),
        (J1.T * J2, ZeroMatrix(_N1, _N3), "select-12"),
    )
    for lhs, rhs, name in selections:
        derivation = derivation.assume(
            Statement(lhs, "=", rhs), name=name, say="J_1 and J_2 select inputs and outputs:"
        )
    derivation = derivation.assume(
        Statement(Q, "=", J1 * W1.T + J2 * W2), name="stacked", say="The stacked weights:"
    ).assume(
        Statement(F, "=", J1 * SIGMA.T * J2.T + J2 * SIGMA * J1.T),
        name="correlations",
        say="and correlations:",
    )
    derivation = derivation.then(
        RateOf(), "stacked", "flow-1", "flow-2", name="stacked-rate", say="The stack changes at"
    )
    closed = F * Q - Rational(1, 2) * Q * Q.T * Q
    blocks = ("select-11", "select-22", "select-12")
    derivation = derivation.then(
        MatrixIdentity(tau * TimeDerivative(Q), closed),
        "stacked-rate",
        "stacked",
        "correlations",
        "white",
        "balanced",
        *blocks,
        name="stacked-flow",
        say="which closes in Q for white inputs and balanced weights:",
    )
    derivation = derivation.assume(
        Statement(R, "=", Q * Q.T), name="square", say="Its square R = Q Q^T holds W_2 W_1:"
    ).then(RateOf(), "square", "stacked-flow", name="square-rate")
    return derivation.then(
        MatrixIdentity(tau * TimeDerivative(R), F * R + R * F.T - R * R),
        "square-rate",
        "square",
        name="riccati-equation",
        say="and obeys a matrix Riccati equation:",
    ).assume(Statement(R0, "=", Q0 * Q0.T), name="start", say="with the start")


def _spectrum(derivation: Derivation) -> Derivation:
    """F on its eigenvectors (J_1 V +- J_2 U)/sqrt 2, and the projection on its null space."""
    identity = IdentityMatrix(_r)
    derivation = derivation.assume(
        Statement(SIGMA, "=", U * SV * V.T), name="svd", say="The singular triplets, S diagonal:"
    )
    for base in (U, V):
        derivation = derivation.assume(
            Statement(base.T * base, "=", identity), name=f"orthonormal-{base.name}"
        )
    root = 1 / S(2) ** S.Half
    for vector, sign, name in ((OP, 1, "plus"), (OM, -1, "minus")):
        derivation = derivation.assume(
            Statement(vector, "=", root * (J1 * V) + sign * root * (J2 * U)),
            name=f"vectors-{name}",
            say="Eigenvectors of F:",
        )
    used = ("vectors-plus", "vectors-minus", "orthonormal-U", "orthonormal-V")
    blocks = ("select-11", "select-22", "select-12")
    derivation = derivation.then(
        MatrixIdentity(F, OP * SV * OP.T - OM * SV * OM.T, (SV,)),
        "correlations",
        "svd",
        *used,
        name="spectral",
        say="F has the eigenvalues S on O_p and -S on O_m:",
    )
    for lhs, rhs, name in (
        (OP.T * OP, identity, "orthonormal-plus"),
        (OM.T * OM, identity, "orthonormal-minus"),
        (OP.T * OM, ZeroMatrix(_r, _r), "orthogonal"),
    ):
        derivation = derivation.then(
            MatrixIdentity(lhs, rhs), *used, *blocks, name=name, say="which are orthonormal:"
        )
    return derivation


def _functions_of_f(derivation: Derivation) -> Derivation:
    """exp(F t/tau) and its integral, from diagonal functions that obey scalar equations."""
    diagonal = (SV, GROW, FALL, RISEN, FALLEN)
    for letter, rate, name in (
        (GROW, SV * GROW, "growth"),
        (FALL, -SV * FALL, "fall"),
        (RISEN, GROW * GROW, "growth-integral"),
        (FALLEN, FALL * FALL, "fall-integral"),
    ):
        derivation = derivation.assume(
            Statement(tau * TimeDerivative(letter), "=", rate),
            name=name,
            say="Diagonal functions of time, I (growth, fall) or 0 (integrals) at the start:",
        )
    orthonormal = ("orthonormal-plus", "orthonormal-minus", "orthogonal")
    derivation = derivation.assume(
        Statement(NULL, "=", IdentityMatrix(_n) - OP * OP.T - OM * OM.T),
        name="null-space",
        say="The projection on the null space of F:",
    )
    derivation = derivation.assume(
        Statement(E, "=", NULL + OP * GROW * OP.T + OM * FALL * OM.T),
        name="propagator",
        say="Define E, which is I at the start",
    ).then(RateOf(), "propagator", "growth", "fall", name="propagator-change")
    derivation = derivation.then(
        MatrixIdentity(tau * TimeDerivative(E), F * E, diagonal),
        "propagator-change",
        "propagator",
        "null-space",
        "spectral",
        *orthonormal,
        name="propagator-rate",
        say="It is the propagator of F:",
    )
    derivation = derivation.assume(
        Statement(P, "=", (t / tau) * NULL + OP * RISEN * OP.T + OM * FALLEN * OM.T),
        name="integral",
        say="and P, which is 0 at the start:",
    ).then(RateOf(t), "integral", "growth-integral", "fall-integral", name="integral-change")
    return derivation.then(
        MatrixIdentity(tau * TimeDerivative(P), MatMul(Transpose(E), E), diagonal),
        "integral-change",
        "propagator",
        "null-space",
        *orthonormal,
        name="integral-rate",
        say="It is the integral of E^T E:",
    )


def _kernels(derivation: Derivation) -> Derivation:
    """The scalar functions on one eigenvalue, in a form that does not overflow."""
    entries = {SV: s, GROW: g(t), TimeDerivative(GROW): g(t).diff(t)}
    derivation = derivation.then(
        DiagonalEntries(entries), "growth", name="growth-entry", say="On one eigenvalue s"
    )
    growth = derive_problem(Problem(Eq(tau * g(t).diff(t), s * g(t)), g(t), given={g(0): 1}))
    derivation = derivation.continued(growth)
    derivation = derivation.then(
        Rewrite(rhs=exp(s * t / tau)), "solution'", name="growth-solution"
    ).then(Substitute({s: -s}), "growth-solution", name="decay", say="and on the eigenvalue -s:")
    entries = {GROW: g(t), RISEN: p(t), TimeDerivative(RISEN): p(t).diff(t)}
    derivation = derivation.then(
        DiagonalEntries(entries), "growth-integral", name="integral-entry", say="The integral:"
    ).then(Substitute({g(t): exp(s * t / tau)}), "integral-entry", "growth-solution")
    derivation = derivation.then(
        Rewrite(lhs=p(t).diff(t), rhs=exp(2 * s * t / tau) / tau, multiplier=1 / tau),
        -1,
        name="integrand",
    ).assume(Statement(p(0), "=", S.Zero), name="integral-start", say="which begins at 0,")
    x = 2 * s * t / tau
    derivation = derivation.then(
        Integrate(t, lhs=p(t), rhs=t / tau * Phi(1, x)),
        "integrand",
        "integral-start",
        name="integral-solution",
        say="is entire in s: no division by a vanishing eigenvalue.",
    )
    return _scaled_kernels(derivation)


def _scaled_kernels(derivation: Derivation) -> Derivation:
    """The integral and its derivative by the eigenvalue, over the growth exp(2st/tau)."""
    x = 2 * s * t / tau
    derivation = derivation.assume(
        Statement(psi(s), "=", exp(-x) * p(t)),
        name="scaled",
        say="Over the growth, as a function of the eigenvalue:",
    ).then(Substitute({p(t): t / tau * Phi(1, x)}), "scaled", "integral-solution")
    derivation = derivation.then(
        Rewrite(rhs=t / tau * Phi(1, -x)),
        -1,
        name="scaled-integral",
        say="It is the integral on the eigenvalue -s as well:",
    ).then(Differentiate(s), "scaled-integral", name="scaled-slope", say="By the eigenvalue:")
    slope = psi(s).diff(s)
    lost = 2 * (t / tau) ** 2
    derivation = derivation.then(
        Rewrite(lhs=-slope, rhs=lost * (Phi(1, -x) - Phi(2, -x)), multiplier=-1),
        "scaled-slope",
        name="falling-slope",
        say="the integral on -s changes at",
    )
    derivation = derivation.assume(
        Statement(rise(s), "=", exp(x) * psi(s)), name="unscaled", say="and with"
    ).then(Substitute({psi(s): t / tau * Phi(1, -x)}), "unscaled", "scaled-integral")
    return derivation.then(Differentiate(s), -1, name="unscaled-slope").then(
        Rewrite(lhs=exp(-x) * rise(s).diff(s), rhs=lost * Phi(2, -x), multiplier=exp(-x)),
        "unscaled-slope",
        name="rising-slope",
        say="the integral on s changes, over the growth, at",
    )
