r"""Correlated inputs that share the singular vectors of the input-output correlation.

Main results: `correlated_mode`, `learning_time`.

Implementation notes.  $\Sigma_{xx}V = V\Lambda$ with diagonal $\Lambda$ replaces white inputs: it
says that the modes span an invariant space of the input correlation, which is what lets the aligned
weights stay aligned.  White inputs are $\Lambda = I$.
"""

from __future__ import annotations

from sympy import Eq, Gt, Lt, MatrixSymbol, Ne, Symbol, Transpose, exp, log, oo
from sympy import Identity as IdentityMatrix

from derivax.symbolic.derivation import Derivation
from derivax.symbolic.derive import derive_problem
from derivax.symbolic.methods.differentiate import Differentiate
from derivax.symbolic.methods.matrix_identity import DiagonalEntries, MatrixIdentity
from derivax.symbolic.methods.solve_for import BackSubstitute, SolveFor
from derivax.symbolic.methods.substitute import Rewrite, Substitute
from derivax.symbolic.nodes.matrix_calculus import TimeDerivative
from derivax.symbolic.nodes.phi import Phi
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.deep_linear_networks.flow import gradient_flow
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

__all__ = ["correlated_mode", "learning_time"]

lam = Symbol("lambda", positive=True)
_N1, _N2, _N3 = (Symbol(f"N{i}", integer=True, positive=True) for i in (1, 2, 3))
_r = Symbol("r", integer=True, positive=True)


def _entries() -> Derivation:
    """From the loss to tau a' = b (s - lambda a b) and its mirror image."""
    first, second = MatrixSymbol("W_1", _N2, _N1), MatrixSymbol("W_2", _N3, _N2)
    sigma_xx, sigma_yx = MatrixSymbol("Sigma_xx", _N1, _N1), MatrixSymbol("Sigma_yx", _N3, _N1)
    V, R, U = (MatrixSymbol(n, m, _r) for n, m in (("V", _N1), ("R_1", _N2), ("U", _N3)))
    S, L, D1, D2 = (MatrixSymbol(n, _r, _r) for n in ("S", "Lambda", "D_1", "D_2"))
    derivation = gradient_flow(2)
    derivation = (
        derivation.assume(
            Statement(sigma_yx, "=", U * S * V.T), name="svd", say="The SVD, S diagonal:"
        )
        .assume(
            Statement(sigma_xx * V, "=", V * L),
            name="shared",
            say="The inputs are correlated, with the same vectors V and variances Lambda:",
        )
        .assume(Statement(Transpose(sigma_xx), "=", sigma_xx), name="symmetric")
    )
    for base in (V, R, U):
        derivation = derivation.assume(
            Statement(base.T * base, "=", IdentityMatrix(_r)), name=f"orthonormal-{base.name}"
        )
    for w, left, strength, right, number in ((first, R, D1, V, 1), (second, U, D2, R, 2)):
        derivation = derivation.assume(
            Statement(w, "=", left * strength * right.T),
            name=f"aligned-{number}",
            say="Aligned weights:",
        ).assume(
            Statement(TimeDerivative(w), "=", left * TimeDerivative(strength) * right.T),
            name=f"aligned-rate-{number}",
            say="while the bases stay fixed:",
        )
    diagonal = (S, L, D1, D2)
    orthonormal = [f"orthonormal-{base.name}" for base in (V, R, U)]
    used = ("svd", "shared", "symmetric", *orthonormal, "aligned-1", "aligned-2")
    gap = S - D2 * D1 * L
    entries = {S: s, L: lam, D1: a(t), D2: b(t)}
    entries |= {TimeDerivative(D1): a(t).diff(t), TimeDerivative(D2): b(t).diff(t)}
    for w, left, strength, right, inner, number in (
        (first, R, D1, V, D2 * gap, 1),
        (second, U, D2, R, gap * D1, 2),
    ):
        rate = left * inner * right.T
        derivation = derivation.then(
            MatrixIdentity(tau * TimeDerivative(w), rate, diagonal),
            f"flow-{number}",
            *used,
            name=f"stays-aligned-{number}",
            say=f"The velocity of {w.name} keeps the aligned form:",
        )
        projected = left.T * TimeDerivative(w) * right
        derivation = derivation.then(
            MatrixIdentity(TimeDerivative(strength), projected),
            f"aligned-rate-{number}",
            *orthonormal,
            name=f"projected-rate-{number}",
            say="Projected on the bases:",
        )
        derivation = derivation.then(
            MatrixIdentity(tau * TimeDerivative(strength), inner, diagonal),
            f"projected-rate-{number}",
            f"stays-aligned-{number}",
            *orthonormal,
            name=f"strengths-{number}",
            say="hence",
        ).then(
            DiagonalEntries(entries),
            f"strengths-{number}",
            name=f"mode-{number}",
            say="and for one mode:",
        )
    return derivation


