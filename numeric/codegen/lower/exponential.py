"""Exponentials and logarithms: exp, log, and the recognised expm1, log1p, log-sum-exp.

*Main definitions*: readers of exp and log; operations `exp`, `expm1`, `log`, `log1p`.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import sympy

from derivax.numeric.codegen.lower.operation import (
    ATOM,
    Operation,
    Text,
    function,
    inverse,
    one_plus,
)
from derivax.numeric.codegen.tape import Node, Tape

if TYPE_CHECKING:
    from derivax.numeric.codegen.reading import Reader
    from derivax.numeric.codegen.writer import Writer

__all__ = ["OPERATIONS", "read_exp", "read_log"]


def read_exp(reader: Reader, expr: sympy.Expr, ids: Sequence[int]) -> int:
    return reader.tape.exp(ids[0])


def read_log(reader: Reader, expr: sympy.Expr, ids: Sequence[int]) -> int:
    tape = reader.tape
    if len(ids) == 2:
        return tape.div(tape.push("log", (ids[0],)), tape.push("log", (ids[1],)))
    if tape.number(ids[0]) == 1:
        return tape.const(0)
    return tape.push("log", (ids[0],))


def _same(tape: Tape, x: int, y: int) -> int:
    return y


def _write_same(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    """The operand itself, under a name of its own: its multiples stay multiples of one value."""
    return texts[0]


def _write_series(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    if node.data == Fraction(1, 2):  # phi_1 for |x| <= 1/2
        writer.need("expm1_ratio_polynomial")
        return Text(f"expm1_ratio_polynomial(2.0 * {texts[0].within(ATOM)})")
    name = f"phi{node.data}_series"
    writer.need(name)
    return Text(f"{name}({texts[0].text})")


def _write_log_ratio(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    writer.need("log_ratio")
    return Text(f"log_ratio({texts[0].text}, {texts[1].text})")


def _write_log_sum_exp(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    """Pairwise: log(exp(a) + exp(b)) = max + log1p(exp(-|a - b|)) is accurate in every regime."""
    writer.need("log_add_exp")
    level = [text.text for text in texts]
    while len(level) > 1:
        pairs = [f"log_add_exp({a}, {b})" for a, b in zip(level[::2], level[1::2], strict=False)]
        if len(level) > 2:
            pairs = [writer.hold("logarithm", text) for text in pairs]
        level = pairs + level[2 * len(pairs) :]
    return Text(level[0])


OPERATIONS: dict[str, Operation] = {
    "exp": function("jnp.exp", _same),
    "expm1": function("expm1_function", lambda tape, x, y: tape.exp(x)),
    "exponent": Operation(_write_same, None, "exponent"),
    "clip_exponent": function("clip_exponent"),
    "phi_series": Operation(_write_series, None, "series"),
    "log_ratio": Operation(_write_log_ratio, None, "logarithm"),
    "log_sum_exp": Operation(_write_log_sum_exp, None, "logarithm"),
    "log": function("jnp.log", lambda tape, x, y: inverse(tape, x)),
    "log1p": function("accurate_log1p", lambda tape, x, y: inverse(tape, one_plus(tape, x))),
}
