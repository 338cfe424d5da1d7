"""The contract of a rule: how a move concludes, and which obligations it creates.

Main definitions: `Rule`, `Given`.

A rule instance is a value: its parameters are its fields, so that a step can be shown, compared and
checked again.  The leaves live in `symbolic/methods/`, one file per move.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any, ClassVar

from derivax.errors import InputError
from derivax.symbolic.obligations import Obligation, Settled
from derivax.symbolic.statements import Statement

__all__ = ["Given", "Rule"]


class Rule(ABC):
    """One kind of step.  `name` is what a derivation prints; `needs` the number of premises."""

    name: ClassVar[str]
    needs: ClassVar[int | None] = 1
    """number of premises; None: any number"""
    keeps_conditions: ClassVar[bool] = True
    """whether the conclusion holds under the conditions of the premises only; False for a rule that
    checks its conclusion against the problem itself"""

    @abstractmethod
    def conclude(self, *premises: Statement) -> Statement:
        """The statement that follows from the premises.

        Raises:
            InputError: the rule does not apply to these premises.
        """

    @abstractmethod
    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        """What must hold for `conclusion` to follow from `premises`, built from both."""

    def demand(self, premises: tuple[Statement, ...]) -> None:
        """Refuse a wrong number of premises."""
        if self.needs is not None and len(premises) != self.needs:
            raise InputError(
                f"{len(premises)} premises", f"the rule '{self.name}' takes {self.needs}", ""
            )

    def __getstate__(self) -> dict[str, Any]:
        # read-only mappings cannot be pickled
        return {
            k: dict(v) if isinstance(v, MappingProxyType) else v for k, v in self.__dict__.items()
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            frozen = MappingProxyType(value) if isinstance(value, dict) else value
            object.__setattr__(self, name, frozen)

    @property
    def parameters(self) -> dict[str, Any]:
        """The fields of the rule, by name."""
        return {f.name: getattr(self, f.name) for f in fields(self)}  # type: ignore[arg-type]


@dataclass(frozen=True)
class Given(Rule):
    """A starting equation, a given value or a hypothesis: there is nothing to check."""

    name: ClassVar[str] = "given"
    needs: ClassVar[int | None] = 0
    statement: Statement

    def conclude(self, *premises: Statement) -> Statement:
        return self.statement

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        stated = self.statement
        same = (
            (conclusion.lhs, conclusion.rel, conclusion.rhs) == (stated.lhs, stated.rel, stated.rhs)
            and conclusion.tends == stated.tends
            and set(stated.given) <= set(conclusion.given)
        )
        return () if same else (Settled(False, "the statement is the one that was given"),)
