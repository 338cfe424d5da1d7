"""Ribbon graphs: vertices as discs, legs in their cyclic order, lines drawn double.

Main definition: `ribbon_picture`.

Implementation notes.  A line leaves its disc in the direction of its leg; discs are turned so that
legs look towards the vertices that they reach.  Lines of graphs with a handle have to cross.
"""

from __future__ import annotations

from math import atan2, cos, hypot, pi, sin
from typing import TYPE_CHECKING

from derivax.diagrams.drawing.picture import Curve, Dot, Picture, Point

if TYPE_CHECKING:
    from derivax.diagrams.ribbons import RibbonGraph

__all__ = ["ribbon_picture"]

TURNS = 24
DISC = 0.13


def ribbon_picture(graph: RibbonGraph) -> Picture:
    """The ribbon graph in the plane."""
    vertices = graph.vertices
    n = len(vertices)
    radius = 0.0 if n == 1 else 0.62 / sin(pi / n)
    place = [(radius * cos(pi - 2 * pi * k / n), radius * sin(pi - 2 * pi * k / n))
             for k in range(n)]  # fmt: skip
    at = {half: v for v, legs in enumerate(vertices) for half in legs}
    angle: dict[int, float] = {}
    for v, legs in enumerate(vertices):
        step = 2 * pi / len(legs)
        turns = [2 * pi * k / TURNS + pi / len(legs) for k in range(TURNS)]
        wanted = [_toward(place, v, at[graph.across[half]]) for half in legs]
        best = min(turns, key=lambda turn: _strain(turn, step, wanted))
        for k, half in enumerate(legs):
            angle[half] = best + step * k
    curves = [
        _ribbon(place, at, angle, half, graph.across[half])
        for half in range(len(graph.across))
        if half < graph.across[half]
    ]
    return Picture(tuple(Dot(p, "disc") for p in place), tuple(curves))


def _toward(place: list[Point], v: int, w: int) -> tuple[float, float]:
    """The direction in which a leg should look, and how much that counts."""
    (x, y), (a, b) = place[v], place[w]
    if v == w:  # lines back to the vertex belong outside
        return atan2(y, x), 0.5
    return atan2(b - y, a - x), 1.0


def _strain(turn: float, step: float, wanted: list[tuple[float, float]]) -> float:
    """Badness of a turn; a leg that looks straight away from its goal would fold its line."""
    total = 0.0
    for k, (direction, weight) in enumerate(wanted):
        likeness = cos(turn + step * k - direction)
        total -= weight * likeness
        if weight == 1.0 and likeness < -0.85:
            total += 3.0
    return round(total, 9)


def _ribbon(
    place: list[Point], at: dict[int, int], angle: dict[int, float], a: int, b: int
) -> Curve:
    if at[a] == at[b]:
        legs = sorted(h for h in at if at[h] == at[a])
        pieces = _round_trip(
            place[at[a]], angle[a], angle[b], 2 * pi / len(legs), legs.index(a)
        )
        return Curve(pieces, dash="double", tail=at[a], head=at[b])
    start, end = (_leaving(place[at[h]], angle[h], DISC) for h in (a, b))
    reach = 0.25 + 0.42 * hypot(end[0] - start[0], end[1] - start[1])
    first = _leaving(place[at[a]], angle[a], DISC + reach)
    second = _leaving(place[at[b]], angle[b], DISC + reach)
    return Curve(((start, first, second, end),), dash="double", tail=at[a], head=at[b])


def _round_trip(
    at: Point, first: float, last: float, step: float, rank: int
) -> tuple[tuple[Point, Point, Point, Point], ...]:
    """Out along one leg, around the disc, and in along another."""
    apart = (last - first + pi) % (2 * pi) - pi
    last = first + apart
    enclosed = round(abs(apart) / step) - 1
    if enclosed < 1:
        ends = [_leaving(at, angle, r) for r in (DISC, 0.95) for angle in (first, last)]
        return ((ends[0], ends[2], ends[3], ends[1]),)
    ring = 0.4 + 0.22 * enclosed + 0.11 * rank
    corner = 0.42 if apart > 0 else -0.42
    begin, finish = first + corner, last - corner
    count = 3
    arc = (finish - begin) / count
    pull = 4 / 3 * ring * sin(arc / 4) / cos(arc / 4)

    def along(angle: float, sign: float) -> Point:
        x, y = _leaving(at, angle, ring)
        return x - sign * pull * sin(angle), y + sign * pull * cos(angle)

    turn = 0.16 if apart > 0 else -0.16

    def tangent(angle: float, sign: float) -> Point:
        x, y = _leaving(at, angle, ring)
        return x - sign * turn * sin(angle), y + sign * turn * cos(angle)

    out = (_leaving(at, first, DISC), _leaving(at, first, ring), tangent(begin, -1.0),
           _leaving(at, begin, ring))  # fmt: skip
    arcs = [
        (_leaving(at, begin + k * arc, ring), along(begin + k * arc, 1.0),
         along(begin + (k + 1) * arc, -1.0), _leaving(at, begin + (k + 1) * arc, ring))
        for k in range(count)
    ]  # fmt: skip
    back = (_leaving(at, finish, ring), tangent(finish, 1.0), _leaving(at, last, ring),
            _leaving(at, last, DISC))  # fmt: skip
    return (out, *arcs, back)


def _leaving(at: Point, angle: float, reach: float) -> Point:
    return at[0] + reach * cos(angle), at[1] + reach * sin(angle)
