"""Proof by cases for kinks and jumps: on each side of a switch, and on it, all is smooth.

|g|, sign g, Heaviside g, Max and the conditions of a Piecewise depend on the sign of a few real
functions g.  For every pattern of signs the expression becomes a smooth one, which the normal form
may prove to be zero where that pattern holds; where g = 0, with g affine in a symbol, that symbol
is eliminated.  Every point of the domain has one of the patterns.

Main definition: `by_cases`.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import sympy as sp
from sympy import Add, Basic, Expr, Mul, S, Symbol

from derivax.errors import DerivaxError
from derivax.symbolic.exact.dag import postorder
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.normal_form import RefusesForm, normal_form
from derivax.symbolic.exact.outcome import Finding, Outcome
from derivax.symbolic.exact.patience import check
from derivax.symbolic.exact.variables import binds_variables, is_jet

__all__ = ["by_cases"]

_SWITCHES = 3
_NODES = 200
_RELATIONS = (sp.Gt, sp.Ge, sp.Lt, sp.Le, sp.Eq, sp.Ne)


def by_cases(expr: Expr, domain: Domain) -> Finding | None:
    """A proof that a settled scalar with switches is zero on the domain, or None.

    >>> x = Symbol("x", real=True)
    >>> by_cases(sp.Abs(x) - sp.Piecewise((x, x >= 0), (-x, True)), Domain.of([x])).method
    'cases'
    """
    if any(domain[s].plane for s in domain if s in expr.free_symbols):
        return None
    switches = _switches(expr)
    if not switches or len(switches) > _SWITCHES:
        return None
    try:
        for signs in itertools.product((1, -1, 0), repeat=len(switches)):
            check()
            if not _vanishes_at(expr, switches, signs, domain):
                return None
    except (RefusesForm, DerivaxError, ValueError, TypeError, sp.PolynomialError):
        return None
    shown = ", ".join(map(str, switches))
    said = f"zero for every sign of {shown}"
    return Finding(Outcome.PROVEN, "cases", said, figures={"switches": [str(g) for g in switches]})


def _switches(expr: Expr) -> list[Expr]:
    """The functions whose signs decide, each once up to its sign; [] if some are unknown."""
    found: dict[Expr, None] = {}
    for size, node in enumerate(postorder([expr], leaf=lambda e: is_jet(e) or binds_variables(e))):
        if size > _NODES:
            return []
        for g in _decisive(node):
            if g.is_real is not True:
                return []
            g = sp.expand(g)
            if g.is_number:
                continue
            if g not in found and sp.expand(-g) not in found:
                found[g] = None
    return list(found)


def _decisive(node: Basic) -> list[Expr]:
    if isinstance(node, (sp.Abs, sp.sign, sp.Heaviside)):
        return [node.args[0]]
    if isinstance(node, (sp.Max, sp.Min)):
        return [Add(a, Mul(-1, b)) for a, b in itertools.combinations(node.args, 2)]
    if isinstance(node, _RELATIONS):
        return [Add(node.args[0], Mul(-1, node.args[1]))]
    return []


def _vanishes_at(
    expr: Expr, switches: Sequence[Expr], signs: Sequence[int], domain: Domain
) -> bool:
    """Whether the expression is proven zero where the switches have these signs."""
    known = dict(zip(switches, signs, strict=True))
    branch = _resolved(expr, known)
    if branch is None:
        return False
    relations = [sp.Gt(g, 0) if s > 0 else sp.Lt(g, 0) for g, s in known.items() if s]
    for g in [g for g, s in known.items() if not s]:
        eliminated = _eliminated(g, domain)
        if eliminated is None:
            return False
        symbol, value = eliminated
        branch = branch.subs(symbol, value)
        relations = [r.subs(symbol, value) for r in relations]
    if any(r == sp.false for r in relations):
        return True  # no point has these signs
    if branch.has(S.NaN, S.ComplexInfinity):
        return False
    symbols = sorted(
        {*branch.free_symbols, *(s for r in relations for s in r.free_symbols)}, key=str
    )
    kept = [r for r in relations if r != sp.true]
    area = domain.over([s for s in symbols if isinstance(s, Symbol)]).restricted(where=kept)
    return normal_form(branch, area).is_zero


def _eliminated(g: Expr, domain: Domain) -> tuple[Symbol, Expr] | None:
    """(symbol, value) with g = 0 exactly if symbol = value."""
    for symbol in sorted(g.free_symbols, key=str):
        poly = sp.Poly(g, symbol) if g.is_polynomial(symbol) else None
        if poly is not None and poly.degree() == 1 and poly.LC().is_number:
            return symbol, sp.expand(-poly.nth(0) / poly.LC())
    return None


def _resolved(expr: Expr, known: dict[Expr, int]) -> Expr | None:
    """The expression where each switch has the given sign; None if a sign stays unknown."""

    def sign_of(g: Expr) -> int | None:
        g = sp.expand(g)
        if g.is_number:
            return 1 if g.is_positive else -1 if g.is_negative else 0 if g.is_zero else None
        if g in known:
            return known[g]
        mirrored = sp.expand(-g)
        return -known[mirrored] if mirrored in known else None

    new: dict[Basic, Basic] = {}
    for node in postorder([expr], leaf=lambda e: is_jet(e) or binds_variables(e)):
        args = [new.get(a, a) for a in node.args]
        value = (
            node if all(a is b for a, b in zip(args, node.args, strict=True)) else node.func(*args)
        )
        if isinstance(node, (sp.Abs, sp.sign, sp.Heaviside)):
            s = sign_of(node.args[0])
            if s is None:
                return None
            if isinstance(node, sp.Abs):
                value = Mul(s, args[0])
            elif isinstance(node, sp.sign):
                value = sp.Integer(s)
            else:
                value = S.One if s > 0 else S.Zero if s < 0 else args[1]
        elif isinstance(node, (sp.Max, sp.Min)):
            best = 0
            side = 1 if isinstance(node, sp.Max) else -1
            for i in range(1, len(node.args)):
                s = sign_of(Add(node.args[i], Mul(-1, node.args[best])))
                if s is None:
                    return None
                best = i if s * side > 0 else best
            value = args[best]
        elif isinstance(node, _RELATIONS):
            s = sign_of(Add(node.args[0], Mul(-1, node.args[1])))
            if s is None:
                return None
            value = sp.true if node.func(s, 0) == sp.true else sp.false
        if isinstance(value, sp.Piecewise) or value is S.NaN:
            return None
        new[node] = value
    return new[expr] if isinstance(new[expr], Expr) else None
