"""The matrix Riccati program: against the original weights, exact exponentials, and its refusals.

Independent numbers: integration of the weights themselves (RK4, and DOP853 of SciPy); the
singular values of the digits are those of section 7 of the theory card, from LAPACK.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import solve_ivp

import derivax as dx
from derivax.errors import InputError
from derivax.numeric.ground_truth import matrix_flow
from derivax.numeric.programs.array_code import ArrayCode
from derivax.numeric.programs.deep_linear_networks import balanced_weights, riccati
from derivax.numeric.verify.level_ground_truth import ground_truth_level
from derivax.numeric.verify.program_levels import (
    program_derivatives_level,
    program_values_level,
)
from derivax.symbolic.exact.outcome import Outcome

NAME = "saxe-linear-networks/riccati"
SHAPE = (3, 5, 6)  # outputs, inputs, hidden


def integrated(sigma, first, second, times):
    """The weights by an adaptive Runge-Kutta method of order 8."""
    hidden = first.shape[0]

    def slope(_, state):
        w1 = state[: first.size].reshape(first.shape)
        w2 = state[first.size :].reshape(second.shape)
        error = sigma - w2 @ w1
        return np.concatenate([(w2.T @ error).ravel(), (error @ w1.T).ravel()])

    start = np.concatenate([first.ravel(), second.ravel()])
    found = solve_ivp(slope, (0, max(times)), start, "DOP853", times, rtol=1e-13, atol=1e-14)
    states = found.y.T
    assert hidden == second.shape[1]
    return np.stack(
        [
            s[first.size :].reshape(second.shape) @ s[: first.size].reshape(first.shape)
            for s in states
        ]
    )


def spectrum(values, seed):
    """A correlation of SHAPE with these singular values."""
    rng = np.random.default_rng(seed)
    u = np.linalg.qr(rng.standard_normal((3, 3)))[0]
    v = np.linalg.qr(rng.standard_normal((5, 5)))[0][:, :3]
    return u @ np.diag(values) @ v.T


@pytest.fixture(scope="module")
def program():
    return dx.compile(NAME)


TIMES = np.array([0.0, 0.4, 1.3, 4.0])


@pytest.mark.parametrize(
    "values", [(3.0, 1.7, 0.4), (2.0, 2.0, 0.5), (2.0, 0.0, 0.0), (0.0, 0.0, 0.0)],
    ids=["generic", "degenerate", "rank 1", "zero"],
)  # fmt: skip
def test_weights_that_are_not_aligned_follow_the_flow_of_the_weights(program, values):
    """A 5-6-3 net; the order-8 integrator is good to 1e-12 here."""
    sigma = spectrum(values, 1)
    first, second = balanced_weights(*SHAPE, np.random.default_rng(2), 0.5)
    with jax.enable_x64(True):
        found = program(TIMES, sigma, first, second, 1.0)
    expected = integrated(sigma, first, second, TIMES)
    np.testing.assert_allclose(found["W2W1"], expected, atol=3e-12)
    np.testing.assert_allclose(found["W2W1"][0], second @ first, atol=1e-15)
    assert float(found["imbalance"]) < 1e-14


def test_any_late_time_gives_the_learned_map_in_both_formats(program):
    """exp(2 s t/tau) is far beyond both formats; the limit of learning is Sigma itself."""
    sigma = spectrum((3.0, 1.7, 0.4), 1)
    rng = np.random.default_rng(11)
    first, second = balanced_weights(*SHAPE, rng, 0.5)
    times = np.array([1e3, 1e5, 1e8, 1e12])
    for dtype, tolerance in ((np.float64, 1e-13), (np.float32, 2e-6)):
        with jax.enable_x64(True):
            given = [np.asarray(x, dtype) for x in (times, sigma, first, second, 1.0)]
            found = program(*given)["W2W1"]
        assert found.dtype == dtype
        error = np.linalg.norm(np.asarray(found, np.float64) - sigma, axis=(1, 2))
        assert (error < tolerance * np.linalg.norm(sigma)).all()


def test_unbalanced_weights_are_refused_with_the_measured_violation(program):
    sigma = spectrum((3.0, 1.7, 0.4), 1)
    first, second = balanced_weights(*SHAPE, np.random.default_rng(2), 0.5)
    expected = np.linalg.norm(4 * first @ first.T - second.T @ second)
    expected /= (4 * np.sum(first**2) + np.sum(second**2)) / 2
    with jax.enable_x64(True), pytest.raises(InputError, match=rf"unbalanced.*{expected:.3g}"):
        program(TIMES, sigma, 2 * first, second, 1.0)


def test_unbalanced_weights_inside_jit_give_nan_and_the_violation(program):
    first = jnp.array([[0.5]])
    run = jax.jit(lambda w: program(jnp.array([1.0, 2.0]), jnp.array([[2.0]]), w, first, 1.0))
    bad = run(2 * first)
    assert np.isnan(bad["W2W1"]).all()
    assert float(bad["imbalance"]) == pytest.approx(0.75 / 0.625, rel=1e-6)
    good = run(first)
    # tau u' = 2u(2 - u) from 1/4
    expected = [2 / (1 + 7 * np.exp(-4 * t)) for t in (1.0, 2.0)]
    np.testing.assert_allclose(good["W2W1"].ravel(), expected, rtol=1e-5)


def test_conflicting_shapes_are_named(program):
    with pytest.raises(InputError, match=r"W2.*hidden is 4 here, but 6 in W1"):
        program(TIMES, np.ones((3, 5)), np.ones((6, 5)), np.ones((3, 4)), 1.0)


@pytest.mark.slow
def test_values_and_gradients_are_exact_where_singular_values_coincide(program):
    """Against the exponential of the Hamiltonian matrix in balls, and its difference quotients."""
    one = {"dtypes": ("float64",), "labels": ("2, degenerate", "2, zero", "2")}
    values = program_values_level(program, **one)
    assert values.outcome is Outcome.HOLDS, values.detail
    slopes = program_derivatives_level(program, **one)
    assert slopes.outcome is Outcome.HOLDS, slopes.detail
    assert slopes.figures["undecided"].value == 0


PLANTED = {
    "transposed correlation": ("transposed(Sigma), lower", "Sigma, lower"),
    "lost null space": ("psi_null * null_scaled", "0.0 * null_scaled"),
    "half the integral": ("jnp.expand_dims(psi, 1) * x", "jnp.expand_dims(0.5 * psi, 1) * x"),
    "growth for decay": (
        "decay(time, jnp.maximum(-rates, 0.0), tau)",
        "decay(time, 0.0 * rates, tau)",
    ),
}


class Changed(ArrayCode):
    """The array code with one place changed."""

    places = ("", "")

    def written(self):
        text, needed = super().written()
        assert text.count(self.places[0]) == 1
        return text.replace(*self.places), needed


def changed(program, fault):
    code = Changed(*program.array_code)
    code.places = PLANTED[fault]
    return program.with_array_code(code)


@pytest.mark.slow
def test_a_lost_null_space_is_refuted(program):
    level = program_values_level(
        changed(program, "lost null space"), dtypes=("float64",), labels=("rectangular",)
    )
    assert level.outcome is Outcome.REFUTED


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["half the integral", "growth for decay"])
def test_every_planted_fault_is_refuted(program, fault):
    broken = changed(program, fault)
    assert program_values_level(broken, dtypes=("float64",), labels=("2",)).outcome is (
        Outcome.REFUTED
    )


@pytest.mark.slow
def test_the_original_weights_agree_on_digits_and_small_nets(program):
    level = ground_truth_level(program, matrix_flow.riccati)
    assert level.outcome is Outcome.HOLDS, level.detail
    assert level.figures["comparisons"].value == 3


@pytest.mark.slow
def test_a_planted_error_of_three_times_the_resolution_is_refuted(program):
    comparisons = matrix_flow.riccati()

    def wrong(**given):
        found = program(**given)
        shift = 1 + 3e-6 if given["Sigma_yx"].shape == (3, 5) else 1 + 1e-7
        return {**found, "W2W1": found["W2W1"] * shift}

    from derivax.numeric.verify.level_ground_truth import judge

    with jax.enable_x64(True):
        assert judge(wrong, comparisons, "").outcome is Outcome.REFUTED


@pytest.mark.slow
def test_the_whole_certificate_is_verified():
    certificate = dx.verify(NAME)
    assert certificate.verdict == "verified", str(certificate)


def test_small_net_flow_by_rk4_converges_to_rounding():
    """The ground truth itself: order 4, and 1e-13 against the order-8 integrator."""
    sigma = spectrum((3.0, 1.7, 0.4), 1)
    weights = balanced_weights(*SHAPE, np.random.default_rng(2), 0.5)
    limit, tolerance, order = matrix_flow.extrapolated_flow(
        weights, sigma, list(TIMES[1:]), step=1 / 64
    )
    assert order == pytest.approx(4.0, abs=0.2)
    expected = integrated(sigma, *weights, TIMES)[1:]
    assert np.abs(limit - expected).max() < tolerance.max() + 3e-12


def test_a_mode_that_the_start_does_not_hold_stays_unlearned(program):
    """The saddle: with W_1 and W_2 in one mode only, the others never move."""
    sigma = np.zeros(SHAPE[:2])
    sigma[0, 0], sigma[1, 1], sigma[2, 2] = 1.0, 2.0, 3.0
    first, second = np.zeros((6, 5)), np.zeros((3, 6))
    first[0, 0] = second[0, 0] = 0.1
    with jax.enable_x64(True):
        found = program(np.array([0.0, 1.0, 30.0, 900.0]), sigma, first, second, 1.0)["W2W1"]
    expected = np.zeros((3, 5))
    expected[0, 0] = 1.0
    np.testing.assert_allclose(found[2:], [expected, expected], atol=1e-14)


def test_the_derivation_is_proven_and_the_kernels_are_its_steps(program):
    assert riccati().derivation.outcome is Outcome.PROVEN
    steps = [step.statement.rhs for step in riccati().derivation]
    for kernel in program.kernels.values():
        assert kernel.formula.expr in steps
