"""Texts that hold several things: equations, given values, relations, domains, names."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy import Basic, Eq, Expr, S, Subs
from sympy.core.function import AppliedUndef, Derivative
from sympy.core.relational import Relational

from derivax.errors import ParseError
from derivax.symbolic.parse.declared import Symbols
from derivax.symbolic.parse.functions import CONSTANTS
from derivax.symbolic.parse.grammar import Parser
from derivax.symbolic.parse.tokens import Token

__all__ = ["parse_domain", "parse_equations", "parse_given", "parse_names", "parse_relations"]


def _items(parser: Parser, rule: Any, *separators: str) -> list[Any]:
    """What `rule` reads, again and again, with separators between; empty items are skipped."""

    def read() -> list[Any]:
        found: list[Any] = []
        while True:
            while parser.peek(*separators):
                parser.take()
            if parser.ended:
                return found
            found.append(rule())
            if not parser.ended and not parser.peek(*separators):
                return found  # `whole` says what is wrong here

    return parser.whole(read)


def parse_equations(text: str, symbols: Symbols = None) -> list[Eq]:
    """Equations from text: `left = right` (or `==`, or `Eq(left, right)`), separated by `;`.

    Raises:
        ParseError: also for an item that is no equation, or no item at all.

    >>> parse_equations("tau*u'(t) = 2*u(t)*(s - u(t))")
    [Eq(tau*Derivative(u(t), t), 2*(s - u(t))*u(t))]
    """
    parser = Parser(text, symbols)

    def equation() -> Eq:
        start = parser.token
        value = parser.comparison()
        if not isinstance(value, Eq):
            raise parser.error(start, "this is not an equation", "write left = right")
        return value

    found = _items(parser, equation, ";")
    if not found:
        raise parser.error(parser.token, "there is no equation", "write u'(t) = ...")
    return found


def parse_given(text: str, symbols: Symbols = None) -> dict[Basic, Expr]:
    """Given values from text: `u(0) = u0; u'(0) = 1`; an empty text gives none.

    Returns:
        {u(0): u0, Subs(Derivative(u(x), x), x, 0): 1}.

    >>> parse_given("u(0) = u0; v(0) = 1")
    {u(0): u0, v(0): 1}
    """
    parser = Parser(text, symbols)

    def pair() -> tuple[Token, Basic, Expr]:
        start = parser.token
        value = parser.comparison()
        if not isinstance(value, Eq) or not isinstance(
            value.lhs, AppliedUndef | Subs | Derivative | sp.Symbol
        ):
            raise parser.error(start, "this is not a given value", "write u(0) = u0")
        return start, value.lhs, value.rhs

    found: dict[Basic, Expr] = {}
    for start, left, right in _items(parser, pair, ";", ","):
        if left in found:
            raise parser.error(start, f"{left} is given twice")
        found[left] = right
    return found


def parse_relations(text: str, symbols: Symbols = None) -> tuple[Relational, ...]:
    """Relations from text, separated by `,` or `;`; a chain `0 < a < b` gives two.

    >>> parse_relations("u0 < s, 0 < a <= b")
    (u0 < s, 0 < a, a <= b)
    """
    parser = Parser(text, symbols)

    def relations() -> list[Relational]:
        start = parser.token
        sides = [parser.sum()]
        found: list[Relational] = []
        while parser.peek("=", "==", "!=", "<", "<=", ">", ">="):
            sign = parser.take()
            sides.append(parser.sum())
            left, right = (parser.scalar(sign, side) for side in sides[-2:])
            found.append(parser.relate(sign, left, right))
        if not found:
            if isinstance(sides[0], Relational):
                return [sides[0]]
            raise parser.error(start, "this is not a relation", "write a < b")
        return found

    return tuple(rel for group in _items(parser, relations, ",", ";") for rel in group)


def parse_domain(text: str) -> dict[str, tuple[Expr, Expr]]:
    """Ranges of names from text: `t=0:inf, s=0:20`.

    Returns:
        {name: (low, high)} with exact numbers or infinities.

    Raises:
        ParseError: also for a bound that is no real constant, and for low above high.

    >>> parse_domain("t=0:inf, s=0:20")
    {'t': (0, oo), 's': (0, 20)}
    """
    parser = Parser(text)

    def bound() -> Expr:
        start = parser.token
        value = parser.scalar(start, parser.sum())
        if value.free_symbols or value.is_extended_real is not True:
            raise parser.error(start, "a bound of a domain is a real number, inf or -inf")
        return value

    def entry() -> tuple[Token, str, Expr, Expr]:
        start = parser.take()
        if start.kind != "name":
            raise parser.error(start, "a domain begins with a name", "write t=0:inf")
        if parser.peek("=") or parser.peek(":"):
            parser.take()
        else:
            parser.expect("=", f"write {start.text[:20]}=0:inf")
        low = bound()
        parser.expect(":", f"write {start.text[:20]}=low:high")
        high = bound()
        if (low > high) == S.true:
            raise parser.error(start, f"the domain of {start.text} is empty: {low} > {high}")
        return start, start.text, low, high

    found: dict[str, tuple[Expr, Expr]] = {}
    for start, name, low, high in _items(parser, entry, ",", ";"):
        if name in found:
            raise parser.error(start, f"the domain of {name} is given twice")
        found[name] = (low, high)
    return found


def parse_names(text: str) -> tuple[str, ...]:
    """Names from text, separated by spaces or commas: `t s u0`.

    >>> parse_names("t, s u0")
    ('t', 's', 'u0')
    """
    parser = Parser(text)
    found: list[str] = []
    while not parser.ended:
        token = parser.take()
        if token.kind == "name":
            if token.text in CONSTANTS:
                raise parser.error(token, f"{token.text} is a constant, not an argument")
            if token.text in found:
                raise parser.error(token, f"{token.text} is named twice")
            found.append(token.text)
        elif token.text != ",":
            raise parser.error(token, f"{token.text[:20]!r} is not a name", "write: t s u0")
    if not found:
        raise ParseError(repr(text[:40]), "names nothing", "write: t s u0")
    return tuple(found)
