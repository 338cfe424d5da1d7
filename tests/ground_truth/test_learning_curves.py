"""Each ground truth accepts the closed form of its card section and refutes a planted error.

The closed forms are written here by hand from the card `saxe-linear-networks`: D3 (mode,
half-time), D4 (unbalanced), D8 (learning rate), D11 (step correction).
"""

import jax
import numpy as np
import pytest

from derivax.numeric.ground_truth import learning_curves
from derivax.numeric.ground_truth.comparison import Comparison, extrapolate
from derivax.numeric.verify.level_ground_truth import judge
from derivax.symbolic.exact.outcome import Outcome


def mode(t, s, u0, tau):
    return s / (1 + (s / u0 - 1) * np.exp(-2 * s * t / tau))


def half_time(s, u0, tau):
    return tau / (2 * s) * np.log(s / u0 - 1)


def unbalanced(t, a0, b0, s, tau):
    c = (a0 - b0) * (a0 + b0)
    k = np.sqrt(c * c + 4 * s * s)
    high, low, y0, decay = 2 * s + k, 2 * s - k, (a0 + b0) ** 2, np.exp(-k * t / tau)
    y = (high * (y0 - low) - low * (y0 - high) * decay) / ((y0 - low) - (y0 - high) * decay)
    sign, root = np.sign(a0 + b0), np.sqrt(y)
    return {"a": sign * (root + c / root) / 2, "b": sign * (root - c / root) / 2}


def learning_rate(s):
    return {"optimal": 1 / (2 * s), "stability_limit": 1 / s}


def step_correction(u0, uf, s, lr):
    def slope(u):
        return np.sqrt(u) * (s - u)

    flow = np.log(uf * (s - u0) / (u0 * (s - uf))) / (2 * s * lr)
    return flow + np.log(slope(uf) / slope(u0)) / 2


FORMS = [mode, half_time, unbalanced, learning_rate, step_correction]


def scaled(form, factor):
    def off(**arguments):
        found = form(**arguments)
        if isinstance(found, dict):
            return {key: factor * value for key, value in found.items()}
        return factor * found

    return off


@pytest.fixture(scope="module", params=FORMS, ids=lambda form: form.__name__)
def case(request):
    with jax.enable_x64(True):
        return request.param, getattr(learning_curves, request.param.__name__)()


def test_the_closed_form_agrees_with_real_training(case):
    form, comparisons = case
    level = judge(form, comparisons, "training")
    assert level.outcome is Outcome.HOLDS, level.detail
    assert level.figures["resolution"].value < 1e-4
    assert level.figures["order"].value == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("sign", [1, -1])
def test_an_error_of_three_times_the_resolution_is_refuted(case, sign):
    form, comparisons = case
    resolution = judge(form, comparisons, "training").figures["resolution"].value
    level = judge(scaled(form, 1 + sign * 3 * resolution), comparisons, "training")
    assert level.outcome is Outcome.REFUTED
    assert level.witness["quantity"]


def test_the_flow_without_its_step_correction_is_refuted():
    with jax.enable_x64(True):
        comparisons = learning_curves.step_correction()

    def flow(u0, uf, s, lr):
        return np.log(uf * (s - u0) / (u0 * (s - uf))) / (2 * s * lr)

    assert judge(flow, comparisons, "training").outcome is Outcome.REFUTED


def test_richardson_cancels_the_first_two_orders():
    runs = [2.0 + 0.3 * h - 0.7 * h**2 for h in (0.1, 0.05, 0.025)]
    limit, tolerance, order = extrapolate(*runs)
    assert limit == pytest.approx(2.0, abs=1e-14)
    assert 0 < tolerance < 0.01
    assert order == pytest.approx(1, abs=0.5)


def test_a_simulation_that_does_not_converge_explains_nothing():
    stuck = Comparison("x", [1.0], lambda code: [1.0], [0.5], order=0.2, expected_order=1.0)
    level = judge(None, [stuck], "training")
    assert level.outcome is Outcome.OPEN
    assert "order 0.20" in level.detail


def test_a_prediction_that_is_no_number_is_refuted():
    lost = Comparison("x", [1.0, 2.0], lambda code: [1.0, np.nan], [0.5, 0.5])
    assert judge(None, [lost], "training").outcome is Outcome.REFUTED


def test_nothing_to_compare_is_open():
    assert judge(None, [], "training").outcome is Outcome.OPEN
