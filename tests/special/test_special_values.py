"""Special functions against Arb: the documented error holds, in float64 and float32.

The references and the points are those of `benchmarks/special`, which measures densely; here a
small sample of each function is measured anew, with the neighbours of poles, zeros and thresholds.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path

import pytest

from derivax.numeric.special.table import FAMILIES, ROW_OF_FUNCTION, ROWS

ROOT = Path(__file__).resolve().parents[2]
BENCHMARKS = ROOT / "benchmarks" / "special"
OURS = (
    "elementary",
    "hyperbolic",
    "trigonometric",
    "error_function",
    "gamma_functions",
    "incomplete_gamma",
    "exponential_integral",
)


def case_of(module: str) -> dict:
    sys.path.insert(0, str(BENCHMARKS))
    try:
        return {case.function: case for case in import_module(f"cases.{module}").CASES}
    finally:
        sys.path.remove(str(BENCHMARKS))


CASES = {name: case for module in OURS for name, case in case_of(module).items()}
OFTEN = {
    "acosh", "asin", "chi", "digamma", "ei", "erfc", "erfcinv", "erfi", "exp2", "fresnels", "gamma",
    "i1", "li", "log1mexp", "log_ndtr", "loggamma", "ndtri", "tanh", "trigamma",
}  # fmt: skip
IN_FLOAT32 = ("erfc", "ndtr", "erfinv", "loggamma", "expm1")


def measured(name: str, dtype: str, count: int):
    sys.path.insert(0, str(BENCHMARKS))
    try:
        return import_module("measuring").measure(CASES[name], dtype, count, seed=5)
    finally:
        sys.path.remove(str(BENCHMARKS))


@pytest.mark.parametrize(
    "name", [n if n in OFTEN else pytest.param(n, marks=pytest.mark.slow) for n in sorted(CASES)]
)
def test_the_documented_error_holds_in_float64(name):
    found = measured(name, "float64", 600)
    assert not found.wrong
    assert found.max_ulp <= ROW_OF_FUNCTION[name].ulp[1], found.at


@pytest.mark.parametrize("name", IN_FLOAT32)
def test_the_documented_error_holds_in_float32(name):
    found = measured(name, "float32", 20_000)
    assert not found.wrong
    assert found.max_ulp <= ROW_OF_FUNCTION[name].ulp[0], found.at


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(CASES))
def test_the_documented_error_holds_densely(name):
    for k, (dtype, count) in enumerate((("float32", 2**20), ("float64", 50_000))):
        found = measured(name, dtype, count)
        assert not found.wrong
        assert found.max_ulp <= ROW_OF_FUNCTION[name].ulp[k], (dtype, found.at)


def test_a_function_that_is_off_by_a_few_ulp_is_noticed():
    import numpy as np

    sys.path.insert(0, str(BENCHMARKS))
    try:
        errors = import_module("measuring").errors
    finally:
        sys.path.remove(str(BENCHMARKS))
    exact = np.array([1.5, 1.5, np.nan, 1.0])
    got = np.array([1.5 + 5 * 2.0**-52, 1.5, 0.0, np.inf])
    error, mistaken = errors(got, exact, np.zeros(4))
    assert list(error) == [5.0, 0.0, 0.0, 0.0]
    assert list(mistaken) == [False, False, True, True]


def test_the_committed_table_knows_every_function_and_exceeds_no_documented_error():
    table = json.loads((ROOT / "numeric" / "special" / "accuracy.json").read_text())["functions"]
    missing = {name for name in CASES if name not in table}
    assert not missing
    for name, entry in table.items():
        for k, dtype in enumerate(("float32", "float64")):
            if dtype in entry:
                assert entry[dtype]["max_ulp"] <= ROW_OF_FUNCTION[name].ulp[k], (name, dtype)
        assert entry["device"]
        assert entry["date"]


def test_the_table_names_what_exists():
    import sympy

    for row in ROWS:
        module = import_module(f"derivax.numeric.special.{row.family}")
        assert callable(getattr(module, row.definition))
        for partial in row.partials:
            if partial is not None:
                slopes = import_module(f"derivax.numeric.special.derivatives.{row.family}")
                assert callable(getattr(slopes, partial))
        for head in row.heads:
            assert hasattr(sympy, head)
        assert row.family in FAMILIES
    # importing a file sets an attribute of the package, which must not hide a function
    assert not set(FAMILIES) & set(ROW_OF_FUNCTION)
