"""Terms to objects: every node checked, then built from nodes before it; nothing is evaluated.

A document must be the canonical spelling of its object: nodes in canonical numbering, no node
twice, commuting arguments sorted, assumptions minimal.  So the hash of the document and the hash
of the object cannot differ, and nothing hides in nodes that the root does not use.
"""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy import Basic, Symbol, Tuple

from derivax.errors import TermError
from derivax.symbolic.terms.build import FIELDS, MAKERS, ORDERS, commutes_by_itself
from derivax.symbolic.terms.dissect import LIMITED
from derivax.symbolic.terms.heads import BINDERS, HEADS, KINDS, Head
from derivax.symbolic.terms.limits import (
    FORMAT,
    MAX_ARGUMENTS,
    MAX_BINDERS,
    MAX_NODES,
    MAX_UNFOLDED,
    VERSION,
    shown,
)
from derivax.symbolic.terms.order import MAX_WALKED, SympyOrder
from derivax.symbolic.terms.records import argument_order, record_digest

__all__ = ["from_term"]

_KEYS = {"format", "version", "nodes", "root"}


def from_term(term: Any) -> Any:
    """The object that a term spells, argument by argument as it was, nothing evaluated.

    Bound variables come back as Dummies with fixed indices (equal on every reading); a free Dummy
    comes back fresh, because it has no identity outside its term.

    Args:
        term: what `to_term` gave, possibly through JSON.

    Raises:
        TermError: anything that is not the canonical spelling of an object within the limits.

    >>> from sympy import Add
    >>> from sympy.abc import x
    >>> from derivax.symbolic.terms import to_term
    >>> from_term(to_term(Add(x, x, evaluate=False)))
    x + x
    """
    if not isinstance(term, dict) or term.keys() != _KEYS:
        raise TermError(
            shown(term), f"is not a term: an object with keys {', '.join(sorted(_KEYS))}"
        )
    if term["format"] != FORMAT or term["version"] is True or term["version"] != VERSION:
        raise TermError(
            f"format {shown(term['format'])}, version {shown(term['version'])}",
            f"cannot be read; this is {FORMAT} version {VERSION}",
        )
    nodes, root = term["nodes"], term["root"]
    if not isinstance(nodes, list) or not nodes:
        raise TermError(shown(nodes), "is not a list of nodes")
    if len(nodes) > MAX_NODES:
        raise TermError(f"{len(nodes)} nodes", f"a term has at most {MAX_NODES}")
    if type(root) is not int or root != len(nodes) - 1:
        raise TermError(f"root {shown(root)}", "the root of a term is its last node")
    return _Reading(nodes).result()


