"""The first-order rounding bound: never below what rounding does, and not far above."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derivax.numeric.verify.rounding import NoRoundingRuleError, rounding_bound

U = 2.0**-53


@pytest.fixture(autouse=True)
def _float64():
    with jax.enable_x64(True):
        yield


def relative(function, *columns):
    found = rounding_bound(function, [np.asarray(c) for c in columns])
    return np.asarray(found.bounds[0] / np.abs(found.values[0]), dtype=float) / U


def test_one_rounding_per_operation():
    assert relative(lambda x, y: x * y, [3.0], [0.1]) == pytest.approx([1.0])
    assert relative(lambda x, y: x * y + x, [3.0], [0.1]) == pytest.approx([1 + 0.3 / 3.3])


def test_cancellation_is_charged_and_correlation_is_seen():
    """1 + x - 1 at x = 2^-30 loses 30 bits; y - y of one rounded value loses none."""
    assert relative(lambda x: (1 + x) - 1, [2.0**-30])[0] == pytest.approx(2.0**30, rel=1e-6)
    found = rounding_bound(lambda x: (x * 0.1) - (x * 0.1) + x, [np.array([3.0])])
    assert found.bounds[0][0] / 3 / U < 2


def test_a_converged_iteration_forgets_its_early_errors():
    def newton(x):
        return jax.lax.fori_loop(0, 40, lambda _, y: 0.5 * (y + x / y), x)

    assert (relative(newton, [2.0, 1e-3, 1e6]) < 4).all()


def test_loops_that_end_at_different_points_agree_with_jax():
    def halvings(x):
        return jax.lax.while_loop(lambda y: y > 1e-3, lambda y: y / 3, x)

    points = np.array([2.0, 1e-4, 5e3])
    found = rounding_bound(halvings, [points])
    expected = jax.vmap(halvings)(points)
    np.testing.assert_allclose(found.values[0].astype(float), expected, rtol=1e-14)


def test_unselected_branches_do_not_count():
    def safe(x):
        return jnp.where(x > 0, jnp.sqrt(x), 1 / x - 1 / x + x)

    assert np.isfinite(relative(safe, [4.0, -1.0])).all()


def test_leaving_the_range_is_marked_only_where_it_matters():
    def logistic(x):
        return jnp.where(x > 0, 1 / (1 + jnp.exp(-x)), jnp.exp(x) / (1 + jnp.exp(x)))

    found = rounding_bound(logistic, [np.array([1.0, 800.0, -700.0])])
    assert found.strained[0].tolist() == [False, True, False]


def test_matrix_products_and_moves_of_data():
    def gram(a):
        return jnp.transpose(a) @ jnp.concatenate([a[:1], a[1:]])

    a = np.arange(1.0, 7.0).reshape(1, 3, 2)
    found = rounding_bound(gram, [a])
    np.testing.assert_allclose(found.values[0][0].astype(float), a[0].T @ a[0])
    roundings = found.bounds[0] / found.values[0] / U
    assert ((roundings > 1) & (roundings < 4)).all()


def test_an_operation_without_a_rule_is_named():
    with pytest.raises(NoRoundingRuleError, match="sort"):
        rounding_bound(lambda x: jnp.sort(jnp.stack([x, 1 - x]))[0], [np.array([0.3])])


FORMULAS = [
    lambda x, y: (x + y) * (x - y) / (x * x + 1.0),
    lambda x, y: jnp.exp(x / 8) / (jnp.exp(x / 8) + y * y + 0.1),
    lambda x, y: jnp.log1p(x * x) - jnp.tanh(y),
    lambda x, y: jnp.sin(x) * jnp.cos(y) - jnp.sqrt(jnp.abs(x)),
    lambda x, y: jnp.where(x > y, x**3 - y**3, jnp.exp(-((x - y) ** 2))),
]


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(FORMULAS), st.integers(0, 10_000))
def test_float32_errors_stay_within_the_bound(formula, seed):
    """The float32 result differs from the same operations in float64 by at most the bound."""
    rng = np.random.default_rng(seed)
    x, y = rng.normal(0, 3, (2, 50)).astype(np.float32)
    found = rounding_bound(formula, [x, y])
    exact = np.asarray(formula(x.astype(np.float64), y.astype(np.float64)))
    code = np.asarray(jax.jit(formula)(x, y)).astype(np.float64)
    assert (np.abs(code - exact) <= 1.01 * found.bounds[0].astype(float) + 1e-14).all()


def test_levels_1_and_3_charge_the_same_rewritings_of_the_compiler():
    """x/3 may be computed as x (1/3): a rounding more; x/4 exactly.  (x + c) + d as x + (c + d):
    the rounding of c + d, however small x + c + d is.  exp(a) exp(b) as exp(a + b)."""
    assert relative(lambda x: x / 3, [0.7]) == pytest.approx([3.0])
    assert relative(lambda x: x / 4, [0.7]) == pytest.approx([1.0])
    assert relative(lambda x, y: x / y, [0.7], [0.3]) == pytest.approx([1.0])
    assert relative(lambda x, y: x / y / y, [0.7], [0.3]) == pytest.approx([4.0])
    exact, rounded = (
        relative(lambda x, c=c: (x - c) - 1e3, [1000 + c + 2.0**-30])[0] for c in (1.25, 0.1)
    )
    assert exact == pytest.approx(1000 * 2.0**30, rel=0.01)
    assert rounded > 1.1 * exact
    plain = relative(lambda x, y: jnp.exp(x) * y, [30.0], [1.0])[0]
    joined = relative(lambda x, y: jnp.exp(x) * jnp.exp(y), [30.0], [1.0])[0]
    assert joined > plain + 2 * 31
