"""Pictures as SVG, without external programs.

Main definition: `svg`.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from derivax.diagrams.drawing.picture import Curve, Dot, Picture, plain

__all__ = ["svg", "svg_group"]

UNIT = 60.0
MARGIN = 0.25
DASHES = {"dashed": "6 4", "dotted": "1.5 3.5"}


def svg(picture: Picture, unit: float = UNIT) -> str:
    """The picture as a text that any browser shows.

    Args:
        picture: what to draw.
        unit: pixels between neighbouring nodes.
    """
    left, bottom, right, top = picture.box()
    width = (right - left + 2 * MARGIN) * unit
    caption = 22.0 if picture.caption else 0.0
    height = (top - bottom + 2 * MARGIN) * unit + caption
    inner = svg_group(picture, unit, (MARGIN - left) * unit, (MARGIN + top) * unit)
    text = ""
    if picture.caption:
        text = (
            f'<text x="{width / 2:.1f}" y="{height - 8:.1f}" font-size="13" '
            f'text-anchor="middle">{escape(plain(picture.caption))}</text>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.1f}" height="{height:.1f}" '
        f'viewBox="0 0 {width:.1f} {height:.1f}" font-family="serif">{inner}{text}</svg>'
    )


def svg_group(picture: Picture, unit: float, x0: float, y0: float) -> str:
    """The drawing inside an SVG, with the origin of the picture at (x0, y0)."""

    def place(x: float, y: float) -> str:
        return f"{x0 + unit * x:.2f} {y0 - unit * y:.2f}"

    parts = [_path(curve, place) for curve in picture.curves]
    parts += [_arrow(curve, unit, x0, y0) for curve in picture.curves if curve.arrow]
    parts += [_dot(dot, unit, x0, y0) for dot in picture.dots]
    for x, y, text in picture.labels():
        where = f'x="{x0 + unit * x:.2f}" y="{y0 - unit * y + 4.5:.2f}"'
        shared = f'{where} font-size="13" text-anchor="middle"'
        written = _scripted(text)
        parts.append(
            f'<text {shared} fill="white" stroke="white" stroke-width="3.5">{written}</text>'
            f"<text {shared}>{written}</text>"
        )
    return "".join(parts)


def _path(curve: Curve, place: Callable[[float, float], str]) -> str:
    data = f"M {place(*curve.pieces[0][0])}" + "".join(
        f" C {place(*b)} {place(*c)} {place(*d)}" for _, b, c, d in curve.pieces
    )
    if curve.dash == "double":
        return (
            f'<path d="{data}" fill="none" stroke="black" stroke-width="7"/>'
            f'<path d="{data}" fill="none" stroke="white" stroke-width="4.4"/>'
        )
    dash = f' stroke-dasharray="{DASHES[curve.dash]}"' if curve.dash in DASHES else ""
    return f'<path d="{data}" fill="none" stroke="black" stroke-width="1.4"{dash}/>'


def _arrow(curve: Curve, unit: float, x0: float, y0: float) -> str:
    (x, y), (dx, dy) = curve.at(0.55), curve.direction(0.55)
    px, py = x0 + unit * x, y0 - unit * y
    ux, uy = dx, -dy
    tip = (px + 6 * ux, py + 6 * uy)
    sides = [(px - 5 * ux - s * 4.5 * uy, py - 5 * uy + s * 4.5 * ux) for s in (1, -1)]
    points = " ".join(f"{a:.2f},{b:.2f}" for a, b in (tip, *sides))
    return f'<polygon points="{points}" fill="black"/>'


def _dot(dot: Dot, unit: float, x0: float, y0: float) -> str:
    x, y = x0 + unit * dot.at[0], y0 - unit * dot.at[1]
    if dot.shape == "none":
        return ""
    if dot.shape == "cross":
        return (
            f'<path d="M {x - 5:.2f} {y - 5:.2f} L {x + 5:.2f} {y + 5:.2f} '
            f'M {x - 5:.2f} {y + 5:.2f} L {x + 5:.2f} {y - 5:.2f}" stroke="black" '
            f'stroke-width="1.8"/>'
        )
    if dot.shape == "square":
        return (
            f'<rect x="{x - 4.5:.2f}" y="{y - 4.5:.2f}" width="9" height="9" fill="white" '
            f'stroke="black" stroke-width="1.4"/>'
        )
    fill, radius = ("white", 5.5) if dot.shape == "circle" else ("black", 4.0)
    if dot.shape == "disc":
        fill, radius = "white", 9.0
    return (
        f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{radius}" fill="{fill}" stroke="black" '
        f'stroke-width="1.4"/>'
    )


def _scripted(text: str) -> str:
    """Sub- and superscripts of short LaTeX as SVG."""
    out, index, shift = [], 0, 0.0
    while index < len(text):
        letter = text[index]
        if letter in "_^":
            index += 1
            if index < len(text) and text[index] == "{":
                end = _closing(text, index)
                inner, index = text[index + 1 : end], end + 1
            else:
                end = index + 1
                if index < len(text) and text[index] == "\\":
                    while end < len(text) and text[end].isalpha():
                        end += 1
                inner, index = text[index:end], end
            move = 4.0 if letter == "_" else -5.0
            out.append(
                f'<tspan dy="{move - shift:g}" font-size="9.5">{escape(plain(inner))}</tspan>'
            )
            shift = move
            continue
        end = index + 1
        while end < len(text) and text[end] not in "_^":
            end += 1
        piece = escape(plain(text[index:end]))
        out.append(f'<tspan dy="{-shift:g}">{piece}</tspan>' if shift else piece)
        shift, index = 0.0, end
    return "".join(out)


def _closing(text: str, start: int) -> int:
    depth = 0
    for index in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[index], 0)
        if depth == 0:
            return index
    return len(text) - 1
