"""One vocabulary for what is known about a claim, shared by derivation steps and by verification.

Main definitions: `Outcome`, `weakest`, `Finding`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

__all__ = ["Finding", "Outcome", "weakest"]


class Outcome(StrEnum):
    """What is known about a claim, from strongest to weakest.

    >>> Outcome("proven") is Outcome.PROVEN, str(Outcome.HOLDS)
    (True, 'holds')
    """

    PROVEN = "proven"
    """for all values of the domain"""
    INSTANCES = "instances"
    """proven for the listed sizes only"""
    HOLDS = "holds"
    """survived a test that can fail; its resolution is stated"""
    ASSUMED = "assumed"
    """a hypothesis or a cited theorem"""
    NOT_APPLICABLE = "not_applicable"
    """there is nothing to check (a starting equation, a level that does not concern the claim)"""
    NOT_RUN = "not_run"
    """left out: by request, for lack of time or of an optional package"""
    OPEN = "open"
    """tried, and neither shown nor refuted"""
    REFUTED = "refuted"
    """false, with a witness"""

    @property
    def established(self) -> bool:
        """True for `proven`, `instances` and `holds`."""
        return self in (Outcome.PROVEN, Outcome.INSTANCES, Outcome.HOLDS)


_STRENGTH = (
    Outcome.REFUTED,
    Outcome.OPEN,
    Outcome.NOT_RUN,
    Outcome.ASSUMED,
    Outcome.HOLDS,
    Outcome.INSTANCES,
    Outcome.PROVEN,
)


def weakest(outcomes: Iterable[Outcome]) -> Outcome:
    """The weakest of the outcomes; `not_applicable` ones do not count.

    >>> str(weakest([Outcome.PROVEN, Outcome.HOLDS, Outcome.NOT_APPLICABLE]))
    'holds'
    >>> str(weakest([]))
    'not_applicable'
    """
    counted = [o for o in outcomes if o is not Outcome.NOT_APPLICABLE]
    return min(counted, key=_STRENGTH.index) if counted else Outcome.NOT_APPLICABLE


@dataclass(frozen=True)
class Finding:
    """The result of one check.

    `outcome`; `method` (how it was found: "normal form", "ball test" ...); `detail`, a sentence;
    `resolution`, the smallest relative error that the test would have seen (for `holds`);
    `witness`, the point that refutes (plain strings and numbers, ready for JSON);
    `figures`, further measured numbers, ready for JSON.
    """

    outcome: Outcome
    method: str
    detail: str = ""
    resolution: float | None = None
    witness: Mapping[str, Any] | None = None
    figures: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """One line: outcome, how it was found, and the point that refutes.

        >>> print(Finding(Outcome.HOLDS, "ball test", "", 1e-40))
        holds (ball test, resolution 1e-40)
        """
        how = self.method
        if self.resolution is not None:
            how += f", resolution {self.resolution:.3g}"
        line = f"{self.outcome} ({how})"
        point = (self.witness or {}).get("point")
        if isinstance(point, Mapping):
            line += " at " + ", ".join(f"{name} = {value}" for name, value in point.items())
            sides = [(self.witness or {}).get(side) for side in ("first", "second")]
            if all(sides):
                line += f": {sides[0]} against {sides[1]}"
        return line