class _Reading:
    """One pass over the nodes; per node: the object and what later nodes need to know of it."""

    def __init__(self, nodes: list[Any]) -> None:
        self.nodes = nodes
        self.objects: list[Any] = []
        self.children: list[tuple[int, ...]] = []
        self.digests: list[bytes] = []
        self.commutes: list[bool] = []
        self.unfolded: list[int] = []  # size with sharing undone, up to a cap
        self.hashed: list[int] = []  # Tuples that a hash walks: SymPy keeps no hash of a Tuple
        self.unbound: list[int] = []  # bit mask of heights of Bound nodes below, not yet bound
        self.height: list[int] = []
        self.order = SympyOrder()
        self._seen: dict[bytes, int] = {}
        self._arguments = 0
        self._walked = 0

    def result(self) -> Any:
        for index, node in enumerate(self.nodes):
            try:
                self._read(index, node)
            except TermError:
                raise
            except Exception as error:  # a constructor of SymPy refuses its arguments
                head = shown(node[0]) if isinstance(node, list) and node else shown(node)
                raise TermError(
                    f"node {index} ({head})", f"SymPy refuses it: {type(error).__name__}: {error}"
                ) from None  # fmt: skip
        if self.unbound[-1]:
            raise TermError("the root", "has a bound variable that nothing binds")
        self._check_numbering()
        return self.objects[-1]

    def _read(self, index: int, node: Any) -> None:
        if not isinstance(node, list) or not node or not isinstance(node[0], str):
            raise TermError(f"node {index}", "is not a list that begins with a head")
        head = node[0]
        self._arguments += len(node)
        if self._arguments > MAX_ARGUMENTS:
            raise TermError("the term", f"has more than {MAX_ARGUMENTS} arguments")
        spec = HEADS.get(head)
        leading = 0 if spec is not None else FIELDS.get(head, -1)
        if leading < 0:
            raise TermError(f"node {index}: head {shown(head)}", "is not one that a term can hold")
        fields, children = node[1 : 1 + leading], node[1 + leading :]
        if len(fields) < leading:
            raise TermError(f"node {index} ({head})", "has too few entries")
        for child in children:
            if type(child) is not int or not 0 <= child < index:
                raise TermError(
                    f"node {index} ({head}): argument {shown(child)}", "is not an earlier node"
                )
        args = [self.objects[child] for child in children]
        flags = [self.commutes[child] for child in children]
        self._check_place(index, head, spec, fields, children, flags)
        unfolded = 1 + sum(self.unfolded[child] for child in children)
        hashed = 1 + sum(self.hashed[child] for child in children) if head == "Tuple" else 0
        if hashed > MAX_UNFOLDED:
            raise TermError(
                f"node {index} (Tuple)", f"holds more than {MAX_UNFOLDED} Tuples unfolded"
            )
        self.hashed.append(hashed)
        if spec is not None:
            made = self._make(index, spec, args, flags, unfolded)
        else:
            made = MAKERS[head](fields, args, flags)
        if isinstance(made, Basic):
            hash(made)  # children first, so that nobody's later hash recurses
        commutes = spec.commutes if spec is not None else commutes_by_itself(head, made)
        self.objects.append(made)
        self.children.append(tuple(children))
        self.commutes.append(all(flags) if commutes is None else commutes)
        self.unfolded.append(min(unfolded, 10 * MAX_UNFOLDED))

    def _make(
        self, index: int, spec: Head, args: list[Any], flags: list[bool], unfolded: int
    ) -> Basic:
        if not spec.accepts(len(args)):
            raise TermError(f"node {index} ({spec.name})", f"cannot have {len(args)} arguments")
        for position, arg in enumerate(args):
            kind = spec.kind_at(position)
            if not KINDS[kind](arg):
                raise TermError(
                    f"node {index} ({spec.name}): argument {position + 1}",
                    f"is a {type(arg).__name__}, not a {kind}",
                )
        self._walked += unfolded if spec.recurses else 0
        if spec.recurses and (unfolded > MAX_UNFOLDED or self._walked > MAX_WALKED):
            raise TermError(
                f"node {index} ({spec.name})", f"holds more than {MAX_UNFOLDED} nodes unfolded"
            )
        return spec.make(spec.cls, self.order.sorted(spec.order, args, flags, unfolded), all(flags))

    def _check_place(
        self, index: int, head: str, spec: Head | None, fields: list[Any], children: list[int],
        flags: list[bool],
    ) -> None:  # fmt: skip
        """Canonical order of arguments, no node twice, binders of the right height."""
        order = spec.order if spec is not None else ORDERS.get(head, "kept")
        digests = [self.digests[child] for child in children]
        if head == "domain" and not (
            type(fields[0]) is int and 0 <= 2 * fields[0] <= len(children)
        ):
            raise TermError(f"node {index} (domain)", "counts its symbols wrongly")
        if argument_order(order, fields, digests, flags) != list(range(len(children))):
            raise TermError(f"node {index} ({head})", "has its arguments not in canonical order")
        try:
            key = record_digest(head, fields, digests)
        except (TypeError, ValueError, RecursionError):
            raise TermError(f"node {index} ({head})", "has entries of a wrong type") from None
        if key in self._seen:
            raise TermError(f"node {index} ({head})", f"repeats node {self._seen[key]}")
        self._seen[key] = index
        self.digests.append(key)
        self._check_binding(index, head, fields, children)

    def _check_binding(self, index: int, head: str, fields: list[Any], children: list[int]) -> None:
        below = max((self.height[child] for child in children), default=0)
        if head == "Bound":
            if type(fields[0]) is not int or not 1 <= fields[0] <= MAX_BINDERS:
                raise TermError(f"node {index} (Bound)", f"its height is not 1 to {MAX_BINDERS}")
            self.unbound.append(1 << fields[0])
            self.height.append(0)
            return
        if head not in LIMITED and head not in BINDERS:
            mask = 0
            for child in children:
                mask |= self.unbound[child]
            self.unbound.append(mask)
            self.height.append(below)
            return
        scopes, count = self._scopes(index, head, fields, children, below)
        mask = 0
        for child, scope in zip(children, scopes, strict=True):
            mask |= self.unbound[child] & ~scope
        self.unbound.append(mask)
        self.height.append(below + count)
        if below + count > MAX_BINDERS:
            raise TermError(
                f"node {index} ({head})", f"nests more than {MAX_BINDERS} bound variables"
            )

    def _scopes(
        self, index: int, head: str, fields: list[Any], children: list[int], below: int
    ) -> tuple[list[int], int]:
        """For each child the mask of heights that this node binds in it; and how many it binds."""
        if head in LIMITED:
            lengths = fields[0]
            if (
                not isinstance(lengths, list) or not lengths
                or any(type(n) is not int or not 1 <= n <= 3 for n in lengths)
                or 1 + sum(lengths) != len(children)
            ):  # fmt: skip
                raise TermError(
                    f"node {index} ({head})", "has limits that do not fit its arguments"
                )
            places, start = [], 1
            for length in lengths:
                places.append(children[start] if length > 1 else None)
                start += length
            masks = self._new_masks(index, head, places, below)
            everywhere = sum(masks)
            scopes = [everywhere]
            for position, length in enumerate(lengths):
                outer = sum(masks[position + 1 :])
                scopes += [masks[position] | outer] + [outer] * (length - 1)
            return scopes, sum(mask != 0 for mask in masks)
        place, inside = BINDERS[head]
        if place >= len(children):
            raise TermError(f"node {index} ({head})", "has too few entries")
        masks = self._new_masks(index, head, self._variables(children[place]), below)
        inner = sum(masks)
        return [inner if i in inside else 0 for i in range(len(children))], len(masks)

    def _variables(self, node: int) -> list[int]:
        """The nodes of the variables in a (possibly nested) Tuple that a binder names."""
        found, stack = [], [node]
        while stack:
            index = stack.pop()
            if isinstance(self.objects[index], Tuple):
                stack.extend(reversed(self.children[index]))
            else:
                found.append(index)
            if len(found) + len(stack) > 4 * MAX_BINDERS:
                raise TermError(f"node {node}", f"names more than {MAX_BINDERS} variables")
        return found

    def _new_masks(
        self, index: int, head: str, places: list[int | None] | list[int], below: int
    ) -> list[int]:
        """The heights bound by the variables at `places`; a variable that is no symbol binds 0."""
        masks: list[int] = []
        for node in places:
            variable = None if node is None else self.objects[node]
            if isinstance(variable, sp.Idx) and node is not None:
                node = self.children[node][0]
                variable = self.objects[node]
            masks.append(
                self.unbound[node] if isinstance(variable, Symbol) and node is not None else 0
            )
        expected = below
        for mask, node in zip(masks, places, strict=True):
            if node is None or (mask == 0 and not isinstance(self.objects[node], Symbol)):
                continue
            expected += 1
            if mask != 1 << expected:
                raise TermError(
                    f"node {index} ({head})", f"must call its variable Bound {expected}"
                )
        return masks if head in LIMITED else [mask for mask in masks if mask]

    def _check_numbering(self) -> None:
        """Nodes stand in the order of a walk from the root, arguments first."""
        expected = 0
        done = [False] * len(self.nodes)
        stack = [(len(self.nodes) - 1, False)]
        while stack:
            index, ready = stack.pop()
            if done[index]:
                continue
            if ready:
                if index != expected:
                    raise TermError(f"node {expected}", "is unused or out of canonical order")
                done[index] = True
                expected += 1
                continue
            stack.append((index, True))
            stack.extend(
                (child, False) for child in reversed(self.children[index]) if not done[child]
            )
        if expected != len(self.nodes):
            raise TermError(f"node {done.index(False)}", "is not used by the root")
