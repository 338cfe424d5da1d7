"""Does an inequality hold for all values of its symbols?

In this order: assumptions of the symbols, relations of the domain and signs of the factors of the
normal form (proofs), interval arithmetic with subdivision over a bounded box (a proof, or a box
whose midpoint refutes), and sampling (which refutes with a witness, or says on how many points it
survived).

Main definition: `sign_holds`.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import sympy as sp
from flint import acb, arb, fmpq
from sympy import Add, Basic, Mul, Symbol
from sympy.core.relational import Relational

from derivax.errors import CompileError, InputError
from derivax.symbolic.exact.ball import BallProgram, to_ball
from derivax.symbolic.exact.conditions import decide
from derivax.symbolic.exact.crossing import zero_crossing
from derivax.symbolic.exact.dag import differentiated, postorder
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.index_functions import with_families
from derivax.symbolic.exact.normal_form import RefusesForm, known_sign
from derivax.symbolic.exact.outcome import Finding, Outcome, weakest
from derivax.symbolic.exact.precision import QUICK_BITS, ZERO_TEST_BITS, working_precision
from derivax.symbolic.exact.probing import point_text, sample_for, settled, value_text
from derivax.symbolic.exact.variables import free_variables

__all__ = ["sign_holds"]

_BOX_BITS = 96
_BOXES = 2000
_BOX_DIMENSIONS = 4
_POINTS = 200
_ASSUMPTION_NODES = 200
_UNDECIDED_LIMIT = Fraction(1, 100)
_SMOOTH = {
    *(sp.Add, sp.Mul, sp.Pow, sp.exp, sp.log, sp.sin, sp.cos, sp.tan, sp.sinh, sp.cosh, sp.tanh),
    *(sp.atan, sp.asinh, sp.erf, sp.erfc, sp.gamma),
}

# head -> (holds when lhs - rhs is certainly > 0, ... = 0, ... < 0)
_TRUTH: dict[type, tuple[bool, bool, bool]] = {
    sp.StrictGreaterThan: (True, False, False),
    sp.GreaterThan: (True, True, False),
    sp.Unequality: (True, False, True),
    sp.LessThan: (False, True, True),
    sp.StrictLessThan: (False, False, True),
}


def sign_holds(relation: Any, domain: Domain | None = None) -> Finding:
    """Whether lhs < rhs (or <=, >, >=, !=, or a conjunction of them) holds on all of `domain`.

    Returns `proven` (by assumptions, by a relation of the domain, or by interval arithmetic on
    boxes that cover it), `refuted` with a witness, `holds` after sampling (figures: number of
    points, and the fraction of the sampled distribution that could violate it unseen, at 95 %
    confidence), or `open`.  A point where the expression is not real refutes; points where it is
    certainly undefined are left out.

    >>> x = Symbol("x", real=True)
    >>> sign_holds(x * (1 - x) < sp.Rational(26, 100), Domain.of([x], {x: (0, 1)})).outcome.value
    'proven'
    >>> sign_holds(sp.exp(x) > 1 + x, Domain.of([x])).witness["x"]
    '0'
    """
    if relation is sp.true or relation is True:
        return Finding(Outcome.PROVEN, "assumptions", "true by the assumptions of its symbols")
    if relation is sp.false or relation is False:
        return Finding(
            Outcome.REFUTED, "assumptions", "false by the assumptions of its symbols", witness={}
        )
    if isinstance(relation, sp.And):
        findings = [sign_holds(part, domain) for part in relation.args]
        outcome = weakest(f.outcome for f in findings)
        return next(f for f in findings if f.outcome is outcome)
    if not isinstance(relation, Relational) or type(relation) not in _TRUTH:
        raise InputError(f"{relation}", "not an inequality", "use <, <=, >, >= or Ne")
    lhs, rhs = (settled(side) for side in relation.args[:2])
    difference = Add(lhs, Mul(-1, rhs))
    truth = _TRUTH[type(relation)]
    variables = free_variables([difference])
    symbols = [v for v in variables if isinstance(v, Symbol)]
    domain = Domain.of(symbols) if domain is None else domain.extended(symbols)
    finding = (
        _by_assumptions(difference, truth)
        or _by_given_relation(difference, truth, domain)
        or _by_kernels(difference, truth, domain)
    )
    if finding is not None:
        return finding
    shown, *conditions = with_families([difference, *domain.where])
    if shown != difference:
        if conditions != list(domain.where):
            detail = "a condition speaks of an unknown function of a summation index"
            return Finding(Outcome.OPEN, "sampling", detail)
        difference, symbols = shown, []  # tested at points
    try:
        if len(symbols) == len(variables):
            finding = _by_boxes(difference, truth, domain, symbols)
        finding = finding or _by_sampling(difference, truth, domain)
        if truth == (True, False, True) and finding.outcome is Outcome.HOLDS:
            # points never hit a zero: look for a change of sign between them
            return zero_crossing(difference, domain) or finding
        return finding
    except CompileError as error:
        return Finding(Outcome.OPEN, "sampling", str(error))


# ---- proofs without arithmetic ------------------------------------------------------------------


def _by_assumptions(difference: Basic, truth: tuple[bool, bool, bool]) -> Finding | None:
    for size, _ in enumerate(postorder([difference])):
        if size > _ASSUMPTION_NODES:
            return None
    positive, zero, negative = truth
    known = (
        (positive and difference.is_positive)
        or (positive and zero and difference.is_nonnegative)
        or (negative and difference.is_negative)
        or (negative and zero and difference.is_nonpositive)
        or (positive and negative and difference.is_zero is False and difference.is_real)
    )
    if known:
        return Finding(Outcome.PROVEN, "assumptions", "follows from the assumptions of the symbols")
    return None


def _by_given_relation(
    difference: Basic, truth: tuple[bool, bool, bool], domain: Domain
) -> Finding | None:
    """The relation is one of the domain's own, up to a positive factor."""
    for given in domain.where:
        if not isinstance(given, Relational) or type(given) not in _TRUTH:
            continue
        known = Add(given.args[0], Mul(-1, given.args[1]))
        quotient = sp.cancel(difference / known)
        sign = 1 if quotient.is_positive else -1 if quotient.is_negative else 0
        if not sign:
            continue
        says = _TRUTH[type(given)][::sign]
        if all(wanted or not possible for wanted, possible in zip(truth, says, strict=True)):
            return Finding(Outcome.PROVEN, "domain", f"follows from {given}")
    return None


