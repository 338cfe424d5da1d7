r"""Field theory in zero dimensions: an integral, its series, and the diagrams that add up to it.

Starting equations
    Z(g) = \int dx/\sqrt{2 pi} e^{-x^2/2 - g x^4/24}, and with x^2, x^4 in front (phi^4);
    Z(b) = \int dx/\sqrt{2 pi} e^{-x^2/2 + i b x^3/6} (phi^3, imaginary coupling: it converges);
    the radial integrals of N real components, and of one complex component.
Main results (all by integration by parts on one side, by listed diagrams on the other)
    free_energy         ln Z = -g/8 + g^2/12 - 11 g^3/96 + ...  = connected vacuum diagrams
    propagator          <x^2> = 1 - g/2 + 2 g^2/3 - ...         = connected 2-point diagrams
    four_point          <x^4> - 3 <x^2>^2 = -g + 7 g^2/2 - ...  = connected 4-point diagrams
    effective_action    Legendre transform of ln Z(J)           = irreducible diagrams
    cubic_free_energy, vector_free_energy (polynomials in N), complex_free_energy
Assumptions: g > 0; series are asymptotic.
What plain SymPy cannot do: it expands neither the integrals nor lists diagrams; the expansion is
integration by parts (methods/moment_expansion), the lists come from the engine.
Source: B. Kaspschak, U.-G. Meissner, arXiv 2009.03192, names the engine; the theory is textbook
material, derived here (see also C. Itzykson, J.-B. Zuber, Quantum Field Theory, sections 6, 9).
"""

from __future__ import annotations

from typing import Any

from sympy import Eq, Expr, Function, I, Integral, S, Symbol, exp, gamma, log, oo, pi, sqrt

from derivax.diagrams.contractions import vector_factor
from derivax.diagrams.expansion import AddUpTo, with_orders
from derivax.diagrams.ruleset import Propagator, RuleSet, Vertex
from derivax.errors import InputError
from derivax.symbolic.derivation import Derivation
from derivax.symbolic.methods.legendre import LegendreTransform
from derivax.symbolic.methods.moment_expansion import ComposedSeries, MomentExpansion
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement

__all__ = [
    "complex_free_energy",
    "cubic_free_energy",
    "effective_action",
    "four_point",
    "free_energy",
    "propagator",
    "vector_free_energy",
]

THEORY = "born-diagrams"
SOURCE = "Kaspschak, Meissner 2020, arXiv 2009.03192 (engine; this theory is derived here)"
g, b, N = (Symbol(name, positive=True) for name in ("g", "b", "N"))
x, r, J, phi = Symbol("x", real=True), Symbol("r", positive=True), Symbol("J"), Symbol("varphi")
Z, M, D, W, Gamma, Y = (Function(name) for name in ("Z", "M", "D", "W", "Gamma", "Y"))
LINE = {"": Propagator(("phi", "phi"))}
QUARTIC = {"x": Vertex(("phi",) * 4, -g)}


def checked_order(order: Any, largest: int) -> int:
    if isinstance(order, bool) or not isinstance(order, int) or not 1 <= order <= largest:
        raise InputError(f"order={order!r}", f"is not a whole number from 1 to {largest}", "")
    return order


def quartic_integral(power: int) -> Integral:
    weight = x**power if power else S.One
    return Integral(weight * exp(-(x**2) / 2 - g * x**4 / 24) / sqrt(2 * pi), (x, -oo, oo))


def _begin(coupling: Symbol, integrals: dict[Expr, Expr], name: str, title: str) -> Derivation:
    """The integrals as starting equations."""
    equations = [Eq(lhs, rhs, evaluate=False) for lhs, rhs in integrals.items()]
    problem = Problem(equations, list(integrals))
    return Derivation.begin(problem, name=f"{THEORY}/{name}", title=title, source=SOURCE)


def _expanded(derivation: Derivation, coupling: Symbol, order: int, names: list[str]) -> Derivation:
    """Each integral as a series."""
    for place, name in enumerate(names):
        derivation = derivation.then(
            MomentExpansion(coupling, order), place, name=name,
            say="Expand in the coupling; integration by parts gives the moments.",
        )  # fmt: skip
    return derivation


