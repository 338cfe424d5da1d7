"""Random expressions over the supported heads: right within a rounding bound, or refused.

The bound is what ball arithmetic at the precision of the format says of the expression as written:
the radius of a ball that was computed with 53 (24) bits bounds the rounding errors of every
operation, however badly they are amplified.  Generated code may exceed it `SLACK` times.  A sum may
be added up in any order, so a unit of rounding of its largest term is allowed besides.  Where the
exact value is not real the code must say NaN.
"""

from __future__ import annotations

import random
from types import SimpleNamespace

import flint
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy

from derivax.errors import DerivaxError
from derivax.numeric.codegen.compiling import compile_formula
from derivax.symbolic.exact.ball import BallProgram
from derivax.symbolic.exact.precision import working_precision

x, y = sympy.symbols("x y", real=True)
SLACK = 24
EXACT_BITS = 400
MOST_OPERATIONS = 40

POINTS = np.array(
    [
        [0.75, -0.4375, 2.125, -1.5, 0.03125, 7.5, 31.0, 1.25],
        [1.375, 0.625, -0.8125, 0.1875, 3.5, -2.25, 0.5, 0.0078125],
    ],
    dtype=np.float32,
)

ELEMENTARY = [
    sympy.exp, sympy.log, sympy.sin, sympy.cos, sympy.tan, sympy.asin, sympy.acos, sympy.atan,
    sympy.sinh, sympy.cosh, sympy.tanh, sympy.asinh, sympy.acosh, sympy.atanh, sympy.sqrt,
    sympy.cbrt, sympy.Abs, sympy.sign, sympy.floor, sympy.ceiling, sympy.frac, sympy.cot,
    sympy.sec, sympy.csc, sympy.sech, sympy.csch, sympy.coth, sympy.sinc, sympy.acot, sympy.asech,
    sympy.Heaviside, sympy.erf, sympy.erfc,
]  # fmt: skip
SPECIAL = [
    sympy.gamma, sympy.loggamma, sympy.digamma, sympy.Ei, sympy.Si, sympy.Ci, sympy.erfi,
    sympy.LambertW, sympy.fresnels, sympy.fresnelc, sympy.Shi, sympy.factorial, sympy.elliptic_k,
]  # fmt: skip
PAIRS = [
    sympy.Max, sympy.Min, sympy.atan2, sympy.Mod,
    lambda a, b: sympy.Pow(a, b),
    lambda a, b: sympy.Piecewise((a, a < b), (b, True)),
    lambda a, b: (1 - sympy.exp(-a)) / b,
    lambda a, b: sympy.log(sympy.exp(a) + sympy.exp(b)),
    lambda a, b: sympy.exp(a) / (sympy.exp(b) + 1),
    lambda a, b: (sympy.sin(a) - a) / b,
]  # fmt: skip


def leaf(rng):
    kind = rng.random()
    if kind < 0.75:
        return rng.choice((x, y))
    if kind < 0.9:
        return sympy.Rational(rng.randint(-20, 20), rng.randint(1, 12))
    return rng.choice((sympy.pi, sympy.sqrt(2), sympy.Integer(2), sympy.E, sympy.Rational(1, 3)))


def random_expression(rng, depth, heads):
    if depth == 0:
        return leaf(rng)
    kind = rng.random()
    if kind < 0.4:
        return rng.choice(heads)(random_expression(rng, depth - 1, heads))
    a = random_expression(rng, depth - 1, heads)
    if kind < 0.5:
        return a ** rng.choice((-2, -1, 2, 3, 5, sympy.Rational(1, 2), sympy.Rational(2, 3)))
    b = random_expression(rng, rng.randint(0, depth - 1), heads)
    if kind < 0.62:
        return rng.choice(PAIRS)(a, b)
    return rng.choice((sympy.Add, sympy.Mul, lambda p, q: p - q, lambda p, q: p / q))(a, b)


def expressions(count, seed, heads):
    rng = random.Random(seed)
    found = []
    while len(found) < count:
        try:
            expr = random_expression(rng, rng.randint(1, 3), heads)
        except (ValueError, TypeError, ZeroDivisionError, RecursionError):
            continue
        if (
            expr.free_symbols
            and expr.count_ops() <= MOST_OPERATIONS
            and not expr.has(sympy.I, sympy.zoo, sympy.nan, sympy.oo, sympy.AccumBounds)
        ):
            found.append(expr)
    return found


def derivative(expr, variable):
    """The derivative by SymPy where it has one as a formula."""
    slope = sympy.diff(expr, variable)
    if slope.has(
        sympy.Derivative, sympy.Subs, sympy.DiracDelta, sympy.zoo, sympy.nan, sympy.I,
        sympy.floor, sympy.ceiling, sympy.frac, sympy.Mod, sympy.sign, sympy.Heaviside, sympy.re,
    ):  # fmt: skip
        return None  # no derivative, or one in the sense of distributions only
    return slope


