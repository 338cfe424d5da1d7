"""Certificates of inequalities, extreme values, case distinctions and combinations."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import (
    Abs,
    And,
    Identity,
    Matrix,
    MatrixSymbol,
    Max,
    Or,
    Piecewise,
    Rational,
    S,
    Symbol,
    cos,
    exp,
    floor,
    log,
    oo,
    pi,
    sin,
    sqrt,
    symbols,
    tan,
)

from derivax.errors import InputError
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.outcome import Outcome, weakest
from derivax.symbolic.methods.cases import Cases
from derivax.symbolic.methods.combine import Combine
from derivax.symbolic.methods.extremum import Extremum
from derivax.symbolic.methods.inequality import SumOfSquares
from derivax.symbolic.methods.theorem import Theorem
from derivax.symbolic.statements import Statement

x, y, z, u, v = symbols("x y z u v", real=True)
a, b, c, t = symbols("a b c t", positive=True)
k = Symbol("k", integer=True, nonnegative=True)


def eq(lhs, rhs, *conditions) -> Statement:
    return Statement(S(lhs), "=", S(rhs), given=conditions)


def le(lhs, rhs, *conditions) -> Statement:
    return Statement(S(lhs), "<=", S(rhs), given=conditions)


def judged(rule, premises=(), claim=None) -> tuple[Outcome, str]:
    conclusion = rule.conclude(*premises) if claim is None else claim
    findings = [(o.about, o.check()) for o in rule.obligations(tuple(premises), conclusion)]
    report = "; ".join(f"{about}: {f.outcome} {f.detail}" for about, f in findings)
    return weakest(f.outcome for _, f in findings), report


# --- sums of squares ---


def test_the_mean_of_three_by_squares() -> None:
    """ab + bc + ca <= a^2 + b^2 + c^2, with equality at a = b = c."""
    half = Rational(1, 2)
    rule = SumOfSquares(
        [(half, a - b), (half, b - c), (half, c - a)],
        lhs=a * b + b * c + c * a,
        rhs=a**2 + b**2 + c**2,
        attained={a: t, b: t, c: t},
    )
    assert judged(rule)[0] is Outcome.PROVEN
    wrong = SumOfSquares(
        [(1, a - b), (half, b - c), (half, c - a)],
        lhs=a * b + b * c + c * a,
        rhs=a**2 + b**2 + c**2,
    )
    assert judged(wrong)[0] is Outcome.REFUTED


def test_arithmetic_and_geometric_mean() -> None:
    rule = SumOfSquares(
        [(Rational(1, 2), sqrt(a) - sqrt(b))], lhs=sqrt(a * b), rhs=(a + b) / 2, attained={a: b}
    )
    outcome, report = judged(rule)
    assert outcome is Outcome.PROVEN, report
    strict = Statement(sqrt(a * b), "<", (a + b) / 2)
    assert judged(rule, (), strict)[0] is Outcome.REFUTED


def test_a_square_of_something_imaginary_is_no_certificate() -> None:
    """x <= 0 is false, although -x = (sqrt(-x))^2: the root is real for x <= 0 only."""
    rule = SumOfSquares([(1, sqrt(-x))], lhs=x, rhs=0)
    assert judged(rule)[0] is Outcome.REFUTED
    assert judged(rule, (), le(x, 0, x <= 0))[0].established


def test_factors_are_nonnegative_under_the_conditions() -> None:
    rule = SumOfSquares(products=[(x, 1 - x, y)], lhs=x**2 * y, rhs=x * y)
    assert judged(rule, (), le(x**2 * y, x * y, x >= 0, x <= 1, y >= 0))[0] is Outcome.PROVEN
    assert judged(rule, (), le(x**2 * y, x * y, x >= 0, x <= 1))[0] is Outcome.REFUTED
    assert judged(rule)[0] is Outcome.REFUTED


def test_premises_enter_with_nonnegative_multipliers() -> None:
    """From x <= y and y <= z: 2 x <= y + z."""
    premises = (le(x, y), le(y, z))
    rule = SumOfSquares(multipliers=[2, 1], lhs=2 * x, rhs=y + z)
    assert judged(rule, premises)[0] is Outcome.PROVEN
    assert judged(SumOfSquares(multipliers=[1, 1], lhs=2 * x, rhs=y + z), premises)[0] is (
        Outcome.REFUTED
    )
    negative = SumOfSquares(multipliers=[-1], lhs=-x, rhs=-y)
    assert judged(negative, (le(y, x),), le(-y, -x))[0] is Outcome.REFUTED


def test_the_halpern_potential_bounds_the_residual() -> None:
    """Card halpern-iteration, D1 and D2: V_k = k(k+1) g^2 + (k+1) g d <= 0 gives k g^2 <= -g d."""
    g, d = symbols("g d", real=True)
    potential = le(k * (k + 1) * g**2 + (k + 1) * g * d, 0)
    rule = SumOfSquares(multipliers=[1 / (k + 1)], lhs=k * g**2, rhs=-g * d)
    outcome, report = judged(rule, (potential,))
    assert outcome is Outcome.PROVEN, report
    lost = SumOfSquares(multipliers=[1 / k], lhs=(k + 1) * g**2, rhs=-(k + 1) * g * d / k)
    assert judged(lost, (potential,))[0] is Outcome.REFUTED  # k = 0


def test_the_halpern_descent_identity() -> None:
    """D1: V_{k+1} - V_k + (k+1)(k+2)[<G'-G, x'-x> - |G'-G|^2] = 0, in scalar symbols."""
    g, h, p, p0 = symbols("g h p p0", real=True)  # G_k, G_{k+1}, x_k, x_0; x_k - T x_k = 2 G_k
    after = p0 / (k + 2) + (1 - 1 / (k + 2)) * (p - 2 * g)
    before_v = k * (k + 1) * g**2 + (k + 1) * g * (p - p0)
    after_v = (k + 1) * (k + 2) * h**2 + (k + 2) * h * (after - p0)
    slack = (h - g) * (after - p) - (h - g) ** 2
    rule = SumOfSquares(multipliers=[(k + 1) * (k + 2)], lhs=after_v, rhs=before_v)
    outcome, report = judged(rule, (le(0, slack),))
    assert outcome is Outcome.PROVEN, report
    wrong = SumOfSquares(multipliers=[(k + 1) * (k + 3)], lhs=after_v, rhs=before_v)
    assert judged(wrong, (le(0, slack),))[0] is Outcome.REFUTED


def test_strictness_needs_a_positive_term() -> None:
    rule = SumOfSquares([(1, x)], [(S(1),)], lhs=0, rhs=x**2 + 1)
    assert judged(rule, (), Statement(S(0), "<", x**2 + 1))[0].established
    loose = SumOfSquares([(1, x)], lhs=0, rhs=x**2)
    assert judged(loose, (), Statement(S(0), "<", x**2))[0] is Outcome.REFUTED


def test_equality_must_be_attained_inside_the_domain() -> None:
    inside = SumOfSquares([(1, a - 1)], lhs=2 * a, rhs=a**2 + 1, attained={a: 1})
    assert judged(inside)[0] is Outcome.PROVEN
    outside = SumOfSquares([(1, a + 1)], lhs=-2 * a, rhs=a**2 + 1, attained={a: -1})
    assert judged(outside)[0] is Outcome.REFUTED


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(-4, 4), st.integers(-4, 4)), min_size=1, max_size=3
    )
)
def test_random_sums_of_squares_are_proven_and_a_deficit_is_refuted(terms) -> None:
    squares = [(weight, p * x + q * y) for weight, p, q in terms]
    total = sum(weight * form**2 for weight, form in squares)
    assert judged(SumOfSquares(squares, lhs=0, rhs=total))[0] is Outcome.PROVEN
    assert judged(SumOfSquares(squares, lhs=1, rhs=total))[0] is Outcome.REFUTED


