r"""Sums, products and recurrences as loops, with run-time bounds.

A sum is $\sum_{k=a}^{b} t(k, p)$; a product and a recurrence are iterations of a state,
$s_{k+1} = F(k, s_k, p)$.  Both are computed by loops outside any traced tangent, and their
derivatives are loops of the same kind: the sum of the differentiated term; the iteration of
(state, tangent), $\dot s_{k+1} = F_s \dot s_k + F_p \dot p$.  So reverse mode, second derivatives
and run-time bounds work alike.

Bounds follow SymPy (M. Karr, J. ACM 28 (1981) 305): for b = a - 1 nothing is summed, for b < a - 1
$\sum_{a}^{b} = -\sum_{b+1}^{a-1}$, and a product is the reciprocal.  A bound that is no whole
number gives NaN at run time and is refused at build time.

*Main definitions*: operations `summation` (operands first, last, parameters), `iterate` (start,
count, initial states, parameters; several values) and `component` (one of them).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sympy

from derivax.errors import CompileError
from derivax.numeric.codegen.lower.array_sums import read_over_entries
from derivax.numeric.codegen.lower.body import Body, read_body
from derivax.numeric.codegen.lower.infinite_ranges import (
    is_infinite,
    read_infinite_product,
    read_infinite_sum,
)
from derivax.numeric.codegen.lower.operation import Operation, Text
from derivax.numeric.codegen.tape import Node, Tape

if TYPE_CHECKING:
    from derivax.numeric.codegen.reading import Reader
    from derivax.numeric.codegen.writer import Writer

__all__ = [
    "OPERATIONS",
    "Parts",
    "iterated",
    "limit_children",
    "read_product",
    "read_recurrence",
    "read_sum",
    "recurrence_children",
    "tangent_of_iteration",
    "whole_or_nan",
]

WRITTEN_OUT = 6  # a shorter sum or product is written term by term


@dataclass(frozen=True)
class Parts(Text):
    """The text of something with several values: a name for each."""

    parts: tuple[str, ...] = ()


# -- SymPy -> tape --------------------------------------------------------------------------------


def limit_children(expr: Any) -> tuple[sympy.Basic, ...]:
    """The bounds of the outermost limit; the rest is read as a body."""
    limit = expr.limits[-1]
    if len(limit) != 3:
        raise CompileError(
            str(limit),
            f"a {type(expr).__name__} without both bounds has no value",
            "give (k, a, b)",
        )
    if is_infinite(limit):
        return ()
    return tuple(limit.args[1:])


def _inside(expr: Any) -> sympy.Basic:
    """What the outermost sum or product runs over."""
    return expr.func(expr.function, *expr.limits[:-1]) if len(expr.limits) > 1 else expr.function


def read_sum(reader: Reader, expr: Any, ids: Sequence[int]) -> int:
    """A sum; SymPy's convention for reversed bounds."""
    if is_infinite(expr.limits[-1]):
        return read_infinite_sum(reader, expr)
    over = read_over_entries(reader, expr) if reader.shapes else None
    if over is not None:
        return over
    body, outside = read_body(reader, [_inside(expr)], [expr.limits[-1][0]], ["k"])
    tape = reader.tape

    def forward(first: int, last: int) -> int:
        a, b = tape.number(first), tape.number(last)
        if a is not None and b is not None and b - a < WRITTEN_OUT:
            terms = [
                body.inline(tape, body.outputs, (tape.const(k), *outside))[0]
                for k in range(int(a), int(b) + 1)
            ]
            return tape.add(terms)
        return summation(tape, first, last, body, outside)

    return _by_karr(expr, tape, ids, forward, tape.neg)


def read_product(reader: Reader, expr: Any, ids: Sequence[int]) -> int:
    """A product, as the iteration of a state."""
    if is_infinite(expr.limits[-1]):
        return read_infinite_product(reader, expr)
    over = read_over_entries(reader, expr) if reader.shapes else None
    if over is not None:
        return over
    variable = expr.limits[-1][0]
    body, outside = read_body(reader, [_inside(expr)], [variable], ["k"])
    tape = reader.tape
    step_tape = Tape()
    index = step_tape.arg(0, "k")
    state = step_tape.arg(1, "s1", plane=body.output in body.tape.plane)
    parameters = [
        step_tape.arg(k + 2, f"p{k + 1}", body.tape[p].shape, p in body.tape.plane)
        for k, p in enumerate(body.parameters)
    ]
    (factor,) = body.inline(step_tape, body.outputs, (index, *parameters))
    step = Body(step_tape, [step_tape.mul((state, factor))], (index, state), parameters)

    def forward(first: int, last: int) -> int:
        a, b = tape.number(first), tape.number(last)
        if a is not None and b is not None and b - a < WRITTEN_OUT:
            factors = [
                body.inline(tape, body.outputs, (tape.const(k), *outside))[0]
                for k in range(int(a), int(b) + 1)
            ]
            return tape.mul(factors)
        count = tape.add((last, tape.neg(first), tape.const(1)))
        return iterated(tape, first, count, [tape.const(1)], step, outside)[0]

    return _by_karr(expr, tape, ids, forward, lambda i: tape.power(i, -1))


