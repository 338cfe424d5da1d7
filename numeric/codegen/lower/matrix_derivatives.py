"""Derivatives of matrix operations in a scalar direction, as matrices on the tape.

*Main definitions*: `TANGENTS`: operation -> function of (tape, node, derivatives of operands),
where the constant 0 stands for a matrix that does not move.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from derivax.errors import CompileError
from derivax.numeric.codegen.tape import Tape

__all__ = ["TANGENTS", "refuse"]

Tangent = Callable[[Tape, int, Mapping[int, int]], int]


def _like(tape: Tape, i: int, operands: Sequence[int]) -> int:
    """The operation of `i` on other operands."""
    node = tape[i]
    return tape.push(node.op, operands, node.data, node.shape)


def _sum(tape: Tape, i: int, terms: Sequence[int]) -> int:
    """The sum of matrices of the shape of `i`."""
    if not terms:
        return tape.const(0)
    if len(terms) == 1:
        return terms[0]
    return tape.push("matadd", tape.sorted(terms), None, tape[i].shape)


def _scaled(tape: Tape, scalar: int, matrix: int) -> int:
    return tape.push("matscale", (scalar, matrix), None, tape[matrix].shape)


def _linear(tape: Tape, i: int, d: Mapping[int, int]) -> int:
    first, *rest = tape[i].operands  # what follows the matrix are places in it
    return tape.const(0) if d[first] == tape.const(0) else _like(tape, i, (d[first], *rest))


def _multilinear(tape: Tape, i: int, d: Mapping[int, int]) -> int:
    """One factor at a time is replaced by its derivative."""
    operands, zero = tape[i].operands, tape.const(0)
    return _sum(
        tape,
        i,
        [
            _like(tape, i, (*operands[:k], d[j], *operands[k + 1 :]))
            for k, j in enumerate(operands)
            if d[j] != zero
        ],
    )


def _added(tape: Tape, i: int, d: Mapping[int, int]) -> int:
    zero = tape.const(0)
    return _sum(tape, i, [d[k] for k in tape[i].operands if d[k] != zero])


def _joined(tape: Tape, i: int, d: Mapping[int, int]) -> int:
    """Blocks beside each other; one that does not move leaves zeros."""
    zero = tape.const(0)
    blocks = [
        d[k] if d[k] != zero else tape.push("zeros", (), None, tape[k].shape)
        for k in tape[i].operands
    ]
    return _like(tape, i, blocks)


def _solve(tape: Tape, i: int, d: Mapping[int, int]) -> int:
    """A X = B: A dX = dB - dA X."""
    a, b = tape[i].operands
    terms = [] if d[b] == tape.const(0) else [d[b]]
    if d[a] != tape.const(0):
        moved = tape.push("matmul", (d[a], i), None, tape[i].shape)
        terms.append(_scaled(tape, tape.const(-1), moved))
    return tape.push("solve", (a, _sum(tape, i, terms)), None, tape[i].shape)


def _inverse(tape: Tape, i: int, d: Mapping[int, int]) -> int:
    (a,) = tape[i].operands
    moved = tape.push("matmul", (d[a], i), None, tape[i].shape)
    return _scaled(tape, tape.const(-1), tape.push("matmul", (i, moved), None, tape[i].shape))


def _determinant(tape: Tape, i: int, d: Mapping[int, int]) -> int:
    """Jacobi: d det A = det A tr(A^-1 dA)."""
    (a,) = tape[i].operands
    return tape.mul(
        (i, tape.push("trace", (tape.push("solve", (a, d[a]), None, tape[a].shape),)))
    )


def _entry_power(tape: Tape, i: int, d: Mapping[int, int]) -> int:
    base, exponent = tape[i].operands
    if tape[exponent].shape is not None or d[exponent] != tape.const(0):
        return refuse(tape, i, d)
    less = tape.sub(exponent, tape.const(1))
    slope = _scaled(tape, exponent, tape.push("entry_power", (base, less), None, tape[i].shape))
    return tape.push("hadamard", tape.sorted((slope, d[base])), None, tape[i].shape)


def refuse(tape: Tape, i: int, d: Mapping[int, int]) -> int:
    """Operations whose derivative is left to JAX, which takes it through the compiled function."""
    raise CompileError(
        f"the derivative of a matrix operation ({tape[i].op})",
        "is not available inside a formula",
        "compile the formula without Derivative and use jax.jvp or jax.grad on it",
    )


TANGENTS: dict[str, Tangent] = {
    **dict.fromkeys(
        ("transpose", "trace", "element", "entry_at", "entry_of", "slice", "diagonal_of_vector",
         "diagonal_part", "diagonal_vector", "conjugate_entries"), _linear,
    ),
    **dict.fromkeys(("matmul", "hadamard", "kronecker", "matscale", "einsum"), _multilinear),
    **dict.fromkeys(("beside", "above"), _joined),
    **dict.fromkeys(("matpow", "dominant", "reduced", "eigenvalue"), refuse),
    "matadd": _added,
    "entries": lambda tape, i, d: _like(tape, i, [d[k] for k in tape[i].operands]),
    "solve": _solve,
    "inverse": _inverse,
    "det": _determinant,
    "entry_power": _entry_power,
}  # fmt: skip
