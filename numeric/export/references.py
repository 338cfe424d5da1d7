"""Reference values for self-tests, from ball arithmetic on the formula, independent of the code.

*Main definitions*: `reference_table(compiled, order)`: the text of `REFERENCES`; `decimal`.

*Implementation notes*: a derivative is the central difference with a step of 2^-230 at 900 bits;
where the two one-sided differences disagree (a kink) there is none (None).  The condition number
sum |x df/dx| / |f| is found the same way; it says how far the rounding of intermediate results may
move the value.  Second derivatives are central differences of the first with a step of 2^-60, whose
error is about 1e-36 of the value; their condition numbers come from two random relative moves of
all arguments together.

Complex arguments and results are pairs of real ones: a complex argument is moved along its real
part (what is written with derivatives is holomorphic), the error of a result is that of the pair.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
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
    plane = compiled.kernel.tape.plane
    try:
        seen = _Seen(
            BallProgram(entries, formula.args),
            tuple(k in compiled.plane_positions for k in range(len(formula.args))),
            tuple(i in plane for i in compiled.kernel.outputs),
        )
    except DerivaxError:
        return None
    rows: list[str] = []
    costly = any(isinstance(node, sympy.Integral) for node in postorder(entries))
    for point in _points(formula, seen)[: FEW if costly else POINTS]:
        row = _row(seen, point, order if len(rows) < SECOND_POINTS else 1)
        if row is not None:
            rows.append(row)
    return "REFERENCES = (\n" + "\n".join(rows) + "\n)" if rows else None


Point = Sequence[Fraction]
Row = list[tuple[Fraction, Fraction] | None]  # of each real result: a value, how far it may move


@dataclass(frozen=True)
class _Seen:
    """A formula as real functions of real parameters; a complex number is two of them."""

    program: BallProgram
    wide_args: tuple[bool, ...]
    wide_results: tuple[bool, ...]

    @cached_property
    def parameters(self) -> tuple[int, ...]:
        """The place of each argument (of its real part) among the parameters."""
        sizes = (1 + wide for wide in self.wide_args)
        return tuple(itertools.accumulate(sizes, initial=0))[:-1]

    def arguments(self, point: Point) -> list[Any]:
        """The arguments: fractions, and pairs of fractions for complex numbers."""
        return [
            (point[k], point[k + 1]) if wide else point[k]
            for k, wide in zip(self.parameters, self.wide_args, strict=True)
        ]

    def at(self, point: Point) -> list[Fraction] | None:
        """All real results at BITS bits; None where one is not finite."""
        numbers = [_number(x) for x in self.arguments(point)]
        with working_precision(BITS):
            results = self.program.at(numbers, BITS)
            found: list[Fraction] = []
            for ball, wide in zip(results, self.wide_results, strict=True):
                if isinstance(ball, bool):
                    return None
                is_real = isinstance(ball, flint.arb)
                if not (wide or is_real or ball.imag == 0):
                    return None
                parts = [ball if is_real else ball.real]
                if wide:
                    parts.append(flint.arb(0) if is_real else ball.imag)
                for part in parts:
                    if not part.is_finite():
                        return None
                    mantissa, exponent = part.mid().man_exp()
                    found.append(Fraction(int(mantissa)) * Fraction(2) ** int(exponent))
        return found

    def texts(self, row: Row) -> list[str]:
        """`("value", "condition number")` of each result, complex values as pairs; or None."""
        left, found = iter(row), []
        for wide in self.wide_results:
            items = [next(left) for _ in range(1 + wide)]
            if None in items:
                found.append("None")
                continue
            values = [item[0] for item in items if item]
            change = sum((item[1] for item in items if item), Fraction(0))
            written = ", ".join(f'"{decimal(v)}"' for v in values)
            size = max(map(abs, values))
            shown = f"({written})" if wide else written
            found.append(f'({shown}, "{float(_ratio(change, size)):.3g}")')
        return found


def _number(x: Any) -> sympy.Expr:
    """A fraction, or a pair of them, as SymPy's number."""
    if isinstance(x, tuple):
        return _rational(x[0]) + sympy.I * _rational(x[1])
    return _rational(x)


def _points(formula: Any, seen: _Seen) -> list[list[Fraction]]:
    """Points of moderate size inside the domain that float32 holds exactly."""
    domain = getattr(formula, "domain", None)
    if not isinstance(domain, Domain):
        domain = Domain.of(tuple(formula.args))
    points: list[list[Fraction]] = []
    for candidate in domain.rational_points(6 * POINTS, seed=1):
        exact = []
        for symbol, wide in zip(formula.args, seen.wide_args, strict=True):
            real, imaginary = sympy.sympify(candidate[symbol]).as_real_imag()
            exact += [real, imaginary] if wide else [real]
        rounded = [Fraction(float(np.float32(float(x)))) for x in exact]
        if any(abs(x) > 100 for x in rounded):
            continue
        numbers = map(_number, seen.arguments(rounded))
        inside = domain.contains(dict(zip(formula.args, numbers, strict=True)))
        if inside is not False and rounded not in points:
            points.append(rounded)
    # arguments that are equal, or 0 or 1, show little: such points come last
    points.sort(key=lambda point: len({0, 1, *point}) < 2 + len(point))
    return points[:POINTS]


