"""Standalone export: one readable module that needs JAX alone and can test itself.

*Main definitions*: `export`, `module_text`.

*Implementation notes*: a module holds the kernels inside the checked subset of generated code, the
functions they call with their source notes (`notes`), the partial derivatives (`partials`), the
public function, and exact reference values that come from ball arithmetic on the formula, not from
the code that they test (`references`, `matrix_references`).
"""

from __future__ import annotations

import ast
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sympy

from derivax.errors import CompileError, InputError
from derivax.numeric.codegen import emit
from derivax.numeric.codegen.compiled import Compiled
from derivax.numeric.codegen.kernel import Kernel, module
from derivax.numeric.codegen.lower.complex_numbers import is_holomorphic
from derivax.numeric.codegen.sketch import plain
from derivax.numeric.codegen.staged import Staged
from derivax.numeric.export import self_tests, texts
from derivax.numeric.export.docstring import described, module_docstring, program_docstring
from derivax.numeric.export.matrix_references import matrix_reference_table
from derivax.numeric.export.notes import annotated
from derivax.numeric.export.partials import Ruled, affordable_order
from derivax.numeric.export.program_references import compared_text, program_reference_table
from derivax.numeric.export.references import DIGITS, reference_table
from derivax.numeric.programs.program import Program
from derivax.writing import write_atomically

__all__ = ["export", "module_text", "refuse_complex_matrices"]

HIGHEST = 4


def export(
    x: Any,
    path: str | os.PathLike[str],
    *,
    certificate: Any = None,
    derivatives: int | None = None,
) -> Path:
    """Write a compiled formula or a Program as one module; `python FILE --self-test` checks it.

    Args:
        x: what `compile_formula` returned, or a Program.
        path: the file, written whole or not at all.
        certificate: a certificate of this code (its hash is recorded), or None ("unverified").
        derivatives: up to which order derivatives are symbolic; default: 2, for long formulas 1.

    Returns: the path.

    Raises: `InputError` when the file cannot be written, or the certificate is of other code.
    """
    text = module_text(x, certificate=certificate, derivatives=derivatives)
    return write_atomically(path, text)


def module_text(x: Any, *, certificate: Any = None, derivatives: int | None = None) -> str:
    """The text of the module; see `export`."""
    if derivatives is not None and (
        isinstance(derivatives, bool)
        or not isinstance(derivatives, int)
        or not 0 <= derivatives <= HIGHEST
    ):
        raise InputError(
            f"derivatives = {derivatives!r}", f"is not a whole number from 0 to {HIGHEST}"
        )
    if certificate is not None:
        _refuse_foreign(certificate, x)
    if isinstance(x, Compiled):
        text = _formula_module(x, certificate, derivatives)
    elif isinstance(x, Program):
        text = _program_module(x, certificate, derivatives)
    else:
        raise InputError(
            f"export of a {type(x).__name__}", "is neither a compiled formula nor a Program", ""
        )
    try:
        compile(text, x.name, "exec")  # a module that does not even parse is never written
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise CompileError(x.name, f"its module does not parse ({type(error).__name__})") from None
    return text


def _refuse_foreign(certificate: Any, x: Any) -> None:
    code = getattr(certificate, "code", None)
    if code is None or code["source"] != x.source:
        raise InputError(
            f"certificate of {getattr(certificate, 'name', certificate)!s}",
            f"does not certify this code of {x.name}",
            "verify what is exported, with the same options",
        )


# -- formulas -------------------------------------------------------------------------------------


def refuse_complex_matrices(compiled: Compiled, verb: str) -> None:
    """Files hold complex functions of numbers, and real functions of matrices."""
    if isinstance(compiled.kernel, Staged) and compiled.kernel.tape.plane:
        raise CompileError(
            compiled.name,
            f"has complex numbers in a matrix formula; {verb} writes real ones",
            "take re(...) and im(...) of it, with real arguments",
        )


