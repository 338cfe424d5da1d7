"""Truncated power series over any field: products, quotients and the elementary functions.

A series is the list of its coefficients c_0, c_1, ...  Functions use the differential equations
that they satisfy: e' = e u' for exp, p' (1 + v) = r p v' for powers, and so on, so that only field
operations are needed besides the value of the function at c_0.

Main definitions: `Field`, `multiply`, `divide`, `exponential`, `logarithm`, `power`, `sine_cosine`,
`integral_of_product`.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Protocol

__all__ = [
    "Field",
    "add",
    "composed",
    "derivative",
    "divide",
    "exponential",
    "integral",
    "logarithm",
    "multiply",
    "power",
    "sine_cosine",
]

Element = Any
Coefficients = list[Any]


class Field(Protocol):
    """The operations on coefficients."""

    zero: Element
    one: Element

    def add(self, a: Element, b: Element) -> Element: ...

    def mul(self, a: Element, b: Element) -> Element: ...

    def scaled(self, a: Element, c: Fraction) -> Element: ...

    def inverse(self, a: Element) -> Element: ...

    def is_zero(self, a: Element) -> bool: ...


def _dot(field: Field, pairs: Sequence[tuple[Element, Element]]) -> Element:
    total = field.zero
    for a, b in pairs:
        if not field.is_zero(a) and not field.is_zero(b):
            total = field.add(total, field.mul(a, b))
    return total


def add(field: Field, a: Coefficients, b: Coefficients) -> Coefficients:
    """a + b to the shorter length."""
    return [field.add(x, y) for x, y in zip(a, b, strict=False)]


def multiply(field: Field, a: Coefficients, b: Coefficients) -> Coefficients:
    """a * b to the shorter length."""
    length = min(len(a), len(b))
    return [_dot(field, [(a[j], b[k - j]) for j in range(k + 1)]) for k in range(length)]


def divide(field: Field, a: Coefficients, b: Coefficients) -> Coefficients:
    """a / b for b_0 != 0."""
    length = min(len(a), len(b))
    inverse = field.inverse(b[0])
    result: Coefficients = []
    for k in range(length):
        known = _dot(field, [(result[j], b[k - j]) for j in range(k)])
        result.append(field.mul(field.add(a[k], field.scaled(known, Fraction(-1))), inverse))
    return result


def derivative(field: Field, a: Coefficients) -> Coefficients:
    """a', one term shorter."""
    return [field.scaled(c, Fraction(k)) for k, c in enumerate(a)][1:]


def integral(field: Field, a: Coefficients, constant: Element) -> Coefficients:
    """The antiderivative with the given value at the point, one term longer."""
    return [constant, *(field.scaled(c, Fraction(1, k + 1)) for k, c in enumerate(a))]


def exponential(field: Field, u: Coefficients, at: Element) -> Coefficients:
    """exp(u) from its value `at` the point: k e_k = sum j u_j e_(k-j)."""
    result = [at]
    for k in range(1, len(u)):
        terms = [(field.scaled(u[j], Fraction(j, k)), result[k - j]) for j in range(1, k + 1)]
        result.append(_dot(field, terms))
    return result


def logarithm(field: Field, u: Coefficients, at: Element) -> Coefficients:
    """log(u) from its value `at` the point: the integral of u'/u."""
    return integral(field, divide(field, derivative(field, u), u[:-1]), at) if len(u) > 1 else [at]


def power(field: Field, u: Coefficients, r: Element, at: Element) -> Coefficients:
    """u**r from its value `at` the point, u_0 != 0: k u_0 p_k = sum (r j - k + j) u_j p_(k-j)."""
    inverse = field.inverse(u[0])
    scaled = [field.mul(c, inverse) for c in u]
    result = [at]
    for k in range(1, len(u)):
        total = field.zero
        for j in range(1, k + 1):
            if field.is_zero(scaled[j]):
                continue
            weight = field.add(
                field.scaled(r, Fraction(j, k)), field.scaled(field.one, Fraction(j - k, k))
            )
            total = field.add(total, field.mul(field.mul(weight, scaled[j]), result[k - j]))
        result.append(total)
    return result


def sine_cosine(
    field: Field, u: Coefficients, sine: Element, cosine: Element, sign: int = -1
) -> tuple[Coefficients, Coefficients]:
    """(sin u, cos u) from the values at the point: s' = c u', c' = -s u' (+s u' for `sign` = 1)."""
    s, c = [sine], [cosine]
    for k in range(1, len(u)):
        slopes = [field.scaled(u[j], Fraction(j, k)) for j in range(1, k + 1)]
        next_s = _dot(field, [(slopes[j - 1], c[k - j]) for j in range(1, k + 1)])
        next_c = _dot(field, [(slopes[j - 1], s[k - j]) for j in range(1, k + 1)])
        s.append(next_s)
        c.append(field.scaled(next_c, Fraction(sign)))
    return s, c


def composed(field: Field, outer: Coefficients, u: Coefficients) -> Coefficients:
    """sum outer_k (u - u_0)**k, by Horner's rule."""
    inner = [field.zero, *u[1:]]
    result = [field.zero] * len(u)
    for coefficient in reversed(outer[: len(u)]):
        result = multiply(field, result, inner)
        result[0] = field.add(result[0], coefficient)
    return result
