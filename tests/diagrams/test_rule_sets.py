"""A rule set is a problem: lists, values and the sum without listing agree, and errors are seen."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from sympy import Abs, Function, Integral, Min, Rational, S, exp, oo, symbols

import derivax
from derivax.diagrams import (
    LineRule,
    Multigraphs,
    NodeRule,
    Propagator,
    Rules,
    RuleSet,
    Vertex,
    chain,
    integral,
    layered,
    summed,
    trees,
)
from derivax.diagrams.expansion import DiagramsOfOrder, SumOfOrders, derive_rule_set
from derivax.errors import InputError
from derivax.symbolic.exact.outcome import Outcome, weakest
from derivax.symbolic.statements import Statement

g, w = symbols("g w", positive=True)
t, s, r = symbols("t s r", real=True)
LINE = {"": Propagator("qq")}


def oscillator(order: int, power: int = 4, factor: object = -24) -> RuleSet:
    vertex = Vertex("q" * power, factor * g, integral(t, -oo, oo))
    line = Propagator("qq", exp(-w * Abs(t - s)) / (2 * w), t, s)
    return RuleSet("E", {"x": vertex}, {"": line}, g, order, per_label=True, constant=w / 2,
                   factor=-1)  # fmt: skip


# C. M. Bender, T. T. Wu, Anharmonic oscillator, Phys. Rev. 184 (1969) 1231, table I (H = p^2/2 +
# x^2/2 + g x^4)
BENDER_WU = ["3/4", "-21/8", "333/16", "-30885/128", "916731/256", "-65518401/1024"]


def test_the_ground_state_of_the_anharmonic_oscillator() -> None:
    derivation = derivax.derive(oscillator(4))
    assert derivation.outcome is Outcome.PROVEN
    energy = derivation.formula.expr.subs(w, 1)
    assert [str(energy.coeff(g, n)) for n in range(1, 5)] == BENDER_WU[:4]
    without_listing = [oscillator(4).summed(n).subs(w, 1).coeff(g, n) for n in (5, 6)]
    assert [str(c) for c in without_listing] == BENDER_WU[4:]


def test_the_recursion_agrees_with_diagonalisation() -> None:
    """Cubic anharmonicity, -11/8 g^2 - 465/32 g^4; and the matrix of the Hamiltonian."""
    import numpy as np

    cubic = oscillator(4, power=3, factor=-6)
    assert cubic.summed(2).subs(w, 1) == -Rational(11, 8) * g**2
    assert cubic.enumerated(4).subs(w, 1) == -Rational(465, 32) * g**4 == cubic.summed(4).subs(w, 1)
    size, coupling = 60, 1e-3
    lower = np.diag(np.sqrt(np.arange(1.0, size)), 1)
    x = (lower + lower.T) / np.sqrt(2)
    matrix = np.diag(np.arange(size) + 0.5) + coupling * np.linalg.matrix_power(x, 4)
    series = 0.5 + sum(float(Fraction(c)) * coupling ** (n + 1) for n, c in enumerate(BENDER_WU))
    assert np.linalg.eigvalsh(matrix)[0] == pytest.approx(series, abs=1e-14)


def test_integrals_of_one_diagram_by_sympy() -> None:
    """The order of times against SymPy's own integration."""
    quartic = oscillator(2)
    for diagram in quartic.diagrams(2):
        meant = quartic.expression(diagram).subs(w, 2)
        (integral_,) = meant.atoms(Integral)
        positive = 2 * integral_.function.subs(Abs(integral_.limits[0][0]), r)
        by_sympy = positive.subs(r, symbols("p", positive=True))
        p = next(iter(by_sympy.free_symbols - {g, w}))
        value = by_sympy.integrate((p, 0, oo))
        assert (meant.xreplace({integral_: value}) - quartic.value(diagram).subs(w, 2)) == 0


def test_different_rates_and_summed_labels() -> None:
    """Two fields with different rates; and lines as matrices, against NumPy."""
    import numpy as np
    from sympy import Matrix, MatrixSymbol

    a, b = symbols("a b", positive=True)
    two = RuleSet(
        "E", {"v": Vertex(("p", "p", "q", "q"), -g, integral(t, -oo, oo))},
        {"p": Propagator("pp", exp(-a * Abs(t - s)), t, s),
         "q": Propagator("qq", exp(-b * Abs(t - s)), t, s)}, g, 2, per_label=True,
    )  # fmt: skip
    assert two.summed(2) is None
    values = [two.value(d) for d in two.diagrams(2)]
    # 1/8 of the integral of exp(-2(a+b)|t|), 1/16 of those with a self-line at each vertex
    by_hand = {g**2 / (8 * (a + b)), g**2 / (16 * a), g**2 / (16 * b)}
    assert {v.factor() for v in values} == {v.factor() for v in by_hand}
    i, j = symbols("i j", integer=True)
    W = MatrixSymbol("W", 3, 3)
    hops = Rules({"x": NodeRule(1, summed(i, 0, 2))}, {"": LineRule(W[i, j], i, j)}, "labelled")
    walk = hops.expression(chain(3, ends=None)).doit()
    numbers = np.arange(9.0).reshape(3, 3)
    entries = {W[k, m]: numbers[k, m] for k in range(3) for m in range(3)}
    assert float(walk.xreplace(entries)) == pytest.approx((numbers @ numbers).sum())
    assert Matrix(W).shape == (3, 3)


