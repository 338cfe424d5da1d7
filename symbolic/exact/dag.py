"""Walk a SymPy expression as what it is in memory, a directed acyclic graph.

SymPy's own walkers (`preorder_traversal`, `has`, `free_symbols`, `count_ops`) visit a shared
subexpression once per path, which is exponential: the square of the square of ... of x is a
graph of n nodes and a tree of 2**n.  The functions here visit each node once, without recursion.

Main definitions: `postorder`, `Graph`, `symbols_of`, `free_symbols_of`, `replaced`,
`differentiated`, `rational_value`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from sympy import Add, Basic, Expr, Float, Function, Mul, Pow, Rational, S, Symbol

__all__ = [
    "Graph",
    "Node",
    "differentiated",
    "exact_float",
    "exact_number",
    "free_symbols_of",
    "postorder",
    "rational_value",
    "replaced",
    "symbols_of",
]


def postorder(
    roots: Iterable[Basic], leaf: Callable[[Basic], bool] | None = None
) -> Iterator[Basic]:
    """Every distinct node object below `roots` once, arguments before the node that uses them.

    Nodes for which `leaf` answers True are yielded, but not entered.

    >>> from sympy.abc import x
    >>> [str(node) for node in postorder([x**2 + 1])]
    ['1', 'x', '2', 'x**2', 'x**2 + 1']
    """
    done: set[int] = set()
    for root in roots:
        stack: list[tuple[Basic, bool]] = [(root, False)]
        while stack:
            node, entered = stack.pop()
            if id(node) in done:
                continue
            if entered or not node.args or (leaf is not None and leaf(node)):
                done.add(id(node))
                yield node
                continue
            stack.append((node, True))
            stack.extend((a, False) for a in reversed(node.args) if id(a) not in done)


def symbols_of(roots: Iterable[Basic]) -> tuple[Symbol, ...]:
    """The symbols that occur below `roots`, bound ones included, in order of first occurrence."""
    return tuple(dict.fromkeys(node for node in postorder(roots) if isinstance(node, Symbol)))


def free_symbols_of(roots: Iterable[Basic]) -> set[Basic]:
    """The free symbols below `roots`; nodes that bind variables say themselves what is free."""
    found: set[Basic] = set()
    for node in postorder(roots, leaf=lambda e: bool(getattr(e, "bound_symbols", ()))):
        if isinstance(node, Symbol):
            found.add(node)
        elif node.args and getattr(node, "bound_symbols", ()):
            found |= node.free_symbols
    return found


def replaced(root: Basic, rule: Mapping[Basic, Basic]) -> Basic:
    """`root` with symbols replaced; like `xreplace`, but every shared node is rebuilt once.

    >>> from sympy.abc import x, y
    >>> replaced((x + 1)**2 + y, {x: y})
    y + (y + 1)**2
    """
    new: dict[int, Basic] = {}
    alive: list[Basic] = []
    for node in postorder([root], leaf=lambda e: bool(getattr(e, "bound_symbols", ()))):
        alive.append(node)
        if isinstance(node, Symbol):
            new[id(node)] = rule.get(node, node)
        elif not node.args:
            new[id(node)] = node
        elif getattr(node, "bound_symbols", ()):
            new[id(node)] = node.xreplace(rule)
        else:
            args = [new[id(a)] for a in node.args]
            same = all(a is b for a, b in zip(args, node.args, strict=True))
            new[id(node)] = node if same else node.func(*args)
    return new[id(root)]


def differentiated(root: Expr, symbol: Symbol) -> Expr:
    """The derivative of `root`, visiting every shared node once (SymPy's `diff` visits all paths).

    >>> from sympy import exp
    >>> from sympy.abc import x
    >>> differentiated(exp(x**2) * x, x)
    2*x**2*exp(x**2) + exp(x**2)
    """
    slope: dict[int, Expr] = {}

    def whole(node: Basic) -> bool:
        """Nodes that are differentiated by their own rule."""
        return bool(getattr(node, "bound_symbols", ())) or not all(
            isinstance(a, Expr) for a in node.args
        )

    for node in postorder([root], leaf=whole):
        if not node.args or whole(node):
            if node == symbol if not node.args else symbol in free_symbols_of([node]):
                slope[id(node)] = node.diff(symbol)
            continue
        slopes = [slope.get(id(a), S.Zero) for a in node.args]
        if all(d is S.Zero for d in slopes):
            continue
        if isinstance(node, Add):
            slope[id(node)] = Add(*slopes)
        elif isinstance(node, Mul):
            terms = [
                Mul(*node.args[:i], d, *node.args[i + 1 :])
                for i, d in enumerate(slopes)
                if d is not S.Zero
            ]
            slope[id(node)] = Add(*terms)
        elif isinstance(node, Pow) and slopes[1] is S.Zero:
            base, exponent = node.args
            slope[id(node)] = exponent * Pow(base, exponent - 1) * slopes[0]
        elif isinstance(node, Function) and (
            type(node)._eval_derivative is Function._eval_derivative
        ):
            parts = [node.fdiff(i + 1) * d for i, d in enumerate(slopes) if d is not S.Zero]
            slope[id(node)] = Add(*parts)
        else:
            slope[id(node)] = node.diff(symbol)
    return slope.get(id(root), S.Zero)


class Node:
    """A node of a `Graph`: the SymPy object and the slots of its arguments (none for a leaf)."""

    __slots__ = ("args", "expr")

    def __init__(self, expr: Basic, args: tuple[int, ...]) -> None:
        self.expr, self.args = expr, args


class Graph:
    """Hash-consed form of one or more expressions: `nodes`, arguments first, and `roots` (slots).

    Equal subexpressions share a slot even if they are different objects in memory.  Composite
    nodes are compared by head and argument slots, never by SymPy's recursive `==`.

    >>> from sympy.abc import x
    >>> graph = Graph([(x + 1) ** 2 + (x + 1) ** 3, x + 1])
    >>> [str(node.expr) for node in graph.nodes][:3]
    ['1', 'x', 'x + 1']
    >>> graph.roots[1]
    2
    """

    def __init__(self, roots: Iterable[Basic], leaf: Callable[[Basic], bool] | None = None) -> None:
        self.nodes: list[Node] = []
        self._slot_of_key: dict[Any, int] = {}
        self._slot_of_id: dict[int, int] = {}
        self._alive: list[Basic] = []
        self._leaf = leaf
        self.roots = tuple(self.add(root) for root in roots)

    def add(self, root: Basic) -> int:
        """The slot of `root`, entered with everything below it."""
        slots, alive = self._slot_of_id, self._alive
        stack: list[tuple[Basic, bool]] = [(root, False)]
        while stack:
            node, entered = stack.pop()
            if id(node) in slots:
                continue
            closed = not node.args or (self._leaf is not None and self._leaf(node))
            if not entered and not closed:
                stack.append((node, True))
                stack.extend((a, False) for a in reversed(node.args) if id(a) not in slots)
                continue
            args = () if closed else tuple(slots[id(a)] for a in node.args)
            key = (type(node), node) if closed else (type(node), args)
            slot = self._slot_of_key.get(key)
            if slot is None:
                slot = self._slot_of_key[key] = len(self.nodes)
                self.nodes.append(Node(node, args))
            slots[id(node)] = slot
            alive.append(node)  # an id stays valid only while the object lives
        return slots[id(root)]


_POWER_LIMIT = 4096


def rational_value(expr: Basic, point: Mapping[Basic, Any]) -> Fraction | None:
    """The exact value of a rational function at rational numbers, or None if it has none here.

    None also answers a pole, a head other than + * and integer powers, or a value missing in
    `point` (whose values are int, Fraction or finite float).

    >>> from sympy.abc import x, y
    >>> rational_value((x - y) / (x + y), {x: 2, y: Fraction(1, 2)})
    Fraction(3, 5)
    """
    kinds = {type(key) for key in point}  # hashing every node would recurse down deep chains
    value: dict[int, Fraction | None] = {}

    def given(node: Basic) -> bool:
        return type(node) in kinds and node in point

    for node in postorder([expr], leaf=given):
        known = point[node] if given(node) else None
        value[id(node)] = _rational_node(node, value, known)
    return value[id(expr)]


def _rational_node(
    node: Basic, value: Mapping[int, Fraction | None], known: Any
) -> Fraction | None:
    if isinstance(node, Rational):
        return Fraction(int(node.p), int(node.q))
    if isinstance(node, Float):
        return exact_float(node)
    if known is not None:
        return exact_number(known)
    args = [value[id(a)] for a in node.args]
    if not args or any(a is None for a in args):
        return None
    numbers = [a for a in args if a is not None]
    if isinstance(node, Add):
        return sum(numbers, Fraction(0))
    if isinstance(node, Mul):
        product = Fraction(1)
        for a in numbers:
            product *= a
        return product
    if isinstance(node, Pow):
        base, exponent = numbers
        if exponent.denominator != 1 or abs(exponent) > _POWER_LIMIT:
            return None
        if base == 0 and exponent < 0:
            return None
        return base ** int(exponent)
    return None


def exact_number(number: Any) -> Fraction | None:
    """An int, Fraction, float, numpy or SymPy number as a Fraction; None if it is not one."""
    if isinstance(number, Float):
        return exact_float(number)
    if isinstance(number, Rational):
        return Fraction(int(number.p), int(number.q))
    try:
        return Fraction(number)
    except (TypeError, ValueError, OverflowError):
        pass
    try:  # numpy scalars that are not Python floats
        return Fraction(number.item())
    except (AttributeError, TypeError, ValueError, OverflowError):
        return None


def exact_float(number: Float) -> Fraction | None:
    """The dyadic rational that a SymPy Float is, None for infinities and nan."""
    sign, man, exp, _ = number._mpf_
    if not man and exp:
        return None
    value = Fraction(int(man)) * Fraction(2) ** int(exp)
    return -value if sign else value
