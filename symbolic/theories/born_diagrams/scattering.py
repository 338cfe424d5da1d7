r"""From the radial Schroedinger equation to the Lippmann-Schwinger equation, for any partial wave.

Main results: `lippmann_schwinger`, `running_integrals`.
"""

from __future__ import annotations

from sympy import Eq, Function, Integral, S, Symbol

from derivax.symbolic.derivation import Derivation
from derivax.symbolic.methods.combine import Combine
from derivax.symbolic.methods.differentiate import Differentiate
from derivax.symbolic.methods.identity import Identity
from derivax.symbolic.methods.integrate import Integrate
from derivax.symbolic.methods.substitute import Rewrite, Substitute
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.born_diagrams.notation import BORN, THEORY, R, a, r, u

__all__ = ["lippmann_schwinger", "running_integrals"]

V, U = Function("V", real=True), Function("U", real=True)
f, g = Function("f", real=True), Function("g", real=True)
p, q = Function("p", real=True), Function("q", real=True)


def lippmann_schwinger() -> Derivation:
    r"""The Lippmann-Schwinger equation of a radial wave, by variation of constants.

    $$u'' = (V + U)u,\qquad u = f\,(1 - q) - g\,p,\qquad p = \int_0^r f U u\,ds,\quad
      q = \int_r^R g U u\,ds,\qquad a = \int_0^R f U u\,dr$$

    with f, g of the free equation v'' = V v, f'g - fg' = 1, f(0) = 0.  At zero energy and l = 0,
    f = r and g = 1: u = r - \int min(r, s) U u ds, and u -> r - a.
    """
    uu = u(r)
    problem = Problem(Eq(uu.diff(r, 2), (V(r) + U(r)) * uu), uu)
    d = Derivation.begin(problem, name=f"{THEORY}/lippmann-schwinger", source=BORN)
    d = d.assume(
        Statement(f(r).diff(r, 2), "=", V(r) * f(r)), name="f", say="Two free solutions:"
    )
    d = d.assume(Statement(g(r).diff(r, 2), "=", V(r) * g(r)), name="g", say="and")
    d = d.assume(
        Statement(f(r).diff(r) * g(r) - f(r) * g(r).diff(r), "=", S.One),
        name="wronskian",
        say="normalised to",
    )
    d = d.assume(
        Statement(uu, "=", f(r) * (1 - q(r)) - g(r) * p(r)),
        name="ansatz",
        say="Variation of constants defines p and q by the wave",
    )
    d = d.assume(
        Statement(uu.diff(r), "=", f(r).diff(r) * (1 - q(r)) - g(r).diff(r) * p(r)),
        name="slope",
        say="and its slope.",
    )
    d = d.then(Differentiate(r), "ansatz", name="rate", say="Differentiate the first:")
    d = d.then(Combine([1, -1]), "rate", "slope", name="first", say="Compare with the second:")
    d = d.then(Differentiate(r), "slope", name="second-rate", say="Differentiate the second:")
    d = d.then(Substitute(), "second-rate", "f", "g", name="second-free")
    d = d.then(Rewrite(rhs=V(r) * uu + U(r) * uu), 0, name="equation")
    d = d.then(
        Combine([1, -1, -V(r)]), "second-free", "equation", "ansatz", name="second",
        say="With the Schroedinger equation",
    )  # fmt: skip
    for own, free, sign, say in (
        (p, f, 1, "Eliminate the rate of q:"),
        (q, g, -1, "Eliminate the rate of p:"),
    ):
        rate, name = own(r).diff(r), own.__name__
        d = d.then(Identity(rate, rate), name=f"trivial-{name}")
        weights = [sign * free(r).diff(r), -sign * free(r), -rate, 1]
        d = d.then(
            Combine(weights), "first", "second", "wronskian", f"trivial-{name}",
            name=f"rate-of-{name}", say=say,
        )  # fmt: skip
    d = d.assume(
        Statement(p(0), "=", S.Zero), name="start", say="u(0) = 0 and f(0) = 0 leave p(0) = 0;"
    )
    d = d.assume(
        Statement(q(R), "=", S.Zero), name="end", say="the slope of u is fixed at R by q(R) = 0."
    )
    s, t = Symbol("s", positive=True), Symbol("t", positive=True)
    d = d.then(
        Integrate(r, lhs=p(r), rhs=Integral(f(s) * U(s) * u(s), (s, 0, r))), "rate-of-p", "start",
        name="p", say="Integrate from the origin",
    )  # fmt: skip
    d = d.then(
        Integrate(r, lhs=q(r), rhs=Integral(g(t) * U(t) * u(t), (t, r, R))), "rate-of-q", "end",
        name="q", say="and from R inwards:",
    )  # fmt: skip
    d = d.then(
        Combine([1, -g(r), -f(r)]), "ansatz", "p", "q", name="lippmann-schwinger",
        say="The Lippmann-Schwinger equation with the kernel f(smaller) g(larger):",
    )  # fmt: skip
    d = d.then(Substitute({r: R}), "ansatz", name="ansatz-at-R", say="At R")
    d = d.then(Substitute(), "ansatz-at-R", "end", name="outside", say="the wave is f - a g with")
    d = d.assume(Statement(a, "=", p(R)), name="amplitude")
    d = d.then(Substitute({r: R}), "p", name="p-at-R")
    return d.then(
        Combine([1, 1]), "amplitude", "p-at-R", name="scattering-length", say="that is,"
    ).renamed(f"{THEORY}/lippmann-schwinger", "The Lippmann-Schwinger equation of a radial wave")


def running_integrals() -> Derivation:
    r"""The iteration at zero energy and l = 0: f = r, g = 1, with values at one point.

    $$p' = rUu,\quad -q' = Uu,\quad u_{n+1} = -r\,q_n - p_n,\quad a_{n+1} = p_n(R)$$
    """
    title = "Born terms of any potential, by running integrals"
    d = lippmann_schwinger().renamed(f"{THEORY}/born-terms-quadrature", title)
    d = d.assume(Statement(f(r), "=", r), name="f-zero", say="At zero energy, l = 0,")
    d = d.assume(Statement(g(r), "=", S.One), name="g-zero", say="and")
    for own, symbol, say in ((U, U_here, "with values at one point"), (u, u_here, "")):
        d = d.assume(Statement(own(r), "=", symbol), name=f"{own.__name__}-here", say=say)
    d = d.assume(Statement(p(r), "=", p_here), name="p-here")
    d = d.assume(Statement(q(r), "=", q_here), name="q-here")
    here = ("f-zero", "g-zero", "U-here", "u-here")
    d = d.then(Substitute(), "rate-of-p", *here, name="first-source", say="The slope of p is")
    d = d.then(Rewrite(lhs=-q(r).diff(r), rhs=g(r) * U(r) * u(r), multiplier=-S.One), "rate-of-q",
               name="fall-of-q")  # fmt: skip
    d = d.then(Substitute(), "fall-of-q", *here, name="second-source", say="and q falls by")
    d = d.then(
        Combine([1, -1]), "ansatz", "f-zero", name="added",
        say="What the potential adds to the free wave in one order is",
    )  # fmt: skip
    d = d.then(Substitute(), "added", "g-zero", "f-zero", "p-here", "q-here", name="correction")
    return d.then(Rewrite(rhs=-r * q_here - p_here), "correction", name="next-wave")


U_here, u_here = Symbol("U", real=True), Symbol("u", real=True)
p_here, q_here = Symbol("p", real=True), Symbol("q", real=True)
