"""Entries, sums and contractions of arrays of any number of axes, against NumPy."""

from __future__ import annotations

import jax
import numpy as np
import pytest
import sympy as sp
from sympy import Derivative, IndexedBase, MatrixSymbol, Piecewise, Product, Sum, exp, sin
from sympy.tensor.array.expressions import (
    ArrayAdd,
    ArrayContraction,
    ArrayDiagonal,
    ArraySymbol,
    ArrayTensorProduct,
    PermuteDims,
)

from derivax.errors import CompileError, InputError
from derivax.numeric.codegen import compile_formula
from derivax.symbolic.formula import Formula

n, m = sp.symbols("n m", integer=True, positive=True)
i, j, k = sp.symbols("i j k", integer=True)
x = sp.Symbol("x", real=True)
b, W = IndexedBase("b", shape=(n,)), IndexedBase("W", shape=(m, n))
A, T = MatrixSymbol("A", n, n), ArraySymbol("T", (n, n, n))
RANDOM = np.random.default_rng(3)
b0, W0, A0, T0 = (RANDOM.normal(size=s) for s in ((3,), (2, 3), (3, 3), (3, 3, 3)))

BESIDE = Sum(W[i, j] * b[j] * sin(x * b[j + 1]), (j, 0, n - 2))
SCALARS = {  # formula: NumPy
    b[1] * x: b0[1] * 0.7,
    W[1, i] + T[0, i, 2]: W0[1, 2] + T0[0, 2, 2],
    Sum(b[k] ** 2, (k, 0, n - 1)): b0 @ b0,
    Sum(x * W[k, j] * b[j], (j, 0, n - 1), (k, 0, m - 1)): 0.7 * (W0 @ b0).sum(),
    Sum(A[k, k] * exp(-x * k), (k, 0, n - 1)): (np.diag(A0) * np.exp(-0.7 * np.arange(3))).sum(),
    Sum(sin(T[k, j, 1]) + x, (j, 0, n - 1), (k, 0, 1)): (np.sin(T0[:2, :, 1]) + 0.7).sum(),
    Sum(Piecewise((b[k], k < j), (0, True)) * b[j], (k, 0, n - 1), (j, 0, n - 1)):
        b0[0] * b0[1] + (b0[0] + b0[1]) * b0[2],
    BESIDE.subs(i, 1): (W0[1, :2] * b0[:2] * np.sin(0.7 * b0[1:])).sum(),
    Product(1 + b[k] * x, (k, 0, n - 1)): np.prod(1 + 0.7 * b0),
    Sum(k, (k, 0, n)): 6.0,
    Sum((b[k] - Sum(b[j], (j, 0, n - 1)) / n) ** 2, (k, 0, n - 1)): 3 * np.var(b0),
}  # fmt: skip
ARRAYS = {
    ArrayContraction(ArrayTensorProduct(A, T), (1, 2)): np.einsum("ab,bcd->acd", A0, T0),
    ArrayContraction(ArrayTensorProduct(T, A), (0, 4), (1, 3)): np.einsum("abc,ba->c", T0, A0),
    ArrayDiagonal(ArrayTensorProduct(T, A), (2, 3)): np.einsum("abc,cd->abdc", T0, A0),
    PermuteDims(T, [2, 0, 1]): np.transpose(T0, (2, 0, 1)),
    ArrayAdd(T, PermuteDims(T, [1, 0, 2])): T0 + np.swapaxes(T0, 0, 1),
    ArrayContraction(T, (0, 1)): np.einsum("aac->c", T0),
}


def test_scalars_of_arrays():
    args = [b, W, A, T, x, i]
    f = compile_formula(Formula(list(SCALARS), args))
    found = f(b0, W0, A0, T0, 0.7, 2)
    for (expr, exact), got in zip(SCALARS.items(), found, strict=True):
        np.testing.assert_allclose(got, exact, rtol=1e-14, err_msg=str(expr))
    assert "jnp.einsum" in f.source
    assert max(map(len, f.source.splitlines())) <= 100


