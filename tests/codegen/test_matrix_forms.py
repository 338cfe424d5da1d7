"""Matrices made of matrices, in real and complex numbers, against NumPy."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy as sp
from sympy.matrices import expressions as mx

from derivax.errors import InputError
from derivax.numeric.codegen import compile_formula

n, m = sp.symbols("n m", integer=True, positive=True)
k = sp.Symbol("k", integer=True)
t = sp.Symbol("t", real=True)
A, B, v = sp.MatrixSymbol("A", n, n), sp.MatrixSymbol("B", n, m), sp.MatrixSymbol("v", n, 1)
RANDOM = np.random.default_rng(11)


class Loose:
    """A formula in which dimensions may occur, as in Identity(n)."""

    def __init__(self, expr, args):
        self.expr, self.args, self.domain, self.name = expr, args, None, "f"


def test_forms_of_symbolic_shape():
    a, b, u = RANDOM.normal(size=(3, 3)), RANDOM.normal(size=(3, 2)), RANDOM.normal(size=(3, 1))
    unit = np.eye(2)
    cases = {
        "power": (A**k, a @ a @ a),
        "entry power": (mx.HadamardPower(A, 2), a * a),
        "kronecker": (mx.KroneckerProduct(A, B), np.kron(a, b)),
        "blocks": (
            mx.BlockMatrix([[A, B], [B.T, sp.Identity(m)]]), np.block([[a, b], [b.T, unit]])),
        "ones": (mx.OneMatrix(n, m) + B, 1 + b),
        "diagonal of a vector": (mx.DiagMatrix(v), np.diag(u[:, 0])),
        "diagonal part": (mx.DiagonalMatrix(A), np.diag(np.diag(a))),
        "diagonal": (mx.DiagonalOf(A), np.diag(a)[:, None]),
        "slice": (A[0:2, 1:3], a[0:2, 1:3]),
        "slice to a symbolic end": (B[1:n, 0:m], b[1:]),
        "entry at a run-time index": (A[k - 3, 1] * t, a[0, 1] / 2),
        "adjoint": (A.adjoint() * B, a.T @ b),
        "block diagonal": (
            mx.BlockDiagMatrix(A, B), np.block([[a, np.zeros((3, 2))], [np.zeros((3, 3)), b]])),
        "sum of dimensions": (sp.Identity(n + m), np.eye(5)),
    }  # fmt: skip
    f = compile_formula(Loose({name: case[0] for name, case in cases.items()}, (A, B, v, k, t)))
    values = f(a, b, u, 3, 0.5)
    for name, (_, exact) in cases.items():
        np.testing.assert_allclose(values[name], exact, rtol=1e-14, atol=1e-14, err_msg=name)
    batch = f(np.stack([a, 2 * a]), b, u, 3, 0.5)
    np.testing.assert_allclose(batch["kronecker"][1], np.kron(2 * a, b), rtol=1e-14)
    np.testing.assert_allclose(batch["blocks"][1][:3, :3], 2 * a, rtol=1e-14)


def test_a_power_with_run_time_exponent_and_its_gradient():
    f = compile_formula(Loose(A**k, (A, k)))
    a = RANDOM.normal(size=(3, 3))
    for exponent in (-2, 0, 1, 5):
        exact = np.linalg.matrix_power(a, exponent)
        np.testing.assert_allclose(f(a, exponent), exact, rtol=1e-11, atol=1e-13)
    assert np.isnan(f(a, 1.5)).all()
    gradient = jax.grad(lambda x: jnp.trace(f(x, 3)))(a)  # d tr(A^3)/dA = 3 (A^2)^T
    np.testing.assert_allclose(gradient, 3 * (a @ a).T, rtol=1e-12, atol=1e-13)


def test_complex_matrices():
    f = compile_formula(Loose(sp.Trace(A.adjoint() * A) + sp.Determinant(A), (A,)))
    c = RANDOM.normal(size=(3, 3)) + 1j * RANDOM.normal(size=(3, 3))
    exact = np.trace(c.conj().T @ c) + np.linalg.det(c)
    np.testing.assert_allclose(f(c), exact, rtol=1e-13)
    assert f(c.astype(np.complex64)).dtype == np.complex64
    assert f(c.real).dtype == np.float64


def test_an_entry_outside_the_matrix_is_not_a_number():
    f = compile_formula(Loose(A[k, 0], (A, k)))
    assert np.isnan(f(np.eye(2), 2))
    assert float(f(np.eye(2), 0)) == 1.0


def test_shapes_that_conflict_name_the_dimension_and_both_arrays():
    f = compile_formula(Loose(mx.KroneckerProduct(A, B), (A, B)))
    with pytest.raises(InputError, match=r"B of shape .* but n is 3 from the rows of A"):
        f(np.eye(3), np.ones((2, 2)))
