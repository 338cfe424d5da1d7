"""What XLA's algebraic simplifier may round in addition to the operations as written.

The compiler may compute another expression than the one that is written: a quotient by a constant
as a product with its rounded reciprocal, a/exp(b) as a exp(-b), exp(a) exp(b) as exp(a + b),
(x + c) + d as x + (c + d), a/sqrt(b) as a rsqrt(b), a/b/c as a/(b c), (a c) d as a (c d), log(a^b)
as b log(a).  Levels 1 and 2 charge the same at points (`rounding_tape`) as level 3 does on boxes
(`enclosure/operations`); here is said once what is charged.

Main definitions: `rewritten`, `Charge`, `Operations`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple, Protocol

import numpy as np

from derivax.numeric.verify.rounding_rules import operation_ulp

__all__ = ["Charge", "Operations", "rewritten"]

_LONGEST_CHAIN = 1000


class Operations(Protocol):
    """A program as its operations, numbered; names are those of JAX's primitives."""

    def name(self, index: int) -> str: ...

    def operands(self, index: int) -> Sequence[int]: ...

    def constant(self, index: int) -> float | None:
        """The value of a constant (the one of largest size, for an array); None for others."""


class Charge(NamedTuple):
    """Roundings beyond those of the operation itself: `ulps` of its result; an `absolute` error;
    and, for exp(a) exp(b), the rounding of a + b (`exponents`: a and b)."""

    ulps: float = 0.0
    absolute: float = 0.0
    exponents: tuple[int, ...] = ()


NOTHING = Charge()


def rewritten(op: str, operands: Sequence[int], program: Operations, single: bool) -> Charge:
    """The charge of the operation `op` on these operands."""
    if op not in ("add", "sub", "mul", "div", "log"):
        return NOTHING
    constants = [program.constant(i) for i in operands]
    kinds = [program.name(i) for i in operands]
    if op in ("add", "sub"):
        if all(c is None for c in constants):
            return NOTHING
        chain = _chain(op, operands, program)
        # they are added up first
        return Charge(absolute=_sum_error(chain, single)) if len(chain) > 1 else NOTHING
    if op in ("mul", "div") and kinds == ["exp", "exp"]:
        exponents = tuple(program.operands(i)[0] for i in operands)
        return Charge(operation_ulp("exp", single), exponents=exponents)
    if op == "log":
        return Charge(operation_ulp("log", single) + 0.5) if kinds == ["pow"] else NOTHING
    ulps = 0.0
    divisor = constants[1] if op == "div" else None
    if divisor is not None and abs(math.frexp(divisor)[0]) != 0.5:
        ulps += 1.0  # the product with the rounded reciprocal
    if _by_constant(op, operands, program) and any(
        _by_constant(program.name(i), program.operands(i), program) for i in operands
    ):
        return Charge(ulps + 0.5)  # the constants are multiplied first
    if op == "div":
        extra = {"exp": "exp", "pow": "pow", "sqrt": "rsqrt"}.get(kinds[1])
        if extra is not None:
            return Charge(ulps + operation_ulp(extra, single) + 0.5)
        if "div" in kinds:
            return Charge(ulps + 1.0)
    return Charge(ulps)


def _by_constant(op: str, operands: Sequence[int], program: Operations) -> bool:
    """A product with a constant, or a quotient by one."""
    if op == "mul":
        return any(program.constant(i) is not None for i in operands)
    return op == "div" and program.constant(operands[1]) is not None


def _chain(op: str, operands: Sequence[int], program: Operations) -> list[float]:
    """The constants of a chain of additions and subtractions, with their signs."""
    found: list[float] = []
    pending = [(op, tuple(operands), 1.0)]
    while pending and len(found) < _LONGEST_CHAIN:
        name, part, sign = pending.pop()
        signs = (sign, -sign if name == "sub" else sign)
        values = [program.constant(i) for i in part]
        here = [s * value for s, value in zip(signs, values, strict=True) if value is not None]
        found += here
        if here:
            pending += [
                (program.name(i), tuple(program.operands(i)), s)
                for s, i in zip(signs, part, strict=True)
                if program.name(i) in ("add", "sub")
            ]
    return found


def _sum_error(numbers: Sequence[float], single: bool) -> float:
    """How far the sum of constants in the format may be from their sum: exactly, for two."""
    kind = np.float32 if single else np.float64
    with np.errstate(over="ignore"):
        if len(numbers) == 2:
            total = kind(numbers[0]) + kind(numbers[1])
            if not np.isfinite(total):
                return math.inf
            exact = sum(Fraction(float(kind(number))) for number in numbers)
            return float(abs(exact - Fraction(float(total)))) * (1 + 2.0**-50)
        size = math.fsum(map(abs, numbers))
        return (len(numbers) - 1) * float(np.spacing(kind(size)))