def recurrence_children(expr: Any) -> tuple[sympy.Basic, ...]:
    return (expr.depth, *expr.initial)


def read_recurrence(reader: Reader, expr: Any, ids: Sequence[int]) -> int:
    """A component of the state; NaN where the depth is no whole number >= 0."""
    tape, (depth, *initial) = reader.tape, ids
    m = len(expr.states)
    names = ["k", *(f"s{j + 1}" for j in range(m))]
    plane = expr.states if reader.complex else ()
    step, outside = read_body(reader, expr.steps, (expr.index, *expr.states), names, plane)
    value = iterated(tape, tape.const(0), depth, initial, step, outside)[expr.component]
    if tape.number(depth) is not None:
        return value
    natural = tape.push("ge", (depth, tape.const(0)))
    value = tape.select([(natural, value)], tape.push("named", (), "nan"))
    return whole_or_nan(tape, value, [depth])


def _by_karr(
    expr: Any,
    tape: Tape,
    ids: Sequence[int],
    forward: Callable[[int, int], int],
    reverse: Callable[[int], int],
) -> int:
    first, last = ids
    a, b = tape.number(first), tape.number(last)
    for value, bound in ((a, expr.limits[-1][1]), (b, expr.limits[-1][2])):
        if value is not None and value.denominator != 1:
            raise CompileError(
                f"bound {bound} of {type(expr).__name__}", "is not a whole number", ""
            )
    if a is not None and b is not None:
        if b >= a - 1:
            return forward(first, last)
        return reverse(forward(tape.const(b + 1), tape.const(a - 1)))
    one = tape.const(1)
    backward = tape.push("lt", (last, tape.sub(first, one)))
    low = tape.select([(backward, tape.add((last, one)))], first)
    high = tape.select([(backward, tape.sub(first, one))], last)
    value = forward(low, high)
    value = tape.select([(backward, reverse(value))], value)
    return whole_or_nan(tape, value, [k for k in ids if tape.number(k) is None])


def whole_or_nan(tape: Tape, value: int, bounds: Sequence[int]) -> int:
    """The value where all bounds are whole numbers, else NaN."""
    for k in bounds:
        fraction = tape.sub(k, tape.push("floor", (k,)))  # NaN at infinity
        whole = tape.push("eq", tape.sorted((fraction, tape.const(0))))
        value = tape.select([(whole, value)], tape.push("named", (), "nan"))
    return value


def summation(tape: Tape, first: int, last: int, body: Body, outside: Sequence[int]) -> int:
    """The sum of the body over first, ..., last."""
    if body.tape.number(body.output) == 0:
        return tape.const(0)
    if not any(v in body.tape.reachable([body.output]) for v in body.variables):
        count = tape.add((last, tape.neg(first), tape.const(1)))
        (term,) = body.inline(tape, body.outputs, (first, *outside))
        return tape.mul((count, term))
    return tape.push("summation", (first, last, *outside), body)


def iterated(
    tape: Tape,
    start: int,
    count: int,
    initial: Sequence[int],
    step: Body,
    outside: Sequence[int],
) -> list[int]:
    """The states after `count` steps; the index begins at `start`."""
    loop = tape.push("iterate", (start, count, *initial, *outside), step)
    return [tape.push("component", (loop,), c) for c in range(len(step.outputs))]


# -- derivatives ----------------------------------------------------------------------------------


def _d_summation(tape: Tape, i: int, slot: int) -> int:
    node = tape[i]
    body = node.data
    if slot < 2:  # whole numbers: the value jumps, the derivative is that of a constant
        return tape.const(0)
    slope = body.with_outputs(body.slopes(slot - 1))
    return summation(tape, node.operands[0], node.operands[1], slope, node.operands[2:])


def tangent_of_iteration(tape: Tape, i: int, d: Mapping[int, int]) -> int:
    """The iteration of (state, tangent) in the direction d; the constant 0 where nothing moves."""
    node = tape[i]
    step: Any = node.data
    m = len(step.outputs)
    start, count = node.operands[:2]
    initial, outside = node.operands[2 : 2 + m], node.operands[2 + m :]
    zero = tape.const(0)
    directions = [d[k] for k in outside]
    if all(d[k] == zero for k in (*initial, *outside)):
        return zero
    wide, new_outside = _with_tangents(step, tape, directions)
    operands = (start, count, *initial, *(d[k] for k in initial), *outside, *new_outside)
    return tape.push("iterate", operands, wide)


