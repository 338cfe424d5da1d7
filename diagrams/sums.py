r"""The sum over all diagrams without listing one, in polynomial time.

Each sum is a table {numbers of vertices: sum of 1/|Aut|}; the value of a diagram with scalar rules
depends on these numbers only, so that the table times the factors is the sum of all values.

    all graphs      (pairings of all half-edges) / \prod_k n_k! \prod_f (legs_f!)^{n_k}
    connected       the logarithm of that
    irreducible     the Legendre transform of that

Main definitions: `all_weights`, `connected_weights`, `irreducible_weights`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from math import factorial, prod
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
from derivax.errors import InputError

__all__ = ["all_weights", "connected_weights", "irreducible_weights"]

SOURCE = ("source",)


def all_weights(contents: Contents, numbers: Mapping[Any, int]) -> MultiSeries:
    """Sums of 1/|Aut| over all graphs, connected or not, with all external points.

    >>> phi4 = Contents({"x": ("phi",)*4}, {"": ("phi", "phi")})
    >>> [str(w) for w in all_weights(phi4, {"x": 4}).values()]
    ['1', '1/8', '35/384', '385/3072', '25025/98304']
    """
    largest = tuple(contents.checked(numbers).values())
    found = {}
    for e in exponents_up_to(largest):
        own = dict(zip(contents.vertices, e))
        symmetric = prod(
            factorial(n) * prod(factorial(m) for m in Counter(legs).values()) ** n
            for legs, n in zip(contents.vertices.values(), e)
        )
        found[e] = fmpq(contents.n_contractions(own), symmetric)
    return found


def connected_weights(contents: Contents, numbers: Mapping[Any, int]) -> MultiSeries:
    """Sums of 1/|Aut| over connected graphs with all external points.

    >>> phi4 = Contents({"x": ("phi",)*4}, {"": ("phi", "phi")})
    >>> [str(w) for w in connected_weights(phi4, {"x": 6}).values()]
    ['1/8', '1/12', '11/96', '17/72', '619/960', '709/324']
    """
    largest = tuple(contents.checked(numbers).values())
    exponents = exponents_up_to(largest)
    return _connected(contents, numbers, tuple(contents.external), exponents, {})


def _connected(
    contents: Contents,
    numbers: Mapping[Any, int],
    names: tuple[Hashable, ...],
    exponents: list[Exponents],
    known: dict[tuple[str, ...], MultiSeries],
) -> MultiSeries:
    """The first point is connected with some of the others; the rest forms any graph with them."""
    fields = tuple(sorted(contents.external[name] for name in names))
    if fields in known:
        return known[fields]
    total = all_weights(contents.without_external(names), numbers)
    if not names:
        found = logarithm_of(total, exponents)
    else:
        vacuum = all_weights(contents.without_external(), numbers)
        found = quotient_of(total, vacuum, exponents)
        first, others = names[0], names[1:]
        largest = tuple(contents.checked(numbers).values())
        for mask in range(2 ** len(others) - 1):
            near = (first, *(x for k, x in enumerate(others) if mask >> k & 1))
            far = tuple(x for k, x in enumerate(others) if not mask >> k & 1)
            rest = quotient_of(
                all_weights(contents.without_external(far), numbers), vacuum, exponents
            )
            part = _connected(contents, numbers, near, exponents, known)
            for e, w in product_of(part, rest, largest).items():
                found[e] = found[e] - w
    known[fields] = found
    return found


def irreducible_weights(
    contents: Contents, numbers: Mapping[Any, int], legs: int
) -> dict[Exponents, fmpq]:
    r"""Sums of 1/|Aut| over one-particle irreducible graphs with 0, ..., `legs` amputated legs.

    Keys are (number of legs, numbers of vertices).  Legs are labelled.  Source J and mean field
    \varphi = W'(J); the irreducible graphs are \Gamma(\varphi) = W(J) - J \varphi + \varphi^2/2.

    Args:
        contents: one real field, no external points.
        numbers: the largest numbers of vertices.
        legs: the largest number of legs.

    >>> phi4 = Contents({"x": ("phi",)*4}, {"": ("phi", "phi")})
    >>> table = irreducible_weights(phi4, {"x": 3}, 2)
    >>> [str(table[2, n]) for n in (1, 2, 3)]
    ['1/2', '5/12', '5/6']
    """
    if len(contents.lines) != 1 or contents.external:
        raise InputError("a Legendre transform", "is made for one real field", "")
    ((field, other),) = contents.lines.values()
    if field != other:
        raise InputError(f"fields {field!r}, {other!r}", "a real field is needed", "")
    if isinstance(legs, bool) or not isinstance(legs, int) or legs < 0:
        raise InputError(f"{legs!r} legs", "is not a whole number >= 0", "")
    wanted = contents.checked(numbers)
    top = legs + sum(wanted.values())
    largest = (top, *wanted.values())
    exponents = exponents_up_to(largest)
    with_source = Contents({SOURCE: (field,), **contents.vertices}, contents.lines)
    # W to one order more in J, since the mean field is its derivative
    more = {SOURCE: top + 1, **wanted}
    order_by_degree = exponents_up_to((top + 1, *wanted.values()))
    w = logarithm_of(all_weights(with_source, more), order_by_degree)
    rest: MultiSeries = {}  # W'(J) - J, at least of first order in the couplings
    for (j, *others), c in w.items():
        if j and any(others) and c != 0:
            rest[j - 1, *others] = c * j
    phi: MultiSeries = {(1, *(0 for _ in wanted)): fmpq(1)}
    source = dict(phi)  # J(phi) = phi - rest(J): one order of the couplings per round
    for _ in range(sum(wanted.values())):
        source = _minus(phi, _composed(rest, source, largest))
    inner = {e: c for e, c in w.items() if c != 0 and e[0] <= top}
    gamma = _minus(_composed(inner, source, largest), product_of(source, phi, largest))
    two = (2, *(0 for _ in wanted))
    gamma[two] = gamma.get(two, fmpq(0)) + fmpq(1, 2)
    return {
        e: gamma.get(e, fmpq(0)) * factorial(e[0]) for e in exponents if e[0] <= legs and any(e[1:])
    }


def _composed(series: MultiSeries, source: MultiSeries, largest: Exponents) -> MultiSeries:
    """The series with its first variable replaced by another series."""
    by_power: dict[int, MultiSeries] = {}
    for exponents, c in series.items():
        by_power.setdefault(exponents[0], {})[0, *exponents[1:]] = c
    found: MultiSeries = {}
    for j in range(max(by_power, default=0), -1, -1):  # Horner
        found = product_of(found, source, largest)
        for e, c in by_power.get(j, {}).items():
            found[e] = found.get(e, fmpq(0)) + c
    return found


def _minus(a: MultiSeries, b: MultiSeries) -> MultiSeries:
    made = dict(a)
    for e, c in b.items():
        made[e] = made.get(e, fmpq(0)) - c
    return made
