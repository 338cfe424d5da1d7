"""Matrix expressions of symbolic shape against NumPy in float64."""

from __future__ import annotations

import pickle

import jax
import numpy as np
import pytest
from sympy import (
    Determinant,
    HadamardProduct,
    Identity,
    ImmutableMatrix,
    Inverse,
    Matrix,
    MatrixSymbol,
    Rational,
    Symbol,
    Trace,
    ZeroMatrix,
    exp,
    log,
    symbols,
)

from derivax.errors import CompileError, InputError
from derivax.numeric.codegen import compile_formula

n, m = symbols("n m", integer=True, positive=True)
t = Symbol("t", real=True)
A, B = MatrixSymbol("A", n, n), MatrixSymbol("B", n, m)
v = MatrixSymbol("v", n, 1)
RANDOM = np.random.default_rng(7)
INV = np.linalg.inv


class Loose:
    """A formula in which dimensions may occur, as in Identity(n)."""

    def __init__(self, expr, args):
        self.expr, self.args, self.domain, self.name = expr, args, None, "f"


def compiled(expr, *args):
    return compile_formula(Loose(expr, args))


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_matrix_algebra_at_several_shapes(size):
    a, b = RANDOM.normal(size=(size, size)), RANDOM.normal(size=(size, 3))
    f = compiled(
        {
            "p": exp(-t) * A * B - 2 * A.T * B,
            "s": Inverse(A) * B,
            "r": B.T * Inverse(A),
            "q": A**3 + A**-2 + t * Identity(n) + ZeroMatrix(n, n),
            "h": HadamardProduct(A, A.T),
        },
        A, B, t,
    )  # fmt: skip
    out = f(a, b, 0.3)
    exact = {
        "p": np.exp(-0.3) * a @ b - 2 * a.T @ b,
        "s": INV(a) @ b,
        "r": b.T @ INV(a),
        "q": a @ a @ a + INV(a) @ INV(a) + 0.3 * np.eye(size),
        "h": a * a.T,
    }
    scale = np.linalg.cond(a) ** 2
    for key, want in exact.items():
        np.testing.assert_allclose(out[key], want, rtol=1e-13 * scale, atol=1e-13 * scale)


def test_scalars_of_matrices_and_their_gradient():
    f = compiled(log(1 + Determinant(A) ** 2) * Trace(v.T * A * v) + Trace(A) / n, A, v)
    a, x = RANDOM.normal(size=(3, 3)), RANDOM.normal(size=(3, 1))

    def exact(a):
        return np.log1p(np.linalg.det(a) ** 2) * (x.T @ a @ x)[0, 0] + np.trace(a) / 3

    assert float(f(a, x)) == pytest.approx(exact(a), rel=1e-13)
    gradient, step = jax.grad(f)(a, x), 1e-6
    for i, j in np.ndindex(3, 3):
        e = np.zeros((3, 3))
        e[i, j] = step
        assert float(gradient[i, j]) == pytest.approx(
            (exact(a + e) - exact(a - e)) / 2 / step, 1e-6
        )


def test_coefficients_of_matrices_have_exact_derivatives():
    """d/ds of a mode times a matrix is finite where plain differentiation gives inf/inf."""
    s = Symbol("s", positive=True)
    f = compiled(s * exp(s * t) / (exp(s * t) + 1) * A, A, s, t)
    slope = jax.jacfwd(f, argnums=1)(np.eye(2), 2.0, 1e4)
    np.testing.assert_allclose(slope, np.eye(2), rtol=1e-15)


def test_batches_of_matrices_broadcast_with_batches_of_scalars():
    f = compiled(t * A * v, A, v, t)
    a, x = RANDOM.normal(size=(5, 3, 3)), RANDOM.normal(size=(3, 1))
    out = f(a, x, np.arange(5.0))
    assert out.shape == (5, 3, 1)
    np.testing.assert_allclose(out[4], 4 * a[4] @ x, rtol=1e-12)
    np.testing.assert_allclose(jax.vmap(f, (0, None, 0))(a, x, np.arange(5.0)), out, rtol=1e-12)


def test_explicit_matrices_and_elements():
    f = compiled((Matrix([[A[0, 0], t], [1, A[1, 0]]]), ImmutableMatrix([[1, t]]) * A), A, t)
    a = RANDOM.normal(size=(2, 2))
    entries, product = f(a, 0.5)
    np.testing.assert_array_equal(entries, [[a[0, 0], 0.5], [1, a[1, 0]]])
    np.testing.assert_allclose(product, np.array([[1, 0.5]]) @ a, rtol=1e-15)


def test_contradictory_shapes_are_one_clear_error():
    f = compiled(A * B, A, B)
    with pytest.raises(InputError, match=r"B of shape \(2, 4\): has 2 rows, but n is 3 from the"):
        f(np.ones((3, 3)), np.ones((2, 4)))
    with pytest.raises(InputError, match=r"A of shape .*is not a matrix"):
        f(np.ones(3), np.ones((3, 1)))
    with pytest.raises(InputError, match="A of shape"):
        f(np.ones((3, 2)), np.ones((3, 1)))


def test_products_ask_for_full_precision_and_inverses_are_solves():
    source = compiled(A * Inverse(A + A.T) * B, A, B).source
    assert source.count("matmul(") == source.count('precision="highest"') > 0
    assert "linalg.solve" in source
    assert "linalg.inv" not in source


def test_a_matrix_formula_is_a_value_too():
    f = compiled(t * A, A, t)
    assert pickle.loads(pickle.dumps(f)) == f
    assert f(np.eye(2, dtype="f"), np.float32(2)).dtype == "f"


def test_fractional_powers_of_matrices_are_refused():
    with pytest.raises(CompileError, match="whole powers"):
        compiled(A ** Rational(1, 2), A)
