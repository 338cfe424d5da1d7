"""Polynomial approximations of the special functions: makes numeric/special/approximations.py.

    python benchmarks/special/coefficients.py [--check]

Each is the Chebyshev interpolant (40 digits, mpmath) in a variable t of [-1, 1], cut where the next
Chebyshev coefficients are below 2^-62 of the function's smallest value there, and written in powers
of t; the constant term is a double word, for it carries most of the value.
"""

from __future__ import annotations

# ruff: noqa: E501  (one line per function reads as a table)
import sys
from collections.abc import Callable
from pathlib import Path

import mpmath as mp

TARGET = Path(__file__).resolve().parents[2] / "numeric" / "special" / "approximations.py"
NODES = 56
SMALL = mp.mpf(2) ** -62
STEP = mp.mpf(10) ** -26  # off the removable points
mp.mp.dps = 60

Function = Callable[[mp.mpf], mp.mpf]
HALF = mp.mpf(1) / 2


def interpolant(f: Function, digits: mp.mpf = SMALL) -> list[mp.mpf]:
    """Coefficients in powers of t of the cut Chebyshev interpolant of f on [-1, 1]."""
    angles = [mp.pi * (k + HALF) / NODES for k in range(NODES)]
    values = [f(mp.cos(a)) for a in angles]
    series = [
        (2 if j else 1) * mp.fsum(v * mp.cos(j * a) for v, a in zip(values, angles)) / NODES
        for j in range(NODES)
    ]
    limit = digits * min(abs(v) for v in values)
    degree = NODES - 1
    while degree > 1 and mp.fsum(abs(c) for c in series[degree:]) < limit:
        degree -= 1
    if degree > NODES - 6:
        raise ArithmeticError("the interpolant has not converged")
    powers = [mp.mpf(0)] * (degree + 1)
    before, here = [mp.mpf(1)], [mp.mpf(0), mp.mpf(1)]
    for j in range(degree + 1):
        chebyshev = before if j == 0 else here
        for k, c in enumerate(chebyshev):
            powers[k] += series[j] * c
        if j:
            after = [mp.mpf(0)] + [2 * c for c in here]
            for k, c in enumerate(before):
                after[k] -= c
            before, here = here, after
    return powers


def substituted(powers: list[mp.mpf], slope: float, shift: float) -> list[mp.mpf]:
    """The coefficients in powers of z of a polynomial in t = slope z + shift."""
    result = [mp.mpf(0)]
    for c in reversed(powers):
        longer = [shift * r for r in result] + [mp.mpf(0)]
        for k, r in enumerate(result):
            longer[k + 1] += slope * r
        longer[0] += c
        result = longer
    return result[: len(powers)]


def two_words(value: mp.mpf) -> tuple[float, float, float]:
    """(nearest double, what is left in double, what is left in single precision)."""
    import numpy as np

    high = float(value)
    return high, float(value - high), float(np.float32(float(value - float(np.float32(high)))))


def text(name: str, what: str, coefficients: list[mp.mpf]) -> str:
    high, low, low_single = two_words(coefficients[0])
    lines = [f"def {name}(t):", f'    """{what}"""']
    for k, c in enumerate(reversed(coefficients[1:])):
        lines.append(f"    total = {float(c)!r}" + (" + t * total" if k else ""))
    lines.append(f"    low = by_format(t, {low!r}, {low_single!r})")
    lines.append(f"    return {high!r} + (low + t * total)")
    return "\n".join(lines)


def on(a: float, b: float, f: Function) -> Function:
    """f on [a, b] as a function of t."""
    low, high = mp.mpf(a), mp.mpf(b)
    return lambda t: f((low + high) / 2 + t * (high - low) / 2 + STEP)


def root_on(a: float, b: float, f: Function) -> Function:
    """f(sqrt(z)) for z on [a, b]."""
    return on(a, b, lambda z: f(mp.sqrt(z)))


def beyond(a: float, f: Function) -> Function:
    """f on [a, oo) as a function of t = 2 a/x - 1."""
    return lambda t: f(2 * mp.mpf(a) / (t + 1 + STEP))


def erfcx(x: mp.mpf) -> mp.mpf:
    return mp.exp(x * x) * mp.erfc(x)


def dawson(x: mp.mpf) -> mp.mpf:
    return mp.sqrt(mp.pi) / 2 * mp.exp(-x * x) * mp.erfi(x)


