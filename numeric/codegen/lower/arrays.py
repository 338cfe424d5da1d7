"""Arrays of any number of axes: entries, and products with repeated indices as one einsum.

Tensor products, contractions, diagonals and permutations of axes only rename the letters of one
einsum, so no tensor product is ever made.

*Main definitions*: `HEADS`, `CHILDREN` (SymPy -> tape), operations `entry_of` (operands array and
indices) and `einsum` (data: labels of the operands, labels of the result), `einsum`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from string import ascii_letters
from typing import TYPE_CHECKING, Any

import sympy
from sympy.tensor.array.expressions import (
    ArrayAdd,
    ArrayContraction,
    ArrayDiagonal,
    ArrayElement,
    ArrayTensorProduct,
    PermuteDims,
)

from derivax.errors import CompileError
from derivax.numeric.codegen.lower.operation import Operation, Text
from derivax.numeric.codegen.tape import Node, Tape

if TYPE_CHECKING:
    from derivax.numeric.codegen.reading import Reader
    from derivax.numeric.codegen.writer import Writer

__all__ = ["CHILDREN", "HEADS", "OPERATIONS", "einsum", "picked_text"]

Labels = tuple[int, ...]


# -- SymPy -> tape --------------------------------------------------------------------------------


def read_entry(reader: Reader, expr: Any, ids: Sequence[int]) -> int:
    """An entry at fixed or run-time indices."""
    tape, array = reader.tape, ids[0]
    rank = len(tape[array].shape or ())
    if rank != len(ids) - 1:
        raise CompileError(str(expr)[:80], f"has {len(ids) - 1} indices, the array has {rank} axes")
    return tape.push("entry_of", ids)


def read_index(reader: Reader, expr: Any, ids: Sequence[int]) -> int:
    return ids[0]


def read_product(reader: Reader, expr: Any, ids: Sequence[int]) -> int:
    """The tensor product of arrays."""
    operands: list[int] = []
    inputs: list[Labels] = []
    output: list[int] = []
    for i in ids:
        taken = len({label for labels in inputs for label in labels})
        for operand, labels in zip(*_factors(reader.tape, i)[:2], strict=True):
            operands.append(operand)
            inputs.append(tuple(label + taken for label in labels))
        output += [label + taken for label in _factors(reader.tape, i)[2]]
    return einsum(reader.tape, operands, inputs, output)


def read_contraction(reader: Reader, expr: Any, ids: Sequence[int]) -> int:
    """Axes that are summed over together."""
    operands, inputs, output = _factors(reader.tape, ids[0])
    gone = {p for group in expr.contraction_indices for p in group}
    inputs = _joined(inputs, output, expr.contraction_indices)
    kept = [label for p, label in enumerate(output) if p not in gone]
    return einsum(reader.tape, operands, inputs, kept)


def read_diagonal(reader: Reader, expr: Any, ids: Sequence[int]) -> int:
    """Axes that become one, which stands last."""
    operands, inputs, output = _factors(reader.tape, ids[0])
    groups = [tuple(group) for group in expr.diagonal_indices]
    gone = {p for group in groups for p in group}
    inputs = _joined(inputs, output, groups)
    kept = [label for p, label in enumerate(output) if p not in gone]
    kept += [min(output[p] for p in group) for group in groups]
    return einsum(reader.tape, operands, inputs, kept)


def read_permutation(reader: Reader, expr: Any, ids: Sequence[int]) -> int:
    operands, inputs, output = _factors(reader.tape, ids[0])
    order = expr.permutation.array_form
    return einsum(reader.tape, operands, inputs, [output[p] for p in order])


def read_sum(reader: Reader, expr: Any, ids: Sequence[int]) -> int:
    tape = reader.tape
    return tape.push("matadd", tape.sorted(ids), None, tape[ids[0]].shape)


def _factors(tape: Tape, i: int) -> tuple[list[int], list[Labels], list[int]]:
    """The entry as an einsum: operands, their labels, the labels of the result."""
    node = tape[i]
    if node.op == "einsum":
        inputs, output = node.data
        return list(node.operands), list(inputs), list(output)
    labels = tuple(range(len(node.shape or ())))
    return [i], [labels], list(labels)


def _joined(
    inputs: Sequence[Labels], output: Sequence[int], groups: Sequence[Sequence[int]]
) -> list[Labels]:
    """The labels, equal where axes of the result are put together."""
    same: dict[int, int] = {}
    for group in groups:
        least = min(output[p] for p in group)
        same |= {output[p]: least for p in group}
    return [tuple(same.get(label, label) for label in labels) for labels in inputs]


def einsum(
    tape: Tape, operands: Sequence[int], inputs: Sequence[Labels], output: Sequence[int]
) -> int:
    """The einsum on the tape; numbered by first use, and the operand itself where it is all."""
    number: dict[int, int] = {}
    sizes: dict[int, str] = {}
    for operand, labels in zip(operands, inputs, strict=True):
        for label, size in zip(labels, tape[operand].shape or (), strict=True):
            number.setdefault(label, len(number))
            sizes.setdefault(label, size)
            both = (sizes[label], size)
            if both[0] != both[1] and all(text.isdigit() for text in both):
                raise CompileError(
                    "a contraction of axes", f"of which one has {both[0]}, one {both[1]} entries"
                )
    if len(number) > len(ascii_letters):
        raise CompileError(f"a product of {len(number)} indices", "has too many for one einsum")
    renamed = tuple(tuple(number[label] for label in labels) for labels in inputs)
    result = tuple(number[label] for label in output)
    if renamed == (result,) and len(set(result)) == len(result):
        return operands[0]
    shape = tuple(sizes[label] for label in output)
    return tape.push("einsum", operands, (renamed, result), shape or None)


HEADS: dict[type, Callable[..., int]] = {
    sympy.Indexed: read_entry,
    ArrayElement: read_entry,
    sympy.Idx: read_index,
    ArrayTensorProduct: read_product,
    ArrayContraction: read_contraction,
    ArrayDiagonal: read_diagonal,
    PermuteDims: read_permutation,
    ArrayAdd: read_sum,
}

CHILDREN: dict[type, Callable[[Any], tuple[sympy.Basic, ...]]] = {
    sympy.Indexed: lambda expr: (expr.base, *expr.indices),
    ArrayElement: lambda expr: (expr.name, *expr.indices),
    sympy.Idx: lambda expr: (expr.label,),
    ArrayContraction: lambda expr: (expr.expr,),
    ArrayDiagonal: lambda expr: (expr.expr,),
    PermuteDims: lambda expr: (expr.expr,),
}


# -- text -----------------------------------------------------------------------------------------


def _write_einsum(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    inputs, output = node.data
    left, right = (
        ",".join("..." + "".join(ascii_letters[label] for label in labels) for labels in group)
        for group in (inputs, (output,))
    )
    arrays = ", ".join(text.text for text in texts)
    return Text(f'jnp.einsum("{left}->{right}", {arrays}, precision="highest")')


def _write_entry(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    """One axis after the other, from the first."""
    text, rank = texts[0].text, len(texts) - 1
    for k, (index, operand) in enumerate(zip(texts[1:], node.operands[1:], strict=True)):
        text = picked_text(writer, text, index.text, writer.tape.number(operand), rank - k, 0)
    return Text(text)


def picked_text(
    writer: Writer, array: str, index: str, number: Any, axis: int, before: int
) -> str:
    """The array at one place of its axis -`axis`; `before`: axes of its own in front of that."""
    if number is not None and number.denominator == 1 and number >= 0:
        return f"jnp.take({array}, {int(number)}, axis=-{axis})"
    writer.need("entry_on_axis")
    array = writer.named("array", array)
    spread = ", ".join(f"-{k}" for k in range(axis + before, 0, -1))
    spread = spread if axis + before > 1 else f"{spread},"
    places = f"jnp.arange({array}.shape[-{axis}])"
    if axis > 1:
        after = ", ".join(f"-{k}" for k in range(axis - 1, 0, -1))
        places = writer.hold("places", f"jnp.expand_dims({places}, ({after},))")
    place = f"jnp.expand_dims({index}, ({spread}))"
    return f"entry_on_axis({array}, {place}, {places}, -{axis})"


OPERATIONS: dict[str, Operation] = {
    "einsum": Operation(_write_einsum, None, "contracted"),
    "entry_of": Operation(_write_entry, None, "entry"),
}
