"""Charges of mechanical systems: against textbooks, and along numerically integrated motions."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time
from typing import Any

import mpmath as mp
import pytest
from sympy import Function, Matrix, S, cos, exp, lambdify, sin, sqrt, symbols

from derivax import Lagrangian, Outcome, derive, noether
from derivax.errors import InputError
from derivax.symbolic.methods.variation import zero_finding

t, m, k, g, w, mu, B, s = symbols("t m k g w mu B s", positive=True)
x, y, z = (Function(n, real=True)(t) for n in "xyz")
vx, vy, vz = x.diff(t), y.diff(t), z.diff(t)
r2, r3 = sqrt(x**2 + y**2), sqrt(x**2 + y**2 + z**2)
KEPLER = m * (vx**2 + vy**2) / 2 + k / r2
KEPLER_3D = m * (vx**2 + vy**2 + vz**2) / 2 + k / r3


def same(left: Any, right: Any) -> bool:
    return zero_finding(left - right).outcome is Outcome.PROVEN


def along_motion(
    law: Any, system: Lagrangian, values: dict[Any, Any], start: list[Any], until: float = 1.3
) -> Callable[[Any], tuple[Any, Any]]:
    """(J, dJ/dt as claimed) at a time, on the motion that a Taylor integrator finds."""
    count = len(system.coordinates)
    names = symbols(f"u0:{2 * count}", real=True)
    tops = list(system.accelerations().values())
    put = {q.diff(t): names[count + a] for a, q in enumerate(system.coordinates)}
    bare = {q: names[a] for a, q in enumerate(system.coordinates)}

    def numeric(expr: Any) -> Any:
        return lambdify((t, names), expr.xreplace(put).xreplace(bare).subs(values), "mpmath")

    force = [numeric(a) for a in tops]
    path = mp.odefun(
        lambda time, u: [*u[count:], *[f(time, u) for f in force]], 0, [mp.mpf(v) for v in start]
    )
    charge, rate = numeric(S(law.charge)), numeric(S(law.rate))
    return lambda time: (charge(time, path(time)), rate(time, path(time)))


def stays(law: Any, system: Lagrangian, values: dict[Any, Any], start: list[Any]) -> bool:
    with mp.workdps(20):
        at = along_motion(law, system, values, start)
        first, last = at(0)[0], at(mp.mpf("1.3"))[0]
        return abs(first) > 1e-3 and abs(last - first) < mp.mpf("1e-15") * abs(first)


def moves_as_claimed(
    law: Any, system: Lagrangian, values: dict[Any, Any], start: list[Any]
) -> bool:
    with mp.workdps(20):
        at = along_motion(law, system, values, start)
        change = at(mp.mpf("1.3"))[0] - at(0)[0]
        integral = mp.quad(lambda time: at(time)[1], [0, mp.mpf("1.3")])
        return abs(change) > 1e-3 and abs(change - integral) < mp.mpf("1e-13") * abs(change)


def test_kepler_charges_are_those_of_landau_lifshitz() -> None:
    # Landau, Lifshitz, Mechanics, sections 14 and 15
    turn = noether(KEPLER, [x, y], xi=[-y, x])
    time = noether(KEPLER, [x, y], T=1)
    assert turn.verdict == time.verdict == "conserved"
    assert same(turn.charge, m * (x * vy - y * vx))
    assert same(-time.charge, m * (vx**2 + vy**2) / 2 - k / r2)
    system = Lagrangian(KEPLER, [x, y])
    orbit = ({m: 1, k: 1}, [0.4, 0, 0, 2])
    assert stays(turn, system, *orbit)
    assert stays(time, system, *orbit)


def test_runge_lenz_vector_is_the_charge_of_a_generalised_symmetry() -> None:
    # Goldstein, Classical Mechanics, section 3.9: A = p x L - m k r/|r|
    position, velocity = Matrix([x, y, z]), Matrix([vx, vy, vz])
    momentum = m * velocity
    runge_lenz = momentum.cross(position.cross(momentum)) - m * k * position / r3
    for component in (0, 2):
        # the characteristic is (1/m) dA/dv, since the mass matrix is m times the identity
        xi = [(runge_lenz[component] / m).expand().diff(v) for v in velocity]
        law = noether(KEPLER_3D, [x, y, z], xi=xi, generalised=True)
        assert law.verdict == "conserved"
        assert same(law.charge, runge_lenz[component].expand())


def test_runge_lenz_survives_an_eccentric_orbit() -> None:
    law = noether(
        KEPLER, [x, y], xi=[-m * y * vy, m * (2 * x * vy - y * vx)], generalised=True
    )
    assert stays(law, Lagrangian(KEPLER, [x, y]), {m: 1, k: 1}, [0.4, 0.1, -0.2, 1.8])


def test_a_velocity_in_xi_must_be_declared() -> None:
    with pytest.raises(InputError, match="generalised"):
        noether(KEPLER, [x, y], xi=[vy, vx])


def test_a_finite_rotation_gives_its_generator() -> None:
    turn = noether(
        KEPLER,
        [x, y],
        transformation={x: x * cos(s) - y * sin(s), y: x * sin(s) + y * cos(s)},
        parameter=s,
    )
    assert turn["generator-x"].rhs == -y
    assert turn.verdict == "conserved"
    assert same(turn.charge, m * (x * vy - y * vx))


def test_a_transformation_that_moves_something_at_zero_is_refuted() -> None:
    law = noether(m * vx**2 / 2, x, transformation={x: x + 1 + s}, parameter=s)
    assert law.outcome is Outcome.REFUTED
    assert law.verdict != "conserved"


def test_boosts_of_free_fall_have_a_boundary_term() -> None:
    law = noether(m * vz**2 / 2 - m * g * z, z, xi=t)
    assert law.verdict == "conserved"
    assert same(law.charge, m * t * vz - m * z + m * g * t**2 / 2)


def test_free_particle_has_the_schroedinger_group() -> None:
    # U. Niederer, Helv. Phys. Acta 45 (1972) 802: translations, boost, time, dilation, expansion
    free = m * vx**2 / 2
    expected = {
        "translation": ({"xi": 1}, m * vx),
        "boost": ({"xi": t}, m * (t * vx - x)),
        "time": ({"T": 1}, -m * vx**2 / 2),
        "dilation": ({"xi": x, "T": 2 * t}, m * x * vx - t * m * vx**2),
        "expansion": ({"xi": t * x, "T": t**2}, -m * (x - t * vx) ** 2 / 2),
    }
    for name, (how, charge) in expected.items():
        law = noether(free, x, **how)
        assert law.verdict == "conserved", name
        assert same(law.charge, charge), name


def test_damped_oscillator_has_a_hidden_charge() -> None:
    # card noether-learning-dynamics, D3; P. Havas, Nuovo Cim. Suppl. 5 (1957) 363
    kanai = exp(mu * t / m) * (m * vx**2 / 2 - k * x**2 / 2)
    law = noether(kanai, x, xi=-mu * x / (2 * m), T=1)
    assert law.verdict == "conserved"
    assert same(-law.charge, exp(mu * t / m) * (m * vx**2 + mu * x * vx + k * x**2) / 2)
    values = {m: 1, mu: S(1) / 3, k: 2}
    assert stays(law, Lagrangian(kanai, x), values, [1, S(1) / 2])


def test_friction_takes_the_energy_away() -> None:
    system = Lagrangian(m * vx**2 / 2 - k * x**2 / 2, x, rayleigh=mu * vx**2 / 2)
    law = noether(system, T=1)
    assert law.verdict == "balance law"
    assert same(law.rate, mu * vx**2)  # of minus the energy
    assert moves_as_claimed(law, system, {m: 1, mu: S(1) / 3, k: 2}, [1, S(1) / 2])


def test_conformal_mechanics_has_dilation_and_expansion() -> None:
    # de Alfaro, Fubini, Furlan, Nuovo Cim. A 34 (1976) 569: D = Et - xx'/2, K = Et^2 - txx' + x^2/2
    q = Function("q", positive=True)(t)
    v = q.diff(t)
    conformal = v**2 / 2 - g / (2 * q**2)
    energy = v**2 / 2 + g / (2 * q**2)
    dilation = noether(conformal, q, xi=q / 2, T=t)
    expansion = noether(conformal, q, xi=t * q, T=t**2)
    assert dilation.verdict == expansion.verdict == "conserved"
    assert same(-dilation.charge, energy * t - q * v / 2)
    assert same(-expansion.charge, energy * t**2 - t * q * v + q**2 / 2)


def test_charged_particle_has_magnetic_translations() -> None:
    # symmetric gauge, force B*(vy, -vx); guiding centre m*vx - B*y and m*vy + B*x
    system = Lagrangian(m * (vx**2 + vy**2) / 2 + B * (x * vy - y * vx) / 2, [x, y])
    along_x, along_y = noether(system, xi=[1, 0]), noether(system, xi=[0, 1])
    assert along_x.verdict == along_y.verdict == "conserved"
    assert along_x.boundary != 0  # the gauge potential is not invariant
    assert same(along_x.charge, m * vx - B * y)
    assert same(along_y.charge, m * vy + B * x)
    assert stays(along_x, system, {m: 1, B: 2}, [1, 0, S(1) / 2, 1])


def test_a_shift_of_kepler_is_no_symmetry() -> None:
    law = noether(KEPLER, [x, y], xi=[1, 0])
    assert law.verdict == "balance law"
    assert not law.conserved
    assert same(law.rate, -k * x / r2**3)  # the force
    assert "not conserved" in law.steps[law.index("law")].sentence
    assert moves_as_claimed(law, Lagrangian(KEPLER, [x, y]), {m: 1, k: 1}, [1, 0, 0, 1.1])


def test_a_boost_in_a_trap_keeps_its_exact_part_apart() -> None:
    law = noether(m * vx**2 / 2 - k * x**2 / 2, x, xi=t)
    assert law.verdict == "balance law"
    assert same(law.charge, m * t * vx - m * x)
    assert same(law.rate, -k * t * x)


def test_driven_systems_gain_energy_at_the_rate_of_the_drive() -> None:
    driven = Lagrangian(m * vx**2 / 2 - k * x**2 / 2 + x * cos(w * t), x)
    law = noether(driven, T=1)
    assert law.verdict == "balance law"
    assert same(law.rate, -w * x * sin(w * t))
    assert moves_as_claimed(law, driven, {m: 1, k: 2, w: 3}, [1, 0])


def test_higher_derivatives_give_ostrogradsky_energy() -> None:
    # Pais, Uhlenbeck, Phys. Rev. 79 (1950) 145: p1 = dL/dq' - d/dt dL/dq'', p2 = dL/dq''
    q = Function("q", real=True)(t)
    L = -q.diff(t, 2) ** 2 / 2 + w**2 * q.diff(t) ** 2 / 2 - k * q**2 / 2
    p1, p2 = w**2 * q.diff(t) + q.diff(t, 3), -q.diff(t, 2)
    law = noether(L, q, T=1)
    assert law.verdict == "conserved"
    assert same(-law.charge, p1 * q.diff(t) + p2 * q.diff(t, 2) - L)
    assert same(noether(L.subs(k, 0), q, xi=1).charge, p1)


def test_a_bead_on_a_circle_keeps_its_angular_momentum() -> None:
    system = Lagrangian(m * (vx**2 + vy**2) / 2, [x, y], constraints=[x**2 + y**2 - 1])
    law = noether(system, xi={x: -y, y: x})
    assert law.verdict == "conserved"
    assert same(law.charge, m * (x * vy - y * vx))
    pushed = noether(system, xi={x: 1})
    assert pushed.verdict == "balance law"  # the multiplier is the force of the wire
    assert same(pushed.rate, 2 * system.multipliers[0] * x)


def test_potentials_may_be_unknown_functions() -> None:
    V = Function("V", real=True)
    law = noether(m * (vx**2 + vy**2) / 2 - V(r2), [x, y], xi=[-y, x])
    assert law.verdict == "conserved"
    broken = noether(m * (vx**2 + vy**2) / 2 - V(x), [x, y], xi=[-y, x])
    assert broken.verdict == "balance law"


@pytest.mark.slow
def test_six_bodies_have_the_galilei_group() -> None:
    masses = symbols("m1:7", positive=True)
    G = symbols("G", positive=True)
    bodies = [[Function(f"{c}{i}", real=True)(t) for c in "xyz"] for i in range(1, 7)]
    L = sum(M * sum(c.diff(t) ** 2 for c in q) / 2 for M, q in zip(masses, bodies))
    for i in range(6):
        for j in range(i):
            apart = sqrt(sum((a - b) ** 2 for a, b in zip(bodies[i], bodies[j])))
            L += G * masses[i] * masses[j] / apart
    system = Lagrangian(L, [c for q in bodies for c in q])
    before = process_time()
    shifts = [noether(system, xi={q[a]: 1 for q in bodies}) for a in range(3)]
    boosts = [noether(system, xi={q[a]: t for q in bodies}) for a in range(3)]
    turns = [
        noether(
            system, xi={q[a]: -q[b] for q in bodies} | {q[b]: q[a] for q in bodies}
        )
        for a, b in ((0, 1), (1, 2), (2, 0))
    ]
    energy = noether(system, T=1)
    spent = process_time() - before
    assert [law.verdict for law in (*shifts, *boosts, *turns, energy)] == 10 * ["conserved"]
    assert spent < 120  # ten charges of 18 coordinates: seconds each
    boost, turn = boosts[0], turns[0]
    for a in range(3):
        total = sum(M * q[a].diff(t) for M, q in zip(masses, bodies))
        assert same(shifts[a].charge, total)
    first = zip(masses, bodies)
    assert same(boost.charge, sum(M * (t * q[0].diff(t) - q[0]) for M, q in first))
    assert same(
        turn.charge,
        sum(M * (q[0] * q[1].diff(t) - q[1] * q[0].diff(t)) for M, q in zip(masses, bodies)),
    )


@pytest.mark.slow
def test_double_pendulum_swings_as_its_lagrangian_says() -> None:
    a, b = (Function(n, real=True)(t) for n in ("alpha", "beta"))
    # equal masses and lengths 1: T = a'^2 + b'^2/2 + a'b' cos(a - b), V = -2g cos a - g cos b
    L = (
        a.diff(t) ** 2 + b.diff(t) ** 2 / 2 + a.diff(t) * b.diff(t) * cos(a - b)
        + 2 * g * cos(a) + g * cos(b)
    )  # fmt: skip
    motion = derive(Lagrangian(L, [a, b]))
    assert motion.outcome.established
    law = noether(L, [a, b], T=1)
    assert law.verdict == "conserved"
    assert stays(law, Lagrangian(L, [a, b]), {g: 1}, [1, 0.5, 0, 0.2])


def test_what_is_wrong_is_said() -> None:
    free = m * (vx**2 + vy**2) / 2
    with pytest.raises(InputError, match="entries"):
        noether(free, [x, y], xi=[1])
    with pytest.raises(InputError, match="missing"):
        noether(free, [x, y])
    with pytest.raises(InputError, match="not moved"):
        noether(free, [x, y], xi={z: 1})
    with pytest.raises(InputError, match="moves nothing"):
        noether(free, [x, y], xi=[0, 0])
    with pytest.raises(InputError, match="singular"):
        Lagrangian(vx**2 / 2 + x * y, [x, y]).accelerations()
    with pytest.raises(InputError, match="nonholonomic"):
        Lagrangian(free, [x, y], constraints=[vx - y])
    with pytest.raises(InputError, match="write"):
        Lagrangian(free, Function("x"))
    with pytest.raises(InputError, match="not one of the coordinates"):
        Lagrangian(vx**2 / 2 - Function("x", real=True)(2 * t), x)
    # the charge of a degenerate Lagrangian is allowed
    assert noether(x * vy - (x**2 + y**2) / 2, [x, y], T=1).verdict == "conserved"
