r"""Networks that are really trained: full-batch gradient descent on explicit weights, in JAX.

The original system behind the theories of learning dynamics.  The loss is
:math:`\tfrac12\sum_\mu\|y^\mu-W_L\phi(\cdots\phi(W_1x^\mu))\|^2`, a *sum* over examples
(reduction="sum"); its gradient comes from automatic differentiation of the forward pass over the
examples, and each step is :math:`W\leftarrow W-\lambda\,\partial E/\partial W`.  No solution of
the learning dynamics enters.

Main definitions: `train`, `Training`, `balanced_weights`, `decoupled_weights`, `random_weights`,
`crossing_step`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from itertools import pairwise
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import ArrayLike, NDArray

from derivax.errors import InputError, PrecisionError
from derivax.numeric.ground_truth.whitening import SingularModes

__all__ = [
    "Training",
    "balanced_weights",
    "crossing_step",
    "decoupled_weights",
    "random_weights",
    "train",
]

_CHUNK = 64

Array = NDArray[np.float64]
Activation = Callable[[jax.Array], jax.Array]


# --- initial weights ---------------------------------------------------------------------------


def _hidden_widths(hidden: int | Sequence[int], count: int) -> tuple[int, ...]:
    widths = (hidden,) * count if isinstance(hidden, int) else tuple(hidden)
    if len(widths) != count or any(width < 1 for width in widths):
        raise InputError(
            f"hidden = {hidden}", f"{count} positive widths are needed", "pass one or all of them"
        )
    return widths


def decoupled_weights(
    modes: SingularModes, layer_strengths: ArrayLike, *, hidden: int | Sequence[int], seed: int = 0
) -> tuple[Array, ...]:
    r"""Weights that carry every mode on its own: :math:`W_l=R_l\,\mathrm{diag}(a_l)\,R_{l-1}^T`.

    :math:`R_0=V`, :math:`R_L=U`, the inner :math:`R_l` have random orthonormal columns.

    Arguments: `layer_strengths` (L, K), the strength of each of the K modes in each of the L
    matrices; `hidden`, the width of the L - 1 hidden layers (one number for all, or each).
    Returns: (W_1, ..., W_L).  Raises: `InputError` when a hidden layer is narrower than K.

    >>> from derivax.numeric.ground_truth.whitening import singular_modes
    >>> modes = singular_modes([[0.0, -3.0], [2.0, 0.0]])
    >>> first, second = decoupled_weights(modes, [[0.5, 0.1], [0.2, 0.3]], hidden=4)
    >>> modes.strengths(second @ first).round(12).tolist()
    [0.1, 0.03]
    """
    strengths = np.asarray(layer_strengths, dtype=np.float64)
    if strengths.ndim != 2 or strengths.shape[0] < 1 or strengths.shape[1] != len(modes):
        raise InputError(
            f"layer_strengths of shape {strengths.shape}", f"(L, {len(modes)}) is needed", ""
        )
    widths = _hidden_widths(hidden, len(strengths) - 1)
    if widths and min(widths) < len(modes):
        raise InputError(
            f"a hidden layer of width {min(widths)}",
            f"it cannot carry {len(modes)} modes side by side",
            f"use a width >= {len(modes)} or fewer modes",
        )
    rng = np.random.default_rng(seed)
    inner = [np.linalg.qr(rng.standard_normal((width, len(modes))))[0] for width in widths]
    bases = [modes.V, *inner, modes.U]
    return tuple(
        (after * a) @ before.T
        for before, after, a in zip(bases, bases[1:], strengths, strict=False)
    )


def balanced_weights(
    modes: SingularModes, u0: ArrayLike, *, L: int = 2, hidden: int | Sequence[int], seed: int = 0
) -> tuple[Array, ...]:
    """Decoupled weights with the same strength u0^(1/L) of a mode in each of the L matrices.

    `u0` is one number or one per mode, the strength of the mode in the product W_L ... W_1.
    Raises `InputError` for L < 1 or u0 <= 0 (from zero a mode never leaves the saddle).
    """
    if not isinstance(L, int) or isinstance(L, bool) or L < 1:
        raise InputError(f"L = {L!r}", "the number of weight matrices is an integer >= 1", "")
    start = np.broadcast_to(np.asarray(u0, dtype=np.float64), (len(modes),))
    if not (np.isfinite(start) & (start > 0)).all():
        raise InputError(f"u0 = {u0!r}", "a balanced mode starts at a positive strength", "u0 > 0")
    strengths = np.broadcast_to(start ** (1.0 / L), (L, len(modes)))
    return decoupled_weights(modes, strengths, hidden=hidden, seed=seed)


def random_weights(sizes: Sequence[int], *, std: float, seed: int = 0) -> tuple[Array, ...]:
    """Independent Gaussian weights of standard deviation `std`; `sizes` = (inputs, ..., outputs).

    >>> [w.shape for w in random_weights((5, 4, 3), std=1e-3)]
    [(4, 5), (3, 4)]
    """
    if len(sizes) < 2 or any(size < 1 for size in sizes):
        raise InputError(f"sizes = {tuple(sizes)}", "at least two positive sizes are needed", "")
    rng = np.random.default_rng(seed)
    return tuple(std * rng.standard_normal((after, before)) for before, after in pairwise(sizes))


# --- training ----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Training:
    """What a training left: index n of the recorded arrays is the state after n steps.

    `loss` (steps + 1,); `strengths` (steps + 1, K), the diagonal of U^T W V for the input-output
    map W; `crosstalk` (steps + 1,), the Frobenius norm of its off-diagonal part; `weights`, the
    last ones.
    """

    lr: float
    dtype: str
    loss: Array
    strengths: Array
    crosstalk: Array
    weights: tuple[Array, ...]

    @property
    def steps(self) -> int:
        """Number of gradient steps."""
        return len(self.loss) - 1


def _forward(weights: Any, inputs: jax.Array, activation: Activation | None) -> jax.Array:
    # HIGHEST: on accelerators the default would round float32 products to 10 bits.
    dot = partial(jnp.matmul, precision=jax.lax.Precision.HIGHEST)
    signal = dot(weights[0], inputs)
    for weight in weights[1:]:
        signal = dot(weight, signal if activation is None else activation(signal))
    return signal


@partial(jax.jit, static_argnames=("length", "activation"))
def _descend(
    weights: Any,
    inputs: Any,
    targets: Any,
    U: Any,
    V: Any,
    rates: Any,
    *,
    length: int,
    activation: Any,
) -> Any:
    """One update per entry of `rates` in a compiled loop; records the state *before* each."""

    def loss_of(current: Any) -> Any:
        residual = targets - _forward(current, inputs, activation)
        return 0.5 * jnp.sum(residual * residual)

    def modes_of(current: Any) -> tuple[Any, Any]:
        if activation is None:
            carried = reduce(lambda product, weight: weight @ product, current)
        else:  # no matrix of its own: what it answers, correlated with what it saw
            carried = _forward(current, inputs, activation) @ inputs.T
        overlap = U.T @ carried @ V
        strengths = jnp.diagonal(overlap)
        return strengths, jnp.linalg.norm(overlap - jnp.diag(strengths))

    def step(current: Any, rate: Any) -> tuple[Any, Any]:
        loss, gradient = jax.value_and_grad(loss_of)(current)
        following = [w - rate * g for w, g in zip(current, gradient, strict=True)]
        return following, (loss, *modes_of(current))

    return jax.lax.scan(step, weights, rates, length=length)


def _working_dtype(dtype: str | None) -> str:
    enabled = jax.config.jax_enable_x64  # type: ignore[attr-defined]
    if dtype is None:
        return "float64" if enabled else "float32"
    if dtype not in ("float32", "float64"):
        raise InputError(f"dtype = {dtype!r}", "float32 or float64 is needed", "")
    if dtype == "float64" and not enabled:
        raise PrecisionError(
            "float64", "JAX's x64 is off", 'call jax.config.update("jax_enable_x64", True)'
        )
    return dtype


def train(
    inputs: ArrayLike,
    targets: ArrayLike,
    weights: Sequence[ArrayLike],
    *,
    lr: float,
    steps: int,
    modes: SingularModes,
    activation: Activation | None = None,
    dtype: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> Training:
    r"""Train by full-batch gradient descent on :math:`\tfrac12\sum_\mu\|y-W_L\cdots W_1x\|^2`.

    Arguments: `inputs` (N, P), `targets` (M, P), one column an example; `weights` (W_1, ..., W_L),
    any L >= 1; `lr` per step; `modes`, the directions whose strength is recorded; `activation`, a
    JAX function between the matrices (None: linear network); `dtype`, by default float64 where
    JAX's x64 is on, else float32; `progress` is told the number of finished steps now and then.
    Returns: `Training`.
    Raises: `InputError` for shapes that do not fit and when the loss diverges.

    >>> from derivax.numeric.ground_truth.whitening import singular_modes
    >>> modes = singular_modes([[2.0]])
    >>> ran = train([[1.0]], [[2.0]], [[[0.5]]], lr=0.5, steps=2, modes=modes)
    >>> ran.strengths[:, 0].tolist(), ran.loss.tolist()       # w <- w + lr (2 - w)
    ([0.5, 1.25, 1.625], [1.125, 0.28125, 0.0703125])
    """
    kind = _working_dtype(dtype)
    x, y = jnp.asarray(inputs, dtype=kind), jnp.asarray(targets, dtype=kind)
    current = [jnp.asarray(w, dtype=kind) for w in weights]
    if not current:
        raise InputError("no weights", "a network has at least one matrix", "")
    shapes = [tuple(w.shape) for w in current]
    sizes = [x.shape[0], *(shape[0] for shape in shapes)]
    fits = all(shape == (b, a) for shape, a, b in zip(shapes, sizes, sizes[1:], strict=False))
    if not fits or y.shape != (sizes[-1], x.shape[1]):
        raise InputError(
            f"weights {shapes}", f"they do not map inputs {x.shape} to targets {y.shape}", ""
        )
    if not (np.isfinite(lr) and lr > 0):
        raise InputError(f"lr = {lr}", "a learning rate is positive", "")
    if steps < 1:
        raise InputError(f"steps = {steps}", "at least one step is needed", "")

    # One compiled loop of fixed length, so that progress and other numbers of steps cost no second
    # compilation; past the last step the rate is zero.
    chunk = _CHUNK
    U, V = jnp.asarray(modes.U, dtype=kind), jnp.asarray(modes.V, dtype=kind)
    records = []
    for done in range(0, steps + 1, chunk):
        rates = jnp.where(jnp.arange(done, done + chunk) < steps, lr, 0.0).astype(kind)
        current, record = _descend(current, x, y, U, V, rates, length=chunk, activation=activation)
        records.append([np.asarray(part, dtype=np.float64) for part in record])
        if progress is not None:
            progress(min(done + chunk, steps))
    loss, strengths, crosstalk = (
        np.concatenate([record[i] for record in records])[: steps + 1] for i in range(3)
    )
    lost = np.flatnonzero(~np.isfinite(loss))
    if lost.size:
        raise InputError(
            f"lr = {lr}", f"the loss is no longer finite at step {lost[0]}", "use a smaller lr"
        )
    return Training(
        float(lr), kind, loss, strengths, crosstalk, tuple(np.asarray(w) for w in current)
    )


def crossing_step(values: ArrayLike, level: float, *, cubic: bool = False) -> float:
    """The (fractional) index at which a recorded curve first reaches `level`; NaN if it never does.

    Between two steps the curve is taken as linear, or with `cubic` as the cubic through the four
    steps around, whose error is of higher order in the learning rate.

    >>> crossing_step([0.0, 1.0, 3.0], 2.0), crossing_step([0.0, 1.0], 2.0)
    (1.5, nan)
    >>> round(crossing_step([0.0, 1.0, 8.0, 27.0], 3.375, cubic=True), 12)
    1.5
    """
    curve = np.asarray(values, dtype=np.float64)
    if curve[0] == level:
        return 0.0
    above = curve > level if curve[0] < level else curve < level
    reached = np.flatnonzero(above | (curve == level))
    if not reached.size:
        return float("nan")
    n = int(reached[0]) - 1
    linear = n + float((level - curve[n]) / (curve[n + 1] - curve[n]))
    first = min(max(n - 1, 0), len(curve) - 4)
    if not cubic or first < 0:
        return linear
    steps = np.arange(4.0)
    cubic_fit = np.polynomial.Polynomial.fit(steps, curve[first : first + 4] - level, 3)
    position, slope = linear - first, cubic_fit.deriv()
    for _ in range(4):  # Newton, from a start that is right to second order
        position -= float(cubic_fit(position) / slope(position))
    return first + position if n <= first + position <= n + 1 else linear
