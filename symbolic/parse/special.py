"""Calls that take more than scalars: Piecewise, Sum, Product, Integral, Derivative, Eq."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import sympy as sp
from sympy import Basic, Expr, Integer, Symbol

from derivax.symbolic.parse.tokens import Token

if TYPE_CHECKING:
    from derivax.symbolic.parse.grammar import Parser

__all__ = ["MAX_CASES", "MAX_ORDER", "SPECIAL"]

MAX_CASES = 32
MAX_ORDER = 20  # of a derivative


def _pair(parser: Parser) -> list[Any]:
    """A bracketed list, as in Piecewise((x, x > 0), ...) or Sum(f, (k, 1, n))."""
    if not parser.peek("("):
        return [parser.relation()]
    return parser.arguments(parser.token)


def _piecewise(parser: Parser, token: Token) -> Any:
    cases = parser.arguments(token, lambda: _pair(parser))
    if not 1 <= len(cases) <= MAX_CASES or any(len(case) != 2 for case in cases):
        raise parser.error(token, f"Piecewise takes up to {MAX_CASES} pairs (value, condition)")
    pairs = []
    for value, condition in cases:
        if isinstance(condition, Basic) and condition.has(sp.Piecewise):
            raise parser.error(token, "a condition of Piecewise holds another Piecewise")
        pairs.append((parser.scalar(token, value), parser.condition(token, condition)))
    return parser.build(token, sp.Piecewise, *pairs, evaluate=False)


def _sum(parser: Parser, token: Token) -> Any:
    return _over_range(parser, token, sp.Sum, integer=True)


def _product(parser: Parser, token: Token) -> Any:
    return _over_range(parser, token, sp.Product, integer=True)


def _integral(parser: Parser, token: Token) -> Any:
    return _over_range(parser, token, sp.Integral, integer=False)


def _over_range(parser: Parser, token: Token, cls: Any, *, integer: bool) -> Any:
    # nothing between the brackets reads as an empty list, which is refused below
    first, *limits = parser.arguments(token, lambda: _pair_or_value(parser)) or [[]]
    if isinstance(first, list) or not 1 <= len(limits) <= 8:
        raise parser.error(token, f"{cls.__name__} takes a body and ranges (k, low, high)")
    body = parser.scalar(token, first)
    ranges: list[tuple[Expr, Expr, Expr]] = []
    for limit in limits:
        if not isinstance(limit, list) or len(limit) != 3 or not isinstance(limit[0], Symbol):
            raise parser.error(token, f"a range of {cls.__name__} is (variable, low, high)")
        variable, low, high = (parser.scalar(token, part) for part in limit)
        if integer and variable.name not in parser.declared:
            index = Symbol(variable.name, integer=True)
            body = body.xreplace({variable: index})
            ranges = [
                (v, lo.xreplace({variable: index}), hi.xreplace({variable: index}))
                for v, lo, hi in ranges
            ]
            variable = index
        ranges.append((variable, low, high))
    return parser.build(token, cls, body, *ranges)


def _pair_or_value(parser: Parser) -> Any:
    """A bracketed list of several things, or one value (which may begin with a bracket)."""
    if parser.peek("("):
        start = parser.position
        found = _try_list(parser)
        if found is not None:
            return found
        parser.position = start
    return parser.relation()


def _try_list(parser: Parser) -> list[Any] | None:
    """The list between matching brackets, if it has a comma at its own level."""
    depth, position = 0, parser.position
    comma = False
    while parser.tokens[position].kind != "end":
        text = parser.tokens[position].text
        depth += {"(": 1, ")": -1}.get(text, 0)
        comma |= text == "," and depth == 1
        if depth == 0:
            break
        position += 1
    return parser.arguments(parser.token) if comma else None


def _derivative(parser: Parser, token: Token) -> Any:
    first, *rest = parser.arguments(token, lambda: _pair_or_value(parser)) or [[]]
    if isinstance(first, list) or not rest:
        raise parser.error(token, "Derivative takes an expression and variables",
                         "write Derivative(u(t), t)")  # fmt: skip
    counts: list[tuple[Expr, int]] = []
    for entry in rest:
        pair = entry if isinstance(entry, list) else [entry]
        if len(pair) == 1 and isinstance(pair[0], Integer) and counts:
            counts[-1] = (counts[-1][0], int(pair[0]))
            continue
        if len(pair) > 2 or not isinstance(pair[0], Symbol):
            raise parser.error(token, "a derivative is taken with respect to a symbol")
        counts.append((pair[0], int(pair[1]) if len(pair) == 2 and pair[1].is_Integer else 1))
    if not counts or not all(1 <= order <= MAX_ORDER for _, order in counts):
        raise parser.error(token, f"orders of derivatives are 1 to {MAX_ORDER}")
    return parser.build(token, sp.Derivative, parser.scalar(token, first), *counts)


def _equation(parser: Parser, token: Token) -> Any:
    sides = parser.arguments(token)
    if len(sides) != 2:
        raise parser.error(token, "Eq takes two sides", "write Eq(left, right)")
    left, right = (parser.scalar(token, side) for side in sides)
    return parser.build(token, sp.Eq, left, right, evaluate=False)


SPECIAL: dict[str, Callable[[Parser, Token], Any]] = {
    "Piecewise": _piecewise,
    "Sum": _sum,
    "Product": _product,
    "Integral": _integral,
    "Derivative": _derivative,
    "diff": _derivative,
    "Eq": _equation,
}
