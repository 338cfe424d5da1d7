"""Integrals and the oscillator accept the known series and refute a coefficient that is off.

The coefficients are written here from the card `born-diagrams` D11 and from Bender, Wu 1969.
"""

import numpy as np
import pytest

from derivax.numeric.ground_truth import zero_dimensional
from derivax.numeric.verify.level_ground_truth import judge
from derivax.symbolic.exact.outcome import Outcome


def series(*coefficients):
    return lambda g: sum(c * g**n for n, c in enumerate(coefficients))


RIGHT = {
    "free_energy": (0, -1 / 8, 1 / 12, -11 / 96, 17 / 72),
    "propagator": (1, -1 / 2, 2 / 3, -11 / 8, 34 / 9),
    "four_point": (0, -1, 7 / 2, -149 / 12),
    "cubic_free_energy": (0, 0, -5 / 24, 0, 5 / 16),
}


@pytest.mark.parametrize("name", RIGHT)
def test_integrals_accept_the_series_and_refute_each_wrong_coefficient(name):
    truth = getattr(zero_dimensional, name)()
    assert judge(series(*RIGHT[name]), truth, name).outcome is Outcome.HOLDS
    for k, c in enumerate(RIGHT[name]):
        if c:
            wrong = list(RIGHT[name])
            wrong[k] = 1.1 * c
            assert judge(series(*wrong), truth, name).outcome is Outcome.REFUTED


def test_the_matrix_integral_of_size_one_is_the_scalar_one():
    one, two = zero_dimensional.matrix_free_energy()
    scalar = series(0, -3 / 4, 3, -99 / 4)
    assert judge(lambda g, n: scalar(g), (one,), "1 x 1").outcome is Outcome.HOLDS
    assert judge(lambda g, n: scalar(g), (two,), "2 x 2").outcome is Outcome.REFUTED


def test_the_oscillator_accepts_the_known_energies():
    truth = zero_dimensional.anharmonic_ground_state()

    def energy(g, w, last=30885 / 128):
        s = g / w**3
        return w * (1 / 2 + 3 / 4 * s - 21 / 8 * s**2 + 333 / 16 * s**3 - last * s**4)

    assert judge(energy, truth, "oscillator").outcome is Outcome.HOLDS
    assert judge(lambda g, w: energy(g, w, 280.0), truth, "oscillator").outcome is Outcome.REFUTED


def test_the_partition_function_is_the_bessel_form():
    from scipy.special import kve

    def z(g):
        return np.sqrt(3 / (2 * np.pi * g)) * kve(0.25, 3 / (4 * g))

    truth = zero_dimensional.partition_function()
    assert judge(z, truth, "Z").outcome is Outcome.HOLDS
    assert judge(lambda g: z(g) * (1 + 1e-12), truth, "Z").outcome is Outcome.REFUTED
