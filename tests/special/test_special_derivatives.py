"""Derivatives of the special functions: exact, of all orders, at removable points, refused else.

First derivatives are compared with the difference quotient of Arb's function at 700 bits (step
2^-250: its own error is far below float64); second ones at a few points in the same way.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import flint
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.special

from derivax.errors import InputError
from derivax.numeric import special
from derivax.numeric.special.table import ROW_OF_FUNCTION

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks" / "special"
STEP = flint.arb(2) ** -250
POINTS = {
    "acosh": (1.25, 3.0), "acoth": (1.5, -4.0), "asin": (-0.75, 0.5), "atanh": (-0.75, 0.5),
    "erfinv": (-0.875, 0.25), "erfcinv": (0.125, 1.75), "ndtri": (0.125, 0.75),
    "log1mexp": (0.25, 3.0), "log1p": (-0.5, 2.0), "e1": (0.25, 3.0), "li": (0.5, 5.0),
    "offset_li": (0.5, 5.0), "ci": (0.75, 7.0), "chi": (0.75, 7.0), "loggamma": (0.25, 9.5),
    "csch": (-1.5, 0.5), "coth": (-1.5, 0.5), "gamma": (-2.5, 4.75), "lgamma": (-2.25, 4.75),
    "digamma": (-2.25, 4.75), "trigamma": (2.25, 9.5), "factorial": (-2.5, 4.75),
    "ei": (-1.5, 2.75), "tanpi": (-1.25, 0.625),
}  # fmt: skip
CANCELLING = {"erfcx", "dawson", "hazard", "i0e", "i1e"}  # derivatives that are differences


def cases() -> dict:
    sys.path.insert(0, str(BENCHMARKS))
    names = ("elementary", "hyperbolic", "trigonometric", "error_function", "gamma_functions",
             "exponential_integral")  # fmt: skip
    try:
        found = [c for n in names for c in import_module(f"cases.{n}").CASES]
    finally:
        sys.path.remove(str(BENCHMARKS))
    return {c.function: c.reference for c in found if ROW_OF_FUNCTION[c.function].arity == 1}


REFERENCES = cases()


@pytest.fixture(autouse=True)
def _operation_by_operation(request):
    """Without compilation: a derivative of each function is much to compile."""
    loops = ("compiled", "removable", "polygamma", "[si]", "[shi]", "[sinc]")
    if any(word in request.node.name for word in loops):
        yield
    else:
        with jax.disable_jit():
            yield


def quotient(reference, x: float, order: int) -> float:
    """The derivative of an Arb function by central differences at 700 bits."""
    start = flint.ctx.prec
    flint.ctx.prec = 1600
    try:
        x = flint.arb(x)
        if order == 1:
            y = (reference(x + STEP) - reference(x - STEP)) / (2 * STEP)
        else:
            y = (reference(x + STEP) - 2 * reference(x) + reference(x - STEP)) / STEP**2
        return float(y.mid())
    finally:
        flint.ctx.prec = start


OFTEN = {
    "acosh", "chi", "digamma", "erfcinv", "erfcx", "i0e", "li", "log_ndtr", "log1mexp", "sinpi",
}  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [n if n in OFTEN else pytest.param(n, marks=pytest.mark.slow) for n in sorted(REFERENCES)],
)
def test_the_first_derivative_is_that_of_the_exact_function(name):
    points = jnp.array(POINTS.get(name, (-1.5, 0.625)))
    found = jax.vmap(jax.grad(getattr(special, name)))(points)
    exact = [quotient(REFERENCES[name], float(x), 1) for x in points]
    tolerance = 1e-14 if name not in CANCELLING else 1e-13
    np.testing.assert_allclose(found, exact, rtol=tolerance)


LATER = ("gamma", "digamma", "ei", "si", "i1", "sinpi")


@pytest.mark.parametrize(
    "name",
    ["erfc", "erfinv", "log_ndtr", "tanh"]
    + [pytest.param(n, marks=pytest.mark.slow) for n in LATER],
)
def test_second_derivatives_by_hessian_and_by_forward_mode(name):
    function = getattr(special, name)
    x = POINTS.get(name, (-1.5, 0.625))[1]
    exact = quotient(REFERENCES[name], x, 2)
    assert float(jax.hessian(function)(x)) == pytest.approx(exact, rel=1e-13)
    forward = jax.jvp(jax.grad(function), (x,), (1.0,))[1]
    assert float(forward) == pytest.approx(exact, rel=1e-13)


def test_removable_points_have_their_derivatives():
    # Taylor coefficients: sinc = 1 - x^2/6 + x^4/120, sinhc = 1 + x^2/6, Si = x - x^3/18
    assert float(jax.grad(special.sinc)(0.0)) == 0.0
    assert float(jax.grad(jax.grad(special.sinc))(0.0)) == pytest.approx(-1 / 3, rel=1e-15)
    fourth = jax.grad(jax.grad(jax.grad(jax.grad(special.sinc))))(0.0)
    assert float(fourth) == pytest.approx(1 / 5, rel=1e-15)
    assert float(jax.grad(jax.grad(special.sinhc))(0.0)) == pytest.approx(1 / 3, rel=1e-15)
    assert float(jax.grad(special.si)(0.0)) == 1.0
    assert float(jax.grad(jax.grad(jax.grad(special.si)))(0.0)) == pytest.approx(-1 / 3, rel=1e-15)
    assert float(jax.grad(special.i1)(0.0)) == 0.5


@pytest.mark.slow
def test_polygamma_climbs_in_order_and_matches_scipy():
    x = np.tile([0.1, 1.0, 2.5, 17.0, 300.0], 5)
    n = np.repeat([0, 1, 2, 5, 12], 5)
    np.testing.assert_allclose(
        special.polygamma(n.astype(float), x), scipy.special.polygamma(n, x), rtol=1e-13
    )
    third = jax.grad(jax.grad(special.trigamma))(2.5)
    assert float(third) == pytest.approx(scipy.special.polygamma(3, 2.5), rel=1e-13)


def test_an_argument_without_derivative_is_refused_in_one_line():
    with pytest.raises(InputError, match=r"polygamma\(n, x\) with respect to n"):
        jax.eval_shape(jax.grad(special.polygamma, argnums=0), 2.0, 1.5)
    # an order that is not perturbed costs nothing
    jax.eval_shape(jax.grad(special.polygamma, argnums=1), 2.0, 1.5)


def test_wrong_calls_are_refused():
    with pytest.raises(InputError, match="takes 1"):
        special.erfc(1.0, 2.0)
    with pytest.raises(InputError, match="complex"):
        special.gamma(1.0 + 2.0j)
    with pytest.raises(AttributeError, match="did you mean 'erfcx'"):
        _ = special.erfcxx


def test_shapes_and_formats_follow_the_arguments_of_compiled_calls():
    assert special.logaddexp(jnp.ones((3, 1)), jnp.ones(4)).shape == (3, 4)
    assert special.gamma(np.float32(2.5)).dtype == jnp.float32
    assert special.gamma(jnp.arange(1, 4)).dtype == jnp.float64
    both = jax.jit(jax.vmap(jax.value_and_grad(special.erfcx)))(np.linspace(0, 1, 3, dtype="f4"))
    assert both[0].dtype == both[1].dtype == jnp.float32
