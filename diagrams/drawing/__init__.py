r"""Drawing diagrams: one picture, three targets.

  `picture(diagram or tree, style)` -> Picture      layout.py, tree_layout.py
  `svg(picture)`, `tikz(picture)`, `draw(picture, axis)` (matplotlib)
  `gallery([Entry(diagram, lines, size), ...])` -> SVG of all diagrams of an order
  `entries_of(rule_set, order)` with symmetry factor, LaTeX and value; `gallery_document` for TeX
  `tree_picture(tree, style, label, line_label)`    own LaTeX on nodes and lines of a tree
"""

from __future__ import annotations

from derivax.diagrams.drawing.figure import draw
from derivax.diagrams.drawing.gallery import Entry, entries_of, gallery, gallery_document
from derivax.diagrams.drawing.layout import picture
from derivax.diagrams.drawing.picture import Picture, Style
from derivax.diagrams.drawing.svg import svg
from derivax.diagrams.drawing.tikz import tikz
from derivax.diagrams.drawing.tree_layout import tree_picture

__all__ = [
    "Entry",
    "Picture",
    "Style",
    "draw",
    "entries_of",
    "gallery",
    "gallery_document",
    "picture",
    "svg",
    "tikz",
    "tree_picture",
]
