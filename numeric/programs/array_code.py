"""The text of array code, ready to be copied into a generated module.

Main definition: `ArrayCode`.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from importlib.resources import files
from typing import NamedTuple

from derivax.errors import CompileError
from derivax.numeric.codegen import support

__all__ = ["ArrayCode"]


class ArrayCode(NamedTuple):
    """A function `entry` of `module`, a file of `numeric/programs/arrays/`.

    >>> code = ArrayCode("derivax.numeric.programs.arrays.singular_modes", "modes_with_curves")
    >>> code.written()[0].count("def modes_with_curves(")
    1
    """

    module: str
    entry: str

    def written(self) -> tuple[str, frozenset[str]]:
        """The text of the entry and all that it calls, and the support functions among them."""
        found = _definitions(self.module)
        if self.entry not in found:
            raise CompileError(self.entry, f"is no function of {self.module}")
        order: dict[str, str] = {}
        needed: set[str] = set()
        stack = [self.entry]
        while stack:
            name = stack.pop()
            if name in order:
                continue
            text, mentioned = found[name]
            order[name] = text
            stack += [n for n in mentioned if n in found and n not in support.names()]
            needed |= {n for n in mentioned if n in support.names()}
        kept = [text for name, (text, _) in found.items() if name in order]
        return "\n\n\n".join(kept), frozenset(needed)


@lru_cache(maxsize=64)
def _definitions(module: str) -> Mapping[str, tuple[str, frozenset[str]]]:
    """name -> (text, names it mentions), of a file and of the array code that it imports."""
    package, _, stem = module.rpartition(".")
    text = files(import_module(package)).joinpath(f"{stem}.py").read_text(encoding="utf-8")
    tree = ast.parse(text)
    lines = text.splitlines()
    found: dict[str, tuple[str, frozenset[str]]] = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(package + "."):
            found.update(_definitions(node.module or ""))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            if node.name in found:
                raise CompileError(node.name, f"is defined twice in the array code of {module}")
            mentioned = frozenset(n.id for n in ast.walk(node) if isinstance(n, ast.Name))
            found[node.name] = ("\n".join(lines[node.lineno - 1 : node.end_lineno]), mentioned)
    return found
