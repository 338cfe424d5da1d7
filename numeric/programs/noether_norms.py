r"""Norms of scale-invariant layers from recorded gradients, for `noether-learning-dynamics`.

Main definitions: `norm4_history`, `norm4_history_parallel`.

Implementation notes.  The reference is the exponential of the 2 x 2 matrix of the linear equation
of r^4, and uses no kernel.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from derivax.numeric.codegen.compiling import compile_formula
from derivax.numeric.programs.array_code import ArrayCode
from derivax.numeric.programs.claims import Bounds, Equals
from derivax.numeric.programs.optimiser import refuse_unstable, scalars
from derivax.numeric.programs.program import Array, Program
from derivax.symbolic.exact.ball import BallProgram
from derivax.symbolic.theories import noether_learning_dynamics as theory
from derivax.symbolic.theories.noether_learning_dynamics import recursions

__all__ = ["norm4_history", "norm4_history_parallel"]

Values = Mapping[str, Any]
_ARRAYS = "derivax.numeric.programs.arrays.charges"
_CITATION = "Tanaka, Kunin 2021, arXiv:2105.02716 (exact laws derived here)"
_NAME = "noether-learning-dynamics"


@lru_cache(maxsize=1)
def norm4_history() -> Program:
    r"""Fourth power of norms of scale-invariant layers, from recorded gradients.

    $$r^4(t) = e^{-4kt/(1-\beta)}r_0^4 + \frac{2\eta(1+\beta)}{(1-\beta)^3}\int_0^t
      e^{-\frac{4k}{1-\beta}(t-\tau)}\,\hat g^2(\tau)\,d\tau,\qquad t = n\eta$$

    Arguments: `gh2` (T, n): $|\hat g|^2 = r^2|g|^2$ before each step, the squared gradient on the
        unit sphere; `eta` > 0, 0 <= `beta` < 1, `k` >= 0; `r0` (n,) > 0, norms at the start.
    Returns: `r4` (T, n), the fourth powers of the norms after each step.
    Raises: `InputError` for beta >= 1 and for eta k > 2(1 + beta).

    Approximate: inertia is dropped and gradients are smooth over 1/(1 - beta) steps.  Without
    momentum the relative error is of order eta k (kt); with momentum and minibatch noise the growth
    is up to (1 + beta)/(1 - beta) too large: `charge-history` is exact there.

    The steps are added up one after the other (`lax.scan`), compensated for rounding;
    `norm4-history-parallel` composes them as a tree.

    >>> import numpy as np
    >>> found = norm4_history()(np.ones((2, 1)), 0.5, 0.0, 0.0, np.ones(1))
    >>> found["r4"].ravel().tolist()
    [1.5, 2.0]
    """
    return _norm4_history("norm4_history", "norm4_in_turn", recursions.norm4_history())


@lru_cache(maxsize=1)
def norm4_history_parallel() -> Program:
    r"""`norm4_history` by composition of the steps in pairs (`lax.associative_scan`).

    Same arguments, results and errors; for accelerators, where log2 T rounds beat T steps.

    >>> import numpy as np
    >>> found = norm4_history_parallel()(np.ones((2, 1)), 0.5, 0.0, 0.0, np.ones(1))
    >>> found["r4"].ravel().tolist()
    [1.5, 2.0]
    """
    return _norm4_history(
        "norm4_history_parallel", "norm4_as_tree", recursions.norm4_history_parallel()
    )


def _norm4_history(name: str, entry: str, derivation: Any) -> Program:
    formula = derivation.formula
    assert formula is not None
    after = derivation.formula_of("one-step", list(formula.args), name="norm4_after")
    return Program(
        name=name,
        title="Fourth power of the norms of scale-invariant layers, from recorded gradients",
        citation=_CITATION,
        arguments=(
            Array("gh2", ("T", "n"), "squared gradient on the unit sphere, r^2 g^2", low=0.0),
            *scalars("eta", "beta", "k"),
            Array("r0", ("n",), "norms at the start", low=0.0, strict=True),
        ),
        results=(Array("r4", ("T", "n"), "fourth powers of the norms after each step"),),
        kernels={
            "norm4_change": compile_formula(derivation.formula),
            "norm4_after": compile_formula(after),
        },
        array_code=ArrayCode(_ARRAYS, entry),
        derivations=(derivation,),
        claims=_norm4_claims(),
        reference=_norm4_reference,
        cases=_norm4_cases,
        precondition=refuse_unstable,
        batch="n",
    )


def _norm4_reference(values: Values, bits: int = 256) -> dict[str, Any]:
    """(y, 1)' = [[-4k/mu, 4m G/mu^3], [0, 0]] (y, 1) over each step, by matrix exponentials."""
    from flint import arb_mat

    eta, beta, k = (values[name].item() for name in ("eta", "beta", "k"))
    mass, friction = eta * (1 + beta) / 2, 1 - beta
    now = values["r0"] ** 4
    history = []
    for gradients in values["gh2"]:
        after = []
        for y, G in zip(now, gradients):
            slope = [-4 * k / friction, 4 * mass * G / friction**3, 0, 0]
            flow = (arb_mat(2, 2, slope) * eta).exp()
            after.append(flow[0, 0] * y + flow[0, 1])
        now = np.array(after, dtype=object)
        history.append(now)
    return {"r4": np.stack(history)}


