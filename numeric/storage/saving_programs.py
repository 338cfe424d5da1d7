"""save of a Program: array code as StableHLO, with sizes that stay open and sizes that are fixed.

*Main definitions*: `program_parts`, `program_head`.

*Implementation notes*: sizes of arrays are symbols of the exported module, so that one file serves
all of them.  The linear algebra that jax lowers for GPUs compares sizes, which symbols do not
allow: such programs are saved at sizes that the user names, and the others stay open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import jax
import jax.export
import jax.numpy as jnp

from derivax.errors import CompileError, InputError
from derivax.numeric.codegen.sketch import plain
from derivax.numeric.programs.program import Program

__all__ = ["checked_sizes", "program_head", "program_parts"]


def checked_sizes(program: Program, sizes: Mapping[str, int] | None) -> dict[str, int]:
    """The sizes to fix, each a positive number for a name that the program's arrays use."""
    named = sorted({s for a in program.arguments for s in a.shape if isinstance(s, str)})
    for name, size in (sizes or {}).items():
        if name not in named:
            raise InputError(
                f"size {name!r}", f"{program.name} has none of this name", f"its sizes: {named}"
            )
        if isinstance(size, bool) or not isinstance(size, int) or size < 1:
            raise InputError(f"size {name} = {size!r}", "is not a whole number >= 1", "")
    return dict(sizes or {})


def program_parts(
    program: Program, dtype: str, platforms: tuple[str, ...], sizes: Mapping[str, int]
) -> dict[str, bytes]:
    """The exported function, with its reverse mode as often as the program may be differentiated.

    Raises: `CompileError` naming the sizes that would have to be fixed.
    """
    scope = jax.export.SymbolicScope()
    with jax.enable_x64(True):
        given = []
        for array in program.arguments:
            text = ",".join(str(sizes.get(str(size), size)) for size in array.shape)
            shape: Any = jax.export.symbolic_shape(text, scope=scope) if text else ()
            given.append(jax.ShapeDtypeStruct(shape, jnp.dtype(dtype)))
        try:
            exported = jax.export.export(jax.jit(program._function), platforms=platforms)(*given)
            data = exported.serialize(vjp_order=program.derivatives)
        except Exception as error:
            raise _unexportable(program, sizes, error) from None
    return {"values": bytes(data)}


def _unexportable(program: Program, sizes: Mapping[str, int], error: Exception) -> CompileError:
    why = " ".join(str(error).split())[:160]
    # the batch may stay open: it meets no matrix operation
    open_sizes = sorted(
        {
            size
            for array in program.arguments
            for size in array.shape
            if isinstance(size, str) and size not in sizes and size != program.batch
        }
    )
    if not open_sizes:
        return CompileError(
            program.name, f"jax cannot export it ({why})", "write a module: derivax.export"
        )
    example = ", ".join(f'"{name}": 3' for name in open_sizes)
    return CompileError(
        program.name,
        f"jax cannot export it with open sizes {', '.join(open_sizes)} ({why})",
        f"fix them: sizes={{{example}}}; or write a module: derivax.export",
    )


def program_head(program: Program, sizes: Mapping[str, int]) -> dict[str, Any]:
    """What the file says about a program; the loader needs no more."""
    arguments: list[dict[str, Any]] = [
        {"name": a.name, "shape": [sizes.get(str(size), size) for size in a.shape]}
        for a in program.arguments
    ]
    names: Sequence[str] = [r.name for r in program.results]
    return {
        "kind": "program",
        "name": program.name,
        "title": plain(program.title),
        "source": plain(program.citation),
        "arguments": arguments,
        "layout": ["dict", [[name, ["entry", k]] for k, name in enumerate(names)]],
        "dtype": program.dtype,
        "matrices": True,
        "formula": None,
    }
