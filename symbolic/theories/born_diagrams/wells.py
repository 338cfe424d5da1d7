r"""Square wells of any depth and sign, any partial wave: scattering amplitudes and Born series.

Main results: `square_well`, `square_well_series`, `delta_shell`.

Implementation notes.  The inner wave is made by raising operators, $v_{l+1} = (l+1)v_l/r - v_l'$,
from $r\,S(wr^2)$, S entire in w: one formula for wells (g > 0), barriers (g < 0) and g = 0.
"""

from __future__ import annotations

from dataclasses import replace

from sympy import (
    Abs,
    Basic,
    Derivative,
    Eq,
    Expr,
    Function,
    Ge,
    Gt,
    Integer,
    Le,
    Lt,
    Ne,
    Rational,
    S,
    Symbol,
    bernoulli,
    diff,
    factorial,
    fraction,
    hyper,
    oo,
    together,
)

from derivax.symbolic.derivation import Derivation
from derivax.symbolic.methods.differentiate import Differentiate
from derivax.symbolic.methods.enumeration import Enumeration
from derivax.symbolic.methods.identity import Identity
from derivax.symbolic.methods.neumann_series import NeumannSeries, born_terms
from derivax.symbolic.methods.series_to_order import SeriesToOrder
from derivax.symbolic.methods.solve_for import BackSubstitute, SolveFor
from derivax.symbolic.methods.substitute import Rewrite, Substitute
from derivax.symbolic.nodes.entire_hyperbolic import CoshRoot, SinhcRoot
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.born_diagrams.notation import (
    BORN,
    THEORY,
    R,
    a,
    g,
    k,
    order_of,
    partial_wave,
    r,
    u,
)

__all__ = ["delta_shell", "square_well", "square_well_energy", "square_well_series"]


def _raised(wave: Expr, l: int) -> Expr:  # noqa: E741
    """The wave of angular momentum l from that of 0."""
    for n in range(l):
        wave = ((n + 1) * wave / r - diff(wave, r)).expand()
    return wave


def _free(l: int, energy: Expr) -> tuple[Expr, Expr]:  # noqa: E741
    """f and g of v'' = (l(l+1)/r^2 - energy) v, with f(0) = 0 and f'g - fg' = 1."""
    if energy == 0:
        return r ** (l + 1), r**-l / (2 * l + 1)
    regular, other = _raised(r * SinhcRoot(-energy * r**2), l), _raised(CoshRoot(-energy * r**2), l)
    return regular, other / energy**l


def square_well(l: int = 0, energy: bool = False) -> Derivation:  # noqa: E741
    r"""The scattering amplitude of U = -g on (0, R), 0 beyond, exactly.

    $$u'' = \Big(\frac{l(l+1)}{r^2} - k^2 - g\Big)u,\qquad u \propto f - a\,\bar g$$

    At zero energy f = r^(l+1) and the other solution is r^-l/(2l+1): a is the scattering length
    for l = 0, $a = R(1 - S(-gR^2)/C(-gR^2)) = R(1 - \tan(\sqrt g R)/(\sqrt g R))$.  With `energy`,
    f = sin(kr)/k raised l times, and a = -tan(delta_l)/k for l = 0.

    Args:
        l: angular momentum.
        energy: True for a finite wave number k.
    """
    d = _amplitude(l, energy)
    square = k**2 if energy else S.Zero
    name = "square-well-energy" if energy else "square-well"
    step = "amplitude"
    if not energy and not l:
        # C - S cancels for weak wells; as one series it keeps every digit
        even, sloped = CoshRoot(-g * R**2), SinhcRoot(-g * R**2)
        grown = -g * R**2 / 3 * hyper([], [Rational(5, 2)], -g * R**2 / 4)
        d = d.then(Identity(even - sloped, grown), name="growth", say="With one series")
        d = d.then(Rewrite(rhs=R * (even - sloped) / even), "amplitude", name="factored")
        step, say = "stable", "it does not cancel for weak wells:"
        d = d.then(Substitute(), "factored", "growth", name=step, say=say)
    args = [g, R, k] if energy else [g, R]
    domain = {R: (Rational(1, 10), 10), g: (-100, 100)}
    name = name.replace("-", "_") + (f"_{l}" if l else "")
    formula = d.formula_of(step, args, domain=domain, where=_regular(l, square), name=name)
    return d.concluded(formula)


