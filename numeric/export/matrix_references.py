"""Reference values of matrix formulas for self-tests, from exact arithmetic over matrices of balls.

*Main definitions*: `matrix_reference_table(compiled)`: the text of `REFERENCES`.

*Implementation notes*: two or three sets of small matrices of eighths, exact in float32.  The
derivative along a direction is the central difference with a step of 2^-100 at 640 bits.  The
condition number is the change of the exact result, relative to its norm, when every argument and
every intermediate matrix is disturbed by 2^-24 of its largest entry, in units of that size.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import sympy
from flint import arb

from derivax.errors import DerivaxError
from derivax.numeric.export.references import DIGITS, decimal
from derivax.numeric.verify.matrix_reference import MatrixReference
from derivax.symbolic.exact.precision import working_precision

__all__ = ["DIGITS", "matrix_reference_table"]

SIZES = ((2, 2, 2, 2), (3, 2, 4, 3), (1, 3, 2, 4))
BITS, STEP_BITS, NOISE = 640, 100, 2.0**-24
ATTEMPTS = 4


def matrix_reference_table(compiled: Any) -> str | None:
    """`REFERENCES = (...)` as text; None where the formula cannot be evaluated exactly."""
    formula = compiled.formula
    symbols = sorted(
        {
            size
            for arg in formula.args
            if isinstance(arg, sympy.MatrixSymbol)
            for dimension in arg.shape
            for size in sympy.sympify(dimension).free_symbols
        },
        key=str,
    )
    sizes = SIZES if len(symbols) > 1 else SIZES[:2]
    rows = []
    for number, row in enumerate(sizes):
        dims = {symbol: row[k % len(row)] for k, symbol in enumerate(symbols)}
        for attempt in range(ATTEMPTS):  # a random matrix may be singular
            case = _case(formula, dims, 100 * number + attempt)
            if case is not None:
                rows.append(case)
                break
    return "REFERENCES = (\n" + "\n".join(rows) + "\n)" if rows else None


def _case(formula: Any, dims: dict[Any, int], seed: int) -> str | None:
    rng = np.random.default_rng(seed)
    values, along = _inputs(formula, dims, rng, seed)
    try:
        exact = _evaluated(formula, dims, values)
        slopes = _slopes(formula, dims, values, along, None)
        changes = [0.0] * len(exact)
        slope_changes = [0.0] * len(exact)
        for trial in range(3):
            noisy = _evaluated(formula, dims, values, (NOISE, np.random.default_rng(trial)))
            moved = _slopes(formula, dims, values, along, trial)
            for k in range(len(exact)):
                changes[k] = max(changes[k], _distance(noisy[k], exact[k]))
                slope_changes[k] = max(slope_changes[k], _distance(moved[k], slopes[k]))
    except DerivaxError:
        return None
    lines = ["    ("]
    lines += _block(_tuple(_numbers(v) for v in values), 8)
    lines += _block(_tuple(_numbers(v) for v in along), 8)
    for results, moves in ((exact, changes), (slopes, slope_changes)):
        lines.append("        (")
        for result, move in zip(results, moves, strict=True):
            size = float(np.sqrt(sum(float(x) ** 2 for x in result.ravel())))
            condition = move / (NOISE * size) if size else 0.0
            lines.append(f"            ({tuple(result.shape)}, (")
            lines += [f'                "{decimal(x)}",' for x in result.ravel()]
            lines.append(f'            ), "{condition:.3g}"),')
        lines.append("        ),")
    return "\n".join([*lines, "    ),"])


def _inputs(
    formula: Any, dims: dict[Any, int], rng: np.random.Generator, seed: int
) -> tuple[list[Any], list[Any]]:
    """Values of the arguments and a direction: eighths for matrices, a point of the domain for
    scalars."""
    scalars = [a for a in formula.args if not isinstance(a, sympy.MatrixSymbol)]
    point: dict[Any, Any] = {}
    if scalars:
        found = formula.domain.over(scalars).rational_points(6, seed=seed + 1)
        point = min(found, key=lambda p: max(abs(np.log(abs(float(v)) or 1)) for v in p.values()))
    values: list[Any] = []
    along: list[Any] = []
    for arg in formula.args:
        if isinstance(arg, sympy.MatrixSymbol):
            shape = tuple(int(sympy.sympify(d).subs(dims)) for d in arg.shape)
            values.append(np.round(8 * rng.standard_normal(shape)) / 8)
            along.append(np.round(8 * rng.standard_normal(shape)) / 8)
        else:
            values.append(np.float64(np.float32(float(point[arg]))))
            along.append(np.float64(np.round(8 * rng.standard_normal()) / 8))
    return values, along


def _evaluated(
    formula: Any, dims: dict[Any, int], values: Sequence[Any], noise: Any = None
) -> list[np.ndarray]:
    """The results as arrays of fractions (midpoints of balls)."""
    reference = MatrixReference(dims, _named(formula, values), BITS, noise)
    return [_fractions(reference.balls(part)) for part in _leaves(formula.expr)]


def _slopes(
    formula: Any,
    dims: dict[Any, int],
    values: Sequence[Any],
    along: Sequence[Any],
    trial: int | None,
) -> list[np.ndarray]:
    sides = []
    for sign in (1, -1):
        with working_precision(BITS):
            step = sign * arb(2) ** -STEP_BITS
            moved = [_moved(v, d, step) for v, d in zip(values, along, strict=True)]
        # the same disturbance on both sides of the difference
        noise = None if trial is None else (NOISE, np.random.default_rng(trial))
        sides.append(_evaluated(formula, dims, moved, noise))
    scale = Fraction(2) ** (STEP_BITS - 1)
    pairs = zip(*sides, strict=True)
    return [np.asarray((above - below) * scale, dtype=object) for above, below in pairs]


def _moved(value: Any, direction: Any, step: Any) -> Any:
    entries = [
        arb(float(v)) + step * arb(float(d))
        for v, d in zip(np.ravel(value), np.ravel(direction), strict=True)
    ]
    if np.ndim(value) == 0:
        return entries[0]
    moved = np.empty(len(entries), dtype=object)
    moved[:] = entries
    return moved.reshape(np.shape(value))


def _named(formula: Any, values: Sequence[Any]) -> dict[str, Any]:
    return {arg.name: value for arg, value in zip(formula.args, values, strict=True)}


def _leaves(expr: Any) -> list[Any]:
    if isinstance(expr, dict):
        return [leaf for part in expr.values() for leaf in _leaves(part)]
    if isinstance(expr, tuple | list):
        return [leaf for part in expr for leaf in _leaves(part)]
    return [expr]


def _fractions(balls: Any) -> np.ndarray:
    found = np.empty(np.shape(balls), dtype=object)
    flat = found.reshape(-1)
    for k, ball in enumerate(np.ravel(balls)):
        mantissa, exponent = ball.mid().man_exp()
        flat[k] = Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
    return flat.reshape(np.shape(balls))


def _distance(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.sqrt(sum(float(x) ** 2 for x in np.ravel(a - b))))


def _numbers(value: Any) -> str:
    if np.ndim(value) == 0:
        return repr(float(value))
    return _tuple(_numbers(part) for part in value)


def _tuple(items: Any) -> str:
    items = list(items)
    return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"


def _block(text: str, indent: int) -> list[str]:
    """`text,` in lines of at most 96 characters, broken after commas."""
    lines, line = [], " " * indent
    for part in f"{text},".split(" "):
        if len(line) + len(part) + 1 > 96:
            lines.append(line.rstrip())
            line = " " * (indent + 1)
        line += part if line.isspace() else f" {part}"
    return [*lines, line]