def _add_up(derivation: Derivation, rule_set: RuleSet, series: str, first: int = 1) -> Derivation:
    """The series is the sum of the diagrams; its polynomial is the formula."""
    orders = range(first, rule_set.order + 1)
    derivation = with_orders(derivation, rule_set, orders, D)
    derivation = derivation.then(
        AddUpTo(rule_set.coupling, D), series, *(f"D-{n}" for n in orders), name="diagrams",
        say="The integral and the diagrams agree, order by order.",
    )  # fmt: skip
    symbols = sorted(derivation[series].rhs.free_symbols - {rule_set.coupling}, key=str)
    arguments = [rule_set.coupling, *symbols]
    # a range in which no power of N leaves single precision
    domain = {g: (0, 10), N: (1, 1000)} if N in symbols else {}
    return derivation.concluded(derivation.formula_of(series, arguments, domain=domain))


def free_energy(order: int = 4) -> Derivation:
    """ln Z of phi^4 to a power of g, as an integral and as connected vacuum diagrams.

    Args:
        order: 1 to 7.

    >>> print(free_energy(3)["logarithm"])
    log(Z(g)) ~ -11*g**3/96 + g**2/12 - g/8 as g -> 0
    """
    order = checked_order(order, 7)
    title = "Free energy of zero-dimensional phi^4 theory: integral and vacuum diagrams"
    begun = _begin(g, {Z(g): quartic_integral(0)}, "phi4-free-energy", title)
    derivation = _expanded(begun, g, order, ["partition function"]).then(
        ComposedSeries(log(Z(g)), g), "partition function", name="logarithm", say="Its logarithm."
    )
    return _add_up(derivation, RuleSet("F", QUARTIC, LINE, g, order), "logarithm")


def _moment_series(order: int, powers: tuple[int, ...], name: str, title: str) -> Derivation:
    integrals: dict[Expr, Expr] = {Z(g): quartic_integral(0)}
    integrals |= {M(k, g): quartic_integral(k) for k in powers}
    names = ["partition function", *(f"moment-{k}" for k in powers)]
    return _expanded(_begin(g, integrals, name, title), g, order, names)


def propagator(order: int = 4) -> Derivation:
    """The two-point function of phi^4 to a power of g, 1 to 7."""
    order = checked_order(order, 7)
    title = "Two-point function of zero-dimensional phi^4 theory: integral and diagrams"
    derivation = _moment_series(order, (2,), "phi4-propagator", title).then(
        ComposedSeries(M(2, g) / Z(g), g), "partition function", "moment-2", name="two-point",
        say="Divide by the vacuum diagrams.",
    )  # fmt: skip
    outside = {"1": "phi", "2": "phi"}
    rule_set = RuleSet("G", QUARTIC, LINE, g, order, external=outside)
    return _add_up(derivation, rule_set, "two-point", 0)


def four_point(order: int = 3) -> Derivation:
    """The connected four-point function of phi^4 to a power of g, 1 to 4."""
    order = checked_order(order, 4)
    title = "Connected four-point function of zero-dimensional phi^4 theory"
    connected = M(4, g) / Z(g) - 3 * (M(2, g) / Z(g)) ** 2
    derivation = _moment_series(order, (2, 4), "phi4-four-point", title).then(
        ComposedSeries(connected, g), "partition function", "moment-2", "moment-4",
        name="four-point", say="The fourth cumulant.",
    )  # fmt: skip
    outside = {str(k): "phi" for k in range(1, 5)}
    rule_set = RuleSet("G", QUARTIC, LINE, g, order, external=outside)
    return _add_up(derivation, rule_set, "four-point")


