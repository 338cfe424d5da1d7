"""The tape is linear in the DAG, iterative, and the same in every process."""

from __future__ import annotations

import subprocess
import sys
import time

import jax.numpy as jnp
import pytest
from sympy import Add, Expr, Mul, sin, symbols

from derivax.numeric.codegen import compile_formula
from derivax.numeric.codegen.tape import Tape

x, y = symbols("x y")


class Loose:
    """A formula without the checks that walk its tree."""

    def __init__(self, expr, args):
        self.expr, self.args, self.domain, self.name = expr, args, None, "f"


def test_a_shared_tree_of_2_to_the_100_leaves_takes_milliseconds():
    shared = x + y
    for _ in range(100):
        shared = Mul(shared, shared + 1, evaluate=False)
    started = time.perf_counter()
    f = compile_formula(Loose(shared, (x, y)))
    assert len(f.kernel.source) < 20_000
    f.kernel.derivative(0).text  # noqa: B018 - the derivative is linear too
    assert time.perf_counter() - started < 1.0


def test_equal_trees_without_shared_objects_are_one_tree():
    def fresh():
        shared = sin(x, evaluate=False)
        for _ in range(40):
            shared = Mul(shared, Add(shared, 1, evaluate=False), evaluate=False)
        return shared

    f = compile_formula(Loose(Add(fresh(), fresh(), evaluate=False), (x,)))
    assert len(f.kernel.tape) < 200


def test_a_chain_of_100_000_functions_does_not_recurse():
    chain = x
    for _ in range(100_000):
        chain = Expr.__new__(sin, chain)  # without the constructor's own rules, for time
    f = compile_formula(Loose(chain, (x,)))
    assert len(f.kernel.tape) <= 100_010  # a few constants of readers besides
    assert f.kernel.source.count("jnp.sin") == 100_000


def test_a_flat_sum_of_20_000_terms_is_a_balanced_tree_of_short_lines():
    args = symbols("a:20")
    flat = Add(*[args[k % 20] ** (k + 20) for k in range(20_000)], evaluate=False)
    text = compile_formula(Loose(flat, args)).kernel.source
    assert text.count("jnp.power") == 20_000
    assert max(map(len, text.splitlines())) <= 100


def test_arithmetic_on_the_tape_is_exact():
    tape = Tape()
    a = tape.arg(0, "a")
    assert tape.add([a, tape.neg(a)]) == tape.const(0)
    assert tape.mul([tape.power(a, 2), tape.power(a, -2)]) == tape.const(1)
    third = tape.div(tape.const(1), tape.const(3))
    assert tape.number(tape.add([third] * 3)) == 1
    assert tape.mul([tape.exp(a), tape.exp(tape.neg(a))]) == tape.const(1)


PROGRAM = """
from derivax.numeric.codegen import compile_formula
from derivax.symbolic.formula import Formula
from sympy import *
s, t, u, v = symbols("s t u v", positive=True)
e = s*exp(2*s*t/v)/(exp(2*s*t/v) - 1 + s/u)
f = Formula((Max(u, v, s, t), Piecewise((s, (t > u) & (s < v) & (u < 3)), (t, True)), e,
             Min(s*t, u, v) + sin(u)*cos(v) + (s + t + u)**3), [s, t, u, v], name="f")
import hashlib
print(hashlib.sha256(compile_formula(f).source.encode()).hexdigest())
"""


def test_the_source_is_the_same_in_every_process():
    runs = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={"PYTHONHASHSEED": seed, "PATH": ""},
            capture_output=True,
            text=True,
            check=True,
            timeout=100,
        )
        for seed in ("0", "1", "12345")
    ]
    assert len({run.stdout for run in runs}) == 1
    assert len(runs[0].stdout) > 60


@pytest.mark.parametrize("power", [2, 3, 5, 12, 13, 40])
def test_integer_powers_of_negative_numbers(power):
    f = compile_formula(Loose(x**power, (x,)))
    assert float(f(jnp.float64(-1.5))) == pytest.approx((-1.5) ** power, rel=1e-15)
