"""Rational functions of atoms and exponentials, in factored form with exact coefficients.

*Main definitions*: `Ratio` = coefficient * monomial * product of polynomial powers; `product`,
`power`, `total` (the sum over the common denominator, factored again), `TooLarge`.

*Implementation notes*: a generator is ("a", tape index) for an atom or ("e", tape index r) for
exp(r); exponents of exp generators are rational.  A polynomial is a sorted tuple of
(monomial, coefficient) without monomial content.  Sums are factored by flint over the rationals:
that is what cancels a common factor of numerator and denominator exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd, lcm
from typing import Any

import flint

from derivax.numeric.codegen.tape import Exact, exact

__all__ = [
    "Generator",
    "Monomial",
    "Polynomial",
    "Ratio",
    "TooLarge",
    "has_exponential",
    "power",
    "product",
    "total",
]

TERM_LIMIT = 72
MOST_GENERATORS = 16
HIGHEST_POWER = 12
KEPT_POWER = 3  # a polynomial without exponentials to this power is not multiplied out

Generator = tuple[str, int]
Monomial = tuple[tuple[Generator, Exact], ...]
Polynomial = tuple[tuple[Monomial, Exact], ...]


class TooLarge(Exception):
    """The expanded form has more terms than are worth rewriting."""


@dataclass(frozen=True)
class Ratio:
    """coefficient * product of generator^power * product of polynomial^power."""

    coefficient: Exact = 1
    monomial: Mapping[Generator, Exact] = field(default_factory=dict)
    factors: Mapping[Polynomial, int] = field(default_factory=dict)

    def exponential_factors(self) -> dict[Polynomial, int]:
        return {p: n for p, n in self.factors.items() if has_exponential(p)}


def has_exponential(polynomial: Polynomial) -> bool:
    return any(g[0] == "e" for monomial, _ in polynomial for g, _ in monomial)


def _merge(parts: Iterable[Mapping[Any, Any]]) -> dict[Any, Any]:
    merged: dict[Any, Any] = {}
    for part in parts:
        for key, n in part.items():
            merged[key] = exact(merged.get(key, 0) + n)
    return {key: n for key, n in merged.items() if n}


def product(ratios: Sequence[Ratio]) -> Ratio:
    coefficient: Exact = 1
    if sum(len(r.monomial) + len(r.factors) for r in ratios) > 2 * MOST_GENERATORS:
        raise TooLarge
    for r in ratios:
        coefficient *= r.coefficient
    return Ratio(
        exact(coefficient), _merge(r.monomial for r in ratios), _merge(r.factors for r in ratios)
    )


def power(ratio: Ratio, n: int) -> Ratio:
    if not ratio.coefficient and n < 0:
        raise TooLarge
    return Ratio(
        exact(Fraction(ratio.coefficient) ** n),
        {g: exact(k * n) for g, k in ratio.monomial.items()},
        {p: k * n for p, k in ratio.factors.items()},
    )


def total(ratios: Sequence[Ratio]) -> Ratio:
    """The sum, over the common denominator, in factored form."""
    ratios = [r for r in ratios if r.coefficient]
    if not ratios:
        return Ratio(0)
    if len({g for r in ratios for g in r.monomial}) > MOST_GENERATORS:
        raise TooLarge
    low_monomial = _lowest([r.monomial for r in ratios])
    low_factors = _lowest([r.factors for r in ratios])
    summed: dict[Monomial, Exact] = {}
    for r in ratios:
        rest = _merge([r.monomial, {g: -n for g, n in low_monomial.items()}])
        terms: dict[Monomial, Exact] = {_sorted(rest): r.coefficient}
        for p, n in _merge([r.factors, {p: -n for p, n in low_factors.items()}]).items():
            if n > HIGHEST_POWER or (n >= KEPT_POWER and not has_exponential(p)):
                raise TooLarge
            for _ in range(n):
                terms = _times(terms, p)
        for monomial, c in terms.items():
            summed[monomial] = exact(summed.get(monomial, 0) + c)
        if len(summed) > TERM_LIMIT:
            raise TooLarge
    summed = {m: c for m, c in summed.items() if c}
    if not summed:
        return Ratio(0)
    return product([Ratio(1, low_monomial, low_factors), factored(summed)])


def _lowest(maps: Sequence[Mapping[Any, Any]]) -> dict[Any, Any]:
    keys = {key: None for m in maps for key in m}
    low = {key: min(m.get(key, 0) for m in maps) for key in keys}
    return {key: n for key, n in low.items() if n}


def _sorted(monomial: Mapping[Generator, Exact]) -> Monomial:
    return tuple(sorted(monomial.items()))


def _times(terms: Mapping[Monomial, Exact], polynomial: Polynomial) -> dict[Monomial, Exact]:
    if len(terms) * len(polynomial) > 4 * TERM_LIMIT:
        raise TooLarge
    result: dict[Monomial, Exact] = {}
    for a, c in terms.items():
        for b, d in polynomial:
            key = _sorted(_merge([dict(a), dict(b)]))
            result[key] = exact(result.get(key, 0) + c * d)
    return {m: c for m, c in result.items() if c}


def factored(terms: Mapping[Monomial, Exact]) -> Ratio:
    """A sum of monomials as a Ratio; its content is taken out and flint factors the rest."""
    generators = sorted({g for m in terms for g, _ in m})
    lowest = {g: min(dict(m).get(g, 0) for m in terms) for g in generators}
    units = {g: _unit([dict(m).get(g, 0) - lowest[g] for m in terms]) for g in generators}
    generators = [g for g in generators if units[g]]
    content = {g: n for g, n in lowest.items() if n}
    if len(terms) == 1:
        return Ratio(next(iter(terms.values())), content)
    powers = {
        tuple(int((dict(m).get(g, 0) - lowest[g]) / units[g]) for g in generators): c
        for m, c in terms.items()
    }
    names = tuple(f"g{k}" for k in range(len(generators)))
    context = flint.fmpq_mpoly_ctx.get(names, "lex")
    polynomial = context.from_dict(
        {e: flint.fmpq(c.numerator, c.denominator) for e, c in powers.items()}
    )
    if all(g[0] == "e" for g in generators):
        constant, factors = flint.fmpq(1), [(polynomial, 1)]
    else:
        constant, factors = polynomial.factor()
    coefficient = Fraction(int(constant.p), int(constant.q))
    counted: dict[Polynomial, int] = {}
    for part, n in factors:
        coefficient_of_part, key = _primitive(part, generators, units)
        coefficient *= coefficient_of_part ** int(n)
        counted[key] = counted.get(key, 0) + int(n)
    return Ratio(exact(coefficient), content, counted)


def _primitive(
    part: Any, generators: Sequence[Generator], units: Mapping[Generator, Exact]
) -> tuple[Fraction, Polynomial]:
    """A flint polynomial as (rational content with sign, primitive Polynomial)."""
    items = [
        (
            tuple(
                (g, exact(e * units[g]))
                for g, e in zip(generators, map(int, exps), strict=True)
                if e
            ),
            Fraction(int(c.p), int(c.q)),
        )
        for exps, c in part.to_dict().items()
    ]
    items.sort()
    numerator = gcd(*(c.numerator for _, c in items))
    content = Fraction(numerator, lcm(*(c.denominator for _, c in items)))
    if items[-1][1] < 0:
        content = -content
    return content, tuple((m, exact(c / content)) for m, c in items)


def _unit(values: Sequence[Exact]) -> Exact:
    """The greatest rational of which all values are whole multiples (0 if all vanish)."""
    scale = lcm(*(v.denominator for v in values))
    return exact(Fraction(gcd(*(int(v * scale) for v in values)), scale))
