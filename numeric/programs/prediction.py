r"""predict: how a two-layer linear network will learn a user's own data, in closed form.

Main definitions: `predict`, `Prediction`.

Implementation notes.  Sums over examples throughout: $\Sigma_{xx} = \sum_\mu x x^T$, loss
$\tfrac12\sum_\mu\|y-W_2W_1x\|^2$, tau = 1/lr.  A mean over examples divides every gradient by P,
so tau = P/lr.  Curves, times and rates are Compiled results of the derivations `correlated-mode`,
`learning-time` and `learning-rate`; a mode whose input has the variance lambda is the white one
with s/lambda and lr lambda.

Without whitening the modes decouple only when $\Sigma_{xx}V = V\Lambda$ with diagonal $\Lambda$;
the measured violation is reported, and refused beyond the stated tolerance.

Source: A. M. Saxe, J. L. McClelland, S. Ganguli, arXiv:1312.6120.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from derivax.errors import InputError, NotDerived
from derivax.numeric.codegen.compiling import compile_formula
from derivax.numeric.ground_truth.whitening import singular_modes, whiten
from derivax.numeric.programs.data_files import as_matrix
from derivax.symbolic.methods.depth import weight_matrices
from derivax.symbolic.theories import deep_linear_networks as theory
from derivax.symbolic.theories.deep_linear_networks import notation

__all__ = ["Prediction", "predict"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Prediction:
    """What `predict` found; K modes, T times, P examples.

    `samples` P, `rank` of the whitened inputs (of the centred ones without whitening), `whitened`,
    `reduction`, `lr`, `tau`, `u0`, `fraction`;
    `s` (K,), `U` (outputs, K), `V` (inputs or whitened inputs, K): the singular modes, strongest
    first, the largest entry of each left vector positive;
    `input_variance` (K,), lambda, 1 for white inputs; `plateau` (K,), s/lambda;
    `off_diagonal_ratio`: the off-diagonal part of V^T Sigma_xx V over its norm; `leakage`: the part
    of Sigma_xx V outside the modes over its norm;
    `times` (T,), `curves` (T, K), strength of each mode; `loss` (T,); `loss_floor`, what no linear
    map explains;
    `half_time`, `learning_time` (K,): to half and to `fraction` of the plateau (0: begun there);
    `lr_optimal`, `lr_limit` (K,): fastest and largest stable rate of each mode; `largest_lr`: the
    largest stable rate of all.  With `lr`, times count steps; without, tau = 1.
    """

    samples: int
    rank: int
    whitened: bool
    reduction: str
    lr: float | None
    tau: float
    u0: float
    fraction: float
    s: Array
    U: Array
    V: Array
    input_variance: Array
    plateau: Array
    off_diagonal_ratio: float
    leakage: float
    times: Array
    curves: Array
    loss: Array
    loss_floor: float
    half_time: Array
    learning_time: Array
    lr_optimal: Array
    lr_limit: Array

    @property
    def largest_lr(self) -> float:
        """The largest learning rate at which every mode converges."""
        return float(self.lr_limit.min())

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers and lists, ready for JSON."""
        found: dict[str, Any] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            found[one.name] = value.tolist() if isinstance(value, np.ndarray) else value
        return {**found, "largest_lr": self.largest_lr}

    def __str__(self) -> str:
        unit = "steps" if self.lr is not None else "tau"
        kind = f"whitened on {self.rank} components" if self.whitened else "not whitened"
        limit = f"{self.largest_lr:.4g} ({self.reduction} over examples)"
        heads = ("mode", "s", "lambda", "plateau", f"half ({unit})", f"{self.fraction:g} ({unit})")
        lines = [
            f"{self.samples} examples, {kind}, {len(self.s)} modes",
            f"largest stable learning rate {limit}",
            " ".join(f"{h:>{w}}" for h, w in zip(heads, (4, 12, 10, 12, 14, 14), strict=True)),
        ]
        lines += [
            f"{k + 1:>4} {self.s[k]:>12.6g} {self.input_variance[k]:>10.4g} "
            f"{self.plateau[k]:>12.6g} {self.half_time[k]:>14.6g} {self.learning_time[k]:>14.6g}"
            for k in range(len(self.s))
        ]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<Prediction: {len(self.s)} modes, {len(self.times)} times, P = {self.samples}>"


