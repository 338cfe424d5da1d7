"""The objects of the heads that are no line of the table: atoms, functions, matrices, calculus,
containers, domains.

Each maker takes the fields of a node and its arguments as built objects, checks what it needs, and
puts them together without evaluation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp
from sympy import Basic, Dummy, Function, ImmutableDenseMatrix, Symbol, Tuple
from sympy.core.symbol import Str

from derivax.errors import TermError
from derivax.symbolic.exact.domain import Domain, Interval
from derivax.symbolic.terms.assumptions import checked_facts, dummy_with, symbol_with
from derivax.symbolic.terms.dissect import LIMITED
from derivax.symbolic.terms.heads import CONSTANTS, FIRST_ROOT_INDEX
from derivax.symbolic.terms.limits import (
    MAX_NODES,
    MAX_TEXT,
    checked_name,
    integer_from_text,
    shown,
)

__all__ = ["FIELDS", "MAKERS", "ORDERS", "commutes_by_itself"]


def commutes_by_itself(head: str, made: Any) -> bool | None:
    if isinstance(made, Symbol):
        return bool(made.assumptions0.get("commutative", True))
    if head == "Matrix":
        return False
    if head == "Apply":
        return made.func._kwargs.get("commutative")
    return None


def _fail(head: str, why: str) -> TermError:
    return TermError(f"a node {head}", why)


def _atom(head: str, make: Callable[..., Any]) -> Callable[..., Any]:
    def build(fields: list[Any], args: list[Any], flags: list[bool]) -> Any:
        if args:
            raise _fail(head, "has no arguments")
        return make(*fields)

    return build


def _rational(p: Any, q: Any) -> sp.Rational:
    numerator, denominator = integer_from_text(p), integer_from_text(q)
    if denominator < 2 or sp.igcd(numerator, denominator) != 1:
        raise _fail("Rational", "is not in lowest terms with a denominator above 1")
    return sp.Rational(numerator, denominator)


def _float(mantissa: Any, exponent: Any, precision: Any) -> sp.Float:
    value = integer_from_text(mantissa)
    if type(exponent) is not int or abs(exponent) > 10**9 or (value == 0 and exponent):
        raise _fail("Float", "has an exponent that is no integer of at most nine digits")
    if (
        type(precision) is not int
        or not 1 <= precision <= 10**6
        or abs(value).bit_length() > precision
    ):
        raise _fail("Float", "has a precision that does not fit its mantissa")
    if value and value % 2 == 0:
        raise _fail("Float", "has an even mantissa")
    raw = (int(value < 0), abs(value), exponent, abs(value).bit_length())
    return sp.Float._new(raw, precision, zero=False)


def _constant(name: Any) -> Basic:
    if not isinstance(name, str) or name not in CONSTANTS:
        raise _fail("constant", f"names {shown(name)}, which is none")
    return CONSTANTS[name]


def _bool(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _fail("bool", "is neither true nor false")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise _fail("str", f"is not a string of at most {MAX_TEXT} characters")
    return value


def _bound(height: int, facts: Any) -> Dummy:
    letter = "k" if isinstance(facts, dict) and facts.get("integer") else "x"
    return dummy_with(f"{letter}{height}", facts, index=height)


def _free_dummy(label: Any, facts: Any) -> Dummy:
    if type(label) is not int or not 1 <= label <= MAX_NODES:
        raise _fail("Dummy", "is not numbered from 1")
    return dummy_with(f"d{label}", facts)


def _root_variable(level: Any, facts: Any) -> Dummy:
    if type(level) is not int or not 1 <= level <= MAX_NODES:
        raise _fail("RootVariable", "is not numbered from 1")
    return dummy_with("u", facts, index=FIRST_ROOT_INDEX + level)


def _function(name: Any, nargs: Any, facts: Any) -> Any:
    if nargs is not None:
        counts = isinstance(nargs, list) and all(type(n) is int and 0 <= n < 1000 for n in nargs)
        if not counts or not nargs or nargs != sorted(set(nargs)):
            raise _fail("Function", "has numbers of arguments that are no increasing list")
    if not isinstance(facts, dict):
        raise _fail("Function", "has no set of assumptions")
    facts = dict(facts)
    stated = {"commutative": True} if facts.get("commutative") is True else {}
    for key in stated:
        del facts[key]
    known: dict[str, Any] = {**checked_facts(facts), **stated}
    if nargs is not None:
        known["nargs"] = nargs[0] if len(nargs) == 1 else tuple(nargs)
    return Function(checked_name(name), **known)


def _apply(fields: list[Any], args: list[Any], flags: list[bool]) -> Basic:
    function = _function(*fields)
    if function._nargs and len(args) not in function._nargs:
        raise _fail("Apply", f"gives {len(args)} arguments to {shown(fields[0])}")
    if not all(isinstance(arg, Basic) for arg in args):
        raise _fail("Apply", "has an argument that is no expression")
    made = Basic.__new__(function, *args)
    made.nargs = function.nargs
    return made


def _matrix(fields: list[Any], args: list[Any], flags: list[bool]) -> Basic:
    rows, cols = fields
    if type(rows) is not int or type(cols) is not int or min(rows, cols) < 0:
        raise _fail("Matrix", "has a shape that is no pair of integers")
    if max(rows, cols) > MAX_NODES or rows * cols != len(args):
        raise _fail("Matrix", f"has {len(args)} entries, not {rows} x {cols}")
    if not all(isinstance(arg, sp.Expr) for arg in args):
        raise _fail("Matrix", "has an entry that is no expression")
    return ImmutableDenseMatrix(rows, cols, args)


def _indexed_base(fields: list[Any], args: list[Any], flags: list[bool]) -> Basic:
    if not args or not isinstance(args[0], Symbol) or len(args) > 2:
        raise _fail("IndexedBase", "is not a symbol with at most one shape")
    if len(args) == 2 and not isinstance(args[1], Tuple):
        raise _fail("IndexedBase", "has a shape that is no Tuple")
    return sp.IndexedBase(*args)


def _derivative(fields: list[Any], args: list[Any], flags: list[bool]) -> Basic:
    if len(args) < 3 or len(args) % 2 == 0 or not all(isinstance(arg, sp.Expr) for arg in args):
        raise _fail("Derivative", "is not a body with pairs of variable and order")
    pairs = [Tuple(args[i], args[i + 1]) for i in range(1, len(args), 2)]
    for variable, _ in pairs:
        if not variable._diff_wrt:
            raise _fail("Derivative", f"is taken with respect to a {type(variable).__name__}")
    return Basic.__new__(sp.Derivative, args[0], *pairs)


def _limited(cls: Any) -> Callable[..., Any]:
    def build(fields: list[Any], args: list[Any], flags: list[bool]) -> Basic:
        if not all(isinstance(arg, sp.Expr) for arg in args):
            raise _fail(cls.__name__, "has an argument that is no expression")
        limits, start = [], 1
        for length in fields[0]:
            if length != 3 and cls is sp.Product:
                raise _fail("Product", "needs both bounds")
            limits.append(Tuple(*args[start : start + length]))
            start += length
        made = Basic.__new__(cls, args[0], *limits)
        made.is_commutative = flags[0]
        return made

    return build


def _dict(fields: list[Any], args: list[Any], flags: list[bool]) -> Any:
    if len(args) % 2:
        raise _fail("dict", "has a key without a value")
    if not all(isinstance(key, str | int | Basic) or key is None for key in args[::2]):
        raise _fail("dict", "has a key that is no text, number or expression")
    made = dict(zip(args[::2], args[1::2], strict=True))
    if len(made) != len(args) // 2:
        raise _fail("dict", "has a key twice")
    if all(isinstance(key, str) for key in made):
        return {key: made[key] for key in sorted(made)}
    return made


def _range(fields: list[Any], args: list[Any], flags: list[bool]) -> Any:
    low_open, high_open, integer, plane = (_bool(value) for value in fields)
    if len(args) != 2 or not all(isinstance(arg, sp.Expr) for arg in args):
        raise _fail("range", "is not a pair of numbers")
    return Interval(args[0], args[1], low_open, high_open, integer, plane)


def _domain(fields: list[Any], args: list[Any], flags: list[bool]) -> Any:
    pairs, where = args[: 2 * fields[0]], args[2 * fields[0] :]
    symbols, ranges = pairs[::2], pairs[1::2]
    if not all(isinstance(symbol, Basic) for symbol in symbols):
        raise _fail("domain", "has a key that is no symbol")
    if not all(isinstance(interval, Interval) for interval in ranges):
        raise _fail("domain", "gives a symbol something else than a range")
    if not all(isinstance(condition, Basic) for condition in where):
        raise _fail("domain", "has a condition that is no relation")
    return Domain(dict(zip(symbols, ranges, strict=True)), where=tuple(where))


# Heads that are no line of the table: how many fields come before the arguments.
FIELDS = {
    "Integer": 1, "Rational": 2, "Float": 3, "Symbol": 2, "Dummy": 2, "RootVariable": 2, "Bound": 2,
    "Str": 1, "constant": 1, "Apply": 3, "Function": 3, "Matrix": 2, "IndexedBase": 0,
    "Derivative": 0, "Sum": 1, "Product": 1, "Integral": 1, "none": 0, "bool": 1, "int": 1,
    "str": 1, "list": 0,
    "tuple": 0, "dict": 0, "range": 4, "domain": 1,
}  # fmt: skip
ORDERS = {"dict": "pairs", "domain": "domain"}
MAKERS: dict[str, Callable[..., Any]] = {
    "Integer": _atom("Integer", lambda text: sp.Integer(integer_from_text(text))),
    "Rational": _atom("Rational", _rational),
    "Float": _atom("Float", _float),
    "Symbol": _atom("Symbol", lambda name, facts: symbol_with(checked_name(name), facts)),
    "Dummy": _atom("Dummy", _free_dummy),
    "Bound": _atom("Bound", _bound),
    "RootVariable": _atom("RootVariable", _root_variable),
    "Str": _atom("Str", lambda name: Str(checked_name(name))),
    "constant": _atom("constant", _constant),
    "Function": _atom("Function", _function),
    "Apply": _apply,
    "Matrix": _matrix,
    "IndexedBase": _indexed_base,
    "Derivative": _derivative,
    **{name: _limited(cls) for name, cls in LIMITED.items()},
    "none": _atom("none", lambda: None),
    "bool": _atom("bool", _bool),
    "int": _atom("int", integer_from_text),
    "str": _atom("str", _text),
    "list": lambda fields, args, flags: list(args),
    "tuple": lambda fields, args, flags: tuple(args),
    "dict": _dict,
    "range": _range,
    "domain": _domain,
}
