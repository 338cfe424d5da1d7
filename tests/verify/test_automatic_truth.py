"""A user's own problem is simulated as it is stated; three times the resolution is refuted."""

from __future__ import annotations

import pytest
from sympy import (
    Eq,
    Function,
    Integral,
    Max,
    Rational,
    Sum,
    acos,
    cos,
    exp,
    pi,
    sin,
    sqrt,
    symbols,
)

from derivax import Formula, Problem
from derivax.numeric.codegen.compiling import compile_formula
from derivax.numeric.verify import verify
from derivax.numeric.verify.automatic_truth import automatic_comparisons, automatic_level
from derivax.numeric.verify.level_ground_truth import judge
from derivax.symbolic.exact.outcome import Outcome
from derivax.symbolic.nodes.gaussian_expectation import GaussianExpectation

t, w, a = symbols("t w a", positive=True)
n = symbols("n", integer=True, nonnegative=True)
z, k, y = symbols("z k y", real=True)
r = symbols("r", real=True)
_k = symbols("k", integer=True)
u, x = Function("u"), Function("x")

OSCILLATOR = Problem(
    Eq(u(t).diff(t, 2), -(w**2) * u(t)), u(t),
    given={u(0): 1, u(t).diff(t).subs(t, 0): 2 * w},
)  # fmt: skip
FIBONACCI = Problem(Eq(x(n + 2), x(n + 1) + x(n)), x(n), given={x(0): 0, x(1): 1})
PEARSON = GaussianExpectation(Max(z, 0) * Max(k, 0), (z, k), [[1, r], [r, 1]])
CASES = {
    "ODE of second order": Formula(
        cos(w * t) + 2 * sin(w * t), [t, w], domain={t: (0, 6), w: (1, 3)}, solves=OSCILLATOR
    ),
    "recurrence of two steps": Formula(
        ((1 + sqrt(5)) ** n - (1 - sqrt(5)) ** n) / (sqrt(5) * 2**n),
        [n],
        domain={n: (0, 60)},
        solves=FIBONACCI,
    ),
    "integral": Formula(
        (1 - cos(a)) / a,
        [a],
        domain={a: (1, 9)},
        solves=Problem(Eq(y, Integral(sin(a * z), (z, 0, 1))), y),
    ),
    "sum": Formula(
        (1 - a ** (n + 1)) / (1 - a),
        [a, n],
        domain={a: (Rational(1, 4), Rational(3, 4)), n: (0, 30)},
        solves=Problem(Eq(y, Sum(a**_k, (_k, 0, n))), y),
    ),
    "expectation": Formula(
        exp(a / 2), [a], domain={a: (Rational(1, 8), 1)},
        solves=Problem(Eq(y, GaussianExpectation(exp(z), z, a)), y),
    ),
    "expectation of two variables": Formula(
        (sqrt(1 - r**2) + r * (pi - acos(r))) / (2 * pi),
        [r],
        domain={r: (Rational(-3, 4), Rational(3, 4))},
        solves=Problem(Eq(y, PEARSON), y),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_right_answer_agrees_and_three_resolutions_are_refuted(case):
    formula = CASES[case]
    compiled = compile_formula(formula)
    method, comparisons = automatic_comparisons(compiled, formula)
    level = judge(compiled, comparisons, method)
    assert level.outcome is Outcome.HOLDS, level.detail
    for comparison in comparisons:  # each alone, at its own resolution
        if not comparison.measured.any():
            continue  # nothing is relative to zero
        resolution = judge(compiled, [comparison], method).figures["resolution"].value

        def planted(*args, share=3 * resolution):
            return compiled(*args) * (1 + share)

        refuted = judge(planted, [comparison], method)
        assert refuted.outcome is Outcome.REFUTED, comparison.setting
    if "expectation" in case:
        assert any("Monte-Carlo" in c.quantity for c in comparisons)
        assert "false-alarm" in method
        assert resolution < 0.05


def test_a_certificate_says_how_its_problem_was_simulated():
    certificate = verify(CASES["recurrence of two steps"], profile="standard")
    assert certificate.levels["L0"].outcome is Outcome.PROVEN
    assert "recurrence" in certificate.levels["L4"].method
    assert certificate.levels["L4"].outcome is Outcome.HOLDS


def test_an_equation_that_states_nothing_is_not_simulated():
    implicit = Formula(sqrt(a), [a], solves=Problem(Eq(y**2, a), y))
    level = automatic_level(compile_formula(implicit), implicit)
    assert level.outcome is Outcome.NOT_APPLICABLE
    assert "does not state y" in level.detail
