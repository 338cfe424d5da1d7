"""Born series: Lippmann-Schwinger, exact coefficients, solvable potentials."""

from __future__ import annotations

from fractions import Fraction

import pytest
from mpmath import mp
from sympy import Function, Rational, S, Symbol, exp, oo, symbols

from derivax.errors import InputError
from derivax.symbolic.methods.neumann_series import NeumannSeries, born_terms
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories import born_diagrams as theory

r, R = symbols("r R", positive=True)
g, a = Symbol("g", real=True), Symbol("a", real=True)
u = Function("u", real=True)


def test_the_lippmann_schwinger_equation_follows_from_the_radial_equation():
    derivation = theory.lippmann_schwinger()
    assert derivation.outcome == "proven"
    assert "Integral" in str(derivation["scattering-length"].rhs)


def test_square_well_coefficients_are_those_of_the_tangent():
    # theory card D7: coefficient of g^n at R = 1
    known = [(1, 3), (2, 15), (17, 315), (62, 2835), (1382, 155925)]
    found = born_terms(-S.One, r, S.One, r, R, 5).coefficients
    assert [c.subs(R, 1) for c in found] == [-Rational(*k) for k in known]


def test_the_square_well_series_is_proven_to_order_twenty():
    derivation = theory.square_well_series(20)
    assert derivation.outcome in ("instances", "proven")
    assert all(step.outcome != "refuted" for step in derivation)


@pytest.mark.slow
def test_partial_waves_have_their_own_rational_series():
    derivation = theory.square_well_series(3, l=2)
    assert derivation.outcome == "proven"
    with mp.workdps(40):  # u = r^3 0F1(;7/2; w/4), matched to r^3 - a r^-2/5
        def amplitude(strength):
            w = -mp.mpf(strength)
            f, slope = mp.hyp0f1(3.5, w / 4), mp.hyp0f1(4.5, w / 4) / 3.5 / 4
            return 5 * 2 * w * slope / (5 * f + 2 * w * slope)

        taylor = mp.taylor(amplitude, 0, 3)
    series = derivation["born-series"].rhs.subs(symbols("R", positive=True), 1)
    for n in (1, 2, 3):
        assert abs(float(series.coeff(g, n)) - float(taylor[n])) < 1e-12 * abs(float(taylor[n]))


def test_exponential_well_terms_are_rational():
    # theory card D7
    found = born_terms(-exp(-r), r, S.One, r, oo, 4).coefficients
    assert found == (-2, Rational(-5, 4), Rational(-23, 27), Rational(-677, 1152))


def test_finite_energy_terms_tend_to_those_at_zero_energy():
    from sympy import cos, sin

    found = born_terms(-S.One, sin(r), cos(r), r, R, 2).coefficients
    small = Rational(1, 1000)
    for coefficient, limit, power in zip(found, (Rational(-1, 3), Rational(-2, 15)), (3, 5)):
        ratio = float(coefficient.subs(R, small).evalf(40) / (limit * small**power))
        assert abs(ratio - 1) < 1e-5


def test_a_wrong_born_term_is_refuted():
    equation = Statement(u(r).diff(r, 2), "=", -g * u(r))
    rule = NeumannSeries(u(r), g, a, r, S.One, R, 2)
    good = rule.conclude(equation)
    wrong = Statement(a, "~", -(R**3) * g / 3 - R**5 * g**2 / 15, tends=(g, S.Zero))
    assert all(o.check().outcome == "proven" for o in rule.obligations((equation,), good))
    assert any(o.check().outcome == "refuted" for o in rule.obligations((equation,), wrong))


def test_wrong_free_solutions_are_refuted():
    equation = Statement(u(r).diff(r, 2), "=", -g * u(r))
    rule = NeumannSeries(u(r), g, a, 2 * r, S.One, R, 1)
    outcomes = [o.check().outcome for o in rule.obligations((equation,), rule.conclude(equation))]
    assert "refuted" in outcomes


def test_a_potential_that_falls_too_slowly_has_no_born_term():
    with pytest.raises(InputError):
        born_terms(-1 / r**3, r, S.One, r, oo, 2)


@pytest.mark.parametrize("order", [0, -1, 1.5, True])
def test_an_order_that_is_none_is_refused(order):
    with pytest.raises(InputError, match="Born order"):
        theory.square_well_series(order)


@pytest.mark.slow
def test_hulthen_and_poeschl_teller_solve_their_equations():
    for derivation in (theory.hulthen(), theory.poeschl_teller()):
        assert derivation.steps[3].outcome == "proven"


def test_second_born_terms_of_cells_have_no_cancellation():
    formula = theory.second_born().formula
    low, high = formula.args
    at = {low: Rational(1, 2), high: Rational(7, 10)}
    # theory card D9
    diagonal = Fraction(2, 3) * (
        (Fraction(7, 10) ** 5 - Fraction(1, 2) ** 5) / 5
        - Fraction(1, 8) * (Fraction(49, 100) - Fraction(1, 4)) / 2
    )
    found = formula.expr["diagonal"].subs(at)
    assert Fraction(int(found.p), int(found.q)) == diagonal


