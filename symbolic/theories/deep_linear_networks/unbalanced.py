"""The two strengths of a mode from any initial values.

Main result: `unbalanced`.

Implementation notes.  In $y = (a+b)^2$ the flow is a Riccati equation with constant coefficients
for every sign of $c = a^2 - b^2$.  The hyperbolic angle of the literature needs c > 0.
"""

from __future__ import annotations

from sympy import (
    Eq,
    Function,
    Gt,
    Ne,
    Symbol,
    exp,
    oo,
    sqrt,
)

from derivax.symbolic.derivation import Derivation
from derivax.symbolic.derive import derive_problem
from derivax.symbolic.methods.differentiate import Differentiate
from derivax.symbolic.methods.identity import Identity
from derivax.symbolic.methods.invariant import Invariant
from derivax.symbolic.methods.solve_for import BackSubstitute
from derivax.symbolic.methods.substitute import Rewrite, Substitute
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.deep_linear_networks.flow import decoupling
from derivax.symbolic.theories.deep_linear_networks.notation import (
    THEORY,
    a,
    a0,
    b,
    b0,
    s,
    t,
    tau,
    two_layers_only,
)

__all__ = ["unbalanced"]


def _strengths_problem() -> Problem:
    """The two strengths of one mode from any start."""
    return Problem(
        [
            Eq(tau * a(t).diff(t), b(t) * (s - a(t) * b(t))),
            Eq(tau * b(t).diff(t), a(t) * (s - a(t) * b(t))),
        ],
        [a(t), b(t)],
        given={a(0): a0, b(0): b0},
    )


def unbalanced(L: int | None = None, n_layers: int | None = None) -> Derivation:
    r"""The two strengths of a mode from any initial values, through the conserved $c = a^2 - b^2$.

    The coordinate $y = (a+b)^2$ obeys $\tau\dot y = 2sy - \tfrac12 y^2 + \tfrac12 c^2$, for every
    sign of c, and $u = ab = (y - c^2/y)/4$.

    Returns:
        A derivation whose formula is {a, b} of (t, a0, b0, s, tau) for s > 0 (for s < 0 flip the
        sign of b0 and of b).
    """
    two_layers_only("unbalanced", L, n_layers)
    c, y0 = Symbol("c", real=True), Symbol("y0", positive=True)
    y = Function("y", positive=True)
    derivation = decoupling(2)
    derivation = derivation.then(
        Invariant(a(t) ** 2 - b(t) ** 2, t),
        "mode-1",
        "mode-2",
        name="conserved",
        say="The difference of the squared strengths does not change:",
    )
    derivation = derivation.assume(
        Statement(a(t) ** 2 - b(t) ** 2, "=", c), name="invariant", say="Call it c."
    )
    total = a(t) + b(t)
    derivation = derivation.assume(
        Statement(y(t), "=", total**2),
        name="y",
        say="A coordinate that is good for every sign of c:",
    )
    derivation = derivation.then(Differentiate(t), "y", name="rate-of-y")
    rates = {f.diff(t): g * (s - a(t) * b(t)) / tau for f, g in ((a(t), b(t)), (b(t), a(t)))}
    for number, f in ((1, a(t)), (2, b(t))):
        derivation = derivation.then(
            Rewrite(lhs=f.diff(t), rhs=rates[f.diff(t)], multiplier=1 / tau),
            f"mode-{number}",
            name=f"rate-{number}",
        )
    derivation = derivation.then(
        Substitute(rates),
        "rate-of-y",
        "rate-1",
        "rate-2",
        name="y-moves",
        say="With the mode equations",
    )
    gap = a(t) ** 2 - b(t) ** 2
    derivation = derivation.then(
        Identity(a(t) * b(t), (total**2 - gap**2 / total**2) / 4),
        name="product-identity",
        say="The product in terms of sum and difference:",
    )
    derivation = derivation.then(
        Substitute({gap: c, total**2: y(t)}),
        "product-identity",
        "invariant",
        "y",
        name="product",
        say="that is",
    )
    closed = 2 * s * y(t) - y(t) ** 2 / 2 + c**2 / 2
    derivation = derivation.then(
        Rewrite(lhs=tau * y(t).diff(t), rhs=2 * total**2 * (s - a(t) * b(t)), multiplier=tau),
        "y-moves",
    )
    derivation = derivation.then(
        Substitute({total**2: y(t), a(t) * b(t): (y(t) - c**2 / y(t)) / 4}), -1, "y", "product"
    )
    derivation = derivation.then(Rewrite(rhs=closed), -1, name="y-equation", say="Hence y alone:")
    riccati = Problem(Eq(tau * y(t).diff(t), closed), y(t), given={y(0): y0})
    derivation = derivation.continued(derive_problem(riccati))
    return _strengths_from_y(derivation, y, y0, c)


def _strengths_from_y(derivation: Derivation, y: Function, y0: Symbol, c: Symbol) -> Derivation:
    """a and b from y, in a form without cancellation for s > 0."""
    plus, minus = a0 + b0, a0 - b0
    k = sqrt(4 * s**2 + plus**2 * minus**2)
    decay = exp(-k * t / tau)
    learned = 1 - decay
    reach = k + 2 * s
    numerator = reach + minus**2 * learned + decay * plus**2 * minus**2 / reach
    denominator = plus**2 * (learned + minus**2 / reach) + reach * decay
    start = Substitute({y0: plus**2, c: plus * minus})
    derivation = derivation.then(
        start,
        "solution",
        name="y-of-start",
        say="From a0 and b0:",
        claim=start.conclude(derivation["solution"]).under(Ne(plus, 0)),
    )
    derivation = derivation.then(
        Rewrite(rhs=plus**2 * numerator / denominator),
        "y-of-start",
        claim=Statement(y(t), "=", plus**2 * numerator / denominator, given=(Gt(s, 0),)),
        name="y-stable",
        say="Multiplied through by exp(-kt/tau), k^2 = 4 s^2 + c^2; no term is negative:",
    )
    growth = sqrt(numerator / denominator)
    strength_sum, strength_difference = plus * growth, minus / growth
    unknowns = {
        a(t): (strength_sum + strength_difference) / 2,
        b(t): (strength_sum - strength_difference) / 2,
    }
    derivation = derivation.then(
        Identity(strength_sum**2, plus**2 * numerator / denominator, (Gt(s, 0),)),
        name="sum",
        say="a + b has the square y and the sign of its start, a - b = c/(a + b); hence try",
    )
    for f, name in ((a(t), "a"), (b(t), "b")):
        derivation = derivation.assume(
            Statement(f, "=", unknowns[f], given=(Gt(s, 0),)),
            name=f"try-{name}",
            say=f"the strength {name} is",
        )
    derivation = derivation.then(
        BackSubstitute(_strengths_problem()),
        "try-b",
        "try-a",
        name="a-of-t",
        say="Put back, with b(t):",
    ).then(
        BackSubstitute(_strengths_problem()),
        "try-a",
        "try-b",
        name="b-of-t",
        say="Put back, with a(t):",
    )
    derivation = derivation.renamed(
        f"{THEORY}/unbalanced", "Strengths of a mode from any initial values"
    )
    formula = derivation.formula_of(
        {"a": "a-of-t", "b": "b-of-t"},
        [t, a0, b0, s, tau],
        name="mode_ab",
        domain={t: (0, oo), a0: (-1000, 1000), b0: (-1000, 1000)},
        solves=_strengths_problem(),
    )
    return derivation.concluded(formula)
