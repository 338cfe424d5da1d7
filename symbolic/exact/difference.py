"""Have two scalar expressions the same value at every point of a domain?

What equality means here, point by point: both sides have a value (a complex number, with principal
values of logarithms, roots and inverse functions) and the values agree, or neither has one.  Where
exactly one side has a value the two differ, except on sets that a small step within the domain
leaves (sin(x)/x against sinc(x) at 0): these become *conditions* that the finding lists, because
such a gap is what cancelling a common factor leaves, and every quotient identity would fail by it.
Where the gap fills a region (a Piecewise without a branch) or the variable has no neighbours (an
integer), the two are different.

Main definition: `same_values`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from flint import acb, arb
from sympy import Add, Basic, Float, Mul, Rational, Symbol

from derivax.errors import CompileError
from derivax.symbolic.exact.ball import BallProgram
from derivax.symbolic.exact.ball_values import Ball
from derivax.symbolic.exact.dag import exact_float, postorder
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.outcome import Finding, Outcome
from derivax.symbolic.exact.patience import OutOfTime
from derivax.symbolic.exact.precision import MAX_BITS, QUICK_BITS, working_precision
from derivax.symbolic.exact.probing import (
    Sample,
    excludes_zero,
    number_text,
    sample_for,
    settled,
)
from derivax.symbolic.exact.zero import zero_on

__all__ = ["same_values"]

Point = Mapping[Basic, Any]

_DIGITS = 10  # beyond those in which the two values agree
_MOST_DIGITS = 400
_CONDITIONS = 6
_STEPS = tuple(Fraction(n, 10**9) for n in (7, -11, 13000, -17000, 19_000_000, -23_000_000))
_NO_VALUE = "no value"
_TOO_LARGE = "too large to be written"


def same_values(
    a: Basic, b: Basic, domain: Domain | None = None, *, points: int = 32, seed: int = 0
) -> Finding:
    """`proven`, `holds`, `refuted` (witness: the point, both values, their difference) or `open`.

    Arguments: `a`, `b`, scalar expressions; `domain`, by default what their symbols assume;
    `points`, random points of the ball test; `seed`, theirs.

    >>> from sympy import Integer, sinc, sin
    >>> x = Symbol("x", real=True)
    >>> finding = same_values(sinc(x), sin(x) / x)
    >>> finding.outcome.value, finding.figures["conditions"]
    ('proven', ['the second has no value at x = 0'])
    >>> same_values(x**2, x).witness["difference"]
    '2.000000000'
    """
    a, b = settled(_with_exact_numbers(a)), settled(_with_exact_numbers(b))
    difference = Add(a, Mul(-1, b))
    domain, sample = sample_for([a, b, difference], domain, points, seed)
    if a == b:
        return Finding(Outcome.PROVEN, "identity", "the two are the same expression")
    comparison = _Comparison(a, b, difference, sample)
    try:
        sample.look_at_switches([a, b])
        found = comparison.definedness()
    except CompileError as error:
        return Finding(Outcome.OPEN, "ball test", str(error))
    except OutOfTime:
        return Finding(Outcome.OPEN, "ball test", "the time was over before a point was decided")
    if found is not None:
        return found
    sample.switches = comparison.kept
    finding = zero_on(difference, domain, sample)
    if finding.outcome is Outcome.REFUTED:
        return comparison.explained(finding)
    if comparison.conditions and finding.outcome.established:
        listed = "; ".join(comparison.conditions)
        return replace(
            finding,
            detail=f"{finding.detail}, wherever both have a value ({listed})",
            figures={**finding.figures, "conditions": comparison.conditions},
        )
    return finding


def _with_exact_numbers(expr: Basic) -> Basic:
    """Floats as the dyadic numbers that they are: SymPy's own arithmetic would round them."""
    floats = {node: exact_float(node) for node in postorder([expr]) if isinstance(node, Float)}
    exact = {f: Rational(q.numerator, q.denominator) for f, q in floats.items() if q is not None}
    return expr.xreplace(exact) if exact else expr


