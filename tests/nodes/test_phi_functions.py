"""phi_k(x) = sum x^n / (n+k)!: recurrence, derivative, values near 0 and far away."""

from __future__ import annotations

import math
from fractions import Fraction

import mpmath
import pytest
import sympy as sp
from flint import acb
from hypothesis import given, settings
from hypothesis import strategies as st

from derivax.errors import InputError
from derivax.symbolic.exact.ball import BallProgram, correctly_rounded, enclose
from derivax.symbolic.exact.outcome import Outcome
from derivax.symbolic.exact.zero import ball_test, vanishes
from derivax.symbolic.nodes import Phi

x = sp.Symbol("x")


def reference(k: int, argument: complex | Fraction) -> mpmath.mpc:
    """The definition by quotients, at 3000 bits, where cancellation does no harm."""
    if isinstance(argument, Fraction):
        z = mpmath.mpf(argument.numerator) / argument.denominator
    else:
        z = mpmath.mpmathify(argument)
    taylor = sum(z**j / mpmath.factorial(j) for j in range(k))
    return (mpmath.exp(z) - taylor) / z**k


@pytest.mark.parametrize("k", [1, 2, 5, 9])
@pytest.mark.parametrize(
    "argument",
    [
        Fraction(1, 10**30),
        Fraction(-1, 3),
        Fraction(-700),
        Fraction(700),
        Fraction(-(10**6)),
        3 + 4j,
    ],
    ids=str,
)
def test_values_agree_with_the_definition(k: int, argument: complex | Fraction) -> None:
    ball = acb(enclose(Phi(k, x), {x: argument}, 200))
    with mpmath.workprec(3000):
        exact = mpmath.mpc(reference(k, argument))
        assert ball.rel_accuracy_bits() > 150
        middle = mpmath.mpc(
            mpmath.mpf(ball.real.str(40, radius=False)), mpmath.mpf(ball.imag.str(40, radius=False))
        )
        assert abs(middle - exact) <= abs(exact) * mpmath.mpf(10) ** -35


def test_exact_cases() -> None:
    assert Phi(0, x) == sp.exp(x)
    assert Phi(4, 0) == sp.Rational(1, 24)
    assert Phi(1, x).subs(x, 0) == 1
    with pytest.raises(InputError, match="index"):
        Phi(-1, x)
    with pytest.raises(InputError, match="index"):
        Phi(sp.Rational(1, 2), x)


@pytest.mark.parametrize("k", [1, 2, 3])
def test_recurrence_and_derivative_are_proven(k: int) -> None:
    recurrence = x * Phi(k + 1, x) - Phi(k, x) + 1 / sp.factorial(k)
    assert vanishes(recurrence).outcome is Outcome.PROVEN
    assert ball_test(recurrence).outcome is Outcome.HOLDS
    slope = Phi(k, x).diff(x)
    direct = Phi(k, x).rewrite(sp.exp).diff(x)
    assert vanishes(slope - direct).outcome is Outcome.PROVEN
    assert vanishes(slope - Phi(k, x)).outcome is Outcome.REFUTED


def test_the_derivative_at_zero_is_the_series_coefficient() -> None:
    for k in (1, 2, 3):
        assert Phi(k, x).diff(x).subs(x, 0) == 1 / sp.factorial(k + 1)
        assert Phi(k, x).diff(x, 2).subs(x, 0) == 2 / sp.factorial(k + 2)


def test_rounding_has_no_cancellation_near_zero() -> None:
    column = [1e-300, 1e-17, -1e-9, 0.0]
    values, decided = correctly_rounded(Phi(1, x), [x], [column])
    assert decided.all()
    assert values.tolist() == [1.0, 1.0, math.expm1(-1e-9) / -1e-9, 1.0]


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 6), st.integers(0, 5), st.fractions(-5, 5, max_denominator=50))
def test_taylor_hooks_agree_with_derivatives(k: int, n: int, at: Fraction) -> None:
    derivative = Phi(k, x).diff(x, n) / sp.factorial(n)
    expected = BallProgram(derivative, [x]).at([at], 128)
    from derivax.symbolic.exact.ball import to_ball
    from derivax.symbolic.exact.precision import working_precision

    with working_precision(128):
        assert acb(Phi(k, x)._taylor_ball_(n, to_ball(at))).overlaps(acb(expected))
    point = sp.Rational(at.numerator, at.denominator)
    exact = Phi(k, x)._taylor_(n, point)
    assert acb(BallProgram(exact).at((), 128)).overlaps(acb(expected))


def test_evalf_latex_and_assumptions() -> None:
    # (e - 1) to 30 digits, OEIS A091131
    assert abs(Phi(1, 1).evalf(30) - sp.Float("1.71828182845904523536028747135", 30)) < 1e-28
    assert sp.latex(Phi(2, x)) == r"\varphi_{2}\left(x\right)"
    assert sp.latex(Phi(2, x) ** 3) == r"\varphi_{2}^{3}\left(x\right)"
    r = sp.Symbol("r", real=True)
    assert Phi(3, r).is_positive
    assert Phi(3, x).is_positive is None
    assert sp.Float(Phi(1, sp.Float(2)).evalf()) == pytest.approx((math.e**2 - 1) / 2)
