r"""The Program `fit_loss`: the error of two competing age-structured populations against counts.

Main definition: `fit_loss`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from derivax.errors import InputError
from derivax.numeric.codegen.compiling import compile_formula
from derivax.numeric.programs.array_code import ArrayCode
from derivax.numeric.programs.claims import Bounds
from derivax.numeric.programs.program import Array, Program
from derivax.symbolic.theories import leslie_populations as theory

__all__ = ["fit_loss"]

Values = Mapping[str, Any]
_ORDER = {"positive": ("a",), "fraction": ("a",), "residual": ("N", "c")}


@lru_cache(maxsize=1)
def fit_loss() -> Program:
    r"""Squared error of ln(1 + N) of a competition $x' = Ax - By$, $y' = Dy - Cx$ against counts.

    Arguments, all free real numbers: `f` (2, n), fecundities are ln(1 + e^f); `s` (2, n - 1),
        survivals are 1/(1 + e^-s); `interaction` (2, n), what each class loses to the same class of
        the other species is ln(1 + e^interaction); `start` (2, n), shares of the first count are
        proportional to ln(1 + e^start).  `counts` (T, 2) >= 0, the first row is the start; `mask`
        (T, 2), 0 where nothing was counted (any number stands there).
    Returns: `loss`.  A total below zero continues ln(1 + N) by its tangent.
    """
    derivation = theory.constraints()
    kernels = {}
    for name, letters in _ORDER.items():
        symbols = {x.name: x for x in derivation[name].rhs.free_symbols}
        args = [symbols[letter] for letter in letters]
        kernels[name] = compile_formula(derivation.formula_of(name, args, name=name))
    return Program(
        name="fit_loss",
        title="Loss of a fit of two competing age-structured populations to counts",
        citation="arXiv:2412.19831",
        arguments=(
            Array("f", (2, "n"), "free numbers of the fecundities"),
            Array("s", (2, "n-1"), "free numbers of the survivals"),
            Array("interaction", (2, "n"), "free numbers of the interactions"),
            Array("start", (2, "n"), "free numbers of the shares at the start"),
            Array("counts", ("T", 2), "counts per day and species", low=0.0),
            Array("mask", ("T", 2), "0 where nothing was counted", low=0.0),
        ),
        results=(Array("loss", (), "squared error of ln(1 + N)"),),
        kernels=kernels,
        array_code=ArrayCode("derivax.numeric.programs.arrays.leslie_blocks", "competition_loss"),
        derivations=(derivation,),
        claims=(
            Bounds(
                "nothing counted is no error",
                "leslie-populations/fit-loss: residual",
                ({**next(_cases(np.random.default_rng(0)))[1], "mask": np.zeros((5, 2))},),
                limits=lambda _: {"loss": (np.zeros(()), np.zeros(()))},
            ),
        ),
        reference=_reference,
        cases=_cases,
        precondition=_lengths,
        differentiable=("f", "s", "interaction", "start"),
    )


def _lengths(arrays: Values) -> None:
    if arrays["s"].shape[1] != arrays["f"].shape[1] - 1 or arrays["f"].shape[0] != 2:
        raise InputError(
            f"f {arrays['f'].shape} and s {arrays['s'].shape}",
            "are not (2, n) and (2, n - 1)",
            "one row per species",
        )


def _cases(rng: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for label, n in (
        ("2 classes, 1 day uncounted", 2),
        ("3 classes", 3),
        ("3 classes, rank-deficient: equal species", 3),
        ("7 classes, rectangular counts", 7),
        ("32 classes", 32),
    ):
        values = {
            "f": rng.normal(-1.0 - np.log(n), 0.5, (2, n)),
            "s": rng.normal(1.0, 0.5, (2, n - 1)),
            "interaction": rng.normal(-6.0, 1.0, (2, n)),
            "start": rng.normal(0.0, 0.5, (2, n)),
            "counts": rng.uniform(5.0, 20.0, (5, 2)),
            "mask": np.ones((5, 2)),
        }
        if "equal" in label:
            values = {k: v if v.shape[0] != 2 else np.stack([v[0]] * 2) for k, v in values.items()}
        if "uncounted" in label:
            values["mask"][1] = 0.0
        yield label, values


def _reference(values: Values, bits: int = 256) -> dict[str, Any]:
    """The same in balls, with matrices."""
    from flint import arb

    births, taken, shares = (
        np.vectorize(lambda x: (1 + x.exp()).log(), otypes=[object])(values[k])
        for k in ("f", "interaction", "start")
    )
    survival = np.vectorize(lambda x: 1 / (1 + (-x).exp()), otypes=[object])(values["s"])
    n = births.shape[1]
    zero = arb(0)
    matrices = []
    for k in range(2):
        L = np.full((n, n), zero, dtype=object)
        L[0] = births[k]
        for i in range(n - 1):
            L[i + 1, i] = L[i + 1, i] + survival[k, i]
        matrices.append(L)
    counts = values["counts"]
    x, y = (counts[0, k] * shares[k] / sum(shares[k], zero) for k in range(2))
    loss = zero
    for day in range(1, len(counts)):
        x, y = matrices[0] @ x - taken[0] * y, matrices[1] @ y - taken[1] * x
        for k, z in enumerate((x, y)):
            if not 2 * values["mask"][day, k] > 1:
                continue
            total = sum(z, zero)
            if total > 0:
                error = (1 + total).log() - (1 + counts[day, k]).log()
            else:
                error = total - (1 + counts[day, k]).log()
            loss = loss + error**2
    return {"loss": np.array(loss, dtype=object)}
