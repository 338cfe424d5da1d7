r"""Integrals without closed form: the double exponential rule on pieces of smooth integrand.

An integral is reduced to $\int_0^c g(u)\,du$ and $\int_0^\infty g(u)\,du$ by

    \int_a^b f = \int_0^{(b-a)/2} [f(a+u) + f(b-u)] du,   \int_a^\infty f = \int_0^\infty f(a+u) du

with the substitution carried out on the formula, so that singular factors such as $(b-x)^{-1/2}$
become $u^{-1/2}$ exactly and lose nothing near the end.  Absolute values, signs, steps and cases
are resolved piece by piece between their (constant) switching points, so one-sided values hold.

The derivative in a parameter is that under the integral, plus the boundary term of c (Leibniz).

*Main definitions*: operation `integral` (operands c and parameters, or parameters alone for the
half line, told apart by `data`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import sympy

from derivax.errors import CompileError
from derivax.numeric.codegen.lower.body import Body, read_body
from derivax.numeric.codegen.lower.operation import Operation, Text
from derivax.numeric.codegen.sketch import plain
from derivax.numeric.codegen.tape import Node, Tape
from derivax.symbolic.exact.dag import postorder
from derivax.symbolic.nodes.switching_points import pieces

if TYPE_CHECKING:
    from derivax.numeric.codegen.reading import Reader
    from derivax.numeric.codegen.writer import Writer

__all__ = ["OPERATIONS", "read_integral"]


def read_integral(reader: Reader, expr: Any, ids: Sequence[int]) -> int:
    """A definite integral as a sum of integrals over pieces."""
    limit = expr.limits[-1]
    if len(limit) != 3:
        raise CompileError(
            plain(str(expr)[:80]), "an integral without both bounds is no number", "give (x, a, b)"
        )
    x, a, b = limit.args
    f = expr.func(expr.function, *expr.limits[:-1]) if len(expr.limits) > 1 else expr.function
    variable = sympy.Dummy(x.name, real=True)
    f = f.xreplace({x: variable})
    tape = reader.tape
    parts = []
    for left, right, smooth in pieces(f, variable):
        low, high = _clipped(a, left, right), _clipped(b, left, right)
        if low != high:
            parts.append(_piece(reader, smooth, variable, low, high))
    return tape.add(parts)


def _clipped(bound: sympy.Expr, left: sympy.Expr, right: sympy.Expr) -> sympy.Expr:
    if left is sympy.S.NegativeInfinity and right is sympy.S.Infinity:
        return bound
    if left is sympy.S.NegativeInfinity:
        return sympy.Min(bound, right)
    if right is sympy.S.Infinity:
        return sympy.Max(bound, left)
    return sympy.Max(left, sympy.Min(bound, right))


def _piece(reader: Reader, f: sympy.Expr, x: sympy.Dummy, low: sympy.Expr, high: sympy.Expr) -> int:
    """The integral of a smooth integrand between two bounds."""
    tape = reader.tape
    if low in (sympy.oo, -sympy.oo) and high in (sympy.oo, -sympy.oo):
        u = sympy.Dummy("u", positive=True)
        whole = _at(f, x, u, u) + _at(f, x, -u, u)
        value = _half_line(reader, whole, u)
        return value if high is sympy.oo else tape.neg(value)
    if high in (sympy.oo, -sympy.oo) or low in (sympy.oo, -sympy.oo):
        finite, infinite = (low, high) if high in (sympy.oo, -sympy.oo) else (high, low)
        u = sympy.Dummy("u", positive=True)
        side = 1 if infinite is sympy.oo else -1
        value = _half_line(reader, _at(f, x, finite + side * u, u), u)
        return value if (side == 1) == (infinite is high) else tape.neg(value)
    positive = (high - low).is_positive
    u = sympy.Dummy("u", positive=True) if positive else sympy.Dummy("u", real=True)
    both = _at(f, x, low + u, u) + _at(f, x, high - u, u)
    body, outside = read_body(reader, [both], [u], ["u"])
    end = reader.read((high - low) / 2)
    return _integral(tape, body, (end, *outside), "finite")


def _half_line(reader: Reader, g: sympy.Expr, u: sympy.Dummy) -> int:
    body, outside = read_body(reader, [g], [u], ["u"])
    return _integral(reader.tape, body, outside, "half line")


def _integral(tape: Tape, body: Body, operands: Sequence[int], kind: str) -> int:
    if body.tape.number(body.output) == 0:
        return tape.const(0)
    return tape.push("integral", operands, (body, kind))


# -- the integrand --------------------------------------------------------------------------------


def _at(f: sympy.Expr, x: sympy.Dummy, value: sympy.Expr, u: sympy.Dummy) -> sympy.Expr:
    """f at the point; sums under a power or logarithm are expanded, so that what vanishes at the
    end is a product with u."""
    moved = f.xreplace({x: value})
    rule: dict[sympy.Basic, sympy.Basic] = {}
    for node in postorder([moved]):
        if isinstance(node, sympy.Pow) and not (node.exp.is_Integer and node.exp > 0):
            base = node.base
        elif isinstance(node, sympy.log):
            base = node.args[0]
        else:
            continue
        if isinstance(base, sympy.Add | sympy.Mul) and u in base.free_symbols:
            simpler = _vanishing(base, u)
            if simpler is not None:
                rule[node] = node.func(simpler, *node.args[1:])
    return moved.xreplace(rule) if rule else moved


def _vanishing(base: sympy.Expr, u: sympy.Dummy) -> sympy.Expr | None:
    """A polynomial in u that vanishes at u = 0, as u**k times the rest; None for anything else."""
    if not base.is_polynomial(u):
        return None
    poly = sympy.Poly(sympy.expand(base), u)
    order = min(power for (power,) in poly.monoms())
    if not order:
        return None
    rest = sympy.Add(*(c * u ** (p - order) for (p,), c in poly.terms()))
    return u**order * rest


# -- derivatives and text -------------------------------------------------------------------------


def _d_integral(tape: Tape, i: int, slot: int) -> int:
    node = tape[i]
    body, kind = node.data
    assert isinstance(body, Body)
    if kind == "finite" and slot == 0:
        (edge,) = body.inline(tape, body.outputs, node.operands)
        return edge
    position = slot if kind == "finite" else slot + 1
    slope = body.with_outputs(body.slopes(position))
    return _integral(tape, slope, node.operands, kind)


def _write_integral(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    body, kind = node.data
    assert isinstance(body, Body)
    function = writer.define_body(f"integrand_{body.key}", body, ("u",))
    if kind == "finite":
        writer.need("integral_to")
        end, *inputs = writer.broadcast(texts, node.operands)
        given = writer.hold_tuple("inputs", inputs)
        zero = writer.zero_like(end, body.output in body.tape.plane)
        return Text(f"integral_to({function}, {end}, {zero}, {given})")
    writer.need("integral_to_infinity")
    # the first is there for its real dtype and shape
    first, *inputs = writer.broadcast([Text("1.0"), *texts], [-1, *node.operands])
    given = writer.hold_tuple("inputs", inputs)
    zero = writer.zero_like(first, body.output in body.tape.plane)
    return Text(f"integral_to_infinity({function}, {first}, {zero}, {given})")


OPERATIONS = {"integral": Operation(_write_integral, _d_integral, "integral")}
