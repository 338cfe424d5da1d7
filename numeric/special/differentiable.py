"""A public special function: the defining function with exact derivatives of all orders.

*Main definitions*: `build(row)`.

*Implementation notes*: the tangent coefficients are functions of `numeric/special/derivatives`,
which call public functions again, so that no derivative ever passes through the code of an
approximation.  A coefficient is computed for a perturbed argument only (`symbolic_zeros`).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import jax
import jax.numpy as jnp

from derivax.errors import InputError
from derivax.numeric.special.table import Row

__all__ = ["build", "primal", "slope"]


def primal(row: Row) -> Callable[..., Any]:
    """The defining function of a row: one dtype, broadcast shapes, no derivative rule."""
    return getattr(import_module(f"derivax.numeric.special.{row.family}"), row.definition)


def slope(row: Row, position: int) -> Callable[..., Any]:
    """The partial derivative with respect to one argument, or a clear refusal."""
    names = tuple(inspect.signature(primal(row)).parameters)
    partial = row.partials[position]
    if partial is None:
        having = [n for n, p in zip(names, row.partials, strict=True) if p is not None]
        raise InputError(
            f"the derivative of {row.function}({', '.join(names)}) with respect to "
            f"{names[position]}",
            "has no closed form here",
            f"differentiate with respect to {' or '.join(having)}" if having else "",
        )
    return getattr(import_module(f"derivax.numeric.special.derivatives.{row.family}"), partial)


def build(row: Row) -> Callable[..., Any]:
    """The public function of a row: arrays of any broadcastable shapes, float32 or float64.

    Integers count as floats of the default precision; complex arguments are refused.
    """
    definition = primal(row)
    names = tuple(inspect.signature(definition).parameters)
    if len(names) != row.arity:
        raise AssertionError(f"{row.function}: {len(names)} arguments, {row.arity} partials")

    @jax.custom_jvp
    def carrying(*args: Any) -> Any:
        return definition(*args)

    def rule(primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
        value = carrying(*primals)
        moving = [
            k
            for k, t in enumerate(tangents)
            if not isinstance(t, jax.custom_derivatives.SymbolicZero)
        ]
        tangent: Any = None
        for k in moving:
            term = slope(row, k)(*primals) * tangents[k]
            tangent = term if tangent is None else tangent + term
        return value, jnp.zeros_like(value) if tangent is None else tangent

    carrying.defjvp(rule, symbolic_zeros=True)
    compiled = jax.jit(carrying)

    def function(*args: Any, **named: Any) -> Any:
        given = _ordered(row, names, args, named)
        arrays = [jnp.asarray(a) for a in given]
        dtype = jnp.result_type(*arrays)
        if jnp.issubdtype(dtype, jnp.complexfloating):
            raise InputError(f"{row.function} of a complex argument", "is real-valued here")
        if not jnp.issubdtype(dtype, jnp.floating):
            dtype = jnp.result_type(float)
        return compiled(*jnp.broadcast_arrays(*(a.astype(dtype) for a in arrays)))

    function.__name__ = function.__qualname__ = row.function
    function.__doc__ = definition.__doc__
    function.__module__ = "derivax.numeric.special"
    function.__signature__ = inspect.signature(definition)  # type: ignore[attr-defined]
    return function


def _ordered(
    row: Row, names: Sequence[str], args: Sequence[Any], named: dict[str, Any]
) -> tuple[Any, ...]:
    try:
        return (
            inspect.Signature(
                [inspect.Parameter(n, inspect.Parameter.POSITIONAL_OR_KEYWORD) for n in names]
            )
            .bind(*args, **named)
            .args
        )
    except TypeError:
        raise InputError(
            f"{row.function} of {len(args) + len(named)} arguments",
            f"takes {len(names)}",
            f"call {row.function}({', '.join(names)})",
        ) from None
