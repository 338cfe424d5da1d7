r"""Scattering lengths and Born terms from the radial equation itself, integrated numerically.

The variable phase (Calogero) equation $A' = U(r)(r - A)^2$, A(0) = 0, a = A(infinity), is
integrated by a Taylor-free Runge-Kutta method at two step sizes in float64; its Born terms are
derivatives by the strength, taken from runs at several strengths.  No series, no closed form.

Main definitions: `square_well`, `square_well_energy`, `square_well_series`, `delta_shell`,
`exponential_well`, `hulthen`, `poeschl_teller`, `cells`, `cell_terms`, `panel_terms`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derivax.numeric.ground_truth.comparison import Comparison

__all__ = [
    "cell_terms",
    "cells",
    "delta_shell",
    "exponential_well",
    "hulthen",
    "panel_terms",
    "poeschl_teller",
    "second_born",
    "square_well",
    "square_well_energy",
    "square_well_series",
]

Array = NDArray[np.float64]
Potential = Callable[[Any], Any]
_STEPS = 48


def scattering_length(U: Potential, edges: Any, shape: Any, steps: int = _STEPS) -> Array:
    """A at the last edge, by Kutta's fourth-order rule with `steps` steps between two edges.

    U is smooth between edges and is asked inside only.
    """
    A = np.zeros(shape)
    for left, right in itertools.pairwise(edges):
        h = (right - left) / steps
        tiny = 1e-13 * (right - left)

        def slope(r: float, A: Array, left: float = left, right: float = right, tiny: float = tiny
                  ) -> Array:
            return U(min(max(r, left + tiny), right - tiny)) * (r - A) ** 2  # fmt: skip

        for n in range(steps):
            r = left + n * h
            k1 = slope(r, A)
            k2 = slope(r + h / 2, A + h / 2 * k1)
            k3 = slope(r + h / 2, A + h / 2 * k2)
            k4 = slope(r + h, A + h * k3)
            A = A + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return A


def _refined(run: Callable[[int], Array], steps: int = _STEPS) -> tuple[Array, Array, float]:
    """(limit, tolerance, order) from three step sizes, for an error of fourth order."""
    coarse, middle, fine = (np.atleast_1d(run(steps * 2**k)) for k in range(3))
    first, second = (16 * middle - coarse) / 15, (16 * fine - middle) / 15
    change = np.abs(coarse - middle).max(), np.abs(middle - fine).max()
    order = float(np.log2(change[0] / change[1])) if change[1] > 1e-13 else 4.0
    return second, np.abs(second - first) + 2e-13 * np.abs(second) + 1e-15, order


def _compared(
    quantity: str, run: Callable[[int], Array], predict: Callable[[Any], Any], setting: Any,
    steps: int = _STEPS,
) -> tuple[Comparison, ...]:  # fmt: skip
    limit, tolerance, order = _refined(run, steps)
    return (
        Comparison(
            quantity, limit, predict, tolerance, unit="length", order=order, expected_order=4.0,
            setting=setting,
        ),
    )  # fmt: skip


_G = np.array([-3.0, -0.7, 0.4, 1.1, 1.9])


def square_well(steps: int = _STEPS) -> tuple[Comparison, ...]:
    """a(g, R) of wells and barriers of radius 1.3."""
    R, g = 1.3, _G / 1.3**2
    return _compared(
        "scattering length of a square well",
        lambda n: scattering_length(lambda r: -g, (0.0, R), g.shape, n),
        lambda code: np.asarray(code(g=g, R=np.full_like(g, R))),
        {"R": R, "g": g.tolist()},
        steps,
    )


def square_well_series(steps: int = _STEPS) -> tuple[Comparison, ...]:
    """The partial sum of the Born series where what is left out is below the resolution."""
    R, g = 1.0, np.array([-0.02, -0.005, 0.004, 0.015])
    return _compared(
        "Born series of a weak square well",
        lambda n: scattering_length(lambda r: -g, (0.0, R), g.shape, n),
        lambda code: np.asarray(code(g=g, R=np.full_like(g, R))),
        {"R": R, "g": g.tolist()},
        steps,
    )


def square_well_energy(steps: int = 8 * _STEPS) -> tuple[Comparison, ...]:
    r"""a(g, R, k) = -tan(delta)/k: the equation for the tangent of the phase,
    T' = -(U/k)(sin kr + T cos kr)^2."""
    R, k, g = 1.0, 0.8, np.array([-2.0, -0.5, 0.5, 1.2])

    def run(n: int) -> Array:
        T, h = np.zeros(g.shape), R / n

        def slope(r: float, T: Array) -> Array:
            return g / k * (np.sin(k * r) + T * np.cos(k * r)) ** 2

        for j in range(n):
            r = j * h
            k1 = slope(r, T)
            k2 = slope(r + h / 2, T + h / 2 * k1)
            k3 = slope(r + h / 2, T + h / 2 * k2)
            k4 = slope(r + h, T + h * k3)
            T = T + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        return -T / k

    return _compared(
        "-tan(delta)/k of a square well",
        run,
        lambda code: np.asarray(code(g=g, R=np.full_like(g, R), k=np.full_like(g, k))),
        {"R": R, "k": k, "g": g.tolist()},
        steps // 8,
    )


