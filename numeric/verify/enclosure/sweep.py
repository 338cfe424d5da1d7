"""One pass over a program for many boxes at once: values, roundings, adjoints.

The forward pass encloses every value, the rounding errors of the computation included, and bounds
how far each computed value may be from the exact one.  The backward pass encloses the adjoints.

Main definitions: `sweep`, `Bounds`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np

from derivax.numeric.verify.enclosure.elementary import FUNCTIONS, atan2_range, power_range
from derivax.numeric.verify.enclosure.intervals import Intervals, down, up, up_or_zero
from derivax.numeric.verify.enclosure.program import Instruction, NotApplicable, Program, number
from derivax.numeric.verify.enclosure.special import Routine, routine
from derivax.numeric.verify.rounding_rules import operation_ulp

__all__ = ["Bounds", "sweep"]

Array = Any


class Bounds(NamedTuple):
    """For one result: what holds on each box."""

    error: Array  # sup |computed - exact|
    value: Intervals  # the exact result (and the computed one)
    slopes: tuple[Intervals, ...]  # partial derivatives of the exact result in each argument
    smooth: Array  # no step and no undecided choice: the mean value theorem holds in the arguments
    cut: tuple[Any, ...]  # (argument, number) pairs: thresholds that boxes should be split at


class _Truth(NamedTuple):
    """A truth value: may it be true, may it be false, may exact and computed one differ."""

    true: Array
    false: Array
    flips: Array


class _Entry(NamedTuple):
    value: Any  # Intervals or _Truth
    rounding: Array | None  # sup of the rounding error committed here
    pulls: tuple[tuple[int, Intervals], ...]  # (operand, partial derivative)
    error: Array | None  # sup |computed - exact| accumulated


class _Format(NamedTuple):
    """Constants of a float format, as Python floats."""

    eps: float
    tiny: float
    largest: float
    single: bool


def _format(dtype: str) -> _Format:
    limits = jnp.finfo(dtype)
    return _Format(float(limits.eps), float(limits.tiny), float(limits.max), dtype == "float32")


def sweep(program: Program, boxes: Intervals, result: int = 0) -> Bounds:
    """Bounds of one result on boxes: `boxes.lo`, `boxes.hi` of shape (arguments, boxes)."""
    pass_ = _Pass(program, boxes)
    root = program.results[result]
    needed = _needed(program, root)
    with np.errstate(all="ignore"):
        for index in range(root + 1):
            if index in needed:
                pass_.forward(index)
        return pass_.backward(root, needed)


def _needed(program: Program, root: int) -> set[int]:
    needed, stack = {root}, [root]
    while stack:
        for operand in program.instructions[stack.pop()].operands:
            if operand not in needed:
                needed.add(operand)
                stack.append(operand)
    return needed


class _Pass:
    def __init__(self, program: Program, boxes: Intervals) -> None:
        self.program, self.boxes = program, boxes
        self.count = boxes.lo.shape[1]
        self.formats = {kind: _format(kind) for kind in ("float32", "float64")}
        self.format = self.formats[program.dtype]  # of the instruction at work
        self.entries: dict[int, _Entry] = {}
        self.cuts: set[tuple[int, float]] = set()
        self.zero = np.zeros(self.count)
        self.smooth = np.ones(self.count, dtype=bool)

    # --- forward ---------------------------------------------------------------------------------

    def forward(self, index: int) -> None:
        instruction = self.program.instructions[index]
        if instruction.dtype:
            self.format = self.formats[instruction.dtype]
        if instruction.op == "argument":
            k = instruction.data
            value = Intervals(self.boxes.lo[k], self.boxes.hi[k])
            rounding = self.zero
            if self.program.rounded_arguments:
                rounding = self._ulps(value, 0.5, flush=False)
            self.entries[index] = _Entry(value.widened(rounding), rounding, (), rounding)
        elif instruction.op == "constant":
            self.entries[index] = self._constant(instruction)
        elif not instruction.dtype:
            self.entries[index] = _Entry(self._truth(instruction), None, (), None)
        else:
            self.entries[index] = self._operation(instruction)

    def _constant(self, instruction: Instruction) -> _Entry:
        if not instruction.dtype:
            yes = np.full(self.count, instruction.data)
            return _Entry(_Truth(yes, ~yes, np.zeros(self.count, dtype=bool)), None, (), None)
        value = number(instruction)
        # a long significand may stand for 1/3 or pi: half a unit in its last place
        digits = np.frexp(value)[0] * 2.0 ** (12 if self.format.single else 26)
        rounded = 0.0 if digits == np.rint(digits) or not np.isfinite(value) else 0.5
        at = Intervals.exactly(value, self.count)
        rounding = self._ulps(at, rounded, flush=False) if rounded else self.zero
        return _Entry(at.widened(rounding) if rounded else at, rounding, (), rounding)

    def _ulps(self, value: Intervals, ulps: float, flush: bool = True) -> Array:
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

    def _operation(self, instruction: Instruction) -> _Entry:
        op, operands = instruction.op, instruction.operands
        if op == "select":
            return self._select(operands)
        x = [self.entries[i].value for i in operands]
        value, partials, rounding = self._value(op, instruction, x)
        if op in ("floor", "ceil", "round", "sign"):
            # a step is crossed at most where the operand is not exact
            inexact = self._error(operands[0]) > 0
            self.smooth &= value.hi == value.lo
            rounding = np.where(inexact, value.hi - value.lo, 0.0)
        value = value.widened(rounding)
        overflow = value.magnitude() > self.format.largest
        whole = Intervals.whole(self.count)
        value = whole.where(overflow, value)
        rounding = np.where(overflow, np.inf, rounding)
        error = rounding
        pulls = []
        for operand, partial in zip(operands, partials, strict=True):
            error = up_or_zero(error + _share(partial.magnitude(), self._error(operand)))
            pulls.append((operand, partial))
        return _Entry(value, rounding, tuple(pulls), error)

    def _error(self, index: int) -> Array:
        error = self.entries[index].error
        return self.zero if error is None else error

    def _value(
        self, op: str, instruction: Instruction, x: list[Intervals]
    ) -> tuple[Intervals, list[Intervals], Array]:
        """The exact operation on the enclosed operands, its partial derivatives, its rounding."""
        one, none = Intervals.exactly(1.0, self.count), Intervals.exactly(0.0, self.count)
        half = 0.5
        if op in ("add", "add_any"):
            value = x[0].plus(x[1])
            zero = _is_exactly(x[0], 0.0) | _is_exactly(x[1], 0.0)
            return value, [one, one], np.where(zero, 0.0, self._ulps(value, half, flush=False))
        if op == "sub":
            value = x[0].minus(x[1])
            return value, [one, one.negative()], self._ulps(value, half)
        if op == "mul":
            same = instruction.operands[0] == instruction.operands[1]
            value = x[0].square() if same else x[0].times(x[1])
            rounding = self._ulps(value, half)
            shifts = _is_power_of_two(x[0]) | _is_power_of_two(x[1])
            flush_only = self._ulps(value, 0.0)
            return value, [x[1], x[0]], np.where(shifts, flush_only, rounding)
        if op == "div":
            value = x[0].over(x[1])
            reciprocal = x[1].reciprocal()
            # division by a constant is compiled as multiplication by its rounded reciprocal
            constant = self.program.instructions[instruction.operands[1]].op == "constant"
            rounding = self._ulps(value, 1.5 if constant else half)
            rounding = np.where(_is_power_of_two(x[1]), self._ulps(value, 0.0), rounding)
            return value, [reciprocal, value.times(reciprocal).negative()], rounding
        if op == "convert":
            wider = self.program.instructions[instruction.operands[0]].dtype == "float32"
            return x[0], [one], self.zero if wider else self._ulps(x[0], half)
        if op == "neg":
            return x[0].negative(), [one.negative()], self.zero
        if op == "abs":
            sign = Intervals(np.where(x[0].lo >= 0, 1.0, -1.0), np.where(x[0].hi <= 0, -1.0, 1.0))
            return x[0].absolute(), [sign], self.zero
        if op == "square":
            value = x[0].square()
            return value, [x[0].scaled(2.0)], self._ulps(value, half)
        if op == "power":
            n = instruction.data
            value = x[0].power(n)
            # |n| - 1 multiplications at most, the last one of half a unit
            size = value.magnitude() * (n - 2) * self.format.eps / 2 * (1 + 1e-6)
            return (
                value,
                [x[0].power(n - 1).scaled(float(n))],
                up_or_zero(self._ulps(value, half) + np.where(np.isnan(size), np.inf, size)),
            )
        if op in ("max", "min"):
            a, b = x if op == "max" else (x[1], x[0])
            first = _between(a.lo > b.hi, a.hi < b.lo)
            second = _between(b.lo > a.hi, b.hi < a.lo)
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
            return value, [by_base, value.times(logarithm)], self._ulps(value, ulps)
        if op == "atan2":
            value, by_y, by_x = atan2_range(x[0], x[1])
            return value, [by_y, by_x], self._ulps(value, operation_ulp(op, self.format.single))
        if op == "routine":
            return self._routine(routine(instruction.data), x)
        if op in FUNCTIONS:
            value, slope = (part(x[0]) for part in FUNCTIONS[op])
            return value, [slope], self._ulps(value, operation_ulp(op, self.format.single))
        raise NotApplicable(op)

    def _routine(
        self, called: Routine | None, x: list[Intervals]
    ) -> tuple[Intervals, list[Intervals], Array]:
        assert called is not None
        value, slopes = called.ranges(x)
        ulps = called.ulps(self.format.single)
        if called.at_least_one:
            size = np.maximum(value.magnitude(), 1.0)
            return value, slopes, self._ulps(Intervals(-size, size), ulps)
        return value, slopes, self._ulps(value, ulps)

    def _select(self, operands: tuple[int, ...]) -> _Entry:
        test: _Truth = self.entries[operands[0]].value
        no, yes = (
            self._restricted(self.entries[i].value, i, operands[0], holds)
            for i, holds in zip(operands[1:], (False, True), strict=True)
        )
        either = test.true & test.false
        self.smooth &= ~either
        value = no.hull(yes).where(either, yes.where(test.true, no))
        # exact and computed value may come from different sides
        apart = np.where(test.flips, yes.minus(no).magnitude(), 0.0)
        to_yes = _between(test.true & ~test.false, ~test.true)
        to_no = _between(test.false & ~test.true, ~test.false)
        error = np.maximum(
            np.where(test.false, self._error(operands[1]), 0.0),
            np.where(test.true, self._error(operands[2]), 0.0),
        )
        return _Entry(
            value, apart, ((operands[1], to_no), (operands[2], to_yes)), up_or_zero(error + apart)
        )

    def _restricted(self, value: Intervals, index: int, test: int, holds: bool) -> Intervals:
        """A branch that is an operand of its own test takes only what the test lets through."""
        comparison = self.program.instructions[test]
        op, operands = comparison.op, comparison.operands
        if op not in ("lt", "le", "gt", "ge") or index not in operands:
            return value
        if not holds:
            op = {"lt": "ge", "ge": "lt", "gt": "le", "le": "gt"}[op]
        other = operands[1] if operands[0] == index else operands[0]
        if operands[0] != index:
            op = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le"}[op]
        bound: Intervals = self.entries[other].value
        kind = np.float32 if self.format.single else np.float64
        low, high = value
        if op in ("gt", "ge"):
            edge = bound.lo.astype(kind)
            step = np.nextafter(edge, kind(np.inf)) if op == "gt" else edge
            if self.program.instructions[index].op == "argument":
                step = np.where((step > 0) & (step < self.format.tiny), self.format.tiny, step)
            # a bound that is no float of the format: the next one below may pass the test
            step = np.where(edge.astype(np.float64) == bound.lo, step.astype(np.float64), bound.lo)
            low = np.maximum(low, step)
        else:
            edge = bound.hi.astype(kind)
            step = np.nextafter(edge, kind(-np.inf)) if op == "lt" else edge
            if self.program.instructions[index].op == "argument":
                step = np.where((step < 0) & (step > -self.format.tiny), -self.format.tiny, step)
            step = np.where(edge.astype(np.float64) == bound.hi, step.astype(np.float64), bound.hi)
            high = np.minimum(high, step)
        empty = low > high
        return value.where(empty, Intervals(low, high))

    def _truth(self, instruction: Instruction) -> _Truth:
        op, operands = instruction.op, instruction.operands
        values = [self.entries[i].value for i in operands]
        if op == "not":
            return _Truth(values[0].false, values[0].true, values[0].flips)
        if op == "select":
            test, no, yes = values
            flips = test.flips | (test.true & yes.flips) | (test.false & no.flips)
            return _Truth(
                (test.true & yes.true) | (test.false & no.true),
                (test.true & yes.false) | (test.false & no.false),
                flips,
            )
        if op in ("and", "or", "xor") and isinstance(values[0], _Truth):
            return _combined(op, values[0], values[1])
        if op == "is_finite":
            # what may overflow is caught as an overflow
            finite = np.isfinite(values[0].lo) & np.isfinite(values[0].hi)
            return _Truth(np.ones(self.count, dtype=bool), ~finite, ~finite)
        if op in ("lt", "le", "gt", "ge", "eq", "ne") and isinstance(values[0], Intervals):
            return self._comparison(op, operands, values)
        raise NotApplicable(op)

    def _comparison(self, op: str, operands: tuple[int, ...], x: list[Intervals]) -> _Truth:
        self._remember_cut(operands)
        # a threshold is the float that it is
        a, b = (
            Intervals.exactly(number(self.program.instructions[i]), self.count)
            if self.program.instructions[i].op == "constant"
            else side
            for i, side in zip(operands, x, strict=True)
        )
        less, greater = a.lo < b.hi, a.hi > b.lo  # may a < b, may a > b
        equal = (a.lo <= b.hi) & (b.lo <= a.hi)
        surely_equal = (a.lo == a.hi) & (b.lo == b.hi) & (a.lo == b.lo)
        may = {
            "lt": (less, ~less | equal | greater),
            "le": (less | equal, greater),
            "gt": (greater, ~greater | equal | less),
            "ge": (greater | equal, less),
            "eq": (equal, ~surely_equal),
            "ne": (~surely_equal, equal),
        }
        true, false = may[op]
        if op == "lt":
            false = a.hi >= b.lo
        if op == "gt":
            false = a.lo <= b.hi
        error = up_or_zero(self._uncertainty(operands[0]) + self._uncertainty(operands[1]))
        gap = np.maximum(down(a.lo - b.hi), down(b.lo - a.hi))
        flips = (error > 0) & (gap <= error) & true & false
        return _Truth(true, false, flips)

    def _uncertainty(self, index: int) -> Array:
        """How far a side of a comparison may be off."""
        if self.program.instructions[index].op == "constant":
            return self.zero
        return self._error(index)

    def _remember_cut(self, operands: tuple[int, ...]) -> None:
        """An argument compared with a constant: boxes are best split there."""
        a, b = (self.program.instructions[i] for i in operands)
        if a.op == "constant":
            a, b = b, a
        if b.op == "constant" and a.op in ("argument", "abs") and b.dtype:
            value = number(b)
            if a.op == "abs":
                inner = self.program.instructions[a.operands[0]]
                if inner.op != "argument":
                    return
                self.cuts.add((inner.data, -value))
                a = inner
            self.cuts.add((a.data, value))

    # --- backward --------------------------------------------------------------------------------

    def backward(self, root: int, needed: set[int]) -> Bounds:
        adjoints = {root: Intervals.exactly(1.0, self.count)}
        total = self.zero
        none = Intervals.exactly(0.0, self.count)
        slopes = [none] * self.program.arguments
        for index in sorted(needed, reverse=True):
            adjoint = adjoints.pop(index, None)
            if adjoint is None:
                continue
            entry = self.entries[index]
            if entry.rounding is not None:
                total = up_or_zero(total + _share(adjoint.magnitude(), entry.rounding))
            if self.program.instructions[index].op == "argument":
                slopes[self.program.instructions[index].data] = adjoint
            for operand, partial in entry.pulls:
                sent = adjoint.times(partial)
                before = adjoints.get(operand)
                adjoints[operand] = sent if before is None else before.plus(sent)
        value = self.entries[root].value
        broken = ~np.isfinite(value.magnitude())
        return Bounds(
            np.where(broken | np.isnan(total), np.inf, total),
            value,
            tuple(slopes),
            self.smooth,
            tuple(sorted(self.cuts)),
        )


def _share(weight: Array, error: Array) -> Array:
    """weight * error, where nothing times unbounded is nothing."""
    product = up(weight * error)
    return np.where((weight == 0) | (error == 0), 0.0, np.where(np.isnan(product), np.inf, product))


def _is_exactly(x: Intervals, value: float) -> Array:
    return (x.lo == value) & (x.hi == value)


def _is_power_of_two(x: Intervals) -> Array:
    return (x.lo == x.hi) & (np.abs(np.frexp(x.lo)[0]) == 0.5)


def _between(surely: Array, never: Array) -> Intervals:
    """A partial derivative of 1 where `surely`, 0 where `never`, in between elsewhere."""
    return Intervals(np.where(surely, 1.0, 0.0), np.where(never, 0.0, 1.0))


def _combined(op: str, a: _Truth, b: _Truth) -> _Truth:
    flips = a.flips | b.flips
    if op == "and":
        return _Truth(a.true & b.true, a.false | b.false, flips)
    if op == "or":
        return _Truth(a.true | b.true, a.false & b.false, flips)
    differ, agree = (a.true & b.false) | (a.false & b.true), (a.true & b.true) | (a.false & b.false)
    return _Truth(differ, agree, flips)
