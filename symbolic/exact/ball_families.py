"""Relatives of the special functions on balls: Hankel and spherical Bessel functions, number
sequences, Bernoulli and Euler polynomials, eta and Lerch functions, associated Legendre functions.

Main definition: `FAMILIES` (the table).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp
from flint import acb, arb, fmpz

from derivax.symbolic.exact.ball_elementary import everywhere, nonpositive_integer, real_only
from derivax.symbolic.exact.ball_special import SPECIAL
from derivax.symbolic.exact.ball_values import (
    I_UNIT,
    NAN,
    Ball,
    Undefined,
    as_complex,
    is_zero,
    non_analytic,
    power,
    power_integer,
    simplest,
    whole_number,
)

__all__ = ["FAMILIES"]

_INDEX_LIMIT = 20_000


def _plane_is_cut(function: Callable[..., Ball]) -> Callable[..., Ball]:
    """A function whose cuts are not told apart: on complex balls it is never analytic."""

    def guarded(*args: Ball) -> Ball:
        if any(non_analytic(everywhere, a) for a in args if isinstance(a, acb)):
            return NAN
        return function(*args)

    return guarded


def _index(n: Ball, least: int = 0) -> int | None:
    """A whole number of moderate size, None for any other ball."""
    if not (isinstance(n, arb) and n.is_integer()):
        return None
    found = whole_number(n)
    return found if least <= found <= _INDEX_LIMIT else None


def _hankel(sign: int) -> Callable[[Ball, Ball], Ball]:
    def function(order: Ball, x: Ball) -> Ball:
        j, y = SPECIAL[sp.besselj](order, x), SPECIAL[sp.bessely](order, x)
        return simplest(as_complex(j) + sign * I_UNIT * y)

    return function


def _spherical_j(order: Ball, x: Ball) -> Ball:
    """sqrt(pi/(2 x)) J_(n+1/2)(x); for whole n the branch of x**n that makes it analytic."""
    half = order + arb(1) / 2
    if not (isinstance(order, arb) and order.is_integer()):
        if is_zero(x):
            raise Undefined("a spherical Bessel function at 0")
        factor = power(simplest(arb.pi() / (2 * x)), arb(1) / 2)
        return simplest(factor * SPECIAL[sp.besselj](half, x))
    if is_zero(x) and order < 0:
        raise Undefined("a spherical Bessel function at 0")
    series = SPECIAL[sp.hyper]((), (half + 1,), simplest(-x * x / 4))
    rest = arb.pi().sqrt() / 2 * (half + 1).rgamma() * series
    return simplest(power_integer(simplest(x / 2), whole_number(order)) * rest)


def _spherical_y(order: Ball, x: Ball) -> Ball:
    """(-1)**(n+1) j_(-n-1)(x) for whole n (DLMF 10.47.5), else sqrt(pi/(2 x)) Y_(n+1/2)(x)."""
    if isinstance(order, arb) and order.is_integer():
        value = _spherical_j(-order - 1, x)
        return value if whole_number(order) % 2 else -value
    if is_zero(x):
        raise Undefined("a spherical Bessel function at 0")
    factor = power(simplest(arb.pi() / (2 * x)), arb(1) / 2)
    return simplest(factor * SPECIAL[sp.bessely](order + arb(1) / 2, x))


def _double_factorial(n: Ball) -> Ball:
    """2**(n/2) gamma(n/2 + 1) (2/pi)**((1 - cos(pi n))/4), SymPy's extension from the integers."""
    index = _index(n, -1)
    if index is not None:
        product = fmpz(1)
        for k in range(index, 1, -2):
            product *= k
        return arb(product)
    if isinstance(n, arb) and nonpositive_integer(n / 2 + 1):
        raise Undefined("factorial2")
    turn = (1 - simplest((n * arb.pi()).cos())) / 4
    return simplest(power(arb(2), n / 2) * (n / 2 + 1).gamma() * power(2 / arb.pi(), turn))


def _subfactorial(n: Ball) -> Ball:
    index = _index(n)
    if index is None:
        return NAN
    previous, value = fmpz(1), fmpz(0 if index else 1)
    for k in range(2, index + 1):
        previous, value = value, (k - 1) * (value + previous)
    return arb(value)


