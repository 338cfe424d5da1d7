r"""Competing species: who is left, when, and for which sign patterns the answer is exact.

Main results: `last_species_standing`, `extinction_time`, `mutual_competition`.

Implementation notes.  S = diag(1, -1) turns the competition matrix into its absolute value; the
Perron pair of that gives an invariant that is exact at every step.
"""

from __future__ import annotations

from sympy import (
    Identity,
    MatrixSymbol,
    OneMatrix,
    Symbol,
    Transpose,
    atanh,
    exp,
    log,
)
from sympy.core.function import UndefinedFunction

from derivax.symbolic.derivation import Derivation
from derivax.symbolic.methods.closed_form import ClosedForm
from derivax.symbolic.methods.combine import Combine
from derivax.symbolic.methods.matrix_identity import MatrixIdentity
from derivax.symbolic.methods.solve_for import SolveFor
from derivax.symbolic.methods.spectral import Eigenpairs
from derivax.symbolic.methods.substitute import Rewrite, Substitute
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.leslie_populations.notation import SOURCE, THEORY, lam

__all__ = ["constraints", "extinction_time", "last_species_standing", "mutual_competition"]

_n, _k = (Symbol(x, integer=True, positive=True) for x in ("n", "k"))
_t = Symbol("t", integer=True, nonnegative=True)


def last_species_standing() -> Derivation:
    r"""Last Species Standing: an invariant decides who wins, exactly and at every step.

    $x' = Ax - By$, $y' = Dy - Cx$; with the Perron data $(\lambda; u_1, u_2; q_1, q_2)$ of
    $|K| = \begin{pmatrix}A&B\\C&D\end{pmatrix}$
    $$I_t = q_1^Tx_t - q_2^Ty_t = \lambda^tI_0$$
    and $(u_1; -u_2)$ grows by the same factor.  If |K| is primitive, $z_t/\lambda^t \to
    I_0\,(u_1; -u_2)/q^Tu$: x wins if $I_0 > 0$, y if $I_0 < 0$; at $I_0 = 0$ the next mode decides.

    Returns:
        A derivation whose formula takes (t, lambda, I_0): the invariant at t.
    """
    A, B = MatrixSymbol("A", _n, _n), MatrixSymbol("B", _n, _k)
    C, D = MatrixSymbol("C", _k, _n), MatrixSymbol("D", _k, _k)
    x, x1, u1, q1 = (MatrixSymbol(s, _n, 1) for s in ("x_t", "x_t+1", "u_1", "q_1"))
    y, y1, u2, q2 = (MatrixSymbol(s, _k, 1) for s in ("y_t", "y_t+1", "u_2", "q_2"))
    derivation = Derivation.begin(
        Problem([Statement(x1, "=", A * x - B * y), Statement(y1, "=", D * y - C * x)], [x1, y1]),
        name=f"{THEORY}/last-species-standing",
        title="Last Species Standing: the invariant that decides a competition",
        source=f"{SOURCE} (invariant derived here)",
    )
    derivation = (
        derivation.assume(
            Statement(Transpose(q1) * A, "=", lam * Transpose(q1) - Transpose(q2) * C),
            name="left-1",
            say="The left Perron vector (q_1, q_2) of the matrix of absolute values:",
        )
        .assume(
            Statement(Transpose(q1) * B, "=", lam * Transpose(q2) - Transpose(q2) * D),
            name="left-2",
        )
        .then(
            MatrixIdentity(
                Transpose(q1) * x1 - Transpose(q2) * y1,
                lam * (Transpose(q1) * x - Transpose(q2) * y),
            ),
            0,
            1,
            "left-1",
            "left-2",
            name="invariant-step",
            say="The difference of reproductive values is multiplied by lambda at every step,",
        )
        .assume(
            Statement(A * u1, "=", lam * u1 - B * u2), name="right-1", say="and the right vector"
        )
        .assume(Statement(C * u1, "=", lam * u2 - D * u2), name="right-2")
        .then(
            MatrixIdentity(A * u1 - B * (-u2), lam * u1),
            "right-1",
            name="winner-x",
            say="with opposite signs of the two species is an eigenvector of the competition:",
        )
        .then(MatrixIdentity(D * (-u2) - C * u1, lam * (-u2)), "right-2", name="winner-y")
    )
    charge, start = UndefinedFunction("I", real=True), Symbol("I_0", real=True)
    derivation = (
        derivation.assume(
            Statement(charge(_t + 1), "=", lam * charge(_t)),
            name="scalar-step",
            say="For the number I_t = q_1.x_t - q_2.y_t this is",
        )
        .assume(Statement(charge(0), "=", start), name="start")
        .then(
            ClosedForm(charge(_t), start * lam**_t),
            "scalar-step",
            "start",
            name="invariant",
            say="so that its sign never changes:",
        )
    )
    return derivation.concluded(
        derivation.formula_of("invariant", [_t, lam, start], name="invariant")
    )


def constraints() -> Derivation:
    r"""Free numbers for the entries of a fitted model, and its residual on the scale ln(1 + N).

    $$f = \ln(1+e^a) > 0,\qquad s = \frac1{1+e^{-a}},\quad 0 < s < 1,\qquad
      \rho = \ln\frac{1+N}{1+c}$$
    """
    a, N, c = Symbol("a", real=True), Symbol("N", nonnegative=True), Symbol("c", nonnegative=True)
    f, s, rho = Symbol("f", positive=True), Symbol("s", positive=True), Symbol("rho", real=True)
    derivation = Derivation.begin(
        Problem(Statement(f, "=", log(1 + exp(a))), f),
        name=f"{THEORY}/fit-loss",
        title="Constraints by transformation, and the residual of a fit",
        source=SOURCE,
    )
    return (
        derivation.then(
            Substitute({}), 0, name="positive", say="A fecundity or interaction from a free number:"
        )
        .assume(Statement(s, "=", 1 / (1 + exp(-a))), name="fraction", say="A survival:")
        .then(
            Rewrite(rhs=exp(a) / (1 + exp(a))),
            "fraction",
            name="below-one",
            say="between 0 and 1.",
        )
        .assume(
            Statement(rho, "=", log(1 + N) - log(1 + c)),
            name="residual-raw",
            say="The error of a count c:",
        )
        .then(Rewrite(rhs=log((1 + N) / (1 + c))), "residual-raw", name="residual")
    )


