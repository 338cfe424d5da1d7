"""Logarithms: log(1 + x) -> log1p(x), log(a) - log(b) -> log(a/b), log of a sum of exponentials.

The logarithm of a sum of exponentials is computed pairwise as larger + log1p(exp(-gap)): log(1 +
exp(x)) is exp(x) for x -> -oo, not 0, and x for x -> oo, not oo.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from derivax.numeric.codegen.recognisers.plan import Plan
from derivax.numeric.codegen.tape import Exact, Tape

__all__ = ["plan"]

MOST_TERMS = 8


def plan(tape: Tape, i: int) -> Plan | None:
    """How to rewrite a logarithm or a difference of logarithms, or None."""
    node = tape[i]
    if node.op == "add":
        return _differences(tape, i)
    if node.op != "log" or tape[node.operands[0]].op != "add":
        return None
    terms = tape[node.operands[0]].operands
    exponential = [_exponential_term(tape, k) for k in terms] if len(terms) <= MOST_TERMS else []
    found = [term for term in exponential if term is not None]
    if len(found) == len(terms) and any(e is not None for _, e in found):
        return _log_sum_exp(tape, found)
    if tape.number(terms[0]) != 1:
        return None
    rest = terms[1:]
    return Plan(rest, lambda new: tape.push("log1p", (tape.add([new[k] for k in rest]),)))


def _differences(tape: Tape, i: int) -> Plan | None:
    """Pairs c log(a) - c log(b) of a sum as c log(a/b)."""
    waiting: dict[tuple[int, ...], list[tuple[Exact, int, int]]] = {}
    pairs: list[tuple[Exact, tuple[int, ...], int, int]] = []
    rest = list(tape[i].operands)
    for term in tape[i].operands:
        coefficient, factors, arg = _log_term(tape, term)
        if arg is None:
            continue
        partners = waiting.setdefault(factors, [])
        partner = next((p for p in partners if p[0] == -coefficient), None)
        if partner is None:
            partners.append((coefficient, term, arg))
            continue
        partners.remove(partner)
        rest.remove(term)
        rest.remove(partner[1])
        pairs.append((partner[0], factors, partner[2], arg))
    if not pairs:
        return None
    needs = {*rest, *(k for _, factors, a, b in pairs for k in (a, b, *factors))}

    def build(new: Mapping[int, int]) -> int:
        terms = [new[k] for k in rest]
        for c, factors, a, b in pairs:
            ratio = tape.push("log_ratio", (new[a], new[b]))
            terms.append(tape.mul([tape.const(c), *(new[k] for k in factors), ratio]))
        return tape.add(terms)

    return Plan(tuple(sorted(needs)), build)


def _log_term(tape: Tape, i: int) -> tuple[Exact, tuple[int, ...], int | None]:
    """A term as coefficient * other factors * log(argument); no argument: not of this form."""
    coefficient, rest = tape.split(i)
    if rest is None:
        return coefficient, (), None
    factors = tape[rest].operands if tape[rest].op == "mul" else (rest,)
    logs = [k for k in factors if tape[k].op == "log"]
    if len(logs) != 1 or tape[tape[logs[0]].operands[0]].op == "const":
        return coefficient, (), None
    return coefficient, tuple(k for k in factors if k != logs[0]), tape[logs[0]].operands[0]


def _exponential_term(tape: Tape, i: int) -> tuple[Exact, int | None] | None:
    """A term as (positive coefficient, exponent or None for a number), or None."""
    coefficient, rest = tape.split(i)
    if coefficient <= 0:
        return None
    if rest is None:
        return coefficient, None
    return (coefficient, tape[rest].operands[0]) if tape[rest].op == "exp" else None


def _log_sum_exp(tape: Tape, terms: Sequence[tuple[Exact, int | None]]) -> Plan:
    def build(new: Mapping[int, int]) -> int:
        shifted = []
        for c, e in terms:
            parts = [] if e is None else [new[e]]
            if c != 1:
                parts.append(tape.push("log", (tape.const(c),)))
            shifted.append(tape.add(parts))
        return tape.push("log_sum_exp", shifted)

    return Plan(tuple(e for _, e in terms if e is not None), build)
