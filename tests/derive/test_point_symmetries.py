"""Symmetries found from the determining equations: the algebras that the literature lists."""

from __future__ import annotations

import pytest
from sympy import Function, S, cos, sin, sqrt, symbols

from derivax import Lagrangian, symmetries
from derivax.errors import InputError
from derivax.symbolic.methods.point_symmetry import Generator, commutator_table

t, m, k, w, g, B = symbols("t m k w g B", positive=True)
x, y = (Function(n, real=True)(t) for n in "xy")
KEPLER = m * (x.diff(t) ** 2 + y.diff(t) ** 2) / 2 + k / sqrt(x**2 + y**2)
ROTATING = [S(1), cos(w * t), sin(w * t), cos(2 * w * t), sin(2 * w * t)]


def test_free_particle_has_five_of_eight() -> None:
    # Olver, Applications of Lie Groups, examples 2.26 and 4.13: sl(3) of dimension 8, 5 variational
    free = Lagrangian(m * x.diff(t) ** 2 / 2, x)
    variational, lie = symmetries(free), symmetries(free, kind="Lie")
    assert (len(variational), len(lie)) == (5, 8)
    assert len(commutator_table(variational)) == 10
    assert len(commutator_table(lie)) == 28
    assert all(g.charge().verdict == "conserved" for g in variational)


def test_harmonic_oscillator_has_five_of_eight() -> None:
    # C. Wulfman, B. Wybourne, J. Phys. A 9 (1976) 507 (eight); M. Lutzky, J. Phys. A 11 (1978) 249
    oscillator = Lagrangian(m * x.diff(t) ** 2 / 2 - m * w**2 * x**2 / 2, x)
    variational = symmetries(oscillator, functions=ROTATING)
    assert len(variational) == 5
    assert len(symmetries(oscillator, functions=ROTATING, kind="Lie")) == 8
    table = commutator_table(variational)  # a closed algebra
    assert any(any(row) for row in table.values())
    assert all(g.charge().verdict == "conserved" for g in variational)


def test_kepler_problem_has_time_and_rotation_and_scales_as_the_third_law() -> None:
    variational = symmetries(KEPLER, [x, y])
    assert {str(g.T) for g in variational} == {"0", "1"}
    assert len(variational) == 2
    lie = symmetries(KEPLER, [x, y], kind="Lie")
    (scaling,) = [g for g in lie if g.T.has(t)]
    assert (scaling.T / t, scaling.xi[0] / x) == (3, 2)  # t^2 ~ r^3


def test_conformal_mechanics_has_so21() -> None:
    q = Function("q", positive=True)(t)
    found = symmetries(q.diff(t) ** 2 / 2 - g / (2 * q**2), q)
    assert len(found) == 3
    table = commutator_table(found)
    # the Killing form of so(2,1) is not degenerate
    adjoint = {}
    for i in range(3):
        rows = []
        for j in range(3):
            pair = (i, j) if i < j else (j, i)
            sign = 1 if i < j else -1
            rows.append([sign * c for c in table[pair]] if i != j else [S.Zero] * 3)
        adjoint[i] = rows
    from sympy import Matrix

    maps = [Matrix(adjoint[i]) for i in range(3)]
    killing = Matrix(3, 3, lambda i, j: (maps[i] * maps[j]).trace())
    assert killing.det() != 0


def test_two_free_dimensions_have_the_schroedinger_algebra() -> None:
    # Niederer 1972: 2 translations, 2 boosts, rotation, time, dilation, expansion
    assert len(symmetries(m * (x.diff(t) ** 2 + y.diff(t) ** 2) / 2, [x, y])) == 8


def test_a_uniform_field_keeps_translations_and_rotation() -> None:
    L = m * (x.diff(t) ** 2 + y.diff(t) ** 2) / 2 + B * (x * y.diff(t) - y * x.diff(t)) / 2
    assert len(symmetries(L, [x, y], degree=1)) == 4


def test_sine_gordon_has_the_poincare_algebra_of_the_line() -> None:
    time, place = symbols("t x", real=True)
    u = Function("u", real=True)(time, place)
    L = u.diff(time) ** 2 / 2 - u.diff(place) ** 2 / 2 + cos(u)
    found = symmetries(L, u, degree=1)
    assert len(found) == 3
    assert all(g.charge().verdict == "conserved" for g in found)


def test_a_false_generator_gives_a_balance_law() -> None:
    law = Generator(Lagrangian(KEPLER, [x, y]), (S(1), S(0)), (S(0),)).charge()
    assert law.verdict == "balance law"


def test_bad_requests_are_refused() -> None:
    with pytest.raises(InputError, match="kind"):
        symmetries(KEPLER, [x, y], kind="nonsense")
    with pytest.raises(InputError, match="too large"):
        symmetries(KEPLER, [x, y], degree=12)