def test_trees_with_rules_are_the_chain_rule() -> None:
    """Layered trees weighed by n!/|Aut| against the fourth derivative of exp(c sin x) at 0."""
    from sympy import sin

    x, c = symbols("x c")
    derivatives = [sin(x).diff(x, k).subs(x, 0) for k in range(5)]

    def node(kind: object, degree: int) -> NodeRule:
        if kind == 2:
            return NodeRule(c ** (degree - 1))
        return NodeRule(derivatives[degree - 1] if kind == 1 else 1)

    rules = Rules(node, {"": LineRule()}, lambda d: Rational(24, d.symmetry_factor))
    total = sum(rules.expression(tree) for tree in trees(layered(2), 4))
    assert (total - exp(c * sin(x)).diff(x, 4).subs(x, 0)).expand() == 0


def test_the_chain_is_the_neumann_series() -> None:
    """Born terms of the square well of depth g on (0, 1): -1/3, -2/15 (tan series)."""
    q, u = symbols("q u", positive=True)
    flat = Rules(
        {"x": NodeRule(-g, integral(q, 0, 1)), "in": NodeRule(), "out": NodeRule()},
        {"": LineRule(-Min(q, u), q, u), "in": LineRule(q, (), q), "out": LineRule(q, q, ())},
        "labelled",
    )
    assert flat.expression(chain(1)).doit() == -g / 3
    product, labels = flat.integrand(chain(2))
    first, second = (name for _, name in labels)
    below = product.subs(Min(first, second), first)  # twice the half where the first is smaller
    assert 2 * below.integrate((first, 0, second), (second, 0, 1)) == -2 * g**2 / 15


RULE = DiagramsOfOrder(RuleSet("W", {"x": Vertex("qqqq", -g)}, LINE, g, 3), 2, Function("D"))
RIGHT = RULE.conclude()


@pytest.mark.parametrize(
    "wrong",
    [
        replace(RIGHT, rhs=RIGHT.rhs * 2),
        replace(RIGHT, rhs=-RIGHT.rhs),
        replace(RIGHT, lhs=Function("D")(3)),
        replace(RIGHT, rel="<"),
    ],
    ids=["factor", "sign", "another order", "relation"],
)
def test_a_wrong_order_is_refuted(wrong: Statement) -> None:
    assert weakest(o.check().outcome for o in RULE.obligations((), RIGHT)) is Outcome.PROVEN
    assert weakest(o.check().outcome for o in RULE.obligations((), wrong)) is Outcome.REFUTED


def test_a_wrong_sum_of_orders_is_refuted() -> None:
    derivation = derive_rule_set(RuleSet("W", {"x": Vertex("qqqq", -g)}, LINE, g, 2))
    premises = [step.statement for step in derivation.steps[:-1]]
    rule = SumOfOrders(g, 2)
    right = rule.conclude(*premises)
    for wrong in (replace(right, rhs=right.rhs + g**2), replace(right, rel="="),
                  replace(right, tends=(g, S(1)))):  # fmt: skip
        found = weakest(o.check().outcome for o in rule.obligations(tuple(premises), wrong))
        assert found is Outcome.REFUTED


def test_a_list_that_misses_a_diagram_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Multigraphs._all
    monkeypatch.setattr(Multigraphs, "_all", lambda self: list(whole(self))[:-1])
    assert weakest(o.check().outcome for o in RULE.obligations((), RIGHT)) is Outcome.REFUTED


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: RuleSet("W", {"x": Vertex("qqqq", 1)}, LINE, g, 2), "not a power of g"),
        (lambda: RuleSet("W", {"x": Vertex("qqqq", 1 + g)}, LINE, g, 2), "not a power of g"),
        (lambda: RuleSet("W", {"x": Vertex("qqqq", g)}, LINE, g, -1), "whole number"),
        (lambda: RuleSet("W", {"x": Vertex("qqqq", g)}, LINE, g, 2.5), "whole number"),
        (lambda: RuleSet("W", {"x": Vertex("q" * 4, g)}, {}, g, 2), "no line"),
        (lambda: RuleSet("W", {"x": Vertex("qqqq", g)}, LINE, g, 2, graphs="some"), "unknown"),
        (lambda: derivax.derive(oscillator(2), unknown=g), "says itself"),
        (lambda: Rules({}, {}).expression(chain(1)), "no rule"),
    ],
)
def test_bad_rule_sets_are_one_clear_line(make: object, says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        make()  # type: ignore[operator]
    assert "\n" not in str(caught.value)
