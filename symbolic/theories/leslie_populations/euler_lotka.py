r"""The characteristic polynomial of a Leslie matrix of any size, and its positive root.

Main results: `euler_lotka`, `growth_factor`.

Implementation notes.  The determinant is expanded along its last column (`methods/determinant`);
the recursion in the number of ages is solved by induction.  No size is fixed anywhere.
"""

from __future__ import annotations

from sympy import (
    Determinant,
    FunctionMatrix,
    Integer,
    KroneckerDelta,
    Lambda,
    Ne,
    Product,
    Sum,
    Symbol,
    exp,
    log,
)
from sympy.core.function import UndefinedFunction

from derivax.symbolic.derivation import Derivation
from derivax.symbolic.methods.combine import Combine
from derivax.symbolic.methods.determinant import ExplicitDeterminant, HessenbergDeterminant
from derivax.symbolic.methods.differentiate import Differentiate
from derivax.symbolic.methods.induction import Induction
from derivax.symbolic.methods.inequality import SumOfSquares
from derivax.symbolic.methods.solve_for import SolveFor
from derivax.symbolic.methods.substitute import Rewrite, Substitute
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.leslie_populations.notation import (
    SOURCE,
    THEORY,
    D,
    f,
    i,
    k,
    l,
    lam,
    leslie_entry,
    m,
    n,
    r,
    s,
)

__all__ = ["MATERNITY_SUM", "euler_lotka", "growth_factor"]

MATERNITY_SUM = Sum(m(i) * lam**-i, (i, 1, n))
_R0 = Symbol("R_0", nonnegative=True)
_g = UndefinedFunction("g", positive=True)


def euler_lotka() -> Derivation:
    r"""The Euler-Lotka equation of any number n of age classes, from $\det(\lambda I - L)$.

    $$\det(\lambda I - L) = \lambda^n\Bigl(1 - \sum_{i=1}^n m_i\lambda^{-i}\Bigr),\qquad
      \sum_{i=1}^n m_i\lambda^{-i} = 1$$

    with the survivorship $l_i = \prod_{k<i}s_k$ and the net maternity $m_i = f_il_i$.  Its positive
    root is simple and the only one, since the mean age $\sum_i i\,m_i\lambda^{-i}$ is at least 1
    there; and $R_0 - 1 = (\lambda - 1)\sum_i m_i g_i$ with $g_i > 0$, so that the population grows
    exactly when $R_0 = \sum_i m_i > 1$.
    """
    entry = leslie_entry()
    a, b = entry.variables
    shifted = FunctionMatrix(n, n, Lambda((a, b), lam * KroneckerDelta(a, b) - entry.expr))
    derivation = Derivation.begin(
        Problem(Statement(D(n), "=", Determinant(shifted)), D(n)),
        name=f"{THEORY}/euler-lotka",
        title="The Euler-Lotka equation of any number of age classes",
        source=SOURCE,
    )
    derivation = (
        derivation.assume(
            Statement(l(n + 1), "=", s(n) * l(n)), name="survivorship", say="Survivorship:"
        )
        .assume(Statement(l(1), "=", 1), name="newborn", say="from birth,")
        .assume(Statement(m(n), "=", f(n) * l(n)), name="maternity", say="and net maternity:")
        .assume(Statement(D(0), "=", 1), name="empty", say="The empty determinant:")
        .then(
            HessenbergDeterminant([1]), 0, name="expansion", say="Expanded along the last column,"
        )
        .then(
            Induction(n, 1, Statement(Product(s(k), (k, 1, n)), "=", l(n + 1))),
            "survivorship",
            "newborn",
            name="product",
            say="with the survivorship as a product,",
        )
        .then(Substitute(), "expansion", "product", "empty", name="recursion-f")
        .then(Substitute({n: n + 1}), "maternity", name="next-maternity")
        .then(
            Substitute({f(n + 1) * l(n + 1): m(n + 1)}),
            "recursion-f",
            "next-maternity",
            name="recursion",
            say="each age adds one term:",
        )
        .then(ExplicitDeterminant(1), 0, name="one-age", say="One age class:")
        .then(Substitute({n: 1}), "maternity")
        .then(Substitute({l(1): 1}), -1, "newborn", name="first-maternity")
        .then(Substitute({f(1): m(1)}), "one-age", "first-maternity", name="first")
        .then(
            Induction(n, 1, Statement(D(n), "=", lam**n * (1 - MATERNITY_SUM))),
            "recursion",
            "first",
            name="polynomial",
            say="Hence the characteristic polynomial, for every n:",
        )
        .assume(Statement(D(n), "=", 0), name="eigenvalue", say="At an eigenvalue")
        .then(Substitute({D(n): 0}), "polynomial", "eigenvalue")
        .then(
            Combine([lam**-n]),
            -1,
            name="euler-lotka",
            claim=Statement(MATERNITY_SUM, "=", 1),
            say="which is the Euler-Lotka equation:",
        )
    )
    return _threshold(_only_root(derivation))


