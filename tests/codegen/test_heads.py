"""Every head and its derivative against correctly rounded values, in both formats.

The reference is ball arithmetic on the SymPy expression and on SymPy's own derivative of it.
Errors are in units in the last place of the exact value; beside each group stands what is allowed.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy as sp

from derivax.numeric.codegen import compile_formula
from derivax.symbolic.exact.ball import correctly_rounded
from derivax.symbolic.formula import Formula

x = sp.Symbol("x", real=True)

UNIT = np.concatenate([np.linspace(-0.97, 0.97, 40), [1e-30, -1e-30, 1e-9, 0.999, -0.9999]])
BEYOND = np.concatenate(
    [np.linspace(1.01, 9.0, 30), -np.linspace(1.01, 9.0, 9), [1e3, 1e9, 1.0001]]
)
WIDE = np.concatenate([np.linspace(-87.0, 87.0, 60), [1e-30, 1e-8, -1e-8, 0.3, 1.5]])
POSITIVE = np.concatenate([np.logspace(-30, 30, 40), [0.6, 0.999, 1.001, 2.0]])

GROUPS = {  # name: (points, expressions, allowed ulp of values, allowed ulp of derivatives)
    "inside the unit interval": (
        UNIT,
        (sp.asin(x), sp.acos(x), sp.atanh(x), sp.log(1 + x), sp.acos(x) ** 2, sp.asin(x) / 3),
        6,
        12,
    ),
    "beyond the unit interval": (
        BEYOND,
        (sp.asec(x), sp.acsc(x), sp.acoth(x), sp.acot(x), 1 / x**3),
        6,
        16,
    ),
    "all real numbers": (
        WIDE,
        (
            sp.exp(x),
            sp.exp(x) - 1,
            sp.sinh(x),
            sp.cosh(x),
            sp.tanh(x),
            sp.sech(x),
            sp.csch(x),
            sp.coth(x),
            sp.asinh(x),
            sp.atan(x),
            sp.erf(x),
            sp.erfc(x),
            sp.exp(-(x**2)),
            sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi),
            sp.log(1 + sp.exp(x)),
            sp.log(2 * sp.exp(-x) + 3 + sp.exp(x)),
            1 / (1 + sp.exp(-x)),
            sp.sinh(x) / sp.cosh(x) ** 3,
            sp.acsch(x),
            x**5 - x**4,
            2**x,
        ),
        9,
        24,
    ),
    "positive numbers": (
        POSITIVE,
        (
            sp.log(x),
            sp.sqrt(x),
            x ** sp.Rational(3, 2),
            x ** sp.Rational(1, 3),
            x ** sp.Rational(-2, 3),
            x ** sp.Rational(1, 5),
            x ** sp.Rational(3, 4),
            x**-2,
            x ** sp.Rational(3, 10),
            sp.sqrt(2) * x,
            sp.log(x, 10),
            sp.pi * x / 7,
        ),
        6,
        10,
    ),
    "angles": (
        np.linspace(-30.0, 30.0, 61) + 0.5123,
        (
            sp.sin(x),
            sp.cos(x),
            sp.tan(x),
            sp.cot(x),
            sp.sec(x),
            sp.csc(x),
            sp.sinc(x),
            sp.atan2(x, 3),
            sp.atan2(2, x),
        ),
        8,
        90,  # near the zeros of sinc'
    ),
}


def ulps(got, exact, dtype):
    tiny, eps = np.finfo(dtype).tiny, np.finfo(dtype).eps
    exact, got = np.asarray(exact, np.longdouble), np.asarray(got, np.longdouble)
    size = np.maximum(np.abs(exact), tiny)
    with np.errstate(invalid="ignore"):
        return np.abs(got - exact) / (2.0 ** np.floor(np.log2(size)) * eps)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("group", GROUPS)
def test_values_and_derivatives(group, dtype):
    points, expressions, allowed, allowed_slope = GROUPS[group]
    points = points.astype(dtype)
    f = compile_formula(Formula(expressions, [x]))
    given = jnp.asarray(points)
    values, slopes = jax.jit(lambda v: jax.jvp(f, (v,), (jnp.ones_like(v),)))(given)
    for expr, value, slope in zip(expressions, values, slopes, strict=True):
        for what, got, limit in ((expr, value, allowed), (expr.diff(x), slope, allowed_slope)):
            exact, decided = correctly_rounded(what, [x], [points], dtype)
            normal = decided & (np.abs(exact) > 8 * np.finfo(dtype).tiny)
            normal &= np.isfinite(exact) & (np.abs(exact) < np.finfo(dtype).max / 4)
            assert np.count_nonzero(normal) >= 8, what
            error = ulps(got, exact, dtype)
            error = np.where(normal, np.where(np.isnan(error), np.inf, error), 0.0)
            worst = int(np.argmax(error))
            assert error[worst] <= limit, (what, points[worst], got[worst], exact[worst])


STEPS = (
    sp.Abs(x), sp.sign(x), sp.floor(x), sp.ceiling(x), sp.Max(0, x), sp.Min(x, 1, -x), sp.Mod(x, 3),
    sp.frac(x), sp.Heaviside(x), sp.Piecewise((x**2, x < -1), (sp.sqrt(x), x > 1), (0, True)),
    sp.Piecewise((1, sp.And(x > -2, x < 2, sp.Ne(x, 0))), (2, sp.Or(x > 3, x < -3)), (3, True)),
    sp.Piecewise((1, sp.Xor(x > -2, x > 2)), (0, True)),
    sp.Piecewise((1, sp.ITE(x > 0, x < 2, x < -2)), (0, True)),
)  # fmt: skip


def test_steps_are_exact():
    points = np.array([-3.5, -3.0, -2.0, -1.0, -0.25, 0.0, 0.5, 1.0, 2.0, 2.75, 4.0])
    values = compile_formula(Formula(STEPS, [x]))(points)
    for expr, got in zip(STEPS, values, strict=True):
        exact = [float(expr.subs(x, sp.Rational(p))) for p in points]
        np.testing.assert_allclose(got, exact, rtol=4e-16, err_msg=str(expr))


def test_relu_has_derivative_0_at_0():
    f = compile_formula(Formula(sp.Max(0, x), [x]))
    assert [float(jax.grad(f)(v)) for v in (-1.0, 0.0, 1.0)] == [0.0, 0.0, 1.0]


def test_power_with_run_time_exponent_at_zero():
    p = sp.Symbol("p", positive=True)
    f = compile_formula(Formula(x**p, [x, p]))
    assert float(jax.grad(f, 0)(0.0, 2.0)) == 0.0  # p x^(p-1), not 0 * log 0
    assert float(jax.grad(f, 1)(0.0, 2.0)) == 0.0
    assert float(jax.grad(f, 1)(2.0, 3.0)) == pytest.approx(8 * np.log(2), rel=1e-15)
    mixed = jax.hessian(lambda v: f(*v))(jnp.array([2.0, 3.0]))
    np.testing.assert_allclose(mixed[0, 1], 4 + 12 * np.log(2), rtol=1e-14)


def test_a_piecewise_never_lets_the_other_branch_through():
    cases = {
        sp.Piecewise((sp.sin(x) / x, sp.Ne(x, 0)), (1, True)): (0.0, 0.0),
        sp.Piecewise((sp.sqrt(x), x > 0), (0, True)): (-1.0, 0.0),
        sp.Piecewise((sp.log(x), x > 1), (x**2, True)): (0.0, 0.0),
        sp.Piecewise((sp.exp(x), x < 10), (1 / x, True)): (1e4, -1e-8),
    }
    for expr, (point, slope) in cases.items():
        f = compile_formula(Formula(expr, [x]))
        assert float(jax.grad(f)(point)) == pytest.approx(slope, abs=1e-300)
        assert np.isfinite(jax.grad(jax.grad(f))(point))
    nothing = compile_formula(Formula(sp.Piecewise((1, x > 0)), [x]))
    assert np.isnan(nothing(-1.0))


def test_removable_zeros_of_exponential_quotients():
    f = compile_formula(
        Formula(((sp.exp(x) - 1) / x, x / (sp.exp(x) - 1), (sp.exp(x) - 1 - x) / x**2,
                 (1 - sp.exp(-x)) / x), [x])
    )  # fmt: skip
    values, slopes = jax.jvp(f, (0.0,), (1.0,))
    np.testing.assert_allclose(values, [1.0, 1.0, 0.5, 1.0], rtol=1e-15)
    np.testing.assert_allclose(slopes, [0.5, -0.5, 1 / 6, -0.5], rtol=1e-15)
    assert np.all(np.isfinite(f(np.array([-600.0, -3.0, 1e-9, 700.0]))))
    assert [float(v) for v in f(-1e5)[:3]] == pytest.approx([1e-5, 1e5, 1e-5], rel=1e-4)


def test_without_rules_jax_differentiates_the_code():
    f = compile_formula(Formula(sp.sin(x) * sp.exp(x), [x]), derivatives=0, accuracy="fast")
    assert float(jax.grad(f)(0.7)) == pytest.approx(np.exp(0.7) * (np.sin(0.7) + np.cos(0.7)))
    assert "_d_x" not in f.source
