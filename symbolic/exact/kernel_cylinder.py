"""Bessel and Airy functions as quotients of kernels: three-term recurrence, reflection, Wronskian.

J, Y of all orders +-w + k with integer k are expressed by J_w(z), J_(w+1)(z) and Y_w(z) (DLMF
10.6.1, 10.4(i) in the form J_(-w) = cos(pi w) J_w - sin(pi w) Y_w); Y_(w+1) follows from the
Wronskian 10.5.2, a division by J_w, whose zeros are isolated.  I and K likewise (10.29.1, 10.27.2,
10.28.2), Ai', Bi and Ai with 9.2.7.  Half-integer orders are elementary for z > 0 (10.16.1,
10.39).

Main definition: `CYLINDER_RULES`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import floor

import sympy as sp
from flint import fmpq

from derivax.symbolic.exact.kernel_algebra import KernelAlgebra
from derivax.symbolic.exact.kernel_functions import cosine, hyperbolic, sine
from derivax.symbolic.exact.kernel_ring import Quotient, RefusesForm

__all__ = ["CYLINDER_RULES", "bessel"]

_SHIFT_LIMIT = 14
_HALF = Fraction(1, 2)


def _canonical(c: KernelAlgebra, order: Quotient) -> tuple[int, int, Quotient] | None:
    """(s, k, w) with order = s w + k; w in [0, 1/2], or with constant term in [0, 1)."""
    parts = c.split(order)
    if parts is None:
        return None
    constant, content, direction = parts
    sign = -1 if content < 0 else 1
    constant *= sign
    shift = floor(constant)
    base = constant - shift
    if not content and base > _HALF:
        # order = sign * (base + shift) = -sign * (1 - base) + sign * (shift + 1)
        base, shift, mirrored = 1 - base, shift + 1, -sign
    else:
        mirrored = sign
    if abs(shift) > _SHIFT_LIMIT:
        return None
    rest = c.ring.scaled(direction, fmpq(abs(content).numerator, abs(content).denominator))
    w = c.ring.add(rest, c.ring.number(base.numerator, base.denominator))
    return mirrored, sign * shift, w


class _Pair:
    """B_w and B_(w+1) of two solutions at one argument, as quotients."""

    def __init__(self, c: KernelAlgebra, w: Quotient, z: Quotient, *, modified: bool) -> None:
        self.c, self.w, self.z, self.modified = c, w, z, modified
        self.first, self.second = self._elementary() or self._kernels()

    def _kernels(self) -> tuple[tuple[Quotient, Quotient], Callable[[], tuple[Quotient, Quotient]]]:
        c, w, z = self.c, self.w, self.z
        above = c.ring.add(w, c.ring.one)
        head = sp.besseli if self.modified else sp.besselj
        j, j1 = self._kernel(head, w), self._kernel(head, above)

        def second() -> tuple[Quotient, Quotient]:
            y = self._kernel(sp.besselk if self.modified else sp.bessely, w)
            if self.modified:  # I_w K_(w+1) + I_(w+1) K_w = 1/z
                wronskian = c.ring.inverse(z)
                return y, c.over(c.linear((1, wronskian), (-1, c.ring.mul(j1, y))), j)
            two = c.ring.scaled(c.ring.inverse(c.ring.mul(c.constant(sp.pi), z)), fmpq(2))
            return y, c.over(c.linear((1, c.ring.mul(j1, y)), (-1, two)), j)

        return (j, j1), second

    def _kernel(self, head: type, order: Quotient) -> Quotient:
        c = self.c
        positive = c.signs.of(self.z) > 0
        known = order.constant()
        whole = known is not None and known.q == 1
        entire = whole and head in (sp.besselj, sp.besseli)
        real = c.signs.is_real(order) and c.signs.is_real(self.z) and (positive or entire)
        args = (order, self.z)
        kernel = c.ring.kernel(
            f"{head.__name__}:" + ",".join(c.ring.identity_of(a) for a in args),
            f"{head.__name__}({', '.join(c.ring.text_of(a) for a in args)})",
            "function",
            real=real,
            positive=positive and real and head is sp.besselk,
            depends=c.dependence(*args),
            meaning=(head, args),
        )
        return c.ring.of(kernel)

    def _elementary(
        self,
    ) -> tuple[tuple[Quotient, Quotient], Callable[[], tuple[Quotient, Quotient]]] | None:
        """Order 1/2 for z > 0."""
        c, z = self.c, self.z
        if self.w.constant() != fmpq(1, 2) or c.signs.of(z) <= 0:
            return None
        pi = c.constant(sp.pi)
        inverse = c.ring.inverse(z)
        root = c.square_root(c.ring.scaled(c.over(inverse, pi), fmpq(2)))
        if self.modified:
            cosh, sinh = hyperbolic(c, z)
            decay = c.exponential(c.ring.scaled(z, fmpq(-1)))
            front = c.square_root(c.ring.scaled(c.ring.mul(pi, inverse), fmpq(1, 2)))
            k = c.ring.mul(front, decay)
            i = c.ring.mul(root, sinh)
            i1 = c.ring.mul(root, c.linear((1, cosh), (-1, c.ring.mul(inverse, sinh))))
            k1 = c.ring.mul(k, c.ring.add(c.ring.one, inverse))
            return (i, i1), lambda: (k, k1)
        s, t = sine(c, z), cosine(c, z)
        j = c.ring.mul(root, s)
        j1 = c.ring.mul(root, c.linear((1, c.ring.mul(inverse, s)), (-1, t)))
        y = c.ring.scaled(c.ring.mul(root, t), fmpq(-1))
        y1 = c.ring.mul(root, c.linear((-1, c.ring.mul(inverse, t)), (-1, s)))
        return (j, j1), lambda: (y, y1)

    def shifted(self, pair: tuple[Quotient, Quotient], k: int, sign: int) -> Quotient:
        """B_(w+k) from B_w, B_(w+1): B_(n+1) = sign' (2n/z) B_n -+ B_(n-1).

        `sign`: 0 for J, Y; +1 for K, -1 for I in B_(n+1) = B_(n-1) + sign (2n/z) B_n.
        """
        c, (low, high) = self.c, pair
        twice = c.ring.scaled(c.ring.inverse(self.z), fmpq(2))
        for n in range(1, k):  # upwards: low = B_(w+n-1), high = B_(w+n)
            at = c.ring.mul(c.ring.mul(twice, c.ring.add(self.w, c.ring.number(n))), high)
            new = c.linear((1, at), (-1, low)) if not sign else c.linear((1, low), (sign, at))
            low, high = high, new
        if k >= 1:
            return high
        for n in range(0, k, -1):  # downwards: low = B_(w+n), high = B_(w+n+1)
            at = c.ring.mul(c.ring.mul(twice, c.ring.add(self.w, c.ring.number(n))), low)
            new = c.linear((1, at), (-1, high)) if not sign else c.linear((1, high), (-sign, at))
            low, high = new, low
        return low


def bessel(c: KernelAlgebra, head: type, order: Quotient, z: Quotient) -> Quotient | None:
    """J, Y, I or K of any order in the kernels of the module docstring."""
    placed = _canonical(c, order)
    if placed is None or z.is_zero:
        return None
    side, k, w = placed
    if w.is_zero and z.num.leading_coefficient() < 0 and head in (sp.besselj, sp.besseli):
        value = bessel(c, head, order, c.ring.scaled(z, fmpq(-1)))
        return None if value is None else c.ring.scaled(value, fmpq((-1) ** (k % 2)))
    turned = _turned(c, head, order, z)
    if turned is not None:
        return turned
    if not w.is_zero and c.signs.of(z) <= 0 and side < 0:
        return None  # the reflections hold off the cut; kept where z is known to be positive
    modified = head in (sp.besseli, sp.besselk)
    pair = _Pair(c, w, z, modified=modified)
    steps = side * k  # B_(side w + k): for side = -1 the order is -(w - k)
    first = pair.shifted(pair.first, steps, -1 if modified else 0)
    if side > 0 and head in (sp.besselj, sp.besseli):
        return first
    second = pair.shifted(pair.second(), steps, 1 if modified else 0)
    if side > 0 or head is sp.besselk:
        return second
    at = c.ring.mul(c.constant(sp.pi), c.ring.add(w, c.ring.number(steps)))
    s, t = sine(c, at), cosine(c, at)
    if modified:  # I_(-v) = I_v + (2/pi) sin(pi v) K_v
        extra = c.over(c.ring.mul(s, second), c.constant(sp.pi))
        return c.linear((1, first), (2, extra))
    if head is sp.besselj:
        return c.linear((1, c.ring.mul(t, first)), (-1, c.ring.mul(s, second)))
    return c.linear((1, c.ring.mul(s, first)), (1, c.ring.mul(t, second)))


def _turned(c: KernelAlgebra, head: type, order: Quotient, z: Quotient) -> Quotient | None:
    """J_v(+-I y) = exp(+-I pi v/2) I_v(y) for y > 0, and the same with I and J exchanged."""
    if head not in (sp.besselj, sp.besseli) or c.signs.is_real(z):
        return None
    i = c.unity(_HALF)
    for sign in (1, -1):
        y = c.ring.scaled(c.ring.mul(i, z), fmpq(-sign))
        if c.signs.of(y) > 0:
            other = sp.besseli if head is sp.besselj else sp.besselj
            value = bessel(c, other, order, y)
            turn = c.ring.mul(c.ring.mul(i, c.constant(sp.pi)), order)
            front = c.exponential(c.ring.scaled(turn, fmpq(sign, 2)))
            return None if value is None else c.ring.mul(front, value)
    return None


def _hankel(sign: int) -> Callable[[KernelAlgebra, Quotient, Quotient], Quotient | None]:
    def rule(c: KernelAlgebra, order: Quotient, z: Quotient) -> Quotient | None:
        j, y = bessel(c, sp.besselj, order, z), bessel(c, sp.bessely, order, z)
        if j is None or y is None:
            return None
        return c.ring.add(j, c.ring.scaled(c.ring.mul(c.unity(_HALF), y), fmpq(sign)))

    return rule


def _spherical(head: type) -> Callable[[KernelAlgebra, Quotient, Quotient], Quotient | None]:
    """sqrt(pi/(2z)) B_(n+1/2)(z) for z > 0."""

    def rule(c: KernelAlgebra, order: Quotient, z: Quotient) -> Quotient | None:
        if c.signs.of(z) <= 0:
            return None
        value = bessel(c, head, c.ring.add(order, c.ring.number(1, 2)), z)
        if value is None:
            return None
        front = c.ring.scaled(c.over(c.constant(sp.pi), z), fmpq(1, 2))
        return c.ring.mul(c.square_root(front), value)

    return rule


def _airy_bi_prime(c: KernelAlgebra, z: Quotient) -> Quotient:
    """Bi' = (1/pi + Ai' Bi) / Ai (DLMF 9.2.7)."""
    if z.constant() is not None:
        raise RefusesForm("Airy functions at a number")
    ai, bi, slope = (c.function(h, [z]) for h in (sp.airyai, sp.airybi, sp.airyaiprime))
    wronskian = c.ring.inverse(c.constant(sp.pi))
    return c.over(c.ring.add(wronskian, c.ring.mul(slope, bi)), ai)


def _rule(head: type) -> Callable[[KernelAlgebra, Quotient, Quotient], Quotient | None]:
    return lambda c, order, z: bessel(c, head, order, z)


CYLINDER_RULES: Mapping[type, Callable[..., Quotient | None]] = {
    **{head: _rule(head) for head in (sp.besselj, sp.bessely, sp.besseli, sp.besselk)},
    sp.hankel1: _hankel(1),
    sp.hankel2: _hankel(-1),
    sp.jn: _spherical(sp.besselj),
    sp.yn: _spherical(sp.bessely),
    sp.airybiprime: _airy_bi_prime,
}
