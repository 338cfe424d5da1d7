"""What a domain demands of its points beyond intervals: assumptions of symbols, and relations.

Relations between symbols are met by construction where they are affine in one symbol once the
others are drawn (u0 < s < 10*u0: whichever comes first, the other is drawn between its bounds);
everything drawn is then checked, so construction only has to be good, never right.

Main definitions: `Constraint`, `allowed`.
"""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy import Basic, Symbol
from sympy.core.relational import Relational

from derivax.symbolic.exact.dag import exact_number, symbols_of

__all__ = ["Constraint", "allowed"]


def allowed(symbol: Symbol, value: Any) -> bool | None:
    """Whether assumptions that are no interval (nonzero, even, odd, prime) allow a value."""
    exact = exact_number(value)
    if exact is None:
        return bool(value != 0) if symbol.is_zero is False and isinstance(value, complex) else True
    if symbol.is_zero is False and exact == 0:
        return False
    if exact.denominator != 1:
        return symbol.is_integer is not True
    number = int(exact)
    if symbol.is_integer is False and symbol.is_real:
        return False
    if (symbol.is_even and number % 2) or (symbol.is_odd and number % 2 == 0):
        return False
    if symbol.is_prime is not None and number < 10**12:
        return bool(sp.isprime(number)) is symbol.is_prime
    return True


class Constraint:
    """A relation of `where`, with its affine forms a*symbol + b in each of its symbols."""

    def __init__(self, relation: Basic) -> None:
        self.relation = relation
        self.symbols = frozenset(symbols_of([relation]))
        self.affine: dict[Symbol, tuple[Basic, Basic]] = {}
        if not isinstance(relation, Relational):
            return
        difference = relation.args[0] - relation.args[1]
        for symbol in self.symbols:
            try:
                poly = sp.Poly(difference, symbol)
            except (sp.PolynomialError, sp.CoercionFailed):
                continue
            if poly.degree() == 1:
                self.affine[symbol] = poly.coeff_monomial(symbol), poly.coeff_monomial(1)

    @property
    def sense(self) -> int:
        """+1 for lhs > rhs, -1 for lhs < rhs, 0 for =, 2 for anything else."""
        if isinstance(self.relation, (sp.StrictGreaterThan, sp.GreaterThan)):
            return 1
        if isinstance(self.relation, (sp.StrictLessThan, sp.LessThan)):
            return -1
        return 0 if isinstance(self.relation, sp.Equality) else 2

    @property
    def strict(self) -> bool:
        """Whether equality is excluded."""
        return isinstance(self.relation, (sp.StrictGreaterThan, sp.StrictLessThan))
