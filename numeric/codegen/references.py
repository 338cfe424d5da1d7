"""Reference values for self-tests, from ball arithmetic on the formula, independent of the code.

*Main definitions*: `reference_table(compiled)`: the text of `REFERENCES`.

*Implementation notes*: a derivative is the central difference with a step of 2^-230 at 900 bits;
where the two one-sided differences disagree (a kink) there is none (None).  The condition number
sum |x df/dx| / |f| is found the same way; it says how far the rounding of intermediate results may
move the value.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import flint
import numpy as np
import sympy

from derivax.errors import DerivaxError
from derivax.numeric.codegen.outputs import flatten
from derivax.symbolic.exact.ball import BallProgram
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.precision import working_precision

__all__ = ["reference_table"]

POINTS = 8
BITS = 900
STEP = Fraction(1, 2**230)
DIGITS = 25
FAINTEST = Fraction(1, 2**400)  # of the value: a smaller slope drowns in the rounding at BITS


def reference_table(compiled: Any) -> str:
    """`REFERENCES = (...)` as text."""
    formula = compiled.formula
    entries, _ = flatten(formula.expr)
    program = BallProgram(entries, formula.args)
    rows = []
    for point in _points(formula):
        row = _row(program, formula.args, point)
        if row is not None:
            rows.append(row)
    return "REFERENCES = (\n" + "\n".join(rows) + "\n)" if rows else "REFERENCES = ()"


def _points(formula: Any) -> list[list[Fraction]]:
    """Points of moderate size inside the domain that float32 holds exactly."""
    domain = getattr(formula, "domain", None)
    if not isinstance(domain, Domain):
        domain = Domain.of(tuple(formula.args))
    points = []
    for candidate in domain.rational_points(6 * POINTS, seed=1):
        rounded = [Fraction(float(np.float32(float(candidate[a])))) for a in formula.args]
        if any(abs(x) > 100 for x in rounded):
            continue
        inside = domain.contains(dict(zip(formula.args, map(_rational, rounded), strict=True)))
        if inside is not False and rounded not in points:
            points.append(rounded)
        if len(points) == POINTS:
            break
    return points


def _rational(x: Fraction) -> sympy.Rational:
    return sympy.Rational(x.numerator, x.denominator)


def _row(program: BallProgram, args: Sequence[sympy.Symbol], point: list[Fraction]) -> str | None:
    """One entry of the table, or None where the formula has no finite value."""
    try:
        here = _values(program, args, point)
        if here is None:
            return None
        slopes = [_slopes(program, args, point, k) for k in range(len(args))]
    except DerivaxError:
        return None
    values = []
    for j, value in enumerate(here):
        condition = Fraction(0)
        for x, slope in zip(point, slopes, strict=True):
            rate = slope[j] if slope is not None else None
            condition += abs(x * rate) if rate is not None else 0
        values.append((value, _ratio(condition, value)))
    derivatives = {}
    for k, slope in enumerate(slopes):
        if slope is not None and any(s is not None for s in slope):
            conditions = _derivative_conditions(program, args, point, k)
            derivatives[k] = [
                None if s is None else (s, _ratio(c, s))
                for s, c in zip(slope, conditions, strict=True)
            ]
    inputs = ", ".join(repr(float(x)) for x in point)
    comma = "," if len(point) == 1 else ""
    lines = [f"    (({inputs}{comma}), ["]
    lines += [f"        {_pair(*v)}," for v in values]
    lines.append("    ], {")
    for k, items in derivatives.items():
        lines.append(f"        {k}: [")
        lines += [f"            {_pair(*item) if item else None}," for item in items]
        lines.append("        ],")
    return "\n".join([*lines, "    }),"])


def _pair(value: Fraction, condition: Fraction) -> str:
    return f'("{_decimal(value)}", "{float(condition):.3g}")'


def _ratio(change: Any, value: Any) -> Fraction:
    if not value:
        return Fraction(0)
    return min(abs(Fraction(change) / Fraction(value)), Fraction(10**6))


def _values(
    program: BallProgram, args: Sequence[sympy.Symbol], point: Sequence[Fraction]
) -> list[Fraction] | None:
    with working_precision(BITS):
        results = program.at(dict(zip(args, point, strict=True)), BITS)
        if not isinstance(results, list | tuple):
            results = [results]
        values = []
        for ball in results:
            if isinstance(ball, bool):
                return None
            if not isinstance(ball, flint.arb):
                ball = ball.real if ball.imag == 0 else flint.arb("nan")
            if not ball.is_finite():
                return None
            mantissa, exponent = ball.mid().man_exp()
            values.append(Fraction(int(mantissa)) * Fraction(2) ** int(exponent))
    return values


def _shifted(point: Sequence[Fraction], k: int, h: Fraction) -> list[Fraction]:
    return [x + h if j == k else x for j, x in enumerate(point)]


def _slopes(
    program: BallProgram, args: Sequence[sympy.Symbol], point: Sequence[Fraction], k: int
) -> list[Fraction | None] | None:
    here = _values(program, args, point)
    left = _values(program, args, _shifted(point, k, -STEP))
    right = _values(program, args, _shifted(point, k, STEP))
    if here is None or left is None or right is None:
        return None
    slopes: list[Fraction | None] = []
    for a, b, c in zip(left, here, right, strict=True):
        before, after = (b - a) / STEP, (c - b) / STEP
        smooth = abs(after - before) <= (abs(after) + abs(before)) / 2**90
        resolved = abs(after) > FAINTEST * max(abs(a), abs(c))
        slopes.append((c - a) / (2 * STEP) if smooth and resolved else None)
    return slopes


def _derivative_conditions(
    program: BallProgram, args: Sequence[sympy.Symbol], point: Sequence[Fraction], k: int
) -> list[Fraction]:
    """sum_j |x_j d(slope_k)/dx_j| with a step that leaves the inner differences their digits."""
    wide = Fraction(1, 2**60)
    here = _slopes(program, args, point, k) or []
    totals = [Fraction(0)] * len(here)
    for j, x in enumerate(point):
        moved = _slopes(program, args, _shifted(point, j, wide), k)
        if moved is None:
            continue
        for m, (a, b) in enumerate(zip(here, moved, strict=True)):
            if a is not None and b is not None:
                totals[m] += abs(x) * abs(b - a) / wide
    return totals


def _decimal(value: Fraction) -> str:
    """The exact value to 25 digits in scientific notation."""
    if not value:
        return "0"
    size = abs(value)
    exponent = len(str(size.numerator)) - len(str(size.denominator))
    while size >= Fraction(10) ** (exponent + 1):
        exponent += 1
    while size < Fraction(10) ** exponent:
        exponent -= 1
    digits = str(round(size / Fraction(10) ** (exponent - DIGITS + 1)))
    if len(digits) > DIGITS:
        digits, exponent = digits[:DIGITS], exponent + 1
    return f"{'-' if value < 0 else ''}{digits[0]}.{digits[1:]}e{exponent}"
