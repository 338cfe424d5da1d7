"""Does an expression that is nowhere zero at sample points cross zero between them?

Main definition: `zero_crossing`.

Main facts used: a continuous function with both signs on a segment has a zero on it.  Random points
never hit a zero, so a claim `f != 0` is tested on segments between points of opposite sign.

Implementation notes.  The segment is bisected in rationals, and every midpoint must lie in the
domain. Near a zero the values shrink with the bracket; near a pole or a jump they do not, and that
refutes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import islice, product
from typing import Any

from flint import arb
from sympy import Basic, Symbol

from derivax.errors import DerivaxError
from derivax.symbolic.exact.ball import BallProgram
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.outcome import Finding, Outcome
from derivax.symbolic.exact.probing import point_text, sample_for, value_text

__all__ = ["zero_crossing"]

_BITS = 320
_POINTS = 48
_PAIRS = 12
_HALVINGS = 48
_SHRINKS = 2**12

Point = Mapping[Basic, Any]


def zero_crossing(expr: Basic, domain: Domain | None) -> Finding | None:
    """A refutation of `expr != 0` on the domain by a change of sign, or None.

    >>> from sympy.abc import x
    >>> found = zero_crossing(x**2 - 2, Domain.of([x], {x: (0, 9)}))
    >>> found.outcome.value, found.witness["x"].startswith("1.41421356")
    ('refuted', True)
    """
    domain, sample = sample_for([expr], domain, _POINTS, 1)
    if any(domain[s].plane for s in domain):
        return None
    try:
        program = BallProgram(expr, sample.variables)
        signed: dict[int, list[Point]] = {1: [], -1: []}
        for point in sample.batch(0):
            sign = _sign(_value(program, point))
            if sign:
                signed[sign].append(point)
        # generic points last in the batch come first here: special ones often lie on a boundary
        pairs = product(signed[1][::-1][:_PAIRS], signed[-1][::-1][:_PAIRS])
        for positive, negative in islice(pairs, _PAIRS):
            found = _between(program, domain, positive, negative)
            if found is not None:
                return found
    except DerivaxError:
        return None
    return None


def _value(program: BallProgram, point: Point) -> arb | None:
    value = program.at(point, _BITS)
    return value if isinstance(value, arb) and value.is_finite() else None


def _sign(value: arb | None) -> int:
    if value is None or value.contains(0):
        return 0
    return 1 if value > 0 else -1


def _inside(domain: Domain, point: Point) -> bool:
    return (
        domain.contains({s: point[s] for s in domain if s in point} | _missing(domain, point))
        is True
    )


def _missing(domain: Domain, point: Point) -> dict[Symbol, Any]:
    """Symbols of the domain that the expression does not depend on have no value here."""
    absent = [s for s in domain if s not in point]
    return dict(domain.over(absent).rational_points(1)[-1]) if absent else {}


def _between(
    program: BallProgram, domain: Domain, positive: Point, negative: Point
) -> Finding | None:
    ends: dict[int, Point] = {1: positive, -1: negative}
    sizes = []
    for _ in range(_HALVINGS):
        middle = {v: (Fraction(ends[1][v]) + Fraction(ends[-1][v])) / 2 for v in positive}
        if not _inside(domain, middle):
            return None
        value = _value(program, middle)
        if value is None:
            return None
        sizes.append(float(abs(value).upper()))
        sign = _sign(value)
        if sign == 0:
            break
        ends[sign] = middle
    if sizes[-1] * _SHRINKS > sizes[len(sizes) // 2] and sizes[-1] > 0:
        return None
    shown = {v: float(value) for v, value in middle.items()}
    witness = {str(v): repr(number) for v, number in shown.items()}
    witness["value"] = value_text(value) if value is not None else ""
    witness["positive at"] = point_text(positive)  # type: ignore[assignment]
    witness["negative at"] = point_text(negative)  # type: ignore[assignment]
    return Finding(
        Outcome.REFUTED, "change of sign", "a zero lies between the two points", None, witness
    )
