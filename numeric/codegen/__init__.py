"""Code generation: SymPy -> tape -> recognisers -> readable JAX source -> function.

A name is loaded when it is first used: the definition of the output language (`emit`) can be had
without the generator.

Main definitions: `compile_formula`, `Compiled`, `check_source`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from derivax.numeric.codegen.compiled import Compiled
    from derivax.numeric.codegen.compiling import compile_formula
    from derivax.numeric.codegen.emit import check_source

__all__ = ["Compiled", "check_source", "compile_formula"]

_HOME = {"Compiled": "compiled", "check_source": "emit", "compile_formula": "compiling"}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
