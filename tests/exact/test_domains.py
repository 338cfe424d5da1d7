"""Domains: exact intervals, relations between symbols, and points that satisfy them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from derivax.errors import DomainError
from derivax.symbolic.exact.domain import Domain, Interval
from derivax.symbolic.exact.float_grid import FloatGrid

x, y, z = sp.symbols("x y z", real=True)
u, s, t = sp.symbols("u0 s t", positive=True)
n = sp.Symbol("n", integer=True, nonnegative=True)

DOMAINS = {
    "coupled": Domain.of([u, s, t], where=[u < s, s < 10 * u]),
    "coupled and narrow": Domain.of([u, s], {u: (0, 1), s: (0, "1/3")}, where=[u < s]),
    "ordered chain": Domain.of([x, y, z], where=[x < y, y < z, z < x + 1]),
    "disc": Domain.of([x, y], where=[x**2 + y**2 < 1]),
    "transcendental": Domain.of([x, y], where=[sp.exp(x) < y, y < 10]),
    "equation": Domain.of([x, y, z], where=[sp.Eq(x + y + z, 1)]),
    "integers": Domain.of([n]),
    "bounded integers": Domain.of([n], {n: (2, 5)}),
    "tiny": Domain.of([x], {x: (0, 1e-50)}),
    "huge": Domain.of([x], {x: (1e3, 1e300)}),
    "one point": Domain.of([x], {x: 0.5}),
    "odd": Domain.of([sp.Symbol("k", odd=True)]),
    "nonzero": Domain.of([sp.Symbol("q", nonzero=True, real=True)]),
    "plane": Domain.of([sp.Symbol("c", complex=True)]),
    "not equal": Domain.of([x, y], where=[sp.Ne(x, y)]),
}


@pytest.mark.parametrize("name", sorted(DOMAINS))
def test_every_rational_point_lies_in_its_domain(name: str) -> None:
    domain = DOMAINS[name]
    points = domain.rational_points(32, seed=3)
    assert len(points) >= 32
    assert all(domain.contains(point) is True for point in points)
    assert points == domain.rational_points(32, seed=3)
    if name != "one point":
        assert points[-8:] != domain.rational_points(32, seed=4)[-8:]


@pytest.mark.parametrize("name", sorted(DOMAINS))
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_float_point_lies_in_its_domain_and_is_normal(name: str, dtype: str) -> None:
    domain = DOMAINS[name]
    if name in ("tiny", "huge") and dtype == "float32":
        # 1e-50 and 1e300 lie outside float32: only 0 is left of the first, 1e3..max of the second
        assert len(domain.float_points(10, dtype=dtype)[x]) == 10
    columns = domain.float_points(200, seed=5, dtype=dtype)
    lengths = {len(c) for c in columns.values()}
    assert len(lengths) == 1
    assert lengths.pop() == 200 or name == "equation"
    for row in range(0, len(next(iter(columns.values()))), 3):
        assert domain.contains({a: c[row].item() for a, c in columns.items()}) is True
    for symbol, column in columns.items():
        if not domain[symbol].plane:
            assert column.dtype == np.dtype(dtype)
            assert not np.any((column != 0) & (np.abs(column) < np.finfo(column.dtype).tiny))


def test_floats_are_spread_over_their_ordinals() -> None:
    values = Domain.of([x]).float_points(4000, seed=1)[x]
    random_part = values[2000:]
    exponents = np.log2(np.abs(random_part[random_part != 0]))
    # uniform over ordinals: uniform over binades from 2**-1022 to 2**1024
    quarters = np.histogram(exponents, bins=4, range=(-1022, 1024))[0] / len(exponents)
    assert np.all(np.abs(quarters - 0.25) < 0.05)
    assert 0.45 < np.mean(random_part > 0) < 0.55


def test_specials_are_among_the_floats() -> None:
    column = Domain.of([x], {x: (-1, 1)}).float_points(300)[x]
    for special in (0.0, 1.0, -1.0, 0.5, np.finfo(float).tiny, np.nextafter(1.0, 0.0)):
        assert special in column
    assert np.any((column == 0) & np.signbit(column))


def test_specials_are_among_the_rationals() -> None:
    points = [p[x] for p in Domain.of([x], {x: (-3, 7)}).rational_points(32)]
    assert {Fraction(v) for v in (0, 1, -1, -3, 7)} <= set(points)
    assert max(p.denominator for p in points[-32:]) <= 300


def test_open_ends_are_not_drawn() -> None:
    domain = Domain({x: Interval(0, 1, low_open=True, high_open=True)})
    column = domain.float_points(300)[x]
    assert column.min() >= np.finfo(float).tiny
    assert column.max() <= np.nextafter(1.0, 0.0)
    assert all(0 < p[x] < 1 for p in domain.rational_points(64))


def test_bounds_are_intersected_with_the_assumptions() -> None:
    domain = Domain.of([u, n], {u: (-5, 2), "n": (0.5, "inf")})
    assert domain[u] == Interval(0, 2, low_open=True)
    assert domain[n] == Interval(1, "inf", integer=True)


def test_decimal_text_is_exact_and_floats_are_dyadic() -> None:
    assert Domain.of([x], {x: ("0.1", 1)})[x].low == sp.Rational(1, 10)
    assert Domain.of([x], {x: (0.1, 1)})[x].low == sp.Rational(0.1)


def test_domains_are_values() -> None:
    a = Domain.of([u, s], {s: (0, 2)}, where=[u < s])
    b = Domain.of([s, u], {s: (0, 2)}, where=[u < s])
    assert a == b
    assert hash(a) == hash(b)
    assert a != Domain.of([u, s], {s: (0, 2)})
    assert a.extended([t]).symbols == (u, s, t)
    assert a.restricted({s: (1, 5)})[s] == Interval(1, 2)
    assert a.over([u]).where == ()


def test_contains_is_exact_at_the_border() -> None:
    domain = Domain.of([x, y], where=[3 * x < y])
    third = Fraction(1, 3)
    assert domain.contains({x: third, y: 1}) is False
    assert domain.contains({x: third, y: 1 + Fraction(1, 10**40)}) is True
    curve = Domain.of([x, y], where=[sp.exp(x) < y])
    assert curve.contains({x: 1, y: Fraction(2718281828459045, 10**15)}) is False
    assert curve.contains({x: 1, y: Fraction(2718281828459046, 10**15)}) is True


REFUSED = {
    "empty interval": lambda: Domain.of([x], {x: (2, 1)}),
    "against the assumptions": lambda: Domain.of([u], {u: (-3, -1)}),
    "zero of a nonzero symbol": lambda: Domain.of(
        [sp.Symbol("q", real=True, nonzero=True)], {"q": (0, 0)}
    ),
    "not a number": lambda: Domain.of([x], {x: ("a", 1)}),
    "nan": lambda: Domain.of([x], {x: (float("nan"), 1)}),
    "symbolic bound": lambda: Domain.of([x], {x: (0, sp.pi)}),
    "unknown symbol": lambda: Domain.of([u], {x: (0, 1)}),
    "unknown symbol in a relation": lambda: Domain.of([u], where=[u < x]),
    "no integer": lambda: Domain.of([n], {n: (0.2, 0.7)}),
    "absurd size": lambda: Domain.of([x], {x: (0, "1e999999999")}),
    "false relation": lambda: Domain.of([x], where=[sp.false]),
    "contradiction": lambda: Domain.of([x, y], where=[x < y, y < x]).rational_points(4),
    "contradiction in floats": lambda: Domain.of([x, y], where=[x < y, y < x]).float_points(4),
    "only subnormal floats": lambda: Domain.of([x], {x: (1e-320, 1e-310)}).float_points(4),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_unusable_domains_are_one_clear_error(name: str) -> None:
    with pytest.raises(DomainError) as error:
        REFUSED[name]()
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 300


@settings(max_examples=60, deadline=None)
@given(
    st.fractions(-100, 100), st.fractions(-100, 100), st.booleans(), st.booleans(), st.booleans()
)
def test_intersection_is_what_both_contain(
    a: Fraction, b: Fraction, low_open: bool, high_open: bool, integer: bool
) -> None:
    first, second = Interval(-50, 50, integer=integer), None
    try:
        second = Interval(a, b, low_open, high_open)
        common = first.intersect(second)
    except DomainError:
        common = None
    for value in (a, b, (a + b) / 2, Fraction(-50), Fraction(50), Fraction(int(a)), a + 1):
        both = second is not None and first.contains(value) and second.contains(value)
        assert bool(both) == bool(common is not None and common.contains(value))


@settings(max_examples=100, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False))
def test_float_ordinals_are_monotone_and_invertible(value: float) -> None:
    grid = FloatGrid("float64")
    ordinal = int(grid.ordinals(value))
    assert float(grid.floats(ordinal)) == value
    if ordinal < grid.top:
        assert float(grid.floats(ordinal + 1)) > value
