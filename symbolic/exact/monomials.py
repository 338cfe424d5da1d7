r"""Expressions as polynomials over one common denominator, monomial by monomial.

Every expression of a list is written as a sum of $N_i / R$ (one for each set of roots that do not
cancel) with one common R, a product of powers of the kernels; N_i is a polynomial in symbols and
kernels, reduced by $R_B^q = B$ for a root $R_B = B^{1/q}$ and by $\sin^2 = 1 - \cos^2$.  Products
of exponentials are joined.  If N_i is the zero polynomial, the expression is zero wherever it is
defined.  A linear relation between the expressions is read off the monomials.

This serves identities with very many independent variables (the jets of 18 coordinates), for which
the general normal form is too careful to be quick.

Main definitions: `common_terms`, `is_plainly_zero`, `normalised`, `split_by_monomials`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import lcm
from typing import Any

from flint import Ordering, fmpq, fmpq_mpoly_ctx
from sympy import (
    Add,
    Basic,
    Derivative,
    Expr,
    I,
    Integer,
    Mul,
    Pow,
    Rational,
    S,
    Subs,
    Symbol,
    cos,
    cosh,
    cot,
    exp,
    expand_trig,
    sin,
    sinh,
    tan,
    tanh,
)
from sympy.core.function import AppliedUndef

__all__ = [
    "Terms",
    "common_terms",
    "is_plainly_nonzero",
    "is_plainly_zero",
    "normalised",
    "split_by_monomials",
]

Monomial = tuple[tuple[Basic, int], ...]
Terms = dict[tuple[int, Monomial], Rational]
"""{(group, ((generator, exponent), ...)): coefficient}"""

_TERM_LIMIT = 200_000


class TooLarge(Exception):
    """The polynomials would have too many terms."""


def _exponent_parts(argument: Expr) -> list[tuple[Expr, Rational]]:
    """[(u, c)] with exp(argument) the product of exp(u)**c, each u free of rational factors."""
    parts = []
    for term in Add.make_args(argument.expand()):
        number, rest = term.as_coeff_Mul()
        if number.is_Rational:
            parts.append((rest, number))
        else:
            parts.append((term, S.One))
    return parts


class _Kernels:
    """The generators of a list of expressions."""

    def __init__(self) -> None:
        self.symbols: dict[Basic, None] = {}
        self.roots: dict[Basic, list[Rational]] = {}  # base -> exponents met

    def visit(self, expr: Basic) -> None:
        stack, seen = [expr], set()
        while stack:
            node = stack.pop()
            if node in seen:
                continue
            seen.add(node)
            if isinstance(node, Rational):
                continue
            if isinstance(node, Add | Mul):
                stack.extend(node.args)
            elif isinstance(node, exp):
                for unit, number in _exponent_parts(node.args[0]):
                    self.roots.setdefault(exp(unit), []).append(number)
            elif isinstance(node, Pow) and isinstance(node.exp, Rational):
                if isinstance(node.exp, Integer) and node.exp > 0:
                    stack.append(node.base)
                else:
                    self.roots.setdefault(node.base, []).append(node.exp)
                    if not isinstance(node.base, exp):
                        stack.append(node.base)
            else:
                self.symbols.setdefault(node)
                if isinstance(node, sin):
                    self.symbols.setdefault(cos(node.args[0]))


class _Ring:
    def __init__(self, kernels: _Kernels) -> None:
        self.kernels = kernels
        self.roots = list(kernels.roots)
        self.degree = {b: lcm(*(int(e.q) for e in es)) for b, es in kernels.roots.items()}
        self.generators: list[Basic] = list(kernels.symbols)
        for base in self.roots:
            root = Pow(base, Rational(1, self.degree[base]))
            self.generators += [root, Pow(root, -1, evaluate=False)]
        names = [f"g{i}" for i in range(len(self.generators))] or ["g0"]
        self.context = fmpq_mpoly_ctx.get(names, Ordering.degrevlex)
        self.gens = self.context.gens()
        first = len(kernels.symbols)
        self.place = {s: i for i, s in enumerate(kernels.symbols)}
        self.up = {b: first + 2 * i for i, b in enumerate(self.roots)}
        self.lowest = dict.fromkeys(self.roots, 0)  # what was taken out of all polynomials
        self._memory: dict[Basic, Any] = {}

    def power(self, base: Basic, exponent: Rational) -> Any:
        steps = int(exponent * self.degree[base])
        place = self.up[base] if steps >= 0 else self.up[base] + 1
        return self.gens[place] ** abs(steps)

    def of(self, expr: Basic) -> Any:
        """The polynomial in symbols, roots and inverse roots; not yet reduced."""
        known = self._memory.get(expr)
        if known is None:
            known = self._of(expr)
            if len(known) > _TERM_LIMIT:
                raise TooLarge
            self._memory[expr] = known
        return known

    def _of(self, expr: Basic) -> Any:
        if isinstance(expr, Rational):
            return self.context.constant(fmpq(int(expr.p), int(expr.q)))
        if isinstance(expr, Add):
            total = self.context.constant(0)
            for arg in expr.args:
                total += self.of(arg)
            return total
        if isinstance(expr, Mul):
            product = self.context.constant(1)
            for arg in sorted((self.of(a) for a in expr.args), key=len):
                if len(product) * len(arg) > _TERM_LIMIT:
                    raise TooLarge
                product *= arg
            return product
        if isinstance(expr, exp):
            product = self.context.constant(1)
            for unit, number in _exponent_parts(expr.args[0]):
                product *= self.power(exp(unit), number)
            return product
        if isinstance(expr, Pow) and isinstance(expr.exp, Rational):
            if isinstance(expr.exp, Integer) and expr.exp > 0:
                base = self.of(expr.base)
                if len(base) ** int(expr.exp) > 50 * _TERM_LIMIT:
                    raise TooLarge
                return base ** int(expr.exp)
            return self.power(expr.base, expr.exp)
        return self.gens[self.place[expr]]

    def by_roots(self, polynomial: Any) -> dict[tuple[int, ...], Any]:
        """The polynomial in groups: powers of each root B**(1/q) that differ by whole powers of B.

        Roots of different bases are taken as independent; that can only miss a cancellation.
        """
        bases = [b for b in self.roots if self.degree[b] > 1 and not isinstance(b, exp)]
        parts: dict[tuple[int, ...], dict[Any, Any]] = {}
        for exponents, coefficient in polynomial.to_dict().items():
            key = tuple(
                (exponents[self.up[b]] - exponents[self.up[b] + 1]) % self.degree[b] for b in bases
            )
            parts.setdefault(key, {})[exponents] = coefficient
        return {k: self.context.from_dict(v) for k, v in parts.items()}

    def terms(self, polynomial: Any) -> dict[Monomial, Rational]:
        """The polynomial by generators."""
        terms: dict[Monomial, Rational] = {}
        for exponents, coefficient in polynomial.to_dict().items():
            key = tuple((self.generators[i], int(e)) for i, e in enumerate(exponents) if e)
            terms[key] = Rational(int(coefficient.p), int(coefficient.q))
        return terms

    def over_common(self, polynomials: list[Any]) -> list[Any]:
        """All polynomials times the same power of every root, without inverse roots, reduced."""
        for base in self.roots:
            up, down = self.up[base], self.up[base] + 1
            split = [_by_net_power(p, up, down, self.context) for p in polynomials]
            lowest = min((k for parts in split for k in parts), default=0)
            self.lowest[base] += lowest
            polynomials = [
                _joined(parts, lowest, self._table(base, parts, lowest), self.context)
                for parts in split
            ]
        return [self._without_sines(p) for p in polynomials]

    def _table(self, base: Basic, parts: dict[int, Any], lowest: int) -> dict[int, Any]:
        """root**(k - lowest) for the powers that occur, reduced by root**q = base."""
        q = self.degree[base]
        table = {}
        for k in parts:
            whole, rest = divmod(k - lowest, q)
            if isinstance(base, exp):
                table[k] = self.gens[self.up[base]] ** (k - lowest)
            else:
                table[k] = self.gens[self.up[base]] ** rest * self.of(base) ** whole
        return table

    def _without_sines(self, polynomial: Any) -> Any:
        for symbol, place in self.place.items():
            if not isinstance(symbol, sin):
                continue
            cosine = self.gens[self.place[cos(symbol.args[0])]]
            parts = _by_net_power(polynomial, place, None, self.context)
            total = self.context.constant(0)
            for k, part in parts.items():
                total += part * self.gens[place] ** (k % 2) * (1 - cosine**2) ** (k // 2)
            polynomial = total
        if I in self.place:
            place = self.place[I]
            parts = _by_net_power(polynomial, place, None, self.context)
            total = self.context.constant(0)
            for k, part in parts.items():
                total += part * self.gens[place] ** (k % 2) * (-1) ** (k // 2)
            polynomial = total
        return polynomial


def _by_net_power(polynomial: Any, up: int, down: int | None, context: Any) -> dict[int, Any]:
    """{net power of one generator (and its inverse): the rest of the polynomial}."""
    parts: dict[int, dict[tuple[int, ...], Any]] = {}
    for exponents, coefficient in polynomial.to_dict().items():
        row = list(exponents)
        net = row[up] - (row[down] if down is not None else 0)
        row[up] = 0
        if down is not None:
            row[down] = 0
        into = parts.setdefault(net, {})
        key = tuple(row)
        into[key] = into.get(key, 0) + coefficient
    return {k: context.from_dict({e: c for e, c in v.items() if c}) for k, v in parts.items()}


def _joined(parts: dict[int, Any], lowest: int, table: dict[int, Any], context: Any) -> Any:
    total = context.constant(0)
    for k, part in parts.items():
        if len(part) * len(table[k]) > 20 * _TERM_LIMIT:
            raise TooLarge
        total += part * table[k]
    return total


def common_terms(exprs: Sequence[Basic]) -> list[Terms]:
    """The monomials of every expression over one common denominator.

    Terms that differ by a root that does not cancel form separate groups, each with a denominator
    of its own (the same for all expressions); a monomial is (group, ((generator, exponent), ...)).

    >>> import sympy as sp
    >>> x, y = sp.symbols("x y", real=True)
    >>> r = sp.sqrt(x**2 + y**2)
    >>> first, second = common_terms([x**2/r**3 + y**2/r**3, 1/r])
    >>> first == second
    True

    Raises:
        ArithmeticError: the polynomials are too large.
    """
    found: list[Terms] = [{} for _ in exprs]
    for number, (ring, polynomials) in enumerate(_groups(exprs)):
        for terms, polynomial in zip(found, polynomials):
            terms.update({(number, m): c for m, c in ring.terms(polynomial).items()})
    return found


def _elementary(expr: Any) -> Any:
    """Circular functions in sine and cosine of single angles, hyperbolic ones in exponentials."""
    if expr.has(tan, cot):
        expr = expr.replace(tan, lambda a: sin(a) / cos(a)).replace(cot, lambda a: cos(a) / sin(a))
    if expr.has(sin, cos):
        expr = expand_trig(expr)
    if expr.has(sinh, cosh, tanh):
        expr = expr.replace(tanh, lambda a: sinh(a) / cosh(a))
        expr = expr.replace(sinh, lambda a: (exp(a) - exp(-a)) / 2)
        expr = expr.replace(cosh, lambda a: (exp(a) + exp(-a)) / 2)
    return expr


def _groups(exprs: Sequence[Basic]) -> list[tuple[_Ring, list[Any]]]:
    """Per group of terms with the same roots: the ring and the reduced polynomials."""
    exprs = [_elementary(expr) for expr in exprs]
    kernels = _Kernels()
    for expr in exprs:
        kernels.visit(expr)
    first = _Ring(kernels)
    try:
        split = [first.by_roots(first.of(e)) for e in exprs]
        keys = dict.fromkeys(k for parts in split for k in parts)
        zero = first.context.constant(0)
        found = []
        for key in keys:
            ring = _Ring(kernels)
            polynomials = ring.over_common([parts.get(key, zero) for parts in split])
            for _ in range(3):  # roots inside bases come back when the outer ones are reduced
                again = ring.over_common(polynomials)
                if again == polynomials:
                    break
                polynomials = again
            found.append((ring, polynomials))
    except TooLarge:
        raise ArithmeticError("polynomials of too many terms") from None
    return found


def normalised(expr: Any) -> Any:
    """The expression as polynomials over powers of its roots, with common factors cancelled.

    >>> import sympy as sp
    >>> x, y = sp.symbols("x y", real=True)
    >>> r = sp.sqrt(x**2 + y**2)
    >>> normalised(x**2/r**3 + y**2/r**3)
    1/sqrt(x**2 + y**2)

    Raises:
        ArithmeticError: the polynomials are too large.
    """
    total = []
    for ring, (polynomial,) in _groups([expr]):
        factors = []
        for base in ring.roots:
            steps = ring.lowest[base]
            whole = None if isinstance(base, exp) else ring.of(base)
            while whole is not None and len(polynomial) and steps < 0:
                quotient, rest = divmod(polynomial, whole)
                if len(rest):
                    break
                polynomial, steps = quotient, steps + ring.degree[base]
            factors.append(Pow(base, Rational(steps, ring.degree[base])))
        terms = ring.terms(polynomial)
        numerator = Add(*[Mul(c, *[g**e for g, e in m]) for m, c in terms.items()])
        total.append(Mul(numerator, *factors))
    return Add(*total)


def is_plainly_zero(expr: Basic) -> bool:
    """Whether the polynomial over the common denominator is zero: then it is a proof.

    >>> import sympy as sp
    >>> x = sp.Symbol("x", real=True)
    >>> is_plainly_zero(sp.sin(x)**2 + sp.cos(x)**2 - 1), is_plainly_zero(x - x**2)
    (True, False)
    """
    if expr == 0:
        return True
    try:
        return not any(len(p) for _, (p,) in _groups([expr]))
    except ArithmeticError:
        return False


def is_plainly_nonzero(expr: Basic) -> bool:
    """Whether a monomial is left whose generators are independent: symbols and unknown functions,
    and at most one exponential.

    >>> import sympy as sp
    >>> x = sp.Symbol("x", real=True)
    >>> is_plainly_nonzero(x - x**2), is_plainly_nonzero(sp.sqrt(x**2) - x)
    (True, False)
    """
    try:
        terms = common_terms([expr])[0]
    except ArithmeticError:
        return False
    generators = {g for _, monomial in terms for g, _ in monomial}
    plain = {g for g in generators if isinstance(g, Symbol | AppliedUndef | Derivative | Subs)}
    others = generators - plain
    if others and not (len(others) == 1 and all(isinstance(g, exp) for g in others)):
        return False
    return bool(terms)


def split_by_monomials(terms: Terms, variables: Iterable[Basic]) -> dict[Any, Expr]:
    """{(group, monomial in `variables` and what depends on them): coefficient in the rest}."""
    chosen = set(variables)
    found: dict[Any, list[Expr]] = {}
    for (group, monomial), coefficient in terms.items():
        own = tuple(
            (g, e)
            for g, e in monomial
            if g in chosen or (not g.is_Symbol and g.free_symbols & chosen)
        )
        rest = [g**e for g, e in monomial if (g, e) not in own]
        found.setdefault((group, frozenset(own)), []).append(Mul(coefficient, *rest))
    return {k: Add(*v) for k, v in found.items()}
