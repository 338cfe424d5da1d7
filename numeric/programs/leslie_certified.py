r"""Certified growth factors and winners: enclosures in ball arithmetic (Arb), no rounding left.

Main definitions: `certified_growth_factor`, `certified_perron_root`, `certified_winner`,
`winner_region`, `positive_root`.

Main facts used: $P(x) = \sum m_ix^i - 1$ rises on x > 0, so that a change of its sign encloses
1/lambda; for a nonnegative matrix and a positive vector, $\min_i (Ku)_i/u_i \le \rho(K) \le
\max_i (Ku)_i/u_i$ (Collatz, Wielandt); and for nonnegative entries the Perron root is monotone.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from flint import acb_mat, arb, arb_mat, ctx
from numpy.typing import ArrayLike

from derivax.errors import InputError
from derivax.symbolic.exact.precision import working_precision

__all__ = [
    "certified_growth_factor",
    "certified_perron_root",
    "certified_winner",
    "is_primitive",
    "positive_root",
    "winner_region",
]


def positive_root(f: Any, s: Any) -> arb:
    """The growth factor of a life table given in balls, enclosed by a change of sign."""
    net, survivors = [], arb(1)
    for k, births in enumerate(f):
        net.append(births * survivors)
        if k < len(s):
            survivors = survivors * s[k]
    middle = [m.mid() for m in net]
    if not any(m > 0 for m in middle):
        raise InputError("f", "holds no births: the growth factor is 0", "give a fecundity > 0")

    def value(x: Any, terms: list[Any]) -> Any:
        total = arb(0)
        for m in reversed(terms):
            total = (total + m) * x
        return total - 1

    # x_i = m_i^(-1/i) is above the root for each age; from there Newton's method falls to it
    x = min((m.root(k).mid() ** -1 for k, m in enumerate(middle, 1) if m > 0), key=float)
    for _ in range(400):
        slope = arb(0)
        for k in range(len(middle), 0, -1):
            slope = slope * x + k * middle[k - 1]
        step = (value(x, middle) / slope).mid()
        x = (x - step).mid()
        if abs(step) < abs(x) * arb(2) ** (8 - ctx.prec):
            break
    radius = x * arb(2) ** (16 - ctx.prec)
    for _ in range(ctx.prec):
        low, high = (x - radius).mid(), (x + radius).mid()
        if value(low, net) < 0 and value(high, net) > 0:
            return 1 / low.union(high)
        radius = 2 * radius
    raise InputError("the life table", "its growth factor could not be enclosed", "")


def certified_growth_factor(f: ArrayLike, s: ArrayLike, digits: int = 30) -> arb:
    """The growth factor of a life table as a ball that certainly contains it.

    Args:
        f, s: fecundities (n,) and survivals (n - 1,), taken as exact binary numbers; or as exact
            fractions (`fractions.Fraction`).
        digits: decimal digits asked for.

    >>> certified_growth_factor([0, 4, 3], [0.5, 0.25], 20).contains(arb(3) / 2)
    True
    """
    with working_precision(int(digits * 3.4) + 40):
        return positive_root(_exact(f), _exact(s))


def _exact(values: ArrayLike) -> list[arb]:
    from fractions import Fraction

    found = []
    for x in np.asarray(values, dtype=object).ravel():
        number = Fraction(x)
        found.append(arb(number.numerator) / arb(number.denominator))
    return found


def _balls(matrix: Any) -> arb_mat:
    rows = np.asarray(matrix, dtype=object)
    entries = [x if isinstance(x, arb) else arb(float(x)) for x in rows.ravel()]
    return arb_mat(rows.shape[0], rows.shape[1], entries)


def certified_perron_root(K: ArrayLike, bits: int = 128) -> arb:
    """The Perron root of a nonnegative, primitive matrix, enclosed by Collatz and Wielandt.

    Args:
        K: (k, k), entries >= 0 (numbers or balls).
        bits: working precision.

    Raises: `InputError` for negative entries, or a matrix that is not primitive.

    >>> float(certified_perron_root([[0.0, 4.0, 3.0], [0.5, 0, 0], [0, 0.25, 0]]))
    1.5
    """
    rows = np.asarray(K, dtype=object)
    if rows.ndim != 2 or rows.shape[0] != rows.shape[1]:
        raise InputError(f"K of shape {rows.shape}", "is not square", "")
    if any((x < 0) is True or not x >= 0 for x in _balls(rows).entries()):
        raise InputError("K", "has entries that may be negative", "pass absolute values")
    if not is_primitive(np.vectorize(lambda x: float(x) > 0)(rows)):
        raise InputError("K", "is not primitive: no power of it is positive", "treat its blocks")
    with working_precision(bits):
        matrix = _balls(rows)
        size = matrix.nrows()
        middle = arb_mat(size, size, [x.mid() for x in matrix.entries()])
        return _quotients(matrix, _perron_vector(middle))


def _perron_vector(middle: arb_mat) -> arb_mat:
    """An approximate right Perron vector: squared powers, until they are of rank one."""
    size = middle.nrows()
    power = middle
    for _ in range(64):
        scale = max(power.entries(), key=float)
        square = power * power / (scale * scale)
        power = arb_mat(size, size, [x.mid() for x in square.entries()])
        columns = np.array([float(x) for x in power.entries()]).reshape(size, size)
        unit = columns / columns.sum(axis=0)
        if np.abs(unit - unit[:, :1]).max() < 1e-14:
            break
    sums = [sum((power[i, j] for j in range(size)), arb(0)) for i in range(size)]
    vector = arb_mat(size, 1, sums)
    for _ in range(2 + ctx.prec // 40):  # a few inverse iterations sharpen it to the precision
        image = middle * vector
        shift = (sum(image.entries(), arb(0)) / sum(vector.entries(), arb(0))).mid()
        shift = shift * (1 + arb(2) ** -(ctx.prec // 2))
        shifted = arb_mat(size, size, middle.entries())
        for i in range(size):
            shifted[i, i] = shifted[i, i] - shift
        solved = shifted.solve(vector, algorithm="approx")
        total = sum(solved.entries(), arb(0)).mid()
        vector = arb_mat(size, 1, [(x / total).mid() for x in solved.entries()])
    return vector


def _quotients(matrix: arb_mat, vector: arb_mat) -> arb:
    """The hull of (K u)_i / u_i."""
    if not all(x > 0 for x in vector.entries()):
        raise InputError("K", "its Perron vector could not be separated from zero", "raise bits")
    image = matrix * vector
    hull = image[0, 0] / vector[0, 0]
    for i in range(1, matrix.nrows()):
        hull = hull.union(image[i, 0] / vector[i, 0])
    return hull


def is_primitive(pattern: np.ndarray) -> bool:
    """Whether a power of the pattern is positive (Wielandt: the power (k-1)^2 + 1 is enough)."""
    power = pattern.astype(bool)
    reached = 1
    while reached < (len(pattern) - 1) ** 2 + 1:
        power = (power.astype(np.float64) @ power.astype(np.float64)) > 0
        reached *= 2
    return bool(power.all())


def certified_winner(
    A: ArrayLike,
    B: ArrayLike,
    C: ArrayLike,
    D: ArrayLike,
    x0: ArrayLike,
    y0: ArrayLike,
    bits: int = 192,
) -> int:
    """Who wins a competition x' = Ax - By, y' = Dy - Cx for certain: 1 (x), -1 (y), 0 undecided.

    The sign of q_1.x_0 - q_2.y_0 with an enclosed left Perron vector q of [[A, B], [C, D]]; the
    start may hold balls (an uncertain census).  0 is returned where the sign is not certain.

    >>> A, D, B = [[1.1]], [[1.1]], [[0.05]]
    >>> certified_winner(A, B, B, D, [100.0], [90.0])
    1
    """  # fmt: skip
    K = np.block([[np.asarray(A, float), np.asarray(B, float)],
                  [np.asarray(C, float), np.asarray(D, float)]])  # fmt: skip
    sizes = len(np.asarray(A)), len(np.asarray(D))
    left = _left_vector(K, bits)
    with working_precision(bits):
        total = arb(0)
        for q, x in zip(left[: sizes[0]], np.asarray(x0, dtype=object), strict=True):
            total += q * (x if isinstance(x, arb) else arb(float(x)))
        for q, y in zip(left[sizes[0] :], np.asarray(y0, dtype=object), strict=True):
            total -= q * (y if isinstance(y, arb) else arb(float(y)))
        return 1 if total > 0 else -1 if total < 0 else 0


def _left_vector(K: np.ndarray, bits: int) -> list[arb]:
    """The left Perron vector in balls, its total 1."""
    certified_perron_root(K, bits)  # refuses what is not primitive
    with working_precision(bits):
        transposed = _balls(K.T)
        _, vectors = acb_mat(transposed).eig(right=True)
        values = acb_mat(transposed).eig()
        place = max(range(len(values)), key=lambda k: float(values[k].real.mid()))
        column = [vectors[i, place] for i in range(len(K))]
        total = sum(column, column[0] * 0)
        return [(x / total).real for x in column]


def winner_region(
    A: ArrayLike,
    B: ArrayLike,
    C: ArrayLike,
    D: ArrayLike,
    x0: ArrayLike,
    y_direction: ArrayLike,
    scales: ArrayLike,
) -> np.ndarray:
    """Certified winners for starts (x0, c y_direction), c in each interval between `scales`.

    Returns: one entry per interval [scales[k], scales[k+1]]: 1 or -1 where the winner is the same
        and certain on the whole interval, 0 where it is not.

    >>> A, B = [[1.1]], [[0.05]]
    >>> winner_region(A, B, B, A, [1.0], [1.0], [0.0, 0.9, 1.1, 2.0]).tolist()
    [1, 0, -1]
    """  # fmt: skip
    at = np.asarray(scales, dtype=np.float64)
    if at.ndim != 1 or len(at) < 2 or not (np.diff(at) > 0).all():
        raise InputError("scales", "are not at least two rising numbers", "")
    found = []
    for low, high in itertools.pairwise(at):
        c = arb(low).union(arb(high))
        start = np.array([c * arb(float(y)) for y in np.asarray(y_direction)], dtype=object)
        found.append(certified_winner(A, B, C, D, x0, start))
    return np.array(found)
