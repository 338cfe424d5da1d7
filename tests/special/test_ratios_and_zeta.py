"""Beta, binomial, zeta, polylogarithm, expint and combinatorial numbers: identities, edges, errors.

Values are compared with SciPy at edges and with Arb (through `benchmarks/special/cases`) elsewhere;
the identities tie functions to each other at random arguments.  Compiling takes most of the time:
the functions that are cheap to compile are tested always, the others among the slow tests.
"""

from __future__ import annotations

import math
import sys
from fractions import Fraction
from importlib import import_module
from pathlib import Path

import jax
import numpy as np
import pytest
import scipy.special as sc
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from derivax.errors import InputError
from derivax.numeric import special
from derivax.numeric.special.table import ROW_OF_FUNCTION, ROWS

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks" / "special"
MODULES = ("gamma_ratios", "incomplete_beta", "zeta_functions", "combinatorics")
FAMILIES = (*MODULES, "expint_order", "polylogarithm")
EPS = 2.0**-52
INF, NAN = math.inf, math.nan


def module(name: str):
    sys.path.insert(0, str(BENCHMARKS))
    try:
        return import_module(name)
    finally:
        sys.path.remove(str(BENCHMARKS))


CASES = {c.function: c for name in MODULES for c in module(f"cases.{name}").CASES}


def at(name, *arguments) -> float:
    with jax.disable_jit():
        return float(getattr(special, name)(*arguments))


def values(name, *arguments):
    return np.asarray(getattr(special, name)(*np.broadcast_arrays(*arguments)))


def reals(low: float, high: float) -> st.SearchStrategy:
    """A dozen numbers at once, for all of which one compiled function is used."""
    numbers = st.floats(low, high, allow_nan=False, allow_subnormal=False)
    return arrays(np.float64, 12, elements=numbers)


def same(a, b, tolerance) -> None:
    assert (np.abs(a - b) <= tolerance).all(), (a, b)


QUICK = (
    "beta",
    "zeta",
    "hurwitz_zeta",
    "expint",
    "harmonic",
    "fibonacci",
    "catalan",
    "bell_number",
)
SLOW = [pytest.mark.slow]


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(CASES))
def test_the_documented_error_holds_for_ratios_and_zeta(name):
    for k, dtype in enumerate(("float32", "float64")):
        found = module("measuring").measure(CASES[name], dtype, 1000, seed=7)
        assert not found.wrong
        assert found.max_ulp <= ROW_OF_FUNCTION[name].ulp[k], (dtype, found.at)


def test_every_function_of_these_families_has_a_reference():
    assert {row.function for row in ROWS if row.family in FAMILIES} == set(CASES)


FEW = settings(max_examples=12, deadline=None)


@FEW
@given(reals(0.01, 60), reals(0.01, 60))
def test_beta_satisfies_its_recurrences(a, b):
    # DLMF 5.12.1: B(a + 1, b) + B(a, b + 1) = B(a, b); a + 1 is rounded
    beta = values("beta", a, b)
    total = values("beta", a + 1.0, b) + values("beta", a, b + 1.0)
    same(total, beta, (30 + 60 * math.log(70)) * EPS * beta)
    assert (values("beta", b, a) == beta).all()


SLOPES = jax.jit(jax.grad(lambda m, k: special.binomial(m, k).sum()))
WHOLE = arrays(np.int64, 12, elements=st.integers(0, 60))


@pytest.mark.slow
@FEW
@given(WHOLE, WHOLE)
def test_binomials_and_their_slopes_at_whole_numbers_are_those_of_the_polynomial(n, k):
    pairs = list(zip(n.tolist(), k.tolist(), strict=True))
    exact = np.array([float(math.comb(*pair)) for pair in pairs])
    same(values("binomial", n * 1.0, k * 1.0), exact, np.where(exact < 1e15, 0, 16 * EPS * exact))
    total = SLOPES(n * 1.0, k * 1.0)
    # the slope of n (n - 1) ... (n - k + 1)/k!, exactly
    slopes = np.array(
        [
            float(
                Fraction(
                    sum(math.prod(m - j for j in range(q) if j != i) for i in range(q)),
                    math.factorial(q),
                )
            )
            for m, q in pairs
        ]
    )
    same(np.asarray(total), slopes, 1e-12 * np.maximum(np.abs(slopes), exact))


@pytest.mark.slow
@FEW
@given(reals(0.05, 40), reals(0.05, 40), reals(0.01, 0.99))
def test_incomplete_beta_and_its_complement_belong_together(a, b, x):
    whole, rest = values("betainc", a, b, x), values("betaincc", a, b, x)
    same(whole + rest, 1.0, 4 * EPS)
    # DLMF 8.17.20: I_x(a, b) = I_x(a + 1, b) + x^a (1-x)^b/(a B)
    step = x * (1 - x) * values("beta_density", a, b, x) / a
    same(values("betainc", a + 1.0, b, x) + step, whole, 300 * EPS * whole + 1e-15)


@FEW
@given(reals(0.2, 12), reals(0.02, 60))
def test_expint_satisfies_its_recurrence(p, x):
    # DLMF 8.19.12: p E_{p+1} + x E_p = exp(-x)
    total = p * values("expint", p + 1.0, x) + x * values("expint", p, x)
    same(total, np.exp(-x), 200 * EPS * np.exp(-x))


@FEW
@given(reals(1.05, 20), reals(0.05, 50))
def test_hurwitz_zeta_steps_by_one_power(s, a):
    # DLMF 25.11.3
    here = values("hurwitz_zeta", s, a)
    same(here - values("hurwitz_zeta", s, a + 1.0), a**-s, 60 * EPS * here)


