"""Leslie populations: derivations that stand, and the numbers of independent computations.

Literal numbers: theory card `leslie-populations`, section 6 and 7 (exact iteration, 50-digit
eigenvalues, direct simulation, made there without this software), unless named otherwise.
"""

from __future__ import annotations

from fractions import Fraction

import jax
import mpmath as mp
import numpy as np
import pytest
from sympy import (
    Determinant,
    Function,
    FunctionMatrix,
    KroneckerDelta,
    Lambda,
    Matrix,
    Rational,
    Symbol,
    lambdify,
    log,
    symbols,
)

import derivax as dx
from derivax import catalog
from derivax.symbolic.exact.outcome import Outcome
from derivax.symbolic.methods.boson_operators import BosonIdentity
from derivax.symbolic.methods.determinant import HessenbergDeterminant
from derivax.symbolic.methods.implicit_slope import ImplicitSlope
from derivax.symbolic.methods.series_solution import SeriesSolution
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories import leslie_populations as theory

THEORY = "leslie-populations"


@pytest.fixture(scope="module")
def results():
    found = {}
    for name in catalog.expand(THEORY):
        function = catalog.row(name)["derivation"].partition(":")[2]
        if function not in found:
            found[function] = getattr(theory, function)()
    return found


def outcomes(rule, premises, conclusion):
    return {o.check().outcome for o in rule.obligations(premises, conclusion)}


def test_every_step_stands(results) -> None:
    for name, derivation in results.items():
        weak = [s for s in derivation.steps if s.outcome in (Outcome.OPEN, Outcome.REFUTED)]
        assert not weak, f"{name}: {weak[0]}"


@pytest.mark.parametrize(
    "name", ["euler_lotka", "growth_factor", "stable_population", "sensitivities", "renewal"]
)
def test_results_for_any_number_of_ages_are_proven(results, name) -> None:
    assert results[name].outcome is Outcome.PROVEN


def test_the_polynomial_is_that_of_explicit_matrices(results) -> None:
    """Berkowitz determinants of written-out matrices of size 1 ... 5."""
    statement = results["euler_lotka"]["polynomial"]
    (n,) = statement.lhs.args
    lam = next(x for x in statement.rhs.free_symbols if x.name == "lambda")
    for size in range(1, 6):
        f, s = symbols(f"f1:{size + 1}"), symbols(f"s1:{size + 1}")
        L = Matrix(size, size, lambda i, j: f[j] if i == 0 else s[j] if i == j + 1 else 0)  # noqa: B023
        net = []
        for k in range(size):
            survivors = 1
            for x in s[:k]:
                survivors *= x
            net.append(f[k] * survivors)
        m = Function("m", nonnegative=True)
        value = statement.rhs.subs(n, size).doit()
        value = value.subs({m(k + 1): net[k] for k in range(size)})
        exact = (lam * Matrix.eye(size) - L).det(method="berkowitz")
        assert (value - exact).expand() == 0


def test_a_lost_sign_in_the_expansion_is_refuted() -> None:
    n = Symbol("n", integer=True, positive=True)
    i, j, x = symbols("i j x")
    D = Function("D")
    entry = x * KroneckerDelta(i, j) - KroneckerDelta(i, j + 1) - KroneckerDelta(i + 1, j)
    start = Statement(D(n), "=", Determinant(FunctionMatrix(n, n, Lambda((i, j), entry))))
    rule = HessenbergDeterminant([n])
    right = rule.conclude(start)
    wrong = Statement(right.lhs, "=", x * D(n) + D(n - 1))
    assert Outcome.REFUTED not in outcomes(rule, (start,), right)
    assert Outcome.REFUTED in outcomes(rule, (start,), wrong)
    # a row that is left out: the last column does not vanish there
    assert Outcome.REFUTED in outcomes(
        HessenbergDeterminant([]), (start,), Statement(D(n + 1), "=", x * D(n))
    )


def test_a_wrong_slope_of_a_root_is_refuted() -> None:
    u, p, slope = symbols("u p x", positive=True)
    rule = ImplicitSlope(u, p, 1, slope)
    premise = Statement(u**3 + u, "=", 2 * p)
    assert outcomes(rule, (premise,), rule.conclude(premise)) == {Outcome.PROVEN}
    wrong = Statement(slope, "=", 2 / (3 * u**2 - 1))
    assert Outcome.REFUTED in outcomes(rule, (premise,), wrong)


def test_a_wrong_coefficient_of_a_series_solution_is_refuted() -> None:
    u, x = symbols("u x")
    rule = SeriesSolution(u, x, 3, 0)
    premise = Statement(u, "=", x * (1 + u) ** 2)
    right = rule.conclude(premise)
    assert Outcome.REFUTED not in outcomes(rule, (premise,), right)
    wrong = Statement(u, "~", right.rhs + x**3, tends=right.tends)
    assert Outcome.REFUTED in outcomes(rule, (premise,), wrong)


def test_a_missing_commutator_is_refuted() -> None:
    a, c = symbols("a c", commutative=False)
    rule = BosonIdentity(a * c, c * a, [(a, c)])
    assert Outcome.REFUTED in outcomes(rule, (), rule.conclude())


