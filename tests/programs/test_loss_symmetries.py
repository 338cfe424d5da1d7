"""Symmetries found in samples of gradients: networks whose symmetries are known, and a loss with
none."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import derivax
from derivax.errors import InputError
from derivax.numeric.programs.loss_symmetries import FLOOR, GAP, loss_symmetries
from derivax.symbolic.exact.outcome import Outcome

RNG = np.random.default_rng(0)
INPUTS, LABELS = RNG.standard_normal((12, 2)), RNG.integers(0, 2, 12)
WEIGHTS = {
    "W1": RNG.standard_normal((2, 2)),
    "W2": RNG.standard_normal((2, 2)),
    "W3": RNG.standard_normal((2, 2)),
}


def network(q, normalised=True, middle=jax.nn.relu, softmax=True):
    """2-2 (batch norm, ReLU)-2-2."""
    signal = INPUTS @ q["W1"].T
    if normalised:
        signal = signal - signal.mean(0)
        signal = signal / jnp.sqrt((signal**2).mean(0))
    signal = middle(jax.nn.relu(signal) @ q["W2"].T) @ q["W3"].T
    if not softmax:
        return jnp.mean((signal - jax.nn.one_hot(LABELS, 2)) ** 2)
    return -jnp.mean(
        jnp.take_along_axis(jax.nn.log_softmax(signal), LABELS[:, None], axis=1)
    )


def found_in(**changes):
    return loss_symmetries(WEIGHTS, lambda q: network(q, **changes))


def moved(generator):
    """{weight: coefficient} of a diagonal generator or a translation."""
    values = generator.b if generator.kind == "translation" else np.diag(generator.A)
    return {name: v for name, v in zip(generator.names, values) if v}


TRANSLATIONS = [{f"W3_{c}_{j}": 1.0 for c in range(2)} for j in range(2)]
SCALES = [{f"W1_{j}_{i}": 1.0 for i in range(2)} for j in range(2)]
RESCALES = [
    {f"W2_{j}_{i}": 1.0 for i in range(2)} | {f"W3_{c}_{j}": -1.0 for c in range(2)}
    for j in range(2)
]


def test_a_network_with_batch_norm_relu_and_softmax_has_six_generators():
    found = found_in()
    assert [moved(generator) for generator in found] == TRANSLATIONS + SCALES + RESCALES
    assert [g.kind for g in found] == ["translation"] * 2 + ["symmetric"] * 4
    assert found.gap > 1e9 > GAP
    assert all(g.exact and g.residual < 1e-13 for g in found)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"softmax": False}, SCALES + RESCALES),
        ({"middle": jnp.tanh}, TRANSLATIONS + SCALES),
        ({"middle": jnp.tanh, "softmax": False}, SCALES),
        ({"middle": jnp.tanh, "softmax": False, "normalised": False}, None),
    ],
    ids=["no softmax", "no second ReLU", "batch norm alone", "one ReLU layer"],
)
def test_a_symmetry_goes_with_the_layer_that_has_it(changes, expected):
    found = found_in(**changes)
    if expected is None:  # what is left is the rescaling of the first ReLU layer, W1 against W2
        assert len(found) == 2
        assert all(set(moved(g).values()) == {1.0, -1.0} for g in found)
    else:
        assert [moved(generator) for generator in found] == expected


def test_a_generic_loss_has_none_and_says_so():
    found = loss_symmetries(
        np.array([0.5, -1.0, 0.25]),
        lambda w: jnp.sum(jnp.sin(w) * w[::-1] ** 3) + jnp.exp(w[0] + w[1] * w[2]),
    )
    assert len(found) == 0
    assert "no symmetry of this form" in str(found)
    assert all(search.singular_values[-1] > 1e3 * FLOOR for search in found.searches)


def test_charge_and_law_of_a_found_generator_are_derived():
    """The two-weight product: diag(1, -1), and the balance law of card D5."""
    found = derivax.loss_symmetries(np.array([1.5, -0.5]), lambda w: (w[0] * w[1] - 1) ** 2)
    (generator,) = found
    np.testing.assert_array_equal(generator.A, np.diag([1.0, -1.0]))
    law = generator.law()
    assert law.outcome is Outcome.PROVEN
    assert law.verdict == "balance law"
    rate = law.formula.expr["dJ"]
    put = {"q_0": 3, "q_1": 2, "q_0dot": 5, "q_1dot": 7, "k": 11, "m": 13, "mu": 1, "t": 0}
    value = rate.subs({s: put[str(s)] for s in rate.free_symbols})
    assert value == 13 * (25 - 49) - 11 * (9 - 4)  # m v.Av - k q.Aq


def test_recorded_gradients_alone_are_enough():
    rng = np.random.default_rng(1)
    q = rng.standard_normal((64, 4))
    radius = np.sum(q**2, axis=1, keepdims=True)
    found = loss_symmetries(q, gradients=q * (radius - 1))  # f = (|q|^2 - 1)^2/4
    assert len(found) == 6
    assert {g.kind for g in found} == {"antisymmetric"}
    numbers = found[0].numbers(q, np.ones_like(q))
    np.testing.assert_allclose(numbers["C"], 0, atol=1e-14)


def test_linear_layers_have_the_whole_linear_group():
    """W2 W1 with two hidden units: four generators, two of them not diagonal."""
    rng = np.random.default_rng(2)
    q = {"W1": rng.standard_normal((2, 2)), "W2": rng.standard_normal((2, 2))}
    targets = rng.standard_normal((12, 2))
    found = loss_symmetries(q, lambda q: jnp.sum((INPUTS @ q["W1"].T @ q["W2"].T - targets) ** 2))
    assert [g.kind for g in found] == ["symmetric", "symmetric", "general", "general"]


def test_weights_without_effect_are_named_and_not_counted():
    found = loss_symmetries(np.array([1.0, 2.0, 3.0]), lambda w: w[0] ** 4 + jnp.sin(w[2]) + w[2])
    assert found.idle == ("q_1",)
    assert len(found) == 0


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"ansatz": "cubic"}, "is no search"),
        ({"gradients": np.ones((8, 2))}, r"not both \(N, d\)"),
        ({"gradients": np.full((8, 3), np.nan)}, "NaN"),
        ({"gradients": np.ones((8, 3))}, "8 samples with a gradient.*fewer than the 12 unknowns"),
        ({}, "loss.*is missing"),
    ],
    ids=lambda x: "" if isinstance(x, dict) else x[:10],
)
def test_what_cannot_be_searched_is_one_clear_error(given, message):
    with pytest.raises(InputError, match=message):
        loss_symmetries(np.ones((8, 3)) if "gradients" in given else np.ones(3), **given)


def test_singular_values_without_a_gap_decide_nothing():
    """Gradients rounded to float32: a symmetry to 1e-8, which is neither exact nor broken."""
    rng = np.random.default_rng(1)
    q = rng.standard_normal((64, 2))
    slope = (q[:, :1] * q[:, 1:] - 1) * q[:, ::-1]
    with pytest.raises(InputError, match=r"neither zero.*no gap.*float64"):
        loss_symmetries(q, gradients=slope.astype(np.float32))
