"""Sums to a whole number and recurrences pass values and derivatives; a wrong one fails."""

from __future__ import annotations

import sympy as sp

from derivax.numeric.codegen import compile_formula
from derivax.numeric.verify.level_derivatives import derivatives_level
from derivax.numeric.verify.level_values import values_level
from derivax.symbolic.formula import Formula
from derivax.symbolic.nodes import Recurrence

x, z = sp.symbols("x z", positive=True)
k, n = sp.Symbol("k", integer=True), sp.Symbol("n", integer=True, positive=True)


def test_a_sum_to_a_whole_argument_is_compared_in_its_real_argument():
    formula = Formula(sp.Sum(x**k, (k, 1, n)), [x, n], domain={x: ("1/8", 1), n: (1, 12)})
    code = compile_formula(formula)
    assert values_level(code, formula, points=64).outcome.value == "holds"
    level = derivatives_level(code, formula)  # in x alone: the bound is a whole number
    assert level.outcome.value != "refuted"
    assert level.figures or "undecided" in level.detail


def test_a_recurrence_against_another_depth_is_refuted():
    logistic = [
        Formula(Recurrence(x * z * (1 - z), z, sp.Rational(1, 3), k, d), [x], domain={x: (0, 3)})
        for d in (8, 9)
    ]
    code = compile_formula(logistic[0])
    assert values_level(code, logistic[0], points=64).outcome.value == "holds"
    assert values_level(code, logistic[1], points=64).outcome.value == "refuted"