@pytest.mark.parametrize(
    "build",
    [
        lambda: SumOfSquares([x]),
        lambda: SumOfSquares(products=[x]),
        lambda: SumOfSquares(lhs=x),
        lambda: SumOfSquares(multipliers=[1]).conclude(),
        lambda: SumOfSquares(multipliers=[1]).conclude(Statement(x, "->", y, tends=(x, oo))),
    ],
)
def test_a_malformed_certificate_is_refused(build) -> None:
    with pytest.raises(InputError):
        build()


# --- extreme values ---

EXTREMA = {
    "entropy": Extremum(x, exp(-1), "max", 0, 1, expr=-x * log(x)),
    "parabola": Extremum(x, a, "min", expr=(x - a) ** 2 + b),
    "boundary": Extremum(x, 1, "max", 0, 1, expr=x**3 + x),
    "kink": Extremum(x, a, "min", expr=Abs(x - a)),
    "sine on a period": Extremum(
        x, pi / 2, "max", 0, 2 * pi, expr=sin(x), breakpoints=(pi / 2, 3 * pi / 2)
    ),
    "cubic with two turning points": Extremum(
        x, 2, "max", -2, 2, expr=x**3 - 3 * x, breakpoints=(-1, 1, 2)
    ),
    "rate of learning (u (s - u))": Extremum(x, c / 2, "max", 0, c, expr=x * (c - x)),
}
NO_EXTREMA = {
    "wrong point": Extremum(x, 1, "max", 0, 1, expr=-x * log(x)),
    "wrong kind": Extremum(x, a, "max", expr=(x - a) ** 2 + b),
    "other end": Extremum(x, 0, "max", 0, 1, expr=x**3 + x),
    "stationary, not extreme": Extremum(x, 0, "max", expr=x**3),
    "local only": Extremum(x, -1, "max", -3, 3, expr=x**3 - 3 * x, breakpoints=(-1, 1)),
    "outside the interval": Extremum(x, 2, "max", 0, 1, expr=x),
    "across a pole": Extremum(x, -1, "max", -1, 1, expr=1 / x),
    "across an essential singularity": Extremum(x, -1, "max", -1, 1, expr=exp(1 / x)),
    "across a pole of the tangent": Extremum(x, 2, "max", 0, 2, expr=tan(x)),
    "a jump": Extremum(x, 0, "max", 0, 2, expr=floor(x)),
    "unbounded": Extremum(t, 1, "max", 0, oo, expr=t * log(t)),
}


