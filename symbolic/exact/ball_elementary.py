"""Elementary functions on balls: arithmetic, exponentials, trigonometry and the inverse functions.

A real function is tried on the real line first (fast); where it is not real, the complex function
answers, with SymPy's principal branches.

Main definitions: `ELEMENTARY` (the table), `entire`, `branched`, `real_only`, `pow_rule`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from functools import partial, reduce
from typing import Any

import sympy as sp
from flint import acb, arb

from derivax.symbolic.exact.ball_values import (
    I_UNIT,
    NAN,
    Ball,
    Undefined,
    as_complex,
    cut,
    is_nan,
    is_zero,
    non_analytic,
    power,
    power_integer,
    power_rational,
    simplest,
)
from derivax.symbolic.exact.dag import Node

__all__ = [
    "ELEMENTARY",
    "PI_MULTIPLES",
    "Rule",
    "branched",
    "entire",
    "everywhere",
    "exp_pi_i",
    "nonpositive_integer",
    "pow_rule",
    "real_only",
]

Rule = tuple[Callable[..., Any], tuple[int, ...], bool]
"""(function, operand slots, whether the function wants the environment first)"""


# ---- arithmetic -----------------------------------------------------------------------------


def _add(*terms: Ball) -> Ball:
    return simplest(reduce(operator.add, terms))


def product(*factors: Ball) -> Ball:
    return simplest(reduce(operator.mul, factors))


def pow_rule(node: Node, nodes: Sequence[Node]) -> Rule:
    base, exponent = node.args
    number = nodes[exponent].expr
    if isinstance(number, sp.Integer):
        return partial(power_integer, exponent=int(number)), (base,), False
    if isinstance(number, sp.Rational):
        return partial(power_rational, p=int(number.p), q=int(number.q)), (base,), False
    return power, (base, exponent), False


# ---- functions of one variable -----------------------------------------------------------------


def entire(name: str, pole: Callable[[Ball], bool] | None = None) -> Callable[[Ball], Ball]:
    """A function without branch cuts; `pole` recognises its exact poles."""

    def function(x: Ball) -> Ball:
        if pole is not None and pole(x):
            raise Undefined(name)
        return simplest(getattr(x, name)())

    return function


def branched(
    name: str,
    on_cut: Callable[[acb], bool],
    pole: Callable[[Ball], bool] | None = None,
) -> Callable[[Ball], Ball]:
    """A function with branch cuts: real where it is real, else the principal value."""

    def function(x: Ball) -> Ball:
        if pole is not None and pole(x):
            raise Undefined(name)
        if isinstance(x, arb):
            y = getattr(x, name)()
            if not is_nan(y):
                return y
            x = acb(x)
        elif non_analytic(on_cut, x):
            return NAN
        return simplest(getattr(x, name)())

    return function


def _reciprocal(function: Callable[[Ball], Ball]) -> Callable[[Ball], Ball]:
    def of_inverse(x: Ball) -> Ball:
        if is_zero(x):
            raise Undefined("1/0")
        return function(simplest(1 / x))

    return of_inverse


def _outside_unit(z: acb) -> bool:
    """Whether the ball meets the real rays |x| >= 1."""
    return bool(z.imag.contains(0)) and not abs(z.real) < 1


def _imaginary_outside_unit(z: acb) -> bool:
    return bool(z.real.contains(0)) and not abs(z.imag) < 1


def _below_one(z: acb) -> bool:
    return bool(z.imag.contains(0)) and not z.real > 1


def everywhere(z: acb) -> bool:
    return True


def _is_unit(x: Ball) -> bool:
    return bool(x == 1) or bool(x == -1)


def nonpositive_integer(x: Ball) -> bool:
    return isinstance(x, arb) and x.is_integer() and bool(x <= 0)


_log = branched("log", cut, is_zero)
_asin = branched("asin", _outside_unit)
_acos = branched("acos", _outside_unit)
_atan = branched("atan", _imaginary_outside_unit)
_asinh = branched("asinh", _imaginary_outside_unit)
_acosh = branched("acosh", _below_one)
_atanh = branched("atanh", _outside_unit, _is_unit)


def _acot(x: Ball) -> Ball:
    if is_zero(x):
        return arb.pi() / 2
    return _atan(simplest(1 / x))


def _log_base(x: Ball, base: Ball) -> Ball:
    return simplest(_log(x) / _log(base))


def _abs(x: Ball) -> Ball:
    if isinstance(x, arb):
        return abs(x)
    return NAN if non_analytic(everywhere, x) else abs(x)


def real_only(function: Callable[..., Any]) -> Callable[..., Any]:
    """NaN unless every operand is certainly real."""

    def guarded(*args: Ball) -> Ball:
        return function(*args) if all(isinstance(a, arb) for a in args) else NAN

    return guarded


def _sign(x: Ball) -> Ball:
    if isinstance(x, acb):
        if non_analytic(everywhere, x) or x.contains(0):
            return NAN
        return simplest(x / abs(x))
    return arb(1) if x > 0 else arb(-1) if x < 0 else arb(0) if is_zero(x) else NAN


@real_only
def _floor(x: arb) -> Ball:
    low, high = x.lower().floor(), x.upper().floor()
    return low if low == high else NAN


@real_only
def _ceiling(x: arb) -> Ball:
    low, high = x.lower().ceil(), x.upper().ceil()
    return low if low == high else NAN


def _heaviside(x: Ball, at_zero: Ball) -> Ball:
    if not isinstance(x, arb):
        return NAN
    return arb(1) if x > 0 else arb(0) if x < 0 else at_zero if is_zero(x) else NAN


def _max(*args: arb) -> Ball:
    return reduce(lambda a, b: a.max(b), args)


def _min(*args: arb) -> Ball:
    return reduce(lambda a, b: a.min(b), args)


def _mod(a: Ball, b: Ball) -> Ball:
    return a - b * _floor(a / b)


def _re(x: Ball) -> Ball:
    return x if isinstance(x, arb) else NAN if non_analytic(everywhere, x) else x.real


def _im(x: Ball) -> Ball:
    return arb(0) if isinstance(x, arb) else NAN if non_analytic(everywhere, x) else x.imag


def _conjugate(x: Ball) -> Ball:
    return x if isinstance(x, arb) else NAN if non_analytic(everywhere, x) else x.conjugate()


def _arg(x: Ball) -> Ball:
    if is_zero(x):
        raise Undefined("arg(0)")
    if isinstance(x, arb):
        return arb(0) if x > 0 else arb.pi() if x < 0 else NAN
    return NAN if non_analytic(everywhere, x) or x.contains(0) else x.arg()


def _atan2(y: Ball, x: Ball) -> Ball:
    if is_zero(x) and is_zero(y):
        raise Undefined("atan2(0, 0)")
    if isinstance(x, arb) and isinstance(y, arb):
        return arb.atan2(y, x) if not (y.contains(0) and x.contains(0)) else NAN
    ratio = as_complex(x) + I_UNIT * as_complex(y)
    modulus = as_complex(x) ** 2 + as_complex(y) ** 2
    return simplest(-I_UNIT * _log(simplest(ratio / power_rational(simplest(modulus), 1, 2))))


# ---- trigonometric functions of multiples of pi ---------------------------------------------


def _pi_multiple(name: str) -> Callable[..., Ball]:
    def function(*factors: Ball) -> Ball:
        x = product(*factors) if factors else arb(1)
        if name in ("tan_pi", "sec") and is_zero(x.cos_pi()):
            raise Undefined(name)
        if name in ("cot_pi", "csc") and is_zero(x.sin_pi()):
            raise Undefined(name)
        if name == "sec":
            return simplest(1 / x.cos_pi())
        if name == "csc":
            return simplest(1 / x.sin_pi())
        return simplest(getattr(x, name)())

    return function


PI_MULTIPLES = {
    sp.sin: _pi_multiple("sin_pi"),
    sp.cos: _pi_multiple("cos_pi"),
    sp.tan: _pi_multiple("tan_pi"),
    sp.cot: _pi_multiple("cot_pi"),
    sp.sec: _pi_multiple("sec"),
    sp.csc: _pi_multiple("csc"),
}


def exp_pi_i(*factors: Ball) -> Ball:
    return simplest(as_complex(product(*factors) if factors else arb(1)).exp_pi_i())


ELEMENTARY: dict[type, Callable[..., Any]] = {
    sp.Add: _add,
    sp.Mul: product,
    sp.exp: entire("exp"),
    sp.log: lambda x, *base: _log_base(x, *base) if base else _log(x),
    sp.sin: entire("sin"),
    sp.cos: entire("cos"),
    sp.tan: entire("tan"),
    sp.cot: entire("cot", is_zero),
    sp.sec: entire("sec"),
    sp.csc: entire("csc", is_zero),
    sp.sinc: entire("sinc"),
    sp.sinh: entire("sinh"),
    sp.cosh: entire("cosh"),
    sp.tanh: entire("tanh"),
    sp.coth: entire("coth", is_zero),
    sp.sech: entire("sech"),
    sp.csch: entire("csch", is_zero),
    sp.asin: _asin,
    sp.acos: _acos,
    sp.atan: _atan,
    sp.acot: _acot,
    sp.asec: _reciprocal(_acos),
    sp.acsc: _reciprocal(_asin),
    sp.atan2: _atan2,
    sp.asinh: _asinh,
    sp.acosh: _acosh,
    sp.atanh: _atanh,
    sp.acoth: _reciprocal(_atanh),
    sp.asech: _reciprocal(_acosh),
    sp.acsch: _reciprocal(_asinh),
    sp.Abs: _abs,
    sp.sign: _sign,
    sp.floor: _floor,
    sp.ceiling: _ceiling,
    sp.frac: real_only(lambda x: x - _floor(x)),
    sp.Mod: real_only(_mod),
    sp.Min: real_only(_min),
    sp.Max: real_only(_max),
    sp.Heaviside: _heaviside,
    sp.re: _re,
    sp.im: _im,
    sp.conjugate: _conjugate,
    sp.arg: _arg,
}
"""SymPy head -> function on balls."""
