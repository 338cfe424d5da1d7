"""Where a piecewise smooth function of one variable switches, and what it is in between.

Main definitions: `switching_points`, `pieces`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import sympy as sp
from sympy.core.relational import Relational

from derivax.errors import CompileError
from derivax.symbolic.exact.dag import free_symbols_of, postorder

__all__ = ["pieces", "switching_points"]

STEPS = (sp.floor, sp.ceiling, sp.frac, sp.Mod, sp.DiracDelta)
SWITCHES = (sp.Abs, sp.sign, sp.Heaviside, sp.Max, sp.Min, sp.Piecewise)


def pieces(f: sp.Expr, x: sp.Symbol) -> list[tuple[sp.Expr, sp.Expr, sp.Expr]]:
    """(low, high, the smooth function between) over the real line.

    >>> x = sp.Symbol("x", real=True)
    >>> pieces(abs(x - 1), x)
    [(-oo, 1, 1 - x), (1, oo, x - 1)]

    Raises `CompileError` where a switching point is no number, or steps are not resolved.
    """
    edges = [sp.S.NegativeInfinity, *switching_points(f, x), sp.S.Infinity]
    return [(low, high, _resolved(f, x, _between(low, high))) for low, high in pairwise(edges)]


def _between(left: sp.Expr, right: sp.Expr) -> sp.Expr:
    if left.is_finite and right.is_finite:
        return (left + right) / 2
    if left.is_finite:
        return left + 1
    return right - 1 if right.is_finite else sp.S.Zero


def switching_points(f: sp.Expr, x: sp.Symbol) -> list[sp.Expr]:
    """Where the integrand is not smooth, in increasing order."""
    found: set[sp.Expr] = set()
    for node in postorder([f]):
        if x not in free_symbols_of([node]):
            continue
        if isinstance(node, STEPS):
            raise CompileError(
                f"{type(node).__name__} in an integrand",
                "jumps at points that are not resolved",
                "split the integral, or sum over the steps",
            )
        for g in _switches(node):
            if x in g.free_symbols:
                found |= set(_real_zeros(g, x, node))
    return sorted(found, key=lambda point: float(point))


def _switches(node: sp.Basic) -> list[sp.Expr]:
    """The expressions whose sign decides."""
    if isinstance(node, sp.Abs | sp.sign | sp.Heaviside):
        return [node.args[0]]
    if isinstance(node, sp.Max | sp.Min):
        return [p - q for i, p in enumerate(node.args) for q in node.args[:i]]
    if isinstance(node, sp.Piecewise):
        relations = [r for _, c in node.args for r in c.atoms(Relational)]
        return [r.lhs - r.rhs for r in relations]
    return []


def _real_zeros(g: sp.Expr, x: sp.Symbol, node: sp.Basic) -> list[sp.Expr]:
    if g.is_nonnegative or g.is_nonpositive:
        return []
    if g.is_polynomial(x) and sp.degree(g, x) == 1:
        slope, constant = sp.Poly(g, x).all_coeffs()
        if (constant / slope).is_number and slope.is_nonzero:
            return [-constant / slope]
    if free_symbols_of([g]) != {x} or not g.is_polynomial(x):
        raise CompileError(
            f"{type(node).__name__} of {str(g)[:60]} in an integrand",
            "does not switch at a number that is known at build time",
            "split the integral at that point",
        )
    return list(set(sp.Poly(g, x).real_roots()))


def _resolved(f: sp.Expr, x: sp.Symbol, inside: sp.Expr) -> sp.Expr:
    """f as it is around a point between switching points."""

    def side(g: sp.Expr) -> int:
        value = g.subs(x, inside)
        if value.is_positive or value.is_negative:
            return 1 if value.is_positive else -1
        raise CompileError(
            f"{str(g)[:60]} in an integrand",
            "has no sign that is known",
            "state the signs of symbols",
        )

    rule: dict[sp.Basic, sp.Basic] = {}
    for node in postorder([f]):
        if not isinstance(node, SWITCHES) or x not in free_symbols_of([node]):
            continue
        now = node.xreplace(rule)
        if isinstance(node, sp.Abs | sp.sign | sp.Heaviside):
            g = node.args[0]
            sign = 1 if g.is_nonnegative else -1 if g.is_nonpositive else side(g)
            inner = g.xreplace(rule)
            if isinstance(node, sp.Abs):
                rule[node] = sign * inner
            else:
                below = -1 if isinstance(node, sp.sign) else 0
                rule[node] = sp.Integer(1 if sign > 0 else below)
        elif isinstance(node, sp.Piecewise):
            rule[node] = _branch(node, x, inside, rule)
        elif free_symbols_of([node]) == {x}:
            values = {arg: arg.subs(x, inside) for arg in node.args}
            best = max if isinstance(node, sp.Max) else min
            rule[node] = best(node.args, key=lambda arg: float(values[arg])).xreplace(rule)
        else:
            rule[node] = now
    return f.xreplace(rule)


def _branch(node: sp.Piecewise, x: sp.Symbol, inside: sp.Expr, rule: dict[Any, Any]) -> sp.Expr:
    kept = []
    for value, condition in node.args:
        decided = condition.xreplace(
            {
                r: sp.true if r.subs(x, inside) == True else sp.false  # noqa: E712
                for r in condition.atoms(Relational)
                if x in r.free_symbols
            }
        )
        if decided == False:  # noqa: E712
            continue
        kept.append((value.xreplace(rule), decided))
        if decided == True:  # noqa: E712
            break
    return sp.Piecewise(*kept) if kept else sp.nan
