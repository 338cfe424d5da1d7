"""Lambert W, Bessel, elliptic, orthogonal and hypergeometric functions: the documented errors hold.

The references (Arb; mpmath for Jacobi's functions) and the points are those of
`benchmarks/special/cases`; one function per method here, all of them among the slow tests.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from derivax.numeric import special
from derivax.numeric.special.table import ROW_OF_FUNCTION, ROWS

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks" / "special"
MODULES = ("lambert", "bessel", "bessel_order", "airy", "elliptic", "orthogonal", "hypergeometric")
FAMILIES = (*MODULES, "modified_order")
QUICK = (
    "lambert_w",
    "lambert_wm1",
    "wright_omega",
    "bessel_j0",
    "bessel_j",
    "elliptic_e",
    "elliptic_pi",
    "legendre",
    "jacobi",
    "airy_ai",
)


def module(name: str):
    sys.path.insert(0, str(BENCHMARKS))
    try:
        return import_module(name)
    finally:
        sys.path.remove(str(BENCHMARKS))


CASES = {c.function: c for name in MODULES for c in module(f"cases.{name}").CASES}


def check(name: str, dtype: str, count: int) -> None:
    found = module("measuring").measure(CASES[name], dtype, count, seed=3)
    assert not found.wrong
    assert found.max_ulp <= ROW_OF_FUNCTION[name].ulp[dtype == "float64"], found.at


@pytest.mark.parametrize("name", QUICK)
def test_the_documented_error_holds_in_float64(name):
    check(name, "float64", 600)


@pytest.mark.parametrize("name", ["lambert_w", "elliptic_f"])
def test_the_documented_error_holds_in_float32(name):
    check(name, "float32", 6000)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(CASES))
def test_the_documented_error_holds_on_many_points(name):
    check(name, "float64", 6000)
    check(name, "float32", 60_000)


def test_every_function_of_these_families_is_measured():
    rows = {row.function for row in ROWS if row.family in FAMILIES}
    assert rows - {"jacobi_amplitude"} == set(CASES)  # whose sine is sn


def test_zeros_of_j0_are_met_with_full_relative_accuracy():
    # the values of J0 at the doubles next to its first zeros, by mpmath with 50 digits
    import mpmath as mp
    from scipy.special import jn_zeros

    x = jn_zeros(0, 20)
    with mp.workdps(50):
        exact = np.array([float(mp.besselj(0, mp.mpf(float(v)))) for v in x])
    assert np.max(np.abs(np.asarray(special.bessel_j0(x)) / exact - 1)) < 1e-15


def test_large_arguments_of_j0_are_no_garbage():
    # mpmath at 60 digits: besselj(0, 10^22), where the classical recurrence returns noise
    import mpmath as mp

    with mp.workdps(60):
        exact = float(mp.besselj(0, mp.mpf(10) ** 22))
    assert abs(float(special.bessel_j0(1e22)) - exact) < 4 * 2.0**-53 * 8e-12


EDGES = [
    # (function, arguments, value): as in SciPy, or the limit
    ("lambert_w", (-0.4,), np.nan),
    ("lambert_w", (0.0,), 0.0),
    ("lambert_w", (np.inf,), np.inf),
    ("lambert_wm1", (0.0,), -np.inf),
    ("lambert_wm1", (0.1,), np.nan),
    ("wright_omega", (-np.inf,), 0.0),
    ("wright_omega", (np.inf,), np.inf),
    ("bessel_j0", (np.inf,), 0.0),
    ("bessel_y0", (0.0,), -np.inf),
    ("bessel_y0", (-1.0,), np.nan),
    ("bessel_j", (0.0, 0.0), 1.0),
    ("bessel_j", (2.5, 0.0), 0.0),
    ("bessel_j", (0.5, -1.0), np.nan),
    ("bessel_k", (0.5, 0.0), np.inf),
    ("bessel_k", (0.5, -1.0), np.nan),
    ("bessel_i", (0.0, 0.0), 1.0),
    ("elliptic_k", (1.0,), np.inf),
    ("elliptic_k", (1.5,), np.nan),
    ("elliptic_e", (1.0,), 1.0),
    ("elliptic_e", (-np.inf,), np.inf),
    ("elliptic_f", (0.0, 0.5), 0.0),
    ("legendre", (2.5, 0.3), np.nan),
    ("legendre", (7.0, -1.0), -1.0),
    ("chebyshevu", (-1.0, 0.3), 0.0),
    ("hyp2f1", (1.0, 1.0, 2.0, 1.0), np.inf),
    ("hyp2f1", (1.0, 1.0, 2.0, 1.5), np.nan),
    ("hyp2f1", (-2.0, 1.0, 2.0, 3.0), 1 - 3 + 3.0),  # 1 - x + x^2/3
]


SLOW_EDGES = [
    ("hyp1f1", (1.0, -1.0, 0.5), np.nan),
    ("hyp1f1", (0.5, 1.5, 0.0), 1.0),
    ("hyp0f1", (1.5, 0.0), 1.0),
]
SLOW = [pytest.param(*edge, marks=pytest.mark.slow) for edge in SLOW_EDGES]


@pytest.mark.parametrize(("name", "arguments", "value"), EDGES + SLOW)
def test_edges(name, arguments, value):
    got = float(getattr(special, name)(*arguments))
    assert got == value or (np.isnan(got) and np.isnan(value)), got
