"""From a SymPy expression to a quotient of polynomials in kernels, one walk over its graph.

Main definitions: `Conversion`, `kernel_graph`.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy as sp
from flint import fmpz
from sympy import Basic

from derivax.symbolic.exact.ball_heads import binds
from derivax.symbolic.exact.dag import Graph, Node, exact_float
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.kernel_algebra import KernelAlgebra
from derivax.symbolic.exact.kernel_cylinder import CYLINDER_RULES
from derivax.symbolic.exact.kernel_functions import ELEMENTARY_RULES
from derivax.symbolic.exact.kernel_gamma import GAMMA_RULES
from derivax.symbolic.exact.kernel_hypergeometric import hypergeometric
from derivax.symbolic.exact.kernel_polynomials import POLYNOMIAL_RULES
from derivax.symbolic.exact.kernel_ring import Kernel, KernelRing, Quotient, RefusesForm
from derivax.symbolic.exact.variables import is_jet, stand_in

__all__ = ["Conversion", "kernel_graph"]

RULES = {
    **ELEMENTARY_RULES,
    **GAMMA_RULES,
    **CYLINDER_RULES,
    **POLYNOMIAL_RULES,
}
"""SymPy head -> function of a `KernelAlgebra` and the arguments (None: does not apply)."""

_READABLE = (sp.gamma, sp.factorial, sp.beta, sp.erfc)
_PLAIN = {
    **{k: v for k, v in ELEMENTARY_RULES.items() if k not in (sp.sinc, sp.Max, sp.Min)},
    **{head: GAMMA_RULES[head] for head in _READABLE},
}

_POSITIVE_CONSTANTS = (sp.S.Pi, sp.S.EulerGamma, sp.S.Catalan)


def kernel_graph(expr: Basic) -> Graph:
    """The graph of `expr`, not entered where arguments are not plain expressions."""

    def leaf(node: Basic) -> bool:
        if is_jet(node) or (binds(node) and not hasattr(node, "_as_kernels_")):
            return True
        return not all(isinstance(a, sp.Expr) for a in node.args)

    return Graph([expr], leaf)


class Conversion(KernelAlgebra):
    """One pass over a graph: every node as a quotient, with a fixed table of roots."""

    def __init__(
        self,
        ring: KernelRing,
        graph: Graph,
        domain: Domain | None,
        roots: dict[str, int],
        *,
        plain_angles: bool = False,
    ) -> None:
        super().__init__(ring, roots, plain_angles=plain_angles)
        self._graph, self._domain = graph, domain
        self.implicit: list[tuple[Kernel, Any]] = []
        self._value: dict[int, Quotient] = {}
        if domain is not None:
            self._read_domain(domain)

    def _read_domain(self, domain: Domain) -> None:
        """What the intervals and relations of the domain say about signs."""
        symbols = {n.expr for n in self._graph.nodes if isinstance(n.expr, sp.Symbol)}
        known = [s for s in domain if s in symbols and not domain[s].plane]
        facts: list[tuple[Basic, bool]] = []
        for s in known:
            interval = domain[s]
            if not interval.low.is_infinite and interval.low != 0:
                facts.append((s - interval.low, interval.low_open))
            if not interval.high.is_infinite and interval.high != 0:
                facts.append((interval.high - s, interval.high_open))
        for relation in domain.where:
            sides = relation.args
            if len(sides) == 2 and set(relation.free_symbols) <= set(known):
                strict = isinstance(relation, (sp.StrictGreaterThan, sp.StrictLessThan))
                if isinstance(relation, (sp.StrictGreaterThan, sp.GreaterThan)):
                    facts.append((sides[0] - sides[1], strict))
                elif isinstance(relation, (sp.StrictLessThan, sp.LessThan)):
                    facts.append((sides[1] - sides[0], strict))
        for difference, strict in facts:
            try:
                self.signs.learn(self.of(difference), strict)
            except RefusesForm:
                continue

    # ---- walking ------------------------------------------------------------------------

    def of(self, expr: Basic) -> Quotient:
        """The quotient of an expression (entered into the graph if it is new)."""
        root = self._graph.add(expr)
        stack = [root]
        while stack:
            slot = stack[-1]
            node = self._graph.nodes[slot]
            missing = [a for a in node.args if a not in self._value]
            if missing:
                stack.extend(missing)
                continue
            stack.pop()
            if slot not in self._value:
                self._value[slot] = self._node(slot, node)
        return self._value[root]

    def _node(self, slot: int, node: Node) -> Quotient:
        expr, ring = node.expr, self.ring
        args = [self._value[a] for a in node.args]
        if isinstance(expr, sp.Rational):
            return ring.number(fmpz(int(expr.p)), fmpz(int(expr.q)))
        if isinstance(expr, sp.Float):
            exact = exact_float(expr)
            if exact is None:
                raise RefusesForm("an infinite or undefined number")
            return ring.number(fmpz(exact.numerator), fmpz(exact.denominator))
        if not expr.args or not node.args:
            return self._leaf(slot, expr)
        if isinstance(expr, sp.Add):
            total = args[0]
            for a in args[1:]:
                total = ring.add(total, a)
            return total
        if isinstance(expr, sp.Mul):
            product = args[0]
            for a in args[1:]:
                product = ring.mul(product, a)
            return product
        if isinstance(expr, sp.Pow):
            return self.raised(args[0], args[1])
        rewrite = getattr(expr, "_as_kernels_", None)
        if rewrite is not None:
            rewritten = rewrite()
            if rewritten is not expr and type(rewritten) is not type(expr):
                return self.of(rewritten)
        rule = (_PLAIN if self.plain_angles else RULES).get(type(expr))
        if rule is not None:
            answer = rule(self, *args)
            if answer is not None:
                return answer
        return self.opaque(expr, args)

    def _leaf(self, slot: int, expr: Basic) -> Quotient:
        ring = self.ring
        if expr is sp.I:
            return self.unity(Fraction(1, 2))
        if expr is sp.E:
            return self.exp_term(Fraction(1), ring.one)
        if expr in _POSITIVE_CONSTANTS if not expr.args else False:
            return self.constant(expr)
        if expr is sp.S.GoldenRatio:
            return self.of((1 + sp.sqrt(5)) / 2)
        if isinstance(expr, sp.Symbol):
            facts = self._symbol_facts(expr)
            return ring.of(ring.kernel(f"sym:{slot}", str(expr), "symbol", meaning=expr, **facts))
        if not isinstance(expr, sp.Expr) or not expr.args:
            raise RefusesForm(f"{type(expr).__name__} is not a kernel")
        if isinstance(expr, sp.hyper) and not self.plain_angles:
            value = self._series(expr)
            if value is not None:
                return value
        if is_jet(expr):
            variable = stand_in(expr)
            facts = _assumed(variable)
            return ring.of(ring.kernel(f"leaf:{slot}", _short(expr), "jet", meaning=expr, **facts))
        facts = _assumed(expr) if hasattr(expr, "body_at") else {}
        kernel = ring.kernel(f"leaf:{slot}", _short(expr), "opaque", meaning=expr, **facts)
        if hasattr(expr, "body_at") and all(kernel is not k for k, _ in self.implicit):
            self.implicit.append((kernel, expr))
        return ring.of(kernel)

    def _series(self, expr: sp.hyper) -> Quotient | None:
        """A hypergeometric function whose arguments stand in tuples."""
        upper, lower, argument = expr.args
        if not lower and not upper:
            return self.exponential(self.of(argument))
        if not lower and len(upper) == 1:
            return self.of((1 - argument) ** (-upper[0]))
        if len(lower) != 1 or len(upper) > 2:
            return None
        return hypergeometric(
            self, [self.of(a) for a in upper], self.of(lower[0]), self.of(argument)
        )

    def _symbol_facts(self, symbol: sp.Symbol) -> dict[str, bool]:
        facts = _assumed(symbol)
        if self._domain is not None and symbol in self._domain:
            interval = self._domain[symbol]
            facts["real"] |= not interval.plane
            facts["positive"] |= interval.is_positive
            facts["nonnegative"] |= interval.is_nonnegative
        return facts


def _short(expr: Basic) -> str:
    text = str(expr)
    return text if len(text) <= 160 else text[:159] + "…"


def _assumed(expr: Basic) -> dict[str, bool]:
    names = ("real", "positive", "nonnegative")
    return {name: bool(getattr(expr, f"is_{name}")) for name in names}