def delta_shell() -> tuple[Comparison, ...]:
    """A shell of strength g as the limit of wells of width w at constant g."""
    R, g = 1.0, np.array([-2.0, -0.5, 0.3, 0.7])

    def at(w: float) -> Array:
        return scattering_length(
            lambda r: -g / w if r > R - w else 0 * g, (0.0, R - w, R), g.shape, 256
        )

    # the error falls with w: Richardson on first and second order
    runs = [at(0.01 / 2**j) for j in range(4)]
    first = [2 * b - a for a, b in itertools.pairwise(runs)]
    second = [(4 * b - a) / 3 for a, b in itertools.pairwise(first)]
    limit = (8 * second[1] - second[0]) / 7
    change = [np.abs(b - a).max() for a, b in itertools.pairwise(runs)]
    return (
        Comparison(
            "scattering length of a delta shell", limit,
            lambda code: np.asarray(code(g=g, R=np.full_like(g, R))),
            np.abs(limit - second[1]) + 1e-11, unit="length",
            order=float(np.log2(change[1] / change[2])), expected_order=1.0,
            setting={"R": R, "g": g.tolist()},
        ),
    )  # fmt: skip


def _tail_edges(end: float, count: int) -> Array:
    """Edges on [0, end], denser near the origin."""
    return end * np.linspace(0.0, 1.0, count + 1) ** 1.5


def _long_range(
    quantity: str, name: str, values: Array, U: Callable[[float, Array], Array], end: float,
    steps: int,
) -> tuple[Comparison, ...]:  # fmt: skip
    edges = _tail_edges(end, 12)
    return _compared(
        quantity,
        lambda n: scattering_length(lambda r: U(r, values), edges, values.shape, n),
        lambda code: np.asarray(code(values)),
        {name: values.tolist(), "end": end},
        steps,
    )


def exponential_well(steps: int = _STEPS) -> tuple[Comparison, ...]:
    """a(g) for U = -g e^-r, cut where r^2 U is below rounding."""
    return _long_range(
        "scattering length of the exponential well", "g", np.array([0.05, 0.4, 0.9, 1.2]),
        lambda r, g: -g * np.exp(-r), 44.0, steps,
    )  # fmt: skip


def hulthen(steps: int = _STEPS) -> tuple[Comparison, ...]:
    """a(s) for U = -s^2/(e^r - 1)."""
    return _long_range(
        "scattering length of the Hulthen potential", "s", np.array([0.1, 0.5, 0.8]),
        lambda r, s: -(s**2) / np.expm1(r), 44.0, steps,
    )  # fmt: skip


def poeschl_teller(steps: int = _STEPS) -> tuple[Comparison, ...]:
    """a(L) for U = -L (L - 1)/cosh^2 r."""
    return _long_range(
        "scattering length of the Poeschl-Teller potential", "L", np.array([0.4, 0.8, 1.3, 1.7]),
        lambda r, L: -L * (L - 1) / np.cosh(r) ** 2, 22.0, steps,
    )  # fmt: skip


# --- cells -----------------------------------------------------------------------------------

_EDGES = np.array([0.0, 0.25, 0.6, 1.0, 1.3])
_U = np.array([-0.9, 0.4, -1.5, -0.3])


def _on_cells(strengths: Array, n: int, U: Array = _U, edges: Array = _EDGES) -> Array:
    def at(r: float) -> Array:
        return strengths * U[min(int(np.searchsorted(edges, r, side="right")) - 1, len(U) - 1)]

    return scattering_length(at, edges, strengths.shape, n)