def predict(
    X: ArrayLike,
    Y: ArrayLike,
    *,
    lr: float | None = None,
    times: ArrayLike | None = None,
    u0: float = 1e-3,
    whitening: bool = True,
    rank: int | None = None,
    labels: bool = False,
    reduction: str = "sum",
    fraction: float = 0.99,
    tolerance: float = 1e-3,
    hidden: int | None = None,
    L: int | None = None,
    n_layers: int | None = None,
) -> Prediction:
    r"""How a two-layer linear network learns the data (X, Y), before it is trained.

    $$\tau\dot u = 2u(s - \lambda u),\qquad
      u(t) = \frac{s\,e^{2st/\tau}}{\lambda(e^{2st/\tau}-1)+s/u_0}$$

    for each singular mode s of $\Sigma_{yx} = \sum_\mu y x^T$ (X and Y are centred), from balanced,
    aligned weights of strength u0.

    Args:
        X: (P, inputs), one example a row.
        Y: (P, outputs), or (P,): one output; with `labels`, (P,) whole numbers, made one-hot.
        lr: learning rate; times then count steps of gradient descent (tau = 1/lr, or P/lr for a
            mean over examples).  Without it tau = 1.
        times: when the curves are asked; default: 101 times until the last mode has learned.
        u0: initial strength of every mode, > 0.
        whitening: whiten X on its non-zero principal components; else X is taken as it is.
        rank: number of components that are kept, at most the rank of X.
        reduction: "sum" or "mean" of the loss over examples.
        fraction: of the plateau, for `learning_time`.
        tolerance: largest `off_diagonal_ratio` and `leakage` that is accepted without whitening.
        hidden: width of the hidden layer; only that many modes, the strongest, can be learned.
        L: number of weight matrices (2); `n_layers` = L + 1 instead.

    Returns: a `Prediction` with arrays.

    Raises:
        InputError: NaN, complex or non-numeric data, different numbers of examples, too few of
            them, a rank that the data do not have, modes that couple (with the measured ratio), a
            learning rate at which training diverges.
        NotDerived: a depth other than L = 2.

    Source: arXiv:1312.6120.

    >>> from derivax import data
    >>> images, numbers = data.digits()
    >>> found = predict(images, numbers, labels=True, lr=0.002)
    >>> found.rank, len(found.s), found.s[:3].round(6).tolist()
    (61, 9, [12.629574, 12.177208, 12.100755])
    """
    matrices = weight_matrices(L, n_layers)
    if matrices != 2:
        raise NotDerived(
            f"predict with L={matrices}",
            [("correlated-mode", "derived for L = 2 weight matrices (1 hidden layer) so far")],
        )
    inputs, targets = _data(X, Y, labels)
    _positive(u0=u0, lr=lr)
    if reduction not in ("sum", "mean"):
        raise InputError(f"reduction = {reduction!r}", "is unknown", "use 'sum' or 'mean'")
    if not 0 < fraction < 1:
        raise InputError(f"fraction = {fraction}", "lies between 0 and 1", "0.99 is usual")
    count = len(inputs)
    centred, kept = _inputs(inputs, whitening, rank)
    outputs = (targets - targets.mean(axis=0)).T
    modes = _modes(outputs @ centred.T, np.abs(outputs).max(), hidden)
    variance, off_diagonal, leakage = _input_variances(centred, modes.V, whitening)
    if max(off_diagonal, leakage) > tolerance:
        raise InputError(
            "inputs without whitening",
            f"their modes couple: off-diagonal ratio {off_diagonal:.3g}, part outside the modes "
            f"{leakage:.3g}, at most {tolerance:g} is accepted",
            "use whitening=True, or whiten your network's inputs",
        )
    per_example = count if reduction == "mean" else 1
    tau = per_example / lr if lr is not None else 1.0
    rates = {k: v * per_example for k, v in _learning_rates(modes.s, variance).items()}
    if lr is not None and lr >= rates["stability_limit"].min():
        raise InputError(
            f"lr = {lr:g}",
            f"gradient descent diverges from {rates['stability_limit'].min():.4g} on",
            "choose a smaller learning rate; without lr, times are in units of tau",
        )
    plateau = modes.s / variance
    learned = _time_to(fraction, modes.s, u0, variance, tau)
    at = _times(times, float(learned.max()), tau)
    curves = _curves(at, modes.s, u0, variance, tau)
    explained = 0.5 * float(np.sum(modes.s**2 / variance))
    floor = max(0.5 * float(np.sum(outputs**2)) - explained, 0.0)
    return Prediction(
        samples=count,
        rank=kept,
        whitened=whitening,
        reduction=reduction,
        lr=lr,
        tau=tau,
        u0=float(u0),
        fraction=float(fraction),
        s=modes.s,
        U=modes.U,
        V=modes.V,
        input_variance=variance,
        plateau=plateau,
        off_diagonal_ratio=off_diagonal,
        leakage=leakage,
        times=at,
        curves=curves,
        loss=(floor + 0.5 * np.sum(variance * (curves - plateau) ** 2, axis=1)) / per_example,
        loss_floor=floor / per_example,
        half_time=_time_to(0.5, modes.s, u0, variance, tau),
        learning_time=learned,
        lr_optimal=rates["optimal"],
        lr_limit=rates["stability_limit"],
    )


# --- the data --------------------------------------------------------------------------------


def _data(X: ArrayLike, Y: ArrayLike, labels: bool) -> tuple[Array, Array]:
    inputs = as_matrix(X, "inputs")
    if labels:
        targets = _one_hot(Y)
    else:
        targets = as_matrix(Y, "targets")
    if len(inputs) != len(targets):
        raise InputError(
            f"{len(inputs)} inputs and {len(targets)} targets",
            "one target per input is needed",
            "one example a row",
        )
    if len(inputs) < 3:
        raise InputError(
            f"{len(inputs)} examples", "are too few for a correlation", "give 3 or more"
        )
    return inputs, targets


