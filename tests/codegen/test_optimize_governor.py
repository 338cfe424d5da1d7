"""The governor of compile time: large formulas in parts, options by size, programs kept on disk."""

from __future__ import annotations

import random
import secrets
import time
from types import SimpleNamespace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy

import derivax
from derivax.errors import InputError
from derivax.numeric.codegen import schedule
from derivax.numeric.codegen.compiling import compile_formula

SYMBOLS = sympy.symbols("x0:4")


def random_tree(size, seed=0):
    """A tree of about `size` operations without a pattern, and a NumPy evaluation of it."""
    rng = random.Random(seed)
    level = [
        rng.choice(SYMBOLS) if rng.random() < 0.8 else sympy.Rational(rng.randint(1, 99), 101)
        for _ in range(size // 2)
    ]
    while len(level) > 1:
        above = []
        for a, b in zip(level[::2], level[1::2], strict=False):
            kind = rng.random()
            if kind < 0.45:
                above.append(sympy.Add(a, b, evaluate=False))
            elif kind < 0.8:
                above.append(sympy.Mul(a, b, evaluate=False))
            elif kind < 0.9:
                above.append(sympy.sin(a, evaluate=False) + b)
            else:
                above.append(sympy.Mul(a, 1 / (1 + b**2), evaluate=False))
        level = above + level[2 * len(above) :]
    return level[0]


def numpy_value(expr, values):
    """The expression by NumPy, one operation after the other."""
    found = dict(values)
    stack = [expr]
    while stack:
        node = stack[-1]
        waiting = [a for a in node.args if a not in found]
        if node in found:
            stack.pop()
        elif node.is_number:
            found[node] = float(node)
        elif waiting:
            stack += waiting
        else:
            operands = [found[a] for a in node.args]
            if isinstance(node, sympy.Add):
                found[node] = sum(operands)
            elif isinstance(node, sympy.Mul):
                found[node] = np.prod(np.broadcast_arrays(*operands), axis=0)
            elif isinstance(node, sympy.Pow):
                found[node] = operands[0] ** operands[1]
            else:
                found[node] = np.sin(operands[0])
            stack.pop()
    return found[expr]


def formula(expr, name="tree"):
    return SimpleNamespace(expr=expr, args=SYMBOLS, domain=None, name=name)


def points(n=16):
    return np.random.default_rng(1).uniform(0.1, 0.9, (4, n))


def test_a_formula_in_parts_has_the_values_of_the_formula(monkeypatch):
    monkeypatch.setattr(schedule, "PART", 100)
    expr = random_tree(1500)
    compiled = compile_formula(formula([expr, sympy.Integer(2), SYMBOLS[1]]), derivatives=0)
    assert len(compiled.kernel.parts_of_text) > 1
    xs = points()
    value, two, same = compiled(*xs)
    expected = numpy_value(expr, dict(zip(SYMBOLS, xs, strict=True)))
    np.testing.assert_allclose(value, expected, rtol=1e-9)
    np.testing.assert_array_equal(two, 2.0 * np.ones(16))
    np.testing.assert_array_equal(same, xs[1])
    assert max(map(len, compiled.source.splitlines())) <= 100


def test_options_keep_the_value():
    expr = random_tree(500, seed=3)
    xs = points()
    expected = numpy_value(expr, dict(zip(SYMBOLS, xs, strict=True)))
    for optimize in ("compile", "balanced", "run"):
        compiled = compile_formula(formula(expr), optimize=optimize, derivatives=0)
        np.testing.assert_allclose(compiled(*xs), expected, rtol=1e-10)
        inside = jax.jit(lambda c=compiled: c(0.3, 0.4, 0.5, 0.6) + 1.0)()
        np.testing.assert_allclose(inside, compiled(0.3, 0.4, 0.5, 0.6) + 1.0, rtol=1e-12)


def test_programs_are_kept_in_the_directory_that_is_named(tmp_path):
    x, y = sympy.symbols("x y")
    rate = 1 + sympy.Rational(secrets.randbelow(10**9), 10**9)  # in no cache of JAX's own
    make = lambda: derivax.compile(x * sympy.exp(-rate * y), [x, y], cache=tmp_path)  # noqa: E731
    first = make()(2.0, jnp.arange(3.0))
    (kept,) = tmp_path.glob("*.xla")
    again = make()
    before = kept.stat().st_mtime_ns
    np.testing.assert_array_equal(again(2.0, jnp.arange(3.0)), first)
    assert kept.stat().st_mtime_ns == before
    kept.write_bytes(b"damaged")
    np.testing.assert_array_equal(make()(2.0, jnp.arange(3.0)), first)
    np.testing.assert_allclose(first, 2.0 * np.exp(-float(rate) * np.arange(3.0)), rtol=1e-14)
    assert jax.config.jax_compilation_cache_dir != str(tmp_path)


def test_unknown_ways_to_optimize_are_refused():
    with pytest.raises(InputError, match="optimize"):
        derivax.compile(SYMBOLS[0], optimize="size")


@pytest.mark.slow
def test_time_of_generation_and_compilation_grows_nearly_linearly():
    seconds = []
    for size in (30_000, 120_000):
        expr = random_tree(size)
        start = time.process_time()
        compiled = compile_formula(formula(expr), derivatives=0)
        jax.block_until_ready(compiled(*points()))
        seconds.append(time.process_time() - start)
    assert np.log(seconds[1] / seconds[0]) / np.log(4) <= 1.15, seconds
