r"""Beyond the convergence radius: where a Born series diverges, and what sums it.

The series of a(g U) converges for |g| below the least |zero| of the Fredholm determinant
$\det(1 + gGU) = u'(\infty; g)$, an entire function of g; for U of one sign that is the inverse of
the spectral radius of the Birman-Schwinger kernel $\sqrt{|U|}\,G\sqrt{|U|}$.  a itself is a
quotient of two entire functions, which Pade approximants follow through its poles.

Main definitions: `convergence_radius`, `birman_schwinger_radius`, `pade`, `born_sum`, `BornSum`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from derivax.errors import InputError
from derivax.numeric.programs.born import born_terms

__all__ = ["BornSum", "birman_schwinger_radius", "born_sum", "convergence_radius", "pade"]

Float = NDArray[np.float64]


def convergence_radius(jost: ArrayLike) -> float:
    """The least modulus of a zero of the Jost function, from its coefficients (`born-terms`).

    A zero is accepted when two truncations agree on it; infinite where there is none.

    >>> from math import factorial
    >>> round(convergence_radius([(-1)**m / factorial(2*m) for m in range(14)]), 10)  # cos sqrt g
    2.4674011003
    """
    c = np.asarray(jost, dtype=np.float64)
    if c.ndim != 1 or len(c) < 3 or not np.isfinite(c).all() or c[0] == 0:
        raise InputError("jost", "are no coefficients of a Jost function", "take born-terms' jost")
    full, shorter = (_least_root(c[:n]) for n in (len(c), len(c) - 1))
    if not np.isfinite(full):
        return float("inf")
    if abs(full - shorter) > 1e-3 * full:
        raise InputError(
            f"{len(c) - 1} orders", f"do not settle the radius ({full:.4g}, {shorter:.4g})",
            "ask for more terms",
        )  # fmt: skip
    return full


def _least_root(c: Float) -> float:
    kept = np.trim_zeros(c, "b")
    if len(kept) < 2:
        return float("inf")
    # scaled so that the first zero is of size 1: the coefficients fall like 1/(2m)!
    scale = np.max(np.abs(kept[1:] / kept[0]) ** (1.0 / np.arange(1, len(kept))))
    scaled = kept / scale ** np.arange(len(kept))
    return float(np.min(np.abs(np.roots(scaled[::-1]))) / scale)


def birman_schwinger_radius(r: ArrayLike, U: ArrayLike, weights: ArrayLike) -> float:
    """1 over the spectral radius of sqrt|U| min(r, s) sqrt|U| on quadrature points; U of one sign.

    Arguments: points r, values U there, quadrature weights.  The kernel has a kink, so the error
    falls with the square of the spacing only.
    """
    points, values, factors = (np.asarray(x, dtype=np.float64).ravel() for x in (r, U, weights))
    if not points.shape == values.shape == factors.shape or not (factors > 0).all():
        raise InputError("r, U, weights", "do not fit", "one positive weight and one U per point")
    if (values > 0).any() and (values < 0).any():
        raise InputError(
            "U of both signs", "has no symmetric Birman-Schwinger kernel",
            "use convergence_radius of the Jost function; its zero may be complex",
        )  # fmt: skip
    root = np.sqrt(np.abs(values) * factors)
    kernel = root[:, None] * np.minimum(points[:, None], points) * root
    return 1.0 / float(np.linalg.eigvalsh(kernel)[-1])


def pade(terms: ArrayLike, numerator: int, denominator: int) -> tuple[Any, Any]:
    """Coefficients of P and Q, Q_0 = 1, with P/Q = sum terms[k] g^k up to the order they allow.

    Exact for `Fraction`s; in float64 otherwise.

    Raises: `InputError` for too few terms, or where the approximant does not exist.

    >>> pade([0, 1, 1, 1, 1], 1, 1)     # g/(1 - g)
    ([Fraction(0, 1), Fraction(1, 1)], [Fraction(1, 1), Fraction(-1, 1)])
    """
    c: list[Any] = list(terms)  # type: ignore[arg-type]
    if numerator < 0 or denominator < 0 or len(c) < numerator + denominator + 1:
        raise InputError(
            f"{len(c)} terms", f"do not determine [{numerator}/{denominator}]",
            f"{numerator + denominator + 1} are needed",
        )  # fmt: skip
    exact = all(isinstance(x, int | Fraction) for x in c)
    c = [Fraction(x) if exact else float(x) for x in c]
    zero = c[0] * 0

    def at(k: int) -> Any:
        return c[k] if k >= 0 else zero

    rows = [
        [at(numerator + i - j) for j in range(1, denominator + 1)]
        for i in range(1, denominator + 1)
    ]
    q = [zero + 1, *_solved(rows, [-at(numerator + i) for i in range(1, denominator + 1)])]
    p = [sum((q[j] * at(k - j) for j in range(min(k, denominator) + 1)), zero)
         for k in range(numerator + 1)]  # fmt: skip
    return p, q


def _solved(rows: list[list[Any]], right: list[Any]) -> list[Any]:
    """Gauss elimination with the largest pivot, in whatever numbers the rows hold."""
    a = [[*row, b] for row, b in zip(rows, right, strict=True)]
    n = len(a)
    for k in range(n):
        best = max(range(k, n), key=lambda i: abs(a[i][k]))
        a[k], a[best] = a[best], a[k]
        if a[k][k] == 0:
            raise InputError("these terms", "have no Pade approximant of this type", "")
        for i in range(k + 1, n):
            factor = a[i][k] / a[k][k]
            a[i] = [x - factor * y for x, y in zip(a[i], a[k], strict=True)]
    found: list[Any] = [0] * n
    for k in reversed(range(n)):
        rest = sum((a[k][j] * found[j] for j in range(k + 1, n)), a[k][k] * 0)
        found[k] = (a[k][n] - rest) / a[k][k]
    return found


@dataclass(frozen=True)
class BornSum:
    """A Born series summed at one strength.

    `partial`: the plain sum; `resummed`: the diagonal Pade value; `radius` of convergence;
    `converges`: |strength| < radius; `terms`: the terms at that strength.
    """

    partial: float
    resummed: float
    radius: float
    converges: bool
    terms: tuple[float, ...]


def born_sum(U: ArrayLike, edges: ArrayLike, order: int = 16, strength: float = 1.0) -> BornSum:
    """The Born series of strength * U to an order, with its radius, and its Pade value.

    Outside the radius the plain sum is still returned, with `converges` False.

    >>> found = born_sum([-1.0], [0.0, 1.0], 16, strength=4.0)
    >>> found.converges, round(found.resummed, 6)   # 1 - tan(2)/2 = 2.092520
    (False, 2.09252)
    """
    import jax

    if isinstance(order, bool) or not isinstance(order, int) or order < 2:
        raise InputError(f"order = {order!r}", "is no Born order to sum to", "pass 2 or more")
    with jax.enable_x64(True):
        found = born_terms()(
            np.asarray(U, dtype=np.float64), np.asarray(edges, dtype=np.float64), np.ones(order)
        )
    plain = np.asarray(found["terms"])
    terms = plain * float(strength) ** np.arange(1, order + 1)
    radius = convergence_radius(np.asarray(found["jost"]))
    # in units of the radius the coefficients are of one size
    unit = radius if np.isfinite(radius) else 1.0
    scaled = [0.0, *(plain * unit ** np.arange(1, order + 1))]
    half = min(order // 2, 8)
    p, q = pade(scaled, half, half)
    x = strength / unit
    value = np.polyval(p[::-1], x) / np.polyval(q[::-1], x)
    return BornSum(
        float(terms.sum()), float(value), radius, abs(strength) < radius, tuple(map(float, terms))
    )
