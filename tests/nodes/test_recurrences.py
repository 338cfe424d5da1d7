"""Recurrences: structure, exact derivatives, enclosures, terms, and code to depth 10^5.

References: logistic and linear maps with closed forms, Fibonacci numbers, ball arithmetic.
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
from derivax.symbolic.nodes import Recurrence, log_size
from derivax.symbolic.terms import from_term, to_term

x, y, n, r, L, c = sp.symbols("x y n r L c")
LOGISTIC = Recurrence(r * x * (1 - x), x, sp.Rational(1, 2), n, L)
ROTATION = Recurrence((x + y * r, y - x * r + n / 1000), (x, y), (1, r), n, L, 1)


def test_bound_names_do_not_matter_and_free_ones_do():
    again = Recurrence(r * y * (1 - y), y, sp.Rational(1, 2), sp.Symbol("m"), L)
    assert (again, hash(again)) == (LOGISTIC, hash(LOGISTIC))
    assert LOGISTIC.free_symbols == {r, L}
    captured = LOGISTIC.subs(r, x)
    assert captured.free_symbols == {x, L}
    assert captured.subs(x, r) == LOGISTIC
    assert from_term(to_term(LOGISTIC)) == LOGISTIC
    assert from_term(to_term(ROTATION)) == ROTATION


def test_written_out_it_is_the_composition():
    assert sp.expand(LOGISTIC.subs(L, 2).doit()) == sp.expand(r * (r / 4) * (1 - r / 4))
    assert Recurrence(x + n, x, c, n, 5).doit() == c + 10
    assert Recurrence(x + n, x, c, n, 0) == c


def test_the_derivative_is_that_of_the_composition():
    for node in (LOGISTIC, LOGISTIC.diff(r)):
        written = node.subs(L, 4).doit()
        assert sp.expand(node.diff(r).subs(L, 4).doit() - written.diff(r)) == 0
    start = Recurrence(x**2 + r, x, r, n, L)
    assert sp.expand(start.diff(r).subs(L, 3).doit() - start.subs(L, 3).doit().diff(r)) == 0


def test_the_enclosure_is_the_exact_value():
    fibonacci = Recurrence((y, x + y), (x, y), (0, 1), n, L)
    assert enclose(fibonacci, {L: 300}, 400) == int(sp.fibonacci(300))
    assert not enclose(fibonacci, {L: sp.Rational(1, 2)}).is_finite()


def test_what_is_not_a_recurrence_is_refused():
    for arguments in (
        (x, x, 0, n, -1),
        (x, x, 0, n, sp.Rational(1, 2)),
        ((x, y), (x, y), (0,), n, L),
        (x, x, x, n, L),
        (x, n, 0, n, L),
    ):
        with pytest.raises(InputError):
            Recurrence(*arguments)


def test_code_and_two_derivatives_in_both_formats():
    f = compile_formula(Formula((LOGISTIC, ROTATION), [r, L]))

    def all_orders(v):
        gradient = [jax.grad(lambda u, k=k: f(u, 20.0)[k]) for k in (0, 1)]
        return f(v, 20.0), [g(v) for g in gradient], [jax.grad(g)(v) for g in gradient]

    for dtype, allowed in ((np.float32, 2e-5), (np.float64, 4e-14)):
        found = jax.jit(all_orders)(dtype(0.71))
        for order in range(3):
            for node, got in zip((LOGISTIC, ROTATION), found[order], strict=True):
                slope = node.diff(r, order) if order else node
                exact = enclose(slope, {r: float(dtype(0.71)), L: 20})
                assert float(got) == pytest.approx(float(exact), rel=allowed)


def test_a_run_time_depth_per_point_under_vmap_and_in_a_batch():
    f = compile_formula(Formula(Recurrence(r * x + n, x, 1, n, L), [r, L]))
    depths = np.array([0.0, 1.0, 2.0, 5.0, 2.5, -1.0])
    steps = [1.0]
    for m in range(5):
        steps.append(0.5 * steps[-1] + m)
    exact = [steps[0], steps[1], steps[2], steps[5], np.nan, np.nan]
    np.testing.assert_allclose(f(0.5, depths), exact, rtol=1e-15)
    np.testing.assert_allclose(jax.vmap(f, (None, 0))(0.5, depths), exact, rtol=1e-15)


def test_depth_100_000_with_gradient_and_with_a_carried_logarithm():
    growth = log_size((r * x + y, x), (x, y), (1, 1), n, L)
    f = compile_formula(Formula(growth, [r, L]))
    value, slope = jax.jit(jax.value_and_grad(f))(2.0, 1e5)
    root = 1 + np.sqrt(2)  # x_L = root^(L+1)/2 but for a part that has died out (Pell numbers)
    assert float(value) == pytest.approx(1e5 * np.log(root) + np.log(root / 2), rel=1e-11)
    # d log(root)/dr = 1/(2 sqrt(1 + r^2/4)) per step, up to a constant from the start
    assert float(slope) == pytest.approx(1e5 / (2 * np.sqrt(2)), abs=0.5)


def test_a_recurrence_inside_a_sum_inside_a_recurrence():
    k, z = sp.symbols("k z")
    inner = Recurrence(y * r, y, 1, n, k)  # r^k
    total = sp.Sum(inner, (k, 0, 3))
    outer = Recurrence(z + total, z, c, n, L)
    f = compile_formula(Formula(outer, [r, c, L]))
    value, slope = jax.value_and_grad(f)(2.0, 1.0, 4.0)
    assert (float(value), float(slope)) == (1 + 4 * 15.0, 4 * (1 + 4 + 12.0))
    assert jnp.shape(value) == ()
