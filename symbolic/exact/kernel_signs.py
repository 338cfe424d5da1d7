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

_Monomial = tuple[int, ...]
_Terms = dict[_Monomial, fmpq]
_ONE, _ZERO = fmpq(1), fmpq(0)


class Signs:
    """Decides signs soundly: an answer holds for all values of the domain, 0 says unknown.

    A polynomial is positive if every term is nonnegative and one is positive (products of positive
    kernels, nonnegative ones and squares of real ones), or if only such terms are left after
    subtracting nonnegative multiples of known facts (s - u0 > 0 from the domain, exp(a) - 1 > 0).
    """

    def __init__(self, ring: KernelRing) -> None:
        self._ring = ring
        self._facts: list[tuple[_Terms, bool]] = []
        self._seen: set[frozenset[tuple[_Monomial, str]]] = set()
        self._known: dict[frozenset[tuple[_Monomial, str]], tuple[bool, bool]] = {}

    def learn(self, a: Quotient, strict: bool) -> None:
        """Take a > 0 (or a >= 0) for granted."""
        below = self.of_poly(a.den)
        if (
            below
            and len(a.num) <= _FACT_TERMS
            and len(self._facts) < _FACTS
            and a.constant() is None
        ):
            self._facts.append(((a.num * below).to_dict(), strict))
            self._known.clear()

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
        terms: _Terms = poly.to_dict()
        offending, strict = self._offending(terms)
        if offending is None or not self._facts:
            return offending is None, strict
        key = frozenset((m, str(c)) for m, c in terms.items())
        if key not in self._known:
            self._known[key] = self._derived(terms)
        return self._known[key]

    def _derived(self, terms: _Terms) -> tuple[bool, bool]:
        weak = False
        for depth in range(1, _SEARCH_DEPTH + 1):  # short derivations first
            self._seen = set()
            known, strict = self._search(terms, depth)
            if known and strict:
                return True, True
            weak = weak or known
            if len(self._seen) > _SEARCH_STEPS:
                break
        return weak, False

    def _search(self, terms: _Terms, depth: int) -> tuple[bool, bool]:
        """Subtract nonnegative multiples of facts until only nonnegative terms are left.

        Every step removes the first term of unknown or negative sign by a fact that has such a
        term: e**2 u - u + s becomes s after subtracting u (e - 1) and e u (e - 1), with e > 1.
        """
        offending, strict = self._offending(terms)
        if offending is None:
            return True, strict
        state = frozenset((m, str(c)) for m, c in terms.items())
        if not depth or state in self._seen or len(self._seen) > _SEARCH_STEPS:
            return False, False
        self._seen.add(state)
        monomial, c = offending
        weak = False
        for fact, fact_strict in self._facts:
            for other, d in fact.items():
                if (c > 0) != (d > 0) or any(n > m for m, n in zip(monomial, other, strict=True)):
                    continue
                cofactor = tuple(m - n for m, n in zip(monomial, other, strict=True))
                none_offends, cofactor_strict = self._offending({cofactor: _ONE})
                if none_offends is not None:
                    continue
                rest = _difference(terms, fact, cofactor, c / d)
                known, rest_strict = self._search(rest, depth - 1)
                if known and (rest_strict or (fact_strict and cofactor_strict)):
                    return True, True
                weak = weak or known
        return weak, False

    def _offending(self, terms: _Terms) -> tuple[tuple[_Monomial, fmpq] | None, bool]:
        """(a term that is not known to be >= 0, whether some term is > 0)."""
        kernels = self._ring.kernels
        strict = False
        for monomial, c in terms.items():
            if c < 0:
                return (monomial, c), False
            term_strict = True
            for kernel, e in zip(kernels, monomial, strict=False):
                if not e or kernel.positive:
                    continue
                if (e % 2 and not kernel.nonnegative) or not kernel.real:
                    return (monomial, c), False
                term_strict = False
            strict = strict or term_strict
        return None, strict


def _difference(terms: _Terms, fact: _Terms, cofactor: _Monomial, ratio: fmpq) -> _Terms:
    """terms - ratio * cofactor * fact."""
    rest = dict(terms)
    for monomial, d in fact.items():
        shifted = tuple(m + n for m, n in zip(monomial, cofactor, strict=True))
        left = rest.pop(shifted, _ZERO) - ratio * d
        if left != 0:
            rest[shifted] = left
    return rest
