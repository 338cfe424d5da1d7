"""The source of a certificate as functions: language checked, digest compared, no builtins.

Of the code generator's room only the definition of its output language is used here
(`codegen/emit.py`: which constructs generated code may hold), nothing that generates; a test looks
at what a recheck loads.

Main definitions: `checked_source`, `stored_functions`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from derivax.errors import CertificateError, CompileError
from derivax.numeric.codegen.emit import check_source, load
from derivax.numeric.verify.certificate import source_digest

__all__ = ["checked_source", "stored_functions"]


def checked_source(code: Mapping[str, str]) -> ast.Module:
    """The syntax tree of the stored source; nothing is run.

    Raises: `CertificateError` when a construct lies outside the language of generated code, or the
    named function is missing.
    """
    try:
        tree = check_source(code["source"])
    except CompileError as error:
        raise CertificateError(
            "the certificate's source", f"{error.given.removeprefix('generated source, ')}: "
            f"{error.why}", "nothing of it was run"
        ) from None  # fmt: skip
    names = [n.name for n in tree.body if isinstance(n, ast.FunctionDef)]
    if code["function"] not in names:
        raise CertificateError(
            "the certificate's source", f"does not define {code['function'][:60]!r}", ""
        )
    if len(set(names)) != len(names):
        raise CertificateError("the certificate's source", "defines a function twice", "")
    return tree


def stored_functions(code: Mapping[str, str]) -> dict[str, Callable[..., Any]]:
    """The functions that the stored source defines, by name, in its order.

    Raises: `CertificateError` like `checked_source` (nothing is run then); `CompileError` when the
    source is not the one whose digest is recorded.
    """
    checked_source(code)
    digest = source_digest(code["source"])
    if digest != code["sha256"]:
        raise CompileError(
            "the source", f"its sha256 is {digest[:12]}..., recorded is {code['sha256'][:12]!r}..."
        )
    return load(code["source"])