class Reference:
    """Exact value and rounding bound of one expression at the points."""

    def __init__(self, expr):
        parts = [e for e in sympy.preorder_traversal(expr) if isinstance(e, sympy.Expr)]
        self.terms = len(expr.args) if expr.is_Add else 0
        summands = expr.args if expr.is_Add else ()
        self.program = BallProgram([expr, *summands, *dict.fromkeys(parts)], (x, y))

    def at(self, point, dtype):
        """(exact, allowed), "not real", or None: undecided, or beyond the range of the format."""
        info = np.finfo(dtype)
        values = dict(zip((x, y), (flint.arb(float(v)) for v in point), strict=True))
        sharp = self.program.at(values, EXACT_BITS)
        exact = sharp[0]
        with working_precision(EXACT_BITS):
            if isinstance(exact, flint.acb):
                if not exact.is_finite():
                    return None
                if exact.imag != 0:
                    return "not real"
                exact = exact.real
            if not isinstance(exact, flint.arb) or not exact.is_finite():
                return None
            for ball in sharp:
                if isinstance(ball, flint.acb):
                    if ball.imag != 0:
                        return None  # real code has no such intermediate value
                    ball = ball.real
                if not isinstance(ball, flint.arb) or not ball.is_finite():
                    return None
                size = abs(ball)
                if not (ball.is_zero() or (size > float(info.tiny) * 1e3)):
                    return None
                if not size < float(info.max) / 1e3:
                    return None
        coarse = self.program.at(values, info.nmant + 1)[0]
        coarse = coarse.real if isinstance(coarse, flint.acb) else coarse
        if not coarse.is_finite():
            return None
        radius = float(coarse.rad())
        for ball in sharp[1 : 1 + self.terms]:
            ball = ball.real if isinstance(ball, flint.acb) else ball
            radius = max(radius, float(info.eps) * float(abs(ball).mid()))
        value = float(exact.mid())
        if radius > 0.1 * abs(value):  # the expression as written has lost its value
            return None
        return value, SLACK * (radius + float(info.eps) * abs(value)) + float(info.tiny)


def check(found, failures, label, formulas, exprs, values, dtype):
    for formula, expr, got in zip(formulas, exprs, values, strict=True):
        if expr is None:
            continue
        try:
            reference = Reference(expr)
            whole = reference if expr is formula else Reference(formula)
        except DerivaxError:
            continue
        for k, point in enumerate(POINTS.T):
            known = reference.at(point, dtype)
            if whole is not reference and whole.at(point, dtype) in (None, "not real"):
                continue  # no derivative where there is no value
            value = float(got[k])
            if known is None:
                continue
            found[label] = found.get(label, 0) + 1
            if known == "not real":
                if np.isfinite(value):
                    failures.append((f"{label} of {formula}", expr, point.tolist(), value, known))
                continue
            if not abs(value - known[0]) <= known[1]:
                failures.append((f"{label} of {formula}", expr, point.tolist(), value, known))


def run(exprs, formats):
    """Values and derivatives in each format, in one program each."""
    compiled = compile_formula(
        SimpleNamespace(expr=tuple(exprs), args=(x, y), domain=None, name="f")
    )

    def both(a, b):
        values, d_x = jax.jvp(lambda v: compiled(v, b), (a,), (jnp.ones_like(a),))
        return values, d_x, jax.jvp(lambda v: compiled(a, v), (b,), (jnp.ones_like(b),))[1]

    # no fusion: many outputs compile and run faster so on a CPU
    program = jax.jit(both, compiler_options={"xla_disable_hlo_passes": "fusion"})
    return [program(*(jnp.asarray(p, dtype) for p in POINTS)) for dtype in formats]


BOTH = ("float32", "float64")


def fuzz(count, seed, heads, size=100, quick=False):
    """`quick`: the batches take turns with the formats."""
    found, failures, refused = {}, [], 0
    for start in range(0, count, size):
        batch = []
        for expr in expressions(min(size, count - start), seed + start, heads):
            try:
                single = compile_formula(
                    SimpleNamespace(expr=expr, args=(x, y), domain=None, name="f")
                )
                _ = single.source
                batch.append(expr)
            except DerivaxError:
                refused += 1
        formats = (BOTH[start // size % 2],) if quick else BOTH
        results = run(batch, formats)
        d_x, d_y = ([derivative(e, v) for e in batch] for v in (x, y))
        for name, (values, along_x, along_y) in zip(formats, results, strict=True):
            dtype = np.dtype(name).type
            check(found, failures, f"value {name}", batch, batch, values, dtype)
            check(found, failures, f"d/dx {name}", batch, d_x, along_x, dtype)
            check(found, failures, f"d/dy {name}", batch, d_y, along_y, dtype)
    return found, failures, refused


def report(failures):
    lines = [
        f"{label}: {expr} at {point}: {got}, not {known}"
        for label, expr, point, got, known in failures[:12]
    ]
    return f"{len(failures)} wrong\n" + "\n".join(lines)


def test_300_random_expressions_are_right_or_refused():
    found, failures, refused = fuzz(300, seed=2026, heads=ELEMENTARY, size=75, quick=True)
    assert not failures, report(failures)
    assert refused <= 30
    assert found["value float64"] > 500
    assert found["d/dx float32"] > 300


@pytest.mark.slow
@pytest.mark.parametrize("part", range(20))
def test_10_000_random_expressions_are_right_or_refused(part):
    special = part % 4 == 3  # long definitions: fewer in one program
    heads, size = (ELEMENTARY + SPECIAL, 20) if special else (ELEMENTARY, 100)
    _, failures, _ = fuzz(500, seed=10_000 + 1000 * part, heads=heads, size=size)
    assert not failures, report(failures)
