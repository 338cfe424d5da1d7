r"""Time evolution: everything follows from the births; migration; imprimitive populations.

Main results: `renewal`, `migration`, `imprimitivity`.
"""

from __future__ import annotations

from sympy import I, Identity, MatrixSymbol, Sum, Symbol, exp, pi
from sympy.core.function import UndefinedFunction

from derivax.symbolic.derivation import Derivation
from derivax.symbolic.methods.combine import Combine
from derivax.symbolic.methods.identity import Identity as IdentityRule
from derivax.symbolic.methods.induction import Induction
from derivax.symbolic.methods.matrix_identity import MatrixIdentity
from derivax.symbolic.methods.solve_for import SolveFor
from derivax.symbolic.methods.substitute import Rewrite, Substitute
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.leslie_populations.notation import (
    SOURCE,
    THEORY,
    f,
    i,
    k,
    l,
    lam,
    m,
    n,
    s,
)

__all__ = ["imprimitivity", "migration", "renewal"]

_t = Symbol("t", integer=True, nonnegative=True)


def renewal() -> Derivation:
    r"""The ages of a population are its past births: the renewal equation.

    $$x_i(\tau + i) = l_i\,b(\tau),\qquad b(t) = \sum_{i=1}^n m_i\,b(t - i),\qquad
      b(t) = \sum_\lambda c_\lambda\lambda^t$$

    with b(t) the newborns at t, i.e. x_1(t+1): each root of the Euler-Lotka equation is a mode.
    """
    tau = Symbol("tau", integer=True)
    cohort, b = UndefinedFunction("x", nonnegative=True), UndefinedFunction("b", nonnegative=True)
    time = Symbol("t", integer=True)
    root, c = Symbol("lambda", complex=True, nonzero=True), Symbol("c", complex=True)
    derivation = Derivation.begin(
        Problem(
            [
                Statement(cohort(i + 1), "=", s(i) * cohort(i)),
                Statement(b(time), "=", Sum(f(k) * l(k) * b(time - k), (k, 1, n))),
            ],
            [cohort(i), b(time)],
        ),
        name=f"{THEORY}/renewal",
        title="Time evolution from the births: renewal equation and its modes",
        source=SOURCE,
    )
    mode = UndefinedFunction("B", complex=True)
    return (
        derivation.assume(
            Statement(cohort(1), "=", b(tau)),
            name="births",
            say="The cohort born at tau has, at age i, the size x(i):",
        )
        .assume(Statement(l(i + 1), "=", s(i) * l(i)), name="survivorship")
        .assume(Statement(l(1), "=", 1), name="newborn")
        .then(
            Induction(i, 1, Statement(cohort(i), "=", l(i) * b(tau))),
            0,
            "births",
            "survivorship",
            "newborn",
            name="cohort",
            say="survivors of its births, by induction over the age:",
        )
        .assume(Statement(f(k), "=", m(k) / l(k)), name="maternity", say="With net maternity")
        .then(
            Substitute({f(k): m(k) / l(k)}),
            1,
            "maternity",
            name="renewal",
            claim=Statement(b(time), "=", Sum(m(k) * b(time - k), (k, 1, n))),
            say="the births of all cohorts obey the renewal equation.",
        )
        .assume(
            Statement(Sum(m(k) * root**-k, (k, 1, n)), "=", 1),
            name="euler-lotka",
            say="For any root of the Euler-Lotka equation, real or complex,",
        )
        .assume(Statement(mode(time), "=", c * root**time), name="mode", say="a power")
        .then(
            Combine([1, -c * root**time]),
            "mode",
            "euler-lotka",
            name="mode-renews",
            claim=Statement(mode(time), "=", Sum(m(k) * c * root ** (time - k), (k, 1, n))),
            say="solves it, and so do sums of powers.",
        )
    )


