"""What a Taylor series divides by: the coefficients that must not vanish for it to hold.

Main definition: `divisors`.

Main facts used: Taylor coefficients are found for generic parameters.  x^2/(c x + x^2) is x/c +
O(x^2) for c != 0, but 1 for c = 0: the series holds where the leading coefficient of every
denominator, of every base of a non-integer power and of every argument of a logarithm is not zero.
"""

from __future__ import annotations

from sympy import Basic, Expr, Pow, S, Symbol, log, preorder_traversal

from derivax.errors import DomainError
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.outcome import Outcome
from derivax.symbolic.exact.series import taylor
from derivax.symbolic.exact.zero import vanishes

__all__ = ["divisors"]

_ORDERS = (0, 1, 2, 4, 8, 16)


def divisors(expr: Expr, h: Symbol, domain: Domain | None = None) -> tuple[Expr, ...]:
    """The leading coefficients, at h = 0, of all that `expr` divides by or takes logarithms of.

    Raises:
        DomainError: one of these has no Taylor series itself, or no leading coefficient was found.

    >>> from sympy.abc import c, x
    >>> divisors(x**2/(c*x + x**2), x)
    (c,)
    """
    bases: dict[Basic, None] = {}
    for node in preorder_traversal(expr):
        if h not in node.free_symbols:
            continue
        if isinstance(node, Pow) and not (node.exp.is_Integer and node.exp >= 0):
            bases[node.base] = None
        elif isinstance(node, log):
            bases[node.args[0]] = None
    found = (_leading(base, h, domain) for base in bases if h in base.free_symbols)
    return tuple(dict.fromkeys(c for c in found if not c.is_number))


def _leading(base: Basic, h: Symbol, domain: Domain | None) -> Expr:
    if base == h:
        return S.One
    for order in _ORDERS:
        for coefficient in taylor(base, h, S.Zero, order, domain=domain):
            if vanishes(coefficient, domain).outcome is not Outcome.PROVEN:
                return coefficient
    raise DomainError(f"{base}", f"vanishes to order {_ORDERS[-1]} at {h} = 0", "")
