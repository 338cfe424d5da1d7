r"""Truncated power series in several variables over the rationals, as {exponents: coefficient}.

Main definitions: `product_of`, `quotient_of`, `logarithm_of`, `exponents_up_to`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from flint import fmpq

__all__ = ["Exponents", "MultiSeries", "exponents_up_to", "logarithm_of", "product_of",
           "quotient_of"]  # fmt: skip

Exponents = tuple[int, ...]
MultiSeries = dict[Exponents, fmpq]
ZERO = fmpq(0)


def exponents_up_to(largest: Sequence[int]) -> list[Exponents]:
    """All exponents up to the given ones, by total degree."""
    return sorted(product(*(range(n + 1) for n in largest)), key=lambda e: (sum(e), e))


def _splits(e: Exponents, known: Mapping[Exponents, fmpq]) -> Iterator[tuple[Exponents, Exponents]]:
    for d in known:
        rest = tuple(x - y for x, y in zip(e, d))
        if min(rest, default=0) >= 0:
            yield d, rest


def product_of(a: MultiSeries, b: MultiSeries, largest: Sequence[int]) -> MultiSeries:
    """a * b, truncated."""
    made: MultiSeries = {}
    for e, v in a.items():
        if v == 0:
            continue
        for f, w in b.items():
            key = tuple(x + y for x, y in zip(e, f))
            if w != 0 and all(x <= y for x, y in zip(key, largest)):
                made[key] = made.get(key, ZERO) + v * w
    return made


def quotient_of(a: MultiSeries, b: MultiSeries, exponents: Sequence[Exponents]) -> MultiSeries:
    """a / b at the given exponents (by total degree); b_0 = 1."""
    made: MultiSeries = {}
    for e in exponents:
        value = a.get(e, ZERO)
        for d, rest in _splits(e, made):
            if any(rest):
                value -= made[d] * b.get(rest, ZERO)
        made[e] = value
    return made


def logarithm_of(total: MultiSeries, exponents: Sequence[Exponents]) -> MultiSeries:
    """log(total) for total_0 = 1, from |e| t_e = sum over d of |d| l_d t_(e-d)."""
    made: MultiSeries = {}
    for e in exponents:
        if not any(e):
            continue
        value = fmpq(sum(e)) * total.get(e, ZERO)
        for d, rest in _splits(e, made):
            if any(rest):
                value -= fmpq(sum(d)) * made[d] * total.get(rest, ZERO)
        made[e] = value / sum(e)
    return made
