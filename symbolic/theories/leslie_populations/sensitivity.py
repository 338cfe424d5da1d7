r"""Sensitivities and elasticities of the growth factor, by two routes that agree.

Main result: `sensitivities`.

Implementation notes.  Route one differentiates the Euler-Lotka equation implicitly, at any number
of ages.  Route two is the perturbation of the eigenvalue, v^T dL w = dlambda v^T w, for any square
matrix and any change of it; its entries are v_a w_b / v.w.
"""

from __future__ import annotations

from sympy import Integer, MatrixSymbol, Sum, Symbol

from derivax.symbolic.derivation import Derivation
from derivax.symbolic.methods.combine import Combine
from derivax.symbolic.methods.implicit_slope import ImplicitSlope
from derivax.symbolic.methods.induction import Induction
from derivax.symbolic.methods.matrix_identity import MatrixIdentity
from derivax.symbolic.methods.substitute import Substitute
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.leslie_populations.eigenvectors import stable_population
from derivax.symbolic.theories.leslie_populations.notation import (
    THEORY,
    Tbar,
    f,
    i,
    j,
    k,
    l,
    lam,
    m,
    n,
    p,
    q,
    s,
    v,
    w,
)

__all__ = ["eigenvalue_perturbation", "sensitivities"]

_change = Symbol("theta", real=True)
_terms = Sum(m(k) * lam**-k, (k, 1, n))
_aged = Sum(k * m(k) * lam**-k, (k, 1, n))


def eigenvalue_perturbation() -> Derivation:
    r"""How a simple eigenvalue moves with its matrix: $v^T\,dL\,w = d\lambda\,v^Tw$, any size.

    With the change of one entry, $dL = e_ae_b^T$, this reads $d\lambda/dL_{ab} = v_aw_b/v^Tw$.
    """
    size = Symbol("n", integer=True, positive=True)
    L, dL = MatrixSymbol("L", size, size), MatrixSymbol("dL", size, size)
    W, dW, V = (MatrixSymbol(x, size, 1) for x in ("w", "dw", "v"))
    ea, eb = MatrixSymbol("e_a", size, 1), MatrixSymbol("e_b", size, 1)
    rate = Symbol("dlambda", real=True)
    right, left = Statement(L * W, "=", lam * W), Statement(V.T * L, "=", lam * V.T)
    derivation = Derivation.begin(
        Problem([right, left], [W, V]),
        name=f"{THEORY}/eigenvalue-perturbation",
        title="First-order change of a simple eigenvalue of any matrix",
        source="Caswell 1978",
    )
    return (
        derivation.assume(
            Statement(dL * W, "=", rate * W + lam * dW - L * dW),
            name="moved",
            say="The differential of the eigenvalue equation,",
        )
        .then(
            MatrixIdentity(V.T * dL * W, rate * V.T * W),
            "moved",
            1,
            name="perturbation",
            say="projected on the left eigenvector:",
        )
        .assume(Statement(dL, "=", ea * eb.T), name="entry", say="If one entry (a, b) changes,")
        .then(
            MatrixIdentity(V.T * ea * eb.T * W, rate * V.T * W),
            "moved",
            1,
            "entry",
            name="one-entry",
            say="the left side is v_a w_b:",
        )
    )


def sensitivities() -> Derivation:
    r"""Derivatives of $\lambda$ by fecundities and survivals, and the elasticities, any n.

    $$\frac{d\lambda}{df_j} = \frac{l_j\lambda^{1-j}}{\bar T} = \frac{v_1w_j}{v\cdot w},\qquad
      \frac{d\lambda}{ds_j} = \frac{\lambda q_{j+1}}{s_j\bar T} = \frac{v_{j+1}w_j}{v\cdot w}$$
    $$e(f_j) = p_j/\bar T,\qquad e(s_j) = q_{j+1}/\bar T,\qquad
      \sum_je(f_j) = 1/\bar T,\qquad \sum_je(f_j)+\sum_je(s_j) = 1$$
    """
    derivation = stable_population().renamed(
        f"{THEORY}/elasticities", "Sensitivities and elasticities of the growth factor, two routes"
    )
    by_f, by_s = Symbol("dlambda/df_j", real=True), Symbol("dlambda/ds_j", real=True)
    derivation = _route_one(derivation, by_f, by_s)
    return _numbers(_sums(_route_two(derivation, by_f, by_s)))


def _route_one(derivation: Derivation, by_f: Symbol, by_s: Symbol) -> Derivation:
    """Implicit differentiation of the Euler-Lotka equation."""
    younger = Sum(m(k) * lam**-k, (k, 1, j))
    return (
        derivation.then(Substitute({i: k}), "law", name="law-k")
        .then(
            Substitute({p(k): m(k) * lam**-k}),
            "mean-age",
            "law-k",
            name="mean-age-m",
            claim=Statement(Tbar, "=", _aged),
        )
        .then(
            Substitute({p(k): m(k) * lam**-k}),
            "one-step",
            "law-k",
            name="one-step-m",
            claim=Statement(1, "<=", _aged),
        )
        .assume(
            Statement(_terms + _change * l(j) * lam**-j, "=", 1),
            name="more-births",
            say="Route one. A change theta of the fecundity f_j adds one term to Euler-Lotka,",
        )
        .then(
            ImplicitSlope(lam, _change, Integer(0), by_f, factor=-1 / lam),
            "more-births",
            "one-step-m",
            name="implicit-f",
            claim=Statement(by_f, "=", l(j) * lam ** (1 - j) / _aged),
            say="differentiated implicitly:",
        )
        .then(
            Substitute({_aged: Tbar}),
            "implicit-f",
            "mean-age-m",
            name="sensitivity-f",
            say="the sensitivity to a fecundity.",
        )
        .assume(
            Statement(_terms + _change / s(j) * (_terms - younger), "=", 1),
            name="more-survival",
            say="A change theta of the survival s_j scales the maternity after age j:",
        )
        .then(
            ImplicitSlope(lam, _change, Integer(0), by_s, factor=-1 / lam),
            "more-survival",
            "one-step-m",
            name="implicit-s",
            claim=Statement(by_s, "=", lam * (_terms - younger) / (s(j) * _aged)),
        )
        .then(Substitute({i: j + 1}), "share", name="share-after")
        .then(
            Substitute({p(k): m(k) * lam**-k}),
            "share-after",
            "law-k",
            name="share-after-m",
        )
        .then(Substitute({p(k): m(k) * lam**-k}), "total", "law-k", name="total-m")
        .then(
            Combine([-1, -1]),
            "share-after-m",
            "total-m",
            name="older",
            claim=Statement(_terms - younger, "=", q(j + 1)),
        )
        .then(
            Substitute({_aged: Tbar, _terms - younger: q(j + 1)}),
            "implicit-s",
            "mean-age-m",
            "older",
            name="sensitivity-s",
            claim=Statement(by_s, "=", lam * q(j + 1) / (s(j) * Tbar)),
            say="the sensitivity to a survival.",
        )
    )