def _only_root(derivation: Derivation) -> Derivation:
    """The slope of G(r) = sum m e^{-ri} at a root is below -1: there is one root only."""
    mean_age = Sum(i * m(i) * lam**-i, (i, 1, n))
    older = Sum((i - 1) * m(i) * lam**-i, (i, 1, n))
    G = UndefinedFunction("G", real=True)
    return (
        derivation.then(
            SumOfSquares(products=[(older,)], multipliers=[-1], lhs=Integer(1), rhs=mean_age),
            "euler-lotka",
            name="mean-age",
            say="The mean age of parents is at least one step:",
        )
        .assume(
            Statement(G(r), "=", Sum(m(i) * exp(-r * i), (i, 1, n))),
            name="G",
            say="As a function of the rate r = ln lambda,",
        )
        .then(
            Differentiate(r),
            "G",
            name="slope",
            say="G falls with the mean age, at least 1 where G = 1: it passes 1 once only.",
        )
        .then(Differentiate(r, 2), "G", name="curvature", say="It is convex:")
    )


def _threshold(derivation: Derivation) -> Derivation:
    """R_0 - 1 has the sign of lambda - 1."""
    geometric = Statement((lam - 1) * Sum(lam**-k, (k, 1, n)), "=", 1 - lam**-n)
    excess = Statement(
        Sum(m(i), (i, 1, n)) - MATERNITY_SUM, "=", (lam - 1) * Sum(m(i) * _g(i), (i, 1, n))
    )
    return (
        derivation.assume(
            Statement(_g(n), "=", Sum(lam**-k, (k, 1, n))), name="g", say="With the sums"
        )
        .then(Induction(n, 1, geometric), name="geometric", say="which are geometric,")
        .then(Substitute({Sum(lam**-k, (k, 1, n)): _g(n)}), "geometric", "g")
        .then(
            Combine([1 / (lam - 1)]),
            -1,
            name="g-closed",
            claim=Statement(_g(n), "=", (1 - lam**-n) / (lam - 1), given=(Ne(lam, 1),)),
        )
        .then(
            Induction(n, 1, excess),
            "g-closed",
            name="excess",
            say="the excess of births over deaths is",
        )
        .assume(
            Statement(_R0, "=", Sum(m(i), (i, 1, n))),
            name="R0",
            say="With the net reproductive rate",
        )
        .then(
            Combine([1, 1, 1]),
            "excess",
            "euler-lotka",
            "R0",
            name="threshold",
            claim=Statement(_R0 - 1, "=", (lam - 1) * Sum(m(i) * _g(i), (i, 1, n))),
            say="lambda - 1 has the sign of R_0 - 1:",
        )
    )


def growth_factor() -> Derivation:
    r"""The growth factor as the root of $\ln\sum_i m_ie^{-ri} = 0$, with its Newton step.

    $$r \leftarrow r + \frac{\ln G(r)}{\bar T(r)},\qquad
      \bar T = \frac{\sum_i i\,m_ie^{-ri}}{\sum_i m_ie^{-ri}}$$

    ln G is convex and falls, so that Newton's method converges from everywhere, from the left
    without overshooting.

    Returns:
        A derivation from the determinant; its steps hold the scalar kernels of the Program.
    """
    derivation = euler_lotka().renamed(
        f"{THEORY}/growth-factor", "Growth factor of a life table, as a root on the log scale"
    )
    logm, age, x = Symbol("a", real=True), Symbol("i", positive=True), Symbol("x", real=True)
    P, T, h = Symbol("P", positive=True), Symbol("Tbar", positive=True), Symbol("h", real=True)
    shift = Symbol("c", real=True)
    term = UndefinedFunction("p", positive=True)
    logG = UndefinedFunction("Lambda", real=True)
    derivation = derivation.assume(
        Statement(term(x), "=", exp(logm) * exp(-x * age)),
        name="term",
        say="One term at the rate x, with a = ln m_i:",
    ).then(
        Rewrite(rhs=exp(logm - x * age)),
        "term",
        name="discounted",
        say="on the log scale, so that nothing overflows:",
    )
    derivation = derivation.assume(
        Statement(logG(x + h), "=", shift + log(P) - T * h),
        name="tangent",
        say="To first order ln G(x + h) = ln G - Tbar h, with G = P e^c and the slope found above:",
    ).assume(Statement(logG(x + h), "=", 0), name="root", say="which vanishes")
    derivation = derivation.then(Substitute({logG(x + h): 0}), "tangent", "root").then(
        SolveFor(h), -1, name="newton", say="for the Newton step"
    )
    rate = Symbol("r", real=True)
    return derivation.assume(
        Statement(lam, "=", exp(rate)), name="lambda", say="The growth factor:"
    )
