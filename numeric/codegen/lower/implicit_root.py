r"""Roots in a bracket: F(u, p) = 0 with low < u < high.

The value is found by bisection alone; the derivative is that of the implicit function theorem,
du/dp = -F_p / F_u, taken symbolically from F, so no derivative passes through the iteration.

*Main definitions*: `Body` (F as a small tape of its own), operation `root`: operands low, high,
then the parameters of F.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from derivax.numeric.codegen.lower.operation import Operation, Text
from derivax.numeric.codegen.tape import Node, Tape

if TYPE_CHECKING:
    from derivax.numeric.codegen.reading import Reader
    from derivax.numeric.codegen.writer import Writer

__all__ = ["OPERATIONS", "Body", "read_root", "root_children"]


class Body:
    """A function of (u, parameters) as a tape; equal when the structure is equal."""

    def __init__(self, tape: Tape, output: int, variable: int, parameters: Sequence[int]) -> None:
        self.tape, self.output = tape, output
        self.variable, self.parameters = variable, tuple(parameters)
        self._derivatives: dict[int, int] = {}

    def __str__(self) -> str:
        return self.tape.digest(self.output).hex()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Body) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    def slope(self, position: int) -> int:
        """dF / d argument (0: the unknown, 1...: parameters) as an index of the body's tape."""
        from derivax.numeric.codegen.differentiate import derivative

        if position not in self._derivatives:
            arg = (self.variable, *self.parameters)[position]
            self._derivatives[position] = derivative(self.tape, [self.output], arg)[0]
        return self._derivatives[position]

    def inline(self, tape: Tape, output: int, values: Sequence[int]) -> int:
        """An expression of the body, written into another tape with these arguments."""
        from derivax.numeric.codegen.recognisers import rebuilt_into

        new = dict(zip((self.variable, *self.parameters), values, strict=True))
        for i in self.tape.reachable([output]):
            if i not in new:
                new[i] = rebuilt_into(tape, self.tape[i], [new[k] for k in self.tape[i].operands])
        return new[output]


def root_children(expr: Any) -> tuple[Any, ...]:
    return expr.low, expr.high


def read_root(reader: Reader, expr: Any, ids: Sequence[int]) -> int:
    from derivax.numeric.codegen.reading import Reader as InnerReader

    inner = InnerReader((expr.variable, *reader.args), ("u", *reader.names), reader.functions)
    output = inner.read(expr.body)
    used = set(inner.tape.reachable([output]))
    tape = Tape()
    variable = tape.arg(0, "u")
    new = {inner.leaves[expr.variable]: variable}
    parameters: list[int] = []
    outside: list[int] = []
    for symbol in reader.args:
        leaf = inner.leaves[symbol]
        if leaf in used:
            new[leaf] = tape.arg(len(parameters) + 1, f"p{len(parameters) + 1}")
            parameters.append(new[leaf])
            outside.append(reader.leaves[symbol])
    from derivax.numeric.codegen.recognisers import rebuilt_into

    for i in inner.tape.reachable([output]):
        if i not in new:
            node = inner.tape[i]
            new[i] = rebuilt_into(tape, node, [new[k] for k in node.operands])
    body = Body(tape, new[output], variable, parameters)
    return reader.tape.push("root", (*ids, *outside), body)


def _d_root(tape: Tape, i: int, slot: int) -> int:
    node = tape[i]
    if slot < 2:  # the bracket only selects the root
        return tape.const(0)
    body = node.data
    assert isinstance(body, Body)
    at = (i, *node.operands[2:])
    above = body.inline(tape, body.slope(slot - 1), at)
    below = body.inline(tape, body.slope(0), at)
    return tape.neg(tape.div(above, below))


def _write_root(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    body = node.data
    assert isinstance(body, Body)
    names = [f"p{k + 1}" for k in range(len(body.parameters))]
    function = writer.define_inner(f"equation_{str(body)[:10]}", body.tape, body.output, "u", names)
    writer.need("bracketed_root")
    like = f"{writer.arg_names[0]}.dtype" if writer.arg_names else "jnp.result_type(0.5)"
    held = [writer.fresh("input") for _ in texts]
    writer.assign(
        ", ".join(held) + " = jnp.broadcast_arrays(",
        [f"jnp.asarray({text.text}, {like})" for text in texts],
        ")",
    )
    low, high, *inputs = held
    given = writer.fresh("inputs")
    writer.assign(f"{given} = (", inputs, ",)" if len(inputs) == 1 else ")")
    return Text(f"bracketed_root({function}, {low}, {high}, {given})")


OPERATIONS = {"root": Operation(_write_root, _d_root, "root")}