def _route_two(derivation: Derivation, by_f: Symbol, by_s: Symbol) -> Derivation:
    """v_a w_b / v.w, from the eigenvectors."""
    return (
        derivation.then(Substitute({i: j}), "w", name="w-j")
        .then(Substitute({i: j + 1}), "v", name="v-after")
        .then(Substitute({i: j}), "survivorship", name="survivorship-j")
        .assume(
            Statement(by_f, "=", v(1) * w(j) / Tbar),
            name="dyad-f",
            say="Route two. The entry (1, j) has the sensitivity v_1 w_j/v.w "
            "(eigenvalue-perturbation):",
        )
        .then(
            Substitute({v(1): Integer(1), w(j): l(j) * lam ** (1 - j)}),
            "dyad-f",
            "unit-v",
            "w-j",
            name="routes-f",
            say="the same as route one.",
        )
        .assume(
            Statement(by_s, "=", v(j + 1) * w(j) / Tbar),
            name="dyad-s",
            say="The entry (j + 1, j):",
        )
        .then(
            Substitute({v(j + 1): q(j + 1) * lam**j / l(j + 1), w(j): l(j) * lam ** (1 - j)}),
            "dyad-s",
            "v-after",
            "w-j",
            name="dyad-s-put",
        )
        .then(
            Substitute({l(j + 1): s(j) * l(j)}),
            "dyad-s-put",
            "survivorship-j",
            name="routes-s",
            claim=Statement(by_s, "=", lam * q(j + 1) / (s(j) * Tbar)),
            say="the same as route one.",
        )
    )


def _sums(derivation: Derivation) -> Derivation:
    """Elasticities and their sum."""
    e_f, e_s = Symbol("e(f_j)", real=True), Symbol("e(s_j)", real=True)
    by_f, by_s = Symbol("dlambda/df_j", real=True), Symbol("dlambda/ds_j", real=True)
    shifted = Statement(Sum(q(k + 1), (k, 1, n)), "=", Sum(q(k), (k, 1, n)) - 1 + q(n + 1))
    return (
        derivation.assume(
            Statement(e_f, "=", f(j) / lam * by_f), name="elasticity-f-def", say="The elasticity"
        )
        .then(Substitute({i: j}), "fecundity", name="fecundity-j")
        .then(
            Substitute({by_f: l(j) * lam ** (1 - j) / Tbar, f(j): p(j) * lam**j / l(j)}),
            "elasticity-f-def",
            "sensitivity-f",
            "fecundity-j",
            name="elasticity-f",
            claim=Statement(e_f, "=", p(j) / Tbar),
            say="of a fecundity is the law of parental age over its mean,",
        )
        .assume(Statement(e_s, "=", s(j) / lam * by_s), name="elasticity-s-def")
        .then(
            Substitute({by_s: lam * q(j + 1) / (s(j) * Tbar)}),
            "elasticity-s-def",
            "sensitivity-s",
            name="elasticity-s",
            say="that of a survival the share of older parents over the mean age.",
        )
        .then(
            Induction(n, 1, shifted),
            "share-step-n",
            "share-1",
            name="shifted",
            say="All elasticities together:",
        )
        .then(
            Substitute({q(n + 1): Integer(0), Sum(q(k), (k, 1, n)): Tbar}),
            "shifted",
            "nobody",
            "shares-T",
            name="older-total",
        )
        .then(
            Combine([1 / Tbar, -1 / Tbar]),
            "older-total",
            "total",
            name="all",
            claim=Statement(Sum(p(k), (k, 1, n)) / Tbar + Sum(q(k + 1), (k, 1, n)) / Tbar, "=", 1),
            say="add up to 1, the fecundities to 1/Tbar (q vanishes beyond the last age).",
        )
    )


def _numbers(derivation: Derivation) -> Derivation:
    """Sensitivity and elasticity of one entry: the scalar kernels of the Program."""
    va, wb, product = (Symbol(x, nonnegative=True) for x in ("v_a", "w_b", "vw"))
    entry, slope = Symbol("L_ab", nonnegative=True), Symbol("S_ab", nonnegative=True)
    product = Symbol("vw", positive=True)
    return derivation.assume(
        Statement(slope, "=", va * wb / product),
        name="sensitivity",
        say="For any entry, in numbers (eigenvalue-perturbation):",
    ).assume(
        Statement(Symbol("e_ab", real=True), "=", entry * slope / lam),
        name="elasticity",
        say="and the elasticity.",
    )
