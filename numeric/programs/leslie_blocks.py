r"""Programs of block models: powers, projections, migration.

Main definitions: `matrix_powers`, `projection`, `immigration`.

Implementation notes.  Populations come as `z` and `log_scale`: the numbers are z e^log_scale, the
largest of z being 1 in size.  References iterate step by step in balls.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from derivax.errors import InputError
from derivax.numeric.programs.array_code import ArrayCode
from derivax.numeric.programs.claims import Equals, Satisfies
from derivax.numeric.programs.program import Array, Program
from derivax.symbolic.theories import leslie_populations as theory

__all__ = ["immigration", "matrix_powers", "projection"]

Values = Mapping[str, Any]
_ARRAYS = "derivax.numeric.programs.arrays.leslie_blocks"
_CITATION = "arXiv:2412.19831 (blocks, signs and invariant derived here)"
_MOST_STEPS = 2**24
_SCALED = "numbers, up to the factor e^log_scale"


def _whole_times(arrays: Values) -> None:
    t = np.asarray(arrays["t"])
    if (t != np.rint(t)).any() or t.max(initial=0) >= _MOST_STEPS:
        raise InputError(
            f"t up to {t.max():g}",
            "is no number of steps",
            f"use whole numbers below {_MOST_STEPS}",
        )


# --- iteration in balls ------------------------------------------------------------------------


def _iterated(K: Any, z0: Any, steps: int, inflow: Any = None) -> list[Any]:
    found = [np.asarray(z0)]
    for k in range(steps):
        new = np.asarray(K) @ found[-1]
        found.append(new if inflow is None else new + inflow[k])
    return found


def _numbers(values: Values, results: Values) -> dict[str, Any]:
    """The numbers themselves: where the scale is put does not matter."""
    import jax.numpy as jnp

    return {"x": results["z"] * jnp.exp(jnp.expand_dims(results["log_scale"], 1))}


def _matrices(rng: Any) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """(what, K, z0): sizes 1 ... 32, two patches of different size, a singular matrix."""
    yield "1 class", np.array([[1.25]]), np.array([3.0])
    yield "2 classes", np.array([[0.3, 1.9], [0.5, 0.0]]), np.array([1.0, 2.0])
    yield "3 classes", np.array([[0, 4.0, 3.0], [0.5, 0, 0], [0, 0.25, 0]]), np.array([1.0, 0, 5.0])
    signed = np.array([[0.9, -0.25], [0.3, 0.75]])
    yield "2 classes, predator and prey", signed, np.array([2.0, 1.0])
    patches = np.abs(rng.standard_normal((7, 7))) / 4
    yield "7 classes, rectangular coupling of 3 and 4", patches, rng.uniform(0.5, 2.0, 7)
    sterile = np.diag(np.full(6, 0.6), -1)
    sterile[0, :4] = (0.2, 0.9, 0.7, 0.3)
    yield "7 classes, rank-deficient", sterile, rng.uniform(0.5, 2.0, 7)
    large = np.diag(rng.uniform(0.8, 1.0, 31), -1)
    large[0] = rng.uniform(0.0, 0.2, 32)
    yield "32 classes", large, rng.uniform(0.0, 1.0, 32)


# --- powers ------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def matrix_powers() -> Program:
    r"""$K^tz_0$ at any numbers of steps t, by repeated squaring with the scale kept apart.

    Arguments: `K` (k, k), any signs; `z0` (k,); `t` (T,), whole numbers of steps below 2^24.
    Returns: `z` (T, k) and `log_scale` (T,): the numbers are z e^log_scale.

    >>> found = matrix_powers()([[0.0, 4.0], [0.5, 0.0]], [1.0, 1.0], [0.0, 2.0, 5000.0])
    >>> [round(float(x), 2) for x in found["log_scale"]]  # K^2 = 2
    [0.0, 0.69, 1732.87]
    """
    return Program(
        name="matrix_powers",
        title="Powers of a population matrix applied to a population, with rescaling",
        citation=_CITATION,
        arguments=(
            Array("K", ("k", "k"), "step matrix: column to row, any signs"),
            Array("z0", ("k",), "numbers at the start"),
            Array("t", ("T",), "numbers of steps", low=0.0),
        ),
        results=(
            Array("z", ("T", "k"), _SCALED),
            Array("log_scale", ("T",), "logarithm of the scale"),
        ),
        kernels={},
        array_code=ArrayCode(_ARRAYS, "powers"),
        derivations=(theory.renewal(),),
        claims=(
            Equals(
                "period 3 of Bernardelli's population: L^3 = 1",
                "leslie-populations/imprimitivity",
                (_bernardelli(),),
                exact=lambda values: {"z": np.stack([values["z0"]] * len(values["t"]))},
            ),
        ),
        reference=_powers_reference,
        compared=_numbers,
        cases=_power_cases,
        precondition=_whole_times,
        differentiable=("K", "z0"),
    )


def _powers_reference(values: Values, bits: int = 256) -> dict[str, Any]:
    steps = [int(float(t.mid()) + 0.5) for t in values["t"]]
    return {"x": np.stack([_iterated(values["K"], values["z0"], t)[-1] for t in steps])}


def _bernardelli() -> dict[str, Any]:
    """f = (0, 0, 8), s = (1/2, 1/4): a period of exact binary numbers."""
    K = np.array([[0, 0, 8.0], [0.5, 0, 0], [0, 0.25, 0]])
    return {"K": K, "z0": np.array([1.0, 0.25, 0.5]), "t": np.array([0.0, 3.0, 999999.0])}


def _power_cases(rng: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for label, K, z0 in _matrices(rng):
        yield label, {"K": K, "z0": z0, "t": np.array([0.0, 1.0, 6.0, 11.0])}


# --- projection --------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def projection() -> Program:
    r"""$z_{t+1} = Kz_t + h_t$, every step from 0 to T, rescaled at each.

    Arguments: `K` (k, k); `z0` (k,); `inflow` (T, k), what arrives after each step (zeros for a
        closed population).
    Returns: `z` (T + 1, k) and `log_scale` (T + 1,): the numbers are z e^log_scale.

    >>> import numpy as np
    >>> found = projection()([[0.0, 4.0], [0.5, 0.0]], [1.0, 1.0], np.zeros((3, 2)))
    >>> (found["z"] * np.exp(found["log_scale"])[:, None]).round(4).tolist()
    [[1.0, 1.0], [4.0, 0.5], [2.0, 2.0], [8.0, 1.0]]
    """
    return Program(
        name="projection",
        title="Projection of a population step by step, with inflow and rescaling",
        citation=_CITATION,
        arguments=(
            Array("K", ("k", "k"), "step matrix: column to row, any signs"),
            Array("z0", ("k",), "numbers at the start"),
            Array("inflow", ("T", "k"), "arrivals after each step"),
        ),
        results=(
            Array("z", ("T+1", "k"), _SCALED),
            Array("log_scale", ("T+1",), "logarithm of the scale"),
        ),
        kernels={},
        array_code=ArrayCode(_ARRAYS, "projected"),
        derivations=(theory.migration(),),
        claims=(
            Satisfies(
                "each state follows from the one before",
                "leslie-populations/migration",
                (
                    {
                        "K": np.array([[0.2, 1.9], [0.5, 0.0]]),
                        "z0": np.array([1.0, 2.0]),
                        "inflow": np.array([[0.5, 0.0], [0.0, 3.0], [1e-3, 0.0]]),
                    },
                ),
                residual=_projection_residual,
                share=1e-14,
            ),
        ),
        reference=_projection_reference,
        compared=_numbers,
        cases=_projection_cases,
    )


def _projection_reference(values: Values, bits: int = 256) -> dict[str, Any]:
    steps = len(values["inflow"])
    return {"x": np.stack(_iterated(values["K"], values["z0"], steps, values["inflow"]))}


def _projection_residual(program: Any, instance: Values, found: Values) -> dict[str, Any]:
    z = found["z"] * np.exp(found["log_scale"])[:, None]
    return {"step": (z[1:] - z[:-1] @ instance["K"].T - instance["inflow"], z[1:])}


def _projection_cases(rng: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for label, K, z0 in _matrices(rng):
        inflow = np.where(np.arange(5)[:, None] > 2, 0.0, rng.uniform(0.0, 0.5, (5, len(z0))))
        yield label, {"K": K, "z0": z0, "inflow": inflow}


# --- migration ---------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def immigration() -> Program:
    r"""A population with constant inflow h at any time: powers of [[L, h], [0, 1]].

    Arguments: `L` (n, n), `h` (n,), `x0` (n,), `t` (T,) whole numbers of steps below 2^24.
    Returns: `z` (T, n) and `log_scale` (T,).  No inverse of L - I is taken: growth factor 1 is no
        exception.

    >>> import numpy as np
    >>> found = immigration()([[0.2, 0.5], [0.5, 0.0]], [1.0, 0.0], [0.0, 0.0], [1000.0])
    >>> x = np.asarray(found["z"][0]) * float(np.exp(found["log_scale"][0]))
    >>> [round(float(a), 3) for a in x]  # births h_1/(1 - R_0)
    [1.818, 0.909]
    """
    return Program(
        name="immigration",
        title="A population with a constant inflow, at any time",
        citation=_CITATION,
        arguments=(
            Array("L", ("n", "n"), "step matrix"),
            Array("h", ("n",), "arrivals after each step"),
            Array("x0", ("n",), "numbers at the start"),
            Array("t", ("T",), "numbers of steps", low=0.0),
        ),
        results=(
            Array("z", ("T", "n"), _SCALED),
            Array("log_scale", ("T",), "logarithm of the scale"),
        ),
        kernels={},
        array_code=ArrayCode(_ARRAYS, "with_inflow"),
        derivations=(theory.migration(),),
        claims=(
            Satisfies(
                "the equilibrium solves x = L x + h",
                "leslie-populations/migration: equilibrium",
                (
                    {
                        "L": np.array([[0.2, 0.5], [0.5, 0.0]]),
                        "h": np.array([1.0, 0.25]),
                        "x0": np.array([4.0, 1.0]),
                        "t": np.array([500.0]),
                    },
                ),
                residual=_equilibrium_residual,
                share=1e-12,
            ),
        ),
        reference=_immigration_reference,
        cases=_immigration_cases,
        precondition=_whole_times,
        differentiable=("L", "h", "x0"),
        compared=_numbers,
    )


def _equilibrium_residual(program: Any, instance: Values, found: Values) -> dict[str, Any]:
    x = (found["z"] * np.exp(found["log_scale"])[:, None])[0]
    return {"equilibrium": (instance["L"] @ x + instance["h"] - x, x)}


def _immigration_reference(values: Values, bits: int = 256) -> dict[str, Any]:
    states = []
    for t in values["t"]:
        steps = int(float(t.mid()) + 0.5)
        states.append(_iterated(values["L"], values["x0"], steps, [values["h"]] * steps)[-1])
    return {"x": np.stack(states)}


def _immigration_cases(rng: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for label, L, x0 in _matrices(rng):
        h = rng.uniform(0.0, 1.0, len(x0))
        yield label, {"L": L, "h": h, "x0": x0, "t": np.array([0.0, 1.0, 7.0])}
