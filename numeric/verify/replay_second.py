"""The second derivatives of level 2 once more: exact values at the recorded points.

Main definition: `second_contradiction`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from derivax.numeric.verify.certificate import Level
from derivax.numeric.verify.exact_values import exact_values
from derivax.numeric.verify.level_derivatives import second_entries
from derivax.numeric.verify.outputs import derivative_entries, scalar_entries
from derivax.numeric.verify.ulps import ulp_errors
from derivax.symbolic.formula import Formula

__all__ = ["second_contradiction"]

_NODES = 3000


def second_contradiction(level: Level, formula: Formula) -> str | None:
    """What is wrong with the record of jvp and Hessian, if anything."""
    record = level.evidence.get("second")
    if not record:
        return None
    entries = scalar_entries(formula.expr) or []
    args = [arg for arg in formula.args if not arg.is_integer]
    exact, _ = second_entries(entries, derivative_entries(entries, args), args, _NODES)
    known = dict(exact)
    names = [str(arg) for arg in formula.args]
    try:
        for dtype, part in record.items():
            top = level.figures[f"max_second_{dtype}"].value
            if part["worst"] and float(part["worst"][0]["error_ulp"]) != top:
                return f"its largest error of second derivatives in {dtype} is not that of a point"
            for row in part["worst"]:
                wrong = _row(row, dtype, known, names, formula)
                if wrong is not None:
                    return f"second derivatives in {dtype}: {wrong}"
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError):
        return "its record of second derivatives cannot be read"
    return None


def _row(
    row: Any, dtype: str, known: dict[str, Any], names: list[str], formula: Formula
) -> str | None:
    if row["output"] not in known:
        return "they are of outputs that the formula has not"
    columns = [np.array([float.fromhex(row["at"][name])], dtype=dtype) for name in names]
    value, decided, _ = exact_values(known[row["output"]], formula.args, columns, dtype)
    stored = np.array([float.fromhex(row["exact"])], dtype=dtype)
    if decided[0] and value[0] != stored[0]:
        return f"the exact value is {float(value[0])!r}, recorded is {float(stored[0])!r}"
    result = np.array([float.fromhex(row["result"])], dtype=dtype)
    with np.errstate(all="ignore"):
        error = float(ulp_errors(result, stored, dtype)[0][0])
    if abs(error - float(row["error_ulp"])) > 1e-9 * error:
        return f"an error is {error:.3g} ulp, recorded are {row['error_ulp']:.3g} ulp"
    return None
