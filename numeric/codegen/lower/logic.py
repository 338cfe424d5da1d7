"""Relations, logic and Piecewise.

*Implementation notes*: a Piecewise is a chain of `jnp.where`.  Its derivative is the Piecewise of
the derivatives (differentiate.py), so a branch that is not selected never meets a tangent: no NaN
from 0 * inf.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import sympy

from derivax.numeric.codegen.lower.operation import ADD, COMPARE, Operation, Text
from derivax.numeric.codegen.tape import Node

if TYPE_CHECKING:
    from derivax.numeric.codegen.reading import Reader
    from derivax.numeric.codegen.writer import Writer

__all__ = [
    "OPERATIONS",
    "piecewise_children",
    "read_implies",
    "read_ite",
    "read_not",
    "read_piecewise",
    "read_relation",
    "read_truth",
    "read_variadic",
    "read_xor",
]


def read_relation(op: str) -> Callable[[Reader, sympy.Basic, Sequence[int]], int]:
    def read(reader: Reader, expr: sympy.Basic, ids: Sequence[int]) -> int:
        operands = reader.tape.sorted(ids) if op in ("eq", "ne") else ids
        return reader.tape.push(op, operands)

    return read


def read_truth(reader: Reader, expr: sympy.Basic, ids: Sequence[int]) -> int:
    return reader.tape.truth(expr is sympy.true)


def read_variadic(op: str) -> Callable[[Reader, sympy.Basic, Sequence[int]], int]:
    def read(reader: Reader, expr: sympy.Basic, ids: Sequence[int]) -> int:
        tape = reader.tape
        level = tape.sorted(set(ids))
        while len(level) > 1:
            pairs = [tape.push(op, level[k : k + 2]) for k in range(0, len(level) - 1, 2)]
            level = pairs + level[2 * len(pairs) :]
        return level[0]

    return read


def read_not(reader: Reader, expr: sympy.Basic, ids: Sequence[int]) -> int:
    return reader.tape.push("not", ids)


def read_xor(reader: Reader, expr: sympy.Basic, ids: Sequence[int]) -> int:
    tape, result = reader.tape, ids[0]
    for k in ids[1:]:
        result = tape.push("xor", tape.sorted((result, k)))
    return result


def read_implies(reader: Reader, expr: sympy.Basic, ids: Sequence[int]) -> int:
    tape = reader.tape
    return tape.push("or", tape.sorted((tape.push("not", (ids[0],)), ids[1])))


def read_ite(reader: Reader, expr: sympy.Basic, ids: Sequence[int]) -> int:
    condition, a, b = ids
    tape = reader.tape
    both = tape.push("and", tape.sorted((condition, a)))
    neither = tape.push("and", tape.sorted((tape.push("not", (condition,)), b)))
    return tape.push("or", tape.sorted((both, neither)))


def piecewise_children(expr: sympy.Basic) -> tuple[sympy.Basic, ...]:
    return tuple(part for pair in expr.args for part in (pair.args[1], pair.args[0]))


def read_piecewise(reader: Reader, expr: sympy.Basic, ids: Sequence[int]) -> int:
    branches = [(ids[k], ids[k + 1]) for k in range(0, len(ids), 2)]
    return reader.tape.select(branches, reader.tape.push("named", (), "nan"))


def _relation(symbol: str) -> Operation:
    def write(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
        return Text(f"{texts[0].within(ADD)} {symbol} {texts[1].within(ADD)}", COMPARE)

    return Operation(write, None, "test")


def _logical(name: str) -> Operation:
    def write(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
        return Text(f"{name}({', '.join(t.text for t in texts)})")

    return Operation(write, None, "test")


def _write_truth(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    return Text(str(node.data))


def _write_select(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    """Nested `where`, from the last branch; long chains go through names."""
    text = texts[-1].text
    for k in range(len(texts) - 3, -1, -2):
        if len(text) > writer.room // 2:
            text = writer.hold("value", text)
        text = f"jnp.where({texts[k].text}, {texts[k + 1].text}, {text})"
    return Text(text)


OPERATIONS: dict[str, Operation] = {
    "lt": _relation("<"),
    "le": _relation("<="),
    "gt": _relation(">"),
    "ge": _relation(">="),
    "eq": _relation("=="),
    "ne": _relation("!="),
    "and": _logical("jnp.logical_and"),
    "or": _logical("jnp.logical_or"),
    "not": _logical("jnp.logical_not"),
    "xor": _logical("jnp.logical_xor"),
    "truth": Operation(_write_truth, None, "test"),
    "select": Operation(_write_select, None, "value"),
}
