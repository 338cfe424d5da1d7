"""Polynomials and tables of zeros of single families: makes numeric/special/<family>_data.py.

    python benchmarks/special/family_coefficients.py [family ...] [--check]

The polynomials are made as in `coefficients.py`.  The zeros of oscillating functions are double
words with the slope there: near them a function is its Taylor series in the exact distance.
"""

from __future__ import annotations

# ruff: noqa: E501  (one line per function reads as a table)
import sys
from collections.abc import Callable
from pathlib import Path

import mpmath as mp
import numpy as np
from coefficients import SMALL, STEP, Function, interpolant, on, root_on, text

HUGE = mp.mpf(10) ** 8  # beyond: two terms of the asymptotic series
ROOM = Path(__file__).resolve().parents[2] / "numeric" / "special"
mp.mp.dps = 60

# -- Lambert W ---------------------------------------------------------------------------------


def lambert_near(branch: int) -> Function:
    """(W + 1)/p of p = +-sqrt(2 (e x + 1)) on [0, 1]."""

    def f(t: mp.mpf) -> mp.mpf:
        p = (t + 1) / 2 + STEP
        w = mp.lambertw((p * p / 2 - 1) / mp.e, branch).real
        return abs(w + 1) / p

    return f


# -- Bessel functions of order 0 and 1 ---------------------------------------------------------


def modulus(n: int) -> Function:
    """sqrt(pi x/2) |H_n(x)|."""
    return lambda x: mp.sqrt(mp.pi * x / 2) * abs(mp.hankel1(n, x))


def phase(n: int) -> Function:
    """x times (the phase of H_n(x) less x - (2 n + 1) pi/4)."""
    return lambda x: x * mp.arg(mp.hankel1(n, x) * mp.expj(-x + (2 * n + 1) * mp.pi / 4))


def square_inverse(a: float, b: float, f: Function) -> Function:
    """f on [a, b] as a function of t, linear in 1/x^2."""
    u, v = 1 / mp.mpf(b) ** 2 if b < mp.inf else mp.mpf(0), 1 / mp.mpf(a) ** 2
    return lambda t: f(1 / mp.sqrt((u + v) / 2 + t * (v - u) / 2 + STEP * STEP))


def far(f: Function, limit: Function) -> Function:
    return lambda x: f(x) if x < mp.mpf(10) ** 8 else limit(x)


def y0_rest(x: mp.mpf) -> mp.mpf:
    return mp.bessely(0, x) - 2 / mp.pi * mp.log(x) * mp.besselj(0, x)


def y1_rest(x: mp.mpf) -> mp.mpf:
    return (mp.bessely(1, x) - 2 / mp.pi * (mp.log(x) * mp.besselj(1, x) - 1 / x)) / x


def bessel_zeros(kind: Callable, n: int) -> Callable[[int], tuple[mp.mpf, mp.mpf]]:
    zero = mp.besseljzero if kind is mp.besselj else mp.besselyzero
    return lambda k: (zero(n, k), kind(n, zero(n, k), derivative=1))


# -- Airy functions ----------------------------------------------------------------------------


def zeta(x: mp.mpf) -> mp.mpf:
    return 2 * mp.sqrt(x) ** 3 / 3


def airy_pair(x: mp.mpf) -> mp.mpc:
    return mp.mpc(mp.airybi(-x), mp.airyai(-x))


def airy_slopes(x: mp.mpf) -> mp.mpc:
    return mp.mpc(-mp.airyai(-x, derivative=1), mp.airybi(-x, derivative=1))


def airy_modulus(x: mp.mpf) -> mp.mpf:
    return mp.sqrt(mp.pi) * mp.root(x, 4) * abs(airy_pair(x))


def airy_phase(x: mp.mpf) -> mp.mpf:
    return zeta(x) * mp.arg(airy_pair(x) * mp.expj(-zeta(x) - mp.pi / 4))


