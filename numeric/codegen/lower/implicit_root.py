r"""Roots in a bracket: F(u, p) = 0 with low < u < high.

The value is found by Newton's iteration inside a shrinking bracket; the derivative is that of the
implicit function theorem, du/dp = -F_p / F_u, taken symbolically from F, so no derivative passes
through the iteration.

*Main definitions*: operation `root`: operands low, high, then the parameters of F.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from derivax.numeric.codegen.lower.body import Body, read_body
from derivax.numeric.codegen.lower.operation import Operation, Text
from derivax.numeric.codegen.tape import Node, Tape

if TYPE_CHECKING:
    from derivax.numeric.codegen.reading import Reader
    from derivax.numeric.codegen.writer import Writer

__all__ = ["OPERATIONS", "read_root", "root_children"]


def root_children(expr: Any) -> tuple[Any, ...]:
    return expr.low, expr.high


def read_root(reader: Reader, expr: Any, ids: Sequence[int]) -> int:
    body, outside = read_body(reader, [expr.body], [expr.variable], ["u"])
    return reader.tape.push("root", (*ids, *outside), body)


def _d_root(tape: Tape, i: int, slot: int) -> int:
    node = tape[i]
    if slot < 2:  # the bracket only selects the root
        return tape.const(0)
    body = node.data
    assert isinstance(body, Body)
    at = (i, *node.operands[2:])
    (above,) = body.inline(tape, body.slopes(slot - 1), at)
    (below,) = body.inline(tape, body.slopes(0), at)
    return tape.neg(tape.div(above, below))


def _write_root(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    body = node.data
    assert isinstance(body, Body)
    both = body.with_outputs((body.output, *body.slopes(0)))

    def closing(inner: Writer) -> str:
        return "(" + ", ".join(inner.texts[i].text for i in inner.outputs) + ")"

    function = writer.define_body(f"equation_{body.key}", both, ("u",), closing)
    writer.need("bracketed_root")
    low, high, *inputs = writer.broadcast(texts)
    given = writer.hold_tuple("inputs", inputs)
    return Text(f"bracketed_root({function}, {low}, {high}, {given})")


OPERATIONS = {"root": Operation(_write_root, _d_root, "root")}
