r"""Zero because a linear differential equation and enough coefficients say so (D-finite functions).

Sums and products of functions that satisfy linear differential equations satisfy one again: the
monomials in the functions and their derivatives span a space of finite dimension over the rational
functions, closed under d/dx, so some combination \(\sum_k l_k E^{(k)}\) vanishes.  Written around a
point x0, the operator \(L=\sum_k l_k D^k\) acts on a power series \(\sum_n e_n s^n\) by a
recurrence whose leading coefficient is a polynomial \(p_0(n)\).  So E is zero near x0 if
\(e_n = 0\) for every n with \(p_0(n) = 0\), and then on every interval around x0 on which it is
analytic.

What is proven holds for generic real parameters, and so for all of them, by continuity; for whole
numbers among the parameters \(p_0\) is shown not to vanish.

Main definitions: `by_annihilator`, `annihilator`.

References: R. P. Stanley, *Differentiably finite power series* (1980); D. Zeilberger, *A holonomic
systems approach to special functions identities* (1990).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import sympy as sp
from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx
from sympy import Expr, Integer, Pow, Rational, S, Symbol

from derivax.errors import DerivaxError
from derivax.symbolic.exact.dag import postorder
from derivax.symbolic.exact.dfinite_atoms import ELEMENTARY, Equation, T, equation_of
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.interval import Interval
from derivax.symbolic.exact.normal_form import RefusesForm, normal_form
from derivax.symbolic.exact.outcome import Finding, Outcome
from derivax.symbolic.exact.patience import check
from derivax.symbolic.exact.sign import sign_holds

__all__ = ["annihilator", "by_annihilator"]

_MOST_NODES, _MOST_ATOMS, _MOST_ORDER, _MOST_VARIABLES = 200, 6, 8, 3
_HIGHEST_COEFFICIENT, _MOST_DERIVED_NODES = 6, 1500
_TERMS = 4000
_POINTS = tuple(Rational(p) for p in ("0", "1", "-1", "1/2", "2"))


class _Refused(Exception):
    """The expression is outside the class, or too large for it."""


def by_annihilator(expr: Expr, domain: Domain) -> Finding | None:
    """A proof that a settled scalar is zero on the domain, or None.

    >>> x = Symbol("x", real=True)
    >>> squared = sp.besselj(0, x)**2 - sp.hyper([Rational(1, 2)], [1, 1], -x**2)
    >>> by_annihilator(squared, Domain.of([x])).method
    'annihilating operator'
    """
    if any(size > _MOST_NODES for size, _ in enumerate(postorder([expr]))):
        return None
    tried = 0
    for x in sorted((s for s in expr.free_symbols if isinstance(s, Symbol)), key=str):
        if x not in domain or domain[x].plane or domain[x].integer or x.is_integer:
            continue
        if any(x in relation.free_symbols for relation in domain.where):
            continue
        tried += 1
        if tried > _MOST_VARIABLES:
            break
        with suppress(_Refused, RefusesForm, DerivaxError, NotImplementedError):
            found = _proof(expr, x, domain)
            if found is not None:
                return found
    return None


def _proof(expr: Expr, x: Symbol, domain: Domain) -> Finding | None:
    algebra = _Algebra(expr, x)
    if not algebra.special:
        return None  # the normal form and the derivative decide
    operator = algebra.annihilator()
    if not algebra.is_generic(operator):
        return None
    for x0 in _POINTS:
        check()
        if not algebra.has_no_pole(x0) or not _analytic_between(algebra, x, x0, domain):
            continue
        try:
            needed = _needed_coefficients(algebra, operator, x0, domain)
        except _Refused:
            continue
        if all(_coefficient_vanishes(expr, x, x0, n, domain) for n in needed):
            said = (
                f"annihilated by an operator of order {len(operator) - 1} in {x}; its power series "
                f"at {x} = {x0} begins with zeros as far as that leaves a choice"
            )
            figures = {
                "variable": str(x), "order": len(operator) - 1, "point": str(x0),
                "coefficients": needed,
            }  # fmt: skip
            return Finding(Outcome.PROVEN, "annihilating operator", said, figures=figures)
    return None


def annihilator(expr: Expr, x: Symbol) -> tuple[Expr, ...] | None:
    """Polynomials (l_0, ..., l_r) with l_0 E + l_1 E' + ... + l_r E^(r) = 0; None when none is
    found.

    >>> x = Symbol("x")
    >>> annihilator(sp.sin(x) * sp.exp(x), x)
    (2, -2, 1)
    """
    try:
        algebra = _Algebra(expr, x)
        return tuple(algebra.text(part) for part in algebra.annihilator())
    except _Refused:
        return None


# --- rational functions over flint ---------------------------------------------------------------


class _Algebra:
    """The expression as a polynomial in its functions and their derivatives, with coefficients that
    are rational functions (pairs of polynomials) of x and of everything that does not contain x."""

    def __init__(self, expr: Expr, x: Symbol) -> None:
        self.x = x
        self.equations: dict[Expr, Equation] = {}
        self.roots: list[Expr] = []  # powers of rational functions with a fixed exponent
        self.special = False
        constants: dict[Expr, None] = {}
        self._collect(expr, constants)
        self.generators = [x, *constants]
        names = [f"g{k}" for k in range(len(self.generators))]
        self.context = fmpq_mpoly_ctx.get(names, Ordering.lex)
        self._of_generator = dict(zip(self.generators, self.context.gens(), strict=True))
        self.one = (self.context.constant(1), self.context.constant(1))
        self._variables: dict[tuple[Expr, int], int] = {}
        for atom in [*self.equations, *self.roots]:
            equation = self.equations.get(atom)
            for k in range(len(equation.coefficients) if equation else 1):
                self._variables[atom, k] = len(self._variables)
        self._rules = self._derivations()
        self.element = self._element(expr)

    def _collect(self, node: Expr, constants: dict[Expr, None]) -> None:
        if node == self.x or node.is_Rational:
            return
        if self.x not in node.free_symbols:
            if isinstance(node, sp.Add | sp.Mul) or _integer_power(node):
                for part in node.args:
                    self._collect(part, constants)
            else:
                constants[node] = None
            return
        if isinstance(node, sp.Add | sp.Mul):
            for part in node.args:
                self._collect(part, constants)
            return
        if _integer_power(node):
            self._collect(node.base, constants)
            return
        if isinstance(node, Pow) and not isinstance(node, sp.exp):
            if self.x in node.exp.free_symbols:
                raise _Refused
            self._collect(node.base, constants)
            self._collect(node.exp, constants)
            if node not in self.roots:
                self.roots.append(node)
            self._only_rational(node.base)
            return
        equation = equation_of(node)
        if equation is None or equation.moving is None:
            raise _Refused
        self._only_rational(equation.moving)
        if any(self.x in c.free_symbols for c in (*equation.coefficients, *equation.positive)):
            raise _Refused
        self._collect(equation.moving, constants)
        for coefficient in equation.coefficients:
            for part in coefficient.free_symbols - {T}:
                self._collect(part, constants)
            if any(p.is_Pow and not p.exp.is_Integer for p in coefficient.atoms(Pow)):
                raise _Refused
        self.equations[node] = equation
        self.special |= type(node) not in ELEMENTARY
        if len(self.equations) + len(self.roots) > _MOST_ATOMS:
            raise _Refused

    def _only_rational(self, node: Expr) -> None:
        if not node.is_rational_function(self.x):
            raise _Refused

    # --- arithmetic: (numerator, denominator) without common factor -----------------------------

    def quotient(self, num: fmpq_mpoly, den: fmpq_mpoly) -> tuple[Any, Any]:
        check()
        if len(num) > _TERMS or len(den) > _TERMS:
            raise _Refused
        if not num:
            return num, self.one[1]
        common = num.gcd(den)
        num, den = num // common, den // common
        lead = den.leading_coefficient()
        return num / lead, den / lead

    def add(self, a: Any, b: Any) -> Any:
        if a[1] == b[1]:
            return self.quotient(a[0] + b[0], a[1])
        return self.quotient(a[0] * b[1] + b[0] * a[1], a[1] * b[1])

    def mul(self, a: Any, b: Any) -> Any:
        return self.quotient(a[0] * b[0], a[1] * b[1])

    def div(self, a: Any, b: Any) -> Any:
        if not b[0]:
            raise _Refused
        return self.quotient(a[0] * b[1], a[1] * b[0])

    def slope(self, a: Any) -> Any:
        """d/dx of a rational function."""
        num, den = a
        return self.quotient(num.derivative(0) * den - num * den.derivative(0), den * den)

    def rational(self, node: Expr, moving: Any = None) -> Any:
        """The field element of a rational expression; `moving` stands for `T`."""
        if node == T and moving is not None:
            return moving
        if node in self._of_generator:
            return self._of_generator[node], self.one[1]
        if node.is_Rational:
            return self.context.constant(fmpq(int(node.p), int(node.q))), self.one[1]
        if isinstance(node, sp.Add | sp.Mul):
            combine = self.add if isinstance(node, sp.Add) else self.mul
            total = self.rational(node.args[0], moving)
            for part in node.args[1:]:
                total = combine(total, self.rational(part, moving))
            return total
        if _integer_power(node):
            base = self.rational(node.base, moving)
            total = self.one
            for _ in range(abs(int(node.exp))):
                total = self.mul(total, base)
            return total if node.exp > 0 else self.div(self.one, total)
        raise _Refused

    # --- the module -----------------------------------------------------------------------------

    def _derivations(self) -> list[dict[tuple[int, ...], Any]]:
        """The derivative of every variable, as an element."""
        found: list[dict[tuple[int, ...], Any]] = []
        for atom, k in self._variables:
            equation = self.equations.get(atom)
            if equation is None:  # (base^e)' = e base'/base base^e
                base, power = self.rational(atom.base), self.rational(atom.exp)
                rate = self.div(self.mul(power, self.slope(base)), base)
                found.append({self._unit(atom, 0): rate})
                continue
            moving = self.rational(equation.moving)
            rate = self.slope(moving)
            if k + 1 < len(equation.coefficients):
                found.append({self._unit(atom, k + 1): rate})
                continue
            parts = {}
            for j, coefficient in enumerate(equation.coefficients):
                value = self.mul(rate, self.rational(sp.together(coefficient), moving))
                if value[0]:
                    parts[self._unit(atom, j)] = value
            found.append(parts)
        return found

    def _unit(self, atom: Expr, k: int) -> tuple[int, ...]:
        place = self._variables[atom, k]
        return tuple(int(i == place) for i in range(len(self._variables)))

    def _element(self, node: Expr) -> dict[tuple[int, ...], Any]:
        nothing = (0,) * len(self._variables)
        if node in self.equations or node in self.roots:
            return {self._unit(node, 0): self.one}
        if isinstance(node, sp.Add):
            total: dict[tuple[int, ...], Any] = {}
            for part in node.args:
                self._accumulate(total, self._element(part).items())
            return total
        powered = _integer_power(node) and node.exp > 0 and self._moves(node)
        if isinstance(node, sp.Mul) or powered:
            factors = node.args if isinstance(node, sp.Mul) else [node.base] * int(node.exp)
            product = {nothing: self.one}
            for factor in factors:
                other = self._element(factor)
                terms: dict[tuple[int, ...], Any] = {}
                for m, a in product.items():
                    pairs = [(_sum(m, n), self.mul(a, b)) for n, b in other.items()]
                    self._accumulate(terms, pairs)
                product = terms
            return product
        return {nothing: self.rational(node)}

    def _moves(self, node: Expr) -> bool:
        return any(node.has(atom) for atom in (*self.equations, *self.roots))

    def _accumulate(self, total: dict[tuple[int, ...], Any], terms: Any) -> None:
        for monomial, value in terms:
            new = self.add(total[monomial], value) if monomial in total else value
            if new[0]:
                total[monomial] = new
            else:
                total.pop(monomial, None)

    def derived(self, element: Mapping[tuple[int, ...], Any]) -> dict[tuple[int, ...], Any]:
        """d/dx of an element."""
        total: dict[tuple[int, ...], Any] = {}
        for monomial, value in element.items():
            self._accumulate(total, [(monomial, self.slope(value))])
            for place, power in enumerate(monomial):
                if not power:
                    continue
                lower = tuple(p - (i == place) for i, p in enumerate(monomial))
                scale = self.mul(value, self.rational(Integer(power)))
                self._accumulate(
                    total,
                    [(_sum(lower, m), self.mul(scale, c)) for m, c in self._rules[place].items()],
                )
        return total

    def annihilator(self) -> list[fmpq_mpoly]:
        """Polynomials l_0 ... l_r with sum l_k E^(k) = 0, by elimination."""
        rows: list[tuple[tuple[int, ...], dict[tuple[int, ...], Any], dict[int, Any]]] = []
        element = dict(self.element)
        if not element:
            raise _Refused  # the normal form has seen this already
        for order in range(_MOST_ORDER + 1):
            reduced, combination = dict(element), {order: self.one}
            for pivot, row, how in rows:
                factor = reduced.get(pivot)
                if factor is None:
                    continue
                minus = (-factor[0], factor[1])
                self._accumulate(reduced, [(m, self.mul(minus, c)) for m, c in row.items()])
                for k, c in how.items():
                    term = self.mul(minus, c)
                    combination[k] = self.add(combination[k], term) if k in combination else term
            if not reduced:
                return self._cleared([combination.get(k, (0, 1)) for k in range(order + 1)])
            pivot = min(reduced, key=lambda m: (len(reduced[m][0]) + len(reduced[m][1]), m))
            lead = reduced[pivot]
            row = {m: self.div(c, lead) for m, c in reduced.items()}
            how = {k: self.div(c, lead) for k, c in combination.items()}
            rows.append((pivot, row, how))
            element = self.derived(element)
        raise _Refused

    def _cleared(self, parts: Sequence[Any]) -> list[fmpq_mpoly]:
        common = self.one[1]
        for num, den in parts:
            if num:
                common = common // common.gcd(den) * den
        polynomials = [num * (common // den) if num else common - common for num, den in parts]
        content = polynomials[-1]
        for polynomial in polynomials:
            content = content.gcd(polynomial) if polynomial else content
        return [polynomial // content for polynomial in polynomials]

    def is_generic(self, operator: Sequence[fmpq_mpoly]) -> bool:
        """Whether the operator contains symbols and pi only: sqrt(2), sign(a) and the like may
        satisfy relations that are not known here."""
        used = {
            g
            for polynomial in operator
            for powers in polynomial.to_dict()
            for g, power in zip(self.generators, powers, strict=True)
            if power
        }
        return all(isinstance(g, Symbol) or g is S.Pi for g in used)

    def has_no_pole(self, x0: Rational) -> bool:
        """Whether no coefficient of the expression has a pole at x0."""
        dens = {str(den): den for _, den in self.element.values()}
        return all(sp.expand(self.text(den).subs(self.x, x0)) != 0 for den in dens.values())

    def text(self, polynomial: fmpq_mpoly) -> Expr:
        """The polynomial as an expression."""
        total = S.Zero
        for powers, c in polynomial.to_dict().items():
            term = sp.prod([g**int(p) for g, p in zip(self.generators, powers, strict=True)])
            total += Rational(int(c.p), int(c.q)) * term
        return total


def _integer_power(node: Expr) -> bool:
    return isinstance(node, Pow) and node.exp.is_Integer and abs(int(node.exp)) <= 24


def _sum(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(p + q for p, q in zip(a, b, strict=True))


# --- around a point ------------------------------------------------------------------------------


def _needed_coefficients(
    algebra: _Algebra, operator: Sequence[fmpq_mpoly], x0: Rational, domain: Domain
) -> list[int]:
    """The n >= 0 at which the recurrence of the power series at x0 leaves e_n free."""
    n, s = Symbol("_n"), Symbol("_s")
    lowest: dict[int, Expr] = {}
    for k, part in enumerate(operator):
        shifted = sp.Poly(algebra.text(part).subs(algebra.x, s + x0), s)
        if shifted.is_zero:
            continue
        (power,), coefficient = min(shifted.terms(), key=lambda term: term[0])
        falling = sp.prod([n - j for j in range(k)], start=S.One)
        lowest[power - k] = lowest.get(power - k, S.Zero) + coefficient * falling
    leading = sp.expand(lowest[min(lowest)])
    found: set[int] = set()
    whole = [g for g in algebra.generators[1:] if any(v.is_integer for v in g.free_symbols)]
    for factor, _ in sp.factor_list(leading)[1]:
        degree = sp.degree(factor, n)
        if degree == 0:
            if set(factor.free_symbols) & set().union(*(g.free_symbols for g in whole)):
                if factor.is_nonzero is not True:
                    raise _Refused
            continue
        if not factor.free_symbols - {n}:
            for root in sp.Poly(factor, n).ground_roots():
                if root.is_Integer and root >= 0:
                    found.add(int(root))
            continue
        found |= set(_parameter_roots(factor, n, whole))
    if any(k > _HIGHEST_COEFFICIENT for k in found):
        raise _Refused
    return sorted(found)


def _parameter_roots(factor: Expr, n: Symbol, whole: Sequence[Expr]) -> Iterator[int]:
    """Roots that depend on parameters: whole for no generic real parameter; for whole-numbered
    ones they must be negative."""
    moving = factor.free_symbols & set().union(*(g.free_symbols for g in whole), set())
    if not moving:
        return
    if sp.degree(factor, n) != 1:
        raise _Refused
    (root,) = sp.solve(factor, n)
    if root.is_negative or root.is_integer is False:
        return
    raise _Refused
    yield


def _analytic_between(algebra: _Algebra, x: Symbol, x0: Rational, domain: Domain) -> bool:
    """Whether every function is analytic on the interval of x, extended up to x0."""
    conditions = [
        condition.subs(T, equation.moving)
        for equation in algebra.equations.values()
        for condition in equation.positive
    ]
    conditions += [root.base for root in algebra.roots]
    movings = [equation.moving for equation in algebra.equations.values()]
    own = domain[x]
    # without what is assumed of x: x0 may lie where x itself is not allowed
    free = sp.Dummy(x.name, real=True)
    conditions = [condition.xreplace({x: free}) for condition in conditions]
    movings = [moving.xreplace({x: free}) for moving in movings]
    if any(sp.denom(sp.together(m)).subs(free, x0) == 0 for m in movings):
        return False
    low, high = min(own.low, x0), max(own.high, x0)
    # closed at x0: a function that ends in a branch point there has no power series
    ends = (own.low_open and low != x0, own.high_open and high != x0)
    others = {symbol: interval for symbol, interval in domain.items() if symbol != x}
    area = Domain({**others, free: Interval(low, high, *ends)}, domain.where)
    for moving in movings:  # no pole on the way
        den = sp.denom(sp.together(moving))
        if free in den.free_symbols and not _holds(den**2 > 0, area):
            return False
    return all(_holds(condition > 0, area) for condition in conditions)


def _holds(relation: Any, area: Domain) -> bool:
    if relation is S.true or relation is S.false:
        return relation is S.true
    used = [s for s in area if s in relation.free_symbols]
    return sign_holds(relation, area.over(used)).outcome is Outcome.PROVEN


def _coefficient_vanishes(expr: Expr, x: Symbol, x0: Rational, n: int, domain: Domain) -> bool:
    """Whether the n-th derivative is zero at x0: by substitution and the normal form."""
    value = expr
    for _ in range(n):
        check()
        value = sp.diff(value, x)
        if any(size > _MOST_DERIVED_NODES for size, _ in enumerate(postorder([value]))):
            raise _Refused
    value = value.subs(x, x0)
    value = value.replace(
        lambda node: isinstance(node, sp.hyper) and node.argument.is_zero, lambda node: S.One
    )
    if value.has(S.NaN, S.ComplexInfinity, S.Infinity, S.NegativeInfinity):
        return False
    if value.is_zero:
        return True
    rest = domain.over([s for s in domain if s in value.free_symbols])
    return bool(normal_form(value, rest).is_zero)
