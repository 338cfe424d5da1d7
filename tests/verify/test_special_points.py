"""Special points are where errors hide; hill climbing finds worse ones; both can be redone."""

from __future__ import annotations

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from sympy import Max, exp, log, sin, symbols

from derivax.numeric.verify.climbing import climb, from_origin
from derivax.numeric.verify.exact_values import exact_values
from derivax.numeric.verify.level_derivatives import derivatives_level
from derivax.numeric.verify.level_sample import landmarks_of, level_sample
from derivax.numeric.verify.level_values import values_level
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.interval import Interval
from derivax.symbolic.exact.outcome import Outcome

x, y = symbols("x y", real=True)
FEW = {"points": 96, "dtypes": ("float64",)}


@dataclass(frozen=True)
class Claim:
    expr: object
    args: tuple
    domain: Domain


def claim(expr, *args, **ranges):
    return Claim(expr, args, Domain.of(args, {a: Interval(*ranges[a.name]) for a in args}))


def rows_of(expr, function, dtype="float64", **ranges):
    subject = claim(expr, *sorted(expr.free_symbols, key=str), **ranges)
    found = landmarks_of([expr], subject.args, subject.domain, function, 0)
    return found.rows(dtype), found


def test_zeros_and_poles_of_subexpressions_are_closed_in_on_by_their_floats():
    rows, _ = rows_of(log(x + 3) / (x**2 - 2), None, x=(-3, 10))
    seen = {row[0] for row in rows}
    for root in (np.sqrt(2.0), -np.sqrt(2.0), -2.0):  # two poles, and the zero of log(x + 3)
        near = [np.nextafter(root, s) for s in (-9.0, 9.0)]
        assert {float(root), *map(float, near)} <= seen
    assert {0.0, 1 / 256, 256.0 / 32} <= seen  # powers of two
    assert 10.0 in seen  # a corner


def test_where_two_sides_of_a_maximum_meet_is_special_in_the_plane():
    rows, _ = rows_of(Max(x, 2 * y), None, x=(-8, 8), y=(-8, 8))
    assert any(a == 2 * b and a not in (0, 8, -8) for a, b in rows)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_thresholds_of_the_code_are_found_on_both_sides(dtype):
    def code(x):
        return jnp.where(jnp.abs(x) * 3 < 0.7, x, jnp.sin(x))

    rows, _ = rows_of(sin(x), code, dtype, x=(-8, 8))
    kind = np.dtype(dtype).type
    answers = {row[0]: bool(kind(3) * abs(kind(row[0])) < kind(0.7)) for row in rows}
    for sign in (1, -1):
        edge = min((v for v, below in answers.items() if sign * v > 0 and not below), key=abs)
        assert answers[float(np.nextafter(kind(edge), kind(0)))] is True


def test_an_error_in_few_floats_next_to_a_threshold_is_seen():
    """The series is used up to 1 where it holds up to 1/2: seen by random points.  A single wrong
    float at the edge is seen by the special points only."""
    edge = float(np.nextafter(0.75, 1))

    def one_float_off(x):
        return jnp.where(x == edge, 1.0, jnp.sin(x))

    level = values_level(one_float_off, claim(sin(x), x, x=(0, 3)), **FEW)
    assert level.outcome is Outcome.HOLDS  # nothing tells of an equality with a number

    def wrong_side(x):
        return jnp.where(x <= 0.75, jnp.where(x < 0.75, jnp.sin(x), 0.5), jnp.sin(x))

    level = values_level(wrong_side, claim(sin(x), x, x=(0, 3)), **FEW)
    assert level.outcome is Outcome.REFUTED
    assert level.witness["x"] == 0.75


def test_hill_climbing_finds_a_larger_error_than_the_sample():
    subject = claim(exp(x) - 1 - x, x, x=(1, 60))
    found = landmarks_of([subject.expr], subject.args, subject.domain, None, 0)
    sample = level_sample(subject.domain, subject.args, 40, found, seed=0, dtype="float32")

    def errors_at(rows):  # a narrow peak in the middle, beside which all is flat
        return np.array([1 / (1e-6 + abs(row[0] - 17.25)) for row in rows])

    before = errors_at([sample.row(i) for i in range(sample.size)])
    climbed = climb(errors_at, sample, before)
    assert climbed
    best = max(errors_at([point.row for point in climbed]))
    assert best > 4 * before.max()
    for point in climbed:
        assert from_origin(point.origin, sample) == point.row
    assert from_origin((0,), sample) is None
    assert from_origin((sample.size, 1), sample) is None