def _formula_module(compiled: Compiled, certificate: Any, derivatives: int | None) -> str:
    refuse_complex_matrices(compiled, "export")
    formula, kernel = compiled.formula, compiled.kernel
    matrices = isinstance(kernel, Staged)
    plane = kernel.tape.plane
    values = f"{compiled.name}_values"
    taken = {compiled.name, values, *compiled.arg_names, *_FIXED}
    main: Kernel | Staged
    if isinstance(kernel, Staged):
        main = Staged(values, kernel.tape, kernel.outputs, kernel.arg_names, rewrite=kernel.rewrite)
        kernels = [part for part in main.parts(False) if isinstance(part, Kernel)]
    else:
        main = Kernel(
            values,
            kernel.tape,
            kernel.outputs,
            kernel.arg_names,
            kernel.arg_ids,
            single=False,
            rewrite=kernel.rewrite,
            comment=kernel.comment,
        )
        kernels = [main]
    order = derivatives
    if not is_holomorphic(kernel.tape, kernel.outputs) and compiled.plane_positions:
        order = 0  # no one derivative: JAX has its own rules
    if order is None:
        order = min(map(affordable_order, kernels), default=1) if compiled.derivatives else 0
    ruled = [Ruled(k, order, taken) for k in kernels if k.arg_names] if order else []
    written: list[Any] = []
    for k in kernels:
        written += [k, *(d for one in ruled if one.kernel is k for d in one.derivatives)]
    if matrices:
        written.append(main)
    code = module(written)
    emit.check_source(code)
    parts = [
        texts.HEAD.substitute(
            doc=module_docstring(
                compiled.name,
                formula,
                compiled.arg_names,
                order=order,
                dtype=compiled.dtype,
                certificate=certificate,
            ),
            body=annotated(code.removeprefix(emit.HEADER).strip("\n")),
        )
    ]
    lines = [line for one in ruled for line in one.lines()]
    if lines:
        results = texts.COMPLEX_RESULTS if plane else texts.REAL_RESULTS
        parts.append(texts.RULES.substitute(lines="\n".join(lines), **results))
    args = ", ".join(compiled.arg_names)
    shapes = texts.COMPLEX_SCALARS if plane else texts.SCALARS
    shapes = shapes.replace("$function", values)
    floating, check = texts.REAL_ARGUMENTS, ""
    if plane:
        shapes = shapes.replace("$plane", _tuple(str(i in plane) for i in kernel.outputs))
        which = (str(k in compiled.plane_positions) for k in range(len(compiled.arg_names)))
        floating = texts.COMPLEX_ARGUMENTS.replace("$plane", _tuple(which))
    if matrices:
        scalar = [kernel.tape[i].shape is None for i in kernel.outputs]
        shapes = texts.MATRICES.replace("$function", values)
        shapes = shapes.replace("$scalar", _tuple(map(repr, scalar)))
        forms = _forms(formula.args, compiled.arg_names)
        if forms:
            shapes = f"{texts.SHAPES}\n\n{shapes}"
            check = f"\n    _check_shapes(given, {forms})"
    parts.append(
        texts.FORMULA.substitute(
            name=compiled.name,
            args=args,
            call=f"{args}," if len(compiled.arg_names) == 1 else args,
            summary=plain(getattr(formula, "title", "") or f"The formula {compiled.name}."),
            dtype=repr(compiled.dtype),
            floating=floating.rstrip(),
            shapes=shapes.rstrip(),
            check=check,
            values="_values",
            result=_layout_text(compiled.layout),
        )
    )
    parts.append(_self_test(compiled, order))
    parts.append(texts.MAIN.substitute(name=compiled.name))
    return "\n\n".join(part.rstrip("\n") + "\n" for part in parts)


# -- programs -------------------------------------------------------------------------------------


def _program_module(program: Program, certificate: Any, derivatives: int | None) -> str:
    """The text of a Program with derivatives of its kernels, its shapes, and its references."""
    name, arrays = program.name, f"{program.name}_arrays"
    order = program.derivatives if derivatives is None else min(derivatives, program.derivatives)
    taken = {name, arrays, *program.arg_names, *_FIXED, "ARGUMENTS", "NAMES", "KEYS", "_guarded",
             "_differentiable", "_compared", *_defined(program.source)}  # fmt: skip
    kernels = [c.kernel for c in program.kernels.values() if isinstance(c.kernel, Kernel)]
    ruled = [Ruled(k, order, taken) for k in kernels if k.arg_names] if order else []
    source = program.source.replace(f"def {program.entry}(", f"def {arrays}(")
    written = [d for one in ruled for d in one.derivatives]
    if written:
        source = _joined(source, module(written))
    emit.check_source(source)
    parts = [
        texts.HEAD.substitute(
            doc=program_docstring(program, order=order, certificate=certificate),
            body=annotated(source.removeprefix(emit.HEADER).strip("\n")),
        )
    ]
    lines = [line for one in ruled for line in one.lines()]
    if lines:
        lines_ = "\n".join(lines)
        parts.append(texts.RULES.substitute(lines=lines_, **texts.REAL_RESULTS))
    forms = [f"({_quoted(a.name)}, {_tuple(map(_quoted, a.shape))})" for a in program.arguments]
    args = ", ".join(program.arg_names)
    parts.append(
        texts.PROGRAM.substitute(
            name=name,
            arrays=arrays,
            order=order,
            args=args,
            call=f"{args}," if len(program.arg_names) == 1 else args,
            summary=plain(f"{program.title}."),
            described="\n".join(described(program)),
            dtype=repr(program.dtype),
            forms=_lines(forms),
            results=_tuple(_quoted(r.name) for r in program.results),
        )
    )
    table = program_reference_table(program)
    if table is None:
        reason = f"{name}: no exact values are known: nothing was checked"
        parts.append(self_tests.NO_SELF_TEST.substitute(reason=repr(reason)))
    else:
        parts.append(
            self_tests.PROGRAM_SELF_TEST.substitute(
                name=name,
                dtypes=f'("{program.dtype}",)' if program.dtype else '("float32", "float64")',
                references=table,
                digits=DIGITS,
                compared=f"\n{compared_text(program).rstrip()}",
                error=self_tests.ARRAY_ERROR,
            )
        )
    parts.append(texts.MAIN.substitute(name=name))
    return "\n\n".join(part.rstrip("\n") + "\n" for part in parts)


