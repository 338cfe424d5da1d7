"""Orthogonal polynomials as quotients of kernels, by three-term recurrence in the degree.

P_n and U_n are Gegenbauer polynomials (DLMF 18.7.4, 18.7.9), L_n is L_n^(0), T_n follows from U_n
(18.9.9-10), H_n stands alone.  Degrees n + k reduce to n and n + 1 (18.9.1), parameters a + k to
the smallest (18.9.8, 18.9.13).  The laws hold for every complex degree, and so by continuity where
a divisor such as n vanishes.

Main definition: `POLYNOMIAL_RULES`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import floor

import sympy as sp
from flint import fmpq

from derivax.symbolic.exact.kernel_algebra import KernelAlgebra
from derivax.symbolic.exact.kernel_ring import Quotient

__all__ = ["POLYNOMIAL_RULES"]

_SHIFT_LIMIT = 12

_Two = tuple[Quotient, Quotient]


def _based(c: KernelAlgebra, a: Quotient) -> tuple[Quotient, int] | None:
    """(base, k) with a = base + k; None for numbers and what has a large shift."""
    parts = c.split(a)
    if parts is None or abs(parts[0]) > _SHIFT_LIMIT:
        return None
    k = floor(parts[0])
    return c.ring.add(a, c.ring.number(-k)), k


def _walked(
    c: KernelAlgebra, start: _Two, k: int, n: Quotient, law: Callable[[Quotient], list[Quotient]]
) -> _Two:
    """(p_(n+k), p_(n+k+1)) from (p_n, p_(n+1)) with A p_(m+1) = B p_m - C p_(m-1) at m = n + j."""
    low, high = start
    for j in range(1, k + 1):
        up, here, down = law(c.ring.add(n, c.ring.number(j)))
        new = c.over(c.linear((1, c.ring.mul(here, high)), (-1, c.ring.mul(down, low))), up)
        low, high = high, new
    for j in range(0, k, -1):
        up, here, down = law(c.ring.add(n, c.ring.number(j)))
        new = c.over(c.linear((1, c.ring.mul(here, low)), (-1, c.ring.mul(up, high))), down)
        low, high = new, low
    return low, high


def _numbers(c: KernelAlgebra, *values: int) -> list[Quotient]:
    return [c.ring.number(v) for v in values]


def _hermite(c: KernelAlgebra, n: Quotient, x: Quotient) -> Quotient | None:
    placed = _based(c, n)
    if placed is None:
        return None
    base, k = placed
    start = _kernels(c, sp.hermite, base, x)

    def law(m: Quotient) -> list[Quotient]:
        return [c.ring.one, c.ring.scaled(x, fmpq(2)), c.ring.scaled(m, fmpq(2))]

    return _walked(c, start, k, base, law)[0]


def _kernels(c: KernelAlgebra, head: type, n: Quotient, *rest: Quotient) -> _Two:
    above = c.ring.add(n, c.ring.one)
    return c.function(head, [n, *rest]), c.function(head, [above, *rest])


def _laguerre(c: KernelAlgebra, n: Quotient, a: Quotient, x: Quotient) -> Quotient | None:
    degree, parameter = _based(c, n), _based(c, a)
    if degree is None or parameter is None:
        return None
    base, k = degree
    low, steps = parameter
    return _laguerre_pair(c, base, k, low, steps, x)[0]


def _laguerre_pair(
    c: KernelAlgebra, n: Quotient, k: int, a: Quotient, steps: int, x: Quotient
) -> _Two:
    """L^(a + steps) of degrees n + k and n + k + 1."""
    if steps > 0:
        below = _laguerre_pair(c, n, k, a, steps - 1, x)
        up = _laguerre_pair(c, n, k + 1, a, steps - 1, x)
        at = c.ring.add(a, c.ring.number(steps - 1))

        def raised(pair: _Two, m: Quotient) -> Quotient:
            # x L_m^(a+1) = (m + a + 1) L_m^(a) - (m + 1) L_(m+1)^(a)
            first = c.ring.mul(c.linear((1, m), (1, at), (1, c.ring.one)), pair[0])
            second = c.ring.mul(c.linear((1, m), (1, c.ring.one)), pair[1])
            return c.over(c.linear((1, first), (-1, second)), x)

        m = c.ring.add(n, c.ring.number(k))
        return raised(below, m), raised(up, c.ring.add(m, c.ring.one))
    if steps < 0:  # L_m^(a) = L_m^(a+1) - L_(m-1)^(a+1)
        here = _laguerre_pair(c, n, k, a, steps + 1, x)
        down = _laguerre_pair(c, n, k - 1, a, steps + 1, x)
        return c.linear((1, here[0]), (-1, down[0])), c.linear((1, here[1]), (-1, here[0]))
    start = _kernels(c, sp.assoc_laguerre, n, a, x)

    def law(m: Quotient) -> list[Quotient]:
        one = c.ring.one
        return [c.linear((1, m), (1, one)), c.linear((2, m), (1, one), (1, a), (-1, x)),
                c.linear((1, m), (1, a))]  # fmt: skip

    return _walked(c, start, k, n, law)


def _gegenbauer(c: KernelAlgebra, n: Quotient, a: Quotient, x: Quotient) -> Quotient | None:
    degree, parameter = _based(c, n), _based(c, a)
    if degree is None or parameter is None:
        return None
    base, k = degree
    low, steps = parameter
    if low.is_zero:  # the polynomials of parameter 0 vanish; 1 is the base
        low, steps = c.ring.one, steps - 1
    if steps < 0:
        return None
    return _gegenbauer_pair(c, base, k, low, steps, x)[0]


def _gegenbauer_pair(
    c: KernelAlgebra, n: Quotient, k: int, a: Quotient, steps: int, x: Quotient
) -> _Two:
    if steps > 0:
        pair = _gegenbauer_pair(c, n, k, a, steps - 1, x)
        up = _gegenbauer_pair(c, n, k + 1, a, steps - 1, x)
        at = c.ring.add(a, c.ring.number(steps - 1))
        below = c.linear((1, c.ring.one), (-1, c.ring.mul(x, x)))
        below = c.ring.mul(below, c.ring.scaled(at, fmpq(2)))

        def raised(two: _Two, m: Quotient) -> Quotient:
            # 2 a (1 - x^2) C_m^(a+1) = (m + 2a) C_m^(a) - (m + 1) x C_(m+1)^(a)
            first = c.ring.mul(c.linear((1, m), (2, at)), two[0])
            second = c.ring.mul(c.ring.mul(c.linear((1, m), (1, c.ring.one)), x), two[1])
            return c.over(c.linear((1, first), (-1, second)), below)

        m = c.ring.add(n, c.ring.number(k))
        return raised(pair, m), raised(up, c.ring.add(m, c.ring.one))
    start = _kernels(c, sp.gegenbauer, n, a, x)

    def law(m: Quotient) -> list[Quotient]:
        one = c.ring.one
        return [c.linear((1, m), (1, one)),
                c.ring.mul(c.ring.scaled(c.ring.add(m, a), fmpq(2)), x),
                c.linear((1, m), (2, a), (-1, one))]  # fmt: skip

    return _walked(c, start, k, n, law)


def _chebyshev_t(c: KernelAlgebra, n: Quotient, x: Quotient) -> Quotient | None:
    """T_n = U_n - x U_(n-1)."""
    upper = _gegenbauer(c, n, c.ring.one, x)
    lower = _gegenbauer(c, c.ring.add(n, c.ring.number(-1)), c.ring.one, x)
    if upper is None or lower is None:
        return None
    return c.linear((1, upper), (-1, c.ring.mul(x, lower)))


POLYNOMIAL_RULES: Mapping[type, Callable[..., Quotient | None]] = {
    sp.hermite: _hermite,
    sp.assoc_laguerre: _laguerre,
    sp.laguerre: lambda c, n, x: _laguerre(c, n, c.ring.zero, x),
    sp.gegenbauer: _gegenbauer,
    sp.legendre: lambda c, n, x: _gegenbauer(c, n, c.ring.number(1, 2), x),
    sp.chebyshevu: lambda c, n, x: _gegenbauer(c, n, c.ring.one, x),
    sp.chebyshevt: _chebyshev_t,
}
