"""Signs of polynomials in kernels, from what is known about the kernels and the domain.

Main definition: `Signs`.
"""

from __future__ import annotations

from flint import fmpq, fmpq_mpoly

from derivax.symbolic.exact.kernel_ring import KernelRing, Quotient

__all__ = ["Signs"]

_FACT_TERMS = 12


class Signs:
    """Decides signs soundly: an answer holds for all values of the domain, 0 says unknown.

    A polynomial is positive if every term is nonnegative and one is positive (products of positive
    kernels, nonnegative ones and squares of real ones), or if it is a positive multiple of a known
    positive polynomial (s - u0 > 0 from the domain) plus such terms.
    """

    def __init__(self, ring: KernelRing) -> None:
        self._ring = ring
        self._facts: list[tuple[fmpq_mpoly, bool]] = []

    def learn(self, a: Quotient, strict: bool) -> None:
        """Take a > 0 (or a >= 0) for granted."""
        below = self.of_poly(a.den)
        if below and len(a.num) <= _FACT_TERMS and not a.num.is_constant():
            self._facts.append((a.num * below, strict))

    def is_real_poly(self, poly: fmpq_mpoly) -> bool:
        """Whether all kernels of the polynomial are real."""
        return all(kernel.real for kernel in self._ring.used(poly))

    def is_real(self, a: Quotient) -> bool:
        """Whether all kernels of the quotient are real."""
        return self.is_real_poly(a.num) and self.is_real_poly(a.den)

    def of(self, a: Quotient) -> int:
        """+1 for a > 0, -1 for a < 0, 0 if unknown."""
        return self.of_poly(a.num) * self.of_poly(a.den)

    def of_poly(self, poly: fmpq_mpoly) -> int:
        """+1 for > 0, -1 for < 0, 0 if unknown."""
        return 1 if self._is_at_least(poly)[1] else -1 if self._is_at_least(-poly)[1] else 0

    def weak(self, a: Quotient) -> int:
        """+1 for a >= 0, -1 for a <= 0, 0 if unknown."""
        return self.weak_of_poly(a.num) * self.of_poly(a.den)

    def weak_of_poly(self, poly: fmpq_mpoly) -> int:
        """+1 for >= 0, -1 for <= 0, 0 if unknown."""
        return 1 if self._is_at_least(poly)[0] else -1 if self._is_at_least(-poly)[0] else 0

    def _is_at_least(self, poly: fmpq_mpoly) -> tuple[bool, bool]:
        """(>= 0 is known, > 0 is known)."""
        nonnegative, strict = self._by_terms(poly)
        if nonnegative and strict:
            return True, True
        terms = poly.to_dict() if self._facts else {}
        for fact, fact_strict in self._facts:
            for monomial, c in fact.to_dict().items():
                ratio = terms.get(monomial, fmpq(0)) / c
                if ratio <= 0:
                    continue
                rest_nonnegative, rest_strict = self._by_terms(poly - fact * ratio)
                if rest_nonnegative:
                    nonnegative = True
                    if rest_strict or fact_strict:
                        return True, True
        return nonnegative, False

    def _by_terms(self, poly: fmpq_mpoly) -> tuple[bool, bool]:
        """(every term is >= 0, some term is > 0)."""
        kernels = self._ring.kernels
        strict = False
        for monomial, c in poly.to_dict().items():
            if c < 0:
                return False, False
            term_strict = True
            for i, e in enumerate(monomial):
                if not e or kernels[i].positive:
                    continue
                if (e % 2 and not kernels[i].nonnegative) or not kernels[i].real:
                    return False, False
                term_strict = False
            strict = strict or term_strict
        return True, strict
