"""0F1, 1F1 and 2F1 as quotients of kernels: contiguous relations and special values.

With D = z d/dz a series pFq satisfies D (D + b - 1) F = z prod (D + a_i) F, so F and DF span what
integer shifts of the parameters reach: (D + a) F = a F(a + 1), (D + b - 1) F = (b - 1) F(b - 1),
and the inverse of these 2 x 2 matrices (DLMF 13.3, 15.5, 16.3).  All parameters are brought to
constant terms in (0, 1].  1F1 takes the sign of its argument that is positive (13.2.39).

Main definition: `hypergeometric`.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil

import sympy as sp
from flint import fmpq

from derivax.symbolic.exact.kernel_algebra import KernelAlgebra
from derivax.symbolic.exact.kernel_cylinder import bessel
from derivax.symbolic.exact.kernel_functions import hyperbolic
from derivax.symbolic.exact.kernel_gamma import error_function, gamma_value, upper_gamma
from derivax.symbolic.exact.kernel_ring import Quotient, as_fraction

__all__ = ["even_root", "hypergeometric"]

_SHIFT_LIMIT = 10

_Row = tuple[Quotient, Quotient]
_Matrix = tuple[_Row, _Row]


def _based(c: KernelAlgebra, a: Quotient) -> tuple[Quotient, int] | None:
    """(base, k) with a = base + k and the constant term of the base in (0, 1]."""
    parts = c.split(a)
    if parts is None or abs(parts[0]) > _SHIFT_LIMIT:
        return None
    k = ceil(parts[0]) - 1
    return c.ring.add(a, c.ring.number(-k)), k


class _Module:
    """The span of F and DF for parameters that differ from `upper`, `lower` by integers."""

    def __init__(self, c: KernelAlgebra, upper: list[Quotient], lower: Quotient, z: Quotient):
        self.c, self.upper, self.lower, self.z = c, upper, lower, z

    def square(self) -> _Row:
        """D^2 F = p F + q DF."""
        c, ring = self.c, self.c.ring
        rest = c.linear((1, ring.one), (-1, self.lower))
        if not self.upper:
            return self.z, rest
        if len(self.upper) == 1:
            return ring.mul(self.z, self.upper[0]), ring.add(rest, self.z)
        a, b = self.upper
        below = c.linear((1, ring.one), (-1, self.z))
        product = ring.mul(self.z, ring.mul(a, b))
        total = c.linear((1, rest), (1, ring.mul(self.z, ring.add(a, b))))
        return c.over(product, below), c.over(total, below)

    def plus(self, a: Quotient) -> _Matrix:
        """(D + a) on (F, DF): rows are the images of F and DF."""
        p, q = self.square()
        return (a, self.c.ring.one), (p, self.c.ring.add(q, a))


def _times(c: KernelAlgebra, m: _Matrix, row: _Row) -> _Row:
    """row . m for row = coefficients of (F, DF)."""
    ring = c.ring
    return (
        ring.add(ring.mul(row[0], m[0][0]), ring.mul(row[1], m[1][0])),
        ring.add(ring.mul(row[0], m[0][1]), ring.mul(row[1], m[1][1])),
    )


def _inverted(c: KernelAlgebra, m: _Matrix) -> _Matrix | None:
    ring = c.ring
    det = c.linear((1, ring.mul(m[0][0], m[1][1])), (-1, ring.mul(m[0][1], m[1][0])))
    if ring.reduced(det.num)[0].is_zero():
        return None
    minus = fmpq(-1)
    return (
        (c.over(m[1][1], det), c.over(ring.scaled(m[0][1], minus), det)),
        (c.over(ring.scaled(m[1][0], minus), det), c.over(m[0][0], det)),
    )


def hypergeometric(
    c: KernelAlgebra, upper: Sequence[Quotient], lower: Quotient, z: Quotient
) -> Quotient | None:
    """pFq with q = 1 and p <= 2 in the kernels of the module docstring."""
    ring = c.ring
    if len(upper) == 1 and z.num.leading_coefficient() < 0:  # Kummer's transformation
        other = hypergeometric(
            c, [c.linear((1, lower), (-1, upper[0]))], lower, ring.scaled(z, fmpq(-1))
        )
        return None if other is None else ring.mul(c.exponential(z), other)
    found = [_based(c, a) for a in (*upper, lower)]
    if any(f is None for f in found) or z.is_zero:
        return None
    bases, shifts = zip(*[f for f in found if f is not None], strict=True)
    tops, bottom = list(bases[:-1]), bases[-1]
    if any(c.split(a) is not None and a.constant() == 1 and k < 0 for a, k in found[:-1]):  # type: ignore[misc]
        return None  # a polynomial
    closed = _reducible(c, list(upper), lower, z)
    if closed is not None:
        return closed
    tops = sorted(zip(tops, shifts[:-1], strict=True), key=lambda t: ring.identity_of(t[0]))
    return _walked(c, [t for t, _ in tops], bottom, [k for _, k in tops], shifts[-1], z)


def _walked(
    c: KernelAlgebra,
    upper: list[Quotient],
    lower: Quotient,
    steps: list[int],
    down: int,
    z: Quotient,
) -> Quotient | None:
    """F at the shifted parameters from F, DF at the base: a product of 2 x 2 matrices."""
    ring = c.ring
    value, slope = _base(c, upper, lower, z)
    now, bottom = list(upper), lower
    pair: _Row = value, slope
    for i, k in enumerate(steps):
        for direction in [1] * k + [-1] * -k:
            if direction > 0:
                module = _Module(c, now, bottom, z)
                matrix: _Matrix | None = module.plus(now[i])
                scale = now[i]
                now[i] = ring.add(now[i], ring.one)
            else:
                now[i] = ring.add(now[i], ring.number(-1))
                matrix = _inverted(c, _Module(c, now, bottom, z).plus(now[i]))
                scale = ring.inverse(now[i])
            if matrix is None:
                return None
            pair = _applied(c, matrix, pair, scale)
    for direction in [1] * down + [-1] * -down:
        if direction > 0:  # (D + b) F(b + 1) = b F(b)
            bottom = ring.add(bottom, ring.one)
            below = ring.add(bottom, ring.number(-1))
            matrix = _inverted(c, _Module(c, now, bottom, z).plus(below))
            scale = ring.inverse(below)
        else:
            below = ring.add(bottom, ring.number(-1))
            matrix = _Module(c, now, bottom, z).plus(below)
            scale = below
            bottom = below
        if matrix is None:
            return None
        pair = _applied(c, matrix, pair, scale)
    return pair[0]


def _applied(c: KernelAlgebra, m: _Matrix, pair: _Row, scale: Quotient) -> _Row:
    ring = c.ring
    images = [ring.add(ring.mul(row[0], pair[0]), ring.mul(row[1], pair[1])) for row in m]
    return c.over(images[0], scale), c.over(images[1], scale)


def _base(c: KernelAlgebra, upper: list[Quotient], lower: Quotient, z: Quotient) -> _Row:
    """F and DF at base parameters: kernels, or elementary."""
    ring = c.ring
    if not upper and lower.constant() == fmpq(1, 2):
        root = even_root(c, z)
        if root is not None:
            cosh, sinh = hyperbolic(c, ring.scaled(root, fmpq(2)))
            return cosh, ring.mul(root, sinh)
    if not upper:
        cylinder = _bessel_base(c, lower, z)
        if cylinder is not None:
            return cylinder
    names = ",".join(ring.identity_of(a) for a in (*upper, lower, z))
    values = []
    for text in ("F", "DF"):
        shown = ", ".join(ring.text_of(a) for a in (*upper, lower, z))
        kernel = ring.kernel(
            f"hyper:{text}:{len(upper)}:{names}",
            f"{text}({shown})",
            "series",
            real=all(c.signs.is_real(a) for a in (*upper, lower, z)) and len(upper) < 2,
            depends=c.dependence(*upper, lower, z),
            meaning=(text, tuple(upper), lower, z),
        )
        values.append(ring.of(kernel))
    return values[0], values[1]


def _bessel_base(c: KernelAlgebra, b: Quotient, z: Quotient) -> _Row | None:
    """0F1(; b; z) = Gamma(b) (y/2)**(1 - b) B_(b-1)(y) with y = 2 sqrt(+-z) (10.16.9, 10.39.9)."""
    ring = c.ring
    sign = c.signs.of(z)
    if not sign:
        return None
    root = c.square_root(ring.scaled(z, fmpq(sign)))  # y/2
    y = ring.scaled(root, fmpq(2))
    head = sp.besseli if sign > 0 else sp.besselj
    low = c.linear((1, b), (-1, ring.one))
    values = [bessel(c, head, order, y) for order in (low, b)]
    if values[0] is None or values[1] is None:
        return None
    front = ring.mul(gamma_value(c, b), c.raised(root, ring.scaled(low, fmpq(-1))))
    slope = ring.mul(c.over(z, root), values[1])
    return ring.mul(front, values[0]), ring.mul(front, slope)


def _reducible(
    c: KernelAlgebra, upper: list[Quotient], lower: Quotient, z: Quotient
) -> Quotient | None:
    """Parameters whose module falls apart: 1F1(a; a; z), 1F1(1; b; z), a common parameter."""
    ring = c.ring
    for i, a in enumerate(upper):
        gap = c.linear((1, a), (-1, lower))
        if gap.is_zero:
            rest = upper[:i] + upper[i + 1 :]
            if not rest:
                return c.exponential(z)
            base = c.linear((1, ring.one), (-1, z))
            return c.raised(base, ring.scaled(rest[0], fmpq(-1)))
    if len(upper) != 1:
        return None
    constant = upper[0].constant()
    gap = c.linear((1, lower), (-1, upper[0]))
    if constant is not None and constant == 1:
        return _from_incomplete_gamma(c, lower, z)
    known = gap.constant()
    if (constant is not None and constant.q == 1) or (known is not None and known.q == 1):
        return None if known is None or known != 1 else _mirrored(c, lower, z)
    return None


def _mirrored(c: KernelAlgebra, lower: Quotient, z: Quotient) -> Quotient | None:
    """1F1(b - 1; b; z) = e**z 1F1(1; b; -z)."""
    other = _from_incomplete_gamma(c, lower, c.ring.scaled(z, fmpq(-1)))
    return None if other is None else c.ring.mul(c.exponential(z), other)


def _from_incomplete_gamma(c: KernelAlgebra, b: Quotient, z: Quotient) -> Quotient | None:
    """1F1(1; b; z) = (b - 1) z**(1 - b) e**z (Gamma(b - 1) - Gamma(b - 1, z)) (DLMF 8.5.1).

    For b = 3/2 in terms of erf(r)/r with r**2 = z, which is even in r.
    """
    ring = c.ring
    below = c.linear((1, b), (-1, ring.one))
    growth = c.exponential(z)
    constant = below.constant()
    if constant is not None and constant.q == 1 and 0 <= constant <= _SHIFT_LIMIT:
        value = growth
        for n in range(1, int(constant.p) + 1):  # 1F1(1; n + 1; z) = (n/z) (1F1(1; n; z) - 1)
            value = ring.scaled(c.over(c.linear((1, value), (-1, ring.one)), z), fmpq(n))
        return value
    if constant is not None and as_fraction(constant) == Fraction(1, 2):
        root = even_root(c, z)
        if root is not None:
            error = c.over(error_function(c, root), ring.scaled(root, fmpq(2)))
            return ring.mul(ring.mul(growth, error), c.square_root(c.constant(sp.pi)))
    if c.signs.of(z) <= 0:
        return None
    upper = upper_gamma(c, below, z)
    if upper is None:
        return None
    lower = c.linear((1, gamma_value(c, below)), (-1, upper))
    power = c.raised(z, ring.scaled(below, fmpq(-1)))
    return ring.mul(ring.mul(below, power), ring.mul(growth, lower))


def even_root(c: KernelAlgebra, a: Quotient) -> Quotient | None:
    """Some r with r**2 = a, for functions that are even in r; None if there is no simple one."""
    ring = c.ring
    result = ring.one
    sign, content = 1, fmpq(1)
    for poly, direction in ((a.num, 1), (a.den, -1)):
        number, factors = poly.factor()
        content = content * number if direction > 0 else content / number
        for factor, power in factors:
            if power % 2:
                return c.square_root(a) if c.signs.of(a) > 0 else None
            part = ring.power(Quotient(factor, ring.one_poly), direction * int(power) // 2)
            result = ring.mul(result, part)
    if content < 0:
        content, sign = -content, -1
    root = c.square_root(Quotient(ring.context.constant(content), ring.one_poly))
    result = ring.mul(result, root)
    return ring.mul(result, c.unity(Fraction(1, 2))) if sign < 0 else result
