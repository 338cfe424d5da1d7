"""Matrix expressions of symbolic shape.

A matrix node of the tape carries its shape as texts of the dimensions.  Scalars are arrays of the
batch shape, matrices have their rows and columns on the last two axes, so everything broadcasts.
Products ask for full precision; an inverse in a product is a linear solve.

*Main definitions*: `HEADS`, `CHILDREN` (SymPy -> tape), `OPERATIONS` (tape -> text).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import sympy
from sympy.matrices import expressions as mx

from derivax.errors import CompileError
from derivax.numeric.codegen.lower.operation import ADD, ATOM, MUL, Operation, Text
from derivax.numeric.codegen.tape import Node, Tape

if TYPE_CHECKING:
    from derivax.numeric.codegen.reading import Reader
    from derivax.numeric.codegen.writer import Writer

__all__ = ["BOUNDARY", "CHILDREN", "HEADS", "OPERATIONS"]

# scalars made from matrices
BOUNDARY = frozenset(
    ["trace", "det", "element", "dimension", "entry_at", "dominant"]
    + ["entry_of", "einsum", "reduced", "eigenvalue"]
)
LARGEST_POWER = 64

Shape = tuple[str, str]


def _shape(tape: Tape, i: int) -> Shape:
    shape = tape[i].shape
    assert shape is not None
    rows, columns = shape
    return rows, columns


def _matmul(tape: Tape, a: int, b: int) -> int:
    """a b, as a solve where a is an inverse, or b is."""
    shape = (_shape(tape, a)[0], _shape(tape, b)[1])
    if tape[a].op == "inverse":
        return tape.push("solve", (tape[a].operands[0], b), None, shape)
    if tape[b].op == "inverse":
        turned = _transpose(tape, tape[b].operands[0])
        solved = tape.push("solve", (turned, _transpose(tape, a)), None, (shape[1], shape[0]))
        return _transpose(tape, solved)
    return tape.push("matmul", (a, b), None, shape)


def _transpose(tape: Tape, a: int) -> int:
    if tape[a].op == "transpose":
        return tape[a].operands[0]
    rows, columns = _shape(tape, a)
    return tape.push("transpose", (a,), None, (columns, rows))


def _scaled(tape: Tape, scalar: int, matrix: int) -> int:
    if tape.number(scalar) == 1:
        return matrix
    return tape.push("matscale", (scalar, matrix), None, _shape(tape, matrix))


def _product(tape: Tape, factors: Sequence[int]) -> int:
    """Matrix factors from the side of a vector, else from the right."""
    if _shape(tape, factors[0])[0] == "1":
        result = factors[0]
        for factor in factors[1:]:
            result = _matmul(tape, result, factor)
        return result
    result = factors[-1]
    for factor in reversed(factors[:-1]):
        result = _matmul(tape, factor, result)
    return result


def read_matmul(reader: Reader, expr: sympy.Basic, ids: Sequence[int]) -> int:
    tape = reader.tape
    scalars = [k for k in ids if tape[k].shape is None]
    matrices = [k for k in ids if tape[k].shape is not None]
    product = _product(tape, matrices)
    return _scaled(tape, tape.mul(scalars), product) if scalars else product


def read_matadd(reader: Reader, expr: sympy.Basic, ids: Sequence[int]) -> int:
    return reader.tape.push("matadd", reader.tape.sorted(ids), None, _shape(reader.tape, ids[0]))


def read_hadamard(reader: Reader, expr: sympy.Basic, ids: Sequence[int]) -> int:
    return reader.tape.push("hadamard", reader.tape.sorted(ids), None, _shape(reader.tape, ids[0]))


def read_transpose(reader: Reader, expr: sympy.Basic, ids: Sequence[int]) -> int:
    return _transpose(reader.tape, ids[0])


def read_inverse(reader: Reader, expr: sympy.Basic, ids: Sequence[int]) -> int:
    return reader.tape.push("inverse", ids, None, _shape(reader.tape, ids[0]))


def read_to_scalar(op: str) -> Callable[[Reader, sympy.Basic, Sequence[int]], int]:
    return lambda reader, expr, ids: reader.tape.push(op, ids)


def read_element(reader: Reader, expr: Any, ids: Sequence[int]) -> int:
    if not (isinstance(expr.i, sympy.Integer) and isinstance(expr.j, sympy.Integer)):
        raise CompileError(str(expr), "an element is taken at numbers, not at symbolic indices")
    return reader.tape.push("element", ids, (int(expr.i), int(expr.j)))


def read_matpow(reader: Reader, expr: Any, ids: Sequence[int]) -> int:
    """Repeated squaring; a negative power inverts first."""
    tape, exponent = reader.tape, expr.exp
    if not isinstance(exponent, sympy.Integer) or abs(exponent) > LARGEST_POWER:
        raise CompileError(
            str(expr),
            "only whole powers of matrices are compiled",
            f"use an exponent between -{LARGEST_POWER} and {LARGEST_POWER}",
        )
    base, n = ids[0], int(exponent)
    if n < 0:
        base, n = tape.push("inverse", (base,), None, _shape(tape, base)), -n
    result = None
    while n:
        if n & 1:
            result = (
                base
                if result is None
                else tape.push("matmul", (result, base), None, _shape(tape, base))
            )
        n >>= 1
        if n:
            base = tape.push("matmul", (base, base), None, _shape(tape, base))
    return tape.push("identity", (), None, _shape(tape, base)) if result is None else result


def read_identity(reader: Reader, expr: Any, ids: Sequence[int]) -> int:
    return reader.tape.push("identity", (), None, (str(expr.rows), str(expr.cols)))


def read_zeros(reader: Reader, expr: Any, ids: Sequence[int]) -> int:
    return reader.tape.push("zeros", (), None, (str(expr.rows), str(expr.cols)))


def read_explicit(reader: Reader, expr: Any, ids: Sequence[int]) -> int:
    return reader.tape.push("entries", ids, None, (str(expr.rows), str(expr.cols)))


HEADS: dict[type, Callable[..., int]] = {
    mx.MatMul: read_matmul,
    mx.MatAdd: read_matadd,
    mx.HadamardProduct: read_hadamard,
    mx.Transpose: read_transpose,
    mx.Inverse: read_inverse,
    mx.MatPow: read_matpow,
    mx.Trace: read_to_scalar("trace"),
    mx.Determinant: read_to_scalar("det"),
    mx.matexpr.MatrixElement: read_element,
    mx.Identity: read_identity,
    mx.ZeroMatrix: read_zeros,
    sympy.ImmutableDenseMatrix: read_explicit,
}

CHILDREN: dict[type, Callable[[Any], tuple[sympy.Basic, ...]]] = {
    mx.MatPow: lambda expr: (expr.base,),
    mx.Inverse: lambda expr: (expr.arg,),
    mx.matexpr.MatrixElement: lambda expr: (expr.parent,),
    mx.Identity: lambda expr: (),
    mx.ZeroMatrix: lambda expr: (),
    sympy.ImmutableDenseMatrix: lambda expr: tuple(expr.flat()),
}


# -- text -----------------------------------------------------------------------------------------


def _like(writer: Writer) -> str:
    return f"{writer.arg_names[0]}.dtype" if writer.arg_names else "jnp.result_type(0.5)"


def size_text(writer: Writer, dimension: str) -> str:
    """A dimension as text: a number, or the size of an argument that has it."""
    if dimension.isdigit() or (dimension[:1] == "-" and dimension[1:].isdigit()):
        return dimension
    for shape, name in writer.array_arguments():
        for axis, size in enumerate(shape, -len(shape)):
            if size == dimension:
                return f"{name}.shape[{axis}]"
    meaning = writer.tape.sizes.get(dimension)
    if meaning is not None and (meaning.is_Add or meaning.is_Mul):
        parts = [size_text(writer, str(part)) for part in _remembered(writer, meaning)]
        if not meaning.is_Add:
            return "(" + " * ".join(parts) + ")"
        parts.sort(key=lambda text: text.startswith("-"))
        return "(" + " + ".join(parts).replace("+ -", "- ") + ")"
    raise CompileError(
        f"dimension {dimension}",
        "is the size of no matrix argument",
        "pass a matrix that has it, or use a number",
    )


def _remembered(writer: Writer, meaning: sympy.Expr) -> tuple[sympy.Basic, ...]:
    for part in meaning.args:
        writer.tape.sizes.setdefault(str(part), part)
    return meaning.args


def _function(text: str, name: str = "matrix") -> Operation:
    def write(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
        return Text(text.format(*(t.text for t in texts)))

    return Operation(write, None, name)


def _infix(operator: str, level: int) -> Operation:
    def write(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
        return Text(writer.join("matrix", [t.within(level + 1) for t in texts], operator), level)

    return Operation(write, None, "matrix")


def _write_scale(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    scalar = texts[0].text
    if writer.tape.number(node.operands[0]) is None:
        scalar = f"jnp.expand_dims({scalar}, (-2, -1))"
    return Text(f"{scalar} * {texts[1].within(ATOM)}", ADD if scalar.startswith("-") else MUL)


def _write_element(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    i, j = node.data
    row = f"jnp.take({texts[0].text}, {i}, axis=-2)"
    return Text(f"jnp.take({row}, {j}, axis=-1)")


def _write_dimension(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    position, axis = node.data
    name = writer.arg_names[position]
    return Text(f"jnp.asarray({name}.shape[{axis}], {name}.dtype)")


def _write_identity(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    assert node.shape is not None
    return Text(f"jnp.eye({size_text(writer, node.shape[0])}, dtype={_like(writer)})")


def _write_zeros(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    assert node.shape is not None
    rows, columns = (size_text(writer, d) for d in node.shape)
    return Text(f"jnp.zeros(({rows}, {columns}), dtype={_like(writer)})")


def _write_entries(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    """Rows stacked from entries that were broadcast together."""
    assert node.shape is not None
    rows, columns = (int(d) for d in node.shape)
    names = [writer.fresh("entry") for _ in texts]
    closing = ",)" if len(names) == 1 else ")"
    items = [f"jnp.asarray({t.text}, {_like(writer)})" for t in texts]
    left = ", ".join(names) if len(names) > 1 else f"({names[0]},)"
    writer.assign(f"{left} = jnp.broadcast_arrays(", items, ")")
    stacked = []
    for r in range(rows):
        row = writer.fresh("row")
        closing = ",), axis=-1)" if columns == 1 else "), axis=-1)"
        writer.assign(f"{row} = jnp.stack((", names[r * columns : (r + 1) * columns], closing)
        stacked.append(row)
    matrix = writer.fresh("matrix")
    closing = ",), axis=-2)" if rows == 1 else "), axis=-2)"
    writer.assign(f"{matrix} = jnp.stack((", stacked, closing)
    return Text(matrix)


OPERATIONS: dict[str, Operation] = {
    "matmul": _function('jnp.matmul({}, {}, precision="highest")'),
    "solve": _function("jnp.linalg.solve({}, {})"),
    "inverse": _function("jnp.linalg.inv({})"),
    "transpose": _function("jnp.swapaxes({}, -1, -2)"),
    "trace": _function("jnp.trace({}, axis1=-2, axis2=-1)", "trace"),
    "det": _function("jnp.linalg.det({})", "determinant"),
    "matadd": _infix(" + ", ADD),
    "hadamard": _infix(" * ", MUL),
    "matscale": Operation(_write_scale, None, "matrix"),
    "element": Operation(_write_element, None, "element"),
    "dimension": Operation(_write_dimension, None, "size"),
    "identity": Operation(_write_identity, None, "matrix"),
    "zeros": Operation(_write_zeros, None, "matrix"),
    "entries": Operation(_write_entries, None, "matrix"),
}
