r"""Error-free transformations and sums of two words: arithmetic with twice the digits.

A double word is a pair (high, low) with high = fl(high + low).  The transformations are exact under
XLA's contraction of a*b + c (tests/special): two_sum is Knuth's, the product splits each factor by
rounding it to half of its digits (Veltkamp's split is not exact when contracted).

*Main definitions*: `two_sum`, `quick_two_sum`, `split_number`, `two_product`, `divide_double_word`,
`by_format`.

*Trap*: XLA folds (1 + x) - 1 to x when the 1 is a literal, so literals must not be given to
`two_sum`; `opaque(c, x)` is the constant c in a form that it does not see through.

*Source*: T. J. Dekker, Numer. Math. 18 (1971) 224; D. E. Knuth, TAOCP 2, 4.2.2.
"""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax


def by_format(x, double, single):
    """`double` where x is float64, `single` where it is float32 (a weakly typed number)."""
    return jnp.where(jnp.finfo(x.dtype).bits > 32, double, single)


def opaque(constant, x):
    """The constant in the format of x, such that the compiler does not know its value."""
    return jnp.where(x < jnp.inf, constant, x)


def distance_from(x, high, low, low_single):
    """x - (high + low), exactly rounded near it; low_single is the rest in float32.

    (x - high) - low with literals would be folded into x - (high + low).
    """
    return (x - opaque(high, x)) - by_format(x, low, low_single)


def two_sum(a, b):
    """a + b as (rounded sum, its error), exactly."""
    total = a + b
    part = total - a
    error = (a - (total - part)) + (b - part)
    return total, error


def quick_two_sum(a, b):
    """`two_sum` for |a| >= |b|."""
    total = a + b
    return total, b - (total - a)


def split_number(a):
    """a = high + low exactly; high and low have half of the digits each."""
    narrow = lax.reduce_precision(a, 11, 11)
    wide = lax.reduce_precision(a, 11, 25)
    high = jnp.where(jnp.finfo(a.dtype).bits > 32, wide, narrow)
    return high, a - high


def two_product(a, b):
    """a * b as (rounded product, its error), exactly while nothing leaves the range."""
    product = a * b
    a_high, a_low = split_number(a)
    b_high, b_low = split_number(b)
    error = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
    return product, error


def divide_double_word(a_high, a_low, b_high, b_low):
    """(a_high + a_low)/(b_high + b_low) as (high, low)."""
    quotient = a_high / b_high
    product, error = two_product(quotient, b_high)
    rest = ((a_high - product) - error + a_low - quotient * b_low) / b_high
    return quick_two_sum(quotient, rest)
