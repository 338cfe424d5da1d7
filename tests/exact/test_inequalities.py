"""Inequalities: proofs by assumptions, by the domain, by subdivision; refutation; sampling."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
import sympy as sp
from sympy import Rational, exp, log, sin

from derivax.errors import InputError
from derivax.symbolic.exact.ball import BallProgram, enclose
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.normal_form import known_sign
from derivax.symbolic.exact.outcome import Finding, Outcome
from derivax.symbolic.exact.zero import sign_holds

x, y = sp.symbols("x y", real=True)
p, q = sp.symbols("p q", positive=True)
BOX = Domain.of([x, y], {x: (-1, 1), y: (-1, 1)})
ORDERED = Domain.of([p, q], where=[p < q])


def holds(relation: object, domain: Domain | None = None) -> Finding:
    return sign_holds(relation, domain)


@pytest.mark.parametrize(
    ("relation", "domain"),
    [
        (x**2 + 1 > 0, None),
        (p + q >= 0, None),
        (sp.Ne(p * q, 0), None),
        (p < q, ORDERED),
        (q - p >= 0, ORDERED),
        (sp.Ne(2 * q - 2 * p, 0), ORDERED),
        (sin(x) < Rational(101, 100), Domain.of([x], {x: (-10, 10)})),
        (x * (1 - x) < Rational(26, 100), Domain.of([x], {x: (0, 1)})),
        (exp(x) + exp(-x) > 1, Domain.of([x], {x: (-3, 3)})),
        (x * y + 2 > 0, BOX),
        (sp.And(x * y < 2, x * y > -2), BOX),
        (log(2 + x) > Rational(-1, 10), Domain.of([x], {x: (-1, 5)})),
        (x**2 + y**2 >= 2 * x * y - Rational(1, 100), BOX),
        (sp.sin(x) * sp.cos(y) < exp(x) + Rational(1, 5), BOX),
    ],
    ids=str,
)
def test_true_inequalities_are_proven(relation: sp.Basic, domain: Domain | None) -> None:
    finding = holds(relation, domain)
    assert finding.outcome is Outcome.PROVEN, finding


@pytest.mark.parametrize(
    ("relation", "domain"),
    [
        (q < p, ORDERED),
        (x * y + Rational(1, 2) > 0, BOX),
        (sin(x) < x, Domain.of([x], {x: (-1, 1)})),
        (exp(x) > 1 + x, Domain.of([x])),  # equality at 0
        (x**2 > 0, None),
        (x**3 >= 0, None),
        (sp.Ne(x**2 - 4, 0), None),
        (exp(x) < Rational(10) ** 400, None),
        (x * (1 - x) <= Rational(249, 1000), Domain.of([x], {x: (0, 1)})),
        (sp.sqrt(x) >= 0, None),  # not real for x < 0
        (sp.And(x > -2, x < Rational(1, 2)), Domain.of([x], {x: (-1, 1)})),
    ],
    ids=str,
)
def test_false_inequalities_are_refuted(relation: sp.Basic, domain: Domain | None) -> None:
    finding = holds(relation, domain)
    assert finding.outcome is Outcome.REFUTED, finding
    assert finding.witness is not None


def test_a_witness_violates_the_relation_inside_the_domain() -> None:
    domain = Domain.of([x, y], {x: (-1, 1), y: (-1, 1)}, where=[x < y])
    finding = holds(x + Rational(19, 10) > y, domain)
    assert finding.outcome is Outcome.REFUTED
    point = {x: Fraction(finding.witness["x"]), y: Fraction(finding.witness["y"])}
    assert domain.contains(point)
    assert point[x] + Fraction(19, 10) <= point[y]
    value = enclose(x + Rational(19, 10) - y, point, 128)
    assert not value > 0


@pytest.mark.parametrize(
    "relation",
    [exp(x) >= 1 + x, log(p) <= p - 1, p + 1 / p >= 2, sp.erf(p) < p * Rational(12, 10)],
    ids=str,
)
def test_inequalities_beyond_the_proofs_hold_on_samples(relation: sp.Basic) -> None:
    finding = holds(relation)
    assert finding.outcome in (Outcome.HOLDS, Outcome.PROVEN)
    if finding.outcome is Outcome.HOLDS:
        assert finding.figures["points"] >= 200
        assert finding.figures["unseen_fraction_95"] <= 0.02


def test_a_relation_that_evaluates_is_judged_by_its_value() -> None:
    assert holds(sp.true).outcome is Outcome.PROVEN
    assert holds(sp.false).outcome is Outcome.REFUTED


SIGNS = {
    "denominator of the mode": (exp(2 * p * q) - 1 + p / q, None, (1, True)),
    "growth below saturation": (p * (q - p) * exp(-p), ORDERED, (1, True)),
    "expanded": (q**2 - p**2, ORDERED, (1, True)),
    "of the other sign": (p - q * exp(p), ORDERED, (-1, True)),
    "square": ((x - y) ** 2, None, (1, False)),
    "absolute value": (sp.Abs(x) * exp(y), None, (1, False)),
    "logarithm above one": (log(1 + p), None, (1, True)),
    "hyperbolic cosine": (sp.cosh(x), None, (1, True)),
    "bounds": (x * y + 6 * x, Domain.of([x, y], {x: (1, 2), y: (-5, 5)}), (1, True)),
    "unknown": (x - y, None, (0, False)),
    "unknown without the relation": (q - p, None, (0, False)),
    "complex": (sp.sqrt(x) + p, None, (0, False)),
}


@pytest.mark.parametrize("name", sorted(SIGNS))
def test_signs_follow_from_the_kernels(name: str) -> None:
    expr, domain, expected = SIGNS[name]
    assert known_sign(expr, domain) == expected


def test_known_signs_are_true_at_every_point() -> None:
    rng = random.Random(3)
    t = sp.Symbol("t", nonnegative=True)
    domain = Domain.of([p, q, x, t], {x: (-3, -1)}, where=[p < q, q < 3 * p])
    points = domain.rational_points(12)
    atoms = [p, q, x, t, q - p, 3 * p - q, exp(t), exp(x), sp.sqrt(p), log(1 + p), x + 2, 1 - t]
    known = 0
    for _ in range(200):
        terms = [
            rng.randint(-3, 3) * sp.Mul(*rng.choices(atoms, k=rng.randint(1, 3))) for _ in range(3)
        ]
        expr = sp.expand(sp.Add(*terms)) if rng.random() < 0.5 else sp.Add(*terms)
        sign, strict = known_sign(expr, domain)
        if not sign or expr == 0:
            continue
        known += 1
        program = BallProgram(expr, domain.symbols)
        for point in points:
            ball = program.at(point, 128)
            assert not sign * ball < 0, (expr, point)
            assert not (strict and ball.is_zero()), (expr, point)
    assert known > 25


def test_unknown_functions_are_variables() -> None:
    u = sp.Function("u")
    assert holds(u(x) ** 2 + 1 > 0).outcome.established
    assert holds(u(x) > 0).outcome is Outcome.REFUTED


def test_what_is_no_inequality_is_refused() -> None:
    with pytest.raises(InputError, match="inequality"):
        sign_holds(sp.Eq(x, y))
    with pytest.raises(InputError, match="inequality"):
        sign_holds(x)