def _amplitude(l: int, energy: bool) -> Derivation:  # noqa: E741
    """Up to the amplitude as a quotient of waves and slopes at R."""
    partial_wave(l)
    square = k**2 if energy else S.Zero
    barrier = Integer(l * (l + 1)) / r**2
    problem = Problem(Eq(u(r).diff(r, 2), (barrier - square - g) * u(r)), u(r), given={u(0): 0})
    name = "square-well-energy" if energy else "square-well"
    title = "Scattering amplitude of a square well or barrier"
    inner = _raised(r * SinhcRoot(-(g + square) * r**2), l)
    d = Derivation.begin(problem, name=f"{THEORY}/{name}", title=title, source=BORN)
    d = d.assume(Statement(u(r), "=", inner), name="trial", say="Inside, the regular wave is")
    if l:
        # the equation is singular at the origin, and so are the parts of the wave
        problem = Problem(problem.equations, u(r))
    d = d.then(BackSubstitute(problem), "trial", name="inner", say="which solves the equation:")
    d = d.then(Differentiate(r), "inner", name="inner-slope", say="with the slope")
    d = d.then(Substitute({r: R}), "inner", name="wave-at-R", say="At R")
    d = d.then(Substitute({r: R}), "inner-slope", name="slope-at-R", say="and")
    f, other = _free(l, square)
    outer = [e.subs(r, R) for e in (f, diff(f, r), other, diff(other, r))]
    wave, slope = u(R), Derivative(u(R), R)
    joined = slope * (outer[0] - a * outer[2])
    bound = _pole(slope * outer[2] - wave * outer[3], d)
    d = d.assume(
        Statement(joined, "=", wave * (outer[1] - a * outer[3]), given=(Ne(bound, 0),)),
        name="joined",
        say="Outside the wave is f - a g; both logarithmic slopes agree at R:",
    )
    d = d.then(Substitute(), "joined", "wave-at-R", "slope-at-R", name="condition")
    d = d.then(SolveFor(a), "condition", name="solved", say="Solve for the amplitude:")
    tidy = Rewrite(rhs=_tidy(d["solved"].rhs))
    return d.then(tidy, "solved", name="amplitude", say="that is,")


def square_well_energy(l: int = 0) -> Derivation:  # noqa: E741
    r"""The amplitude at wave number k: $a = -\tan\delta_l/k$ for l = 0; see `square_well`."""
    return square_well(l, energy=True)


def _pole(slope: Expr, d: Derivation) -> Expr:
    """What vanishes where the amplitude has a pole: the Wronskian of the wave with g at R."""
    found = {d[name].lhs: d[name].rhs for name in ("slope-at-R", "wave-at-R")}
    return fraction(together(slope.xreplace(found)))[0].expand()


def _tidy(amplitude: Expr) -> Expr:
    """One fraction, of the wave and the slope at R."""
    numerator, denominator = fraction(together(amplitude))
    numerator, denominator = numerator.expand(), denominator.expand()
    if denominator.could_extract_minus_sign():
        numerator, denominator = -numerator, -denominator
    return numerator / denominator


def _regular(l: int, square: Expr) -> tuple[Basic, ...]:  # noqa: E741
    """Below the first pole, where the well binds or resonates for the first time.

    With energy the amplitude is a difference of products that are equal at g = 0: its digits are
    asked for wells from g R^2 = 1/4 on.
    """
    if square != 0:
        return (Lt((g + square) * R**2, Rational(9, 4)), Lt(square * R**2, 2),
                Gt(g * R**2, Rational(1, 4)))  # fmt: skip
    return (Lt(g * R**2, Rational(12, 5) + 2 * l), Gt(g * R**2, -100))


