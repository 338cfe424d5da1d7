"""Derivations: immutable, as strong as the weakest step, checked again from what was recorded."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, dataclass, replace
from typing import ClassVar

import pytest
from sympy import Eq, Function, Symbol, exp, oo, sqrt, symbols

from derivax.errors import InputError
from derivax.symbolic.derivation import Derivation
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.outcome import Outcome
from derivax.symbolic.methods.combine import Combine
from derivax.symbolic.methods.differentiate import Differentiate
from derivax.symbolic.methods.limit import Limit
from derivax.symbolic.methods.solve_for import BackSubstitute
from derivax.symbolic.methods.substitute import Rewrite, Substitute
from derivax.symbolic.methods.theorem import Theorem
from derivax.symbolic.obligations import Obligation
from derivax.symbolic.problem import Problem
from derivax.symbolic.rules import Given, Rule
from derivax.symbolic.statements import Statement

t, k, u0 = symbols("t k u0", positive=True)
x, y, z = symbols("x y z", real=True)
u = Function("u", positive=True)
decay = Problem(Eq(u(t).diff(t), -k * u(t)), u(t), {u(0): u0})
square = Problem(Eq(y, x**2), y)
solution = Statement(u(t), "=", u0 * exp(-k * t))


def solved() -> Derivation:
    begun = Derivation.begin(decay, name="textbook/decay", title="Decay", source="a textbook")
    tried = begun.assume(solution, name="ansatz", say="Try an exponential.")
    return tried.then(BackSubstitute(decay), "ansatz", name="solution", say="It fits.")


def test_a_derivation_begins_with_what_is_given() -> None:
    begun = Derivation.begin(decay)
    assert [str(step.statement) for step in begun] == [
        "Derivative(u(t), t) = -k*u(t)",
        "u(0) = u0",
    ]
    assert {step.outcome for step in begun} == {Outcome.NOT_APPLICABLE}
    assert begun.outcome is Outcome.NOT_APPLICABLE


def test_then_returns_a_longer_derivation_and_leaves_the_old_one() -> None:
    begun = Derivation.begin(square)
    longer = begun.then(Substitute({x: 3}), 0)
    assert (len(begun), len(longer)) == (1, 2)
    with pytest.raises(FrozenInstanceError):
        longer.name = "other"  # type: ignore[misc]
    with pytest.raises((FrozenInstanceError, AttributeError)):
        longer.steps[0].sentence = "other"  # type: ignore[misc]


def test_steps_are_found_by_name_and_by_index() -> None:
    derivation = solved()
    assert derivation["solution"] == derivation[-1] == derivation.conclusion
    assert derivation.index("ansatz") == 2
    with pytest.raises(InputError, match="ansatz, solution"):
        derivation["solutoin"]
    with pytest.raises(InputError, match="does not exist"):
        derivation[4]
    with pytest.raises(InputError, match="does not exist"):
        derivation[-5]


def test_a_name_is_given_once() -> None:
    with pytest.raises(InputError, match="names an earlier step"):
        solved().assume(solution, name="ansatz")


def test_a_rule_refuses_a_wrong_number_of_premises() -> None:
    with pytest.raises(InputError, match="takes 1"):
        Derivation.begin(decay).then(Rewrite(), 0, 1)


def test_the_outcome_is_that_of_the_weakest_step() -> None:
    proven = Derivation.begin(square).then(Substitute({x: 3}), 0)
    assert proven.outcome is Outcome.PROVEN
    inequality = Statement(x, "<=", (x**2 + 1) / 2)
    cited = proven.then(Theorem("arithmetic and geometric mean", inequality))
    assert cited.outcome is Outcome.ASSUMED
    wrong = cited.then(Substitute({x: 3}), 0, claim=Statement(y, "=", 6))
    assert wrong.outcome is Outcome.REFUTED
    assert wrong.then(Substitute({x: 2}), 0).outcome is Outcome.REFUTED


def test_a_false_claim_becomes_a_refuted_step_with_a_witness() -> None:
    begun = Derivation.begin(square)
    wrong = begun.then(Differentiate(x), 0, claim=Statement(0, "=", x))
    assert wrong.outcome is Outcome.REFUTED
    witness = [f.witness for _, f in wrong.steps[-1].findings if f.outcome is Outcome.REFUTED]
    assert witness[0]
    assert "x" in witness[0]


def test_a_rule_without_obligations_leaves_its_step_open() -> None:
    @dataclass(frozen=True)
    class Guess(Rule):
        name: ClassVar[str] = "guess"

        def conclude(self, *premises: Statement) -> Statement:
            return premises[0]

        def obligations(
            self, premises: tuple[Statement, ...], conclusion: Statement
        ) -> tuple[Obligation, ...]:
            return ()

    assert Derivation.begin(square).then(Guess(), 0).outcome is Outcome.OPEN


def test_a_given_statement_cannot_be_exchanged() -> None:
    given = Statement(x, "=", y, given=(y > 0,))
    begun = Derivation.begin(square)
    for claim in (
        Statement(x, "=", -y, given=(y > 0,)),
        Statement(x, "<=", y, given=(y > 0,)),
        Statement(x, "=", y),
    ):
        assert begun.then(Given(given), claim=claim).outcome is Outcome.REFUTED


# --- context ---


def test_conditions_of_all_premises_are_inherited() -> None:
    begun = Derivation.begin(square)
    first = begun.assume(Statement(x, "=", z, given=(z > 0,)))
    second = first.assume(Statement(y, "=", z, given=(z < 9,)))
    combined = second.then(Combine([1, 1]), 1, 2)
    assert set(combined.conclusion.given) == {z > 0, z < 9}


def test_the_domain_is_common_to_all_premises() -> None:
    """What holds on (0, 2) and what holds on (1, 3) give a conclusion on (1, 2) only."""
    begun = Derivation.begin(square)
    first = begun.assume(Statement(y, "=", x, forall=Domain.of([x, y], {x: (0, 2)})))
    second = first.assume(Statement(z, "=", x, forall=Domain.of([x, z], {x: (1, 3)}, (x < z + 1,))))
    combined = second.then(Combine([1, 1]), 1, 2)
    forall = combined.conclusion.forall
    assert forall is not None
    assert (forall[x].low, forall[x].high) == (1, 2)
    assert forall.where == (x < z + 1,)
    claimed = Statement(y + z, "=", 2 * x, forall=Domain.of([x, y, z]))
    wide = second.then(Combine([1, 1]), 1, 2, claim=claimed).conclusion.forall
    assert wide is not None
    assert (wide[x].low, wide[x].high) == (1, 2)


def test_a_condition_lost_on_the_way_is_noticed() -> None:
    """sqrt(x^2) = x for x > 0; substituting x = -y needs -y > 0."""
    begun = Derivation.begin(square)
    root = begun.assume(Statement(sqrt(x**2), "=", x, forall=Domain.of([x], {x: (0, oo)})))
    assert root.then(Substitute({x: y**2 + 1}), 1).outcome is Outcome.PROVEN
    assert root.then(Substitute({x: -(y**2)}), 1).outcome is Outcome.REFUTED


def test_a_relation_of_the_domain_survives_a_substitution() -> None:
    begun = Derivation.begin(square)
    domain = Domain.of([x, y], where=(x < y,))
    ordered = begun.assume(Statement(sqrt((y - x) ** 2), "=", y - x, forall=domain))
    assert ordered.then(Substitute({x: y - 1}), 1).outcome is Outcome.PROVEN
    assert ordered.then(Substitute({x: y + 1}), 1).outcome is Outcome.REFUTED


def test_a_condition_of_the_statement_is_replaced_with_it() -> None:
    begun = Derivation.begin(square)
    root = begun.assume(Statement(sqrt(x**2), "=", x, given=(x > 0,)))
    kept = root.then(Substitute({x: -y}), 1)
    assert (-y > 0) in set(kept.conclusion.given)
    assert kept.outcome.established
    forgotten = Statement(sqrt(y**2), "=", -y)
    assert root.then(Substitute({x: -y}), 1, claim=forgotten).outcome is Outcome.REFUTED


def test_what_a_statement_defines_takes_no_other_value() -> None:
    begun = Derivation.begin(square)
    assert begun.then(Substitute({y: 5}), 0).outcome is Outcome.REFUTED
    assert begun.then(Substitute({y: z}), 0).outcome is Outcome.PROVEN  # another name
    justified = begun.assume(Statement(y, "=", 4))
    assert justified.then(Substitute({y: 4}), 0, 1).outcome is Outcome.PROVEN


def test_a_renamed_symbol_keeps_its_range() -> None:
    begun = Derivation.begin(square)
    domain = Domain.of([x, y], {x: (0, 1)}, where=(x < y,))
    bounded = begun.assume(Statement(sqrt((y - x) ** 2), "=", y - x, forall=domain))
    renamed = bounded.then(Substitute({x: z}), 1)
    assert renamed.outcome is Outcome.PROVEN
    forall = renamed.conclusion.forall
    assert forall is not None
    assert forall[z].high == 1
    assert (z < y) in set(forall.where)


def test_an_equation_is_not_divided_by_what_may_vanish() -> None:
    begun = Derivation.begin(square).assume(Statement(x * y, "=", x * z))
    divided = begun.then(Rewrite(multiplier=1 / x), 1)
    assert divided.outcome is Outcome.REFUTED
    safe = Derivation.begin(square).assume(Statement(x * y, "=", x * z, given=(x > 0,)))
    assert safe.then(Rewrite(multiplier=1 / x), 1).outcome.established


def test_continuing_does_not_lose_a_condition() -> None:
    """What was derived under a condition is not taken for the same without it."""
    first = Derivation.begin(square).assume(Statement(x, "=", z, given=(z > 0,)), name="lemma")
    other = Derivation.begin(square).assume(Statement(x, "=", z), name="free")
    joined = first.continued(other.then(Substitute({z: 4}), "free", name="use"))
    assert joined.steps[joined.steps[-1].premises[0]].statement.given == ()
    same = Derivation.begin(square).assume(Statement(x, "=", z, given=(z > 0,)), name="again")
    kept = first.continued(same.then(Substitute({z: 4}), "again", name="use"))
    assert kept.steps[-1].premises == (first.index("lemma"),)


# --- checking again ---


def test_a_recheck_finds_the_same() -> None:
    derivation = solved().then(Limit(t, oo), "solution", name="end")
    again = derivation.recheck()
    assert [step.outcome for step in again] == [step.outcome for step in derivation]
    assert again.outcome is Outcome.PROVEN


def test_a_recheck_finds_a_statement_that_was_changed() -> None:
    derivation = solved()
    step = derivation.steps[-1]
    forged = replace(step, statement=replace(step.statement, rhs=2 * u0 * exp(-k * t)))
    tampered = replace(derivation, steps=(*derivation.steps[:-1], forged))
    assert tampered.outcome is Outcome.PROVEN  # the recorded findings say so
    assert tampered.recheck().outcome is Outcome.REFUTED


def test_a_recheck_finds_a_finding_that_was_changed() -> None:
    wrong = Derivation.begin(square).then(Substitute({x: 3}), 0, claim=Statement(y, "=", 6))
    about, finding = wrong.steps[-1].findings[-1]
    step = replace(wrong.steps[-1], findings=((about, replace(finding, outcome=Outcome.PROVEN)),))
    tampered = replace(wrong, steps=(*wrong.steps[:-1], step))
    assert tampered.recheck().outcome is Outcome.REFUTED


def test_derivations_can_be_pickled() -> None:
    derivation = solved().then(Limit(t, oo), "solution").then(Substitute({u0: 2}), "solution")
    again = pickle.loads(pickle.dumps(derivation))
    assert again == derivation
    assert again.recheck().outcome is Outcome.PROVEN


# --- results ---


def test_the_formula_of_a_step_takes_its_domain_and_conditions() -> None:
    derivation = solved()
    formula = derivation.formula_of("solution", [t, k, u0], domain={k: (0, 5)}, name="decay")
    assert formula.expr == u0 * exp(-k * t)
    assert formula.args == (t, k, u0)
    assert formula.domain[k].high == 5
    assert formula.domain[t].low == 0
    assert formula.source == "a textbook"
    both = derivation.formula_of({"value": "solution"}, [t, k, u0])
    assert set(both.expr) == {"value"}


def test_assumptions_list_conditions_and_citations() -> None:
    s = Symbol("s", positive=True)
    problem = Problem(Eq(y, x**2), y, assume=(x < s,))
    derivation = Derivation.begin(problem).then(
        Theorem("Young 1912", Statement(2 * x * s, "<=", x**2 + s**2, given=(s > 1,)))
    )
    shown = derivation.assumptions
    assert "x < s" in shown
    assert "s > 1" in shown
    assert any("Young 1912" in line for line in shown)