def _defined(source: str) -> list[str]:
    return [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]


def _joined(source: str, more: str) -> str:
    """The first module and those functions of the second that it does not define."""
    known = set(_defined(source))
    lines = more.splitlines()
    new = [
        "\n".join(lines[node.lineno - 1 : node.end_lineno])
        for node in ast.parse(more).body
        if isinstance(node, ast.FunctionDef) and node.name not in known
    ]
    return "\n\n\n".join([source.rstrip("\n"), *new]) + "\n"


def _lines(items: Sequence[str]) -> str:
    return "(\n" + "".join(f"    {item},\n" for item in items) + ")"


# names of the module that no generated function may take
_FIXED = frozenset(
    {
        "argparse", "sys", "Fraction", "jax", "jnp", "lax", "REFERENCES", "ALLOWED_ULP",
        "_with_partials", "_floating", "_values", "_check_shapes", "_leaves", "_derivative",
        "_ulps", "_share", "_error", "_size_and_error", "COMPLEX", "_self_test", "parser",
    }
)  # fmt: skip


def _self_test(compiled: Compiled, order: int) -> str:
    dtypes = f'("{compiled.dtype}",)' if compiled.dtype else '("float32", "float64")'
    matrices = any(isinstance(a, sympy.MatrixSymbol) for a in compiled.formula.args)
    if matrices or isinstance(compiled.kernel, Staged):
        template, table = self_tests.MATRIX_SELF_TEST, matrix_reference_table(compiled)
    else:
        template, table = self_tests.SELF_TEST, reference_table(compiled, min(order, 2))
    if table is None:
        reason = f"{compiled.name}: no exact values are known: nothing was checked"
        return self_tests.NO_SELF_TEST.substitute(reason=repr(reason))
    numbers = self_tests.COMPLEX_TEST if compiled.kernel.tape.plane else self_tests.REAL_TEST
    return template.substitute(
        name=compiled.name,
        dtypes=dtypes,
        references=table,
        digits=DIGITS,
        error=self_tests.ARRAY_ERROR,
        **numbers,
    )


def _forms(args: Sequence[Any], names: Sequence[str]) -> str:
    """(name, value, (rows, columns)) of each matrix argument; sizes as numbers or names."""
    found = []
    for k, (symbol, name) in enumerate(zip(args, names, strict=True)):
        if isinstance(symbol, sympy.MatrixSymbol):
            sizes = [
                str(int(size)) if isinstance(size, sympy.Integer) else f'"{plain(size)}"'
                for size in symbol.shape
            ]
            found.append(f'("{name}", given[{k}], ({", ".join(sizes)}))')
    return _tuple(found)


def _quoted(key: Any) -> str:
    """A word or number, in double quotes where that is the same."""
    simple = isinstance(key, str) and key.isascii() and key.isprintable()
    return f'"{key}"' if simple and not set(key) & set('"\\') else repr(key)


def _tuple(items: Any) -> str:
    items = list(items)
    return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"


def _layout_text(layout: Any) -> str:
    """The returned object, as an expression over `values`."""
    kind, *rest = layout
    if kind == "entry":
        return f"values[{rest[0]}]"
    if kind == "matrix":
        start, rows, columns = rest
        if not rows * columns:
            return f"jnp.zeros(({rows}, {columns}))"
        stacked = f"jnp.stack(values[{start}:{start + rows * columns}], axis=-1)"
        return f"jnp.reshape({stacked}, values[{start}].shape + ({rows}, {columns}))"
    if kind == "dict":
        return "{" + ", ".join(f"{_quoted(key)}: {_layout_text(v)}" for key, v in rest[0]) + "}"
    parts = [_layout_text(v) for v in rest[0]]
    return f"[{', '.join(parts)}]" if kind == "list" else _tuple(parts) if parts else "()"
