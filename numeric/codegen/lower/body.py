"""Functions inside a formula: term of a sum, step of a recurrence, integrand, equation.

*Main definitions*: `Body` (expressions of bound variables and of parameters, as a small tape of
its own), `read_body` (the reader of one: free symbols become parameters).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import sympy

from derivax.numeric.codegen.tape import Tape

if TYPE_CHECKING:
    from derivax.numeric.codegen.reading import Reader

__all__ = ["Body", "read_body"]


class Body:
    """Functions of (variables, parameters) as a tape; equal when the structure is equal."""

    def __init__(
        self,
        tape: Tape,
        outputs: Sequence[int],
        variables: Sequence[int],
        parameters: Sequence[int],
    ) -> None:
        self.tape, self.outputs = tape, tuple(outputs)
        self.variables, self.parameters = tuple(variables), tuple(parameters)
        self._slopes: dict[int, tuple[int, ...]] = {}

    def __str__(self) -> str:
        digests = "".join(self.tape.digest(i).hex() for i in self.outputs)
        plane = "".join("c" if i in self.tape.plane else "r" for i in self.arguments)
        return f"{digests}/{len(self.variables)}/{plane}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Body) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    @property
    def key(self) -> str:
        """A short name of the functions, for the functions that are written from them."""
        from hashlib import blake2b

        return blake2b(str(self).encode(), digest_size=5).hexdigest()

    @property
    def in_plane(self) -> bool:
        """Whether an output is complex."""
        return any(i in self.tape.plane for i in self.outputs)

    @property
    def output(self) -> int:
        """The one output."""
        (output,) = self.outputs
        return output

    @property
    def arguments(self) -> tuple[int, ...]:
        """The variables, then the parameters."""
        return self.variables + self.parameters

    def slopes(self, position: int) -> tuple[int, ...]:
        """d outputs / d argument (variables first, then parameters), on the body's tape."""
        from derivax.numeric.codegen.differentiate import derivative

        if position not in self._slopes:
            arg = self.arguments[position]
            self._slopes[position] = tuple(derivative(self.tape, self.outputs, arg))
        return self._slopes[position]

    def with_outputs(self, outputs: Sequence[int]) -> Body:
        """Other expressions of the same arguments."""
        return Body(self.tape, outputs, self.variables, self.parameters)

    def inline(self, tape: Tape, outputs: Sequence[int], values: Sequence[int]) -> list[int]:
        """Expressions of the body, written into another tape with these arguments."""
        from derivax.numeric.codegen.recognisers import rebuilt_into

        new = dict(zip(self.arguments, values, strict=True))
        for i in self.tape.reachable(outputs):
            if i not in new:
                new[i] = rebuilt_into(tape, self.tape[i], [new[k] for k in self.tape[i].operands])
        return [new[i] for i in outputs]


def read_body(
    reader: Reader,
    exprs: Sequence[sympy.Basic],
    variables: Sequence[sympy.Symbol],
    names: Sequence[str],
    plane: Sequence[sympy.Symbol] = (),
    held: Sequence[sympy.Symbol] = (),
) -> tuple[Body, list[int]]:
    """The expressions as functions of the bound variables (`plane`: those that are complex), and
    the operands, on the reader's tape, that their parameters stand for; `held`: symbols for entries
    of that tape."""
    from derivax.numeric.codegen.reading import Reader as InnerReader
    from derivax.numeric.codegen.recognisers import rebuilt_into

    outside = [
        (symbol, name)
        for symbol, name in zip(reader.args, reader.names, strict=True)
        if symbol not in variables
    ]
    outside += [(symbol, f"held{n + 1}") for n, symbol in enumerate(held)]
    inner = InnerReader(
        (*variables, *(symbol for symbol, _ in outside)),
        (*names, *(name for _, name in outside)),
        reader.functions,
        reader.plane.difference(variables).union(plane),
        reader.complex,
        reader.shapes,
    )
    inner.tape.given = reader.tape.given
    outputs = [inner.read(expr) for expr in exprs]
    used = set(inner.tape.reachable(outputs))
    tape = Tape()
    new: dict[int, int] = {}
    for k, (variable, name) in enumerate(zip(variables, names, strict=True)):
        leaf = inner.leaves[variable]
        new[leaf] = tape.arg(k, name, plane=leaf in inner.tape.plane)
    bound = [new[inner.leaves[variable]] for variable in variables]
    parameters: list[int] = []
    operands: list[int] = []
    for symbol, leaf in inner.leaves.items():
        if leaf in used and leaf not in new:
            name = f"p{len(parameters) + 1}"
            shape = inner.tape[leaf].shape
            position = len(variables) + len(parameters)
            new[leaf] = tape.arg(position, name, shape, leaf in inner.tape.plane)
            parameters.append(new[leaf])
            operands.append(reader.leaves[symbol])
    for i in inner.tape.reachable(outputs):
        if i not in new:
            node = inner.tape[i]
            new[i] = rebuilt_into(tape, node, [new[k] for k in node.operands])
    return Body(tape, [new[i] for i in outputs], bound, parameters), operands
