r"""Random matrices that are really drawn and multiplied, for results on networks at their start.

The original system: :math:`\ln\|W_L\cdots W_1v\|` for Gaussian matrices with entries of variance
1/N; means and variances over many draws, with six standard deviations of sampling error (a false
alarm once in 10^8).

Main definitions: `lyapunov`, `edge_of_chaos`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derivax.numeric.ground_truth.comparison import Comparison

__all__ = ["edge_of_chaos", "lyapunov"]

Array = NDArray[np.float64]

_DEVIATIONS = 6.0


def growth(layers: int, width: int, draws: int, seed: int) -> Array:
    """ln |W_L ... W_1 v| of so many draws of all matrices, |v| = 1."""
    rng = np.random.default_rng(seed)
    vectors = np.zeros((draws, width))
    vectors[:, 0] = 1.0
    total = np.zeros(draws)
    for _ in range(layers):
        weights = rng.standard_normal((draws, width, width)) / np.sqrt(width)
        vectors = np.einsum("nij,nj->ni", weights, vectors)
        sizes = np.linalg.norm(vectors, axis=1)
        total += np.log(sizes)
        vectors /= sizes[:, None]  # a long product would leave the range of floats
    return total


def lyapunov() -> tuple[Comparison, ...]:
    """{mean, variance}(L, N) at widths 2, 5 and 24."""
    found = []
    for layers, width, draws in ((3, 2, 200_000), (4, 5, 60_000), (5, 24, 6_000)):
        sample = growth(layers, width, draws, seed=width)
        mean, variance = float(np.mean(sample)), float(np.var(sample, ddof=1))
        fourth = float(np.mean((sample - mean) ** 4))
        errors = np.sqrt([variance / draws, (fourth - variance**2) / draws])

        def predict(
            code: Callable[..., Any], given: tuple[float, float] = (float(layers), float(width))
        ) -> Array:
            results = code(*given)
            return np.array([float(results["mean"]), float(results["variance"])])

        found.append(
            Comparison(
                f"ln |v| through {layers} layers of width {width}",
                np.array([mean, variance]),
                predict,
                _DEVIATIONS * errors,
                setting={"L": layers, "N": width, "draws": draws},
            )
        )
    return tuple(found)


def _settled(gain: float, width: int, seed: int) -> tuple[float, float]:
    """Mean variance and mean gain of a squared perturbation in the layers 15 to 40."""
    rng = np.random.default_rng(seed)
    state = rng.standard_normal(width) * np.sqrt(gain)
    along = rng.standard_normal(width)
    variances, gains = [], []
    for layer in range(40):
        weights = rng.standard_normal((width, width)) * (gain / np.sqrt(width))
        moved = weights @ ((1 - np.tanh(state) ** 2) * along)
        if layer >= 15:
            variances.append(np.mean(state**2))
            gains.append((moved @ moved) / (along @ along))
        state, along = weights @ np.tanh(state), moved / np.linalg.norm(moved)
    return float(np.mean(variances)), float(np.mean(gains))


def edge_of_chaos() -> tuple[Comparison, ...]:
    """{q, chi}(g) of tanh networks of 40 layers, widths 120 and 240 extrapolated in 1/N."""
    found = []
    for gain in (1.5, 2.0):
        runs = [
            np.array([_settled(gain, width, 1000 * width + seed) for seed in range(60)])
            for width in (120, 240)
        ]
        means = [run.mean(axis=0) for run in runs]
        errors = [run.std(axis=0, ddof=1) / np.sqrt(len(run)) for run in runs]
        limit = 2 * means[1] - means[0]
        error = np.sqrt(4 * errors[1] ** 2 + errors[0] ** 2)

        def predict(code: Callable[..., Any], gain: float = gain) -> Array:
            results = code(gain)
            return np.array([float(results["q"]), float(results["chi"])])

        found.append(
            Comparison(
                f"variance and gradient gain of random tanh layers, g = {gain}",
                limit,
                predict,
                _DEVIATIONS * error,
                setting={"g": gain, "widths": [120, 240], "runs": 60},
            )
        )
    return tuple(found)