def _by_kernels(
    difference: Basic, truth: tuple[bool, bool, bool], domain: Domain
) -> Finding | None:
    """Factors of the normal form that are sums of positive terms, or multiples of given ones."""
    try:
        sign, strict = known_sign(difference, domain)
    except RefusesForm:
        return None
    if not sign:
        return None
    possible = (sign > 0, not strict, sign < 0)
    if all(wanted or not can for wanted, can in zip(truth, possible, strict=True)):
        return Finding(Outcome.PROVEN, "positive terms", "every factor has a known sign")
    return None


# ---- interval arithmetic ------------------------------------------------------------------------

_Box = tuple[tuple[Fraction, Fraction], ...]


def _by_boxes(
    difference: Basic,
    truth: tuple[bool, bool, bool],
    domain: Domain,
    symbols: Sequence[Symbol],
) -> Finding | None:
    """Best effort: cover a bounded box by boxes on which the sign is certain."""
    if not symbols or len(symbols) > _BOX_DIMENSIONS:
        return None
    if any(
        domain[s].plane or domain[s].low.is_infinite or domain[s].high.is_infinite for s in symbols
    ):
        return None
    relations = [r for r in domain.where if set(free_variables([r])) <= set(symbols)]
    program = BallProgram([difference, *relations], symbols)
    gradient = _gradient(difference, symbols)
    whole: _Box = tuple(
        (Fraction(int(domain[s].low.p), int(domain[s].low.q)), _top(domain[s].high))
        for s in symbols
    )
    boxes: list[tuple[float, int, _Box]] = [(0.0, 0, whole)]
    for count in range(1, _BOXES):
        if not boxes:
            detail = f"interval arithmetic on {count} boxes"
            return Finding(Outcome.PROVEN, "subdivision", detail, figures={"boxes": count})
        _, _, box = heapq.heappop(boxes)
        hulls = [_hull(low, high) for low, high in box]
        ball, *conditions = program.at(hulls, _BOX_BITS)
        if any(condition is False for condition in conditions) or _certain(ball, truth) is True:
            continue
        if gradient is not None and _certain(_mean_value(program, gradient, box, hulls), truth):
            continue
        middle: dict[Basic, Any] = {
            s: (low + high) / 2 for s, (low, high) in zip(symbols, box, strict=True)
        }
        refutation = _violation(program, truth, domain, middle)
        if refutation is not None:
            return refutation
        widths = [high - low for low, high in box]
        scales = [max(Fraction(1), abs(low), abs(high)) for low, high in box]
        axis = max(range(len(box)), key=lambda k: float(widths[k] / scales[k]))
        low, high = box[axis]
        if low == high:
            return None
        for part in ((low, (low + high) / 2), ((low + high) / 2, high)):
            child = box[:axis] + (part,) + box[axis + 1 :]
            heapq.heappush(
                boxes, (-float(max(b - a for a, b in child)), 2 * count + (part[0] != low), child)
            )
    return None


