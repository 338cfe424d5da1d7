"""Is a certificate plain: can its code and its formula be evaluated in bounded time and memory?

Generated code may hold loops, nested functions and arrays, so a certificate from a stranger may ask
for endless work although every word of it is allowed.  A plain one cannot: straight-line
elementwise code whose calls, written out, are few, and a formula of elementary heads with
moderate numbers.  Plain certificates are rechecked where the caller is; all others in a process of
limited time and memory (`guarded`).

Main definition: `is_plain`.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from derivax.numeric.verify.certificate import Certificate

__all__ = ["is_plain"]

_LONGEST_SOURCE = 200_000
_MOST_OPERATIONS = 20_000
_MOST_NODES = 2_000
_MOST_DIGITS = 40
_HIGHEST_POWER = 64

_ELEMENTWISE_NAMES = """
    abs arccos arccosh arcsin arcsinh arctan arctan2 arctanh asarray cbrt ceil clip cos cosh equal
    exp expm1 finfo floor isfinite isinf isnan log log1p logical_and logical_not logical_or
    logical_xor maximum minimum mod multiply negative ones_like power rint round sign sin sinh sqrt
    square tan tanh where zeros_like trunc copysign signbit erf erfc stop_gradient nextafter
    reduce_precision integer_pow float32 float64 result_type
"""
_HEAD_NAMES = """
    Integer Rational Float Symbol Bound Str constant Apply Function Derivative none bool int str
    list tuple dict range domain
    Add Mul Pow exp log sin cos tan cot sec csc asin acos atan atan2 sinh cosh tanh coth sech csch
    asinh acosh atanh Abs sign Max Min Piecewise ExprCondPair Tuple Heaviside erf erfc Phi sinc
    Equality Unequality StrictLessThan LessThan StrictGreaterThan GreaterThan And Or Not
    BooleanTrue BooleanFalse Matrix
"""
_ELEMENTWISE, _HEADS = frozenset(_ELEMENTWISE_NAMES.split()), frozenset(_HEAD_NAMES.split())


def is_plain(certificate: Certificate) -> bool:
    """Whether code and statement need no limits; says no when in doubt."""
    code = certificate.code
    if code is not None and not _plain_source(code["source"]):
        return False
    statement = certificate.statement
    terms = [statement.get("problem_term")]
    formula = statement.get("formula")
    if isinstance(formula, Mapping):
        terms.append(formula.get("term"))
    steps = statement.get("steps")
    if steps is not None and not isinstance(steps, tuple):
        return False
    return all(term is None or _plain_term(term) for term in terms)


def _plain_source(source: str) -> bool:
    if len(source) > _LONGEST_SOURCE:
        return False
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    functions = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef)}
    sizes: dict[str, int] = {}
    for name in functions:  # no function may use a later one: generated modules are in this order
        size = 0
        for node in ast.walk(functions[name]):
            size += 1
            if isinstance(node, ast.FunctionDef) and node is not functions[name]:
                return False
            if isinstance(node, ast.Constant) and type(node.value) is int:
                if abs(node.value) > _HIGHEST_POWER:
                    return False
            if isinstance(node, ast.Call):
                called = node.func
                if isinstance(called, ast.Name):
                    if called.id not in sizes:
                        return False
                    size += sizes[called.id]
                elif not (isinstance(called, ast.Attribute) and called.attr in _ELEMENTWISE):
                    return False
        if size > _MOST_OPERATIONS:
            return False
        sizes[name] = size
    return sum(sizes.values()) <= _MOST_OPERATIONS


def _plain_term(term: Any) -> bool:
    nodes = term.get("nodes") if isinstance(term, Mapping) else None
    if not isinstance(nodes, tuple) or len(nodes) > _MOST_NODES:
        return False
    sizes: list[int] = []
    numbers: dict[int, int] = {}
    for index, node in enumerate(nodes):
        if not isinstance(node, tuple) or not node or node[0] not in _HEADS:
            return False
        head = node[0]
        size = 1
        for part in node[1:]:
            if isinstance(part, str) and head in ("Integer", "Rational", "Float", "int"):
                if len(part) > _MOST_DIGITS:
                    return False
            elif type(part) is int and 0 <= part < index:
                size += sizes[part]
        if head == "Float" and not (type(node[2]) is int and abs(node[2]) < 2000):
            return False
        if head in ("Integer", "int") and isinstance(node[1], str):
            try:
                numbers[index] = abs(int(node[1]))
            except ValueError:
                return False
        if head == "Pow" and len(node) == 3 and numbers.get(node[2], 0) > _HIGHEST_POWER:
            return False
        if size > _MOST_OPERATIONS:
            return False
        sizes.append(size)
    return True
