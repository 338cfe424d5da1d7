"""Level 3: bounds that are never below what is measured, and close to the published ones."""

from __future__ import annotations

import importlib.util
import math
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jax import lax

import derivax
from derivax.numeric.verify.certificate import Figure
from derivax.numeric.verify.enclosure import NotApplicable, enclose, replay
from derivax.numeric.verify.level_enclosure import enclosure_level
from derivax.numeric.verify.replay_enclosure import enclosure_contradiction
from derivax.symbolic.exact.outcome import Outcome

ROOT = Path(__file__).resolve().parents[2]


def rosa() -> Any:
    spec = importlib.util.spec_from_file_location("rosa", ROOT / "benchmarks/enclosure/rosa.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CASES = rosa().CASES


def random_points(box: Any, count: int, dtype: str, seed: int = 3) -> list[np.ndarray]:
    draw = np.random.default_rng(seed)
    return [draw.uniform(low, high, count).astype(dtype) for low, high in box]


def worst_error(function: Any, box: Any, dtype: str, exact: Any, count: int = 200) -> float:
    """The largest |computed - exact| at random floats, jitted and operation by operation."""
    columns = random_points(box, count, dtype)
    with jax.enable_x64(True):
        inputs = [jnp.asarray(c) for c in columns]
        jitted = np.asarray(jax.jit(jax.vmap(function))(*inputs), dtype=np.float64)
        eager = np.asarray(function(*inputs), dtype=np.float64)
    worst = 0.0
    for k in range(count):
        truth = exact(*[c[k].item() for c in columns])
        for computed in (jitted, eager):
            difference = abs(mpmath.mpf(float(computed[k])) - truth)
            worst = max(worst, float(difference))
    return worst


def rational(function: Any) -> Any:
    """The same arithmetic on exact numbers; literals are the floats that the code holds."""

    def exact(*values: float) -> Any:
        result = function(*[_Exact(Fraction(v)) for v in values]).value
        return mpmath.mpf(result.numerator) / result.denominator

    return exact


class _Exact:
    """A fraction that takes the floats in the arithmetic for what they are."""

    def __init__(self, value: Fraction) -> None:
        self.value = value

    @staticmethod
    def of(other: Any) -> Fraction:
        return other.value if isinstance(other, _Exact) else Fraction(other)

    def __add__(self, other: Any) -> _Exact:
        return _Exact(self.value + self.of(other))

    def __sub__(self, other: Any) -> _Exact:
        return _Exact(self.value - self.of(other))

    def __rsub__(self, other: Any) -> _Exact:
        return _Exact(self.of(other) - self.value)

    def __mul__(self, other: Any) -> _Exact:
        return _Exact(self.value * self.of(other))

    def __truediv__(self, other: Any) -> _Exact:
        return _Exact(self.value / self.of(other))

    def __rtruediv__(self, other: Any) -> _Exact:
        return _Exact(self.of(other) / self.value)

    def __neg__(self) -> _Exact:
        return _Exact(-self.value)

    __radd__, __rmul__ = __add__, __mul__


@pytest.mark.parametrize("name", ["rigidBody1", "verhulst", "predatorPrey", "carbonGas", "sine"])
def test_bounds_are_within_1_5_of_the_published_ones(name: str) -> None:
    # FPTaylor's reference bounds, see benchmarks/enclosure/rosa.py
    case = CASES[name]
    found = enclose(case.function, case.box, seconds=1.0, rounded_arguments=True)
    assert found.error <= 1.5 * case.published


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(CASES))
def test_every_rosa_bound_is_within_1_5_of_the_published_one(name: str) -> None:
    case = CASES[name]
    found = enclose(case.function, case.box, seconds=5.0, rounded_arguments=True)
    assert found.error <= 1.5 * case.published
    assert found.seconds < 7


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ["doppler1", "jetEngine", "turbine1", "sine", "carbonGas"])
def test_no_measured_error_exceeds_the_bound_and_the_bound_is_no_wild_guess(
    name: str, dtype: str
) -> None:
    case = CASES[name]
    found = enclose(case.function, case.box, dtype=dtype, seconds=0.4)
    with mpmath.workprec(300):
        measured = worst_error(case.function, case.box, dtype, rational(case.function))
    assert measured <= found.error
    # random points rarely meet the worst case; a bound 200 times above them would say little
    assert found.error <= 200 * measured


