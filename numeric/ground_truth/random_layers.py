r"""Random matrices that are really drawn and multiplied, for results on networks at their start.

The original system: :math:`\ln\|W_L\cdots W_1v\|` for Gaussian matrices with entries of variance
1/N; means and variances over many draws, with six standard deviations of sampling error (a false
alarm once in 10^8).

Main definition: `lyapunov`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derivax.numeric.ground_truth.comparison import Comparison

__all__ = ["lyapunov"]

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
