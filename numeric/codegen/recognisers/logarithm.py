"""Logarithms of sums: log(1 + x) -> log1p(x), log(sum of exponentials) -> peak + log1p(rest)."""

from __future__ import annotations

from collections.abc import Mapping

from derivax.numeric.codegen.recognisers.exponential_ratio import Plan
from derivax.numeric.codegen.recognisers.ratio import Ratio
from derivax.numeric.codegen.tape import Tape

__all__ = ["plan"]


def plan(tape: Tape, i: int, found: Mapping[int, Ratio]) -> Plan | None:
    """How to rewrite a logarithm, or None."""
    node = tape[i]
    if node.op != "log":
        return None
    arg = node.operands[0]
    inner = tape[arg]
    if inner.op != "add" or tape.number(inner.operands[0]) != 1:
        return None
    rest = inner.operands[1:]
    return Plan(rest, lambda new: tape.push("log1p", (tape.add([new[k] for k in rest]),)))
