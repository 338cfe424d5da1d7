"""Dominant eigenvalues: exact derivatives, certified enclosures, code up to second derivatives.

References: closed forms of 2 x 2 and cyclic matrices, Arb's certified eigenvalues, NumPy.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy as sp

from derivax.errors import InputError
from derivax.numeric.codegen import compile_formula
from derivax.symbolic.exact.ball import enclose
from derivax.symbolic.formula import Formula
from derivax.symbolic.nodes import DominantEigenvalue
from derivax.symbolic.terms import from_term, to_term

p, q = sp.symbols("p q", positive=True)
LESLIE = DominantEigenvalue(sp.Matrix([[0, p, 3], [q, 0, 0], [0, sp.Rational(1, 2), p * q]]))


def test_the_derivative_of_a_closed_form():
    node = DominantEigenvalue(sp.Matrix([[1, p], [q, 0]]))
    exact = (1 + sp.sqrt(1 + 4 * p * q)) / 2
    point = {p: 2, q: sp.Rational(3, 7)}
    for what, closed in (
        (node, exact),
        (node.diff(p), exact.diff(p)),
        (node.diff(p).diff(q), exact.diff(p, q)),
    ):
        assert abs(what.subs(point).evalf(40) - closed.subs(point).evalf(40)) < 1e-38
    assert from_term(to_term(LESLIE)) == LESLIE
    with pytest.raises(InputError, match="square"):
        DominantEigenvalue(sp.Matrix([[1, 2, 3], [4, 5, 6]]))


def test_what_is_not_certain_has_no_enclosure():
    rotation = DominantEigenvalue(sp.Matrix([[0, -p], [p, 0]]))
    assert not enclose(rotation, {p: 1}).is_finite()
    assert enclose(DominantEigenvalue(sp.Matrix([[2, 1], [1, 2]])), {}).contains(3)


def test_code_with_gradient_and_hessian():
    f = compile_formula(Formula(LESLIE, [p, q]))

    def everything(v):
        return f(*v), jax.grad(lambda u: f(*u))(v), jax.hessian(lambda u: f(*u))(v)

    value, gradient, hessian = jax.jit(everything)(jnp.array([1.5, 0.25]))
    at = {p: 1.5, q: 0.25}
    assert float(value) == pytest.approx(float(enclose(LESLIE, at)), rel=4e-15)
    for k, s in enumerate((p, q)):
        slope = LESLIE.diff(s)
        assert float(gradient[k]) == pytest.approx(float(enclose(slope, at, 200)), rel=1e-13)
        for j, r in enumerate((p, q)):
            exact = float(enclose(slope.diff(r), at, 256))
            assert float(hessian[k, j]) == pytest.approx(exact, rel=1e-12)
    single = float(f(np.float32(1.5), np.float32(0.25)))
    assert single == pytest.approx(float(value), rel=1e-6)


def test_imprimitive_matrices_have_their_perron_root_and_rotations_none():
    cycle = sp.Matrix([[0, 0, 6], [sp.Rational(1, 2), 0, 0], [0, p / 3, 0]])
    rotation = sp.Matrix([[0, -p], [p, 0]])
    f = compile_formula(Formula((DominantEigenvalue(cycle), DominantEigenvalue(rotation)), [p]))
    root, none = f(8.0)
    assert float(root) == pytest.approx(2.0, rel=1e-14)  # cube root of 6 * 8 / 6
    assert np.isnan(none)


def test_a_batch_of_matrix_arguments():
    matrix = sp.MatrixSymbol("A", 3, 3)
    f = compile_formula(Formula(DominantEigenvalue(matrix), [matrix]))
    a = np.abs(np.random.default_rng(5).normal(size=(6, 3, 3)))
    exact = np.linalg.eigvals(a).real.max(axis=-1)
    np.testing.assert_allclose(f(a), exact, rtol=1e-13)
