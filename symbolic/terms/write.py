"""Objects to terms: scan once, convert each (object, renaming) pair once, number, done.

1. *Scan*: every distinct object (by identity) is dissected once, without recursion; bottom-up it
   gets the height of the binders below it and the set of binder variables that occur free in it.
2. *Encode*: each object is converted once per renaming of the bound variables that occur free in
   it; records are interned, so equal parts become one record.  A binder of height h names its
   variable h: the name depends on what is inside the binder only, so a closed part is one record
   wherever it stands, and heights grow outwards, so no variable is captured.
3. *Number*: records reachable from the root, arguments first.

Free Dummies have no name either; when there are several, `label_dummies` numbers them by place.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from sympy import Dummy, Symbol

from derivax.errors import TermError
from derivax.symbolic.terms.dissect import Parts, dissect
from derivax.symbolic.terms.labels import label_dummies
from derivax.symbolic.terms.limits import (
    FORMAT,
    MAX_ARGUMENTS,
    MAX_BINDERS,
    MAX_NODES,
    VERSION,
    shown,
)
from derivax.symbolic.terms.records import Records, canonical_json

__all__ = ["digest", "to_term"]

Renaming = tuple[tuple[int, int], ...]  # (bit of the variable, its height), sorted


def to_term(obj: Any) -> dict[str, Any]:
    """The canonical JSON form of an expression, domain or container of them.

    Args:
        obj: a SymPy object with heads of the table, `Domain`, `Interval`, or dict, list, tuple,
            str, int, bool, None of these.

    Returns:
        `{"format": "derivax-term", "version": 1, "nodes": [...], "root": i}`; equal for objects
        that differ in the order of commuting arguments or in names of bound variables only.

    Raises:
        TermError: a head, value or size that a term cannot hold.

    >>> from sympy.abc import x
    >>> to_term(x + 1)["nodes"]
    [['Integer', '1'], ['Symbol', 'x', {}], ['Add', 0, 1]]
    """
    scan = _Scan(obj)
    records, root = scan.encode(label_dummies(scan.dummies, scan.encode, len(scan.parts)))
    nodes, index = records.numbered(root)
    return {"format": FORMAT, "version": VERSION, "nodes": nodes, "root": index}


def digest(obj: Any) -> str:
    """sha256 (hex) of the canonical JSON of `obj`: equal exactly when the terms are equal.

    >>> from sympy import Sum
    >>> from sympy.abc import j, k, n
    >>> digest(Sum(k**2, (k, 1, n))) == digest(Sum(j**2, (j, 1, n)))
    True
    """
    return hashlib.sha256(canonical_json(to_term(obj)).encode("ascii")).hexdigest()


@dataclass
class _Scan:
    """Every distinct object below a root, dissected, with binder heights and free variables."""

    root: Any
    parts: dict[int, Parts] = field(default_factory=dict)
    alive: dict[int, Any] = field(default_factory=dict)  # keeps the ids valid
    height: dict[int, int] = field(default_factory=dict)
    free: dict[int, int] = field(default_factory=dict)  # bit mask of free binder variables
    bit: dict[Symbol, int] = field(default_factory=dict)
    dummies: list[Dummy] = field(default_factory=list)  # those free at the root, in scan order

    def __post_init__(self) -> None:
        order = self._dissect_all()
        for key in order:
            for symbol in self.parts[key].bound:
                self.bit.setdefault(symbol, len(self.bit))
        for key in order:
            self._measure(key)
        self.dummies = self._free_dummies(order)

    def _dissect_all(self) -> list[int]:
        """Dissect iteratively; ids in an order where children stand before their parents."""
        order: list[int] = []
        stack: list[tuple[Any, bool]] = [(self.root, False)]
        open_ids: set[int] = set()
        arguments = 0
        while stack:
            obj, done = stack.pop()
            key = id(obj)
            if done:
                open_ids.discard(key)
                order.append(key)
                continue
            if key in self.parts:
                if key in open_ids:
                    raise TermError(shown(obj), "contains itself")
                continue
            parts = dissect(obj)
            self.parts[key], self.alive[key] = parts, obj
            arguments += len(parts.children)
            if len(self.parts) > MAX_NODES or arguments > MAX_ARGUMENTS:
                raise TermError(shown(self.root), f"has more than {MAX_NODES} nodes")
            open_ids.add(key)
            stack.append((obj, True))
            stack.extend((child, False) for child in reversed(parts.children))
        return order

    def _measure(self, key: int) -> None:
        parts = self.parts[key]
        if parts.head in ("Symbol", "Dummy"):
            bit = self.bit.get(self.alive[key])
            self.free[key] = 0 if bit is None else 1 << bit
            self.height[key] = 0
            return
        below = max((self.height[id(child)] for child in parts.children), default=0)
        self.height[key] = below + len(parts.bound)
        if self.height[key] > MAX_BINDERS:
            raise TermError(
                shown(self.alive[key]), f"nests more than {MAX_BINDERS} bound variables"
            )
        mask = 0
        for position, child in enumerate(parts.children):
            free = self.free[id(child)]
            if free and parts.scopes:
                for symbol in parts.scopes[position]:
                    free &= ~(1 << self.bit[symbol])
            mask |= free
        self.free[key] = mask

    def _free_dummies(self, order: list[int]) -> list[Dummy]:
        top = self.free[id(self.root)]
        found: dict[Dummy, None] = {}
        for key in order:
            obj = self.alive[key]
            if isinstance(obj, Dummy) and self.parts[key].head == "Dummy":
                bit = self.bit.get(obj)
                if bit is None or top >> bit & 1:
                    found[obj] = None
        return list(found)

    def encode(self, labels: dict[Dummy, int]) -> tuple[Records, int]:
        """Records of the whole graph, free dummies called by their labels; and the root's index."""
        records = Records()
        made: dict[tuple[int, Renaming], int] = {}
        stack: list[tuple[int, Renaming, list[tuple[int, Renaming]] | None]] = []
        start = (id(self.root), ())
        stack.append((*start, None))
        while stack:
            key, renaming, wanted = stack.pop()
            if wanted is None:
                if (key, renaming) in made:
                    continue
                wanted = self._wanted(key, renaming)
                stack.append((key, renaming, wanted))
                stack.extend((*pair, None) for pair in reversed(wanted) if pair not in made)
                continue
            if (key, renaming) not in made:
                made[key, renaming] = self._record(
                    records, key, renaming, [made[pair] for pair in wanted], labels
                )
                if len(made) > MAX_NODES:
                    raise TermError(shown(self.root), f"has more than {MAX_NODES} nodes")
        return records, made[start]

    def _wanted(self, key: int, renaming: Renaming) -> list[tuple[int, Renaming]]:
        """The children of an object, each with the renaming that it sees."""
        parts = self.parts[key]
        if not self.free[key] and not parts.bound:
            return [(id(child), ()) for child in parts.children]
        base = self.height[key] - len(parts.bound)
        names = {symbol: base + 1 + i for i, symbol in enumerate(parts.bound)}
        wanted: list[tuple[int, Renaming]] = []
        for position, child in enumerate(parts.children):
            free = self.free[id(child)]
            if not free:
                wanted.append((id(child), ()))
                continue
            seen = dict(renaming)
            scope = parts.scopes[position] if parts.scopes else ()
            for symbol in reversed(scope):  # the innermost comes last and hides the others
                seen[self.bit[symbol]] = names[symbol]
            wanted.append((id(child), tuple(sorted(p for p in seen.items() if free >> p[0] & 1))))
        return wanted

    def _record(
        self, records: Records, key: int, renaming: Renaming, children: list[int],
        labels: dict[Dummy, int],
    ) -> int:  # fmt: skip
        parts = self.parts[key]
        if parts.head in ("Symbol", "Dummy"):
            facts = parts.fields[-1]
            if renaming:
                return records.add("Bound", (renaming[0][1], facts), (), commutes=parts.commutes)
            if parts.head == "Dummy":
                label = labels[self.alive[key]]
                return records.add("Dummy", (label, facts), (), commutes=parts.commutes)
        return records.add(
            parts.head, parts.fields, tuple(children), parts.order, commutes=parts.commutes
        )
