"""Pictures on a matplotlib axis, for notebooks.

Main definition: `draw`.
"""

from __future__ import annotations

from typing import Any

from derivax.diagrams.drawing.picture import Picture
from derivax.errors import MissingExtra

__all__ = ["draw"]

DASHES = {"solid": "-", "dashed": "--", "dotted": ":", "double": "-"}
MARKERS = {"dot": "o", "circle": "o", "cross": "x", "square": "s", "disc": "o"}


def draw(picture: Picture, axis: Any = None) -> Any:
    """Draw on a matplotlib axis (a new figure when there is none); returns the axis.

    Raises `MissingExtra` when matplotlib is not installed.
    """
    try:
        import matplotlib.pyplot as plt
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path
    except ImportError:
        raise MissingExtra("draw", "report") from None
    left, bottom, right, top = picture.box()
    if axis is None:
        _, axis = plt.subplots(figsize=(1.3 * (right - left + 0.6), 1.3 * (top - bottom + 0.8)))
    for curve in picture.curves:
        points, codes = [curve.pieces[0][0]], [Path.MOVETO]
        for _, b, c, d in curve.pieces:
            points += [b, c, d]
            codes += [Path.CURVE4] * 3
        width = 5.0 if curve.dash == "double" else 1.2
        path = Path(points, codes)
        dash = DASHES[curve.dash]
        axis.add_patch(PathPatch(path, fill=False, linewidth=width, linestyle=dash))
        if curve.dash == "double":
            axis.add_patch(PathPatch(path, fill=False, linewidth=2.8, edgecolor="white"))
        if curve.arrow:
            (x, y), (dx, dy) = curve.at(0.5), curve.direction(0.5)
            axis.annotate(
                "", (x + 0.09 * dx, y + 0.09 * dy), (x - 0.02 * dx, y - 0.02 * dy),
                arrowprops={"arrowstyle": "-|>", "facecolor": "black", "shrinkA": 0, "shrinkB": 0},
            )  # fmt: skip
    for dot in picture.dots:
        if dot.shape != "none":
            colour = "white" if dot.shape in ("circle", "square", "disc") else "black"
            size = 11 if dot.shape == "disc" else 6
            axis.plot(
                *dot.at, MARKERS[dot.shape], color="black", markerfacecolor=colour, markersize=size,
                zorder=3,
            )  # fmt: skip
    for x, y, text in picture.labels():
        axis.text(x, y, f"${text}$", ha="center", va="center", fontsize=10, zorder=4)
    if picture.caption:
        axis.set_title(picture.caption, fontsize=10)
    axis.set_xlim(left - 0.2, right + 0.2)
    axis.set_ylim(bottom - 0.2, top + 0.2)
    axis.set_aspect("equal")
    axis.axis("off")
    return axis
