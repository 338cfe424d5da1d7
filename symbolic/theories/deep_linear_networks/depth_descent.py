r"""Gradient descent at any depth: the curvature along the balanced path, and the steps it allows.

Main result: `depth_rate`.

Implementation notes.  L is a symbol: the Hessian at equal strengths has two eigenvalues, and each
is the second derivative of the loss along one direction.
"""

from __future__ import annotations

from sympy import Expr, Function, Gt, Integer, Subs, Symbol, expand

from derivax.symbolic.derivation import Derivation
from derivax.symbolic.methods.differentiate import Differentiate
from derivax.symbolic.methods.extremum import Extremum
from derivax.symbolic.methods.inequality import SumOfSquares
from derivax.symbolic.methods.substitute import Rewrite, Substitute
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.deep_linear_networks.descent import STEP_SIZES, step_sizes
from derivax.symbolic.theories.deep_linear_networks.notation import SOURCE, THEORY

__all__ = ["depth_rate"]

s, L = Symbol("s", positive=True), Symbol("L", positive=True)


def depth_rate() -> Derivation:
    r"""Curvature along the balanced path of L layers, and the step sizes it allows.

    The loss $\tfrac12(s-\prod_i a_i)^2$ does not change when layers are exchanged, so that its
    Hessian at equal strengths a has two eigenvalues: along $(1, \dots, 1)$,
    $(2L-1)a^{2L-2}-(L-1)s\,a^{L-2}$, and across, $s\,a^{L-2}-a^{2L-2}$.  The largest along
    $0\le a^L\le s$ is $L s^{2-2/L}$, at the solution: descent is fastest at its inverse there.

    Returns:
        A derivation whose formula is {optimal, stability_limit} of (s, L), for L >= 2.
    """
    loss, apart = Function("E", real=True), Function("E_apart", real=True)
    x, h, v = Symbol("a", positive=True), Symbol("h", real=True), Symbol("u", nonnegative=True)
    derivation = Derivation.begin(
        Problem(Statement(loss(h), "=", (s - (x + h) ** L) ** 2 / 2), loss(h)),
        name=f"{THEORY}/depth-rate",
        title="Curvature along the balanced path of L layers and the step sizes it allows",
        source=SOURCE,
    )
    along = (2 * L - 1) * x ** (2 * L - 2) - (L - 1) * s * x ** (L - 2)
    across = s * x ** (L - 2) - x ** (2 * L - 2)
    start = {h: Integer(0)}
    derivation = (
        derivation.then(
            Differentiate(h, 2), 0, name="second-derivative", say="All layers moved by h:"
        )
        .then(Substitute(start), "second-derivative", name="at-the-path")
        .then(
            Rewrite(lhs=_curvature(loss(h), h) / L, rhs=along, multiplier=1 / L),
            "at-the-path",
            name="along",
            say="Per unit length squared, L h^2, the curvature along the path is",
        )
    )
    derivation = (
        derivation.assume(
            Statement(apart(h), "=", (s - (x + h) * (x - h) * x ** (L - 2)) ** 2 / 2),
            name="apart",
            say="One layer moved by h and another by -h:",
        )
        .then(Differentiate(h, 2), "apart", name="second-derivative-apart")
        .then(Substitute(start), "second-derivative-apart", name="at-the-path-apart")
        .then(
            Rewrite(lhs=_curvature(apart(h), h) / 2, rhs=across, multiplier=Integer(1) / 2),
            "at-the-path-apart",
            name="across",
            say="Per 2 h^2, the curvature across the path is",
        )
    )
    largest = L * s ** (2 - 2 / L)
    turn = s * (L - 1) * (L - 2) / ((2 * L - 1) * (2 * L - 2))
    top = s * (L - 2) / (2 * L - 2)
    rule = Extremum(v, s, "max", 0, s, breakpoints=(turn, s), expr=_in_u(along, x, v))
    derivation = derivation.then(
        rule,
        name="sharpest",
        say="In terms of u = a^L the first is largest at the solution u = s:",
        claim=rule.conclude().under(Gt(L, 2)),
    ).then(Rewrite(rhs=largest), "sharpest", name="largest", say="where it is")
    rule = Extremum(v, top, "max", 0, s, expr=_in_u(across, x, v))
    derivation = derivation.then(
        rule,
        name="across-sharpest",
        say="and the other on the way, at",
        claim=rule.conclude().under(Gt(L, 2)),
    )
    share = L / (2 * L - 2) * ((L - 2) / (2 * L - 2)) ** (1 - 2 / L)
    highest = s ** (2 - 2 / L) * share
    smaller = SumOfSquares(products=((s ** (2 - 2 / L), L - share),), lhs=highest, rhs=largest)
    derivation = derivation.then(
        Rewrite(rhs=highest), "across-sharpest", name="across-largest"
    ).then(
        smaller,
        name="first-is-largest",
        say="where it is smaller:",
        claim=smaller.conclude().under(Gt(L, 2)),
    )
    derivation = step_sizes(derivation, largest)
    formula = derivation.formula_of(STEP_SIZES, [s, L], name="depth_rate", where=(Gt(L, 2),))
    return derivation.concluded(formula)


def _curvature(value: Expr, h: Symbol) -> Expr:
    """The second derivative at h = 0, as `Substitute` writes it."""
    return Subs(value.diff(h, 2), h, 0)


def _in_u(expr: Expr, x: Symbol, v: Symbol) -> Expr:
    """A polynomial in powers of a, with a = u^(1/L)."""
    return expr.replace(lambda e: e.is_Pow and e.base == x, lambda e: v ** expand(e.exp / L))
