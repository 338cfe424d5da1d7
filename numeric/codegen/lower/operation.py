"""What the generator must know about one tape operation: its JAX text and its derivatives.

*Main definitions*: `Operation`, the function types `Write` and `Partial`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from derivax.numeric.codegen.tape import Node, Tape

if TYPE_CHECKING:
    from derivax.numeric.codegen.writer import Writer

__all__ = ["ADD", "ATOM", "COMPARE", "MUL", "Operation", "Partial", "Text", "Write", "function"]

COMPARE, ADD, MUL, ATOM = 0, 1, 2, 3  # how tightly a piece of text binds


@dataclass(frozen=True)
class Text:
    """A piece of emitted source and how tightly it binds."""

    text: str
    level: int = ATOM

    def within(self, level: int) -> str:
        """The text, in brackets when the place binds more tightly than it does."""
        return self.text if self.level >= level else f"({self.text})"


Write = Callable[["Writer", Node, Sequence[Text]], Text]
Partial = Callable[[Tape, int, int], int]  # tape, node, which operand -> d node / d operand

Pushforward = Callable[[Tape, int, Mapping[int, int]], int]


@dataclass(frozen=True)
class Operation:
    """`write` makes the text; `partial` the exact partial derivative (None: it is zero).

    `pushforward(tape, node, {operand: its derivative})` takes the place of the partial derivatives
    where all directions are treated together.  `name` is the stem of a temporary that holds the
    value.
    """

    write: Write
    partial: Partial | None = None
    name: str = "value"
    pushforward: Pushforward | None = None


def function(call: str, derivative: Callable[[Tape, int, int], int] | None = None) -> Operation:
    """A function of one argument; `derivative(tape, argument, value)` is its derivative."""

    def write(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
        writer.need(call)
        return Text(f"{call}({texts[0].text})")

    def partial(tape: Tape, i: int, k: int) -> int:
        assert derivative is not None
        return derivative(tape, tape[i].operands[0], i)

    stem = call.rsplit(".", 1)[-1]
    return Operation(write, partial if derivative else None, stem)


def one_minus(tape: Tape, i: int) -> int:
    return tape.add((tape.const(1), tape.neg(i)))


def one_plus(tape: Tape, i: int) -> int:
    return tape.add((tape.const(1), i))


def square(tape: Tape, i: int) -> int:
    return tape.power(i, 2)


def inverse(tape: Tape, i: int) -> int:
    return tape.power(i, -1)


def inverse_root(tape: Tape, i: int) -> int:
    return tape.power(i, Fraction(-1, 2))


def call(op: str) -> Callable[[Tape, int], int]:
    return lambda tape, x: tape.push(op, (x,))
