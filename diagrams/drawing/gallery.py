"""All diagrams of an order on one page, with symmetry factor, formula and value.

Main definitions: `Entry`, `gallery`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from derivax.diagrams.drawing.layout import picture
from derivax.diagrams.drawing.picture import Style, plain
from derivax.diagrams.drawing.svg import svg_group
from derivax.errors import InputError

__all__ = ["Entry", "gallery"]


@dataclass(frozen=True)
class Entry:
    """One diagram of a gallery: `lines` of LaTeX below it; `size` sorts (largest first)."""

    diagram: Any
    lines: tuple[str, ...] = ()
    size: float = 0.0


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
    pictures = [picture(entry.diagram, style) for entry in chosen]
    boxes = [p.box() for p in pictures]
    unit = 52.0
    texts = [[_width(line) for line in entry.lines] for entry in chosen]
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
            for j, line in enumerate(chosen[i].lines):
                parts.append(_text(cell_width * (k + 0.5), y + height + 14 + 17 * j, line, 13))
        y += height + 17 * _most([chosen[i].lines for i in row]) + 22
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{y:.0f}" '
        f'viewBox="0 0 {width:.0f} {y:.0f}" font-family="serif">'
        f'<rect width="100%" height="100%" fill="white"/>{"".join(parts)}</svg>'
    )


def _most(texts: Sequence[Sequence[str]]) -> int:
    return max((len(lines) for lines in texts), default=0)


def _width(line: str) -> float:
    return 7.2 * len(plain(line))


def _text(x: float, y: float, text: str, size: int) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="middle">'
        f"{escape(text)}</text>"
    )
