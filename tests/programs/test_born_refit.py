"""Iterative refit: the exact tensors, the figures of the card, bad input."""

from __future__ import annotations

import jax
import numpy as np
import pytest

from derivax.errors import InputError
from derivax.numeric.programs.born import born_terms
from derivax.numeric.programs.born_refit import (
    Refit,
    exact_derivatives,
    homogeneous,
    potentials,
    refit,
)


def _relative(found, known):
    return np.linalg.norm(found - known) / np.linalg.norm(known)


@pytest.mark.slow
def test_exact_tensors_give_back_the_born_terms():
    U, edges, _ = potentials(20, cells=3)
    with jax.enable_x64(True):
        terms = np.asarray(jax.vmap(lambda u: born_terms()(u, edges, np.ones(3))["terms"])(U))
    for k, tensor in enumerate(exact_derivatives(edges, 3)):
        assert np.abs(homogeneous(tensor, U) - terms[:, k]).max() < 1e-15


def test_the_terms_of_a_refit_add_up_to_the_proxy():
    gradient, hessian = np.array([1.0, 2.0]), np.array([[2.0, 1.0], [1.0, 4.0]])
    made = Refit(((gradient, 5 * hessian), (0 * gradient, hessian)), (0.0, 0.0))
    U = np.array([[0.5, -1.0]])
    assert np.allclose(made.proxy(U), U @ gradient + 0.5 * np.einsum("si,ij,sj->s", U, hessian, U))


@pytest.mark.parametrize(
    "U, a", [(np.ones((3, 2)), np.ones(4)), (np.zeros((3, 2)), np.ones(3)),
             (np.ones((3, 2)), np.array([1.0, np.inf, 1.0]))]
)  # fmt: skip
def test_samples_that_cannot_be_learned_from_are_refused(U, a):
    with pytest.raises(InputError):
        refit(U, a)


@pytest.mark.slow
def test_two_iterations_learn_the_second_born_approximation():
    # theory card section 6: gradient 0.6 %, Hessian 33 % -> below 5 %, proxy about 1e-3
    U, edges, a = potentials()
    exact = exact_derivatives(edges, 2)
    found = refit(U, a, iterations=2)
    first, second = found.derivatives
    assert _relative(first[0], exact[0]) < 0.01
    assert _relative(first[1], exact[1]) > 0.1
    assert _relative(second[1], exact[1]) < 0.05
    born = homogeneous(exact[0], U) + homogeneous(exact[1], U)
    assert np.mean(np.abs(found.proxy(U) / born - 1)) < 2e-3
