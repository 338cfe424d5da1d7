"""predict: digits against the theory card and real training, its refusals, and the command line.

Literal numbers: section 7 of the theory card (singular values from LAPACK, losses, half-learning
steps), made with other code.
"""

from __future__ import annotations

import json

import numpy as np
import pytest

import derivax as dx
from derivax.cli import main
from derivax.errors import InputError, NotDerived
from derivax.numeric.ground_truth.network_training import balanced_weights, crossing_step, train
from derivax.numeric.ground_truth.whitening import centred_one_hot, singular_modes, whiten
from derivax.numeric.programs.data_files import read_matrix

CARD = (12.629574, 12.177208, 12.100755, 11.669859, 11.049346, 10.685424, 9.794732, 8.846028,
        7.930070)  # fmt: skip


@pytest.fixture(scope="module")
def digits():
    return dx.data.digits()


@pytest.fixture(scope="module")
def found(digits):
    return dx.predict(*digits, labels=True, lr=0.002, u0=0.01, times=[0.0, 100.0, 2000.0])


def test_digits_have_the_modes_and_losses_of_the_card(found):
    assert found.rank == 61
    np.testing.assert_allclose(found.s, CARD, atol=5e-7)
    # the card's 808.631 is the loss at u = 0; here the modes start at 0.01
    start = found.loss[0] + 0.5 * np.sum(2 * found.s * 0.01 - 0.01**2)
    assert start == pytest.approx(808.631, abs=5e-4)
    assert found.loss_floor == pytest.approx(276.758, abs=5e-4)
    assert found.loss[-1] == pytest.approx(found.loss_floor, rel=1e-6)
    assert found.largest_lr == pytest.approx(0.0792, abs=5e-5)


def test_half_time_of_the_first_mode_is_that_of_the_card(found):
    """Real descent 142.607 steps, flow 141.343: the prediction is the flow."""
    assert found.half_time[0] == pytest.approx(141.343, abs=5e-4)


def test_curves_reach_their_plateau_and_times_are_where_they_cross(found, digits):
    np.testing.assert_allclose(found.curves[-1], found.plateau, rtol=1e-9)
    at = dx.predict(*digits, labels=True, lr=0.002, u0=0.01, times=found.half_time)
    np.testing.assert_allclose(np.diagonal(at.curves), found.plateau / 2, rtol=1e-12)
    late = dx.predict(*digits, labels=True, lr=0.002, u0=0.01, times=found.learning_time)
    np.testing.assert_allclose(np.diagonal(late.curves), 0.99 * found.plateau, rtol=1e-12)


def test_training_on_the_examples_follows_the_prediction_at_order_lr():
    """Full-batch descent on the examples; halving the rate halves the distance in steps."""
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((60, 5)), rng.standard_normal((60, 3))
    white = whiten(x)
    targets = (y - y.mean(axis=0)).T
    modes = singular_modes(targets @ white.inputs.T)
    errors = []
    for lr in (0.04, 0.02, 0.01):
        predicted = dx.predict(x, y, lr=lr, u0=0.05)
        weights = balanced_weights(modes, 0.05, hidden=4)
        steps = int(predicted.half_time[0] * 1.6)
        run = train(white.inputs, targets, weights, lr=lr, steps=steps, modes=modes)
        counted = crossing_step(run.strengths[:, 0], modes.s[0] / 2, cubic=True)
        errors.append(abs(counted - predicted.half_time[0]) * lr)
    assert errors[0] < 0.1 * predicted.half_time[0] * lr
    assert errors[0] / errors[1] == pytest.approx(2.0, rel=0.2)
    assert errors[1] / errors[2] == pytest.approx(2.0, rel=0.2)


def test_a_mean_over_examples_divides_the_rate_by_their_number(digits):
    images, labels = digits[0][:400], digits[1][:400]
    total = dx.predict(images, labels, labels=True, lr=0.01)
    mean = dx.predict(images, labels, labels=True, lr=0.01 * 400, reduction="mean")
    np.testing.assert_allclose(mean.half_time, total.half_time, rtol=1e-12)
    np.testing.assert_allclose(mean.lr_limit, 400 * total.lr_limit, rtol=1e-12)
    np.testing.assert_allclose(mean.loss * 400, total.loss, rtol=1e-9)


