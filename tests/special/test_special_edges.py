"""Edges of the special functions: outside the domain NaN as SciPy, poles infinite with their sign.

The expectations are SciPy's, or the limits in DLMF where SciPy has no such function.
"""

from __future__ import annotations

import math

import jax
import numpy as np
import pytest
import scipy.special as sc

from derivax.numeric import special

INF, NAN = math.inf, math.nan


def at(name, x):
    """The values operation by operation: no compilation per function, and all of one shape."""
    with jax.disable_jit():
        return np.array(getattr(special, name)(x))


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("erf", sc.erf), ("erfc", sc.erfc), ("erfcx", sc.erfcx), ("erfi", sc.erfi),
        ("dawson", sc.dawsn), ("erfinv", sc.erfinv), ("erfcinv", sc.erfcinv), ("ndtr", sc.ndtr),
        ("log_ndtr", sc.log_ndtr), ("ndtri", sc.ndtri), ("gamma", sc.gamma), ("rgamma", sc.rgamma),
        ("digamma", sc.digamma), ("lgamma", sc.gammaln), ("ei", sc.expi), ("e1", sc.exp1),
        ("exp2", sc.exp2), ("expm1", sc.expm1), ("log1p", sc.log1p), ("i0", sc.i0), ("i1", sc.i1),
        ("i0e", sc.i0e), ("i1e", sc.i1e),
    ],
)  # fmt: skip
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_special_arguments_give_what_scipy_gives(name, theirs, dtype):
    x = np.array([0.0, -0.0, 1.0, -1.0, 2.0, -2.0, -7.0, INF, -INF, NAN, 1e30, -1e30], dtype=dtype)
    ours = at(name, x)
    with np.errstate(all="ignore"):
        expected = theirs(x).astype(dtype)
    tolerance = 16 if name in ("ei", "e1") else 4  # SciPy's own error there
    if name == "gamma":
        expected[x == -1e30] = NAN  # a whole number, hence a pole; SciPy returns an infinity
    if name == "rgamma":
        expected[x == -1e30] = 0.0  # a zero of 1/gamma (DLMF 5.2.1)
    if name in ("gamma", "rgamma", "lgamma", "digamma"):
        keep = x != -INF  # no limit there
        ours, expected = ours[keep], expected[keep]
    np.testing.assert_allclose(ours, expected, rtol=tolerance * np.finfo(dtype).eps)


@pytest.mark.parametrize(
    ("name", "x", "limit"),
    [
        ("li", 0.0, -0.0), ("li", 1.0, -INF), ("li", -1.0, NAN), ("li", INF, INF),
        ("offset_li", 2.0, 0.0), ("offset_li", INF, INF), ("ci", 0.0, -INF), ("ci", INF, 0.0),
        ("ci", -1.0, NAN), ("chi", 0.0, -INF), ("chi", INF, INF), ("si", INF, math.pi / 2),
        ("si", -INF, -math.pi / 2), ("shi", INF, INF), ("fresnels", INF, 0.5),
        ("fresnelc", -INF, -0.5), ("trigamma", 0.0, INF), ("trigamma", -3.0, INF),
        ("loggamma", -1.5, NAN), ("loggamma", 0.0, INF), ("loggamma", INF, INF),
        ("digamma", INF, INF), ("tanpi", 0.5, INF), ("sinpi", INF, NAN), ("sinpi", 1e17, 0.0),
        ("log1mexp", 0.0, -INF), ("log1mexp", INF, 0.0), ("log1mexp", -1.0, NAN),
        ("acosh", 0.5, NAN), ("asin", 1.5, NAN), ("atanh", 1.0, INF), ("acoth", 0.5, NAN),
        ("tanh", -INF, -1.0), ("sech", INF, 0.0), ("csch", 0.0, INF), ("sinc", INF, 0.0),
    ],
)  # fmt: skip
def test_limits_are_reached(name, x, limit):
    found = float(at(name, np.full(12, x))[0])
    if name == "tanpi":
        found = abs(found)
    np.testing.assert_equal(found, limit)


def test_factorials_of_whole_numbers_are_correctly_rounded():
    n = np.arange(171)
    exact = np.array([float(math.factorial(k)) for k in n])
    np.testing.assert_allclose(special.factorial(n.astype(float)), exact, rtol=2 * 2.2e-16)
    small = n[:19]
    assert (np.asarray(special.gamma(small + 1.0)) == exact[:19]).all()


def test_powers_of_two_and_zeros_are_exact():
    n = np.arange(-1022.0, 1024.0)
    assert (np.asarray(special.exp2(n)) == np.ldexp(1.0, n.astype(int))).all()
    assert float(special.cospi(1e6 + 0.5)) == 0.0
    assert float(special.loggamma(1.0)) == float(special.loggamma(2.0)) == 0.0
