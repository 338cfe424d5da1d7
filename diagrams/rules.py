r"""Feynman rules as data: what each kind of node and line means, and so what a diagram means.

A node has a factor and labels: variables that are integrated or summed over, or external values.
A line has a factor in the labels of its two ends.  A diagram means

    weight * \int ... \sum ...  \prod_{nodes} factor  \prod_{lines} factor(label of tail, of head).

Main definitions: `NodeRule`, `LineRule`, `Rules`, `integral`, `summed`, `free`.

Implementation notes.  Scalars, vectors, matrices and integral kernels differ in their labels only:
none; one summed index; two ends; two integrated variables.  The label r of node 3 is written r_3.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from sympy import Basic, Expr, Integral, Mul, Rational, S, Sum, Symbol

from derivax.diagrams.graph import Diagram
from derivax.diagrams.trees import Tree
from derivax.errors import InputError
from derivax.symbolic.exact.expression import as_expression

__all__ = ["Label", "LineRule", "NodeRule", "Rules", "free", "integral", "summed"]


class Label(NamedTuple):
    """A variable of a node: integrated or summed from `low` to `high`, or left free."""

    symbol: Symbol
    how: Literal["integral", "sum", "free"]
    low: Any = None
    high: Any = None


def integral(symbol: Symbol, low: Any, high: Any) -> Label:
    """A label that is integrated over."""
    return Label(symbol, "integral", as_expression(low), as_expression(high))


def summed(symbol: Symbol, low: Any, high: Any) -> Label:
    """A label that is summed over, both ends included."""
    return Label(symbol, "sum", as_expression(low), as_expression(high))


def free(symbol: Symbol) -> Label:
    """A label that is not summed over: the value at an external point, as it stands."""
    return Label(symbol, "free")


@dataclass(frozen=True, init=False)
class NodeRule:
    """The factor of a node, an expression in its labels."""

    factor: Expr
    labels: tuple[Label, ...]

    def __init__(self, factor: Any = 1, *labels: Label) -> None:
        object.__setattr__(self, "factor", as_expression(factor))
        object.__setattr__(self, "labels", labels)


@dataclass(frozen=True, init=False)
class LineRule:
    """The factor of a line: an expression in symbols for the labels at its tail and its head."""

    factor: Expr
    tail: tuple[Symbol, ...]
    head: tuple[Symbol, ...]

    def __init__(self, factor: Any = 1, tail: Any = (), head: Any = ()) -> None:
        object.__setattr__(self, "factor", as_expression(factor))
        object.__setattr__(self, "tail", (tail,) if isinstance(tail, Symbol) else tuple(tail))
        object.__setattr__(self, "head", (head,) if isinstance(head, Symbol) else tuple(head))


NodeTable = Mapping[Any, NodeRule] | Callable[[Hashable, int], NodeRule]
LineTable = Mapping[Any, LineRule] | Callable[[Hashable, Hashable, Hashable], LineRule]


@dataclass(frozen=True)
class Rules:
    r"""What diagrams mean.

    Args:
        nodes: {kind: NodeRule}, or a function (kind, degree) -> NodeRule.
        lines: {kind: LineRule}, or a function (kind, kind of tail, kind of head) -> LineRule.
        weight: "symmetric", 1/|Aut| (Wick expansions, Taylor coefficients); "labelled", 1 (every
            labelling counts once); or a function of the diagram.

    >>> from sympy import Function, Min, oo, symbols
    >>> from derivax.diagrams import chain
    >>> r, s = symbols("r s", positive=True)
    >>> U = Function("U")
    >>> born = Rules({"x": NodeRule(U(r), integral(r, 0, oo)), "in": NodeRule(), "out": NodeRule()},
    ...     {"": LineRule(-Min(r, s), r, s), "in": LineRule(r, (), r), "out": LineRule(r, r, ())},
    ...     "labelled")
    >>> born.expression(chain(1))
    Integral(r_1**2*U(r_1), (r_1, 0, oo))
    >>> born.expression(chain(2))
    Integral(-r_1*r_2*U(r_1)*U(r_2)*Min(r_1, r_2), (r_1, 0, oo), (r_2, 0, oo))
    """

    nodes: NodeTable
    lines: LineTable
    weight: Literal["symmetric", "labelled"] | Callable[[Diagram], Any] = "symmetric"

    def node_rule(self, kind: Hashable, degree: int) -> NodeRule:
        """The rule of a node.

        Raises `InputError` when there is none.
        """
        if callable(self.nodes):
            return self.nodes(kind, degree)
        return _looked_up(self.nodes, kind, "node")

    def line_rule(self, kind: Hashable, tail: Hashable, head: Hashable) -> LineRule:
        """The rule of a line."""
        if callable(self.lines):
            return self.lines(kind, tail, head)
        return _looked_up(self.lines, kind, "line")

    def weight_of(self, diagram: Diagram) -> Expr:
        """The number in front of the diagram."""
        if self.weight == "symmetric":
            return Rational(1, diagram.symmetry_factor)
        if self.weight == "labelled":
            return S.One
        return as_expression(self.weight(diagram))  # type: ignore[operator]

    def integrand(self, diagram: Diagram | Tree) -> tuple[Expr, tuple[tuple[Label, Symbol], ...]]:
        """The product of all factors, and the labels with the symbols that stand for them."""
        diagram = _as_diagram(diagram)
        factors: list[Any] = []
        names: list[tuple[Symbol, ...]] = []
        labels: list[tuple[Label, Symbol]] = []
        for i, (kind, degree) in enumerate(zip(diagram.nodes, diagram.degrees)):
            rule = self.node_rule(kind, degree)
            own = tuple(_numbered(label, i) for label in rule.labels)
            names.append(own)
            labels += zip(rule.labels, own)
            factors.append(_put(rule.factor, [label.symbol for label in rule.labels], own))
        for line in diagram.lines:
            kinds = diagram.nodes[line.tail], diagram.nodes[line.head]
            link = self.line_rule(line.kind, *kinds)
            for ends, node in ((link.tail, line.tail), (link.head, line.head)):
                if len(ends) > len(names[node]):
                    raise InputError(
                        f"line {line.kind!r}", f"asks for {len(ends)} labels of a node of kind "
                        f"{diagram.nodes[node]!r}, which has {len(names[node])}",
                        "give the node that label",
                    )  # fmt: skip
            old = [*link.tail, *link.head]
            new = [*names[line.tail][: len(link.tail)], *names[line.head][: len(link.head)]]
            factors.append(_put(link.factor, old, new))
        return Mul(*factors), tuple(labels)

    def expression(self, diagram: Diagram | Tree) -> Expr:
        """What the diagram means; integrals and sums stand unevaluated."""
        diagram = _as_diagram(diagram)
        product, labels = self.integrand(diagram)
        for how, binder in (("integral", Integral), ("sum", Sum)):
            bound = [(name, lab.low, lab.high) for lab, name in labels if lab.how == how]
            if bound and product != 0:
                product = binder(product, *bound)
        return self.weight_of(diagram) * product

    def latex(self, diagram: Diagram | Tree) -> str:
        """LaTeX of the expression."""
        from derivax.symbolic.typeset.latex import latex

        return latex(self.expression(diagram))


def _as_diagram(diagram: Any) -> Diagram:
    if isinstance(diagram, Tree):
        return diagram.diagram()
    if not isinstance(diagram, Diagram):
        raise InputError(f"{type(diagram).__name__}", "is no diagram", "pass a Diagram or a Tree")
    return diagram


def _looked_up(table: Mapping[Any, Any], kind: Hashable, what: str) -> Any:
    if kind not in table:
        known = ", ".join(map(repr, table)) or "none"
        raise InputError(f"{what} of kind {kind!r}", "has no rule", f"rules: {known}")
    return table[kind]


def _numbered(label: Label, node: int) -> Symbol:
    """The label's symbol at a node: r -> r_3."""
    if label.how == "free":
        return label.symbol
    assumptions = label.symbol.assumptions0
    return Symbol(f"{label.symbol.name}_{node}", **assumptions)


def _put(factor: Expr, old: Any, new: Any) -> Basic:
    pairs = {a: b for a, b in zip(old, new) if a != b}
    return factor.subs(pairs, simultaneous=True) if pairs else factor