def extinction_time() -> Derivation:
    r"""Equal competitors with one class each: the step at which the weaker one is gone.

    $x' = ax - by$, $y' = ay - bx$:
    $$y_t = \tfrac12\bigl((a-b)^t(x_0+y_0) - (a+b)^t(x_0-y_0)\bigr),\qquad
      t^* = \frac{\ln\frac{x_0+y_0}{x_0-y_0}}{\ln\frac{a+b}{a-b}}
          = \frac{\operatorname{artanh}(y_0/x_0)}{\operatorname{artanh}(b/a)}$$

    Returns:
        A derivation whose formula takes (a, b, x0, y0), with x0 > y0 and a > b.
    """
    a, b, x0, y0 = (Symbol(s, positive=True) for s in ("a", "b", "x0", "y0"))
    x, y = UndefinedFunction("x", real=True), UndefinedFunction("y", real=True)
    derivation = Derivation.begin(
        Problem(
            [
                Statement(x(_t + 1), "=", a * x(_t) - b * y(_t)),
                Statement(y(_t + 1), "=", a * y(_t) - b * x(_t)),
            ],
            [x(_t), y(_t)],
            assume=(b < a, y0 < x0),
        ),
        name=f"{THEORY}/equal-competitors",
        title="When the weaker of two equal competitors is gone",
        source=SOURCE,
    )
    slow, fast = (a - b) ** _t * (x0 + y0), (a + b) ** _t * (x0 - y0)
    forms = {y(_t): (slow - fast) / 2, x(_t): (slow + fast) / 2}
    time = Symbol("t_ext", positive=True)
    derivation = (
        derivation.assume(Statement(x(0), "=", x0), name="x0")
        .assume(Statement(y(0), "=", y0), name="y0")
        .then(
            ClosedForm(forms),
            0,
            1,
            "x0",
            "y0",
            name="y",
            say="The sum and the difference of the species follow powers:",
        )
        .assume(
            Statement(
                (a + b) ** time * (x0 - y0),
                "=",
                (a - b) ** time * (x0 + y0),
                given=(b < a, y0 < x0),
            ),
            name="zero",
            say="The weaker is gone when the two powers are equal (t as a real number):",
        )
        .then(
            Rewrite(
                lhs=exp(time * log((a + b) / (a - b))),
                rhs=(x0 + y0) / (x0 - y0),
                multiplier=(a - b) ** (-time) / (x0 - y0),
            ),
            "zero",
            name="ratio",
        )
        .then(SolveFor(time), "ratio", name="logarithms", say="Solve for the time:")
        # ln((1 + u)/(1 - u)) = 2 artanh u: small b/a and y0/x0 are not lost in 1 + u
        .then(
            Rewrite(rhs=atanh(y0 / x0) / atanh(b / a)),
            "logarithms",
            name="extinction-time",
            say="or, by the ratios of the weaker to the stronger alone,",
        )
    )
    formula = derivation.formula_of(
        "extinction-time", [a, b, x0, y0], where=(b < a, y0 < x0), name="extinction_time"
    )
    return derivation.concluded(formula)


def mutual_competition() -> Derivation:
    r"""N equal species that all compete: everyone above the mean grows, at the rate a + b.

    $K = (a+b)I - bJ$ has the eigenvalue $a + b$ with multiplicity $N - 1$ and $a - (N-1)b$ once.
    Three mutual competitors are no two camps: their sign graph is not balanced, and no change of
    signs makes K nonnegative.
    """
    N = Symbol("N", integer=True, positive=True)
    a, b, x = Symbol("a", positive=True), Symbol("b", positive=True), Symbol("x", real=True)
    matrix = (a + b) * Identity(N) - b * OneMatrix(N, N)
    p, q, r = (Symbol(s, real=True, nonzero=True) for s in ("sigma_1", "sigma_2", "sigma_3"))
    derivation = Derivation.begin(
        Problem(Statement(MatrixSymbol("K", N, N), "=", matrix), MatrixSymbol("K", N, N)),
        name=f"{THEORY}/mutual-competition",
        title="N equal competitors, and why three of them are no two camps",
        source=SOURCE,
    )
    return (
        derivation.then(
            Eigenpairs(
                [(a - (N - 1) * b, 1), (a + b, N - 1)], variable=x, size=N, sizes=(2, 3, 4, 5)
            ),
            0,
            name="spectrum",
            say="Every difference between species grows by a + b:",
        )
        .assume(
            Statement(p * q, "=", -1),
            name="pair-12",
            say="Signs that make K nonnegative would have to be opposite for each competing pair:",
        )
        .assume(Statement(q * r, "=", -1), name="pair-23")
        .assume(Statement(p * r, "=", -1), name="pair-13")
        .then(
            Combine([0, 0, 0], {(0, 1, 2): 1}),
            "pair-12",
            "pair-23",
            "pair-13",
            name="frustrated",
            claim=Statement((p * q * r) ** 2, "=", -1),
            say="but then a square is negative: there are no such signs.",
        )
    )