class _Comparison:
    """Two sides on one sample."""

    def __init__(self, a: Basic, b: Basic, difference: Basic, sample: Sample) -> None:
        self._sample = sample
        self._program: BallProgram | None = None
        self._parts = (a, b, difference)
        self.conditions: list[str] = []
        self.kept: list[dict[Basic, Any]] = []

    @property
    def program(self) -> BallProgram:
        """Both sides and their difference on balls."""
        if self._program is None:
            self._program = BallProgram(self._parts, self._sample.variables)
        return self._program

    # ---- where a side has no value --------------------------------------------------------

    def definedness(self) -> Finding | None:
        """A refutation where one side lacks a value on a region; isolated gaps are noted."""
        switches = self._sample.switches
        self.kept = list(switches)
        for point in self._sample.batch(0):
            _, (a, b, _) = self.program.status_at(point, QUICK_BITS)
            if a == b:
                continue
            if self._isolated(point):
                self._note(point, first=a)
                continue
            values, _ = self.program.status_at(point, QUICK_BITS)
            gone = zip(values, (a, b), strict=False)
            texts = [_NO_VALUE if missing else _decimal(v, _DIGITS) for v, missing in gone]
            return Finding(
                Outcome.REFUTED,
                "definedness",
                f"the {'first' if a else 'second'} has no value at the witness, the other has",
                witness=_witness(point, texts[0], texts[1], _NO_VALUE, QUICK_BITS),
            )
        return None

    def _isolated(self, point: Point) -> bool:
        """Whether a small step within the domain reaches a point where both sides have values."""
        domain = self._sample.domain
        free = [v for v in point if _has_neighbours(v, domain)]
        for step in _STEPS:
            beside = dict(point)
            for k, variable in enumerate(free, 1):
                beside[variable] = beside[variable] + type(beside[variable])(step * k)
            if beside == dict(point) or not _inside(beside, domain):
                continue
            _, (a, b, _) = self.program.status_at(beside, QUICK_BITS)
            if not a and not b:
                return True
        return False

    def _note(self, point: Point, first: bool) -> None:
        place = ", ".join(f"{v} = {_exact(x)}" for v, x in point.items())
        said = f"the {'first' if first else 'second'} has no value at {place}"
        if said not in self.conditions and len(self.conditions) < _CONDITIONS:
            self.conditions.append(said)

    # ---- the witness ----------------------------------------------------------------------

    def explained(self, finding: Finding) -> Finding:
        """The refutation with both values, to enough digits to see the difference."""
        found = dict(finding.witness or {})
        everywhere = finding.method == "identity"  # the difference is a number: any point will do
        point = next(
            (
                p
                for number in range(9)
                for p in self._sample.batch(number)
                if everywhere or all(found.get(str(v)) == number_text(x) for v, x in p.items())
            ),
            None,
        )
        if point is None:
            return finding
        return replace(
            finding,
            detail="the two values at the witness differ",
            witness=self._values(point, max(QUICK_BITS, int(found.get("bits", 0)))),
        )

    def _values(self, point: Point, bits: int) -> dict[str, Any]:
        while True:
            a, b, difference = self.program.at(point, bits)
            digits = _digits(a, b, difference)
            if digits is not None or 2 * bits > MAX_BITS // 16:
                break
            bits *= 2
        shown = digits or _DIGITS
        texts = (_decimal(a, shown), _decimal(b, shown), _decimal(difference, _DIGITS))
        return _witness(point, *texts, bits)


def _witness(point: Point, a: str, b: str, difference: str, bits: int) -> dict[str, Any]:
    return {
        "point": {str(v): _exact(x) for v, x in point.items()},
        "first": a,
        "second": b,
        "difference": difference,
        "bits": bits,
    }


def _exact(value: Any) -> str:
    """A coordinate: p/q, or p/q + r/s*I."""
    if not isinstance(value, complex):
        return number_text(value)
    real, imaginary = Fraction(value.real), Fraction(value.imag)
    if not imaginary:
        return str(real)
    turned = f"{abs(imaginary)}*I"
    if not real:
        return turned if imaginary > 0 else f"-{turned}"
    return f"{real} {'+' if imaginary > 0 else '-'} {turned}"


def _decimal(ball: Ball, digits: int) -> str:
    """The digits of a ball that are certain, without its radius."""
    if not ball.is_finite():
        return _TOO_LARGE
    if isinstance(ball, arb):
        return str(ball.str(digits, radius=False))
    real, imaginary = (str(part.str(digits, radius=False)) for part in (ball.real, ball.imag))
    if ball.real.contains(0):
        return f"{imaginary}*I"
    joint = f" - {imaginary[1:]}" if imaginary.startswith("-") else f" + {imaginary}"
    return real if ball.imag.contains(0) else f"{real}{joint}*I"


def _digits(a: Ball, b: Ball, difference: Ball) -> int | None:
    """Digits in which a and b must be shown; None while the balls are too wide for them."""
    if not excludes_zero(difference) or not (a.is_finite() and b.is_finite()):
        return None
    with working_precision(64):
        largest = max(_log10(a), _log10(b), key=float)
        small = _log10(difference)
        digits = min(_MOST_DIGITS, _DIGITS + max(0, int(largest - small)))
    for ball in (a, b, difference):
        bits_known = ball.rel_accuracy_bits() if not ball.is_zero() else MAX_BITS
        wanted = digits if ball is not difference else _DIGITS
        if not ball.is_exact() and not ball.contains(0) and bits_known < 3.33 * wanted:
            return None
    return digits


def _log10(ball: Ball) -> float:
    size = ball.abs_upper() if isinstance(ball, acb) else abs(ball).upper()
    if size.is_zero():
        return -1e9
    logarithm = arb(size).log() / arb(10).log()
    return float(logarithm)


def _has_neighbours(variable: Basic, domain: Domain) -> bool:
    if not isinstance(variable, Symbol) or variable not in domain:
        return True
    interval = domain[variable]
    return interval.plane or not (interval.integer or interval.low == interval.high)


def _inside(point: Point, domain: Domain) -> bool:
    scalars = {s: point[s] for s in domain if s in point}
    if len(scalars) < len(domain):
        return True
    return domain.contains(scalars) is True
