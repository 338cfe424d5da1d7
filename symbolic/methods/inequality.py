r"""Inequalities by a certificate: the difference is a sum of terms that cannot be negative.

Main definition: `SumOfSquares`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar

from sympy import Add, Basic, Dummy, Expr, Ge, Gt, Mul, S, Symbol

from derivax.errors import InputError
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.methods.agreement import poles_avoided
from derivax.symbolic.obligations import (
    NotContradicted,
    Obligation,
    Settled,
    SignHolds,
    Vanishes,
)
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement, common_domain

__all__ = ["SumOfSquares"]


@dataclass(frozen=True, init=False)
class SumOfSquares(Rule):
    r"""Conclude $l \le r$ from a certificate.

    $$r - l = \sum_i c_i q_i^2 + \sum_j \prod_k f_{jk} + \sum_m \mu_m (r_m - l_m)$$

    The c_i and f_jk are not negative on the domain; the premises $l_m \le r_m$ enter with
    multipliers $\mu_m \ge 0$ (any sign for equations).

    Args:
        squares: pairs (c_i, q_i).
        products: tuples of nonnegative factors.
        multipliers: one per premise.
        lhs, rhs: the sides; without them the conclusion is `0 <= certificate`.
        attained: {symbol: value}, a point at which equality holds; else the bound is not claimed
            tight.

    >>> from sympy import symbols
    >>> x, y = symbols("x y", real=True)
    >>> rule = SumOfSquares([(1, x - y)], lhs=2*x*y, rhs=x**2 + y**2, attained={x: 1, y: 1})
    >>> print(rule.conclude())
    2*x*y <= x**2 + y**2
    """

    name: ClassVar[str] = "sum of squares"
    needs: ClassVar[int | None] = None
    squares: tuple[tuple[Expr, Expr], ...]
    products: tuple[tuple[Expr, ...], ...]
    multipliers: tuple[Expr, ...]
    lhs: Expr | None
    rhs: Expr | None
    attained: Mapping[Symbol, Expr] | None

    def __init__(
        self,
        squares: Iterable[tuple[Any, Any]] = (),
        products: Iterable[Iterable[Any]] = (),
        multipliers: Iterable[Any] = (),
        *,
        lhs: Any = None,
        rhs: Any = None,
        attained: Mapping[Any, Any] | None = None,
    ) -> None:
        def exact(value: Any) -> Any:
            return as_expression(value)

        pairs = []
        for square in squares:
            if isinstance(square, Basic) or len(tuple(square)) != 2:
                raise InputError(str(square), "is not a pair", "pass (coefficient, expression)")
            pairs.append(tuple(map(exact, square)))
        factors = []
        for product in products:
            if isinstance(product, Basic):
                raise InputError(str(product), "is not a tuple of factors", "pass (f1, f2, ...)")
            factors.append(tuple(map(exact, product)))
        if (lhs is None) != (rhs is None):
            raise InputError("one side", "is missing", "pass both lhs and rhs, or neither")
        point = None
        if attained is not None:
            point = MappingProxyType({exact(k): exact(v) for k, v in attained.items()})
        for name, value in (
            ("squares", tuple(pairs)),
            ("products", tuple(factors)),
            ("multipliers", tuple(map(exact, multipliers))),
            ("lhs", None if lhs is None else exact(lhs)),
            ("rhs", None if rhs is None else exact(rhs)),
            ("attained", point),
        ):
            object.__setattr__(self, name, value)

    def __hash__(self) -> int:
        return hash((self.squares, self.products, self.multipliers, self.lhs, self.rhs))

    def demand(self, premises: tuple[Statement, ...]) -> None:
        if len(premises) != len(self.multipliers):
            raise InputError(
                f"{len(premises)} premises", f"{len(self.multipliers)} multipliers", "one each"
            )
        if any(p.rel not in ("=", "<=", "<") for p in premises):
            raise InputError("a premise", "is neither an equation nor an inequality", "")

    def certificate(self, premises: tuple[Statement, ...]) -> Expr:
        """The sum of terms that cannot be negative."""
        terms = [c * q**2 for c, q in self.squares]
        terms += [Mul(*factors) for factors in self.products]
        terms += [m * (p.rhs - p.lhs) for m, p in zip(self.multipliers, premises)]
        return Add(*terms)

    def conclude(self, *premises: Statement) -> Statement:
        self.demand(premises)
        if self.lhs is not None:
            return Statement(self.lhs, "<=", self.rhs)
        return Statement(S.Zero, "<=", self.certificate(premises))

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        self.demand(premises)
        if conclusion.rel not in ("<=", "<"):
            return (Settled(False, "the relation that follows is <="),)
        domain = conclusion.domain
        wide = domain
        for premise in premises:
            wide = common_domain(wide, premise.domain)
        difference = Add(conclusion.rhs, -conclusion.lhs)
        total = self.certificate(premises)
        made: list[Obligation] = [
            Vanishes(
                Add(difference, -total), wide, "right - left is the sum of squares and products"
            )
        ]
        made += [_sign(c, wide, "the coefficient") for c, _ in self.squares]
        made += [_real(q, wide) for _, q in self.squares]
        made += [_sign(f, wide, "the factor") for factors in self.products for f in factors]
        made += [
            _sign(m, wide, "the multiplier")
            for m, p in zip(self.multipliers, premises)
            if p.rel != "="
        ]
        made += poles_avoided((*[c for c, _ in self.squares], *self.multipliers), wide)
        if conclusion.rel == "<":
            made.append(self._strict(premises, wide))
        if not premises:
            about = "no point contradicts the inequality"
            made.append(NotContradicted(SignHolds(conclusion.as_relation(), domain, about), about))
        if self.attained is not None:
            made += _attained(difference, self.attained, domain)
        return tuple(made)

    def _strict(self, premises: tuple[Statement, ...], domain: Domain) -> Obligation:
        """A term that is positive: a strict premise, a product or a coefficient times a square."""
        about = "one term of the certificate is positive"
        for multiplier, premise in zip(self.multipliers, premises):
            if premise.rel == "<" and multiplier.is_positive:
                return Settled(True, about)
        terms = [Mul(*factors) for factors in self.products]
        terms += [c * q**2 for c, q in self.squares]
        for term in terms:
            if term.is_positive:
                return Settled(True, about)
        terms += [m if p.rel == "<" else S.Zero for m, p in zip(self.multipliers, premises)]
        # what is positive as a sum of terms need not have one positive term: judged as a whole
        name = Add(*terms)
        return SignHolds(Gt(name, 0, evaluate=False), domain, about)


def _sign(expr: Expr, domain: Domain, what: str) -> Obligation:
    about = f"{what} {expr} is not negative"
    if expr.is_nonnegative:
        return Settled(True, about)
    return SignHolds(Ge(expr, 0, evaluate=False), domain, about)


def _real(expr: Expr, domain: Domain) -> Obligation:
    """A square is nonnegative when what is squared is real."""
    about = f"{expr} is real"
    if expr.is_extended_real or expr.is_polynomial(*expr.free_symbols):
        return Settled(True, about)
    generic = expr.xreplace({s: Dummy(s.name, real=True) for s in expr.free_symbols})
    if generic.is_extended_real:
        return Settled(True, about)
    return SignHolds(Ge(expr**2, 0, evaluate=False), domain, about)


def _attained(
    difference: Expr, point: Mapping[Symbol, Expr], domain: Domain
) -> tuple[Obligation, ...]:
    shown = ", ".join(f"{k} = {v}" for k, v in point.items())
    rest = domain.extended(sorted({s for v in point.values() for s in v.free_symbols}, key=str))
    gap = difference.subs(dict(point), simultaneous=True)
    made: list[Obligation] = [Vanishes(gap, rest, f"equality holds at {shown}")]
    for symbol, value in point.items():
        if symbol not in domain.symbols:
            continue
        interval = domain[symbol]
        for bound, relation in ((interval.low, Ge), (interval.high, None)):
            if not bound.is_finite:
                continue
            inside = relation(value, bound) if relation else Ge(bound, value)
            if inside in (S.true, S.false):
                made.append(Settled(inside is S.true, f"{symbol} = {value} is in the domain"))
            else:
                made.append(SignHolds(inside, rest, f"{symbol} = {value} is in the domain"))
    for condition in domain.where:
        inside = condition.subs(dict(point), simultaneous=True)
        about = f"{shown} satisfies {condition}"
        if inside in (S.true, S.false):
            made.append(Settled(inside is S.true, about))
        elif not inside.free_symbols & set(point):
            made.append(SignHolds(inside, rest, about))
    return tuple(made)
