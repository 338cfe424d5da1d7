"""compile_formula: from a formula to a `Compiled`."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import sympy

from derivax.errors import InputError
from derivax.numeric.codegen.compiled import Compiled, require
from derivax.numeric.codegen.kernel import Kernel
from derivax.numeric.codegen.lower.complex_numbers import is_complex_formula, refuse_unknown
from derivax.numeric.codegen.names import argument_names, identifier
from derivax.numeric.codegen.outputs import flatten
from derivax.numeric.codegen.reading import Reader, short
from derivax.numeric.codegen.shapes import ARRAYS, shapes_of
from derivax.numeric.codegen.sketch import formula_text
from derivax.numeric.codegen.staged import Staged, has_matrices

__all__ = ["compile_formula"]

DTYPES = ("float32", "float64")
REAL_PART = {"complex64": "float32", "complex128": "float64"}


def compile_formula(
    formula: Any,
    *,
    dtype: Any = None,
    precision: str = "working",
    derivatives: int = 1,
    accuracy: str = "balanced",
    optimize: str = "balanced",
    functions: Mapping[Any, Any] | None = None,
    names: Mapping[sympy.Basic, str] | None = None,
    name: str | None = None,
    cache: str | os.PathLike[str] | None = None,
    plane: Sequence[sympy.Basic] = (),
) -> Compiled:
    r"""The formula as a JAX function of its arguments.

    Args:
        formula: an object with `.expr` (SymPy expression, matrix, or dict / list / tuple of them),
            `.args` (symbols, MatrixSymbols, IndexedBases, ArraySymbols), `.domain` and `.name`.
        dtype: "float32", "float64", or None: follow the inputs (float32 in, float32 out).
        precision: "working"; double-word arithmetic is not available.
        derivatives: 0 leaves differentiation to JAX; from 1 on, derivatives of every order are
            the symbolic ones.
        accuracy: "fast" computes as written; "balanced" and "best" rewrite for accuracy and range.
        optimize: "compile" compiles fast, "run" tries several ways at the first call with arrays of
            a shape and keeps the fastest, "balanced" chooses by size.
        functions: meanings of undefined functions, {f: sympy.Lambda}.
        names: names of arguments, {symbol: "name"}, where the symbol's own will not do.
        name: the function's name; default: the formula's.
        cache: a directory that keeps the compiled programs for later processes.
        plane: arguments that are complex, besides those whose symbol or domain says so.  (An
            argument without assumptions becomes complex by a call with a complex number.)

    Returns: a `Compiled`.

    Raises: `CompileError` for an expression that cannot be lowered, `PrecisionError` for float64
        while JAX is set to 32 bits, `InputError` for options that do not exist.

    >>> from types import SimpleNamespace
    >>> from sympy.abc import x, k
    >>> f = compile_formula(SimpleNamespace(expr=x**2/k, args=(x, k), domain=None, name="ratio"))
    >>> float(f(3.0, k=2.0))
    4.5
    """
    dtype = _dtype(dtype)
    _one_of("precision", precision, ("working",))
    _one_of("accuracy", accuracy, ("fast", "balanced", "best"))
    _one_of("optimize", optimize, ("compile", "balanced", "run"))
    if isinstance(derivatives, bool) or not isinstance(derivatives, int) or derivatives < 0:
        raise InputError(f"derivatives = {derivatives!r}", "is not a whole number >= 0")
    args = tuple(formula.args)
    for symbol in args:
        if not isinstance(symbol, (sympy.Symbol, *ARRAYS)):
            raise InputError(
                f"argument {short(symbol)}",
                "is not a symbol",
                "arguments are SymPy symbols, MatrixSymbols, IndexedBases or ArraySymbols",
            )
    if len(set(args)) != len(args):
        raise InputError("args", "one symbol is listed twice")
    arg_names = argument_names(args, names)
    entries, layout = flatten(formula.expr)
    domain = getattr(formula, "domain", None)
    wide = {a for a in args if a in set(plane) or is_in_plane(a, domain)}
    shapes = shapes_of(args, entries) if any(isinstance(a, ARRAYS) for a in args) else {}
    reader = Reader(args, arg_names, functions, wide, is_complex_formula(entries), shapes)
    outputs = [reader.read(entry) for entry in entries]
    refuse_unknown(reader.tape, outputs)
    reader.tape.nonnegative = frozenset(
        reader.leaves[a] for a in args if _is_nonnegative(a, getattr(formula, "domain", None))
    )
    title = identifier(name or getattr(formula, "name", None) or "formula", "formula")
    while title in arg_names:
        title += "_"

    def finish(kernel: Kernel | Staged) -> Compiled:
        return Compiled(
            formula,
            kernel,
            layout,
            dtype=dtype,
            accuracy=accuracy,
            derivatives=derivatives,
            optimize=optimize,
            cache=None if cache is None else os.fspath(cache),
            functions=functions,
            names=names,
        )

    if has_matrices(reader.tape, outputs):
        return finish(Staged(title, reader.tape, outputs, arg_names, rewrite=accuracy != "fast"))
    kernel = Kernel(
        title,
        reader.tape,
        outputs,
        arg_names,
        [reader.leaves[a] for a in args],
        single=len(outputs) == 1,
        rewrite=accuracy != "fast",
        comment=textwrap.wrap(formula_text(formula.expr, title), 90),
    )
    return finish(kernel)


def is_in_plane(symbol: sympy.Basic, domain: Any) -> bool:
    """Whether an argument is a complex number, by its assumptions or its domain."""
    if isinstance(symbol, sympy.Symbol):
        if symbol.is_complex and symbol.is_extended_real is None:
            return True
        if domain is not None and symbol in getattr(domain, "symbols", ()):
            return bool(domain[symbol].plane)
    return False


def _is_nonnegative(symbol: sympy.Basic, domain: Any) -> bool:
    """Whether an argument is >= 0, by its assumptions or its range."""
    if symbol.is_nonnegative:
        return True
    if domain is None or symbol not in getattr(domain, "symbols", ()):
        return False
    return bool(domain[symbol].low >= 0)


def _one_of(option: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise InputError(
            f"{option} = {value!r}", "is not available", f"use {' or '.join(map(repr, allowed))}"
        )


def _dtype(dtype: Any) -> str | None:
    if dtype is None:
        return None
    text = getattr(dtype, "__name__", None) or getattr(dtype, "name", None) or str(dtype)
    text = REAL_PART.get(text, text)
    if text not in DTYPES:
        raise InputError(
            f"dtype = {text!r}",
            "is not a format that is compiled for",
            f"use {' or '.join(DTYPES)}, or None to follow the inputs",
        )
    require(text)
    return text
