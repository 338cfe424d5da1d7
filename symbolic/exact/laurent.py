"""Truncated Laurent series of an expression at a point, with exact coefficients.

`ExactSeries` finds, for every node, the order of vanishing v and the coefficients of
f(x) / (x - p)**v.

Main definitions: `ExactSeries`, `Term`, `NotAnalytic`, `TooShort`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import sympy as sp
from flint import fmpq
from sympy import Basic, Expr, Symbol

from derivax.errors import DerivaxError
from derivax.symbolic.exact import power_series as ps
from derivax.symbolic.exact.ball import BallProgram
from derivax.symbolic.exact.dag import Graph, Node
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.kernel_algebra import NeedsRoots
from derivax.symbolic.exact.kernel_conversion import Conversion, kernel_graph
from derivax.symbolic.exact.kernel_expressions import expression_of
from derivax.symbolic.exact.kernel_functions import cosine, hyperbolic, sine
from derivax.symbolic.exact.kernel_ring import KernelRing, Quotient, TooManyKernels
from derivax.symbolic.exact.probing import excludes_zero, sample_for

__all__ = ["CIRCULAR", "HYPERBOLIC", "SLOPES", "ExactSeries", "NotAnalytic", "Term", "TooShort"]

_CAPACITIES = (12, 32, 64)
_SECONDS = 20.0
_POINTS = 6

# f' as an expression in the argument g: f(g)' = slope(g) g'
SLOPES: dict[type, Callable[[Expr], Expr]] = {
    sp.atan: lambda g: 1 / (1 + g**2),
    sp.acot: lambda g: -1 / (1 + g**2),
    sp.asin: lambda g: 1 / sp.sqrt(1 - g**2),
    sp.acos: lambda g: -1 / sp.sqrt(1 - g**2),
    sp.asinh: lambda g: 1 / sp.sqrt(1 + g**2),
    sp.acosh: lambda g: 1 / (sp.sqrt(g - 1) * sp.sqrt(g + 1)),
    sp.atanh: lambda g: 1 / (1 - g**2),
    sp.erf: lambda g: 2 / sp.sqrt(sp.pi) * sp.exp(-(g**2)),
    sp.erfc: lambda g: -2 / sp.sqrt(sp.pi) * sp.exp(-(g**2)),
    sp.erfi: lambda g: 2 / sp.sqrt(sp.pi) * sp.exp(g**2),
}
# entire functions, expanded by their own derivatives in the last argument
_ENTIRE = (sp.besselj, sp.besseli, sp.airyai, sp.airybi, sp.airyaiprime, sp.airybiprime)
_POSITIVE_ONLY = (sp.gamma, sp.loggamma, sp.polygamma, sp.digamma, sp.LambertW)


class NotAnalytic(Exception):
    """Where and why the expression is not analytic at the point."""


class TooShort(Exception):
    """Cancellation used up the working length."""


class _QuotientField:
    """Coefficients in a `KernelRing`."""

    def __init__(self, ring: KernelRing) -> None:
        self._ring = ring
        self.zero, self.one = ring.zero, ring.one
        self.add, self.mul, self.inverse = ring.add, ring.mul, ring.inverse

    def scaled(self, a: Quotient, c: Fraction) -> Quotient:
        return self._ring.scaled(a, fmpq(c.numerator, c.denominator))

    def is_zero(self, a: Quotient) -> bool:
        return a.is_zero


class Term:
    """coefficients[k] (x - p)**(valuation + k), to `len(coefficients)` terms."""

    __slots__ = ("coefficients", "valuation")

    def __init__(self, valuation: int, coefficients: list[Any]) -> None:
        self.valuation, self.coefficients = valuation, coefficients

    @property
    def precision(self) -> int:
        """The first unknown power."""
        return self.valuation + len(self.coefficients)

    def plain(self, zero: Any) -> list[Any]:
        """The coefficients from (x - p)**0 on."""
        return [zero] * self.valuation + self.coefficients


class ExactSeries:
    """The expansion of every node of an expression, with exact coefficients."""

    def __init__(
        self, expr: Basic, x: Symbol, point: Basic, length: int, domain: Domain | None
    ) -> None:
        self.x, self.point, self.length = x, point, length
        self.graph: Graph = kernel_graph(expr)
        self._domain = domain
        roots: dict[str, int] = {}
        capacity, deadline = 0, time.monotonic() + _SECONDS
        while True:
            self.ring = KernelRing(_CAPACITIES[capacity], deadline)
            self.conversion = Conversion(
                self.ring, kernel_graph(expr), domain, roots, plain_angles=True
            )
            self.field = _QuotientField(self.ring)
            try:
                self.terms = self._walk()
                break
            except NeedsRoots:
                continue
            except TooManyKernels:
                capacity += 1
                if capacity == len(_CAPACITIES):
                    raise NotAnalytic("the coefficients contain too many constants") from None

    @property
    def root(self) -> Term:
        """The expansion of the whole expression."""
        return self.terms[self.graph.roots[0]]

    def demand(self, count: int) -> None:
        """Check that coefficients 0 .. count-1 are known and that there is no pole."""
        if self.root.coefficients and self.root.valuation < 0:
            raise NotAnalytic(f"a pole of order {-self.root.valuation}")
        if self.root.precision < count:
            raise TooShort

    def coefficient(self, k: int) -> Expr:
        """The coefficient of (x - point)**k."""
        k -= self.root.valuation
        if k < 0:
            return sp.S.Zero
        return expression_of(self.ring, self.root.coefficients[k])

    # ---- walking ------------------------------------------------------------------------

    def _walk(self) -> dict[int, Term]:
        terms: dict[int, Term] = {}
        self.varying: set[int] = set()
        for slot, node in enumerate(self.graph.nodes):
            if node.expr == self.x if not node.expr.args else False:
                self.varying.add(slot)
                start = self.conversion.of(self.point)
                terms[slot] = self._trimmed(
                    0, [start, self.ring.one, *self._zeros(self.length - 2)]
                )
            elif any(a in self.varying for a in node.args):
                self.varying.add(slot)
                terms[slot] = self._node(node, terms)
            elif node.expr.args and not node.args and self.x in node.expr.free_symbols:
                raise NotAnalytic(f"no expansion of {type(node.expr).__name__} is known")
            else:
                terms[slot] = self._constant(node, terms)
        return terms

    def _zeros(self, count: int) -> list[Quotient]:
        return [self.ring.zero] * max(0, count)

    def _constant(self, node: Node, terms: Mapping[int, Term]) -> Term:
        value = self.conversion.of(node.expr)
        return self._trimmed(0, [value, *self._zeros(self.length - 1)])

    def _trimmed(self, valuation: int, coefficients: list[Quotient]) -> Term:
        """Without leading zeros."""
        for k, c in enumerate(coefficients):
            if not c.is_zero:
                return Term(valuation + k, coefficients[k:])
        return Term(valuation + len(coefficients), [])

    def _node(self, node: Node, terms: Mapping[int, Term]) -> Term:
        expr = node.expr
        args = [terms[a] for a in node.args]
        if isinstance(expr, sp.Add):
            return self._sum(args)
        if isinstance(expr, sp.Mul):
            product = args[0]
            for factor in args[1:]:
                product = Term(
                    product.valuation + factor.valuation,
                    ps.multiply(self.field, product.coefficients, factor.coefficients),
                )
            return product
        if isinstance(expr, sp.Pow):
            return self._power(node, args)
        return self._function(node, args)

    def _sum(self, args: list[Term]) -> Term:
        low, end = min(a.valuation for a in args), min(a.precision for a in args)
        total = self._zeros(end - low)
        for a in args:
            shift = a.valuation - low
            for k, c in enumerate(a.coefficients[: max(0, end - a.valuation)]):
                total[k + shift] = self.ring.add(total[k + shift], c)
        return self._trimmed(low, total) if end > low else Term(end, [])

    def _power(self, node: Node, args: list[Term]) -> Term:
        base, exponent = args
        if node.args[1] in self.varying:
            log = self._logarithm(base)
            plain = ps.multiply(self.field, self._plain(log), self._plain(exponent))
            return self._trimmed(0, self._exponential(plain))
        r = self.conversion.of(node.expr.args[1])
        constant = r.constant()
        if not base.coefficients:
            raise TooShort
        lead = base.coefficients[0]
        self._demand_nonzero(lead)
        integral = constant is not None and constant.q == 1
        if not integral and base.valuation:
            raise NotAnalytic("a branch point of a power")
        if not integral:
            self._demand_off_the_cut(base)
        valuation = int(constant.p) * base.valuation if integral and constant is not None else 0
        at = self.conversion.raised(lead, r)
        return Term(valuation, ps.power(self.field, base.coefficients, r, at))

    def _plain(self, term: Term) -> list[Quotient]:
        """Coefficients from (x - p)**0 on; refuses a pole."""
        if term.coefficients and term.valuation < 0:
            raise NotAnalytic("a function of an infinite argument")
        plain = term.plain(self.ring.zero)
        if not plain:
            raise TooShort
        return plain

    def _exponential(self, plain: list[Quotient]) -> list[Quotient]:
        return ps.exponential(self.field, plain, self.conversion.exponential(plain[0]))

    def _logarithm(self, term: Term) -> Term:
        if not term.coefficients:
            raise TooShort
        if term.valuation:
            raise NotAnalytic("a logarithm of zero")
        self._demand_nonzero(term.coefficients[0])
        self._demand_off_the_cut(term)
        at = self.conversion.logarithm(term.coefficients[0])
        return self._trimmed(0, ps.logarithm(self.field, term.coefficients, at))

    def _demand_nonzero(self, lead: Quotient) -> None:
        """Refuse to divide by a coefficient that may be a hidden zero."""
        if lead.constant() is not None or self.conversion.signs.of(lead):
            return
        expr = expression_of(self.ring, lead)
        try:
            _, sample = sample_for([expr], self._domain, _POINTS, 0)
            program = BallProgram(expr, sample.variables)
            for p in sample.batch(0):
                if excludes_zero(program.at(p, 256)):
                    return
        except DerivaxError as error:
            raise NotAnalytic(str(error)) from None
        raise NotAnalytic("it cannot be shown that a leading coefficient does not vanish")

    def _demand_off_the_cut(self, term: Term) -> None:
        """log and powers of a complex series jump where the value is negative."""
        signs = self.conversion.signs
        negative = signs.weak(term.coefficients[0]) < 0
        if negative and not all(signs.is_real(c) for c in term.coefficients):
            raise NotAnalytic("the branch cut of a logarithm or power")

    def _function(self, node: Node, args: list[Term]) -> Term:
        expr, head, conversion = node.expr, type(node.expr), self.conversion
        if head is sp.log and len(args) == 1:
            return self._logarithm(args[0])
        if head in (sp.Abs, sp.sign):
            return self._signed(head, args[0])
        plain = self._plain(args[-1])
        at = plain[0]
        if any(a in self.varying for a in node.args[:-1]):
            raise NotAnalytic(f"{head.__name__} depends on {self.x} through its parameter")
        if head is sp.exp:
            return self._trimmed(0, self._exponential(plain))
        if head in CIRCULAR or head in HYPERBOLIC:
            return self._ratio(head, *self._sine_cosine(plain, head in HYPERBOLIC))
        rewritten = getattr(expr, "_as_kernels_", None)
        if head in SLOPES:
            variable = sp.Dummy("g")
            slope = self._of_argument(SLOPES[head](variable), variable, plain)
            slope = ps.multiply(self.field, slope, ps.derivative(self.field, plain))
            value = conversion.opaque(head(variable), [at]) if not at.is_zero else None
            constant = conversion.of(head(sp.S.Zero)) if value is None else value
            return self._trimmed(0, ps.integral(self.field, slope, constant))
        own = getattr(expr, "_taylor_", None)
        if rewritten or own or head in _ENTIRE or head in _POSITIVE_ONLY:
            if head in _POSITIVE_ONLY and conversion.signs.of(at) <= 0:
                raise NotAnalytic(f"{head.__name__} is expanded at positive arguments only")
            return self._trimmed(0, self._by_derivatives(expr, plain))
        raise NotAnalytic(f"no expansion of {head.__name__} is known")

    def _signed(self, head: type, term: Term) -> Term:
        if not term.coefficients or term.valuation:
            raise NotAnalytic("a kink of the absolute value")
        sign = self.conversion.signs.of(term.coefficients[0])
        if not sign or not all(self.conversion.signs.is_real(c) for c in term.coefficients):
            raise NotAnalytic("the sign under an absolute value is unknown")
        if head is sp.sign:
            return Term(0, [self.ring.number(sign), *self._zeros(self.length - 1)])
        return Term(0, [self.ring.scaled(c, fmpq(sign)) for c in term.coefficients])

    def _sine_cosine(
        self, plain: list[Quotient], of_exponentials: bool
    ) -> tuple[list[Quotient], list[Quotient]]:
        if of_exponentials:
            cosh, sinh = hyperbolic(self.conversion, plain[0])
            return ps.sine_cosine(self.field, plain, sinh, cosh, sign=1)
        sin, cos = sine(self.conversion, plain[0]), cosine(self.conversion, plain[0])
        return ps.sine_cosine(self.field, plain, sin, cos)

    def _ratio(self, head: type, sin: list[Quotient], cos: list[Quotient]) -> Term:
        s, c = self._trimmed(0, sin), self._trimmed(0, cos)
        one = Term(0, [self.ring.one, *self._zeros(self.length - 1)])
        above, below = {"s": s, "c": c, "1": one}, {**CIRCULAR, **HYPERBOLIC}[head]
        if below[1] == "1":
            return above[below[0]]
        return self._quotient(above[below[0]], above[below[1]])

    def _quotient(self, a: Term, b: Term) -> Term:
        if not b.coefficients:
            raise TooShort
        self._demand_nonzero(b.coefficients[0])
        return Term(
            a.valuation - b.valuation, ps.divide(self.field, a.coefficients, b.coefficients)
        )

    def _of_argument(self, body: Expr, variable: Symbol, plain: list[Quotient]) -> list[Quotient]:
        """The coefficients of body(variable = the series), by a walk of its own."""
        inner = ExactSeries.__new__(ExactSeries)
        inner.x, inner.point, inner.length = variable, sp.S.Zero, len(plain)
        inner.graph, inner._domain = kernel_graph(body), self._domain
        inner.ring, inner.conversion, inner.field = self.ring, self.conversion, self.field
        inner.varying = set()
        terms: dict[int, Term] = {}
        for slot, node in enumerate(inner.graph.nodes):
            if node.expr == variable if not node.expr.args else False:
                inner.varying.add(slot)
                terms[slot] = inner._trimmed(0, plain)
            elif any(a in inner.varying for a in node.args):
                inner.varying.add(slot)
                terms[slot] = inner._node(node, terms)
            else:
                terms[slot] = inner._constant(node, terms)
        return inner._plain(terms[inner.graph.roots[0]])

    def _by_derivatives(self, expr: Expr, plain: list[Quotient]) -> list[Quotient]:
        """sum f^(k)(u_0) (u - u_0)**k / k!, by the node's own coefficients or derivatives."""
        at = expression_of(self.ring, plain[0])
        own = getattr(expr, "_taylor_", None)
        if own is not None and at.is_zero:
            outer = [self.conversion.of(own(k, at)) for k in range(len(plain))]
            return ps.composed(self.field, outer, plain)
        variable = sp.Dummy("g")
        derivative: Expr = expr.func(*expr.args[:-1], variable)
        outer = []
        for k in range(len(plain)):
            value = self.conversion.of(derivative.subs(variable, at))
            outer.append(self.field.scaled(value, Fraction(1, int(sp.factorial(k)))))
            derivative = derivative.diff(variable)
        return ps.composed(self.field, outer, plain)


CIRCULAR = {
    sp.sin: ("s", "1"),
    sp.cos: ("c", "1"),
    sp.tan: ("s", "c"),
    sp.cot: ("c", "s"),
    sp.sec: ("1", "c"),
    sp.csc: ("1", "s"),
}
HYPERBOLIC = {
    sp.sinh: ("s", "1"),
    sp.cosh: ("c", "1"),
    sp.tanh: ("s", "c"),
    sp.coth: ("c", "s"),
    sp.sech: ("1", "c"),
    sp.csch: ("1", "s"),
}