def test_the_certificate_says_where_its_worst_points_come_from():
    subject = claim(exp(-x) / (1 + x), x, x=(0.125, 30))
    level = values_level(lambda x: jnp.exp(-x) / (1 + x), subject, points=96)
    for dtype in ("float32", "float64"):
        notes = level.evidence[dtype]
        assert level.figures[f"special_{dtype}"].value >= 4
        assert level.figures[f"climbed_{dtype}"].value > 0
        assert set(notes["by_mode"]) == {"jit", "eager"}  # vmap makes the same program of it
        assert notes["one_by_one"] >= 0
        assert sum(notes["histogram_bits"]) == sum(notes["histogram_ulp"])
        assert any("origin" in row for row in notes["worst"])


def test_code_that_vmap_changes_is_judged_in_that_form_too():
    @jax.custom_batching.custom_vmap
    def tricky(x):
        return jnp.sin(x)

    @tricky.def_vmap
    def _(size, batched, x):
        return jnp.sin(x) * (1 + 1e-9), batched[0]

    level = values_level(tricky, claim(sin(x), x, x=(1, 2)), **FEW)
    assert level.outcome is Outcome.REFUTED
    assert level.evidence["witness"]["mode"] == "vmap"


def test_the_value_at_a_removable_singularity_is_its_limit():
    value, decided, limit = exact_values((exp(x) - 1) / x, [x], [np.array([0.0])], "float64")
    assert (value[0], decided[0], limit[0]) == (1.0, True, True)
    for unbounded in (1 / x, 1 / x**2, sin(1 / x), abs(x) / x):
        assert np.isnan(exact_values(unbounded, [x], [np.array([0.0])], "float64")[0]).all()
    subject = claim((exp(x) - 1) / x, x, x=(-2, 2))

    def filled(number):
        return lambda x: jnp.where(x == 0, number, jnp.expm1(x) / jnp.where(x == 0, 1.0, x))

    level = values_level(filled(1.0), subject, **FEW)
    assert level.outcome is Outcome.HOLDS, level.detail
    assert level.figures["removable_float64"].value > 0
    assert values_level(filled(0.0), subject, **FEW).witness["x"] == 0
    # undefined like the formula itself: no contradiction
    assert values_level(lambda x: jnp.expm1(x) / x, subject, **FEW).outcome is Outcome.HOLDS


def test_flushed_results_are_told_apart_from_errors():
    subject = claim(exp(-x), x, x=(80, 100))
    level = values_level(lambda x: jnp.exp(-x), subject, points=96, dtypes=("float32",))
    assert level.outcome is Outcome.HOLDS, level.detail
    assert level.figures["flushed_float32"].value > 0
    assert level.figures["strict_float32"].value > 1e3  # in units of the subnormal numbers
    level = values_level(lambda x: 1 + x, claim(1 + x, x, x=(-1, 1)), **FEW)
    assert level.evidence["float64"]["subnormal_arguments"] == {
        "points": 3, "as_given": 3, "as_zero": 3,
    }  # fmt: skip


def test_a_wrong_second_derivative_is_refuted_although_the_gradient_is_right():
    @jax.custom_jvp
    def slope(x):
        return jnp.cos(x)

    @slope.defjvp
    def _(primals, tangents):
        return slope(*primals), -jnp.sin(primals[0]) * 1.01 * tangents[0]

    @jax.custom_jvp
    def sine(x):
        return jnp.sin(x)

    @sine.defjvp
    def _(primals, tangents):
        return sine(*primals), slope(primals[0]) * tangents[0]

    subject = claim(sin(x) * y, x, y, x=(-3, 3), y=(1, 2))
    level = derivatives_level(lambda x, y: sine(x) * y, subject, **FEW)
    assert level.outcome is Outcome.REFUTED
    assert level.evidence["witness"]["output"].startswith("(H v)[")
    right = derivatives_level(lambda x, y: jnp.sin(x) * y, subject, **FEW)
    assert right.outcome is Outcome.HOLDS, right.detail
    assert right.figures["max_second_float64"].value < 100


def test_a_derivative_lost_at_a_removable_singularity_is_refuted():
    """The slope of (e^x - 1)/x at 0 is 1/2.  A branch with a constant has the slope 0 there: in
    reverse mode beside a safe argument, in forward mode beside an unsafe one."""
    subject = claim((exp(x) - 1) / x, x, x=(-2, 2))

    def safe(x):
        other = jnp.where(x == 0, 1.0, x)
        return jnp.where(x == 0, 1.0, jnp.expm1(other) / other)

    def unsafe(x):
        return jnp.where(x == 0, 1.0, jnp.expm1(x) / x)

    level = derivatives_level(safe, subject, **FEW)
    assert (level.outcome, level.witness["x"]) == (Outcome.REFUTED, 0)
    level = derivatives_level(unsafe, subject, **FEW)
    assert (level.outcome, level.witness["x"]) == (Outcome.REFUTED, 0)
    assert level.evidence["witness"]["output"] == "v.grad"
