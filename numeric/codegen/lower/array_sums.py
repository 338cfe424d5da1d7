"""Sums and products of terms with entries of arrays: all terms at once, along axes of their own.

A product of entries over whole axes is an einsum.  Any other term is a function of the indices and
of the entries that belong to them, called with arrays that have one axis for every index.

*Main definitions*: `read_over_entries`, operation `reduced` (operands: arrays, run-time
indices, parameters; data `Reduction`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sympy
from sympy.matrices.expressions.matexpr import MatrixElement
from sympy.tensor.array.expressions import ArrayElement

from derivax.errors import CompileError
from derivax.numeric.codegen.lower.arrays import einsum, picked_text
from derivax.numeric.codegen.lower.body import Body, read_body
from derivax.numeric.codegen.lower.matrices import size_text
from derivax.numeric.codegen.lower.operation import Operation, Text
from derivax.numeric.codegen.tape import Node
from derivax.symbolic.exact.dag import free_symbols_of, postorder

if TYPE_CHECKING:
    from derivax.numeric.codegen.reading import Reader
    from derivax.numeric.codegen.writer import Writer

__all__ = ["OPERATIONS", "read_over_entries"]

BINDERS = (sympy.Sum, sympy.Product, sympy.Integral)
ENTRIES = (sympy.Indexed, ArrayElement, MatrixElement)
Range = tuple[str, str]  # the first, and one more than the last, as texts of sizes
Place = tuple[str, int, Range]  # ("bound", which index, its range here), ("free", which operand, _)
NOWHERE = ("", "")


@dataclass(frozen=True)
class Reduction:
    """What is added or multiplied: the term, where its entries stand, the ranges."""

    head: str
    body: Body  # of the indices and the entries
    entries: tuple[tuple[Place, ...], ...]
    ranges: tuple[Range, ...]

    def __str__(self) -> str:
        return f"{self.head}|{self.body}|{self.entries}|{self.ranges}"


def read_over_entries(reader: Reader, expr: Any) -> int | None:
    """A finite sum or product whose term has entries of arrays; None for any other."""
    function = expr.function
    bound = [limit[0] for limit in expr.limits]

    def outside(e: sympy.Basic) -> bool:
        return isinstance(e, BINDERS) and not free_symbols_of([e]) & set(bound)

    nodes = list(dict.fromkeys(postorder([function], outside)))
    found = [e for e in nodes if isinstance(e, ENTRIES) or outside(e)]
    if not any(isinstance(e, ENTRIES) for e in found):
        return None
    if any(isinstance(e, BINDERS) and not outside(e) for e in nodes):
        raise CompileError(
            str(expr)[:80],
            "has a sum or integral inside a sum over entries of arrays",
            "write one Sum with several ranges",
        )
    ranges = [_static_range(reader, expr, limit, bound) for limit in expr.limits]
    if isinstance(expr, sympy.Sum):
        whole = _contractions(reader, function, bound, expr.limits)
        if whole is not None:
            return whole
    return _reduction(reader, expr, found, bound, ranges)


def _static_range(
    reader: Reader, expr: Any, limit: Any, bound: Sequence[sympy.Basic]
) -> Range:
    for end in limit[1:]:
        sizes = free_symbols_of([end])
        dimensions = all(
            s in reader.leaves and reader.tape[reader.leaves[s]].op == "dimension" for s in sizes
        )
        if not dimensions or not end.is_polynomial(*sizes) or len(limit) != 3:
            raise CompileError(
                f"range {limit} in {str(expr)[:80]}",
                "of a sum over entries of arrays has bounds that are no numbers or sizes",
                "use 0 and size - 1; leave out terms by a Piecewise",
            )
    return _range_text(reader, limit, 0)


def _range_text(reader: Reader, limit: Any, offset: Any) -> Range:
    ends = (limit[1] + offset, limit[2] + offset + 1)
    reader.tape.sizes.update((str(end), end) for end in ends)
    return str(ends[0]), str(ends[1])


def _array_of(entry: Any) -> tuple[sympy.Basic, tuple[sympy.Expr, ...]]:
    if isinstance(entry, sympy.Indexed):
        return entry.base, tuple(entry.indices)
    if isinstance(entry, ArrayElement):
        return entry.name, tuple(entry.indices)
    return entry.parent, (entry.i, entry.j)


# -- einsum ---------------------------------------------------------------------------------------


def _contractions(
    reader: Reader, function: sympy.Expr, bound: Sequence[sympy.Symbol], limits: Any
) -> int | None:
    """A sum of products of entries over whole axes."""
    totals = []
    for term in sympy.Add.make_args(function):
        total = _contraction(reader, term, bound, limits)
        if total is None:
            return None
        totals.append(total)
    return reader.tape.add(totals)


def _contraction(
    reader: Reader, term: sympy.Expr, bound: Sequence[sympy.Symbol], limits: Any
) -> int | None:
    tape = reader.tape
    label = {k: n for n, k in enumerate(bound)}
    whole = {k: (a, b) for k, a, b in limits}
    operands, inputs, scalars = [], [], []
    for factor in sympy.Mul.make_args(term):
        if not free_symbols_of([factor]) & set(bound):
            scalars.append(reader.read(factor))
            continue
        base, power = factor.as_base_exp()
        if not isinstance(base, ENTRIES) or not (power.is_Integer and 0 < power <= 8):
            return None
        array, indices = _array_of(base)
        if not all(k in label for k in indices):
            return None
        operand = reader.read(array)
        for k, size in zip(indices, tape[operand].shape or (), strict=True):
            if whole[k][0] != 0 or str(whole[k][1] + 1) != size:
                return None
        operands += [operand] * int(power)
        inputs += [tuple(label[k] for k in indices)] * int(power)
    if {n for labels in inputs for n in labels} != set(label.values()):
        return None
    return tape.mul([*scalars, einsum(tape, operands, inputs, ())])


# -- any term -------------------------------------------------------------------------------------


def _reduction(
    reader: Reader,
    expr: Any,
    found: Sequence[Any],
    bound: Sequence[sympy.Symbol],
    ranges: Sequence[Range],
) -> int:
    tape = reader.tape
    rule: dict[sympy.Basic, sympy.Basic] = {}
    arrays: list[int] = []
    indices: list[int] = []
    entries: list[tuple[Place, ...]] = []
    names: list[sympy.Dummy] = []
    outer: dict[sympy.Dummy, int] = {}
    for entry in found:
        dummy = sympy.Dummy("entry", real=True)
        rule[entry] = dummy
        if not free_symbols_of([entry]) & set(bound):
            outer[dummy] = reader.read(entry)
            continue
        array, places = _array_of(entry)
        pattern: list[Place] = []
        for place in places:
            inside = free_symbols_of([place]) & set(bound)
            if not inside:
                pattern.append(("free", len(indices), NOWHERE))
                indices.append(reader.read(place))
                continue
            (variable, *others) = inside
            offset = sympy.expand(place - variable)
            if others or not offset.is_Integer:
                raise CompileError(
                    str(entry), "has an index that is no summation index plus a number"
                )
            which = bound.index(variable)
            pattern.append(("bound", which, _range_text(reader, expr.limits[which], offset)))
        named = [which for kind, which, _ in pattern if kind == "bound"]
        if len(set(named)) < len(named) and len(pattern) != 2:
            raise CompileError(str(entry), "repeats an index, which is compiled for matrices only")
        arrays.append(reader.read(array))
        entries.append(tuple(pattern))
        names.append(dummy)
    term = expr.function.xreplace(rule)
    count, width = len(bound), len(names)
    variables = [*bound, *names]
    texts = [f"k{n + 1}" for n in range(count)] + [f"e{n + 1}" for n in range(width)]
    reader.leaves.update(outer)
    body, outside = read_body(reader, [term], variables, texts, (), tuple(outer))
    data = Reduction(type(expr).__name__, body, tuple(entries), tuple(ranges))
    return tape.push("reduced", (*arrays, *indices, *outside), data)


# -- text -----------------------------------------------------------------------------------------


def _write_reduced(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    data: Any = node.data
    count, width = len(data.ranges), len(data.entries)
    free = sum(kind == "free" for pattern in data.entries for kind, _, _ in pattern)
    names = [f"k{n + 1}" for n in range(count)] + [f"e{n + 1}" for n in range(width)]
    function = writer.define_body(f"entry_{data.body.key}", data.body, names)
    given = []
    for n, ends in enumerate(data.ranges):
        grid = f"jnp.arange({_ends_text(writer, ends)}, dtype={writer.real_dtype()})"
        if n < count - 1:
            after = ", ".join(str(k) for k in range(1, count - n))
            grid = f"jnp.expand_dims({grid}, ({after},))"
        given.append(writer.hold("index", grid))
    indices = list(zip(texts[width : width + free], node.operands[width:], strict=False))
    aligned = [
        _aligned(writer, node, k, texts[k].text, pattern, data.ranges, indices)
        for k, pattern in enumerate(data.entries)
    ]
    axes = ", ".join(f"-{k}" for k in range(count, 0, -1))
    axes = f"({axes},)" if count == 1 else f"({axes})"
    parameters = [
        text.text if writer.is_constant(k) else f"jnp.expand_dims({text.text}, {axes})"
        for text, k in zip(texts[width + free :], node.operands[width + free :], strict=True)
    ]
    held = writer.hold_tuple("inputs", [writer.named("input", p) for p in parameters])
    call = f"{function}({', '.join([*given, *aligned, held])})"
    terms, grid = writer.fresh("terms"), writer.fresh("grid")
    writer.assign(f"{terms}, {grid} = jnp.broadcast_arrays(", [call, " + ".join(given)], ")")
    return Text(f"jnp.{'sum' if data.head == 'Sum' else 'prod'}({terms}, axis={axes})")


def _aligned(
    writer: Writer,
    node: Node,
    k: int,
    text: str,
    pattern: Sequence[Place],
    ranges: Sequence[Range],
    indices: Sequence[tuple[Text, int]],
) -> str:
    """The entries that belong to the indices, with one axis for every index."""
    rank, order = len(pattern), list[int]()
    shape = writer.tape[node.operands[k]].shape or ()
    for p, (kind, which, ends) in enumerate(pattern):
        axis = rank - p
        if kind == "free":
            index, operand = indices[which]
            number = writer.tape.number(operand)
            text = picked_text(writer, text, index.text, number, axis, len(order))
            continue
        order.append(which)
        if ends != ("0", shape[p]):
            places = f"jnp.arange({_ends_text(writer, ends)})"
            text = writer.hold("entries", f"jnp.take({text}, {places}, axis=-{axis})")
    if len(set(order)) < len(order):
        text, order = f"jnp.diagonal({text}, axis1=-2, axis2=-1)", order[:1]
    if order != sorted(order):
        source = ", ".join(str(order.index(m) - len(order)) for m in sorted(order))
        target = ", ".join(str(n - len(order)) for n in range(len(order)))
        text, order = f"jnp.moveaxis({text}, ({source}), ({target}))", sorted(order)
    missing = [n - len(ranges) for n in range(len(ranges)) if n not in order]
    if missing:
        text = f"jnp.expand_dims({text}, ({', '.join(map(str, missing))},))"
    return writer.named("entries", text)


def _ends_text(writer: Writer, ends: Range) -> str:
    low, high = (size_text(writer, end) for end in ends)
    low, high = (t[1:-1] if t.startswith("(") else t for t in (low, high))
    return high if low == "0" else f"{low}, {high}"


OPERATIONS: dict[str, Operation] = {"reduced": Operation(_write_reduced, None, "total")}