@pytest.mark.slow
@FEW
@given(reals(0.0, 6), reals(0.01, 0.99))
def test_polylogarithm_is_duplicated(s, z):
    # Li_s(z) + Li_s(-z) = 2^(1-s) Li_s(z^2), the even terms of the sum
    first, second = values("polylog", s, z), values("polylog", s, -z)
    slack = 100 * EPS * (np.abs(first) + np.abs(second)) / (1 - z)
    same(first + second, 2.0 ** (1 - s) * values("polylog", s, z * z), slack)


@FEW
@given(reals(-20, 20))
def test_zeta_is_reflected(s):
    # DLMF 25.4.1, the pole and the zeros left out
    s = np.where((np.abs(s - 1) > 1e-2) & (np.abs(s) > 1e-2), s, 2.5)
    with np.errstate(all="ignore"):
        size = 2 * (2 * np.pi) ** (-s) * sc.gamma(s) * values("zeta", s)
    s_ok = np.isfinite(size) & (np.abs(s - np.round(s)) > 1e-6)
    left = values("zeta", 1 - s)
    wanted = size * np.cos(np.pi * s / 2)
    assert (np.abs(left - wanted)[s_ok] <= 1e-11 * np.abs(size)[s_ok]).all()


EDGES = [
        # SciPy 1.x
        ("beta", (0.0, 1.0), INF), ("beta", (INF, 1.0), 0.0), ("beta", (NAN, 1.0), NAN),
        ("beta", (-3.0, 2.0), sc.beta(-3.0, 2.0)), ("betaln", (0.0, 1.0), INF),
        ("betainc", (2.0, 3.0, 0.0), 0.0), ("betainc", (2.0, 3.0, 1.0), 1.0),
        ("betainc", (2.0, 3.0, -0.5), NAN), ("betainc", (-1.0, 3.0, 0.5), NAN),
        ("betaincc", (2.0, 3.0, 0.0), 1.0), ("rising_factorial", (-3.0, 5.0), 0.0),
        ("rising_factorial", (-3.0, 2.0), 6.0), ("rising_factorial", (0.0, 0.0), 1.0),
        ("falling_factorial", (3.0, 5.0), 0.0), ("binomial", (5.0, -1.0), 0.0),
        ("binomial", (-4.0, 3.0), -20.0), ("zeta", (1.0,), NAN), ("zeta", (INF,), 1.0),
        ("hurwitz_zeta", (1.0, 2.0), INF), ("hurwitz_zeta", (0.5, 2.0), NAN),
        ("hurwitz_zeta", (2.0, 0.0), INF), ("expint", (1.0, 0.0), INF),
        ("expint", (3.0, 0.0), 0.5), ("expint", (1.0, -1.0), NAN), ("expint", (2.0, INF), 0.0),
        ("polylog", (2.0, 1.0), sc.zeta(2.0)), ("polylog", (1.0, 1.0), INF),
        ("polylog", (2.0, 1.5), NAN), ("polylog", (2.0, 0.0), 0.0), ("harmonic", (-1.0,), NAN),
        ("harmonic", (0.0,), 0.0), ("fibonacci", (-6.0,), -8.0), ("fibonacci", (0.5,), NAN),
        ("catalan", (5.0,), 42.0), ("factorial2", (7.0,), 105.0), ("subfactorial", (0.0,), 1.0),
        ("subfactorial", (1.0,), 0.0), ("subfactorial", (5.0,), 44.0), ("lucas", (-3.0,), -4.0),
        ("bernoulli_number", (1.0,), 0.5), ("bernoulli_number", (3.0,), 0.0),
        ("bernoulli_number", (4.0,), -1 / 30), ("euler_number", (4.0,), 5.0),
        ("euler_number", (6.0,), -61.0), ("euler_number", (3.0,), 0.0),
        ("bell_number", (-1.0,), NAN), ("bell_number", (300.0,), INF),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [n if n in QUICK else pytest.param(n, marks=SLOW) for n in sorted({e[0] for e in EDGES})],
)
def test_edges_of_ratios_and_zeta(name):
    rows = [(arguments, value) for n, arguments, value in EDGES if n == name]
    columns = np.array([arguments for arguments, _ in rows]).T
    columns = np.concatenate([columns, np.tile(columns[:, :1], 12 - len(rows))], axis=1)
    found = values(name, *columns)[: len(rows)]
    np.testing.assert_allclose(found, [v for _, v in rows], rtol=4 * EPS)


def test_bell_numbers_satisfy_their_recurrence():
    exact = [1]
    for n in range(218):
        exact.append(sum(math.comb(n, k) * b for k, b in enumerate(exact)))
    found = values("bell_number", np.arange(219.0))
    assert (np.asarray(found) == np.array([float(b) for b in exact])).all()


def test_what_has_no_derivative_among_them_says_so():
    for name, arguments in (("zeta", (2.5,)), ("fibonacci", (5.0,)), ("betainc", (2.0, 3.0, 0.4))):
        with pytest.raises(InputError, match="has no closed form"):
            jax.eval_shape(jax.grad(getattr(special, name), argnums=0), *arguments)


@pytest.mark.slow
def test_slopes_of_reciprocal_gamma_at_its_zeros():
    # (1/gamma)'(-m) = (-1)^m m!
    slopes = jax.jit(jax.grad(lambda x: special.rgamma(x).sum()))(-np.arange(6.0))
    assert list(map(float, slopes)) == pytest.approx(
        [(-1) ** m * math.factorial(m) for m in range(6)], rel=1e-14
    )
