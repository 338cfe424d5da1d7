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
from itertools import product
from math import comb, factorial, gcd, prod

from flint import fmpq

from derivax.diagrams.contents import Contents
from derivax.diagrams.trees import set_partitions

__all__ = ["count_multigraphs"]

Cycles = tuple[tuple[str, int], ...]
"""Cycles of a permutation of half-edges: sorted (field, length)."""
Index = dict[Cycles, fmpq]
Exponents = tuple[int, ...]


def count_multigraphs(
    contents: Contents, numbers: Mapping[Hashable, int], connected: bool = True
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
        self.known: dict[tuple[str, ...], dict[Exponents, fmpq]] = {}
        self.series: dict[tuple[str, ...], dict[Exponents, fmpq]] = {}

    def exponents(self) -> list[Exponents]:
        return list(product(*(range(n + 1) for n in self.wanted)))

    def fields(self, names: Sequence[Hashable]) -> tuple[str, ...]:
        return tuple(sorted(self.contents.external[name] for name in names))

    def all(self, names: Sequence[Hashable]) -> dict[Exponents, fmpq]:
        """Numbers of all graphs, connected or not, up to the wanted numbers of vertices."""
        fields = self.fields(names)
        if fields not in self.known:
            self.known[fields] = {e: self._orbits(e, fields) for e in self.exponents()}
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

    def connected(self, names: tuple[Hashable, ...]) -> dict[Exponents, fmpq]:
        """Numbers of connected graphs."""
        fields = self.fields(names)
        if fields in self.series:
            return self.series[fields]
        vacuum = self.all(())
        if not names:
            found = _inverse_euler(vacuum, self.wanted)
        else:
            found = _over(self.all(names), vacuum, self.exponents())
            for blocks in set_partitions(names, 2, len(names)):
                part = {tuple(0 for _ in self.wanted): fmpq(1)}
                for block in blocks:
                    part = _convolved(part, self.connected(block), self.wanted)
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


def _inverse_euler(total: dict[Exponents, fmpq], wanted: Exponents) -> dict[Exponents, fmpq]:
    """C with total(x) = exp sum_j C(x^j)/j: for each exponent, the gcd bounds j."""
    logarithm: dict[Exponents, fmpq] = {}
    for e in sorted(total, key=sum):
        if not any(e):
            continue
        # sum_i e_i t_e = sum over splits: e = d + rest of (sum_i d_i) l_d t_rest
        value = fmpq(sum(e)) * total[e]
        for d, known in logarithm.items():
            rest = tuple(x - y for x, y in zip(e, d))
            if min(rest) >= 0 and any(rest):
                value -= fmpq(sum(d)) * known * total[rest]
        logarithm[e] = value / sum(e)
    found: dict[Exponents, fmpq] = {}
    for e in sorted(logarithm, key=sum):
        value = logarithm[e]
        for j in range(2, gcd(*e) + 1):
            if all(x % j == 0 for x in e):
                value -= found[tuple(x // j for x in e)] / j
        found[e] = value
    return found


def _convolved(
    a: dict[Exponents, fmpq], b: dict[Exponents, fmpq], wanted: Exponents
) -> dict[Exponents, fmpq]:
    made: dict[Exponents, fmpq] = {}
    for e, v in a.items():
        for f, w in b.items():
            key = tuple(x + y for x, y in zip(e, f))
            if v != 0 and w != 0 and all(x <= y for x, y in zip(key, wanted)):
                made[key] = made.get(key, fmpq(0)) + v * w
    return made


def _over(
    a: dict[Exponents, fmpq], b: dict[Exponents, fmpq], exponents: list[Exponents]
) -> dict[Exponents, fmpq]:
    """a / b as power series, b_0 = 1."""
    made: dict[Exponents, fmpq] = {}
    for e in sorted(exponents, key=sum):
        value = a.get(e, fmpq(0))
        for d, known in made.items():
            rest = tuple(x - y for x, y in zip(e, d))
            if min(rest, default=0) >= 0 and any(rest):
                value -= known * b.get(rest, fmpq(0))
        made[e] = value
    return made
