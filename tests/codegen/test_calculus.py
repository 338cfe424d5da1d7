"""Derivative, Subs, roots of polynomials, supplied functions; finite derivatives at corners.

References: SymPy's evaluated derivatives, hand-written JAX, NumPy's roots.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy as sp

from derivax.errors import CompileError
from derivax.numeric.codegen import compile_formula
from derivax.symbolic.formula import Formula

x, y, t = sp.symbols("x y t")
f = sp.Function("f")


def test_unevaluated_derivatives_and_substitutions():
    expr = sp.Derivative(sp.sin(x * y) * x, x, (y, 2)) + sp.Subs(sp.exp(t * x), t, y**2)
    code = compile_formula(Formula(expr, [x, y]))
    value, slope = jax.jit(jax.value_and_grad(code))(0.5, 0.7)
    exact = expr.doit()
    point = {x: sp.Rational(1, 2), y: sp.Rational(7, 10)}
    assert float(value) == pytest.approx(float(exact.subs(point)), rel=1e-14)
    assert float(slope) == pytest.approx(float(exact.diff(x).subs(point)), rel=1e-14)
    with pytest.raises(CompileError, match="not one with respect to an argument"):
        compile_formula(Formula(sp.Derivative(f(x) ** 2, f(x), evaluate=False), [x]))


def test_a_supplied_function_is_differentiated_through():
    expr = f(x * y) + sp.Subs(sp.Derivative(f(t), t), t, x**2) + sp.Sum(f(x * t), (t, 1, 9))
    code = compile_formula(Formula(expr, [x, y]), functions={"f": jnp.tanh})

    def by_hand(x, y):
        return (
            jnp.tanh(x * y) + 1 / jnp.cosh(x**2) ** 2 + sum(jnp.tanh(x * k) for k in range(1, 10))
        )

    everything = [lambda g: g, jax.grad, jax.hessian]
    for order in everything:
        got, exact = order(code)(0.5, 0.7), order(by_hand)(0.5, 0.7)
        assert float(got) == pytest.approx(float(exact), rel=1e-12)
    assert "given by the caller" in code.source
    lambda_code = compile_formula(Formula(f(x).diff(x), [x]), functions={f: sp.Lambda(t, t**3)})
    assert float(lambda_code(2.0)) == 12.0


def test_supplied_functions_of_several_arguments():
    code = compile_formula(
        Formula(f(x, y).diff(x).diff(y), [x, y]), functions={f: lambda a, b: a**2 * jnp.sin(b)}
    )
    assert float(code(2.0, 1.0)) == pytest.approx(4 * np.cos(1.0), rel=1e-15)


def test_roots_of_polynomials():
    quintic = t**5 - t - 1
    quadratic = sp.CRootOf(t**2 + t + 1, 0, radicals=False)
    roots = (sp.CRootOf(quintic, 0) * x, quadratic * x)
    total = sp.RootSum(quintic, sp.Lambda(t, t * sp.exp(x * t)))
    code = compile_formula(Formula((*roots, total), [x]))
    real, plane, summed = code(0.3)
    numbers = np.roots([1, 0, 0, 0, -1, -1])
    assert float(real) == pytest.approx(
        0.3 * numbers[np.abs(numbers.imag) < 1e-9][0].real, rel=1e-14
    )
    assert abs(complex(plane) - 0.3 * complex(-0.5, -np.sqrt(0.75))) < 1e-15
    assert float(summed) == pytest.approx(np.sum(numbers * np.exp(0.3 * numbers)).real, rel=1e-11)


CORNERS = {  # expression, point, derivative there: finite, however it is written
    "root inside a product": (sp.sqrt(x) * sp.sqrt(x) * x, 0.0, 0.0),
    "square times logarithm": (sp.Piecewise((x**2 * sp.log(x), x > 0), (0, True)), 0.0, 0.0),
    "absolute value times x": (sp.Abs(x) * x, 0.0, 0.0),
    "root of a square sum in a branch": (
        sp.Piecewise((sp.sqrt(x - 1), x > 1), (x**2, True)), 0.5, 1.0),
    "largest of two": (sp.Max(x, 0) ** 2, 0.0, 0.0),
}  # fmt: skip


def test_no_nan_gradient_where_the_mathematics_is_finite():
    u = sp.Symbol("x", real=True)
    names = list(CORNERS)
    code = compile_formula(Formula(tuple(CORNERS[n][0].subs(x, u) for n in names), [u]))
    slopes = jax.jit(jax.vmap(jax.jacfwd(code)))(jnp.array([CORNERS[n][1] for n in names]))
    for k, name in enumerate(names):
        assert float(slopes[k][k]) == pytest.approx(CORNERS[name][2], abs=1e-15), name