def cells(steps: int = _STEPS // 2) -> tuple[Comparison, ...]:
    """a(U, edges) of four cells, at strengths of both signs."""
    strengths = np.array([-2.0, -0.1, 0.5, 1.0])

    def predict(code: Any) -> Array:
        return np.array([float(code(s * _U, _EDGES)["a"]) for s in strengths])

    setting = {"U": _U.tolist(), "edges": _EDGES.tolist(), "strengths": strengths.tolist()}
    return _compared(
        "scattering length of four cells", lambda n: _on_cells(strengths, n), predict, setting,
        steps,
    )  # fmt: skip


def _terms(run: Callable[[Array, int], Array], n: int, count: int = 16, size: float = 0.3) -> Array:
    """Three Born terms from runs on a circle of strengths, by Cauchy's formula."""
    angles = np.exp(2j * np.pi * np.arange(count) / count)
    values = run(size * angles, n)
    return np.array([np.mean(values / (size * angles) ** k).real for k in (1, 2, 3)])


def _complex_cells(strengths: Any, n: int) -> Any:
    A = np.zeros(strengths.shape, dtype=complex)
    for U, left, right in zip(_U, _EDGES, _EDGES[1:], strict=False):
        h = (right - left) / n
        for j in range(n):
            r = left + j * h

            def slope(r: float, A: Any, U: float = U) -> Any:
                return strengths * U * (r - A) ** 2

            k1 = slope(r, A)
            k2 = slope(r + h / 2, A + h / 2 * k1)
            k3 = slope(r + h / 2, A + h / 2 * k2)
            k4 = slope(r + h, A + h * k3)
            A = A + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return A


def cell_terms(steps: int = _STEPS // 2) -> tuple[Comparison, ...]:
    """Born terms 1, 2, 3 of four cells, from complex strengths."""
    setting = {"U": _U.tolist(), "edges": _EDGES.tolist()}
    return _compared(
        "Born terms of four cells",
        lambda n: _terms(_complex_cells, n),
        lambda code: np.asarray(code(_U, _EDGES, np.ones(3))["terms"]),
        setting,
        steps,
    )


def second_born(steps: int = _STEPS // 2) -> tuple[Comparison, ...]:
    """The first and second Born terms of a single cell [l, h] and the mixed one of two."""
    low, high = 0.4, 1.1

    def one_cell(strengths: Any, n: int) -> Any:
        h, A = (high - low) / n, np.zeros(strengths.shape, dtype=complex)
        for j in range(n):
            r = low + j * h
            k1 = strengths * (r - A) ** 2
            k2 = strengths * (r + h / 2 - A - h / 2 * k1) ** 2
            k3 = strengths * (r + h / 2 - A - h / 2 * k2) ** 2
            k4 = strengths * (r + h - A - h * k3) ** 2
            A = A + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        return A

    def predict(code: Any) -> Array:
        found = code(low, high)
        return np.array([float(found["gradient"]), -float(found["diagonal"])])

    return _compared(
        "Born terms of one cell", lambda n: _terms(one_cell, n)[:2], predict,
        {"l": low, "h": high}, steps,
    )  # fmt: skip


def panel_terms() -> tuple[Comparison, ...]:
    """Born terms of U = -exp(-r^2) from complex strengths, against values at Gauss nodes."""
    end = 7.0
    edges = np.linspace(0.0, end, 15)
    nodes = np.polynomial.legendre.leggauss(8)[0]
    r = (edges[:-1, None] + edges[1:, None] + np.diff(edges)[:, None] * nodes) / 2

    def run(strengths: Any, n: int) -> Any:
        A, h = np.zeros(strengths.shape, dtype=complex), end / (16 * n)
        for j in range(16 * n):
            s = j * h

            def slope(s: float, A: Any) -> Any:
                return -strengths * np.exp(-(s**2)) * (s - A) ** 2

            k1 = slope(s, A)
            k2 = slope(s + h / 2, A + h / 2 * k1)
            k3 = slope(s + h / 2, A + h / 2 * k2)
            k4 = slope(s + h, A + h * k3)
            A = A + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        return A

    def predict(code: Any) -> Array:
        return np.asarray(code(-np.exp(-(r**2)), edges, nodes, np.ones(3))["terms"])

    limit, tolerance, order = _refined(lambda n: _terms(run, n, size=0.6, count=24), 12)
    return (
        Comparison(
            "Born terms of a Gaussian well", limit, predict, tolerance + 1e-11, unit="length",
            order=order, expected_order=4.0, setting={"panels": len(edges) - 1, "nodes": 8},
        ),
    )  # fmt: skip
