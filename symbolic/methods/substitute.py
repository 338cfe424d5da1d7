"""Substitution, and rewriting one side of an equation into an equal form.

Main definitions: `Substitute`, `Rewrite`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, ClassVar

from sympy import Basic, Eq, Ge, Gt, Le, Lt, Ne, S, Symbol
from sympy.core.relational import Relational

from derivax.errors import InputError
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.methods.agreement import equal, poles_avoided
from derivax.symbolic.obligations import Obligation, Settled, SignHolds
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement, common_domain

__all__ = ["Rewrite", "Substitute"]


@dataclass(frozen=True, init=False)
class Substitute(Rule):
    """Put expressions for symbols or functions: S(x) becomes S(e).

    The first premise is the statement; further premises are equations `x = e` that justify what is
    put in place of what.  A replacement without such a premise instantiates a free symbol, which is
    sound for a statement that holds for all its values.

    Args:
        replacements: {what: by what}; those given by further premises are added.
    """

    name: ClassVar[str] = "substitute"
    needs: ClassVar[int | None] = None
    replacements: Mapping[Basic, Basic]

    def __init__(self, replacements: Mapping[Any, Any] | None = None) -> None:
        pairs = {as_expression(k): as_expression(v) for k, v in dict(replacements or {}).items()}
        object.__setattr__(self, "replacements", MappingProxyType(pairs))

    def _pairs(self, equations: tuple[Statement, ...]) -> dict[Basic, Basic]:
        """All replacements: the asked ones, and x by e for each other premise `x = e`."""
        pairs = dict(self.replacements)
        for equation in equations:
            if equation.rel != "=":
                raise InputError(str(equation), "is not an equation", "substitution uses x = e")
            if equation.rhs not in self.replacements:
                pairs.setdefault(equation.lhs, equation.rhs)
        return pairs

    @staticmethod
    def _other_side(what: Basic, equations: tuple[Statement, ...]) -> Basic | None:
        """What a premise equates `what` with, if one does."""
        for equation in equations:
            if equation.lhs == what:
                return equation.rhs
            if equation.rhs == what:
                return equation.lhs
        return None

    def conclude(self, *premises: Statement) -> Statement:
        if not premises:
            raise InputError("no premise", "substitution needs a statement to substitute in", "")
        statement, *equations = premises
        for what in self.replacements:
            if not isinstance(what, Symbol) and self._other_side(what, tuple(equations)) is None:
                raise InputError(
                    str(what),
                    "is not a symbol that may take any value",
                    "give the premise that equates it",
                )
        pairs = self._pairs(tuple(equations))
        given = tuple(c.subs(pairs) for c in statement.given)
        return replace(statement.replaced(pairs), forall=self._renamed(statement), given=given)

    def _renamed(self, statement: Statement) -> Domain | None:
        """The statement's domain, with the ranges of renamed symbols under their new names."""
        old = statement.forall
        names = {
            what: by
            for what, by in self.replacements.items()
            if isinstance(by, Symbol) and old is not None and what in old
        }
        if old is None or not names:
            return None
        ranges = {by: old[what] for what, by in names.items()}
        where = [c.subs(names, simultaneous=True) for c in old.where if c.free_symbols & set(names)]
        return old.extended(ranges).restricted(ranges, [c for c in where if c not in old.where])

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        expected = self.conclude(*premises)
        made: list[Obligation] = []
        if conclusion.rel != expected.rel:
            made.append(Settled(False, f"the relation stays {expected.rel}"))
        for side, text in ((0, "left"), (1, "right")):
            claimed = (conclusion.lhs, conclusion.rhs)[side]
            derived = (expected.lhs, expected.rhs)[side]
            if claimed == derived:
                made.append(
                    Settled(True, f"the {text} side is the premise with the replacement made")
                )
            else:
                about = f"the {text} side with the replacement made"
                made.append(equal(claimed, derived, conclusion.domain, about))
        for what, by in self.replacements.items():
            other = self._other_side(what, premises[1:])
            if other is not None and other != by:
                about = f"{what} is replaced by what a premise equates it with"
                made.append(equal(by, other, conclusion.domain, about))
        made += self._not_fixed(premises[0], premises[1:])
        return (*made, *self._inside(premises[0], conclusion))

    def _not_fixed(
        self, statement: Statement, equations: tuple[Statement, ...]
    ) -> list[Obligation]:
        """A symbol that the statement itself defines takes no other value (it may be renamed)."""
        made: list[Obligation] = []
        for what, by in self.replacements.items():
            sides = ((statement.lhs, statement.rhs), (statement.rhs, statement.lhs))
            defined = statement.rel == "=" and any(
                side == what and what not in other.free_symbols for side, other in sides
            )
            renamed = isinstance(by, Symbol) and by not in statement.free_symbols
            if defined and not renamed and self._other_side(what, equations) is None:
                made.append(Settled(False, f"{what} may take any value, defined by nothing"))
        return made

    def _inside(self, statement: Statement, conclusion: Statement) -> list[Obligation]:
        """What is put for a symbol lies where the statement was claimed for that symbol."""
        made: list[Obligation] = []
        domain = statement.domain
        for symbol, value in self.replacements.items():
            if not isinstance(symbol, Symbol) or symbol not in domain.symbols:
                continue
            interval = domain[symbol]
            about = f"{value} lies in the domain of {symbol}"
            if interval.low.is_finite:
                relation = Gt if interval.low_open else Ge
                made.append(
                    SignHolds(
                        relation(value, interval.low, evaluate=False), conclusion.domain, about
                    )
                )
            if interval.high.is_finite:
                relation = Lt if interval.high_open else Le
                made.append(
                    SignHolds(
                        relation(value, interval.high, evaluate=False), conclusion.domain, about
                    )
                )
        for condition in domain.where:
            if not condition.free_symbols & set(self.replacements):
                continue
            replaced = condition.subs(dict(self.replacements), simultaneous=True)
            if replaced in conclusion.given or replaced is S.true:
                continue
            about = f"{condition} holds after the replacement"
            if isinstance(replaced, Relational) and not isinstance(replaced, Eq):
                made.append(SignHolds(replaced, conclusion.domain, about))
            else:
                made.append(Settled(False, about))
        return made


