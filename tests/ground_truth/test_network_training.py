"""The trained network: its data preparation and its numbers on the digits.

The literal figures (singular values, losses, half-learning step 142.607 against 141.343) are those
of the theory card `saxe-linear-networks`, section 5 and 7, computed there by other code.
"""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from derivax.errors import InputError, PrecisionError
from derivax.numeric.ground_truth.network_training import (
    balanced_weights,
    crossing_step,
    decoupled_weights,
    random_weights,
    train,
)
from derivax.numeric.ground_truth.whitening import (
    centred_one_hot,
    input_output_correlation,
    singular_modes,
    whiten,
)


@pytest.fixture(scope="module", autouse=True)
def _float64():
    with jax.enable_x64(True):
        yield


@pytest.fixture(scope="module")
def digits():
    datasets = pytest.importorskip("sklearn.datasets")
    examples, labels = datasets.load_digits(return_X_y=True)
    inputs = whiten(examples).inputs
    targets = centred_one_hot(labels)
    return inputs, targets, singular_modes(input_output_correlation(targets, inputs))


@pytest.fixture(scope="module")
def trained(digits):
    inputs, targets, modes = digits
    weights = balanced_weights(modes, 0.01, hidden=32)
    return train(inputs, targets, weights, lr=2e-3, steps=700, modes=modes)


def test_whitened_digits_have_rank_61_and_unit_correlation(digits):
    inputs, _, _ = digits
    assert inputs.shape == (61, 1797)
    np.testing.assert_allclose(inputs @ inputs.T, np.eye(61), atol=1e-12)
    np.testing.assert_allclose(inputs.sum(axis=1), 0, atol=1e-12)


def test_singular_values_of_the_digits_are_those_of_the_card(digits):
    expected = [12.629574, 12.177208, 12.100755, 11.669859, 11.049346]
    expected += [10.685424, 9.794732, 8.846028, 7.930070]
    np.testing.assert_allclose(digits[2].s, expected, atol=6e-7)


def test_loss_starts_and_ends_where_the_card_says(digits, trained):
    inputs, targets, modes = digits
    still = [np.zeros((32, 61)), np.zeros((10, 32))]
    at_zero = train(inputs, targets, still, lr=1e-3, steps=1, modes=modes).loss[0]
    assert at_zero == pytest.approx(808.631, abs=5e-4)
    assert trained.loss[-1] == pytest.approx(276.758, abs=5e-4)
    assert (np.diff(trained.loss) <= 1e-9).all()


def test_half_learning_step_of_mode_1_is_142_607(digits, trained):
    s = digits[2].s[0]
    assert crossing_step(trained.strengths[:, 0], s / 2) == pytest.approx(142.607, abs=6e-4)


def test_decoupled_modes_stay_decoupled_and_learn_in_order_of_strength(digits, trained):
    assert trained.crosstalk.max() < 1e-11
    halves = [
        crossing_step(curve, s / 2)
        for curve, s in zip(trained.strengths.T, digits[2].s, strict=True)
    ]
    assert halves == sorted(halves)


def test_training_is_the_update_written_by_hand():
    """W_l <- W_l + lr W_above^T (Y - W X) (W_below X)^T, three matrices, two steps."""
    rng = np.random.default_rng(3)
    x, y = rng.standard_normal((4, 7)), rng.standard_normal((3, 7))
    a, b, c = start = random_weights((4, 5, 2, 3), std=0.5, seed=1)
    modes = singular_modes(y @ x.T)
    lr = 0.01
    for _ in range(2):
        e = y - c @ b @ a @ x
        a, b, c = (
            a + lr * (c @ b).T @ e @ x.T,
            b + lr * c.T @ e @ (a @ x).T,
            c + lr * e @ (b @ a @ x).T,
        )
    ran = train(x, y, start, lr=lr, steps=2, modes=modes)
    for got, expected in zip(ran.weights, (a, b, c), strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(ran.strengths[2], np.diag(modes.U.T @ c @ b @ a @ modes.V))
    assert ran.loss[2] == pytest.approx(0.5 * np.sum((y - c @ b @ a @ x) ** 2), rel=1e-13)


def test_progress_chunks_do_not_change_the_run():
    modes = singular_modes([[2.0]])
    ticks: list[int] = []
    ran = train([[1.0]], [[2.0]], [[[0.5]]], lr=0.1, steps=130, modes=modes, progress=ticks.append)
    np.testing.assert_allclose(ran.strengths[:, 0], 2 - 1.5 * 0.9 ** np.arange(131), rtol=1e-12)
    assert ran.weights[0][0, 0] == ran.strengths[130, 0]
    assert ticks[-1] == 130
    assert len(ticks) > 1


def test_nonlinear_networks_train_too():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((2, 30))
    y = np.tanh(x[:1])
    ran = train(
        x, y, random_weights((2, 6, 1), std=0.5), lr=5e-3, steps=300,
        modes=singular_modes(y @ x.T), activation=jnp.tanh,
    )  # fmt: skip
    assert ran.loss[-1] < 0.1 * ran.loss[0]


def test_unbalanced_strengths_land_in_their_layers(digits):
    _, _, modes = digits
    strengths = np.array([[0.3] * 9, [0.1] * 9])
    first, second = decoupled_weights(modes, strengths, hidden=12)
    np.testing.assert_allclose(np.linalg.svd(first)[1][:9], 0.3)
    expected = modes.U @ np.diag([0.03] * 9) @ modes.V.T
    np.testing.assert_allclose(second @ first, expected, atol=1e-15)


def test_bad_data_and_rates_are_one_clear_error(digits):
    _, _, modes = digits
    with pytest.raises(InputError, match="rank 1"):
        whiten([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]], rank=2)
    with pytest.raises(InputError, match="NaN"):
        whiten([[1.0, float("nan")], [0.0, 1.0]])
    with pytest.raises(InputError, match="width 8"):
        balanced_weights(modes, 0.01, hidden=8)
    with pytest.raises(InputError, match="positive"):
        balanced_weights(modes, 0.0, hidden=32)
    with pytest.raises(InputError, match="no longer finite"):
        train([[1.0]], [[2.0]], [[[0.5]]], lr=50.0, steps=400, modes=singular_modes([[2.0]]))


def test_float64_is_refused_while_x64_is_off():
    with jax.enable_x64(False), pytest.raises(PrecisionError, match="jax_enable_x64"):
        train(
            [[1.0]], [[2.0]], [[[0.5]]], lr=0.1, steps=1, modes=singular_modes([[2.0]]),
            dtype="float64",
        )  # fmt: skip