def _norm4_cases(rng: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    shapes = {
        "1": (1, 1, 0.1, 0.9, 0.05),
        "2": (2, 2, 0.1, 0.0, 0.05),
        "2, hardly decaying": (2, 2, 0.1, 0.9, 1e-12),
        "2, forgetting": (2, 2, 0.5, 0.9, 2.0),
        "3": (3, 3, 0.5, 0.5, 1.0),
        "7": (7, 7, 0.01, 0.99, 1e-4),
        "32": (32, 3, 0.1, 0.9, 0.01),
        "rectangular": (5, 3, 0.1, 0.95, 0.0),
        "rank-deficient": (3, 3, 0.1, 0.9, 0.05),
    }
    for label, (steps, n, eta, beta, k) in shapes.items():
        gradients = rng.uniform(0.1, 2.0, (steps, n)) / 100
        yield (
            label,
            {
                "gh2": gradients * [1.0, 0.0, 0.0] if label == "rank-deficient" else gradients,
                "eta": np.asarray(eta),
                "beta": np.asarray(beta),
                "k": np.asarray(k),
                "r0": rng.uniform(0.5, 2.0, n),
            },
        )


def _norm4_claims() -> tuple[Any, ...]:
    eta, beta, k = np.asarray(0.125), np.asarray(0.75), np.asarray(0.0625)
    steady = {
        "gh2": np.tile([0.25, 1.0], (12, 1)), "eta": eta, "beta": beta, "k": k,
        "r0": np.array([1.0, 0.5]),
    }  # fmt: skip
    return (
        Equals(
            "a gradient of constant size gives r^4 of norm-history at t = n eta",
            f"{_NAME}/norm-history: norm4",
            (steady, {**steady, "k": np.asarray(0.0)}),
            exact=_steady_norm,
        ),
        Bounds(
            "gradients never shrink a norm below its decay",
            f"{_NAME}/norm-history: norm4",
            (steady,),
            limits=lambda values: {"r4": (_decayed(values), None)},
        ),
    )


def _steady_norm(values: Values) -> dict[str, Any]:
    formula = theory.norm_history().formula
    assert formula is not None
    program = BallProgram(formula.expr, list(formula.args))
    eta, beta, k = (values[name].item() for name in ("eta", "beta", "k"))
    found = []
    for n in range(1, len(values["gh2"]) + 1):
        row = []
        for square, r0 in zip(values["gh2"][0], values["r0"]):
            given = (n * eta, eta, beta, k, square.sqrt(), r0)
            row.append(program.at(dict(zip(formula.args, given, strict=True)), 256))
        found.append(row)
    return {"r4": np.array(found, dtype=object)}


def _decayed(values: Values) -> Any:
    eta, beta, k = (values[name].item() for name in ("eta", "beta", "k"))
    rate = -4 * k * eta / (1 - beta)
    steps = range(1, len(values["gh2"]) + 1)
    return np.stack([values["r0"] ** 4 * (rate * n).exp() for n in steps])
