"""Every rule: a right conclusion is established, wrong ones are refuted with a reason.

`TABLE` has, for each rule, a use of it and false claims from the same premises: a lost factor 2, a
sign, a swapped symbol, a missing condition, a wrong relation.  The walk at the end fails on a rule
that is not in the table.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Any

import pytest
from sympy import (
    Derivative,
    Determinant,
    Function,
    FunctionMatrix,
    Identity,
    ImmutableMatrix,
    Integral,
    KroneckerDelta,
    Lambda,
    MatrixSymbol,
    Ne,
    OneMatrix,
    Piecewise,
    Rational,
    S,
    Sum,
    Symbol,
    Trace,
    cos,
    exp,
    log,
    oo,
    pi,
    sin,
    sqrt,
    symbols,
    tanh,
)

import derivax.symbolic.methods as methods
from derivax.symbolic.exact.outcome import Outcome, weakest
from derivax.symbolic.methods.boson_operators import BosonIdentity
from derivax.symbolic.methods.bracketed_root import BracketedRoot
from derivax.symbolic.methods.carry_out import CarryOut
from derivax.symbolic.methods.cases import Cases
from derivax.symbolic.methods.closed_form import ClosedForm
from derivax.symbolic.methods.combine import Combine
from derivax.symbolic.methods.consequence import OnMotion
from derivax.symbolic.methods.determinant import ExplicitDeterminant, HessenbergDeterminant
from derivax.symbolic.methods.differentiate import Differentiate
from derivax.symbolic.methods.duhamel import DiscreteDuhamel, Duhamel
from derivax.symbolic.methods.enumeration import Enumeration
from derivax.symbolic.methods.euler_lagrange import Accelerations, AtInstant, EulerLagrange
from derivax.symbolic.methods.extremum import Extremum
from derivax.symbolic.methods.gaussian_moments import Isserlis, Price, Stein
from derivax.symbolic.methods.hessian import Hessian
from derivax.symbolic.methods.identity import Identity as ScalarIdentity
from derivax.symbolic.methods.implicit_slope import ImplicitSlope
from derivax.symbolic.methods.induction import Induction
from derivax.symbolic.methods.inequality import SumOfSquares
from derivax.symbolic.methods.integrate import Integrate, Separate
from derivax.symbolic.methods.invariant import Invariant
from derivax.symbolic.methods.legendre import LegendreTransform
from derivax.symbolic.methods.limit import Limit
from derivax.symbolic.methods.matrix_gradient import MatrixGradient
from derivax.symbolic.methods.matrix_identity import DiagonalEntries, MatrixIdentity
from derivax.symbolic.methods.matrix_riccati import MatrixRiccati, RateOf
from derivax.symbolic.methods.modified_equation import ModifiedEquation, StepCount
from derivax.symbolic.methods.moment_expansion import ComposedSeries, MomentExpansion
from derivax.symbolic.methods.neumann_series import NeumannSeries
from derivax.symbolic.methods.noether_steps import (
    AtIdentity,
    BoundaryTerm,
    Charge,
    EulerTest,
    OffShell,
    OnShell,
    Transformation,
    Variation,
)
from derivax.symbolic.methods.polynomial_system import BilinearSlope, quadratic_system
from derivax.symbolic.methods.power_series_recurrence import (
    FirstCoefficient,
    PowerSeriesRecurrence,
)
from derivax.symbolic.methods.series_solution import SeriesSolution
from derivax.symbolic.methods.series_to_order import SeriesToOrder
from derivax.symbolic.methods.slow_manifold import SlowManifold, StepsAsDerivatives
from derivax.symbolic.methods.solve_for import BackSubstitute, ImplicitInverse, SolveFor
from derivax.symbolic.methods.spectral import Eigenpairs
from derivax.symbolic.methods.substitute import Rewrite, Substitute
from derivax.symbolic.methods.telescoping import BoundedSolution, Telescoping
from derivax.symbolic.methods.theorem import Theorem
from derivax.symbolic.nodes.matrix_calculus import TimeDerivative
from derivax.symbolic.problem import Problem
from derivax.symbolic.rules import Given, Rule
from derivax.symbolic.statements import Statement

t, tau, s, u0, a, b, c, h = symbols("t tau s u0 a b c h", positive=True)
x, y, z, p, q = symbols("x y z p q", real=True)
n = Symbol("n", integer=True, nonnegative=True)
k = Symbol("k", integer=True)
N = Symbol("N", integer=True, positive=True)
u, X, f, p_ = Function("u", positive=True), Function("X"), Function("f"), Function("p")
A, B = MatrixSymbol("A", N, N), MatrixSymbol("B", N, N)
D1, D2 = MatrixSymbol("D1", N, N), MatrixSymbol("D2", N, N)


def eq(lhs: Any, rhs: Any, *given: Any) -> Statement:
    return Statement(S(lhs), "=", S(rhs), given=given)


@dataclass(frozen=True)
class Use:
    """A rule, its premises, what it concludes (None: the rule says so itself), and false claims."""

    rule: Rule
    premises: tuple[Statement, ...] = ()
    right: Statement | None = None
    wrong: dict[str, Statement | Callable[[Statement], Statement]] = field(default_factory=dict)
    misused: dict[str, Rule] = field(default_factory=dict)
    """the rule with other parameters, under which it must be refuted"""
    assumed: bool = False


def with_rhs(change: Callable[[Any], Any]) -> Callable[[Statement], Statement]:
    return lambda statement: replace(statement, rhs=change(statement.rhs))


lost_factor = with_rhs(lambda rhs: 2 * rhs)
lost_sign = with_rhs(lambda rhs: -rhs)


def wrong_relation(statement: Statement) -> Statement:
    return replace(statement, rel="<")


logistic = eq(tau * u(t).diff(t), 2 * u(t) * (s - u(t)))
start = eq(u(0), u0)
growth = s * exp(2 * s * t / tau) / (exp(2 * s * t / tau) - 1 + s / u0)
modes = (
    eq(
        tau * Function("a")(t).diff(t), Function("b")(t) * (s - Function("a")(t) * Function("b")(t))
    ),
    eq(
        tau * Function("b")(t).diff(t), Function("a")(t) * (s - Function("a")(t) * Function("b")(t))
    ),
)
charge = Function("a")(t) ** 2 - Function("b")(t) ** 2
doubling = (eq(X(n + 1), a * X(n)), eq(X(0), c))
loss = eq(Symbol("E"), Trace((A * B).T * (A * B)))
named, R, C = (MatrixSymbol(name, N, N) for name in ("M", "R", "C"))
Q = MatrixSymbol("Q", N, Symbol("k", integer=True, positive=True))
propagator, integral, right = (MatrixSymbol(name, N, N) for name in ("E", "P", "G"))
riccati_rule = MatrixRiccati(Q, propagator, integral, right)
bracket = riccati_rule.bracket
riccati = propagator * Q * bracket.inv() * Q.T * right
gradient = MatrixGradient(A).conclude(loss).lhs
bordered = (x - y) * Identity(N) + y * OneMatrix(N, N)
euler = ModifiedEquation(1, h, {x: x + h * f(x)})
slow = StepCount(h, u0, a, count=Symbol("n_steps"))
decay = Problem([logistic], u(t), {u(0): u0})

ball = eq(X(n + 1) - X(n), b * (X(n) - X(n - 1)) - h * f(X(n)), b < 1)
coupled_balls = (
    eq(p_(n + 1) - p_(n), b * (p_(n) - p_(n - 1)) - h * X(n) ** 2, b < 1),
    eq(X(n + 1) - X(n), b * (X(n) - X(n - 1)) - 2 * h * X(n) * p_(n), b < 1),
)
place = Function("x", real=True)(t)
speed = place.diff(t)
spring = eq(Symbol("L"), a * speed**2 / 2 - b * place**2 / 2)
boost = Transformation((place,), (t,), (t,), (S(0),))
newton = EulerLagrange(place, (place,)).conclude(spring)
pushed = eq(newton.lhs, -c)
boosted = Variation(boost).conclude(spring)
edge = BoundaryTerm(boost).conclude(boosted)
centre = Charge(boost).conclude(spring, edge)
balance = OffShell(boost).conclude(edge, centre, newton)

annihilate, create = symbols("a c", commutative=False)
boson = [(annihilate, create)]
size = Symbol("n", integer=True, positive=True)
i, j = symbols("i j")
band = x * KroneckerDelta(i, j) - KroneckerDelta(i, j + 1) - KroneckerDelta(i + 1, j)
tridiagonal = eq(X(size), Determinant(FunctionMatrix(size, size, Lambda((i, j), band))))
well = eq(Derivative(u(t), (t, 2)), -p * u(t))
born = NeumannSeries(u(t), p, q, t, S(1), h, 2)
squashed = quadratic_system(tanh(x), x)
slope = BilinearSlope(squashed, 0)
one_a, place_a, _ = squashed.first
one_b, place_b, _ = squashed.second
tree = SeriesSolution(y, x, 3, 0)


TABLE: dict[type[Rule], list[Use]] = {
    Given: [
        Use(Given(eq(x, y)), wrong={"another statement": eq(x, -y), "relation": wrong_relation})
    ],
    Substitute: [
        Use(
            Substitute({x: 3 * y}),
            (eq(z, x**2),),
            eq(z, 9 * y**2),
            {
                "factor": eq(z, 3 * y**2),
                "swapped symbol": eq(z, 9 * x**2),
                "relation": wrong_relation,
            },
        ),
        Use(
            Substitute(),
            (eq(z, u(t) ** 2), eq(u(t), exp(-t))),
            eq(z, exp(-2 * t)),
            {"sign": eq(z, exp(2 * t)), "not replaced everywhere": eq(z, u(t) * exp(-t))},
        ),
        Use(
            Substitute({a: b - 1}),
            (eq(sqrt(a**2), a),),
            eq(sqrt((b - 1) ** 2), b - 1, b > 1),
            {"outside the domain": eq(sqrt((b - 1) ** 2), b - 1)},
        ),
    ],
    Rewrite: [
        Use(
            Rewrite(rhs=(x + 1) ** 2),
            (eq(y, x**2 + 2 * x + 1),),
            None,
            {
                "factor": eq(y, (2 * x + 1) ** 2),
                "sign": eq(y, (x - 1) ** 2),
                "left": eq(-y, (x + 1) ** 2),
            },
        ),
        Use(
            Rewrite(multiplier=S(2)),
            (Statement(x, "<=", y),),
            None,
            {"strict": wrong_relation, "one side only": Statement(x, "<=", 2 * y)},
            {
                "negative factor": Rewrite(multiplier=S(-1)),
                "factor of any sign": Rewrite(multiplier=z),
            },
        ),
        Use(
            Rewrite(multiplier=1 / a),
            (eq(a * x, a * y),),
            None,
            {"sign": eq(x, -y)},
            {"division by what may vanish": Rewrite(multiplier=1 / z)},
        ),
    ],
    ScalarIdentity: [
        Use(
            ScalarIdentity(cos(2 * x), cos(x) ** 2 - sin(x) ** 2),
            (),
            None,
            {"sign": eq(cos(2 * x), cos(x) ** 2 + sin(x) ** 2), "relation": wrong_relation},
        )
    ],
    Differentiate: [
        Use(
            Differentiate(t),
            (eq(z, t**2 * u(t)),),
            eq(0, 2 * t * u(t) + t**2 * u(t).diff(t)),
            {
                "factor": eq(0, t * u(t) + t**2 * u(t).diff(t)),
                "chain rule forgotten": eq(0, 2 * t * u(t)),
                "relation": wrong_relation,
            },
        )
    ],
    Separate: [
        Use(
            Separate(u(t), 2 * u(t) * (s - u(t)), 1 / tau),
            (logistic,),
            None,
            {"factor": lost_factor, "sign": lost_sign, "relation": wrong_relation},
        )
    ],
    Integrate: [
        Use(
            Integrate(t),
            (eq(u(t).diff(t) / u(t), -a), start),
            eq(log(u(t) / u0), -a * t),
            {
                "factor": eq(log(u(t) / u0), -2 * a * t),
                "initial value lost": eq(log(u(t)), -a * t),
                "relation": wrong_relation,
            },
        )
    ],
    SolveFor: [
        Use(
            SolveFor(x),
            (eq(a * x + b, c),),
            eq(x, (c - b) / a),
            {
                "sign": eq(x, (c + b) / a),
                "factor": eq(x, (c - b) / (2 * a)),
                "relation": wrong_relation,
            },
        ),
        Use(
            SolveFor(x, branch=x > 0),
            (eq(x**2, a),),
            eq(x, sqrt(a)),
            {"other branch": eq(x, -sqrt(a))},
            {"no branch named": SolveFor(x)},
        ),
    ],
    ImplicitInverse: [
        Use(
            ImplicitInverse(u(t), u0, oo),
            (eq(log(u(t) / u0) + u(t) - u0, t), start),
            None,
            {"relation": wrong_relation, "another root": with_rhs(lambda r: r + 1)},
            {"bracket on the wrong side": ImplicitInverse(u(t), S(0), u0)},
        ),
        Use(
            ImplicitInverse(u(t), u0, oo),
            (eq(1 / u0 - 1 / u(t), t, t * u0 < Rational(1, 2)), start),
            None,
            {"a root that escapes": lambda st: replace(st, given=())},
        ),
    ],
    BackSubstitute: [
        Use(
            BackSubstitute(decay),
            (eq(u(t), growth),),
            None,
            {"another solution": lost_factor, "relation": wrong_relation},
        ),
    ],
    MatrixIdentity: [
        Use(
            MatrixIdentity((A * B).T, B.T * A.T),
            (),
            None,
            {"order": eq((A * B).T, A.T * B.T), "sign": lost_sign, "relation": wrong_relation},
        )
    ],
    DiagonalEntries: [
        Use(
            DiagonalEntries({D1: x, D2: y}),
            (eq(D1 * D2 * D1, 3 * D2),),
            eq(x**2 * y, 3 * y),
            {
                "factor": eq(x**2 * y, 6 * y),
                "swapped": eq(x * y**2, 3 * y),
                "relation": wrong_relation,
            },
        )
    ],
    MatrixGradient: [
        Use(
            MatrixGradient(A),
            (loss,),
            eq(gradient, 2 * A * B * B.T),
            {
                "factor": eq(gradient, A * B * B.T),
                "transposed": eq(gradient, 2 * B * B.T * A),
                "relation": wrong_relation,
            },
        )
    ],
    RateOf: [
        Use(
            RateOf(),
            (eq(named, A * B), eq(TimeDerivative(A), C)),
            eq(TimeDerivative(named), C * B),
            {
                "order": eq(TimeDerivative(named), B * C),
                "factor": eq(TimeDerivative(named), 2 * C * B),
                "letter": eq(TimeDerivative(B), C * B),
                "relation": wrong_relation,
            },
        )
    ],
    MatrixRiccati: [
        Use(
            riccati_rule,
            (
                eq(TimeDerivative(R), A * R + R * B - R * C * R),
                eq(named, Q * Q.T),
                eq(TimeDerivative(propagator), A * propagator),
                eq(TimeDerivative(integral), right * C * propagator),
                eq(TimeDerivative(right), right * B),
            ),
            replace(eq(R, riccati), given=(Ne(Determinant(bracket), 0),)),
            {
                "factor": replace(eq(R, 2 * riccati), given=(Ne(Determinant(bracket), 0),)),
                "without its condition": eq(R, riccati),
                "lost start": replace(
                    eq(R, propagator * Q * Q.T * right), given=(Ne(Determinant(bracket), 0),)
                ),
                "relation": wrong_relation,
            },
        )
    ],
    Hessian: [
        Use(
            Hessian((x, y)),
            (eq(z, x**2 * y),),
            eq(MatrixSymbol("H", 2, 2), ImmutableMatrix([[2 * y, 2 * x], [2 * x, 0]])),
            {
                "factor": eq(MatrixSymbol("H", 2, 2), ImmutableMatrix([[2 * y, x], [x, 0]])),
                "relation": wrong_relation,
            },
        )
    ],
    Limit: [
        Use(
            Limit(t, oo),
            (eq(u(t), growth),),
            Statement(u(t), "->", s, tends=(t, oo)),
            {
                "factor": Statement(u(t), "->", 2 * s, tends=(t, oo)),
                "sign": Statement(u(t), "->", -s, tends=(t, oo)),
                "swapped symbol": Statement(u(t), "->", u0, tends=(t, oo)),
                "another point": Statement(u(t), "->", s, tends=(t, S(0))),
                "not a limit": eq(u(t), s),
            },
        )
    ],
    SeriesToOrder: [
        Use(
            SeriesToOrder(x, 0, 3, expr=exp(a * x)),
            (),
            Statement(
                exp(a * x), "~", 1 + a * x + (a * x) ** 2 / 2 + (a * x) ** 3 / 6, tends=(x, S(0))
            ),
            {
                "factor": Statement(
                    exp(a * x),
                    "~",
                    1 + a * x + (a * x) ** 2 / 2 + (a * x) ** 3 / 3,
                    tends=(x, S(0)),
                ),
                "order lost": Statement(
                    exp(a * x), "~", 1 + a * x + (a * x) ** 2 / 2, tends=(x, S(0))
                ),
                "relation": lambda st: replace(st, rel="="),
            },
        ),
    ],
    ClosedForm: [
        Use(
            ClosedForm(X(n), c * a**n),
            doubling,
            None,
            {
                "factor": lost_factor,
                "index shifted": eq(X(n), c * a ** (n + 1)),
                "swapped symbols": eq(X(n), a * c**n),
                "relation": wrong_relation,
            },
        )
    ],
    SumOfSquares: [
        Use(
            SumOfSquares([(1, x - y)], lhs=2 * x * y, rhs=x**2 + y**2, attained={x: 1, y: 1}),
            (),
            None,
            {
                "factor": Statement(4 * x * y, "<=", x**2 + y**2),
                "reversed": Statement(x**2 + y**2, "<=", 2 * x * y),
                "strict": wrong_relation,
            },
            {
                "not attained there": SumOfSquares(
                    [(1, x - y)], lhs=2 * x * y, rhs=x**2 + y**2, attained={x: 1, y: 2}
                ),
                "negative coefficient": SumOfSquares([(-1, x - y)], lhs=x**2 + y**2, rhs=2 * x * y),
            },
        ),
        Use(
            SumOfSquares(products=[(x, 1 - x)], lhs=x**2, rhs=x),
            (),
            Statement(x**2, "<=", x, given=(x >= 0, x <= 1)),
            {"missing condition": Statement(x**2, "<=", x)},
        ),
    ],
    Enumeration: [
        Use(
            Enumeration(N, (1, 2, 3, 4), eq(Sum(k**2, (k, 1, N)), N * (N + 1) * (2 * N + 1) / 6)),
            (),
            None,
            {"factor": lost_factor, "strict": wrong_relation},
        )
    ],
    Induction: [
        Use(
            Induction(n, 0, eq(Sum(k**3, (k, 0, n)), n**2 * (n + 1) ** 2 / 4)),
            (),
            None,
            {
                "factor": lost_factor,
                "wrong base": with_rhs(lambda r: r + 1),
                "relation": wrong_relation,
            },
        ),
        Use(
            Induction(n, 0, eq(X(n), c * a**n)),
            doubling,
            None,
            {"index shifted": eq(X(n), c * a ** (n + 1)), "sign": lost_sign},
        ),
    ],
    Theorem: [
        Use(
            Theorem("Bernoulli's inequality", Statement(1 + n * a, "<=", (1 + a) ** n)),
            (),
            None,
            {
                "factor": Statement(1 + 2 * n * a, "<=", (1 + a) ** n),
                "missing condition": Statement(1 + n * x, "<=", (1 + x) ** n),
            },
            assumed=True,
        )
    ],
    Combine: [
        Use(
            Combine([1, -2]),
            (eq(x + 2 * y, 5), eq(y, 1)),
            eq(x, 3),
            {"sign": eq(x, 7), "factor": eq(2 * x, 3), "relation": wrong_relation},
        ),
        Use(
            Combine([a, 1]),
            (Statement(x, "<=", y), Statement(y, "<", z)),
            Statement(a * x + y, "<", a * y + z),
            {
                "reversed": Statement(a * y + z, "<", a * x + y),
                "equation": eq(a * x + y, a * y + z),
            },
        ),
        Use(
            Combine([1], {}),
            (Statement(x, "<=", y),),
            None,
            {"strict": wrong_relation},
            {"negative factor": Combine([-1]), "division by what may vanish": Combine([1 / z])},
        ),
        Use(
            Combine([0, 0], {(0, 1): 1}),
            (eq(x, p), eq(y, q)),
            eq(x * y, p * q),
            {"sign": eq(x * y, -p * q)},
        ),
    ],
    Cases: [
        Use(
            Cases(),
            (eq(z, x, x >= 0), eq(z, -x, x < 0)),
            eq(z, Piecewise((x, x >= 0), (-x, True))),
            {
                "sign": eq(z, Piecewise((x, x >= 0), (x, True))),
                "branches swapped": eq(z, Piecewise((-x, x >= 0), (x, True))),
                "case forgotten": eq(z, Piecewise((x, x >= 1), (-x, x < 0))),
                "relation": wrong_relation,
            },
        ),
    ],
    Extremum: [
        Use(
            Extremum(t, 1 / a, "max", 0, oo, expr=t * exp(-a * t)),
            (),
            None,
            {
                "factor": Statement(t * exp(-a * t), "<=", exp(-1) / (2 * a), given=(t >= 0,)),
                "reversed": Statement(exp(-1) / a, "<=", t * exp(-a * t), given=(t >= 0,)),
            },
            {
                "another point": Extremum(t, 2 / a, "max", 0, oo, expr=t * exp(-a * t)),
                "minimum": Extremum(t, 1 / a, "min", 0, oo, expr=t * exp(-a * t)),
            },
        )
    ],
    Eigenpairs: [
        Use(
            Eigenpairs(
                [(x + (N - 1) * y, 1), (x - y, N - 1)], bordered, variable=z, size=N, sizes=(2, 3)
            ),
            (),
            None,
            {
                "factor": lost_factor,
                "multiplicities swapped": eq(
                    Determinant(bordered - z * Identity(N)),
                    (x + (N - 1) * y - z) ** (N - 1) * (x - y - z),
                ),
                "relation": wrong_relation,
            },
            {
                "wrong eigenvalue": Eigenpairs(
                    [(x + N * y, 1), (x - y, N - 1)], bordered, variable=z, size=N, sizes=(2, 3)
                ),
                "wrong multiplicity": Eigenpairs(
                    [(x + (N - 1) * y, 2), (x - y, N - 2)],
                    bordered,
                    variable=z,
                    size=N,
                    sizes=(2, 3),
                ),
            },
        )
    ],
    Invariant: [
        Use(
            Invariant(charge, t),
            modes,
            eq(Derivative(charge, t), 0),
            {"a rate": eq(Derivative(charge, t), 1), "relation": wrong_relation},
        ),
        Use(
            Invariant(Function("a")(t) * Function("b")(t), t),
            modes,
            None,
            {
                "called conserved": with_rhs(lambda r: S(0)),
                "factor": lost_factor,
                "sign": lost_sign,
            },
        ),
    ],
    ModifiedEquation: [
        Use(
            euler,
            (),
            None,
            {
                "factor": with_rhs(lambda r: r.subs(h, 2 * h)),
                "sign": with_rhs(lambda r: r.subs(h, -h)),
                "correction lost": with_rhs(lambda r: r.subs(h, 0)),
                "relation": lambda st: replace(st, rel="="),
            },
        )
    ],
    StepCount: [
        Use(
            slow,
            (euler.conclude(),),
            None,
            {
                "factor": with_rhs(
                    lambda r: Integral(1 / f(y), (y, u0, a)) / h + log(f(a) / f(u0))
                ),
                "sign": with_rhs(
                    lambda r: Integral(1 / f(y), (y, u0, a)) / h - log(f(a) / f(u0)) / 2
                ),
                "ends swapped": with_rhs(
                    lambda r: Integral(1 / f(y), (y, u0, a)) / h + log(f(u0) / f(a)) / 2
                ),
            },
        )
    ],
    CarryOut: [
        Use(
            CarryOut(Derivative(x**2 * y, x) + Derivative(x**2 * y, y), 2 * x * y + x**2),
            (),
            None,
            {"factor": lost_factor, "sign": lost_sign, "relation": wrong_relation},
            {"not along the symmetry": CarryOut(Derivative(sin(x - 2 * y), (x, 1)), S.Zero)},
        )
    ],
    Duhamel: [
        Use(
            Duhamel(X(t), c * exp(-a * t), exp(-a * t)),
            (eq(b * X(t).diff(t) + a * b * X(t), f(t)), eq(X(0), c)),
            None,
            {"factor": lost_factor, "sign": lost_sign, "relation": wrong_relation},
            {
                "kernel of another equation": Duhamel(X(t), c * exp(-a * t), exp(-b * t)),
                "kernel twice as large": Duhamel(X(t), c * exp(-a * t), 2 * exp(-a * t)),
                "start forgotten": Duhamel(X(t), S.Zero, exp(-a * t)),
            },
        )
    ],
    DiscreteDuhamel: [
        Use(
            DiscreteDuhamel(X(n), c * a**n, a**n),
            (eq(X(n + 1), a * X(n) + f(n)), eq(X(0), c)),
            None,
            {"factor": lost_factor, "sign": lost_sign, "relation": wrong_relation},
            {
                "kernel of another recursion": DiscreteDuhamel(X(n), c * a**n, b**n),
                "kernel twice as large": DiscreteDuhamel(X(n), c * a**n, 2 * a**n),
                "start forgotten": DiscreteDuhamel(X(n), S.Zero, a**n),
            },
        ),
        Use(
            DiscreteDuhamel(X(n), c * (p_(n + 1) - a * p_(n)), p_(n)),
            (
                eq(X(n + 2), a * X(n + 1) - b * X(n) + f(n)),
                eq(X(0), c),
                eq(X(1), 0),
                eq(p_(n + 2), a * p_(n + 1) - b * p_(n)),
                eq(p_(0), 0),
                eq(p_(1), 1),
            ),
            None,
            {"factor": lost_factor},
            {"start": DiscreteDuhamel(X(n), c * p_(n + 1), p_(n))},
        ),
    ],
    OnMotion: [
        Use(
            OnMotion(Derivative(speed**2, t), 2 * speed * (c - b * place) / a, t),
            (eq(a * place.diff(t, 2), c - b * place),),
            None,
            {"factor": lost_factor, "sign": lost_sign, "relation": wrong_relation},
        )
    ],
    SlowManifold: [
        Use(
            SlowManifold(1, h, n),
            (ball,),
            None,
            {
                "sign": lost_sign,
                "factor": lost_factor,
                "correction lost": with_rhs(lambda r: r.subs(h, 0)),
                "relation": lambda st: replace(st, rel="="),
            },
        ),
        Use(
            SlowManifold(1, h, n),
            coupled_balls,
            None,
            {
                "sign": lost_sign,
                "correction lost": with_rhs(lambda r: r.subs(h, 0)),
                "components swapped": with_rhs(lambda r: r[::-1, :]),
            },
        ),
    ],
    StepsAsDerivatives: [
        Use(
            StepsAsDerivatives(1, h, n),
            (ball,),
            None,
            {
                "sign": lost_sign,
                "mass lost": lambda st: replace(st, lhs=st.lhs.subs(h, 0)),
                "relation": lambda st: replace(st, rel="="),
            },
        ),
        Use(
            StepsAsDerivatives(1, h, n),
            coupled_balls,
            None,
            {"sign": lost_sign, "components swapped": with_rhs(lambda r: r[::-1, :])},
        ),
    ],
    EulerLagrange: [
        Use(
            EulerLagrange(place, (place,)),
            (spring,),
            eq(newton.lhs, -b * place - a * place.diff(t, 2)),
            {
                "sign": lost_sign,
                "factor": lost_factor,
                "partial, not total derivative": eq(newton.lhs, -b * place),
                "relation": wrong_relation,
            },
        ),
        Use(
            EulerLagrange(place, (place,)),
            (eq(Symbol("L"), t * speed**2 / 2),),
            eq(newton.lhs, -t * place.diff(t, 2) - speed),
            {"explicit time forgotten": eq(newton.lhs, -t * place.diff(t, 2))},
        ),
    ],
    Accelerations: [
        Use(
            Accelerations(0, (place,)),
            (newton, pushed),
            eq(place.diff(t, 2), (c - b * place) / a),
            {"sign": lost_sign, "mass lost": with_rhs(lambda r: a * r), "relation": wrong_relation},
        )
    ],
    AtInstant: [
        Use(
            AtInstant(Symbol("J"), ((speed, Symbol("xdot")), (place, Symbol("x0")))),
            (eq(Function("J")(t), a * speed * place),),
            eq(Symbol("J"), a * Symbol("xdot") * Symbol("x0")),
            {"factor": lost_factor, "swapped": eq(Symbol("J"), a * Symbol("x0") ** 2)},
            {"one name twice": AtInstant(Symbol("J"), ((speed, z), (place, z)))},
        )
    ],
    AtIdentity: [
        Use(
            AtIdentity(s, place, Symbol("delta_x")),
            (eq(Symbol("x_new"), place * exp(s) + s**2),),
            eq(Symbol("delta_x"), place),
            {"factor": lost_factor, "second order": with_rhs(lambda r: r + s)},
            {"moves at s = 0": AtIdentity(s, 2 * place, Symbol("delta_x"))},
        )
    ],
    Variation: [
        Use(
            Variation(boost),
            (spring,),
            eq(boosted.lhs, a * speed - b * t * place),
            {
                "sign": lost_sign,
                "potential forgotten": eq(boosted.lhs, a * speed),
                "relation": wrong_relation,
            },
        )
    ],
    BoundaryTerm: [
        Use(
            BoundaryTerm(boost),
            (boosted,),
            eq(edge.lhs, Derivative(a * place, t) - b * t * place),
            {
                "no rest": eq(edge.lhs, Derivative(a * place, t)),
                "factor": eq(edge.lhs, Derivative(2 * a * place, t) - b * t * place),
                "relation": wrong_relation,
            },
        )
    ],
    EulerTest: [
        Use(
            EulerTest(boost, 0),
            (boosted,),
            None,
            {"called a symmetry": with_rhs(lambda r: S(0)), "sign": lost_sign},
        )
    ],
    Charge: [
        Use(
            Charge(boost),
            (spring, edge),
            eq(centre.lhs, a * (t * speed - place)),
            {
                "boundary forgotten": eq(centre.lhs, a * t * speed),
                "sign": lost_sign,
                "relation": wrong_relation,
            },
        )
    ],
    OffShell: [
        Use(
            OffShell(boost),
            (edge, centre, newton),
            eq(balance.lhs, -b * t * place - t * newton.lhs),
            {
                "sign": eq(balance.lhs, -b * t * place + t * newton.lhs),
                "rest lost": eq(balance.lhs, -t * newton.lhs),
                "relation": wrong_relation,
            },
        )
    ],
    OnShell: [
        Use(
            OnShell(boost),
            (balance, pushed),
            eq(balance.lhs, -b * t * place + c * t),
            {
                "conserved": eq(balance.lhs, 0),
                "force forgotten": eq(balance.lhs, -b * t * place),
                "relation": wrong_relation,
            },
        )
    ],
    MomentExpansion: [
        Use(
            MomentExpansion(h, 2),
            (eq(X(h), Integral(exp(-(x**2) / 2 - h * x**4 / 24) / sqrt(2 * pi), (x, -oo, oo))),),
            Statement(X(h), "~", 1 - h / 8 + 35 * h**2 / 384, tends=(h, S(0))),
            {
                "factor": lost_factor,
                "sign": with_rhs(lambda r: r.subs(h, -h)),
                "order lost": with_rhs(lambda r: r.subs(h**2, 0)),
                "relation": lambda st: replace(st, rel="="),
            },
        )
    ],
    ComposedSeries: [
        Use(
            ComposedSeries(log(X(h)), h),
            (Statement(X(h), "~", 1 - h / 8 + 35 * h**2 / 384, tends=(h, S(0))),),
            Statement(log(X(h)), "~", -h / 8 + h**2 / 12, tends=(h, S(0))),
            {
                "factor": lost_factor,
                "square forgotten": with_rhs(lambda r: -h / 8 + 35 * h**2 / 384),
            },
        )
    ],
    LegendreTransform: [
        Use(
            LegendreTransform(x, y, X(y)),
            (Statement(f(x), "~", a * x**2 / 2 + b * x**3 / 6 + c * x**4 / 24, tends=(x, S(0))),),
            None,
            {
                "factor": lost_factor,
                "reducible part forgotten": with_rhs(
                    lambda r: y**2 / (2 * a) - b * y**3 / (6 * a**3) - c * y**4 / (24 * a**4)
                ),
                "relation": lambda st: replace(st, rel="="),
            },
        )
    ],
    Telescoping: [
        Use(
            Telescoping(h, (S(1), 2 * h), x),
            (eq(X(h), Integral(exp(-h * x**2), (x, -oo, oo))),),
            eq(2 * h * Derivative(X(h), h) + X(h), 0),
            {"factor": eq(h * Derivative(X(h), h) + X(h), 0), "relation": wrong_relation},
            {
                "wrong certificate": Telescoping(h, (S(1), 2 * h), 2 * x),
                "wrong coefficient": Telescoping(h, (S(1), 3 * h), x),
            },
        )
    ],
    BoundedSolution: [
        Use(
            BoundedSolution(h, S(1), 1 / h),
            (
                eq(h * Derivative(X(h), (h, 2)) + 2 * Derivative(X(h), h), 0),
                Statement(X(h), "~", 1 + h, tends=(h, S(0))),
            ),
            eq(X(h), 1),
            {"another limit": eq(X(h), 2), "no solution": eq(X(h), 1 + h)},
            {
                "the other one is bounded": BoundedSolution(h, S(1), S(3)),
                "the other one is no solution": BoundedSolution(h, S(1), 1 / h**2),
            },
        )
    ],
    PowerSeriesRecurrence: [
        Use(
            PowerSeriesRecurrence(x, X(n)),
            (eq(Derivative(u(x), (x, 2)) - x * u(x), 0),),
            eq((n + 1) * (n + 2) * X(n + 2) - X(n - 1), 0),
            {
                "sign": eq((n + 1) * (n + 2) * X(n + 2) + X(n - 1), 0),
                "shift": eq((n + 1) * (n + 2) * X(n + 2) - X(n), 0),
            },
        )
    ],
    FirstCoefficient: [
        Use(
            FirstCoefficient(h, X(0)),
            (Statement(f(h), "~", 1 - h / 8, tends=(h, S(0))),),
            eq(X(0), 1),
            {"factor": lost_factor, "another coefficient": eq(X(1), 1)},
        )
    ],
    Isserlis: [
        Use(
            Isserlis((x, y), (4, 2), [[a, c], [c, b]]),
            (),
            None,
            {
                "pairing forgotten": with_rhs(lambda r: r - 3 * a**2 * b),
                "factor": lost_factor,
                "relation": wrong_relation,
            },
        )
    ],
    Stein: [
        Use(
            Stein(sin(x), x, a),
            (),
            None,
            {"sign": lost_sign, "factor": lost_factor},
        ),
        Use(
            Stein(cos(x) * y, (x, y), [[a, c], [c, b]]),
            (),
            None,
            {
                "condition forgotten": lambda st: replace(st, given=()),
                "relation": wrong_relation,
            },
        ),
    ],
    Price: [
        Use(
            Price(cos(x), x, a, a),
            (),
            None,
            {"half forgotten": lost_factor, "sign": lost_sign, "relation": wrong_relation},
        )
    ],
    BosonIdentity: [
        Use(
            BosonIdentity(annihilate**2 * create, create * annihilate**2 + 2 * annihilate, boson),
            (),
            None,
            {
                "operators that commute": eq(annihilate**2 * create, create * annihilate**2),
                "factor": lost_factor,
                "sign": eq(annihilate**2 * create, create * annihilate**2 - 2 * annihilate),
                "relation": wrong_relation,
            },
        ),
        Use(
            BosonIdentity(create * annihilate, annihilate, boson, left_vacuum=True),
            (),
            None,
            {"order forgotten": eq(annihilate * create, annihilate)},
            {"without the vacuum": BosonIdentity(create * annihilate, annihilate, boson)},
        ),
    ],
    BracketedRoot: [
        Use(
            BracketedRoot(a, 0, b),
            (eq(a + a**3, b, a < b),),
            None,
            {"factor": lost_factor, "sign": lost_sign, "relation": wrong_relation},
            {
                "the root is above the bracket": BracketedRoot(a, 0, b / 2),
                "the root is below the bracket": BracketedRoot(a, b, 2 * b),
            },
        ),
        Use(
            BracketedRoot(x, 0, 1),
            (eq(3 * x**2 - 2 * x**3, Rational(1, 4), x > 0, x < 1),),
            None,
            {"another equation": with_rhs(lambda r: r.func(r.body - S(1) / 4, *r.args[1:]))},
            {"three roots in the bracket": BracketedRoot(x, -2, 4)},
        ),
    ],
    ImplicitSlope: [
        Use(
            ImplicitSlope(a, b, 1, z),
            (eq(a**3 + a, 2 * b),),
            eq(z, 2 / (3 * a**2 + 1)),
            {
                "factor": lost_factor,
                "sign": lost_sign,
                "upside down": eq(z, (3 * a**2 + 1) / 2),
                "another name": eq(y, 2 / (3 * a**2 + 1)),
                "relation": wrong_relation,
            },
        ),
        Use(
            ImplicitSlope(a, b, 1, z, factor=c),
            (eq(c * a**2, 2 * b), Statement(h, "<=", 2 * a)),
            eq(z, 1 / (c * a)),
            {"factor": lost_factor, "sign": lost_sign},
            {
                "another multiple of the bound": ImplicitSlope(a, b, 1, z, factor=2 * c),
                "a factor that vanishes": ImplicitSlope(a, b, 1, z, factor=S(0)),
            },
        ),
    ],
    ExplicitDeterminant: [
        Use(
            ExplicitDeterminant(3),
            (tridiagonal,),
            eq(X(3), x**3 - 2 * x),
            {
                "factor": lost_factor,
                "sign": eq(X(3), x**3 + 2 * x),
                "another size": eq(X(2), x**3 - 2 * x),
                "relation": wrong_relation,
            },
        )
    ],
    HessenbergDeterminant: [
        Use(
            HessenbergDeterminant([size]),
            (tridiagonal,),
            eq(X(size + 1), x * X(size) - X(size - 1)),
            {
                "sign": eq(X(size + 1), x * X(size) + X(size - 1)),
                "factor": eq(X(size + 1), x * X(size) - 2 * X(size - 1)),
                "shift": eq(X(size), x * X(size) - X(size - 1)),
                "relation": wrong_relation,
            },
            {
                "a row of the last column forgotten": HessenbergDeterminant([]),
                "another row": HessenbergDeterminant([size - 1]),
            },
        )
    ],
    NeumannSeries: [
        Use(
            born,
            (well,),
            Statement(q, "~", -p * h**3 / 3 - 2 * p**2 * h**5 / 15, tends=(p, S(0))),
            {
                "factor": lost_factor,
                "sign of a term": with_rhs(lambda r: r + 4 * p**2 * h**5 / 15),
                "a term of the next order": with_rhs(lambda r: r + p**3),
                "relation": lambda st: replace(st, rel="=", tends=None),
            },
            {
                "Wronskian is 2": replace(born, f=2 * t),
                "no free solutions": replace(born, f=sin(t), g=cos(t)),
                "f does not vanish at the origin": replace(born, f=t + 1),
            },
        )
    ],
    BilinearSlope: [
        Use(
            slope,
            (),
            None,
            {
                "factor": lost_factor,
                "sign": lost_sign,
                "not symmetric": with_rhs(lambda r: r + one_a * place_b - one_b * place_a),
                "not linear": with_rhs(lambda r: r * one_a * one_b),
                "another state": lambda st: replace(st, lhs=Function("q_1")(*st.lhs.args)),
                "relation": wrong_relation,
            },
        )
    ],
    SeriesSolution: [
        Use(
            tree,
            (eq(y, x * (1 + y) ** 2),),
            Statement(y, "~", x + 2 * x**2 + 5 * x**3, tends=(x, S(0))),
            {
                "factor": lost_factor,
                "sign": with_rhs(lambda r: r - 4 * x**2),
                "a term of the next order": with_rhs(lambda r: r + x**4),
                "another point": lambda st: replace(st, tends=(x, S(1))),
                "relation": lambda st: replace(st, rel="=", tends=None),
            },
            {"the start is no root": SeriesSolution(y, x, 2, 1)},
        ),
        Use(
            SeriesSolution(y, x, 2, 0, known=2),
            (Statement(x, "~", y - y**2, tends=(y, S(0))),),
            Statement(y, "~", x + x**2, tends=(x, S(0))),
            {"sign": with_rhs(lambda r: x - x**2), "factor": lost_factor},
        ),
    ],
}

USES = [
    pytest.param(use, id=f"{rule.__name__}-{i}")
    for rule, uses in TABLE.items()
    for i, use in enumerate(uses)
]
CLAIMS = [
    pytest.param(use, claim, id=f"{rule.__name__}-{i}-{label.replace(' ', '-')}")
    for rule, uses in TABLE.items()
    for i, use in enumerate(uses)
    for label, claim in use.wrong.items()
]
MISUSES = [
    pytest.param(use, rule, id=f"{kind.__name__}-{i}-{label.replace(' ', '-')}")
    for kind, uses in TABLE.items()
    for i, use in enumerate(uses)
    for label, rule in use.misused.items()
]


def judged(rule: Rule, premises: tuple[Statement, ...], claim: Statement) -> tuple[Outcome, str]:
    findings = [(o.about, o.check()) for o in rule.obligations(premises, claim)]
    outcome = weakest(f.outcome for _, f in findings)
    return outcome, "; ".join(f"{about}: {f.outcome} {f.detail}" for about, f in findings)


@pytest.mark.parametrize("use", USES)
def test_a_right_conclusion_is_established(use: Use) -> None:
    conclusion = use.right if use.right is not None else use.rule.conclude(*use.premises)
    outcome, report = judged(use.rule, use.premises, conclusion)
    if use.assumed:
        assert outcome is Outcome.ASSUMED, report
    elif isinstance(use.rule, Given):
        assert outcome is Outcome.NOT_APPLICABLE, report
    else:
        assert outcome.established, report


@pytest.mark.parametrize(("use", "claim"), CLAIMS)
def test_a_wrong_claim_is_refuted(
    use: Use, claim: Statement | Callable[[Statement], Statement]
) -> None:
    if callable(claim):
        claim = claim(use.right if use.right is not None else use.rule.conclude(*use.premises))
    outcome, report = judged(use.rule, use.premises, claim)
    assert outcome is Outcome.REFUTED, report


@pytest.mark.parametrize(("use", "rule"), MISUSES)
def test_a_misused_rule_is_refuted(use: Use, rule: Rule) -> None:
    outcome, report = judged(rule, use.premises, rule.conclude(*use.premises))
    assert outcome is Outcome.REFUTED, report


def rules_of_the_house() -> set[type[Rule]]:
    found: set[type[Rule]] = set()
    for module in pkgutil.iter_modules(methods.__path__):
        loaded = import_module(f"{methods.__name__}.{module.name}")
        for value in vars(loaded).values():
            if isinstance(value, type) and issubclass(value, Rule) and value is not Rule:
                found.add(value)
    return found


def test_every_rule_has_false_claims_in_the_table() -> None:
    missing = [rule.__name__ for rule in rules_of_the_house() if rule not in TABLE]
    assert missing == []
    for rule, uses in TABLE.items():
        assert sum(len(use.wrong) + len(use.misused) for use in uses) >= 2, rule.__name__


def test_every_rule_explains_itself() -> None:
    for rule in rules_of_the_house() | {Given}:
        assert rule.__doc__
        assert len(rule.__doc__) > 40
        assert isinstance(rule.name, str)
    names = [rule.name for rule in rules_of_the_house()]
    assert len(names) == len(set(names))
