"""L1 and L2: wrong code is refuted with a witness, right code in trouble is not."""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from sympy import Abs, Max, Symbol, exp, floor, log, pi, sin, sqrt, symbols

from derivax.numeric.verify.level_derivatives import derivatives_level
from derivax.numeric.verify.level_values import values_level
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.interval import Interval
from derivax.symbolic.exact.outcome import Outcome

t, s, u0, tau = symbols("t s u0 tau", positive=True)
x, y = symbols("x y", real=True)
E = exp(2 * s * t / tau)
MODE = s * E / (E - 1 + s / u0)


@dataclass(frozen=True)
class Claim:
    expr: object
    args: tuple
    domain: Domain
    name: str = "f"


def claim(expr, *args, **ranges):
    domain = {a: Interval(*ranges[a.name]) for a in args if a.name in ranges}
    return Claim(expr, args, Domain.of(args, domain))


def mode_code(t, s, u0, tau):
    """Hand-written from the logistic solution, stable: E = exp(-2 s t / tau)."""
    decay = jnp.exp(-2 * s * t / tau)
    return u0 / (-jnp.expm1(-2 * s * t / tau) * (u0 / s) + decay)


def lost_factor(t, s, u0, tau):
    return mode_code(t / 2, s, u0, tau)


def wrong_sign(t, s, u0, tau):
    decay = jnp.exp(-2 * s * t / tau)
    return u0 / ((1 + decay) * (u0 / s) + decay)


def swapped(t, s, u0, tau):
    return mode_code(t, u0, s, tau)


def slightly_off(t, s, u0, tau):
    return mode_code(t, s, u0, tau) * (1 + 3e-5)


MODE_CLAIM = claim(MODE, t, s, u0, tau)
FEW = {"points": 160}  # enough to refute, and quick


def test_the_stable_mode_formula_holds_in_both_dtypes():
    level = values_level(mode_code, MODE_CLAIM)
    assert level.outcome is Outcome.HOLDS, level.detail
    for dtype in ("float32", "float64"):
        assert level.figures[f"points_{dtype}"].value >= 512


@pytest.mark.parametrize("code", [lost_factor, wrong_sign, swapped, slightly_off])
def test_wrong_code_is_refuted_with_a_witness_that_anyone_can_try(code):
    level = values_level(code, MODE_CLAIM, **FEW)
    assert level.outcome is Outcome.REFUTED
    witness = level.witness
    point = [witness[name] for name in ("t", "s", "u0", "tau")]
    with jax.enable_x64(True):
        code_value = float(code(*np.array(point, dtype=witness["dtype"])))
    exact = float(MODE.subs(dict(zip((t, s, u0, tau), point, strict=True))).evalf(30))
    assert code_value == pytest.approx(witness["code"], rel=1e-6)
    assert exact == pytest.approx(witness["exact"], rel=1e-6)
    assert abs(code_value - exact) > 1e-6 * abs(exact)


def test_overflow_at_ordinary_arguments_refutes():
    """The printed form s E/(E - 1 + s/u0) is inf/inf from 2 s t/tau = 89 (float32) or 710 on."""

    def printed(t, s, u0, tau):
        growth = jnp.exp(2 * s * t / tau)
        return s * growth / (growth - 1 + s / u0)

    level = values_level(printed, MODE_CLAIM, **FEW)
    assert level.outcome is Outcome.REFUTED
    assert np.isnan(level.witness["code"])


def test_a_missing_digit_in_a_constant_is_seen():
    level = values_level(lambda x: 3.141593 * x, claim(pi * x, x), **FEW)
    assert level.outcome is Outcome.REFUTED
    assert values_level(lambda x: np.pi * x, claim(pi * x, x), **FEW).outcome is Outcome.HOLDS


def test_cancellation_that_rounding_explains_is_not_refuted():
    """sqrt(x^2 + 1) - x as written loses all digits for large x: reported, not called wrong."""
    level = values_level(
        lambda x: jnp.sqrt(x * x + 1) - x, claim(sqrt(x**2 + 1) - x, x, x=(1, 1000)), **FEW
    )
    assert level.outcome is Outcome.HOLDS, level.detail
    assert level.figures["max_float32"].value > 100
    assert level.figures["explained_float32"].value > 0


def test_code_that_loses_its_value_nearly_everywhere_stays_open():
    tiny = claim((exp(x) - 1) / x, x, x=(1e-14, 1e-9))
    level = values_level(lambda x: (jnp.exp(x) - 1) / x, tiny, dtypes=("float32",), **FEW)
    assert level.outcome is Outcome.OPEN
    assert "best" in level.detail


