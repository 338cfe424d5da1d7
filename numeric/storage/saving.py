"""save: a compiled formula or a Program as a file that needs jax alone to be called.

*Main definitions*: `save`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jax
import jax.export
import jax.numpy as jnp
import sympy

from derivax.errors import CompileError, DerivaxError, InputError
from derivax.numeric.codegen.compiled import Compiled
from derivax.numeric.codegen.compiling import compile_formula
from derivax.numeric.codegen.kernel import Kernel
from derivax.numeric.codegen.lower.complex_numbers import is_holomorphic
from derivax.numeric.codegen.staged import Staged
from derivax.numeric.export.standalone import refuse_complex_matrices
from derivax.numeric.programs.program import Program
from derivax.numeric.storage.artifact import FORMAT, VERSION, require_flatbuffers, write
from derivax.numeric.storage.saving_programs import checked_sizes, program_head, program_parts
from derivax.numeric.verify.certificate import source_digest

__all__ = ["save"]

PLATFORMS = ("cpu", "cuda")


def save(
    compiled: Any,
    path: str | os.PathLike[str],
    *,
    platforms: Sequence[str] = PLATFORMS,
    sizes: Mapping[str, int] | None = None,
) -> Path:
    """Write a compiled formula or a Program as StableHLO, with its derivatives.

    Args:
        compiled: what `compile` returned.
        path: the file, written whole or not at all.
        platforms: what it will run on: "cpu", "cuda", "rocm", "tpu".
        sizes: of a Program, sizes of its arrays to fix; the others stay open.

    Returns: the path; `derivax.load` reads it.

    Raises: `CompileError` naming the head that jax cannot export; `MissingExtra` without the
        package flatbuffers; `InputError` when the file cannot be written.
    """
    require_flatbuffers()
    if not isinstance(compiled, Compiled | Program):
        raise InputError(
            f"save of a {type(compiled).__name__}",
            "is neither a compiled formula nor a Program",
            "compile it first",
        )
    if sizes and isinstance(compiled, Compiled):
        raise InputError(f"sizes = {sizes}", f"the sizes of {compiled.name} stay open", "leave out")
    fixed = checked_sizes(compiled, sizes) if isinstance(compiled, Program) else {}
    parts: dict[str, bytes] = {}
    for dtype in (compiled.dtype,) if compiled.dtype else ("float32", "float64"):
        if isinstance(compiled, Program):
            found = program_parts(compiled, str(dtype), tuple(platforms), fixed)
        else:
            found = _formula_parts(compiled, str(dtype), tuple(platforms))
        parts |= {f"{dtype}/{name}": data for name, data in found.items()}
    head = program_head(compiled, fixed) if isinstance(compiled, Program) else _head(compiled)
    made = {"digest": source_digest(compiled.source), "jax": jax.__version__}
    return write(path, {"format": FORMAT, "version": VERSION, **made, **head}, parts)


def _formula_parts(compiled: Compiled, dtype: str, platforms: tuple[str, ...]) -> dict[str, bytes]:
    refuse_complex_matrices(compiled, "save")
    try:
        return _parts(compiled, dtype, platforms)
    except DerivaxError:
        raise
    except Exception as error:
        raise _unexportable(compiled, error, platforms) from None


def _parts(compiled: Compiled, dtype: str, platforms: tuple[str, ...]) -> dict[str, bytes]:
    """Values and, of scalar formulas, their partial derivatives, serialised."""
    shapes = _shapes(compiled)
    run = compiled.kernel.function if compiled.derivatives else compiled.kernel.unruled
    functions: dict[str, tuple[Any, int]] = {"values": (run, 2)}
    kernel = compiled.kernel
    whole = is_holomorphic(kernel.tape, kernel.outputs) or not compiled.plane_positions
    if isinstance(kernel, Kernel) and compiled.derivatives and kernel.arg_names and whole:
        everything = range(len(kernel.arg_names))
        first = kernel.partials(kernel.directions(everything))
        second = first.partials(first.directions(everything))
        # the values carry their reverse mode twice for whoever reads them with jax.export alone;
        # the loader joins the parts, and third derivatives are JAX's, of the code of the second
        functions |= {"first": (first.unruled, 0), "second": (second.unruled, 1)}
    found = {}
    with jax.enable_x64(True):
        real, wide = jnp.dtype(dtype), jnp.result_type(dtype, 1j)
        given = [
            jax.ShapeDtypeStruct(shape, wide if k in compiled.plane_positions else real)
            for k, shape in enumerate(shapes)
        ]
        for name, (function, order) in functions.items():
            exported = jax.export.export(jax.jit(_batched(function, dtype)), platforms=platforms)(
                *given
            )
            found[name] = bytes(exported.serialize(vjp_order=order))
    return found


def _batched(function: Any, dtype: str) -> Any:
    """A function of no argument gets a batch dimension of one, as the others have theirs."""

    def run(*args: Any) -> tuple[Any, ...]:
        results = function(*args)
        if args:
            return tuple(results)
        return tuple(_of_precision(r, dtype)[None] for r in results)

    return run


def _of_precision(result: Any, dtype: str) -> Any:
    return jnp.asarray(result, jnp.result_type(dtype, 1j) if jnp.iscomplexobj(result) else dtype)


def _shapes(compiled: Compiled) -> list[Any]:
    """The argument shapes, with a symbolic batch dimension and symbolic sizes of matrices."""
    args = compiled.formula.args
    symbols = sorted(
        {
            symbol
            for arg in args
            if isinstance(arg, sympy.MatrixSymbol)
            for size in arg.shape
            for symbol in sympy.sympify(size).free_symbols
        },
        key=str,
    )
    names = {symbol: sympy.Symbol(f"size{k}") for k, symbol in enumerate(symbols)}
    scope = jax.export.SymbolicScope()
    found = []
    for arg in args:
        sizes = [] if not isinstance(arg, sympy.MatrixSymbol) else list(arg.shape)
        texts = ["batch", *(str(sympy.sympify(size).xreplace(names)) for size in sizes)]
        found.append(jax.export.symbolic_shape(", ".join(texts) + ",", scope=scope))
    return found


def _head(compiled: Compiled) -> dict[str, Any]:
    formula = compiled.formula
    arguments = [
        {
            "name": name,
            "shape": [
                int(size) if isinstance(size, sympy.Integer) else str(size) for size in symbol.shape
            ]
            if isinstance(symbol, sympy.MatrixSymbol)
            else None,
            "complex": k in compiled.plane_positions,
        }
        for k, (symbol, name) in enumerate(zip(formula.args, compiled.arg_names, strict=True))
    ]
    try:
        term = formula.to_json() if hasattr(formula, "to_json") else None
    except DerivaxError:  # something that a term cannot hold
        term = None
    return {
        "name": compiled.name,
        "title": str(getattr(formula, "title", "")),
        "source": str(getattr(formula, "source", "")),
        "arguments": arguments,
        "layout": compiled.layout,
        "dtype": compiled.dtype,
        "matrices": isinstance(compiled.kernel, Staged),
        "formula": term,
    }


# -- what cannot be exported --------------------------------------------------------------------


def _unexportable(compiled: Compiled, error: Exception, platforms: tuple[str, ...]) -> CompileError:
    """The error that names the smallest part of the formula that jax does not export."""
    why = " ".join(str(error).split())[:160]
    for part in _subexpressions(compiled.formula):
        try:
            small = _of(part)
            _parts(small, "float32", platforms)
        except DerivaxError:
            continue
        except Exception:
            return CompileError(
                f"{type(part).__name__} in {compiled.name}",
                f"jax cannot export it ({why})",
                "write a module instead: derivax.export",
            )
    return CompileError(
        compiled.name, f"jax cannot export it ({why})", "write a module: derivax.export"
    )


def _subexpressions(formula: Any) -> list[Any]:
    """The distinct kinds of subexpressions, smallest first."""
    found: dict[tuple[type, int], Any] = {}
    stack: list[Any] = [formula.expr]
    seen: set[int] = set()
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, Mapping):
            stack.extend(node.values())
            continue
        args = node if isinstance(node, tuple) else getattr(node, "args", ())
        stack.extend(a for a in args if isinstance(a, sympy.Basic))
        if isinstance(node, sympy.Expr | sympy.MatrixExpr) and args:
            size = len(str(type(node))) and len(list(sympy.preorder_traversal(node)))
            found.setdefault((type(node), size), node)
    return [node for _, node in sorted(found.items(), key=lambda item: item[0][1])]


def _of(part: Any) -> Compiled:
    from derivax.symbolic.formula import Formula

    symbols = part.atoms(sympy.MatrixSymbol)
    sizes = {s for a in symbols for size in a.shape for s in size.free_symbols}
    scalars = {s for s in part.free_symbols if isinstance(s, sympy.Symbol)} - sizes
    args = sorted(symbols | scalars, key=str)
    return compile_formula(Formula(part, args, name="part"))