def _gradient(difference: Basic, symbols: Sequence[Symbol]) -> BallProgram | None:
    """The partial derivatives, if every head of the expression is continuously differentiable."""
    for size, node in enumerate(postorder([difference])):
        if size > _ASSUMPTION_NODES or (node.args and type(node) not in _SMOOTH):
            return None
    try:
        return BallProgram([differentiated(difference, s) for s in symbols], symbols)
    except CompileError:
        return None


def _mean_value(
    program: BallProgram, gradient: BallProgram, box: _Box, hulls: Sequence[arb]
) -> arb | None:
    """f(m) + sum f_i(X) (X_i - m_i), which contains f(X): tight where f varies slowly."""
    middle = [(low + high) / 2 for low, high in box]
    with working_precision(_BOX_BITS):
        total = program.at(middle, _BOX_BITS)[0]
        for slope, hull, m in zip(gradient.at(hulls, _BOX_BITS), hulls, middle, strict=True):
            if not isinstance(slope, arb) or not slope.is_finite():
                return None
            total = total + slope * (hull - to_ball(m))
    return total if isinstance(total, arb) else None


def _top(high: sp.Rational) -> Fraction:
    return Fraction(int(high.p), int(high.q))


def _hull(low: Fraction, high: Fraction) -> arb:
    ends = [arb(fmpq(x.numerator, x.denominator)) for x in (low, high)]
    return ends[0].union(ends[1])


def _certain(ball: Any, truth: tuple[bool, bool, bool]) -> bool | None:
    """True / False if the ball decides the relation, None if not."""
    if not isinstance(ball, arb) or not ball.is_finite():
        return None
    possible = [bool(ball.upper() > 0), bool(ball.contains(0)), bool(ball.lower() < 0)]
    answers = {wanted for wanted, can in zip(truth, possible, strict=True) if can}
    return answers.pop() if len(answers) == 1 else None


def _violation(
    program: BallProgram,
    truth: tuple[bool, bool, bool],
    domain: Domain,
    point: Mapping[Basic, Any],
) -> Finding | None:
    inside = all(domain[s].contains(v) for s, v in point.items())
    inside = inside and all(
        decide(r, point) is True for r in domain.where if set(free_variables([r])) <= set(point)
    )
    if not inside:
        return None
    ball = program.at(point, QUICK_BITS)[0]
    if _certain(ball, truth) is False:
        return _refuted(point, ball, QUICK_BITS)
    return None


# ---- sampling -------------------------------------------------------------------------------


def _by_sampling(difference: Basic, truth: tuple[bool, bool, bool], domain: Domain) -> Finding:
    domain, sample = sample_for([difference], domain, _POINTS, 0)
    program = BallProgram(difference, sample.variables)
    counted = undecided = undefined = 0
    for point in sample.batch(0):
        answer, ball, bits = _decided(program, point, truth)
        if answer is False:
            return _refuted(point, ball, bits)
        if answer is True:
            counted += 1
        elif bits == 0:
            undefined += 1
        else:
            undecided += 1
    figures = {"points": counted, "undecided": undecided, "undefined": undefined}
    if not counted or undecided > _UNDECIDED_LIMIT * (counted + undecided):
        detail = f"{counted} points agree, {undecided} undecided, {undefined} undefined"
        return Finding(Outcome.OPEN, "sampling", detail, figures=figures)
    return Finding(
        Outcome.HOLDS,
        "sampling",
        f"true at {counted} points",
        figures={**figures, "unseen_fraction_95": min(1.0, 3.0 / counted)},
    )


def _decided(
    program: BallProgram, point: Mapping[Basic, Any], truth: tuple[bool, bool, bool]
) -> tuple[bool | None, Any, int]:
    """(answer, ball, bits); bits = 0 if the expression is certainly undefined here."""
    ball: Any = None
    for bits in (QUICK_BITS, ZERO_TEST_BITS):
        balls, undefined = program.status_at(point, bits)
        ball = balls[0]
        if undefined[0]:
            return None, ball, 0
        answer = _certain(ball, truth)
        if answer is not None:
            return answer, ball, bits
        if isinstance(ball, acb) and ball.is_finite() and not ball.imag.contains(0):
            return False, ball, bits
    if truth[1] and isinstance(ball, arb) and ball.is_finite() and ball.rad() < arb(2) ** -1024:
        return True, ball, ZERO_TEST_BITS  # zero to a thousand bits, where equality is allowed
    return None, ball, ZERO_TEST_BITS


def _refuted(point: Mapping[Any, Any], ball: Any, bits: int) -> Finding:
    witness = {**point_text(point), "value": value_text(ball), "bits": bits}
    return Finding(
        Outcome.REFUTED, "sign", "lhs - rhs has the wrong sign at the witness", witness=witness
    )