def test_what_no_code_can_resolve_is_set_aside():
    """sin(x y) turns many times within one ulp of a large argument."""
    level = values_level(lambda x, y: jnp.sin(x * y), claim(sin(x * y), x, y), **FEW)
    assert level.outcome is Outcome.HOLDS, level.detail
    assert level.figures["unresolvable_float64"].value > 0


def test_jumps_are_compared_away_from_the_jump_only():
    level = values_level(lambda x: jnp.floor(np.pi * x), claim(floor(pi * x), x, x=(1, 50)), **FEW)
    assert level.outcome is Outcome.HOLDS, level.detail
    off = values_level(lambda x: jnp.ceil(np.pi * x), claim(floor(pi * x), x, x=(1, 50)), **FEW)
    assert off.outcome is Outcome.REFUTED


def test_extreme_arguments_that_leave_the_range_are_counted_apart():
    level = values_level(lambda x: jnp.sqrt(1 + x * x), claim(sqrt(1 + x**2), x), **FEW)
    assert level.outcome is Outcome.HOLDS, level.detail
    assert level.figures["out_of_range_float64"].value > 0


def test_an_undefined_formula_is_not_judged():
    level = values_level(jnp.log, claim(log(x), x, x=(-5, -1)), **FEW)
    assert level.outcome is Outcome.OPEN
    assert "undefined" in level.detail


def test_an_empty_where_is_open_not_an_exception():
    level = values_level(lambda x: x, Claim(x, (x,), Domain.of([x], {x: (0, 1)}, [x > 2])), **FEW)
    assert level.outcome is Outcome.OPEN
    assert "sample points" in level.detail


def test_a_wrong_derivative_rule_is_refuted_by_level_2_only():
    @jax.custom_jvp
    def logistic(x):
        return jax.nn.sigmoid(x)

    @logistic.defjvp
    def _(primals, tangents):
        value = logistic(*primals)
        return value, value * (1 + value) * tangents[0]  # the sign is wrong

    subject = claim(1 / (1 + exp(-x)), x, x=(-10, 10))
    assert values_level(logistic, subject, **FEW).outcome is Outcome.HOLDS
    level = derivatives_level(logistic, subject, **FEW)
    assert level.outcome is Outcome.REFUTED
    assert set(level.witness) >= {"x", "code", "exact"}


def test_right_derivatives_hold_and_kinks_are_left_out():
    smooth = claim(sin(x) * y + exp(x) / (1 + y**2), x, y, x=(-20, 20), y=(-1e6, 1e6))
    level = derivatives_level(lambda x, y: jnp.sin(x) * y + jnp.exp(x) / (1 + y * y), smooth, **FEW)
    assert level.outcome is Outcome.HOLDS, level.detail
    kinked = claim(Max(x, 1) + Abs(x), x, x=(-8, 8))
    level = derivatives_level(lambda x: jnp.maximum(x, 1.0) + jnp.abs(x), kinked, **FEW)
    assert level.outcome is Outcome.HOLDS, level.detail
    plain = claim(abs(Symbol("z")), Symbol("z"))
    assert derivatives_level(jnp.abs, plain, **FEW).outcome is Outcome.HOLDS


def test_several_outputs_are_judged_entry_by_entry():
    subject = claim({"up": exp(x), "down": exp(-x)}, x, x=(-2, 2))
    good = lambda x: {"up": jnp.exp(x), "down": jnp.exp(-x)}  # noqa: E731
    bad = lambda x: {"up": jnp.exp(x), "down": jnp.exp(x)}  # noqa: E731
    assert values_level(good, subject, **FEW).outcome is Outcome.HOLDS
    assert derivatives_level(good, subject, **FEW).outcome is Outcome.HOLDS
    refuted = values_level(bad, subject, **FEW)
    assert refuted.outcome is Outcome.REFUTED
    assert refuted.evidence["witness"]["output"] == "down"


def test_the_same_seed_gives_the_same_figures():
    subject = claim(sin(x), x)
    assert values_level(jnp.sin, subject, seed=3, **FEW) == values_level(
        jnp.sin, subject, seed=3, **FEW
    )
    assert values_level(jnp.sin, subject, seed=3, **FEW) != values_level(
        jnp.sin, subject, seed=4, **FEW
    )
