"""Kernels and the identities between them that always hold.

exp(sum c_i m_i) becomes a product of powers of exp(m_i / L): the exponent is expanded into
monomials m_i over Q, so exp(x + y), exp(x) exp(y) and exp(2x) = exp(x)**2 share kernels.  Powers
with symbolic exponents become exp(e log b).

Logarithms and roots are split only where principal values allow it: log(p z) = log p + log z and
(p z)**r = p**r z**r need p > 0, which must follow from the assumptions of the symbols or from the
domain.  So sqrt(x**2) is x for positive x, and its own kernel (with square x**2) for real x.

Main definitions: `KernelAlgebra`, `NeedsRoots`.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor, gcd, lcm

import sympy as sp
from flint import fmpq, fmpq_mpoly, fmpz, fmpz_poly
from sympy import Basic

from derivax.symbolic.exact.kernel_ring import (
    Kernel,
    KernelRing,
    Quotient,
    RefusesForm,
    as_fraction,
)
from derivax.symbolic.exact.kernel_signs import Signs

__all__ = ["KernelAlgebra", "NeedsRoots", "as_flint"]

_EXPONENT_LIMIT = 2000
_FACTOR_TERMS = 80
_FACTOR_DEGREE = 60
_PRIME_BITS = 80
_ORDER_LIMIT = 48


class NeedsRoots(Exception):
    """A finer root of a kernel is needed than this pass assumed; the table now says so."""


class KernelAlgebra:
    """Powers, exponentials and logarithms of quotients, over a ring of kernels.

    `roots` is the table {identity: L} of kernels used as base**(1/L).  `plain_angles` keeps sin a
    and cos a as kernels, with sin(a)**2 = 1 - cos(a)**2, instead of writing them as exponentials:
    less is recognised, but results look as one would write them.
    """

    def __init__(
        self, ring: KernelRing, roots: dict[str, int], *, plain_angles: bool = False
    ) -> None:
        self.ring, self._roots = ring, roots
        self.signs = Signs(ring)
        self.plain_angles = plain_angles

    # ---- combinations -------------------------------------------------------------------

    def over(self, a: Quotient, b: Quotient) -> Quotient:
        """a / b."""
        return self.ring.mul(a, self.ring.inverse(b))

    def linear(self, *parts: tuple[int | Fraction, Quotient]) -> Quotient:
        """A rational combination."""
        total = self.ring.zero
        for c, part in parts:
            total = self.ring.add(total, self.ring.scaled(part, as_flint(Fraction(c))))
        return total

    def square_root(self, a: Quotient) -> Quotient:
        """The principal square root."""
        return self.rational_power(a, Fraction(1, 2))

    def constant(self, number: Basic) -> Quotient:
        """A positive transcendental constant: pi, EulerGamma, Catalan."""
        name = str(number)
        facts = {"real": True, "positive": True, "meaning": number}
        return self.ring.of(self.ring.kernel(f"const:{name}", name, "number", **facts))

    # ---- unknown functions --------------------------------------------------------------

    def opaque(self, expr: Basic, args: Sequence[Quotient]) -> Quotient:
        """The value of an expression's head as an unknown function of its arguments."""
        return self.function(type(expr), args)

    def function(self, head: type, args: Sequence[Quotient]) -> Quotient:
        """An unknown function of canonical arguments, odd ones with a canonical sign."""
        ring = self.ring
        args = [ring.rationalised(a) for a in args]
        sign = 1
        if head in _ODD and args[0].num.leading_coefficient() < 0:
            args, sign = [ring.scaled(args[0], fmpq(-1))], -1
        real = head in _REAL and all(self.signs.is_real(a) for a in args)
        positive = real and head in _POSITIVE_OF_POSITIVE and self.signs.of(args[-1]) > 0
        identity = f"{head.__module__}.{head.__qualname__}:" + ",".join(
            ring.identity_of(a) for a in args
        )
        text = f"{head.__name__}({', '.join(ring.text_of(a) for a in args)})"
        kernel = ring.kernel(
            identity,
            text,
            "function",
            real=real,
            positive=positive,
            depends=self.dependence(*args),
            meaning=(head, tuple(args)),
        )
        return ring.scaled(ring.of(kernel), fmpq(sign))

    def dependence(self, *args: Quotient) -> frozenset[int]:
        direct = self.ring.used(*[p for a in args for p in (a.num, a.den)])
        return frozenset(k.index for k in direct).union(*(k.depends for k in direct))

    # ---- roots of unity, roots, powers ------------------------------------------------------

    def fineness(self, identity: str, denominator: int, least: int = 1) -> int:
        """L for which the kernel base**(1/L) is used in this pass."""
        have = self._roots.setdefault(identity, lcm(least, denominator))
        if have % denominator:
            self._roots[identity] = lcm(have, denominator)
            raise NeedsRoots
        return have

    def unity(self, r: Fraction) -> Quotient:
        """exp(I pi r): by square roots for multiples of pi/12, else as a power of exp(I pi / L),
        whose relation is its cyclotomic polynomial."""
        if r.denominator in (3, 4, 6, 12):
            turns = int(r * 12) % 24
            return self.ring.power(self._twelfth(), turns)
        order = self.fineness("unity", r.denominator, least=2)
        if order > _ORDER_LIMIT:
            raise RefusesForm(f"roots of unity of order {2 * order}")
        cyclotomic = [int(c) for c in fmpz_poly.cyclotomic(2 * order).coeffs()]
        text = "I" if order == 2 else f"exp(I*pi/{order})"
        kernel = self.ring.kernel(
            f"unity:{order}",
            text,
            "unity",
            degree=len(cyclotomic) - 1,
            minimal=tuple(cyclotomic[:-1]),
            meaning=order,
        )
        return self.ring.power(self.ring.of(kernel), int(r * order) % (2 * order))

    def _twelfth(self) -> Quotient:
        """exp(I pi/12) = (sqrt 6 + sqrt 2)/4 + I (sqrt 6 - sqrt 2)/4."""
        six, two = (self.square_root(self.ring.number(n)) for n in (6, 2))
        quarter = Fraction(1, 4)
        cosine = self.linear((quarter, six), (quarter, two))
        sine = self.linear((quarter, six), (-quarter, two))
        return self.ring.add(cosine, self.ring.mul(self.unity(Fraction(1, 2)), sine))

    def root(self, base: Quotient, r: Fraction, *, real: bool, positive: bool) -> Quotient:
        """The principal value base**r as an integer power of base times a root below 1."""
        ring = self.ring
        whole = floor(r)
        result = ring.power(base, whole)
        if r == whole:
            return result
        identity = "root:" + ring.identity_of(base)
        order = self.fineness(identity, r.denominator)
        text = ring.text_of(base)
        kernel = ring.kernel(
            f"{identity}:{order}",
            f"sqrt({text})" if order == 2 else f"({text})**(1/{order})",
            "root",
            real=real,
            positive=positive,
            nonnegative=real,  # a real root here is one of a nonnegative base
            degree=order,
            numerator=base.num,
            denominator=base.den,
            depends=self.dependence(base),
            meaning=(base, order),
        )
        return ring.mul(result, ring.power(ring.of(kernel), int((r - whole) * order)))

    def raised(self, base: Quotient, exponent: Quotient) -> Quotient:
        """base**exponent: a power, a root, or exp(exponent * log(base))."""
        constant = exponent.constant()
        if constant is None:
            if base.is_zero:
                raise RefusesForm("zero to a symbolic power")
            return self.exponential(self.ring.mul(exponent, self.logarithm(base)))
        r = as_fraction(constant)
        if r.denominator == 1:
            return self.ring.power(base, r.numerator)
        return self.rational_power(base, r)

    def rational_power(self, base: Quotient, r: Fraction) -> Quotient:
        """The principal value of base**r, positive factors split off."""
        if r.denominator == 1:
            return self.ring.power(base, r.numerator)
        if base.is_zero:
            if r < 0:
                raise RefusesForm("zero to a negative power")
            return self.ring.zero
        result = self.ring.one
        primes, positive, rest = self._decomposed(base)
        for prime, e in primes:
            number = self.ring.number(prime)
            result = self.ring.mul(result, self.root(number, e * r, real=True, positive=True))
        for factor, e, strict in positive:
            result = self.ring.mul(result, self._positive_power(factor, e * r, strict))
        constant = rest.constant()
        if constant is None:
            return self.ring.mul(result, self.root(rest, r, real=False, positive=False))
        return result if constant == 1 else self.ring.mul(result, self.unity(r))

    def _positive_power(self, factor: fmpq_mpoly, r: Fraction, strict: bool) -> Quotient:
        kernel = self._single(factor)
        if kernel is not None and kernel.kind == "exp":
            term, order = kernel.meaning
            return self.exponential(self.ring.scaled(term, as_flint(r / order)))
        if kernel is not None and kernel.kind == "root":
            base, order = kernel.meaning
            return self.root(base, r / order, real=True, positive=True)
        base = Quotient(factor, self.ring.one_poly)
        return self.root(base, r, real=True, positive=strict)

    def _single(self, factor: fmpq_mpoly) -> Kernel | None:
        """The kernel that a polynomial is, if it is one to the first power."""
        if len(factor) != 1 or factor.total_degree() != 1 or factor.leading_coefficient() != 1:
            return None
        return self.ring.used(factor)[0]

    def _decomposed(
        self, base: Quotient
    ) -> tuple[list[tuple[fmpz, int]], list[tuple[fmpq_mpoly, int, bool]], Quotient]:
        """base = product of primes**e * product of positive polynomials**e * rest.

        The flag of a positive factor is False if it is only nonnegative (the square of a real
        polynomial of unknown sign, for one).  rest is 1, -1 or has unknown sign.
        """
        ring = self.ring
        base = ring.rationalised(base)
        constant, sign = fmpq(1), 1
        positive: list[tuple[fmpq_mpoly, int, bool]] = []
        rest = ring.one
        for poly, direction in ((base.num, 1), (base.den, -1)):
            content, factors = self._factored(poly)
            constant = constant * content if direction > 0 else constant / content
            for factor, multiplicity in factors:
                e = direction * multiplicity
                strict = self.signs.of_poly(factor)
                known = strict or self.signs.weak_of_poly(factor)
                if known:
                    positive.append((factor if known > 0 else -factor, e, bool(strict)))
                    sign *= known if e % 2 else 1
                    continue
                if self.signs.is_real_poly(factor):
                    if e // 2:
                        positive.append((factor * factor, e // 2, False))
                    e %= 2
                rest = ring.mul(rest, ring.power(Quotient(factor, ring.one_poly), e))
        if constant < 0:
            constant, sign = -constant, -sign
        primes = _prime_powers(constant.p, 1) + _prime_powers(constant.q, -1)
        return primes, positive, rest if sign > 0 else ring.scaled(rest, fmpq(-1))

    def sign_of(self, a: Quotient) -> tuple[int, bool]:
        """(sign, strict): +1 for >= 0, -1 for <= 0, 0 if unknown; strict if zero is excluded.

        Judged factor by factor, so u0*s - u0**2 is positive where 0 < u0 < s.
        """
        sign, strict = 1, True
        for poly in (a.num, a.den):
            if poly.is_zero():
                return 0, False
            content, factors = self._factored(poly)
            sign *= 1 if content > 0 else -1
            for factor, multiplicity in factors:
                known = self.signs.of_poly(factor)
                if not known:
                    strict = False
                    known = self.signs.weak_of_poly(factor)
                if not known and multiplicity % 2 == 0 and self.signs.is_real_poly(factor):
                    known = 1
                if not known:
                    return 0, False
                sign *= known**multiplicity
        return sign, strict

    def _factored(self, poly: fmpq_mpoly) -> tuple[fmpq, list[tuple[fmpq_mpoly, int]]]:
        if poly.is_constant():
            return poly.leading_coefficient(), []
        if len(poly) <= _FACTOR_TERMS and poly.total_degree() <= _FACTOR_DEGREE:
            content, factors = poly.factor()
            return content, [(f, int(e)) for f, e in factors]
        lead = poly.leading_coefficient()
        return lead, [(poly / lead, 1)]

    # ---- exponentials and logarithms --------------------------------------------------------

    def exponential(self, a: Quotient) -> Quotient:
        """exp(a), with a expanded into monomials over Q."""
        ring = self.ring
        a = ring.rationalised(a)
        whole, proper = (a.num, None) if a.is_polynomial else divmod(a.num, a.den)
        if len(a.num) > 200:
            raise RefusesForm("an exponent with too many terms")
        result = ring.one
        for part, den in ((whole, ring.one_poly), (proper, a.den)):
            if part is None:
                continue
            for monomial, c in part.to_dict().items():
                term = Quotient(ring.polynomial({monomial: fmpq(1)}), ring.one_poly)
                if not den.is_one():
                    term = ring.quotient(term.num, den)
                result = ring.mul(result, self.exp_term(as_fraction(c), term))
        return result

    def exp_term(self, c: Fraction, term: Quotient) -> Quotient:
        """exp(c * term) for a monomial, or a monomial over a denominator."""
        ring = self.ring
        special = self._special_exp(c, term) if term.is_polynomial else None
        if special is not None:
            return special
        identity = "exp:" + ring.identity_of(term)
        order = self.fineness(identity, c.denominator)
        if abs(c * order) > _EXPONENT_LIMIT:
            raise RefusesForm(f"a coefficient {c} in an exponent is too large")
        if self._is_half_turn(term):
            return self._turn_kernel(identity, term, order, int(c * order))
        real = self.signs.is_real(term)
        shown = ring.scaled(term, fmpq(1, order))
        new = ring.find(f"{identity}:{order}") is None
        kernel = ring.kernel(
            f"{identity}:{order}",
            f"exp({ring.text_of(shown)})",
            "exp",
            real=real,
            positive=real,
            depends=self.dependence(term),
            meaning=(term, order),
        )
        if new and real:  # exp(a) - 1 has the sign of a
            strict = self.signs.of(term)
            sign = strict or self.signs.weak(term)
            if sign:
                above = self.linear((sign, ring.of(kernel)), (-sign, ring.one))
                self.signs.learn(above, bool(strict))
        return ring.power(ring.of(kernel), int(c * order))

    def _is_half_turn(self, term: Quotient) -> bool:
        """Whether the term is I*pi times a product of integers, so that exp(term)**2 = 1."""
        if not term.is_polynomial or len(term.num) != 1:
            return False
        imaginary = False
        circle = False
        for kernel in self.ring.used(term.num):
            power = int(term.num.degrees()[kernel.index])
            if kernel.kind == "unity":
                imaginary = 2 * power == kernel.meaning
            elif kernel.identity == "const:pi":
                circle = power == 1
            elif kernel.kind != "symbol" or kernel.meaning.is_integer is not True:
                return False
        return imaginary and circle

    def _turn_kernel(self, identity: str, term: Quotient, order: int, power: int) -> Quotient:
        """exp(term/order) for a half turn: a root of unity of order 2*order."""
        ring = self.ring
        kernel = ring.kernel(
            f"{identity}:{order}",
            f"exp({ring.text_of(ring.scaled(term, fmpq(1, order)))})",
            "exp",
            real=order == 1,
            degree=2 * order,
            numerator=ring.one_poly,
            denominator=ring.one_poly,
            depends=self.dependence(term),
            meaning=(term, order),
        )
        return ring.power(ring.of(kernel), power % (2 * order))

    def conjugate(self, a: Quotient) -> Quotient | None:
        """The complex conjugate, where that of every kernel is known; None else."""
        parts = []
        for poly in (a.num, a.den):
            total = self.ring.zero
            for monomial, coefficient in poly.to_dict().items():
                product = Quotient(self.ring.context.constant(coefficient), self.ring.one_poly)
                for index, power in enumerate(monomial):
                    if power:
                        mirrored = self._mirrored(self.ring.kernels[index])
                        if mirrored is None:
                            return None
                        product = self.ring.mul(product, self.ring.power(mirrored, int(power)))
                total = self.ring.add(total, product)
            parts.append(total)
        return self.over(*parts)

    def _mirrored(self, kernel: Kernel) -> Quotient | None:
        """The conjugate of a kernel: real ones, roots of unity, exponentials, entire functions."""
        if kernel.real:
            return self.ring.of(kernel)
        if kernel.kind == "unity":
            return self.ring.inverse(self.ring.of(kernel))
        if kernel.kind == "exp":
            term, order = kernel.meaning
            turned = self.conjugate(term)
            if turned is None:
                return None
            return self.exponential(self.ring.scaled(turned, fmpq(1, order)))
        if kernel.kind == "function" and kernel.meaning[0] in _REFLECTING:
            args = [self.conjugate(a) for a in kernel.meaning[1]]
            if any(a is None for a in args):
                return None
            return self.function(kernel.meaning[0], [a for a in args if a is not None])
        return None

    def _special_exp(self, c: Fraction, term: Quotient) -> Quotient | None:
        """exp(c log b) = b**c, exp(c W(y)) = (y/W)**c, exp(c I pi) = a root of unity."""
        degrees = [(self.ring.kernels[i], d) for i, d in enumerate(term.num.degrees()) if d > 0]
        if len(degrees) == 1 and degrees[0][1] == 1:
            kernel = degrees[0][0]
            if kernel.kind == "log":
                return self.rational_power(kernel.meaning, c)
            if kernel.kind == "function" and kernel.meaning[0] is sp.LambertW:
                if c.denominator == 1 and len(kernel.meaning[1]) == 1:
                    ratio = self.ring.mul(
                        kernel.meaning[1][0], self.ring.inverse(self.ring.of(kernel))
                    )
                    return self.ring.power(ratio, c.numerator)
        if len(degrees) == 2:
            by_kind = {k.kind: (k, d) for k, d in degrees}
            pi = self.ring.find("const:pi")
            if "unity" in by_kind and pi is not None and (pi, 1) in degrees:
                unity, power = by_kind["unity"]
                if 2 * power == unity.meaning:
                    return self.unity(c)
        return None

    def split(self, a: Quotient) -> tuple[Fraction, Fraction, Quotient] | None:
        """(c0, c, u) with a = c0 + c u: the constant term, and a direction without content.

        u has coprime integer coefficients, the first positive; c = 0 if a is a number.  None if a
        has a denominator.
        """
        if not a.is_polynomial:
            return None
        terms = a.num.to_dict()
        constant = as_fraction(terms.pop((0,) * self.ring.capacity, fmpq(0)))
        if not terms:
            return constant, Fraction(0), self.ring.zero
        rest = self.ring.polynomial(terms)
        numbers = [as_fraction(c) for c in terms.values()]
        content = Fraction(
            gcd(*(c.numerator for c in numbers)), lcm(*(c.denominator for c in numbers))
        )
        if rest.leading_coefficient() < 0:
            content = -content
        return constant, content, Quotient(rest / as_flint(content), self.ring.one_poly)

    def logarithm(self, b: Quotient) -> Quotient:
        """The principal value of log(b), positive factors split off."""
        ring = self.ring
        if b.is_zero:
            raise RefusesForm("the logarithm of zero")
        primes, positive, rest = self._decomposed(b)
        total = ring.zero
        for prime, e in primes:
            number = ring.number(prime)
            kernel = self._log_kernel(number, real=True, positive=True)
            total = ring.add(total, ring.scaled(kernel, fmpq(e)))
        for factor, e, _ in positive:
            total = ring.add(total, ring.scaled(self._positive_log(factor), fmpq(e)))
        constant = rest.constant()
        if constant is None:
            return ring.add(total, self._log_kernel(rest, real=False, positive=False))
        if constant == 1:
            return total
        return ring.add(total, ring.mul(self.unity(Fraction(1, 2)), self.constant(sp.pi)))

    def _positive_log(self, factor: fmpq_mpoly) -> Quotient:
        kernel = self._single(factor)
        if kernel is not None and kernel.kind == "exp":
            term, order = kernel.meaning
            return self.ring.scaled(term, fmpq(1, order))
        if kernel is not None and kernel.kind == "root":
            base, order = kernel.meaning
            return self.ring.scaled(self.logarithm(base), fmpq(1, order))
        argument = Quotient(factor, self.ring.one_poly)
        above_one = self.signs.of(self.linear((1, argument), (-1, self.ring.one))) > 0
        return self._log_kernel(argument, real=True, positive=above_one)

    def _log_kernel(self, argument: Quotient, *, real: bool, positive: bool) -> Quotient:
        ring = self.ring
        kernel = ring.kernel(
            "log:" + ring.identity_of(argument),
            f"log({ring.text_of(argument)})",
            "log",
            real=real,
            positive=positive,
            depends=self.dependence(argument),
            meaning=argument,
        )
        return ring.of(kernel)


def as_flint(r: Fraction) -> fmpq:
    return fmpq(r.numerator, r.denominator)


def _prime_powers(n: fmpz, direction: int) -> list[tuple[fmpz, int]]:
    if n == 1:
        return []
    if int(n).bit_length() > _PRIME_BITS:
        return [(n, direction)]
    return [(prime, direction * int(e)) for prime, e in n.factor()]


_REFLECTING = (
    sp.gamma,
    sp.erf,
    sp.airyai,
    sp.airybi,
    sp.airyaiprime,
    sp.Si,
    sp.fresnels,
    sp.fresnelc,
)
"""Heads, meromorphic on the plane, with f(conjugate z) = conjugate f(z)."""

_ODD = {sp.erf, sp.erfi, sp.Si, sp.Shi, sp.fresnels, sp.fresnelc}
_REAL = {
    *_ODD,
    *(sp.polygamma, sp.airyaiprime, sp.airybiprime, sp.Ei),
    sp.gamma,
    sp.Max,
    sp.Min,
    sp.sign,
    sp.Heaviside,
    sp.floor,
    sp.ceiling,
    sp.airyai,
    sp.airybi,
    sp.sinc,
}
_POSITIVE_OF_POSITIVE = {sp.gamma, sp.erf, sp.erfi}