def test_modes_that_couple_are_refused_with_the_ratio_of_the_card(digits):
    """V^T Sxx V of the raw digits is off-diagonal by 0.147 (Frobenius)."""
    with pytest.raises(InputError, match=r"couple: off-diagonal ratio 0\.147"):
        dx.predict(*digits, labels=True, whitening=False)
    forced = dx.predict(*digits, labels=True, whitening=False, tolerance=1.0)
    assert forced.off_diagonal_ratio == pytest.approx(0.147, abs=5e-4)


def test_correlated_inputs_that_share_the_modes_need_no_whitening():
    """Inputs along the axes with different variances, targets that scale them."""
    hadamard = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1.0]])
    x = hadamard * [2.0, 1.0, 0.5]
    y = x @ np.diag([0.5, 3.0, 1.0])
    found = dx.predict(x, y, whitening=False, u0=1e-2)
    assert max(found.off_diagonal_ratio, found.leakage) < 1e-14
    # Sxx = diag(16, 4, 1), Syx = diag(8, 12, 1): the plateau is the exact regression
    np.testing.assert_allclose(found.s, [12, 8, 1], rtol=1e-13)
    np.testing.assert_allclose(found.input_variance, [4, 16, 1], rtol=1e-13)
    np.testing.assert_allclose(found.plateau, [3, 0.5, 1], rtol=1e-13)
    assert found.loss_floor == pytest.approx(0.0, abs=1e-9)
    # the curvature at a = b = sqrt(s/lambda) is 2s for every lambda
    np.testing.assert_allclose(found.lr_limit, 1 / found.s, rtol=1e-13)


def test_a_narrow_hidden_layer_learns_the_strongest_modes(digits, found):
    few = dx.predict(*digits, labels=True, lr=0.002, hidden=4)
    np.testing.assert_allclose(few.s, found.s[:4])
    assert few.loss_floor > found.loss_floor


