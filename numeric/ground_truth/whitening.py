r"""Data prepared for linear-network theory: whitened inputs, centred targets, singular modes.

Everything uses the *sum* convention: correlations are sums over the P examples, without 1/P, so
that whitened inputs obey :math:`XX^T = I` and a loss :math:`\tfrac12\sum_\mu\|y^\mu-\hat y^\mu\|^2`
trained at rate `lr` has the time constant tau = 1/lr per step.

Main definitions: `whiten`, `centred_one_hot`, `input_output_correlation`, `singular_modes`.

Source: A. M. Saxe, J. L. McClelland, S. Ganguli, arXiv 1312.6120, section 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from derivax.errors import InputError

__all__ = [
    "SingularModes",
    "Whitened",
    "centred_one_hot",
    "input_output_correlation",
    "singular_modes",
    "whiten",
]

Array = NDArray[np.float64]


def _finite_matrix(values: ArrayLike, name: str) -> Array:
    array = np.asarray(values)
    if array.ndim != 2 or 0 in array.shape:
        raise InputError(f"{name} of shape {array.shape}", "a non-empty matrix is needed", "")
    if array.dtype.kind not in "biuf":
        raise InputError(f"{name} of type {array.dtype}", "real numbers are needed", "")
    array = array.astype(np.float64)
    if not np.isfinite(array).all():
        raise InputError(name, "it holds NaN or infinite entries", "remove or impute them first")
    return array


@dataclass(frozen=True, eq=False)
class Whitened:
    r"""Inputs with :math:`XX^T = I` and the map that made them.

    `inputs` (rank, P); `mean` (N,); `components` (N, rank), orthonormal columns; `scales` (rank,),
    the singular values of the centred data: `inputs` = (components / scales)^T (examples - mean)^T.
    """

    inputs: Array
    mean: Array
    components: Array
    scales: Array

    @property
    def rank(self) -> int:
        """Number of directions in which the centred data vary."""
        return len(self.scales)

    def apply(self, examples: ArrayLike) -> Array:
        """New examples (rows) seen by the same map: an array (rank, number of examples)."""
        rows = _finite_matrix(examples, "examples")
        return (self.components / self.scales).T @ (rows - self.mean).T


def whiten(examples: ArrayLike, *, rank: int | None = None) -> Whitened:
    r"""Centre the examples and whiten them on their non-zero principal components.

    With the singular value decomposition :math:`A\,\mathrm{diag}(\sigma)\,B^T` of the centred data
    (features x examples) the whitened inputs are the rows of :math:`B^T` that belong to
    :math:`\sigma>0`; the sign of each component makes its largest entry positive.

    Arguments: `examples` (P, N), one example a row; `rank`, the number of components kept, at most
    the numerical rank of the centred data (the default).
    Returns: `Whitened`.  Raises: `InputError` for bad data or a rank that the data do not have.

    >>> white = whiten([[0.0, 1.0, 5.0], [2.0, 0.0, 5.0], [1.0, 4.0, 5.0], [3.0, 3.0, 5.0]])
    >>> white.rank, bool(np.allclose(white.inputs @ white.inputs.T, np.eye(2)))
    (2, True)
    """
    rows = _finite_matrix(examples, "examples")
    mean = rows.mean(axis=0)
    components, scales, right = np.linalg.svd((rows - mean).T, full_matrices=False)
    # The centring itself rounds, at the size of the data before it.
    floor = max(rows.shape) * np.finfo(np.float64).eps * max(scales[0], np.linalg.norm(rows))
    available = int(np.count_nonzero(scales > floor))
    if available == 0:
        raise InputError("examples", "they are all equal, there is nothing to whiten", "")
    wanted = available if rank is None else rank
    if not 1 <= wanted <= available:
        raise InputError(
            f"rank = {rank}", f"the centred data have rank {available}", f"pass 1..{available}"
        )
    components, scales, right = components[:, :wanted], scales[:wanted], right[:wanted]
    peak = np.argmax(np.abs(components), axis=0)
    sign = np.where(components[peak, np.arange(wanted)] < 0, -1.0, 1.0)
    return Whitened(right * sign[:, None], mean, components * sign, scales)


def centred_one_hot(labels: ArrayLike, classes: int | None = None) -> Array:
    """Targets (classes, P): 1 in the row of the label, minus the mean of each row.

    >>> centred_one_hot([0, 1, 1, 0]).tolist()
    [[0.5, -0.5, -0.5, 0.5], [-0.5, 0.5, 0.5, -0.5]]
    """
    numbers = np.asarray(labels)
    if numbers.ndim != 1 or not numbers.size or numbers.dtype.kind not in "iu":
        raise InputError("labels", "a non-empty list of integers is needed", "")
    count = int(numbers.max()) + 1 if classes is None else classes
    if numbers.min() < 0 or numbers.max() >= count:
        raise InputError("labels", f"they must lie in 0..{count - 1}", "pass classes=...")
    targets = (np.arange(count)[:, None] == numbers[None, :]).astype(np.float64)
    return targets - targets.mean(axis=1, keepdims=True)


def input_output_correlation(targets: ArrayLike, inputs: ArrayLike) -> Array:
    r""":math:`\Sigma_{yx}=\sum_\mu y^\mu x^{\mu T}`, (outputs, inputs); a sum, without 1/P."""
    y, x = _finite_matrix(targets, "targets"), _finite_matrix(inputs, "inputs")
    if y.shape[1] != x.shape[1]:
        raise InputError(
            f"{y.shape[1]} targets for {x.shape[1]} inputs", "one target per input is needed", ""
        )
    return y @ x.T


@dataclass(frozen=True, eq=False)
class SingularModes:
    """Singular triplets, strongest first: `U` (outputs, K), `s` (K,), `V` (inputs, K)."""

    U: Array
    s: Array
    V: Array

    def __len__(self) -> int:
        return len(self.s)

    def strengths(self, matrix: Any) -> Array:
        """The diagonal of U^T matrix V: how strongly a linear map carries each mode."""
        return np.einsum("ok,oi,ik->k", self.U, np.asarray(matrix), self.V)


def singular_modes(correlation: ArrayLike, count: int | None = None) -> SingularModes:
    r"""The singular triplets of :math:`\Sigma_{yx}=U\,\mathrm{diag}(s)\,V^T` with s > 0.

    The sign of each triplet makes the largest entry of its column of U positive.  `count` keeps the
    strongest ones; by default all that are not zero to rounding.

    >>> modes = singular_modes([[0.0, -3.0], [2.0, 0.0]])
    >>> modes.s.tolist(), modes.U.tolist()
    ([3.0, 2.0], [[1.0, 0.0], [0.0, 1.0]])
    """
    matrix = _finite_matrix(correlation, "correlation")
    left, s, right = np.linalg.svd(matrix, full_matrices=False)
    available = int(np.count_nonzero(s > max(matrix.shape) * np.finfo(np.float64).eps * s[0]))
    kept = available if count is None else count
    if not 1 <= kept <= available:
        raise InputError(
            f"count = {count}", f"the correlation has rank {available}", f"pass 1..{available}"
        )
    left, s, right = left[:, :kept], s[:kept], right[:kept].T
    peak = np.argmax(np.abs(left), axis=0)
    sign = np.where(left[peak, np.arange(kept)] < 0, -1.0, 1.0)
    return SingularModes(left * sign + 0.0, s, right * sign + 0.0)
