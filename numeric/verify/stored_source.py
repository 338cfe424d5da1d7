"""The source of a certificate as functions: digest compared, language checked, no builtins.

Of the code generator's room only the definition of its output language is used here
(`codegen/emit.py`: which constructs generated code may hold), nothing that generates.

Main definition: `stored_functions`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from derivax.errors import CompileError
from derivax.numeric.codegen.emit import load
from derivax.numeric.verify.certificate import source_digest

__all__ = ["stored_functions"]


def stored_functions(code: Mapping[str, str]) -> dict[str, Callable[..., Any]]:
    """The functions that the stored source defines, by name, in its order.

    Raises: `CompileError` when the digest differs, a construct lies outside the language of
    generated code (nothing is run then), or the named function is missing.
    """
    digest = source_digest(code["source"])
    if digest != code["sha256"]:
        raise CompileError(
            "the source", f"its sha256 is {digest[:12]}..., recorded is {code['sha256'][:12]!r}..."
        )
    functions = load(code["source"])
    if code["function"] not in functions:
        raise CompileError("the source", f"it does not define {code['function'][:60]!r}")
    return functions