TRANSCENDENTAL = {
    "decay": (
        lambda x, y: jnp.exp(-x * y),
        lambda x, y: mpmath.exp(-x * y),
        ((0.0, 5.0), (0.1, 2.0)),
    ),
    "angle": (jnp.arctan2, mpmath.atan2, ((0.5, 3.0), (-2.0, 2.0))),
    "wave": (
        lambda x: jnp.sin(x) * jnp.log(x),
        lambda x: mpmath.sin(x) * mpmath.log(x),
        ((1.0, 30.0),),
    ),
    "power": (lambda x, y: x**y, lambda x, y: mpmath.power(x, y), ((0.5, 3.0), (-2.0, 2.0))),
    "root": (
        lambda x: jnp.sqrt(x * x + 1.0) - x,
        lambda x: mpmath.sqrt(x * x + 1) - x,
        ((0.0, 100.0),),
    ),
    "hyperbolic": (
        lambda x: jnp.tanh(x) + jnp.arcsinh(x) - jnp.expm1(x),
        lambda x: mpmath.tanh(x) + mpmath.asinh(x) - mpmath.expm1(x),
        ((-2.0, 2.0),),
    ),
    "inverse": (
        lambda x: jnp.arcsin(x) * jnp.arccos(x) + jnp.arctan(x),
        lambda x: mpmath.asin(x) * mpmath.acos(x) + mpmath.atan(x),
        ((-0.95, 0.95),),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", sorted(TRANSCENDENTAL))
def test_elementary_functions_stay_within_their_bound(name: str, dtype: str) -> None:
    function, exact, box = TRANSCENDENTAL[name]
    found = enclose(function, box, dtype=dtype, seconds=0.2)
    with mpmath.workprec(200):
        measured = worst_error(function, box, dtype, lambda *v: exact(*map(mpmath.mpf, v)), 120)
    assert measured <= found.error
    assert math.isfinite(found.error)


def test_a_multiplication_by_a_power_of_two_costs_nothing() -> None:
    assert enclose(lambda x: 4.0 * x, [(1.0, 2.0)]).error == 0.0


def test_a_constant_divisor_counts_as_a_rounded_reciprocal() -> None:
    # compiled as x * (1/3): a third of all quotients are not the correctly rounded ones
    found = enclose(lambda x: x / 3.0, [(2.0, 3.9)], dtype="float32")
    assert found.error >= 1.2 * 2.0**-24


def _float(c: float) -> mpmath.mpf:
    return mpmath.mpf(float(np.float32(c)))


REWRITTEN = {
    "exp(a) exp(b)": (
        lambda x, y: jnp.exp(x) * jnp.exp(y),
        lambda x, y: mpmath.exp(x + y),
        ((60.0, 80.0), (-80.0, -60.0)),
    ),
    "a/exp(b)": (
        lambda x, y: x / jnp.exp(y),
        lambda x, y: x * mpmath.exp(-y),
        ((1.0, 2.0), (1.0, 30.0)),
    ),
    "(x - c) - d": (
        lambda x: (x - 16777216.0) - 0.3,
        lambda x: x - 16777216 - _float(0.3),
        ((16777216.0, 16777232.0),),
    ),
    "(c x) d": (lambda x: (x * 3.0) * 0.7, lambda x: x * 3 * _float(0.7), ((1.0, 2.0),)),
    "a/sqrt(b)": (
        lambda x, y: x / jnp.sqrt(y),
        lambda x, y: x / mpmath.sqrt(y),
        ((1.0, 2.0), (1.0, 2.0)),
    ),
    "a/b/c": (
        lambda x, y: x / y / (y + 1.0),
        lambda x, y: x / y / (y + 1),
        ((1.0, 2.0), (1.0, 2.0)),
    ),
}


@pytest.mark.parametrize("name", sorted(REWRITTEN))
def test_what_the_compiler_rewrites_stays_within_the_bound(name: str) -> None:
    # (x - c) - d becomes x - (c + d): 0.3 is lost beside 2^24
    function, exact, box = REWRITTEN[name]
    found = enclose(function, box, dtype="float32", seconds=0.1)
    with mpmath.workprec(200):
        measured = worst_error(function, box, "float32", lambda *v: exact(*map(mpmath.mpf, v)))
    assert measured <= found.error


def test_a_computed_value_may_lie_between_two_floats_when_it_is_tested() -> None:
    # x*x - 2 > 0 holds for exact values as small as one likes: the logarithm is not bounded
    def guarded(x: Any) -> Any:
        y = x * x - 2.0
        return jnp.where(y > 0.0, jnp.log(jnp.where(y > 0.0, y, 1.0)), 0.0)

    assert not enclose(guarded, [(1.0, 2.0)], seconds=0.1).finite


def test_results_below_the_normal_numbers_may_be_flushed() -> None:
    found = enclose(lambda x: x * x, [(1e-25, 1e-20)], dtype="float32", seconds=0.2)
    assert found.error >= float(np.finfo(np.float32).tiny)


def test_range_sign_and_direction_are_proven() -> None:
    found = enclose(lambda x, y: jnp.exp(x) / (1.0 + y), [(0.0, 1.0), (0.0, 3.0)])
    assert (found.sign, found.monotone) == ("+", ("+", "-"))
    assert found.low <= 0.25 <= 0.26 > found.low
    assert found.high >= math.e
    assert found.high - found.low < 1.05 * (math.e - 0.25)


def test_a_jump_is_not_increasing_even_where_every_piece_is() -> None:
    saw = enclose(lambda x: jnp.where(x < 0.5, x, x - 1.0), [(0.0, 1.0)])
    assert saw.monotone == ("",)
    assert saw.low <= -0.5
    assert saw.high >= 0.4999


def test_a_step_keeps_its_whole_range() -> None:
    found = enclose(lambda x: jnp.floor(x), [(-3.0, 3.0)])
    assert found.low <= -3
    assert found.high >= 3


def test_a_choice_that_rounding_can_turn_counts_in_full() -> None:
    def step(x: Any) -> Any:
        return jnp.where(x * x < 0.3, 0.0, 1.0)

    assert enclose(step, [(0.0, 1.0)], seconds=1.0).error >= 1.0
    assert enclose(step, [(0.6, 1.0)]).error == 0.0


def test_a_threshold_on_an_argument_is_exact() -> None:
    found = enclose(lambda x: jnp.where(x < 0.3, 0.0, 1.0), [(0.0, 1.0)])
    assert found.error == 0.0


@pytest.mark.parametrize(
    "function",
    [lambda x: jnp.sqrt(x), lambda x: 1.0 / x, lambda x: jnp.log(x), lambda x: jnp.exp(1e4 * x)],
    ids=["root", "pole", "logarithm", "overflow"],
)
def test_what_may_be_undefined_or_overflow_is_never_called_finite(function: Any) -> None:
    found = enclose(function, [(-1.0, 1.0)], seconds=0.3)
    assert not found.finite
    assert found.error == math.inf


def test_a_guarded_function_is_free_of_nan() -> None:
    def guarded(x: Any) -> Any:
        safe = jnp.where(x > 0.0, x, 1.0)
        return jnp.where(x > 0.0, x * jnp.log(safe), 0.0)

    found = enclose(guarded, [(-1.0, 1.0)], seconds=1.0)
    assert found.finite


def test_loops_of_known_length_and_arrays_are_unrolled() -> None:
    def horner(x: Any) -> Any:
        return lax.fori_loop(0, 5, lambda k, total: total * x + k, x)

    found = enclose(horner, [(0.5, 1.0)])
    with mpmath.workprec(200):

        def exact(x: float) -> Any:
            total = mpmath.mpf(x)
            for k in range(5):
                total = total * x + k
            return total

        assert worst_error(horner, [(0.5, 1.0)], "float64", exact) <= found.error < 1e-13

    def product(x: Any) -> Any:
        return jnp.stack([x, 2.0 * x, x * x]) @ jnp.array([1.0, -1.0, 0.5], dtype=x.dtype)

    assert enclose(product, [(0.5, 1.0)]).error < 1.5e-15


def test_a_loop_that_depends_on_the_argument_is_named() -> None:
    def halve(x: Any) -> Any:
        return lax.while_loop(lambda y: y > 1.0, lambda y: 0.5 * y, x)

    with pytest.raises(NotApplicable, match="while"):
        enclose(halve, [(1.0, 8.0)])
    with pytest.raises(NotApplicable, match="sort"):
        enclose(lambda x: jnp.sort(jnp.stack([x, 1.0 - x]))[0], [(0.0, 1.0)])


def test_a_recorded_subdivision_gives_the_bound_again() -> None:
    case = CASES["turbine1"]
    found = enclose(case.function, case.box, seconds=0.3)
    again = replay(case.function, case.box, found.splits)
    assert (again.error, again.low, again.high) == (found.error, found.low, found.high)
    assert (again.sign, again.monotone) == (found.sign, found.monotone)
    # a coarser tiling of the same box can only give a weaker bound
    assert replay(case.function, case.box, ["leaf"]).error >= found.error
    with pytest.raises(ValueError, match="ends too early"):
        replay(case.function, case.box, found.splits[:-1])
    with pytest.raises(ValueError, match="outside its box"):
        replay(case.function, case.box, [[0, (7.0).hex()], "leaf", "leaf"])


_leaf = st.one_of(st.sampled_from(["x", "y"]), st.sampled_from([0.5, 3.0, 0.1, 2.0]))
_tree = st.recursive(
    _leaf,
    lambda part: st.one_of(
        st.tuples(st.sampled_from(["add", "sub", "mul"]), part, part),
        st.tuples(st.sampled_from(["div"]), part, part),
        st.tuples(st.sampled_from(["square", "abs"]), part),
    ),
    max_leaves=7,
)


def _value(tree: Any, x: Any, y: Any, numbers: Any) -> Any:
    if tree == "x" or tree == "y":
        return x if tree == "x" else y
    if isinstance(tree, float):
        return numbers(tree)
    parts = [_value(part, x, y, numbers) for part in tree[1:]]
    operation = {
        "add": lambda a, b: a + b,
        "sub": lambda a, b: a - b,
        "mul": lambda a, b: a * b,
        "div": lambda a, b: a / b,
        "square": lambda a: a * a,
        "abs": abs,
    }[tree[0]]
    return operation(*parts)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(_tree, st.floats(-3, 3), st.floats(0.1, 2), st.integers(0, 2**31))
def test_random_expressions_never_leave_their_bound(
    tree: Any, start: float, width: float, seed: int
) -> None:
    box = ((start, start + width), (0.5, 0.5 + width))

    def function(x: Any, y: Any) -> Any:
        return _value(tree, x, y, lambda c: jnp.asarray(c, jnp.float32)) + 0.0 * x

    found = enclose(function, box, dtype="float32", seconds=0.05)
    draw = np.random.default_rng(seed)
    points = [draw.uniform(low, high, 12).astype(np.float32) for low, high in box]
    inside = [(c >= low) & (c <= high) for c, (low, high) in zip(points, box, strict=True)]
    computed = np.asarray(jax.vmap(function)(*map(jnp.asarray, points)))
    for k in range(12):
        if not all(part[k] for part in inside):
            continue
        x, y = (Fraction(c[k].item()) for c in points)
        try:
            truth = _value(tree, x, y, lambda c: Fraction(np.float32(c).item()))
        except ZeroDivisionError:
            assert not found.finite
            continue
        if found.finite:
            assert abs(Fraction(computed[k].item()) - truth) <= Fraction(found.error)
            assert found.low <= truth <= found.high


t, k = sp.symbols("t k", positive=True)
z = sp.Symbol("z", real=True)


def level_of(expr: Any, args: Any, **options: Any) -> Any:
    formula = derivax.Formula(expr, args, **options)
    return enclosure_level(derivax.compile(formula), formula, seconds=0.6)


def test_the_level_proves_a_bound_on_a_bounded_domain() -> None:
    level = level_of(sp.exp(-k * t), [t, k], domain={t: (0, 5), k: (0.1, 2)})
    assert level.outcome is Outcome.PROVEN
    assert level.figures["error_float64"].value < 1e-15
    assert "decreasing in t" in level.detail


def test_special_functions_count_with_their_documented_error() -> None:
    level = level_of(sp.erf(z), [z], domain={z: (-3, 3)})
    assert level.outcome is Outcome.PROVEN
    assert level.figures["error_float64"].value < 1e-15


def test_an_unbounded_domain_is_named() -> None:
    level = level_of(sp.exp(-t), [t])
    assert level.outcome is Outcome.NOT_APPLICABLE
    assert "unbounded" in level.detail


def test_relations_between_arguments_leave_out_what_they_exclude() -> None:
    level = level_of(
        1 / (t - k), [t, k], domain={t: (0, 1), k: (0, 1)}, where=(t > k + sp.Rational(1, 4),)
    )
    assert level.outcome is Outcome.PROVEN


def test_a_pole_inside_the_domain_leaves_the_level_open() -> None:
    level = level_of(1 / z, [z], domain={z: (-1, 2)})
    assert level.outcome is Outcome.OPEN


def test_the_full_profile_is_verified() -> None:
    formula = derivax.Formula(sp.exp(-k * t), [t, k], domain={t: (0, 5), k: (0.1, 2)})
    certificate = derivax.verify(formula, profile="full")
    assert certificate.verdict == "verified"
    assert certificate.levels["L3"].outcome is Outcome.PROVEN


def test_recorded_bounds_are_replayed_and_smaller_ones_are_noticed() -> None:
    formula = derivax.Formula(
        sp.exp(-k * t) / (t - k),
        [t, k],
        domain={t: (0, 1), k: (0, 1)},
        where=(t > k + sp.Rational(1, 4),),
    )
    compiled = derivax.compile(formula)
    level = enclosure_level(compiled, formula, seconds=0.4)
    code = {"source": compiled.source, "function": compiled.name}
    assert enclosure_contradiction(level, formula, code, [""]) is None
    smaller = {
        **level.figures,
        "error_float64": Figure(level.figures["error_float64"].value * 0.9, "", "bound"),
    }
    wrong = enclosure_contradiction(replace(level, figures=smaller), formula, code, [""])
    assert wrong is not None
    assert "may reach" in wrong
    for entry, value in (
        ("range", [(1.0).hex(), (1.5).hex()]),
        ("sign", "-"),
        ("monotone", ["+", "+"]),
        ("box", [[(0.0).hex(), (0.5).hex()], [(0.0).hex(), (0.5).hex()]]),
        ("splits", ["leaf"]),
    ):
        bounds = [{**dict(bound), entry: value} for bound in level.evidence["bounds"]]
        tampered = replace(level, evidence={**level.evidence, "bounds": bounds})
        assert enclosure_contradiction(tampered, formula, code, [""]) is not None, entry