def _problem(*assume: object) -> Problem:
    """tau u' = 2 u (s - lambda u), u(0) = u0."""
    equation = Eq(tau * u(t).diff(t), 2 * u(t) * (s - lam * u(t)))
    return Problem(equation, u(t), given={u(0): u0}, assume=assume)


def correlated_mode(L: int | None = None, n_layers: int | None = None) -> Derivation:
    r"""Learning curve of a balanced mode whose input has the variance $\lambda$.

    $$\tau\dot u = 2u(s-\lambda u),\qquad
      u(t) = \frac{s\,e^{2st/\tau}}{\lambda(e^{2st/\tau}-1) + s/u_0}$$

    The rate depends on s only, the plateau is $s/\lambda$; $\lambda = 1$ is a white input.

    Returns:
        A derivation from the loss; its formula takes (t, s, u0, lambda, tau), any real s.
    """
    two_layers_only("correlated-mode", L, n_layers)
    derivation = _entries()
    rate = a(t) * (s - lam * a(t) ** 2) / tau
    derivation = derivation.assume(
        Statement(b(t), "=", a(t)), name="balanced", say="Balanced strengths:"
    ).assume(Statement(u(t), "=", a(t) ** 2), name="product", say="The strength of the whole map:")
    derivation = derivation.then(
        Substitute(), "mode-1", "balanced", name="balanced-mode", say="Hence for both layers"
    ).then(
        Rewrite(lhs=a(t).diff(t), rhs=rate, multiplier=1 / tau), "balanced-mode", name="rate-of-a"
    )
    derivation = derivation.then(Differentiate(t), "product", name="rate-of-u")
    derivation = derivation.then(Substitute({a(t).diff(t): rate}), "rate-of-u", "rate-of-a")
    derivation = derivation.then(
        Rewrite(
            lhs=tau * u(t).diff(t),
            rhs=2 * a(t) ** 2 * (s - lam * a(t) ** 2),
            multiplier=tau,
        ),
        -1,
        name="closed",
    ).then(
        Substitute({a(t) ** 2: u(t)}),
        "closed",
        "product",
        name="mode-equation",
        say="which closes in u alone:",
    )
    derivation = derivation.continued(derive_problem(_problem(Ne(s, 0))))
    growth, x = exp(2 * s * t / tau), 2 * s * t / tau
    derivation = derivation.then(
        Rewrite(rhs=s * growth / (lam * (growth - 1) + s / u0)), "solution", name="printed"
    )
    stable = u0 / (exp(-x) + 2 * lam * u0 * t / tau * Phi(1, -x))
    derivation = derivation.then(
        Rewrite(rhs=stable), "printed", name="overflow-free", say="Over the growth:"
    ).then(
        BackSubstitute(_problem()),
        "overflow-free",
        name="correlated-mode",
        claim=Statement(u(t), "=", stable, forall=_problem().domain),
        say="This form solves the problem for every real s, zero included:",
    )
    derivation = derivation.renamed(
        f"{THEORY}/correlated-mode", "Learning curve of a mode with correlated inputs"
    )
    formula = derivation.formula_of(
        "correlated-mode",
        [t, s, u0, lam, tau],
        domain={s: (0, oo), t: (0, oo)},
        name="correlated_mode",
        solves=_problem(),
    )
    return derivation.concluded(formula)


def learning_time(L: int | None = None, n_layers: int | None = None) -> Derivation:
    r"""When a mode reaches the fraction f of its plateau $s/\lambda$.

    $$t_f = \frac{\tau}{2s}\ln\frac{f\,(s/(\lambda u_0) - 1)}{1 - f}$$

    Returns:
        A derivation whose formula takes (f, s, u0, lambda, tau), for u0 below f s/lambda.
    """
    two_layers_only("learning-time", L, n_layers)
    at, f = Symbol("t_f", positive=True), Symbol("f", positive=True)
    begun = (Lt(f, 1), Gt(f * s, lam * u0))
    derivation = correlated_mode(2)
    derivation = derivation.then(
        Substitute({t: at}), "solution", name="at-fraction", say="At the time t_f"
    ).assume(
        Statement(u(at), "=", f * s / lam, given=begun),
        name="fraction",
        say="the strength is a fraction of the plateau:",
    )
    derivation = derivation.then(Substitute({u(at): f * s / lam}), "at-fraction", "fraction")
    derivation = derivation.then(SolveFor(at), -1, name="solved-time", say="Solve for the time:")
    derivation = derivation.then(
        Rewrite(rhs=tau * log(f * (s / (lam * u0) - 1) / (1 - f)) / (2 * s)),
        "solved-time",
        name="learning-time",
    )
    derivation = derivation.renamed(
        f"{THEORY}/learning-time", "When a mode reaches a fraction of its plateau"
    )
    formula = derivation.formula_of(
        "learning-time", [f, s, u0, lam, tau], domain={s: (0, oo), f: (0, 1)}, name="learning_time"
    )
    return derivation.concluded(formula)
