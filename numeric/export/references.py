"""Reference values for self-tests, from ball arithmetic on the formula, independent of the code.

*Main definitions*: `reference_table(compiled, order)`: the text of `REFERENCES`; `decimal`.

*Implementation notes*: a derivative is the central difference with a step of 2^-230 at 900 bits;
where the two one-sided differences disagree (a kink) there is none (None).  The condition number
sum |x df/dx| / |f| is found the same way; it says how far the rounding of intermediate results may
move the value.  Second derivatives are central differences of the first with a step of 2^-60, whose
error is about 1e-36 of the value; their condition numbers come from two random relative moves of
all arguments together.
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
from derivax.symbolic.exact.dag import postorder
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.precision import working_precision

__all__ = ["DIGITS", "decimal", "reference_table"]

POINTS = 8
BITS = 900
STEP = Fraction(1, 2**230)
DIGITS = 25
FAINTEST = Fraction(1, 2**400)  # of the value: a smaller slope drowns in the rounding at BITS
SECOND_STEP = Fraction(1, 2**60)
FEW = 3  # where one evaluation is an integration
SECOND_POINTS, MOST_PAIRS = 3, 21  # second derivatives cost many evaluations


def reference_table(compiled: Any, order: int = 1) -> str | None:
    """`REFERENCES = (...)` as text, with derivatives up to `order` <= 2; None where no point of the
    domain has a finite exact value."""
    formula = compiled.formula
    entries, _ = flatten(formula.expr)
    try:
        program = BallProgram(entries, formula.args)
    except DerivaxError:
        return None
    rows: list[str] = []
    costly = any(isinstance(node, sympy.Integral) for node in postorder(entries))
    for point in _points(formula)[: FEW if costly else POINTS]:
        row = _row(program, formula.args, point, order if len(rows) < SECOND_POINTS else 1)
        if row is not None:
            rows.append(row)
    return "REFERENCES = (\n" + "\n".join(rows) + "\n)" if rows else None


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
    # arguments that are equal, or 0 or 1, show little: such points come last
    points.sort(key=lambda point: len({0, 1, *point}) < 2 + len(point))
    return points[:POINTS]


def _rational(x: Fraction) -> sympy.Rational:
    return sympy.Rational(x.numerator, x.denominator)


def _row(
    program: BallProgram, args: Sequence[sympy.Symbol], point: list[Fraction], order: int
) -> str | None:
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
    derivatives: dict[tuple[int, ...], list[Any]] = {}
    for k, slope in enumerate(slopes if order else ()):
        if slope is not None and any(s is not None for s in slope):
            conditions = _derivative_conditions(program, args, point, k)
            derivatives[(k,)] = [
                None if s is None else (s, _ratio(c, s))
                for s, c in zip(slope, conditions, strict=True)
            ]
    if order > 1 and len(args) * (len(args) + 1) // 2 <= MOST_PAIRS:
        derivatives |= _second_derivatives(program, args, point)
    inputs = ", ".join(repr(float(x)) for x in point)
    comma = "," if len(point) == 1 else ""
    lines = [f"    (({inputs}{comma}), ["]
    lines += [f"        {_pair(*v)}," for v in values]
    lines.append("    ], {")
    for positions, items in derivatives.items():
        lines.append(f"        {positions}: [")
        lines += [f"            {_pair(*item) if item else None}," for item in items]
        lines.append("        ],")
    return "\n".join([*lines, "    }),"])


def _pair(value: Fraction, condition: Fraction) -> str:
    return f'("{decimal(value)}", "{float(condition):.3g}")'


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


def _second_derivatives(
    program: BallProgram, args: Sequence[sympy.Symbol], point: Sequence[Fraction]
) -> dict[tuple[int, ...], list[Any]]:
    """{(i, j): [(d2 f_m / dx_i dx_j, condition number) or None, ...]} for i <= j."""
    found: dict[tuple[int, ...], list[Any]] = {}
    moves = [
        [x * (1 + Fraction((1 if (k * 5 + turn * 3) % 4 < 2 else -1), 2**24)) for k, x in
         enumerate(point)]
        for turn in range(2)
    ]  # fmt: skip
    for i in range(len(args)):
        for j in range(i, len(args)):
            try:
                here = _curvature(program, args, point, i, j)
                moved = [_curvature(program, args, place, i, j) for place in moves]
            except DerivaxError:
                continue
            if not any(c is not None for c in here):
                continue
            rows: list[Any] = []
            for m, value in enumerate(here):
                near = [other[m] for other in moved if other and other[m] is not None]
                if value is None or not near:
                    rows.append(None)
                    continue
                change = 4 * max(abs(n - value) for n in near if n is not None) * 2**24
                rows.append((value, _ratio(change, value)))
            found[(i, j)] = rows
    return found


def _curvature(
    program: BallProgram, args: Sequence[sympy.Symbol], point: Sequence[Fraction], i: int, j: int
) -> list[Fraction | None]:
    """Central difference along argument j of the slopes along argument i; None at a kink."""
    sides = [
        _slopes(program, args, _shifted(point, j, step), i)
        for step in (-SECOND_STEP, Fraction(0), SECOND_STEP)
    ]
    left, here, right = sides
    if left is None or here is None or right is None:
        return [None] * len(here or ())
    found: list[Fraction | None] = []
    for a, b, c in zip(left, here, right, strict=True):
        if a is None or b is None or c is None:
            found.append(None)
            continue
        before, after = (b - a) / SECOND_STEP, (c - b) / SECOND_STEP
        smooth = abs(after - before) <= (abs(after) + abs(before)) / 2**20
        resolved = abs(after) > abs(b) / 2**40  # else it drowns in the error of the difference
        found.append((c - a) / (2 * SECOND_STEP) if smooth and resolved else None)
    return found


def decimal(value: Fraction) -> str:
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
