"""A picture: points, curves and labels in the plane, ready for SVG, TikZ or matplotlib.

Main definitions: `Picture`, `Dot`, `Curve`, `Style`.

Implementation notes.  Lengths are in units of the usual distance between neighbouring nodes; y
points up.  Curves are chains of cubic Bezier pieces, so that every target can draw them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import hypot, pi
from typing import Any

__all__ = ["Curve", "Dot", "Picture", "Point", "Style", "closing", "flat", "plain",
           "widest_gap"]  # fmt: skip

Point = tuple[float, float]
Piece = tuple[Point, Point, Point, Point]


@dataclass(frozen=True)
class Style:
    """How kinds of nodes and lines look.

    Args:
        node_labels: {kind of node: LaTeX without dollar signs}; default: none for inner nodes, the
            kind itself for external points.
        line_labels: {kind of line: LaTeX}.
        shapes: {kind of node: "dot", "circle", "cross", "square", "none"}; default dot.
        dashes: {kind of line: "solid", "dashed", "dotted", "double"}; default solid.
    """

    node_labels: Mapping[Any, str] = field(default_factory=dict)
    line_labels: Mapping[Any, str] = field(default_factory=dict)
    shapes: Mapping[Any, str] = field(default_factory=dict)
    dashes: Mapping[Any, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Dot:
    """A node: where it is, its shape, its label and the direction in which the label stands."""

    at: Point
    shape: str = "dot"
    label: str = ""
    toward: Point = (0.0, 1.0)


@dataclass(frozen=True)
class Curve:
    """A line: its Bezier pieces, from tail to head."""

    pieces: tuple[Piece, ...]
    arrow: bool = False
    dash: str = "solid"
    label: str = ""
    toward: Point = (0.0, 1.0)
    tail: int = -1
    head: int = -1

    def at(self, t: float) -> Point:
        """The point at parameter t in [0, 1]."""
        scaled = min(t * len(self.pieces), len(self.pieces) - 1e-9)
        index = int(scaled)
        return _on(self.pieces[index], scaled - index)

    def direction(self, t: float) -> Point:
        """The unit tangent at parameter t."""
        (ax, ay), (bx, by) = self.at(max(0.0, t - 0.01)), self.at(min(1.0, t + 0.01))
        length = hypot(bx - ax, by - ay) or 1.0
        return ((bx - ax) / length, (by - ay) / length)

    def sampled(self, steps: int = 24) -> list[Point]:
        """Points along the line."""
        return [self.at(k / steps) for k in range(steps + 1)]


@dataclass(frozen=True)
class Picture:
    """Dots, curves, and a caption."""

    dots: tuple[Dot, ...]
    curves: tuple[Curve, ...]
    caption: str = ""

    def box(self) -> tuple[float, float, float, float]:
        """(left, bottom, right, top) of everything, labels included."""
        points = [dot.at for dot in self.dots]
        for curve in self.curves:
            points += curve.sampled()
        for x, y, text in self.labels():
            half = 0.055 * max(len(plain(text)), 1) + 0.05
            points += [(x - half, y - 0.12), (x + half, y + 0.12)]
        xs, ys = [p[0] for p in points] or [0.0], [p[1] for p in points] or [0.0]
        return min(xs), min(ys), max(xs), max(ys)

    def labels(self) -> list[tuple[float, float, str]]:
        """(x, y, LaTeX) of the centre of every label."""
        found = []
        for dot in self.dots:
            if dot.label:
                away = 0.27 + 0.045 * max(len(plain(dot.label)) - 1, 0) * abs(dot.toward[0])
                found.append(
                    (dot.at[0] + away * dot.toward[0], dot.at[1] + away * dot.toward[1], dot.label)
                )
        for curve in self.curves:
            if curve.label:
                x, y = curve.at(0.5)
                away = 0.14 + 0.05 * max(len(plain(curve.label)) - 1, 0) * abs(curve.toward[0])
                found.append((x + away * curve.toward[0], y + away * curve.toward[1], curve.label))
        return found

    def captioned(self, caption: str) -> Picture:
        """The same picture with another caption (LaTeX in dollar signs)."""
        return replace(self, caption=caption)

    def _repr_svg_(self) -> str:
        from derivax.diagrams.drawing.svg import svg

        return svg(self)


def widest_gap(angles: Sequence[float]) -> float:
    """The middle of the widest gap between directions (radians)."""
    turn = sorted(a % (2 * pi) for a in angles)
    gaps = [(b - a, (a + b) / 2) for a, b in zip(turn, [*turn[1:], turn[0] + 2 * pi])]
    return max(gaps, key=lambda gap: round(gap[0], 6))[1]


def _on(piece: Piece, t: float) -> Point:
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = piece
    s = 1 - t
    w = (s**3, 3 * s * s * t, 3 * s * t * t, t**3)
    return (
        w[0] * ax + w[1] * bx + w[2] * cx + w[3] * dx,
        w[0] * ay + w[1] * by + w[2] * cy + w[3] * dy,
    )


def flat(text: str) -> str:
    """LaTeX with fractions on one line, for targets without TeX: `\\frac{a}{b}` -> a/b.

    >>> flat(r"\\frac{g^{2}}{48} + \\frac{a + b}{2}")
    'g^{2}/48 + (a + b)/2'
    """
    start = text.find("\\frac{")
    if start < 0:
        return text
    parts: list[str] = []
    index = start + 5
    for _ in range(2):
        end = closing(text, index)
        inner = flat(text[index + 1 : end])
        signs = "+-/" if not parts else " +-/"
        compound = any(sign in inner.lstrip("- ") for sign in signs)
        parts.append(f"({inner})" if compound else inner)
        index = end + 1
    return text[:start] + "/".join(parts) + flat(text[index:])


def closing(text: str, start: int) -> int:
    """The place of the brace that closes the one at `start`."""
    depth = 0
    for index in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[index], 0)
        if depth == 0:
            return index
    return len(text) - 1


_GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "lambda": "λ",
    "mu": "μ", "nu": "ν", "phi": "φ", "varphi": "φ", "psi": "ψ", "sigma": "σ", "tau": "τ",
    "omega": "ω", "theta": "θ", "rho": "ρ", "prime": "′", "times": "×", "cdot": "·", "pi": "π",
    "int": "∫", "sum": "∑", "infty": "∞", "limits": "", "operatorname": "",
}  # fmt: skip


def plain(text: str) -> str:
    """Short LaTeX as characters, for SVG text and for widths: `\\phi_{2}''` -> φ2''."""
    out, index = [], 0
    while index < len(text):
        letter = text[index]
        if letter == "\\":
            end = index + 1
            while end < len(text) and text[end].isalpha():
                end += 1
            name = text[index + 1 : end]
            out.append(_GREEK.get(name, "" if name in ("mathrm", "left", "right") else name))
            index = max(end, index + 1)
        elif letter in "{}_^$":
            index += 1
        elif letter == " ":
            beside = text[index - 1 : index] + text[index + 1 : index + 2]
            out.append(" " if any(sign in beside for sign in "+-=<>~,") else "")
            index += 1
        else:
            out.append(letter)
            index += 1
    return "".join(out)
