"""Exact values of constant subexpressions, rounded once.

*Main definitions*: `evaluate(tape, i)`: the real number at a constant node as an interval of
rationals so narrow that it rounds one way, or None where it is not a finite real number.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from fractions import Fraction

import flint

from derivax.numeric.codegen.tape import Exact, Node, Tape
from derivax.symbolic.exact.precision import working_precision

__all__ = ["evaluate", "round_to_double", "round_to_single", "single_that_differs"]

BITS = (192, 768, 3072)

NAMED: dict[str, Callable[[], flint.arb]] = {
    "pi": flint.arb.pi,
    "e": lambda: flint.arb(1).exp(),
    "euler_gamma": flint.arb.const_euler,
    "golden": lambda: (1 + flint.arb(5).sqrt()) / 2,
    "catalan": flint.arb.const_catalan,
}

UNARY = {
    name: name
    for name in (
        "exp",
        "expm1",
        "log",
        "log1p",
        "sin",
        "cos",
        "tan",
        "asin",
        "acos",
        "atan",
        "sinh",
        "cosh",
        "tanh",
        "sech",
        "csch",
        "coth",
        "asinh",
        "acosh",
        "atanh",
        "erf",
        "erfc",
        "floor",
    )
}
UNARY |= {"abs": "__abs__", "ceiling": "ceil"}
UNARY |= {name: name for name in ("erfi", "erfinv", "erfcinv", "gamma", "rgamma", "digamma")}
UNARY |= {name: name for name in ("ei", "li", "si", "ci", "shi", "chi")}
UNARY |= {"loggamma": "lgamma", "fresnels": "fresnel_s", "fresnelc": "fresnel_c"}


def _apply(node: Node, values: list[flint.arb]) -> flint.arb | None:
    op, data = node.op, node.data
    if op == "const":
        assert isinstance(data, int | Fraction)
        return flint.arb(flint.fmpq(data.numerator, data.denominator))
    if op == "named":
        make = NAMED.get(str(data))
        return make() if make else None
    if op == "add":
        return sum(values, flint.arb(0))
    if op == "mul":
        product = flint.arb(1)
        for value in values:
            product *= value
        return product
    if op == "power":
        assert isinstance(data, int | Fraction)
        if data.denominator == 2:
            return values[0].sqrt() ** data.numerator
        if data.denominator == 1:
            return values[0] ** data.numerator
        return values[0] ** flint.arb(flint.fmpq(data.numerator, data.denominator))
    if op == "pow":
        return values[0] ** values[1]
    if op in ("max", "min"):
        return getattr(values[0], op)(values[1])
    if op in UNARY:
        return getattr(values[0], UNARY[op])()
    return None


def evaluate(tape: Tape, i: int) -> Exact | None:
    """The number at a constant node, to far more digits than any float holds; None: leave it."""
    order = tape.reachable([i])
    for bits in BITS:
        with working_precision(bits):
            values: dict[int, flint.arb] = {}
            for k in order:
                node = tape[k]
                value = _apply(node, [values[j] for j in node.operands])
                if value is None or not value.is_finite():
                    return None
                values[k] = value
            ball = values[i]
            low, high = _rational(ball.lower()), _rational(ball.upper())
            middle = (low + high) / 2
        if low == high or _same_rounding(low, high):
            return middle
    return middle


def _rational(x: flint.arb) -> Fraction:
    mantissa, exponent = x.mid().man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def _same_rounding(low: Fraction, high: Fraction) -> bool:
    return round_to_double(low) == round_to_double(high) and round_to_single(
        low
    ) == round_to_single(high)


def round_to_double(value: Exact) -> float:
    """The nearest float64, infinite on overflow."""
    try:
        return int(value.numerator) / int(value.denominator)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def single_that_differs(value: Exact, double: float) -> float | None:
    """The nearest float32 where rounding by way of `double` would miss it, else None.

    That needs `double` to lie on the midpoint of two float32 without being `value` itself.
    """
    below = struct.unpack("<Q", struct.pack("<d", double))[0] & 0x1FFF_FFFF
    if below != 0x1000_0000 and abs(double) > 2.0**-126:
        return None
    single = round_to_single(value)
    return None if single == round_to_single(Fraction(double)) else single


def round_to_single(value: Exact) -> float:
    """The nearest float32 (ties to even), as a float; infinite on overflow."""
    if not value:
        return 0.0
    size = abs(Fraction(value))
    exponent = size.numerator.bit_length() - size.denominator.bit_length()
    if size < Fraction(2) ** exponent:
        exponent -= 1
    unit = Fraction(2) ** (max(exponent, -126) - 23)
    rounded = round(size / unit) * unit  # Fraction rounds halves to even
    result = float("inf") if rounded >= Fraction(2) ** 128 else float(rounded)
    return result if value > 0 else -result
