r"""The sum of the diagrams of a rule set as a derivation: order by order, each order checked.

Main definitions: `DiagramsOfOrder`, `SumOfOrders`, `AddUpTo`, `derive_rule_set`, `with_orders`.

Implementation notes.  An order stands when the listed diagrams are all different and as many as
Burnside's theorem says, when their weights 1/|Aut| add up to the number of contractions, and when
the sum of their values is the sum that the program without listing gives.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from flint import fmpq
from sympy import Add, Basic, Eq, Expr, Function, Integer, Poly, S, Sum, Symbol, expand, oo
from sympy.core.function import AppliedUndef, UndefinedFunction

from derivax.diagrams.ruleset import RuleSet
from derivax.diagrams.sums import all_weights, connected_weights, irreducible_weights
from derivax.errors import InputError
from derivax.symbolic.derivation import Derivation
from derivax.symbolic.methods.agreement import equal, keeps_relation
from derivax.symbolic.obligations import Obligation, Settled, Vanishes
from derivax.symbolic.problem import Problem
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

__all__ = ["AddUpTo", "DiagramsOfOrder", "SumOfOrders", "derive_rule_set", "with_orders"]


def _order_value(rule_set: RuleSet, order: int) -> Expr:
    """The coefficient of g^order."""
    return (rule_set.enumerated(order) / rule_set.coupling**order).expand()


@dataclass(frozen=True)
class DiagramsOfOrder(Rule):
    """Conclude what the diagrams of one order add up to, D(n) = value.

    Args:
        rule_set: the rules.
        order: n.
        head: D.
    """

    name: ClassVar[str] = "diagrams of an order"
    needs: ClassVar[int | None] = 0
    rule_set: RuleSet
    order: int
    head: UndefinedFunction

    def conclude(self, *premises: Statement) -> Statement:
        return Statement(self.head(self.order), "=", _order_value(self.rule_set, self.order))

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        rules, n = self.rule_set, self.order
        made = list(keeps_relation(conclusion, "="))
        if conclusion.lhs != self.head(n):
            made.append(Settled(False, f"the left side is {self.head(n)}"))
        total = S.Zero
        for listed in rules.lists(n):
            found = list(listed)
            total = total + Add(*(rules.value(d) for d in found))
            made += self._complete(listed, found)
        value = (rules.factor * total / rules.coupling**n).expand()
        about = f"the diagrams of order {n} add up to {conclusion.rhs}"
        made.append(equal(conclusion.rhs, value, conclusion.domain, about))
        without = rules.summed(n)
        if without is not None:
            other = (without / rules.coupling**n).expand()
            about = f"so does the sum of order {n} without listing"
            made.append(equal(conclusion.rhs, other, conclusion.domain, about))
        return tuple(made)

    def _complete(self, listed: Any, found: list[Any]) -> list[Obligation]:
        rules = self.rule_set
        numbers = ", ".join(f"{k} {kind}" for kind, k in listed.numbers.items())
        different = len({d.code for d in found}) == len(found)
        made: list[Obligation] = [Settled(different, f"all diagrams with {numbers} are different")]
        if rules.graphs != "irreducible":
            about = f"diagrams with {numbers}: {len(found)} listed, as many as Burnside counts"
            made.append(Settled(len(found) == listed.count, about))
        weight = sum((fmpq(1, d.symmetry_factor) for d in found), fmpq(0))
        about = f"their weights 1/|Aut| add up to {weight}, as contractions do"
        known = _weight(rules, tuple(listed.numbers.values()), listed.numbers)
        if known is not None:
            made.append(Settled(weight == known, about))
        return made


def _weight(rules: RuleSet, e: tuple[int, ...], numbers: Any) -> fmpq | None:
    contents = rules.contents
    if rules.graphs == "all":
        return all_weights(contents, numbers)[e]
    if rules.graphs == "connected":
        return connected_weights(contents, numbers).get(e, fmpq(0))
    if len(contents.lines) > 1:
        return None
    legs = len(rules.external)
    return irreducible_weights(contents.without_external(), numbers, legs).get((legs, *e), fmpq(0))


@dataclass(frozen=True)
class SumOfOrders(Rule):
    """From F = c + sum D(n) g^n and the first D(n) conclude F ~ c + D(1) g + ... as g -> 0.

    Args:
        coupling: g.
        order: the highest power.
    """

    name: ClassVar[str] = "sum of orders"
    needs: ClassVar[int | None] = None
    coupling: Symbol
    order: int

    def _parts(self, premises: tuple[Statement, ...]) -> tuple[Basic, Expr]:
        """F and the polynomial that the premises give."""
        if not premises or premises[0].rel != "=":
            raise InputError("no definition", "the first premise says F = c + sum of orders", "")
        definition, *orders = premises
        series = [s for s in definition.rhs.atoms(Sum) if self.coupling in s.free_symbols]
        if len(series) != 1:
            raise InputError(str(definition), "holds no single series", "")
        ((index, start, _),) = series[0].limits
        known = {s.lhs: s.rhs for s in orders if s.rel == "="}
        total = S.Zero
        for n in range(int(start), self.order + 1):
            term = series[0].function.subs(index, n)
            values = [a for a in term.atoms(Function) if a.args == (Integer(n),)]
            missing = [a for a in values if a not in known]
            if missing:
                raise InputError(str(missing[0]), "has no premise", "derive that order first")
            total += term.subs(known)
        return definition.lhs, definition.rhs.subs(series[0], total).expand()

    def conclude(self, *premises: Statement) -> Statement:
        lhs, polynomial = self._parts(premises)
        return Statement(lhs, "~", polynomial, tends=(self.coupling, S.Zero))

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        lhs, polynomial = self._parts(premises)
        made = list(keeps_relation(conclusion, "~"))
        if conclusion.lhs != lhs or conclusion.tends != (self.coupling, S.Zero):
            made.append(Settled(False, f"the series is that of {lhs} at {self.coupling} = 0"))
        difference = (conclusion.rhs - polynomial).expand()
        about = f"the powers of {self.coupling} up to {self.order} are those of the orders"
        return (*made, Vanishes(difference, conclusion.domain, about))


@dataclass(frozen=True)
class AddUpTo(Rule):
    r"""From $F \sim \sum c_n g^n$ and $D(n) = c_n$ conclude $F \sim \sum D(n) g^n$.

    What was expanded without diagrams is the sum of the diagrams, order by order.

    Args:
        coupling: g.
        head: D.
    """

    name: ClassVar[str] = "diagrams add up"
    needs: ClassVar[int | None] = None
    coupling: Symbol
    head: UndefinedFunction

    def conclude(self, *premises: Statement) -> Statement:
        series, *orders = premises
        total = Add(*(s.lhs * self.coupling ** s.lhs.args[0] for s in orders))
        return Statement(series.lhs, "~", total, tends=(self.coupling, S.Zero))

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        series, *orders = premises
        g = self.coupling
        made = list(keeps_relation(conclusion, "~"))
        tends = (g, S.Zero)
        if series.rel != "~" or series.tends != tends or conclusion.tends != tends:
            made.append(Settled(False, f"both are series at {g} = 0"))
        if conclusion.lhs != series.lhs:
            made.append(Settled(False, f"the series is that of {series.lhs}"))
        values = {s.lhs: s.rhs for s in orders if s.rel == "=" and s.lhs.func == self.head}
        used = {a for a in conclusion.rhs.atoms(AppliedUndef) if a.func == self.head}
        made.append(Settled(used <= set(values), "every D(n) in it is derived"))
        difference = expand(conclusion.rhs.xreplace(values) - series.rhs)
        terms = Poly(difference, g).terms() or [((0,), S.Zero)]
        for (n,), coefficient in terms:
            about = f"the diagrams of order {n} are the coefficient of {series.lhs}"
            made.append(Vanishes(coefficient, conclusion.domain, about))
        return tuple(made)


def with_orders(
    derivation: Derivation, rule_set: RuleSet, orders: Iterable[int], head: UndefinedFunction
) -> Derivation:
    """The derivation with one step per order of diagrams, named `D-n`."""
    for order in orders:
        number = sum(1 for _ in rule_set.diagrams(order))
        said = {0: "There is no diagram", 1: "One diagram"}.get(number, f"{number} diagrams")
        derivation = derivation.then(
            DiagramsOfOrder(rule_set, order, head), name=f"{head}-{order}",
            say=f"{said} of order {order}.",
        )  # fmt: skip
    return derivation


def derive_rule_set(
    rule_set: RuleSet, *, name: str = "", title: str = "", source: str = ""
) -> Derivation:
    """The sum of the diagrams of a rule set to its order, as checked steps.

    Returns:
        a derivation whose formula is the polynomial in the coupling.

    >>> from sympy import symbols
    >>> from derivax.diagrams import Propagator, RuleSet, Vertex
    >>> g = symbols("g", positive=True)
    >>> quartic = RuleSet("W", {"x": Vertex("qqqq", -g)}, {"": Propagator("qq")}, g, 3)
    >>> derivation = derive_rule_set(quartic)
    >>> print(derivation.conclusion, derivation.outcome)
    W(g) ~ -11*g**3/96 + g**2/12 - g/8 as g -> 0 proven
    """
    g = rule_set.coupling
    head, sought = Function("D"), Function(rule_set.name)(g)
    n = Symbol("n", integer=True, nonnegative=True)
    bare = rule_set.graphs == "all" or (rule_set.external and rule_set.graphs == "connected")
    least = 0 if bare else 1
    series = Sum(head(n) * g**n, (n, least, oo))
    problem = Problem(Eq(sought, rule_set.constant + series, evaluate=False), sought)
    derivation = Derivation.begin(
        problem, name=name or rule_set.name, title=title or "Sum of diagrams", source=source
    )
    places: list[int | str] = [0]
    for order in range(least, rule_set.order + 1):
        if rule_set.graphs == "irreducible":
            count = sum(1 for _ in rule_set.diagrams(order))
        else:
            count = sum(listed.count for listed in rule_set.lists(order))
        said = {0: "There is no diagram", 1: "One diagram"}.get(count, f"{count} diagrams")
        step = f"order-{order}"
        derivation = derivation.then(
            DiagramsOfOrder(rule_set, order, head), name=step, say=f"{said} of order {order}."
        )
        places.append(step)
    derivation = derivation.then(
        SumOfOrders(g, rule_set.order), *places, name="sum", say="The orders add up."
    )
    symbols = sorted((s for s in derivation.conclusion.rhs.free_symbols if s != g), key=str)
    return derivation.concluded(derivation.formula_of("sum", [g, *symbols]))
