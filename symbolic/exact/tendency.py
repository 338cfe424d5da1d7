"""Does an expression tend to a value?  A test along a geometric sequence, in balls.

Main definition: `tends_to`.

Implementation notes.  The distance d_k = |f(x_k) - value| is enclosed at x_k = p +- 2^-k (or +-2^k)
for k = 8, 16, ..., 256, at rational points of the other symbols.  The claim holds when the distances fall
below 2^-16 of the scale and keep falling; it is refuted when they have come to rest elsewhere.  SymPy's
`limit` is never consulted here: it is how a conclusion is *found*, not how it is checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import flint
from sympy import Basic, Expr, S, Symbol

from derivax.symbolic.exact.ball import enclose
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.outcome import Finding, Outcome

__all__ = ["tends_to"]

_EXPONENTS = (8, 16, 32, 64, 128, 256)
_RESOLUTION = 2.0**-16


def _approach(point: Basic, sign: int, exponent: int) -> Fraction:
    step = Fraction(1, 2**exponent)
    if point is S.Infinity:
        return 1 / step
    if point is S.NegativeInfinity:
        return -1 / step
    return Fraction(int(point.p), int(point.q)) + sign * step  # type: ignore[attr-defined]


def _distance(expr: Expr, values: Mapping[Symbol, Fraction], limit: Basic) -> float | None:
    """Upper bound of |expr - limit| relative to max(1, |limit|), or None when undecided."""
    for bits in (512, 2048, 8192):
        difference = enclose(expr - limit, values, bits)  # type: ignore[operator]
        scale = enclose(limit, values, bits)
        size, unit = abs(flint.acb(difference)), abs(flint.acb(scale))
        if size.is_finite() and float(size.rad()) <= 2.0**-40:
            return float(size.upper()) / max(1.0, float(unit.upper()))
    return None


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

    Returns:
        HOLDS (with the reached distance as resolution), REFUTED with a witness, or OPEN.
    """
    others = sorted((expr.free_symbols | value.free_symbols) - {variable}, key=str)
    base = domain if domain is not None else Domain.of(())
    base = base.extended([s for s in others if isinstance(s, Symbol)])
    samples = base.rational_points(points) if others else [{}]
    signs = (1, -1) if point.is_finite else (1,)
    reached, tested = 0.0, 0
    for sample in samples:
        fixed = {s: sample[s] for s in others if s in sample}
        for sign in signs:
            distances = []
            for exponent in _EXPONENTS:
                at = {**fixed, variable: _approach(point, sign, exponent)}
                if (
                    variable in base.symbols
                    and base.contains({**sample, variable: at[variable]}) is False
                ):
                    continue
                distance = _distance(expr, at, value)
                if distance is not None:
                    distances.append(distance)
            if len(distances) < 3:
                continue
            tested += 1
            if distances[-1] <= _RESOLUTION and distances[-1] <= distances[0]:
                reached = max(reached, distances[-1])
            elif distances[-1] > 0.9 * distances[-2]:
                witness = {str(s): str(v) for s, v in fixed.items()} | {
                    "distance": distances[-1],
                    "at": f"2^-{_EXPONENTS[-1]} from {point}",
                }
                return Finding(
                    Outcome.REFUTED, "geometric sequence", "comes to rest elsewhere", None, witness
                )
            else:
                return Finding(
                    Outcome.OPEN,
                    "geometric sequence",
                    f"distance {distances[-1]:.2g} still falling",
                )
    if not tested:
        return Finding(
            Outcome.OPEN, "geometric sequence", "no point of the domain approaches the limit"
        )
    return Finding(
        Outcome.HOLDS, "geometric sequence", f"{tested} sequences", max(reached, 2.0**-256, 1e-300)
    )
