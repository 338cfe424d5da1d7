"""A decay times a growing entire function: one exponent, for every damping."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import mpmath
import pytest
from sympy import Rational, exp, symbols

import derivax
from derivax.symbolic.nodes.entire_hyperbolic import CoshRoot, SinhcRoot

t, a, k, x, v = symbols("t a k x v", positive=True)
# x'' + 2 a x' + k x = 0 with x(0) = x, x'(0) = v, through the critical damping a^2 = k
W = t**2 * (a**2 - k)
MOTION = derivax.Formula(
    exp(-a * t) * (x * CoshRoot(W) + t * (v + a * x) * SinhcRoot(W)), [t, a, k, x, v], name="motion"
)


def exact(time: float, damping: float, stiffness: float) -> mpmath.mpf:
    """x(t) for x(0) = 1, x'(0) = 1/2, from the roots of the characteristic polynomial."""
    with mpmath.workdps(60):
        damping, stiffness = mpmath.mpf(damping), mpmath.mpf(stiffness)
        root = mpmath.sqrt(mpmath.mpc(damping**2 - stiffness))
        first, second = -damping + root, -damping - root
        c = (mpmath.mpf(1) / 2 - second) / (first - second)
        return (c * mpmath.exp(first * time) + (1 - c) * mpmath.exp(second * time)).real


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("time", "damping", "stiffness"),
    [(2.0, 0.25, 3.0), (3.0, 1.5, 2.0), (100.0, 50.0, 1.0), (1e4, 40.0, 0.01), (8.0, 512.0, 4.0)],
)
def test_no_damping_overflows(dtype: str, time: float, damping: float, stiffness: float) -> None:
    motion = derivax.compile(MOTION)
    with jax.enable_x64(True):
        inputs = [jnp.asarray(z, dtype) for z in (time, damping, stiffness, 1.0, 0.5)]
        value, slope = jax.value_and_grad(motion)(*inputs)
    truth = exact(*(float(z) for z in inputs[:3]))
    with mpmath.workdps(40):
        rate = mpmath.diff(lambda s: exact(s, *(float(z) for z in inputs[1:3])), float(inputs[0]))
    eps = float(jnp.finfo(dtype).eps)
    # the exponent k t/a, and the phase for weak damping, are rounded
    assert abs(float(value) - truth) <= 60 * eps * max(1.0, abs(float(truth)))
    assert float(value) == pytest.approx(float(truth), rel=400 * eps)
    # x' = exp(u) (... - a ...): the terms are a times the value, and cancel when damping is strong
    scale = float(rate) + damping * abs(float(truth))
    assert abs(float(slope) - float(rate)) <= 100 * eps * abs(scale)


def test_the_exponent_of_a_decay_that_cancels_the_growth_is_not_a_difference() -> None:
    source = derivax.compile(MOTION).source
    # sqrt(w) - a t is written with (w - a^2 t^2) = -k t^2, which exact coefficients expand
    assert "entire_scaled_0" in source
    assert "entire_0(" not in source


def test_sums_of_different_growth_stay_as_written() -> None:
    mixed = derivax.Formula(exp(-a) * (1 + CoshRoot(k)), [a, k], name="mixed")
    value = derivax.compile(mixed)(1.0, 4.0)
    assert float(value) == pytest.approx(float(mpmath.exp(-1) * (1 + mpmath.cosh(2))), rel=1e-6)
    two = derivax.Formula(exp(-a) * CoshRoot(k) * SinhcRoot(k * Rational(1, 2)), [a, k], name="two")
    expected = mpmath.exp(-1) * mpmath.cosh(2) * mpmath.sinh(mpmath.sqrt(2)) / mpmath.sqrt(2)
    assert float(derivax.compile(two)(1.0, 4.0)) == pytest.approx(float(expected), rel=1e-6)
