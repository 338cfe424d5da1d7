"""What counts as a proof is one: no route proves a near miss, not even without a look at points."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
import sympy as sp
from sympy import Symbol

from derivax.symbolic.exact.cases import by_cases
from derivax.symbolic.exact.constancy import by_derivative, by_induction
from derivax.symbolic.exact.dfinite import by_annihilator
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.normal_form import RefusesForm, normal_form
from derivax.symbolic.exact.patience import OutOfTime, within
from derivax.symbolic.exact.probing import settled
from derivax.symbolic.exact.zero import vanishes
from derivax.symbolic.parse import parse_relations

x = Symbol("x", real=True)
p = Symbol("p", positive=True)
n = Symbol("n", integer=True, positive=True)
k = Symbol("k", integer=True)


UNEVALUATED = "no value"  # sides equal wherever both have a value: not what is tested here


def _domain(row: Any, sides: tuple[Any, Any]) -> Domain:
    """The domain of a row.  An irrational bound becomes the next multiple of 1/64 outside it: what
    is false on the smaller domain is false on the larger one."""
    symbols = sorted(set().union(*(s.free_symbols for s in sides)), key=str)
    bounds = {}
    for name, (low, high) in row.domain.items():
        if row.symbols.get(name) in symbols:
            ends = tuple(
                end if end.is_Rational or end.is_infinite else outward(64 * end) / 64
                for end, outward in ((low, sp.floor), (high, sp.ceiling))
            )
            bounds[name] = ends
    where = parse_relations(row.where, row.symbols) if row.where else ()
    inside = [relation for relation in where if relation.free_symbols <= set(symbols)]
    return Domain.of(symbols, bounds, inside)


def test_every_near_miss_is_tried(corpus: Any) -> None:
    left_out = [row for row in corpus["near_miss"] if row.source.startswith(UNEVALUATED)]
    assert len(left_out) <= len(corpus["near_miss"]) / 20
    for row in corpus["near_miss"]:
        assert _domain(row, row.sides) is not None


def test_no_route_proves_a_near_miss(near_miss: Any) -> None:
    sides = near_miss.sides
    difference = settled(sides[0] - sides[1])
    domain = _domain(near_miss, sides)
    if near_miss.source.startswith(UNEVALUATED):
        # nothing may be claimed where there is no value: that is for the points to find out
        assert vanishes(difference, domain).outcome != "proven"
        return
    with suppress(RefusesForm):
        assert not normal_form(difference, domain).is_zero
    with suppress(OutOfTime), within(1):
        assert by_cases(difference, domain) is None
        assert by_induction(difference, domain) is None
        assert by_annihilator(difference, domain) is None
        assert by_derivative(difference, domain) is None


@pytest.mark.parametrize(
    ("claim", "method"),
    [
        (sp.besselj(n + 1, p) + sp.besselj(n - 1, p) - 2 * n / p * sp.besselj(n, p), "normal form"),
        (
            sp.airyai(x) * sp.airybiprime(x) - sp.airyaiprime(x) * sp.airybi(x) - 1 / sp.pi,
            "normal form",
        ),
        (sp.gamma(p) * sp.gamma(1 - p) - sp.pi / sp.sin(sp.pi * p), "normal form"),
        (sp.atan(p) + sp.atan(1 / p) - sp.pi / 2, "derivative"),
        (sp.Integral(sp.sin(x), (x, 0, p)) - 1 + sp.cos(p), "derivative"),
        (sp.Sum(k**3, (k, 1, n)) - (n * (n + 1) / 2) ** 2, "induction"),
        (sp.Abs(x) - sp.Piecewise((x, x >= 0), (-x, True)), "cases"),
        (sp.sign(x) ** 3 - sp.sign(x), "cases"),
    ],
)
def test_each_route_proves_what_it_is_for(claim: sp.Expr, method: str) -> None:
    finding = vanishes(claim)
    assert (finding.outcome, finding.method) == ("proven", method)


def test_a_vanishing_derivative_proves_nothing_across_a_jump() -> None:
    # atan x + atan(1/x) is pi/2 for x > 0 and -pi/2 for x < 0; its derivative is zero
    claim = sp.atan(x) + sp.atan(1 / x) - sp.pi / 2
    assert by_derivative(claim, Domain.of([x])) is None
    assert by_derivative(sp.sign(x) - 1, Domain.of([x])) is None
    assert by_derivative(sp.floor(x) - 1, Domain.of([x], {x: ("5/4", 3)})) is None


def test_a_step_of_an_induction_needs_its_beginning() -> None:
    assert by_induction(sp.Sum(k, (k, 1, n)) - n * (n + 1) / 2 - 1, Domain.of([n])) is None
    whole = Symbol("n", integer=True)
    claim = sp.Sum(k, (k, 1, whole)) - whole * (whole + 1) / 2
    assert by_induction(claim, Domain.of([whole])) is None  # there is no least n


def test_the_value_on_a_switch_counts() -> None:
    jump = sp.Piecewise((x, x > 0), (0, True)) - sp.Max(x, 0)
    assert by_cases(jump, Domain.of([x])) is not None
    off_by_a_point = sp.sign(x) * x - sp.Piecewise((x, x > 0), (-x, x < 0), (1, True))
    assert by_cases(off_by_a_point, Domain.of([x])) is None
