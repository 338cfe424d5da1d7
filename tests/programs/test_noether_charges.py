"""The Programs of charges: against the original iteration, over long histories, and refused."""

from __future__ import annotations

from fractions import Fraction

import jax
import numpy as np
import pytest

import derivax as dx
from derivax.errors import InputError
from derivax.numeric.programs import noether_charges, noether_norms, noether_response
from derivax.numeric.verify.program_levels import (
    claims_level,
    program_derivatives_level,
    program_values_level,
)
from derivax.symbolic.exact.outcome import Outcome

THEORY = "noether-learning-dynamics"
PROGRAMS = [
    pytest.param(getattr(room, name), id=name)
    for room in (noether_charges, noether_norms, noether_response)
    for name in room.__all__
]
HISTORIES = ("charge-history", "charge-history-parallel")


def product_descent(steps, eta, beta, k):
    """Heavy ball on (w1 w2 - 1)^2/2 in rationals: C, p, V of A = diag(1, -1) after each step."""
    q, v = [Fraction(3, 2), Fraction(-1, 3)], [Fraction(1, 8), Fraction(1, 4)]
    rows = []
    for n in range(steps + 1):
        if n:
            slope = q[0] * q[1] - 1
            g = (slope * q[1], slope * q[0])
            v = [beta * a - eta * (b + k * c) for a, b, c in zip(v, g, q)]
            # what binary numbers can hold, so that the fractions stay short
            q = [a + b for a, b in zip(q, v)]
        C, p, V = (a[0] * b[0] - a[1] * b[1] for a, b in ((q, q), (v, q), (v, v)))
        rows.append((C, p, V))
    return rows


@pytest.mark.parametrize("name", HISTORIES)
def test_the_exact_history_is_that_of_the_iteration_itself(name):
    """Five steps in exact rational arithmetic; both ways of adding them up."""
    eta, beta, k = Fraction(1, 8), Fraction(3, 4), Fraction(1, 16)
    rows = product_descent(5, eta, beta, k)
    program = dx.compile(f"{THEORY}/{name}")
    with jax.enable_x64(True):
        found = program(
            np.array([float(rows[0][0])]), np.array([float(rows[0][1])]),
            np.array([[float(V)] for *_, V in rows[1:]]), *map(float, (eta, beta, k)),
        )  # fmt: skip
    for column, result in ((0, "C"), (1, "p")):
        expected = [float(row[column]) for row in rows[1:]]
        np.testing.assert_allclose(found[result].ravel(), expected, rtol=1e-14, atol=1e-15)


def long_history(steps=20000):
    """Small steps, momentum and decay; in float32 a plain sum would stand still."""
    rng = np.random.default_rng(4)
    return {
        "C0": np.array([1.0, 0.25]), "p0": np.zeros(2),
        "V": rng.uniform(0.5, 1.0, (steps, 2)) * 1e-7, "eta": 2.0**-6, "beta": 0.875, "k": 2.0**-10,
    }  # fmt: skip


@pytest.mark.parametrize(
    "name", [HISTORIES[0], pytest.param(HISTORIES[1], marks=pytest.mark.slow)]
)
def test_float32_keeps_its_accuracy_over_20000_steps(name):
    given = {key: np.asarray(value, np.float32) for key, value in long_history().items()}
    C, p = (given[s].astype(np.longdouble) for s in ("C0", "p0"))
    eta, beta, k = (np.longdouble(given[s]) for s in ("eta", "beta", "k"))
    for V in given["V"].astype(np.longdouble):
        p = beta * p - eta * k * C + V
        C = C + 2 * p - V
    found = dx.compile(f"{THEORY}/{name}")(**given)
    assert found["C"].dtype == np.float32
    eps = np.finfo(np.float32).eps
    np.testing.assert_allclose(found["C"][-1], np.asarray(C, float), rtol=16 * eps)
    np.testing.assert_allclose(found["p"][-1], np.asarray(p, float), rtol=64 * eps)


