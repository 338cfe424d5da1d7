"""Relations, logic and Piecewise on balls: True, False, or None where the balls do not decide.

Main definitions: `CONDITIONS` (the table), `comparison_rule`, `needed_operands`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import sympy as sp
from flint import arb
from sympy.functions.elementary.piecewise import ExprCondPair
from sympy.logic import boolalg

from derivax.symbolic.exact.ball_elementary import Rule
from derivax.symbolic.exact.ball_values import (
    NAN,
    Ball,
    Undefined,
    as_complex,
)
from derivax.symbolic.exact.dag import Node, rational_value

__all__ = ["COMPARISONS", "CONDITIONS", "comparison_rule", "needed_operands", "undefined"]


def _less(a: Ball, b: Ball) -> bool | None:
    if not isinstance(a, arb) or not isinstance(b, arb):
        return None
    return True if a < b else False if a >= b else None


def _equal(a: Ball, b: Ball) -> bool | None:
    if isinstance(a, arb) and isinstance(b, arb):
        return False if not a.overlaps(b) else True if a == b else None
    a, b = as_complex(a), as_complex(b)
    return False if not a.overlaps(b) else True if a == b else None


def _negated(value: bool | None) -> bool | None:
    return None if value is None else not value


COMPARISONS: dict[type, Callable[[Any, Any], bool | None]] = {
    sp.StrictLessThan: _less,
    sp.StrictGreaterThan: lambda a, b: _less(b, a),
    sp.LessThan: lambda a, b: _negated(_less(b, a)),
    sp.GreaterThan: lambda a, b: _negated(_less(a, b)),
    sp.Equality: _equal,
    sp.Unequality: lambda a, b: _negated(_equal(a, b)),
}
_EXACT_COMPARISONS: dict[type, Callable[[Any, Any], bool]] = {
    sp.StrictLessThan: operator.lt,
    sp.StrictGreaterThan: operator.gt,
    sp.LessThan: operator.le,
    sp.GreaterThan: operator.ge,
    sp.Equality: operator.eq,
    sp.Unequality: operator.ne,
}


def comparison_rule(node: Node, nodes: Sequence[Node]) -> Rule:
    """Compare balls; where they overlap, compare exact rationals if both sides have them."""
    head = type(node.expr)
    left, right = (nodes[i].expr for i in node.args)
    compare, compare_exactly = COMPARISONS[head], _EXACT_COMPARISONS[head]

    def decide(environment: Any, a: Ball, b: Ball) -> bool | None:
        answer = compare(a, b)
        if answer is not None or environment.exact is None:
            return answer
        x = rational_value(left, environment.exact)
        y = rational_value(right, environment.exact) if x is not None else None
        return None if x is None or y is None else compare_exactly(x, y)

    return decide, node.args, True


def _and(*conditions: bool | None) -> bool | None:
    if any(c is False for c in conditions):
        return False
    return True if all(c is True for c in conditions) else None


def _or(*conditions: bool | None) -> bool | None:
    if any(c is True for c in conditions):
        return True
    return False if all(c is False for c in conditions) else None


def _not(condition: bool | None) -> bool | None:
    return _negated(condition)


def _xor(*conditions: bool | None) -> bool | None:
    if any(not isinstance(c, bool) for c in conditions):
        return None
    return bool(sum(map(bool, conditions)) % 2)


def _ite(condition: bool | None, then: Any, otherwise: Any) -> Any:
    return None if condition is None else then if condition else otherwise


def _branch(value: Ball, condition: bool | None) -> tuple[Ball, bool | None]:
    return value, condition


def _piecewise(*branches: tuple[Ball, bool | None]) -> Ball:
    for value, condition in branches:
        if condition is True:
            return value
        if condition is not False:
            return NAN
    raise Undefined("no branch of the Piecewise applies")


def undefined() -> Ball:
    raise Undefined("zoo or nan")


def parameters(*items: Any) -> tuple[Any, ...]:
    return items


def needed_operands(function: Callable[..., Any], operands: Sequence[Any]) -> Sequence[int]:
    """The operands that the value depends on: all, except for the branches of a condition."""
    if function is _branch:
        return (0,)
    if function is _piecewise:
        for k, pair in enumerate(operands):
            if not isinstance(pair, tuple) or pair[1] is True:
                return (k,)
            if pair[1] is not False:
                return ()
        return ()
    return range(len(operands))


CONDITIONS: dict[type, Callable[..., Any]] = {
    ExprCondPair: _branch,
    sp.Piecewise: _piecewise,
    boolalg.And: _and,
    boolalg.Or: _or,
    boolalg.Not: _not,
    boolalg.Xor: _xor,
    boolalg.ITE: _ite,
}
"""SymPy head -> function on balls and on True, False, None (undecided)."""