def slope_modulus(x: mp.mpf) -> mp.mpf:
    return mp.sqrt(mp.pi) / mp.root(x, 4) * abs(airy_slopes(x))


def slope_phase(x: mp.mpf) -> mp.mpf:
    return zeta(x) * mp.arg(airy_slopes(x) * mp.expj(-zeta(x) - mp.pi / 4))


def by_zeta(a: float, b: float, f: Function, power: int) -> Function:
    """f of x on [a, b] as a function of t, linear in zeta^-power."""
    u = zeta(mp.mpf(b)) ** -power if b < mp.inf else mp.mpf(0)
    v = zeta(mp.mpf(a)) ** -power

    def g(t: mp.mpf) -> mp.mpf:
        s = (u + v) / 2 + t * (v - u) / 2 + STEP * STEP
        return f((mp.mpf(3) / 2 / mp.root(s, power)) ** (mp.mpf(2) / 3))

    return g


def ai_scaled(x: mp.mpf) -> mp.mpf:
    return mp.root(x, 4) * mp.exp(zeta(x)) * mp.airyai(x)


def bi_scaled(x: mp.mpf) -> mp.mpf:
    return mp.root(x, 4) * mp.exp(-zeta(x)) * mp.airybi(x)


def ai_slope_scaled(x: mp.mpf) -> mp.mpf:
    return -mp.exp(zeta(x)) * mp.airyai(x, derivative=1) / mp.root(x, 4)


def bi_slope_scaled(x: mp.mpf) -> mp.mpf:
    return mp.exp(-zeta(x)) * mp.airybi(x, derivative=1) / mp.root(x, 4)


def airy_zeros(kind: Callable, derivative: int) -> Callable[[int], tuple[mp.mpf, mp.mpf]]:
    zero = mp.airyaizero if kind is mp.airyai else mp.airybizero

    def f(k: int) -> tuple[mp.mpf, mp.mpf]:
        z = -zero(k, derivative=derivative)
        return z, kind(-z, derivative=1 - derivative)

    return f


# -- zeta and harmonic numbers ------------------------------------------------------------------


def zeta_rest(s: mp.mpf) -> mp.mpf:
    """2^s (zeta(s) - 1)."""
    return mp.power(2, s) * mp.zeta(s, 2)


# -- the files ---------------------------------------------------------------------------------

