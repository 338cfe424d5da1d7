"""Zero-dimensional field theory: integrals and diagrams agree, and known numbers come out.

Numbers: card `born-diagrams` D11 (exact integration), Brezin et al. 1978 (planar free energy).
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import mpmath
import pytest
from sympy import Function, Rational, S, factorial, symbols

import derivax
from derivax import catalog
from derivax.diagrams import Contents
from derivax.diagrams.contractions import trace_moments, vector_factor
from derivax.diagrams.expansion import AddUpTo
from derivax.diagrams.resummation import borel_sum, pade, radius_of_convergence
from derivax.diagrams.sums import all_weights
from derivax.diagrams.theories import matrix_model, zero_dimensional
from derivax.diagrams.theories.zero_dimensional import D, N, Z, b, g
from derivax.errors import InputError
from derivax.symbolic.derivation import Derivation
from derivax.symbolic.exact.outcome import Outcome, weakest
from derivax.symbolic.statements import Statement

SERIES = {
    "phi4-free-energy": -g / 8 + g**2 / 12 - 11 * g**3 / 96 + 17 * g**4 / 72,
    "phi4-propagator": 1 - g / 2 + 2 * g**2 / 3 - 11 * g**3 / 8 + 34 * g**4 / 9,
    "phi4-four-point": -g + 7 * g**2 / 2 - 149 * g**3 / 12,
    "phi3-free-energy": -5 * b**2 / 24 + 5 * b**4 / 16,
}


@cache
def derived(name: str) -> Derivation:
    return derivax.derive(f"born-diagrams/{name}")


@pytest.mark.parametrize("name", SERIES)
def test_known_series(name: str) -> None:
    derivation = derived(name)
    assert derivation.outcome is Outcome.PROVEN
    assert (derivation.formula.expr - SERIES[name]).expand() == 0


def test_every_row_of_the_theory_is_derived() -> None:
    own = ("phi4", "phi3", "vector", "complex", "matrix", "anharmonic")
    names = [n for n in catalog.expand("born-diagrams") if n.partition("/")[2].startswith(own)]
    assert len(names) == 11
    dear = ("phi4-partition-function", "phi4-large-orders")  # with the slow ones below
    for short in (name.partition("/")[2] for name in names):
        assert short in dear or derived(short).outcome.established, short


def test_one_component_is_the_scalar_theory() -> None:
    vector = derived("vector-free-energy").formula.expr.subs(N, 1)
    scalar = derived("phi4-free-energy").formula.expr
    scalar -= scalar.coeff(g, 4) * g**4
    assert (vector - scalar).expand() == 0
    matrix = derived("matrix-free-energy").formula.expr.subs(N, 1)
    assert (matrix - scalar.subs(g, 6 * g)).expand() == 0  # g M^4/4 is 6 g x^4/24


def test_the_planar_free_energy() -> None:
    """Brezin, Itzykson, Parisi, Zuber, eq. (27): -E_0 = -2 g' + 18 g'^2 - 288 g'^3, g' = g/4."""
    expression = derived("matrix-free-energy").formula.expr
    planar = [matrix_model.genus_part(expression, 0, n) for n in (1, 2, 3)]
    assert planar == [-Rational(2, 4), Rational(18, 16), -Rational(288, 64)]


def test_trace_moments_agree_with_a_sample_of_known_ones() -> None:
    """Harer, Zagier: E tr M^6 = 5 N^4 + 10 N^2; of one entry: double factorials."""
    assert trace_moments((6,), N) == 5 * N**4 + 10 * N**2
    assert trace_moments((4, 4, 2), N).subs(N, 1) == 945


def test_irreducible_parts_rebuild_the_connected_functions() -> None:
    r"""1/(1 - \Sigma) is the propagator, and G_2^4 times the vertex the four-point function."""
    action = derived("phi4-effective-action").formula.expr
    propagator = derived("phi4-propagator").formula.expr
    four = derived("phi4-four-point").formula.expr
    rebuilt = (propagator * (1 - action["self_energy"]) - 1).expand()
    assert all(rebuilt.coeff(g, n) == 0 for n in range(4))
    product = (propagator**4 * action["vertex"] - four).expand()
    assert all(product.coeff(g, n) == 0 for n in range(4))


def test_diagrams_that_do_not_add_up_are_refuted() -> None:
    derivation = zero_dimensional.free_energy(2)
    premises = tuple(derivation[name] for name in ("logarithm", "D-1", "D-2"))
    rule = AddUpTo(g, D)
    wrong = (
        replace(rule.conclude(*premises), rhs=D(1) * g),
        replace(rule.conclude(*premises), rhs=D(1) * g - D(2) * g**2),
        replace(rule.conclude(*premises), lhs=Z(g)),
        replace(rule.conclude(*premises), rel="="),
    )
    for claim in wrong:
        outcomes = [o.check().outcome for o in rule.obligations(premises, claim)]
        assert weakest(outcomes) is Outcome.REFUTED
    false = replace(premises[1], rhs=S(1) / 8)
    claim = rule.conclude(premises[0], false, premises[2])
    checks = rule.obligations((premises[0], false, premises[2]), claim)
    assert weakest(o.check().outcome for o in checks) is Outcome.REFUTED


def test_a_changed_starting_equation_changes_the_result() -> None:
    """Twice the coupling in the integral, the same diagrams: the comparison is refuted."""
    derivation = zero_dimensional.free_energy(2)
    moved = Statement(Z(g), "=", derivation[0].rhs.subs(g, 2 * g))
    from derivax.symbolic.methods.moment_expansion import MomentExpansion

    series = MomentExpansion(g, 2).conclude(moved)
    assert (series.rhs - derivation["partition function"].rhs.subs(g, 2 * g)).expand() == 0


def _partition(coupling: float) -> mpmath.mpf:
    x = 3 / (4 * mpmath.mpf(coupling))
    return mpmath.sqrt(2 * x / mpmath.pi) * mpmath.exp(x) * mpmath.besselk(0.25, x)


def test_the_borel_sum_is_the_bessel_form() -> None:
    """Z(g) = sqrt(3/(2 pi g)) e^(3/(4g)) K_1/4(3/(4g)), evaluated by mpmath."""
    phi4 = Contents({"x": ("phi",) * 4}, {"": ("phi", "phi")})
    table = all_weights(phi4, {"x": 40})
    z = [(-1) ** n * Rational(str(table[n,])) for n in range(41)]
    assert abs(borel_sum(z[:15], 1, 8) - _partition(1)) < 1e-8
    assert radius_of_convergence(z) == 0.0
    growth = abs(z[40]) / (Rational(2, 3) ** 40 * factorial(39))
    assert float(growth) * 2**0.5 * float(mpmath.pi) == pytest.approx(0.9953, abs=5e-5)


def test_approximants_and_their_limits() -> None:
    assert pade([1, 1, Rational(1, 2)], bottom=1)[1] == [1, Rational(-1, 2)]
    with pytest.raises(InputError, match="pole"):
        borel_sum([factorial(n) for n in range(10)], 1)
    with pytest.raises(InputError, match="not positive"):
        borel_sum([1, -1], -1)
    with pytest.raises(InputError, match="exact"):
        borel_sum([1, "x"], 1)
    with pytest.raises(InputError, match="degree"):
        pade([1, 2], bottom=5)


def test_vector_factors_count_closed_index_lines() -> None:
    from derivax.diagrams import Diagram

    n = symbols("n")
    basket = vector_factor(Diagram(["x", "x"], 4 * [(0, 1)]), n)
    assert (basket - (n**2 + 2 * n) / 3).expand() == 0
    with pytest.raises(InputError, match="odd"):
        vector_factor(Diagram(["y", "y"], 3 * [(0, 1)]), n)


@pytest.mark.parametrize("order", [0, -1, 2.5, True, 100])
def test_an_order_is_a_whole_number_in_range(order: object) -> None:
    with pytest.raises(InputError, match="order"):
        zero_dimensional.free_energy(order)  # type: ignore[arg-type]
    assert Function("D") == D


@pytest.mark.slow
def test_forty_coefficients_give_the_integral_to_rounding() -> None:
    phi4 = Contents({"x": ("phi",) * 4}, {"": ("phi", "phi")})
    z = [(-1) ** n * Rational(str(w)) for n, w in enumerate(all_weights(phi4, {"x": 40}).values())]
    assert abs(borel_sum(z, 0.1) - _partition(0.1)) < 1e-14
    assert abs(borel_sum(z, 1) - _partition(1)) < 1e-14
    assert abs(borel_sum(z, 10) - _partition(10)) < 1e-7


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["phi4-partition-function", "phi4-free-energy", "phi4-propagator", "phi4-four-point",
     "phi4-effective-action", "phi4-large-orders", "phi3-free-energy", "vector-free-energy",
     "complex-free-energy", "matrix-free-energy", "anharmonic-ground-state"],
)  # fmt: skip
def test_every_row_is_verified(name: str) -> None:
    import jax

    with jax.enable_x64(True):
        assert derivax.verify(f"born-diagrams/{name}").verdict == "verified"
