r"""Exact Born terms of discretised potentials in ball arithmetic, by iterated integrals.

The code multiplies transfer matrices; here the Lippmann-Schwinger equation is iterated on
polynomials in r, cell by cell: $p_n' = rUu_n$, $q_n' = -Uu_n$, $u_{n+1} = -rq_n - p_n$.  Every
coefficient is a ball, so each order comes with its own error bar.

Main definitions: `born_terms_in_balls`, `wave_in_balls`, `dense_iteration`.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["born_terms_in_balls", "dense_iteration", "wave_in_balls"]


def _at(c: Sequence[Any], x: Any) -> Any:
    total = c[-1]
    for one in reversed(c[:-1]):
        total = total * x + one
    return total


def _primitive(c: Sequence[Any]) -> list[Any]:
    return [c[0] * 0, *(one / (k + 1) for k, one in enumerate(c))]


def born_terms_in_balls(
    U: Sequence[Any], edges: Sequence[Any], order: int
) -> tuple[list[Any], list[Any]]:
    """(a_1 ... a_N, coefficients 0 ... N of the Jost function u'(end) with u'(0) = 1), in balls.

    The second follows from the Volterra form u = r + int (r - s) U u ds, whose slope is its own.
    """
    waves = [[left * 0, left * 0 + 1] for left in edges[:-1]]
    found = []
    for _ in range(order):
        p, ps, qs = edges[0] * 0, [], []
        cells = list(zip(U, edges, edges[1:], waves, strict=False))
        for strength, left, right, wave in cells:
            source = [strength * c for c in wave]
            inside = _primitive([left * 0, *source])
            inside[0] = p - _at(inside, left)
            ps.append(inside)
            p = _at(inside, right)
        found.append(p)
        q = edges[0] * 0
        for strength, left, right, wave in reversed(cells):
            inside = [-c for c in _primitive([strength * c for c in wave])]
            inside[0] = q - _at(inside, right)
            qs.append(inside)
            q = _at(inside, left)
        waves = [
            _sum([-c for c in [q_[0] * 0, *q_]], [-c for c in p_])
            for p_, q_ in zip(ps, reversed(qs), strict=True)
        ]
    return found, _jost(U, edges, order)


def _sum(a: list[Any], b: list[Any]) -> list[Any]:
    longer, shorter = (a, b) if len(a) >= len(b) else (b, a)
    return [x + shorter[k] if k < len(shorter) else x for k, x in enumerate(longer)]


def _jost(U: Sequence[Any], edges: Sequence[Any], order: int) -> list[Any]:
    zero = edges[0] * 0
    waves = [[zero, zero + 1] for _ in U]
    slopes = [zero + 1]
    for _ in range(order):
        value, slope, after = zero, zero, []
        for strength, left, right, wave in zip(U, edges, edges[1:], waves, strict=False):
            rate = _primitive([strength * c for c in wave])
            rate[0] = slope - _at(rate, left)
            here = _primitive(rate)
            here[0] = value - _at(here, left)
            after.append(here)
            value, slope = _at(here, right), _at(rate, right)
        waves = after
        slopes.append(slope)
    return slopes


def wave_in_balls(U: Sequence[Any], edges: Sequence[Any]) -> tuple[Any, Any]:
    """(u, u') at the last edge, by the Taylor series of u in r on each cell, in balls."""
    from flint import arb, ctx

    u, p = edges[0], edges[0] * 0 + 1
    for strength, left, right in zip(U, edges, edges[1:], strict=False):
        h = right - left
        a, b = u, p * h
        total_u, total_p = a + b, b
        w, k = strength * h * h, 0
        small = arb(2) ** (-ctx.prec - 8)
        while k < 2000:
            a, b = a * w / ((2 * k + 1) * (2 * k + 2)), b * w / ((2 * k + 2) * (2 * k + 3))
            total_u = total_u + a + b
            total_p = total_p + (2 * k + 2) * a + (2 * k + 3) * b
            k += 1
            left_over = abs(a) + abs(b)
            if k > abs(w).upper() and left_over <= small * (abs(total_u) + abs(u) + abs(p * h)):
                # the terms fall at least by half from here on
                rest = (left_over * (2 * k + 4)).upper()
                total_u, total_p = total_u + arb(0, rest), total_p + arb(0, rest)
                break
        u, p = total_u, total_p / h
    return u, p


def dense_iteration(
    potential: Any, edges: Sequence[Any], nodes: Sequence[Any], order: int
) -> list[Any]:
    """The running integrals of panels as one dense matrix, from exact interpolating polynomials.

    Entry i, j is the integral up to point i of the polynomial that is 1 at point j.
    """
    panels, count = np.shape(potential)
    zero = edges[0] * 0
    points, basis = [], []
    for left, right in itertools.pairwise(edges):
        half = (right - left) / 2
        mine = [left + half * (1 + x) for x in nodes]
        points += mine
        for j in range(count):
            c = [zero + 1]
            for i in range(count):
                if i != j:
                    scale = mine[j] - mine[i]
                    c = [
                        (a - mine[i] * b) / scale
                        for a, b in zip([zero, *c], [*c, zero], strict=True)
                    ]
            basis.append(c)
    size = panels * count
    flat = [potential[i][j] for i in range(panels) for j in range(count)]

    def integral(c: Sequence[Any], low: Any, high: Any) -> Any:
        inside = _primitive(c)
        return _at(inside, high) - _at(inside, low)

    ends = [(edges[j // count], edges[j // count + 1]) for j in range(size)]
    values = points
    found = []
    # the code interpolates r U u and U u at the nodes: the same here, as sums over all points
    below = np.empty((size, size), dtype=object)
    for i in range(size):
        for j in range(size):
            low, high = ends[j]
            if j // count < i // count:
                below[i, j] = integral(basis[j], low, high)
            elif j // count > i // count:
                below[i, j] = zero
            else:
                below[i, j] = integral(basis[j], low, points[i])
    whole = [integral(basis[j], *ends[j]) for j in range(size)]
    for _ in range(order):
        p_source = [r * v * w for r, v, w in zip(points, flat, values, strict=True)]
        q_source = [v * w for v, w in zip(flat, values, strict=True)]
        found.append(sum((a * b for a, b in zip(whole, p_source, strict=True)), zero))
        total = sum((a * b for a, b in zip(whole, q_source, strict=True)), zero)
        p = below.dot(np.array(p_source, dtype=object))
        q = below.dot(np.array(q_source, dtype=object))
        values = [-a - r * (total - b) for r, a, b in zip(points, p, q, strict=True)]
    return found