@pytest.mark.parametrize("rule", EXTREMA.values(), ids=EXTREMA)
def test_an_extreme_value_is_established(rule) -> None:
    outcome, report = judged(rule)
    assert outcome.established, report


@pytest.mark.parametrize("rule", NO_EXTREMA.values(), ids=NO_EXTREMA)
def test_what_is_not_extreme_is_refuted(rule) -> None:
    outcome, report = judged(rule)
    assert outcome is Outcome.REFUTED, report


def test_a_jump_is_tested_and_not_argued() -> None:
    outcome, report = judged(Extremum(x, 2, "max", 0, 2, expr=floor(x)))
    assert outcome is Outcome.HOLDS, report


def test_a_premise_names_the_function() -> None:
    premise = eq(Symbol("E"), (x - a) ** 2)
    rule = Extremum(x, a, "min")
    assert rule.conclude(premise) == le(0, Symbol("E"))
    assert judged(rule, (premise,))[0] is Outcome.PROVEN


def test_the_claim_keeps_to_its_interval() -> None:
    rule = Extremum(x, 1, "max", 0, 1, expr=x**2)
    assert judged(rule, (), le(x**2, 1))[0] is Outcome.REFUTED


def test_bad_extrema_are_refused() -> None:
    with pytest.raises(InputError, match='"max" or "min"'):
        Extremum(x, 0, "maximum", expr=x)
    with pytest.raises(InputError, match="break points"):
        Extremum(x, 0, "max", expr=x, breakpoints=(1, 2))
    with pytest.raises(InputError, match="occurs in"):
        Extremum(x, x, "max", expr=x)


# --- cases ---

sign_cases = (eq(z, 1, x > 0), eq(z, 0, eq(x, 0).as_relation()), eq(z, -1, x < 0))


def test_three_cases() -> None:
    rule = Cases()
    outcome, report = judged(rule, sign_cases)
    assert outcome.established, report
    assert judged(rule, sign_cases[::2])[0] is Outcome.REFUTED  # x = 0 is forgotten


def test_overlapping_cases_must_agree() -> None:
    agreeing = (eq(z, x, x >= 0), eq(z, Abs(x), x <= 1))
    assert judged(Cases(), agreeing)[0].established
    contradicting = (eq(z, x, x >= -1), eq(z, -x, x <= 0))
    outcome, report = judged(Cases(), contradicting)
    assert outcome is Outcome.REFUTED
    assert "contradict" in report


def test_cases_in_two_symbols() -> None:
    pair = (eq(z, x, x >= y), eq(z, y, x < y))
    assert judged(Cases(), pair)[0].established
    assert judged(Cases(), pair, eq(z, Max(x, y)))[0].established
    assert judged(Cases(), pair, eq(z, Piecewise((y, x >= y), (x, True))))[0] is Outcome.REFUTED
    gap = (eq(z, x, x > y + 1), eq(z, y, x < y))
    assert judged(Cases(), gap)[0] is Outcome.REFUTED


def test_compound_conditions() -> None:
    """A box and its complement, with And and Or."""
    box = And(x >= 0, x <= 1)
    inside, outside = eq(z, 1, box), eq(z, 0, Or(x < 0, x > 1))
    assert judged(Cases(), (inside, outside))[0].established
    half = eq(z, 0, x > 1)
    assert judged(Cases(), (inside, half))[0] is Outcome.REFUTED