def _tangent_component(tape: Tape, i: int, d: Mapping[int, int]) -> int:
    (loop,), c = tape[i].operands, tape[i].data
    assert isinstance(c, int)
    if d[loop] == tape.const(0):
        return d[loop]
    return tape.push("component", (d[loop],), c + len(tape[loop].data.outputs))


def _with_tangents(step: Body, outer: Tape, directions: Sequence[int]) -> tuple[Body, list[int]]:
    """The step of (state, tangent), and the directions that become parameters of it."""
    from derivax.numeric.codegen.differentiate import pushed_forward

    m, zero = len(step.outputs), outer.const(0)
    tape = Tape()
    index = tape.arg(0, "k")
    planes = [v in step.tape.plane for v in step.variables[1:]]
    states = [tape.arg(1 + j, f"s{1 + j}", plane=planes[j % m]) for j in range(2 * m)]
    place = 1 + 2 * m
    parameters = [
        tape.arg(place + k, f"p{k + 1}", step.tape[p].shape, p in step.tape.plane)
        for k, p in enumerate(step.parameters)
    ]
    seeds = dict(zip(states[:m], states[m:], strict=True))
    added: list[int] = []
    operands: list[int] = []
    for parameter, direction in zip(parameters, directions, strict=True):
        number = outer.number(direction)
        if direction == zero:
            continue
        if number is not None:
            seeds[parameter] = tape.const(number)
            continue
        position = place + len(parameters) + len(added)
        name = f"p{len(parameters) + len(added) + 1}"
        added.append(tape.arg(position, name, plane=direction in outer.plane))
        operands.append(direction)
        seeds[parameter] = added[-1]
    outputs = step.inline(tape, step.outputs, (index, *states[:m], *parameters))
    tangents = pushed_forward(tape, outputs, seeds)
    body = Body(tape, [*outputs, *tangents], (index, *states), [*parameters, *added])
    return body, operands


# -- text -----------------------------------------------------------------------------------------


def _write_summation(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    body: Any = node.data
    function = writer.define_body(f"term_{body.key}", body, ("k",))
    first, last, *inputs = writer.broadcast(texts, node.operands)
    count = _fixed_count(writer, node)
    given = writer.hold_tuple("inputs", inputs)
    zero = writer.zero_like(first, body.output in body.tape.plane)
    if count is not None:
        writer.need("summed_terms")
        return Text(f"summed_terms({function}, {first}, {count}, {zero}, {given})")
    writer.need("summed_between")
    return Text(f"summed_between({function}, {first}, {last}, {zero}, {given})")


def _fixed_count(writer: Writer, node: Node) -> int | None:
    first, last = (writer.tape.number(k) for k in node.operands[:2])
    return None if first is None or last is None else int(last - first + 1)


def _write_iterate(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    step: Any = node.data
    m = len(step.outputs)
    count = writer.tape.number(node.operands[1])
    states = tuple(f"s{j + 1}" for j in range(m))
    name = f"step_{step.key}" + ("" if count is None else "_fixed")

    def closing(inner: Writer) -> str:
        results = []
        for j, i in enumerate(inner.outputs):
            text = inner.texts[i].text
            if inner.is_constant(i):
                text = f"jnp.full_like({states[j]}, {text})"
            elif inner.tape.plane and i not in inner.tape.plane:
                text = f"jnp.asarray({text}, {states[j]}.dtype)"
            results.append(text if count is not None else f"jnp.where(active, {text}, {states[j]})")
        return "(" + ", ".join(results) + (",)" if m == 1 else ")")

    heads: list[str | tuple[str, ...]] = ["k", states]
    if count is None:
        heads.append("active")
    function = writer.define_body(name, step, heads, closing)
    held = writer.broadcast(
        texts,
        node.operands,
        {2 + j for j in range(m) if step.variables[1 + j] in step.tape.plane},
    )
    state = writer.hold_tuple("states", held[2 : 2 + m])
    given = writer.hold_tuple("inputs", held[2 + m :])
    if count is None:
        writer.need("iterated_times")
        call = f"iterated_times({function}, {held[0]}, {held[1]}, {state}, {given})"
    else:
        writer.need("iterated_map")
        call = f"iterated_map({function}, {held[0]}, {int(count)}, {state}, {given})"
    names = tuple(writer.fresh("state") for _ in range(m))
    left = ", ".join(names) if m > 1 else f"({names[0]},)"
    writer.lines.append(f"{left} = {call}")
    return Parts(call, parts=names)


def _write_component(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    loop: Any = texts[0]
    return Text(loop.parts[node.data])


OPERATIONS: dict[str, Operation] = {
    "summation": Operation(_write_summation, _d_summation, "total"),
    "iterate": Operation(_write_iterate, None, "states", tangent_of_iteration),
    "component": Operation(_write_component, None, "state", _tangent_component),
}
