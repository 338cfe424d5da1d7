"""What the caller declares: names and the symbols or functions that they mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sympy.core.function import AppliedUndef

from derivax.errors import ParseError

__all__ = ["Symbols", "declared"]

Symbols = Mapping[str, Any] | Iterable[Any] | None


def declared(symbols: Symbols) -> dict[str, Any]:
    """The declared names as a mapping name -> Symbol, undefined function or other object."""
    if symbols is None:
        return {}
    if isinstance(symbols, str):
        raise ParseError(repr(symbols), "is not a list of symbols", "pass sympy.symbols(...)")
    if isinstance(symbols, Mapping):
        return {str(name): _meaning(value) for name, value in symbols.items()}
    return {_name_of(value): _meaning(value) for value in symbols}


def _meaning(value: Any) -> Any:
    if isinstance(value, AppliedUndef):
        return value.func
    return value


def _name_of(value: Any) -> str:
    meaning = _meaning(value)
    name = getattr(meaning, "name", None) or getattr(meaning, "__name__", None)
    if not isinstance(name, str):
        raise ParseError(str(value), "has no name", "pass symbols, or a mapping name -> object")
    return name
