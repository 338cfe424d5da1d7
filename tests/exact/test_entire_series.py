"""Taylor series of the entire functions C and S, and bounds of what they leave out."""

from __future__ import annotations

from fractions import Fraction

from sympy import Rational, Symbol, bernoulli, factorial

from derivax.symbolic.exact.series import remainder_bound, taylor
from derivax.symbolic.nodes.entire_hyperbolic import CoshRoot, SinhcRoot

w = Symbol("w", real=True)


def test_tan_of_a_root_over_the_root_has_the_bernoulli_numbers_as_coefficients():
    # DLMF 4.19.3: tan z = sum (-1)^(n-1) 2^2n (2^2n - 1) B_2n z^(2n-1) / (2n)!
    found = taylor(SinhcRoot(-w) / CoshRoot(-w), w, 0, 12)
    for m, coefficient in enumerate(found):
        n = m + 1
        assert coefficient == abs(bernoulli(2 * n)) * 4**n * (4**n - 1) / factorial(2 * n)


def test_a_removable_zero_of_the_argument_is_no_obstacle():
    assert taylor((CoshRoot(w) - SinhcRoot(w)) / w, w, 0, 2) == (
        Rational(1, 3), Rational(1, 30), Rational(1, 840),
    )  # fmt: skip


def test_the_remainder_of_a_series_is_bounded():
    bound = float(remainder_bound(SinhcRoot(w), w, 0, 3, Fraction(1, 2)))
    left = 0.5**4 / 362880
    assert left < bound < 1.1 * left
