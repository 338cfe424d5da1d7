"""The zero test: proofs, refutations with witnesses, and no verdict without evidence."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
import sympy as sp
from sympy import Rational, cos, cosh, exp, log, sin, sqrt

from derivax.errors import DomainError, InputError
from derivax.symbolic.exact.ball import enclose
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.outcome import Outcome
from derivax.symbolic.exact.precision import ZERO_TEST_BITS
from derivax.symbolic.exact.zero import ball_test, vanishes

x, y = sp.symbols("x y", real=True)
p, q = sp.symbols("p q", positive=True)
t = sp.Symbol("t", real=True)


# ---- the three planted wrong identities -------------------------------------------------------


def test_nan_balls_are_no_evidence() -> None:
    hidden_zero = sin(y) ** 2 + cos(y) ** 2 - cosh(x) ** 2 + sp.sinh(x) ** 2
    for claim in (1 / hidden_zero - 5, log(hidden_zero) - 3, y / hidden_zero):
        finding = vanishes(claim)
        assert finding.outcome is Outcome.OPEN
        assert finding.figures["points"] == 0
        assert ball_test(claim).outcome is Outcome.OPEN


def test_a_first_order_expansion_is_not_an_identity_at_1e_minus_60() -> None:
    claim = (exp(x) - 1) / x - 1 - x
    assert vanishes(claim).outcome is Outcome.REFUTED
    tiny = Domain.of([x], {x: ("1e-61", "1e-59")})
    finding = vanishes(claim, tiny)
    assert finding.outcome is Outcome.REFUTED
    assert Fraction(finding.witness["x"]) < Fraction(1, 10**58)
    # the ball at the low precision does contain zero, with a radius far below 1e-40
    low = enclose(claim, {x: Fraction(1, 10**60)}, 384)
    assert low.contains(0)
    assert low.rad() < 1e-45


@pytest.mark.parametrize("power", [100, 800])
def test_a_ratio_that_tends_to_one_is_not_one(power: int) -> None:
    e = sp.Symbol("E", positive=True)
    claim = (e + 1) / (e + 2) - 1
    size = sp.Integer(int(sp.exp(power).evalf(20)))
    large = Domain.of([e], {e: (size, 2 * size)})
    for finding in (vanishes(claim, large), ball_test(claim, large)):
        assert finding.outcome is Outcome.REFUTED
    assert vanishes(claim.subs(e, exp(power * p)), Domain.of([p])).outcome is Outcome.REFUTED


# ---- verdicts ---------------------------------------------------------------------------------


def test_a_proof_names_its_kernels() -> None:
    finding = vanishes(sin(x) ** 2 + cos(x) ** 2 - 1)
    assert finding.outcome is Outcome.PROVEN
    assert finding.method == "normal form"
    assert any("exp(x*I)" in kernel for kernel in finding.figures["kernels"])


def test_a_true_identity_outside_the_normal_form_holds_with_its_resolution() -> None:
    # what LambertW inverts (DLMF 4.13.1)
    claim = sp.LambertW(p * exp(p)) - p
    finding = vanishes(claim)
    assert finding.outcome is Outcome.HOLDS
    assert finding.resolution is not None
    assert 0 < finding.resolution <= 1e-40
    assert finding.figures["points"] >= 32
    assert finding.figures["bits"] == ZERO_TEST_BITS
    wrong = vanishes(claim * (1 + p) + sp.besselj(5, p) / 10**30)
    assert wrong.outcome is Outcome.REFUTED


def test_a_witness_refutes_when_recomputed() -> None:
    claim = sqrt(x**2) - x
    finding = vanishes(claim)
    witness = finding.witness
    assert witness is not None
    value = enclose(claim, {x: Fraction(witness["x"])}, int(witness["bits"]) + 64)
    assert not value.contains(0)
    assert set(witness) == {"x", "value", "bits"}


@pytest.mark.parametrize("size", [10**-6, 10**-12, 10**-20, 10**-39])
def test_a_small_relative_error_is_refuted(size: float) -> None:
    slip = Rational(size)
    claim = exp(p) * (1 + slip) * sp.erf(q) - exp(p) * sp.erf(q)
    assert vanishes(claim).outcome is Outcome.REFUTED
    assert ball_test(claim).outcome is Outcome.REFUTED


def test_poles_are_left_out_and_counted() -> None:
    claim = (x**2 - 1) / (x - 1) - sp.Add(x, 1, evaluate=False) * sp.erf(p) / sp.erf(p)
    finding = ball_test(claim)
    assert finding.outcome is Outcome.HOLDS
    assert finding.figures["undefined"] >= 1  # x = 1
    assert vanishes(claim).outcome is Outcome.PROVEN


def test_undecided_points_leave_the_claim_open() -> None:
    # floor jumps where the argument is exactly an integer, which no ball can confirm
    finding = ball_test(sp.floor(sin(p) ** 2 + cos(p) ** 2) - 1)
    assert finding.outcome is Outcome.OPEN
    assert finding.figures["undecided"] > 0


def test_the_scale_is_the_largest_term() -> None:
    large = exp(1000 * p)
    assert ball_test(large + sp.erf(q) - large - sp.erf(q) + 0 * p).outcome is not Outcome.REFUTED
    assert vanishes(large + Rational(1, 10**9) - large * 1).outcome is Outcome.REFUTED
    tiny = exp(-(10**4) * (1 + p))
    assert vanishes(tiny).outcome is Outcome.REFUTED
    assert vanishes(tiny * q - 2 * tiny * q).outcome is Outcome.REFUTED


def test_domains_decide() -> None:
    claim = sp.Abs(x - y) - (x - y)
    assert vanishes(claim).outcome is Outcome.REFUTED
    ordered = Domain.of([x, y], where=[y < x])
    finding = vanishes(claim, ordered)
    assert finding.outcome.established
    swapped = Domain.of([x, y], where=[x < y])
    refuted = vanishes(claim, swapped)
    assert refuted.outcome is Outcome.REFUTED
    witness = refuted.witness
    assert Fraction(witness["x"]) < Fraction(witness["y"])
    with pytest.raises(DomainError, match="no point"):
        vanishes(claim, Domain.of([x, y], where=[y < x, x < y]))


def test_differential_identities_hold_for_every_function() -> None:
    u = sp.Function("u")
    d = u(t).diff(t)
    claim = (u(t) * d).diff(t) - d**2 - u(t) * u(t).diff(t, 2)
    assert vanishes(sp.Add(claim, d * t, -t * d)).outcome is Outcome.PROVEN
    wrong = vanishes(d**2 - u(t) * d)
    assert wrong.outcome is Outcome.REFUTED
    assert "u(t)" in wrong.witness
    assert "Derivative(u(t), t)" in wrong.witness
    positive = sp.Function("v", positive=True)
    assert vanishes(sqrt(positive(t) ** 2) - positive(t)).outcome is Outcome.PROVEN
    assert vanishes(sqrt(u(t) ** 2) - u(t)).outcome is Outcome.REFUTED


def test_unevaluated_derivatives_of_known_functions_are_carried_out() -> None:
    claim = sp.Derivative(sin(x) ** 2, x) - 2 * sin(x) * cos(x)
    assert vanishes(claim).outcome is Outcome.PROVEN


def test_matrices_are_tested_entry_by_entry() -> None:
    rotation = sp.Matrix([[cos(x), -sin(x)], [sin(x), cos(x)]])
    finding = vanishes(rotation * rotation.T - sp.eye(2))
    assert finding.outcome is Outcome.PROVEN
    wrong = vanishes(rotation * rotation - sp.eye(2))
    assert wrong.outcome is Outcome.REFUTED
    assert wrong.witness["entry"] == "(0, 0)"
    mixed = sp.Matrix([[sp.erf(p) * 2 - sp.erfc(-p) + 1 - sp.erf(p), 0]])
    assert vanishes(mixed).outcome.established


def test_equations_and_numbers() -> None:
    assert vanishes(sp.Eq(exp(x + y), exp(x) * exp(y))).outcome is Outcome.PROVEN
    assert vanishes(sp.Integer(0)).outcome is Outcome.PROVEN
    assert vanishes(Rational(1, 10**50)).outcome is Outcome.REFUTED
    assert vanishes(sqrt(2) + sqrt(3) - sqrt(5 + 2 * sqrt(6))).outcome.established
    assert vanishes(exp(sp.pi * sqrt(163)) - 262537412640768744).outcome is Outcome.REFUTED


def test_ramanujan_like_near_identities_are_refuted() -> None:
    # agree to 30 and more digits: e**(pi sqrt 163), and sum floor(n tanh pi)/10**n ~ 1/81 (268)
    near = cos(sp.log(sp.pi + 20)) + 1
    assert vanishes(near).outcome is Outcome.REFUTED
    deep = sin(Rational(1, 10**400))
    assert vanishes(deep).outcome is Outcome.REFUTED


def test_what_is_not_a_scalar_is_refused() -> None:
    a, b = sp.symbols("a b", commutative=False)
    with pytest.raises(InputError, match="non-commutative"):
        vanishes(a * b - b * a)
    with pytest.raises(InputError):
        vanishes("x - x")
    with pytest.raises(InputError):
        vanishes(sp.MatrixSymbol("A", 2, 2))


def test_an_unknown_head_leaves_the_claim_open() -> None:
    finding = vanishes(sp.DiracDelta(x) - x)
    assert finding.outcome is Outcome.OPEN
    assert "DiracDelta" in finding.detail


def test_complex_branches_are_sampled_on_both_sides() -> None:
    z = sp.Symbol("z", complex=True)
    assert vanishes(sqrt(z) ** 2 - z).outcome is Outcome.PROVEN
    assert vanishes(log(z**2) - 2 * log(z)).outcome is Outcome.REFUTED
    assert vanishes(sp.conjugate(z) * z - sp.Abs(z) ** 2).outcome.established


def test_random_wrong_coefficients_are_always_refuted() -> None:
    rng = random.Random(4)
    for _ in range(25):
        c = Rational(rng.randint(1, 50), rng.randint(1, 50))
        if c == 1:
            continue
        claim = sp.gamma(p + 1) - c * p * sp.gamma(p)
        assert vanishes(claim).outcome is Outcome.REFUTED
    assert vanishes(sp.gamma(p + 1) - p * sp.gamma(p)).outcome is Outcome.PROVEN


def test_integrals_are_compared_by_rigorous_quadrature() -> None:
    # Bessel's integral, DLMF 10.9.1
    s = sp.Symbol("s", real=True)
    integral = sp.Integral(cos(p * sin(s)), (s, 0, sp.pi))
    domain = Domain.of([p], {p: (0, 3)})
    finding = vanishes(integral - sp.pi * sp.besselj(0, p), domain)
    assert finding.outcome is Outcome.HOLDS
    assert finding.figures["bits"] in (512, 1024)  # quadrature is slow
    assert finding.resolution <= 1e-40
    wrong = vanishes(integral - sp.pi * sp.besselj(0, p) * (1 + Rational(1, 10**30)), domain)
    assert wrong.outcome is Outcome.REFUTED


def test_an_integral_up_to_x_is_proven_by_its_derivative() -> None:
    # the definition of erf, DLMF 7.2.1
    s = sp.Symbol("s", real=True)
    integral = sp.Integral(exp(-(s**2)), (s, 0, p))
    finding = vanishes(integral - sqrt(sp.pi) / 2 * sp.erf(p))
    assert (finding.outcome, finding.method) == (Outcome.PROVEN, "derivative")
    wrong = vanishes(integral - sqrt(sp.pi) / 2 * sp.erf(p) * (1 + Rational(1, 10**30)))
    assert wrong.outcome is Outcome.REFUTED


def test_finite_sums_with_symbolic_length() -> None:
    k, n = sp.symbols("k n", integer=True, positive=True)
    assert (
        vanishes(sp.Sum(k**2, (k, 1, n)) - n * (n + 1) * (2 * n + 1) / 6).outcome is Outcome.PROVEN
    )
    assert vanishes(sp.Sum(k**2, (k, 1, n)) - n**3 / 3).outcome is Outcome.REFUTED