def inverse_erfc(q: mp.mpf) -> mp.mpf:
    """y with erfc(y) = q, by Newton's method on the logarithm."""
    y = mp.sqrt(mp.log(2 / q)) if q < HALF else mp.erfinv(1 - q)
    for _ in range(60):
        value = mp.erfc(y)
        step = mp.log(value / q) * value * mp.sqrt(mp.pi) / 2 * mp.exp(y * y)
        y += step
        if abs(step) < mp.mpf(10) ** -45 * abs(y):
            return y
    raise ArithmeticError(f"no inverse of erfc at {q}")


def stirling(x: mp.mpf) -> mp.mpf:
    return mp.exp(mp.loggamma(x) - ((x - HALF) * mp.log(x) - x + mp.log(2 * mp.pi) / 2))


def asymptotic_stirling(x: mp.mpf) -> mp.mpf:
    exponent = mp.fsum(
        mp.bernoulli(2 * k) / (2 * k * (2 * k - 1) * x ** (2 * k - 1)) for k in range(1, 12)
    )
    return x * mp.expm1(exponent)


def e1_scaled(x: mp.mpf) -> mp.mpf:
    return x * mp.exp(x) * mp.e1(x)


def ei_scaled(x: mp.mpf) -> mp.mpf:
    return x * mp.exp(-x) * mp.ei(x)


def asymptotic(f: Function, start: mp.mpf, terms: Callable[[int, mp.mpf], mp.mpf]) -> Function:
    """f, and its asymptotic series beyond `start` (where f itself would take too long)."""
    return lambda x: f(x) if x < start else mp.fsum(terms(k, x) for k in range(12))


def fresnel_f(x: mp.mpf) -> mp.mpf:
    s, c = HALF - mp.fresnels(x), HALF - mp.fresnelc(x)
    return s * mp.cospi(x * x / 2) - c * mp.sinpi(x * x / 2)


def fresnel_g(x: mp.mpf) -> mp.mpf:
    s, c = HALF - mp.fresnels(x), HALF - mp.fresnelc(x)
    return c * mp.cospi(x * x / 2) + s * mp.sinpi(x * x / 2)


def si_f(x: mp.mpf) -> mp.mpf:
    return mp.ci(x) * mp.sin(x) + (mp.pi / 2 - mp.si(x)) * mp.cos(x)


def si_g(x: mp.mpf) -> mp.mpf:
    return -mp.ci(x) * mp.cos(x) + (mp.pi / 2 - mp.si(x)) * mp.sin(x)


def on_inverse(a: float, f: Function) -> Function:
    """f on [a, 2 a] as a function of t = 4 a/x - 3."""
    return lambda t: f(4 * mp.mpf(a) / (t + 3))


def sign(k: int) -> int:
    return -1 if k % 2 else 1


PSI_ZERO = mp.findroot(mp.digamma, 1.4616)
EI_ZERO = mp.findroot(mp.ei, 0.3725)
CI_ZERO = mp.findroot(mp.ci, 0.6165)
CHI_ZERO = mp.findroot(mp.chi, 0.5238)
WIDE = mp.mpf(10) ** 3
OCTAVES = [(1, 1.25, 2.5), (2, 2.5, 5), (5, 5, 10), (10, 10, 20), (20, 20, 40)]
IN_POWERS = {"i0_near": (0.125, -1), "i1_near": (0.125, -1)}  # written in z, t = slope z + shift

