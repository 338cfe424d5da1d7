r"""Taylor coefficients of a network from its values alone, by Cauchy's integral formula.

$c_k = \frac1{2\pi i}\oint f(x + tv)\,t^{-k-1}dt$ on a circle of radius rho, as a mean over M
points: the error falls geometrically with M.  The network is run in complex numbers; nothing is
differentiated.

Main definitions: `taylor_ray`, `mixed_partial`, `propagators`, `hessian`.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derivax.numeric.ground_truth.comparison import Comparison

__all__ = ["hessian", "mixed_partial", "propagators", "taylor_ray"]

Array = NDArray[np.float64]
_SIZES = (3, 5, 4, 2)


def _network(seed: int = 3) -> dict[str, Array]:
    rng = np.random.default_rng(seed)
    made: dict[str, Array] = {}
    for layer, (inputs, outputs) in enumerate(itertools.pairwise(_SIZES), 1):
        made[f"W{layer}"] = rng.standard_normal((outputs, inputs)) / np.sqrt(inputs)
        made[f"b{layer}"] = 0.3 * rng.standard_normal(outputs)
    made["x"] = rng.standard_normal(_SIZES[0])
    return made


def _value(parts: dict[str, Array], x: Any) -> Any:
    y = x
    for layer in range(1, len(_SIZES)):
        z = y @ parts[f"W{layer}"].T + parts[f"b{layer}"]
        y = z if layer == len(_SIZES) - 1 else np.tanh(z)
    return y


def _means(parts: dict[str, Array], ways: Array, powers: Any, points: int, rho: float) -> Array:
    """Coefficients of t_1^p1 t_2^p2 ... of f(x + sum t_i v_i), one row per tuple of powers."""
    circle = rho * np.exp(2j * np.pi * np.arange(points) / points)
    grids = np.meshgrid(*[circle] * len(ways), indexing="ij")
    x = parts["x"] + sum(t[..., None] * v for t, v in zip(grids, ways, strict=True))
    values = _value(parts, x)
    rows = []
    for p in powers:
        factor = np.ones(grids[0].shape, dtype=complex)
        for t, e in zip(grids, p, strict=True):
            factor = factor * t ** (-e)
        rows.append(np.mean(values * factor[..., None], axis=tuple(range(len(ways)))).real)
    return np.array(rows)


def _judged(quantity: str, ways: Array, powers: Any, points: int, rho: float, predict: Any) -> Any:
    parts = _network()
    fine = _means(parts, ways, powers, 2 * points, rho)
    coarse = _means(parts, ways, powers, points, rho)
    size = float(np.abs(fine).max())
    # the coarse mean misses the coefficients k + points; the fine one k + 2 points: their square
    scale = np.array([rho ** -float(sum(p)) for p in powers])[:, None]
    tolerance = (np.abs(fine - coarse) / max(size, 1e-3)) ** 1.5 * size + 1e-14 * scale * 8
    return (
        Comparison(
            quantity, fine.ravel(), lambda code: predict(code, parts).ravel(), tolerance.ravel(),
            setting={"widths": list(_SIZES), "points": 2 * points, "radius": rho},
        ),
    )  # fmt: skip


def taylor_ray() -> tuple[Comparison, ...]:
    """Coefficients 0 to 8 along a ray."""
    v = np.random.default_rng(8).standard_normal((1, _SIZES[0])) / 2

    def predict(code: Any, parts: dict[str, Array]) -> Array:
        return np.asarray(code(**parts, v=v[0], weights=np.ones(9))["coefficients"])

    powers = [(k,) for k in range(9)]
    return _judged("Taylor coefficients along a ray", v, powers, 64, 0.6, predict)


def mixed_partial() -> tuple[Comparison, ...]:
    """D^3 f along three directions."""
    ways = np.random.default_rng(9).standard_normal((3, _SIZES[0])) / 2

    def predict(code: Any, parts: dict[str, Array]) -> Array:
        return np.asarray(code(**parts, directions=ways)["derivative"])

    return _judged("a mixed third derivative", ways, [(1, 1, 1)], 20, 0.3, predict)


def propagators() -> tuple[Comparison, ...]:
    """The Jacobian, column by column."""
    ways = np.eye(_SIZES[0])
    powers = [tuple(int(i == j) for i in range(_SIZES[0])) for j in range(_SIZES[0])]

    def predict(code: Any, parts: dict[str, Array]) -> Array:
        return np.asarray(code(**parts)["P_3_0"]).T

    return _judged("the Jacobian", ways, powers, 16, 0.2, predict)


def hessian() -> tuple[Comparison, ...]:
    """The second derivatives."""
    n = _SIZES[0]
    pairs = [(i, j) for i in range(n) for j in range(i, n)]
    powers = [tuple((k == i) + (k == j) for k in range(n)) for i, j in pairs]

    def predict(code: Any, parts: dict[str, Array]) -> Array:
        found = np.asarray(code(**parts)["hessian"])
        return np.array([found[:, i, j] / (2 if i == j else 1) for i, j in pairs])

    return _judged("second derivatives", np.eye(n), powers, 20, 0.3, predict)
