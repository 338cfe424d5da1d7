r"""Stable age distribution and reproductive value of a Leslie matrix of any size.

Main result: `stable_population`.

Implementation notes.  Everything is solved in components at symbolic age.  The first row of the
right eigenvector equation and the last column of the left one are the Euler-Lotka equation again:
two more derivations of it, without a determinant.
"""

from __future__ import annotations

from sympy import Integer, Sum, Symbol, log

from derivax.symbolic.derivation import Derivation
from derivax.symbolic.methods.combine import Combine
from derivax.symbolic.methods.induction import Induction
from derivax.symbolic.methods.inequality import SumOfSquares
from derivax.symbolic.methods.substitute import Rewrite, Substitute
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.leslie_populations.notation import (
    SOURCE,
    THEORY,
    Tbar,
    f,
    i,
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

__all__ = ["stable_population"]


def stable_population() -> Derivation:
    r"""Right and left eigenvectors at any age, and their product.

    $$w_i = l_i\lambda^{1-i},\qquad v_il_i\lambda^{1-i} = q_i = 1 - \sum_{k<i}p_k,\qquad
      \sum_i v_iw_i = \sum_i i\,p_i = \bar T,\qquad p_i = m_i\lambda^{-i}$$

    with $w_1 = v_1 = 1$; p is the law of the age of parents, q_i the share of parents of age i or
    more.
    """
    grows = Statement(lam * w(i + 1), "=", s(i) * w(i))
    births = Statement(lam * w(1), "=", Sum(f(k) * w(k), (k, 1, n)))
    valued = Statement(lam * v(i), "=", f(i) * v(1) + s(i) * v(i + 1))
    derivation = Derivation.begin(
        Problem([grows, births, valued], [w(i), v(i)]),
        name=f"{THEORY}/stable-population",
        title="Stable age distribution and reproductive value of any number of ages",
        source=SOURCE,
    )
    derivation = (
        derivation.assume(
            Statement(w(1), "=", 1), name="unit-w", say="Scaled to one newborn on the right"
        )
        .assume(Statement(v(1), "=", 1), name="unit-v", say="and on the left,")
        .assume(Statement(l(i + 1), "=", s(i) * l(i)), name="survivorship", say="with survivorship")
        .assume(Statement(l(1), "=", 1), name="newborn", say="from birth,")
        .assume(Statement(m(i), "=", f(i) * l(i)), name="maternity", say="net maternity,")
        .assume(
            Statement(p(i), "=", m(i) * lam**-i), name="law", say="and the law of parental age."
        )
        .then(
            Induction(i, 1, Statement(w(i), "=", l(i) * lam ** (1 - i))),
            0,
            "unit-w",
            "survivorship",
            "newborn",
            name="w",
            say="The stable age distribution, by induction over the age:",
        )
    )
    return _steps(_product(_value(_births(derivation))))


def _births(derivation: Derivation) -> Derivation:
    """The first row is the Euler-Lotka equation."""
    stable = Sum(f(k) * l(k) * lam ** (1 - k), (k, 1, n))
    return (
        derivation.then(Substitute({i: k}), "w", name="w-k")
        .then(
            Substitute({w(k): l(k) * lam ** (1 - k), w(1): Integer(1)}),
            1,
            "w-k",
            "unit-w",
            name="births",
            claim=Statement(lam, "=", stable),
            say="Put into the first row,",
        )
        .then(
            Combine([-1 / l(i), -(lam**i) / l(i)]),
            "maternity",
            "law",
            name="fecundity",
            claim=Statement(f(i), "=", p(i) * lam**i / l(i)),
            say="with the fecundity as",
        )
        .then(Substitute({i: k}), "fecundity", name="fecundity-k")
        .then(
            Substitute({f(k): p(k) * lam**k / l(k)}),
            "births",
            "fecundity-k",
            name="births-law",
            claim=Statement(lam, "=", Sum(lam * p(k), (k, 1, n))),
        )
        .then(
            Rewrite(lhs=Integer(1), rhs=Sum(p(k), (k, 1, n)), multiplier=1 / lam),
            "births-law",
            name="total",
            say="this is the Euler-Lotka equation: the ages of parents have total weight 1.",
        )
    )


def _value(derivation: Derivation) -> Derivation:
    """v_i l_i lam^{1-i} = q_i, the share of parents of age i or more."""
    return (
        derivation.assume(
            Statement(q(i + 1), "=", q(i) - p(i)),
            name="share-step",
            say="The share of parents of age i or more loses those of age i,",
        )
        .assume(Statement(q(1), "=", 1), name="share-1", say="and begins with all.")
        .then(
            Induction(i, 1, Statement(q(i), "=", 1 - Sum(p(k), (k, 1, i - 1)))),
            "share-step",
            "share-1",
            name="share",
            say="It is",
        )
        .then(Substitute({v(1): Integer(1)}), 2, "unit-v", name="left-equation")
        .then(
            Induction(i, 1, Statement(v(i) * l(i) * lam ** (1 - i), "=", q(i))),
            "left-equation",
            "unit-v",
            "survivorship",
            "newborn",
            "maternity",
            "law",
            "share-step",
            "share-1",
            name="value",
            say="and it is the reproductive value of the survivors, by induction over the age:",
        )
        .then(
            Combine([lam ** (i - 1) / l(i)]),
            "value",
            name="v",
            claim=Statement(v(i), "=", q(i) * lam ** (i - 1) / l(i)),
            say="solved for the value:",
        )
    )


def _product(derivation: Derivation) -> Derivation:
    """v.w is the mean age of parents."""
    aged = Sum(k * p(k), (k, 1, n))
    weighted = Statement(Sum(q(k), (k, 1, n)), "=", n * q(n + 1) + aged)
    return (
        derivation.then(Substitute({i: n + 1}), "share", name="share-end", say="Beyond the end")
        .then(
            Substitute({Sum(p(k), (k, 1, n)): Integer(1)}),
            "share-end",
            "total",
            name="nobody",
            say="there are no parents: the value ends with the last age.",
        )
        .then(Substitute({i: n}), "share-step", name="share-step-n")
        .then(
            Induction(n, 1, weighted),
            "share-step-n",
            "share-1",
            name="by-parts",
            say="Summation by parts, by induction over the number of ages:",
        )
        .then(Substitute({q(n + 1): Integer(0)}), "by-parts", "nobody", name="shares")
        .then(
            Combine([0, 0], {(0, 1): 1}),
            "v",
            "w",
            name="vw",
            claim=Statement(v(i) * w(i), "=", q(i)),
            say="Since v_i w_i = q_i,",
        )
        .assume(
            Statement(Tbar, "=", aged),
            name="mean-age",
            say="the product v.w is the mean age of parents:",
        )
        .then(Substitute({aged: Tbar}), "shares", "mean-age", name="shares-T")
        .then(Substitute({i: k}), "vw", name="vw-k")
        .then(
            Substitute({q(k): v(k) * w(k)}),
            "shares-T",
            "vw-k",
            name="product",
            claim=Statement(Sum(v(k) * w(k), (k, 1, n)), "=", Tbar),
        )
        .then(
            SumOfSquares(
                products=[(Sum((k - 1) * p(k), (k, 1, n)),)],
                multipliers=[1],
                lhs=Integer(1),
                rhs=aged,
            ),
            "total",
            name="one-step",
            say="It is at least one step.",
        )
    )


def _steps(derivation: Derivation) -> Derivation:
    """The recursions in numbers, from one age to the next: the scalar kernels of the Program."""
    older, here = Symbol("w_i", positive=True), Symbol("p_i", positive=True)
    si, fi = Symbol("s_i", nonnegative=True), Symbol("f_i", nonnegative=True)
    after = Symbol("v_next", nonnegative=True)
    for value, name in ((w(i), older), (s(i), si), (f(i), fi), (v(i + 1), after)):
        derivation = derivation.assume(
            Statement(value, "=", name), name=f"{name}", say="For one age, in numbers,"
        )
    H, others = Symbol("H_i", real=True), Symbol("p_others", nonnegative=True)
    return (
        derivation.then(Substitute({w(i): older, s(i): si}), 0, "w_i", "s_i", name="next-age-raw")
        .then(
            Combine([1 / lam]),
            "next-age-raw",
            name="next-age",
            claim=Statement(w(i + 1), "=", si * older / lam),
            say="the share of the next age is",
        )
        .then(
            Substitute({f(i): fi, s(i): si, v(i + 1): after}),
            "left-equation",
            "f_i",
            "s_i",
            "v_next",
            name="value-raw",
        )
        .then(
            Combine([1 / lam]),
            "value-raw",
            name="value-before",
            claim=Statement(v(i), "=", (fi + si * after) / lam),
            say="the value of an age from that of the next",
        )
        .then(
            Combine([lam**-i, 1, -f(i) / lam]),
            "maternity",
            "law",
            "w",
            name="parents-raw",
            claim=Statement(p(i), "=", f(i) * w(i) / lam),
        )
        .then(
            Substitute({f(i): fi, w(i): older}),
            "parents-raw",
            "f_i",
            "w_i",
            name="parents",
            say="and the weight of parents of this age.",
        )
        .assume(
            Statement(H, "=", here * log((here + others) / here)),
            name="entropy-part",
            say="Its part of the entropy, -p ln p, with p + (the others) = 1 put in:",
        )
        .then(Rewrite(rhs=here * log(1 + others / here)), "entropy-part", name="disorder")
    )
