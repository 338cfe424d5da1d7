"""Unknown functions of a summation index: no false equality, no false refutation."""

from __future__ import annotations

import sympy as sp

from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.outcome import Outcome
from derivax.symbolic.exact.zero import sign_holds, vanishes

n = sp.Symbol("n", integer=True, positive=True)
i, k = sp.symbols("i k", integer=True, positive=True)
m = sp.Function("m", positive=True)
a = sp.IndexedBase("a", positive=True)


def test_the_mean_of_squares_is_not_the_square_of_the_mean() -> None:
    """It would be, if m(i) were one number."""
    for values in (m, lambda index: a[index]):
        squares, total = sp.Sum(values(i) ** 2, (i, 1, n)), sp.Sum(values(i), (i, 1, n))
        assert vanishes(n * squares - total**2).outcome is Outcome.REFUTED


def test_an_explicit_sum_is_its_terms() -> None:
    total = sp.Sum(m(i) * n**i, (i, 1, 3))
    assert vanishes(total - n * m(1) - n**2 * m(2) - n**3 * m(3)).outcome is Outcome.PROVEN
    assert vanishes(total - n * m(1) - n**2 * m(2) - n**3 * m(4)).outcome is Outcome.REFUTED


def test_the_name_of_the_index_does_not_matter() -> None:
    assert vanishes(sp.Sum(m(i), (i, 1, n)) - sp.Sum(m(k), (k, 1, n))).outcome is Outcome.PROVEN


def test_the_last_term_is_a_difference_of_sums() -> None:
    gap = sp.Sum(m(k), (k, 1, n)) - sp.Sum(m(k), (k, 1, n - 1))
    assert vanishes(gap - m(n)).outcome in (Outcome.HOLDS, Outcome.PROVEN)
    assert vanishes(gap - m(n - 1)).outcome is Outcome.REFUTED


def test_inequalities_of_sums_take_an_unknown_function_for_a_function():
    m, i = sp.Function("m", positive=True), sp.Symbol("i", integer=True)
    count = sp.Symbol("N", integer=True, positive=True)
    gap = count * sp.Sum(m(i) ** 2, (i, 1, count)) - sp.Sum(m(i), (i, 1, count)) ** 2
    domain = Domain.of([count], {count: (2, 8)})
    # Cauchy and Schwarz: with one number for every m(i) the gap would be zero, and both would hold
    assert sign_holds(gap <= 0, domain).outcome is Outcome.REFUTED
    assert sign_holds(gap >= 0, domain).outcome is Outcome.HOLDS
