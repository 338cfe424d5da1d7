"""Taylor coefficients of networks: nested derivatives, jet, trees, activations, bad input."""

from __future__ import annotations

from math import factorial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from sympy import Abs, Symbol, atan, log, sqrt

from derivax.errors import InputError
from derivax.numeric.programs.taylor import mixed_partial, network, taylor_ray, taylor_tensor
from derivax.numeric.programs.taylor_algebra_code import Algebra
from derivax.numeric.programs.taylor_dressed import hessian_diagram, propagators
from derivax.numeric.verify.program_levels import claims_level, program_values_level
from derivax.symbolic.methods.polynomial_system import BilinearSlope, quadratic_system
from derivax.symbolic.theories.born_diagrams.activations import ACTIVATIONS, system_of

SIZES = (3, 5, 4, 2)


@pytest.fixture(autouse=True)
def _float64():
    with jax.enable_x64(True):
        yield


def _network(seed=0):
    rng = np.random.default_rng(seed)
    return network(SIZES, rng), rng.standard_normal(3), rng.standard_normal((3, 3))


def _output(weights, x):
    y = jnp.tanh(weights["W1"] @ x + weights["b1"])
    return weights["W3"] @ jnp.tanh(weights["W2"] @ y + weights["b2"]) + weights["b3"]


@pytest.mark.parametrize("order", [2, pytest.param(6, marks=pytest.mark.slow)])
def test_a_ray_equals_nested_forward_derivatives(order):
    weights, x, ways = _network()
    program = taylor_ray()
    found = np.asarray(
        program(**weights, x=x, v=ways[0], weights=np.ones(order + 1))["coefficients"]
    )

    def along(t):
        return _output(weights, x + t * ways[0])

    for k in range(order + 1):
        known = np.asarray(along(0.0)) / factorial(k)
        assert np.abs(found[k] - known).max() < 1e-13 * max(1.0, np.abs(known).max())
        along = jax.jacfwd(along)


@pytest.mark.slow
def test_a_mixed_derivative_equals_nested_ones():
    weights, x, ways = _network()
    found = np.asarray(mixed_partial()(**weights, x=x, directions=ways)["derivative"])

    def along(inner, v):
        return lambda y: jax.jvp(inner, (y,), (v,))[1]

    derived = along(along(along(lambda y: _output(weights, y), ways[0]), ways[1]), ways[2])
    known = np.asarray(derived(jnp.asarray(x)))
    assert np.abs(found - known).max() < 1e-13 * max(1.0, np.abs(known).max())


def test_propagators_and_one_vertex_diagrams_are_jacobian_and_hessian():
    weights, x, _ = _network()
    jacobian = jax.jacfwd(lambda y: _output(weights, y))(jnp.asarray(x))
    found = propagators()(**weights, x=x)
    assert np.abs(np.asarray(found["P_3_0"]) - jacobian).max() < 1e-14
    assert np.array_equal(np.asarray(found["P_2_1"]), weights["W2"])
    hessian = jax.hessian(lambda y: _output(weights, y))(jnp.asarray(x))
    parts = hessian_diagram()(**weights, x=x)
    assert np.abs(np.asarray(parts["hessian"]) - hessian).max() < 1e-13
    total = np.asarray(parts["layers"]).sum(axis=0)
    assert np.abs(total - np.asarray(parts["hessian"])).max() < 1e-15


@pytest.mark.slow
def test_the_tensor_of_all_monomials_holds_the_ray():
    weights, x, ways = _network()
    algebra = Algebra.of_degree(2, 4)
    program = taylor_tensor(4, 2)
    found = np.asarray(program(**weights, x=x, directions=ways[:2])["coefficients"])
    s, t = 0.3, -0.7
    v = s * ways[0] + t * ways[1]
    ray = np.asarray(taylor_ray()(**weights, x=x, v=v, weights=np.ones(5))["coefficients"])
    for order in range(5):
        terms = [c * s**m[0] * t**m[1] for m, c in zip(algebra.indices, found) if sum(m) == order]
        assert np.abs(sum(terms) - ray[order]).max() < 1e-13


