"""Interned records of a term: commuting arguments sorted by digest, equal parts stored once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

__all__ = ["Records", "argument_order", "canonical_json", "record_digest"]


_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
)


def canonical_json(value: Any) -> str:
    """JSON without freedom: ASCII, sorted keys, no spaces."""
    return _ENCODER.encode(value)


def record_digest(head: str, fields: Sequence[Any], children: Sequence[bytes]) -> bytes:
    """What a record means: sha256 of head, fields and the digests of its children."""
    own = (canonical_json([head, *fields]) if fields else f'["{head}"]').encode("ascii")
    return hashlib.sha256(own + b"\0" + b"".join(children)).digest()


def argument_order(
    order: str, fields: Sequence[Any], digests: Sequence[bytes], commutes: Sequence[bool]
) -> list[int]:
    """The positions of the arguments in canonical order.

    Args:
        order: "kept"; "sum", "set", "matrices" (all arguments sorted); "factors" (commuting ones
            sorted and first, the others as they stand); "pairs" (key, value pairs sorted by key);
            "domain" (pairs, then conditions).
        fields: the record's fields ("domain" counts its pairs there).
        digests, commutes: of the arguments.
    """
    count = len(digests)

    def pairs(start: int, stop: int) -> list[int]:
        heads = sorted(range(start, stop, 2), key=lambda i: (digests[i], digests[i + 1]))
        return [position for i in heads for position in (i, i + 1)]

    if order in ("sum", "set", "matrices"):
        return sorted(range(count), key=digests.__getitem__)
    if order == "factors":
        first = sorted((i for i in range(count) if commutes[i]), key=digests.__getitem__)
        return first + [i for i in range(count) if not commutes[i]]
    if order == "pairs":
        return pairs(0, count)
    if order == "domain":
        middle = 2 * fields[0]
        return pairs(0, middle) + sorted(range(middle, count), key=digests.__getitem__)
    return list(range(count))


class Records:
    """A growing table of records (head, fields, children); equal records have one index."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, tuple[Any, ...], tuple[int, ...]]] = []
        self.digests: list[bytes] = []
        self.commutes: list[bool] = []
        self._index: dict[bytes, int] = {}

    def add(
        self, head: str, fields: tuple[Any, ...], children: tuple[int, ...], order: str = "kept",
        commutes: bool | None = None,
    ) -> int:  # fmt: skip
        """The index of a record, made if new; its arguments are put in canonical order."""
        if order != "kept" and len(children) > 1:
            digests = [self.digests[child] for child in children]
            flags = [self.commutes[child] for child in children]
            children = tuple(children[i] for i in argument_order(order, fields, digests, flags))
        key = record_digest(head, fields, [self.digests[child] for child in children])
        found = self._index.get(key)
        if found is not None:
            return found
        if commutes is None:
            commutes = all(self.commutes[child] for child in children)
        self._index[key] = len(self.rows)
        self.rows.append((head, fields, children))
        self.digests.append(key)
        self.commutes.append(commutes)
        return len(self.rows) - 1

    def numbered(self, root: int) -> tuple[list[list[Any]], int]:
        """Nodes reachable from `root`, arguments before what uses them; and the root's number."""
        number: dict[int, int] = {}
        nodes: list[list[Any]] = []
        stack = [(root, False)]
        while stack:
            index, done = stack.pop()
            if index in number:
                continue
            head, fields, children = self.rows[index]
            if done:
                number[index] = len(nodes)
                nodes.append([head, *fields, *(number[child] for child in children)])
                continue
            stack.append((index, True))
            stack.extend((child, False) for child in reversed(children) if child not in number)
        return nodes, number[root]
