"""At which order does an error fall?  A test by halving, in balls.

Main definition: `falls_at_order`.

Implementation notes.  The error is enclosed at distance 2^-k from the point for k = 40, 80, 160.
For an error C h^m (1 + O(h)) the slope log2(d_k / d_2k) / k comes out as m to many digits, so that
a lower order is seen even when its coefficient is as small as 2^-100 of the claimed one; logarithms
are seen too.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import flint
from sympy import Basic, Dummy, Expr, S, Symbol

from derivax.errors import DerivaxError
from derivax.symbolic.exact.ball import enclose
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.outcome import Finding, Outcome
from derivax.symbolic.exact.precision import working_precision

__all__ = ["falls_at_order", "towards"]

_EXPONENTS = (40, 80, 160)
_TOLERANCE = 2.0**-8
_METHOD = "halving"


def towards(expr: Basic, variable: Symbol, point: Basic, step: Symbol, sign: int) -> Basic:
    """`expr` at distance `step` from the point (at 1/step, when the point is infinite)."""
    if point is S.Infinity:
        at = 1 / step
    elif point is S.NegativeInfinity:
        at = -1 / step
    else:
        at = point + sign * step
    return expr.subs(variable, at)


def sides(variable: Symbol, point: Basic, domain: Domain | None) -> tuple[int, ...]:
    """The signs of `variable - point` that the domain's interval allows near the point."""
    if not point.is_finite:
        return (1,)
    if domain is None or variable not in domain.symbols:
        return (1, -1)
    interval = domain[variable]
    if interval.low == point:
        return (1,)
    return (-1,) if interval.high == point else (1, -1)


def logarithm_of_size(expr: Basic, values: dict[Symbol, Fraction], bits: int) -> float | None:
    """log2 |expr|; -inf when it is zero to `bits` bits; None when undecided or not finite."""
    try:
        ball = flint.acb(enclose(expr, values, bits))
    except (DerivaxError, ZeroDivisionError):
        return None
    if not ball.is_finite():
        return None
    with working_precision(64):
        size = abs(ball)
        if ball.contains(flint.acb(0)):
            small = size.upper() <= flint.arb(2) ** (-bits // 2)
            return float("-inf") if small else None
        return float((size.log() / flint.arb(2).log()).mid())


def falls_at_order(
    error: Expr,
    variable: Symbol,
    point: Basic,
    order: int,
    domain: Domain | None,
    *,
    points: int = 6,
) -> Finding:
    """Whether `error` is O(h^order) at distance h from `point` (h = 1/|variable| at infinity).

    Returns:
        HOLDS, REFUTED with the slope that was measured, or OPEN.
    """
    step = Dummy("h", positive=True)
    others = sorted((s for s in error.free_symbols - {variable} if isinstance(s, Symbol)), key=str)
    others = sorted({*others, *(s for s in point.free_symbols if isinstance(s, Symbol))}, key=str)
    base = (domain if domain is not None else Domain.of(())).extended(others)
    samples = base.rational_points(points) if others else [{}]
    bits = 4 * _EXPONENTS[-1] * (order + 2)
    tested, least = 0, float("inf")
    for sign in sides(variable, point, domain):
        shifted = towards(error, variable, point, step, sign)
        for sample in samples:
            fixed = {s: sample[s] for s in others}
            sizes = [
                logarithm_of_size(shifted, {**fixed, step: Fraction(1, 2**k)}, bits)
                for k in _EXPONENTS
            ]
            if any(size is None for size in sizes):
                continue
            tested += 1
            far, middle, near = (float(size) for size in sizes if size is not None)
            if near == float("-inf"):
                continue
            slopes = [(far - middle) / _EXPONENTS[0], (middle - near) / _EXPONENTS[1]]
            least = min(least, slopes[1])
            if max(slopes) < order - _TOLERANCE or slopes[1] < order - 0.5:
                witness: dict[str, Any] = {str(s): str(v) for s, v in fixed.items()}
                witness |= {"side": sign, "slope": slopes[1], "claimed order": order}
                detail = f"falls at order {slopes[1]:.3f}, not {order}"
                return Finding(Outcome.REFUTED, _METHOD, detail, None, witness)
            if slopes[1] < order - _TOLERANCE:
                return Finding(Outcome.OPEN, _METHOD, f"slope {slopes[1]:.4f} for order {order}")
    if not tested:
        return Finding(Outcome.OPEN, _METHOD, "the error could not be enclosed near the point")
    seen = "exactly zero" if least == float("inf") else f"slope {least:.3f}"
    return Finding(Outcome.HOLDS, _METHOD, f"{seen} in {tested} sequences", 2.0**-100)