X = np.arange(12.0).reshape(6, 2) ** 1.5
Y = X @ np.array([1.0, 2.0]) + np.array([0.1, 0, 0, 0.2, 0, 0])
BAD = {
    "counts": ({"Y": Y[:4]}, "6 inputs and 4 targets"),
    "nan": ({"X": np.where(X[2, 1] == X, np.nan, X)}, "row 3, column 2 is nan"),
    "complex": ({"X": X * 1j}, "complex"),
    "text": ({"X": [["a", "b"]] * 6}, "not numbers"),
    "ragged": ({"X": [[1, 2], [3]]}, "different lengths|not numbers"),
    "empty": ({"X": np.zeros((0, 2))}, "is empty"),
    "few": ({"X": X[:2], "Y": Y[:2]}, "2 examples.*too few"),
    "three axes": ({"X": np.zeros((6, 2, 2))}, "two dimensions"),
    "constant": ({"X": np.ones((6, 2))}, "all equal"),
    "rank": ({"rank": 5}, "have rank 2"),
    "unrelated": ({"Y": np.zeros(6)}, "not correlated"),
    "labels": ({"labels": True}, "whole number"),
    "u0": ({"u0": 0.0}, "u0 = 0.0"),
    "lr": ({"lr": -1.0}, "lr = -1"),
    "diverging": ({"lr": 10.0}, r"lr = 10: gradient descent diverges from 0\.0"),
    "times": ({"times": [-1.0, 2.0]}, "times down to -1"),
    "reduction": ({"reduction": "max"}, "use 'sum' or 'mean'"),
    "fraction": ({"fraction": 1.0}, "fraction = 1.0"),
    "hidden": ({"hidden": 0}, "hidden = 0"),
    "no samples for the rank": ({"X": np.eye(3), "Y": [1.0, 2.0, 4.0], "rank": 3}, "rank 2"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_predicted_is_one_clear_line(case):
    changes, message = BAD[case]
    with pytest.raises(InputError, match=message) as error:
        dx.predict(**{"X": X, "Y": Y, **changes})
    assert "\n" not in str(error.value)


def test_other_depths_are_refused_by_both_names():
    with pytest.raises(NotDerived, match="L = 2"):
        dx.predict(X, Y, L=3)
    with pytest.raises(InputError, match="n_layers"):
        dx.predict(X, Y, L=2, n_layers=4)
    assert dx.predict(X, Y, n_layers=3).s == pytest.approx(dx.predict(X, Y, L=2).s)


# --- files and the command line --------------------------------------------------------------


FILES = {
    "pickled.npy": (None, "Python objects"),
    "empty.csv": (b"", "is empty"),
    "names only.csv": (b"a,b\n", "no numbers"),
    "text.csv": (b"1,2\n3,x\n", "row 2, column 2 is 'x'"),
    "hole.csv": (b"1,2\n3,\n", "row 2, column 2 is empty"),
    "ragged.csv": (b"1,2\n3\n", "row 2 has 1 columns"),
    "nan.csv": (b"1,2\nnan,4\n", "row 2, column 1 is nan"),
    "complex.csv": (b"1,2\n1+2j,3\n", "not a number"),
    "binary.csv": (b"\xff\xfe\x00", "UTF-8"),
    "cut.npy": (b"\x93NUMPY\x01\x00", "no readable .npy"),
    "other.xlsx": (b"PK", "neither .csv nor .npy"),
    "absent.csv": (..., "cannot be read"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_bad_file_is_one_clear_line(name, tmp_path):
    content, message = FILES[name]
    path = tmp_path / name
    if content is None:
        np.save(path, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    elif content is not ...:
        path.write_bytes(content)
    with pytest.raises(InputError, match=message) as error:
        read_matrix(path)
    assert "\n" not in str(error.value)


def test_csv_with_names_and_other_separators_is_read(tmp_path):
    for text in ("x,y\n1,2\n3,4\n", "1;2\n3;4", "\ufeff1\t2\n3\t4\n"):
        path = tmp_path / "data.csv"
        path.write_text(text, encoding="utf-8")
        assert read_matrix(path).tolist() == [[1, 2], [3, 4]]


def test_the_command_line_predicts_from_files(tmp_path, capsys):
    np.save(tmp_path / "X.npy", X)
    np.savetxt(tmp_path / "Y.csv", Y, delimiter=",")
    files = ["--inputs", str(tmp_path / "X.npy"), "--targets", str(tmp_path / "Y.csv")]
    expected = dx.predict(X, Y, lr=0.001, times=np.linspace(0, 100, 5))
    command = ["predict", *files, "--lr", "0.001", "--times", "0:100:5"]
    assert main(command) == 0
    assert "largest stable learning rate" in capsys.readouterr().out
    assert main([*command, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    np.testing.assert_allclose(told["curves"], expected.curves, rtol=1e-12)
    assert told["rank"] == 2
    for suffix in ("json", "csv", "npy"):
        assert main([*command, "-o", str(tmp_path / f"out.{suffix}")]) == 0
    table = np.column_stack([expected.times, expected.curves, expected.loss])
    np.testing.assert_allclose(np.load(tmp_path / "out.npy"), table, rtol=1e-12)
    np.testing.assert_allclose(read_matrix(tmp_path / "out.csv"), table, rtol=1e-12)
    capsys.readouterr()
    for wrong in (["--times", "a,b"], ["-o", "out.xlsx"], ["--rank", "9"], ["--L", "3"]):
        assert main([*command, *wrong]) == 2
        error = capsys.readouterr().err
        assert error.count("\n") == 1
        assert "Traceback" not in error


def test_a_prediction_is_plain_data_and_readable(found):
    assert json.dumps(found.to_dict())
    assert "61 components, 9 modes" in str(found)
    assert str(found).count("\n") == 11


def test_one_hot_targets_are_those_of_the_ground_truth(digits, found):
    targets = centred_one_hot(digits[1].astype(int), 10)
    own = dx.predict(digits[0], targets.T, lr=0.002)
    np.testing.assert_allclose(own.s, found.s, rtol=1e-12)
