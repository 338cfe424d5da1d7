"""The tally of mutants.

Main definitions: `Mutant`, `Score`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

__all__ = ["Fate", "Mutant", "Score"]

Fate = Literal["refuted", "survived", "equivalent", "undecided"]


@dataclass(frozen=True)
class Mutant:
    """One planted error: where it is, what was changed, and what became of it.

    `fate`: "refuted" (noticed), "survived" (proven different and not noticed), "equivalent" (proven
    to be the same), "undecided" (neither was proven: it counts for nothing).
    """

    where: str
    what: str
    fate: Fate
    by: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}: {self.fate}" + (f" ({self.by})" if self.by else "")


@dataclass(frozen=True)
class Score:
    """All mutants and their fates."""

    mutants: tuple[Mutant, ...]

    @classmethod
    def of(cls, mutants: Iterable[Mutant]) -> Score:
        return cls(tuple(mutants))

    def of_fate(self, fate: Fate) -> tuple[Mutant, ...]:
        return tuple(m for m in self.mutants if m.fate == fate)

    @property
    def proven_different(self) -> int:
        return len(self.of_fate("refuted")) + len(self.of_fate("survived"))

    @property
    def share(self) -> float:
        """Refuted among those proven different.

        >>> Score.of([Mutant("a", "sign", "refuted"), Mutant("a", "sign", "survived")]).share
        0.5
        """
        total = self.proven_different
        return len(self.of_fate("refuted")) / total if total else 0.0

    def __str__(self) -> str:
        lines = [
            (
                f"{self.proven_different} mutants proven different, {self.share:.1%} refuted; "
                f"{len(self.of_fate('equivalent'))} equivalent, "
                f"{len(self.of_fate('undecided'))} undecided"
            )
        ]
        lines += [f"  survivor: {m}" for m in self.of_fate("survived")]
        return "\n".join(lines)
