r"""The exact integral of zero-dimensional phi^4 theory, its large orders, and its Borel sum.

Starting equation: Z(g) = \int dx/\sqrt{2 pi} e^{-x^2/2 - g x^4/24}.
Main results
    partition_function   16 g^2 Z'' + (32 g + 24) Z' + 3 Z = 0 by telescoping, and its solution
                         \sqrt{3/(2 pi g)} e^{3/(4g)} K_{1/4}(3/(4g)), the bounded one
    large_orders         z_n = (-2/3)^n Gamma(n+1/4) Gamma(n+3/4) / (sqrt 2 pi n!) from that,
                         and |z_n| -> (2/3)^n (n-1)!/(sqrt 2 pi): the series diverges
The Borel sum of these coefficients is compared with the closed form in tests and example
(diagrams/resummation).
Assumptions: g > 0.
What plain SymPy cannot do: it finds no closed form of the integral with a symbolic coupling.
"""

from __future__ import annotations

from sympy import (
    Eq,
    Expr,
    Function,
    Rational,
    S,
    Symbol,
    besseli,
    besselk,
    exp,
    factorial,
    gamma,
    oo,
    pi,
    sqrt,
)

from derivax.diagrams.theories.zero_dimensional import SOURCE, THEORY, Z, g, quartic_integral, x
from derivax.symbolic.derivation import Derivation
from derivax.symbolic.methods.closed_form import ClosedForm
from derivax.symbolic.methods.limit import Limit
from derivax.symbolic.methods.moment_expansion import MomentExpansion
from derivax.symbolic.methods.power_series_recurrence import (
    FirstCoefficient,
    PowerSeriesRecurrence,
)
from derivax.symbolic.methods.telescoping import BoundedSolution, Telescoping
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement

__all__ = ["BESSEL_FORM", "large_orders", "partition_function"]

n = Symbol("n", integer=True, nonnegative=True)
BESSEL_FORM: Expr = sqrt(3 / (2 * pi * g)) * exp(3 / (4 * g)) * besselk(Rational(1, 4), 3 / (4 * g))
OPERATOR = (S(3), 32 * g + 24, 16 * g**2)
CERTIFICATE = 3 * x + x**3 - g * x**5 / 6


def _equation() -> Derivation:
    """From the integral to its differential equation."""
    problem = Problem(Eq(Z(g), quartic_integral(0), evaluate=False), Z(g))
    derivation = Derivation.begin(
        problem, name=f"{THEORY}/phi4-partition-function", source=SOURCE,
        title="Partition function of zero-dimensional phi^4 theory in closed form",
    )  # fmt: skip
    return derivation.then(
        Telescoping(g, OPERATOR, CERTIFICATE), 0, name="equation",
        say="Under the integral, the left side is a derivative in x.",
    )  # fmt: skip


def partition_function() -> Derivation:
    """Z(g) in closed form.

    >>> print(partition_function().conclusion.rhs)
    sqrt(6)*exp(3/(4*g))*besselk(1/4, 3/(4*g))/(2*sqrt(pi)*sqrt(g))
    """
    growing = exp(3 / (4 * g)) * besseli(Rational(1, 4), 3 / (4 * g)) / sqrt(g)
    derivation = _equation().then(
        MomentExpansion(g, 1), 0, name="start", say="Without coupling the integral is 1."
    ).then(
        BoundedSolution(g, BESSEL_FORM, growing), "equation", "start", name="closed form",
        say="Of the two solutions one is unbounded as g -> 0.",
    )  # fmt: skip
    # e^z K(z) is written as a product: outside of this range its factors leave single precision
    domain = {g: (Rational(1, 20), 20)}
    return derivation.concluded(derivation.formula_of("closed form", [g], domain=domain))


def large_orders() -> Derivation:
    r"""The coefficients z_n of Z(g) for every n, and how fast they grow.

    The formula is the ratio |z_n| / ((2/3)^n (n-1)!/(sqrt 2 pi)), which tends to 1.
    """
    z, ratio = Function("z"), Function("rho")
    k = Symbol("n", positive=True)
    form = (-Rational(2, 3)) ** n * gamma(n + Rational(1, 4)) * gamma(n + Rational(3, 4))
    form /= sqrt(2) * pi * factorial(n)
    derivation = _equation().renamed(
        f"{THEORY}/phi4-large-orders", "Large orders of zero-dimensional phi^4 theory"
    )
    derivation = derivation.then(
        MomentExpansion(g, 1), 0, name="start", say="The first coefficient."
    ).then(
        PowerSeriesRecurrence(g, z(n)), "equation", name="recurrence",
        say="Powers of g in the equation.",
    ).then(
        FirstCoefficient(g, z(0)), "start", name="first", say="Z(0) = 1."
    ).then(
        ClosedForm(z(n), form), "recurrence", "first", name="coefficients",
        say="The recurrence in closed form.",
    )  # fmt: skip
    growth = gamma(k + Rational(1, 4)) * gamma(k + Rational(3, 4)) / (gamma(k + 1) * gamma(k))
    derivation = derivation.assume(
        Statement(ratio(k), "=", growth), name="ratio",
        say="Divide |z_n| by (2/3)^n (n - 1)!/(sqrt 2 pi).",
    ).then(
        Limit(k, oo), "ratio", name="limit", say="The ratio tends to 1: the series diverges.",
        claim=Statement(ratio(k), "->", S.One, tends=(k, oo)),
    )  # fmt: skip
    # as a quotient of gamma functions it leaves single precision beyond
    return derivation.concluded(derivation.formula_of("ratio", [k], domain={k: (1, 10)}))
