"""The whole table of special functions in one walk: partial derivatives, formats, missing values.

Each partial derivative of each function is compared with the central difference of its Arb
reference (`benchmarks/special/cases`) at 400 bits: the step 2^-100 leaves an error of 2^-200.  The
points are those at which the accuracy is measured, drawn anew by hypothesis.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import flint
import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derivax.numeric import special
from derivax.numeric.special.differentiable import slope
from derivax.numeric.special.table import ROW_OF_FUNCTION, ROWS

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks" / "special"
POINTS = 12
STEP = flint.arb(2) ** -100


def references() -> dict:
    sys.path.insert(0, str(BENCHMARKS))
    try:
        import ulp_table

        return ulp_table.cases()
    finally:
        sys.path.remove(str(BENCHMARKS))


CASES = references()
# the amplitude's sine and cosine are in the table; the n-th derivatives are tested by sinc, sinhc
WITHOUT_REFERENCE = {"jacobi_amplitude", "sinhc_derivative", "sinc_derivative"}
PARTIALS = [
    (row.function, k) for row in ROWS for k, p in enumerate(row.partials)
    if p is not None and row.function in CASES
]  # fmt: skip
QUICK = {("erf", 0), ("logaddexp", 1), ("tanpi", 0)}
MARKED = [p if p in QUICK else pytest.param(*p, marks=pytest.mark.slow) for p in PARTIALS]


def quotient(reference, point: list[float], k: int) -> tuple[float, float]:
    """(value, central difference in argument k); NaN where there is none."""
    before = flint.ctx.prec
    flint.ctx.prec = 400
    try:
        balls = [flint.arb(v) for v in point]
        moved = [
            [b + sign * STEP if j == k else b for j, b in enumerate(balls)] for sign in (1, -1)
        ]
        found = [reference(*arguments) for arguments in (balls, *moved)]
        if not all(isinstance(y, flint.arb) and y.is_finite() for y in found):
            return math.nan, math.nan
        difference = (found[1] - found[2]) / (2 * STEP)
        if difference.rad() > 2.0**-60 * (1 + abs(difference.mid())):
            return math.nan, math.nan
        return float(found[0].mid()), float(difference.mid())
    except (ArithmeticError, ValueError):
        return math.nan, math.nan
    finally:
        flint.ctx.prec = before


@pytest.mark.parametrize(("name", "k"), MARKED)
@settings(max_examples=2, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_each_partial_derivative_is_that_of_the_exact_function(name, k, seed):
    case, row = CASES[name], ROW_OF_FUNCTION[name]
    columns = case.points(np.random.default_rng(seed), np.float64, 400)
    picked = np.random.default_rng(seed).choice(len(columns[0]), POINTS)
    columns = [np.asarray(c, dtype=np.float64)[picked] for c in columns]
    moderate = np.all(
        [(np.abs(c) < 1e3) & ((c == 0) | (np.abs(c) > 1e-3)) for c in columns], axis=0
    )
    partial = slope(row, k)
    found = np.asarray(jax.jit(partial)(*columns))
    for i in np.flatnonzero(moderate):
        value, exact = quotient(case.reference, [float(c[i]) for c in columns], k)
        size = max(abs(exact), abs(value) * (1 + 1 / abs(columns[k][i] or 1)))
        if math.isnan(exact) or not 1e-200 < size < 1e200:
            continue
        loss = max(1.0, row.ulp[1] / 20)
        assert abs(found[i] - exact) <= 2e-12 * loss * size, [c[i] for c in columns]


def test_every_function_of_the_table_has_a_reference():
    assert {row.function for row in ROWS} - set(CASES) == WITHOUT_REFERENCE


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(ROW_OF_FUNCTION))
def test_formats_shapes_missing_values_and_vmap_of_the_whole_table(name):
    function, arity = getattr(special, name), ROW_OF_FUNCTION[name].arity
    for dtype in (np.float32, np.float64):
        columns = [np.full((2, 3), 0.5, dtype) for _ in range(arity)]
        value = function(*columns)
        assert value.dtype == dtype
        assert value.shape == (2, 3)
        assert (np.asarray(jax.vmap(function)(*columns)) == np.asarray(value)).all() or np.isnan(
            np.asarray(value)
        ).all()
    for k in range(arity):
        given = [np.float64(np.nan if j == k else 1.0) for j in range(arity)]
        assert np.isnan(float(function(*given))), k
