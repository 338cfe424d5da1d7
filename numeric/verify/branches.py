"""Where the comparisons of a program are true: its regimes, seen from outside.

The conditions of a jaxpr are evaluated at many points, in the format of the code: elementwise
operations, choices and calls are followed, everything else (loops, reductions) is unknown, and a
condition that depends on it is left out.  Only what a condition depends on is computed.

Main definition: `Conditions`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax
import numpy as np

from derivax.numeric.verify.rounding_rules import ELEMENTWISE

__all__ = ["Conditions"]

Array = Any
_CALL_NAMES = "jit pjit custom_jvp_call custom_vjp_call closed_call core_call remat checkpoint"
_CALLS = frozenset(_CALL_NAMES.split(" "))
_COMPARISONS = frozenset(["lt", "le", "gt", "ge", "eq", "ne"])
_SLOW = frozenset(["erf", "erfc", "erf_inv", "lgamma"])  # point by point, and seldom compared
_MOST = 20_000  # operations


class _Operation(NamedTuple):
    name: str
    operands: tuple[int, ...]
    eqn: Any


class Conditions:
    """The comparisons of a function of real scalars, in the order in which they are written.

    >>> import jax.numpy as jnp
    >>> of_abs = Conditions(lambda x: jnp.where(x < 0.0, -x, x), 1, "float32")
    >>> [c.tolist() for c in of_abs.at([np.float32([-1.0, 2.0])])]
    [[True, False]]
    """

    def __init__(self, function: Callable[..., Any], arguments: int, dtype: str) -> None:
        with jax.enable_x64(True):
            shapes = [jax.ShapeDtypeStruct((), np.dtype(dtype))] * arguments
            jaxpr = jax.make_jaxpr(function)(*shapes)
        self._values: list[Any] = [None] * arguments  # an argument, a constant, an operation
        self._moving = [True] * arguments
        self._run(jaxpr, list(range(arguments)))
        found = [
            i for i, v in enumerate(self._values)
            if isinstance(v, _Operation) and v.name in _COMPARISONS and self._moving[i]
        ]  # fmt: skip
        self._conditions = found
        needed, stack = set(found), list(found)
        while stack:
            value = self._values[stack.pop()]
            for operand in value.operands if isinstance(value, _Operation) else ():
                if operand not in needed:
                    needed.add(operand)
                    stack.append(operand)
        self._needed = sorted(needed)

    def at(self, columns: Sequence[Array]) -> list[Array]:
        """One array of truth values per comparison that could be evaluated, at the points."""
        known: dict[int, Any] = {i: np.asarray(column) for i, column in enumerate(columns)}
        size = len(columns[0]) if columns else 1
        with np.errstate(all="ignore"):
            for i in self._needed:
                value = self._values[i]
                if isinstance(value, _Operation):
                    known[i] = _evaluated(value, [known[k] for k in value.operands])
                elif i not in known:
                    known[i] = value
        return [np.broadcast_to(known[i], (size,)) for i in self._conditions]

    def _push(self, value: Any, moving: bool) -> int:
        self._values.append(value)
        self._moving.append(moving)
        return len(self._values) - 1

    def _run(self, closed: Any, inputs: Sequence[int | None]) -> list[int | None]:
        """The numbers of the results of a jaxpr, None where unknown."""
        jaxpr = getattr(closed, "jaxpr", closed)
        environment: dict[Any, int | None] = {}
        for var, const in zip(jaxpr.constvars, getattr(closed, "consts", ()), strict=True):
            environment[var] = self._push(const, False) if np.ndim(const) == 0 else None
        environment.update(zip(jaxpr.invars, inputs, strict=True))

        def read(atom: Any) -> int | None:
            if hasattr(atom, "val"):
                return self._push(atom.val, False) if np.ndim(atom.val) == 0 else None
            return environment[atom]

        for eqn in jaxpr.eqns:
            operands = [read(atom) for atom in eqn.invars]
            if eqn.primitive.name in _CALLS:
                inner = eqn.params.get("call_jaxpr") or eqn.params.get("jaxpr")
                results = self._run(inner, operands)
            else:
                results = [self._operation(eqn, operands)] + [None] * (len(eqn.outvars) - 1)
            environment.update(zip(eqn.outvars, results, strict=True))
        return [read(atom) for atom in jaxpr.outvars]

    def _operation(self, eqn: Any, operands: Sequence[int | None]) -> int | None:
        name = eqn.primitive.name
        followed = (name in ELEMENTWISE and name not in _SLOW) or name in (
            "convert_element_type",
            "integer_pow",
        )
        if name == "select_n":
            followed = len(operands) == 3 and eqn.invars[0].aval.dtype == bool
        if not followed or eqn.outvars[0].aval.shape or len(self._values) > _MOST:
            return None
        numbers = tuple(operand for operand in operands if operand is not None)
        if len(numbers) < len(operands):
            return None
        return self._push(_Operation(name, numbers, eqn), any(self._moving[i] for i in numbers))


def _evaluated(operation: _Operation, operands: Sequence[Any]) -> Any:
    name, dtype = operation.name, operation.eqn.outvars[0].aval.dtype
    if name == "select_n":
        return np.where(operands[0], operands[2], operands[1])
    if name == "convert_element_type":
        return np.asarray(operands[0]).astype(dtype)
    if name == "integer_pow":
        return np.asarray(operands[0]) ** float(operation.eqn.params["y"])
    return np.asarray(ELEMENTWISE[name](*operands)[0]).astype(dtype)
