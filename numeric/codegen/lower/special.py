"""Special functions of the table: each is one operation, written as a call of its definition.

*Main definitions*: `HEADS` (readers), `OPERATIONS`, both made from `numeric/special/table.py`;
`READERS`: heads that are expressed through functions of the table; `PARTIALS`: derivatives on the
tape where SymPy's own is missing or cancels.

*Implementation notes*: without an entry in `PARTIALS` the derivative is what SymPy's head says of
itself, read onto the tape.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sympy
from sympy.core.function import ArgumentIndexError

from derivax.errors import CompileError
from derivax.numeric.codegen.lower.operation import Operation, Text
from derivax.numeric.codegen.tape import Node, Tape
from derivax.numeric.special.table import ROW_OF_HEAD, ROWS, Row

if TYPE_CHECKING:
    from derivax.numeric.codegen.reading import Reader
    from derivax.numeric.codegen.writer import Writer

__all__ = ["HEADS", "OPERATIONS", "PARTIALS", "READERS"]

Read = Callable[["Reader", sympy.Basic, Sequence[int]], int]
Slope = Callable[..., int]  # tape, *arguments, value -> derivative

PARTIALS: dict[str, tuple[Slope | None, ...]] = {}
"""Function -> derivative per argument, each a function of (tape, *arguments, value)."""

READERS: dict[str, Read] = {}
"""SymPy head (by name) -> how it is read, where it is not a function of the table as it stands."""


def _read_by_arity(name: str) -> Read:
    def read(reader: Reader, expr: sympy.Basic, ids: Sequence[int]) -> int:
        row = ROW_OF_HEAD.get((name, len(ids)))
        if row is None:
            known = sorted(arity for head, arity in ROW_OF_HEAD if head == name)
            raise CompileError(
                str(expr),
                f"{name} of {len(ids)} arguments has no lowering",
                f"supported with {' or '.join(map(str, known))} arguments",
            )
        return reader.tape.push(row.function, ids)

    return read


def _operation(row: Row) -> Operation:
    def write(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
        writer.need(row.definition)
        if len(texts) == 1:
            return Text(f"{row.definition}({texts[0].text})")
        # the definitions take arrays of one dtype and shape
        like = f"{writer.arg_names[0]}.dtype" if writer.arg_names else "jnp.result_type(0.5)"
        held = [writer.fresh("input") for _ in texts]
        writer.assign(
            ", ".join(held) + " = jnp.broadcast_arrays(",
            [f"jnp.asarray({text.text}, {like})" for text in texts],
            ")",
        )
        return Text(f"{row.definition}({', '.join(held)})")

    def partial(tape: Tape, i: int, slot: int) -> int:
        operands = tape[i].operands
        if row.function in PARTIALS:
            slope = PARTIALS[row.function][slot]
            if slope is None:
                raise _no_derivative(row, slot)
            return slope(tape, *operands, i)
        body_tape, output, arguments = _own_derivative(row, slot)
        from derivax.numeric.codegen.recognisers import rebuilt_into

        new = dict(zip(arguments, operands, strict=True))
        for k in body_tape.reachable([output]):
            if k not in new:
                new[k] = rebuilt_into(tape, body_tape[k], [new[j] for j in body_tape[k].operands])
        return new[output]

    return Operation(write, partial, row.function)


def _no_derivative(row: Row, slot: int) -> CompileError:
    return CompileError(
        f"the derivative of {row.function} with respect to argument {slot + 1}",
        "has no closed form here",
        "compile with derivatives=0, or keep this argument a number",
    )


@lru_cache(maxsize=512)
def _own_derivative(row: Row, slot: int) -> tuple[Tape, int, tuple[int, ...]]:
    """What SymPy's head says of its derivative, as a tape of its own with one leaf per argument."""
    from derivax.numeric.codegen.reading import Reader

    if row.partials[slot] is None or not row.heads:
        raise _no_derivative(row, slot)
    symbols = sympy.symbols(f"s0:{row.arity}", cls=sympy.Dummy)
    head: Any = getattr(sympy, row.heads[0])
    try:
        slope = head(*symbols).fdiff(slot + 1)
    except ArgumentIndexError:
        raise _no_derivative(row, slot) from None
    reader = Reader(symbols, [f"s{k}" for k in range(row.arity)])
    output = reader.read(slope)
    return reader.tape, output, tuple(reader.leaves[s] for s in symbols)


HEADS: dict[type, Read] = {
    **{getattr(sympy, name): _read_by_arity(name) for name, _ in ROW_OF_HEAD},
    **{getattr(sympy, name): read for name, read in READERS.items()},
}

OPERATIONS: dict[str, Operation] = {row.function: _operation(row) for row in ROWS}
