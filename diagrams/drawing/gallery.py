"""All diagrams of an order on one page, with symmetry factor, formula and value.

Main definitions: `Entry`, `entries_of`, `gallery`, `gallery_document`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from derivax.diagrams.drawing.layout import picture
from derivax.diagrams.drawing.picture import Style, flat, plain
from derivax.diagrams.drawing.svg import scripted, svg_group
from derivax.diagrams.drawing.tikz import tikz
from derivax.errors import InputError

__all__ = ["Entry", "entries_of", "gallery", "gallery_document"]


@dataclass(frozen=True)
class Entry:
    """One diagram of a gallery: `lines` of LaTeX below it; `size` sorts (largest first)."""

    diagram: Any
    lines: tuple[str, ...] = ()
    size: float = 0.0


def entries_of(rule_set: Any, order: int, at: Mapping[Any, Any] | None = None) -> list[Entry]:
    """The diagrams of an order of a rule set with symmetry factor, meaning and value.

    Args:
        rule_set: a `RuleSet`.
        order: the order.
        at: numbers for the symbols, by which the entries are sorted (default: the coupling is 1).
    """
    from derivax.symbolic.typeset.latex import latex

    numbers = dict(at or {rule_set.coupling: 1})
    found = []
    for diagram in rule_set.diagrams(order):
        value = rule_set.value(diagram)
        size = value.subs(numbers)
        lines = [f"1/{diagram.symmetry_factor}", latex(rule_set.expression(diagram))]
        if latex(value) != lines[-1]:
            lines.append(latex(value))
        found.append(Entry(diagram, tuple(lines), float(size) if size.is_number else 0.0))
    return sorted(found, key=lambda entry: -abs(entry.size))


def gallery_document(entries: Iterable[Entry], style: Style | None = None, title: str = "") -> str:
    r"""A LaTeX document (article, tikz-feynman) with all diagrams and their formulas."""
    parts = [
        "\\documentclass{article}",
        "\\usepackage[margin=2cm]{geometry}",
        "\\usepackage{amsmath}",
        "\\usepackage[compat=1.1.0]{tikz-feynman}",
        "\\begin{document}",
        f"\\section*{{{title}}}" if title else "",
    ]
    for number, entry in enumerate(sorted(entries, key=lambda entry: -abs(entry.size))):
        drawn = tikz(picture(entry.diagram, style))
        texts = "\\\\[4pt]\n".join(f"$\\displaystyle {line}$" for line in entry.lines)
        parts += [
            "\\bigskip\\noindent" if number % 2 == 0 else "\\hfill",
            "\\begin{minipage}{0.48\\textwidth}\\centering", drawn, "\\\\[6pt]", texts,
            "\\end{minipage}" if number % 2 == 0 else "\\end{minipage}\\par",
        ]  # fmt: skip
    return "\n".join([*parts, "\\end{document}", ""])


def gallery(
    entries: Iterable[Entry], *, columns: int = 5, style: Style | None = None, title: str = ""
) -> str:
    """An SVG with all diagrams, the largest value first.

    Args:
        entries: diagrams with their texts.
        columns: how many stand in a row.
        style: labels and shapes.
        title: a line above.
    """
    if isinstance(columns, bool) or not isinstance(columns, int) or columns < 1:
        raise InputError(f"columns = {columns!r}", "is not a whole number >= 1", "")
    chosen = sorted(entries, key=lambda entry: -abs(entry.size))
    shown = [_without_integrals(entry.lines) for entry in chosen]
    pictures = [picture(entry.diagram, style) for entry in chosen]
    boxes = [p.box() for p in pictures]
    unit = 52.0
    texts = [[_width(line) for line in lines] for lines in shown]
    cell_width = max(
        [unit * (b[2] - b[0]) for b in boxes] + [w for row in texts for w in row] + [60.0]
    ) + 34
    rows = [range(i, min(i + columns, len(chosen))) for i in range(0, len(chosen), columns)]
    parts, y = [], 34.0 if title else 10.0
    width = cell_width * max(1, min(columns, len(chosen)))
    if title:
        parts.append(_text(width / 2, 22, title, 16))
    for row in rows:
        height = max(unit * (boxes[i][3] - boxes[i][1]) for i in row) + 26
        for k, i in enumerate(row):
            left, bottom, right, top = boxes[i]
            x0 = cell_width * (k + 0.5) - unit * (left + right) / 2
            y0 = y + height / 2 + unit * (bottom + top) / 2
            parts.append(svg_group(pictures[i], unit, x0, y0))
            for j, line in enumerate(shown[i]):
                parts.append(_text(cell_width * (k + 0.5), y + height + 14 + 17 * j, line, 13))
        y += height + 17 * _most([shown[i] for i in row]) + 22
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{y:.0f}" '
        f'viewBox="0 0 {width:.0f} {y:.0f}" font-family="serif">'
        f'<rect width="100%" height="100%" fill="white"/>{"".join(parts)}</svg>'
    )


def _without_integrals(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Without TeX an integral cannot be set; its value stands below it."""
    return tuple(line for line in lines if "\\int" not in line and "\\sum" not in line) or lines


def _most(texts: Sequence[Sequence[str]]) -> int:
    return max((len(lines) for lines in texts), default=0)


def _width(line: str) -> float:
    return 7.2 * len(plain(flat(line)))


def _text(x: float, y: float, text: str, size: int) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="middle">'
        f"{scripted(text)}</text>"
    )
