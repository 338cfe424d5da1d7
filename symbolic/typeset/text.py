"""Derivations, statements and formulas for a terminal: Unicode, safe to print.

Main definition: `render_text`.  Equations are set in two dimensions where that fits the width and
on one line otherwise; control characters in names and sentences (which a terminal would obey) are
replaced.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

from sympy import Basic
from sympy.printing.pretty import pretty

from derivax.errors import InputError
from derivax.symbolic.typeset.printer import refuse_unprintable
from derivax.symbolic.typeset.rows import is_derivation, is_formula, is_problem, is_statement

__all__ = ["render_text"]

WIDTH = 100
_INDENT = 6
_RELATIONS = {"=": "=", "<=": "≤", "<": "<", "~": "~", "->": "→", "in": "∈"}


def render_text(x: Any, width: int = WIDTH) -> str:
    """A derivation, statement, formula, problem or SymPy object as text, `width` columns wide.

    >>> from sympy.abc import x
    >>> print(render_text(x**2/2))
     2
    x
    ──
    2
    """
    return _safe(_render(x, width))


def _render(x: Any, width: int) -> str:
    if is_derivation(x):
        return _derivation(x, width)
    if is_statement(x):
        return _statement(x, width)
    if is_formula(x):
        return _formula(x, width)
    if is_problem(x):
        lines = [_render(equation, width) for equation in x.equations]
        lines += [_relation(key, "=", value, width) for key, value in x.given.items()]
        return "\n".join(lines)
    return _expression(x, width)


def _safe(text: str) -> str:
    return "".join(c if c.isprintable() or c == "\n" else "�" for c in text)


def _expression(x: Any, width: int) -> str:
    if not isinstance(x, Basic):
        return str(x)
    try:
        refuse_unprintable(x)
        drawn = pretty(x, use_unicode=True, wrap_line=False)
    except (InputError, RecursionError):
        return f"({type(x).__name__}, too large to be shown)"
    lines = [line.rstrip() for line in drawn.splitlines()]
    if max(map(len, lines), default=0) <= width and len(lines) <= 9:
        return "\n".join(lines)
    return textwrap.shorten(str(x), 20 * width, placeholder=" ...")


def _relation(left: Any, rel: str, right: Any, width: int) -> str:
    """Two drawings side by side on a common line, or one line of text when they are too wide."""
    try:
        for side in (left, right):
            refuse_unprintable(side)
        drawn = [_drawing(left), _drawing(right)]
    except (InputError, RecursionError):
        return f"({type(left).__name__} {rel} {type(right).__name__}, too large to be shown)"
    joined = _side_by_side(drawn[0], f" {rel} ", drawn[1])
    if max(map(len, joined)) <= width and len(joined) <= 12:
        return "\n".join(line.rstrip() for line in joined)
    text = textwrap.wrap(f"{left} {rel} {right}", width, subsequent_indent="    ")
    return "\n".join(text[:20] + ["    ..."] * (len(text) > 20))


Drawing = tuple[list[str], int]  # lines, index of the base line


def _drawing(x: Any) -> Drawing:
    from sympy.printing.pretty.pretty import PrettyPrinter

    form = PrettyPrinter({"use_unicode": True, "wrap_line": False})._print(x)
    lines = form.render(wrap_line=False).splitlines() or [""]
    wide = max(map(len, lines))
    return [line.ljust(wide) for line in lines], form.baseline


def _side_by_side(left: Drawing, between: str, right: Drawing) -> list[str]:
    above = max(left[1], right[1])
    below = max(len(left[0]) - left[1], len(right[0]) - right[1])
    joined = []
    for row in range(-above, below):
        cells = []
        for lines, base in (left, right):
            inside = 0 <= base + row < len(lines)
            cells.append(lines[base + row] if inside else " " * len(lines[0]))
        joined.append(cells[0] + (between if row == 0 else " " * len(between)) + cells[1])
    return joined


def _statement(x: Any, width: int) -> str:
    shown = _relation(x.lhs, _RELATIONS[x.rel], x.rhs, width)
    tends = getattr(x, "tends", None)
    remarks = [f"as {tends[0]} → {tends[1]}"] if tends is not None else []
    if x.given:
        remarks.append("if " + ", ".join(map(str, x.given)))
    return "\n".join([shown, *(f"    {remark}" for remark in remarks)])


def _formula(x: Any, width: int) -> str:
    called = f"({', '.join(map(str, x.args))})"
    outputs = x.expr
    if isinstance(outputs, Mapping):
        return "\n".join(f"{key}{called} = {value}" for key, value in outputs.items())
    if isinstance(outputs, tuple | list):
        return "\n".join(f"{x.name}[{i}]{called} = {v}" for i, v in enumerate(outputs))
    head = f"{x.name}{called} = "
    try:
        refuse_unprintable(outputs)
        lines, base = _drawing(outputs)
    except (InputError, RecursionError):
        return f"{head}(too large to be shown)"
    if len(head) + len(lines[0]) > width:
        return "\n".join(textwrap.wrap(f"{head}{outputs}", width, subsequent_indent="    "))
    padded = [(head if i == base else " " * len(head)) + line for i, line in enumerate(lines)]
    return "\n".join(line.rstrip() for line in padded)


def _derivation(x: Any, width: int) -> str:
    title = x.title or x.name or "Derivation"
    blocks = [f"{title}\n{'─' * min(len(title), width)}"]
    for number, step in enumerate(x.steps, 1):
        outcome = str(step.outcome).replace("_", " ")
        rule = getattr(step.rule, "name", str(step.rule))
        note = f"[{rule}]" if outcome == "not applicable" else f"[{rule}: {outcome}]"
        label = f"{number:>3}. "
        sentence = " ".join(str(step.sentence).split())
        room = width - len(label)
        lines = textwrap.wrap(sentence, room) or [""]
        if len(lines[-1]) + len(note) + 2 <= room:
            lines[-1] = f"{lines[-1]}{note.rjust(room - len(lines[-1]))}"
        else:
            lines.append(note.rjust(room))
        head = f"\n{' ' * len(label)}".join(lines)
        body = textwrap.indent(_statement(step.statement, width - _INDENT), " " * _INDENT)
        blocks.append(f"{label}{head}\n\n{body}")
    if x.formula is not None:
        shown = textwrap.indent(_formula(x.formula, width - _INDENT), " " * _INDENT)
        blocks.append(f"Result:\n\n{shown}")
    blocks.append(f"Outcome: {str(x.outcome).replace('_', ' ')}")
    return "\n\n".join(blocks)
