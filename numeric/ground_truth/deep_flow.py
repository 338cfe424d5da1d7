r"""Networks of any depth, followed on their weights, for `saxe-linear-networks`.

The original system: :math:`\dot W_l = (W_L\cdots W_{l+1})^T(\Sigma_{yx}-W_L\cdots W_1)
(W_{l-1}\cdots W_1)^T`, with a penalty :math:`\tfrac\gamma2\sum_l|W_l|^2` where one is asked for,
integrated by RK4 on whole matrices at h, h/2 and h/4.  No mode equation, no closed form.

Main definitions: `depth_time`, `depth_rate`, `depth_delay`, `infinite_depth`, `weight_decay`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derivax.numeric.ground_truth.comparison import Comparison, extrapolate
from derivax.numeric.ground_truth.fourth_order import crossing_times, step
from derivax.numeric.ground_truth.network_training import decoupled_weights
from derivax.numeric.ground_truth.whitening import SingularModes, singular_modes

__all__ = ["depth_delay", "depth_rate", "depth_time", "infinite_depth", "weight_decay"]

Array = NDArray[np.float64]
Weights = tuple[Array, ...]

_SINGULAR = np.array([1.4, 1.0])
_U0, _UF = 0.05, 0.8


def _slope(weights: Weights, sigma: Array, decay: float = 0.0) -> Weights:
    """The velocities of stacks (..., rows, columns) of weights, from the gradient of the loss."""
    below = [np.eye(weights[0].shape[-1])]  # W_{l-1} ... W_1
    for w in weights:
        below.append(w @ below[-1])
    above = [np.eye(weights[-1].shape[-2])]  # W_L ... W_{l+1}
    for w in reversed(weights):
        above.append(above[-1] @ w)
    error = sigma - below[-1]
    return tuple(
        np.swapaxes(over, -1, -2) @ error @ np.swapaxes(under, -1, -2) - decay * w
        for w, under, over in zip(weights, below, above[-2::-1], strict=False)
    )


def _modes() -> tuple[Array, SingularModes]:
    rng = np.random.default_rng(21)
    left = np.linalg.qr(rng.standard_normal((3, 2)))[0]
    right = np.linalg.qr(rng.standard_normal((4, 2)))[0]
    sigma = left @ np.diag(_SINGULAR) @ right.T
    return sigma, singular_modes(sigma)


def _curves(layers: int, duration: float, count: int, *, start: float = _U0) -> Array:
    """The strengths (steps + 1, modes) of a network of this depth, from balanced weights."""
    sigma, modes = _modes()
    strengths = np.full((layers, 2), start ** (1 / layers))
    weights = decoupled_weights(modes, strengths, hidden=3, seed=layers)
    found = [modes.strengths(reduce(lambda x, w: w @ x, weights))]
    for _ in range(count):
        weights = step(weights, lambda w: _slope(w, sigma), duration / count)
        found.append(modes.strengths(reduce(lambda x, w: w @ x, weights)))
    return np.stack(found)


def _times_to(layers: int, ends: Array, duration: float, count: int) -> tuple[Array, Array]:
    """When the modes cross `ends`, with a tolerance: by crossings at two step sizes."""
    grids = [np.linspace(0.0, duration, n + 1) for n in (count, 2 * count)]
    coarse, fine = (
        crossing_times(grid, _curves(layers, duration, len(grid) - 1), ends) for grid in grids
    )
    return fine, np.full(fine.shape, np.abs(coarse - fine).max() + 1e-13)


def depth_time() -> tuple[Comparison, ...]:
    """t(u0, uf, s, L, tau) of networks of 1, 3 and 5 layers."""
    found = []
    for layers, duration in ((1, 4.0), (3, 8.0), (5, 12.0)):
        measured, tolerance = _times_to(layers, np.full(2, _UF), duration, 1500)

        def predict(code: Callable[..., Any], layers: int = layers) -> Array:
            return np.asarray(code(_U0, _UF, _SINGULAR, float(layers), 1.0))

        found.append(
            Comparison(
                f"time from u = {_U0} to {_UF} with {layers} layers",
                measured,
                predict,
                tolerance,
                setting={"L": layers, "s": _SINGULAR.tolist()},
            )
        )
    return tuple(found)


def depth_delay() -> tuple[Comparison, ...]:
    """n(v0, vf, L): flow times of 2, 4 and 8 layers over the inverse of the measured curvature."""
    found = []
    for layers, duration in ((2, 4.0), (4, 10.0), (8, 16.0)):
        ends = 0.7 * _SINGULAR
        times, tolerance = _times_to(layers, ends, duration, 1500)
        best = np.array([1 / _curvature(layers, s) for s in _SINGULAR])

        def predict(code: Callable[..., Any], layers: int = layers) -> Array:
            return np.asarray(code(_U0 / _SINGULAR, 0.7, float(layers)))

        found.append(
            Comparison(
                f"steps at the best rate with {layers} layers",
                times / best,
                predict,
                tolerance / best + 1e-9 * times / best,
                setting={"L": layers, "v_f": 0.7},
            )
        )
    return tuple(found)


def _curvature(layers: int, s: float) -> float:
    """The largest eigenvalue of the Hessian of the loss of a network of width 2.

    Its columns are derivatives of the gradient by complex steps, exact to rounding.
    """
    sigma = np.diag([s, 0.1 * s])
    solution = np.tile(np.diag(np.diagonal(sigma) ** (1 / layers)), (layers, 1, 1))
    columns = []
    for k in range(solution.size):
        moved = solution.astype(complex)
        moved.flat[k] += 1e-30j
        columns.append(-np.stack(_slope(tuple(moved), sigma)).imag.ravel() / 1e-30)
    return float(np.linalg.eigvalsh(np.stack(columns))[-1])


def depth_rate() -> tuple[Comparison, ...]:
    """{optimal, stability_limit}(s, L) against the Hessian of whole networks at their solution."""
    s = np.array([1.4, 3.0])
    found = []
    for layers in (3, 4, 6):
        sharpest = np.array([_curvature(layers, value) for value in s])

        def predict(code: Callable[..., Any], layers: int = layers) -> Array:
            rates = code(s, float(layers))
            return np.stack([rates["optimal"], rates["stability_limit"]])

        measured = np.stack([1 / sharpest, 2 / sharpest])
        found.append(
            Comparison(
                f"step sizes of {layers} layers at the solution",
                measured,
                predict,
                1e-12 * measured,
                setting={"L": layers, "s": s.tolist()},
            )
        )
    return tuple(found)


def _chain(strengths: Array, s: Array | float, decay: Array | float) -> Array:
    """The velocities of chains of scalar layers (layers, ...), with weight decay."""
    product = np.prod(strengths, axis=0)
    return product / strengths * (s - product) - decay * strengths


def _followed(strengths: Array, s: float, decay: Array | float, h: float, count: int) -> Array:
    """Chains after `count` steps of RK4."""
    for _ in range(count):
        (strengths,) = step((strengths,), lambda w: (_chain(w[0], s, decay),), h)
    return strengths


def infinite_depth() -> tuple[Comparison, ...]:
    """u(t; u0, s, N, tau): chains of 64, 128 and 256 layers, extrapolated in 1/L at L t = N t'."""
    s, start, per_layer = 1.3, 0.2, np.array([1.0, 2.5, 4.0])
    runs = []
    for layers in (64, 128, 256):
        state, now, ends = np.full(layers, start ** (1 / layers)), 0.0, []
        for time in per_layer / layers:
            state = _followed(state, s, 0.0, (time - now) / 200, 200)
            now = time
            ends.append(np.prod(state))
        runs.append(np.array(ends))
    limit, tolerance, order = extrapolate(*runs)

    def predict(code: Callable[..., Any]) -> Array:
        return np.asarray(code(per_layer / 7.0, start, s, 7.0, 1.0))

    return (
        Comparison(
            "strength of a mode in the limit of many layers", limit, predict, tolerance + 1e-9,
            order=order, expected_order=1.0, setting={"s": s, "u0": start},
        ),
    )  # fmt: skip


def weight_decay() -> tuple[Comparison, ...]:
    """{gamma_c}(s, L): the largest decay at which chains of 3, 4 and 6 layers stay up.

    Just above the saddle-node a chain lingers for about pi/sqrt(excess); it is followed for 1500
    units of time, so that a relative excess of 1e-4 is seen.  States at rest do not depend on the
    step.
    """
    s, found = 1.3, []
    for layers in (3, 4, 6):
        low, high = 0.0, s**2
        for _ in range(3):
            decays = np.linspace(low, high, 33)
            state = np.full((layers, len(decays)), s ** (1 / layers))
            ends = np.prod(_followed(state, s, decays, 0.25, 6000), axis=0)
            last = int(np.nonzero(ends > 0.05 * s)[0].max())
            low, high = decays[last], decays[min(last + 1, 32)]

        def predict(code: Callable[..., Any], layers: int = layers) -> Array:
            return np.asarray(code(s, float(layers))["gamma_c"])

        found.append(
            Comparison(
                f"largest weight decay that {layers} layers survive",
                (low + high) / 2,
                predict,
                (high - low) / 2 + 1e-4 * low,
                setting={"L": layers, "s": s},
            )
        )
    return tuple(found)
