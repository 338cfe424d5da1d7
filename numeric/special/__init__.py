"""Special functions in JAX that can be trusted: what JAX lacks, and what it gets wrong.

Every function of `table.ROWS` is an attribute of this package, made when it is first asked for:

>>> from derivax.numeric import special
>>> float(special.log1p(1e-20))
1e-20

Values to the accuracy that the table states (measured: `accuracy.json`, `docs`), exact derivatives
of all orders in the differentiable arguments, jit, vmap, float32 and float64; NaN outside the
domain, signed infinities at poles.

**Adding a function** f of a family:

1. `<family>.py`: the defining function `f_function(x, ...)` (or the name in `Row.primal`), with
   what it calls.  Only jax is imported; the text stays inside the language of
   `numeric/codegen/emit.py` (plain defs, assignments, one return; `jnp.where` for cases,
   `lax.fori_loop` / `lax.while_loop` with nested defs), because generated modules contain it.  All
   arguments have one dtype and one shape; literals are Python numbers, so that float32 stays
   float32.  Its docstring is one line; definition, domain, cuts, algorithm and error per region,
   source and doctest stand in the docstring of the file.  No module-level constants.  Names of
   functions are unique across families and no words that a user might take for an argument.
2. `table.py`: the family (no name of a function) in `FAMILIES`, the function in `ROWS`.
3. `derivatives/<family>.py`: the partial derivatives, which call public functions only
   (`from derivax.numeric import special`, then `special.f(...)`).
4. `numeric/codegen/lower/special.py`: nothing, when the head has the same arguments and SymPy
   differentiates it well; else an entry in `READERS` (how the head is read) or `PARTIALS` (its
   derivatives on the tape).
5. `benchmarks/special/cases/<family>.py`: reference and points; measure, commit the table.
6. A test of its values, derivatives and edges in `tests/special/`.
"""

from __future__ import annotations

from typing import Any

from derivax.errors import UnknownName
from derivax.numeric.special.table import ROW_OF_FUNCTION

__all__ = sorted(ROW_OF_FUNCTION)


def __getattr__(name: str) -> Any:
    if name.startswith("_") or name not in ROW_OF_FUNCTION:
        if name.startswith("_"):
            raise AttributeError(name)
        raise AttributeError(str(UnknownName.among("special function", name, ROW_OF_FUNCTION)))
    from derivax.numeric.special.differentiable import build

    value = globals()[name] = build(ROW_OF_FUNCTION[name])
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *ROW_OF_FUNCTION})
