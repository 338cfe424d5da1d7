r"""The ground state of H = p^2/2 + w^2 x^2/2 + g x^4 as a sum of diagrams in time.

Starting point: a rule set; line e^{-w|t-s|}/(2w), vertex -24 g with its time integrated over.
Main result: `ground_state`, E = w/2 + 3 g/(4 w^2) - 21 g^2/(8 w^5) + 333 g^3/(16 w^8) - ...
Assumptions: w > 0, g > 0; the series is asymptotic.
What plain SymPy cannot do: it knows no diagrams; the time integrals are done by orders of times.
Source: C. M. Bender, T. T. Wu, Phys. Rev. 184 (1969) 1231 (coefficients, as a check).
"""

from __future__ import annotations

from sympy import Abs, Rational, Symbol, exp, oo

from derivax.diagrams.expansion import derive_rule_set
from derivax.diagrams.rules import integral
from derivax.diagrams.ruleset import Propagator, RuleSet, Vertex
from derivax.diagrams.theories.zero_dimensional import THEORY, checked_order, g
from derivax.symbolic.derivation import Derivation

__all__ = ["ground_state", "rule_set"]

SOURCE = "Bender, Wu 1969 (coefficients); diagrams derived here"
w = Symbol("omega", positive=True)
t, s = Symbol("t", real=True), Symbol("s", real=True)


def rule_set(order: int) -> RuleSet:
    """The rules: a quartic vertex, an exponential line, one vertex held at time 0."""
    vertices = {"x": Vertex(("q",) * 4, -24 * g, integral(t, -oo, oo))}
    lines = {"": Propagator(("q", "q"), exp(-w * Abs(t - s)) / (2 * w), t, s)}
    return RuleSet("E", vertices, lines, g, order, per_label=True, constant=w / 2, factor=-1)


def ground_state(order: int = 4) -> Derivation:
    """The energy of the ground state to a power of g, 1 to 6.

    >>> print(ground_state(2).formula)
    anharmonic_ground_state(g, omega) = -21*g**2/(8*omega**5) + 3*g/(4*omega**2) + omega/2
    """
    derivation = derive_rule_set(
        rule_set(checked_order(order, 6)), name=f"{THEORY}/anharmonic-ground-state", source=SOURCE,
        title="Ground state of the anharmonic oscillator as a sum of diagrams",
    )  # fmt: skip
    # a range in which no power of omega leaves single precision
    domain = {g: (0, 10), w: (Rational(1, 10), 10)}
    return derivation.concluded(derivation.formula_of("sum", [g, w], domain=domain))
