"""The table from SymPy heads to functions on balls, with SymPy's principal branches.

Main definitions: `instruction` (the table lookup), `HEADS`, `CONSTANTS`, `Undefined`.

Implementation notes: a real function is tried on the real line first (fast); where it is not
real, the complex function answers.  `Undefined` says that a pole was met *exactly*; a ball that
merely contains a pole or a branch point gives NaN, that is, undecided.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from functools import partial, reduce
from typing import Any

import sympy as sp
from flint import acb, arb
from sympy import Basic
from sympy.core.function import AppliedUndef, Derivative
from sympy.functions.elementary.piecewise import ExprCondPair
from sympy.logic import boolalg

from derivax.symbolic.exact import ball_binders
from derivax.symbolic.exact.ball_values import (
    I_UNIT,
    NAN,
    Ball,
    Undefined,
    as_complex,
    current_bits,
    cut,
    is_nan,
    is_zero,
    non_analytic,
    power,
    power_integer,
    power_rational,
    simplest,
    whole_number,
)
from derivax.symbolic.exact.dag import Node, rational_value

__all__ = [
    "CONSTANTS",
    "HEADS",
    "NAN",
    "Ball",
    "Undefined",
    "binds",
    "current_bits",
    "instruction",
    "is_indexed",
    "is_nan",
    "needed_operands",
    "simplest",
]

Rule = tuple[Callable[..., Any], tuple[int, ...], bool]
"""(function, operand slots, whether the function wants the environment first)"""


def is_indexed(node: Basic) -> bool:
    """Whether the node is an entry of an indexed or matrix variable, a variable of its own."""
    return isinstance(node, (sp.Indexed, sp.matrices.expressions.matexpr.MatrixElement))


def binds(node: Basic) -> bool:
    """Whether the node has bound variables, so that its body is evaluated by itself."""
    return isinstance(node, (sp.Sum, sp.Product, sp.Integral, sp.Subs)) or hasattr(node, "_ball_")


# ---- arithmetic -----------------------------------------------------------------------------


def _add(*terms: Ball) -> Ball:
    return simplest(reduce(operator.add, terms))


def _mul(*factors: Ball) -> Ball:
    return simplest(reduce(operator.mul, factors))


def _pow_rule(node: Node, nodes: Sequence[Node]) -> Rule:
    base, exponent = node.args
    number = nodes[exponent].expr
    if isinstance(number, sp.Integer):
        return partial(power_integer, exponent=int(number)), (base,), False
    if isinstance(number, sp.Rational):
        return partial(power_rational, p=int(number.p), q=int(number.q)), (base,), False
    return power, (base, exponent), False


# ---- functions of one variable -----------------------------------------------------------------


def _entire(name: str, pole: Callable[[Ball], bool] | None = None) -> Callable[[Ball], Ball]:
    """A function without branch cuts; `pole` recognises its exact poles."""

    def function(x: Ball) -> Ball:
        if pole is not None and pole(x):
            raise Undefined(name)
        return simplest(getattr(x, name)())

    return function


def _branched(
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


def _everywhere(z: acb) -> bool:
    return True


def _is_unit(x: Ball) -> bool:
    return bool(x == 1) or bool(x == -1)


def _nonpositive_integer(x: Ball) -> bool:
    return isinstance(x, arb) and x.is_integer() and bool(x <= 0)


_log = _branched("log", cut, is_zero)
_asin = _branched("asin", _outside_unit)
_acos = _branched("acos", _outside_unit)
_atan = _branched("atan", _imaginary_outside_unit)
_asinh = _branched("asinh", _imaginary_outside_unit)
_acosh = _branched("acosh", _below_one)
_atanh = _branched("atanh", _outside_unit, _is_unit)


def _acot(x: Ball) -> Ball:
    if is_zero(x):
        return arb.pi() / 2
    return _atan(simplest(1 / x))


def _log_base(x: Ball, base: Ball) -> Ball:
    return simplest(_log(x) / _log(base))


def _abs(x: Ball) -> Ball:
    if isinstance(x, arb):
        return abs(x)
    return NAN if non_analytic(_everywhere, x) else abs(x)


def _real_only(function: Callable[..., Any]) -> Callable[..., Any]:
    """NaN unless every operand is certainly real."""

    def guarded(*args: Ball) -> Ball:
        return function(*args) if all(isinstance(a, arb) for a in args) else NAN

    return guarded


def _sign(x: Ball) -> Ball:
    if isinstance(x, acb):
        if non_analytic(_everywhere, x) or x.contains(0):
            return NAN
        return simplest(x / abs(x))
    return arb(1) if x > 0 else arb(-1) if x < 0 else arb(0) if is_zero(x) else NAN


@_real_only
def _floor(x: arb) -> Ball:
    low, high = x.lower().floor(), x.upper().floor()
    return low if low == high else NAN


@_real_only
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
    return x if isinstance(x, arb) else NAN if non_analytic(_everywhere, x) else x.real


def _im(x: Ball) -> Ball:
    return arb(0) if isinstance(x, arb) else NAN if non_analytic(_everywhere, x) else x.imag


def _conjugate(x: Ball) -> Ball:
    return x if isinstance(x, arb) else NAN if non_analytic(_everywhere, x) else x.conjugate()


def _arg(x: Ball) -> Ball:
    if is_zero(x):
        raise Undefined("arg(0)")
    if isinstance(x, arb):
        return arb(0) if x > 0 else arb.pi() if x < 0 else NAN
    return NAN if non_analytic(_everywhere, x) or x.contains(0) else x.arg()


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
        x = _mul(*factors) if factors else arb(1)
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


_PI_MULTIPLES = {
    sp.sin: _pi_multiple("sin_pi"),
    sp.cos: _pi_multiple("cos_pi"),
    sp.tan: _pi_multiple("tan_pi"),
    sp.cot: _pi_multiple("cot_pi"),
    sp.sec: _pi_multiple("sec"),
    sp.csc: _pi_multiple("csc"),
}


def _exp_pi_i(*factors: Ball) -> Ball:
    return simplest(as_complex(_mul(*factors) if factors else arb(1)).exp_pi_i())


# ---- special functions ----------------------------------------------------------------------


def _method(name: str, order: Sequence[int], complex_only: bool = False) -> Callable[..., Ball]:
    """`args[order[0]].name(args[order[1]], ...)`, on the real line first."""

    def function(*args: Ball) -> Ball:
        first, *rest = [args[i] for i in order]
        if not complex_only and all(isinstance(a, arb) for a in args):
            y = getattr(first, name)(*rest)
            if not is_nan(y):
                return y
        if any(non_analytic(_everywhere, a) for a in args if isinstance(a, acb)):
            return NAN
        return simplest(getattr(as_complex(first), name)(*[as_complex(a) for a in rest]))

    return function


def _loggamma(x: Ball) -> Ball:
    if _nonpositive_integer(x):
        raise Undefined("loggamma")
    if isinstance(x, arb) and x > 0:
        return x.lgamma()
    if non_analytic(cut, as_complex(x)):
        return NAN
    return simplest(as_complex(x).lgamma())


def _gamma(x: Ball) -> Ball:
    if _nonpositive_integer(x):
        raise Undefined("gamma")
    return simplest(x.gamma())


def _factorial(x: Ball) -> Ball:
    return _gamma(x + 1)


def _binomial(n: Ball, k: Ball) -> Ball:
    if isinstance(k, arb) and k.is_integer():
        order = whole_number(k)
        if order < 0:
            return arb(0)
        if order <= 10_000:
            return simplest((n - (order - 1)).rising(order) / arb(order).fac())
    if _nonpositive_integer(n + 1):
        raise Undefined("binomial")
    return simplest((n + 1).gamma() * (k + 1).rgamma() * (n - k + 1).rgamma())


def _beta(x: Ball, y: Ball | None = None) -> Ball:
    y = x if y is None else y
    return simplest(_gamma(x) * _gamma(y) * (x + y).rgamma())


def _rising(x: Ball, n: Ball) -> Ball:
    if _nonpositive_integer(x + n) and not (isinstance(n, arb) and n.is_integer() and n >= 0):
        raise Undefined("rising factorial")
    if isinstance(x, arb) and isinstance(n, arb):
        return x.rising(n)
    return simplest(as_complex(x).rising(n))


def _falling(x: Ball, n: Ball) -> Ball:
    return _rising(x - n + 1, n)


def _polygamma(n: Ball, x: Ball) -> Ball:
    if _nonpositive_integer(x):
        raise Undefined("polygamma")
    if is_zero(n):
        return simplest(x.digamma())
    return simplest(as_complex(x).polygamma(as_complex(n)))


def _harmonic(n: Ball, order: Ball | None = None) -> Ball:
    if order is None or bool(order == 1):
        return _polygamma(arb(0), n + 1) + arb.const_euler()
    return simplest(_zeta(order) - _zeta(order, n + 1))


def _lambert_w(x: Ball, branch: Ball | None = None) -> Ball:
    if branch is not None and not (isinstance(branch, arb) and branch.is_integer()):
        return NAN
    k = 0 if branch is None else whole_number(branch)
    if is_zero(x):
        if k == 0:
            return arb(0)
        raise Undefined("LambertW(0, k)")
    if isinstance(x, arb) and k in (0, -1):
        y = x.lambertw(k)
        if not is_nan(y):
            return y
    if non_analytic(_everywhere, as_complex(x)):
        return NAN
    return simplest(as_complex(x).lambertw(k))


def _airy(name: str, derivative: int) -> Callable[[Ball], Ball]:
    return lambda x: simplest(getattr(x, name)(derivative=derivative))


def _ei(x: Ball) -> Ball:
    if is_zero(x):
        raise Undefined("Ei(0)")
    if isinstance(x, acb) and non_analytic(cut, x):
        return NAN
    return simplest(x.ei())


def _zeta(s: Ball, a: Ball | None = None) -> Ball:
    if bool(s == 1):
        raise Undefined("zeta(1)")
    if a is None or bool(a == 1):
        return simplest(s.zeta())
    return simplest(as_complex(s).zeta(as_complex(a)))


def _hypergeometric(upper: tuple[Ball, ...], lower: tuple[Ball, ...], z: Ball) -> Ball:
    if isinstance(z, arb):
        above = [a for a in upper if isinstance(a, arb)]
        below = [b for b in lower if isinstance(b, arb)]
        if len(above) == len(upper) and len(below) == len(lower):
            y = z.hypgeom([*above], [*below])
            if not is_nan(y):
                return y
    return simplest(as_complex(z).hypgeom([*upper], [*lower]))


def _elliptic_e(*args: Ball) -> Ball:
    if len(args) == 1:
        return simplest(as_complex(args[0]).elliptic_e())
    return simplest(acb.elliptic_e_inc(as_complex(args[0]), as_complex(args[1])))


def _elliptic_f(phi: Ball, m: Ball) -> Ball:
    return simplest(acb.elliptic_f(as_complex(phi), as_complex(m)))


def _elliptic_pi(n: Ball, first: Ball, m: Ball | None = None) -> Ball:
    if m is None:
        return simplest(acb.elliptic_pi(as_complex(n), as_complex(first)))
    return simplest(acb.elliptic_pi_inc(as_complex(n), as_complex(first), as_complex(m)))


# ---- conditions -----------------------------------------------------------------------------


def _less(a: Ball, b: Ball) -> bool | None:
    if not isinstance(a, arb) or not isinstance(b, arb):
        return None
    return True if a < b else False if a >= b else None


def _equal(a: Ball, b: Ball) -> bool | None:
    if isinstance(a, arb) and isinstance(b, arb):
        return False if not a.overlaps(b) else True if a == b else None
    a, b = as_complex(a), as_complex(b)
    return False if not a.overlaps(b) else True if a == b else None


def _negated(value: bool | None) -> bool | None:
    return None if value is None else not value


_COMPARISONS: dict[type, Callable[[Any, Any], bool | None]] = {
    sp.StrictLessThan: _less,
    sp.StrictGreaterThan: lambda a, b: _less(b, a),
    sp.LessThan: lambda a, b: _negated(_less(b, a)),
    sp.GreaterThan: lambda a, b: _negated(_less(a, b)),
    sp.Equality: _equal,
    sp.Unequality: lambda a, b: _negated(_equal(a, b)),
}
_EXACT_COMPARISONS: dict[type, Callable[[Any, Any], bool]] = {
    sp.StrictLessThan: operator.lt,
    sp.StrictGreaterThan: operator.gt,
    sp.LessThan: operator.le,
    sp.GreaterThan: operator.ge,
    sp.Equality: operator.eq,
    sp.Unequality: operator.ne,
}


def _comparison_rule(node: Node, nodes: Sequence[Node]) -> Rule:
    """Compare balls; where they overlap, compare exact rationals if both sides have them."""
    head = type(node.expr)
    left, right = (nodes[i].expr for i in node.args)
    compare, compare_exactly = _COMPARISONS[head], _EXACT_COMPARISONS[head]

    def decide(environment: Any, a: Ball, b: Ball) -> bool | None:
        answer = compare(a, b)
        if answer is not None or environment.exact is None:
            return answer
        x = rational_value(left, environment.exact)
        y = rational_value(right, environment.exact) if x is not None else None
        return None if x is None or y is None else compare_exactly(x, y)

    return decide, node.args, True


def _and(*conditions: bool | None) -> bool | None:
    if any(c is False for c in conditions):
        return False
    return True if all(c is True for c in conditions) else None


def _or(*conditions: bool | None) -> bool | None:
    if any(c is True for c in conditions):
        return True
    return False if all(c is False for c in conditions) else None


def _not(condition: bool | None) -> bool | None:
    return _negated(condition)


def _xor(*conditions: bool | None) -> bool | None:
    if any(not isinstance(c, bool) for c in conditions):
        return None
    return bool(sum(map(bool, conditions)) % 2)


def _ite(condition: bool | None, then: Any, otherwise: Any) -> Any:
    return None if condition is None else then if condition else otherwise


def _branch(value: Ball, condition: bool | None) -> tuple[Ball, bool | None]:
    return value, condition


def _piecewise(*branches: tuple[Ball, bool | None]) -> Ball:
    for value, condition in branches:
        if condition is True:
            return value
        if condition is not False:
            return NAN
    raise Undefined("no branch of the Piecewise applies")


def _undefined() -> Ball:
    raise Undefined("zoo or nan")


def _tuple(*items: Any) -> tuple[Any, ...]:
    return items


def needed_operands(function: Callable[..., Any], operands: Sequence[Any]) -> Sequence[int]:
    """The operands that the value depends on: all, except for the branches of a condition."""
    if function is _branch:
        return (0,)
    if function is _piecewise:
        for k, pair in enumerate(operands):
            if not isinstance(pair, tuple) or pair[1] is True:
                return (k,)
            if pair[1] is not False:
                return ()
        return ()
    return range(len(operands))


# ---- the table ------------------------------------------------------------------------------

CONSTANTS: dict[Basic, Callable[[], Any]] = {
    sp.S.Pi: arb.pi,
    sp.S.Exp1: arb.const_e,
    sp.S.EulerGamma: arb.const_euler,
    sp.S.Catalan: arb.const_catalan,
    sp.S.GoldenRatio: lambda: (1 + arb(5).sqrt()) / 2,
    sp.S.ImaginaryUnit: lambda: I_UNIT,
    sp.S.Infinity: lambda: arb("inf"),
    sp.S.NegativeInfinity: lambda: arb("-inf"),
    sp.S.true: lambda: True,
    sp.S.false: lambda: False,
}

HEADS: dict[type, Callable[..., Any]] = {
    sp.Add: _add,
    sp.Mul: _mul,
    sp.exp: _entire("exp"),
    sp.log: lambda x, *base: _log_base(x, *base) if base else _log(x),
    sp.sin: _entire("sin"),
    sp.cos: _entire("cos"),
    sp.tan: _entire("tan"),
    sp.cot: _entire("cot", is_zero),
    sp.sec: _entire("sec"),
    sp.csc: _entire("csc", is_zero),
    sp.sinc: _entire("sinc"),
    sp.sinh: _entire("sinh"),
    sp.cosh: _entire("cosh"),
    sp.tanh: _entire("tanh"),
    sp.coth: _entire("coth", is_zero),
    sp.sech: _entire("sech"),
    sp.csch: _entire("csch", is_zero),
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
    sp.frac: _real_only(lambda x: x - _floor(x)),
    sp.Mod: _real_only(_mod),
    sp.Min: _real_only(_min),
    sp.Max: _real_only(_max),
    sp.Heaviside: _heaviside,
    sp.re: _re,
    sp.im: _im,
    sp.conjugate: _conjugate,
    sp.arg: _arg,
    sp.erf: _entire("erf"),
    sp.erfc: _entire("erfc"),
    sp.erfi: _entire("erfi"),
    sp.erfinv: _real_only(lambda x: x.erfinv()),
    sp.erfcinv: _real_only(lambda x: x.erfcinv()),
    sp.gamma: _gamma,
    sp.loggamma: _loggamma,
    sp.digamma: lambda x: _polygamma(arb(0), x),
    sp.polygamma: _polygamma,
    sp.harmonic: _harmonic,
    sp.factorial: _factorial,
    sp.binomial: _binomial,
    sp.beta: _beta,
    sp.RisingFactorial: _rising,
    sp.FallingFactorial: _falling,
    sp.uppergamma: _method("gamma_upper", (1, 0)),
    sp.lowergamma: _method("gamma_lower", (1, 0)),
    sp.LambertW: _lambert_w,
    sp.zeta: _zeta,
    sp.polylog: _method("polylog", (1, 0)),
    sp.besselj: _method("bessel_j", (1, 0)),
    sp.bessely: _method("bessel_y", (1, 0)),
    sp.besseli: _method("bessel_i", (1, 0)),
    sp.besselk: _method("bessel_k", (1, 0)),
    sp.airyai: _airy("airy_ai", 0),
    sp.airybi: _airy("airy_bi", 0),
    sp.airyaiprime: _airy("airy_ai", 1),
    sp.airybiprime: _airy("airy_bi", 1),
    sp.Ei: _ei,
    sp.expint: _method("expint", (1, 0)),
    sp.li: _branched("li", cut),
    sp.Si: _entire("si"),
    sp.Ci: _branched("ci", cut, is_zero),
    sp.Shi: _entire("shi"),
    sp.Chi: _branched("chi", cut, is_zero),
    sp.fresnels: _entire("fresnel_s"),
    sp.fresnelc: _entire("fresnel_c"),
    sp.hyper: _hypergeometric,
    sp.legendre: _method("legendre_p", (1, 0)),
    sp.chebyshevt: _method("chebyshev_t", (1, 0)),
    sp.chebyshevu: _method("chebyshev_u", (1, 0)),
    sp.hermite: _method("hermite_h", (1, 0)),
    sp.laguerre: _method("laguerre_l", (1, 0)),
    sp.assoc_laguerre: _method("laguerre_l", (2, 0, 1)),
    sp.gegenbauer: _method("gegenbauer_c", (2, 0, 1)),
    sp.jacobi: _method("jacobi_p", (3, 0, 1, 2)),
    sp.elliptic_k: lambda m: simplest(as_complex(m).elliptic_k()),
    sp.elliptic_e: _elliptic_e,
    sp.elliptic_f: _elliptic_f,
    sp.elliptic_pi: _elliptic_pi,
    ExprCondPair: _branch,
    sp.Piecewise: _piecewise,
    boolalg.And: _and,
    boolalg.Or: _or,
    boolalg.Not: _not,
    boolalg.Xor: _xor,
    boolalg.ITE: _ite,
}
"""SymPy head -> function on balls (or, for conditions, on True, False and None = undecided)."""


def instruction(node: Node, nodes: Sequence[Node]) -> Rule | None:
    """How to compute a node from the slots of its arguments; None for an unknown head."""
    expr = node.expr
    head = type(expr)
    if head is sp.Pow:
        return _pow_rule(node, nodes)
    if head in _PI_MULTIPLES or head is sp.exp:
        factors = _without(node, nodes, (sp.S.Pi, sp.S.ImaginaryUnit)[: 2 if head is sp.exp else 1])
        if factors is not None:
            return _PI_MULTIPLES.get(head, _exp_pi_i), factors, False
    if head in HEADS:
        return HEADS[head], node.args, False
    if isinstance(expr, sp.Tuple):  # the parameters of a hypergeometric function
        return _tuple, node.args, False
    if head in _COMPARISONS:
        return _comparison_rule(node, nodes)
    if expr in (sp.zoo, sp.nan) if not expr.args else False:
        return _undefined, (), False
    if isinstance(expr, (AppliedUndef, sp.Symbol)):
        return None
    if isinstance(expr, Derivative) or binds(expr):
        rule = ball_binders.binder(expr)
        return None if rule is None else (rule, (), True)
    return None


def _without(node: Node, nodes: Sequence[Node], units: Sequence[Basic]) -> tuple[int, ...] | None:
    """The factor slots of the argument without the given constants, None if one is not there."""
    if len(node.args) != 1:
        return None
    product = nodes[node.args[0]]
    if not isinstance(product.expr, sp.Mul):
        alone = len(units) == 1 and product.expr == units[0] if not product.expr.args else False
        return () if alone else None
    slots = list(product.args)
    for unit in units:
        for slot in slots:
            if not nodes[slot].expr.args and nodes[slot].expr == unit:
                slots.remove(slot)
                break
        else:
            return None
    return tuple(slots)
