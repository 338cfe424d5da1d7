"""Currents of field theories, against textbooks; sign: d_mu j_mu = 0 with upper components."""

from __future__ import annotations

from typing import Any

import pytest
from sympy import Function, I, S, conjugate, cos, diff, symbols

from derivax import Lagrangian, Outcome, noether
from derivax.errors import InputError
from derivax.symbolic.methods.variation import zero_finding

t, x, y, z = symbols("t x y z", real=True)
m, lam, hbar, e, mu = symbols("m lambda hbar e mu", positive=True)


def same(left: Any, right: Any) -> bool:
    return zero_finding(left - right).outcome is Outcome.PROVEN


def test_sine_gordon_has_energy_momentum_and_boost() -> None:
    # R. Rajaraman, Solitons and Instantons, section 2.5
    u = Function("u", real=True)(t, x)
    ut, ux = u.diff(t), u.diff(x)
    L = ut**2 / 2 - ux**2 / 2 - (1 - cos(u))
    energy = ut**2 / 2 + ux**2 / 2 + 1 - cos(u)
    time, space = noether(L, u, T={t: 1}), noether(L, u, T={x: 1})
    boost = noether(L, u, T={t: x, x: t})
    assert [law.verdict for law in (time, space, boost)] == 3 * ["conserved"]
    assert same(-time.charge[0], energy)
    assert same(-time.charge[1], -ut * ux)
    assert same(-space.charge[0], ut * ux)
    assert same(-boost.charge[0], x * energy + t * ut * ux)
    scaled = noether(L, u, T={t: t, x: x})
    assert scaled.verdict == "balance law"  # the mass term breaks the scale symmetry
    assert same(scaled.rate, -2 * (1 - cos(u)))


def test_complex_quartic_field_has_the_charge_current() -> None:
    # Peskin, Schroeder, problem 2.2 with quartic term; phi = (a + ib)/sqrt 2 in the card, D2
    phi = Function("phi")(t, x)
    L = abs(phi.diff(t)) ** 2 - abs(phi.diff(x)) ** 2 - m**2 * abs(phi) ** 2 - lam * abs(phi) ** 4
    law = noether(L, phi, xi=I * phi)
    bar = conjugate(phi)
    assert law.verdict == "conserved"
    assert same(law.charge[0], I * (phi * conjugate(phi.diff(t)) - bar * phi.diff(t)))
    assert same(law.charge[1], -I * (phi * conjugate(phi.diff(x)) - bar * phi.diff(x)))
    broken = noether(L + e * (phi**2 + bar**2), phi, xi=I * phi)
    assert broken.verdict == "balance law"
    assert same(broken.rate, 2 * I * e * (phi**2 - bar**2))


def test_two_real_components_give_the_same_current() -> None:
    a, b = (Function(n, real=True)(t, x) for n in "ab")
    mass = m**2 * (a**2 + b**2) / 2 + lam * (a**2 + b**2) ** 2 / 4
    L = (a.diff(t) ** 2 - a.diff(x) ** 2 + b.diff(t) ** 2 - b.diff(x) ** 2) / 2 - mass
    law = noether(L, [a, b], xi=[-b, a])
    assert law.verdict == "conserved"
    assert same(law.charge[0], a * b.diff(t) - b * a.diff(t))
    assert same(law.charge[1], -(a * b.diff(x) - b * a.diff(x)))


def test_klein_gordon_stress_tensor_in_three_dimensions() -> None:
    # T^{mu nu} = d^mu phi d^nu phi - g^{mu nu} L, signature (+,-,-,-)
    where = (t, x, y, z)
    phi = Function("phi", real=True)(*where)
    metric = [1, -1, -1, -1]
    L = sum(g * phi.diff(v) ** 2 for g, v in zip(metric, where)) / 2 - m**2 * phi**2 / 2
    system = Lagrangian(L, phi)
    for nu in (0, 2):
        law = noether(system, T={where[nu]: 1})
        assert law.verdict == "conserved"
        for mu_, j in enumerate(law.charge):
            stress = metric[mu_] * phi.diff(where[mu_]) * phi.diff(where[nu]) - int(mu_ == nu) * L
            assert same(-j, stress)


def maxwell() -> tuple[Lagrangian, tuple[Any, ...], tuple[Any, ...], Any]:
    where = (t, x, y)  # two space dimensions: A_t, A_x, A_y
    metric = (1, -1, -1)
    A = tuple(Function(f"A_{v}", real=True)(*where) for v in where)

    def strength(i: int, j: int) -> Any:
        return A[j].diff(where[i]) - A[i].diff(where[j])

    L = -sum(
        metric[i] * metric[j] * strength(i, j) ** 2 for i in range(3) for j in range(3)
    ) / S(4)
    return Lagrangian(L, A), where, A, strength


def test_maxwell_canonical_energy_momentum() -> None:
    # Jackson, Classical Electrodynamics, eq. (12.104), Heaviside-Lorentz:
    # T^{mu}_nu = F^{mu k} d_nu A_k (up to sign) - delta L; here j = -T with X = e_nu
    system, where, A, strength = maxwell()
    metric = (1, -1, -1)
    for nu in (0, 1):
        law = noether(system, T={where[nu]: 1})
        assert law.verdict == "conserved"
        for i, j in enumerate(law.charge):
            momentum = [-metric[i] * metric[k] * strength(i, k) for k in range(3)]
            canonical = sum(p * A[k].diff(where[nu]) for k, p in enumerate(momentum))
            assert same(-j, canonical - int(i == nu) * system.density)


