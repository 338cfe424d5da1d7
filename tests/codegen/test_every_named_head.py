"""Every head that the documentation names is compiled, and hostile names reach no code.

References: Python's math and cmath, NumPy, SciPy's quadrature; closed forms where one is known.
"""

from __future__ import annotations

import ast
import cmath
import math

import numpy as np
import pytest
import sympy as sp
from scipy.integrate import quad
from sympy import (
    ITE,
    And,
    Derivative,
    Integral,
    MatrixSymbol,
    Nand,
    Nor,
    Not,
    Or,
    Piecewise,
    Product,
    Rational,
    Subs,
    Sum,
    Symbol,
    Xor,
    oo,
)
from sympy.matrices import expressions as mx

from derivax.errors import CompileError, InputError
from derivax.numeric.codegen import compile_formula
from derivax.symbolic.formula import Formula

x, y = sp.symbols("x y", real=True)
k = Symbol("k", integer=True)
n = Symbol("n", integer=True, positive=True)
X, Y = 0.6, -1.3

ROUNDING = {
    sp.Abs(y): 1.3, sp.sign(y): -1, sp.floor(y): -2, sp.ceiling(y): -1, sp.Mod(y, 1): 0.7,
    sp.Min(x, y, 0): Y, sp.Max(x, y, 0): X, sp.Heaviside(y): 0, sp.frac(y): 0.7,
}  # fmt: skip
INVERSES = {
    sp.asin(x): math.asin(X), sp.acos(x): math.acos(X), sp.atan(y): math.atan(Y),
    sp.atan2(y, x): math.atan2(Y, X), sp.acot(x): math.atan(1 / X), sp.asec(y): math.acos(1 / Y),
    sp.acsc(y): math.asin(1 / Y), sp.asinh(y): math.asinh(Y), sp.acosh(2 + x): math.acosh(2 + X),
    sp.atanh(x): math.atanh(X), sp.acoth(y): math.atanh(1 / Y), sp.asech(x): math.acosh(1 / X),
    sp.acsch(y): math.asinh(1 / Y),
}  # fmt: skip
CASES = {
    Piecewise((x, y > 0), (y, True)): Y,
    Piecewise((1, ITE(x > 0, y > 0, y < 0)), (2, True)): 2,
    Piecewise((1, Xor(x > 0, y > 0)), (2, True)): 1,
    Piecewise((1, Nand(x > 0, y < 0)), (2, True)): 2,
    Piecewise((1, Nor(x > 0, y > 0)), (2, True)): 2,
    Piecewise((1, And(x > 0, Not(y > 0))), (2, True)): 1,
    Piecewise((1, Or(x < 0, sp.Eq(y, x), sp.Ne(x, x + 1))), (2, True)): 1,
}
QUANTIFIED = {
    Sum(x**k / sp.factorial(k), (k, 0, oo)): math.exp(X),
    Sum(sp.sin(k * x), (k, 2, 40)): sum(math.sin(j * X) for j in range(2, 41)),
    Product(1 + x / k, (k, 1, 9)): math.prod(1 + X / j for j in range(1, 10)),
    Integral(sp.exp(-(k**2) + x * k).subs(k, Symbol("u")), (Symbol("u"), -oo, oo)):
        math.sqrt(math.pi) * math.exp(X * X / 4),
    Integral(sp.cos(x * Symbol("u")) / (1 + Symbol("u") ** 4), (Symbol("u"), 0, 3)):
        quad(lambda u: math.cos(X * u) / (1 + u**4), 0, 3, epsabs=1e-13, epsrel=1e-13)[0],
    Derivative(sp.sin(x * y), x): Y * math.cos(X * Y),
    Subs(Derivative(sp.sin(x * y), x), x, y**2): Y * math.cos(Y**3),
    sp.CRootOf(x**3 - x - 1, 0) * y: Y * float(np.roots([1, 0, -1, -1])[0].real),
}  # fmt: skip
COMPLEX = {
    sp.exp(sp.I * x) / (x + sp.I * y): cmath.exp(1j * X) / (X + 1j * Y),
    sp.re(sp.exp(sp.I * x)): math.cos(X),
    sp.im(1 / (x + sp.I * y)): (1 / (X + 1j * Y)).imag,
    sp.arg(x + sp.I * y): cmath.phase(X + 1j * Y),
    sp.conjugate(x + sp.I * y) * sp.I: (X - 1j * Y) * 1j,
}


REAL = {**ROUNDING, **INVERSES, **CASES}


