"""Matrices made of matrices: powers with run-time exponents, entrywise powers, Kronecker products,
blocks, diagonals, slices, entries at run-time indices.

*Main definitions*: `HEADS`, `CHILDREN` (SymPy -> tape), `OPERATIONS` (tape -> text).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import sympy
from sympy.matrices import expressions as mx
from sympy.matrices.expressions.slice import MatrixSlice

from derivax.errors import CompileError
from derivax.numeric.codegen.lower.matrices import (
    _like,
    _shape,
    _transpose,
    read_element,
    read_explicit,
    read_matpow,
    size_text,
)
from derivax.numeric.codegen.lower.operation import ATOM, MUL, Operation, Text
from derivax.numeric.codegen.tape import Node
from derivax.symbolic.nodes.dominant_eigenvalue import DominantEigenvalue
from derivax.symbolic.nodes.spectrum import Spectrum

if TYPE_CHECKING:
    from derivax.numeric.codegen.reading import Reader
    from derivax.numeric.codegen.writer import Writer

__all__ = ["CHILDREN", "HEADS", "OPERATIONS"]


def _sized(reader: Reader, expr: Any) -> tuple[str, str]:
    """The shape as texts; what they mean is remembered on the tape."""
    rows, columns = expr.shape
    for size in (rows, columns):
        reader.tape.sizes[str(size)] = sympy.sympify(size, strict=True)
    return str(rows), str(columns)


def read_power(reader: Reader, expr: Any, ids: Sequence[int]) -> int:
    """A whole power: repeated squaring, at run time where the exponent is an argument."""
    if expr.exp.is_number:
        return read_matpow(reader, expr, ids)
    base, exponent = ids
    return reader.tape.push("matpow", (base, exponent), None, _shape(reader.tape, base))


def read_adjoint(reader: Reader, expr: Any, ids: Sequence[int]) -> int:
    tape = reader.tape
    turned = _transpose(tape, ids[0])
    if turned not in tape.plane:
        return turned
    return tape.push("conjugate_entries", (turned,), None, _shape(tape, turned))


def read_hadamard_power(reader: Reader, expr: Any, ids: Sequence[int]) -> int:
    return reader.tape.push("entry_power", ids, None, _sized(reader, expr))


def read_kronecker(reader: Reader, expr: Any, ids: Sequence[int]) -> int:
    tape, result = reader.tape, ids[0]
    product = expr.args[0]
    for factor, k in zip(expr.args[1:], ids[1:], strict=True):
        product = mx.KroneckerProduct(product, factor)
        result = tape.push("kronecker", (result, k), None, _sized(reader, product))
    return result


def read_blocks(reader: Reader, expr: Any, ids: Sequence[int]) -> int:
    """Blocks side by side, then rows of blocks on top of each other."""
    tape, blocks = reader.tape, expr.blocks
    rows = []
    for r in range(blocks.rows):
        row, width = ids[r * blocks.cols], blocks[r, 0].cols
        for c in range(1, blocks.cols):
            width = width + blocks[r, c].cols
            tape.sizes[str(width)] = sympy.sympify(width, strict=True)
            shape = (_shape(tape, row)[0], str(width))
            row = tape.push("beside", (row, ids[r * blocks.cols + c]), None, shape)
        rows.append(row)
    result, height = rows[0], blocks[0, 0].rows
    for r in range(1, blocks.rows):
        height = height + blocks[r, 0].rows
        tape.sizes[str(height)] = sympy.sympify(height, strict=True)
        shape = (str(height), _shape(tape, result)[1])
        result = tape.push("above", (result, rows[r]), None, shape)
    return result


def read_constant(op: str) -> Callable[..., int]:
    return lambda reader, expr, ids: reader.tape.push(op, (), None, _sized(reader, expr))


def read_shaped(op: str) -> Callable[..., int]:
    return lambda reader, expr, ids: reader.tape.push(op, ids, None, _sized(reader, expr))


def read_slice(reader: Reader, expr: Any, ids: Sequence[int]) -> int:
    ranges = []
    for start, stop, step in (expr.rowslice, expr.colslice):
        for part in (start, stop, step):
            reader.tape.sizes[str(part)] = sympy.sympify(part, strict=True)
        ranges.append((str(start), str(stop), str(step)))
    return reader.tape.push("slice", ids, tuple(ranges), _sized(reader, expr))


def read_dominant(reader: Reader, expr: Any, ids: Sequence[int]) -> int:
    if ids[0] in reader.tape.plane:
        raise CompileError("the dominant eigenvalue of a complex matrix", "is not compiled", "")
    return reader.tape.push("dominant", ids)


def read_spectrum(reader: Reader, expr: Any, ids: Sequence[int]) -> int:
    if ids[0] in reader.tape.plane:
        raise CompileError("the spectrum of a complex matrix", "is not compiled", "")
    return reader.tape.push("eigenvalue", ids[:1], expr.index)


def read_entry(reader: Reader, expr: Any, ids: Sequence[int]) -> int:
    if isinstance(expr.i, sympy.Integer) and isinstance(expr.j, sympy.Integer):
        return read_element(reader, expr, ids[:1])
    return reader.tape.push("entry_at", ids)


def _entry_children(expr: Any) -> tuple[sympy.Basic, ...]:
    if isinstance(expr.i, sympy.Integer) and isinstance(expr.j, sympy.Integer):
        return (expr.parent,)
    return (expr.parent, expr.i, expr.j)


def _power_children(expr: Any) -> tuple[sympy.Basic, ...]:
    return (expr.base,) if expr.exp.is_number else (expr.base, expr.exp)


HEADS: dict[type, Callable[..., int]] = {
    mx.MatPow: read_power,
    mx.Adjoint: read_adjoint,
    mx.HadamardPower: read_hadamard_power,
    mx.KroneckerProduct: read_kronecker,
    mx.BlockMatrix: read_blocks,
    mx.BlockDiagMatrix: read_blocks,
    mx.OneMatrix: read_constant("ones"),
    mx.DiagMatrix: read_shaped("diagonal_of_vector"),
    mx.DiagonalMatrix: read_shaped("diagonal_part"),
    mx.DiagonalOf: read_shaped("diagonal_vector"),
    MatrixSlice: read_slice,
    DominantEigenvalue: read_dominant,
    Spectrum: read_spectrum,
    mx.matexpr.MatrixElement: read_entry,
    sympy.ImmutableDenseMatrix: read_explicit,
}

CHILDREN: dict[type, Callable[[Any], tuple[sympy.Basic, ...]]] = {
    mx.MatPow: _power_children,
    mx.BlockMatrix: lambda expr: tuple(expr.blocks),
    mx.BlockDiagMatrix: lambda expr: tuple(expr.blocks),
    mx.OneMatrix: lambda expr: (),
    Spectrum: lambda expr: (expr.matrix,),
    MatrixSlice: lambda expr: (expr.parent,),
    mx.matexpr.MatrixElement: _entry_children,
}


# -- text -----------------------------------------------------------------------------------------


def _named(writer: Writer, text: Text) -> str:
    return text.text if text.text.isidentifier() else writer.hold("matrix", text.text)


def _entrywise(writer: Writer, node: Node, k: int, text: Text) -> str:
    """A scalar spread over the entries."""
    operand = node.operands[k]
    if writer.tape[operand].shape is not None or writer.tape.number(operand) is not None:
        return text.text
    return f"jnp.expand_dims({text.text}, (-2, -1))"


def _write_matpow(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    writer.need("matrix_to_power")
    exponent = f"jnp.expand_dims({texts[1].text}, (-2, -1))"
    return Text(f"matrix_to_power({texts[0].text}, {exponent})")


def _write_entry_power(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    number = None
    if writer.tape[node.operands[1]].shape is None:
        number = writer.tape.number(node.operands[1])
    if number is not None and number.denominator == 1 and abs(int(number)) < 100:
        return Text(f"lax.integer_pow({texts[0].text}, {int(number)})")
    base, exponent = (_entrywise(writer, node, k, texts[k]) for k in (0, 1))
    return Text(f"jnp.power({base}, {exponent})")


def _write_kronecker(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    a, b = (_named(writer, text) for text in texts)
    rows = f"jnp.repeat({a}, {b}.shape[-2], axis=-2)"
    spread = writer.hold("matrix", f"jnp.repeat({rows}, {b}.shape[-1], axis=-1)")
    return Text(f"{spread} * jnp.tile({b}, ({a}.shape[-2], {a}.shape[-1]))", MUL)


def _joined(name: str, stem: str = "matrix") -> Operation:
    def write(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
        writer.need(name)
        return Text(f"{name}({', '.join(text.text for text in texts)})")

    return Operation(write, None, stem)


def _write_ones(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    assert node.shape is not None
    rows, columns = (size_text(writer, d) for d in node.shape)
    return Text(f"jnp.ones(({rows}, {columns}), dtype={_like(writer)})")


def _write_diagonal_of_vector(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    vector = _named(writer, texts[0])
    axis = "-1" if writer.tape[node.operands[0]].shape[0] == "1" else "-2"  # type: ignore[index]
    eye = f"jnp.eye({vector}.shape[{axis}], dtype={_like(writer)})"
    return Text(f"{vector} * {eye}", MUL)


def _write_diagonal_part(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    a = _named(writer, texts[0])
    return Text(f"jnp.where(jnp.eye({a}.shape[-2], {a}.shape[-1]) > 0.0, {a}, 0.0)")


def _write_diagonal_vector(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    return Text(f"jnp.expand_dims(jnp.diagonal({texts[0].text}, axis1=-2, axis2=-1), -1)")


def _write_slice(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    text = texts[0].within(ATOM)
    for axis, (start, stop, step) in zip((-2, -1), node.data, strict=True):
        places = ", ".join(size_text(writer, part) for part in (start, stop, step))
        text = f"jnp.take({text}, jnp.arange({places}), axis={axis})"
        text = writer.hold("matrix", text)
    return Text(text)


def _write_entry_at(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    writer.need("entry_at")
    return Text(f"entry_at({texts[0].text}, {texts[1].text}, {texts[2].text})")


def _write_eigenvalue(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    writer.need("symmetric_spectrum")
    return Text(f"jnp.take(symmetric_spectrum({texts[0].text}), {node.data}, axis=-1)")


OPERATIONS: dict[str, Operation] = {
    "matpow": Operation(_write_matpow, None, "matrix"),
    "conjugate_entries": Operation(
        lambda writer, node, texts: Text(f"jnp.conj({texts[0].text})"), None, "matrix"
    ),
    "entry_power": Operation(_write_entry_power, None, "matrix"),
    "kronecker": Operation(_write_kronecker, None, "matrix"),
    "beside": _joined("placed_beside"),
    "above": _joined("stacked_above"),
    "ones": Operation(_write_ones, None, "matrix"),
    "diagonal_of_vector": Operation(_write_diagonal_of_vector, None, "matrix"),
    "diagonal_part": Operation(_write_diagonal_part, None, "matrix"),
    "diagonal_vector": Operation(_write_diagonal_vector, None, "matrix"),
    "slice": Operation(_write_slice, None, "matrix"),
    "dominant": _joined("dominant_eigenvalue", "eigenvalue"),
    "eigenvalue": Operation(_write_eigenvalue, None, "eigenvalue"),
    "entry_at": Operation(_write_entry_at, None, "entry"),
}
