r"""Which term of an exponential-logarithmic sum dominates as h -> 0+: exact limits.

Main definitions: `Scale` (a monomial exp(g(1/h)) h^b log(1/h)^c), `ratio_of_sums`,
`limit_certificate`.

Main facts used: for h -> 0+ a monomial tends to 0 when the leading term of g is negative, or g = 0
and b > 0, or g = 0, b = 0 and c < 0.  A quotient N/D of finite sums of monomials tends to 0 when D
has one monomial m with nonzero coefficient such that every other monomial of D, and every one of N,
divided by m tends to 0.

Implementation notes.  All signs of symbolic exponents and coefficients must be proven on the
domain. What is not such a quotient (an analytic function that does not reduce to exponentials, say)
is refused.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from sympy import (
    Add,
    Basic,
    Expr,
    Gt,
    Lt,
    Mul,
    Ne,
    Pow,
    S,
    Symbol,
    cosh,
    coth,
    csch,
    exp,
    log,
    sech,
    sinh,
    tanh,
)

from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.outcome import Outcome
from derivax.symbolic.exact.zero import sign_holds, vanishes

__all__ = ["Scale", "limit_certificate", "ratio_of_sums"]

_TERM_LIMIT = 400
_POWER_LIMIT = 12


class Refused(Exception):
    """Not a quotient of finite sums of monomials."""


@dataclass(frozen=True)
class Scale:
    """exp(sum of coefficient * h^power, power < 0) * h^b * log(1/h)^c."""

    exponent: tuple[tuple[Expr, Expr], ...] = ()
    """pairs (power, coefficient), powers negative and increasing"""
    b: Expr = S.Zero
    c: Expr = S.Zero

    def times(self, other: Scale, sign: int = 1) -> Scale:
        """The product (the quotient, for sign -1)."""
        total: dict[Expr, Expr] = dict(self.exponent)
        for power, coefficient in other.exponent:
            total[power] = (total.get(power, S.Zero) + sign * coefficient).expand()
        kept = sorted((p, c) for p, c in total.items() if c != 0)
        b = (self.b + sign * other.b).expand()
        return Scale(tuple(kept), b, (self.c + sign * other.c).expand())

    def to_power(self, r: Expr) -> Scale:
        """The monomial to a power free of h."""
        exponent = tuple((p, (c * r).expand()) for p, c in self.exponent)
        return Scale(exponent, (self.b * r).expand(), (self.c * r).expand())


_ONE = Scale()
Sum = dict[Scale, Expr]
Ratio = tuple[Sum, Sum]


def _add(target: Sum, scale: Scale, coefficient: Expr) -> None:
    total = target.get(scale, S.Zero) + coefficient
    if total == 0:
        target.pop(scale, None)
    else:
        target[scale] = total
    if len(target) > _TERM_LIMIT:
        raise Refused


def _product(left: Sum, right: Sum) -> Sum:
    made: Sum = {}
    for (s1, c1), (s2, c2) in itertools.product(left.items(), right.items()):
        _add(made, s1.times(s2), c1 * c2)
    return made


def _total(left: Sum, right: Sum) -> Sum:
    made = dict(left)
    for scale, coefficient in right.items():
        _add(made, scale, coefficient)
    return made


class Reader:
    """Reads an expression in h as a quotient of sums of monomials."""

    def __init__(self, h: Symbol, domain: Domain | None) -> None:
        self.h, self.domain = h, domain

    def ratio(self, expr: Basic) -> Ratio:
        """(numerator, denominator)."""
        if self.h not in expr.free_symbols:
            return ({_ONE: expr} if expr != 0 else {}), {_ONE: S.One}
        if expr == self.h:
            return {Scale(b=S.One): S.One}, {_ONE: S.One}
        if isinstance(expr, Add):
            return self._sum(expr.args)
        if isinstance(expr, Mul):
            top, bottom = {_ONE: S.One}, {_ONE: S.One}
            for factor in expr.args:
                n, d = self.ratio(factor)
                top, bottom = _product(top, n), _product(bottom, d)
            return top, bottom
        if isinstance(expr, exp):
            return {self._exponential(expr.args[0]): S.One}, {_ONE: S.One}
        if isinstance(expr, Pow):
            return self._power(expr.base, expr.exp)
        if isinstance(expr, log):
            return self._logarithm(expr.args[0])
        if isinstance(expr, sinh | cosh | tanh | coth | sech | csch):
            return self.ratio(expr.rewrite(exp))
        raise Refused

    def _sum(self, terms: Iterable[Basic]) -> Ratio:
        top: Sum = {}
        bottom: Sum = {_ONE: S.One}
        for term in terms:
            n, d = self.ratio(term)
            if d == bottom:
                top = _total(top, n)
            else:
                top = _total(_product(top, d), _product(n, bottom))
                bottom = _product(bottom, d)
        return top, bottom

    def _monomial(self, expr: Basic) -> tuple[Scale, Expr]:
        """A single monomial and its coefficient."""
        top, bottom = self.ratio(expr)
        if len(top) != 1 or len(bottom) != 1:
            raise Refused
        ((s1, c1),), ((s2, c2),) = top.items(), bottom.items()
        return s1.times(s2, -1), c1 / c2

    def _power(self, base: Expr, power: Expr) -> Ratio:
        if self.h in power.free_symbols:
            if self.h not in base.free_symbols and self._proven(Gt(base, 0)):
                return self.ratio(exp(power * log(base)))
            raise Refused
        if power.is_Integer:
            if abs(int(power)) > _POWER_LIMIT:
                scale, c = self._monomial(base)
                return {scale.to_power(power): c**power}, {_ONE: S.One}
            top, bottom = self.ratio(base)
            if power < 0:
                top, bottom = bottom, top
            made: Ratio = {_ONE: S.One}, {_ONE: S.One}
            for _ in range(abs(int(power))):
                made = _product(made[0], top), _product(made[1], bottom)
            return made
        scale, c = self._monomial(base)
        if not self._proven(Gt(c, 0)):
            raise Refused
        return {scale.to_power(power): c**power}, {_ONE: S.One}

    def _exponential(self, argument: Expr) -> Scale:
        top, bottom = self.ratio(argument)
        if len(bottom) != 1:
            raise Refused
        ((below, divisor),) = bottom.items()
        made = _ONE
        for scale, coefficient in top.items():
            term, c = scale.times(below, -1), coefficient / divisor
            if term == Scale(c=S.One):
                made = made.times(Scale(b=-c))  # exp(c log(1/h)) = h^-c
            elif not term.exponent and term.c == 0 and term.b.is_number and term.b < 0:
                made = made.times(Scale(((term.b, c),)))
            elif term == _ONE:
                raise ConstantFactor(c)
            else:
                raise Refused  # exp of something that tends to 0 is not a monomial
        return made

    def _logarithm(self, argument: Expr) -> Ratio:
        scale, c = self._monomial(argument)
        if scale.c != 0 or not self._proven(Gt(c, 0)):
            raise Refused
        made: Sum = {_ONE: log(c)} if c != 1 else {}
        for power, coefficient in scale.exponent:
            made = _total(made, {Scale(b=power): coefficient})
        if scale.b != 0:
            made = _total(made, {Scale(c=S.One): -scale.b})
        return made, {_ONE: S.One}

    def _proven(self, relation: Basic) -> bool:
        return _proven(relation, self.domain)


class ConstantFactor(Exception):
    """An exponent holds a constant term: exp(c + g) = exp(c) exp(g)."""


def _split_constants(expr: Expr, h: Symbol) -> Expr:
    """exp(c + g(h)) written as exp(c) exp(g(h)), so that constants are coefficients."""

    def split(e: Expr) -> Expr:
        constant, rest = e.args[0].expand().as_independent(h, as_Add=True)
        return Mul(exp(constant), exp(rest, evaluate=False), evaluate=False) if rest != 0 else e

    return expr.replace(lambda e: isinstance(e, exp) and h in e.free_symbols, split)


def ratio_of_sums(expr: Expr, h: Symbol, domain: Domain | None) -> Ratio | None:
    """The expression as (numerator, denominator), or None when it is not of the class."""
    rewritten = expr.replace(
        lambda e: isinstance(e, sinh | cosh | tanh | coth | sech | csch) and h in e.free_symbols,
        lambda e: e.rewrite(exp),
    )
    try:
        return Reader(h, domain).ratio(_split_constants(rewritten, h))
    except (Refused, ConstantFactor, RecursionError):
        return None


def _proven(relation: Basic, domain: Domain | None) -> bool:
    if relation in (S.true, S.false):
        return relation is S.true
    symbols = [s for s in relation.free_symbols if isinstance(s, Symbol)]
    base = domain if domain is not None else Domain.of(())
    return sign_holds(relation, base.extended(symbols)).outcome is Outcome.PROVEN


def _tends_to_zero(scale: Scale, domain: Domain | None) -> bool:
    """Proven: the monomial tends to 0 as h -> 0+."""
    for _, coefficient in scale.exponent:  # the most negative power leads
        return _proven(Lt(coefficient, 0), domain)
    if scale.b != 0:
        return _proven(Gt(scale.b, 0), domain)
    return scale.c != 0 and _proven(Lt(scale.c, 0), domain)


def _dominant(terms: Sum, domain: Domain | None) -> Scale | None:
    """The monomial against which all others tend to 0, when its coefficient cannot vanish."""
    for scale, coefficient in terms.items():
        others = (other for other in terms if other != scale)
        if all(_tends_to_zero(o.times(scale, -1), domain) for o in others):
            nonzero = coefficient.is_nonzero or _proven(Ne(coefficient, 0), domain)
            return scale if nonzero else None
    return None


def _cleaned(terms: Sum) -> Sum:
    """Without the coefficients that are certainly zero."""
    return {
        scale: c
        for scale, c in terms.items()
        if not (isinstance(c, Add) and vanishes(c).outcome is Outcome.PROVEN)
    }


def limit_certificate(expr: Expr, h: Symbol, value: Basic, domain: Domain | None) -> bool:
    """True when it is proven that `expr` tends to `value` (it may be oo or -oo) as h -> 0+."""
    if value in (S.Infinity, S.NegativeInfinity):
        return _diverges(expr, h, value, domain)
    ratio = ratio_of_sums(Add(expr, -value), h, domain)
    if ratio is None:
        return False
    top, bottom = (_cleaned(part) for part in ratio)
    if not top:
        return bool(bottom)
    leading = _dominant(bottom, domain)
    if leading is None:
        return False
    return all(_tends_to_zero(scale.times(leading, -1), domain) for scale in top)


def _diverges(expr: Expr, h: Symbol, value: Basic, domain: Domain | None) -> bool:
    ratio = ratio_of_sums(expr, h, domain)
    if ratio is None:
        return False
    top, bottom = (_cleaned(part) for part in ratio)
    above, below = _dominant(top, domain), _dominant(bottom, domain)
    if above is None or below is None:
        return False
    sign = top[above] / bottom[below]
    relation = Gt(sign, 0) if value is S.Infinity else Lt(sign, 0)
    return _tends_to_zero(below.times(above, -1), domain) and _proven(relation, domain)
