"""Derivatives of all orders and functional identities of the families of special functions."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derivax.errors import InputError
from derivax.numeric import special

# (function, leading arguments, x, mpmath function of x); the later ones are slow to compile
SECOND = [
    ("lambert_w", (), -0.3, mp.lambertw),
    ("wright_omega", (), 2.5, lambda z: mp.lambertw(mp.exp(z))),
    ("legendre", (4.0,), 1.0, lambda x: mp.legendre(4, x)),
    ("elliptic_k", (), 0.0, mp.ellipk),
    ("bessel_j1", (), 0.7, lambda x: mp.besselj(1, x)),
    ("bessel_k", (0.25,), 1.3, lambda x: mp.besselk(mp.mpf(1) / 4, x)),
    ("elliptic_e", (), 0.8, mp.ellipe),
    ("hyp1f1", (0.5, 1.5), -2.0, lambda x: mp.hyp1f1(0.5, 1.5, x)),
    ("hyp2f1_one", (-0.5,), 0.9, lambda x: mp.hyp2f1(1, -0.5, 0.5, x)),
]
SLOW = [pytest.mark.slow]
PARAMETERS = [pytest.param(*c, marks=SLOW if k > 2 else []) for k, c in enumerate(SECOND)]


@pytest.mark.parametrize(("name", "leading", "x", "exact"), PARAMETERS)
def test_first_and_second_derivatives_agree_with_mpmath(name, leading, x, exact):
    def f(v):
        return getattr(special, name)(*leading, v)

    got = jax.jit(lambda v: (jax.grad(f)(v), jax.grad(jax.grad(f))(v)))(x)
    with mp.workdps(40):
        wanted = [float(mp.re(mp.diff(exact, mp.mpf(x), k, h=mp.mpf(10) ** -15))) for k in (1, 2)]
    assert np.allclose(got, wanted, rtol=3e-13, atol=1e-13)


@pytest.mark.slow
def test_derivatives_at_removable_points():
    # J1'(0) = 1/2 (DLMF 10.2.2), K'(0) = pi/8, E'(0) = -pi/8 (DLMF 19.5.1), W'(0) = 1
    assert float(jax.grad(special.bessel_j1)(0.0)) == pytest.approx(0.5, rel=1e-15)
    assert float(jax.grad(special.elliptic_k)(0.0)) == pytest.approx(np.pi / 8, rel=1e-15)
    assert float(jax.grad(special.elliptic_e)(0.0)) == pytest.approx(-np.pi / 8, rel=1e-15)
    assert float(jax.grad(special.lambert_w)(0.0)) == pytest.approx(1.0, rel=1e-15)


def test_the_derivative_of_w_is_exact_next_to_its_branch_point():
    x = -0.36787944117144
    got = float(jax.grad(special.lambert_w)(x))
    with mp.workdps(40):
        w = mp.lambertw(mp.mpf(x))
        assert got == pytest.approx(float(mp.re(w / (mp.mpf(x) * (1 + w)))), rel=1e-14)


def test_an_order_has_no_derivative_and_says_so():
    with pytest.raises(InputError, match="has no closed form"):
        jax.grad(special.bessel_j, argnums=0)(1.5, 2.0)


def test_vmap_and_formats():
    x = jnp.linspace(0.1, 0.9, 5)
    direct = special.legendre(3.0, x)
    assert np.allclose(jax.vmap(lambda v: special.legendre(3.0, v))(x), direct, rtol=1e-14)
    assert special.elliptic_f(x.astype(jnp.float32), jnp.float32(0.5)).dtype == jnp.float32


@settings(max_examples=40, deadline=None)
@given(st.floats(-0.36, 1e6))
def test_w_inverts_x_exp_x(x):
    w = float(special.lambert_w(x))
    assert w * np.exp(w) == pytest.approx(x, rel=1e-13, abs=1e-300)


@settings(max_examples=40, deadline=None)
@given(st.floats(-1e4, 1e8))
def test_omega_satisfies_its_equation(z):
    omega = float(special.wright_omega(z))
    if omega > 1e-290:
        assert omega + np.log(omega) == pytest.approx(z, rel=1e-14, abs=1e-14)


@settings(max_examples=40, deadline=None)
@given(st.floats(0.01, 0.99))
def test_legendre_relation_of_the_complete_integrals(m):
    # DLMF 19.7.1
    k, e = (lambda v: float(special.elliptic_k(v))), (lambda v: float(special.elliptic_e(v)))
    left = e(m) * k(1 - m) + e(1 - m) * k(m) - k(m) * k(1 - m)
    assert left == pytest.approx(np.pi / 2, rel=4e-15)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.floats(0.0, 30.0), st.floats(0.1, 200.0))
def test_wronskian_of_the_bessel_functions(n, x):
    # DLMF 10.5.2; relative to the larger of the two products
    a = float(special.bessel_j(n + 1, x)) * float(special.bessel_y(n, x))
    b = float(special.bessel_j(n, x)) * float(special.bessel_y(n + 1, x))
    assert a - b == pytest.approx(2 / (np.pi * x), abs=5e-14 * max(abs(a), abs(b)))


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.floats(0.1, 2.0), st.floats(0.1, 2.0), st.floats(4.0, 6.0), st.floats(-30.0, 0.98))
def test_eulers_transformation_of_2f1(a, b, c, x):
    # DLMF 15.8.1
    left = float(special.hyp2f1(a, b, c, x))
    right = (1 - x) ** (c - a - b) * float(special.hyp2f1(c - a, c - b, c, x))
    assert left == pytest.approx(right, rel=1e-11)
