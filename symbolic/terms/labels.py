"""Numbers for free Dummies, from their place in the expression and not from their names.

To number interchangeable things canonically is the labelling problem of graphs.  Here: give the
next number to each candidate in turn, keep the candidates whose marked expression has the least
digest, drop those that a transposition of two dummies maps onto another (checked exactly), and
try the remaining ones; the numbering whose complete digest is least wins.  Expressions hold few
free dummies; a search that would not end soon is refused instead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sympy import Dummy

from derivax.errors import TermError

if TYPE_CHECKING:
    from derivax.symbolic.terms.records import Records

__all__ = ["label_dummies"]

MAX_WORK = 1_000_000  # records made while searching

Labels = dict[Dummy, int]
Encode = Callable[[Labels], "tuple[Records, int]"]


def label_dummies(dummies: list[Dummy], encode: Encode, size: int) -> Labels:
    """Numbers 1, 2, ... for the dummies, the same for expressions that differ in dummies only.

    Args:
        dummies: the free dummies.
        encode: makes the records of the expression for given labels (0: not numbered yet).
        size: number of objects that one call of `encode` walks.

    Raises:
        TermError: too many dummies whose places cannot be told apart.
    """
    if len(dummies) <= 1:
        return dict.fromkeys(dummies, 1)
    work = 0

    def mark(labels: Labels) -> bytes:
        nonlocal work
        work += size
        if work > MAX_WORK:
            raise TermError(
                f"{len(dummies)} free dummies", "are too many to be numbered by their places",
                "use named symbols",
            )  # fmt: skip
        records, root = encode(labels)
        return records.digests[root]

    def swaps(first: Dummy, second: Dummy, fixed: list[Dummy]) -> bool:
        rest = [d for d in dummies if d not in fixed and d not in (first, second)]
        one = {d: i + 1 for i, d in enumerate([*fixed, first, second, *rest])}
        other = {d: i + 1 for i, d in enumerate([*fixed, second, first, *rest])}
        return mark(one) == mark(other)

    best: tuple[bytes, Labels] | None = None
    stack: list[list[Dummy]] = [[]]
    while stack:
        fixed = stack.pop()
        rest = [d for d in dummies if d not in fixed]
        numbers = {d: i + 1 for i, d in enumerate(fixed)}
        if not rest:
            found = mark(numbers)
            if best is None or found < best[0]:
                best = (found, numbers)
            continue
        marks = {d: mark({**dict.fromkeys(rest, 0), **numbers, d: len(fixed) + 1}) for d in rest}
        least = min(marks.values())
        kept: list[Dummy] = []
        for dummy in rest:
            if marks[dummy] == least and not any(swaps(dummy, other, fixed) for other in kept):
                kept.append(dummy)
        stack.extend([*fixed, dummy] for dummy in kept)
    assert best is not None  # the loop ends with at least one complete numbering
    return best[1]