def _rational(x: Fraction) -> sympy.Rational:
    return sympy.Rational(x.numerator, x.denominator)


def _row(seen: _Seen, point: list[Fraction], order: int) -> str | None:
    """One entry of the table, or None where the formula has no finite value."""
    try:
        here = seen.at(point)
        if here is None:
            return None
        slopes = [_slopes(seen, point, k) for k in range(len(point))]
    except DerivaxError:
        return None
    values: Row = []
    for j, value in enumerate(here):
        condition = Fraction(0)
        for x, slope in zip(point, slopes, strict=True):
            rate = slope[j] if slope is not None else None
            condition += abs(x * rate) if rate is not None else 0
        values.append((value, condition))
    derivatives: dict[tuple[int, ...], Row] = {}
    for k, parameter in enumerate(seen.parameters if order else ()):
        slope = slopes[parameter]
        if slope is not None and any(s is not None for s in slope):
            conditions = _derivative_conditions(seen, point, parameter)
            derivatives[(k,)] = [
                None if s is None else (s, c) for s, c in zip(slope, conditions, strict=True)
            ]
    count = len(seen.parameters)
    if order > 1 and count * (count + 1) // 2 <= MOST_PAIRS:
        derivatives |= _second_derivatives(seen, point)
    inputs = ", ".join(
        repr(complex(*x)) if isinstance(x, tuple) else repr(float(x)) for x in seen.arguments(point)
    )
    comma = "," if count == 1 else ""
    lines = [f"    (({inputs}{comma}), ["]
    lines += [f"        {text}," for text in seen.texts(values)]
    lines.append("    ], {")
    for positions, items in derivatives.items():
        lines.append(f"        {positions}: [")
        lines += [f"            {text}," for text in seen.texts(items)]
        lines.append("        ],")
    return "\n".join([*lines, "    }),"])


def _ratio(change: Any, value: Any) -> Fraction:
    if not value:
        return Fraction(0)
    return min(abs(Fraction(change) / Fraction(value)), Fraction(10**6))


def _shifted(point: Point, k: int, h: Fraction) -> list[Fraction]:
    return [x + h if j == k else x for j, x in enumerate(point)]


def _slopes(seen: _Seen, point: Point, k: int) -> list[Fraction | None] | None:
    here = seen.at(point)
    left = seen.at(_shifted(point, k, -STEP))
    right = seen.at(_shifted(point, k, STEP))
    if here is None or left is None or right is None:
        return None
    slopes: list[Fraction | None] = []
    for a, b, c in zip(left, here, right, strict=True):
        before, after = (b - a) / STEP, (c - b) / STEP
        smooth = abs(after - before) <= (abs(after) + abs(before)) / 2**90
        resolved = abs(after) > FAINTEST * max(abs(a), abs(c))
        slopes.append((c - a) / (2 * STEP) if smooth and resolved else None)
    return slopes


def _derivative_conditions(seen: _Seen, point: Point, k: int) -> list[Fraction]:
    """sum_j |x_j d(slope_k)/dx_j| with a step that leaves the inner differences their digits."""
    wide = Fraction(1, 2**60)
    here = _slopes(seen, point, k) or []
    totals = [Fraction(0)] * len(here)
    for j, x in enumerate(point):
        moved = _slopes(seen, _shifted(point, j, wide), k)
        if moved is None:
            continue
        for m, (a, b) in enumerate(zip(here, moved, strict=True)):
            if a is not None and b is not None:
                totals[m] += abs(x) * abs(b - a) / wide
    return totals


def _second_derivatives(seen: _Seen, point: Point) -> dict[tuple[int, ...], Row]:
    """{(i, j): [(d2 f_m / dx_i dx_j, how far it may move) or None, ...]} for i <= j."""
    found: dict[tuple[int, ...], Row] = {}
    moves = [
        [x * (1 + Fraction((1 if (k * 5 + turn * 3) % 4 < 2 else -1), 2**24)) for k, x in
         enumerate(point)]
        for turn in range(2)
    ]  # fmt: skip
    for i, along in enumerate(seen.parameters):
        for j, also in enumerate(seen.parameters[i:], i):
            try:
                here = _curvature(seen, point, along, also)
                moved = [_curvature(seen, place, along, also) for place in moves]
            except DerivaxError:
                continue
            if not any(c is not None for c in here):
                continue
            rows: Row = []
            for m, value in enumerate(here):
                near = [other[m] for other in moved if other and other[m] is not None]
                if value is None or not near:
                    rows.append(None)
                    continue
                change = 4 * max(abs(n - value) for n in near if n is not None) * 2**24
                rows.append((value, Fraction(change)))
            found[(i, j)] = rows
    return found


def _curvature(seen: _Seen, point: Point, i: int, j: int) -> list[Fraction | None]:
    """Central difference along parameter j of the slopes along i; None at a kink."""
    sides = [
        _slopes(seen, _shifted(point, j, step), i)
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
