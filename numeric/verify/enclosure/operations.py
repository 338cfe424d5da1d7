"""What each operation does to intervals: values, partial derivatives, the rounding it commits.

Main definition: `Operations`.

Implementation notes.  What XLA's algebraic simplifier may round in addition is said in
`numeric/verify/simplifier.py`; `_simplified` charges it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np

from derivax.numeric.verify.enclosure.elementary import FUNCTIONS, atan2_range, power_range
from derivax.numeric.verify.enclosure.intervals import Intervals, up, up_or_zero
from derivax.numeric.verify.enclosure.program import Instruction, NotApplicable, Program, number
from derivax.numeric.verify.enclosure.special import Routine, routine
from derivax.numeric.verify.rounding_rules import operation_ulp
from derivax.numeric.verify.simplifier import rewritten

__all__ = ["Operations", "between"]

Array = Any


class _Format(NamedTuple):
    """Constants of a float format, as Python floats."""

    eps: float
    tiny: float
    largest: float
    single: bool


def _format(dtype: str) -> _Format:
    limits = jnp.finfo(dtype)
    return _Format(float(limits.eps), float(limits.tiny), float(limits.max), dtype == "float32")


class _Written(NamedTuple):
    """The program as `simplifier` reads it."""

    program: Program

    def name(self, index: int) -> str:
        return self.program.instructions[index].op

    def operands(self, index: int) -> tuple[int, ...]:
        return self.program.instructions[index].operands

    def constant(self, index: int) -> float | None:
        instruction = self.program.instructions[index]
        known = instruction.op == "constant" and instruction.dtype
        return number(instruction) if known else None


class Operations:
    """The operations of a program on so many boxes; `format` is that of the one at work."""

    def __init__(self, program: Program, count: int) -> None:
        self.program, self.count = program, count
        self.zero = np.zeros(count)
        # the largest |a| of every exp(a), for products of exponentials
        self.exponents: dict[int, Array] = {}
        self.formats = {kind: _format(kind) for kind in ("float32", "float64")}
        self.format = self.formats[program.dtype]

    def applied(
        self, instruction: Instruction, x: list[Intervals]
    ) -> tuple[Intervals, list[Intervals], Array]:
        """Value, partial derivatives and rounding, whatever XLA makes of the operation."""
        value, partials, rounding = self.value(instruction.op, instruction, x)
        return value, partials, up_or_zero(rounding + self._simplified(instruction, value))

    def ulps(self, value: Intervals, ulps: float, flush: bool = True) -> Array:
        """Units in the last place of the largest value; the smallest normal where it may flush."""
        size = value.magnitude()
        _, exponent = np.frexp(np.where(np.isfinite(size), size, 0.0))
        step = np.maximum(np.ldexp(self.format.eps, exponent - 1), 0.0)
        bound = up(ulps * step) if ulps else self.zero
        bound = np.where(size == 0, 0.0, np.where(np.isfinite(size), bound, np.inf))
        if not flush:
            return bound
        low = value.smallest()
        may_flush = (low < self.format.tiny * (1 + 2 * ulps * self.format.eps)) & (size > 0)
        return np.where(may_flush, bound + self.format.tiny, bound)

    def _simplified(self, instruction: Instruction, value: Intervals) -> Array:
        """What a rewriting of the compiler may round in addition."""
        charge = rewritten(
            instruction.op, instruction.operands, _Written(self.program), self.format.single
        )
        total = self.ulps(value, charge.ulps) if charge.ulps else self.zero
        if charge.absolute:
            total = up_or_zero(total + charge.absolute)
        if charge.exponents:
            total = up_or_zero(total + self._exponents(charge.exponents, value))
        return total

    def _exponents(self, operands: tuple[int, ...], value: Intervals) -> Array:
        """The rounding of a + b, as an error of exp(a + b) = `value`."""
        total = self.zero
        for index in operands:
            total = up(total + self.exponents[index])
        step = self.ulps(Intervals(-total, total), 0.5, flush=False)
        # exp(d) - 1 <= 2 d for d <= 1; beyond, nothing is known
        share = np.where(step <= 1.0, 2.0 * step, np.inf)
        return up_or_zero(up(value.magnitude() * share))

    def value(
        self, op: str, instruction: Instruction, x: list[Intervals]
    ) -> tuple[Intervals, list[Intervals], Array]:
        """The exact operation on the enclosed operands, its partial derivatives, its rounding."""
        one, none = Intervals.exactly(1.0, self.count), Intervals.exactly(0.0, self.count)
        half = 0.5
        if op in ("add", "add_any"):
            value = x[0].plus(x[1])
            zero = _is_exactly(x[0], 0.0) | _is_exactly(x[1], 0.0)
            return value, [one, one], np.where(zero, 0.0, self.ulps(value, half, flush=False))
        if op == "sub":
            value = x[0].minus(x[1])
            return value, [one, one.negative()], self.ulps(value, half)
        if op == "mul":
            same = instruction.operands[0] == instruction.operands[1]
            value = x[0].square() if same else x[0].times(x[1])
            rounding = self.ulps(value, half)
            shifts = _is_power_of_two(x[0]) | _is_power_of_two(x[1])
            flush_only = self.ulps(value, 0.0)
            return value, [x[1], x[0]], np.where(shifts, flush_only, rounding)
        if op == "div":
            value = x[0].over(x[1])
            reciprocal = x[1].reciprocal()
            rounding = self.ulps(value, half)
            rounding = np.where(_is_power_of_two(x[1]), self.ulps(value, 0.0), rounding)
            return value, [reciprocal, value.times(reciprocal).negative()], rounding
        if op == "convert":
            wider = self.program.instructions[instruction.operands[0]].dtype == "float32"
            return x[0], [one], self.zero if wider else self.ulps(x[0], half)
        if op == "neg":
            return x[0].negative(), [one.negative()], self.zero
        if op == "abs":
            sign = Intervals(np.where(x[0].lo >= 0, 1.0, -1.0), np.where(x[0].hi <= 0, -1.0, 1.0))
            return x[0].absolute(), [sign], self.zero
        if op == "square":
            value = x[0].square()
            return value, [x[0].scaled(2.0)], self.ulps(value, half)
        if op == "power":
            n = instruction.data
            value = x[0].power(n)
            # |n| - 1 multiplications at most, the last one of half a unit
            size = value.magnitude() * (n - 2) * self.format.eps / 2 * (1 + 1e-6)
            return (
                value,
                [x[0].power(n - 1).scaled(float(n))],
                up_or_zero(self.ulps(value, half) + np.where(np.isnan(size), np.inf, size)),
            )
        if op in ("max", "min"):
            a, b = x if op == "max" else (x[1], x[0])
            first = between(a.lo > b.hi, a.hi < b.lo)
            second = between(b.lo > a.hi, b.hi < a.lo)
            low, high = (np.maximum, np.maximum) if op == "max" else (np.minimum, np.minimum)
            value = Intervals(low(x[0].lo, x[1].lo), high(x[0].hi, x[1].hi))
            return value, [first, second] if op == "max" else [second, first], self.zero
        if op in ("floor", "ceil", "round"):
            step = {"floor": np.floor, "ceil": np.ceil, "round": np.rint}[op]
            return Intervals(step(x[0].lo), step(x[0].hi)), [none], self.zero
        if op == "sign":
            return Intervals(np.sign(x[0].lo), np.sign(x[0].hi)), [none], self.zero
        if op == "sum":
            value = none
            size = self.zero
            for part in x:
                value = value.plus(part)
                size = up_or_zero(size + part.magnitude())
            # any order of additions
            rounding = up_or_zero(size * (len(x) - 1) * self.format.eps / 2 * (1 + 1e-6))
            return value, [one] * len(x), rounding
        if op == "pow":
            value = power_range(x[0], x[1])
            logarithm = FUNCTIONS["log"][0](x[0])
            by_base = x[1].times(power_range(x[0], x[1].minus(one)))
            ulps = operation_ulp("pow", self.format.single)
            return value, [by_base, value.times(logarithm)], self.ulps(value, ulps)
        if op == "atan2":
            value, by_y, by_x = atan2_range(x[0], x[1])
            return value, [by_y, by_x], self.ulps(value, operation_ulp(op, self.format.single))
        if op == "routine":
            return self._routine(routine(instruction.data), x)
        if op in FUNCTIONS:
            value, slope = (part(x[0]) for part in FUNCTIONS[op])
            return value, [slope], self.ulps(value, operation_ulp(op, self.format.single))
        raise NotApplicable(op)

    def _routine(
        self, called: Routine | None, x: list[Intervals]
    ) -> tuple[Intervals, list[Intervals], Array]:
        assert called is not None
        value, slopes = called.ranges(x)
        ulps = called.ulps(self.format.single)
        if called.at_least_one:
            size = np.maximum(value.magnitude(), 1.0)
            return value, slopes, self.ulps(Intervals(-size, size), ulps)
        return value, slopes, self.ulps(value, ulps)


def _is_exactly(x: Intervals, value: float) -> Array:
    return (x.lo == value) & (x.hi == value)


def _is_power_of_two(x: Intervals) -> Array:
    return (x.lo == x.hi) & (np.abs(np.frexp(x.lo)[0]) == 0.5)


def between(surely: Array, never: Array) -> Intervals:
    """A partial derivative of 1 where `surely`, 0 where `never`, in between elsewhere."""
    return Intervals(np.where(surely, 1.0, 0.0), np.where(never, 0.0, 1.0))
