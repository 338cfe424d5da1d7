r"""The number of multigraphs with given vertices, by the theorems of Burnside and Read.

Half-edges of n vertices with a legs can be permuted by S_a inside each vertex and by S_n among
vertices; the graphs are the orbits of pairings.  By Burnside their number is the mean number of
pairings that a permutation fixes, a sum over cycle types:

    \sum_\lambda [p_\lambda] h_n[h_a] \cdot fix(\lambda),
    fix: cycles of length i, m of them: odd i: i^{m/2} (m-1)!!; even i: \sum_j C(m,2j) (2j-1)!! i^j

for lines between equal ends, and m! i^m for directed lines.  Connected ones follow by the inverse
Euler transform, with labelled external points by removing all ways to distribute them.

Main definition: `count_multigraphs`.

Reference: R. C. Read, The enumeration of locally restricted graphs, J. London Math. Soc. 34 (1959).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from math import comb, factorial, gcd, prod
from typing import Any

from flint import fmpq

from derivax.diagrams.contents import Contents
from derivax.diagrams.multiseries import (
    Exponents,
    MultiSeries,
    exponents_up_to,
    logarithm_of,
    product_of,
    quotient_of,
)
from derivax.diagrams.trees import set_partitions

__all__ = ["count_multigraphs"]

Cycles = tuple[tuple[str, int], ...]
"""Cycles of a permutation of half-edges: sorted (field, length)."""
Index = dict[Cycles, fmpq]


def count_multigraphs(
    contents: Contents, numbers: Mapping[Any, int], connected: bool = True
) -> int:
    """The number of isomorphism classes; external points are labelled.

    >>> phi4 = Contents({"x": ("phi",)*4}, {"": ("phi", "phi")})
    >>> [count_multigraphs(phi4, {"x": n}) for n in range(1, 9)]
    [1, 2, 4, 10, 28, 97, 359, 1635]
    """
    wanted = tuple(contents.checked(numbers).values())
    count = _Count(contents, wanted)
    names = tuple(contents.external)
    table = count.connected(names) if connected else count.all(names)
    return int(table.get(wanted, fmpq(0)).p)


class _Count:
    def __init__(self, contents: Contents, wanted: Exponents) -> None:
        self.contents, self.wanted = contents, wanted
        self.powers = [
            _vertex_powers(legs, n) for legs, n in zip(contents.vertices.values(), wanted)
        ]
        self.known: dict[tuple[str, ...], MultiSeries] = {}
        self.series: dict[tuple[str, ...], MultiSeries] = {}

    def fields(self, names: Sequence[Hashable]) -> tuple[str, ...]:
        return tuple(sorted(self.contents.external[name] for name in names))

    def all(self, names: Sequence[Hashable]) -> MultiSeries:
        """Numbers of all graphs, connected or not, up to the wanted numbers of vertices."""
        fields = self.fields(names)
        if fields not in self.known:
            self.known[fields] = {e: self._orbits(e, fields) for e in exponents_up_to(self.wanted)}
        return self.known[fields]

    def _orbits(self, numbers: Exponents, fields: tuple[str, ...]) -> fmpq:
        index: Index = {tuple((field, 1) for field in fields): fmpq(1)}
        for powers, n in zip(self.powers, numbers):
            index = _product(index, powers[n])
        total = fmpq(0)
        for cycles, weight in index.items():
            total += weight * self._fixed(Counter(cycles))
        return total

    def _fixed(self, cycles: Counter[tuple[str, int]]) -> int:
        """The number of pairings that a permutation with these cycles keeps."""
        found = 1
        for a, b in self.contents.lines.values():
            for length in {i for field, i in cycles if field in (a, b)}:
                m = cycles[a, length]
                if a != b:
                    found *= factorial(m) * length**m if m == cycles[b, length] else 0
                elif length % 2:
                    found *= 0 if m % 2 else length ** (m // 2) * _double_factorial(m - 1)
                else:
                    found *= sum(
                        comb(m, 2 * j) * _double_factorial(2 * j - 1) * length**j
                        for j in range(m // 2 + 1)
                    )
        return found

    def connected(self, names: tuple[Hashable, ...]) -> MultiSeries:
        """Numbers of connected graphs."""
        fields = self.fields(names)
        if fields in self.series:
            return self.series[fields]
        vacuum = self.all(())
        if not names:
            found = _inverse_euler(vacuum, exponents_up_to(self.wanted))
        else:
            found = quotient_of(self.all(names), vacuum, exponents_up_to(self.wanted))
            for blocks in set_partitions(names, 2, len(names)):
                part = {tuple(0 for _ in self.wanted): fmpq(1)}
                for block in blocks:
                    part = product_of(part, self.connected(block), self.wanted)
                for e, c in part.items():
                    found[e] = found.get(e, fmpq(0)) - c
        self.series[fields] = found
        return found


def _vertex_powers(legs: Sequence[str], largest: int) -> list[Index]:
    """h_0[F], ..., h_n[F] for the cycle index F of the permutations of equal legs of a vertex."""
    one: Index = {(): fmpq(1)}
    for field, number in Counter(legs).items():
        one = _product(one, _symmetric(field, number))
    found: list[Index] = [{(): fmpq(1)}]
    for m in range(1, largest + 1):
        total: Index = {}
        for j in range(1, m + 1):
            stretched = {tuple((f, i * j) for f, i in c): w for c, w in one.items()}
            for c, w in _product(stretched, found[m - j]).items():
                total[c] = total.get(c, fmpq(0)) + w / m
        found.append(total)
    return found


def _symmetric(field: str, number: int) -> Index:
    """The cycle index of the symmetric group on the legs of one field."""
    found: list[Index] = [{(): fmpq(1)}]
    for m in range(1, number + 1):
        total: Index = {}
        for j in range(1, m + 1):
            for c, w in _product({((field, j),): fmpq(1)}, found[m - j]).items():
                total[c] = total.get(c, fmpq(0)) + w / m
        found.append(total)
    return found[number]


def _product(a: Index, b: Index) -> Index:
    made: Index = {}
    for c, v in a.items():
        for d, w in b.items():
            key = tuple(sorted(c + d))
            made[key] = made.get(key, fmpq(0)) + v * w
    return made


def _double_factorial(n: int) -> int:
    return prod(range(n, 0, -2))


def _inverse_euler(total: MultiSeries, exponents: list[Exponents]) -> MultiSeries:
    """C with total(x) = exp sum_j C(x^j)/j."""
    logarithm = logarithm_of(total, exponents)
    found: MultiSeries = {}
    for e, value in logarithm.items():
        for j in range(2, gcd(*e) + 1):
            if all(x % j == 0 for x in e):
                value -= found[tuple(x // j for x in e)] / j
        found[e] = value
    return found