def migration() -> Derivation:
    r"""A constant inflow: $x_{t+1} = Lx_t + h$.

    $$x_t = L^tx_0 + S_th,\qquad (L - I)S_t = L^t - I,\qquad
      \begin{pmatrix}x_t\\1\end{pmatrix} = \begin{pmatrix}L&h\\0&1\end{pmatrix}^t
      \begin{pmatrix}x_0\\1\end{pmatrix}$$

    The first two by one step of the induction over t, for all shapes; if R_0 < 1 the equilibrium
    births are $h_1/(1-R_0)$, for an inflow of newborns.

    Returns:
        A derivation whose formula takes (h_1, R_0): the births at equilibrium.
    """
    L, S, P = (MatrixSymbol(x, n, n) for x in ("L", "S_t", "P_t"))
    S1, P1 = MatrixSymbol("S_t+1", n, n), MatrixSymbol("P_t+1", n, n)
    x, x1, x0, h = (MatrixSymbol(y, n, 1) for y in ("x_t", "x_t+1", "x_0", "h"))
    one = Identity(n)
    derivation = Derivation.begin(
        Problem(Statement(x1, "=", L * x + h), x1),
        name=f"{THEORY}/migration",
        title="A population with constant immigration",
        source=SOURCE,
    )
    births, inflow = Symbol("b", positive=True), Symbol("h_1", positive=True)
    R0 = Symbol("R_0", nonnegative=True)
    derivation = (
        derivation.assume(Statement(P1, "=", L * P), name="powers", say="With the powers P_t = L^t")
        .assume(Statement(S1, "=", L * S + one), name="sums", say="and their sums S_t,")
        .assume(
            Statement(x, "=", P * x0 + S * h),
            name="hypothesis",
            say="suppose that at t (true at 0)",
        )
        .then(
            MatrixIdentity(x1, P1 * x0 + S1 * h),
            0,
            "powers",
            "sums",
            "hypothesis",
            name="next",
            say="the population is this; then also at t + 1.",
        )
        .assume(
            Statement(L * S, "=", S + P - one),
            name="geometric",
            say="Suppose (L - I) S_t = L^t - I;",
        )
        .then(
            MatrixIdentity(L * (L * S + one), (L * S + one) + L * P - one),
            "geometric",
            name="geometric-next",
            say="then also at t + 1: no inverse of L - I is needed.",
        )
        .assume(
            Statement(births, "=", inflow + R0 * births, given=(R0 < 1,)),
            name="balance",
            say="At equilibrium each birth is replaced R_0-fold:",
        )
        .then(SolveFor(births), "balance", name="equilibrium", say="so that the births are")
    )
    formula = derivation.formula_of(
        "equilibrium", [inflow, R0], domain={R0: (0, 1)}, where=(R0 < 1,), name="equilibrium_births"
    )
    return derivation.concluded(formula)


def imprimitivity() -> Derivation:
    r"""If all reproducing ages are multiples of d, the spectrum has a d-fold symmetry.

    $$\sum_j m_{dj}\lambda^{-dj} = \sum_j m_{dj}(\lambda e^{2\pi ik/d})^{-dj}$$

    so that the growth factor comes with d eigenvalues of its modulus, and structure never settles.
    """
    d, a = Symbol("d", integer=True, positive=True), Symbol("a", integer=True)
    turned = lam * exp(2 * pi * I * a / d)
    left, right = (Sum(m(d * k) * x ** (-d * k), (k, 1, n)) for x in (lam, turned))
    derivation = Derivation.begin(
        Problem(Statement(left, "=", 1), lam),
        name=f"{THEORY}/imprimitivity",
        title="Reproducing ages with a common divisor: no stable age structure",
        source=SOURCE,
    )
    power = Statement(turned ** (-d * k), "=", lam ** (-d * k))
    return derivation.then(
        IdentityRule(power.lhs, power.rhs), name="period", say="A full turn in d steps"
    ).then(Rewrite(lhs=right), 0, name="symmetry", say="leaves the Euler-Lotka equation as it is:")
