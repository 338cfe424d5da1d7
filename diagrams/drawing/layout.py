r"""Where nodes and lines go: any multigraph on a circle, chains in a row.

On a circle no straight line meets a third node, and the half plane outside each node is free for
external legs and for lines from the node to itself.  The cyclic order is the one with the fewest
crossings; parallel lines bend apart.

Main definitions: `picture`, `circular`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations, permutations
from math import atan2, cos, hypot, pi, sin
from typing import Any

from derivax.diagrams.drawing.picture import (
    Curve,
    Dot,
    Picture,
    Point,
    Style,
    widest_gap,
)
from derivax.diagrams.drawing.tree_layout import tree_picture
from derivax.diagrams.graph import Diagram
from derivax.diagrams.trees import Tree
from derivax.errors import InputError

__all__ = ["circular", "picture"]

LEG = 0.75
BEND = 0.34
"""Distance between parallel lines at their middle."""
EXACT = 7
"""Up to so many nodes all cyclic orders are tried."""


def picture(diagram: Any, style: Style | None = None, caption: str = "") -> Picture:
    """A picture of a Diagram, Tree or RibbonGraph.

    >>> from derivax.diagrams import Diagram
    >>> len(picture(Diagram(["x", "x"], 3 * [(0, 1)])).curves)
    3
    """
    style = style or Style()
    if isinstance(diagram, Tree):
        return tree_picture(diagram, style).captioned(caption)
    if isinstance(diagram, Diagram):
        return (_row(diagram, style) or circular(diagram, style)).captioned(caption)
    if hasattr(diagram, "ribbon_picture"):
        return diagram.ribbon_picture(style).captioned(caption)
    raise InputError(f"{type(diagram).__name__}", "cannot be drawn", "pass a Diagram or a Tree")


def _row(diagram: Diagram, style: Style) -> Picture | None:
    """Nodes in a row, when the diagram is one path of single lines."""
    if not diagram.nodes or len(diagram.lines) != len(diagram.nodes) - 1:
        return None
    if max(diagram.degrees, default=0) > 2 or not diagram.is_connected or len(diagram) < 3:
        return None
    ends = [i for i, degree in enumerate(diagram.degrees) if degree == 1]
    order = [min(ends)]
    neighbours = diagram.graph.adj
    while len(order) < len(diagram.nodes):
        order.append(next(j for j in neighbours[order[-1]] if j not in order[-2:]))
    place = {node: (float(k), 0.0) for k, node in enumerate(order)}
    dots = []
    for i in range(len(diagram.nodes)):
        side = (0.0, 1.0) if diagram.degrees[i] == 2 else (-1.0 if i == order[0] else 1.0, 0.0)
        dots.append(_dot(diagram, i, place[i], side, style))
    curves = [
        _curve(diagram, e, (straight(place[line.tail], place[line.head]),), (0.0, 1.0), style)
        for e, line in enumerate(diagram.lines)
    ]
    return Picture(tuple(dots), tuple(curves))


def circular(diagram: Diagram, style: Style | None = None) -> Picture:
    """Internal nodes on a circle, external points outside."""
    style = style or Style()
    if not diagram.is_connected:
        return _side_by_side([circular(part, style) for part in diagram.components])
    outside = set(diagram.external)
    inner = [i for i in range(len(diagram.nodes)) if i not in outside]
    if not inner:
        return _external_only(diagram, style)
    order = _least_crossed(diagram, inner)
    place, outward = _on_circle(diagram, order, outside)
    curves: dict[int, Curve] = {}
    for ends, lines in _parallel(diagram, outside).items():
        a, b = place[ends[0]], place[ends[1]]
        for k, e in enumerate(lines):
            bend = BEND * (k - (len(lines) - 1) / 2) * min(1.0, hypot(b[0] - a[0], b[1] - a[1]))
            piece = bent(a, b, bend)
            normal = _unit(b[1] - a[1], a[0] - b[0])
            side = -1.0 if bend < 0 else 1.0
            line = diagram.lines[e]
            if line.tail != ends[0]:
                piece = (piece[3], piece[2], piece[1], piece[0])
            curves[e] = _curve(diagram, e, (piece,), (-side * normal[0], -side * normal[1]), style)
    for node in inner:
        _outer_lines(diagram, node, place, outward[node], outside, curves, style, len(inner))
    dots = []
    for i in range(len(diagram.nodes)):
        free = _label_side(diagram, i, place, outward, outside)
        dots.append(_dot(diagram, i, place[i], free, style))
    return Picture(tuple(dots), tuple(curves[e] for e in range(len(diagram.lines))))


def _on_circle(
    diagram: Diagram, order: Sequence[int], outside: set[int]
) -> tuple[dict[int, Point], dict[int, float]]:
    """Places of the inner nodes and the outward angle at each."""
    n = len(order)
    radius = 0.0 if n == 1 else 0.5 / sin(pi / n) if n > 2 else 0.55
    legs = {i: [m for m in diagram.lines if i in m[:2] and set(m[:2]) & outside] for i in order}
    start = pi / 2 + (pi / n if n > 1 and n % 2 == 0 else 0.0)
    if n == 2:
        start = pi
    elif outside:  # the first external point looks to the left
        first = next(k for k, i in enumerate(order) if legs[i])
        start = pi + 2 * pi * first / n
    place, outward = {}, {}
    for k, node in enumerate(order):
        angle = start - 2 * pi * k / n
        place[node] = (radius * cos(angle), radius * sin(angle))
        outward[node] = angle
    return place, outward


def _outer_lines(
    diagram: Diagram,
    node: int,
    place: dict[int, Point],
    outward: float,
    outside: set[int],
    curves: dict[int, Curve],
    style: Style,
    n_inner: int,
) -> None:
    """Legs and self-lines of a node, spread over the free side."""
    items = [e for e, line in enumerate(diagram.lines) if line.tail == line.head == node]
    legs = [
        e for e, line in enumerate(diagram.lines)
        if node in line[:2] and set(line[:2]) & outside and line.tail != line.head
    ]  # fmt: skip
    half = len(legs) // 2
    items = legs[:half] + items + legs[half:]
    if not items:
        return
    if n_inner == 1:
        step, start = 2 * pi / len(items), pi
        if len(items) == len(legs) + 1 and len(legs) == 2:  # a loop above a line
            angles = dict(zip(items, (pi, pi / 2, 0.0)))
        else:
            angles = {e: start - k * step for k, e in enumerate(items)}
    else:
        step = min(1.0, 2.4 / len(items))
        angles = {e: outward + step * ((len(items) - 1) / 2 - k) for k, e in enumerate(items)}
    x, y = place[node]
    width = min(0.5, step * 0.42) if len(items) > 1 else 0.5
    for e, angle in angles.items():
        if e in legs:
            line = diagram.lines[e]
            other = line.head if line.tail == node else line.tail
            place[other] = (x + LEG * cos(angle), y + LEG * sin(angle))
            piece = straight(place[line.tail], place[line.head])
            curves[e] = _curve(diagram, e, (piece,), (-sin(angle), cos(angle)), style)
        else:
            piece = petal(place[node], angle, width)
            curves[e] = _curve(diagram, e, (piece,), (cos(angle), sin(angle)), style)


def _label_side(
    diagram: Diagram,
    node: int,
    place: dict[int, Point],
    outward: dict[int, float],
    outside: set[int],
) -> Point:
    """External labels stand beyond the point; inner ones where no line leaves."""
    x, y = place[node]
    if node in outside:
        line = next(m for m in diagram.lines if node in m[:2])
        other = place[line.head if line.tail == node else line.tail]
        return _unit(x - other[0], y - other[1])
    taken: list[float] = []
    for line in diagram.lines:
        if node not in line[:2]:
            continue
        if line.tail == line.head:
            taken += [outward[node] - 0.5, outward[node], outward[node] + 0.5]
            continue
        other = place[line.head if line.tail == node else line.tail]
        taken.append(atan2(other[1] - y, other[0] - x))
    angle = widest_gap(taken) if taken else pi / 2
    return cos(angle), sin(angle)


def _parallel(diagram: Diagram, outside: set[int]) -> dict[tuple[int, int], list[int]]:
    """Lines between two inner nodes, by pair."""
    found: dict[tuple[int, int], list[int]] = {}
    for e, line in enumerate(diagram.lines):
        a, b = sorted((line.tail, line.head))
        if a != b and not {a, b} & outside:
            found.setdefault((a, b), []).append(e)
    return found


def _least_crossed(diagram: Diagram, inner: Sequence[int]) -> list[int]:
    """The cyclic order of the inner nodes with the fewest crossings of lines."""
    pairs = list(_parallel(diagram, set(diagram.external)))
    if len(inner) < 4:
        return list(inner)
    first, rest = inner[0], list(inner[1:])
    cost = _crossing_cost(pairs)
    if len(inner) <= EXACT:
        orders = ([first, *p] for p in permutations(rest) if p[0] < p[-1])
        return min(orders, key=cost)
    order = [first, *rest]
    best = cost(order)
    improved = True
    while improved:
        improved = False
        for i, j in combinations(range(1, len(order)), 2):
            trial = [*order[:i], *reversed(order[i : j + 1]), *order[j + 1 :]]
            swapped = list(order)
            swapped[i], swapped[j] = swapped[j], swapped[i]
            for candidate in (trial, swapped):
                value = cost(candidate)
                if value < best:
                    order, best, improved = candidate, value, True
    return order


def _crossing_cost(pairs: Sequence[tuple[int, int]]) -> Callable[[Sequence[int]], tuple[int, int]]:
    """(crossings, total length) of an order, where lines are chords."""

    def cost(order: Sequence[int]) -> tuple[int, int]:
        n = len(order)
        at = {node: k for k, node in enumerate(order)}
        chords = [tuple(sorted((at[a], at[b]))) for a, b in pairs]
        pairs_of = combinations(chords, 2)
        crossings = sum(a < c < b < d or c < a < d < b for (a, b), (c, d) in pairs_of)
        return crossings, sum(min(b - a, n - b + a) for a, b in chords)

    return cost


def _external_only(diagram: Diagram, style: Style) -> Picture:
    """External points joined to each other: a bare line."""
    place = {i: (float(k), 0.0) for k, i in enumerate(range(len(diagram.nodes)))}
    dots = [
        _dot(diagram, i, place[i], (-1.0 if k == 0 else 1.0, 0.0), style)
        for k, i in enumerate(place)
    ]
    curves = [
        _curve(diagram, e, (straight(place[line.tail], place[line.head]),), (0.0, 1.0), style)
        for e, line in enumerate(diagram.lines)
    ]
    return Picture(tuple(dots), tuple(curves))


def _side_by_side(parts: Sequence[Picture]) -> Picture:
    """Disconnected parts in a row."""
    dots: list[Dot] = []
    curves: list[Curve] = []
    right = 0.0
    for part in parts:
        left, _, end, _ = part.box()
        shift = right - left
        dots += [_moved_dot(dot, shift) for dot in part.dots]
        curves += [_moved_curve(curve, shift) for curve in part.curves]
        right += end - left + 0.5
    return Picture(tuple(dots), tuple(curves))


def _moved_dot(dot: Dot, shift: float) -> Dot:
    return Dot((dot.at[0] + shift, dot.at[1]), dot.shape, dot.label, dot.toward)


def _moved_curve(curve: Curve, shift: float) -> Curve:
    moved = tuple(tuple((x + shift, y) for x, y in piece) for piece in curve.pieces)
    return Curve(moved, curve.arrow, curve.dash, curve.label, curve.toward)  # type: ignore[arg-type]


# --- pieces ----------------------------------------------------------------------------------


def straight(a: Point, b: Point) -> tuple[Point, Point, Point, Point]:
    """The segment from a to b."""
    return (
        a,
        (a[0] + (b[0] - a[0]) / 3, a[1] + (b[1] - a[1]) / 3),
        (a[0] + 2 * (b[0] - a[0]) / 3, a[1] + 2 * (b[1] - a[1]) / 3),
        b,
    )


def bent(a: Point, b: Point, bend: float) -> tuple[Point, Point, Point, Point]:
    """From a to b, with the middle at distance `bend` from the segment, to the left."""
    nx, ny = _unit(a[1] - b[1], b[0] - a[0])
    _, p, q, _ = straight(a, b)
    lift = 4 * bend / 3
    return a, (p[0] + lift * nx, p[1] + lift * ny), (q[0] + lift * nx, q[1] + lift * ny), b


def petal(at: Point, angle: float, width: float = 0.5) -> tuple[Point, Point, Point, Point]:
    """A closed loop at a point, in direction `angle`, opening by `width` radians to each side."""
    reach = 0.95
    first, last = angle + width, angle - width
    return (
        at,
        (at[0] + reach * cos(first), at[1] + reach * sin(first)),
        (at[0] + reach * cos(last), at[1] + reach * sin(last)),
        at,
    )


def _unit(x: float, y: float) -> Point:
    length = hypot(x, y)
    return (x / length, y / length) if length else (0.0, 1.0)


def _dot(diagram: Diagram, i: int, at: Point, toward: Point, style: Style) -> Dot:
    kind = diagram.nodes[i]
    outer = i in diagram.external
    label = style.node_labels.get(kind, str(kind) if outer else "")
    return Dot(at, style.shapes.get(kind, "none" if outer else "dot"), label, toward)


def _curve(diagram: Diagram, e: int, pieces: Any, toward: Point, style: Style) -> Curve:
    line = diagram.lines[e]
    return Curve(
        pieces, line.directed, style.dashes.get(line.kind, "solid"),
        style.line_labels.get(line.kind, ""), toward, line.tail, line.head,
    )  # fmt: skip