@pytest.mark.parametrize("table", [REAL, QUANTIFIED, COMPLEX], ids=["real", "range", "plane"])
def test_scalar_heads(table):
    values = compile_formula(Formula(list(table), [x, y]), derivatives=0)(X, Y)
    for (expr, exact), got in zip(table.items(), values, strict=True):
        assert complex(got) == pytest.approx(complex(exact), rel=1e-13, abs=1e-15), expr


def test_matrix_heads():
    A, B, v = MatrixSymbol("A", n, n), MatrixSymbol("B", n, n), MatrixSymbol("v", n, 1)
    a, b, u = (np.random.default_rng(5).normal(size=s) for s in ((3, 3), (3, 3), (3, 1)))
    one = np.eye(3)
    table = {
        A * B + 2 * A: a @ b + 2 * a, A**3: a @ a @ a, A.inv() * v: np.linalg.solve(a, u),
        v.T * A.inv(): np.linalg.solve(a.T, u).T, sp.Trace(A * B): np.trace(a @ b),
        sp.Determinant(A): np.linalg.det(a), mx.HadamardProduct(A, B): a * b,
        mx.KroneckerProduct(A, B): np.kron(a, b), A + sp.Identity(n): a + one,
        mx.BlockMatrix([[A, B], [sp.ZeroMatrix(n, n), A]]): np.block([[a, b], [0 * a, a]]),
        A[1, 2] * x: a[1, 2] * X, A[0:2, 1:3]: a[0:2, 1:3], A[k, k + 1]: a[1, 2],
        Derivative(sp.Trace((x * A + B) ** 2), x): 2 * np.trace(a @ (X * a + b)),
        Derivative(sp.Trace(A * A), A): 2 * a.T,
    }  # fmt: skip
    f = compile_formula(Formula(list(table), [A, B, v, x, k]), derivatives=0)
    for (expr, exact), got in zip(table.items(), f(a, b, u, X, 1), strict=True):
        np.testing.assert_allclose(got, exact, rtol=1e-12, atol=1e-13, err_msg=str(expr))
    with pytest.raises(InputError, match="has 4 columns, but n is 3"):
        f(a, np.ones((3, 4)), u, X, 1)
    with pytest.raises(CompileError, match="no function of matrices"):
        compile_formula(Formula(sp.exp(A), [A]))


HOSTILE = ("__import__('os').system('x')", "lambda", "x y", r"\alpha_{1}", "None", "jnp", "a\n=1")


def test_hostile_names_in_every_position():
    """As symbols, matrices, arrays, functions, indices and names of the formula."""
    symbols = sp.symbols([f"{name}" for name in ("p", "q")], real=True)
    for text in HOSTILE:
        scalar, matrix = Symbol(text, real=True), MatrixSymbol(text, n, n)
        array, function = sp.IndexedBase(text, shape=(n,)), sp.Function(text)
        index = Symbol(text, integer=True)
        tried = [
            (scalar**2 + 1, [scalar], {}),
            (sp.Trace(matrix * matrix), [matrix], {}),
            (array[1] + Sum(array[index] ** 3, (index, 0, n - 1)), [array], {}),
            (function(symbols[0]), [symbols[0]], {function: sp.Lambda(scalar, scalar + 1)}),
            (function(symbols[0]), [symbols[0]], {text: lambda t: t + 1}),
            (Sum(index * symbols[0], (index, 0, 50)), [symbols[0]], {}),
        ]
        for expr, args, functions in tried:
            f = compile_formula(Formula(expr, args, name=text), functions=functions or None)
            tree = ast.parse(f.source)
            names = {e.id for e in ast.walk(tree) if isinstance(e, ast.Name)}
            assert not {"__import__", "os", "system", "lambda"} & names
            assert "import os" not in f.source


def test_two_arguments_of_equal_name_are_told_apart_or_refused():
    plain, positive = Symbol("x"), Symbol("x", positive=True)
    with pytest.raises(InputError, match="both be called"):
        compile_formula(Formula(plain - positive, [plain, positive]))
    formula = Formula(plain - positive, [plain, positive])
    f = compile_formula(formula, names={positive: "x_positive"})
    assert float(f(3.0, x_positive=1.0)) == 2.0
    u = Symbol("x", integer=True)
    g = compile_formula(Formula(plain * Sum(u**2, (u, 1, 20)) + Rational(1, 2), [plain]))
    assert float(g(2.0)) == 2 * 2870 + 0.5
