"""Special functions on balls: gamma and error functions, Bessel, Airy, hypergeometric, elliptic.

Main definitions: `SPECIAL` (the table), `SLOW`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sympy as sp
from flint import acb, arb, ctx

from derivax.symbolic.exact.ball_elementary import (
    branched,
    entire,
    everywhere,
    nonpositive_integer,
    real_only,
)
from derivax.symbolic.exact.ball_values import (
    NAN,
    Ball,
    Undefined,
    as_complex,
    cut,
    is_nan,
    is_zero,
    non_analytic,
    simplest,
    whole_number,
)

__all__ = ["SLOW", "SPECIAL"]


def _method(name: str, order: Sequence[int], complex_only: bool = False) -> Callable[..., Ball]:
    """`args[order[0]].name(args[order[1]], ...)`, on the real line first."""

    def function(*args: Ball) -> Ball:
        first, *rest = [args[i] for i in order]
        if not complex_only and all(isinstance(a, arb) for a in args):
            y = getattr(first, name)(*rest)
            if not is_nan(y):
                return y
        if any(non_analytic(everywhere, a) for a in args if isinstance(a, acb)):
            return NAN
        return simplest(getattr(as_complex(first), name)(*[as_complex(a) for a in rest]))

    return function


def _loggamma(x: Ball) -> Ball:
    if nonpositive_integer(x):
        raise Undefined("loggamma")
    if isinstance(x, arb) and x > 0:
        return x.lgamma()
    if non_analytic(cut, as_complex(x)):
        return NAN
    return simplest(as_complex(x).lgamma())


def _gamma(x: Ball) -> Ball:
    if nonpositive_integer(x):
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
    if nonpositive_integer(n + 1):
        raise Undefined("binomial")
    return simplest((n + 1).gamma() * (k + 1).rgamma() * (n - k + 1).rgamma())


def _beta(x: Ball, y: Ball | None = None) -> Ball:
    y = x if y is None else y
    return simplest(_gamma(x) * _gamma(y) * (x + y).rgamma())


def _rising(x: Ball, n: Ball) -> Ball:
    if nonpositive_integer(x + n) and not (isinstance(n, arb) and n.is_integer() and n >= 0):
        raise Undefined("rising factorial")
    if isinstance(x, arb) and isinstance(n, arb):
        return x.rising(n)
    return simplest(as_complex(x).rising(n))


def _falling(x: Ball, n: Ball) -> Ball:
    return _rising(x - n + 1, n)


def _polygamma(n: Ball, x: Ball) -> Ball:
    if nonpositive_integer(x):
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
    if non_analytic(everywhere, as_complex(x)):
        return NAN
    return simplest(as_complex(x).lambertw(k))


def _bessel_k(order: Ball, x: Ball) -> Ball:
    """K of an order that is no integer, by formulas that end soon.

    flint's own method takes minutes for such an order between its series and its asymptotic
    expansion (order 2/3 at 194 with 1024 bits).
    """
    plain = _method("bessel_k", (1, 0))
    if (isinstance(order, arb) and (2 * order).is_integer()) or not isinstance(order, arb):
        return plain(order, x)
    if not (isinstance(x, arb) and x > 0):
        return plain(order, x)
    sine = (order * arb.pi()).sin()
    if sine.contains(0):
        return plain(order, x)
    if float(x.upper()) * 6 < ctx.prec:  # DLMF 10.27.4; cancels 2.9 x bits
        return (x.bessel_i(-order) - x.bessel_i(order)) * arb.pi() / (2 * sine)
    tricomi = acb(2 * x).hypgeom_u(acb(order) + acb(1) / 2, acb(2 * order + 1))  # DLMF 13.6.10
    return (tricomi * acb(2 * x) ** order * (-x).exp() * arb.pi().sqrt()).real


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


def _cut_somewhere(function: Callable[..., Ball]) -> Callable[..., Ball]:
    """A function whose cuts are not told apart: on complex balls it is never analytic."""

    def guarded(*args: Ball) -> Ball:
        planes = [a for a in args if isinstance(a, acb)]
        return NAN if any(non_analytic(everywhere, a) for a in planes) else function(*args)

    return guarded


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


SPECIAL: dict[type, Callable[..., Any]] = {
    sp.erf: entire("erf"),
    sp.erfc: entire("erfc"),
    sp.erfi: entire("erfi"),
    sp.erfinv: real_only(lambda x: x.erfinv()),
    sp.erfcinv: real_only(lambda x: x.erfcinv()),
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
    sp.zeta: lambda s, *a: _cut_somewhere(_zeta)(s, *a) if a else _zeta(s),
    sp.polylog: _method("polylog", (1, 0)),
    sp.besselj: _method("bessel_j", (1, 0)),
    sp.bessely: _method("bessel_y", (1, 0)),
    sp.besseli: _method("bessel_i", (1, 0)),
    sp.besselk: _bessel_k,
    sp.airyai: _airy("airy_ai", 0),
    sp.airybi: _airy("airy_bi", 0),
    sp.airyaiprime: _airy("airy_ai", 1),
    sp.airybiprime: _airy("airy_bi", 1),
    sp.Ei: _ei,
    sp.expint: _method("expint", (1, 0)),
    sp.li: branched("li", cut),
    sp.Si: entire("si"),
    sp.Ci: branched("ci", cut, is_zero),
    sp.Shi: entire("shi"),
    sp.Chi: branched("chi", cut, is_zero),
    sp.fresnels: entire("fresnel_s"),
    sp.fresnelc: entire("fresnel_c"),
    sp.hyper: _cut_somewhere(_hypergeometric),
    sp.legendre: _method("legendre_p", (1, 0)),
    sp.chebyshevt: _method("chebyshev_t", (1, 0)),
    sp.chebyshevu: _method("chebyshev_u", (1, 0)),
    sp.hermite: _method("hermite_h", (1, 0)),
    sp.laguerre: _method("laguerre_l", (1, 0)),
    sp.assoc_laguerre: _method("laguerre_l", (2, 0, 1)),
    sp.gegenbauer: _method("gegenbauer_c", (2, 0, 1)),
    sp.jacobi: _method("jacobi_p", (3, 0, 1, 2)),
    sp.elliptic_k: _cut_somewhere(lambda m: simplest(as_complex(m).elliptic_k())),
    sp.elliptic_e: _cut_somewhere(_elliptic_e),
    sp.elliptic_f: _cut_somewhere(_elliptic_f),
    sp.elliptic_pi: _cut_somewhere(_elliptic_pi),
}
"""SymPy head -> function on balls."""

SLOW: tuple[type, ...] = (
    *(sp.lowergamma, sp.uppergamma, sp.expint, sp.hyper, sp.polygamma, sp.digamma, sp.polylog),
    *(sp.zeta, sp.dirichlet_eta, sp.lerchphi, sp.elliptic_f, sp.elliptic_pi, sp.assoc_legendre),
    *(sp.harmonic, sp.loggamma, sp.besselk, sp.bessely),
)
"""Functions of which one value at 4096 bits may take longer than a whole test should."""
