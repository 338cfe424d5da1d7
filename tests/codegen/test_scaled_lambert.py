"""LambertW(c exp(g)) where the exponential would overflow, against mpmath."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
from sympy import LambertW, exp, symbols

from derivax.numeric.codegen.compiling import compile_formula
from derivax.symbolic.formula import Formula

x, c = symbols("x c", real=True)
POINTS = ((1.0, 2.0), (1000.0, 3.0), (-2.0, -0.5), (1e5, 1e-7), (-1.0, 0.0))


def test_values_and_slopes_where_the_exponential_overflows():
    f = compile_formula(Formula(LambertW(c * exp(x)), [x, c], name="scaled"))

    @jax.jit
    @jax.vmap
    def both(x, c):
        return f(x, c), *jax.grad(f, (0, 1))(x, c)

    given = np.array(POINTS)
    found = np.stack(both(jnp.asarray(given[:, 0]), jnp.asarray(given[:, 1])), axis=1)
    for (a, b), got in zip(POINTS, found, strict=True):
        with mpmath.workdps(40):
            w = mpmath.lambertw(b * mpmath.exp(a)).real
            slope = mpmath.exp(a) / (mpmath.exp(w) * (1 + w))  # dW/dz exp(x), at c = 0 too
            exact = [float(w), float(b * slope), float(slope)]
        np.testing.assert_allclose(got, exact, rtol=4e-15)