@dataclass(frozen=True)
class Rewrite(Rule):
    """Write the sides in another, equal form.

    Args:
        lhs, rhs: the new sides (None: unchanged).
        multiplier: a factor by which both sides were multiplied; it must not vanish (for `<=` and
            `<`: it must be positive).
    """

    name: ClassVar[str] = "rewrite"
    needs: ClassVar[int | None] = 1
    lhs: Basic | None = None
    rhs: Basic | None = None
    multiplier: Basic = S.One

    def conclude(self, *premises: Statement) -> Statement:
        (statement,) = premises
        lhs = self.lhs if self.lhs is not None else statement.lhs * self.multiplier  # type: ignore[operator]
        rhs = self.rhs if self.rhs is not None else statement.rhs * self.multiplier  # type: ignore[operator]
        return replace(statement, lhs=as_expression(lhs), rhs=as_expression(rhs))

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        (statement,) = premises
        domain = common_domain(conclusion.domain, statement.domain)
        made: list[Obligation] = []
        if conclusion.rel != statement.rel:
            made.append(Settled(False, f"the relation stays {statement.rel}"))
        for new, old, text in (
            (conclusion.lhs, statement.lhs, "left"),
            (conclusion.rhs, statement.rhs, "right"),
        ):
            scaled = old * self.multiplier  # type: ignore[operator]
            made.append(equal(new, scaled, domain, f"the {text} side keeps its value"))
        if self.multiplier != 1:
            made += self._keeps_relation(statement, domain)
        return tuple(made)

    def _keeps_relation(self, statement: Statement, domain: Domain) -> tuple[Obligation, ...]:
        """The factor is finite, has the right sign, and does not move with a limit."""
        factor = self.multiplier
        about = f"the factor {factor} keeps the relation"
        if statement.rel == "in":
            return (Settled(False, about),)
        made: list[Obligation] = []
        if statement.tends is not None and statement.tends[0] in factor.free_symbols:
            made.append(Settled(False, f"{about}: it is free of {statement.tends[0]}"))
        relation = (Gt if statement.rel in ("<", "<=") else Ne)(factor, 0, evaluate=False)
        made.append(SignHolds(relation, domain, about))
        return (*made, *poles_avoided([factor], domain))
