"""The reference integrator against solutions known in closed form, and against mpmath's odefun."""

import time
from fractions import Fraction

import mpmath
import pytest
from sympy import Eq, Function, Symbol, symbols

from derivax.errors import InputError
from derivax.numeric.ground_truth.ode_reference import FirstOrderSystem
from derivax.symbolic.exact.precision import working_precision
from derivax.symbolic.problem import Problem

t = Symbol("t", nonnegative=True)
k, s, u0 = symbols("k s u0", positive=True)
u, v = Function("u"), Function("v")


def system(equations, unknown, given):
    return FirstOrderSystem.of(Problem(equations, unknown, given))


LOGISTIC = system(Eq(u(t).diff(t), 2 * u(t) * (s - u(t))), u(t), {u(0): u0})


def distance(ball, value):
    with working_precision(160):
        mantissa, exponent = ball.mid().man_exp()
    with mpmath.workdps(40):
        return abs(mpmath.ldexp(int(mantissa), int(exponent)) - value)


def test_logistic_values_are_right_to_the_stated_error():
    times = [Fraction(3, 10), 1, 2]
    found = LOGISTIC.trajectory({s: 3, u0: Fraction(1, 10)}, times)
    for at, ball, error in zip(times, found.exact, found.errors, strict=True):
        with mpmath.workdps(40):
            x = mpmath.mpf(Fraction(at).numerator) / Fraction(at).denominator
            exact = 3 / (1 + 29 * mpmath.exp(-6 * x))
        assert distance(ball[0], exact) <= error[0]
        assert error[0] < 1e-22


def test_a_rotation_needs_no_closed_form_and_agrees_with_taylor_series():
    oscillator = system(
        [Eq(u(t).diff(t), v(t)), Eq(v(t).diff(t), -u(t) - u(t) ** 3)],
        [u(t), v(t)],
        {u(0): 1, v(0): 0},
    )
    found = oscillator.trajectory({}, [2], digits=24)
    with mpmath.workdps(25):
        duffing = mpmath.odefun(lambda _, y: [y[1], -y[0] - y[0] ** 3], 0, [1, 0])
        expected = duffing(2)
    for ball, value in zip(found.exact[0], expected, strict=True):
        assert distance(ball, value) < mpmath.mpf(10) ** -20


def test_non_autonomous_equations_start_where_they_are_told():
    growing = system(Eq(u(t).diff(t), t * u(t)), u(t), {u(1): u0})
    found = growing.trajectory({u0: 2}, [2])
    with mpmath.workdps(40):
        assert distance(found.exact[0][0], 2 * mpmath.exp(mpmath.mpf(3) / 2)) < 1e-25


def test_equations_are_solved_for_the_derivative():
    scaled = system(Eq(3 * u(t).diff(t) + u(t), u(t).diff(t)), u(t), {u(0): 1})
    assert scaled.slopes == (-u(t) / 2,)


def test_blow_up_is_refused_not_stepped_over():
    explosive = system(Eq(u(t).diff(t), u(t) ** 2), u(t), {u(0): 1})
    near = explosive.trajectory({}, [Fraction(9, 10)])
    assert near.values[0][0] == pytest.approx(10, rel=1e-14)
    with pytest.raises(InputError, match="blows up"):
        explosive.trajectory({}, [2])


def test_stiff_problems_run_out_of_time_politely():
    stiff = system(Eq(u(t).diff(t), -(10**7) * (u(t) - 1)), u(t), {u(0): 0})
    begin = time.monotonic()
    with pytest.raises(InputError, match="stiff"):
        stiff.trajectory({}, [1000], seconds=0.5)
    assert time.monotonic() - begin < 3


def test_an_undefined_slope_is_refused():
    root = system(Eq(u(t).diff(t), (u(t) - 2) ** Fraction(1, 2)), u(t), {u(0): 1})
    with pytest.raises(InputError):
        root.trajectory({}, [1])


@pytest.mark.parametrize(
    ("equation", "given", "why"),
    [
        (Eq(u(t).diff(t, 2), u(t)), {u(0): 1}, "no starting value of Derivative"),
        (Eq(u(t).diff(t), u(t)), {}, "no values"),
        (Eq(u(t).diff(t) ** 2, u(t)), {u(0): 1}, "do not determine"),
    ],
)
def test_what_is_no_initial_value_problem_is_refused(equation, given, why):
    with pytest.raises(InputError, match=why):
        system(equation, u(t), given)
