r"""Integrals of zero-dimensional field theory, and the oscillator, computed without any series.

Integrals of analytic functions that fall off like a Gaussian are computed by the trapezoidal rule,
whose error e^{-2 pi^2/h^2} is below rounding, in extended precision.  A polynomial in the coupling
can agree with an integral up to its first omitted term only; that term is measured here, as the
divided difference of the integral at equidistant couplings, and is the tolerance.

Main definitions: one function per result, each returns a tuple of `Comparison`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import factorial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derivax.numeric.ground_truth.comparison import Comparison

__all__ = [
    "anharmonic_ground_state",
    "complex_free_energy",
    "cubic_free_energy",
    "effective_action",
    "four_point",
    "free_energy",
    "matrix_free_energy",
    "partition_function",
    "propagator",
    "vector_free_energy",
]

Array = NDArray[np.longdouble]
STEP = np.longdouble(1) / 4
COUPLING = 1e-3
BASIS = 70
_X: Array = np.arange(-52, 53, dtype=np.longdouble) * STEP
_NORMAL: Array = np.exp(-(_X**2) / 2)


def _mean(values: Array) -> Any:
    """The mean over a standard normal variable."""
    return np.sum(values * _NORMAL) / np.sum(_NORMAL)


def _moment(k: int, g: Any) -> Any:
    return _mean(_X**k * np.exp(-g * _X**4 / 24))


def _truncated(
    quantity: str,
    function: Callable[[Any], Any],
    order: int,
    predict: Callable[[Any, Sequence[float]], Any],
    setting: Mapping[str, Any] | None = None,
    step: float = COUPLING,
) -> Comparison:
    """A series to an order against the function: they may differ by the first omitted terms.

    The terms of order N + 1 and N + 2 are measured by divided differences of the function.
    """
    nodes = [np.longdouble(step) * k for k in range(order + 3)]
    values = np.array([function(g) for g in nodes], dtype=np.longdouble)
    omitted = [
        abs(float(np.diff(values[: m + 1], n=m)[0])) / factorial(m) for m in (order + 1, order + 2)
    ]
    used = [1, 2]
    measured = np.array([values[k] for k in used], dtype=np.float64)
    tolerance = [2 * sum(c * k ** (order + 1 + i) for i, c in enumerate(omitted)) for k in used]
    couplings = [float(nodes[k]) for k in used]
    return Comparison(
        quantity,
        measured,
        lambda compiled: predict(compiled, couplings),
        np.array(tolerance),
        setting={"couplings": couplings, "order": order, **(setting or {})},
    )


def _one(compiled: Any, couplings: Sequence[float]) -> Any:
    return [compiled(np.float64(g)) for g in couplings]


def partition_function() -> tuple[Comparison, ...]:
    """Z(g) at couplings of its whole range."""
    couplings = [0.05, 0.2, 1.0, 5.0, 20.0]
    fine = np.arange(-208, 209, dtype=np.longdouble) / 16  # e^{-g x^4} is narrow for large g
    total = np.sum(np.exp(-(fine**2) / 2))
    measured = [float(np.sum(np.exp(-(fine**2) / 2 - g * fine**4 / 24)) / total) for g in couplings]
    return (
        Comparison(
            "the partition function",
            measured,
            lambda compiled: _one(compiled, couplings),
            1e-14,
            setting={"couplings": couplings},
        ),
    )


def free_energy() -> tuple[Comparison, ...]:
    """ln Z of phi^4."""
    return (_truncated("ln Z", lambda g: np.log(_moment(0, g)), 4, _one),)


def propagator() -> tuple[Comparison, ...]:
    """The mean of x^2."""
    return (_truncated("<x^2>", lambda g: _moment(2, g) / _moment(0, g), 4, _one),)


def _cumulants(g: Any) -> tuple[Any, Any]:
    second = _moment(2, g) / _moment(0, g)
    return second, _moment(4, g) / _moment(0, g) - 3 * second**2


def four_point() -> tuple[Comparison, ...]:
    """The fourth cumulant."""
    return (_truncated("the fourth cumulant", lambda g: _cumulants(g)[1], 3, _one),)


def effective_action() -> tuple[Comparison, ...]:
    """The two- and the four-leg part of the effective action, from the cumulants."""

    def of(name: str) -> Callable[[Any, Sequence[float]], Any]:
        return lambda compiled, couplings: [compiled(np.float64(g))[name] for g in couplings]

    def self_energy(g: Any) -> Any:
        return 1 - 1 / _cumulants(g)[0]

    def vertex(g: Any) -> Any:
        second, fourth = _cumulants(g)
        return fourth / second**4

    return (
        _truncated("the self-energy", self_energy, 3, of("self_energy")),
        _truncated("the irreducible vertex", vertex, 3, of("vertex")),
    )


def cubic_free_energy() -> tuple[Comparison, ...]:
    """ln of the mean of cos(b x^3/6)."""
    return (
        _truncated("ln Z", lambda b: np.log(_mean(np.cos(b * _X**3 / 6))), 5, _one, step=1e-2),
    )


def vector_free_energy() -> tuple[Comparison, ...]:
    """ln Z of 1, 3 and 5 components, radially."""

    def log_z(g: Any, components: int) -> Any:
        density = _X ** (components - 1)
        return np.log(_mean(density * np.exp(-g * _X**4 / 24)) / _mean(density))

    return tuple(
        _truncated(
            f"ln Z of {n} components",
            lambda g, n=n: log_z(g, n),  # type: ignore[misc]
            3,
            lambda compiled, couplings, n=n: [  # type: ignore[misc]
                compiled(np.float64(g), np.float64(n)) for g in couplings
            ],
            {"components": n},
        )
        for n in (1, 3, 5)
    )


def complex_free_energy() -> tuple[Comparison, ...]:
    """ln of the integral over the plane."""
    square = (_X[:, None] ** 2 + _X[None, :] ** 2) / 2  # |z|^2, mean 1
    weight = _NORMAL[:, None] * _NORMAL[None, :]

    def log_z(g: Any) -> Any:
        return np.log(np.sum(weight * np.exp(-g * square**2 / 4)) / np.sum(weight))

    return (_truncated("ln Z", log_z, 4, _one),)


def matrix_free_energy() -> tuple[Comparison, ...]:
    """ln Z of 1 x 1 and 2 x 2 matrices, over their eigenvalues."""
    a, b = _X[:, None], _X[None, :]
    repelled = _NORMAL[:, None] * _NORMAL[None, :] * (a - b) ** 2

    def log_z(g: Any, size: int) -> Any:
        if size == 1:
            return np.log(_mean(np.exp(-g * _X**4 / 4)))
        return np.log(np.sum(repelled * np.exp(-g * (a**4 + b**4) / 4)) / np.sum(repelled))

    return tuple(
        _truncated(
            f"ln Z of {n} x {n} matrices",
            lambda g, n=n: log_z(g, n),  # type: ignore[misc]
            3,
            lambda compiled, couplings, n=n: [  # type: ignore[misc]
                compiled(np.float64(g), np.float64(n)) for g in couplings
            ],
            {"size": n},
            step=2e-4,
        )
        for n in (1, 2)
    )


def anharmonic_ground_state() -> tuple[Comparison, ...]:
    """The lowest eigenvalue of the Hamiltonian in the basis of the harmonic oscillator."""
    lower = np.diag(np.sqrt(np.arange(1.0, BASIS + 4)), 1)
    position = (lower + lower.T) / np.sqrt(2.0)
    fourth = np.linalg.matrix_power(position, 4)[:BASIS, :BASIS]

    def energy(g: Any, omega: float) -> Any:
        # x is scaled by 1/sqrt(omega)
        levels = omega * np.diag(np.arange(BASIS) + 0.5)
        return np.linalg.eigvalsh(levels + float(g) / omega**2 * fourth)[0]

    return tuple(
        _truncated(
            f"the ground state at omega = {omega}",
            lambda g, omega=omega: energy(g, omega),  # type: ignore[misc]
            4,
            lambda compiled, couplings, omega=omega: [  # type: ignore[misc]
                compiled(np.float64(g), np.float64(omega)) for g in couplings
            ],
            {"omega": omega},
            step=2e-3 * omega**3,
        )
        for omega in (1.0, 2.0)
    )
