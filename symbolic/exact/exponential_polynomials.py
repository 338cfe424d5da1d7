r"""Sums of $c\,r^p e^{\alpha r}$ with exact coefficients: closed under products and integration.

The exponents are $\alpha = -m + ij$ with whole numbers m and j; powers may be negative.
Coefficients are Laurent polynomials, over the rationals (with I where something oscillates), in the
named constants R and in $e^{iR}$.

Main definitions: `ExponentialPolynomials` (the ring), `Terms` (an element, {(p, m, j): c}).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sympy import QQ, QQ_I, Add, Expr, I, Mul, Pow, S, Symbol, cos, exp, expand, oo, ring, sin

from derivax.errors import InputError

__all__ = ["ExponentialPolynomials", "Terms"]

Terms = Mapping[tuple[int, int, int], Any]


class ExponentialPolynomials:
    """The ring of such sums in the variable `r`.

    Args:
        r: the variable.
        constants: other symbols in the coefficients.
        waves: whether exponents may be imaginary.

    >>> from sympy import exp, symbols
    >>> r = symbols("r", positive=True)
    >>> ring = ExponentialPolynomials(r)
    >>> ring.expression(ring.primitive(ring.read(r*exp(-r))))
    -r*exp(-r) - exp(-r)
    """

    def __init__(self, r: Symbol, constants: Sequence[Symbol] = (), waves: bool = False) -> None:
        self.r, self.constants, self.waves = r, tuple(constants), waves
        # monomials may have negative exponents: they are only added and multiplied
        phases = [f"phase_{c}" for c in constants] if waves else []
        self.ground = QQ_I if waves else QQ
        self.domain = ring([*map(str, constants), *phases], self.ground)[0]

    # ---- between expressions and terms ----------------------------------------------------

    def read(self, expr: Expr) -> Terms:
        """The terms of an expression.

        Raises: `InputError` when it is no sum of powers times exponentials.
        """
        rewritten = expr.rewrite(exp) if expr.has(sin, cos) else expr
        found: dict[tuple[int, int, int], Any] = {}
        for term in Add.make_args(expand(rewritten, power_base=False)):
            place, coefficient = self._factored(expand(term))
            found[place] = found.get(place, self.domain.zero) + coefficient
        return _kept(found)

    def _factored(self, term: Expr) -> tuple[tuple[int, int, int], Any]:
        power, rate, coefficient = 0, S.Zero, S.One
        for factor in Mul.make_args(term):
            if self.r not in factor.free_symbols:
                coefficient *= factor
            elif isinstance(factor, exp):
                slope = expand(factor.args[0])
                if expand(slope - slope.coeff(self.r) * self.r) != 0:
                    coefficient *= exp(slope.subs(self.r, 0))
                rate += slope.coeff(self.r)
            else:
                base, exponent = factor.as_base_exp()
                if base != self.r or not exponent.is_Integer:
                    raise self._refuse(factor)
                power += int(exponent)
        fall, turn = -rate.as_real_imag()[0], rate.as_real_imag()[1]
        if not (fall.is_Integer and turn.is_Integer and (self.waves or turn == 0)):
            raise self._refuse(exp(rate * self.r))
        return (power, int(fall), int(turn)), self.constant(coefficient)

    def _refuse(self, what: Any) -> InputError:
        return InputError(
            str(what),
            f"is no power of {self.r} times an exponential",
            "such terms are integrated exactly: r^p exp(-m r), sin(r), cos(r), whole p and m",
        )

    def constant(self, value: Expr) -> Any:
        """An element of the coefficients."""
        total = self.domain.zero
        for term in Add.make_args(expand(value)):
            number, place = S.One, [0] * self.domain.ngens
            for factor in Mul.make_args(term):
                base, exponent = factor.as_base_exp()
                if base in self.constants and exponent.is_Integer:
                    place[self.constants.index(base)] += int(exponent)
                else:
                    number *= factor
            if number.free_symbols or not self.ground.of_type(
                one := self.ground.from_sympy(number)
            ):
                raise InputError(str(value), "is no rational combination of the constants", "")
            total += self.domain.from_dict({tuple(place): one})
        return total

    def expression(self, terms: Terms) -> Expr:
        """The terms as a SymPy expression."""
        made = [
            self.number(c) * Pow(self.r, p) * exp((-m + I * j) * self.r)
            for (p, m, j), c in sorted(terms.items())
        ]
        return Add(*made)

    def number(self, c: Any) -> Expr:
        """A coefficient as a SymPy expression."""
        count, made = len(self.constants), []
        for place, value in c.items():
            powers = Mul(*[Pow(x, e) for x, e in zip(self.constants, place, strict=False)])
            angle = Add(*[e * x for x, e in zip(self.constants, place[count:], strict=False)])
            number = self.ground.to_sympy(value)
            made.append(expand(number * (cos(angle) + I * sin(angle))) * powers)
        return expand(Add(*made))

    # ---- arithmetic -----------------------------------------------------------------------

    def add(self, *parts: Terms) -> Terms:
        """The sum."""
        found: dict[tuple[int, int, int], Any] = {}
        for part in parts:
            for place, c in part.items():
                found[place] = found.get(place, self.domain.zero) + c
        return _kept(found)

    def scaled(self, a: Terms, c: Any) -> Terms:
        """A multiple; `c` is a whole number or an element of the coefficient field."""
        return _kept({place: value * c for place, value in a.items()})

    def mul(self, a: Terms, b: Terms) -> Terms:
        """The product."""
        found: dict[tuple[int, int, int], Any] = {}
        for (p, m, j), x in a.items():
            for (q, n, i), y in b.items():
                place = (p + q, m + n, j + i)
                found[place] = found.get(place, self.domain.zero) + x * y
        return _kept(found)

    # ---- calculus -------------------------------------------------------------------------

    def _rate(self, m: int, j: int) -> Any:
        return self.ground.from_sympy(-m + I * j) if j else self.ground.convert(-m)

    def derivative(self, a: Terms) -> Terms:
        """da/dr."""
        found: dict[tuple[int, int, int], Any] = {}
        for (p, m, j), c in a.items():
            for place, value in (
                ((p - 1, m, j), c * p),
                ((p, m, j), c * self._rate(m, j)),
            ):
                found[place] = found.get(place, self.domain.zero) + value
        return _kept(found)

    def primitive(self, a: Terms) -> Terms:
        """An antiderivative.

        Raises: `InputError` for 1/r and for negative powers times an exponential.
        """
        found: dict[tuple[int, int, int], Any] = {}
        for (p, m, j), c in a.items():
            rate = self._rate(m, j)
            if not rate:
                if p == -1:
                    raise InputError(
                        f"an integral of 1/{self.r}", "is a logarithm", "it diverges at the origin"
                    )
                found[p + 1, m, j] = found.get(
                    (p + 1, m, j), self.domain.zero
                ) + c * (self.ground.one / (p + 1))
                continue
            if p < 0:
                raise InputError(
                    f"{self.r}^{p} times an exponential", "has no elementary integral", ""
                )
            inverse = self.ground.one / rate
            value = c * inverse
            for i in range(p, -1, -1):
                found[i, m, j] = found.get((i, m, j), self.domain.zero) + value
                value = value * (-i * inverse)
        return _kept(found)

    def at(self, a: Terms, point: Expr) -> Any:
        """The value at 0, at a named constant, at a rational number, or at infinity.

        Raises: `InputError` where the value does not exist.
        """
        total = self.domain.zero
        for (p, m, j), c in a.items():
            if point is oo:
                if m > 0 or (p < 0 and m == 0 and j == 0):
                    continue
                if p == 0 and m == 0 and j == 0:
                    total += c
                    continue
                raise InputError(
                    f"{self.r}^{p} at infinity", "does not settle", "the potential falls too slowly"
                )
            if point == 0:
                if p < 0:
                    raise InputError(f"{self.r}^{p} at 0", "is infinite", "")
                total += c if p == 0 else self.domain.zero
                continue
            if m:
                raise InputError(f"exp(-{m} {point})", "is no rational constant", "use infinity")
            if point not in self.constants:
                raise InputError(str(point), "is no named end point", "use a symbol R")
            place = [0] * self.domain.ngens
            place[self.constants.index(point)] = p
            if j:
                place[len(self.constants) + self.constants.index(point)] = j
            total += c * self.domain.from_dict({tuple(place): self.ground.one})
        return total

    def limit_at_zero(self, a: Terms) -> Any:
        """The value at 0 where negative powers cancel between exponentials."""
        total = self.domain.zero
        orders: dict[int, Any] = {}
        for (p, m, j), c in a.items():
            rate, value = self._rate(m, j), c
            for i in range(max(0, -p) + 1):
                place = p + i
                if place <= 0:
                    orders[place] = orders.get(place, self.domain.zero) + value
                value = value * (rate * (self.ground.one / (i + 1)))
        for place, value in orders.items():
            if place < 0 and value:
                raise InputError(f"{self.r}^{place} at 0", "is infinite", "")
            if place == 0:
                total += value
        return total


def _kept(terms: Mapping[tuple[int, int, int], Any]) -> Terms:
    return {place: c for place, c in terms.items() if c}
