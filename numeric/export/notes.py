"""Where the inlined functions come from: their files' titles, tables and sources as comments.

*Main definitions*: `annotated(body)`.
"""

from __future__ import annotations

import ast
import re
import textwrap
from functools import lru_cache
from importlib.resources import files

from derivax.numeric.codegen import support
from derivax.numeric.codegen.sketch import plain
from derivax.numeric.special.table import FAMILIES

__all__ = ["annotated"]

_HOMES = (
    *((support.SPECIAL, stem) for stem in FAMILIES),
    *((support.__name__, stem) for stem in support.FILES),
)


@lru_cache(maxsize=1)
def _homes() -> dict[str, tuple[str, ast.Module]]:
    """Module name -> (docstring, syntax tree)."""
    found = {}
    for package, stem in _HOMES:
        tree = ast.parse(files(package).joinpath(f"{stem}.py").read_text(encoding="utf-8"))
        found[f"{package}.{stem}"] = (ast.get_docstring(tree) or "", tree)
    return found


@lru_cache(maxsize=1)
def _home_of() -> dict[str, str]:
    return {
        node.name: module
        for module, (_, tree) in _homes().items()
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
    }


def _sources(docstring: str, used: set[str]) -> list[str]:
    """The paragraph that begins with Source, and the rows of tables about the used functions."""
    lines = []
    for row in re.findall(r"^\|(.+)\|\s*$", docstring, flags=re.MULTILINE):
        cells = [cell.strip() for cell in row.split("|")]
        words = set(re.findall(r"\w+", cells[0]))
        if any(words & {name, name.removesuffix("_function")} for name in used) or any(
            name.removeprefix("accurate_") in words for name in used
        ):
            lines.append("; ".join(cell for cell in cells if cell))
    for paragraph in re.findall(r"^\*?Sources?\*?:(.+?)(?:\n\s*\n|\Z)", docstring, re.M | re.S):
        lines.append("source:" + " " + " ".join(paragraph.split()))
    return lines


def annotated(body: str) -> str:
    """The body of a module, with a comment above the first function of each file of ours.

    >>> from derivax.numeric.codegen import support
    >>> print(annotated(support.source(["real_cbrt"])).splitlines()[0])
    # from derivax.numeric.codegen.support.powers: Powers with exact rational or run-time exponents.
    """
    lines = body.splitlines()
    defined = [n for n in ast.parse(body).body if isinstance(n, ast.FunctionDef)]
    homes = _home_of()
    first: dict[str, int] = {}
    used: dict[str, set[str]] = {}
    for node in defined:
        home = homes.get(node.name)
        if home is not None:
            first.setdefault(home, node.lineno)
            used.setdefault(home, set()).add(node.name)
    for home, line in sorted(first.items(), key=lambda item: -item[1]):
        docstring = _homes()[home][0]
        title = plain(docstring.partition("\n")[0]).rstrip(".")
        text = [f"from {home}: {title}."]
        text += [plain(source) for source in _sources(docstring, used[home])]
        comment = [
            part
            for paragraph in text
            for part in textwrap.wrap(
                paragraph, 98, initial_indent="# ", subsequent_indent="#   ", break_on_hyphens=False
            )
        ]
        lines[line - 1 : line - 1] = comment
    return "\n".join(lines)
