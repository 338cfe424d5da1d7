"""Rewrite an expression as a quotient of polynomials in kernels, by identities that always hold.

exp(sum c_i m_i) becomes a product of powers of exp(m_i / L): the exponent is expanded into
monomials m_i over Q, so exp(x + y), exp(x) exp(y) and exp(2x) = exp(x)**2 share kernels.
Trigonometric functions become exp(I x), powers with symbolic exponents exp(e log b), inverse
functions logarithms.

Logarithms and roots are split only where principal values allow it: log(p z) = log p + log z and
(p z)**r = p**r z**r need p > 0, which must follow from the assumptions of the symbols or from the
domain.  So sqrt(x**2) is x for positive x, and its own kernel (with square x**2) for real x.

Main definition: `Conversion`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import floor, lcm
from typing import Any

import sympy as sp
from flint import fmpq, fmpq_mpoly, fmpz, fmpz_poly
from sympy import Basic

from derivax.symbolic.exact.ball_heads import binds
from derivax.symbolic.exact.dag import Graph, Node, exact_float
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.kernel_ring import (
    Kernel,
    KernelRing,
    Quotient,
    RefusesForm,
    as_fraction,
)
from derivax.symbolic.exact.kernel_signs import Signs
from derivax.symbolic.exact.variables import is_jet, stand_in

__all__ = ["Conversion", "NeedsRoots", "kernel_graph"]

_EXPONENT_LIMIT = 2000
_FACTOR_TERMS = 80
_FACTOR_DEGREE = 60
_PRIME_BITS = 80
_SHIFT_LIMIT = 20
_ORDER_LIMIT = 48


class NeedsRoots(Exception):
    """A finer root of a kernel is needed than this pass assumed; the table now says so."""


def kernel_graph(expr: Basic) -> Graph:
    """The graph of `expr`, not entered where arguments are not plain expressions."""

    def leaf(node: Basic) -> bool:
        if is_jet(node) or (binds(node) and not hasattr(node, "_as_kernels_")):
            return True
        return not all(isinstance(a, sp.Expr) for a in node.args)

    return Graph([expr], leaf)


class Conversion:
    """One pass over the graph with a fixed table of roots, {identity: L} for base**(1/L).

    `plain_angles` keeps sin a and cos a as kernels, with sin(a)**2 = 1 - cos(a)**2, instead of
    writing them as exponentials: less is recognised, but results look as one would write them.
    """

    def __init__(
        self,
        ring: KernelRing,
        graph: Graph,
        domain: Domain | None,
        roots: dict[str, int],
        *,
        plain_angles: bool = False,
    ) -> None:
        self.ring, self._graph, self._domain, self._roots = ring, graph, domain, roots
        self._plain_angles = plain_angles
        self.implicit: list[tuple[Kernel, Any]] = []
        self._value: dict[int, Quotient] = {}
        self.signs = Signs(ring)
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
        rule = _RULES.get(type(expr))
        if rule is not None:
            answer = rule(self, *args)
            if answer is not None:
                return answer
        return self._opaque(expr, args)

    def _leaf(self, slot: int, expr: Basic) -> Quotient:
        ring = self.ring
        if expr is sp.I:
            return self.unity(Fraction(1, 2))
        if expr is sp.E:
            return self._exp_term(Fraction(1), ring.one)
        if expr in _POSITIVE_CONSTANTS if not expr.args else False:
            return ring.of(
                ring.kernel(
                    f"const:{expr}", str(expr), "number", real=True, positive=True, meaning=expr
                )
            )
        if expr is sp.S.GoldenRatio:
            return self.of((1 + sp.sqrt(5)) / 2)
        if isinstance(expr, sp.Symbol):
            facts = self._symbol_facts(expr)
            return ring.of(ring.kernel(f"sym:{slot}", str(expr), "symbol", meaning=expr, **facts))
        if not isinstance(expr, sp.Expr) or not expr.args:
            raise RefusesForm(f"{type(expr).__name__} is not a kernel")
        if is_jet(expr):
            variable = stand_in(expr)
            facts = _assumed(variable)
            return ring.of(ring.kernel(f"leaf:{slot}", _short(expr), "jet", meaning=expr, **facts))
        facts = _assumed(expr) if hasattr(expr, "body_at") else {}
        kernel = ring.kernel(f"leaf:{slot}", _short(expr), "opaque", meaning=expr, **facts)
        if hasattr(expr, "body_at") and all(kernel is not k for k, _ in self.implicit):
            self.implicit.append((kernel, expr))
        return ring.of(kernel)

    def _symbol_facts(self, symbol: sp.Symbol) -> dict[str, bool]:
        facts = _assumed(symbol)
        if self._domain is not None and symbol in self._domain:
            interval = self._domain[symbol]
            facts["real"] |= not interval.plane
            facts["positive"] |= interval.is_positive
            facts["nonnegative"] |= interval.is_nonnegative
        return facts

    def _opaque(self, expr: Basic, args: Sequence[Quotient]) -> Quotient:
        """An unknown function of canonical arguments, odd ones with a canonical sign."""
        ring, head = self.ring, type(expr)
        args = [ring.rationalised(a) for a in args]
        sign = 1
        if head in _ODD and args[0].num.leading_coefficient() < 0:
            args, sign = [ring.scaled(args[0], fmpq(-1))], -1
        real = head in _REAL and all(self.signs.is_real(a) for a in args)
        positive = real and head in _POSITIVE_OF_POSITIVE and self.signs.of(args[-1]) > 0
        identity = f"{head.__module__}.{head.__qualname__}:" + ",".join(
            ring.identity_of(a) for a in args
        )
        text = f"{head.__name__}({', '.join(ring.text_of(a) for a in args)})"
        kernel = ring.kernel(
            identity,
            text,
            "function",
            real=real,
            positive=positive,
            depends=self._dependence(*args),
            meaning=(head, tuple(args)),
        )
        return ring.scaled(ring.of(kernel), fmpq(sign))

    def _dependence(self, *args: Quotient) -> frozenset[int]:
        direct = self.ring.used(*[p for a in args for p in (a.num, a.den)])
        return frozenset(k.index for k in direct).union(*(k.depends for k in direct))

    # ---- roots of unity, roots, powers ------------------------------------------------------

    def _fineness(self, identity: str, denominator: int, least: int = 1) -> int:
        """L for which the kernel base**(1/L) is used in this pass."""
        have = self._roots.setdefault(identity, lcm(least, denominator))
        if have % denominator:
            self._roots[identity] = lcm(have, denominator)
            raise NeedsRoots
        return have

    def unity(self, r: Fraction) -> Quotient:
        """exp(I pi r): by square roots for multiples of pi/12, else as a power of exp(I pi / L),
        whose relation is its cyclotomic polynomial."""
        if r.denominator in (3, 4, 6, 12):
            angle = sp.pi * sp.Rational(r.numerator, r.denominator)
            cosine, sine = self.of(sp.cos(angle)), self.of(sp.sin(angle))
            return self.ring.add(cosine, self.ring.mul(self.unity(Fraction(1, 2)), sine))
        order = self._fineness("unity", r.denominator, least=2)
        if order > _ORDER_LIMIT:
            raise RefusesForm(f"roots of unity of order {2 * order}")
        cyclotomic = [int(c) for c in fmpz_poly.cyclotomic(2 * order).coeffs()]
        text = "I" if order == 2 else f"exp(I*pi/{order})"
        kernel = self.ring.kernel(
            f"unity:{order}",
            text,
            "unity",
            degree=len(cyclotomic) - 1,
            minimal=tuple(cyclotomic[:-1]),
            meaning=order,
        )
        return self.ring.power(self.ring.of(kernel), int(r * order) % (2 * order))

    def root(self, base: Quotient, r: Fraction, *, real: bool, positive: bool) -> Quotient:
        """The principal value base**r as an integer power of base times a root below 1."""
        ring = self.ring
        whole = floor(r)
        result = ring.power(base, whole)
        if r == whole:
            return result
        identity = "root:" + ring.identity_of(base)
        order = self._fineness(identity, r.denominator)
        text = ring.text_of(base)
        kernel = ring.kernel(
            f"{identity}:{order}",
            f"sqrt({text})" if order == 2 else f"({text})**(1/{order})",
            "root",
            real=real,
            positive=positive,
            nonnegative=real,  # a real root here is one of a nonnegative base
            degree=order,
            numerator=base.num,
            denominator=base.den,
            depends=self._dependence(base),
            meaning=(base, order),
        )
        return ring.mul(result, ring.power(ring.of(kernel), int((r - whole) * order)))

    def raised(self, base: Quotient, exponent: Quotient) -> Quotient:
        """base**exponent: a power, a root, or exp(exponent * log(base))."""
        constant = exponent.constant()
        if constant is None:
            if base.is_zero:
                raise RefusesForm("zero to a symbolic power")
            return self.exponential(self.ring.mul(exponent, self.logarithm(base)))
        r = as_fraction(constant)
        if r.denominator == 1:
            return self.ring.power(base, r.numerator)
        return self.rational_power(base, r)

    def rational_power(self, base: Quotient, r: Fraction) -> Quotient:
        """The principal value of base**r, positive factors split off."""
        if r.denominator == 1:
            return self.ring.power(base, r.numerator)
        if base.is_zero:
            if r < 0:
                raise RefusesForm("zero to a negative power")
            return self.ring.zero
        result = self.ring.one
        primes, positive, rest = self._decomposed(base)
        for prime, e in primes:
            number = self.ring.number(prime)
            result = self.ring.mul(result, self.root(number, e * r, real=True, positive=True))
        for factor, e, strict in positive:
            result = self.ring.mul(result, self._positive_power(factor, e * r, strict))
        constant = rest.constant()
        if constant is None:
            return self.ring.mul(result, self.root(rest, r, real=False, positive=False))
        return result if constant == 1 else self.ring.mul(result, self.unity(r))

    def _positive_power(self, factor: fmpq_mpoly, r: Fraction, strict: bool) -> Quotient:
        kernel = self._single(factor)
        if kernel is not None and kernel.kind == "exp":
            term, order = kernel.meaning
            return self.exponential(self.ring.scaled(term, _fmpq(r / order)))
        if kernel is not None and kernel.kind == "root":
            base, order = kernel.meaning
            return self.root(base, r / order, real=True, positive=True)
        base = Quotient(factor, self.ring.one_poly)
        return self.root(base, r, real=True, positive=strict)

    def _single(self, factor: fmpq_mpoly) -> Kernel | None:
        """The kernel that a polynomial is, if it is one to the first power."""
        if len(factor) != 1 or factor.total_degree() != 1 or factor.leading_coefficient() != 1:
            return None
        return self.ring.used(factor)[0]

    def _decomposed(
        self, base: Quotient
    ) -> tuple[list[tuple[fmpz, int]], list[tuple[fmpq_mpoly, int, bool]], Quotient]:
        """base = product of primes**e * product of positive polynomials**e * rest.

        The flag of a positive factor is False if it is only nonnegative (the square of a real
        polynomial of unknown sign, for one).  rest is 1, -1 or has unknown sign.
        """
        ring = self.ring
        base = ring.rationalised(base)
        constant, sign = fmpq(1), 1
        positive: list[tuple[fmpq_mpoly, int, bool]] = []
        rest = ring.one
        for poly, direction in ((base.num, 1), (base.den, -1)):
            content, factors = self._factored(poly)
            constant = constant * content if direction > 0 else constant / content
            for factor, multiplicity in factors:
                e = direction * multiplicity
                strict = self.signs.of_poly(factor)
                known = strict or self.signs.weak_of_poly(factor)
                if known:
                    positive.append((factor if known > 0 else -factor, e, bool(strict)))
                    sign *= known if e % 2 else 1
                    continue
                if self.signs.is_real_poly(factor):
                    if e // 2:
                        positive.append((factor * factor, e // 2, False))
                    e %= 2
                rest = ring.mul(rest, ring.power(Quotient(factor, ring.one_poly), e))
        if constant < 0:
            constant, sign = -constant, -sign
        primes = _prime_powers(constant.p, 1) + _prime_powers(constant.q, -1)
        return primes, positive, rest if sign > 0 else ring.scaled(rest, fmpq(-1))

    def sign_of(self, a: Quotient) -> tuple[int, bool]:
        """(sign, strict): +1 for >= 0, -1 for <= 0, 0 if unknown; strict if zero is excluded.

        Judged factor by factor, so u0*s - u0**2 is positive where 0 < u0 < s.
        """
        sign, strict = 1, True
        for poly in (a.num, a.den):
            if poly.is_zero():
                return 0, False
            content, factors = self._factored(poly)
            sign *= 1 if content > 0 else -1
            for factor, multiplicity in factors:
                known = self.signs.of_poly(factor)
                if not known:
                    strict = False
                    known = self.signs.weak_of_poly(factor)
                if not known and multiplicity % 2 == 0 and self.signs.is_real_poly(factor):
                    known = 1
                if not known:
                    return 0, False
                sign *= known**multiplicity
        return sign, strict

    def _factored(self, poly: fmpq_mpoly) -> tuple[fmpq, list[tuple[fmpq_mpoly, int]]]:
        if poly.is_constant():
            return poly.leading_coefficient(), []
        if len(poly) <= _FACTOR_TERMS and poly.total_degree() <= _FACTOR_DEGREE:
            content, factors = poly.factor()
            return content, [(f, int(e)) for f, e in factors]
        lead = poly.leading_coefficient()
        return lead, [(poly / lead, 1)]

    # ---- exponentials and logarithms --------------------------------------------------------

    def exponential(self, a: Quotient) -> Quotient:
        """exp(a), with a expanded into monomials over Q."""
        ring = self.ring
        a = ring.rationalised(a)
        whole, proper = (a.num, None) if a.is_polynomial else divmod(a.num, a.den)
        if len(a.num) > 200:
            raise RefusesForm("an exponent with too many terms")
        result = ring.one
        for part, den in ((whole, ring.one_poly), (proper, a.den)):
            if part is None:
                continue
            for monomial, c in part.to_dict().items():
                term = Quotient(ring.polynomial({monomial: fmpq(1)}), ring.one_poly)
                if not den.is_one():
                    term = ring.quotient(term.num, den)
                result = ring.mul(result, self._exp_term(as_fraction(c), term))
        return result

    def _exp_term(self, c: Fraction, term: Quotient) -> Quotient:
        """exp(c * term) for a monomial, or a monomial over a denominator."""
        ring = self.ring
        special = self._special_exp(c, term) if term.is_polynomial else None
        if special is not None:
            return special
        identity = "exp:" + ring.identity_of(term)
        order = self._fineness(identity, c.denominator)
        if abs(c * order) > _EXPONENT_LIMIT:
            raise RefusesForm(f"a coefficient {c} in an exponent is too large")
        real = self.signs.is_real(term)
        shown = ring.scaled(term, fmpq(1, order))
        new = ring.find(f"{identity}:{order}") is None
        kernel = ring.kernel(
            f"{identity}:{order}",
            f"exp({ring.text_of(shown)})",
            "exp",
            real=real,
            positive=real,
            depends=self._dependence(term),
            meaning=(term, order),
        )
        if new and real:  # exp(a) - 1 has the sign of a
            strict = self.signs.of(term)
            sign = strict or self.signs.weak(term)
            if sign:
                above = self.linear((sign, ring.of(kernel)), (-sign, ring.one))
                self.signs.learn(above, bool(strict))
        return ring.power(ring.of(kernel), int(c * order))

    def _special_exp(self, c: Fraction, term: Quotient) -> Quotient | None:
        """exp(c log b) = b**c, exp(c W(y)) = (y/W)**c, exp(c I pi) = a root of unity."""
        degrees = [(self.ring.kernels[i], d) for i, d in enumerate(term.num.degrees()) if d > 0]
        if len(degrees) == 1 and degrees[0][1] == 1:
            kernel = degrees[0][0]
            if kernel.kind == "log":
                return self.rational_power(kernel.meaning, c)
            if kernel.kind == "function" and kernel.meaning[0] is sp.LambertW:
                if c.denominator == 1 and len(kernel.meaning[1]) == 1:
                    ratio = self.ring.mul(
                        kernel.meaning[1][0], self.ring.inverse(self.ring.of(kernel))
                    )
                    return self.ring.power(ratio, c.numerator)
        if len(degrees) == 2:
            by_kind = {k.kind: (k, d) for k, d in degrees}
            pi = self.ring.find("const:pi")
            if "unity" in by_kind and pi is not None and (pi, 1) in degrees:
                unity, power = by_kind["unity"]
                if 2 * power == unity.meaning:
                    return self.unity(c)
        return None

    def logarithm(self, b: Quotient) -> Quotient:
        """The principal value of log(b), positive factors split off."""
        ring = self.ring
        if b.is_zero:
            raise RefusesForm("the logarithm of zero")
        primes, positive, rest = self._decomposed(b)
        total = ring.zero
        for prime, e in primes:
            number = ring.number(prime)
            kernel = self._log_kernel(number, real=True, positive=True)
            total = ring.add(total, ring.scaled(kernel, fmpq(e)))
        for factor, e, _ in positive:
            total = ring.add(total, ring.scaled(self._positive_log(factor), fmpq(e)))
        constant = rest.constant()
        if constant is None:
            return ring.add(total, self._log_kernel(rest, real=False, positive=False))
        if constant == 1:
            return total
        pi = self._leaf(-1, sp.pi)
        return ring.add(total, ring.mul(self.unity(Fraction(1, 2)), pi))

    def _positive_log(self, factor: fmpq_mpoly) -> Quotient:
        kernel = self._single(factor)
        if kernel is not None and kernel.kind == "exp":
            term, order = kernel.meaning
            return self.ring.scaled(term, fmpq(1, order))
        if kernel is not None and kernel.kind == "root":
            base, order = kernel.meaning
            return self.ring.scaled(self.logarithm(base), fmpq(1, order))
        argument = Quotient(factor, self.ring.one_poly)
        above_one = self.signs.of(self.linear((1, argument), (-1, self.ring.one))) > 0
        return self._log_kernel(argument, real=True, positive=above_one)

    def _log_kernel(self, argument: Quotient, *, real: bool, positive: bool) -> Quotient:
        ring = self.ring
        kernel = ring.kernel(
            "log:" + ring.identity_of(argument),
            f"log({ring.text_of(argument)})",
            "log",
            real=real,
            positive=positive,
            depends=self._dependence(argument),
            meaning=argument,
        )
        return ring.of(kernel)

    # ---- functions ------------------------------------------------------------------------

    def _turn(self, a: Quotient) -> tuple[Quotient, Quotient]:
        """exp(I a) and exp(-I a)."""
        z = self.exponential(self.ring.mul(self.unity(Fraction(1, 2)), a))
        return z, self.ring.inverse(z)

    def cosine(self, a: Quotient) -> Quotient:
        """cos a = (z + 1/z)/2 with z = exp(I a)."""
        if self._plain_angles and not a.is_zero:
            return self._plain_angle(a)[1]
        z, w = self._turn(a)
        return self.ring.scaled(self.ring.add(z, w), fmpq(1, 2))

    def sine(self, a: Quotient) -> Quotient:
        """sin a = -I (z - 1/z)/2."""
        if self._plain_angles and not a.is_zero:
            return self._plain_angle(a)[0]
        z, w = self._turn(a)
        difference = self.ring.add(z, self.ring.scaled(w, fmpq(-1)))
        return self.ring.scaled(self.ring.mul(self.unity(Fraction(1, 2)), difference), fmpq(-1, 2))

    def _plain_angle(self, a: Quotient) -> tuple[Quotient, Quotient]:
        """(sin a, cos a) as kernels."""
        ring = self.ring
        sign = 1
        if a.num.leading_coefficient() < 0:
            a, sign = ring.scaled(a, fmpq(-1)), -1
        known = {"real": self.signs.is_real(a), "depends": self._dependence(a)}
        text, identity = ring.text_of(a), ring.identity_of(a)
        cosine = ring.of(
            ring.kernel(
                f"cos:{identity}", f"cos({text})", "function", meaning=(sp.cos, (a,)), **known
            )
        )
        sine = ring.kernel(
            f"sin:{identity}",
            f"sin({text})",
            "function",
            degree=2,
            numerator=ring.one_poly - cosine.num**2,
            denominator=ring.one_poly,
            meaning=(sp.sin, (a,)),
            **known,
        )
        return ring.scaled(ring.of(sine), fmpq(sign)), cosine

    def hyperbolic(self, a: Quotient) -> tuple[Quotient, Quotient]:
        """(cosh a, sinh a)."""
        z = self.exponential(a)
        w = self.ring.inverse(z)
        half = fmpq(1, 2)
        return (
            self.ring.scaled(self.ring.add(z, w), half),
            self.ring.scaled(self.ring.add(z, self.ring.scaled(w, fmpq(-1))), half),
        )

    def over(self, a: Quotient, b: Quotient) -> Quotient:
        """a / b."""
        return self.ring.mul(a, self.ring.inverse(b))

    def linear(self, *parts: tuple[int | Fraction, Quotient]) -> Quotient:
        """A rational combination."""
        total = self.ring.zero
        for c, part in parts:
            total = self.ring.add(total, self.ring.scaled(part, _fmpq(Fraction(c))))
        return total

    def square_root(self, a: Quotient) -> Quotient:
        """The principal square root."""
        return self.rational_power(a, Fraction(1, 2))

    def absolute(self, a: Quotient) -> Quotient | None:
        """|a| for real a: a, -a, or the root of a**2."""
        sign = self.signs.weak(a)
        if sign:
            return self.ring.scaled(a, fmpq(sign))
        return self.square_root(self.ring.mul(a, a)) if self.signs.is_real(a) else None

    def sign(self, a: Quotient) -> Quotient | None:
        """sign(a) where it is known."""
        sign = self.signs.of(a)
        return self.ring.number(sign) if sign else None

    def arctangent(self, a: Quotient) -> Quotient | None:
        """atan a = (I/2) (log(1 - I a) - log(1 + I a)) for real a."""
        if not self.signs.is_real(a):
            return None
        i = self.unity(Fraction(1, 2))
        turned = self.ring.mul(i, a)
        one = self.ring.one
        below = self.logarithm(self.linear((1, one), (-1, turned)))
        above = self.logarithm(self.linear((1, one), (1, turned)))
        return self.ring.mul(i, self.linear((Fraction(1, 2), below), (Fraction(-1, 2), above)))

    def arcsine(self, a: Quotient) -> Quotient | None:
        """asin a = -I log(I a + sqrt(1 - a**2)) for real a."""
        if not self.signs.is_real(a):
            return None
        i = self.unity(Fraction(1, 2))
        root = self.square_root(self.linear((1, self.ring.one), (-1, self.ring.mul(a, a))))
        log = self.logarithm(self.ring.add(self.ring.mul(i, a), root))
        return self.ring.scaled(self.ring.mul(i, log), fmpq(-1))

    def gamma(self, a: Quotient) -> Quotient | None:
        """gamma(a) with the constant term of a brought to [0, 1) by gamma(a+1) = a gamma(a)."""
        ring = self.ring
        if not a.is_polynomial:
            return None
        shift = floor(as_fraction(a.num.to_dict().get((0,) * ring.capacity, fmpq(0))))
        if a.constant() is not None or not shift or abs(shift) > _SHIFT_LIMIT:
            return None
        base = ring.add(a, ring.number(-shift))
        product = ring.one
        steps = range(shift) if shift > 0 else range(shift, 0)
        for j in steps:
            product = ring.mul(product, ring.add(base, ring.number(j)))
        kernel = self._opaque(sp.gamma(sp.Dummy()), [base])
        return ring.mul(kernel, product) if shift > 0 else self.over(kernel, product)

    def gamma_kernel(self, a: Quotient) -> Quotient:
        """gamma(a), shifted where that is possible."""
        shifted = self.gamma(a)
        return self._opaque(sp.gamma(sp.Dummy()), [a]) if shifted is None else shifted

    def factorial(self, a: Quotient) -> Quotient:
        """a! = gamma(a + 1)."""
        return self.gamma_kernel(self.ring.add(a, self.ring.one))

    def beta(self, a: Quotient, b: Quotient | None = None) -> Quotient:
        """B(a, b) = gamma(a) gamma(b) / gamma(a + b)."""
        b = a if b is None else b
        product = self.ring.mul(self.gamma_kernel(a), self.gamma_kernel(b))
        return self.over(product, self.gamma_kernel(self.ring.add(a, b)))


def _fmpq(r: Fraction) -> fmpq:
    return fmpq(r.numerator, r.denominator)


def _prime_powers(n: fmpz, direction: int) -> list[tuple[fmpz, int]]:
    if n == 1:
        return []
    if int(n).bit_length() > _PRIME_BITS:
        return [(n, direction)]
    return [(prime, direction * int(e)) for prime, e in n.factor()]


def _short(expr: Basic) -> str:
    text = str(expr)
    return text if len(text) <= 160 else text[:159] + "…"


def _assumed(expr: Basic) -> dict[str, bool]:
    names = ("real", "positive", "nonnegative")
    return {name: bool(getattr(expr, f"is_{name}")) for name in names}


_POSITIVE_CONSTANTS = (sp.S.Pi, sp.S.EulerGamma, sp.S.Catalan)
_ODD = {sp.erf, sp.erfi, sp.Si, sp.Shi, sp.fresnels, sp.fresnelc}
_REAL = {
    *_ODD,
    sp.gamma,
    sp.Max,
    sp.Min,
    sp.sign,
    sp.Heaviside,
    sp.floor,
    sp.ceiling,
    sp.airyai,
    sp.airybi,
    sp.sinc,
}
_POSITIVE_OF_POSITIVE = {sp.gamma, sp.erf, sp.erfi}

_Rule = Callable[..., "Quotient | None"]


def _lambert(c: Conversion, a: Quotient, branch: Quotient | None = None) -> Quotient | None:
    if branch is not None and not branch.is_zero:
        return None
    sign = c.signs.of(a)
    kernel = c.ring.kernel(
        "LambertW:" + c.ring.identity_of(a),
        f"LambertW({c.ring.text_of(a)})",
        "function",
        real=sign > 0,
        positive=sign > 0,
        depends=c._dependence(a),
        meaning=(sp.LambertW, (a,)),
    )
    return c.ring.of(kernel)


def _log(c: Conversion, a: Quotient, base: Quotient | None = None) -> Quotient:
    return c.logarithm(a) if base is None else c.over(c.logarithm(a), c.logarithm(base))


def _area_sine(c: Conversion, a: Quotient) -> Quotient | None:
    if not c.signs.is_real(a):
        return None
    root = c.square_root(c.linear((1, c.ring.one), (1, c.ring.mul(a, a))))
    return c.logarithm(c.ring.add(a, root))


def _area_cosine(c: Conversion, a: Quotient) -> Quotient | None:
    if not c.signs.is_real(a):
        return None
    roots = [c.square_root(c.linear((1, a), (s, c.ring.one))) for s in (1, -1)]
    return c.logarithm(c.ring.add(a, c.ring.mul(*roots)))


def _area_tangent(c: Conversion, a: Quotient) -> Quotient | None:
    if not c.signs.is_real(a):
        return None
    logs = [c.logarithm(c.linear((1, c.ring.one), (s, a))) for s in (1, -1)]
    return c.linear((Fraction(1, 2), logs[0]), (Fraction(-1, 2), logs[1]))


def _arccosine(c: Conversion, a: Quotient) -> Quotient | None:
    sine = c.arcsine(a)
    return None if sine is None else c.linear((Fraction(1, 2), c.of(sp.pi)), (-1, sine))


def _of_inverse(rule: _Rule) -> _Rule:
    return lambda c, a: rule(c, c.ring.inverse(a))


_RULES: Mapping[type, _Rule] = {
    sp.exp: Conversion.exponential,
    sp.log: _log,
    sp.sin: Conversion.sine,
    sp.cos: Conversion.cosine,
    sp.tan: lambda c, a: c.over(c.sine(a), c.cosine(a)),
    sp.cot: lambda c, a: c.over(c.cosine(a), c.sine(a)),
    sp.sec: lambda c, a: c.ring.inverse(c.cosine(a)),
    sp.csc: lambda c, a: c.ring.inverse(c.sine(a)),
    sp.cosh: lambda c, a: c.hyperbolic(a)[0],
    sp.sinh: lambda c, a: c.hyperbolic(a)[1],
    sp.tanh: lambda c, a: c.over(*reversed(c.hyperbolic(a))),
    sp.coth: lambda c, a: c.over(*c.hyperbolic(a)),
    sp.sech: lambda c, a: c.ring.inverse(c.hyperbolic(a)[0]),
    sp.csch: lambda c, a: c.ring.inverse(c.hyperbolic(a)[1]),
    sp.atan: Conversion.arctangent,
    sp.asin: Conversion.arcsine,
    sp.acos: _arccosine,
    sp.acot: _of_inverse(Conversion.arctangent),
    sp.asinh: _area_sine,
    sp.acosh: _area_cosine,
    sp.atanh: _area_tangent,
    sp.acoth: _of_inverse(_area_tangent),
    sp.Abs: Conversion.absolute,
    sp.sign: Conversion.sign,
    sp.re: lambda c, a: a if c.signs.is_real(a) else None,
    sp.im: lambda c, a: c.ring.zero if c.signs.is_real(a) else None,
    sp.conjugate: lambda c, a: a if c.signs.is_real(a) else None,
    sp.erfc: lambda c, a: c.linear((1, c.ring.one), (-1, c._opaque(sp.erf(sp.Dummy()), [a]))),
    sp.gamma: Conversion.gamma,
    sp.factorial: Conversion.factorial,
    sp.beta: Conversion.beta,
    sp.LambertW: _lambert,
}