INF = mp.inf
POLYNOMIALS: dict[str, list[tuple[str, str, Function]]] = {
    "lambert": [
        ("lambert_w_near", "(1 + W_0)/p, p = sqrt(2 (e x + 1)) on [0, 1], t = 2 p - 1.", lambert_near(0)),
        ("lambert_wm1_near", "-(1 + W_-1)/p, p = sqrt(2 (e x + 1)) on [0, 1], t = 2 p - 1.", lambert_near(-1)),
    ],
    "bessel": [
        ("j0_small", "J0(x) on [0, 4], t = x^2/8 - 1.", root_on(0, 16, lambda x: mp.besselj(0, x))),
        ("j1_small", "J1(x)/x on [0, 4], t = x^2/8 - 1.", root_on(0, 16, lambda x: mp.besselj(1, x) / x)),
        ("y0_small", "Y0(x) - 2/pi log(x) J0(x) on [0, 4], t = x^2/8 - 1.", root_on(0, 16, y0_rest)),
        ("y1_small", "(Y1(x) - 2/pi (log(x) J1(x) - 1/x))/x on [0, 4], t = x^2/8 - 1.", root_on(0, 16, y1_rest)),
        ("modulus0_4", "sqrt(pi x/2) |H0(x)| on [4, 8], t = (128/x^2 - 5)/3.", square_inverse(4, 8, modulus(0))),
        ("modulus1_4", "sqrt(pi x/2) |H1(x)| on [4, 8], t = (128/x^2 - 5)/3.", square_inverse(4, 8, modulus(1))),
        ("phase0_4", "x (phase of H0 - x + pi/4) on [4, 8], t = (128/x^2 - 5)/3.", square_inverse(4, 8, phase(0))),
        ("phase1_4", "x (phase of H1 - x + 3 pi/4) on [4, 8], t = (128/x^2 - 5)/3.", square_inverse(4, 8, phase(1))),
        ("modulus0_8", "sqrt(pi x/2) |H0(x)| on [8, oo), t = 128/x^2 - 1.", square_inverse(8, INF, far(modulus(0), lambda x: 1 - 1 / (16 * x * x)))),
        ("modulus1_8", "sqrt(pi x/2) |H1(x)| on [8, oo), t = 128/x^2 - 1.", square_inverse(8, INF, far(modulus(1), lambda x: 1 + 3 / (16 * x * x)))),
        ("phase0_8", "x (phase of H0 - x + pi/4) on [8, oo), t = 128/x^2 - 1.", square_inverse(8, INF, far(phase(0), lambda x: -mp.mpf(1) / 8 + 25 / (384 * x * x)))),
        ("phase1_8", "x (phase of H1 - x + 3 pi/4) on [8, oo), t = 128/x^2 - 1.", square_inverse(8, INF, far(phase(1), lambda x: mp.mpf(3) / 8 - 21 / (128 * x * x)))),
    ],
    "bessel_order": [
        ("temme_difference", "(1/gamma(1 - m) - 1/gamma(1 + m))/(2 m) on |m| <= 1/2, t = 8 m^2 - 1.", root_on(0, 0.25, lambda m: (mp.rgamma(1 - m) - mp.rgamma(1 + m)) / (2 * m))),
        ("temme_mean", "(1/gamma(1 - m) + 1/gamma(1 + m))/2 on |m| <= 1/2, t = 8 m^2 - 1.", root_on(0, 0.25, lambda m: (mp.rgamma(1 - m) + mp.rgamma(1 + m)) / 2)),
    ],
    "zeta": [
        ("zeta_low", "(s - 1) zeta(s) on [-1, 1/4], t = (s + 3/8)/0.625.", on(-1, 0.25, lambda s: (s - 1) * mp.zeta(s))),
        ("zeta_1", "(s - 1) zeta(s) on [1/4, 2], t = (s - 9/8)/0.875.", on(0.25, 2, lambda s: (s - 1) * mp.zeta(s))),
        ("zeta_2", "2^s (zeta(s) - 1) on [2, 5], t = (s - 3.5)/1.5.", on(2, 5, zeta_rest)),
        ("zeta_5", "2^s (zeta(s) - 1) on [5, 12], t = (s - 8.5)/3.5.", on(5, 12, zeta_rest)),
        ("zeta_12", "2^s (zeta(s) - 1) on [12, 32], t = (s - 22)/10.", on(12, 32, zeta_rest)),
        ("harmonic_small", "(digamma(1 + x) + gamma)/x on [-1/2, 1], t = (x - 1/4)/0.75.", on(-0.5, 1, lambda x: (mp.digamma(1 + x) + mp.euler) / x)),
    ],
    "airy": [
        ("airy_ai_center", "Ai(x) on [-2, 1], t = (x + 1/2)/1.5.", on(-2, 1, mp.airyai)),
        ("airy_bi_center", "Bi(x) on [-2, 1], t = (x + 1/2)/1.5.", on(-2, 1, mp.airybi)),
        ("airy_aip_center", "Ai'(x) on [-2, 1], t = (x + 1/2)/1.5.", on(-2, 1, lambda x: mp.airyai(x, derivative=1))),
        ("airy_bip_center", "Bi'(x) on [-2, 1], t = (x + 1/2)/1.5.", on(-2, 1, lambda x: mp.airybi(x, derivative=1))),
        ("airy_ai_1", "x^(1/4) e^zeta Ai(x) on [1, 4], t linear in 1/zeta.", by_zeta(1, 4, ai_scaled, 1)),
        ("airy_ai_4", "x^(1/4) e^zeta Ai(x) on [4, oo), t linear in 1/zeta.", by_zeta(4, INF, lambda x: ai_scaled(x) if x < HUGE else (1 - 5 / (72 * zeta(x)) + 385 / (10368 * zeta(x) ** 2)) / (2 * mp.sqrt(mp.pi)), 1)),
        ("airy_aip_1", "-x^(-1/4) e^zeta Ai'(x) on [1, 4], t linear in 1/zeta.", by_zeta(1, 4, ai_slope_scaled, 1)),
        ("airy_aip_4", "-x^(-1/4) e^zeta Ai'(x) on [4, oo), t linear in 1/zeta.", by_zeta(4, INF, lambda x: ai_slope_scaled(x) if x < HUGE else (1 + 7 / (72 * zeta(x)) - 455 / (10368 * zeta(x) ** 2)) / (2 * mp.sqrt(mp.pi)), 1)),
        ("airy_bi_1", "x^(1/4) e^-zeta Bi(x) on [1, 2.5], t linear in x.", on(1, 2.5, bi_scaled)),
        ("airy_bi_2", "x^(1/4) e^-zeta Bi(x) on [2.5, 5], t linear in x.", on(2.5, 5, bi_scaled)),
        ("airy_bi_5", "x^(1/4) e^-zeta Bi(x) on [5, 10], t linear in x.", on(5, 10, bi_scaled)),
        ("airy_bi_10", "x^(1/4) e^-zeta Bi(x) on [10, oo), t linear in 1/zeta.", by_zeta(10, INF, lambda x: bi_scaled(x) if x < HUGE else (1 + 5 / (72 * zeta(x)) + 385 / (10368 * zeta(x) ** 2)) / mp.sqrt(mp.pi), 1)),
        ("airy_bip_1", "x^(-1/4) e^-zeta Bi'(x) on [1, 2.5], t linear in x.", on(1, 2.5, bi_slope_scaled)),
        ("airy_bip_2", "x^(-1/4) e^-zeta Bi'(x) on [2.5, 5], t linear in x.", on(2.5, 5, bi_slope_scaled)),
        ("airy_bip_5", "x^(-1/4) e^-zeta Bi'(x) on [5, 10], t linear in x.", on(5, 10, bi_slope_scaled)),
        ("airy_bip_10", "x^(-1/4) e^-zeta Bi'(x) on [10, oo), t linear in 1/zeta.", by_zeta(10, INF, lambda x: bi_slope_scaled(x) if x < HUGE else (1 - 7 / (72 * zeta(x)) - 455 / (10368 * zeta(x) ** 2)) / mp.sqrt(mp.pi), 1)),
        ("airy_modulus_2", "sqrt(pi) x^(1/4) |(Bi + i Ai)(-x)| on [2, 4], t linear in 1/zeta^2.", by_zeta(2, 4, airy_modulus, 2)),
        ("airy_modulus_4", "the same on [4, oo).", by_zeta(4, INF, lambda x: airy_modulus(x) if x < HUGE else 1 - 5 / (64 * x**3), 2)),
        ("airy_phase_2", "zeta (arg((Bi + i Ai)(-x)) - zeta - pi/4) on [2, 4], t linear in 1/zeta^2.", by_zeta(2, 4, airy_phase, 2)),
        ("airy_phase_4", "the same on [4, oo).", by_zeta(4, INF, lambda x: airy_phase(min(x, HUGE)), 2)),
        ("airy_slope_modulus_2", "sqrt(pi) x^(-1/4) |(Bi' + i ...)(-x)| on [2, 4], t linear in 1/zeta^2.", by_zeta(2, 4, slope_modulus, 2)),
        ("airy_slope_modulus_4", "the same on [4, oo).", by_zeta(4, INF, lambda x: slope_modulus(x) if x < HUGE else 1 + 7 / (64 * x**3), 2)),
        ("airy_slope_phase_2", "zeta (arg((-Ai' + i Bi')(-x)) - zeta - pi/4) on [2, 4], t linear in 1/zeta^2.", by_zeta(2, 4, slope_phase, 2)),
        ("airy_slope_phase_4", "the same on [4, oo).", by_zeta(4, INF, lambda x: slope_phase(min(x, HUGE)), 2)),
    ],
}  # fmt: skip