def effective_action(order: int = 3) -> Derivation:
    r"""Gamma(phi) = Gamma_2 phi^2/2 + Gamma_4 phi^4/24 + ... and the irreducible diagrams.

    Args:
        order: 1 to 4.

    >>> derivation = effective_action(2)
    >>> print(derivation["two-leg"], "|", derivation["four-leg"])
    1 - Z(g)/M(2, g) ~ 5*g**2/12 - g/2 as g -> 0 | ... ~ 3*g**2/2 - g as g -> 0
    """
    order = checked_order(order, 4)
    title = "One-particle irreducible effective action of zero-dimensional phi^4 theory"
    derivation = _moment_series(order, (2, 4), "phi4-effective-action", title)
    second, fourth = Symbol("m_2", positive=True), Symbol("m_4", positive=True)
    derivation = derivation.assume(
        Statement(Y(J), "~", 1 + second * J**2 / 2 + fourth * J**4 / 24, tends=(J, S.Zero)),
        name="source", say="Y(J) is the mean of e^{Jx}, m_k are the means of x^k.",
    ).then(
        ComposedSeries(log(Y(J)), J), "source", name="connected", say="Connected functions."
    ).then(
        LegendreTransform(J, phi, Gamma(phi)), "connected", name="Legendre",
        say="The Legendre transform leaves the irreducible ones.",
    )  # fmt: skip
    of_field = derivation["Legendre"].rhs.expand()
    means = {second: M(2, g) / Z(g), fourth: M(4, g) / Z(g)}
    both = {"two-leg": 1 - 2 * of_field.coeff(phi, 2), "four-leg": -24 * of_field.coeff(phi, 4)}
    for name, own in both.items():
        used = ["partition function", "moment-2", *(["moment-4"] if name == "four-leg" else [])]
        derivation = derivation.then(
            ComposedSeries(own.xreplace(means), g), *used, name=name,
            say=f"The {name} part, with the sign of a vertex.",
        )  # fmt: skip
    for name, legs, head in (("two-leg", 2, Function("S")), ("four-leg", 4, Function("V"))):
        outside = {str(k): "phi" for k in range(1, legs + 1)}
        rule_set = RuleSet(
            str(head), QUARTIC, LINE, g, order, external=outside, graphs="irreducible"
        )
        derivation = with_orders(derivation, rule_set, range(1, order + 1), head)
        places = [f"{head}-{n}" for n in range(1, order + 1)]
        derivation = derivation.then(
            AddUpTo(g, head), name, *places, name=f"irreducible {name}",
            say="It is the sum of the irreducible diagrams.",
        )  # fmt: skip
    outputs = {"self_energy": "two-leg", "vertex": "four-leg"}
    return derivation.concluded(derivation.formula_of(outputs, [g]))


def cubic_free_energy(order: int = 4) -> Derivation:
    """ln Z of phi^3 with imaginary coupling i b; orders 2 to 6 (odd ones vanish)."""
    order = checked_order(order, 6)
    title = "Free energy of zero-dimensional phi^3 theory: integral and vacuum diagrams"
    integral = Integral(exp(-(x**2) / 2 + I * b * x**3 / 6) / sqrt(2 * pi), (x, -oo, oo))
    order += order % 2  # the series is one in b^2
    begun = _begin(b, {Z(b): integral}, "phi3-free-energy", title)
    derivation = _expanded(begun, b, order, ["partition function"]).then(
        ComposedSeries(log(Z(b)), b), "partition function", name="logarithm", say="Its logarithm."
    )
    vertices = {"y": Vertex(("phi",) * 3, I * b)}
    return _add_up(derivation, RuleSet("F", vertices, LINE, b, order), "logarithm")


def vector_free_energy(order: int = 3) -> Derivation:
    """ln Z of N real components with (phi . phi)^2, polynomials in N; order 1 to 4."""
    order = checked_order(order, 4)
    title = "Free energy of the zero-dimensional O(N) model: integral and vacuum diagrams"
    radial = Integral(r ** (N - 1) * exp(-(r**2) / 2 - g * r**4 / 24), (r, 0, oo))
    integral = 2 ** (1 - N / 2) / gamma(N / 2) * radial
    begun = _begin(g, {Z(g): integral}, "vector-free-energy", title)
    derivation = _expanded(begun, g, order, ["partition function"]).then(
        ComposedSeries(log(Z(g)), g), "partition function", name="logarithm", say="Its logarithm."
    )
    rule_set = RuleSet(
        "F", QUARTIC, LINE, g, order, weight=lambda diagram: vector_factor(diagram, N)
    )
    return _add_up(derivation, rule_set, "logarithm")


def complex_free_energy(order: int = 4) -> Derivation:
    """ln Z of one complex component with g |z|^4/4: directed lines; order 1 to 5."""
    order = checked_order(order, 5)
    title = "Free energy of the zero-dimensional complex model: integral and directed diagrams"
    integral = Integral(2 * r * exp(-(r**2) - g * r**4 / 4), (r, 0, oo))
    begun = _begin(g, {Z(g): integral}, "complex-free-energy", title)
    derivation = _expanded(begun, g, order, ["partition function"]).then(
        ComposedSeries(log(Z(g)), g), "partition function", name="logarithm", say="Its logarithm."
    )
    vertices = {"x": Vertex(("psi", "psi", "bar", "bar"), -g)}
    lines = {"": Propagator(("psi", "bar"))}
    return _add_up(derivation, RuleSet("F", vertices, lines, g, order), "logarithm")
