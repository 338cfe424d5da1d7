"""Solving H(v) = value for v by inverse operations.

Main definition: `inverses`.

Implementation notes.  Candidates only: the rule `SolveFor` puts them back and picks the branch.
When v occurs once, the outer operations are undone one by one.  When it occurs more often,
logarithms with commensurable coefficients are joined and exponentiated, and what remains is a
polynomial of degree at most two in v, a power of v, log v or exp v.  Each candidate comes with the
quantities that must be
positive for it to lie in the range of what was undone: v^q = X with v > 0 needs X > 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from sympy import (
    Add,
    Dummy,
    Expr,
    Integer,
    Mul,
    Poly,
    Pow,
    S,
    Symbol,
    cancel,
    exp,
    expand,
    fraction,
    log,
    powsimp,
    sqrt,
    together,
)
from sympy.core.function import Function
from sympy.polys.polyerrors import PolynomialError

__all__ = ["inverses"]


Candidate = tuple[Expr, tuple[Expr, ...]]


def inverses(expr: Expr, v: Symbol, value: Expr) -> Iterator[Candidate]:
    """Candidates for v in `expr(v) = value`, the most direct first, with what must be positive.

    >>> from sympy.abc import y
    >>> v = Symbol("v", positive=True)
    >>> list(inverses(log(v) - 3, v, y))
    [(exp(y + 3), ())]
    >>> list(inverses(sqrt(v), v, y))
    [(y**2, (y,))]
    """
    expr = powsimp(expr)
    if expr == v:
        yield value, ()
        return
    if isinstance(expr, Add):
        constant, rest = expr.as_independent(v, as_Add=True)
        if constant != 0:
            yield from inverses(rest, v, value - constant)
            return
    elif isinstance(expr, Mul):
        constant, rest = expr.as_independent(v, as_Add=False)
        if constant != 1:
            yield from inverses(rest, v, value / constant)
            return
    elif isinstance(expr, log):
        yield from inverses(expr.args[0], v, exp(value))
        return
    elif isinstance(expr, exp):
        yield from _needing(value, inverses(expr.args[0], v, log(value)))
        return
    elif isinstance(expr, Pow) and v not in expr.exp.free_symbols:
        yield from _undo_power(expr.base, expr.exp, v, value)
        return
    elif isinstance(expr, Function) and len(expr.args) == 1:
        try:
            undo = expr.inverse()
        except (NotImplementedError, AttributeError):
            return
        yield from inverses(expr.args[0], v, undo(value))
        return
    yield from _from_logarithms(expr, v, value)
    yield from _from_polynomial(expr, v, value)


def _needing(quantity: Expr, candidates: Iterator[Candidate]) -> Iterator[Candidate]:
    for candidate, positive in candidates:
        yield candidate, (quantity, *positive)


def _undo_power(base: Expr, power: Expr, v: Symbol, value: Expr) -> Iterator[Candidate]:
    """base^power = value."""
    odd = power.is_Integer and power % 2 != 0
    root = inverses(base, v, value ** (1 / power))
    if base.is_positive or not power.is_Integer or not odd:
        yield from _needing(value, root)
    else:
        yield from root
    if not odd and not base.is_positive:
        yield from _needing(value, inverses(base, v, -(value ** (1 / power))))


def _from_logarithms(expr: Expr, v: Symbol, value: Expr) -> Iterator[Candidate]:
    """sum n_i c log q_i(v) = value  ->  prod q_i^n_i = exp(value/c)."""
    terms = [term.as_independent(v, as_Add=False) for term in Add.make_args(expr)]
    if len(terms) < 2 or not all(isinstance(rest, log) for _, rest in terms):
        return
    unit = terms[0][0]
    powers = [cancel(coefficient / unit) for coefficient, _ in terms]
    if not all(power.is_Rational for power in powers):
        return
    common = S.One
    for power in powers:
        common = (
            common * Integer(power.q) / common.gcd(Integer(power.q)) if power.q != 1 else common
        )
    product = Mul(
        *[rest.args[0] ** (n * common) for n, (_, rest) in zip(powers, terms, strict=True)]
    )
    yield from inverses(cancel(together(product)), v, exp(value * common / unit))


def _from_polynomial(expr: Expr, v: Symbol, value: Expr) -> Iterator[Candidate]:
    """expr(v) - value as a polynomial of degree at most 2 in a generator w(v)."""
    known = Dummy("y", positive=True)
    numerator, _ = fraction(together(expr - known))
    for w, undo in _generators(expr, v):
        name = Dummy("w", positive=True)
        rewritten = expand(numerator).subs(w, name)
        if isinstance(w, Pow):
            rewritten = rewritten.subs(v, name ** (1 / w.exp))
        if v in rewritten.free_symbols:
            continue
        try:
            polynomial = Poly(rewritten, name)
        except PolynomialError:
            continue
        for root in _low_degree_roots(polynomial):
            yield from undo(root.subs(known, value))
        return


def _generators(
    expr: Expr, v: Symbol
) -> Iterator[tuple[Expr, Callable[[Expr], Iterator[Candidate]]]]:
    yield v, lambda root: iter(((root, ()),))
    for node in sorted(expr.atoms(Pow, log, exp), key=lambda e: e.sort_key()):
        if v in node.free_symbols:
            yield node, partial(inverses, node, v)


def _low_degree_roots(polynomial: Poly) -> Iterator[Expr]:
    if polynomial.degree() == 1:
        a, b = polynomial.all_coeffs()
        yield -b / a
    elif polynomial.degree() == 2:
        a, b, c = polynomial.all_coeffs()
        discriminant = sqrt(b**2 - 4 * a * c)
        yield (-b + discriminant) / (2 * a)
        yield (-b - discriminant) / (2 * a)
