r"""Expectations of functions of Gaussian variables.

The value is a sum of integrals over pieces where the function is smooth; the derivatives are those
of the node (Price's theorem), read when they are first asked for, so that no derivative passes
through a square root of the covariance or through the correlation.

*Main definitions*: `Expectation` (value and derivatives as bodies), operation `expectation`:
operands the entries of the covariance, then the parameters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sympy

from derivax.numeric.codegen.lower.body import Body
from derivax.numeric.codegen.lower.operation import Operation, Text
from derivax.numeric.codegen.tape import Node, Tape
from derivax.symbolic.nodes.gaussian_expectation import GaussianExpectation

if TYPE_CHECKING:
    from derivax.numeric.codegen.reading import Reader
    from derivax.numeric.codegen.writer import Writer

__all__ = ["OPERATIONS", "Expectation", "expectation_children", "read_expectation"]


class Expectation:
    """An expectation as a function of (entries of the covariance, parameters)."""

    def __init__(
        self, node: Any, parameters: Sequence[sympy.Symbol], functions: Mapping[Any, Any]
    ) -> None:
        self.parameters, self.functions = tuple(parameters), dict(functions)
        letters = ("K",) if len(node.entries) == 1 else ("a", "b", "c")
        self.entries = [
            sympy.Dummy(letter, real=True) if letter == "c" else sympy.Dummy(letter, positive=True)
            for letter in letters
        ]
        law: Any = self.entries[0]
        if len(letters) == 3:
            a, b, c = self.entries
            law = sympy.ImmutableMatrix([[a, c], [c, b]])
        self.node: Any = GaussianExpectation(node.body, node.variables, law)
        self.value = self._read(self.node.as_integral())
        self._slopes: dict[int, Body] = {}

    def __str__(self) -> str:
        return str(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expectation) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    def _read(self, expr: sympy.Expr) -> Body:
        from derivax.numeric.codegen.reading import Reader

        symbols = (*self.entries, *self.parameters)
        names = [f"p{k + 1}" for k in range(len(symbols))]
        reader = Reader(symbols, names, self.functions)
        output = reader.read(expr)
        return Body(reader.tape, [output], [], [reader.leaves[s] for s in symbols])

    def slope(self, position: int) -> Body:
        """The derivative in an entry of the covariance, or in a parameter."""
        if position not in self._slopes:
            symbol = (*self.entries, *self.parameters)[position]
            self._slopes[position] = self._read(self.node.diff(symbol))
        return self._slopes[position]


def expectation_children(expr: Any) -> tuple[sympy.Basic, ...]:
    return expr.entries


def read_expectation(reader: Reader, expr: Any, ids: Sequence[int]) -> int:
    free = expr.args[0].free_symbols
    parameters = [symbol for symbol in reader.leaves if symbol in free]
    missing = sorted((s for s in free if s not in reader.leaves), key=str)
    if missing:
        reader.read(missing[0])  # refuses it with its place
    data = Expectation(expr, parameters, reader.functions)
    return reader.tape.push("expectation", (*ids, *(reader.leaves[s] for s in parameters)), data)


def _d_expectation(tape: Tape, i: int, slot: int) -> int:
    data: Any = tape[i].data
    slope = data.slope(slot)
    return slope.inline(tape, slope.outputs, tape[i].operands)[0]


def _write_expectation(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    data: Any = node.data
    function = writer.define_body(f"expectation_{data.value.key}", data.value, ())
    given = writer.hold_tuple("inputs", writer.broadcast(texts, node.operands))
    return Text(f"{function}({given})")


OPERATIONS = {"expectation": Operation(_write_expectation, _d_expectation, "expectation")}
