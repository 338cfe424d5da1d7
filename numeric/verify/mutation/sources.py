"""Mutants of generated source, judged by sampling values and derivatives against the formula.

Main definitions: `source_mutants`, `judge_source`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

import jax
import numpy as np
from jax.custom_derivatives import SymbolicZero

from derivax.errors import DerivaxError
from derivax.numeric.codegen.emit import load
from derivax.numeric.verify.enclosure.intervals import Intervals
from derivax.numeric.verify.enclosure.program import NotApplicable, read_program
from derivax.numeric.verify.enclosure.sweep import sweep
from derivax.numeric.verify.level_derivatives import derivatives_level
from derivax.numeric.verify.level_values import values_level
from derivax.numeric.verify.mutation.score import Fate, Mutant
from derivax.numeric.verify.points import sample_points
from derivax.symbolic.exact.outcome import Outcome
from derivax.symbolic.exact.precision import working_precision

__all__ = ["judge_source", "source_mutants"]

_OPERATORS: dict[type[ast.operator], ast.operator] = {
    ast.Add: ast.Sub(),
    ast.Sub: ast.Add(),
    ast.Mult: ast.Div(),
    ast.Div: ast.Mult(),
}
_CALLS = {
    "jnp.exp": "jnp.expm1",
    "jnp.expm1": "jnp.exp",
    "jnp.log": "jnp.log1p",
    "jnp.log1p": "jnp.log",
    "jnp.sin": "jnp.cos",
    "jnp.cos": "jnp.sin",
    "jnp.sinh": "jnp.cosh",
    "jnp.cosh": "jnp.sinh",
    "jnp.sqrt": "jnp.cbrt",
    "jnp.square": "jnp.abs",
    "jnp.maximum": "jnp.minimum",
    "jnp.minimum": "jnp.maximum",
}
_POINTS = 48


def source_mutants(source: str, name: str) -> Iterator[tuple[str, str, str]]:
    """(function, what was changed, changed source): one change in the function or a derivative."""
    tree = ast.parse(source)
    for function in tree.body:
        if isinstance(function, ast.FunctionDef) and (
            function.name == name or function.name.startswith(f"{name}_d_")
        ):
            for statement in function.body:
                yield from _changes(tree, function.name, statement)


def _changes(tree: ast.Module, name: str, statement: ast.stmt) -> Iterator[tuple[str, str, str]]:
    for node in ast.walk(statement):
        line = ast.unparse(statement)[:60]
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            kept = node.op
            node.op = _OPERATORS[type(kept)]
            yield name, f"{type(kept).__name__} in {line}", ast.unparse(tree)
            node.op = kept
            if isinstance(kept, ast.Sub | ast.Div):
                node.left, node.right = node.right, node.left
                yield name, f"sides of {type(kept).__name__} in {line}", ast.unparse(tree)
                node.left, node.right = node.right, node.left
        elif isinstance(node, ast.UnaryOp):
            operand = node.operand
            node.operand = ast.UnaryOp(ast.USub(), operand)
            yield name, f"sign in {line}", ast.unparse(tree)
            node.operand = operand
        elif isinstance(node, ast.Constant) and type(node.value) is float and node.value:
            number = node.value
            for factor in (2.0, 1.0 + 1e-5):
                node.value = number * factor
                yield name, f"{number} * {factor} in {line}", ast.unparse(tree)
            node.value = number
        elif isinstance(node, ast.Call):
            yield from _call_changed(tree, name, node, line)


def _call_changed(
    tree: ast.Module, name: str, node: ast.Call, line: str
) -> Iterator[tuple[str, str, str]]:
    called, arguments = ast.unparse(node.func), node.args
    if called in _CALLS:
        kept = node.func
        node.func = ast.parse(_CALLS[called], mode="eval").body
        yield name, f"{_CALLS[called]} in {line}", ast.unparse(tree)
        node.func = kept
    if called == "jnp.where" and len(arguments) == 3:
        node.args = [arguments[0], arguments[2], arguments[1]]
        yield name, f"wrong branch in {line}", ast.unparse(tree)
        node.args = arguments
    elif len(arguments) == 2 and called not in ("jnp.maximum", "jnp.minimum"):
        node.args = arguments[::-1]
        yield name, f"arguments swapped in {line}", ast.unparse(tree)
        node.args = arguments


def judge_source(
    compiled: Any, formula: Any, *, every: int = 1, offset: int = 0, seed: int = 0
) -> Iterator[Mutant]:
    """The fate of the mutants of a compiled formula's source (every so-many-th of them)."""
    names = [f"{compiled.name}_d_{arg}" for arg in compiled.arg_names]
    columns = sample_points(
        formula.domain, tuple(formula.args), _POINTS, seed=seed, dtype="float64"
    )
    for number, (function, what, changed) in enumerate(
        source_mutants(compiled.source, compiled.name)
    ):
        if number % every != offset % every:
            continue
        where = f"{compiled.name} source, {function}"
        fate = _difference(compiled.source, changed, function, len(formula.args), columns)
        if fate != "different":
            yield Mutant(where, what, fate)  # type: ignore[arg-type]
            continue
        by = _noticed(_Mutated(changed, compiled, names), formula, function == compiled.name)
        yield Mutant(where, what, "refuted" if by else "survived", by)


def _difference(source: str, changed: str, function: str, arity: int, columns: Any) -> str | Fate:
    """ "different" when the exact values of the two programs are disjoint balls at a point."""
    try:
        programs = [
            read_program(load(text)[function], arity, "float64") for text in (source, changed)
        ]
    except (NotApplicable, DerivaxError, TypeError, ValueError):
        return "undecided"  # no program at all, or none that intervals can follow
    if programs[0] == programs[1]:
        return "equivalent"
    ends = np.array(columns, dtype=np.float64)
    try:
        with working_precision(80), np.errstate(all="ignore"):
            first, second = (sweep(p, Intervals(ends, ends)).value for p in programs)
    except NotApplicable:
        return "undecided"
    apart = (first.hi < second.lo) | (second.hi < first.lo)
    return "different" if bool(apart.any()) else "undecided"


class _Mutated:
    """A mutated source, called like the compiled formula that it comes from."""

    def __init__(self, source: str, compiled: Any, partials: list[str]) -> None:
        self.source, self.name, self.dtype = source, compiled.name, "float64"
        functions = load(source)
        value = functions[compiled.name]
        slopes = [functions.get(name) for name in partials]

        @jax.custom_jvp
        def run(*args: Any) -> Any:
            return value(*args)

        def rule(primals: Any, tangents: Any) -> Any:
            result = run(*primals)
            total: Any = 0.0 * result
            for slope, tangent in zip(slopes, tangents, strict=True):
                if slope is not None and not isinstance(tangent, SymbolicZero):
                    total = total + slope(*primals) * tangent
            return result, total

        run.defjvp(rule, symbolic_zeros=True)
        self.run: Callable[..., Any] = run

    def __call__(self, *args: Any) -> Any:
        import jax.numpy as jnp

        return self.run(*(jnp.asarray(arg, jnp.float64) for arg in args))


def _noticed(mutant: _Mutated, formula: Any, in_value: bool) -> str:
    """The level that refutes the mutant; empty when it does not."""
    name, level = ("L1", values_level) if in_value else ("L2", derivatives_level)
    found = level(mutant, formula, points=160, dtypes=("float64",))
    return name if found.outcome is Outcome.REFUTED else ""
