"""Best-first subdivision of a box until the bound is close to what it is at points.

Main definitions: `enclose`, `Enclosure`, `replay`.

Implementation notes.  Boxes are evaluated in batches; the worst ones are split first, along the
axis that lowers the sum of the two bounds most.
"""

from __future__ import annotations

import heapq
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import count, product
from typing import Any, NamedTuple

import numpy as np

from derivax.numeric.special.table import ROWS
from derivax.numeric.verify.enclosure.boxes import (
    Box,
    after,
    cut,
    floats_inside,
    middle,
    normal,
    recorded_leaves,
    relative_width,
)
from derivax.numeric.verify.enclosure.intervals import Intervals
from derivax.numeric.verify.enclosure.nodes import Node, quotient, sign, tighten
from derivax.numeric.verify.enclosure.program import Program, read_program
from derivax.numeric.verify.enclosure.sweep import Bounds, sweep
from derivax.numeric.verify.rounding_rules import OPERATION_ULP
from derivax.symbolic.exact.precision import working_precision

__all__ = ["Enclosure", "enclose", "replay", "table_digest"]

Array = Any
_BATCH = 512
_CLOSE = 1.02  # upper bound within 2 % of the largest bound seen at a point


@dataclass(frozen=True)
class Enclosure:
    """What is proven of one result on a box.

    `error`: bound of |computed - exact|, `relative` of that over |exact| (inf where the result may
    vanish); `low`, `high`: the exact result lies between them; `sign`: "+", "-", "0+" (>= 0), "0-"
    or ""; `monotone`: per argument "+", "-" or ""; `finite`: no NaN, no infinity; `leaves`: the
    boxes of the subdivision, `splits`: how to get them again; `seen`: the largest bound at a point.
    """

    error: float
    relative: float
    low: float
    high: float
    sign: str
    monotone: tuple[str, ...]
    finite: bool
    seen: float
    boxes: int
    leaves: int
    seconds: float
    splits: tuple[Any, ...]
    table: str


def table_digest() -> str:
    """The sha256 of the tables of errors that the bounds rest on: operations, special functions."""
    routines = [(row.function, row.ulp, row.scale) for row in ROWS]
    text = repr((sorted(OPERATION_ULP.items()), sorted(routines)))
    return sha256(text.encode()).hexdigest()


def enclose(
    function: Callable[..., Any],
    box: Sequence[tuple[float, float]],
    *,
    dtype: str = "float64",
    result: int = 0,
    seconds: float = 5.0,
    rounded_arguments: bool = False,
    excluded: Callable[[Intervals], Array] | None = None,
    most_leaves: int = 1_000_000,
) -> Enclosure:
    r"""A proven bound of the rounding error of a JAX function on a box.

    Arguments: `function` of real scalars; `box`, a pair (low, high) of finite numbers per argument;
    `dtype` in which it computes; `result`, the index among flattened outputs; `seconds` of
    processor time, when to stop refining; `rounded_arguments`, count also the rounding of real
    arguments to the format; `excluded`, which boxes lie wholly outside the domain (a boolean
    array); `most_leaves`, when to stop splitting.
    Returns: `Enclosure`.  Raises: `NotApplicable` with the operation that has no rule.

    >>> found = enclose(lambda x: x * x - 1.0, [(2.0, 4.0)])
    >>> found.error < 3e-15, found.sign, found.monotone
    (True, '+', ('+',))
    """
    program = read_program(function, len(box), dtype)
    if rounded_arguments:
        program = program._replace(rounded_arguments=True)
    return _Search(program, box, result, seconds, excluded, most_leaves).run()


def replay(
    function: Callable[..., Any],
    box: Sequence[tuple[float, float]],
    splits: Sequence[Any],
    *,
    dtype: str = "float64",
    result: int = 0,
    excluded: Callable[[Intervals], Array] | None = None,
) -> Enclosure:
    """What holds on the leaves of a recorded subdivision, each evaluated once.

    The leaves tile the box by construction: `splits` says where each box is cut.

    Raises: `ValueError` when the record is no subdivision of the box.
    """
    program = read_program(function, len(box), dtype)
    search = _Search(program, box, result, 0.0, excluded, 0)
    leaves = list(recorded_leaves(search.root.box, iter(splits), dtype))
    search.measure([search.root])
    search.continuous = search.root.smooth
    search.leaves.clear()
    for start in range(0, len(leaves), _BATCH):
        search.measure([Node(leaf) for leaf in leaves[start : start + _BATCH]])
    return search.report()


def _outside(boxes: Sequence[Box], excluded: Callable[[Intervals], Array] | None) -> Array:
    """Which boxes are known to lie outside the domain."""
    if excluded is None or not boxes:
        return np.zeros(len(boxes), dtype=bool)
    ends = np.array(boxes, dtype=np.float64)
    with working_precision(80), np.errstate(all="ignore"):
        return excluded(Intervals(ends[:, :, 0].T, ends[:, :, 1].T))


