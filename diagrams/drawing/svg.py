"""Pictures as SVG, without external programs.

Main definition: `svg`.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from derivax.diagrams.drawing.picture import Curve, Dot, Picture, closing, flat, plain

__all__ = ["scripted", "svg", "svg_group"]

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
            f'text-anchor="middle">{scripted(picture.caption)}</text>'
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
        written = scripted(text)
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


_RAISED = str.maketrans("0123456789+-()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-()", "₀₁₂₃₄₅₆₇₈₉₊₋₍₎")


def scripted(text: str) -> str:
    """Short LaTeX as one line of characters, escaped: digits as super- and subscripts.

    Characters, not shifted spans of text: these are placed differently by different programs.

    >>> scripted(r"\\frac{27 g^{3}}{4 \\omega^{8}}"), scripted(r"\\phi_{12}'' < P_{ab}")
    ('27g³/(4ω⁸)', "φ₁₂'' &lt; P_ab")
    """
    text = flat(text)
    out, index = [], 0
    while index < len(text):
        if text[index] in "_^":
            letters, index, mark = *_script(text, index + 1), text[index]
            table = _LOWERED if mark == "_" else _RAISED
            moved = letters.translate(table)
            known = all(letter not in letters or ord(letter) in table for letter in letters)
            brackets = len(letters) > 1 and mark == "^"
            out.append(moved if known else f"{mark}({letters})" if brackets else mark + letters)
            continue
        end = index + 1
        while end < len(text) and text[end] not in "_^":
            end += 1
        out.append(plain(text[index:end]))
        index = end
    return escape("".join(out), quote=False)


def _script(text: str, index: int) -> tuple[str, int]:
    """What is raised or lowered, and where the text goes on."""
    if index < len(text) and text[index] == "{":
        end = closing(text, index)
        return plain(text[index + 1 : end]), end + 1
    end = index + 1
    if index < len(text) and text[index] == "\\":
        while end < len(text) and text[end].isalpha():
            end += 1
    return plain(text[index:end]), end
