"""What cannot be verified because it makes no sense: refused in one line before any work.

Main definitions: `refuse_senseless`, `refuse_random`, `checked_seed`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from derivax.errors import DerivaxError, DomainError, InputError
from derivax.numeric.verify.level_matrices import has_matrix_arguments
from derivax.numeric.verify.outputs import scalar_entries
from derivax.numeric.verify.points import point_at, sample_points
from derivax.symbolic.exact.ball import correctly_rounded

__all__ = ["checked_seed", "refuse_random", "refuse_senseless"]

_POINTS = 32


def checked_seed(seed: Any) -> int:
    """The seed; raises `InputError` for what is no whole number >= 0."""
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise InputError(f"seed = {seed!r}", "a whole number is needed", "")
    if not 0 <= seed < 2**63:
        raise InputError(f"seed = {seed}", "is not between 0 and 2**63", "")
    return seed


def refuse_senseless(formula: Any) -> None:
    """Raise where there is nothing to verify.

    Raises: `DomainError` when no point satisfies the domain; `InputError` when the formula has a
    real value at none of the points tried.
    """
    entries = scalar_entries(formula.expr)
    planes = any(formula.domain[a].plane for a in formula.args if a in formula.domain)
    if has_matrix_arguments(formula) or entries is None or not formula.args or planes:
        return
    args = tuple(formula.args)
    try:
        columns = sample_points(formula.domain, args, _POINTS, seed=0, dtype="float64")
    except DomainError:
        formula.domain.over(args).rational_points(1)  # raises when there is no point at all
        return  # no float among its points: level 1 says so
    for label, expr in entries:
        try:
            values, decided = correctly_rounded(expr, args, columns, "float64")
        except DerivaxError:
            continue  # a head without enclosure: the levels say so
        if len(values) and (decided & np.isnan(values)).all():
            where = ", ".join(f"{k} = {v:.6g}" for k, v in point_at(args, columns, 0).items())
            output = f"output {label} of " if label else ""
            raise InputError(
                f"{output}{formula.name or 'the formula'}",
                f"is undefined or complex at all of {len(values)} points of its domain "
                f"(such as {where})",
                "correct the domain, or declare the arguments complex",
            )


def refuse_random(
    one_point: Callable[..., Sequence[Any]], arguments: int, columns: Sequence[Any]
) -> None:
    """Raise `InputError` when code of the user gives two results for the same arguments."""
    if not arguments:
        return
    point = [column[-1] for column in columns]
    first, second = (
        [np.asarray(value).tobytes() for value in one_point(*point)] for _ in range(2)
    )
    if first != second:
        raise InputError(
            "the code", "gives two different results for the same arguments",
            "pass a pure function (a random key is an argument)",
        )  # fmt: skip
