r"""Potentials that are constant on cells: transfer matrices, their power series, second Born.

Main results: `transfer_matrix`, `born_recursion`, `second_born`.
"""

from __future__ import annotations

from sympy import Eq, Function, Lt, Rational, S, Symbol, factor, factorial, gamma, hyper

from derivax.symbolic.derivation import Derivation
from derivax.symbolic.methods.combine import Combine
from derivax.symbolic.methods.differentiate import Differentiate
from derivax.symbolic.methods.identity import Identity
from derivax.symbolic.methods.integrate import Integrate
from derivax.symbolic.methods.series_to_order import SeriesToOrder
from derivax.symbolic.methods.solve_for import BackSubstitute
from derivax.symbolic.methods.substitute import Rewrite, Substitute
from derivax.symbolic.nodes.entire_hyperbolic import CoshRoot, SinhcRoot
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.born_diagrams.notation import BORN, THEORY

__all__ = ["born_recursion", "second_born", "transfer_matrix"]

x = Symbol("x", nonnegative=True)
h = Symbol("h", positive=True)
U = Symbol("U", real=True)
w = Symbol("w", real=True)
m = Symbol("m", nonnegative=True)
u0, p0 = Symbol("u0", real=True), Symbol("p0", real=True)
u = Function("u", real=True)
low, high = Symbol("l", nonnegative=True), Symbol("h", positive=True)


def transfer_matrix() -> Derivation:
    r"""How a cell of width h with constant U carries the wave and its slope.

    $$\begin{pmatrix}u\\u'\end{pmatrix}\to\begin{pmatrix}C(w)&hS(w)\\UhS(w)&C(w)\end{pmatrix}
      \begin{pmatrix}u\\u'\end{pmatrix},\qquad w = Uh^2$$

    C and S are entire: wells, barriers and empty cells are one formula.
    """
    problem = Problem(Eq(u(x).diff(x, 2), U * u(x)), u(x), given={u(0): u0})
    title = "Transfer matrix of a cell with constant potential"
    d = Derivation.begin(problem, name=f"{THEORY}/a-exact", title=title, source=BORN)
    d = d.assume(
        Statement(u(x), "=", u0 * CoshRoot(U * x**2) + p0 * x * SinhcRoot(U * x**2)),
        name="trial", say="From u0 and the slope p0 at the left end",
    )  # fmt: skip
    d = d.then(BackSubstitute(problem), "trial", name="wave", say="solves the equation;")
    d = d.then(Differentiate(x), "wave", name="rate", say="its slope is")
    d = d.then(
        Rewrite(rhs=p0 * CoshRoot(U * x**2) + u0 * U * x * SinhcRoot(U * x**2)), "rate",
        name="slope", say="that is,",
    )  # fmt: skip
    for name, step, values in (
        ("wave-from-wave", "wave", {u0: 1, p0: 0, x: h}),
        ("wave-from-slope", "wave", {u0: 0, p0: 1, x: h}),
        ("slope-from-wave", "slope", {u0: 1, p0: 0, x: h}),
    ):
        d = d.then(Substitute(values), step, name=name)
    # r u' - u of the transferred wave needs h u' - u of the wave with slope 1
    d = d.then(Substitute({u0: 0, p0: 1, x: h}), "slope", name="slope-from-slope")
    d = d.then(
        Combine([h, -1]), "slope-from-slope", "wave-from-slope", name="difference",
        say="How much faster than its tangent the wave grows:",
    )  # fmt: skip
    return d.then(
        Rewrite(rhs=U * h**3 / 3 * hyper([], [Rational(5, 2)], U * h**2 / 4)), "difference",
        name="growth", say="without cancellation for weak potentials.",
    )  # fmt: skip


