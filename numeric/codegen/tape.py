"""The tape: a formula as a hash-consed list of operations, every operand before its use.

*Main definitions*: `Node` (operation, operand indices, data), `Tape` (the list, with exact
arithmetic simplification on the way in).

*Implementation notes*: a node is created once and found again by its structure, so a shared
subexpression costs one entry however many leaves its tree has.  Commutative operands are sorted by
a key made of structure alone (argument position, depth, digest): the same formula gives the same
tape in every process, whatever PYTHONHASHSEED or SymPy's argument order.  No method recurses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from hashlib import blake2b
from typing import Any, NamedTuple

__all__ = ["Exact", "Node", "Tape", "exact"]

Exact = int | Fraction  # an int wherever the number is whole: far cheaper than a Fraction


def exact(value: Exact) -> Exact:
    """The number as an int when it is whole."""
    return value if type(value) is int or value.denominator != 1 else int(value)


FROM_PLANE = frozenset({"imaginary", "complex"})
TO_REALS = frozenset({"re", "im", "abs", "argument", "eq", "ne", "dimension"})
OF_BODIES = frozenset({"summation", "iterate", "integral"})  # the function inside may be complex
FLATTEN_LIMIT = 8  # a longer product inside a product stays a shared operand


class Node(NamedTuple):
    """One operation.  `shape` is None for a scalar, (rows, columns) for a matrix."""

    op: str
    operands: tuple[int, ...]
    data: Any = None
    shape: tuple[str, ...] | None = None


class Tape:
    """An append-only list of nodes; scalars are combined exactly (rational coefficients)."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        # sort keys: (is not const, first argument, depth, digest)
        self.order: list[tuple[int, int, int, bytes]] = []
        self._index: dict[Node, int] = {}
        self.nonnegative: frozenset[int] = frozenset()  # arguments that are >= 0 on the domain
        self.facts: dict[tuple[str, int], bool] = {}  # what recognisers found out about entries
        self.given: dict[str, Any] = {}  # functions supplied by the caller of compile
        self.sizes: dict[str, Any] = {}  # what the texts of dimensions mean
        self.plane: set[int] = set()  # entries that are complex numbers

    def __len__(self) -> int:
        return len(self.nodes)

    def __getitem__(self, i: int) -> Node:
        return self.nodes[i]

    # -- storage ------------------------------------------------------------------------------

    def push(
        self,
        op: str,
        operands: Iterable[int] = (),
        data: Any = None,
        shape: tuple[str, ...] | None = None,
    ) -> int:
        """The index of this node, created when it is new."""
        node = Node(op, tuple(operands), data, shape)
        found = self._index.get(node)
        if found is not None:
            return found
        first, depth = 1 << 30, 0
        digest = blake2b(f"{op}|{_text(data)}|{shape}|".encode(), digest_size=12)
        for k in node.operands:
            _, arg, below, below_digest = self.order[k]
            first, depth = min(first, arg), max(depth, below + 1)
            digest.update(below_digest)
        if op == "arg":
            first = data[0]
        self.nodes.append(node)
        self.order.append((op != "const", first, depth, digest.digest()))
        new = self._index[node] = len(self.nodes) - 1
        if op in FROM_PLANE or (
            self.plane and op not in TO_REALS and not self.plane.isdisjoint(node.operands)
        ) or (op in OF_BODIES and any(getattr(part, "in_plane", False) for part in _parts(data))):
            self.plane.add(new)
        return new

    def digest(self, i: int) -> bytes:
        """A structural hash of the expression at `i`."""
        return self.order[i][3]

    def sorted(self, operands: Iterable[int]) -> list[int]:
        return sorted(operands, key=self.order.__getitem__)

    def reachable(self, outputs: Sequence[int], known: Iterable[int] = ()) -> list[int]:
        """Indices that the outputs need, operands before their use, in an order that depends on
        structure alone (not on the order in which the nodes were made); `known` ones, and what only
        they need, are left out."""
        order: list[int] = []
        seen: set[int] = set(known)
        stack = [(i, False) for i in reversed(outputs)]
        while stack:
            i, ready = stack.pop()
            if ready:
                order.append(i)
            elif i not in seen:
                seen.add(i)
                stack.append((i, True))
                stack.extend((k, False) for k in reversed(self.nodes[i].operands) if k not in seen)
        return order

    def uses(self, order: Sequence[int], outputs: Sequence[int]) -> dict[int, int]:
        """How often each node of `order` is an operand or an output."""
        count = dict.fromkeys(order, 0)
        for i in order:
            for k in self.nodes[i].operands:
                count[k] = count.get(k, 0) + 1
        for i in outputs:
            count[i] = count.get(i, 0) + 1
        return count

    # -- leaves -------------------------------------------------------------------------------

    def const(self, value: Exact) -> int:
        return self.push("const", (), exact(value))

    def arg(
        self,
        position: int,
        name: str,
        shape: tuple[str, ...] | None = None,
        plane: bool = False,
    ) -> int:
        """An argument; `plane`: it is complex."""
        new = self.push("arg", (), (position, name), shape)
        if plane:
            self.plane.add(new)
        return new

    def number(self, i: int) -> Exact | None:
        """The exact rational at `i`, or None."""
        node = self.nodes[i]
        return node.data if node.op == "const" else None

    # -- exact scalar arithmetic --------------------------------------------------------------

    def split(self, i: int) -> tuple[Exact, int | None]:
        """`i` as rational coefficient times the rest (None: the number itself)."""
        node = self.nodes[i]
        if node.op == "const":
            return node.data, None
        if node.op == "mul":
            coefficient = self.number(node.operands[0])
            if coefficient is not None:
                rest = node.operands[1:]
                return coefficient, rest[0] if len(rest) == 1 else self.push("mul", rest)
        return 1, i

    def scale(self, coefficient: Exact, i: int) -> int:
        return self.mul((self.const(coefficient), i))

    def neg(self, i: int) -> int:
        return self.scale(-1, i)

    def sub(self, a: int, b: int) -> int:
        return self.add((a, self.neg(b)))

    def div(self, a: int, b: int) -> int:
        return self.mul((a, self.power(b, -1)))

    def add(self, terms: Iterable[int]) -> int:
        """The sum; equal terms are collected with exact coefficients."""
        constant: Exact = 0
        collected: dict[int, Exact] = {}
        for term in terms:
            coefficient, rest = self.split(term)
            if rest is None:
                constant += coefficient
            else:
                collected[rest] = collected.get(rest, 0) + coefficient
        operands = [self.scale(c, k) for k, c in collected.items() if c]
        if not operands:
            return self.const(constant)
        if constant:
            operands.append(self.const(constant))
        if len(operands) == 1:
            return operands[0]
        return self.push("add", self.sorted(operands))

    def mul(self, factors: Iterable[int]) -> int:
        """The product; powers of one base and exponentials are collected exactly."""
        coefficient: Exact = 1
        powers: dict[int, Exact] = {}
        exponents: list[int] = []
        for factor in self._factors(factors):
            node = self.nodes[factor]
            if node.op == "const":
                coefficient *= node.data
            elif node.op == "exp":
                exponents.append(node.operands[0])
            else:
                base, exponent = self.base(factor)
                powers[base] = powers.get(base, 0) + exponent
        if not coefficient:
            return self.const(0)
        operands = [self.power(base, q) for base, q in powers.items() if q]
        if len(exponents) == 1:
            operands.append(self.push("exp", exponents))
        elif exponents:
            operands.append(self.exp(self.add(exponents)))
        if any(self._dissolves(k) for k in operands):
            return self.mul([self.const(coefficient), *operands])
        if not operands:
            return self.const(coefficient)
        operands = self.sorted(operands)
        if coefficient != 1:
            operands.insert(0, self.const(coefficient))
        return operands[0] if len(operands) == 1 else self.push("mul", operands)

    def _dissolves(self, i: int) -> bool:
        """Whether a product takes this factor apart."""
        node = self.nodes[i]
        return node.op == "const" or (node.op == "mul" and len(node.operands) <= FLATTEN_LIMIT)

    def _factors(self, factors: Iterable[int]) -> Iterator[int]:
        for factor in factors:
            node = self.nodes[factor]
            if node.op == "mul" and len(node.operands) <= FLATTEN_LIMIT:
                yield from node.operands
            else:
                yield factor

    def base(self, i: int) -> tuple[int, Exact]:
        node = self.nodes[i]
        if node.op == "power":
            return node.operands[0], node.data
        return i, 1

    def power(self, base: int, exponent: Exact) -> int:
        """base**exponent for an exact rational exponent."""
        if exponent == 0:
            return self.const(1)
        if exponent == 1:
            return base
        node = self.nodes[base]
        whole = exponent.denominator == 1
        if node.op == "const" and whole and (node.data or exponent > 0):
            if (
                abs(exponent)
                * (node.data.numerator.bit_length() + node.data.denominator.bit_length())
                < 20_000
            ):
                return self.const(Fraction(node.data) ** int(exponent))
        if node.op == "const" and node.data == 1:
            return base
        if node.op == "exp" and (whole or base not in self.plane):
            return self.exp(self.scale(exponent, node.operands[0]))
        if node.op == "power" and whole:
            return self.power(node.operands[0], node.data * exponent)
        if node.op == "mul" and whole and len(node.operands) <= FLATTEN_LIMIT:
            return self.mul([self.power(k, exponent) for k in node.operands])
        return self.push("power", (base,), exact(exponent))

    def exp(self, exponent: int) -> int:
        node = self.nodes[exponent]
        if node.op == "const" and node.data == 0:
            return self.const(1)
        if node.op == "log":
            return node.operands[0]
        return self.push("exp", (exponent,))

    # -- truth values -------------------------------------------------------------------------

    def truth(self, value: bool) -> int:
        return self.push("truth", (), bool(value))

    def select(self, branches: Sequence[tuple[int, int]], default: int) -> int:
        """The value of the first branch (condition, value) that holds, else `default`."""
        kept: list[int] = []
        for condition, value in branches:
            node = self.nodes[condition]
            if node.op == "truth":
                if not node.data:
                    continue
                default = value
                break
            kept += (condition, value)
        while kept and kept[-1] == default:
            del kept[-2:]
        if not kept:
            return default
        return self.push("select", (*kept, default))


def _parts(data: Any) -> tuple[Any, ...]:
    return data if isinstance(data, tuple) else (data,)


def _text(data: Any) -> str:
    """A process-independent text of a node's data (never a hash, never an address)."""
    if isinstance(data, tuple):
        return "(" + ",".join(map(_text, data)) + ")"
    return f"{type(data).__name__}:{data}"
