r"""Growth factors in closed form: few ages, one or two reproducing ages, infinitely many ages.

Main results: `two_ages`, `three_ages`, `one_reproducing_age`, `two_reproducing_ages`, `plus_group`.

Implementation notes.  All begin with the characteristic polynomial of `euler_lotka`.  For three
ages the cubic has one positive root, which is real and largest, so that no complex radical is
needed: the depressed cubic is 4x^3 - 3x = q with q >= 0, a cosine up to q = 1, a hyperbolic cosine
beyond.
"""

from __future__ import annotations

from sympy import (
    Add,
    Eq,
    Expr,
    Ge,
    Gt,
    Integer,
    Le,
    Lt,
    S,
    Sum,
    Symbol,
    acos,
    acosh,
    binomial,
    cos,
    cosh,
    oo,
    sqrt,
)
from sympy.core.function import UndefinedFunction

from derivax.errors import InputError
from derivax.symbolic.derivation import Derivation
from derivax.symbolic.methods.cases import Cases
from derivax.symbolic.methods.combine import Combine
from derivax.symbolic.methods.identity import Identity
from derivax.symbolic.methods.induction import Induction
from derivax.symbolic.methods.limit import Limit
from derivax.symbolic.methods.series_solution import SeriesSolution
from derivax.symbolic.methods.solve_for import SolveFor
from derivax.symbolic.methods.substitute import Rewrite, Substitute
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.leslie_populations.euler_lotka import MATERNITY_SUM, euler_lotka
from derivax.symbolic.theories.leslie_populations.notation import (
    SOURCE,
    THEORY,
    i,
    k,
    lam,
    m,
    n,
)

__all__ = [
    "one_reproducing_age",
    "plus_group",
    "three_ages",
    "two_ages",
    "two_reproducing_ages",
]


def _polynomial(ages: int, name: str, title: str) -> tuple[Derivation, tuple[Symbol, ...]]:
    """sum_i m_i lambda^{n-i} = lambda^n for n explicit ages, from the determinant."""
    ms = tuple(Symbol(f"m_{a}", positive=True) for a in range(1, ages + 1))
    derivation = euler_lotka().renamed(f"{THEORY}/{name}", title)
    derivation = derivation.then(
        Substitute({n: Integer(ages)}), "euler-lotka", name="sum", say=f"For {ages} ages"
    ).then(Rewrite(lhs=Add(*[m(a) * lam**-a for a in range(1, ages + 1)])), "sum", name="terms")
    for a, symbol in enumerate(ms, 1):
        derivation = derivation.assume(Statement(m(a), "=", symbol), name=f"m_{a}")
    return derivation.then(
        Substitute({m(a): symbol for a, symbol in enumerate(ms, 1)}),
        "terms",
        *[f"m_{a}" for a in range(1, ages + 1)],
        name="equation",
    ), ms


def two_ages() -> Derivation:
    r"""Two age classes: $\lambda = \tfrac12\bigl(f_1 + \sqrt{f_1^2 + 4f_2s_1}\bigr)$.

    Returns:
        A derivation whose formula takes (f_1, f_2, s_1).
    """
    derivation, (m1, m2) = _polynomial(2, "two-ages", "Growth factor of two age classes")
    f1, f2, s1 = (Symbol(x, positive=True) for x in ("f_1", "f_2", "s_1"))
    derivation = (
        derivation.then(
            Combine([-(lam**2)]),
            "equation",
            name="quadratic",
            claim=Statement(lam**2 - m1 * lam - m2, "=", 0),
            say="the equation is quadratic",
        )
        .then(
            SolveFor(lam, branch=Gt(lam, 0)),
            "quadratic",
            name="root",
            say="with one positive root:",
        )
        .assume(Statement(m1, "=", f1), name="net-1", say="With the maternities")
        .assume(Statement(m2, "=", f2 * s1), name="net-2")
        .then(Substitute({m1: f1, m2: f2 * s1}), "root", "net-1", "net-2", name="two-ages")
    )
    return derivation.concluded(
        derivation.formula_of("two-ages", [f1, f2, s1], name="growth_factor_2")
    )


def three_ages() -> Derivation:
    r"""Three age classes, by the cosine or hyperbolic cosine of a third of an angle.

    $$\lambda = \frac{m_1 + 2A\,x}{3},\qquad A = \sqrt{m_1^2+3m_2},\qquad
      x = \begin{cases}\cos(\tfrac13\arccos Q) & Q\le1\\
                       \cosh(\tfrac13\operatorname{arcosh}Q) & Q\ge1\end{cases},\qquad
      Q = \frac{2m_1^3+9m_1m_2+27m_3}{2A^3}$$

    Returns:
        A derivation whose formula takes (m_1, m_2, m_3), the net maternities.
    """
    derivation, (m1, m2, m3) = _polynomial(3, "three-ages", "Growth factor of three age classes")
    x, A, Q, y = (Symbol(c, positive=True) for c in ("x", "A", "Q", "y"))
    A_value = sqrt(m1**2 + 3 * m2)
    Q_value = (2 * m1**3 + 9 * m1 * m2 + 27 * m3) / (2 * A_value**3)
    shifted = (m1 + 2 * A_value * x) / 3
    derivation = (
        derivation.then(
            Combine([-(lam**3)]),
            "equation",
            name="cubic",
            claim=Statement(lam**3 - m1 * lam**2 - m2 * lam - m3, "=", 0),
            say="the equation is cubic.",
        )
        .then(Substitute({lam: shifted}), "cubic", name="shifted", say="Around a third of m_1,")
        .then(
            Rewrite(
                lhs=4 * x**3 - 3 * x - Q_value, rhs=Integer(0), multiplier=27 / (2 * A_value**3)
            ),
            "shifted",
            name="depressed-full",
        )
        .assume(Statement(Q, "=", Q_value), name="Q", say="with")
        .then(
            Combine([1, -1]),
            "depressed-full",
            "Q",
            name="depressed",
            claim=Statement(4 * x**3 - 3 * x, "=", Q),
            say="it is",
        )
    )
    cosine = Identity(4 * cos(y) ** 3 - 3 * cos(y), cos(3 * y))
    hyperbolic = Identity(4 * cosh(y) ** 3 - 3 * cosh(y), cosh(3 * y))
    for rule, name, inverse, function, inside in (
        (cosine, "cosine", acos, cos, Lt(Q, 1)),
        (hyperbolic, "cosh", acosh, cosh, Gt(Q, 1)),
    ):
        value = function(inverse(Q) / 3)
        derivation = derivation.then(
            rule, name=f"{name}-of-three", say="The same relation holds for multiple angles:"
        ).then(
            Substitute({y: inverse(Q) / 3}),
            f"{name}-of-three",
            name=f"{name}-root",
            claim=Statement(4 * value**3 - 3 * value, "=", Q, given=(inside,)),
            say="so that a root is",
        )
    return derivation
