"""Simulators of Born series and networks agree with the code, and see a planted error."""

from __future__ import annotations

import jax
import numpy as np
import pytest

import derivax
from derivax import catalog
from derivax.numeric.ground_truth import born_networks, born_scattering
from derivax.numeric.verify.level_ground_truth import judge, load_ground_truth

QUICK = ("square-well", "square-well-series", "delta-shell", "second-born", "born-terms",
         "propagators")  # fmt: skip
SLOW = ("square-well-energy", "exponential-well", "hulthen", "poeschl-teller", "a-exact",
        "born-terms-quadrature", "taylor-ray", "mixed-partial", "hessian-diagram")  # fmt: skip


class _Shifted:
    """Predictions that are off by three times what the simulation resolves."""

    def __init__(self, comparison):
        self.off = 3 * (np.asarray(comparison.tolerance) + 8e-16 * np.abs(comparison.measured))
        self.measured = np.asarray(comparison.measured)


def _judged(name):
    row = catalog.row(f"born-diagrams/{name}")
    truth = load_ground_truth(row["ground_truth"])
    with jax.enable_x64(True):
        code = derivax.compile(f"born-diagrams/{name}")
        comparisons = truth()
        level = judge(code, comparisons, "simulation")
        assert level.outcome == "holds", level.detail
        for comparison in comparisons:
            planted = _Shifted(comparison)
            from dataclasses import replace

            wrong = replace(comparison, predict=lambda _, p=planted: p.measured + p.off)
            assert judge(code, (wrong,), "planted").outcome == "refuted"


@pytest.mark.parametrize("name", QUICK)
def test_code_agrees_with_the_simulation_and_a_planted_error_is_refuted(name):
    _judged(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOW)
def test_code_agrees_with_the_longer_simulations(name):
    _judged(name)


def test_the_variable_phase_method_converges_at_fourth_order():
    (comparison,) = born_scattering.square_well()
    assert abs(comparison.order - 4) < 0.35


def test_cauchys_formula_sees_the_coefficients_of_a_network():
    (comparison,) = born_networks.propagators()
    assert np.max(comparison.tolerance) < 1e-10
