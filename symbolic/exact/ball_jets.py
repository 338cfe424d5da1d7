"""Jets of an expression over a ball: enclosures of all Taylor coefficients at all its points.

`BallSeries` repeats the walk of an `ExactSeries` on an interval or disc X around p: its k-th entry
encloses g^(k)(xi)/k! for all xi in X, with g(x) = f(x) / (x - p)**v.  Where f vanishes to order v
at p, the jet of g follows from that of f by dropping v entries: g^(k)/k! is a mean of
f^(k+v)/(k+v)! over X.  That is how removable singularities stay harmless on a ball.

Main definition: `BallSeries`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import reduce
from typing import Any

import sympy as sp
from flint import arb, fmpq
from sympy import Basic, Expr, Symbol

from derivax.symbolic.exact import power_series as ps
from derivax.symbolic.exact.ball import BallProgram
from derivax.symbolic.exact.ball_heads import HEADS
from derivax.symbolic.exact.ball_values import NAN, Ball, Undefined, current_bits, power
from derivax.symbolic.exact.dag import Node
from derivax.symbolic.exact.kernel_conversion import kernel_graph
from derivax.symbolic.exact.laurent import (
    CIRCULAR,
    HYPERBOLIC,
    SLOPES,
    ExactSeries,
    Term,
    TooShort,
)

__all__ = ["BallSeries"]

_MULTIPLIED_POWERS = 12


class _BallField:
    """Coefficients that are balls."""

    zero, one = arb(0), arb(1)

    def add(self, a: Ball, b: Ball) -> Ball:
        return a + b

    def mul(self, a: Ball, b: Ball) -> Ball:
        return a * b

    def scaled(self, a: Ball, c: Fraction) -> Ball:
        return a * fmpq(c.numerator, c.denominator)

    def inverse(self, a: Ball) -> Ball:
        return NAN if a.contains(0) else 1 / a

    def is_zero(self, a: Ball) -> bool:
        return bool(a.is_zero())


class BallSeries:
    """Jets over a ball X of every node, with the orders of vanishing of an `ExactSeries`."""

    def __init__(
        self,
        exact: ExactSeries,
        environment: Mapping[Symbol, Ball],
        centre: Ball,
        ball: Ball,
        length: int,
    ) -> None:
        self._exact, self._length = exact, length
        self._field = _BallField()
        self._values = dict(environment)
        offset = ball - centre
        self._distance = [offset, arb(1), *[arb(0)] * max(0, length - 2)][:length]
        self._at, self._ball = centre, ball
        self._terms: dict[int, Term] = {}
        for slot, node in enumerate(exact.graph.nodes):
            self._terms[slot] = self._jet(slot, node)

    def coefficient(self, k: int) -> Ball:
        """An enclosure of f^(k)(xi)/k! over the ball."""
        jet = self._lifted(self._terms[self._exact.graph.roots[0]], 0)
        if k >= len(jet):
            raise TooShort
        return jet[k]

    # ---- jets ---------------------------------------------------------------------------

    def _jet(self, slot: int, node: Node) -> Term:
        exact = self._exact.terms[slot]
        if slot not in self._exact.varying:
            value = BallProgram(node.expr, self._values).at(self._values, current_bits())
            if not exact.coefficients:
                return Term(0, [arb(0)] * self._length)
            return Term(0, [value, *[arb(0)] * (self._length - 1)])
        if not node.expr.args:  # the variable itself
            jet = [self._ball, arb(1), *[arb(0)] * (self._length - 2)]
            return self._dropped(Term(0, jet), exact.valuation)
        if not exact.coefficients:
            raise TooShort
        args = [self._terms[a] for a in node.args]
        return self._dropped(self._combined(node, args), exact.valuation)

    def _lifted(self, term: Term, valuation: int) -> list[Any]:
        """The jet of f / (x - p)**valuation for a valuation not above the term's own."""
        jet = term.coefficients
        for _ in range(term.valuation - valuation):
            jet = ps.multiply(self._field, jet, self._distance)
        return jet

    def _dropped(self, term: Term, valuation: int) -> Term:
        """Raise the valuation to the order of vanishing known exactly."""
        shift = valuation - term.valuation
        if shift <= 0:
            return term
        if shift >= len(term.coefficients):
            raise TooShort
        return Term(valuation, term.coefficients[shift:])

    def _combined(self, node: Node, args: list[Term]) -> Term:
        expr, field = node.expr, self._field
        if isinstance(expr, sp.Add):
            low = min(a.valuation for a in args)
            total = self._lifted(args[0], low)
            for a in args[1:]:
                total = ps.add(field, total, self._lifted(a, low))
            return Term(low, total)
        if isinstance(expr, sp.Mul):
            product = args[0]
            for factor in args[1:]:
                product = Term(
                    product.valuation + factor.valuation,
                    ps.multiply(field, product.coefficients, factor.coefficients),
                )
            return product
        if isinstance(expr, sp.Pow):
            return self._power(node, args)
        return Term(0, self._function(node, args))

    def _power(self, node: Node, args: list[Term]) -> Term:
        base, exponent = args
        if node.args[1] in self._exact.varying:
            plain = self._lifted(base, 0)
            log = ps.logarithm(self._field, plain, _value(HEADS[sp.log], plain[0]))
            product = ps.multiply(self._field, log, self._lifted(exponent, 0))
            return Term(0, ps.exponential(self._field, product, product[0].exp()))
        r = exponent.coefficients[0]
        valuation = 0
        if base.valuation:
            valuation = int(node.expr.args[1]) * base.valuation
        return Term(valuation, self._raised(base.coefficients, node.expr.args[1], r))

    def _raised(self, jet: list[Any], exponent: Basic, r: Ball) -> list[Any]:
        """jet**r; whole powers by multiplication, since the ball of jet[0] may contain zero."""
        field = self._field
        if not isinstance(exponent, sp.Integer) or abs(int(exponent)) > _MULTIPLIED_POWERS:
            return ps.power(field, jet, r, _value(power, jet[0], r))
        result = [arb(1), *[arb(0)] * (len(jet) - 1)]
        one = result
        for _ in range(abs(int(exponent))):
            result = ps.multiply(field, result, jet)
        return result if exponent >= 0 else ps.divide(field, one, result)

    def _function(self, node: Node, args: list[Term]) -> list[Any]:
        expr, head, field = node.expr, type(node.expr), self._field
        plain = self._lifted(args[-1], 0)
        if head is sp.log:
            return ps.logarithm(field, plain, _value(HEADS[sp.log], plain[0]))
        if head is sp.exp:
            return ps.exponential(field, plain, plain[0].exp())
        if head is sp.Abs or head is sp.sign:
            side = _value(HEADS[sp.sign], plain[0])
            if head is sp.sign:
                return [side, *[arb(0)] * (len(plain) - 1)]
            return [c * side for c in plain]
        if head in CIRCULAR or head in HYPERBOLIC:
            circular = head in CIRCULAR
            names = (sp.sin, sp.cos) if circular else (sp.sinh, sp.cosh)
            at_sine, at_cosine = (_value(HEADS[name], plain[0]) for name in names)
            sign = -1 if circular else 1
            sin, cos = ps.sine_cosine(field, plain, at_sine, at_cosine, sign)
            table = {"s": sin, "c": cos, "1": [arb(1), *[arb(0)] * (len(plain) - 1)]}
            above, below = {**CIRCULAR, **HYPERBOLIC}[head]
            return table[above] if below == "1" else ps.divide(field, table[above], table[below])
        if head in SLOPES:
            variable = sp.Dummy("g")
            slope = self._composed_with(SLOPES[head](variable), variable, plain)
            slope = ps.multiply(field, slope, ps.derivative(field, plain))
            return ps.integral(field, slope, _value(HEADS[head], plain[0]))
        return ps.composed(field, self._outer_jet(expr, plain), plain)

    def _outer_jet(self, expr: Expr, plain: list[Any]) -> list[Any]:
        """f^(k)/k! over the ball of the argument."""
        own = getattr(expr, "_taylor_ball_", None)
        if own is not None:
            return [_value(own, k, plain[0]) for k in range(len(plain))]
        variable = sp.Dummy("g")
        derivative: Expr = expr.func(*expr.args[:-1], variable)
        values = {**self._values, variable: plain[0]}
        outer: list[Any] = []
        for k in range(len(plain)):
            ball = BallProgram(derivative, values).at(values, current_bits())
            outer.append(ball / arb(k).fac())
            derivative = derivative.diff(variable)
        return outer

    def _composed_with(self, body: Expr, variable: Symbol, plain: list[Any]) -> list[Any]:
        """The jet of a small expression in `variable`, free of removable singularities."""
        field = self._field
        jets: dict[int, list[Any]] = {}
        graph = kernel_graph(body)
        rest = [arb(0)] * (len(plain) - 1)
        for slot, node in enumerate(graph.nodes):
            args = [jets[a] for a in node.args]
            if not args:
                if node.expr == variable:
                    jets[slot] = plain
                else:
                    jets[slot] = [BallProgram(node.expr).at((), current_bits()), *rest]
            elif isinstance(node.expr, sp.Add):
                jets[slot] = reduce(lambda a, b: ps.add(field, a, b), args)
            elif isinstance(node.expr, sp.Mul):
                jets[slot] = reduce(lambda a, b: ps.multiply(field, a, b), args)
            elif isinstance(node.expr, sp.Pow):
                jets[slot] = self._raised(args[0], node.expr.args[1], args[1][0])
            else:  # exp, sinc
                jets[slot] = self._function(node, [Term(0, a) for a in args])
        return jets[graph.roots[0]]


def _value(function: Callable[..., Any], *args: Any) -> Any:
    try:
        return function(*args)
    except (Undefined, ValueError, ArithmeticError):
        return NAN
