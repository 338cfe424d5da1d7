"""A saved Program, called as the program was.

*Main definitions*: `LoadedProgram`.

*Implementation notes*: JAX cannot map over an exported call: `vmap` runs one call after the other.
The derivatives are the exported reverse mode, as often as the program may be differentiated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from derivax.errors import InputError
from derivax.numeric.storage.loading import Loaded, tupled

__all__ = ["LoadedProgram"]


class LoadedProgram(Loaded):
    """A saved Program: arrays of the declared shapes in, a dict of arrays out.

    Works under `jax.jit`, `vmap` (one call after the other), `grad` and `jacrev`.
    Attributes as those of `Loaded`.
    """

    def __call__(self, *args: Any, **named: Any) -> Any:
        given = self._bound(args, named)
        dtype = self._dtype(given)
        arrays = [jnp.asarray(a, dtype=dtype) for a in given]
        self._check_shapes(arrays)
        return self._result(self._function(dtype)(*arrays), ())

    def _check_shapes(self, arrays: Sequence[Any]) -> None:
        sizes: dict[str, int] = {}
        for array, (name, form) in zip(arrays, self._args, strict=True):
            described = f"{name} of shape {array.shape}"
            if array.ndim != len(form):
                raise InputError(
                    described,
                    f"{len(form)} dimensions are needed",
                    f"pass {name}[{', '.join(map(str, form))}]; use jax.vmap for more of them",
                )
            for size, wanted in zip(array.shape, form, strict=True):
                known = sizes.setdefault(wanted, size) if isinstance(wanted, str) else wanted
                if size != known or size == 0:
                    raise InputError(described, f"{wanted} is {known}, not {size or 'empty'}", "")

    def _function(self, dtype: str) -> Callable[..., tuple[Any, ...]]:
        if dtype not in self._functions:
            self._functions[dtype] = _reversible(self._exported[f"{dtype}/values"])
        return self._functions[dtype]


def _reversible(exported: Any) -> Callable[..., tuple[Any, ...]]:
    """An exported function with the reverse mode that it carries."""

    @jax.custom_batching.sequential_vmap
    def values(*args: Any) -> tuple[Any, ...]:
        return tupled(exported.call(*args))

    if not exported.has_vjp():
        return values
    carrying = jax.custom_vjp(values)
    made: list[Callable[..., tuple[Any, ...]]] = []

    def back(args: Any, cotangents: Any) -> tuple[Any, ...]:
        if not made:
            made.append(_reversible(exported.vjp()))
        return made[0](*args, *cotangents)

    carrying.defvjp(lambda *args: (carrying(*args), args), back)
    return carrying
