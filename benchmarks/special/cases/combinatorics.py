"""References and points of the numbers of combinatorics: SymPy's exact ones, and Arb's gamma."""

from __future__ import annotations

import numpy as np
import sympy
from flint import arb
from measuring import Case


def whole(low, high):
    """All whole numbers of a range (float32: while the value may be finite)."""

    def points(rng, dtype, count):
        top = min(high, 40) if dtype == np.float32 else high
        return (np.arange(max(low, -top), top + 1).astype(dtype),)

    return points


def exact(head):
    """SymPy's exact value at a whole number."""

    def reference(n):
        value = sympy.Rational(head(int(float(n))))
        return arb(int(value.p)) / int(value.q)

    return reference


def real(low, high, single):
    def points(rng, dtype, count):
        top = single if dtype == np.float32 else high
        half = min(count, 20_000) // 2
        return (np.concatenate([rng.uniform(low, top, half), rng.uniform(low, 3, half)])
                .astype(dtype),)  # fmt: skip

    return points


def factorial2(n):
    turn = (1 - (n * arb.pi()).cos()) / 4
    return arb(2) ** (n / 2) * (n / 2 + 1).gamma() * (2 / arb.pi()) ** turn


def catalan(n):
    half = arb(1) / 2
    return arb(4) ** n * (n + half).gamma() * (n + 2).rgamma() / arb.pi().sqrt()


def harmonic(n):
    return arb(0) if n == 0 else (n + 1).digamma() + arb.const_euler()


def terms(n):
    """The larger term of the reflection formula of digamma, for n < -1/2."""
    return np.where(n < -0.5, 1 + np.log(np.abs(n) + 2), 0.0)


CASES = [
    Case("factorial2", factorial2, real(-1.5, 290, 50), [(float(k),) for k in range(12)],
         "gamma function; rounded at whole numbers"),
    Case("subfactorial", exact(sympy.subfactorial), whole(0, 170), [(0.5,)][:0],
         "gamma function; rounded"),
    Case("fibonacci", exact(sympy.fibonacci), whole(-90, 1470), method="powers of a double word"),
    Case("lucas", exact(sympy.lucas), whole(-90, 1470), method="powers of a double word"),
    Case("catalan", catalan, real(-0.49, 500, 60), [(float(k),) for k in range(12)],
         "beta function"),
    Case("harmonic", harmonic, real(-6.5, 1e6, 1e4), [(0.0,)],
         "polynomial, digamma, reflection", terms),
    Case("bernoulli_number", exact(sympy.bernoulli), whole(0, 256), method="-n zeta(1 - n)"),
    Case("euler_number", exact(sympy.euler), whole(0, 180), method="alternating sum"),
    Case("bell_number", exact(sympy.bell), whole(0, 218), method="table"),
]  # fmt: skip
