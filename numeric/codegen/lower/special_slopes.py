"""Beta, binomial, zeta, polylogarithm and combinatorial heads: derivatives and readers.

*Main definitions*: `SLOPES`: function -> its partial derivatives as SymPy expressions, read onto
the tape where SymPy's own are missing or have removable singularities; `READERS`: heads that are
expressed through functions of the table.

*Implementation notes*: 1/gamma and digamma/gamma are entire; next to the poles of gamma they are
written by reflection, so that derivatives of all orders exist at whole numbers too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import sympy
from sympy import And, Piecewise, beta, cos, digamma, gamma, log, pi, sin

from derivax.errors import CompileError
from derivax.numeric.codegen.lower.operation import one_plus

if TYPE_CHECKING:
    from derivax.numeric.codegen.reading import Reader

__all__ = ["READERS", "SLOPES"]

Read = Callable[["Reader", sympy.Basic, Sequence[int]], int]
HALF = sympy.Rational(1, 2)


def _rising(x: Any, n: Any) -> Any:
    """d/dx gamma(x + n)/gamma(x)."""
    s = x + n
    wave = (digamma(s) - digamma(1 - x)) * sin(pi * x) / pi + cos(pi * x)
    return Piecewise(
        (gamma(s) * gamma(1 - x) * wave, And(x < HALF, s > 0)),
        (sympy.RisingFactorial(x, n) * (digamma(1 - s) - digamma(1 - x)), s <= 0),
        (sympy.RisingFactorial(x, n) * (digamma(s) - digamma(x)), True),
    )


def _falling_order(x: Any, n: Any) -> Any:
    rest = x - n + 1
    wave = digamma(1 - rest) * sin(pi * rest) / pi - cos(pi * rest)
    return Piecewise(
        (gamma(x + 1) * gamma(1 - rest) * wave, rest < HALF),
        (sympy.FallingFactorial(x, n) * digamma(rest), True),
    )


def _binomial(n: Any, k: Any) -> tuple[Any, Any]:
    value, gap = sympy.binomial(n, k), k - n
    front, down = beta(n + 1, gap), beta(n + 1, -k)
    low = And(gap > HALF, n > -1)
    by_n = front * ((digamma(n + 1) - digamma(gap)) * sin(pi * gap) / pi - cos(pi * gap))
    by_k = front * ((digamma(gap) - digamma(k + 1)) * sin(pi * gap) / pi + cos(pi * gap))
    far = -down * ((digamma(-k) - digamma(n - k + 1)) * sin(-pi * k) / pi + cos(pi * k))
    return (
        Piecewise(
            (by_n, low),
            (value * (digamma(-n) - digamma(gap)), n <= -1),
            (value * (digamma(n + 1) - digamma(1 - gap)), True),
        ),
        Piecewise(
            (by_k, low),
            (far, And(k < -HALF, n > -1)),
            (value * (digamma(1 - gap) - digamma(k + 1)), True),
        ),
    )


def _d_factorial2(n: Any) -> Any:
    wave = pi * log(2 / pi) / 4 * sin(pi * n)
    return sympy.factorial2(n) * ((log(2) + digamma(n / 2 + 1)) / 2 + wave)


def _d_polylog(s: Any, z: Any) -> Any:
    return Piecewise(
        (sympy.lerchphi(z, s - 1, 1), z >= -1),
        (sympy.polylog(s - 1, z) / z, True),
    )


SLOPES: dict[str, Callable[..., tuple[Any, ...]]] = {
    "beta": lambda a, b: (
        beta(a, b) * (digamma(a) - digamma(a + b)),
        beta(a, b) * (digamma(b) - digamma(a + b)),
    ),
    "binomial": _binomial,
    "rising_factorial": lambda x, n: (
        _rising(x, n),
        sympy.RisingFactorial(x, n) * digamma(x + n),
    ),
    "falling_factorial": lambda x, n: (_rising(x - n + 1, n), _falling_order(x, n)),
    "hurwitz_zeta": lambda s, a: (None, -s * sympy.zeta(s + 1, a)),
    "expint": lambda p, x: (None, -sympy.expint(p - 1, x)),
    "polylog": lambda s, z: (None, _d_polylog(s, z)),
    "lerchphi": lambda z, s, a: (
        sympy.lerchphi(z, s - 1, a + 1) - a * sympy.lerchphi(z, s, a + 1),
        None,
        -s * sympy.lerchphi(z, s + 1, a),
    ),
    "factorial2": lambda n: (_d_factorial2(n),),
    "catalan": lambda n: (
        sympy.catalan(n) * (log(4) + digamma(n + HALF) - digamma(n + 2)),
    ),
    "harmonic": lambda n: (sympy.polygamma(1, n + 1),),
}  # fmt: skip
"""Function -> partial derivatives of its arguments; None where there is no closed form."""


# -- readers -----------------------------------------------------------------------------------


def _read_betainc(reader: Reader, expr: sympy.Basic, ids: Sequence[int]) -> int:
    """I_y(a, b) - I_x(a, b), times B(a, b) when it is not regularised."""
    tape, (a, b, x, y) = reader.tape, ids
    zero, one = tape.number(x) == 0, tape.number(y) == 1
    if one and not zero:
        value = tape.push("betaincc", (a, b, x))
    else:
        value = tape.push("betainc", (a, b, y))
        if not zero:
            value = tape.sub(value, tape.push("betainc", (a, b, x)))
    if isinstance(expr, sympy.betainc):
        value = tape.mul((tape.push("beta", (a, b)), value))
    return value


def _read_erf2(reader: Reader, expr: sympy.Basic, ids: Sequence[int]) -> int:
    """erf(y) - erf(x); of complements where both are on one side of 0."""
    tape, (x, y) = reader.tape, ids
    zero = tape.const(0)
    low, high = tape.push("min", (x, y)), tape.push("max", (x, y))
    right = tape.sub(tape.push("erfc", (x,)), tape.push("erfc", (y,)))
    left = tape.sub(
        tape.push("erfc", (tape.neg(y),)), tape.push("erfc", (tape.neg(x),))
    )  # fmt: skip
    middle = tape.sub(tape.push("erf", (y,)), tape.push("erf", (x,)))
    return tape.select(
        [(tape.push("lt", (zero, low)), right), (tape.push("lt", (high, zero)), left)], middle
    )


def _read_hankel(first: type, second: type, sign: int) -> Read:
    """J + i Y, or J - i Y."""

    def read(reader: Reader, expr: sympy.Basic, ids: Sequence[int]) -> int:
        order, x = expr.args
        turned = sign * sympy.I * second(order, x)
        return reader.read(first(order, x) + turned)

    return read


def _read_genocchi(reader: Reader, expr: sympy.Basic, ids: Sequence[int]) -> int:
    """2 (1 - 2^n) B_n."""
    tape = reader.tape
    gap = tape.sub(tape.const(1), tape.push("exp2", ids))
    return tape.mul((tape.const(2), gap, tape.push("bernoulli_number", ids)))


def _read_harmonic(reader: Reader, expr: sympy.Basic, ids: Sequence[int]) -> int:
    """Harmonic numbers of order m > 1 are zeta(m) - zeta(m, n + 1)."""
    tape = reader.tape
    if len(ids) == 1 or tape.number(ids[1]) == 1:
        return tape.push("harmonic", ids[:1])
    order = tape.number(ids[1])
    if order is None or order <= 1:
        raise CompileError(
            str(expr),
            "harmonic numbers are lowered for orders > 1 that are numbers, and order 1",
            "write it as a Sum",
        )
    tail = tape.push("hurwitz_zeta", (ids[1], one_plus(tape, ids[0])))
    return tape.sub(tape.push("zeta", ids[1:]), tail)


READERS: dict[str, Read] = {
    "betainc": _read_betainc,
    "betainc_regularized": _read_betainc,
    "erf2": _read_erf2,
    "hankel1": _read_hankel(sympy.besselj, sympy.bessely, 1),
    "hankel2": _read_hankel(sympy.besselj, sympy.bessely, -1),
    "hn1": _read_hankel(sympy.jn, sympy.yn, 1),
    "hn2": _read_hankel(sympy.jn, sympy.yn, -1),
    "genocchi": _read_genocchi,
    "harmonic": _read_harmonic,
}
"""SymPy head (by name) -> how it is read."""
