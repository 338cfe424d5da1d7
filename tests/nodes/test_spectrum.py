"""Eigenvalues of symmetric matrices: derivatives, enclosures and code.

References: closed forms of 2 x 2 matrices, certified enclosures, NumPy.
"""

from __future__ import annotations

import jax
import numpy as np
import pytest
import sympy as sp

from derivax.errors import InputError
from derivax.numeric.codegen import compile_formula
from derivax.symbolic.exact.ball import enclose
from derivax.symbolic.formula import Formula
from derivax.symbolic.nodes import Spectrum
from derivax.symbolic.terms import from_term, to_term

p, q = sp.symbols("p q", real=True)
COUPLED = sp.Matrix([[p, q, 0], [q, 1, p], [0, p, -2]])


def test_the_derivative_of_a_closed_form():
    node = Spectrum(sp.Matrix([[p, q], [q, -p]]), 1)
    closed = sp.sqrt(p**2 + q**2)
    at = {p: 2, q: sp.Rational(3, 7)}
    for what, exact in ((node, closed), (node.diff(p).diff(q), closed.diff(p, q))):
        assert abs(what.subs(at).evalf(40) - exact.subs(at).evalf(40)) < 1e-38
    assert from_term(to_term(node)) == node
    assert not enclose(Spectrum(sp.eye(2), 0), {}).is_finite()  # not simple
    for matrix, index in (([[1, 2], [3, 4]], 0), ([[1, 2], [2, 1]], 2), ([[1, 2, 3]], 0)):
        with pytest.raises(InputError):
            Spectrum(sp.Matrix(matrix), index)


def test_code_with_derivatives():
    nodes = [Spectrum(COUPLED, k) for k in range(3)]
    f = compile_formula(Formula(nodes, [p, q]))
    values, slopes = jax.jit(lambda a, b: jax.jvp(f, (a, b), (1.0, 0.0)))(0.7, -1.2)
    at = {p: 0.7, q: -1.2}
    for node, value, slope in zip(nodes, values, slopes, strict=True):
        assert float(value) == pytest.approx(float(enclose(node, at)), rel=1e-14)
        assert float(slope) == pytest.approx(float(enclose(node.diff(p), at, 200)), rel=1e-13)
    matrix = sp.MatrixSymbol("A", 4, 4)
    a = np.random.default_rng(0).normal(size=(5, 4, 4))
    a = a + np.swapaxes(a, -1, -2)
    got = compile_formula(Formula(Spectrum(matrix, 2), [matrix]))(a)
    np.testing.assert_allclose(got, np.linalg.eigvalsh(a)[:, 2], rtol=1e-13)
