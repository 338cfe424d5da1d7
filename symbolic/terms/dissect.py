"""Taking an object apart: head, fields that are not objects, children, and what is bound where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp
from sympy import Dummy, Symbol, Tuple
from sympy.core.function import AppliedUndef, UndefinedFunction
from sympy.core.symbol import Str
from sympy.matrices.matrixbase import MatrixBase

from derivax.errors import TermError
from derivax.symbolic.exact.domain import Domain, Interval
from derivax.symbolic.terms.assumptions import FACTS, minimal_facts
from derivax.symbolic.terms.heads import BINDERS, CONSTANT_NAMES, FIRST_ROOT_INDEX, HEAD_OF
from derivax.symbolic.terms.limits import MAX_TEXT, checked_name, integer_to_text

__all__ = ["LIMITED", "Parts", "dissect"]

# Heads with limits (variable, low, high): children are the body and then each limit, flat.
LIMITED: dict[str, Any] = {"Sum": sp.Sum, "Product": sp.Product, "Integral": sp.Integral}
_LIMITED_NAMES = {cls: name for name, cls in LIMITED.items()}

Scope = tuple[Symbol, ...]


@dataclass(frozen=True)
class Parts:
    """`head`, JSON-ready `fields`, `children` objects; `bound` variables, innermost first, and for
    each child the bound variables that it sees (`scopes`, innermost first; empty: none)."""

    head: str
    fields: tuple[Any, ...] = ()
    children: tuple[Any, ...] = ()
    bound: Scope = ()
    scopes: tuple[Scope, ...] = ()
    order: str = "kept"
    commutes: bool | None = None


def dissect(value: Any) -> Parts:
    """The parts of one object, without looking into its children.

    Raises:
        TermError: a head, type or value that a term cannot hold.
    """
    cls = type(value)
    take = _TAKERS.get(cls)
    if take is not None:
        return take(value)
    head = HEAD_OF.get(cls)
    if head is not None:
        args = value._args
        if head.name in BINDERS:
            return _binder(head.name, args)
        return Parts(head.name, (), args, order=head.order, commutes=head.commutes)
    if cls in CONSTANT_NAMES:
        return Parts("constant", (CONSTANT_NAMES[cls],))
    if cls in _LIMITED_NAMES:
        return _limited(_LIMITED_NAMES[cls], value)
    if isinstance(value, AppliedUndef):
        return Parts(
            "Apply",
            _function_fields(value.func),
            value._args,
            commutes=_said_to_commute(value.func),
        )
    if isinstance(value, UndefinedFunction):
        return Parts("Function", _function_fields(value))
    if isinstance(value, MatrixBase):
        rows, cols = value.shape
        return Parts("Matrix", (rows, cols), tuple(value.flat()), commutes=False)
    if isinstance(value, float):
        raise TermError(repr(value), "is a binary float", "pass an exact number or a SymPy Float")
    raise TermError(
        cls.__name__,
        "is not among the heads that a term can hold",
        "see derivax.symbolic.terms.heads",
    )


def _rational(value: Any) -> Parts:
    return Parts("Rational", (integer_to_text(value.p), integer_to_text(value.q)))


def _integer(value: Any) -> Parts:
    return Parts("Integer", (integer_to_text(value.p),))


def _float(value: Any) -> Parts:
    sign, mantissa, exponent, _ = value._mpf_
    if not mantissa and exponent:
        raise TermError(str(value), "is not a finite number")
    signed = -int(mantissa) if sign else int(mantissa)
    return Parts("Float", (integer_to_text(signed), int(exponent), int(value._prec)))


def _symbol(value: Symbol) -> Parts:
    return Parts(
        "Symbol",
        (checked_name(value.name), minimal_facts(value.assumptions0)),
        commutes=value.assumptions0.get("commutative", True),
    )


def _dummy(value: Dummy) -> Parts:
    """A dummy without a name; the variables of implicit roots are canonical already."""
    if value.name == "u" and value.dummy_index >= FIRST_ROOT_INDEX:
        level = int(value.dummy_index) - FIRST_ROOT_INDEX
        return Parts("RootVariable", (level, minimal_facts(value.assumptions0)))
    return Parts(
        "Dummy",
        (minimal_facts(value.assumptions0),),
        commutes=value.assumptions0.get("commutative", True),
    )


def _said_to_commute(function: Any) -> bool | None:
    return function._kwargs.get("commutative")


def _function_fields(function: Any) -> tuple[Any, ...]:
    """Name, numbers of arguments (or None) and assumptions of an undefined function."""
    known = dict(function._kwargs)
    nargs = known.pop("nargs", None)
    if nargs is not None:
        nargs = sorted({int(n) for n in (nargs if isinstance(nargs, Iterable) else [nargs])})
    foreign = sorted(known.keys() - set(FACTS))
    if foreign:
        raise TermError(str(function), f"carries attributes that a term cannot hold: {foreign}")
    facts = minimal_facts(known)
    if known.get("commutative") is True:
        facts = {"commutative": True, **facts}
    return (checked_name(function.__name__), nargs, facts)


def _indexed_base(value: Any) -> Parts:
    if not isinstance(value.label, Symbol) or value._strides is not None or value._offset != 0:
        raise TermError(str(value.label), "is an IndexedBase with strides, offset or no symbol")
    return Parts("IndexedBase", (), value._args)


def _derivative(value: Any) -> Parts:
    """Body, then variable and order of each differentiation, in the order that is written."""
    children: list[Any] = [value._args[0]]
    for variable, order in value._args[1:]:
        children += [variable, order]
    return Parts("Derivative", (), tuple(children))


def _limited(name: str, value: Any) -> Parts:
    """Sum, Product, Integral: limit j is seen by the body and by the bounds of limits before j."""
    body, *limits = value._args
    names: list[Symbol | None] = [
        _bindable(limit[0]) if len(limit) > 1 else None for limit in limits
    ]
    bound = tuple(name for name in names if name is not None)
    children: list[Any] = [body]
    scopes: list[Scope] = [bound]
    for position, limit in enumerate(limits):
        outer = tuple(name for name in names[position + 1 :] if name is not None)
        own = names[position]
        children.extend(limit)
        scopes.append((own, *outer) if own is not None else outer)
        scopes.extend([outer] * (len(limit) - 1))
    return Parts(name, ([len(limit) for limit in limits],), tuple(children), bound, tuple(scopes))


def _binder(name: str, args: Sequence[Any]) -> Parts:
    place, inside = BINDERS[name]
    variables = args[place]
    bound = tuple(
        _bindable(v) for v in (_flat(variables) if isinstance(variables, Tuple) else [variables])
    )
    seen = tuple(v for v in bound if v is not None)
    scopes = tuple(seen if position in inside else () for position in range(len(args)))
    return Parts(name, (), tuple(args), seen, scopes)


def _flat(variables: Tuple) -> list[Any]:
    found: list[Any] = []
    stack: list[Any] = [variables]
    while stack:
        value = stack.pop()
        if isinstance(value, Tuple):
            stack.extend(reversed(value._args))
        else:
            found.append(value)
    return found


def _bindable(variable: Any) -> Symbol | None:
    """The symbol that is renamed with a binder; None for u(t), x[i] ..., which keep their names."""
    if isinstance(variable, Symbol):
        return variable
    if isinstance(variable, sp.Idx) and isinstance(variable._args[0], Symbol):
        return variable._args[0]
    return None


def _text(value: str) -> Parts:
    if len(value) > MAX_TEXT:
        raise TermError(repr(value[:40]) + "...", f"is longer than {MAX_TEXT} characters")
    return Parts("str", (value,))


def _dict(value: dict[Any, Any]) -> Parts:
    children: list[Any] = []
    for key, item in value.items():
        children += [key, item]
    return Parts("dict", (), tuple(children), order="pairs")


def _interval(value: Interval) -> Parts:
    flags = (value.low_open, value.high_open, value.integer, value.plane)
    return Parts("range", flags, (value.low, value.high))


def _domain(value: Domain) -> Parts:
    children: list[Any] = []
    for symbol in value.symbols:
        children += [symbol, value[symbol]]
    where = tuple(value.where)
    return Parts("domain", (len(value.symbols),), (*children, *where), order="domain")


_TAKERS: dict[Any, Any] = {
    type(None): lambda value: Parts("none"),
    bool: lambda value: Parts("bool", (value,)),
    int: lambda value: Parts("int", (integer_to_text(value),)),
    str: _text,
    list: lambda value: Parts("list", (), tuple(value)),
    tuple: lambda value: Parts("tuple", (), value),
    dict: _dict,
    Domain: _domain,
    Interval: _interval,
    **dict.fromkeys(
        (sp.Integer, type(sp.S.Zero), type(sp.S.One), type(sp.S.NegativeOne)), _integer
    ),
    **dict.fromkeys((sp.Rational, type(sp.S.Half)), _rational),
    sp.Float: _float,
    Symbol: _symbol,
    Dummy: _dummy,
    Str: lambda value: Parts("Str", (checked_name(value.name),)),
    sp.Derivative: _derivative,
    sp.IndexedBase: _indexed_base,
}
