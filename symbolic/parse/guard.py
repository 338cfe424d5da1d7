"""How large a number would get, asked before SymPy is allowed to compute it.

SymPy evaluates eagerly: powers and products of integers become one integer, `factorial(5)` is 120,
a comparison of constants is decided numerically.  Three measures keep every constructor cheap:

- a purse of bits: every number literal and every numeric power is charged; since a text has no
  sharing, no sum or product of its numbers can be longer than the purse;
- constants are kept moderate: `exp`, powers, `gamma` ... of a constant are refused when the
  argument is not below a bound (float arithmetic, on the way up);
- functions that unfold with an integer argument (`factorial`, `hermite` ...) take small ones only.
"""

from __future__ import annotations

import cmath
import math
from dataclasses import dataclass, field

from sympy import Add, Expr, Mul, Pow, Rational, S, exp, log

__all__ = ["UNFOLDING", "Purse", "TooLarge"]

MAX_BITS = 14_000  # of all numbers of one text; Python prints integers up to 4300 digits
MAX_ARGUMENT = 1e7  # of exp and the like, when it is a constant
MAX_COMPARED = 1e15  # of an irrational constant that is rounded or compared
# the largest constant argument
UNFOLDING = {"unfolding": 200, "summed": 100, "polynomial": 40, "family": 5}

_GROWING = frozenset({
    "sinh", "cosh", "tanh", "coth", "sech", "csch", "erf", "erfc", "erfi", "Ei", "Shi", "Chi",
    "airyai", "airybi", "airyaiprime", "airybiprime", "besselj", "bessely", "besseli",
    "besselk", "hankel1", "hankel2", "jn", "yn", "gamma", "factorial",
})  # fmt: skip
_UNKNOWN = 1e3  # the size that is assumed for constants like besselj(0, 1)


class TooLarge(Exception):
    """A number that would be too large; the message says which limit."""


def _bits(number: Rational) -> int:
    return sum(abs(int(part)).bit_length() for part in (number.p, number.q) if abs(int(part)) > 1)


def _exposed_bits(base: Expr) -> float:
    """Bits of the rational numbers that a power of `base` would raise."""
    if isinstance(base, Rational):
        return _bits(base)
    if isinstance(base, Pow):
        inner = _exposed_bits(base.base)
        exponent = base.exp.as_coeff_Mul()[0]
        return inner * max(1.0, abs(float(exponent))) if inner and exponent.is_Rational else inner
    if isinstance(base, Mul | Add):
        return sum(_exposed_bits(arg) for arg in base.args)
    return 0


@dataclass
class Purse:
    """The bits left for numbers of one text, and the approximate values of its constants."""

    left: int = MAX_BITS
    _values: dict[Expr, complex] = field(default_factory=dict)

    def charge(self, bits: float) -> None:
        """Take bits from the purse.

        Raises:
            TooLarge: nothing is left.
        """
        if bits > self.left:
            raise TooLarge("the numbers become too long")
        self.left -= int(bits)

    def number(self, value: Rational) -> Rational:
        """Charge a number literal."""
        self.charge(_bits(value))
        return value

    def before_power(self, base: Expr, exponent: Expr) -> None:
        """Refuse `base**exponent` before it is computed, if it would be too large."""
        numeric, _ = exponent.as_coeff_Mul() if not exponent.is_Rational else (exponent, S.One)
        if numeric.is_Rational:
            size = abs(int(numeric)) + 1 if abs(numeric) > 1 else 1
            bits = _exposed_bits(base)
            if size > 1 and bits and size > MAX_BITS:
                raise TooLarge("this power is too large a number")
            if exponent.is_Rational and size > 1:
                self.charge(bits * size)
        if exponent.is_number and base.is_number:
            value = self.value(base)
            argument = abs(self.value(exponent)) * abs(math.log(abs(value))) if value else 0.0
            self.before_exponential(argument)

    def before_exponential(self, argument: float) -> None:
        """Refuse the exponential of a constant of this size."""
        if not argument <= MAX_ARGUMENT:
            raise TooLarge("this power or exponential is too large a number")

    def before_comparison(self, constant: Expr) -> None:
        """Refuse to compare a constant that needs very many digits."""
        if not abs(self.value(constant)) <= MAX_COMPARED:
            raise TooLarge("this constant is too large to be compared")

    def value(self, expr: Expr) -> complex:
        """A rough value of a constant, `inf` when it overflows; only good for refusing."""
        known = self._values.get(expr)
        if known is None:
            try:
                known = self._approximate(expr)
            except (OverflowError, ValueError, ZeroDivisionError):
                known = complex(math.inf)
            if cmath.isnan(known):
                known = complex(math.inf)
            self._values[expr] = known
        return known

    def _approximate(self, expr: Expr) -> complex:
        if expr.is_Rational:
            return complex(int(expr.p) / int(expr.q))
        if expr is S.ImaginaryUnit:
            return 1j
        if expr.is_NumberSymbol:
            return complex(float(expr))
        if isinstance(expr, Add):
            return sum((self.value(arg) for arg in expr.args), 0j)
        if isinstance(expr, Mul):
            product = 1 + 0j
            for arg in expr.args:
                product *= self.value(arg)
            return product
        if isinstance(expr, Pow):
            return self.value(expr.base) ** self.value(expr.exp)
        if isinstance(expr, exp):
            return cmath.exp(self.value(expr.args[0]))
        if isinstance(expr, log):
            return cmath.log(self.value(expr.args[0]))
        if type(expr).__name__ in _GROWING:
            return complex(math.exp(max(abs(self.value(arg)) for arg in expr.args)))
        if expr.is_infinite or expr in (S.Infinity, S.NegativeInfinity):
            return complex(_UNKNOWN)  # oo is exact, nothing is evaluated
        sizes = [abs(self.value(arg)) for arg in expr.args if isinstance(arg, Expr)]
        return complex(max([_UNKNOWN, *sizes]))