def test_weights_of_factorials_give_derivatives():
    one, zero = np.ones((1, 1)), np.zeros(1)
    sine = taylor_ray(2, "sin")
    factors = np.array([1.0, 1.0, 2.0, 6.0])
    found = np.asarray(sine(one, zero, one, zero, zero, np.ones(1), factors)["coefficients"])
    assert np.abs(found[:, 0] - [0, 1, 0, -1]).max() < 1e-15


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_the_slopes_of_every_activation_are_checked(name):
    system = system_of(name)
    for index in range(len(system.states)):
        rule = BilinearSlope(system, index)
        outcomes = {o.check().outcome for o in rule.obligations((), rule.conclude())}
        assert outcomes <= {"proven", "holds"}


def test_states_are_found_for_functions_without_a_table():
    z = Symbol("z", real=True)
    for phi in (atan(z), log(1 + z**2), sqrt(1 + z**2)):
        system = quadratic_system(phi, z)
        rule = BilinearSlope(system, 0)
        assert all(o.check().outcome.established for o in rule.obligations((), rule.conclude()))


def test_a_wrong_slope_is_refuted():
    z = Symbol("z", real=True)
    from sympy import tanh

    good = quadratic_system(tanh(z), z)
    wrong = quadratic_system(tanh(z), z, ((tanh(z), 1 - 2 * Symbol("s0", real=True) ** 2),))
    rule = BilinearSlope(wrong, 0)
    assert good.forms != wrong.forms
    assert any(o.check().outcome == "refuted" for o in rule.obligations((), rule.conclude()))


@pytest.mark.parametrize("bad", ["relu", "nothing", Abs(Symbol("z"))])
def test_an_activation_without_derivatives_is_refused(bad):
    with pytest.raises(InputError):
        taylor_ray(3, bad)


@pytest.mark.parametrize("order", [0, -1, 2.5, True, 9])
def test_an_order_of_a_mixed_derivative_that_is_none_is_refused(order):
    with pytest.raises(InputError, match="order"):
        mixed_partial(order)


def test_weights_that_do_not_fit_are_refused_by_name():
    weights, x, ways = _network()
    with pytest.raises(InputError, match="h1 is"):
        taylor_ray()(**{**weights, "b1": np.zeros(7)}, x=x, v=ways[0], weights=np.ones(3))


def test_the_ray_is_the_sum_over_layered_trees():
    assert claims_level(taylor_ray()).outcome == "holds"


@pytest.mark.slow
def test_network_programs_agree_with_ball_arithmetic():
    for program in (taylor_ray(), mixed_partial(), taylor_tensor(), taylor_ray(2, "gelu"),
                    propagators(), hessian_diagram()):  # fmt: skip
        assert program_values_level(program).outcome == "holds"
        assert claims_level(program).outcome == "holds"


@pytest.mark.slow
def test_order_forty_of_six_layers_of_256():
    rng = np.random.default_rng(1)
    weights = network((4, 256, 256, 256, 256, 256, 1), rng)
    x = rng.standard_normal((4, 4))
    v = rng.standard_normal(4)
    deep = taylor_ray(6)
    run = jax.jit(jax.vmap(lambda y: deep(**weights, x=y, v=v, weights=np.ones(41))))
    found = np.asarray(run(x)["coefficients"])
    assert np.isfinite(found).all()
    small = 0.02
    sums = np.polyval(found[0, ::-1, 0], small)

    def output(y):
        for layer in range(1, 7):
            y = weights[f"W{layer}"] @ y + weights[f"b{layer}"]
            y = y if layer == 6 else np.tanh(y)
        return y[0]

    assert abs(sums - output(x[0] + small * v)) < 1e-12
