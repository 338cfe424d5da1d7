r"""Learning curves of a trained linear network, for the results of `saxe-linear-networks`.

Each function trains small networks on whitened data with known singular values, at learning rates
h, h/2 and h/4, and extrapolates to gradient flow (or keeps the step size, where the claim is about
steps).  Time is flow time: n steps of size h last n h, with tau = 1.

Main definitions: `mode`, `half_time`, `unbalanced`, `learning_rate`, `step_correction`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derivax.numeric.ground_truth.comparison import Comparison, extrapolate
from derivax.numeric.ground_truth.network_training import (
    Training,
    balanced_weights,
    crossing_step,
    decoupled_weights,
    train,
)
from derivax.numeric.ground_truth.whitening import (
    SingularModes,
    input_output_correlation,
    singular_modes,
    whiten,
)

__all__ = ["half_time", "learning_rate", "mode", "step_correction", "unbalanced"]

Array = NDArray[np.float64]

_LR = 0.004
_DURATION = 4.8
_U0 = 0.02
_HIDDEN = 4


def _data(strengths: tuple[float, ...] = (3.0, 2.0, 1.0), seed: int = 0) -> Any:
    """White inputs (5 x 24), targets (4 x 24) with these singular values and noise, the modes."""
    rng = np.random.default_rng(seed)
    inputs = whiten(rng.standard_normal((24, 5))).inputs
    left = np.linalg.qr(rng.standard_normal((4, len(strengths))))[0]
    right = np.linalg.qr(rng.standard_normal((5, len(strengths))))[0]
    noise = rng.standard_normal((4, 24))
    noise -= (noise @ inputs.T) @ inputs  # what a linear map cannot explain
    targets = left @ np.diag(strengths) @ right.T @ inputs + noise
    modes = singular_modes(input_output_correlation(targets, inputs), len(strengths))
    return inputs, targets, modes


def _runs(
    start: Callable[[SingularModes], Any], lr: float, duration: float, halvings: int = 2
) -> tuple[SingularModes, list[Training]]:
    """Trainings of one duration at lr, lr/2, lr/4 ..."""
    inputs, targets, modes = _data()
    weights = start(modes)
    runs = [
        train(
            inputs, targets, weights,
            lr=lr / 2**k, steps=round(duration / lr) * 2**k, modes=modes, dtype="float64",
        )
        for k in range(halvings + 1)
    ]  # fmt: skip
    return modes, runs


def _balanced(modes: SingularModes) -> Any:
    return balanced_weights(modes, _U0, hidden=_HIDDEN)


def mode(lr: float = _LR) -> tuple[Comparison, ...]:
    """u(t; s, u0, tau): the strength of balanced modes at sixteen times during learning."""
    modes, runs = _runs(_balanced, lr, _DURATION)
    every = runs[0].steps // 16
    kept = [run.strengths[:: every * 2**k][1:] for k, run in enumerate(runs)]
    limit, tolerance, order = extrapolate(*kept)
    times = lr * every * np.arange(1, len(limit) + 1)[:, None]

    def predict(code: Any) -> Array:
        return np.asarray(code(t=times, s=modes.s, u0=_U0, tau=1.0)).ravel()

    setting = {"s": modes.s.tolist(), "u0": _U0, "lr": lr, "tau": 1.0}
    return (
        Comparison(
            "strength of a mode during learning", limit.ravel(), predict, tolerance.ravel(),
            order=order, expected_order=1.0, setting=setting,
        ),
    )  # fmt: skip


def half_time(lr: float = _LR) -> tuple[Comparison, ...]:
    """t_half(s, u0, tau): when a balanced mode reaches half its final strength."""
    modes, runs = _runs(_balanced, lr, _DURATION)
    times = [
        [
            run.lr * crossing_step(curve, s / 2, cubic=True)
            for curve, s in zip(run.strengths.T, modes.s, strict=True)
        ]
        for run in runs
    ]
    limit, tolerance, order = extrapolate(*times)
    return (
        Comparison(
            "half-time of a mode",
            limit,
            lambda code: np.asarray(code(s=modes.s, u0=_U0, tau=1.0)),
            tolerance,
            order=order,
            expected_order=1.0,
            setting={"s": modes.s.tolist(), "u0": _U0, "lr": lr, "tau": 1.0},
        ),
    )


def unbalanced(lr: float = _LR) -> tuple[Comparison, ...]:
    """{a, b}(t; a0, b0, s, tau): unequal strengths of the two layers, of either order and sign."""
    a0, b0 = np.array([0.5, 0.05, 0.4]), np.array([0.1, 0.6, -0.1])
    modes, runs = _runs(
        lambda modes: decoupled_weights(modes, [a0, b0], hidden=_HIDDEN), lr, _DURATION
    )
    every = runs[0].steps // 16
    product, tolerance, order = extrapolate(
        *(run.strengths[:: every * 2**k][1:] for k, run in enumerate(runs))
    )
    times = lr * every * np.arange(1, len(product) + 1)[:, None]

    def predict_product(code: Any) -> Array:
        found = code(t=times, a0=a0, b0=b0, s=modes.s, tau=1.0)
        return np.asarray(found["a"] * found["b"]).ravel()

    # W_1 carries a mode from V to orthonormal directions, W_2 from there to U
    ends = [
        np.concatenate(
            [
                np.linalg.norm(run.weights[0] @ modes.V, axis=0),
                np.linalg.norm(modes.U.T @ run.weights[1], axis=1),
            ]
        )
        for run in runs
    ]
    sizes, size_tolerance, size_order = extrapolate(*ends)

    def predict_sizes(code: Any) -> Array:
        found = code(t=runs[0].steps * lr, a0=a0, b0=b0, s=modes.s, tau=1.0)
        return np.abs(np.concatenate([np.asarray(found["a"]), np.asarray(found["b"])]))

    setting = {"s": modes.s.tolist(), "a0": a0.tolist(), "b0": b0.tolist(), "lr": lr, "tau": 1.0}
    return (
        Comparison(
            "strength a b of a mode during learning", product.ravel(), predict_product,
            tolerance.ravel(), order=order, expected_order=1.0, setting=setting,
        ),
        Comparison(
            "sizes of a and b at the end", sizes, predict_sizes, size_tolerance,
            order=size_order, expected_order=1.0, setting=setting,
        ),
    )  # fmt: skip


def learning_rate() -> tuple[Comparison, ...]:
    """{optimal, stability_limit}(s): the rates at which a small error of a learned mode vanishes
    in one step, and is mirrored by it."""
    inputs, targets, modes = _data()

    def factor(lr: float, size: float) -> Array:
        """By how much one real step multiplies the error u - s of each mode."""
        start = np.sqrt(modes.s * (1 + size))
        weights = decoupled_weights(modes, [start, start], hidden=_HIDDEN)
        run = train(inputs, targets, weights, lr=lr, steps=1, modes=modes, dtype="float64")
        error = run.strengths - modes.s
        return error[1] / error[0]

    def rate_at(target: float, size: float) -> Array:
        found = []
        for k in range(len(modes)):
            low, high = 0.01, 0.02
            at_low, at_high = factor(low, size)[k] - target, factor(high, size)[k] - target
            for _ in range(6):  # secant: the factor is nearly linear in the rate
                low, high, at_low = (
                    high,
                    high - at_high * (high - low) / (at_high - at_low),
                    at_high,
                )
                at_high = factor(high, size)[k] - target
                if abs(at_high) < 1e-12:
                    break
            found.append(high)
        return np.array(found)

    comparisons = []
    for name, target in (("optimal", 0.0), ("stability_limit", -1.0)):
        limit, tolerance, order = extrapolate(*(rate_at(target, 1e-3 / 2**k) for k in range(3)))

        def predict(code: Any, name: str = name) -> Array:
            return np.asarray(code(s=modes.s)[name])

        comparisons.append(
            Comparison(
                f"{name} learning rate at the solution",
                limit,
                predict,
                tolerance + 1e-10,  # the secant's own stopping error, and rounding of u - s
                order=order,
                expected_order=1.0,
                setting={"s": modes.s.tolist(), "relative_error": 1e-3},
            )
        )
    return tuple(comparisons)


def step_correction(lr: float = _LR) -> tuple[Comparison, ...]:
    r"""n(u0, uf, s, lr): the number of steps to a strength, up to what vanishes with lr.

    Measured: with n(h) the steps that the training needs, h n(h) = c_0 + c_1 h + c_2 h^2 + ...; the
    first two coefficients come from trainings at 2 lr, lr, lr/2 and lr/4.
    """
    modes, runs = _runs(_balanced, 2 * lr, _DURATION, halvings=3)
    rates = np.array([run.lr for run in runs])
    ends = np.concatenate([fraction * modes.s for fraction in (0.25, 0.5, 0.9)])
    strengths = np.tile(modes.s, 3)
    lasting = np.array(
        [
            [
                run.lr * crossing_step(run.strengths[:, k % len(modes)], end, cubic=True)
                for k, end in enumerate(ends)
            ]
            for run in runs
        ]
    )

    def steps_from(used: slice) -> Array:
        powers = np.vander(rates[used], increasing=True)
        first, second, *_ = np.linalg.solve(powers, lasting[used])
        return first / lr + second

    measured = steps_from(slice(0, 4))
    tolerance = np.abs(measured - steps_from(slice(1, 4)))
    changes = np.abs(np.diff(lasting, axis=0)).max(axis=1)
    return (
        Comparison(
            "steps of gradient descent to a strength",
            measured,
            lambda code: np.asarray(code(u0=_U0, uf=ends, s=strengths, lr=lr)),
            tolerance,
            unit="steps",
            order=float(np.log2(changes[0] / changes[1])),
            expected_order=1.0,
            setting={"s": modes.s.tolist(), "u0": _U0, "uf/s": [0.25, 0.5, 0.9], "lr": lr},
        ),
    )
