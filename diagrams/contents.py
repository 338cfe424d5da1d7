r"""What multigraphs are made of: kinds of vertices with their legs, of lines, external points.

Main definition: `Contents`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod
from typing import Any

from derivax.errors import InputError

__all__ = ["Contents"]


@dataclass(frozen=True)
class Contents:
    """Kinds of vertices and of lines.

    Args:
        vertices: {kind: fields of its legs}, e.g. {"x": ("phi",)*4}; legs of one field are equal.
        lines: {kind: (field, field)}; two different fields make a directed line, from the first to
            the second.
        external: {name: field} of the external points; each has one leg and a name of its own.

    >>> phi4 = Contents({"x": ("phi",)*4}, {"": ("phi", "phi")})
    >>> phi4.half_edges({"x": 3})
    Counter({'phi': 12})

    Raises `InputError` for a vertex without legs, a field without line or with two kinds of line.
    """

    vertices: Mapping[Any, Sequence[str]]
    lines: Mapping[Any, tuple[str, str]]
    external: Mapping[Any, str]

    def __init__(
        self,
        vertices: Mapping[Any, Sequence[str]],
        lines: Mapping[Any, tuple[str, str]],
        external: Mapping[Any, str] | None = None,
    ) -> None:
        object.__setattr__(self, "vertices", {k: tuple(legs) for k, legs in vertices.items()})
        object.__setattr__(self, "lines", {k: tuple(ends) for k, ends in lines.items()})
        object.__setattr__(self, "external", dict(external or {}))
        met: Counter[str] = Counter(f for ends in self.lines.values() for f in set(ends))
        for kind, legs in self.vertices.items():
            if not legs:
                raise InputError(f"vertex {kind!r}", "has no legs", "put it into the constant")
        for field in {f for legs in self.vertices.values() for f in legs} | set(
            self.external.values()
        ):
            if met[field] != 1:
                said = "no line" if not met[field] else f"{met[field]} kinds of lines"
                raise InputError(f"field {field!r}", f"has {said}", "give it exactly one")
        shared = set(self.external) & set(self.vertices)
        if shared:
            raise InputError(f"{shared.pop()!r}", "names a vertex and an external point", "")

    @cached_property
    def partner(self) -> dict[str, tuple[str, Hashable, bool | None]]:
        """field -> (field at the other end, kind of line, whether it is the tail or None)."""
        found: dict[str, tuple[str, Hashable, bool | None]] = {}
        for kind, (a, b) in self.lines.items():
            found[a] = (b, kind, None if a == b else True)
            found[b] = (a, kind, None if a == b else False)
        return found

    def checked(self, numbers: Mapping[Any, int]) -> dict[Hashable, int]:
        """How many vertices of each kind, as whole numbers >= 0."""
        made = dict.fromkeys(self.vertices, 0)
        for kind, number in numbers.items():
            if kind not in made:
                known = ", ".join(map(repr, made))
                raise InputError(f"vertex {kind!r}", "is not one of the kinds", f"kinds: {known}")
            if isinstance(number, bool) or not isinstance(number, int) or number < 0:
                raise InputError(f"{number!r} vertices", "is not a whole number >= 0", "")
            made[kind] = number
        return made

    def half_edges(self, numbers: Mapping[Any, int]) -> Counter[str]:
        """The number of half-edges of each field."""
        found = Counter(self.external.values())
        for kind, number in self.checked(numbers).items():
            for field in self.vertices[kind]:
                found[field] += number
        return +found

    def can_be_joined(self, numbers: Mapping[Any, int]) -> bool:
        """Whether half-edges can be paired at all (odd total degree: no diagram, the value 0)."""
        halves = self.half_edges(numbers)
        return all(
            halves[a] % 2 == 0 if a == b else halves[a] == halves[b]
            for a, b in self.lines.values()
        )

    def below(self, numbers: Mapping[Any, int]) -> Iterator[dict[Hashable, int]]:
        """All numbers of vertices up to the given ones, smaller ones first."""
        wanted = self.checked(numbers)
        choices = product(*(range(n + 1) for n in wanted.values()))
        for chosen in sorted(choices, key=lambda c: (sum(c), c)):
            yield dict(zip(wanted, chosen))

    def n_contractions(self, numbers: Mapping[Any, int]) -> int:
        """The number of ways to pair all half-edges, products of double factorials and factorials.

        >>> Contents({"x": ("phi",)*4}, {"": ("phi", "phi")}).n_contractions({"x": 2})
        105
        """
        if not self.can_be_joined(numbers):
            return 0
        halves = self.half_edges(numbers)
        return prod(
            prod(range(halves[a] - 1, 0, -2)) if a == b else prod(range(1, halves[a] + 1))
            for a, b in self.lines.values()
        )

    def without_external(self, kept: Sequence[Hashable] = ()) -> Contents:
        """The same with only the external points that are kept."""
        return Contents(
            self.vertices, self.lines, {k: f for k, f in self.external.items() if k in kept}
        )
