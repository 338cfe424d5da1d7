"""What an expression depends on: symbols, and jets (unknown functions and their derivatives).

In a differential identity u(t), Derivative(u(t), t), u(0) are treated as independent variables:
an identity in them holds for every function u.

Main definitions: `free_variables`, `is_jet`, `stand_in`.
"""

from __future__ import annotations

from collections.abc import Iterable

import sympy as sp
from sympy import Basic, Dummy, Symbol
from sympy.core.function import AppliedUndef, Derivative
from sympy.matrices.expressions.matexpr import MatrixElement

__all__ = ["binds_variables", "free_variables", "is_jet", "stand_in"]


def is_jet(node: Basic) -> bool:
    """Whether the node is a variable of its own: u(t), a derivative of it, its value at a point,
    an indexed or a matrix entry."""
    if isinstance(node, (AppliedUndef, sp.Indexed, MatrixElement)):
        return True
    if isinstance(node, Derivative):
        return isinstance(node.args[0], AppliedUndef)
    return isinstance(node, sp.Subs) and is_jet(node.args[0])


def binds_variables(node: Basic) -> bool:
    """Whether symbols below the node may be bound by it."""
    return isinstance(node, (sp.Sum, sp.Product, sp.Integral, sp.Subs, sp.Lambda)) or (
        bool(getattr(node, "bound_symbols", ())) and not node.is_Symbol
    )


def free_variables(roots: Iterable[Basic]) -> tuple[Basic, ...]:
    """Free symbols and jets below `roots`, in order of first occurrence; linear in the graph.

    >>> from sympy.abc import k, n, t, x
    >>> u = sp.Function("u")
    >>> variables = free_variables([sp.Sum(x**k, (k, 0, n)) * u(t).diff(t)])
    >>> sorted(map(str, variables))
    ['Derivative(u(t), t)', 'n', 'x']
    """
    from derivax.symbolic.exact.dag import postorder

    found: dict[Basic, None] = {}
    for node in postorder(roots, leaf=lambda e: is_jet(e) or binds_variables(e)):
        if isinstance(node, Symbol) or is_jet(node):
            found[node] = None
        elif binds_variables(node):
            found.update(dict.fromkeys(_free_below(node)))
    return tuple(found)


def _free_below(node: Basic) -> list[Basic]:
    if isinstance(node, (sp.Sum, sp.Product, sp.Integral)):
        body, *limits = node.args
        bound = {limit.args[0] for limit in limits}
        ends = [end for limit in limits for end in limit.args[1:]]
        inner_ends = [v for v in free_variables(ends) if v not in bound]
        return inner_ends + [v for v in free_variables([body]) if v not in bound]
    if isinstance(node, sp.Subs):
        body, symbols, values = node.args
        inside = [v for v in free_variables([body]) if v not in symbols.args]
        return inside + list(free_variables(values.args))
    bound = set(node.bound_symbols)
    return [v for v in free_variables(node.args) if v not in bound]


def stand_in(jet: Basic) -> Dummy:
    """A fresh symbol for a jet: real, and positive or nonnegative if the function says so."""
    if jet.is_positive:
        return Dummy("jet", positive=True)
    if jet.is_nonnegative:
        return Dummy("jet", nonnegative=True)
    root = jet
    while isinstance(root, (Derivative, sp.Subs)):
        root = root.args[0]
    if root.is_complex and root.is_extended_real is not True:
        return Dummy("jet", complex=True)
    if jet.is_negative:
        return Dummy("jet", negative=True)
    return Dummy("jet", real=True)
