r"""Networks with symmetries, really trained, with what their charges are made of recorded per step.

The network is 64-h (batch norm without epsilon, ReLU)-h (ReLU)-10 softmax on the digits, mean
cross-entropy, gradients by automatic differentiation.  Three of its symmetries are exact:
    scale        of the incoming weights of each batch-normalised neuron
    rescale      of each neuron of the second layer: incoming weights and bias against outgoing
    translation  of the outgoing weights of each neuron, and of the last bias, over the classes
The optimisers update $v' = \beta v - \eta(g + kq)$, $q' = q + v'$ (heavy ball with decay k inside
the loss), or as `OPTIMISERS` says.  No law of any charge enters.

Main definitions: `OPTIMISERS`, `Charges`, `Recorded`, `train_digits`, `train_linear`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from derivax.data import digits
from derivax.errors import InputError

__all__ = ["OPTIMISERS", "Charges", "Recorded", "train_digits", "train_linear"]

Array = NDArray[np.float64]
Tree = Any

_MIXING, _FORGETTING, _SMALL = 0.9, 0.999, 1e-8  # of Adam and Lion, as in their papers


# --- optimisers ------------------------------------------------------------------------------


def _momentum(decoupled: bool, look_ahead: bool) -> Callable[..., Any]:
    def update(q: Tree, state: Tree, g: Tree, eta: Any, beta: Any, k: Any) -> tuple[Tree, Tree]:
        inside, outside = (0.0, k) if decoupled else (k, 0.0)
        v = jax.tree.map(lambda q, v, g: beta * v - eta * (g + inside * q), q, state, g)
        if look_ahead:  # q is the point at which the gradient is taken
            return jax.tree.map(lambda q, old, v: q - beta * old + (1 + beta) * v, q, state, v), v
        return jax.tree.map(lambda q, v: (1 - eta * outside) * q + v, q, v), v

    return update


def _adam(q: Tree, state: Tree, g: Tree, eta: Any, beta: Any, k: Any) -> tuple[Tree, Tree]:
    first, second, n = state
    n = n + 1
    first = jax.tree.map(lambda m, g: _MIXING * m + (1 - _MIXING) * g, first, g)
    second = jax.tree.map(lambda s, g: _FORGETTING * s + (1 - _FORGETTING) * g**2, second, g)
    share = jnp.sqrt(1 - _FORGETTING**n) / (1 - _MIXING**n)
    q = jax.tree.map(
        lambda q, m, s: (1 - eta * k) * q - eta * share * m / (jnp.sqrt(s) + _SMALL),
        q, first, second,
    )  # fmt: skip
    return q, (first, second, n)


def _lion(q: Tree, state: Tree, g: Tree, eta: Any, beta: Any, k: Any) -> tuple[Tree, Tree]:
    step = jax.tree.map(lambda m, g: jnp.sign(_MIXING * m + (1 - _MIXING) * g), state, g)
    q = jax.tree.map(lambda q, s: (1 - eta * k) * q - eta * s, q, step)
    return q, jax.tree.map(lambda m, g: 0.99 * m + 0.01 * g, state, g)


OPTIMISERS: Mapping[str, Callable[..., Any]] = {
    "heavy-ball": _momentum(decoupled=False, look_ahead=False),
    "decoupled-decay": _momentum(decoupled=True, look_ahead=False),
    "nesterov": _momentum(decoupled=False, look_ahead=True),
    "adam": _adam,
    "lion": _lion,
}


# --- what is recorded ------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Charges:
    r"""The numbers of one kind of symmetry; row n belongs to the weights after n steps.

    `C` (T + 1, n): $q^TAq$ (translation: the sum of the weights); `p`: $v^TAq$ (translation: the
    sum of v); `V`: $v^TAv$ (translation: 0); `W`: $v_n^TAv_{n-1}$; `pairing`: $g^T\xi$, which a
    symmetry makes vanish; `size` $|q|^2$, `speed` $|v|^2$, `force` $|g|^2$ of all weights that the
    charge belongs to, `reach` $|\xi|^2$.  v is the step in momentum methods, $q_n - q_{n-1}$ for
    Adam and Lion.
    """

    C: Array
    p: Array
    V: Array
    W: Array
    pairing: Array
    size: Array
    speed: Array
    force: Array
    reach: Array

    @property
    def cosine(self) -> float:
        """The largest |cos| of the angle between the gradient and the generator."""
        scale = np.sqrt(self.reach * self.force)
        return float(np.max(np.abs(self.pairing) / np.where(scale > 0, scale, 1)))


@dataclass(frozen=True, eq=False)
class Recorded:
    """A training: `charges` by kind of symmetry, `loss` (T + 1,), `weights` at the end."""

    optimiser: str
    eta: float
    beta: float
    k: float
    charges: Mapping[str, Charges]
    loss: Array
    weights: Mapping[str, Array]
    velocity: Mapping[str, Array]

    @property
    def steps(self) -> int:
        """Number of steps."""
        return len(self.loss) - 1

    @property
    def setting(self) -> dict[str, Any]:
        """What was trained, ready for JSON."""
        return {
            "optimiser": self.optimiser, "eta": self.eta, "beta": self.beta, "k": self.k,
            "steps": self.steps,
        }  # fmt: skip


def _pair(a: Any, b: Any) -> Any:
    """Row by row inner products."""
    return jnp.sum(a * b, axis=1)


def _digits_forms(a: Tree, b: Tree) -> dict[str, Any]:
    """a^T A b of each neuron, by kind; and the same without signs."""
    incoming = [jnp.concatenate([x["W2"], x["b2"][:, None]], axis=1) for x in (a, b)]
    outgoing = _pair(a["W3"].T, b["W3"].T)
    scale = _pair(a["W1"], b["W1"])
    inside = _pair(*incoming)
    return {
        "scale": (scale, scale), "rescale": (inside - outgoing, inside + outgoing)
    }  # fmt: skip


def _sums(x: Tree) -> Any:
    """The sums over classes that translation moves."""
    return jnp.concatenate([jnp.sum(x["W3"], axis=0), jnp.sum(x["b3"])[None]])


def _squares(x: Tree) -> Any:
    return jnp.concatenate([jnp.sum(x["W3"] ** 2, axis=0), jnp.sum(x["b3"] ** 2)[None]])


def _digits_record(q: Tree, v: Tree, old: Tree, g: Tree) -> dict[str, Any]:
    parts = {
        "C": _digits_forms(q, q), "p": _digits_forms(v, q), "V": _digits_forms(v, v),
        "W": _digits_forms(v, old), "pairing": _digits_forms(g, q), "force": _digits_forms(g, g),
    }  # fmt: skip
    found: dict[str, Any] = {}
    for kind in ("scale", "rescale"):
        signed = {name: parts[name][kind][0] for name in ("C", "p", "V", "W", "pairing")}
        found[kind] = {
            **signed, "size": parts["C"][kind][1], "speed": parts["V"][kind][1],
            "force": parts["force"][kind][1], "reach": parts["C"][kind][1],
        }  # fmt: skip
    zero = jnp.zeros_like(_sums(q))
    found["translation"] = {
        "C": _sums(q), "p": _sums(v), "V": zero, "W": zero, "pairing": _sums(g),
        "size": _squares(q), "speed": _squares(v), "force": _squares(g), "reach": zero + 10.0,
    }  # fmt: skip
    return found


def _digits_loss(q: Tree, inputs: Any, labels: Any) -> Any:
    """Mean cross-entropy; inputs (P, 64)."""
    signal = inputs @ q["W1"].T
    centred = signal - jnp.mean(signal, axis=0)
    signal = jax.nn.relu(centred / jnp.sqrt(jnp.mean(centred**2, axis=0)))
    signal = jax.nn.relu(signal @ q["W2"].T + q["b2"])
    logits = jax.nn.log_softmax(signal @ q["W3"].T + q["b3"])
    return -jnp.mean(jnp.take_along_axis(logits, labels[:, None], axis=1))


def _linear_loss(q: Tree, inputs: Any, labels: Any) -> Any:
    """The same for two linear layers, whose output is the logits."""
    logits = jax.nn.log_softmax(inputs @ q["W1"].T @ q["W2"].T)
    return -jnp.mean(jnp.take_along_axis(logits, labels[:, None], axis=1))


def _linear_record(q: Tree, v: Tree, old: Tree, g: Tree) -> dict[str, Any]:
    """The matrix charge W1 W1^T - W2^T W2, its entries in a row; p is the symmetric part."""

    def form(a: Tree, b: Tree, sign: float = -1.0) -> Any:
        whole = a["W1"] @ b["W1"].T + sign * a["W2"].T @ b["W2"]
        return (0.5 * (whole + whole.T)).ravel()

    def sizes(a: Tree) -> Any:
        d = jnp.diagonal(a["W1"] @ a["W1"].T + a["W2"].T @ a["W2"])
        return jnp.sqrt(d[:, None] * d[None, :]).ravel()

    return {
        "matrix": {
            "C": form(q, q), "p": form(v, q), "V": form(v, v), "W": form(v, old),
            "pairing": form(g, q), "size": sizes(q), "speed": sizes(v), "force": sizes(g),
            "reach": sizes(q),
        }
    }  # fmt: skip


# --- training --------------------------------------------------------------------------------

_NETWORKS = {"digits": (_digits_loss, _digits_record), "linear": (_linear_loss, _linear_record)}


@partial(jax.jit, static_argnames=("network", "optimiser"))
def _descend(
    q: Tree, inputs: Any, labels: Any, batches: Any, eta: Any, beta: Any, k: Any, *,
    network: str, optimiser: str,
) -> Any:  # fmt: skip
    """One update per row of `batches` (indices of examples; a row too many records the end)."""
    loss_of, record_of = _NETWORKS[network]
    update = OPTIMISERS[optimiser]
    still = jax.tree.map(jnp.zeros_like, q)
    start = (still, still, jnp.zeros(())) if optimiser == "adam" else still
    measured = optimiser in ("adam", "lion")  # their state is no velocity

    def step(carry: Any, batch: Any) -> tuple[Any, Any]:
        q, state, v, old = carry
        loss, g = jax.value_and_grad(loss_of)(q, inputs[batch], labels[batch])
        after, state = update(q, state, g, eta, beta, k)
        new = jax.tree.map(jnp.subtract, after, q) if measured else state
        return (after, state, new, v), (loss, record_of(q, v, old, g), q, v)

    # the states before the last update are kept, the whole history of weights is not
    def kept(carry: Any, batch: Any) -> tuple[Any, Any]:
        carry, (loss, record, *_) = step(carry, batch)
        return carry, (loss, record)

    carry, history = jax.lax.scan(kept, (q, start, still, still), batches[:-1])
    _, (loss, record, q, v) = step(carry, batches[-1])
    return history, (loss, record), q, v


@lru_cache(maxsize=8)
def _images(examples: int) -> tuple[Any, Any]:
    images, labels = digits()
    return images[:examples] / 16.0, labels[:examples].astype(np.int32)


def _run(
    network: str, weights: Mapping[str, Array], optimiser: str, eta: float, beta: float, k: float,
    steps: int, examples: int, batch: int | None, seed: int,
) -> Recorded:  # fmt: skip
    if optimiser not in OPTIMISERS:
        raise InputError(optimiser, "is no optimiser here", f"one of {', '.join(OPTIMISERS)}")
    inputs, labels = _images(examples)
    rng = np.random.default_rng(seed + 1)
    rows = [
        np.arange(examples) if batch is None else rng.choice(examples, batch, replace=False)
        for _ in range(steps + 1)
    ]
    with jax.enable_x64(True):
        history, last, q, v = _descend(
            {name: jnp.asarray(w) for name, w in weights.items()}, jnp.asarray(inputs),
            jnp.asarray(labels), jnp.asarray(np.array(rows)), eta, beta, k,
            network=network, optimiser=optimiser,
        )  # fmt: skip
    loss, record = jax.tree.map(
        lambda whole, end: np.concatenate([np.asarray(whole), np.asarray(end)[None]]), history, last
    )
    if not np.isfinite(loss).all():
        raise InputError(f"eta = {eta}", "the training diverged", "use a smaller step")
    charges = {kind: Charges(**parts) for kind, parts in record.items()}
    ends = ({name: np.asarray(w) for name, w in part.items()} for part in (q, v))
    return Recorded(optimiser, eta, beta, k, charges, loss, *ends)


@lru_cache(maxsize=16)
def train_digits(
    optimiser: str = "heavy-ball",
    *,
    eta: float,
    beta: float = 0.0,
    k: float = 0.0,
    steps: int = 120,
    hidden: int = 16,
    examples: int = 512,
    batch: int | None = None,
    seed: int = 0,
) -> Recorded:
    """Train the 64-h-h-10 network on the first `examples` digits, in float64.

    Args:
        optimiser: a key of `OPTIMISERS`.
        eta, beta, k: step, momentum, weight decay (all weights and biases decay).
        steps: updates; `batch`: examples per update, drawn anew (None: all).

    Raises: `InputError` when the loss is no longer finite.
    """
    rng = np.random.default_rng(seed)

    def drawn(rows: int, columns: int) -> Array:
        return rng.standard_normal((rows, columns)) * np.sqrt(2 / columns)

    weights = {
        "W1": drawn(hidden, 64), "W2": drawn(hidden, hidden), "b2": 0.1 * drawn(hidden, 1)[:, 0],
        "W3": 0.5 * drawn(10, hidden), "b3": 0.1 * drawn(10, 1)[:, 0],
    }  # fmt: skip
    return _run("digits", weights, optimiser, eta, beta, k, steps, examples, batch, seed)


@lru_cache(maxsize=8)
def train_linear(
    optimiser: str = "heavy-ball",
    *,
    eta: float,
    beta: float = 0.0,
    k: float = 0.0,
    steps: int = 120,
    hidden: int = 5,
    examples: int = 512,
    seed: int = 0,
) -> Recorded:
    """Train the linear network 64-h-10 (softmax) on the first `examples` digits, in float64."""
    rng = np.random.default_rng(seed)
    weights = {
        "W1": rng.standard_normal((hidden, 64)) / 8,
        "W2": 0.2 * rng.standard_normal((10, hidden)),
    }
    return _run("linear", weights, optimiser, eta, beta, k, steps, examples, None, seed)
