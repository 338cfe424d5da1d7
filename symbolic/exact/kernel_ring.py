"""Quotients of polynomials over Q in kernels, with algebraic relations between the kernels.

A *kernel* is a generator that stands for something that is not a rational function: a symbol, exp
of a monomial, a logarithm, a root, an unknown function.  A root r carries a relation r**n = P/Q and
the root of unity its cyclotomic polynomial; numerators are reduced by these relations, so that an
expression over the kernels is zero if its reduced numerator is the zero polynomial.

Every operation is guarded: beyond a number of terms, a degree or a time limit `RefusesForm` is
raised instead of computing for hours.

Main definitions: `KernelRing`, `Kernel`, `Quotient`, `RefusesForm`.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx, fmpz

from derivax.symbolic.exact.patience import check

__all__ = ["Kernel", "KernelRing", "Quotient", "RefusesForm", "TooManyKernels"]

_PRODUCT_LIMIT = 400_000
"""Largest product of the term counts of two factors."""
_GCD_LIMIT = 40_000
_TERM_LIMIT = 20_000
_POWER_LIMIT = 400


class RefusesForm(Exception):
    """The expression is outside the class of the normal form, or too large for it."""


class TooManyKernels(Exception):
    """The polynomial ring has to be rebuilt with more generators."""


@dataclass
class Kernel:
    """A generator: `identity` names its meaning (equal meaning, equal identity), `text` shows it.

    `real`, `positive`, `nonnegative`: known for all values of the domain.  `relation`: (degree n,
    P, Q) for r**n = P/Q, or (degree n, rests) with `rests[k]` the reduced form of r**k.  `meaning`:
    what the kernel was made from, for the rules.
    """

    index: int
    identity: str
    text: str
    kind: str
    real: bool = False
    positive: bool = False
    nonnegative: bool = False
    degree: int = 0
    numerator: fmpq_mpoly | None = None
    denominator: fmpq_mpoly | None = None
    minimal: tuple[int, ...] = ()
    depends: frozenset[int] = frozenset()
    meaning: Any = None


@dataclass(frozen=True)
class Quotient:
    """numerator / denominator, without common factor (as far as the limits allow)."""

    num: fmpq_mpoly
    den: fmpq_mpoly = field(repr=False)

    @property
    def is_zero(self) -> bool:
        """Whether the numerator is the zero polynomial."""
        return bool(self.num.is_zero())

    @property
    def is_polynomial(self) -> bool:
        """Whether the denominator is 1."""
        return bool(self.den.is_one())

    def constant(self) -> fmpq | None:
        """The rational number that it is, or None."""
        if self.is_zero:
            return fmpq(0)
        if self.is_polynomial and self.num.is_constant():
            return self.num.leading_coefficient()
        return None


class KernelRing:
    """The ring: kernels by identity, arithmetic of quotients, reduction by relations."""

    def __init__(self, capacity: int, deadline: float) -> None:
        names = [f"k{i}" for i in range(capacity)]
        self.context = fmpq_mpoly_ctx.get(names, Ordering.degrevlex)
        self._generators = self.context.gens()
        self.capacity, self.deadline = capacity, deadline
        self.kernels: list[Kernel] = []
        self._by_identity: dict[str, Kernel] = {}
        self._algebraic: list[Kernel] = []
        self.one_poly = self.context.constant(1)
        self.zero = Quotient(self.context.constant(0), self.one_poly)
        self.one = Quotient(self.one_poly, self.one_poly)

    # ---- kernels ------------------------------------------------------------------------

    def find(self, identity: str) -> Kernel | None:
        """The kernel with this identity, if there is one."""
        return self._by_identity.get(identity)

    def kernel(self, identity: str, text: str, kind: str, **facts: Any) -> Kernel:
        """The kernel with this identity, made if it is new."""
        known = self._by_identity.get(identity)
        if known is not None:
            return known
        if len(self.kernels) >= self.capacity:
            raise TooManyKernels
        made = Kernel(len(self.kernels), identity, text, kind, **facts)
        self.kernels.append(made)
        self._by_identity[identity] = made
        if made.degree:
            self._algebraic.append(made)
        return made

    def generator(self, kernel: Kernel) -> fmpq_mpoly:
        """The kernel as a polynomial."""
        return self._generators[kernel.index]

    def of(self, kernel: Kernel) -> Quotient:
        """The kernel as a quotient."""
        return Quotient(self.generator(kernel), self.one_poly)

    def number(self, p: int | fmpz, q: int | fmpz = 1) -> Quotient:
        """A rational number."""
        return Quotient(self.context.constant(fmpq(p, q)), self.one_poly)

    def polynomial(self, terms: dict[tuple[int, ...], fmpq]) -> fmpq_mpoly:
        """The polynomial with the given terms."""
        return self.context.from_dict(terms)

    def used(self, *polynomials: fmpq_mpoly) -> list[Kernel]:
        """The kernels that occur."""
        indices: set[int] = set()
        for p in polynomials:
            indices.update(i for i, d in enumerate(p.degrees()) if d > 0)
        return [self.kernels[i] for i in sorted(indices)]

    # ---- arithmetic ---------------------------------------------------------------------

    def _check(self) -> None:
        check()
        if time.monotonic() > self.deadline:
            raise RefusesForm("the normal form takes too long")

    def times(self, a: fmpq_mpoly, b: fmpq_mpoly) -> fmpq_mpoly:
        """Guarded product of polynomials."""
        if len(a) * len(b) > _PRODUCT_LIMIT:
            raise RefusesForm("the polynomials become too large")
        self._check()
        return a * b

    def poly_power(self, a: fmpq_mpoly, n: int) -> fmpq_mpoly:
        """Guarded power of a polynomial."""
        if (len(a) > 1 and n > _POWER_LIMIT) or n > 100_000:
            raise RefusesForm(f"a power {n} is too high")
        if len(a) <= 1:
            return a**n
        result = self.one_poly
        for bit in bin(n)[2:]:
            result = self.times(result, result)
            if bit == "1":
                result = self.times(result, a)
            if len(result) > _TERM_LIMIT:
                raise RefusesForm("the polynomials become too large")
        return result

    def quotient(self, num: fmpq_mpoly, den: fmpq_mpoly) -> Quotient:
        """num/den reduced by the relations and by the greatest common divisor."""
        num, extra = self.reduced(num)
        den, extra_below = self.reduced(den)
        if den.is_zero():
            raise RefusesForm("division by an expression that is zero")
        if not extra.is_one():
            den, _ = self.reduced(self.times(den, extra))
        if not extra_below.is_one():
            num, more = self.reduced(self.times(num, extra_below))
            if not more.is_one():
                den = self.times(den, more)
        if num.is_zero():
            return self.zero
        if len(num) > _TERM_LIMIT or len(den) > _TERM_LIMIT:
            raise RefusesForm("the polynomials become too large")
        if not den.is_one():
            if not den.is_constant() and len(num) * len(den) <= _GCD_LIMIT:
                self._check()
                common = num.gcd(den)
                if not common.is_one():
                    num, den = num / common, den / common
            lead = den.leading_coefficient()
            if lead != 1:
                num, den = num / lead, den / lead
        return Quotient(num, den)

    def add(self, a: Quotient, b: Quotient) -> Quotient:
        """a + b."""
        if a.is_polynomial and b.is_polynomial:
            return Quotient(a.num + b.num, self.one_poly)
        if a.den == b.den:
            return self.quotient(a.num + b.num, a.den)
        common = a.den.gcd(b.den) if len(a.den) * len(b.den) <= _GCD_LIMIT else self.one_poly
        left, right = b.den / common, a.den / common
        num = self.times(a.num, left) + self.times(b.num, right)
        return self.quotient(num, self.times(a.den, left))

    def mul(self, a: Quotient, b: Quotient) -> Quotient:
        """a * b."""
        return self.quotient(self.times(a.num, b.num), self.times(a.den, b.den))

    def scaled(self, a: Quotient, c: fmpq) -> Quotient:
        """c * a for a rational number."""
        return Quotient(a.num * c, a.den) if c != 0 else self.zero

    def inverse(self, a: Quotient) -> Quotient:
        """1/a; refuses if a is zero."""
        if self.reduced(a.num)[0].is_zero():
            raise RefusesForm("division by an expression that is zero")
        return self.quotient(a.den, a.num)

    def power(self, a: Quotient, n: int) -> Quotient:
        """a**n for an integer."""
        if n == 0:
            return self.one
        base = a if n > 0 else self.inverse(a)
        num, den = self.poly_power(base.num, abs(n)), self.poly_power(base.den, abs(n))
        return self.quotient(num, den)

    # ---- relations ----------------------------------------------------------------------

    def reduced(self, poly: fmpq_mpoly) -> tuple[fmpq_mpoly, fmpq_mpoly]:
        """(P, Q) with poly = P/Q by the relations, P of low degree in every algebraic kernel."""
        extra = self.one_poly
        if not self._algebraic:
            return poly, extra
        for _ in range(100):
            degrees = poly.degrees() if not poly.is_zero() else ()
            high = [k for k in self._algebraic if degrees and degrees[k.index] >= k.degree]
            if not high:
                return poly, extra
            kernel = high[-1]  # the last made contains the earlier ones in its relation
            poly, below = self._reduced_in(poly, kernel)
            extra = self.times(extra, below)
        raise RefusesForm("the relations between kernels do not terminate")

    def _reduced_in(self, poly: fmpq_mpoly, kernel: Kernel) -> tuple[fmpq_mpoly, fmpq_mpoly]:
        parts = self.coefficients(poly, kernel)
        x, n = self.generator(kernel), kernel.degree
        if kernel.minimal:
            result = self.context.constant(0)
            for k, part in parts.items():
                rest = self.context.constant(0)
                for j, c in enumerate(_power_modulo(k, kernel.minimal)):
                    rest += x**j * c
                result += self.times(part, rest)
            return result, self.one_poly
        most = max(parts) // n
        above = self.one_poly if kernel.numerator is None else kernel.numerator
        below = self.one_poly if kernel.denominator is None else kernel.denominator
        result = self.context.constant(0)
        for k, part in parts.items():
            factor = self.times(
                self.poly_power(above, k // n), self.poly_power(below, most - k // n)
            )
            result += self.times(self.times(part, factor), x ** (k % n))
        return result, self.poly_power(below, most)

    def coefficients(self, poly: fmpq_mpoly, kernel: Kernel) -> dict[int, fmpq_mpoly]:
        """{k: coefficient of kernel**k}."""
        i = kernel.index
        parts: dict[int, dict[tuple[int, ...], fmpq]] = {}
        for monomial, c in poly.to_dict().items():
            rest = (*monomial[:i], 0, *monomial[i + 1 :])
            parts.setdefault(int(monomial[i]), {})[rest] = c
        return {k: self.context.from_dict(terms) for k, terms in parts.items()}

    def rationalised(self, a: Quotient) -> Quotient:
        """An equal quotient with square roots and I moved out of the denominator."""
        for _ in range(4):
            square = [
                k
                for k in self.used(a.den)
                if k.degree == 2 and (not k.minimal or k.minimal == (1, 0))
            ]
            if a.is_polynomial or not square:
                return a
            kernel = square[-1]
            parts = self.coefficients(a.den, kernel)
            x, zero = self.generator(kernel), self.context.constant(0)
            conjugate = parts.get(0, zero) - parts.get(1, zero) * x
            if self.reduced(self.times(conjugate, a.den))[0].is_zero():
                return a
            num, den = self.times(a.num, conjugate), self.times(a.den, conjugate)
            rewritten = self.quotient(num, den)
            if rewritten == a:
                return a
            a = rewritten
        return a

    # ---- identity and text --------------------------------------------------------------

    def identity_of(self, a: Quotient) -> str:
        """A short text that two quotients share exactly if they are equal as quotients."""
        content = f"{self._poly_identity(a.num)}/{self._poly_identity(a.den)}"
        return hashlib.sha256(content.encode()).hexdigest()[:24]

    def _poly_identity(self, poly: fmpq_mpoly) -> str:
        names = [k.identity for k in self.kernels]
        terms = []
        for monomial, c in poly.to_dict().items():
            powers = sorted(f"{names[i]}^{e}" for i, e in enumerate(monomial) if e)
            terms.append(f"{c}*{'*'.join(powers)}")
        return "+".join(sorted(terms))

    def text_of(self, a: Quotient, limit: int = 160) -> str:
        """The quotient as readable text, shortened."""
        above, below = self._poly_text(a.num), self._poly_text(a.den)
        if a.is_polynomial:
            text = above
        else:
            text = f"{_bracketed(above)}/{_bracketed(below, product=True)}"
        return text if len(text) <= limit else text[: limit - 1] + "…"

    def _poly_text(self, poly: fmpq_mpoly) -> str:
        terms: list[str] = []
        for monomial, c in list(poly.to_dict().items())[:40]:
            powers = [
                _bracketed(self.kernels[i].text, product=e > 1) + (f"**{e}" if e > 1 else "")
                for i, e in enumerate(monomial)
                if e
            ]
            sign, size = ("-", -c) if c < 0 else ("+", c)
            factors = ([str(size)] if size != 1 or not powers else []) + powers
            terms += [sign, "*".join(factors)]
        text = " ".join(terms) or "0"
        return text[2:] if text.startswith("+ ") else text.replace("- ", "-", 1) if text else text


def _bracketed(text: str, product: bool = False) -> str:
    plain = " " not in text and not (product and ("*" in text or "/" in text))
    return text if plain else f"({text})"


def _power_modulo(k: int, minimal: tuple[int, ...]) -> list[int]:
    """Coefficients of x**k modulo the monic polynomial x**n + sum minimal[j] x**j."""
    n = len(minimal)
    coefficients = [1] + [0] * (n - 1)
    for _ in range(k):
        top = coefficients[-1]
        shifted = [0, *coefficients[:-1]]
        coefficients = [s - top * m for s, m in zip(shifted, minimal, strict=True)]
    return coefficients


def as_fraction(c: fmpq) -> Fraction:
    """A flint rational as a Fraction."""
    return Fraction(int(c.p), int(c.q))