def born_recursion(order: int = 12) -> Derivation:
    r"""The power series of a transfer matrix in the strength of the potential.

    $$C(w) = \sum_m\frac{w^m}{(2m)!},\qquad S(w) = \sum_m\frac{w^m}{(2m+1)!}$$

    as ratios of successive terms, for any number of them.

    Args:
        order: up to which the series are compared with C and S exactly.
    """
    title = "Born terms of a discretised potential, from power series of transfer matrices"
    d = transfer_matrix().renamed(f"{THEORY}/born-terms", title)
    for name, head, shift in (("even", CoshRoot, 0), ("odd", SinhcRoot, 1)):
        terms = [w**j / factorial(2 * j + shift) for j in range(order + 1)]
        d = d.then(
            SeriesToOrder(w, S.Zero, order, expr=head(w)),
            name=f"{name}-series",
            claim=Statement(head(w), "~", sum(terms), tends=(w, S.Zero)),
            say="The series has the terms w^m over the factorial of twice m" + " + 1" * shift,
        )
        term = w**m / gamma(2 * m + shift + 1)
        ratio = w / ((2 * m + 1 + shift) * (2 * m + 2 + shift))
        d = d.then(
            Identity(term.subs(m, m + 1) / term, ratio, given=()),
            name=f"{name}-ratio",
            say="whose ratios are",
        )
    return d


def second_born() -> Derivation:
    r"""First and second Born terms of cells [l, h]: the gradient and the Hessian of a at U = 0.

    $$a_1 = \sum_i U_i\frac{h_i^3 - l_i^3}{3},\qquad a_2 = -\sum_{ij}U_iM_{ij}U_j,\qquad
      M_{i<j} = \frac{h_i^3-l_i^3}{3}\,\frac{h_j^2-l_j^2}{2}$$

    and $M_{ii} = \tfrac23\big(\tfrac{h^5-l^5}{5} - l^3\tfrac{h^2-l^2}{2}\big)$, from
    $a_1 = \int r^2U$, $a_2 = -\iint rU(r)\min(r,s)U(s)s$.
    """
    r, s = Symbol("r", nonnegative=True), Symbol("s", nonnegative=True)
    A, B, M = (Function(name, real=True) for name in "ABM")
    problem = Problem(Eq(A(r).diff(r), r**2), A(r), given={A(low): 0})
    title = "First and second Born terms of a discretised potential"
    d = Derivation.begin(problem, name=f"{THEORY}/second-born", title=title, source=BORN)
    d = d.then(
        Integrate(r, lhs=A(r), rhs=(r**3 - low**3) / 3), 0, 1, name="first-running",
        say="The integral of r f with f = r over a cell from its left end",
    )  # fmt: skip
    d = d.then(Substitute({r: high}), "first-running", name="first", say="is, over the whole cell,")
    d = d.assume(Statement(B(s).diff(s), "=", s), name="rate-B", say="The integral of s g, g = 1,")
    d = d.assume(Statement(B(low), "=", S.Zero), name="start-B")
    d = d.then(
        Integrate(s, lhs=B(s), rhs=(s**2 - low**2) / 2), "rate-B", "start-B", name="other-running"
    )
    d = d.then(Substitute({s: high}), "other-running", name="other", say="is")
    d = d.assume(
        Statement(M(r).diff(r), "=", 2 * r * A(r)),
        name="rate-M",
        say="Both crosses in one cell: twice the region s < r of the kernel min(r, s)",
    )
    d = d.then(Substitute(), "rate-M", "first-running", name="rate-of-M")
    d = d.assume(Statement(M(low), "=", S.Zero), name="start-M")
    inner = Rational(2, 3) * ((r**5 - low**5) / 5 - low**3 * (r**2 - low**2) / 2)
    d = d.then(
        Integrate(r, lhs=M(r), rhs=inner), "rate-of-M", "start-M", name="diagonal-running"
    )
    d = d.then(Substitute({r: high}), "diagonal-running", name="diagonal", say="which is")
    for name in ("first", "other", "diagonal"):
        d = d.then(
            Rewrite(rhs=factor(d[name].rhs)), name, name=f"{name}-factored",
            say="Without cancellation for narrow cells:",
        )  # fmt: skip
    steps = {"gradient": "first-factored", "other": "other-factored",
             "diagonal": "diagonal-factored"}  # fmt: skip
    formula = d.formula_of(
        steps, [low, high], domain={low: (0, 100), high: (Rational(1, 10), 100)},
        where=(Lt(low, high),),
        name="second_born",
    )  # fmt: skip
    return d.concluded(formula)