def _evaluate(program: Program, boxes: Sequence[Box], result: int) -> Bounds:
    ends = np.array(boxes, dtype=np.float64)  # (boxes, arguments, 2)
    if ends.size == 0:
        ends = np.zeros((len(boxes), 0, 2))
    with working_precision(80):
        return sweep(program, Intervals(ends[:, :, 0].T, ends[:, :, 1].T), result)


class _Goal(NamedTuple):
    """A figure to refine: its bound on a box, its value at a middle, when they are close."""

    bound: Callable[[Node], float]
    point: Callable[[tuple[float, float, float]], float]
    absolute: bool


_GOALS: dict[str, _Goal] = {
    "error": _Goal(lambda n: n.error, lambda m: m[0], False),
    "relative": _Goal(lambda n: n.relative, lambda m: quotient(*m), False),
    "low": _Goal(lambda n: -n.low, lambda m: -m[2], True),
    "high": _Goal(lambda n: n.high, lambda m: m[1], True),
}


class _Search:
    def __init__(
        self,
        program: Program,
        box: Sequence[tuple[float, float]],
        result: int,
        seconds: float,
        excluded: Callable[[Intervals], Array] | None,
        most_leaves: int,
    ) -> None:
        self.program, self.result, self.excluded = program, result, excluded
        self.most_leaves = most_leaves
        self.start = time.thread_time()
        self.seconds = seconds
        self.root = Node(floats_inside(box, program.dtype))
        self.leaves: dict[int, Node] = {}
        self.seen = dict.fromkeys(_GOALS, -math.inf)
        self.seen["error"] = 0.0
        self.boxes = 0
        self.cuts: Mapping[int, list[float]] = {}
        self.continuous = True

    def run(self) -> Enclosure:
        self.measure([self.root])
        self.continuous = self.root.smooth
        self.look_at_corners()
        # the error has most of the time; the range and the relative error share the rest
        shares = {"error": 0.55, "relative": 0.7, "low": 0.85, "high": 1.0}
        for name, share in shares.items():
            self.refine(name, _GOALS[name], self.start + share * self.seconds)
        return self.report()

    def refine(self, name: str, goal: _Goal, deadline: float) -> None:
        order = count()
        heap = [(-goal.bound(n), next(order), n) for n in self.leaves.values()]
        heapq.heapify(heap)
        while heap and len(self.leaves) < self.most_leaves and time.thread_time() < deadline:
            worst, seen = -heap[0][0], self.seen[name]
            close = self.close(goal, worst, seen)
            if close is None:
                return
            batch: list[Node] = []
            while heap and len(batch) < _BATCH and -heap[0][0] > close:
                batch.append(heapq.heappop(heap)[2])
            room = (self.most_leaves - len(self.leaves)) or 1
            children = self.split(batch[:room])
            if children is None:
                return
            for node in children:
                if not node.outside:
                    heapq.heappush(heap, (-goal.bound(node), next(order), node))

    def close(self, goal: _Goal, worst: float, seen: float) -> float | None:
        """Boxes above this are split now; None: the bound is close to what was seen."""
        if not goal.absolute:
            enough = max(_CLOSE * seen, 5e-324)
            if worst <= enough:
                return None
            if not math.isfinite(worst):
                # only what may be undefined: a relative error may be unbounded for good
                return None if goal is _GOALS["relative"] and self.crosses_zero() else enough
            return max(enough, 0.5 * worst)
        span = self.seen["low"] + self.seen["high"]
        enough = seen + 0.005 * max(span, 0.0)
        if worst <= enough or not math.isfinite(seen):
            return None
        return max(enough, seen + 0.5 * (worst - seen)) if math.isfinite(worst) else enough

    def crosses_zero(self) -> bool:
        return -self.seen["low"] <= 0 <= self.seen["high"]

    def measure(self, nodes: Sequence[Node]) -> None:
        """Bounds of the boxes, and of their middles."""
        boxes = [node.box for node in nodes]
        middles = [middle(box) for box in boxes]
        bounds, half = self.bounds(boxes + middles), len(boxes)
        outside = self.outside(boxes + middles)
        for k, node in enumerate(nodes):
            node.error = float(bounds.error[k])
            node.low, node.high = float(bounds.value.lo[k]), float(bounds.value.hi[k])
            node.slopes = tuple((float(s.lo[k]), float(s.hi[k])) for s in bounds.slopes)
            node.smooth, node.outside = bool(bounds.smooth[k]), bool(outside[k])
            m = half + k
            node.middle = (
                float(bounds.error[m]),
                float(bounds.value.lo[m]),
                float(bounds.value.hi[m]),
            )
            if node.smooth:
                tighten(node)
            if not node.outside:
                self.leaves[id(node)] = node
                if not outside[m]:
                    self.look(node.middle)

    def look(self, point: tuple[float, float, float]) -> None:
        """What a single point shows."""
        if math.isfinite(point[0]):
            for name, goal in _GOALS.items():
                value = goal.point(point)
                if math.isfinite(value):
                    self.seen[name] = max(self.seen[name], value)

    def look_at_corners(self) -> None:
        """Bounds are often largest at a corner: the search knows sooner that it is done."""
        sides = [side if k < 6 else side[:1] for k, side in enumerate(self.root.box)]
        corners: list[Box] = [tuple((x, x) for x in corner) for corner in product(*sides)]
        bounds, outside = self.bounds(corners), self.outside(corners)
        for k in range(len(corners)):
            if not outside[k]:
                at = bounds.error[k], bounds.value.lo[k], bounds.value.hi[k]
                self.look((float(at[0]), float(at[1]), float(at[2])))

    def bounds(self, boxes: Sequence[Box]) -> Bounds:
        self.boxes += len(boxes)
        found = _evaluate(self.program, boxes, self.result)
        cuts: dict[int, list[float]] = {}
        for axis, value in found.cut:
            cuts.setdefault(axis, []).append(value)
        self.cuts = cuts
        return found

    def outside(self, boxes: Sequence[Box]) -> Array:
        return _outside(boxes, self.excluded)

    # --- splitting -------------------------------------------------------------------------------

    def split(self, batch: Sequence[Node]) -> list[Node] | None:
        """Cut every box of the batch along the axis that lowers the sum of the two bounds most."""
        trials: list[tuple[Node, int, float, Box, Box]] = []
        for node in batch:
            for axis in range(len(node.box)):
                place = self.place(node.box, axis)
                if place is not None:
                    trials.append((node, axis, place, *cut(node.box, axis, place, self.dtype)))
        if not trials:
            return None
        halves = [box for trial in trials for box in trial[3:]]
        bounds = self.bounds(halves)
        best: dict[int, tuple[float, float, int]] = {}
        for k, trial in enumerate(trials):
            pair = bounds.error[2 * k], bounds.error[2 * k + 1]
            score = (float(sum(pair)), -relative_width(trial[0].box[trial[1]]), k)
            # undefined somewhere: halve the relatively widest side
            if not math.isfinite(score[0]):
                score = (math.inf, -relative_width(trial[0].box[trial[1]]), k)
            held = best.get(id(trial[0]))
            if held is None or score < held:
                best[id(trial[0])] = score
        children: list[Node] = []
        for score in best.values():
            node, axis, place, below, above = trials[score[2]]
            node.cut = (axis, place)
            self.leaves.pop(id(node), None)
            node.below, node.above = Node(below), Node(above)
            children += [node.below, node.above]
        self.measure(children)
        return children

    @property
    def dtype(self) -> str:
        return self.program.dtype

    def place(self, box: Box, axis: int) -> float | None:
        """Where to cut: at a threshold inside, else in the middle; None for a single float."""
        low, high = box[axis]
        kind = np.dtype(self.dtype).type
        if not low < high:
            return None
        for threshold in self.cuts.get(axis, ()):
            place = normal(float(kind(threshold)), self.dtype)
            if low < place < high:
                return place
            if place == low:
                return after(low, self.dtype)
        centre = low + (high - low) / 2 if math.isfinite(high - low) else 0.0
        if low > 0 and high / low > 16:
            centre = math.sqrt(low) * math.sqrt(high)
        elif high < 0 and low / high > 16:
            centre = -math.sqrt(-low) * math.sqrt(-high)
        place = normal(float(kind(centre)), self.dtype)
        return place if low < place <= high else high

    # --- report ----------------------------------------------------------------------------------

    def recorded(self) -> tuple[Any, ...]:
        found: list[Any] = []
        stack: list[Node] = [self.root]
        while stack:
            node = stack.pop()
            if node.cut is None:
                found.append("leaf")
                continue
            found.append([node.cut[0], node.cut[1].hex()])
            stack += [part for part in (node.above, node.below) if part is not None]
        return tuple(found)

    def report(self) -> Enclosure:
        leaves = list(self.leaves.values())
        error = max((n.error for n in leaves), default=0.0)
        low = min((n.low for n in leaves), default=math.nan)
        high = max((n.high for n in leaves), default=math.nan)
        monotone = []
        for axis in range(len(self.root.box)):
            # a jump between two boxes may undo what holds inside each of them
            rises = self.continuous and all(n.slopes[axis][0] >= 0 for n in leaves)
            falls = self.continuous and all(n.slopes[axis][1] <= 0 for n in leaves)
            monotone.append("+" if rises and not falls else "-" if falls and not rises else "")
        return Enclosure(
            error=error,
            relative=max((n.relative for n in leaves), default=0.0),
            low=low,
            high=high,
            sign=sign(low, high),
            monotone=tuple(monotone),
            finite=math.isfinite(error) and bool(leaves),
            seen=self.seen["error"],
            boxes=self.boxes,
            leaves=len(leaves),
            seconds=time.thread_time() - self.start,
            splits=self.recorded(),
            table=table_digest(),
        )
