"""Exact Taylor coefficients, and rigorous bounds of what the Taylor polynomial leaves out.

The expression is walked once with truncated Laurent series whose coefficients are exact rational
functions of the other symbols (and of constants such as exp(a)).  Removable singularities,
(e^x - 1)/x at 0, are no obstacle; poles, branch points and kinks are refused.

Main definitions: `taylor`, `remainder_bound`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp
from flint import acb, arb
from sympy import Basic, Expr, Symbol

from derivax.errors import DomainError, InputError
from derivax.symbolic.exact.ball import BallProgram, to_ball
from derivax.symbolic.exact.ball_jets import BallSeries
from derivax.symbolic.exact.ball_values import Ball
from derivax.symbolic.exact.dag import symbols_of
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.exact.kernel_ring import RefusesForm
from derivax.symbolic.exact.laurent import ExactSeries, NotAnalytic, TooShort
from derivax.symbolic.exact.precision import working_precision

__all__ = ["remainder_bound", "taylor"]

_ORDER_LIMIT = 400
_EXTRA_TERMS = (2, 8, 24, 64)
_LOOKAHEAD = 12
"""Terms beyond the polynomial that a remainder bound may take exactly."""


def taylor(
    expr: Any, x: Symbol, point: Any = 0, order: int = 6, *, domain: Domain | None = None
) -> tuple[Expr, ...]:
    r"""The Taylor coefficients c_0, ..., c_order of `expr` in `x` at `point`.

        expr = \sum_{k=0}^{order} c_k (x - point)^k + O((x - point)^{order+1})

    Arguments: `point`, an expression free of `x`; `domain`, what is known about the other symbols
    (it decides signs, for |a + x| say).  The coefficients hold for generic values of the other
    symbols (where no denominator vanishes).

    >>> x, a = sp.symbols("x a")
    >>> taylor((sp.exp(x) - 1) / x, x, 0, 3)
    (1, 1/2, 1/6, 1/24)
    >>> taylor(1 / (a - x), x, 0, 2)
    (1/a, a**(-2), a**(-3))

    Raises `DomainError` where the expression is not analytic at the point (pole, branch point,
    kink), or cannot be shown to be; `InputError` for an order outside 0..400.
    """
    if isinstance(order, bool) or not isinstance(order, int) or not 0 <= order <= _ORDER_LIMIT:
        raise InputError(f"order {order!r}", f"an integer from 0 to {_ORDER_LIMIT}")
    expr, point = _checked(expr, x, point)
    series = _expanded(expr, x, point, order, domain)
    return tuple(series.coefficient(k) for k in range(order + 1))


def _checked(expr: Any, x: Any, point: Any) -> tuple[Basic, Basic]:
    if not isinstance(x, Symbol):
        raise InputError(f"{x!r}", "the expansion variable is a symbol")
    expr, point = as_expression(expr), as_expression(point)
    if not isinstance(expr, Expr) or isinstance(expr, sp.MatrixExpr):
        raise InputError(f"{type(expr).__name__}", "only scalar expressions have a Taylor series")
    if x in symbols_of([point]):
        raise InputError(f"point {point}", f"contains the expansion variable {x}")
    if point in (sp.oo, -sp.oo, sp.zoo, sp.nan):
        raise InputError(f"point {point}", "not finite", "substitute 1/x first")
    return expr, point


def _expanded(
    expr: Basic, x: Symbol, point: Basic, order: int, domain: Domain | None
) -> ExactSeries:
    name = str(expr) if len(str(type(expr))) and not expr.args else type(expr).__name__
    for extra in _EXTRA_TERMS:
        try:
            series = ExactSeries(expr, x, point, order + 1 + extra, domain)
            series.demand(order + 1)
            return series
        except TooShort:
            continue
        except NotAnalytic as why:
            raise DomainError(f"expansion of {name} at {x} = {point}", str(why)) from None
        except RefusesForm as why:
            raise DomainError(f"expansion of {name} at {x} = {point}", str(why)) from None
    raise DomainError(
        f"expansion of {name} at {x} = {point}",
        "a denominator vanishes to a high order (or identically)",
    )


def remainder_bound(
    expr: Any,
    x: Symbol,
    point: Any,
    order: int,
    radius: Any,
    values: Mapping[Symbol, Any] | None = None,
    *,
    disc: bool = False,
    bits: int = 128,
) -> arb:
    r"""An upper bound of |expr - Taylor polynomial of degree `order`| for |x - point| <= radius.

        |R| \le radius^{order+1} \sup |f^{(order+1)}| / (order+1)!

    The supremum is enclosed by Taylor arithmetic on the ball |x - point| <= radius: a real
    interval, or with `disc` the complex disc (a square around it).  Balls of that width are coarse,
    so further terms c_k radius**k are also taken exactly and the smallest of the bounds is
    returned.  `values` gives the other symbols numbers (or balls, for a bound over ranges).
    Returns an exact `arb`; infinite if the enclosure is not finite (the radius reaches a
    singularity, or is too large for the arithmetic).

    >>> from fractions import Fraction
    >>> x = sp.Symbol("x")
    >>> float(remainder_bound(sp.sin(x), x, 0, 4, Fraction(1, 10))) < 1.1e-5 / 120
    True
    """
    expr, point = _checked(expr, x, point)
    values = dict(values or {})
    parameters = [s for s in symbols_of([expr, point]) if s != x]
    missing = [str(s) for s in parameters if s not in values]
    if missing:
        raise InputError(f"values {values}", f"no value for {', '.join(missing)}")
    exact = _expanded(expr, x, point, order + _LOOKAHEAD, None)
    with working_precision(bits):
        environment = {s: to_ball(values[s]) for s in parameters}
        centre = BallProgram(point, parameters).at(environment, bits)
        r = _positive(radius, bits)
        width = arb(0, r)
        ball: Ball = centre + (acb(width, width) if disc else width)
        reach = r * arb(2).sqrt() if disc else r
        best, kept = arb("inf"), arb(0)
        jet = _jet(exact, environment, centre, ball, order + _LOOKAHEAD + 2)
        if jet is None:
            return best
        for k in range(order + 1, order + _LOOKAHEAD + 2):
            tail = jet.coefficient(k).abs_upper() * reach**k
            total = (kept + tail).upper()
            if total.is_finite() and not total >= best:
                best = total
            if k <= order + _LOOKAHEAD:
                term = BallProgram(exact.coefficient(k), parameters).at(environment, bits)
                kept = kept + term.abs_upper() * reach**k
        return best


def _jet(
    exact: ExactSeries, environment: dict[Any, Ball], centre: Ball, ball: Ball, length: int
) -> BallSeries | None:
    for extra in _EXTRA_TERMS:
        try:
            jet = BallSeries(exact, environment, centre, ball, length + extra)
            jet.coefficient(length - 1)
            return jet
        except TooShort:
            continue
    return None


def _positive(radius: Any, bits: int) -> arb:
    ball = BallProgram(radius).at((), bits) if isinstance(radius, Basic) else to_ball(radius)
    if not isinstance(ball, arb):
        raise InputError(f"radius {radius}", "not a real number")
    return abs(ball).upper()
