r"""Pictures as TikZ-Feynman: one `\vertex` per node, one edge per line.

Main definition: `tikz`.

Implementation notes.  Nodes are placed by coordinates and lines leave at the angles of the picture,
so that what TeX sets is the picture seen in SVG; the automatic placement of TikZ-Feynman (which
needs LuaTeX) is not used.
"""

from __future__ import annotations

from math import atan2, degrees, hypot

from derivax.diagrams.drawing.picture import Curve, Dot, Picture, Point

__all__ = ["tikz"]

SHAPES = {"dot": "dot", "circle": "empty dot", "cross": "crossed dot", "square": "square dot",
          "disc": "blob", "none": ""}  # fmt: skip
UNIT = 1.5


def tikz(picture: Picture, document: bool = False) -> str:
    r"""A `tikzpicture` for the package tikz-feynman; with `document`, a file that TeX sets.

    >>> from derivax.diagrams import Diagram
    >>> from derivax.diagrams.drawing import picture
    >>> print(tikz(picture(Diagram(["x", "x"], 2 * [(0, 1)]))))
    \begin{tikzpicture}
    \begin{feynman}
    \vertex[dot] (v0) at (-0.825, 0.000) {};
    \vertex[dot] (v1) at (0.825, 0.000) {};
    \diagram*{
      (v0) -- [plain, out=-32, in=-148] (v1),
      (v0) -- [plain, out=32, in=148] (v1),
    };
    \end{feynman}
    \end{tikzpicture}
    """
    lines = [r"\begin{tikzpicture}", r"\begin{feynman}"]
    lines += [_vertex(i, dot) for i, dot in enumerate(picture.dots)]
    lines.append(r"\diagram*{")
    lines += [f"  {_edge(curve)}," for curve in picture.curves if curve.tail != curve.head]
    lines += ["};", *(_loop(curve) for curve in picture.curves if curve.tail == curve.head)]
    lines.append(r"\end{feynman}")
    if picture.caption:
        left, bottom, right, _ = picture.box()
        x, y = UNIT * (left + right) / 2, UNIT * bottom - 0.5
        lines.append(rf"\node at ({x:.3f}, {y:.3f}) {{{picture.caption}}};")
    lines.append(r"\end{tikzpicture}")
    text = "\n".join(lines)
    if document:
        head = "\\documentclass{standalone}\n\\usepackage[compat=1.1.0]{tikz-feynman}\n"
        return f"{head}\\begin{{document}}\n{text}\n\\end{{document}}\n"
    return text


def _vertex(index: int, dot: Dot) -> str:
    options = [SHAPES.get(dot.shape, "dot")] if SHAPES.get(dot.shape, "dot") else []
    if dot.label:
        angle = round(degrees(atan2(dot.toward[1], dot.toward[0]))) % 360
        options.append(f"label={angle}:{{${dot.label}$}}")
    x, y = UNIT * dot.at[0], UNIT * dot.at[1]
    chosen = f"[{', '.join(options)}]" if options else ""
    return rf"\vertex{chosen} (v{index}) at ({x:.3f}, {y:.3f}) {{}};"


def _look(curve: Curve) -> list[str]:
    options = ["fermion" if curve.arrow else "plain"]
    if curve.dash in ("dashed", "dotted"):
        options.append(curve.dash)
    if curve.dash == "double":
        options.append("double, double distance=3pt")
    return options


def _loop(curve: Curve) -> str:
    """A line from a node to itself: the graph syntax of \\diagram drops these."""
    points = [_at(curve.pieces[0][0])]
    points += [f".. controls {_at(b)} and {_at(c)} .. {_at(d)}" for _, b, c, d in curve.pieces]
    look = ", ".join(f"/tikzfeynman/{o}" if o in ("fermion", "plain") else o for o in _look(curve))
    text = f" node[midway] {{${curve.label}$}}" if curve.label else ""
    return rf"\draw[{look}] {' '.join(points)}{text};"


def _at(point: Point) -> str:
    return f"({UNIT * point[0]:.3f}, {UNIT * point[1]:.3f})"


def _edge(curve: Curve) -> str:
    options = _look(curve)
    first, last = curve.pieces[0], curve.pieces[-1]
    out = degrees(atan2(first[1][1] - first[0][1], first[1][0] - first[0][0]))
    into = degrees(atan2(last[2][1] - last[3][1], last[2][0] - last[3][0]))
    straight = abs((out - into) % 360 - 180) < 0.5 and len(curve.pieces) == 1
    if not straight or _bends(curve):
        options.append(f"out={out:.0f}, in={into:.0f}")
    if curve.label:
        options.append(f"edge label={{${curve.label}$}}")
    return f"(v{curve.tail}) -- [{', '.join(options)}] (v{curve.head})"


def _bends(curve: Curve) -> bool:
    (ax, ay), (bx, by) = curve.at(0.0), curve.at(1.0)
    x, y = curve.at(0.5)
    return hypot(x - (ax + bx) / 2, y - (ay + by) / 2) > 0.02
