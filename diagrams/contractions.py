r"""Index factors of diagrams: closed index lines of O(N) vertices, ribbon graphs of matrix models.

A vertex (\varphi\cdot\varphi)^2 joins the indices of its legs in pairs, in three ways with weight
1/3 each; a diagram is then a set of closed index lines, each worth N.

Main definitions: `vector_factor`, `trace_moments`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import product

import networkx as nx
from sympy import Expr, Integer, Rational, S, Symbol, expand

from derivax.diagrams.graph import Diagram
from derivax.errors import InputError

__all__ = ["trace_moments", "vector_factor"]


def vector_factor(diagram: Diagram, n: Expr | Symbol) -> Expr:
    """The sum over index contractions of a diagram with vertices (phi . phi)^(k/2).

    >>> N = Symbol("N")
    >>> vector_factor(Diagram(["x"], [(0, 0), (0, 0)]), N)
    N**2/3 + 2*N/3
    """
    if diagram.external:
        raise InputError("a diagram with external points", "has open index lines", "")
    at: dict[int, list[tuple[int, int]]] = {}
    for half in diagram.half_edges:
        at.setdefault(diagram.node_of(half), []).append(half)
    choices = [list(_pairings(tuple(halves))) for halves in at.values()]
    if any(not pairings for pairings in choices):
        raise InputError("a vertex with an odd number of legs", "has no index contraction", "")
    lines = [((e, 0), (e, 1)) for e in range(len(diagram.lines))]
    total: dict[int, int] = {}
    for chosen in product(*choices):
        joined = nx.Graph(lines)
        joined.add_edges_from(pair for pairs in chosen for pair in pairs)
        closed = nx.number_connected_components(joined)
        total[closed] = total.get(closed, 0) + 1
    number = sum(total.values())
    return sum((Rational(m, number) * n**closed for closed, m in total.items()), S.Zero)


def _pairings(items: tuple[tuple[int, int], ...]) -> Iterator[list[tuple[object, object]]]:
    if not items:
        yield []
        return
    first, *rest = items
    for k, other in enumerate(rest):
        for more in _pairings(tuple(rest[:k] + rest[k + 1 :])):
            yield [(first, other), *more]


@cache
def trace_moments(degrees: tuple[int, ...], n: Symbol) -> Expr:
    r"""E \prod_i tr M^{d_i} over Hermitian matrices with E M_ij M_kl = delta_il delta_jk.

    By integration by parts (loop equations): a factor M of the first trace meets another one in it,
    which cuts the trace in two, or one in another trace, which joins the two.

    >>> N = Symbol("N")
    >>> trace_moments((4,), N), trace_moments((2, 2), N)
    (2*N**3 + N, N**4 + 2*N**2)
    """
    if not degrees:
        return S.One
    if sum(degrees) % 2:
        return S.Zero
    first, *others = sorted(degrees, reverse=True)
    if first == 0:
        return n ** len(degrees)
    total: Expr = Integer(0)
    for k in range(first - 1):
        total += trace_moments(tuple(sorted([k, first - 2 - k, *others])), n)
    for j, other in enumerate(others):
        if other:
            rest = others[:j] + others[j + 1 :]
            total += other * trace_moments(tuple(sorted([first + other - 2, *rest])), n)
    return expand(total)