def test_the_growth_series_is_that_of_the_card(results) -> None:
    """Errors on m = (0, 0.4, 0.5, 0.15): 2.6e-5, 4e-8, 3e-10, 2e-12 after 1 ... 4 terms."""
    net = {2: Rational(2, 5), 3: Rational(1, 2), 4: Rational(3, 20)}
    R0 = sum(net.values())
    moments = [sum(i**k * m for i, m in net.items()) / R0 for k in range(1, 6)]
    from derivax.symbolic.theories.leslie_populations.growth_series import cumulants_from_moments

    kappa = cumulants_from_moments(tuple(moments))
    formula = results["growth_series"].formula
    X = formula.args[0]
    put = dict(zip(formula.args[1:], kappa, strict=True))
    with mp.workdps(30):
        numbers = {i: mp.mpf(m.p) / m.q for i, m in net.items()}
        lam = mp.findroot(lambda x: sum(m * x**-i for i, m in numbers.items()) - 1, 1.02)
        r = mp.log(lam)
        coefficients = [formula.expr.coeff(X, k).subs(put) for k in range(6)]
        errors = []
        for terms in (1, 2, 3, 4):
            value = sum(coefficients[k] * log(R0) ** k for k in range(terms + 1)).evalf(30)
            errors.append(abs(mp.mpf(str(value)) - r))
    assert [f"{float(e):.0e}" for e in errors] == ["3e-05", "4e-08", "3e-10", "2e-12"]


@pytest.mark.parametrize("net", [(0.2, 0.3, 0.9), (1.5, 0.1, 0.01), (0.05, 0.02, 4.0)])
def test_three_ages_have_the_largest_root_of_their_cubic(results, net) -> None:
    """NumPy's roots of the polynomial; both cases of the angle occur."""
    formula = results["three_ages"].formula
    value = float(formula.expr.subs(dict(zip(formula.args, net, strict=True))))
    roots = np.roots([1.0, *(-np.array(net))])
    assert value == pytest.approx(max(roots[np.abs(roots.imag) < 1e-9].real), rel=1e-13)


def test_two_reproducing_ages_converge_to_the_root() -> None:
    formula = theory.two_reproducing_ages(order=12).formula
    with mp.workdps(25):
        lam = mp.findroot(lambda x: 0.95 * x**-2 + 0.02 * x**-5 - 1, 1.0)
    series = lambdify(formula.args, formula.expr, "math")
    assert series(0.95, 0.02, 2, 5) == pytest.approx(float(lam), rel=1e-9)


def test_equal_competitors_last_32_steps(results) -> None:
    """a = 1.1, b = 0.05, x0 = 100, y0 = 90: 32.37; the simulation stops at step 33."""
    formula = results["extinction_time"].formula
    values = dict(zip(formula.args, (1.1, 0.05, 100, 90), strict=True))
    assert float(formula.expr.subs(values)) == pytest.approx(32.37, abs=0.005)
    x, y, step = Fraction(100), Fraction(90), 0
    while y > 0:
        x, y = x * 11 / 10 - y / 20, y * 11 / 10 - x / 20
        step += 1
    assert step == 33


def test_the_time_to_extinction_stands_where_one_plus_the_ratio_is_one(results) -> None:
    """b/a and y0/x0 below 2^-52, where (a + b)/(a - b) rounds to 1; exact by mpmath, 80 digits."""
    formula = results["extinction_time"].formula
    values = (0.0375, 1.5e-19, 2.0, 1e-17)
    with mp.workdps(80):
        a, b, x0, y0 = map(mp.mpf, values)
        exact = mp.log((x0 + y0) / (x0 - y0)) / mp.log((a + b) / (a - b))
    with jax.enable_x64(True):
        assert float(dx.compile(formula)(*values)) == pytest.approx(float(exact), rel=1e-14)


def test_two_reproducing_ages_stand_where_the_power_of_the_maternity_overflows(results) -> None:
    """m_p^(-6 q/p) is 5e45, beyond float32, while e = 4e-3 converges; root by mpmath."""
    values = (0.03, 1e-10, 1.0, 5.0)
    with mp.workdps(30):
        lam = mp.findroot(lambda x: 0.03 / x + 1e-10 / x**5 - 1, 0.03)
    code = dx.compile(theory.two_reproducing_ages().formula)
    assert float(code(*map(np.float32, values))) == pytest.approx(float(lam), rel=1e-6)


def test_weak_coupling_is_right_to_the_fifth_order(results) -> None:
    """Exact roots of the 2 x 2 matrix; the error falls by 2^6 when the coupling is halved."""
    formula = results["coupled_growth"].formula
    errors = []
    with mp.workdps(40):
        for eps in (mp.mpf("0.02"), mp.mpf("0.01")):
            a, b, c, d = (mp.mpf(x) for x in ("1.2", "0.7", "0.4", "0.6"))
            exact = (a + d + mp.sqrt((a - d) ** 2 - 4 * eps**2 * b * c)) / 2
            put = dict(zip(formula.args, map(Rational, (str(eps), "1.2", "0.7", "0.4", "0.6"))))
            errors.append(abs(mp.mpf(str(formula.expr.subs(put).evalf(40))) - exact))
    assert 60 < errors[0] / errors[1] < 68


def test_hopping_is_the_evolution_of_two_levels(results) -> None:
    """Exponential of the 2 x 2 Hamiltonian: |U_11|^2 n1 + |U_12|^2 n2."""
    formula = results["hopping"].formula
    t, n1, n2, w1, w2, g = values = (0.7, 3.0, 1.0, 1.3, 0.4, 0.8)
    U = np.array((mp.expm(mp.matrix([[w1, g], [g, w2]]) * (-1j * t))).tolist(), dtype=complex)
    expected = abs(U[0, 0]) ** 2 * n1 + abs(U[0, 1]) ** 2 * n2
    found = float(formula.expr.subs(dict(zip(formula.args, values, strict=True))))
    assert found == pytest.approx(expected, abs=1e-13)


def test_bad_parameters_are_refused() -> None:
    for call in (
        lambda: theory.growth_series(order=0),
        lambda: theory.two_reproducing_ages(order=1.5),
        lambda: theory.boson_population(n=0),
        lambda: dx.derive(f"{THEORY}/growth-series", order=40),
    ):
        with pytest.raises(dx.errors.InputError):
            call()
