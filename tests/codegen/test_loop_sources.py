"""Loops and nodes in the source: the same text in every process, no name can inject anything."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
import sympy as sp

from derivax.errors import InputError
from derivax.numeric.codegen import compile_formula, emit
from derivax.symbolic.formula import Formula

PROGRAM = """
import sympy as sp
from derivax.numeric.codegen import compile_formula
from derivax.symbolic.formula import Formula
from derivax.symbolic.nodes import Recurrence, GaussianExpectation
x, y, z, n, k, m = sp.symbols("x y z n k m")
u, v = sp.symbols("u v", real=True)
e = (
    sp.Sum(x**k * sp.Sum(sp.sin(m * y), (m, 1, k)), (k, 0, n)) + sp.Product(x + k * y, (k, 1, n)),
    Recurrence((y + x * z, x * y), (y, z), (1, x), k, n),
    sp.Integral(sp.exp(-x * k**2) * sp.cos(y * k), (k, 0, 1)),
    sp.re(sp.exp(sp.I * x) * sp.log(y - 3)),
)
print(compile_formula(Formula(e, [x, y, n])).source)
"""


def test_the_source_is_the_same_in_every_process():
    texts = set()
    for seed in ("1", "4242"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        run = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        texts.add(run.stdout)
    assert len(texts) == 1
    emit.check_source(texts.pop())


HOSTILE = (
    "__import__('os').system('x')",
    "lambda",
    "x y",
    r"\alpha_{1}",
    "jnp",
    "summed",
    "k",
    "p1",
)


def test_names_of_arguments_and_bound_variables_cannot_inject_anything():
    args = [sp.Symbol(name) for name in HOSTILE]
    k = sp.Symbol("while_loop(); import os")
    total = sp.Sum(sp.Add(*(a**k for a in args)), (k, 0, 3))
    f = compile_formula(Formula(sp.Product(total + k, (k, 1, 9)), args))
    emit.check_source(f.source)
    values = np.linspace(0.1, 0.8, len(args))
    sums = sum(sum(v**j for v in values) for j in range(4))
    exact = np.prod([sums + j for j in range(1, 10)])
    assert float(f(*values)) == pytest.approx(exact, rel=1e-13)


def test_equal_names_with_different_assumptions_are_refused_or_renamed():
    real, plain = sp.Symbol("x", real=True), sp.Symbol("x")
    with pytest.raises(InputError, match="both be called 'x'"):
        compile_formula(Formula(real + 2 * plain, [real, plain]))
    f = compile_formula(Formula(real + 2 * plain, [real, plain]), names={plain: "y"})
    assert float(f(x=1.0, y=10.0)) == 21.0