def square_well_series(order: int = 8, l: int = 0) -> Derivation:  # noqa: E741
    r"""The Born series of a square well, from the Lippmann-Schwinger equation and from the closed
    form: for l = 0

    $$a = -\sum_{n\ge1}\frac{2^{2n+2}(2^{2n+2}-1)|B_{2n+2}|}{(2n+2)!}\,g^nR^{2n+1}$$

    One chain diagram per order: n crosses, n - 1 lines, symmetry factor 1.

    Args:
        order: the last Born order, 1 ... 40.
        l: angular momentum.

    >>> square_well_series(3)["born-series"].rhs
    -17*R**7*g**3/315 - 2*R**5*g**2/15 - R**3*g/3
    """
    order_of(order, 40)
    d = _amplitude(l, energy=False)
    title = "Born series of a square well, exact rational coefficients"
    d = d.renamed(f"{THEORY}/square-well-series", title)
    d = d.then(SeriesToOrder(g, 0, order), "amplitude", name="taylor", say="Expand it:")
    f, other = _free(l, S.Zero)
    d = d.then(
        NeumannSeries(u(r), g, a, f, other, R, order),
        0,
        name="born-series",
        claim=replace(d["taylor"], forall=None, given=()),
        say="The iterated Lippmann-Schwinger equation has the same terms:",
    )
    if not l:
        d = d.then(
            Enumeration(
                n,
                range(1, order + 1),
                objects=lambda size: [("chain", size)],
                weight=lambda size, _: born_terms(-S.One, f, other, r, R, order).coefficients[
                    size - 1
                ],
                count=1,
            ),
            name="bernoulli",
            claim=Statement(_term, "=", _bernoulli_term()),
            say="Each order is one chain diagram, whose value is",
        )
    formula = d.formula_of(
        "born-series", [g, R], domain={g: (-100, 100), R: (Rational(1, 10), 10)},
        where=(Le(g * R**2, 2), Ge(g * R**2, -2)),
        name="square_well_series",
    )  # fmt: skip
    return d.concluded(formula)


n = Symbol("n", integer=True, positive=True)
_term = Function("a")(n)


def _bernoulli_term() -> Expr:
    count = 2 * n + 2
    number = Abs(bernoulli(count))
    return -(2**count) * (2**count - 1) * number / factorial(count) * R ** (2 * n + 1)


def delta_shell(order: int = 8) -> Derivation:
    r"""The delta shell U = -g delta(r - R): $a = -gR^2/(1 - gR)$, a geometric Born series.

    The slope of u jumps by -g u(R) at the shell.
    """
    order_of(order, 40)
    problem = Problem(Eq(u(r).diff(r, 2), 0), u(r), given={u(0): 0})
    title = "Scattering length and Born series of a delta shell"
    d = Derivation.begin(problem, name=f"{THEORY}/delta-shell", title=title, source=BORN)
    d = d.assume(Statement(u(r), "=", r), name="trial", say="Inside the shell")
    d = d.then(BackSubstitute(problem), "trial", name="inner", say="solves the equation,")
    d = d.then(Differentiate(r), "inner", name="inner-slope")
    d = d.then(Substitute({r: R}), "inner", name="wave-at-R", say="so that at the shell")
    d = d.then(Substitute({r: R}), "inner-slope", name="slope-at-R")
    # outside u is proportional to r - a: u/(u' after the jump) = R - a
    after = Derivative(u(R), R) - g * u(R)
    d = d.assume(
        Statement((R - a) * after, "=", u(R), given=(Ne(1 - g * R, 0),)),
        name="joined",
        say="The slope jumps by -g u; outside the wave is proportional to r - a:",
    )
    d = d.then(Substitute(), "joined", "wave-at-R", "slope-at-R", name="condition")
    d = d.then(SolveFor(a), "condition", name="solved", say="Solve for the scattering length:")
    d = d.then(Rewrite(rhs=-g * R**2 / (1 - g * R)), "solved", name="amplitude")
    d = d.then(SeriesToOrder(g, 0, order), "amplitude", name="born-series", say="Geometric:")
    formula = d.formula_of(
        "amplitude", [g, R], domain={g: (-oo, oo)}, where=(Lt(g * R, Rational(9, 10)),),
        name="delta_shell",
    )  # fmt: skip
    return d.concluded(formula)
