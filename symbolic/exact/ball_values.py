"""Balls as values: NaN for undecided, demotion to the real line, and powers.

Main definitions: `Ball`, `NAN`, `Undefined`, `simplest`, `power`, `analytic_region`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flint import acb, arb, ctx, fmpq

__all__ = [
    "I_UNIT",
    "NAN",
    "Ball",
    "Undefined",
    "analytic_region",
    "as_complex",
    "current_bits",
    "cut",
    "is_nan",
    "is_zero",
    "non_analytic",
    "power",
    "power_integer",
    "power_rational",
    "simplest",
    "whole_number",
]

Ball = arb | acb

NAN = arb.nan()
I_UNIT = acb(0, 1)


class Undefined(ArithmeticError):
    """The expression certainly has no value here: a pole was met exactly."""


def current_bits() -> int:
    """The working precision of flint in bits."""
    return int(ctx.prec)


def is_nan(x: Ball) -> bool:
    """Whether nothing at all is known about the value."""
    if isinstance(x, arb):
        return bool(x.is_nan())
    return bool(x.real.is_nan() or x.imag.is_nan())


def is_zero(x: Ball) -> bool:
    """Whether the ball is exactly zero."""
    return bool(x.is_zero())


def as_complex(x: Ball) -> acb:
    """The ball in the complex plane."""
    return acb(x) if isinstance(x, arb) else x


def simplest(x: Ball) -> Ball:
    """The real ball if the imaginary part is exactly zero."""
    if isinstance(x, acb) and x.imag.is_zero() and not _ANALYTIC[0]:
        return x.real
    return x


def whole_number(x: arb) -> int:
    """The integer that an exact ball is."""
    found = x.unique_fmpz()
    if found is None:
        raise ArithmeticError("not an integer")
    return int(found)


# ---- holomorphy -----------------------------------------------------------------------------

_ANALYTIC = [False]  # guarded by the lock of working_precision, under which all balls are computed


@contextmanager
def analytic_region(wanted: bool) -> Iterator[None]:
    """While `wanted`, a function that is not analytic on all of its complex ball gives NaN.

    Rigorous quadrature (`acb.integral`) asks for this on the region around a panel.
    """
    before = _ANALYTIC[0]
    _ANALYTIC[0] = wanted or before  # an inner integral is a function of the outer variable
    try:
        yield
    finally:
        _ANALYTIC[0] = before


def non_analytic(on_cut: Callable[[acb], bool], z: acb) -> bool:
    """Whether analyticity is demanded and the ball meets the cut."""
    return _ANALYTIC[0] and on_cut(z)


def cut(z: acb) -> bool:
    """Whether the ball meets the negative real axis or zero."""
    return bool(z.imag.contains(0)) and not z.real > 0


# ---- powers ---------------------------------------------------------------------------------


def power_integer(base: Ball, exponent: int) -> Ball:
    """base**exponent for an integer."""
    if exponent < 0 and base.is_zero():
        raise Undefined("0 to a negative power")
    return simplest(base**exponent)


def power_rational(base: Ball, p: int, q: int) -> Ball:
    """The principal value of base**(p/q), in lowest terms with q > 1."""
    if base.is_zero():
        if p < 0:
            raise Undefined("0 to a negative power")
        return arb(0)
    if isinstance(base, arb):
        if base > 0:
            return (base.sqrt() if q == 2 else base.root(q)) ** p
    plane = as_complex(base)
    if non_analytic(cut, plane):
        return NAN
    if plane.contains(0):
        # |b**(p/q)| = |b|**(p/q): the powers of a disc around 0 lie in a disc around 0
        if p < 0:
            return NAN
        radius = (plane.abs_upper() ** fmpq(p, q)).upper()
        return acb(arb(0, radius), arb(0, radius))
    return simplest((plane.sqrt() if q == 2 else plane.root(q)) ** p)


def power(base: Ball, exponent: Ball) -> Ball:
    """The principal value exp(exponent * log(base)), with 0**x = 0 for x > 0 and x**0 = 1."""
    if isinstance(exponent, arb):
        if exponent.is_zero():
            return arb(1)
        if exponent.is_integer():
            return power_integer(base, whole_number(exponent))
        if isinstance(base, arb) and base > 0:
            return base**exponent
    if base.is_zero():
        real_part = exponent if isinstance(exponent, arb) else exponent.real
        if real_part > 0:
            return arb(0)
        if real_part < 0:
            raise Undefined("0 to a negative power")
        return NAN
    plane = as_complex(base)
    if plane.contains(0) or non_analytic(cut, plane):
        return NAN
    return simplest((plane.log() * exponent).exp())