def _one_hot(Y: ArrayLike) -> Array:
    numbers = as_matrix(Y, "labels")
    if numbers.shape[1] != 1 or not (numbers == np.rint(numbers)).all():
        raise InputError("labels", "are not one whole number per example", "drop labels=True")
    classes, places = np.unique(numbers[:, 0], return_inverse=True)
    if len(classes) > 10_000:
        raise InputError(f"{len(classes)} labels", "are too many classes", "drop labels=True")
    return (places[:, None] == np.arange(len(classes))).astype(np.float64)


def _inputs(inputs: Array, whitening: bool, rank: int | None) -> tuple[Array, int]:
    """The inputs as columns, centred or white, and their rank."""
    if whitening:
        white = whiten(inputs, rank=rank)
        if white.rank >= len(inputs):
            raise InputError(
                f"{len(inputs)} examples", f"are too few to whiten {white.rank} components", ""
            )
        return white.inputs, white.rank
    if rank is not None:
        raise InputError(f"rank = {rank}", "belongs to whitening", "use whitening=True")
    centred = (inputs - inputs.mean(axis=0)).T
    return centred, int(np.linalg.matrix_rank(centred))


def _modes(correlation: Array, size: float, hidden: int | None) -> Any:
    if hidden is not None and (isinstance(hidden, bool) or int(hidden) != hidden or hidden < 1):
        raise InputError(f"hidden = {hidden}", "is not a width", "give a whole number >= 1")
    floor = 1e3 * max(correlation.shape) * np.finfo(np.float64).eps * size
    if not np.abs(correlation).max() > floor:
        raise InputError("the targets", "are not correlated with the inputs", "nothing is learned")
    found = singular_modes(correlation)
    return found if hidden is None or hidden >= len(found) else singular_modes(correlation, hidden)


def _input_variances(centred: Array, V: Array, whitening: bool) -> tuple[Array, float, float]:
    """(lambda, off-diagonal part of V^T Sigma_xx V, part of Sigma_xx V outside V), relative."""
    if whitening:
        return np.ones(V.shape[1]), 0.0, 0.0
    image = centred @ (centred.T @ V)
    inside = V.T @ image
    variance = np.diagonal(inside).copy()
    off = float(np.linalg.norm(inside - np.diag(variance)) / np.linalg.norm(inside))
    outside = float(np.linalg.norm(image - V @ inside) / np.linalg.norm(image))
    return variance, off, outside


def _positive(**values: float | None) -> None:
    for name, value in values.items():
        if value is None:
            continue
        if isinstance(value, complex) or not (math.isfinite(value) and value > 0):
            raise InputError(f"{name} = {value}", "is not a positive number", "")


def _times(times: ArrayLike | None, last: float, tau: float) -> Array:
    if times is None:
        return np.linspace(0.0, 1.2 * last if last > 0 else tau, 101)
    at = as_matrix(times, "times").ravel()
    if (at < 0).any():
        raise InputError(f"times down to {at.min():g}", "begin at 0", "")
    return at


# --- the derived functions -------------------------------------------------------------------


@lru_cache(maxsize=1)
def _functions() -> dict[str, Callable[..., Any]]:
    times = theory.learning_time()  # its steps hold the curve as well
    assert times.formula is not None
    _, s, u0, lam, tau = times.formula.args
    curve = times.formula_of("correlated-mode", [notation.t, s, u0, lam, tau])
    rates = theory.learning_rate().formula
    named = {"correlated_mode": curve, "learning_time": times.formula, "learning_rate": rates}
    return {name: compile_formula(one, name=name, derivatives=0) for name, one in named.items()}


def _run(name: str, *args: Any) -> Any:
    """One derived function in float64, whatever JAX is set to."""
    import jax

    with jax.enable_x64(True):
        found = _functions()[name](*(np.asarray(a, dtype=np.float64) for a in args))
        return jax.tree.map(lambda part: np.array(part, dtype=np.float64), found)


def _curves(times: Array, s: Array, u0: float, variance: Array, tau: float) -> Array:
    return _run("correlated_mode", times[:, None], s, u0, variance, tau)


def _time_to(fraction: float, s: Array, u0: float, variance: Array, tau: float) -> Array:
    """0 where the mode begins beyond the fraction."""
    begun = variance * u0 >= fraction * s
    safe = np.where(begun, fraction * s / variance / 2, u0)
    found = _run("learning_time", np.full_like(s, fraction), s, safe, variance, tau)
    return np.where(begun, 0.0, found)


def _learning_rates(s: Array, variance: Array) -> dict[str, Array]:
    """A mode with input variance lambda is the white one with s/lambda and lr lambda."""
    found = _run("learning_rate", s / variance)
    return {name: part / variance for name, part in found.items()}


