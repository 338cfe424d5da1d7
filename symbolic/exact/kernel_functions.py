"""Elementary functions as quotients of kernels, by identities that always hold.

Trigonometric functions become exp(I x), hyperbolic ones exp(x), inverse functions logarithms.

Main definition: `ELEMENTARY_RULES`, from SymPy heads to functions of a `KernelAlgebra` and the
arguments; a rule answers None where it does not apply.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

import sympy as sp
from flint import fmpq

from derivax.symbolic.exact.kernel_algebra import KernelAlgebra
from derivax.symbolic.exact.kernel_ring import Quotient

__all__ = ["ELEMENTARY_RULES", "cosine", "hyperbolic", "sine"]


def _turn(c: KernelAlgebra, a: Quotient) -> tuple[Quotient, Quotient]:
    """exp(I a) and exp(-I a)."""
    z = c.exponential(c.ring.mul(c.unity(Fraction(1, 2)), a))
    return z, c.ring.inverse(z)


def cosine(c: KernelAlgebra, a: Quotient) -> Quotient:
    """cos a = (z + 1/z)/2 with z = exp(I a)."""
    if c.plain_angles and not a.is_zero:
        return _plain_angle(c, a)[1]
    z, w = _turn(c, a)
    return c.ring.scaled(c.ring.add(z, w), fmpq(1, 2))


def sine(c: KernelAlgebra, a: Quotient) -> Quotient:
    """sin a = -I (z - 1/z)/2."""
    if c.plain_angles and not a.is_zero:
        return _plain_angle(c, a)[0]
    z, w = _turn(c, a)
    difference = c.ring.add(z, c.ring.scaled(w, fmpq(-1)))
    return c.ring.scaled(c.ring.mul(c.unity(Fraction(1, 2)), difference), fmpq(-1, 2))


def _plain_angle(c: KernelAlgebra, a: Quotient) -> tuple[Quotient, Quotient]:
    """(sin a, cos a) as kernels."""
    ring = c.ring
    sign = 1
    if a.num.leading_coefficient() < 0:
        a, sign = ring.scaled(a, fmpq(-1)), -1
    known = {"real": c.signs.is_real(a), "depends": c.dependence(a)}
    text, identity = ring.text_of(a), ring.identity_of(a)
    cosine = ring.of(
        ring.kernel(f"cos:{identity}", f"cos({text})", "function", meaning=(sp.cos, (a,)), **known)
    )
    sine = ring.kernel(
        f"sin:{identity}",
        f"sin({text})",
        "function",
        degree=2,
        numerator=ring.one_poly - cosine.num**2,
        denominator=ring.one_poly,
        meaning=(sp.sin, (a,)),
        **known,
    )
    return ring.scaled(ring.of(sine), fmpq(sign)), cosine


def hyperbolic(c: KernelAlgebra, a: Quotient) -> tuple[Quotient, Quotient]:
    """(cosh a, sinh a)."""
    z = c.exponential(a)
    w = c.ring.inverse(z)
    half = fmpq(1, 2)
    return (
        c.ring.scaled(c.ring.add(z, w), half),
        c.ring.scaled(c.ring.add(z, c.ring.scaled(w, fmpq(-1))), half),
    )


def absolute(c: KernelAlgebra, a: Quotient) -> Quotient | None:
    """|a|: a, -a, the root of a**2, or of a times its conjugate."""
    sign = c.signs.weak(a)
    if sign:
        return c.ring.scaled(a, fmpq(sign))
    if c.signs.is_real(a):
        return c.square_root(c.ring.mul(a, a))
    mirrored = None if c.plain_angles else c.conjugate(a)
    if mirrored is None:
        return None
    square = c.ring.rationalised(c.ring.mul(a, mirrored))
    return c.square_root(square) if c.signs.is_real(square) else None


def _part(c: KernelAlgebra, a: Quotient, *, imaginary: bool) -> Quotient | None:
    """re or im."""
    if c.signs.is_real(a):
        return c.ring.zero if imaginary else a
    mirrored = None if c.plain_angles else c.conjugate(a)
    if mirrored is None:
        return None
    half = Fraction(1, 2)
    if not imaginary:
        return c.linear((half, a), (half, mirrored))
    return c.ring.mul(c.unity(half), c.linear((-half, a), (half, mirrored)))


def _extreme(c: KernelAlgebra, side: int, *args: Quotient) -> Quotient | None:
    """max(a, b) = (a + b + |a - b|)/2 for real a, b."""
    half = Fraction(1, 2)
    best = args[0]
    for a in args[1:]:
        gap = absolute(c, c.linear((1, best), (-1, a)))
        if gap is None:
            return None
        best = c.linear((half, best), (half, a), (side * half, gap))
    return best


def sign(c: KernelAlgebra, a: Quotient) -> Quotient | None:
    """sign(a) where it is known."""
    sign = c.signs.of(a)
    return c.ring.number(sign) if sign else None


def arctangent(c: KernelAlgebra, a: Quotient) -> Quotient | None:
    """atan a = (I/2) (log(1 - I a) - log(1 + I a)) for real a."""
    if not c.signs.is_real(a):
        return None
    i = c.unity(Fraction(1, 2))
    turned = c.ring.mul(i, a)
    one = c.ring.one
    below = c.logarithm(c.linear((1, one), (-1, turned)))
    above = c.logarithm(c.linear((1, one), (1, turned)))
    return c.ring.mul(i, c.linear((Fraction(1, 2), below), (Fraction(-1, 2), above)))


def arcsine(c: KernelAlgebra, a: Quotient) -> Quotient | None:
    """asin a = -I log(I a + sqrt(1 - a**2)) for real a."""
    if not c.signs.is_real(a):
        return None
    i = c.unity(Fraction(1, 2))
    root = c.square_root(c.linear((1, c.ring.one), (-1, c.ring.mul(a, a))))
    log = c.logarithm(c.ring.add(c.ring.mul(i, a), root))
    return c.ring.scaled(c.ring.mul(i, log), fmpq(-1))


_Rule = Callable[..., "Quotient | None"]


def _lambert(c: KernelAlgebra, a: Quotient, branch: Quotient | None = None) -> Quotient | None:
    if branch is not None and not branch.is_zero:
        return None
    sign = c.signs.of(a)
    kernel = c.ring.kernel(
        "LambertW:" + c.ring.identity_of(a),
        f"LambertW({c.ring.text_of(a)})",
        "function",
        real=sign > 0,
        positive=sign > 0,
        depends=c.dependence(a),
        meaning=(sp.LambertW, (a,)),
    )
    return c.ring.of(kernel)


def _log(c: KernelAlgebra, a: Quotient, base: Quotient | None = None) -> Quotient:
    return c.logarithm(a) if base is None else c.over(c.logarithm(a), c.logarithm(base))


def _area_sine(c: KernelAlgebra, a: Quotient) -> Quotient | None:
    if not c.signs.is_real(a):
        return None
    root = c.square_root(c.linear((1, c.ring.one), (1, c.ring.mul(a, a))))
    return c.logarithm(c.ring.add(a, root))


def _area_cosine(c: KernelAlgebra, a: Quotient) -> Quotient | None:
    if not c.signs.is_real(a):
        return None
    roots = [c.square_root(c.linear((1, a), (s, c.ring.one))) for s in (1, -1)]
    return c.logarithm(c.ring.add(a, c.ring.mul(*roots)))


def _area_tangent(c: KernelAlgebra, a: Quotient) -> Quotient | None:
    if not c.signs.is_real(a):
        return None
    logs = [c.logarithm(c.linear((1, c.ring.one), (s, a))) for s in (1, -1)]
    return c.linear((Fraction(1, 2), logs[0]), (Fraction(-1, 2), logs[1]))


def _arccosine(c: KernelAlgebra, a: Quotient) -> Quotient | None:
    sine = arcsine(c, a)
    return None if sine is None else c.linear((Fraction(1, 2), c.constant(sp.pi)), (-1, sine))


def _of_inverse(rule: _Rule) -> _Rule:
    return lambda c, a: rule(c, c.ring.inverse(a))


ELEMENTARY_RULES: Mapping[type, _Rule] = {
    sp.exp: KernelAlgebra.exponential,
    sp.log: _log,
    sp.sin: sine,
    sp.cos: cosine,
    sp.tan: lambda c, a: c.over(sine(c, a), cosine(c, a)),
    sp.cot: lambda c, a: c.over(cosine(c, a), sine(c, a)),
    sp.sec: lambda c, a: c.ring.inverse(cosine(c, a)),
    sp.csc: lambda c, a: c.ring.inverse(sine(c, a)),
    sp.cosh: lambda c, a: hyperbolic(c, a)[0],
    sp.sinh: lambda c, a: hyperbolic(c, a)[1],
    sp.tanh: lambda c, a: c.over(*reversed(hyperbolic(c, a))),
    sp.coth: lambda c, a: c.over(*hyperbolic(c, a)),
    sp.sech: lambda c, a: c.ring.inverse(hyperbolic(c, a)[0]),
    sp.csch: lambda c, a: c.ring.inverse(hyperbolic(c, a)[1]),
    sp.atan: arctangent,
    sp.asin: arcsine,
    sp.acos: _arccosine,
    sp.acot: _of_inverse(arctangent),
    sp.asinh: _area_sine,
    sp.acosh: _area_cosine,
    sp.atanh: _area_tangent,
    sp.acoth: _of_inverse(_area_tangent),
    sp.Abs: absolute,
    sp.sign: sign,
    sp.re: lambda c, a: _part(c, a, imaginary=False),
    sp.im: lambda c, a: _part(c, a, imaginary=True),
    sp.conjugate: lambda c, a: a if c.signs.is_real(a) else c.conjugate(a),
    sp.LambertW: _lambert,
    sp.sinc: lambda c, a: c.ring.one if a.is_zero else c.over(sine(c, a), a),
    sp.Max: lambda c, *a: _extreme(c, 1, *a),
    sp.Min: lambda c, *a: _extreme(c, -1, *a),
}
