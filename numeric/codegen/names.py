"""Names of arguments: from any SymPy symbol to a Python identifier.

`lambda` -> `lambda_`, `x y` -> `x_y`, `\\alpha_{1}` -> `alpha_1`, `u'` -> `u_prime`.  Two arguments
with one spelling are refused unless the caller renames one.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping, Sequence

import sympy

from derivax.errors import InputError
from derivax.numeric.codegen import support

__all__ = ["argument_names", "identifier", "RESERVED"]

RESERVED = frozenset({"jax", "jnp", "lax", "True", "False", "None", "primals", "tangents"})
LONGEST = 32


def identifier(text: str, fallback: str = "x") -> str:
    """A Python identifier that a reader recognises as this symbol."""
    text = text.replace("'", "_prime")
    words = re.sub(r"[^A-Za-z0-9_]+", "_", text).strip("_")
    words = re.sub(r"__+", "_", words)[:LONGEST].rstrip("_") or fallback
    if words[0].isdigit():
        words = f"{fallback}_{words}"
    if (
        keyword.iskeyword(words)
        or words in RESERVED
        or words in support.names()
        or words.startswith(("phi_function_", "equation_", "entire_"))
    ):
        words += "_"
    return words


def argument_names(
    args: Sequence[sympy.Basic], names: Mapping[sympy.Basic, str] | None = None
) -> tuple[str, ...]:
    """The names of the arguments, in order.

    Raises `InputError` when two arguments would be spelled alike, or a given name is no identifier.
    """
    chosen: dict[str, sympy.Basic] = {}
    given = dict(names or {})
    for symbol in given:
        if symbol not in args:
            raise InputError(
                f"names={{{symbol}: ...}}",
                "is not an argument",
                f"arguments are {', '.join(map(str, args))}",
            )
    for symbol in args:
        name = given.get(symbol)
        if name is None:
            name = identifier(str(getattr(symbol, "name", symbol)))
        elif identifier(name) != name:
            raise InputError(
                f"name {name!r} for {symbol}",
                "is not a free Python identifier",
                f"use {identifier(name)!r}",
            )
        if name in chosen:
            raise InputError(
                f"arguments {chosen[name]} and {symbol}",
                f"would both be called {name!r}",
                f"rename one: names={{symbol: {name + '_2'!r}}}",
            )
        chosen[name] = symbol
    return tuple(chosen)
