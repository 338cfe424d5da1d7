"""One pass over a program for many boxes at once: values, roundings, adjoints.

The forward pass encloses every value, the rounding errors of the computation included, and bounds
how far each computed value may be from the exact one.  The backward pass encloses the adjoints.

Main definitions: `sweep`, `Bounds`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from derivax.numeric.verify.enclosure.intervals import Intervals, down, up, up_or_zero
from derivax.numeric.verify.enclosure.operations import Operations, between
from derivax.numeric.verify.enclosure.program import Instruction, NotApplicable, Program, number

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
        self.operations = Operations(program, self.count)
        self.entries: dict[int, _Entry] = {}
        self.cuts: set[tuple[int, float]] = set()
        self.zero = np.zeros(self.count)
        self.smooth = np.ones(self.count, dtype=bool)

    # --- forward ---------------------------------------------------------------------------------

    def forward(self, index: int) -> None:
        instruction = self.program.instructions[index]
        if instruction.dtype:
            self.operations.format = self.operations.formats[instruction.dtype]
        if instruction.op == "argument":
            k = instruction.data
            value = Intervals(self.boxes.lo[k], self.boxes.hi[k])
            rounding = self.zero
            if self.program.rounded_arguments:
                rounding = self.operations.ulps(value, 0.5, flush=False)
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
        digits = np.frexp(value)[0] * 2.0 ** (12 if self.operations.format.single else 26)
        rounded = 0.0 if digits == np.rint(digits) or not np.isfinite(value) else 0.5
        at = Intervals.exactly(value, self.count)
        rounding = self.operations.ulps(at, rounded, flush=False) if rounded else self.zero
        return _Entry(at.widened(rounding) if rounded else at, rounding, (), rounding)

    def _operation(self, instruction: Instruction) -> _Entry:
        op, operands = instruction.op, instruction.operands
        if op == "select":
            return self._select(operands)
        x = [self.entries[i].value for i in operands]
        if op == "exp":
            self.operations.exponents[operands[0]] = x[0].magnitude()
        value, partials, rounding = self.operations.applied(instruction, x)
        if op in ("floor", "ceil", "round", "sign"):
            # a step is crossed at most where the operand is not exact
            inexact = self._error(operands[0]) > 0
            self.smooth &= value.hi == value.lo
            rounding = np.where(inexact, value.hi - value.lo, 0.0)
        value = value.widened(rounding)
        overflow = value.magnitude() > self.operations.format.largest
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
        to_yes = between(test.true & ~test.false, ~test.true)
        to_no = between(test.false & ~test.true, ~test.false)
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
        kind = np.float32 if self.operations.format.single else np.float64
        low, high = value
        if op in ("gt", "ge"):
            edge = bound.lo.astype(kind)
            # an argument is a float; what is computed exactly may lie between two of them
            strict = op == "gt" and self.program.instructions[index].op == "argument"
            step = np.nextafter(edge, kind(np.inf)) if strict else edge
            if self.program.instructions[index].op == "argument":
                step = np.where(
                    (step > 0) & (step < self.operations.format.tiny),
                    self.operations.format.tiny,
                    step,
                )
            # a bound that is no float of the format: the next one below may pass the test
            step = np.where(edge.astype(np.float64) == bound.lo, step.astype(np.float64), bound.lo)
            low = np.maximum(low, step)
        else:
            edge = bound.hi.astype(kind)
            strict = op == "lt" and self.program.instructions[index].op == "argument"
            step = np.nextafter(edge, kind(-np.inf)) if strict else edge
            if self.program.instructions[index].op == "argument":
                step = np.where(
                    (step < 0) & (step > -self.operations.format.tiny),
                    -self.operations.format.tiny,
                    step,
                )
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


def _combined(op: str, a: _Truth, b: _Truth) -> _Truth:
    flips = a.flips | b.flips
    if op == "and":
        return _Truth(a.true & b.true, a.false | b.false, flips)
    if op == "or":
        return _Truth(a.true | b.true, a.false & b.false, flips)
    differ, agree = (a.true & b.false) | (a.false & b.true), (a.true & b.true) | (a.false & b.false)
    return _Truth(differ, agree, flips)
