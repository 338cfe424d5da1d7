"""Code generation: SymPy -> tape -> recognisers -> readable JAX source -> function.

Main definitions: `compile_formula`, `Compiled`, `check_source`.
"""

from __future__ import annotations

from derivax.numeric.codegen.compiled import Compiled
from derivax.numeric.codegen.compiling import compile_formula
from derivax.numeric.codegen.emit import check_source

__all__ = ["Compiled", "check_source", "compile_formula"]
