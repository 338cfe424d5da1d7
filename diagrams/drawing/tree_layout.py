r"""Trees with the root on top: leaves evenly spaced, nodes at the height of their level.

Main definition: `tree_picture`.

Implementation notes.  A line leaves its upper node, reaches the column of its lower node one level
further down, and goes down that column; a column belongs to one subtree, so that no line meets a
node that it does not end at, however far apart the levels are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import atan2, cos, sin
from typing import Any

from derivax.diagrams.drawing.picture import Curve, Dot, Picture, Point, Style, widest_gap
from derivax.diagrams.trees import LEAF, Tree

__all__ = ["tree_picture"]

LEAF_DISTANCE = 0.85
LEVEL_DISTANCE = 0.8
Level = Callable[[Tree], float]


def tree_picture(
    tree: Tree,
    style: Style | None = None,
    label: Callable[[Tree], str] | None = None,
    line_label: Callable[[Tree | None, Tree], str] | None = None,
) -> Picture:
    """The tree hanging from its root.

    Args:
        tree: the tree; integer kinds are levels.
        style: labels and shapes by kind.
        label: LaTeX of a node (default: that of the style; labelled leaves show their label).
        line_label: LaTeX of the line from a node (None: from the external point) to the one below.
    """
    style = style or Style()
    heights = _heights(tree)
    dots: list[Dot] = []
    curves: list[Curve] = []
    column = [0.0]
    top = heights[id(tree)] + 1.0

    def named(node: Tree) -> str:
        if label is not None:
            return label(node)
        if isinstance(node.kind, tuple) and node.kind[0] == "leaf":
            return style.node_labels.get(node.kind, str(node.kind[1]))
        return style.node_labels.get(node.kind, "")

    def place(node: Tree) -> tuple[float, int]:
        """Column and index of a node, after its subtree is placed."""
        below = [place(child) for child in node.children]
        if below:
            x = (below[0][0] + below[-1][0]) / 2
        else:
            x, column[0] = column[0], column[0] + LEAF_DISTANCE
        y = heights[id(node)] * LEVEL_DISTANCE
        dots.append(Dot((x, y), _shape(node, style), named(node), (0.0, -1.0)))
        here = len(dots) - 1
        for child, (_, index) in zip(node.children, below):
            side = -1.0 if dots[index].at[0] < x else 1.0
            curves.append(_link(dots[here].at, dots[index].at, side, here, index, _line_text(
                line_label, node, child, style)))  # fmt: skip
        return x, here

    x, index = place(tree)
    root = len(dots)
    dots.append(Dot((x, top * LEVEL_DISTANCE), "none", style.node_labels.get("root", "")))
    text = _line_text(line_label, None, tree, style)
    curves.append(_link(dots[root].at, dots[index].at, 1.0, root, index, text))
    return Picture(tuple(_beside(dots, curves)), tuple(curves))


def _beside(dots: list[Dot], curves: list[Curve]) -> list[Dot]:
    """Labels of inner nodes stand where no line leaves; those of leaves below."""
    leaving: dict[int, list[float]] = {}
    for curve in curves:
        for node, (a, b) in ((curve.tail, (0.0, 0.15)), (curve.head, (1.0, 0.85))):
            (ax, ay), (bx, by) = curve.at(a), curve.at(b)
            leaving.setdefault(node, []).append(atan2(by - ay, bx - ax))
    found = []
    for i, dot in enumerate(dots):
        if len(leaving.get(i, ())) > 1:
            angle = widest_gap(leaving[i])
            dot = replace(dot, toward=(cos(angle), sin(angle)))
        found.append(dot)
    return found


def _heights(tree: Tree) -> dict[int, float]:
    """Levels where kinds are numbers, else the distance to the deepest leaf below."""
    found: dict[int, float] = {}

    def fill(node: Tree) -> float:
        below = max((fill(child) for child in node.children), default=-1.0)
        known = isinstance(node.kind, int) and node.kind != LEAF
        height = float(node.kind) if known and node.children else below + 1  # type: ignore[arg-type]
        found[id(node)] = height
        return height

    fill(tree)
    return found


def _link(upper: Point, lower: Point, side: float, a: int, b: int, label: str) -> Curve:
    ux, uy = upper
    lx, ly = lower
    bend = min(LEVEL_DISTANCE, uy - ly)
    first = ((ux, uy), (ux, uy - 0.35 * bend), (lx, uy - 0.45 * bend), (lx, uy - bend))
    if uy - ly <= LEVEL_DISTANCE + 1e-9:
        slant = ((ux, uy), (ux + (lx - ux) / 3, uy + (ly - uy) / 3),
                 (ux + 2 * (lx - ux) / 3, uy + 2 * (ly - uy) / 3), (lx, ly))  # fmt: skip
        return Curve((slant,), label=label, toward=(side, 0.0), tail=a, head=b)
    start = uy - bend
    second = ((lx, start), (lx, start + (ly - start) / 3), (lx, start + 2 * (ly - start) / 3),
              (lx, ly))  # fmt: skip
    return Curve((first, second), label=label, toward=(side, 0.0), tail=a, head=b)


def _shape(node: Tree, style: Style) -> str:
    if node.kind in style.shapes:
        return style.shapes[node.kind]
    return "dot" if node.children else "circle"


def _line_text(
    line_label: Callable[[Tree | None, Tree], str] | None, upper: Any, lower: Tree, style: Style
) -> str:
    return line_label(upper, lower) if line_label is not None else style.line_labels.get("", "")
