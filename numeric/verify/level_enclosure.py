"""Level 3: a proven bound of the rounding error of the generated code on the formula's domain.

What is proven concerns the code as it is: |computed - exact| with "exact" the same operations on
real numbers.  Whether these operations are the formula is the question of levels 0 and 1.

Main definition: `enclosure_level`.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Sequence
from typing import Any

import flint
import jax.numpy as jnp
import numpy as np
from sympy import Symbol
from sympy.core.relational import Relational

from derivax.errors import DerivaxError
from derivax.numeric.codegen.emit import load
from derivax.numeric.verify.certificate import Figure, Level
from derivax.numeric.verify.enclosure import Enclosure, NotApplicable, enclose
from derivax.numeric.verify.enclosure.intervals import Intervals
from derivax.numeric.verify.enclosure.special import ball, marked
from derivax.numeric.verify.level_matrices import has_matrix_arguments
from derivax.numeric.verify.outputs import flat_results, scalar_entries
from derivax.symbolic.exact.ball import BallProgram
from derivax.symbolic.exact.outcome import Outcome

__all__ = ["enclosure_level", "float_range", "outside", "with_routines"]

METHOD = "interval adjoints of the generated program, best-first subdivision of the box"
_SECONDS = 5.0
_MOST_LEAVES = 4000
_BITS = 80


def enclosure_level(
    compiled: Any, formula: Any, *, dtypes: Sequence[str] = (), seconds: float = _SECONDS
) -> Level:
    """Level 3: for every output and dtype an upper bound of the rounding error on the domain.

    `not_applicable` names what stands in the way: an unbounded domain, an operation or a loop
    without a rule.  `open`: no finite bound was found in the time given.
    """
    entries = None if has_matrix_arguments(formula) else scalar_entries(formula.expr)
    if entries is None:
        return _not_applicable("the program works on matrices of symbolic shape")
    args = tuple(formula.args)
    if not args:
        return _not_applicable("the formula has no arguments")
    fixed = getattr(compiled, "dtype", None)
    dtypes = dtypes or ((str(fixed),) if fixed else ("float32", "float64"))

    one_point = _code(compiled, formula)
    share = seconds / (len(entries) * len(dtypes))
    found: list[tuple[str, str, tuple[tuple[float, float], ...], Enclosure]] = []
    for dtype in dtypes:
        box = []
        for symbol in args:
            side = float_range(formula.domain[symbol], dtype)
            if side is None:
                return _not_applicable(
                    f"the domain of {symbol} is unbounded: give a box, as in "
                    f"domain={{{symbol}: (low, high)}}"
                )
            box.append(side)
        try:
            excluded = outside(formula)
            for k, (label, _) in enumerate(entries):
                enclosure = enclose(
                    one_point,
                    box,
                    dtype=dtype,
                    result=k,
                    seconds=share,
                    excluded=excluded,
                    most_leaves=_MOST_LEAVES,
                )
                found.append((label, dtype, tuple(box), enclosure))
        except NotApplicable as reason:
            return _not_applicable(str(reason))
    return _conclude(args, found, len(entries) > 1)


def _code(compiled: Any, formula: Any) -> Callable[..., list[Any]]:
    try:
        return with_routines(compiled.source, compiled.name)
    except (DerivaxError, AttributeError, KeyError):
        return lambda *values: flat_results(formula.expr, compiled(*values))


def with_routines(source: str, name: str) -> Callable[..., list[Any]]:
    """The flat results of a generated module, its calls of special functions visible as such."""
    functions = load(source)
    function = load(source, marked(functions))[name]

    def one_point(*values: Any) -> list[Any]:
        result = function(*values)
        return list(result) if isinstance(result, tuple) else [result]

    return one_point


def float_range(interval: Any, dtype: str) -> tuple[float, float] | None:
    """The first and the last float of the format in an interval; None when it is unbounded.

    An open end at zero is the smallest normal number: smaller ones are flushed.
    """
    kind = np.dtype(dtype).type
    ends = []
    for end, is_open, inward in (
        (interval.low, interval.low_open, 1),
        (interval.high, interval.high_open, -1),
    ):
        value = float(end)
        if not math.isfinite(value) or abs(value) > float(np.finfo(kind).max):
            return None
        nearest = kind(value)
        outside = (float(nearest) - value) * inward < 0
        if outside or (is_open and float(nearest) == value):
            if nearest == 0:
                nearest = kind(inward) * np.finfo(kind).tiny
            else:
                nearest = np.nextafter(nearest, kind(inward * np.inf))
        ends.append(float(nearest))
    return (ends[0], ends[1]) if ends[0] <= ends[1] else None


def outside(formula: Any) -> Callable[[Intervals], Any] | None:
    """Which boxes violate a relation between the arguments everywhere, by Arb."""
    programs = []
    for relation in formula.domain.where:
        if not isinstance(relation, Relational) or relation.rel_op not in ("<", "<=", ">", ">="):
            continue  # a relation that cannot be used leaves the box larger, never smaller
        sign = 1 if relation.rel_op in ("<", "<=") else -1
        with contextlib.suppress(DerivaxError):
            difference = sign * (relation.lhs - relation.rhs)
            programs.append(BallProgram([difference], formula.args))
    if not programs:
        return None

    def violated(boxes: Intervals) -> Any:
        found = np.zeros(boxes.lo.shape[1], dtype=bool)
        for k in range(len(found)):
            balls = [ball(*ends) for ends in zip(boxes.lo[:, k], boxes.hi[:, k], strict=True)]
            for program in programs:
                (value,) = program.at(balls, _BITS)
                if isinstance(value, flint.arb) and value > 0:
                    found[k] = True
        return found

    return violated


def _conclude(
    args: Sequence[Symbol],
    found: Sequence[tuple[str, str, tuple[tuple[float, float], ...], Enclosure]],
    labelled: bool,
) -> Level:
    figures: dict[str, Figure] = {}
    evidence: dict[str, Any] = {"table_sha256": found[0][3].table, "bounds": []}
    for label, dtype, box, enclosure in found:
        name = f"{label}_{dtype}" if labelled else dtype
        figures[f"error_{name}"] = Figure(enclosure.error, "", "bound")
        if math.isfinite(enclosure.relative):
            ulps = enclosure.relative / float(jnp.finfo(dtype).eps)
            figures[f"relative_{name}"] = Figure(ulps, "eps", "bound")
        evidence["bounds"].append(
            {
                "output": label,
                "dtype": dtype,
                "box": [[low.hex(), high.hex()] for low, high in box],
                "range": [enclosure.low.hex(), enclosure.high.hex()],
                "sign": enclosure.sign,
                "monotone": list(enclosure.monotone),
                "at_a_point": enclosure.seen,
                "leaves": enclosure.leaves,
                "splits": [list(s) if isinstance(s, list) else s for s in enclosure.splits],
            }
        )
    if not all(enclosure.finite for *_, enclosure in found):
        worst = next(f"{label} in {dtype}" for label, dtype, _, e in found if not e.finite)
        return Level(Outcome.OPEN, METHOD, f"no finite bound was found for {worst}", figures)
    words = [_properties(args, label if labelled else "", dtype, e) for label, dtype, _, e in found]
    detail = "; ".join(dict.fromkeys(word for word in words if word))
    detail = "no NaN or infinity on the box" + (f"; {detail}" if detail else "")
    detail += f"; rests on the table of operation errors {found[0][3].table[:8]}"
    return Level(Outcome.PROVEN, METHOD, detail, figures, None, evidence)


def _properties(args: Sequence[Symbol], label: str, dtype: str, enclosure: Enclosure) -> str:
    subject = f"{label} in {dtype}" if label else dtype
    words = [f"{subject}: in [{enclosure.low:.6g}, {enclosure.high:.6g}]"]
    signs = {"+": "> 0", "-": "< 0", "0+": ">= 0", "0-": "<= 0"}
    if enclosure.sign:
        words.append(signs[enclosure.sign])
    direction = {"+": "increasing", "-": "decreasing"}
    for symbol, slope in zip(args, enclosure.monotone, strict=True):
        if slope:
            words.append(f"{direction[slope]} in {symbol}")
    return ", ".join(words)


def _not_applicable(why: str) -> Level:
    return Level(Outcome.NOT_APPLICABLE, METHOD, why)