def test_contractions_are_one_einsum_each():
    f = compile_formula(Formula(list(ARRAYS), [A, T]))
    for (expr, exact), got in zip(ARRAYS.items(), f(A0, T0), strict=True):
        np.testing.assert_allclose(got, exact, rtol=1e-14, err_msg=str(expr))
    assert f.source.count("jnp.einsum") <= len(ARRAYS)  # a permutation twice
    small = ArraySymbol("T", (2, 3, 4))  # what SymPy means by a permutation of axes
    turned = PermuteDims(small, [2, 0, 1])
    given = RANDOM.normal(size=(2, 3, 4))
    values = {small[place]: given[place] for place in np.ndindex(2, 3, 4)}
    got = compile_formula(Formula(turned, [small]))(given)
    np.testing.assert_array_equal(got, np.array(turned.as_explicit().subs(values).tolist(), float))


def test_derivatives_batches_and_one_precision():
    loss = Sum((Sum(W[k, j] * b[j], (j, 0, n - 1)) - 1) ** 2, (k, 0, m - 1))
    with pytest.raises(CompileError, match="one Sum with several ranges"):
        compile_formula(Formula(loss, [W, b]))
    f = compile_formula(Formula(BESIDE, [W, b, x, i]))
    by_hand = lambda w, v, t: (w[1, :2] * v[:2] * np.sin(t * v[1:])).sum()  # noqa: E731
    gradient = jax.grad(f, argnums=(0, 1, 2))(W0, b0, 0.7, 1)
    for got, start, place in zip(gradient, (W0, b0, 0.7), range(3), strict=True):
        step = 1e-6 * RANDOM.normal(size=np.shape(start))
        moved = [[W0, b0, 0.7], [W0, b0, 0.7]]
        moved[0][place], moved[1][place] = start + step, start - step
        change = (by_hand(*moved[0]) - by_hand(*moved[1])) / 2
        assert float(np.sum(got * step)) == pytest.approx(change, rel=1e-7)
    batch = f(np.stack([W0, 2 * W0]), b0, np.array([0.7, 0.7]), np.array([1, 1]))
    np.testing.assert_allclose(batch, by_hand(W0, b0, 0.7) * np.array([1, 2]), rtol=1e-14)
    assert f(W0.astype("f"), b0.astype("f"), np.float32(0.7), np.float32(1)).dtype == np.float32
    assert np.isnan(f(W0, b0, 0.7, 5))  # there is no such row


def test_derivatives_on_the_tape_and_explicit_arrays():
    slope = Derivative(ArrayContraction(ArrayTensorProduct(x**2 * A, A), (1, 2), (0, 3)), x)
    f = compile_formula(Formula(sp.Array([[slope, x], [sp.Integer(2), x**2]]), [A, x]))
    exact = [[2 * 0.7 * np.trace(A0 @ A0), 0.7], [2, 0.49]]
    np.testing.assert_allclose(f(A0, 0.7), exact, rtol=1e-14)


def test_shapes_that_do_not_fit_are_one_clear_error():
    bare = IndexedBase("a")
    f = compile_formula(Formula(Sum(W[0, j] * b[j], (j, 0, n - 1)) + bare[1, 0], [W, b, bare]))
    assert f(W0, b0, W0) == pytest.approx(W0[0] @ b0 + W0[1, 0], rel=1e-14)
    with pytest.raises(InputError, match=r"b of shape \(4,\): has 4 .* but n is 3"):
        f(W0, np.ones(4), W0)
    with pytest.raises(InputError, match="is not a matrix"):
        f(W0, b0, np.ones(4))
    with pytest.raises(CompileError, match="indices"):
        compile_formula(Formula(bare[1] + bare[1, 2], [bare]))
    with pytest.raises(CompileError, match="no numbers or sizes"):
        compile_formula(Formula(Sum(b[k], (k, 0, j)), [b, j]))
