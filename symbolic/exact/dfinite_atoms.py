"""Which linear differential equation a function satisfies, and where it is analytic.

Every head here solves y^(r) = c_0 y + ... + c_(r-1) y^(r-1) in its last argument t (its only moving
one), with coefficients that are rational in t and in its other arguments.

Main definitions: `Equation`, `equation_of`, `ELEMENTARY`.

References: DLMF 9.2, 10.2, 10.25, 14.2, 16.8, 18.8, 19.4; R. P. Stanley, *Differentiably finite
power series*, European J. Combin. 1 (1980).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import sympy as sp
from sympy import Expr, Rational, Symbol

from derivax.symbolic.exact.expression import as_expression

__all__ = ["ELEMENTARY", "Equation", "T", "equation_of"]

ELEMENTARY = frozenset(
    [sp.exp, sp.sin, sp.cos, sp.sinh, sp.cosh, sp.log, sp.atan, sp.asinh, sp.asin]
    + [sp.acos, sp.atanh]
)
"""Heads of which other routes decide."""

T = Symbol("_t")


class Equation(NamedTuple):
    """`moving`, the argument t; `coefficients` c_0 ... c_(r-1), expressions in `T`; `positive`:
    expressions in `T` on whose positivity the function is real-analytic (none: entire, or analytic
    on the whole real line)."""

    moving: Expr
    coefficients: tuple[Expr, ...]
    positive: tuple[Expr, ...] = ()


def equation_of(node: Expr) -> Equation | None:
    """The equation of f(..., t), without regard to what t is; None for a head that has none here.

    >>> equation_of(sp.airyai(sp.Symbol("z"))).coefficients
    (_t, 0)
    """
    if isinstance(node, sp.hyper):
        return _hypergeometric(node)
    rule = _RULES.get(type(node))
    return None if rule is None else rule(*node.args)


def _fixed(*coefficients: object, positive: Sequence[Expr] = ()) -> Callable[..., Equation]:
    parts = tuple(as_expression(c) for c in coefficients)
    return lambda t: Equation(t, parts, tuple(positive))


_ONE = sp.Integer(1)
_INSIDE = (1 - T, 1 + T)


def _bessel(sign: int, first_kind: bool) -> Callable[..., Equation]:
    def rule(order: Expr, t: Expr) -> Equation:
        entire = first_kind and order.is_integer
        return Equation(t, (sign + order**2 / T**2, -1 / T), () if entire else (T,))

    return rule


def _second_order(make: Callable[..., tuple[Expr, Expr, Expr]]) -> Callable[..., Equation | None]:
    """Orthogonal polynomials: (A, B, C) with A y'' + B y' + C y = 0, the degree a whole number."""

    def rule(*args: Expr) -> Equation | None:
        *parameters, t = args
        if not parameters[0].is_integer or not parameters[0].is_nonnegative:
            return None
        a, b, c = make(*parameters)
        return Equation(t, (-c / a, -b / a))

    return rule


def _hypergeometric(node: sp.hyper) -> Equation | None:
    """theta prod(theta + b - 1) y = t prod(theta + a) y, with theta = t d/dt (DLMF 16.8.3)."""
    upper, lower, t = list(node.ap), list(node.bq), node.argument
    if len(upper) > len(lower) + 1:
        return None
    theta = sp.Symbol("_theta")
    left = sp.Poly(sp.expand(theta * sp.prod([theta + b - 1 for b in lower])), theta)
    right = sp.Poly(sp.expand(sp.prod([theta + a for a in upper], start=_ONE)), theta)
    order = max(left.degree(), right.degree())
    by_derivative = [sp.S.Zero] * (order + 1)
    for poly, factor in ((left, _ONE), (right, -T)):
        for (power,), coefficient in poly.terms():
            for k in range(power + 1):  # theta^n = sum_k S(n, k) t^k D^k
                number = sp.functions.combinatorial.numbers.stirling(power, k)
                by_derivative[k] += factor * coefficient * number * T**k
    top = by_derivative[order]
    coefficients = tuple(-c / top for c in by_derivative[:order])
    ends = any(a.is_integer and a.is_nonpositive for a in upper)  # a polynomial
    entire = ends or len(upper) <= len(lower)
    return Equation(t, coefficients, () if entire else (1 - T,))


_RULES: dict[type, Callable[..., Equation | None]] = {
    sp.exp: _fixed(1),
    sp.sin: _fixed(-1, 0),
    sp.cos: _fixed(-1, 0),
    sp.sinh: _fixed(1, 0),
    sp.cosh: _fixed(1, 0),
    sp.log: _fixed(0, -1 / T, positive=(T,)),
    sp.atan: _fixed(0, -2 * T / (1 + T**2)),
    sp.asinh: _fixed(0, -T / (1 + T**2)),
    sp.asin: _fixed(0, T / (1 - T**2), positive=_INSIDE),
    sp.acos: _fixed(0, T / (1 - T**2), positive=_INSIDE),
    sp.atanh: _fixed(0, 2 * T / (1 - T**2), positive=_INSIDE),
    sp.erf: _fixed(0, -2 * T),
    sp.erfc: _fixed(0, -2 * T),
    sp.erfi: _fixed(0, 2 * T),
    sp.Ei: _fixed(0, 1 - 1 / T, positive=(T,)),
    sp.airyai: _fixed(T, 0),
    sp.airybi: _fixed(T, 0),
    sp.airyaiprime: _fixed(T, 1 / T),
    sp.airybiprime: _fixed(T, 1 / T),
    sp.besselj: _bessel(-1, True),
    sp.bessely: _bessel(-1, False),
    sp.besseli: _bessel(1, True),
    sp.besselk: _bessel(1, False),
    sp.elliptic_k: _fixed(
        Rational(1, 4) / (T * (1 - T)), (2 * T - 1) / (T * (1 - T)), positive=(1 - T,)
    ),
    sp.elliptic_e: _fixed(Rational(-1, 4) / (T * (1 - T)), -1 / T, positive=(1 - T,)),
    sp.legendre: _second_order(lambda n: (1 - T**2, -2 * T, n * (n + 1))),
    sp.chebyshevt: _second_order(lambda n: (1 - T**2, -T, n**2)),
    sp.chebyshevu: _second_order(lambda n: (1 - T**2, -3 * T, n * (n + 2))),
    sp.hermite: _second_order(lambda n: (_ONE, -2 * T, 2 * n)),
    sp.laguerre: _second_order(lambda n: (T, 1 - T, n)),
    sp.assoc_laguerre: _second_order(lambda n, a: (T, a + 1 - T, n)),
    sp.gegenbauer: _second_order(lambda n, a: (1 - T**2, -(2 * a + 1) * T, n * (n + 2 * a))),
    sp.jacobi: _second_order(
        lambda n, a, b: (1 - T**2, b - a - (a + b + 2) * T, n * (n + a + b + 1))
    ),
}