@pytest.mark.parametrize(
    "name", ["norm4-history", pytest.param("norm4-history-parallel", marks=pytest.mark.slow)]
)
def test_a_norm_is_forgotten_without_leaving_its_rounding_behind(name):
    """r^4 from 1e8 to the fixed point near 1e-3: y0 exp(-x) and the gain, apart."""
    gradients = np.full((40, 1), 1e-2)
    eta, beta, k, r0 = 0.5, 0.5, 1.0, np.array([100.0])
    rate, gain = 4 * k / (1 - beta), 2 * eta * (1 + beta) / (1 - beta) ** 3
    fixed = gain * 1e-2 / rate
    n = np.arange(1, 41)[:, None]
    expected = fixed + (1e8 - fixed) * np.exp(-rate * eta * n)
    with jax.enable_x64(True):
        found = dx.compile(f"{THEORY}/{name}")(gradients, eta, beta, k, r0)["r4"]
    np.testing.assert_allclose(found, expected, rtol=2e-13)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"beta": 1.0}, "beta = 1.*below 1"),
        ({"eta": 0.0}, "eta = 0.*> 0"),
        ({"k": -1.0}, "k = -1.*>= 0"),
        ({"k": 300.0}, r"decay alone diverges beyond 2\(1 \+ beta\)"),
        ({"V": np.ones((3, 1))}, "n is 1 here, but 2 in C0"),
    ],
    ids=lambda x: "" if isinstance(x, dict) else x[:12],
)
def test_an_optimiser_that_cannot_be_is_one_clear_error(change, message):
    with pytest.raises(InputError, match=message):
        noether_charges.charge_history()(**{**long_history(3), **change})


def test_a_norm_of_zero_is_refused():
    with pytest.raises(InputError, match="r0 = 0"):
        noether_norms.norm4_history()(np.ones((2, 1)), 0.1, 0.9, 0.0, np.zeros(1))


@pytest.mark.slow
def test_the_claims_of_the_rate_are_those_of_the_lagrangian():
    assert claims_level(noether_charges.charge_rate()).outcome is Outcome.HOLDS


@pytest.mark.slow
def test_the_response_at_a_large_power_is_that_of_its_slow_root():
    """n = 100 000: K_n -> z^n/(z - beta/z) with the larger root z, in 60 digits."""
    import mpmath as mp

    with mp.workdps(60):
        s, beta = mp.mpf("1.875"), mp.mpf("0.875")  # roots 1 and 7/8
        expected = (1 - beta ** (10**5)) / (1 - beta)
        assert s == 1 + beta
    with jax.enable_x64(True):
        found = noether_response.heavy_ball_response()(
            np.array([1e5]), 0.25, 0.875, np.array([0.0, 0.015625])
        )["K"][0]
    assert float(found[0]) == pytest.approx(float(expected), rel=1e-9)
    assert 0 <= abs(float(found[1])) < 1e-300


PLANTED = {
    "charges_and_rates": ("scale * q + shift", "scale * q - shift"),
    "charge_in_turn": ("change(after, kinetic)", "change(p, kinetic)"),
    "norm4_as_tree": ("gain_1 + (gain_2 + loss_2 * gain_1)", "gain_1 + gain_2"),
}


def changed(program, before, after):
    """The program with one place of its array code changed."""
    code = program.array_code

    class Changed(type(code)):
        def written(self):
            text, needed = code.written()
            assert before in text
            return text.replace(before, after), needed

    return program.with_array_code(Changed(*code))


@pytest.mark.slow
@pytest.mark.parametrize("declared", PROGRAMS)
def test_every_program_is_verified_in_both_formats_with_its_derivatives(declared):
    program = declared()
    for level in (claims_level, program_values_level, program_derivatives_level):
        found = level(program)
        assert found.outcome is Outcome.HOLDS, found.detail
    for dtype in ("float32", "float64"):
        assert program_values_level(program).figures[f"max_{dtype}"].value < 64


@pytest.mark.slow
@pytest.mark.parametrize("declared", PROGRAMS)
def test_a_planted_error_in_the_array_code_is_refuted(declared):
    program = declared()
    before, after = PLANTED.get(program.array_code.entry, (None, None))
    if before is None:
        before, after = {
            "norm4_in_turn": ("jnp.where(slow, rest, 0.0)), total)", "rest), total + rest * 8.0)"),
            "response_at": ("c * b + d * d", "c * b - d * d"),
            "charge_as_tree": ("pC_2 * kept_1,", "pC_2,"),
        }[program.array_code.entry]
    broken = changed(program, before, after)
    level = program_values_level(broken, dtypes=("float64",), labels=("3", "7", "7, affine"))
    assert level.outcome is Outcome.REFUTED
