"""Long sums: polynomials by tables, terms of one form as loops; values, slopes, both formats."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction
from types import SimpleNamespace

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
import sympy

from derivax.numeric.codegen.compiling import compile_formula
from derivax.numeric.codegen.lower.rolled import _best_split, _Rows
from derivax.numeric.codegen.recognisers.rolled import Pattern, expanded
from derivax.numeric.codegen.tape import Node, Tape

x, y, z = sympy.symbols("x y z")


def compiled(expr, args=(x, y, z), **options):
    return compile_formula(SimpleNamespace(expr=expr, args=args, domain=None, name="f"), **options)


def polynomial(terms, seed, variables=3, degree=9):
    rng = random.Random(seed)
    powers = list(itertools.product(range(degree), repeat=variables))
    return {
        m: Fraction(rng.randint(-999, 999) or 1, rng.randint(1, 99))
        for m in rng.sample(powers, terms)
    }


def exact_value(terms, point):
    point = [Fraction(float(v)) for v in point]
    parts = []
    for powers, c in terms.items():
        for v, n in zip(point, powers, strict=True):
            c *= v**n
        parts.append(c)
    return sum(parts), sum(map(abs, parts))


def as_expr(terms, args):
    return sympy.Poly(
        {m: sympy.Rational(c.numerator, c.denominator) for m, c in terms.items()}, *args
    ).as_expr()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_polynomial_of_150_terms_and_its_gradient_are_right_to_rounding(dtype):
    terms = polynomial(150, seed=1, degree=6)
    f = compiled(as_expr(terms, (x, y, z)))
    assert "paired_rows" in f.source
    points = np.random.default_rng(0).uniform(-1.2, 1.2, (3, 7)).astype(dtype)
    values = np.asarray(f(*points))
    assert values.dtype == dtype
    slopes = jax.vmap(jax.grad(f, argnums=1))(*points)
    d_y = {(a, b - 1, c): b * k for (a, b, c), k in terms.items() if b}
    eps = float(np.finfo(dtype).eps)
    for k, point in enumerate(points.T):
        for got, table in ((values[k], terms), (slopes[k], d_y)):
            exact, size = exact_value(table, point)
            assert abs(Fraction(float(got)) - exact) <= 12 * eps * size


def test_one_variable_is_horners_rule():
    rng = random.Random(3)
    coefficients = [Fraction(rng.randint(-99, 99), rng.randint(1, 99)) for _ in range(90)]
    terms = {(k,): c for k, c in enumerate(coefficients)}
    f = compiled(as_expr(terms, (x,)), (x,))
    assert "horner(x, coefficients" in f.source
    for point in (0.0, 0.7, -0.9, 1.1):
        exact, size = exact_value(terms, [point])
        assert abs(Fraction(float(f(point))) - exact) <= 100 * Fraction(2) ** -53 * size


def test_shapes_broadcast_and_batches_longer_than_a_block_agree_with_single_points():
    f = compiled(as_expr(polynomial(80, seed=5), (x, y, z)))
    xs = np.linspace(-1, 1, 1100)
    whole = f(xs[:, None], 0.5, np.array([0.25, -0.5]))
    assert whole.shape == (1100, 2)
    np.testing.assert_allclose(whole[777, 1], f(xs[777], 0.5, -0.5), rtol=1e-12)
    assert f(np.zeros((0, 3)), 1.0, 1.0).shape == (0, 3)
    inside = jax.jit(lambda v: f(v, 0.5, -0.5) + 1)(xs)
    np.testing.assert_allclose(inside, whole[:, 1] + 1, rtol=1e-12)


def waves(n, seed=0):
    rng = random.Random(seed)
    q = lambda: sympy.Rational(rng.randint(1, 999), rng.randint(1, 99))  # noqa: E731
    return [(q(), q() / 9, q()) for _ in range(n)]


def test_many_terms_of_one_form_are_one_loop_with_a_table():
    numbers = waves(50)
    expr = sympy.Add(*[a * sympy.sin(b * x + c) * sympy.exp(-b * y) for a, b, c in numbers]) + y
    f = compiled(expr, (x, y))
    assert f.kernel.source.count("jnp.sin") == 1 + 50 % 4
    points = np.array([[0.3, 1.2, -4.0], [0.1, 0.5, 0.01]])
    slope = jax.vmap(jax.grad(f))(*points)
    with mpmath.workdps(40):
        for k, (p, q) in enumerate(points.T):
            parts = [
                (
                    mpmath.mpf(int(a.p)) / int(a.q),
                    mpmath.mpf(int(b.p)) / int(b.q),
                    mpmath.mpf(int(c.p)) / int(c.q),
                )
                for a, b, c in numbers
            ]
            terms = [a * mpmath.sin(b * p + c) * mpmath.exp(-b * q) for a, b, c in parts]
            d_x = [a * b * mpmath.cos(b * p + c) * mpmath.exp(-b * q) for a, b, c in parts]
            # the argument b x + c, of size up to 1000, is rounded
            width = sum(abs(a) * (abs(b * p) + abs(c) + 1) for a, b, c in parts) * 2.0**-51
            assert abs(mpmath.mpf(float(f(p, q))) - (sum(terms) + q)) <= width
            assert abs(mpmath.mpf(float(slope[k])) - sum(d_x)) <= width * 120


def test_products_of_one_form_are_loops():
    factors = [1 + a / 1000 * sympy.cos(b * x) for a, b, _ in waves(40, seed=2)]
    f = compiled(sympy.Mul(*factors, evaluate=False), (x,))
    assert "rolled_product" in f.source
    direct = np.prod([float(v.subs(x, 0.7)) for v in factors])
    np.testing.assert_allclose(f(0.7), direct, rtol=1e-13)


def test_a_rolled_form_written_out_again_is_what_it_replaces():
    tape = Tape()
    v = tape.arg(0, "v")
    form = (
        Node("arg", (), (0, "x1")),
        Node("arg", (), (1, "c1")),
        Node("mul", (1, 0)),
        Node("sin", (2,)),
    )
    terms = expanded(tape, [v], Pattern("add", form, ((2,), (3,))))
    assert terms == [tape.push("sin", (tape.scale(c, v),)) for c in (2, 3)]


def test_every_monomial_row_is_the_product_of_two_earlier_ones():
    wanted = {(7, 0, 1), (0, 5, 5), (1, 1, 1), (9, 9, 9)}
    rows = _Rows(wanted, 3)
    made = [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)]
    for a, b in zip(rows.first, rows.second, strict=True):
        made.append(tuple(p + q for p, q in zip(made[a], made[b], strict=True)))
    assert wanted <= set(made)
    assert [rows.place[m] for m in made] == list(range(len(made)))
    assert len(_best_split([(3, 0, 1), (0, 2, 5)], 3)) < 3


@pytest.mark.slow
def test_10_000_terms_compile_and_run_ten_times_faster_than_the_usual_gather():
    import time

    rng = random.Random(0)
    powers = [m for m in itertools.product(range(9), repeat=6) if sum(m) <= 12]
    terms = {
        m: Fraction(rng.randint(-999, 999), rng.randint(1, 99)) for m in rng.sample(powers, 10_000)
    }
    args = sympy.symbols("x0:6")
    points = jnp.asarray(np.random.default_rng(0).uniform(-1, 1, (6, 2000)))
    f = compiled(as_expr(terms, args), args, derivatives=0)
    exponents = np.array(list(terms))
    weights = jnp.array([float(c) for c in terms.values()])

    @jax.jit
    def gathered(v):
        table = jnp.stack([v**k for k in range(9)])
        total = weights[:, None]
        for j in range(6):
            total = total * table[exponents[:, j], j]
        return total.sum(0)

    seconds = {}
    for name, run in (("loop", lambda: f(*points)), ("gather", lambda: gathered(points))):
        jax.block_until_ready(run())
        taken = []
        for _ in range(5):
            start = time.perf_counter()
            jax.block_until_ready(run())
            taken.append(time.perf_counter() - start)
        seconds[name] = sorted(taken)[2]
    assert seconds["gather"] >= 10 * seconds["loop"], seconds
