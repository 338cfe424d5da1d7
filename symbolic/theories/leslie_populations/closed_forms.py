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
    Expr,
    Gt,
    Integer,
    Le,
    Mul,
    Rational,
    Sum,
    Symbol,
    acos,
    acosh,
    cos,
    cosh,
    factorial,
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
from derivax.symbolic.theories.leslie_populations.euler_lotka import euler_lotka
from derivax.symbolic.theories.leslie_populations.notation import (
    SOURCE,
    THEORY,
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
    root = UndefinedFunction("x", positive=True)(Q)
    for name, inverse, function, inside in (
        ("cosine", acos, cos, Le(Q, 1)),
        ("cosh", acosh, cosh, Gt(Q, 1)),
    ):
        value = function(inverse(Q) / 3)
        derivation = (
            derivation.then(
                Identity(4 * function(y) ** 3 - 3 * function(y), function(3 * y)),
                name=f"{name}-of-three",
                say="The same relation holds between a third of an angle and the whole:",
            )
            .then(
                Identity(4 * value**3 - 3 * value, Q, given=(inside,)),
                name=f"{name}-solves",
                say="so that it is solved by",
            )
            .assume(
                Statement(root, "=", value, given=(inside,)),
                name=f"{name}-root",
                say="which we call x",
            )
        )
    derivation = (
        derivation.then(Cases(), "cosine-root", "cosh-root", name="x", say="In both cases:")
        .assume(
            Statement(lam, "=", (m1 + 2 * A * root) / 3), name="scaled", say="Scaled back, with"
        )
        .assume(Statement(A, "=", A_value), name="A")
    )
    both = derivation["x"].rhs
    derivation = (
        derivation.then(Substitute({root: both}), "scaled", "x", name="in-Q")
        .then(Substitute({A: A_value}), "in-Q", "A", name="in-A")
        .then(
            Substitute({Q: Q_value}),
            "in-A",
            "Q",
            name="three-ages",
            say="It is positive, hence the growth factor (euler-lotka: there is one):",
        )
    )
    return derivation.concluded(
        derivation.formula_of("three-ages", [m1, m2, m3], name="growth_factor_3")
    )


def one_reproducing_age() -> Derivation:
    r"""All births at the age k: $\lambda = m_k^{1/k}$."""
    age, net = Symbol("k", positive=True), Symbol("m_k", positive=True)
    derivation = Derivation.begin(
        Problem(Statement(net * lam**-age, "=", 1), lam),
        name=f"{THEORY}/one-reproducing-age",
        title="Growth factor when one age reproduces",
        source=SOURCE,
    ).then(SolveFor(lam), 0, name="growth-factor", say="Solve for the growth factor:")
    return derivation.concluded(
        derivation.formula_of("growth-factor", [net, age], name="growth_factor_one_age")
    )


def two_reproducing_ages(order: int = 6) -> Derivation:
    r"""Births at two ages p < q, by Lagrange inversion.

    $$\lambda = (m_p/\omega)^{1/p},\qquad \omega = 1 - e\,\omega^a
      \sim \sum_k\frac{(-e)^k}{(a-1)k+1}\binom{ak}{k},\qquad
      e = m_qm_p^{-a},\quad a = q/p$$

    It converges for $e < (a-1)^{a-1}/a^a$.

    Args:
        order: the highest power of e.

    Returns:
        A derivation whose formula takes (m_p, m_q, p, q), where the series converges: ages
        1 <= p < q <= 20 and maternities of sizes whose power m_p^a float32 holds.
    """
    if isinstance(order, bool) or not isinstance(order, int) or not 1 <= order <= 12:
        raise InputError(f"order={order!r}", "is not an order of the series", "use 1 ... 12")
    mp, mq, p, q = (Symbol(x, positive=True) for x in ("m_p", "m_q", "p", "q"))
    omega, e, a = (Symbol(x, positive=True) for x in ("omega", "e", "a"))
    derivation = Derivation.begin(
        Problem(Statement(mp * lam**-p + mq * lam**-q, "=", 1), lam),
        name=f"{THEORY}/two-reproducing-ages",
        title="Growth factor when two ages reproduce, by Lagrange inversion",
        source=SOURCE,
    )
    # nested in e, so that no power of e is formed alone: m_p^(-6a) overflows where e is small
    terms = _fuss_catalan(a, order)
    for power in reversed(range(order)):
        terms = _fuss_catalan(a, power) - e * terms
    derivation = (
        derivation.then(
            Substitute({q: a * p}), 0, name="ratio", say="With a = q/p, the ratio of the ages,"
        )
        .assume(
            Statement(lam, "=", (mp / omega) ** (1 / p)),
            name="omega",
            say="and with the share omega of births at the younger age,",
        )
        .then(
            Substitute({lam: (mp / omega) ** (1 / p)}),
            "ratio",
            "omega",
            name="in-omega",
            claim=Statement(omega + mq * mp**-a * omega**a, "=", 1),
        )
        .assume(Statement(e, "=", mq * mp**-a), name="e", say="and the small parameter e")
        .then(
            Combine([1, omega**a]),
            "in-omega",
            "e",
            name="fixed-point",
            claim=Statement(omega, "=", 1 - e * omega**a),
            say="the equation is",
        )
        .then(
            SeriesSolution(omega, e, order, 1),
            "fixed-point",
            name="series",
            claim=Statement(omega, "~", terms, tends=(e, Integer(0))),
            say="Its solution, order by order, with generalised binomials:",
        )
    )
    small = Symbol("omega_N", positive=True)
    derivation = derivation.assume(
        Statement(small, "=", terms, given=(Gt(terms, 0),)),
        name="partial",
        say="The partial sum of the series",
    ).assume(
        Statement(lam, "=", (mp / small) ** (1 / p)), name="lambda-N", say="gives the growth factor"
    )
    derivation = derivation.then(
        Substitute({small: terms}), "lambda-N", "partial", name="lambda-e"
    ).assume(Statement(a, "=", q / p), name="a")
    derivation = derivation.then(
        Substitute({e: mq * mp**-a}), "lambda-e", "e", name="lambda-a"
    ).then(Substitute({a: q / p}), "lambda-a", "a", name="growth-factor")
    ages, ratio = (1, 20), q / p
    formula = derivation.formula_of(
        "growth-factor",
        [mp, mq, p, q],
        domain={mp: (Rational(1, 50), 50), mq: (0, 50), p: ages, q: ages},
        where=(q > p, mq * mp**-ratio * ratio**ratio < (ratio - 1) ** (ratio - 1)),
        name="growth_factor_two_ages",
    )
    return derivation.concluded(formula)


def _fuss_catalan(a: Expr, k: int) -> Expr:
    """binom(ak, k)/((a - 1)k + 1) = (ak)(ak - 1) ... (ak - k + 2)/k!"""
    return Mul(*[a * k - j for j in range(k - 1)]) / factorial(k)


def plus_group() -> Derivation:
    r"""Constant fecundity f from the age alpha on, constant survival s, infinitely many ages.

    $$\lambda^\alpha = s\lambda^{\alpha-1} + f s^{\alpha-1}$$

    The condition of an open-ended last age class (plus-group).
    """
    alpha = Symbol("alpha", integer=True, positive=True)
    f, s = Symbol("f", positive=True), Symbol("s", positive=True)
    x, N = Symbol("x", positive=True), Symbol("N", integer=True, nonnegative=True)
    total = UndefinedFunction("G", positive=True)
    one = Symbol("G", positive=True)
    partial = f / s * x**alpha * (1 - x ** (N + 1)) / (1 - x)
    j = Symbol("j", integer=True, nonnegative=True)
    terms = Sum(f / s * x ** (alpha + j), (j, 0, N))
    derivation = Derivation.begin(
        Problem(
            Statement(total(N), "=", terms),
            total(N),
            assume=(x < 1,),
        ),
        name=f"{THEORY}/plus-group",
        title="Growth factor of a population with an open-ended last age class",
        source=SOURCE,
    )
    return (
        derivation.then(
            Induction(N, 0, Statement(terms, "=", partial)),
            name="geometric-sum",
            say="Euler-Lotka with m_i = f s^{i-1} and x = s/lambda < 1 is geometric:",
        )
        .then(Substitute({terms: partial}), 0, "geometric-sum", name="geometric")
        .then(
            Limit(N, oo, value=f / s * x**alpha / (1 - x)),
            "geometric",
            name="all-ages",
            say="and for all ages",
        )
        .assume(Statement(one, "=", f / s * x**alpha / (1 - x)), name="G", say="The limit")
        .assume(Statement(one, "=", 1), name="euler-lotka", say="is 1 at the growth factor.")
        .then(Substitute({one: Integer(1)}), "G", "euler-lotka", name="in-x")
        .then(
            Substitute({x: s / lam}),
            "in-x",
            name="in-lambda",
            claim=Statement(1, "=", f / s * (s / lam) ** alpha / (1 - s / lam), given=(s < lam,)),
        )
        .then(
            Rewrite(
                lhs=lam**alpha - s * lam ** (alpha - 1),
                rhs=f * s ** (alpha - 1),
                multiplier=lam**alpha * (1 - s / lam),
            ),
            "in-lambda",
            name="plus-group",
            say="Cleared of fractions:",
        )
    )
