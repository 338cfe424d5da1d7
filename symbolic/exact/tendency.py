"""Does an expression tend to a value?  Exact arguments, then a test along a geometric sequence.

Main definition: `tends_to`.

Implementation notes.  With h the distance from the point (1/|x| at infinity), the claim is
  - proven, when the expression is a quotient of sums of exponential-logarithmic monomials in h and
    the dominant ones decide (`dominance`), or when it is analytic at h = 0 with the right value
    there;
  - refuted, when the distances d_k from the value, enclosed in balls at h = 2^-k for k up to 256
    and rational points of the other symbols, come to rest elsewhere, grow, or oscillate without
    falling;
  - held, when they fall below 2^-16 of the scale and are still falling; open otherwise.
"At rest" is judged by the differences of log d_k: they shrink fast; for slow decay such as
h^(1/1000) or 1/log log(1/h) they do not, and the claim stays open.  SymPy's `limit` is never
consulted here: it is how a conclusion is found, not how it is checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any

import flint
from sympy import Add, Basic, Dummy, Expr, Ne, S, Symbol

from derivax.errors import DerivaxError, DomainError
from derivax.symbolic.exact.ball import enclose
from derivax.symbolic.exact.dag import exact_number
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.dominance import limit_certificate
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.exact.order import sides, towards
from derivax.symbolic.exact.outcome import Finding, Outcome
from derivax.symbolic.exact.precision import working_precision
from derivax.symbolic.exact.regularity import divisors
from derivax.symbolic.exact.series import taylor
from derivax.symbolic.exact.zero import sign_holds, vanishes

__all__ = ["tends_to"]

_EXPONENTS = (8, 16, 32, 64, 128, 256)
_PHASES = (Fraction(1), Fraction(8, 7), Fraction(11, 7))
_BLUR = 2.0**-150
_LADDER = (768, 3072, 12288)
_NEAR = -16.0
_METHOD = "geometric sequence"

Size = flint.arb  # log2 of a distance; -oo for a distance that is zero to many bits


def tends_to(
    expr: Expr,
    variable: Symbol,
    point: Basic,
    value: Basic,
    domain: Domain | None,
    *,
    points: int = 8,
) -> Finding:
    """Whether `expr` tends to `value` as `variable` tends to `point`, from inside the domain.

    Args:
        value: a number, an expression free of the variable, `oo` or `-oo`.
        points: random points of the other symbols (special points come on top).

    Returns:
        PROVEN, HOLDS (with the reached distance as resolution), REFUTED with a witness, or OPEN.
    """
    h = Dummy("h", positive=True)
    symbols = (expr.free_symbols | value.free_symbols | point.free_symbols) - {variable}
    others = sorted((s for s in symbols if isinstance(s, Symbol)), key=str)
    base = (domain if domain is not None else Domain.of(())).extended([*others, variable])
    near = {sign: towards(expr, variable, point, h, sign) for sign in sides(variable, point, base)}
    parameters = base.over(others)
    arguments = {_exact(shifted, h, value, parameters) for shifted in near.values()}
    if "" not in arguments:
        return Finding(Outcome.PROVEN, " and ".join(sorted(arguments)), "for all parameters")
    return _sequences(near, h, variable, point, value, base, others, points)


def _exact(shifted: Expr, h: Symbol, value: Basic, domain: Domain) -> str:
    """The name of an exact argument that settles the limit, or nothing."""
    try:
        if limit_certificate(shifted, h, value, domain):
            return "dominant terms"
    except (DerivaxError, ArithmeticError, RecursionError):
        pass
    if not value.is_finite and value in (S.Infinity, S.NegativeInfinity, S.ComplexInfinity):
        return ""
    try:
        (constant,) = taylor(shifted, h, S.Zero, 0, domain=domain)
        right = vanishes(Add(constant, -value), domain).outcome is Outcome.PROVEN
        if right and all(_nonzero(c, domain) for c in divisors(shifted, h, domain)):
            return "Taylor series"
    except (DerivaxError, ArithmeticError, RecursionError):
        pass
    return ""


def _nonzero(coefficient: Expr, domain: Domain) -> bool:
    relation = Ne(coefficient, 0, evaluate=False)
    return sign_holds(relation, domain).outcome is Outcome.PROVEN


# --- the test along a geometric sequence ---


def _sequences(
    near: Mapping[int, Basic],
    h: Symbol,
    variable: Symbol,
    point: Basic,
    value: Basic,
    base: Domain,
    others: list[Symbol],
    points: int,
) -> Finding:
    try:
        samples = base.rational_points(points) if base.symbols else [{}]
    except DomainError as empty:
        return Finding(Outcome.OPEN, _METHOD, str(empty))
    reached, tested, seen = float("-inf"), 0, set()
    undecided: Finding | None = None
    for sample in samples:
        fixed = {s: sample[s] for s in others}
        for sign, shifted in near.items():
            key = (tuple(fixed.items()), sign)
            if key in seen:
                continue
            seen.add(key)
            steps = [
                k
                for k in _EXPONENTS
                if _inside(base, sample, variable, point, sign, Fraction(1, 2**k), fixed)
            ]
            at = [_steps(k, base[variable].integer) for k in steps]
            sizes = [_distance(shifted, h, value, fixed, places) for places in at]
            if len(steps) < 4 or any(size is None for size in sizes[-4:]):
                continue
            tested += 1
            verdict, last = _judged([s for s in sizes if s is not None])
            if verdict == "falls":
                reached = max(reached, last)
                continue
            if verdict:
                witness: dict[str, Any] = {str(s): str(v) for s, v in fixed.items()}
                witness |= {"log2 of the distance": last, "h": f"2^-{steps[-1]}", "side": sign}
                return Finding(Outcome.REFUTED, _METHOD, f"the distance {verdict}", None, witness)
            detail = f"the distance is still 2^{last:.4g} at h = 2^-{steps[-1]}"
            undecided = Finding(Outcome.OPEN, _METHOD, detail)
    if undecided is not None:
        return undecided
    if not tested:
        why = (
            "the expression could not be enclosed near the point, or no point of the domain is near"
        )
        return Finding(Outcome.OPEN, _METHOD, why)
    resolution = max(2.0 ** max(reached, -1000.0), 1e-300)
    return Finding(Outcome.HOLDS, _METHOD, f"falls along {tested} sequences", resolution)


def _inside(
    base: Domain,
    sample: Mapping[Symbol, Fraction],
    variable: Symbol,
    point: Basic,
    sign: int,
    step: Fraction,
    fixed: Mapping[Symbol, Fraction],
) -> bool:
    """Whether the point at distance `step` may belong to the domain."""
    if point in (S.Infinity, S.NegativeInfinity):
        at: Fraction | None = (1 if point is S.Infinity else -1) / step
    else:
        values = {s: as_expression(v) for s, v in fixed.items() if not isinstance(v, complex)}
        centre = exact_number(point.subs(values))
        at = (
            None if centre is None else Fraction(centre.numerator, centre.denominator) + sign * step
        )
    if at is None:
        return True  # an irrational point: the interval has been looked at already
    if base[variable].integer:
        at = Fraction(round(at))
    return base.contains({**sample, variable: at}) is not False


def _steps(k: int, integer: bool) -> list[Fraction]:
    """Three values of h near 2^-k; for an integer variable three integers 1/h in a row."""
    if integer:
        return [Fraction(1, 2**k + j) for j in range(3)]
    return [phase / 2**k for phase in _PHASES]


def _distance(
    shifted: Basic,
    h: Symbol,
    value: Basic,
    fixed: Mapping[Symbol, Fraction],
    places: list[Fraction],
) -> Size | None:
    """log2 of the largest distance from the value at a few places; None: undecided."""
    found = []
    for place in places:
        size = None
        for bits in _LADDER:
            size = _size(shifted, value, {**fixed, h: place}, bits)
            if size is not None:
                break
        if size is None:
            return None
        found.append(size)
    return max(found, key=lambda size: float(size.mid()))


def _size(shifted: Basic, value: Basic, values: dict[Symbol, Fraction], bits: int) -> Size | None:
    infinite = value in (S.Infinity, S.NegativeInfinity)
    try:
        if infinite:
            ball = flint.acb(enclose(shifted, values, bits))
            unit = flint.arb(1)
        else:
            ball = flint.acb(enclose(Add(shifted, -value), values, bits))
            unit = abs(flint.acb(enclose(value, values, bits)))
    except (DerivaxError, ZeroDivisionError):
        return None
    with working_precision(bits):
        if not ball.is_finite() or not unit.is_finite():
            return None
        if infinite:
            sign = 1 if value is S.Infinity else -1
            real = ball.real * sign
            if not ball.imag.contains(flint.arb(0)) or real.upper() < 4:
                return flint.arb(0)  # at a distance of one: not on the way to infinity
            return -(real.log() / flint.arb(2).log()) if real > 2 else None
        size = abs(ball)
        if size.contains(flint.arb(0)):
            small = size.upper() <= flint.arb(2) ** (-bits // 2)
            return flint.arb(-bits // 2) if small else None
        scale = unit.upper() if unit > 1 else flint.arb(1)
        logarithm = (size / scale).log() / flint.arb(2).log()
        return logarithm if float(logarithm.rad()) < 2.0**-200 else None


def _judged(sizes: list[Size]) -> tuple[str, float]:
    """What the logarithms of the distances do, and the last one.

    Returns "falls", a reason for a refutation, or nothing when it cannot be told.
    """
    last = float(sizes[-1].mid())
    with working_precision(_LADDER[0]):
        steps = [after - before for before, after in pairwise(sizes)]
        before, after = steps[-2], steps[-1]
        slow = abs(after) * 4 > abs(before) + _BLUR or not abs(after) < 0.01
        vanished = last <= -float(_LADDER[0] // 2)
        if last <= _NEAR and (vanished or (after < 0 and slow)):
            return "falls", last
        if not slow:
            return "comes to rest elsewhere", last
        if before >= 0 and after >= 0 and sizes[-1] > sizes[0]:
            return "grows", last
        rising = any(float(step.mid()) > 0.01 for step in steps[-3:])
        if rising and all(float(size.mid()) > -1 for size in sizes[-4:]):
            return "does not fall", last
    return "", last
