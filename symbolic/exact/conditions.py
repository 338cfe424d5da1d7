"""Decide conditions between numbers exactly, and test them on columns of floats.

Main definitions: `decide` (at one point, exactly), `holds_in_floats` (vectorised, with the
borderline rows marked), `value_in_floats`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import sympy as sp
from sympy import Basic, Symbol
from sympy.core.relational import Relational

from derivax.symbolic.exact.ball import BallProgram
from derivax.symbolic.exact.dag import exact_number, postorder, rational_value, symbols_of

__all__ = ["decide", "holds_in_floats", "value_in_floats"]

_LADDER = (128, 1024, 4096)


def decide(condition: Basic, point: Mapping[Basic, Any]) -> bool | None:
    """Whether a condition holds at a point, decided exactly; None if that is impossible.

    Rational functions are compared as rational numbers, anything else by balls of growing
    precision (an equality of transcendental numbers cannot be confirmed, only refuted).
    """
    if isinstance(condition, Relational) and type(condition) in _COMPARE:
        left = rational_value(condition.args[0], point)
        right = rational_value(condition.args[1], point) if left is not None else None
        if left is not None and right is not None:
            return _COMPARE[type(condition)](left, right)
    used = symbols_of([condition])
    program = BallProgram(condition, used)
    for bits in _LADDER:
        answer = program.at({s: point[s] for s in used}, bits)
        if isinstance(answer, bool):
            return answer
    return None


_COMPARE: dict[type, Callable[[Any, Any], bool]] = {
    sp.StrictLessThan: lambda a, b: a < b,
    sp.LessThan: lambda a, b: a <= b,
    sp.StrictGreaterThan: lambda a, b: a > b,
    sp.GreaterThan: lambda a, b: a >= b,
    sp.Equality: lambda a, b: a == b,
    sp.Unequality: lambda a, b: a != b,
}

# ---- columns of floats ------------------------------------------------------------------------

_UFUNCS: dict[type, Callable[..., Any]] = {
    sp.exp: np.exp,
    sp.log: np.log,
    sp.sin: np.sin,
    sp.cos: np.cos,
    sp.tan: np.tan,
    sp.sinh: np.sinh,
    sp.cosh: np.cosh,
    sp.tanh: np.tanh,
    sp.atan: np.arctan,
    sp.Abs: np.abs,
}
_CONSTANTS = {sp.S.Pi: np.pi, sp.S.Exp1: np.e}
_BORDERLINE = 1e-9


def _column(
    expr: Basic, columns: Mapping[Symbol, np.ndarray]
) -> tuple[np.ndarray, np.ndarray] | None:
    """(value, scale of the terms added) of an expression in double precision, None if unknown."""
    value: dict[int, np.ndarray] = {}
    scale: dict[int, np.ndarray] = {}
    for node in postorder([expr]):
        if isinstance(node, Symbol):
            v = np.asarray(columns[node], dtype=np.float64)
            m = np.abs(v)
        elif (number := exact_number(node) if not node.args else None) is not None:
            try:
                v = np.asarray(float(number))
            except OverflowError:
                return None
            m = np.abs(v)
        elif not node.args and node in _CONSTANTS:
            v = np.asarray(_CONSTANTS[node])
            m = np.abs(v)
        else:
            args, sizes = [value[id(a)] for a in node.args], [scale[id(a)] for a in node.args]
            if isinstance(node, sp.Add):
                v, m = sum(args[1:], args[0]), sum(sizes[1:], sizes[0])
            elif isinstance(node, sp.Mul):
                v, m = args[0], sizes[0]
                for a, b in zip(args[1:], sizes[1:], strict=True):
                    v, m = v * a, m * b
            elif isinstance(node, sp.Pow):
                v = np.power(args[0], args[1])
                m = np.abs(v) * (sizes[0] / np.abs(args[0])) ** np.maximum(1, np.abs(args[1]))
            elif isinstance(node, (sp.Max, sp.Min)):
                pick = np.maximum if isinstance(node, sp.Max) else np.minimum
                v, m = args[0], sizes[0]
                for a, b in zip(args[1:], sizes[1:], strict=True):
                    v, m = pick(v, a), np.maximum(m, b)
            elif type(node) in _UFUNCS:
                v = _UFUNCS[type(node)](args[0])
                m = (1 + np.abs(v)) * (sizes[0] / np.abs(args[0])) * (1 + np.abs(args[0]))
            else:
                return None
        value[id(node)], scale[id(node)] = v, m
    return value[id(expr)], scale[id(expr)]


def holds_in_floats(
    relation: Basic, columns: Mapping[Symbol, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """(holds, sure) per row: a relation tested in double precision on columns of floats.

    Rows where rounding might decide (both sides within 1e-9 of their scale, or not finite) are
    not sure and are left to `decide`.
    """
    length = len(next(iter(columns.values())))
    unsure = np.zeros(length, bool), np.zeros(length, bool)
    if not isinstance(relation, Relational) or type(relation) not in _COMPARE:
        return unsure
    with np.errstate(all="ignore"):
        lhs, rhs = (_column(side, columns) for side in relation.args[:2])
        if lhs is None or rhs is None:
            return unsure
        (left, left_scale), (right, right_scale) = lhs, rhs
        difference = np.broadcast_to(np.asarray(left - right), (length,))
        scale = np.broadcast_to(left_scale + right_scale, (length,))
        sure = np.isfinite(difference) & (np.abs(difference) > _BORDERLINE * scale)
        sure &= np.isfinite(scale) & (np.abs(difference) > 1e-290)
        holds = np.asarray(_COMPARE[type(relation)](difference, 0.0))
    return np.where(sure, holds, False), sure


def value_in_floats(
    expr: Basic, columns: Mapping[Symbol, np.ndarray], length: int
) -> np.ndarray | None:
    """An expression on columns of floats in double precision, None for an unknown head."""
    found = _column(expr, columns)
    return None if found is None else np.broadcast_to(found[0], (length,))
