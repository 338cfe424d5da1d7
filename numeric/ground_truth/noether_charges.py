r"""Charges of really trained networks, for the Programs and laws of `noether-learning-dynamics`.

The recorded steps V (or squared gradients) of a training are handed to the code under test, which
says how the charges moved; they are compared with the charges of the recorded weights.

*Tolerances.*  The laws of one step are exact, so that only rounding counts: the stored weights
obey $q' = q + v'$ to u|q|, the velocities their recursion to 4u(|v| + eta|g|), inner products are
good to 8u|q|^2 (u = 2.2e-16), and the gradient misses orthogonality by the *recorded* pairing; an
error of p lives for 1/(1 - beta) steps and counts twice in C.  The overdamped norm without momentum
replaces $(1-\eta k)^4$ by $e^{-4\eta k}$ and the exact $2\eta^2\hat g^2(1-\eta k)^2 +
\eta^4\hat g^4/r^4$ by $2\eta^2\hat g^2\varphi$: at each step at most
$2x^2r^4 + 4x^2\eta^2\hat g^2 + \eta^4\hat g^4/r^4$, x = eta k, added up over the recorded run.

Main definitions: `charge_history`, `charge_rate`, `discrete_charge`, `norm4_history`.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from derivax.numeric.ground_truth.comparison import Comparison
from derivax.numeric.ground_truth.noether_training import (
    Charges,
    Recorded,
    train_digits,
    train_linear,
)

__all__ = ["charge_history", "charge_rate", "discrete_charge", "norm4_history", "rounding"]

Array = NDArray[np.float64]
_UNIT = float(np.finfo(np.float64).eps)


def rounding(charges: Charges, run: Recorded) -> Array:
    """What rounding explains in C (or p) after each step, (T + 1, n)."""
    size, speed, force = (np.sqrt(part) for part in (charges.size, charges.speed, charges.force))
    in_p = run.eta * np.abs(charges.pairing) + 4 * _UNIT * size * (speed + run.eta * force)
    each = _UNIT * charges.size + 2 / (1 - run.beta) * in_p
    return np.concatenate([0 * each[:1], np.cumsum(each[:-1], axis=0)]) + 8 * _UNIT * charges.size


def _positive(C: Array, kind: str) -> Array:
    """Numbers away from zero: of the matrix charge its values on e_i and e_i + e_j."""
    if kind != "matrix":
        return C
    h = round(C.shape[1] ** 0.5)
    whole = C.reshape(-1, h, h)
    first, second = np.triu_indices(h)
    return whole[:, first, first] + whole[:, second, second] + 2 * whole[:, first, second]


def charge_history() -> tuple[Comparison, ...]:
    """C and p of heavy-ball training with decay: scale, rescale (full and minibatch), matrix."""
    rates = {"eta": 0.05, "beta": 0.9, "k": 1e-3}
    runs = [
        (train_digits(**rates), ("scale", "rescale"), ""),
        (train_digits(**rates, batch=64), ("scale", "rescale"), ", batches of 64"),
        (train_linear(**rates), ("matrix",), ""),
    ]
    return tuple(
        comparison
        for run, kinds, words in runs
        for kind in kinds
        for comparison in _history(run, kind, words)
    )


def _history(run: Recorded, kind: str, words: str) -> tuple[Comparison, ...]:
    charges = run.charges[kind]
    tolerance = _positive(rounding(charges, run)[1:], kind)

    def predicted(code: Any) -> tuple[Array, Array]:
        found = code(
            C0=charges.C[0], p0=charges.p[0], V=charges.V[1:], eta=run.eta, beta=run.beta, k=run.k
        )
        return np.asarray(found["C"]), np.asarray(found["p"])

    # p passes through zero, C + p does not
    return (
        Comparison(
            f"{kind} charge after each step{words}", _positive(charges.C[1:], kind).ravel(),
            lambda code: _positive(predicted(code)[0], kind).ravel(), tolerance.ravel(),
            setting=run.setting,
        ),
        Comparison(
            f"{kind} charge plus its momentum{words}",
            _positive((charges.C + charges.p)[1:], kind).ravel(),
            lambda code: _positive(sum(predicted(code)), kind).ravel(),  # type: ignore[arg-type]
            2 * tolerance.ravel(), setting=run.setting,
        ),
    )  # fmt: skip


def discrete_charge() -> tuple[Comparison, ...]:
    """{p_next, C_next}(C, p, V, eta, beta, k): each single step of heavy-ball training."""
    run = train_digits(eta=0.05, beta=0.9, k=1e-3)
    comparisons = []
    for kind in ("scale", "rescale"):
        charges = run.charges[kind]
        one = 16 * _UNIT * charges.size[1:] + run.eta * np.abs(charges.pairing[:-1])

        def predict(code: Any, charges: Charges = charges) -> Array:
            found = code(
                C=charges.C[:-1], p=charges.p[:-1], V=charges.V[1:],
                eta=run.eta, beta=run.beta, k=run.k,
            )  # fmt: skip
            return np.concatenate(
                [np.asarray(found["C_next"]), np.asarray(found["C_next"] + found["p_next"])]
            ).ravel()

        comparisons.append(
            Comparison(
                f"{kind} charge, alone and with its momentum, one step on",
                np.concatenate([charges.C[1:], charges.C[1:] + charges.p[1:]]).ravel(), predict,
                np.tile(2 * one, (2, 1)).ravel(), setting=run.setting,
            )
        )  # fmt: skip
    return tuple(comparisons)


def norm4_history() -> tuple[Comparison, ...]:
    """r^4 of each batch-normalised neuron without momentum, with and without decay."""
    comparisons = []
    for k, batch in ((1e-3, None), (0.0, None), (1e-3, 64)):
        run = train_digits(eta=0.05, k=k, batch=batch)
        charges = run.charges["scale"]
        r4 = charges.C**2
        gh2 = charges.C * charges.force
        x, gain = run.eta * run.k, run.eta**2 * gh2
        each = 2 * x**2 * r4 + 4 * x**2 * gain + gain**2 / r4
        tolerance = np.cumsum(each[:-1], axis=0) + 2 * charges.C[1:] * rounding(charges, run)[1:]

        def predict(code: Any, run: Recorded = run, gh2: Array = gh2, r4: Array = r4) -> Array:
            found = code(gh2=gh2[:-1], eta=run.eta, beta=0.0, k=run.k, r0=r4[0] ** 0.25)
            return np.asarray(found["r4"]).ravel()

        comparisons.append(
            Comparison(
                "fourth power of the norm of a neuron", r4[1:].ravel(), predict,
                tolerance.ravel(), setting=run.setting,
            )
        )  # fmt: skip
    return tuple(comparisons)


def charge_rate() -> tuple[Comparison, ...]:
    """dp/dt on the motion with a real gradient: three symmetries of the digits network.

    Measured: the acceleration of every weight from m q'' = -mu q' - grad f - kq, with the gradient
    of the loss by automatic differentiation, and from it the derivative of the momentum.
    """
    run = train_digits(eta=0.05, beta=0.9, k=1e-3)
    m, mu, k = run.eta * (1 + run.beta) / 2, 1 - run.beta, run.k
    with jax.enable_x64(True):
        gradient = {name: np.asarray(g) for name, g in _gradient(run).items()}
    speed = {name: v / run.eta for name, v in run.velocity.items()}

    def rows(part: Any, kind: str) -> Array:
        if kind == "scale":
            return np.asarray(part["W1"])
        if kind == "translation":
            return np.asarray(part["W3"].T)
        return np.concatenate([part["W2"], part["b2"][:, None], part["W3"].T], axis=1)

    comparisons = []
    for kind in ("scale", "rescale", "translation"):
        q, v, g = (rows(part, kind) for part in (run.weights, speed, gradient))
        d = q.shape[1]
        scale, shift = np.ones(d), np.zeros(d)
        if kind == "rescale":
            scale[-10:] = -1.0
        if kind == "translation":
            scale, shift = np.zeros(d), np.ones(d)
        xi = scale * q + shift
        force = -(mu * v + g + k * q) / m
        measured = np.sum(force * xi, axis=1) + np.sum(scale * v * v, axis=1)
        terms = np.abs(force * xi).sum(axis=1) + np.abs(scale * v * v).sum(axis=1)
        missed = np.abs(np.sum(g * xi, axis=1)) / m

        def predict(code: Any, given: Any = (q, v, scale, shift)) -> Array:
            return np.asarray(code(*given, m, mu, k)["rate"])

        comparisons.append(
            Comparison(
                f"rate of the momentum, {kind}", measured, predict,
                16 * _UNIT * terms + 2 * missed, setting={**run.setting, "m": m, "mu": mu},
            )
        )  # fmt: skip
    return tuple(comparisons)


def _gradient(run: Recorded) -> Any:
    from derivax.numeric.ground_truth.noether_training import _digits_loss, _images

    inputs, labels = _images(512)
    weights = {name: jnp.asarray(w) for name, w in run.weights.items()}
    return jax.grad(_digits_loss)(weights, jnp.asarray(inputs), jnp.asarray(labels))
