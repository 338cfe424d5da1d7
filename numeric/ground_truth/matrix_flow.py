r"""Gradient flow of whole weight matrices, for the matrix Programs of `saxe-linear-networks`.

The original system: :math:`\dot W_1 = W_2^T(\Sigma_{yx} - W_2W_1\Sigma_{xx})`,
:math:`\dot W_2 = (\Sigma_{yx} - W_2W_1\Sigma_{xx})W_1^T`, integrated on the weights themselves by
RK4 at h, h/2 and h/4 with Richardson extrapolation; and full-batch gradient descent on data.  No
singular values, no Riccati equation.

Main definitions: `flow`, `riccati`, `singular_modes`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derivax.data import digits
from derivax.numeric.ground_truth.comparison import Comparison, extrapolate
from derivax.numeric.ground_truth.fourth_order import crossing_times, extrapolated
from derivax.numeric.ground_truth.fourth_order import step as rk4_step
from derivax.numeric.ground_truth.network_training import train
from derivax.numeric.ground_truth.whitening import (
    centred_one_hot,
    input_output_correlation,
    whiten,
)
from derivax.numeric.ground_truth.whitening import (
    singular_modes as triplets,
)

__all__ = [
    "correlated_mode",
    "digits_correlation",
    "flow",
    "learning_time",
    "riccati",
    "singular_modes",
]

Array = NDArray[np.float64]
Weights = tuple[Array, ...]


def flow(
    weights: Sequence[Array],
    sigma_yx: Array,
    times: Sequence[float],
    *,
    step: float,
    halvings: int = 0,
    sigma_xx: Array | None = None,
    tau: float = 1.0,
) -> list[Weights]:
    """The weights (W_1, W_2) at each of the times, by RK4 with steps of at most `step`.

    `halvings`: how often these steps are halved.  Extrapolation needs steps that are exactly half
    as long, whatever the times are.
    """
    white = np.eye(sigma_yx.shape[1]) if sigma_xx is None else sigma_xx

    def slope(state: Weights) -> Weights:
        first, second = state
        error = sigma_yx - (second @ first) @ white
        return second.T @ error / tau, error @ first.T / tau

    state: Weights = tuple(np.array(w, dtype=np.float64) for w in weights)
    now, found = 0.0, []
    for time in times:
        count = max(1, int(np.ceil((time - now) / step - 1e-9))) if time > now else 0
        count *= 2**halvings
        h = (time - now) / count if count else 0.0
        for _ in range(count):
            state = rk4_step(state, slope, h)
        now = time
        found.append(state)
    return found


def extrapolated_flow(
    weights: Sequence[Array], sigma_yx: Array, times: Sequence[float], *, step: float
) -> tuple[Array, Array, float]:
    """(W_2 W_1 at the times, tolerance, order): RK4 at three steps without h^4 and h^5 terms."""
    runs = [
        np.stack([w[1] @ w[0] for w in flow(weights, sigma_yx, times, step=step, halvings=k)])
        for k in range(3)
    ]
    return extrapolated(*runs)


def _balanced(outputs: int, inputs: int, hidden: int, seed: int, size: float) -> Weights:
    """W_1 = R D V^T, W_2 = U D R^T with random orthonormal columns: not aligned with any data."""
    rng = np.random.default_rng(seed)
    count = min(outputs, inputs, hidden)
    u, v, r = (
        np.linalg.qr(rng.standard_normal((n, n)))[0][:, :count] for n in (outputs, inputs, hidden)
    )
    d = np.diag(size * np.sqrt(rng.uniform(0.3, 1.0, count)))
    return r @ d @ v.T, u @ d @ r.T


def digits_correlation() -> Array:
    """Sigma_yx of the digits: whitened on their 61 components, centred one-hot targets."""
    images, labels = digits()
    white = whiten(images)
    return input_output_correlation(centred_one_hot(labels.astype(int), 10), white.inputs)


def riccati() -> tuple[Comparison, ...]:
    """W_2 W_1 (t) on a 5-6-3 net and on the digits (61-32-10), and by gradient descent on data."""
    rng = np.random.default_rng(3)
    sigma = rng.standard_normal((3, 5))
    weights = _balanced(3, 5, 6, 4, 0.4)
    times = np.array([0.3, 1.0, 2.5, 6.0])
    small = _flow_comparison("W_2 W_1 of a 5-6-3 net", weights, sigma, times, 1 / 128)
    pictures = digits_correlation()
    many = _balanced(10, pictures.shape[1], 32, 7, 0.05)
    late = np.array([0.15, 0.3, 0.6])
    large = _flow_comparison("W_2 W_1 on the digits", many, pictures, late, 1 / 200)
    return small, large, _descent_comparison(weights, sigma)


def _flow_comparison(
    quantity: str, weights: Weights, sigma: Array, times: Array, step: float
) -> Comparison:
    limit, tolerance, order = extrapolated_flow(weights, sigma, list(times), step=step)

    def predict(code: Callable[..., Any]) -> Array:
        found = code(t=times, Sigma_yx=sigma, W1=weights[0], W2=weights[1], tau=1.0)
        return np.asarray(found["W2W1"]).ravel()

    return Comparison(
        quantity, limit.ravel(), predict, tolerance.ravel(), order=order, expected_order=4.0,
        setting={"shape": list(sigma.shape), "times": times.tolist(), "step": step},
    )  # fmt: skip


def _descent_comparison(weights: Weights, sigma: Array, lr: float = 0.004) -> Comparison:
    """Gradient descent on examples with this correlation, extrapolated to rate 0."""
    rng = np.random.default_rng(8)
    inputs = whiten(rng.standard_normal((24, sigma.shape[1]))).inputs
    targets = sigma @ inputs
    duration = 2.0
    modes = triplets(sigma)
    ends = []
    for k in range(3):
        run = train(
            inputs, targets, weights, lr=lr / 2**k, steps=round(duration / lr) * 2**k,
            modes=modes, dtype="float64",
        )  # fmt: skip
        ends.append(np.asarray(run.weights[1]) @ np.asarray(run.weights[0]))
    limit, tolerance, order = extrapolate(*ends)

    def predict(code: Callable[..., Any]) -> Array:
        found = code(t=np.array([duration]), Sigma_yx=sigma, W1=weights[0], W2=weights[1], tau=1.0)
        return np.asarray(found["W2W1"]).ravel()

    return Comparison(
        "W_2 W_1 after gradient descent on examples", limit.ravel(), predict, tolerance.ravel(),
        order=order, expected_order=1.0, setting={"lr": lr, "duration": duration},
    )  # fmt: skip


def singular_modes() -> tuple[Comparison, ...]:
    """U diag(u(t)) V^T on the digits: flow of aligned weights built from the SVD of numpy."""
    sigma = digits_correlation()
    modes = triplets(sigma)
    rng = np.random.default_rng(2)
    r = np.linalg.qr(rng.standard_normal((12, len(modes))))[0]
    u0 = 0.02
    weights = (np.sqrt(u0) * r @ modes.V.T, np.sqrt(u0) * modes.U @ r.T)
    times = np.array([0.1, 0.3, 0.5, 0.9])
    limit, tolerance, order = extrapolated_flow(weights, sigma, list(times), step=1 / 200)

    def predict(code: Callable[..., Any]) -> Array:
        found = {k: np.asarray(v) for k, v in code(times, sigma, u0, 1.0).items()}
        return np.einsum("ok,tk,ik->toi", found["U"], found["u"], found["V"]).ravel()

    return (
        Comparison(
            "W_2 W_1 on the digits from aligned weights", limit.ravel(), predict,
            tolerance.ravel(), order=order, expected_order=4.0,
            setting={"u0": u0, "times": times.tolist()},
        ),
    )  # fmt: skip


# --- inputs that are correlated along the same vectors -------------------------------------------

_S, _LAMBDA, _U0 = np.array([3.0, 2.0, 1.0]), np.array([1.5, 0.5, 2.0]), 0.05


def _shared_basis() -> tuple[Array, Array, Array, Array, Weights]:
    """U, V, Sigma_yx, Sigma_xx with V^T Sigma_xx V = diag(lambda), and aligned weights."""
    rng = np.random.default_rng(12)
    u, v, r = (np.linalg.qr(rng.standard_normal((n, n)))[0][:, :3] for n in (4, 5, 6))
    outside = np.eye(5) - v @ v.T
    sigma_xx = v @ np.diag(_LAMBDA) @ v.T + 0.7 * outside
    sigma_yx = u @ np.diag(_S) @ v.T
    return u, v, sigma_yx, sigma_xx, (np.sqrt(_U0) * r @ v.T, np.sqrt(_U0) * u @ r.T)


def _strengths(times: Array, step: float) -> Array:
    u, v, sigma_yx, sigma_xx, weights = _shared_basis()
    found = flow(weights, sigma_yx, list(times), step=step, sigma_xx=sigma_xx)
    return np.stack([np.diagonal(u.T @ (b @ a) @ v) for a, b in found])


def correlated_mode() -> tuple[Comparison, ...]:
    """u(t; s, u0, lambda, tau): strengths of three modes with input variances 1.5, 0.5 and 2."""
    times = np.linspace(0.25, 4.0, 16)
    a, b, c = (_strengths(times, 1 / 64 / 2**k) for k in range(3))
    limit, tolerance, order = extrapolated(a, b, c)

    def predict(code: Callable[..., Any]) -> Array:
        return np.asarray(code(times[:, None], _S, _U0, _LAMBDA, 1.0)).ravel()

    return (
        Comparison(
            "strength of a mode with correlated inputs", limit.ravel(), predict,
            tolerance.ravel(), order=order, expected_order=4.0,
            setting={"s": _S.tolist(), "lambda": _LAMBDA.tolist(), "u0": _U0},
        ),
    )  # fmt: skip


def learning_time() -> tuple[Comparison, ...]:
    """t_f(f, s, u0, lambda, tau): when the flow crosses fractions of the plateau s/lambda.

    Crossings are found on a grid of 1/256 by inverse interpolation of order 7; halving the grid
    gives the tolerance.
    """
    fractions = np.array([0.3, 0.5, 0.9])

    def crossings(grid: float) -> Array:
        times: Array = np.arange(0.0, round(4 / grid) + 1.0) * np.float64(grid)
        curves = _strengths(times, grid)
        return np.concatenate([crossing_times(times, curves, f * _S / _LAMBDA) for f in fractions])

    coarse, fine = crossings(1 / 128), crossings(1 / 256)
    tolerance = np.full(fine.shape, np.abs(coarse - fine).max() + 1e-13)

    def predict(code: Callable[..., Any]) -> Array:
        found = code(np.repeat(fractions, 3), np.tile(_S, 3), _U0, np.tile(_LAMBDA, 3), 1.0)
        return np.asarray(found)

    return (
        Comparison(
            "time to a fraction of the plateau", fine, predict, tolerance,
            setting={"s": _S.tolist(), "lambda": _LAMBDA.tolist(), "fractions": [0.3, 0.5, 0.9]},
        ),
    )  # fmt: skip