def test_maxwell_belinfante_tensor_from_the_gauge_covariant_shift() -> None:
    # xi_k = X^nu F_{nu k}, X = e_nu: translation with a gauge transformation gives the symmetric
    # tensor F^{mu k} F_{nu k} - delta L (Jackson, eq. (12.113))
    system, where, _, strength = maxwell()
    metric = (1, -1, -1)
    nu = 0
    shift = {A: A.diff(where[nu]) - strength(nu, k) for k, A in enumerate(system.coordinates)}
    law = noether(system, xi=shift, T={where[nu]: 1}, generalised=True)
    assert law.verdict == "conserved"
    electric = [strength(0, 1), strength(0, 2)]
    magnetic = strength(1, 2)
    assert same(-law.charge[0], (electric[0] ** 2 + electric[1] ** 2 + magnetic**2) / 2)
    for i in (1, 2):
        flux = sum(-metric[i] * metric[k] * strength(i, k) * strength(nu, k) for k in range(3))
        assert same(-law.charge[i], flux)


def test_a_gauge_transformation_gives_an_identically_conserved_current() -> None:
    system, where, A, _ = maxwell()
    alpha = Function("alpha", real=True)(*where)
    law = noether(system, xi={a: alpha.diff(v) for a, v in zip(A, where)})
    assert law.verdict == "conserved"


def test_schroedinger_field_has_the_probability_current() -> None:
    psi, V = Function("psi")(t, x), Function("V", real=True)(x)
    bar = conjugate(psi)
    L = (
        I * hbar * (bar * psi.diff(t) - psi * conjugate(psi.diff(t))) / 2
        - hbar**2 * abs(psi.diff(x)) ** 2 / (2 * m)
        - V * abs(psi) ** 2
    )
    phase = noether(L, psi, xi=-I * psi / hbar)
    assert phase.verdict == "conserved"
    assert same(phase.charge[0], psi * bar)
    current = hbar / (2 * m * I) * (bar * psi.diff(x) - psi * conjugate(psi.diff(x)))
    assert same(phase.charge[1], current)
    push = noether(L, psi, T={x: 1})
    assert push.verdict == "balance law"
    assert same(push.rate, -V.diff(x) * psi * bar)  # the mean force, for minus the momentum


def test_damped_waves_lose_energy() -> None:
    u = Function("u", real=True)(t, x)
    system = Lagrangian(u.diff(t) ** 2 / 2 - u.diff(x) ** 2 / 2, u, forces={u: -mu * u.diff(t)})
    law = noether(system, T={t: 1})
    assert law.verdict == "balance law"
    assert same(law.rate, mu * u.diff(t) ** 2)


def test_elastic_beam_has_a_moment_flux() -> None:
    # Euler-Bernoulli beam, L = u_t^2/2 - u_xx^2/2: energy flux u_xxx u_t - u_xx u_tx
    u = Function("u", real=True)(t, x)
    law = noether(u.diff(t) ** 2 / 2 - u.diff(x, 2) ** 2 / 2, u, T={t: 1})
    assert law.verdict == "conserved"
    assert same(-law.charge[0], u.diff(t) ** 2 / 2 + u.diff(x, 2) ** 2 / 2)
    assert same(-law.charge[1], u.diff(x, 3) * u.diff(t) - u.diff(x, 2) * u.diff(x, t))


def test_a_current_has_no_divergence_on_a_solution() -> None:
    # a kink of sine-Gordon, u = 4 atan exp(g (x - v t)), solves the equation; so the current of
    # the boost, evaluated on it, must be free of divergence at any point
    from mpmath import atan, exp, mp, sqrt
    from mpmath import diff as slope
    from sympy import lambdify

    u = Function("u", real=True)(t, x)
    L = u.diff(t) ** 2 / 2 - u.diff(x) ** 2 / 2 - (1 - cos(u))
    law = noether(L, u, T={t: x, x: t})
    names = symbols("u ut ux", real=True)
    put = dict(zip((u.diff(t), u.diff(x)), names[1:]))
    parts = [lambdify((t, x, *names), c.xreplace(put).xreplace({u: names[0]}), "mpmath")
             for c in law.charge]  # fmt: skip
    with mp.workdps(30):
        v = mp.mpf("0.6")

        def kink(time: Any, place: Any) -> Any:
            return 4 * atan(exp((place - v * time) / sqrt(1 - v**2)))

        def part(number: int, time: Any, place: Any) -> Any:
            values = (kink(time, place), slope(kink, (time, place), (1, 0)),
                      slope(kink, (time, place), (0, 1)))  # fmt: skip
            return parts[number](time, place, *values)

        at = (mp.mpf("0.3"), mp.mpf("0.7"))
        first = slope(lambda a: part(0, a, at[1]), at[0])
        second = slope(lambda b: part(1, at[0], b), at[1])
        assert abs(first) > mp.mpf("0.01")
        assert abs(first + second) < mp.mpf("1e-9")


def test_wrong_fields_are_refused() -> None:
    u, w = Function("u", real=True)(t, x), Function("w", real=True)(t)
    L = u.diff(t) ** 2 - u.diff(x) ** 2
    with pytest.raises(InputError, match="function of"):
        noether(L, [u, w], xi=[1, 1])
    with pytest.raises(InputError, match="one expression for 2"):
        noether(L, u, T=1)
    with pytest.raises(InputError, match="variable"):
        noether(L, u, xi=1, t=t)
    assert diff(u, t) in L.atoms(diff(u, t).func)
