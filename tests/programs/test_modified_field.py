"""The modified equation as a JAX function, against closed forms of theory card
noether-learning-dynamics (D4), the derivation, and the flow that it should be."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from derivax import modified_field
from derivax.errors import InputError


@pytest.fixture(autouse=True)
def _float64():
    with jax.enable_x64(True):
        yield


def test_terms_of_the_logistic_map_are_those_of_the_card():
    """F_0 = z(1 - z): F_1, F_2, F_3 are printed in the card."""
    z = jnp.linspace(-0.5, 1.5, 7)
    terms = [
        z * (1 - z),
        -z * (z - 1) * (2 * z - 1) / 2,
        -z * (z - 1) * (3 * z - 2) * (3 * z - 1) / 6,
        -z * (z - 1) * (2 * z - 1) * (4 * z - 3) * (4 * z - 1) / 12,
    ]
    h = 0.125
    for order in range(4):
        found = modified_field(lambda z: z * (1 - z), order)(z, h)
        expected = sum(h**n * terms[n] for n in range(order + 1))
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-14)


def test_a_linear_field_gives_the_logarithm():
    """log(1 + hA)/h of a matrix that is no gradient; the error falls with order + 1."""
    A = jnp.array([[0.0, 1.0], [-0.5, -0.25]])
    z = jnp.array([1.0, -2.0])
    values, vectors = np.linalg.eig(np.asarray(A))

    def exact(h):
        log = vectors @ np.diag(np.log(1 + h * values) / h) @ np.linalg.inv(vectors)
        return (log @ np.asarray(z)).real

    flow = modified_field(lambda z: A @ z, 4)
    errors = [np.linalg.norm(flow(z, h) - exact(h)) for h in (0.1, 0.05)]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(5, abs=0.2)


@pytest.mark.slow
def test_weights_may_be_a_pytree_and_the_first_term_is_a_gradient():
    """F_0 = -grad f: F_0 + h F_1 is minus the gradient of f + h/4 |grad f|^2; F_2 has a curl."""

    def f(q):
        return jnp.sum((jnp.outer(q["a"], q["b"]) - 1) ** 2) / 2 + q["a"][0] ** 3

    def corrected(q, h):
        g = jax.grad(f)(q)
        return f(q) + h / 4 * sum(jnp.sum(x**2) for x in jax.tree.leaves(g))

    def field(q):
        return jax.tree.map(jnp.negative, jax.grad(f)(q))

    q = {"a": jnp.array([0.5, -1.0]), "b": jnp.array([1.5, 0.25])}
    found = jax.jit(modified_field(field, 1))(q, 0.01)
    expected = jax.grad(corrected)(q, 0.01)
    for name in q:
        np.testing.assert_allclose(found[name], -expected[name], rtol=1e-13)

    def whole(x):
        step = modified_field(field, 2)
        return jnp.concatenate(list(step({"a": x[:2], "b": x[2:]}, 0.01).values()))

    slope = jax.jacobian(whole)(jnp.concatenate(list(q.values())))
    assert np.abs(slope - slope.T).max() > 1e-6


def test_an_order_that_is_none_is_refused():
    with pytest.raises(InputError, match=r"order = 7.*0 to 6"):
        modified_field(jnp.negative, 7)
