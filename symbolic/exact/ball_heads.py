"""The table from SymPy heads to functions on balls, with SymPy's principal branches.

`Undefined` says that a pole was met *exactly*; a ball that merely contains a pole or a branch point
gives NaN, that is, undecided.

Main definitions: `instruction` (the table lookup), `HEADS`, `CONSTANTS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sympy as sp
from flint import arb
from sympy import Basic
from sympy.core.function import AppliedUndef, Derivative

from derivax.symbolic.exact import ball_binders
from derivax.symbolic.exact.ball_conditions import (
    COMPARISONS,
    CONDITIONS,
    comparison_rule,
    needed_operands,
    parameters,
    undefined,
)
from derivax.symbolic.exact.ball_elementary import (
    ELEMENTARY,
    PI_MULTIPLES,
    Rule,
    exp_pi_i,
    pow_rule,
)
from derivax.symbolic.exact.ball_families import FAMILIES
from derivax.symbolic.exact.ball_special import SPECIAL
from derivax.symbolic.exact.ball_values import (
    I_UNIT,
    NAN,
    Ball,
    Undefined,
    current_bits,
    is_nan,
    simplest,
)
from derivax.symbolic.exact.dag import Node

__all__ = [
    "CONSTANTS",
    "HEADS",
    "NAN",
    "Ball",
    "Undefined",
    "binds",
    "current_bits",
    "instruction",
    "is_indexed",
    "is_nan",
    "needed_operands",
    "simplest",
]


def is_indexed(node: Basic) -> bool:
    """Whether the node is an entry of an indexed or matrix variable, a variable of its own."""
    return isinstance(node, (sp.Indexed, sp.matrices.expressions.matexpr.MatrixElement))


def binds(node: Basic) -> bool:
    """Whether the node has bound variables, so that its body is evaluated by itself."""
    return isinstance(node, (sp.Sum, sp.Product, sp.Integral, sp.Subs)) or hasattr(node, "_ball_")


CONSTANTS: dict[Basic, Callable[[], Any]] = {
    sp.S.Pi: arb.pi,
    sp.S.Exp1: arb.const_e,
    sp.S.EulerGamma: arb.const_euler,
    sp.S.Catalan: arb.const_catalan,
    sp.S.GoldenRatio: lambda: (1 + arb(5).sqrt()) / 2,
    sp.S.ImaginaryUnit: lambda: I_UNIT,
    sp.S.Infinity: lambda: arb("inf"),
    sp.S.NegativeInfinity: lambda: arb("-inf"),
    sp.S.true: lambda: True,
    sp.S.false: lambda: False,
}

HEADS: dict[type, Callable[..., Any]] = {**ELEMENTARY, **SPECIAL, **FAMILIES, **CONDITIONS}
"""SymPy head -> function on balls (or, for conditions, on True, False and None = undecided)."""


def instruction(node: Node, nodes: Sequence[Node]) -> Rule | None:
    """How to compute a node from the slots of its arguments; None for an unknown head."""
    expr = node.expr
    head = type(expr)
    if head is sp.Pow:
        return pow_rule(node, nodes)
    if head in PI_MULTIPLES or head is sp.exp:
        factors = _without(node, nodes, (sp.S.Pi, sp.S.ImaginaryUnit)[: 2 if head is sp.exp else 1])
        if factors is not None:
            return PI_MULTIPLES.get(head, exp_pi_i), factors, False
    if head in HEADS:
        return HEADS[head], node.args, False
    if isinstance(expr, sp.Tuple):  # the parameters of a hypergeometric function
        return parameters, node.args, False
    if head in COMPARISONS:
        return comparison_rule(node, nodes)
    if expr in (sp.zoo, sp.nan) if not expr.args else False:
        return undefined, (), False
    if isinstance(expr, (AppliedUndef, sp.Symbol)):
        return None
    if isinstance(expr, Derivative) or binds(expr):
        rule = ball_binders.binder(expr)
        return None if rule is None else (rule, (), True)
    return None


def _without(node: Node, nodes: Sequence[Node], units: Sequence[Basic]) -> tuple[int, ...] | None:
    """The factor slots of the argument without the given constants, None if one is not there."""
    if len(node.args) != 1:
        return None
    product = nodes[node.args[0]]
    if not isinstance(product.expr, sp.Mul):
        alone = len(units) == 1 and product.expr == units[0] if not product.expr.args else False
        return () if alone else None
    slots = list(product.args)
    for unit in units:
        for slot in slots:
            if not nodes[slot].expr.args and nodes[slot].expr == unit:
                slots.remove(slot)
                break
        else:
            return None
    return tuple(slots)
