"""Signs of polynomials in kernels, from what is known about the kernels and the domain.

Main definition: `Signs`.
"""

from __future__ import annotations

from flint import fmpq, fmpq_mpoly

from derivax.symbolic.exact.kernel_ring import KernelRing, Quotient

__all__ = ["Signs"]

_FACT_TERMS = 12
_FACTS = 24
_SEARCH_DEPTH = 5
_SEARCH_STEPS = 40


class Signs:
    """Decides signs soundly: an answer holds for all values of the domain, 0 says unknown.

    A polynomial is positive if every term is nonnegative and one is positive (products of positive
    kernels, nonnegative ones and squares of real ones), or if only such terms are left after
    subtracting nonnegative multiples of known facts (s - u0 > 0 from the domain, exp(a) - 1 > 0).
    """

    def __init__(self, ring: KernelRing) -> None:
        self._ring = ring
        self._facts: list[tuple[fmpq_mpoly, bool]] = []
        self._budget = 0

    def learn(self, a: Quotient, strict: bool) -> None:
        """Take a > 0 (or a >= 0) for granted."""
        below = self.of_poly(a.den)
        if (
            below
            and len(a.num) <= _FACT_TERMS
            and len(self._facts) < _FACTS
            and a.constant() is None
        ):
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
        self._budget = _SEARCH_STEPS
        return self._search(poly, _SEARCH_DEPTH)

    def _search(self, poly: fmpq_mpoly, depth: int) -> tuple[bool, bool]:
        """Subtract nonnegative multiples of facts until only nonnegative terms are left.

        Every step removes the first term of unknown or negative sign by a fact that has such a
        term: e**2 u - u + s becomes s after subtracting u (e - 1) and e u (e - 1), with e > 1.
        """
        offending, strict = self._offending(poly)
        if offending is None:
            return True, strict
        if not depth:
            return False, False
        monomial, c = offending
        weak = False
        for fact, fact_strict in self._facts:
            for other, d in fact.to_dict().items():
                rest_of = tuple(m - n for m, n in zip(monomial, other, strict=True))
                if c / d <= 0 or min(rest_of) < 0 or self._budget <= 0:
                    continue
                cofactor = self._ring.polynomial({rest_of: c / d})
                none_offends, cofactor_strict = self._offending(cofactor)
                if none_offends is not None:
                    continue
                self._budget -= 1
                known, rest_strict = self._search(poly - cofactor * fact, depth - 1)
                if known and (rest_strict or (fact_strict and cofactor_strict)):
                    return True, True
                weak = weak or known
        return weak, False

    def _offending(self, poly: fmpq_mpoly) -> tuple[tuple[tuple[int, ...], fmpq] | None, bool]:
        """(a term that is not known to be >= 0, whether some term is > 0)."""
        kernels = self._ring.kernels
        strict = False
        for monomial, c in poly.to_dict().items():
            term_strict = True
            for i, e in enumerate(monomial):
                if not e or kernels[i].positive:
                    continue
                if (e % 2 and not kernels[i].nonnegative) or not kernels[i].real:
                    return (monomial, c), False
                term_strict = False
            if c < 0:
                return (monomial, c), False
            strict = strict or term_strict
        return None, strict
