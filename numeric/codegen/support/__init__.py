"""Functions that generated code calls: JAX's own where it is good, better ones where it is not.

The special functions live in `derivax.numeric.special`, those that only generated code needs here.
Each file imports jax only and stays inside the subset of `derivax.numeric.codegen.emit`, so that
the text of a function can be copied into generated modules.

*Main definitions*: `source(names)`: the text of these functions and of those they call.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from derivax.numeric.special.table import FAMILIES

__all__ = ["FILES", "SPECIAL", "names", "source"]

FILES = (
    "complex_functions",
    "exponentials",
    "loops",
    "matrices",
    "phi_series",
    "polynomials",
    "powers",
    "quadrature",
    "roots",
)
SPECIAL = "derivax.numeric.special"


@lru_cache(maxsize=1)
def _functions() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Name -> (text, names of support functions it mentions), in file order."""
    bodies: dict[str, tuple[str, ast.FunctionDef]] = {}
    places = [(SPECIAL, stem) for stem in FAMILIES] + [(__name__, stem) for stem in FILES]
    for package, stem in places:
        text = files(package).joinpath(f"{stem}.py").read_text(encoding="utf-8")
        lines = text.splitlines()
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef):
                assert node.name not in bodies, f"two support functions {node.name}"
                bodies[node.name] = ("\n".join(lines[node.lineno - 1 : node.end_lineno]), node)
    found = {}
    for name, (body, tree) in bodies.items():
        called = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
        found[name] = (body, tuple(sorted((called & bodies.keys()) - {name})))
    return found


def names() -> frozenset[str]:
    """Every support function: no argument or temporary may take these names."""
    return frozenset(_functions())


def source(wanted: Iterable[str]) -> str:
    """The text of the wanted functions and all they call, in the order of the files."""
    functions = _functions()
    needed: set[str] = set()
    stack = list(wanted)
    while stack:
        name = stack.pop()
        if name not in needed:
            needed.add(name)
            stack.extend(functions[name][1])
    return "\n\n\n".join(body for name, (body, _) in functions.items() if name in needed)
