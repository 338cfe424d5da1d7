"""What one JAX primitive computes, how it passes errors on, and how far it rounds.

A rule takes the operand values (arrays with the sample points along the first axis) and returns the
value with one partial derivative per operand; structural operations return how an adjoint travels
back instead.  `OPERATION_ULP` is the error of each operation in units in the last place of its own
result: 0.5 for the correctly rounded ones, else the larger of the exhaustive float32 maximum and
the figure that the JAX documentation gives for CPU or GPU; for float64 the sampled maximum,
doubled.

A special function is one operation: its error is the documented one (`numeric/special/table.py`,
measured in `docs/special-functions.md`), its value and derivatives are those of the public
function in float64.

Main definitions: `ELEMENTWISE`, `OPERATION_ULP`, `special_function`, `NoRoundingRuleError`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import jax
import numpy as np

from derivax.numeric import special
from derivax.numeric.special.differentiable import slope
from derivax.numeric.special.table import Row

__all__ = [
    "ELEMENTWISE",
    "OPERATION_ULP",
    "WITHOUT_ERROR",
    "NoRoundingRuleError",
    "operation_ulp",
    "special_function",
    "special_scale",
]

Values = Any  # a NumPy array


class NoRoundingRuleError(Exception):
    """A primitive for which no rounding analysis is known (internal: the caller falls back)."""


# (float32, float64) in ulp of the result
OPERATION_ULP: dict[str, tuple[float, float]] = {
    "exp": (6.0, 3.0),
    "exp2": (70.0, 1440.0),
    "expm1": (7.0, 6.0),
    "log": (1.5, 1.5),
    "log1p": (3.0, 260.0),
    "sin": (2.0, 2.5),
    "cos": (2.0, 2.5),
    "tan": (3.5, 2.5),
    "asin": (4.0, 3.0),
    "acos": (2.0, 2.5),
    "atan": (5.5, 3.5),
    "atan2": (6.0, 4.0),
    "sinh": (25.0, 1000.0),
    "cosh": (25.0, 1000.0),
    "tanh": (5.5, 13.0),
    "asinh": (3.5, 3.6),
    "acosh": (4.5, 3.5),
    "atanh": (3.5, 260.0),
    "rsqrt": (2.0, 2.1),
    "cbrt": (1.0, 6.2),
    "logistic": (4.0, 4.5),
    "erf": (7.0, 2.5),
    "erfc": (66.5, 940.0),
    "erf_inv": (65.0, 5e5),
    "pow": (2.0, 2.0),
}

# exact by construction: selections, signs, comparisons
WITHOUT_ERROR = frozenset(
    [
        "neg",
        "abs",
        "sign",
        "max",
        "min",
        "floor",
        "ceil",
        "round",
        "select_n",
        "clamp",
        "stop_gradient",
        "copy",
        "copy_p",
        "real",
        "is_finite",
        "eq",
        "ne",
        "lt",
        "le",
        "gt",
        "ge",
        "and",
        "or",
        "not",
        "xor",
    ]
)


def operation_ulp(name: str, single: bool) -> float:
    """The error of a primitive in ulp of its result."""
    return OPERATION_ULP.get(name, (0.5, 0.5))[0 if single else 1]


def _double_only(function: Callable[[float], float]) -> Callable[[Values], Values]:
    """A function of the `math` module on arrays; what it refuses becomes NaN."""

    def one(x: float) -> float:
        try:
            return function(x)
        except (ValueError, OverflowError):
            return math.nan

    vectorised = np.vectorize(one, otypes=[np.float64])
    return lambda x: vectorised(np.asarray(x, dtype=np.float64)).astype(x.dtype)


_erf, _erfc = _double_only(math.erf), _double_only(math.erfc)
_TWO_OVER_SQRT_PI = 2.0 / math.sqrt(math.pi)


def _digamma_of(x: float) -> float:
    """psi(x) to a few digits more than a partial derivative needs."""
    if x <= 0 and x == math.floor(x):
        return math.nan
    if x < 0.5:
        return _digamma_of(1 - x) - math.pi / math.tan(math.pi * x)
    total = 0.0
    while x < 10:
        total -= 1 / x
        x += 1
    square = 1 / (x * x)
    return total + math.log(x) - 0.5 / x - square * (1 / 12 - square * (1 / 120 - square / 252))


def _logistic(x: Values) -> Values:
    return 1 / (1 + np.exp(-x))


def _power(x: Values, y: Values) -> tuple[Values, tuple[Values, Values]]:
    value = np.power(x, y)
    log_x = np.where(x > 0, np.log(np.where(x > 0, x, 1)), 0)
    return value, (np.where(y == 0, 0, y * np.power(x, y - 1)), value * log_x)


def _erf_inv(x: Values) -> tuple[Values, tuple[Values]]:
    from statistics import NormalDist

    inverse = _double_only(lambda p: NormalDist().inv_cdf((p + 1) / 2) / math.sqrt(2))
    value = inverse(x)
    return value, (np.exp(value * value) / _TWO_OVER_SQRT_PI,)


def _hypotenuse_squared(y: Values, x: Values) -> Values:
    return x * x + y * y


# name -> function of the operand values: (value, partial derivatives)
ELEMENTWISE: dict[str, Callable[..., tuple[Values, tuple[Values, ...]]]] = {
    "add": lambda a, b: (a + b, (1.0, 1.0)),
    "add_any": lambda a, b: (a + b, (1.0, 1.0)),
    "sub": lambda a, b: (a - b, (1.0, -1.0)),
    "mul": lambda a, b: (a * b, (b, a)),
    "div": lambda a, b: (a / b, (1 / b, -a / (b * b))),
    "neg": lambda a: (-a, (-1.0,)),
    "abs": lambda a: (np.abs(a), (np.sign(a),)),
    "sign": lambda a: (np.sign(a), (0.0,)),
    "floor": lambda a: (np.floor(a), (0.0,)),
    "ceil": lambda a: (np.ceil(a), (0.0,)),
    "max": lambda a, b: (np.maximum(a, b), (a >= b, b > a)),
    "min": lambda a, b: (np.minimum(a, b), (a <= b, b < a)),
    "square": lambda a: (a * a, (2 * a,)),
    "sqrt": lambda a: (np.sqrt(a), (0.5 / np.sqrt(a),)),
    "rsqrt": lambda a: (1 / np.sqrt(a), (-0.5 / (a * np.sqrt(a)),)),
    "cbrt": lambda a: (np.cbrt(a), (1 / (3 * np.cbrt(a) ** 2),)),
    "exp": lambda a: (np.exp(a), (np.exp(a),)),
    "exp2": lambda a: (np.exp2(a), (np.exp2(a) * math.log(2),)),
    "expm1": lambda a: (np.expm1(a), (np.exp(a),)),
    "log": lambda a: (np.log(a), (1 / a,)),
    "log1p": lambda a: (np.log1p(a), (1 / (1 + a),)),
    "sin": lambda a: (np.sin(a), (np.cos(a),)),
    "cos": lambda a: (np.cos(a), (-np.sin(a),)),
    "tan": lambda a: (np.tan(a), (1 + np.tan(a) ** 2,)),
    "asin": lambda a: (np.arcsin(a), (1 / np.sqrt(1 - a * a),)),
    "acos": lambda a: (np.arccos(a), (-1 / np.sqrt(1 - a * a),)),
    "atan": lambda a: (np.arctan(a), (1 / (1 + a * a),)),
    "atan2": lambda a, b: (
        np.arctan2(a, b),
        (b / _hypotenuse_squared(a, b), -a / _hypotenuse_squared(a, b)),
    ),
    "sinh": lambda a: (np.sinh(a), (np.cosh(a),)),
    "cosh": lambda a: (np.cosh(a), (np.sinh(a),)),
    "tanh": lambda a: (np.tanh(a), (1 - np.tanh(a) ** 2,)),
    "asinh": lambda a: (np.arcsinh(a), (1 / np.sqrt(1 + a * a),)),
    "acosh": lambda a: (np.arccosh(a), (1 / np.sqrt(a * a - 1),)),
    "atanh": lambda a: (np.arctanh(a), (1 / ((1 - a) * (1 + a)),)),
    "logistic": lambda a: (_logistic(a), (_logistic(a) * _logistic(-a),)),
    "erf": lambda a: (_erf(a), (_TWO_OVER_SQRT_PI * np.exp(-a * a),)),
    "erfc": lambda a: (_erfc(a), (-_TWO_OVER_SQRT_PI * np.exp(-a * a),)),
    "erf_inv": _erf_inv,
    "lgamma": lambda a: (_double_only(math.lgamma)(a), (_double_only(_digamma_of)(a),)),
    "pow": _power,
    "rem": lambda a, b: (np.fmod(a, b), (1.0, -np.trunc(a / b))),
    "stop_gradient": lambda a: (a, (1.0,)),
    "copy": lambda a: (a, (1.0,)),
    "copy_p": lambda a: (a, (1.0,)),
    "real": lambda a: (a, (1.0,)),
    "clamp": lambda low, a, high: (
        np.clip(a, low, high),
        (a < low, (a >= low) & (a <= high), a > high),
    ),
    "is_finite": lambda a: (np.isfinite(a), (0.0,)),
    "eq": lambda a, b: (a == b, (0.0, 0.0)),
    "ne": lambda a, b: (a != b, (0.0, 0.0)),
    "lt": lambda a, b: (a < b, (0.0, 0.0)),
    "le": lambda a, b: (a <= b, (0.0, 0.0)),
    "gt": lambda a, b: (a > b, (0.0, 0.0)),
    "ge": lambda a, b: (a >= b, (0.0, 0.0)),
    "and": lambda a, b: (a & b, (0.0, 0.0)),
    "or": lambda a, b: (a | b, (0.0, 0.0)),
    "xor": lambda a, b: (a ^ b, (0.0, 0.0)),
    "not": lambda a: (~a, (0.0,)),
}


def special_function(row: Row, values: Sequence[Values]) -> tuple[Values, list[Values]]:
    """The value and the partial derivatives (0 for whole orders) at the given arguments."""
    spread = np.broadcast_arrays(*values)
    with jax.enable_x64(True):
        points = [np.asarray(v, dtype=np.float64) for v in spread]
        value = np.asarray(getattr(special, row.function)(*points))
        partials = [
            np.zeros_like(value) if name is None else np.asarray(slope(row, k)(*points))
            for k, name in enumerate(row.partials)
        ]
    wide = spread[0].dtype
    return value.astype(wide), [p.astype(wide) for p in partials]


def special_scale(
    row: Row, values: Sequence[Values], value: Values, partials: Sequence[Values]
) -> Values:
    """What the documented error of a special function is relative to."""
    size = np.abs(value)
    if row.scale == "unit":
        return np.maximum(size, 1)
    if row.scale == "envelope":
        return np.hypot(value, partials[-1])
    if row.scale == "reflected":
        x = np.abs(values[0])
        return np.where(values[0] < 0, np.maximum(size, (1 + x) * np.log(x + 2)), size)
    return size
