r"""A rule set: fields, vertices and lines with their factors, and what is asked of its diagrams.

    F(g) = constant + factor * \sum_{diagrams} value / |Aut|,        by powers of the coupling g

Main definitions: `Vertex`, `Propagator`, `RuleSet`.

Implementation notes.  One description gives the list of diagrams with their values and, where the
factors allow it, the sum without listing (`RuleSet.summed`): scalars by Wick's count, logarithm and
Legendre transform (`sums`), lines K e^{-w|t-s|} as a Markov process (`markov_sums`).
`derivax.derive(rule_set)` checks one against the other, order by order.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import Any, Literal

from flint import fmpq
from sympy import Abs, Expr, Integral, Mul, Rational, S, Sum, Symbol, Wild, exp, together

from derivax.diagrams.contents import Contents
from derivax.diagrams.graph import Diagram
from derivax.diagrams.markov_sums import energy_weights, ordered_times
from derivax.diagrams.multigraphs import LIMIT, Multigraphs
from derivax.diagrams.rules import Label, LineRule, NodeRule, Rules
from derivax.diagrams.sums import all_weights, connected_weights, irreducible_weights
from derivax.errors import InputError
from derivax.symbolic.exact.expression import as_expression

__all__ = ["Propagator", "RuleSet", "Vertex"]

Graphs = Literal["connected", "all", "irreducible"]


@dataclass(frozen=True, init=False)
class Vertex:
    """A kind of vertex: the fields of its legs, its factor and labels.

    The factor is that of k legs with the convention factor * x^k / k!.
    """

    legs: tuple[str, ...]
    rule: NodeRule

    def __init__(self, legs: Sequence[str], factor: Any, *labels: Label) -> None:
        object.__setattr__(self, "legs", tuple(legs))
        object.__setattr__(self, "rule", NodeRule(factor, *labels))


@dataclass(frozen=True, init=False)
class Propagator:
    """A kind of line: the fields at its ends, and its factor in the labels of its ends."""

    ends: tuple[str, str]
    rule: LineRule

    def __init__(
        self, ends: Sequence[str], factor: Any = 1, tail: Any = (), head: Any = ()
    ) -> None:
        first, second = ends
        object.__setattr__(self, "ends", (first, second))
        object.__setattr__(self, "rule", LineRule(factor, tail, head))


@dataclass(frozen=True)
class RuleSet:
    r"""What the sum of diagrams is made of; a starting point for `derivax.derive`.

    Args:
        name: what F is called.
        vertices: {kind: Vertex}; each factor is a power of the coupling times something.
        lines: {kind: Propagator}; each field has one kind of line.
        coupling: g, in whose powers the sum is ordered.
        order: the highest power.
        external: {name: field} of external points (their own factor is 1).
        graphs: "connected", "all" or "irreducible" (one-particle, with amputated legs).
        per_label: one vertex stays at label 0: the sum per unit of time or volume.
        constant, factor: F = constant + factor * sum.
        weight: a further factor of a diagram, (diagram) -> expression (closed index loops).

    >>> from sympy import symbols
    >>> g = symbols("g", positive=True)
    >>> quartic = RuleSet("W", {"x": Vertex("qqqq", -g)}, {"": Propagator("qq")}, g, 3)
    >>> quartic.enumerated(2), quartic.summed(2)
    (g**2/12, g**2/12)

    Raises `InputError` for a vertex without the coupling, and for what `Contents` refuses.
    """

    name: str
    vertices: Mapping[Any, Vertex]
    lines: Mapping[Any, Propagator]
    coupling: Symbol
    order: int
    external: Mapping[Any, str] = field(default_factory=dict)
    graphs: Graphs = "connected"
    per_label: bool = False
    constant: Any = 0
    factor: Any = 1
    weight: Callable[[Diagram], Any] | None = None
    limit: int = LIMIT

    def __post_init__(self) -> None:
        if isinstance(self.order, bool) or not isinstance(self.order, int) or self.order < 0:
            raise InputError(f"order {self.order!r}", "is not a whole number >= 0", "")
        if self.graphs not in ("connected", "all", "irreducible"):
            raise InputError(
                f"graphs = {self.graphs!r}", "unknown", "connected, all or irreducible"
            )
        for name in ("constant", "factor"):
            object.__setattr__(self, name, as_expression(getattr(self, name)))
        _ = self.contents, self.powers

    @cached_property
    def contents(self) -> Contents:
        """Vertices, lines and external points without their factors."""
        return Contents(
            {kind: vertex.legs for kind, vertex in self.vertices.items()},
            {kind: line.ends for kind, line in self.lines.items()},
            self.external,
        )

    @cached_property
    def powers(self) -> tuple[int, ...]:
        """The power of the coupling in each vertex."""
        found = []
        for kind, vertex in self.vertices.items():
            factor = vertex.rule.factor
            power = factor.as_coeff_exponent(self.coupling)[1]
            rest = (factor / self.coupling**power).cancel()
            if not (power.is_Integer and power > 0) or self.coupling in rest.free_symbols:
                raise InputError(
                    f"vertex {kind!r} with factor {factor}",
                    f"is not a power of {self.coupling} times something",
                    "put the coupling into every vertex",
                )  # fmt: skip
            found.append(int(power))
        return tuple(found)

    @cached_property
    def rules(self) -> Rules:
        """The rules of nodes and lines, external points included."""
        nodes = {kind: vertex.rule for kind, vertex in self.vertices.items()}
        nodes |= {name: NodeRule() for name in self.external}
        amputated = self.graphs == "irreducible"

        def line_rule(kind: Hashable, tail: Hashable, head: Hashable) -> LineRule:
            if amputated and {tail, head} & set(self.external):
                return LineRule()
            return self.lines[kind].rule

        return Rules(nodes, line_rule)

    # ---- diagrams -----------------------------------------------------------------------

    def numbers(self, order: int) -> Iterator[dict[Hashable, int]]:
        """How many vertices of each kind make up an order."""
        ranges = [range(order // power + 1) for power in self.powers]
        for chosen in product(*ranges):
            if sum(n * power for n, power in zip(chosen, self.powers)) == order:
                yield dict(zip(self.vertices, chosen))

    def lists(self, order: int) -> list[Multigraphs]:
        """The diagrams of an order, one list per numbers of vertices."""
        keep = (lambda d: d.is_one_particle_irreducible) if self.graphs == "irreducible" else None
        return [
            Multigraphs(self.contents, numbers, self.graphs != "all", keep=keep, limit=self.limit)
            for numbers in self.numbers(order)
        ]

    def diagrams(self, order: int) -> Iterator[Diagram]:
        """The diagrams of an order, one by one."""
        for listed in self.lists(order):
            yield from listed

    def expression(self, diagram: Diagram) -> Expr:
        """What a diagram means: 1/|Aut|, factors, and its integrals and sums, unevaluated."""
        meaning = self.rules.expression(diagram) * self._extra(diagram)
        return self._fixed(meaning) if self.per_label else meaning

    def _extra(self, diagram: Diagram) -> Expr:
        return S.One if self.weight is None else as_expression(self.weight(diagram))

    def _fixed(self, meaning: Expr) -> Expr:
        """With the label of the first vertex put to 0."""
        for binder in meaning.atoms(Integral, Sum):
            first, *others = binder.limits
            inner = binder.function.subs(first[0], 0)
            return meaning.xreplace({binder: binder.func(inner, *others) if others else inner})
        return meaning

    def value(self, diagram: Diagram) -> Expr:
        """The value of a diagram, integrals carried out where that is known how."""
        if not any(vertex.rule.labels for vertex in self.vertices.values()):
            return self.expression(diagram)
        rates = self.rates
        if rates is None or not self.per_label:
            return self.expression(diagram).doit()
        times = [(m.tail, m.head, rates[m.kind]) for m in diagram.lines]
        same = set(rates.values())
        if len(same) == 1:
            (rate,) = same
            known = ordered_times(len(diagram.nodes), [(a, b, fmpq(1)) for a, b, _ in times])
            value = Rational(str(known)) / rate ** (len(diagram.nodes) - 1)
        else:
            value = together(ordered_times(len(diagram.nodes), times, S.One))
        return self._factors(diagram) * value * self._extra(diagram) / diagram.symmetry_factor

    def _factors(self, diagram: Diagram) -> Expr:
        nodes = [self.vertices[kind].rule.factor for kind in diagram.nodes]
        return Mul(*nodes, *(self._at_equal_labels(m.kind) for m in diagram.lines))

    def _at_equal_labels(self, kind: Hashable) -> Expr:
        rule = self.lines[kind].rule
        return rule.factor.subs(dict(zip(rule.tail, rule.head)))

    @cached_property
    def rates(self) -> dict[Hashable, Expr] | None:
        """{kind of line: w}, when every line is K e^{-w |t - s|}, times on the whole axis."""
        for vertex in self.vertices.values():
            labels = vertex.rule.labels
            if len(labels) != 1 or labels[0].how != "integral" or not (
                labels[0].low is S.NegativeInfinity and labels[0].high is S.Infinity
            ):  # fmt: skip
                return None
            if labels[0].symbol in vertex.rule.factor.free_symbols:
                return None
        found: dict[Hashable, Expr] = {}
        for kind, line in self.lines.items():
            rule = line.rule
            if len(rule.tail) != 1 or len(rule.head) != 1:
                return None
            t, s = rule.tail[0], rule.head[0]
            w = Wild("w", exclude=[t, s])
            matched = (rule.factor / self._at_equal_labels(kind)).match(exp(-w * Abs(t - s)))
            if not matched or not matched[w].is_positive:
                return None
            found[kind] = matched[w]
        return found

    def enumerated(self, order: int) -> Expr:
        """The sum over the listed diagrams of an order, times `factor`."""
        total = S.Zero
        for diagram in self.diagrams(order):
            total += self.value(diagram)
        return (self.factor * total).expand()

    # ---- without listing ----------------------------------------------------------------

    @cached_property
    def _weights(self) -> dict[tuple[int, ...], fmpq] | None:
        largest = {kind: self.order // p for kind, p in zip(self.vertices, self.powers)}
        return self._weights_up_to(largest)

    def _weights_up_to(self, largest: Mapping[Any, int]) -> dict[tuple[int, ...], fmpq] | None:
        contents = self.contents
        if self.weight is not None:
            return None
        if any(vertex.rule.labels for vertex in self.vertices.values()):
            rates = self.rates
            if rates is None or not self.per_label or self.graphs != "connected":
                return None
            ends = next(iter(contents.lines.values()))
            if len(rates) != 1 or self.external or ends[0] != ends[1]:
                return None
            return energy_weights(contents, largest)
        if self.graphs == "all":
            return all_weights(contents, largest)
        if self.graphs == "connected":
            return connected_weights(contents, largest)
        if len(contents.lines) > 1 or len(set(next(iter(contents.lines.values())))) > 1:
            return None
        legs = len(self.external)
        table = irreducible_weights(contents.without_external(), largest, legs)
        return {e[1:]: w for e, w in table.items() if e[0] == legs}

    def summed(self, order: int) -> Expr | None:
        """The same sum without listing a diagram; None where no such way is known.

        Cost: polynomial in the order (a table of numbers of vertices, or a recursion in a basis of
        Hermite polynomials).
        """
        table = self._weights if order <= self.order else self._weights_up_to(
            {kind: order // p for kind, p in zip(self.vertices, self.powers)}
        )  # fmt: skip
        if table is None:
            return None
        total = S.Zero
        for numbers in self.numbers(order):
            weight = Rational(str(table.get(tuple(numbers.values()), fmpq(0))))
            if weight == 0:
                continue
            factors = [self.vertices[k].rule.factor ** n for k, n in numbers.items()]
            halves = self.contents.half_edges(numbers)
            for kind, (a, b) in self.contents.lines.items():
                m = halves[a] // 2 if a == b else halves[a]
                if self.graphs == "irreducible":
                    m -= sum(f in (a, b) for f in self.external.values())
                factors.append(self._at_equal_labels(kind) ** m)
            if self.rates is not None:
                (rate,) = self.rates.values()
                factors.append(rate ** (1 - sum(numbers.values())))
            total += weight * Mul(*factors)
        return (self.factor * total).expand()
