"""Complex formulas: values on and off the branch cuts, derivatives, dtypes.

The reference is ball arithmetic on the SymPy expression (Arb), and SymPy's own derivative of it.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy as sp

from derivax.errors import CompileError, InputError
from derivax.numeric.codegen import compile_formula
from derivax.symbolic.exact.ball import enclose
from derivax.symbolic.formula import Formula

J = sp.I
z, w, n, k = sp.symbols("z w n k")
x = sp.Symbol("x", real=True)

HOLOMORPHIC = (
    sp.exp(z), sp.log(z), sp.sqrt(z), z**3, 1 / z, z ** sp.Rational(1, 3), z**w, sp.tan(z),
    sp.cot(z), sp.asin(z), sp.acos(z), sp.atan(z), sp.acot(z), sp.asec(z), sp.acsc(z), sp.tanh(z),
    sp.coth(z), sp.sech(z), sp.asinh(z), sp.acosh(z), sp.atanh(z), sp.acoth(z), sp.asech(z),
    sp.acsch(z), (z + J) / (z - 3 * J), sp.sqrt(sp.exp(3 * z)),
)  # fmt: skip
OTHERS = (sp.Abs(z), sp.arg(z), sp.re(z), sp.im(z), sp.conjugate(z), sp.sign(z), sp.sinc(z))
ON_CUTS = [2, -2, 0.5, -0.5, 2j, -2j, 0.5j, -0.5j]
OFF_CUTS = [1 + 1j, -1.5 - 0.3j, 3 - 2j, -0.2 + 0.9j]
W = 0.25 - 1.25j


def exact_at(expr, values, bits=128):
    ball = enclose(expr, values, bits)
    assert ball.is_finite(), (expr, values)
    return complex(float(ball.real), float(ball.imag)) if hasattr(ball, "imag") else float(ball)


def test_values_on_and_off_the_cuts_and_derivatives():
    f = compile_formula(Formula((*HOLOMORPHIC, *OTHERS), [z, w]))
    points = np.array([*ON_CUTS, *OFF_CUTS, complex(-2.0, -0.0), complex(2.0, -0.0)])
    exact_points = [*ON_CUTS, *OFF_CUTS, -2, 2]
    values, slopes = jax.jit(lambda v: jax.jvp(lambda u: f(u, W), (v,), (jnp.ones_like(v),)))(
        points
    )
    for expr, value, slope in zip((*HOLOMORPHIC, *OTHERS), values, slopes, strict=True):
        for point, got in zip(exact_points, np.asarray(value), strict=True):
            exact = exact_at(expr, {z: point, w: W})
            assert abs(got - exact) <= 2e-15 * max(abs(exact), 0.01), (expr, point, got, exact)
        if expr not in HOLOMORPHIC:
            continue
        for point, got in zip(OFF_CUTS, np.asarray(slope)[len(ON_CUTS) :], strict=False):
            exact = exact_at(expr.diff(z), {z: point, w: W})
            assert abs(got - exact) <= 1e-14 * max(abs(exact), 0.01), (expr, point, got, exact)


def test_real_functions_of_a_complex_variable_are_differentiated_in_both_directions():
    a, b = sp.symbols("a b", real=True)
    expr = sp.Abs(z) ** 2 + sp.re(z**3) * sp.im(z) + sp.arg(z) + sp.re(sp.conjugate(z) * sp.sign(z))
    f = compile_formula(Formula(expr, [z]))
    plane = ((a**2 + b**2) + sp.re(sp.expand((a + J * b) ** 3)) * b + sp.atan2(b, a)
             + sp.sqrt(a**2 + b**2))  # fmt: skip
    gradient = jax.jit(jax.grad(f))(1.0 + 2.0j)  # JAX: df/da - i df/db
    exact = [float(plane.diff(s).subs({a: 1, b: 2})) for s in (a, b)]
    np.testing.assert_allclose(gradient, complex(exact[0], -exact[1]), rtol=1e-14)


def test_a_real_function_with_complex_parts_inside():
    expr = sp.re(sp.exp(J * x) * sp.log(x - 3)) + sp.re(sp.sqrt(x - 2)) ** 2
    f = compile_formula(Formula(expr, [x]))
    first, second = jax.grad(f), jax.grad(jax.grad(f))
    inner = sp.exp(J * x) * sp.log(x - 3)
    for order, function in enumerate((f, first, second)):
        exact = exact_at(sp.re(inner.diff(x, order) if order else inner), {x: 1.0})
        assert float(function(1.0)) == pytest.approx(exact, rel=1e-14)
    assert f(np.float32(1)).dtype == np.float32


def test_the_dtype_follows_the_inputs_or_the_option():
    f = compile_formula(Formula(z * sp.exp(J * x), [z, x]))
    assert f(np.complex64(1), np.float32(2)).dtype == np.complex64
    assert f(np.float32(1), np.float32(2)).dtype == np.complex64
    assert f(1.0, 2.0).dtype == np.complex128
    g = compile_formula(Formula(sp.exp(z), [z]), dtype=np.complex64)
    assert (g(1j).dtype, g(1.0).dtype) == (np.complex64, np.float32)
    with pytest.raises(InputError, match="symbol is real"):
        compile_formula(Formula(x**2, [x]))(1j)


def test_a_symbol_or_a_domain_may_say_that_an_argument_is_complex():
    c = sp.Symbol("c", complex=True)
    f = compile_formula(Formula(sp.sqrt(c), [c]))
    assert complex(f(-4.0)) == 2j


def test_sums_integrals_and_recurrences_of_complex_terms():
    y, t = sp.symbols("y t", real=True)
    from derivax.symbolic.nodes import Recurrence

    total = sp.Sum(sp.exp(J * k * x) / k, (k, 1, n))
    fourier = sp.Integral(sp.exp(-(t**2) + J * t * x), (t, -sp.oo, sp.oo))
    rotated = Recurrence(y * sp.exp(J * x) + 1, y, 1, k, n)
    f = compile_formula(Formula((total, fourier, rotated), [x, n]))
    values, slopes = jax.jit(lambda v: jax.jvp(lambda u: f(u, 6.0), (v,), (1.0,)))(0.5)
    terms = [(np.exp(0.5j * m) / m, 1j * np.exp(0.5j * m)) for m in range(1, 7)]
    gauss = np.sqrt(np.pi) * np.exp(-(0.5**2) / 4)
    powers = [(np.exp(0.5j * m), 1j * m * np.exp(0.5j * m)) for m in range(7)]
    exact = [sum(a) for a in zip(*terms, strict=True)], (gauss, -0.25 * gauss), [
        sum(a) for a in zip(*powers, strict=True)]  # fmt: skip
    for value, slope, (right, right_slope) in zip(values, slopes, exact, strict=True):
        np.testing.assert_allclose(value, right, rtol=1e-13)
        np.testing.assert_allclose(slope, right_slope, rtol=1e-13)


def test_what_has_no_order_in_the_plane_is_refused():
    for expr in (sp.Max(z, 1) + J, sp.floor(z + J * x), sp.Piecewise((1, z * J > 0), (z, True))):
        with pytest.raises((CompileError, TypeError)):
            compile_formula(Formula(expr, [z, x]), plane=[z])


def test_verification_says_that_complex_code_is_not_compared():
    from derivax.numeric.verify.level_derivatives import derivatives_level
    from derivax.numeric.verify.level_values import values_level

    formula = Formula(sp.re(sp.exp(J * x) * sp.log(x - 3)), [x])
    code = compile_formula(formula)
    for level in (values_level(code, formula), derivatives_level(code, formula)):
        assert level.outcome.value == "not_run"
        assert "complex" in level.detail
