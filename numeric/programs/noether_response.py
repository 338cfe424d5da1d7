r"""Powers of the heavy-ball step on quadratic losses, for `noether-learning-dynamics`.

Main definition: `heavy_ball_response`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from derivax.errors import InputError
from derivax.numeric.codegen.compiling import compile_formula
from derivax.numeric.programs.array_code import ArrayCode
from derivax.numeric.programs.claims import Equals
from derivax.numeric.programs.optimiser import refuse_unstable, scalars
from derivax.numeric.programs.program import Array, Program
from derivax.symbolic.theories.noether_learning_dynamics import recursions

__all__ = ["heavy_ball_response"]

Values = Mapping[str, Any]
_ARRAYS = "derivax.numeric.programs.arrays.charges"
_CITATION = "Tanaka, Kunin 2021, arXiv:2105.02716 (exact laws derived here)"
_NAME = "noether-learning-dynamics"


@lru_cache(maxsize=1)
def heavy_ball_response() -> Program:
    r"""Powers of the heavy ball on quadratic losses, in any regime: $K_n$ after one impulse.

    $$K_{n+2} = (1 + \beta - \eta h)K_{n+1} - \beta K_n,\quad K_0 = 0,\ K_1 = 1;\qquad
      x_n = x_1K_n - \beta x_0K_{n-1}$$

    Arguments: `n` (T,), whole numbers from 0 to 2^24 - 1; `eta` > 0, 0 <= `beta` < 1; `h` (m,) >=
        0, curvatures (the weight decay k for a translation).
    Returns: `K` (T, m).
    Raises: `InputError` for beta >= 1, eta h > 2(1 + beta) (unstable), and n that is not whole.

    The 2 x 2 map is raised to the power n by repeated squaring: no roots, so that oscillating,
    double and real roots are one case.

    >>> import numpy as np
    >>> found = heavy_ball_response()(np.array([1.0, 2.0, 3.0]), 1.0, 0.25, np.array([0.25]))
    >>> found["K"].ravel().tolist()                      # n beta^((n - 1)/2), the double root
    [1.0, 1.0, 0.75]
    """
    derivation = recursions.heavy_ball_response()
    assert derivation.formula is not None
    return Program(
        name="heavy_ball_response",
        title="Powers of the heavy ball on quadratic losses, in any regime",
        citation=_CITATION,
        arguments=(
            Array("n", ("T",), "numbers of steps", low=0.0),
            *scalars("eta", "beta"),
            Array("h", ("m",), "curvatures", low=0.0),
        ),
        results=(Array("K", ("T", "m"), "response after n steps"),),
        kernels={"response": compile_formula(derivation.formula)},
        array_code=ArrayCode(_ARRAYS, "response_at"),
        derivations=(derivation,),
        claims=_response_claims(),
        reference=_response_reference,
        cases=_response_cases,
        precondition=_refuse_unstable_curvature,
        differentiable=("eta", "beta", "h"),
        batch="m",
    )


def _refuse_unstable_curvature(arrays: Values) -> None:
    n = np.asarray(arrays["n"])
    if (n != np.floor(n)).any() or n.max() >= 2**24:
        raise InputError(f"n = {n.max():g}", "is no number of steps", "whole, below 2^24")
    refuse_unstable({**arrays, "k": np.max(np.asarray(arrays["h"]))})


def _response_reference(values: Values, bits: int = 256) -> dict[str, Any]:
    """The recursion, step by step."""
    from flint import arb

    eta, beta = (values[name].item() for name in ("eta", "beta"))
    wanted = [round(float(n.mid())) for n in values["n"]]
    rows = [values["h"] * 0, values["h"] * 0 + arb(1)]
    while len(rows) <= max(wanted):
        rows.append((1 + beta - values["h"] * eta) * rows[-1] - rows[-2] * beta)
    return {"K": np.stack([rows[n] for n in wanted])}


def _response_cases(rng: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    shapes = {
        "1": ([5], 0.5, 0.5, 1), "2": ([2, 40], 0.5, 0.9, 2), "3": ([0, 1, 7], 1.0, 0.25, 3),
        "3, without momentum": ([0, 1, 7], 0.5, 0.0, 3), "7": (range(7), 0.25, 0.99, 7),
        "32": (range(32), 0.5, 0.75, 3), "rectangular": ([3, 100], 0.125, 0.875, 5),
        "rank-deficient": ([2, 3, 9], 1.0, 0.25, 3),
    }  # fmt: skip
    for label, (n, eta, beta, m) in shapes.items():
        h = rng.uniform(0.0, 1.5, m)
        yield label, {
            "n": np.array(n, dtype=np.float64), "eta": np.asarray(eta), "beta": np.asarray(beta),
            # the double root of every curvature
            "h": np.full(m, 0.25) if label == "rank-deficient" else h,
        }  # fmt: skip


def _response_claims() -> tuple[Any, ...]:
    n = np.array([1.0, 2.0, 5.0, 12.0])
    double = {"n": n, "eta": np.asarray(1.0), "beta": np.asarray(0.25), "h": np.array([0.25])}
    turning = {**double, "h": np.array([1.25])}  # s = 0
    return (
        Equals(
            "at the double root K_n = n beta^((n - 1)/2)",
            f"{_NAME}/heavy-ball-power: double-root",
            (double,),
            exact=lambda values: {
                "K": np.array([[k * values["beta"].item().sqrt() ** (k - 1)]
                               for k in (1, 2, 5, 12)])
            },
        ),
        Equals(
            "for s = 0 it is beta^((n - 1)/2) U_(n-1)(0): (-beta)^j, and zero in between",
            f"{_NAME}/heavy-ball-power: chebyshev",
            (turning,),
            exact=lambda values: {
                "K": np.array([[1], [0], [values["beta"].item() ** 2], [0]], dtype=object)
            },
            observe=lambda values, found: {"K": found["K"]},
        ),
    )  # fmt: skip