ZEROS: dict[str, list[tuple[str, str, Callable[[int], tuple[mp.mpf, mp.mpf]]]]] = {
    "bessel": [
        ("j0_zeros", "Zeros of J0", bessel_zeros(mp.besselj, 0)),
        ("j1_zeros", "Zeros of J1", bessel_zeros(mp.besselj, 1)),
        ("y0_zeros", "Zeros of Y0", bessel_zeros(mp.bessely, 0)),
        ("y1_zeros", "Zeros of Y1", bessel_zeros(mp.bessely, 1)),
    ],
    "airy": [
        ("airy_ai_zeros", "Zeros of Ai(-x) (slope: of the function of -x)", airy_zeros(mp.airyai, 0)),
        ("airy_bi_zeros", "Zeros of Bi(-x)", airy_zeros(mp.airybi, 0)),
        ("airy_aip_zeros", "Zeros of Ai'(-x) and the values of Ai", airy_zeros(mp.airyai, 1)),
        ("airy_bip_zeros", "Zeros of Bi'(-x) and the values of Bi", airy_zeros(mp.airybi, 1)),
    ],
}  # fmt: skip


def table(name: str, what: str, zero: Callable[[int], tuple[mp.mpf, mp.mpf]]) -> str:
    pairs = [zero(k) for k in range(1, 21)]
    high = [float(z) for z, _ in pairs]
    low = [float(z - h) for (z, _), h in zip(pairs, high, strict=True)]
    single = [float(z - float(np.float32(h))) for (z, _), h in zip(pairs, high, strict=True)]
    slope = [float(s) for _, s in pairs]

    def row(numbers: list[float]) -> str:
        return "\n".join(f"            {v!r}," for v in numbers)

    def array(numbers: list[float]) -> str:
        return f"jnp.asarray(\n        (\n{row(numbers)}\n        ),\n        x.dtype,\n    )"

    return (
        f'def {name}(x):\n    """{what}: high words, low words, slopes."""\n'
        f"    high = {array(high)}\n    wide = {array(low)}\n    narrow = {array(single)}\n"
        f"    slope = {array(slope)}\n    return high, by_format(x, wide, narrow), slope"
    )