def _catalan(n: Ball) -> Ball:
    """4**n gamma(n + 1/2) / (sqrt(pi) gamma(n + 2))."""
    half = n + arb(1) / 2
    if nonpositive_integer(half):
        raise Undefined("catalan")
    return simplest(power(arb(4), n) * half.gamma() * (n + 2).rgamma() / arb.pi().sqrt())


def _linear_recurrence(first: int, second: int) -> Callable[[Ball], Ball]:
    """f(n + 2) = f(n + 1) + f(n) at integers."""

    def function(n: Ball) -> Ball:
        index = _index(n, -_INDEX_LIMIT)
        if index is None:
            return NAN
        a, b = fmpz(first), fmpz(second)
        for _ in range(abs(index)):
            a, b = (b, a + b) if index > 0 else (b - a, a)
        return arb(a)

    return function


def _eta(s: Ball) -> Ball:
    if is_zero(s - 1):
        return arb(2).log()
    return simplest((1 - power(arb(2), 1 - s)) * s.zeta())


def _lerch(z: Ball, s: Ball, a: Ball) -> Ball:
    if nonpositive_integer(a):
        raise Undefined("lerchphi")
    return simplest(as_complex(z).lerch_phi(as_complex(s), as_complex(a)))


def _bernoulli(n: Ball, x: Ball | None = None) -> Ball:
    index = _index(n)
    if index is None:
        return NAN
    if x is None:
        return arb(1) / 2 if index == 1 else arb.bernoulli(index)  # SymPy's B_1 = +1/2
    return simplest(as_complex(x).bernoulli_poly(index))


def _euler(n: Ball, x: Ball | None = None) -> Ball:
    """E_n(x) = 2/(n + 1) (B_(n+1)(x) - 2**(n+1) B_(n+1)(x/2)); DLMF 24.4.22."""
    index = _index(n)
    if index is None:
        return NAN
    if x is None:
        return _euler(n, arb(1) / 2) * arb(2) ** index
    upper = arb(index + 1)
    halved = _bernoulli(upper, x / 2) * arb(2) ** (index + 1)
    return simplest((_bernoulli(upper, x) - halved) * 2 / (index + 1))


def _associated_legendre(n: Ball, m: Ball, x: Ball) -> Ball:
    if isinstance(x, arb) and abs(x) <= 1:
        value = x.legendre_p(n, m) if isinstance(n, arb) and isinstance(m, arb) else NAN
        if isinstance(value, arb) and value.is_finite():
            return value
    return simplest(as_complex(x).legendre_p(as_complex(n), as_complex(m)))


def _kronecker(i: Ball, j: Ball, *_: Ball) -> Ball:
    difference = i - j
    return arb(1) if is_zero(difference) else NAN if difference.contains(0) else arb(0)


def _hermite_prob(n: Ball, x: Ball) -> Ball:
    """2**(-n/2) H_n(x / sqrt 2)."""
    value = SPECIAL[sp.hermite](n, simplest(x / arb(2).sqrt()))
    return simplest(value * power(arb(2), -n / 2))


def _erf2(x: Ball, y: Ball) -> Ball:
    return simplest(y.erf() - x.erf())


def _offset_li(x: Ball) -> Ball:
    return simplest(SPECIAL[sp.li](x) - arb(2).li())


FAMILIES: dict[type, Callable[..., Any]] = {
    sp.hankel1: _plane_is_cut(_hankel(1)),
    sp.hankel2: _plane_is_cut(_hankel(-1)),
    sp.jn: _plane_is_cut(_spherical_j),
    sp.yn: _plane_is_cut(_spherical_y),
    sp.factorial2: _double_factorial,
    sp.subfactorial: real_only(_subfactorial),
    sp.catalan: _catalan,
    sp.fibonacci: real_only(_linear_recurrence(0, 1)),
    sp.lucas: real_only(_linear_recurrence(2, 1)),
    sp.dirichlet_eta: _eta,
    sp.lerchphi: _plane_is_cut(_lerch),
    sp.bernoulli: _bernoulli,
    sp.euler: _euler,
    sp.assoc_legendre: _plane_is_cut(_associated_legendre),
    sp.hermite_prob: _hermite_prob,
    sp.KroneckerDelta: _kronecker,
    sp.erf2: _erf2,
    sp.Li: _plane_is_cut(_offset_li),
}
"""SymPy head -> function on balls."""
