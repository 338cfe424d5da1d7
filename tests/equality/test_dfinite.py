"""Annihilating operator and initial values: what they prove, and what they must not."""

from __future__ import annotations

import pytest
import sympy as sp
from sympy import Rational, Symbol

from derivax.symbolic.exact.dfinite import annihilator, by_annihilator
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.zero import vanishes

x = Symbol("x", real=True)
a, b = sp.symbols("a b", positive=True)
n = Symbol("n", integer=True, positive=True)
HALF = Rational(1, 2)
SMALL = {x: (-HALF, HALF)}


def on(expr: sp.Expr, ranges: dict | None = None) -> Domain:
    return Domain.of(sorted(expr.free_symbols, key=str), ranges or {})


# DLMF 10.39.5, 10.16.9, 10.16.10 at nu = 0, 14.3.1, 13.6.9, 19.5.1, 16.12.2 (Clausen), 15.8.13
IDENTITIES = {
    "Bessel I and Kummer": (
        sp.besseli(0, x) * sp.exp(-x) - sp.hyper([HALF], [1], -2 * x), {},
    ),
    "Bessel J as a series": (sp.besselj(0, x) - sp.hyper([], [1], -(x**2) / 4), {}),
    "square of Bessel J": (sp.besselj(0, x) ** 2 - sp.hyper([HALF], [1, 1], -(x**2)), {}),
    "Legendre of any degree": (
        sp.legendre(n, x) - sp.hyper([-n, n + 1], [1], (1 - x) / 2), {},
    ),
    "Kummer's second theorem": (
        sp.hyper([a], [2 * a], 2 * x) - sp.exp(x) * sp.hyper([], [a + HALF], x**2 / 4), {},
    ),
    "elliptic integral": (
        sp.elliptic_k(x) - sp.pi / 2 * sp.hyper([HALF, HALF], [1], x), SMALL,
    ),
    "Clausen": (
        sp.hyper([a, b], [a + b + HALF], x) ** 2
        - sp.hyper([2 * a, 2 * b, a + b], [2 * a + 2 * b, a + b + HALF], x), SMALL,
    ),
    "quadratic transformation": (
        sp.hyper([a, b], [2 * b], x) * (1 - x / 2) ** a
        - sp.hyper([a / 2, a / 2 + HALF], [b + HALF], (x / (2 - x)) ** 2), SMALL,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", IDENTITIES)
def test_identities_of_second_and_higher_order_are_proven(name: str) -> None:
    claim, ranges = IDENTITIES[name]
    finding = vanishes(claim, on(claim, ranges))
    assert (finding.outcome, finding.method) == ("proven", "annihilating operator")
    assert finding.figures["order"] >= 2


SLOW = frozenset(IDENTITIES) - {"Bessel I and Kummer", "Bessel J as a series"}


@pytest.mark.parametrize(
    "name",
    [pytest.param(k, marks=pytest.mark.slow) if k in SLOW else k for k in IDENTITIES],
)
def test_a_changed_term_is_never_proven(name: str) -> None:
    claim, ranges = IDENTITIES[name]
    first, second = claim.args[:2]
    for wrong in (2 * first + second, first - second):
        assert by_annihilator(wrong, on(claim, ranges)) is None


def test_a_small_term_of_high_order_is_seen() -> None:
    claim, _ = IDENTITIES["Bessel J as a series"]
    for wrong in (claim + x**3 / 10**9, claim + 1):
        assert by_annihilator(wrong, on(wrong)) is None


def test_the_same_equation_with_other_initial_values_is_not_zero() -> None:
    # both solve y'' = x y, and only their values at 0 differ
    assert by_annihilator(sp.airyai(x) - sp.airybi(x), on(x)) is None
    # the same value at 0, another slope
    scaled = sp.airybi(x) / sp.sqrt(3) - sp.airyai(x)
    assert by_annihilator(scaled, on(x)) is None


def test_a_pole_at_the_point_of_expansion_is_no_power_series() -> None:
    # L = x D + 1 has the solution 1/x, and leaves no coefficient of a power series free
    claim = sp.besselj(0, x) / x - sp.besselj(0, x) / x + sp.besselj(0, 0) / x
    assert by_annihilator(claim, on(x)) is None
    assert by_annihilator(sp.besselj(0, x) / x - sp.hyper([], [1], -(x**2)) / x, on(x)) is None


def test_a_branch_point_at_the_end_of_the_domain_is_no_point_of_expansion() -> None:
    z = Symbol("z", positive=True)
    for claim in (  # false by a factor; every solution is singular at 0
        sp.besselj(-HALF, z) - 2 * sp.sqrt(2 / (sp.pi * z)) * sp.cos(z),
        sp.besselk(0, z) - 2 * sp.besselk(0, z) * sp.exp(z) / sp.exp(z) + sp.bessely(0, z),
    ):
        assert by_annihilator(claim, on(claim)) is None


def test_nothing_is_carried_across_a_cut() -> None:
    claim = sp.elliptic_k(x) - sp.pi / 2 * sp.hyper([HALF, HALF], [1], x)
    assert by_annihilator(claim, on(claim, {x: (-1, 3)})) is None


def test_the_operator_of_a_product_annihilates_it() -> None:
    for product in (sp.airyai(x) ** 2, sp.besselj(1, x) * sp.exp(x), sp.sin(x) + sp.log(x)):
        operator = annihilator(product, x)
        assert operator is not None
        total = sum(p * sp.diff(product, x, k) for k, p in enumerate(operator))
        assert abs(total.subs(x, Rational(7, 5)).evalf(40)) < 1e-30
