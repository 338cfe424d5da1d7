"""Enclosures of nodes with bound variables: finite sums and products, definite integrals, Subs,
unevaluated derivatives, and nodes that bring their own `_ball_`.

Main definition: `binder`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp
from flint import acb, arb
from sympy import Basic
from sympy.core.function import Derivative

from derivax.errors import CompileError
from derivax.symbolic.exact.ball_values import (
    NAN,
    Ball,
    analytic_region,
    as_complex,
    is_nan,
    simplest,
    whole_number,
)

__all__ = ["TERM_LIMIT", "binder"]

TERM_LIMIT = 200_000
"""Longest sum or product that is evaluated term by term."""


def binder(expr: Basic) -> Callable[..., Any] | None:
    """A function of the environment that encloses `expr`; None for an unknown head."""
    own = getattr(expr, "_ball_", None)
    if own is not None:
        return lambda environment: own(environment.evaluate)
    if isinstance(expr, (sp.Sum, sp.Product)):
        return _finite(expr)
    if isinstance(expr, sp.Integral):
        return _integral(expr)
    if isinstance(expr, sp.Subs):
        body, symbols, values = expr.args

        def substituted(environment: Any) -> Ball:
            bound = {s: environment.evaluate(v) for s, v in zip(symbols, values, strict=True)}
            return environment.evaluate(body, bound)

        return substituted
    if isinstance(expr, Derivative):
        evaluated = expr.doit()
        if isinstance(evaluated, Derivative):
            return None
        return lambda environment: environment.evaluate(evaluated)
    return None


def _limits(expr: Any, what: str) -> list[tuple[Basic, Basic, Basic]]:
    limits = []
    for limit in expr.args[1:]:
        if len(limit.args) != 3:
            raise CompileError(str(limit), f"{what} without both limits has no value")
        if any(bound in (sp.oo, -sp.oo) for bound in limit.args[1:] if not bound.args):
            raise CompileError(f"{what} over {limit}", "infinite ranges have no enclosure here")
        limits.append(limit.args)
    return limits


def _integer(ball: Any) -> int | None:
    if isinstance(ball, arb) and ball.is_integer():
        return whole_number(ball)
    return None


def _finite(expr: sp.Sum | sp.Product) -> Callable[..., Ball]:
    is_sum = isinstance(expr, sp.Sum)
    body = expr.args[0]
    limits = _limits(expr, "a sum" if is_sum else "a product")

    def total(environment: Any, level: int, bound: dict[Basic, Ball]) -> Ball:
        if level < 0:
            return environment.evaluate(body, bound)
        symbol, first, last = limits[level]
        low = _integer(environment.evaluate(first, bound))
        high = _integer(environment.evaluate(last, bound))
        if low is None or high is None or abs(high - low) > TERM_LIMIT:
            return NAN
        reverse = high < low - 1  # Karr's convention, which SymPy follows
        if reverse:
            low, high = high + 1, low - 1
        result: Ball = arb(0 if is_sum else 1)
        for k in range(low, high + 1):
            term = total(environment, level - 1, {**bound, symbol: arb(k)})
            result = result + term if is_sum else result * term
            if is_nan(result):
                return NAN
        if reverse:
            return -result if is_sum else 1 / result
        return result

    return lambda environment: total(environment, len(limits) - 1, {})


def _integral(expr: sp.Integral) -> Callable[..., Ball]:
    body = expr.args[0]
    limits = _limits(expr, "an integral")

    def integrate(environment: Any, level: int, bound: dict[Basic, Ball]) -> Ball:
        if level < 0:
            return environment.evaluate(body, bound)
        symbol, first, last = limits[level]
        low, high = environment.evaluate(first, bound), environment.evaluate(last, bound)

        def integrand(z: acb, analytic: bool) -> acb:
            with analytic_region(analytic):
                return as_complex(integrate(environment, level - 1, {**bound, symbol: z}))

        value = simplest(acb.integral(integrand, as_complex(low), as_complex(high)))
        if isinstance(value, acb) and isinstance(low, arb) and isinstance(high, arb):
            # real where the integrand is certainly real on the whole segment
            on_segment = integrate(environment, level - 1, {**bound, symbol: low.union(high)})
            if isinstance(on_segment, arb) and not is_nan(on_segment):
                return value.real
        return value

    return lambda environment: integrate(environment, len(limits) - 1, {})
