"""The singular modes program: conventions, degenerate values, derivatives of projections."""

from __future__ import annotations

import jax
import numpy as np
import pytest

import derivax as dx
from derivax.numeric.ground_truth import matrix_flow
from derivax.numeric.verify.level_ground_truth import ground_truth_level
from derivax.numeric.verify.program_levels import (
    program_derivatives_level,
    program_values_level,
)
from derivax.symbolic.exact.outcome import Outcome

NAME = "saxe-linear-networks/singular-modes"


@pytest.fixture(scope="module")
def program():
    return dx.compile(NAME)


def modes(program, sigma, **options):
    with jax.enable_x64(True):
        found = program(np.zeros(1), sigma, options.get("u0", 0.1), 1.0)
    return {k: np.asarray(v) for k, v in found.items()}


def test_signs_do_not_depend_on_how_the_modes_are_computed(program):
    """The largest entry of each left vector is positive, whatever LAPACK returned."""
    rng = np.random.default_rng(0)
    sigma = rng.standard_normal((4, 4))
    first = modes(program, sigma)
    peak = np.argmax(np.abs(first["U"]), axis=0)
    assert (first["U"][peak, range(4)] > 0).all()
    np.testing.assert_allclose((first["U"] * first["s"]) @ first["V"].T, sigma, atol=1e-14)
    # the sign of a mode follows from Sigma alone: -Sigma turns V, not U
    other = modes(program, -sigma)
    np.testing.assert_allclose(other["U"], first["U"], atol=1e-13)
    np.testing.assert_allclose(other["V"], -first["V"], atol=1e-13)


def test_equal_values_are_one_group_with_a_basis_from_the_axes(program):
    """In a rotated degenerate space the basis is that of the projected axes, up to rounding."""
    rng = np.random.default_rng(1)
    u = np.linalg.qr(rng.standard_normal((4, 4)))[0]
    v = np.linalg.qr(rng.standard_normal((4, 4)))[0]
    turn = np.linalg.qr(rng.standard_normal((3, 3)))[0]
    sigma = u @ np.diag([2.0, 2.0, 2.0, 0.5]) @ v.T
    rotated = u.copy()
    rotated[:, :3] = u[:, :3] @ turn
    right = v.copy()
    right[:, :3] = v[:, :3] @ turn
    again = rotated @ np.diag([2.0, 2.0, 2.0, 0.5]) @ right.T
    np.testing.assert_allclose(again, sigma, atol=1e-14)
    first, second = modes(program, sigma), modes(program, again)
    assert first["group"].tolist() == [0, 0, 0, 1]
    np.testing.assert_allclose(first["U"], second["U"], atol=1e-12)
    np.testing.assert_allclose(first["V"], second["V"], atol=1e-12)
    space = u[:, :3] @ u[:, :3].T
    axis = np.argmax(np.diag(space))
    np.testing.assert_allclose(
        first["U"][:, 0], space[:, axis] / np.sqrt(space[axis, axis]), atol=1e-12
    )


def test_modes_beyond_the_rank_are_zero(program):
    found = modes(program, np.outer([1.0, 2.0, 2.0, 0.0], [3.0, 0.0, 4.0, 0.0]))
    np.testing.assert_allclose(found["s"], [15, 0, 0, 0], atol=1e-14)
    assert not found["U"][:, 1:].any()
    assert not found["V"][:, 1:].any()


def test_values_and_projections_have_exact_derivatives_at_equal_values(program):
    one = {"dtypes": ("float64",), "labels": ("4, degenerate",)}
    values = program_values_level(program, **one)
    assert values.outcome is Outcome.HOLDS, values.detail
    slopes = program_derivatives_level(program, **one)
    assert slopes.outcome is Outcome.HOLDS, slopes.detail


@pytest.mark.slow
def test_the_modes_of_the_digits_are_those_of_the_trained_network(program):
    level = ground_truth_level(program, matrix_flow.singular_modes)
    assert level.outcome is Outcome.HOLDS, level.detail


@pytest.mark.slow
def test_the_whole_certificate_is_verified():
    certificate = dx.verify(NAME)
    assert certificate.verdict == "verified", str(certificate)