def test_the_cases_are_discharged_and_the_rest_is_kept() -> None:
    premises = (eq(z, x * y, x >= 0, y > 0), eq(z, -x * y, x < 0, y > 0))
    conclusion = Cases().conclude(*premises)
    assert conclusion.given == (y > 0,)
    assert judged(Cases(), premises)[0].established
    lost = eq(conclusion.lhs, conclusion.rhs)
    assert judged(Cases(), premises, lost)[0] is Outcome.REFUTED


def test_cases_do_not_widen_the_domain() -> None:
    narrow = Domain.of([x, z], {x: (-1, 1)})
    premises = tuple(
        Statement(z, "=", value, forall=narrow, given=(condition,))
        for value, condition in ((x, x >= 0), (-x, x < 0))
    )
    assert judged(Cases(), premises)[0].established
    rhs = Cases().conclude(*premises).rhs
    wide = Statement(z, "=", rhs, forall=Domain.of([x, z]))
    assert judged(Cases(), premises, wide)[0] is Outcome.REFUTED


def test_cases_are_of_one_quantity() -> None:
    with pytest.raises(InputError, match="same left side"):
        Cases().conclude(eq(z, x, x > 0), eq(y, x, x <= 0))
    with pytest.raises(InputError, match="at least two"):
        Cases().conclude(eq(z, x, x > 0))


# --- combinations ---

A, B, C = (MatrixSymbol(name, 3, 3) for name in "ABC")


def test_matrix_equations_combine() -> None:
    premises = (eq(A, B + C), eq(B, Identity(3)))
    assert judged(Combine([1, 1]), premises, eq(A, C + Identity(3)))[0] is Outcome.PROVEN
    assert judged(Combine([1, 1]), premises, eq(A, C - Identity(3)))[0] is Outcome.REFUTED


def test_products_of_matrix_equations_keep_their_order() -> None:
    premises = (eq(A, B), eq(C, A))
    rule = Combine([0, 0], {(0, 1): 1})
    assert judged(rule, premises, eq(A * C, B * A))[0] is Outcome.PROVEN
    assert judged(rule, premises, eq(A * C, A * B))[0] is Outcome.REFUTED


def test_explicit_matrices_combine() -> None:
    left = eq(Matrix([x, y]), Matrix([1, 2]))
    assert judged(Combine([2]), (left,), eq(Matrix([2 * x, 2 * y]), Matrix([2, 4])))[0] is (
        Outcome.PROVEN
    )
    assert judged(Combine([2]), (left,), eq(Matrix([2 * x, 2 * y]), Matrix([2, 2])))[0] is (
        Outcome.REFUTED
    )


def test_elimination_of_an_unknown() -> None:
    """From u + v = x and u - v = y: 2 u = x + y."""
    premises = (eq(u + v, x), eq(u - v, y))
    assert Combine([1, 1]).conclude(*premises) == eq(2 * u, x + y)
    assert judged(Combine([1, 1]), premises)[0] is Outcome.PROVEN


def test_a_coefficient_may_not_have_a_pole_anywhere() -> None:
    premises = (eq(x * y, x * z),)
    for pole in (1 / x, 1 / (x - Rational(7, 3)), 1 / (x**2 - 2), 1 / cos(x)):
        claim = eq(pole * x * y, pole * x * z)
        assert judged(Combine([pole]), premises, claim)[0] is Outcome.REFUTED
    safe = 1 / (x**2 + 1)
    assert judged(Combine([safe]), premises, eq(safe * x * y, safe * x * z))[0].established


def test_inequalities_are_not_multiplied() -> None:
    with pytest.raises(InputError, match="multiplies an inequality"):
        Combine([0, 0], {(0, 1): 1}).conclude(le(x, y), eq(u, v))


# --- citations ---


def test_a_citation_is_assumed_and_lists_its_hypotheses() -> None:
    rule = Theorem("Perron 1907", eq(x, x), hypotheses=("the matrix is primitive",))
    finding = rule.obligations((), rule.conclude())[0].check()
    assert finding.outcome is Outcome.ASSUMED
    assert "primitive" in finding.detail


def test_a_misquoted_theorem_is_refuted() -> None:
    right = Theorem("Weierstrass product", le(1 - a - b, (1 - a) * (1 - b)))
    assert judged(right)[0] is Outcome.ASSUMED
    wrong = Theorem("Weierstrass product", le((1 - a) * (1 - b), 1 - a - b))
    assert judged(wrong)[0] is Outcome.REFUTED
    order = Theorem("product rule", eq((A * B).T, A.T * B.T))
    assert judged(order)[0] is Outcome.REFUTED


def test_a_citation_names_its_source() -> None:
    with pytest.raises(InputError, match="names no source"):
        Theorem("  ")
    with pytest.raises(InputError, match="has no statement"):
        Theorem("Gauss").conclude()
