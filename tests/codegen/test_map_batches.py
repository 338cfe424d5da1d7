"""`Compiled.map`: the plain call in blocks."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy
from sympy.abc import t, u, x

from derivax import Formula
from derivax import compile as compile_
from derivax.errors import InputError

growth = compile_(Formula(sympy.Matrix([[t * sympy.exp(-u), t], [1, u]]), args=[t, u]))


def _same(a, b):
    for p, q in zip(jax.tree.leaves(a), jax.tree.leaves(b), strict=True):
        assert p.dtype == q.dtype
        assert p.shape == q.shape
        np.testing.assert_array_equal(np.asarray(p), np.asarray(q))


def test_blocks_give_the_values_of_the_plain_call():
    values = np.linspace(0.0, 3.0, 1000, dtype=np.float32)
    _same(growth.map(values, 0.5, block=128), growth(values, 0.5))
    _same(growth.map(jnp.asarray(values), u=values[::-1], block=999), growth(values, values[::-1]))


def test_arguments_that_broadcast_along_the_batch_stay_whole():
    rows = np.linspace(0.0, 3.0, 300, dtype=np.float32)[:, None]
    columns = np.linspace(1.0, 2.0, 7, dtype=np.float32)
    _same(growth.map(rows, columns, block=64), growth(rows, columns))


def test_matrices_are_split_along_the_batch_only():
    A = sympy.MatrixSymbol("A", 2, 2)
    f = compile_(Formula({"square": A * A, "trace": x * sympy.Trace(A)}, args=[A, x]))
    stack = np.random.default_rng(0).normal(size=(50, 2, 2)).astype(np.float32)
    _same(
        f.map(stack, np.arange(50, dtype=np.float32), block=16),
        f(stack, np.arange(50, dtype=np.float32)),
    )
    _same(f.map(stack[0], 2.0, block=16), f(stack[0], 2.0))


def test_results_go_into_the_callers_buffer():
    f = compile_(Formula(x**2, args=[x]))
    out = np.empty(1000, np.float32)
    assert f.map(np.arange(1000, dtype=np.float32), block=100, out=out) is out
    np.testing.assert_array_equal(out, np.arange(1000, dtype=np.float32) ** 2)
    with pytest.raises(InputError, match="does not fit"):
        f.map(np.arange(1000.0), out=np.empty(999, np.float32))
    with pytest.raises(InputError, match="block"):
        f.map(np.arange(10.0), block=0)


def test_inside_another_program_map_is_the_plain_call():
    f = compile_(Formula(x**2, args=[x]))
    assert float(jax.jit(lambda v: f.map(v, block=2).sum())(jnp.arange(4.0))) == 14.0
