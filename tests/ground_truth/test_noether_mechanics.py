"""Charges that `noether` derives, along motions that are integrated from the Lagrangian alone."""

from __future__ import annotations

import jax
import numpy as np
import pytest
from sympy import Function, exp, sqrt, symbols

import derivax
from derivax.numeric.ground_truth.noether_mechanics import SYSTEMS, comparisons, path_of
from derivax.numeric.verify.level_ground_truth import judge
from derivax.symbolic.exact.outcome import Outcome

pytest.importorskip("diffrax")

t = symbols("t", real=True)
m, k, B, E, g, mu = symbols("m k B E g mu", positive=True)
x, y = (Function(s, real=True)(t) for s in "xy")
KEPLER = m * (x.diff(t) ** 2 + y.diff(t) ** 2) / 2 + k / sqrt(x**2 + y**2)
FIELDS = (
    m * (x.diff(t) ** 2 + y.diff(t) ** 2) / 2 + B * (x * y.diff(t) - y * x.diff(t)) / 2 + E * x
)
CONFORMAL = x.diff(t) ** 2 / 2 - g / (2 * x**2)
DAMPED = exp(mu * t / m) * (m * x.diff(t) ** 2 / 2 - k * x**2 / 2)
LAWS = {
    "Kepler, rotation": (KEPLER, [x, y], {"xi": [-y, x]}),
    "Kepler, energy": (KEPLER, [x, y], {"T": 1}),
    "Kepler, translation": (KEPLER, [x, y], {"xi": [1, 0]}),
    "uniform fields, translation along y": (FIELDS, [x, y], {"xi": [0, 1]}),
    "uniform fields, rotation": (FIELDS, [x, y], {"xi": [-y, x]}),
    "conformal mechanics, dilatation": (CONFORMAL, [x], {"xi": [x / 2], "T": t}),
    "conformal mechanics, special": (CONFORMAL, [x], {"xi": [t * x], "T": t**2}),
    "damped oscillator, hidden": (DAMPED, [x], {"xi": [-mu * x / (2 * m)], "T": 1}),
    "damped oscillator, energy": (DAMPED, [x], {"T": 1}),
}


def asked(names):
    """How the compiled {charge, rate} is asked at the states of a path."""

    def ask(code, path):
        known = {"t": path.t, **names}
        for j, name in enumerate("xy"[: path.q.shape[1]]):
            known[name], known[f"{name}dot"] = path.q[:, j], path.v[:, j]
        found = code(*[known[str(a)] for a in code.formula.args])
        return found["charge"], found["rate"]

    return ask


@pytest.mark.slow
@pytest.mark.parametrize("name", SYSTEMS)
def test_a_derived_charge_is_that_of_the_motion(name):
    """Conserved to the tolerance of the solver, or moving at its rate; 3 x the resolution is not.

    The planted error multiplies charge and rate; measured charges come from automatic
    differentiation of the Lagrangian.
    """
    lagrangian, coordinates, transformation = LAWS[name]
    law = derivax.noether(lagrangian, coordinates, **transformation)
    motion = SYSTEMS[name]
    assert law.conserved == motion.conserved
    with jax.enable_x64(True):
        code = derivax.compile(law.formula)
        measured = comparisons(motion, asked(motion.numbers), path_of(name))
        level = judge(code, measured, "motion")
        assert level.outcome is Outcome.HOLDS, (level.detail, level.witness)
        first = judge(code, measured[:1], "motion").figures["resolution"].value
        if motion.conserved:
            assert first < 1e-8

        class Off:
            formula = code.formula

            def __call__(self, *args):
                return jax.tree.map(lambda v: v * (1 + 3 * first), code(*args))

        assert judge(Off(), measured[:1], "motion").outcome is Outcome.REFUTED


@pytest.mark.slow
def test_a_charge_that_is_not_the_one_of_the_motion_is_refuted():
    """The energy of the damped oscillator, taken for its hidden charge; a lost boundary term."""
    with jax.enable_x64(True):
        energy = derivax.noether(DAMPED, [x], T=1)
        name = "damped oscillator, hidden"
        code = derivax.compile(energy.formula)
        found = comparisons(SYSTEMS[name], asked(SYSTEMS[name].numbers), path_of(name))
        assert judge(code, found, "motion").outcome is Outcome.REFUTED
    moved = path_of("uniform fields, translation along y")
    momentum = moved.v[:, 1] + 1.5 * moved.q[:, 0] / 2  # without Lambda = -B x/2
    assert np.ptp(momentum) > 0.1
    assert np.ptp(moved.charge) < 1e-9