APPROXIMATIONS: list[tuple[str, str, Function]] = [
    # exponentials and hyperbolic functions
    ("expm1_ratio", "(exp(x) - 1)/x on |x| <= 1/2, t = 2 x.", on(-0.5, 0.5, lambda x: mp.expm1(x) / x)),
    ("sinh_ratio", "(sinh(x)/x - 1)/x^2 on [0, 1], t = 2 x^2 - 1.", root_on(0, 1, lambda x: (mp.sinh(x) / x - 1) / x**2)),
    ("tanh_ratio", "(tanh(x)/x - 1)/x^2 on [0, 5/8], t = 5.12 x^2 - 1.", root_on(0, 0.390625, lambda x: (mp.tanh(x) / x - 1) / x**2)),
    ("asin_ratio", "(asin(x)/x - 1)/x^2 on [0, 1/2], t = 8 x^2 - 1.", root_on(0, 0.25, lambda x: (mp.asin(x) / x - 1) / x**2)),
    # trigonometric functions of pi x
    ("sinpi_ratio", "(sin(pi x)/x - pi)/x^2 on [0, 1/4], t = 32 x^2 - 1.", root_on(0, 0.0625, lambda x: (mp.sinpi(x) / x - mp.pi) / x**2)),
    ("sinpi_over_pi", "(sin(pi x)/(pi x) - 1)/x^2 on [0, 1/4], t = 32 x^2 - 1.", root_on(0, 0.0625, lambda x: (mp.sinpi(x) / (mp.pi * x) - 1) / x**2)),
    ("sinpi_square", "((sin(pi x)/(pi x))^2 - 1)/x^2 on [0, 1/4], t = 32 x^2 - 1.", root_on(0, 0.0625, lambda x: ((mp.sinpi(x) / (mp.pi * x)) ** 2 - 1) / x**2)),
    ("cospi_ratio", "(cos(pi x) - 1)/x^2 on [0, 1/4], t = 32 x^2 - 1.", root_on(0, 0.0625, lambda x: (mp.cospi(x) - 1) / x**2)),
    # error functions
    ("erf_ratio", "erf(x)/x on [0, 1], t = 2 x^2 - 1.", root_on(0, 1, lambda x: mp.erf(x) / x)),
    ("erfcx_scaled", "(1 + 2 x) erfcx(x) on [0, oo), t = (x - 3.75)/(x + 3.75).", lambda t: (lambda x: (1 + 2 * x) * erfcx(x))(3.75 * (1 + t) / (1 - t + STEP)) if t < 1 - mp.mpf(10) ** -7 else 0),
    ("ndtr_scaled", "(1 + 2 z) erfcx(z/sqrt(2)) on [0, oo), t = (z - 5)/(z + 5).", lambda t: (lambda x: (1 + 2 * x) * erfcx(x / mp.sqrt(2)))(5 * (1 + t) / (1 - t + STEP)) if t < 1 - mp.mpf(10) ** -7 else 0),
    ("erfinv_center", "erfinv(x)/x to 1e-8, w = -log(1 - x^2) on [0, 6.25], t = w/3.125 - 1.", on(0, 6.25, lambda w: (lambda q: inverse_erfc(q) / (1 - q))(1 - mp.sqrt(-mp.expm1(-w))))),
    ("erfinv_tail", "erfcinv(q)/s to 1e-8, s = sqrt(-log(q (2 - q))) on [2.5, 27.5], t = (s - 15)/12.5.", on(2.5, 27.5, lambda s: (lambda e: inverse_erfc(e / (1 + mp.sqrt(1 - e))) / s)(mp.exp(-s * s)))),
    ("dawson_ratio", "dawson(x)/x on [0, 1], t = 2 x^2 - 1.", root_on(0, 1, lambda x: dawson(x) / x)),
    ("dawson_1_2", "2 x dawson(x) on [1, 2], t = 2 x - 3.", on(1, 2, lambda x: 2 * x * dawson(x))),
    ("dawson_2_4", "2 x dawson(x) on [2, 4], t = x - 3.", on(2, 4, lambda x: 2 * x * dawson(x))),
    ("dawson_4_6", "2 x dawson(x) on [4, 6], t = x - 5.", on(4, 6, lambda x: 2 * x * dawson(x))),
    ("dawson_beyond", "2 x dawson(x) on [6, oo), t = 72/x^2 - 1.", lambda t: (lambda x: asymptotic(lambda y: 2 * y * dawson(y), mp.mpf(60), lambda k, y: mp.fac2(2 * k - 1) / (2 * y * y) ** k)(x))(mp.sqrt(72 / (t + 1 + STEP)))),
    # gamma functions
    ("gamma_2_3", "gamma(x) on [2, 3], t = 2 x - 5.", on(2, 3, mp.gamma)),
    ("stirling_series", "x (gamma(x) (x/e)^(1/2 - x)/sqrt(2 pi/e) - 1) on [8, oo), t = 16/x - 1.", beyond(8, lambda x: x * (stirling(x) - 1) if x < WIDE else asymptotic_stirling(x))),
    ("lgamma_1", "lgamma(x)/(x - 1) on [3/4, 3/2], t = (x - 9/8) 8/3.", on(0.75, 1.5, lambda x: mp.loggamma(x) / (x - 1))),
    ("lgamma_2", "lgamma(x)/(x - 2) on [3/2, 5/2], t = 2 x - 4.", on(1.5, 2.5, lambda x: mp.loggamma(x) / (x - 2))),
    ("lgamma_3", "lgamma(x) on [5/2, 4], t = (x - 13/4) 4/3.", on(2.5, 4, mp.loggamma)),
    ("lgamma_4", "lgamma(x) on [4, 8], t = x/2 - 3.", on(4, 8, mp.loggamma)),
    ("lgamma_series", "x times (lgamma(x) minus Stirling's formula) on [8, oo), t = 128/x^2 - 1.", lambda t: (lambda x: asymptotic(lambda y: y * (mp.loggamma(y) - ((y - HALF) * mp.log(y) - y + mp.log(2 * mp.pi) / 2)), WIDE, lambda k, y: mp.bernoulli(2 * k + 2) / ((2 * k + 2) * (2 * k + 1) * y ** (2 * k)))(x))(mp.sqrt(128 / (t + 1 + STEP)))),
    ("digamma_half", "digamma(x) on [1/2, 1], t = 4 x - 3.", on(0.5, 1, mp.digamma)),
    ("digamma_1", "digamma(x)/(x - x0) on [1, 2], x0 its zero, t = 2 x - 3.", on(1, 2, lambda x: mp.digamma(x) / (x - PSI_ZERO))),
    ("digamma_2", "digamma(x) on [2, 4], t = x - 3.", on(2, 4, mp.digamma)),
    ("digamma_4", "digamma(x) on [4, 8], t = x/2 - 3.", on(4, 8, mp.digamma)),
    ("digamma_series", "x^2 (log(x) - 1/(2 x) - digamma(x)) on [8, oo), t = 128/x^2 - 1.", lambda t: (lambda x: asymptotic(lambda y: y * y * (mp.log(y) - 1 / (2 * y) - mp.digamma(y)), WIDE, lambda k, y: mp.bernoulli(2 * k + 2) / ((2 * k + 2) * y ** (2 * k)))(x))(mp.sqrt(128 / (t + 1 + STEP)))),
    ("trigamma_1", "trigamma(x) on [1, 2], t = 2 x - 3.", on(1, 2, lambda x: mp.psi(1, x))),
    ("trigamma_2", "trigamma(x) on [2, 4], t = x - 3.", on(2, 4, lambda x: mp.psi(1, x))),
    ("trigamma_4", "trigamma(x) on [4, 8], t = x/2 - 3.", on(4, 8, lambda x: mp.psi(1, x))),
    ("trigamma_series", "x^3 (trigamma(x) - 1/x - 1/(2 x^2)) on [8, oo), t = 128/x^2 - 1.", lambda t: (lambda x: asymptotic(lambda y: y**3 * (mp.psi(1, y) - 1 / y - 1 / (2 * y * y)), WIDE, lambda k, y: mp.bernoulli(2 * k + 2) / y ** (2 * k))(x))(mp.sqrt(128 / (t + 1 + STEP)))),
    ("log1pmx", "(m - log(1 + m))/m^2 on [-0.4, 0.6], t = (m - 0.1)/0.5.", on(mp.mpf(-4) / 10, mp.mpf(6) / 10, lambda m: (m - mp.log(1 + m)) / m**2)),
    # exponential integrals
    ("ein_small", "(Ein(x) - x)/x^2 ... : (E1(x) + gamma + log(x))/x on [0, 1], t = 2 x - 1.", on(0, 1, lambda x: (mp.e1(x) + mp.euler + mp.log(x)) / x)),
    ("e1_half", "x e^x E1(x) on [0.6, 1.2], t = (x - 0.9)/0.3.", on(mp.mpf(6) / 10, mp.mpf(12) / 10, e1_scaled)),
    ("e1_1", "x e^x E1(x) on [1.2, 3], t = (x - 2.1)/0.9.", on(mp.mpf(12) / 10, 3, e1_scaled)),
    ("e1_3", "x e^x E1(x) on [3, 8], t = (x - 5.5)/2.5.", on(3, 8, e1_scaled)),
    ("e1_8", "x e^x E1(x) on [8, 24], t = 24/x - 2.", lambda t: e1_scaled(24 / (t + 2))),
    ("e1_beyond", "x e^x E1(x) on [24, oo), t = 48/x - 1.", beyond(24, asymptotic(e1_scaled, WIDE, lambda k, x: mp.fac(k) / (-x) ** k))),
    ("ei_small", "(Ei(x) - log(x/x0))/(x - x0) on [0, 3], x0 its zero, t = (x - 1.5)/1.5.", on(0, 3, lambda x: (mp.ei(x) - mp.log(x / EI_ZERO)) / (x - EI_ZERO))),
    ("ei_3", "x e^-x Ei(x) on [3, 6], t = (x - 4.5)/1.5.", on(3, 6, ei_scaled)),
    ("ei_6", "x e^-x Ei(x) on [6, 12], t = (x - 9)/3.", on(6, 12, ei_scaled)),
    ("ei_12", "x e^-x Ei(x) on [12, 24], t = (x - 18)/6.", on(12, 24, ei_scaled)),
    ("ei_24", "x e^-x Ei(x) on [24, 48], t = (x - 36)/12.", on(24, 48, ei_scaled)),
    ("ei_beyond", "x e^-x Ei(x) on [48, oo), t = 96/x - 1.", beyond(48, asymptotic(ei_scaled, WIDE, lambda k, x: mp.fac(k) / x**k))),
    ("li_zero", "li(x)/(x - x0) on [1.3, 1.8], x0 its zero, t = (x - 1.55)/0.25.", on(mp.mpf(13) / 10, mp.mpf(18) / 10, lambda x: mp.li(x) / (x - mp.exp(EI_ZERO)))),
    ("li_2", "(li(x) - li(2))/(x - 2) on [1.5, 3], t = (x - 2.25)/0.75.", on(1.5, 3, lambda x: (mp.li(x) - mp.li(2)) / (x - 2))),
    ("si_ratio", "Si(x)/x on [0, 4], t = x^2/8 - 1.", root_on(0, 16, lambda x: mp.si(x) / x)),
    ("ci_small", "(Ci(x) - log(x/x0))/(x - x0) on [0, 2], x0 its first zero, t = x - 1.", on(0, 2, lambda x: (mp.ci(x) - mp.log(x / CI_ZERO)) / (x - CI_ZERO))),
    ("ci_zero", "Ci(x)/(x - x0) on [0.4, 0.85], x0 its first zero, t = (x - 0.625)/0.225.", on(mp.mpf(40) / 100, mp.mpf(85) / 100, lambda x: mp.ci(x) / (x - CI_ZERO))),
    *[(f"si_f_{a}", f"x f(x) on [{low}, {high}], t = {4 * low}/x - 3.", on_inverse(low, lambda x: x * si_f(x))) for a, low, high in OCTAVES],
    *[(f"si_g_{a}", f"x^2 g(x) on [{low}, {high}], t = {4 * low}/x - 3.", on_inverse(low, lambda x: x * x * si_g(x))) for a, low, high in OCTAVES],
    ("si_f_beyond", "x f(x) on [40, oo), t = 80/x - 1.", beyond(40, asymptotic(lambda x: x * si_f(x), WIDE, lambda k, x: sign(k) * mp.fac(2 * k) / x ** (2 * k)))),
    ("si_g_beyond", "x^2 g(x) on [40, oo), t = 80/x - 1.", beyond(40, asymptotic(lambda x: x * x * si_g(x), WIDE, lambda k, x: sign(k) * mp.fac(2 * k + 1) / x ** (2 * k)))),
    ("shi_ratio", "(Shi(x)/x - 1)/x^2 on [0, 3], t = x^2/4.5 - 1.", root_on(0, 9, lambda x: (mp.shi(x) / x - 1) / x**2)),
    ("chi_small", "(Chi(x) - log(x/x0))/(x - x0) on [0, 3], x0 its zero, t = (x - 1.5)/1.5.", on(0, 3, lambda x: (mp.chi(x) - mp.log(x / CHI_ZERO)) / (x - CHI_ZERO))),
    # Fresnel integrals
    ("fresnel_s_ratio", "S(x)/x^3 on [0, 5/4], t = 2 (x/1.25)^4 - 1.", lambda t: (lambda x: mp.fresnels(x) / x**3)(mp.mpf("1.25") * ((t + 1) / 2 + STEP) ** (HALF * HALF))),
    ("fresnel_c_ratio", "C(x)/x on [0, 5/4], t = 2 (x/1.25)^4 - 1.", lambda t: (lambda x: mp.fresnelc(x) / x)(mp.mpf("1.25") * ((t + 1) / 2 + STEP) ** (HALF * HALF))),
    ("fresnel_f_1", "x f(x) on [5/4, 2], t = (x - 13/8) 8/3.", on(1.25, 2, lambda x: x * fresnel_f(x))),
    ("fresnel_g_1", "x^3 g(x) on [5/4, 2], t = (x - 13/8) 8/3.", on(1.25, 2, lambda x: x**3 * fresnel_g(x))),
    ("fresnel_f_2", "x f(x) on [2, 4], t = x - 3.", on(2, 4, lambda x: x * fresnel_f(x))),
    ("fresnel_g_2", "x^3 g(x) on [2, 4], t = x - 3.", on(2, 4, lambda x: x**3 * fresnel_g(x))),
    ("fresnel_f_beyond", "x f(x) on [4, oo), t = 32/x^2 - 1.", lambda t: (lambda x: asymptotic(lambda y: y * fresnel_f(y), mp.mpf(30), lambda k, y: sign(k) * mp.fac2(4 * k - 1) / (mp.pi * (mp.pi * y * y) ** (2 * k)))(x))(mp.sqrt(32 / (t + 1 + STEP)))),
    ("fresnel_g_beyond", "x^3 g(x) on [4, oo), t = 32/x^2 - 1.", lambda t: (lambda x: asymptotic(lambda y: y**3 * fresnel_g(y), mp.mpf(30), lambda k, y: sign(k) * mp.fac2(4 * k + 1) / (mp.pi**2 * (mp.pi * y * y) ** (2 * k)))(x))(mp.sqrt(32 / (t + 1 + STEP)))),
    # modified Bessel functions of order 0 and 1
    ("i0_near", "I0(x) on [0, 4], t = x^2 (all coefficients positive).", root_on(0, 16, lambda x: mp.besseli(0, x))),
    ("i0_8", "e^-x I0(x) on [4, 8], t = x/2 - 3.", on(4, 8, lambda x: mp.exp(-x) * mp.besseli(0, x))),
    ("i0_beyond", "sqrt(x) e^-x I0(x) on [8, oo), t = 16/x - 1.", beyond(8, lambda x: mp.sqrt(x) * mp.exp(-x) * mp.besseli(0, x) if x < WIDE else mp.hyp2f0(HALF, HALF, 1 / (2 * x)) / mp.sqrt(2 * mp.pi))),
    ("i1_near", "I1(x)/x on [0, 4], t = x^2 (all coefficients positive).", root_on(0, 16, lambda x: mp.besseli(1, x) / x)),
    ("i1_8", "e^-x I1(x)/x on [4, 8], t = x/2 - 3.", on(4, 8, lambda x: mp.exp(-x) * mp.besseli(1, x) / x)),
    ("i1_beyond", "sqrt(x) e^-x I1(x) on [8, oo), t = 16/x - 1.", beyond(8, lambda x: mp.sqrt(x) * mp.exp(-x) * mp.besseli(1, x) if x < WIDE else mp.hyp2f0(-HALF, 3 * HALF, 1 / (2 * x)) / mp.sqrt(2 * mp.pi))),
]  # fmt: skip

HEADER = '''"""Polynomials for the special functions, made by benchmarks/special/coefficients.py (mpmath).

Each has a relative truncation error below 2^-60 on its interval.
"""

from __future__ import annotations

from derivax.numeric.special.double_word import by_format
'''


def made() -> str:
    parts = [HEADER.rstrip()]
    for name, what, f in APPROXIMATIONS:
        try:
            start = name in ("erfinv_center", "erfinv_tail")  # Halley's step follows
            coefficients = interpolant(f, mp.mpf(10) ** -8 if start else SMALL)
        except Exception as error:
            raise RuntimeError(name) from error
        if name in IN_POWERS:
            coefficients = substituted(coefficients, *IN_POWERS[name])
        biggest = max(abs(c) for c in coefficients) / abs(coefficients[0])
        print(f"{name:18s} degree {len(coefficients) - 1:2d}  largest/first {mp.nstr(biggest, 3)}")
        parts.append(text(f"{name}_polynomial", what, coefficients))
    return "\n\n\n".join(parts) + "\n"


if __name__ == "__main__":
    source = made()
    if "--check" in sys.argv:
        raise SystemExit(source != TARGET.read_text())
    TARGET.write_text(source)
