r"""Potentials whose scattering length is known in closed form: checks of every numerical route.

Main results: `exponential_well`, `hulthen`, `poeschl_teller`.

Implementation notes.  Each derivation starts from u'' = U u, puts the regular solution back into
it, and takes the limit of r - u/u', since u tends to a multiple of r - a.  The limit of Bessel
functions is tested along sequences in ball arithmetic; those of hypergeometric functions at z = 1
are cited (DLMF 15.4.21).
"""

from __future__ import annotations

from sympy import (
    Basic,
    Eq,
    EulerGamma,
    Expr,
    Rational,
    S,
    Symbol,
    besselj,
    bessely,
    cosh,
    cot,
    digamma,
    exp,
    hyper,
    log,
    oo,
    pi,
    sqrt,
    tanh,
)

from derivax.symbolic.derivation import Derivation
from derivax.symbolic.methods.limit import Limit
from derivax.symbolic.methods.neumann_series import NeumannSeries
from derivax.symbolic.methods.solve_for import BackSubstitute
from derivax.symbolic.methods.theorem import Theorem
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.born_diagrams.notation import BORN, THEORY, a, order_of, r, u

__all__ = ["exponential_well", "hulthen", "poeschl_teller"]

g = Symbol("g", positive=True)
s = Symbol("s", positive=True)
L = Symbol("L", positive=True)

_CONNECTION = (
    "DLMF 15.4.21: F(a, b; a + b; z) ~ "
    "-G(a+b)/(G(a)G(b)) (log(1-z) + psi(a) + psi(b) + 2 gamma)"
)


def _regular(
    name: str, title: str, potential: Expr, wave: Expr, assume: tuple[Basic, ...] = ()
) -> Derivation:
    """The regular solution, put back into u'' = U u."""
    problem = Problem(
        Eq(u(r).diff(r, 2), potential * u(r)), u(r), given={u(0): 0}, assume=assume
    )
    d = Derivation.begin(problem, name=f"{THEORY}/{name}", title=title, source=BORN)
    d = d.assume(Statement(u(r), "=", wave), name="trial", say="The regular solution is")
    return d.then(BackSubstitute(problem), "trial", name="wave", say="which solves the equation:")


def exponential_well(order: int = 4) -> Derivation:
    r"""The exponential well U = -g e^{-r}: scattering length and rational Born coefficients.

    $$a = 2(\gamma + \ln\sqrt g) - \pi\,\frac{Y_0(2\sqrt g)}{J_0(2\sqrt g)}
      = -2g - \tfrac54g^2 - \tfrac{23}{27}g^3 - \dots$$

    Args:
        order: the last Born order, 1 ... 12.
    """
    order_of(order, 12)
    x, start = 2 * sqrt(g) * exp(-r / 2), 2 * sqrt(g)
    wave = besselj(0, x) * bessely(0, start) - bessely(0, x) * besselj(0, start)
    title = "Scattering length and Born series of the exponential well"
    d = _regular("exponential-well", title, -g * exp(-r), wave)
    value = 2 * EulerGamma + log(g) - pi * bessely(0, start) / besselj(0, start)
    d = d.then(
        Limit(r, oo, expr=r - wave / wave.diff(r), value=value),
        name="amplitude",
        say="Far outside, r - u/u' tends to the scattering length:",
    )
    d = d.then(
        NeumannSeries(u(r), g, a, r, S.One, oo, order),
        0,
        name="born-series",
        say="The iterated Lippmann-Schwinger equation gives, exactly,",
    )
    formula = d.formula_of(
        "amplitude", [g], domain={g: (Rational(1, 100), Rational(7, 5))}, name="exponential_well"
    )
    return d.concluded(formula)


def hulthen() -> Derivation:
    r"""The Hulthen potential $U = -s^2e^{-r}/(1 - e^{-r})$: $a = 2\gamma+\psi(1+s)+\psi(1-s)$."""
    z = 1 - exp(-r)
    wave = z * hyper([1 + s, 1 - s], [2], z)
    d = _regular("hulthen", "Scattering length of the Hulthen potential", -(s**2) / (exp(r) - 1),
                 wave)  # fmt: skip
    value = 2 * EulerGamma + digamma(1 + s) + digamma(1 - s)
    d = d.then(
        Theorem(_CONNECTION, hypotheses=("s < 1",)),
        "wave",
        name="amplitude",
        claim=Statement(r - u(r) / u(r).diff(r), "->", value, tends=(r, oo)),
        say="Far outside, with 1 - z = e^(-r):",
    )
    # the digamma functions cancel 2 gamma for weak potentials, a ~ -2 zeta(3) s^2: from s = 1/4 on
    domain = {s: (Rational(1, 4), Rational(9, 10))}
    formula = d.formula_of("amplitude", [s], domain=domain, name="hulthen")
    return d.concluded(formula)


def poeschl_teller() -> Derivation:
    r"""The Poeschl-Teller potential $U = -L(L-1)/\cosh^2r$:
    $a = \gamma + \psi(L) + \tfrac\pi2\cot\tfrac{\pi L}2$."""
    z = tanh(r)
    wave = z * hyper([1 - L / 2, (L + 1) / 2], [Rational(3, 2)], z**2)
    title = "Scattering length of the Poeschl-Teller potential"
    d = _regular("poeschl-teller", title, -L * (L - 1) / cosh(r) ** 2, wave)
    value = EulerGamma + digamma(L) + pi / 2 * cot(pi * L / 2)
    d = d.then(
        Theorem(
            _CONNECTION,
            hypotheses=("1 - L/2 is no negative whole number", "digamma reflection, DLMF 5.5.4"),
        ),
        "wave",
        name="amplitude",
        claim=Statement(r - u(r) / u(r).diff(r), "->", value, tends=(r, oo)),
        say="Far outside, with 1 - z^2 ~ 4 e^(-2r):",
    )
    formula = d.formula_of(
        "amplitude", [L], domain={L: (Rational(1, 5), Rational(19, 10))}, name="poeschl_teller"
    )
    return d.concluded(formula)