def made(family: str) -> str:
    zeros = ZEROS.get(family, [])
    header = (
        f'"""Polynomials{" and zeros" if zeros else ""} for {family}.py '
        '(mpmath, benchmarks/special/family_coefficients.py)."""\n\n'
        "from __future__ import annotations\n\n"
        + ("import jax.numpy as jnp\n\n" if zeros else "")
        + "from derivax.numeric.special.double_word import by_format"
    )
    parts = [header]
    for name, what, f in POLYNOMIALS[family]:
        try:
            # a phase is added to a larger number
            coefficients = interpolant(f, SMALL * 4 if "phase" in name else SMALL)
        except Exception as error:
            raise RuntimeError(name) from error
        biggest = max(abs(c) for c in coefficients) / abs(coefficients[0])
        print(f"{name:20s} degree {len(coefficients) - 1:2d}  largest/first {mp.nstr(biggest, 3)}")
        parts.append(text(f"{name}_polynomial", what, coefficients))
    parts += [table(name, what, zero) for name, what, zero in zeros]
    return "\n\n\n".join(parts) + "\n"


if __name__ == "__main__":
    wanted = [a for a in sys.argv[1:] if not a.startswith("-")] or list(POLYNOMIALS)
    for family in wanted:
        source, target = made(family), ROOM / f"{family}_data.py"
        if "--check" not in sys.argv:
            target.write_text(source)
        elif source != target.read_text():
            raise SystemExit(1)
