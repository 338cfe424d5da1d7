"""load: a saved function, called as the compiled formula was, with its derivatives.

*Main definitions*: `load`, `Loaded`.

*Implementation notes*: nothing of derivax's algebra is imported.  An exported function takes flat
arrays of one batch dimension; the loader broadcasts, flattens and folds back.  JAX cannot map over
an exported call, so each carries a rule of its own (`custom_vmap`): the mapped axis joins the
batch.  The derivatives of scalar formulas are exported functions too, joined by `custom_jvp`, so
that both modes agree with the compiled formula up to second order; matrix formulas carry their
reverse mode twice (`vjp_order=2`).

Only load files that you trust, as with any compiled code.  Calls of foreign code inside a file are
refused unless they are the linear algebra that jax itself exports.
"""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from math import prod
from typing import Any

import jax
import jax.export
import jax.numpy as jnp

from derivax.errors import InputError, PrecisionError
from derivax.numeric.storage.artifact import read, require_flatbuffers

__all__ = ["Loaded", "load", "tupled"]

_DTYPES = ("float32", "float64")
_KNOWN_CALLS = re.compile(
    r"(lapack_\w+|cu(solver|blas)?_\w+|shape_assertion|Sharding|stablehlo\.\w+|mhlo\.\w+"
    r"|annotate_device_placement|xla\.\w+)(\.\w+)*"
)


def load(path: str | os.PathLike[str]) -> Loaded:
    """The function that `derivax.save` wrote.

    Args:
        path: the file.

    Returns: a `Loaded`, called by position or by argument name.

    Raises: `InputError` when it is no saved function, damaged, or of another version;
        `MissingExtra` without the package flatbuffers.

    >>> import tempfile, derivax, jax
    >>> from sympy import exp, symbols
    >>> t, k = symbols("t k", positive=True)
    >>> compiled = derivax.compile(exp(-k*t), [t, k], name="decay")
    >>> decay = load(derivax.save(compiled, tempfile.mkdtemp() + "/decay.jax"))
    >>> float(decay(0.0, k=0.5)), float(jax.grad(decay)(0.0, 0.5))
    (1.0, -0.5)
    """
    require_flatbuffers()
    head, parts = read(path)
    try:
        exported = {name: jax.export.deserialize(bytearray(data)) for name, data in parts.items()}
    except Exception as error:  # flatbuffers and MLIR raise many kinds, all about the file
        raise InputError(
            str(path),
            f"is not readable by jax {jax.__version__} ({type(error).__name__})",
            f"it was saved with jax {str(head.get('jax', '?'))[:20]}",
        ) from None
    for name, one in exported.items():
        for target in re.findall(r'custom_call @"?([^\s("]+)', str(one.mlir_module())):
            if not _KNOWN_CALLS.fullmatch(target):
                raise InputError(
                    str(path), f"calls foreign code in {name}: {target[:60]}", "do not load it"
                )
    from derivax.numeric.storage.loaded_program import LoadedProgram

    kind = LoadedProgram if head.get("kind") == "program" else Loaded
    try:
        return kind(head, exported)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise InputError(
            str(path), f"has a head that cannot be used ({type(error).__name__})", ""
        ) from None


class Loaded:
    """A saved function.

    Called by position or by argument name with numbers or arrays that broadcast together (matrices
    on the last two axes); works under `jax.jit`, `vmap`, `grad`, `jacrev`, and, for formulas of
    scalars, `jvp` and `hessian`.

    Attributes: `name`, `arg_names`, `signature`, `dtype` (None: follows the inputs), `platforms`,
    `formula_term` (the formula as `derivax.symbolic.terms` writes it, or None), `digest` (sha256 of
    the source that was compiled), `title`, `source`.
    """

    def __init__(self, head: Mapping[str, Any], exported: Mapping[str, Any]) -> None:
        self.name = str(head["name"])
        self._args = [(str(a["name"]), a["shape"]) for a in head["arguments"]]
        self._complex = [bool(a.get("complex", False)) for a in head["arguments"]]
        self.arg_names = tuple(name for name, _ in self._args)
        self.dtype: str | None = head["dtype"]
        self.formula_term = head.get("formula")
        self.digest = str(head.get("digest", ""))
        self.title, self.source = str(head.get("title", "")), str(head.get("source", ""))
        self._layout, self._matrices = head["layout"], bool(head["matrices"])
        self._exported = dict(exported)
        self.platforms = tuple(exported[min(exported, default="")].platforms)
        self._functions: dict[str, Callable[..., Any]] = {}
        if self.dtype not in (None, *_DTYPES) or not all(map(str.isidentifier, self.arg_names)):
            raise ValueError("dtype or argument names")
        for one in exported.values():
            if len(one.in_avals) != len(self._args):
                raise ValueError("number of arguments")
        for dtype in (self.dtype,) if self.dtype else _DTYPES:
            _check_layout(self._layout, len(exported[f"{dtype}/values"].out_avals))

    @cached_property
    def signature(self) -> inspect.Signature:
        """The names of the arguments, in order."""
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        return inspect.Signature([inspect.Parameter(n, kind) for n in self.arg_names])

    @property
    def __signature__(self) -> inspect.Signature:
        return self.signature

    @property
    def __name__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"<Loaded {self.name}({', '.join(self.arg_names)})>"

    # -- calling ------------------------------------------------------------------------------

    def __call__(self, *args: Any, **named: Any) -> Any:
        given = self._bound(args, named)
        dtype = self._dtype(given)
        arrays = [
            jnp.asarray(a, jnp.result_type(dtype, 1j) if wide else dtype)
            for a, wide in zip(given, self._complex, strict=True)
        ]
        batch = self._batch(arrays)
        wide = [
            jnp.broadcast_to(a, batch + (a.shape[-2:] if shape else ()))
            for a, (_, shape) in zip(arrays, self._args, strict=True)
        ]
        return self._result(self._function(dtype)(*wide), batch)

    def _result(self, values: Sequence[Any], batch: tuple[int, ...]) -> Any:
        return _assembled(self._layout, values, batch)

    def _bound(self, args: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
        try:
            return self.signature.bind(*args, **named).args
        except TypeError as error:
            raise InputError(
                f"{self.name}({', '.join(self.arg_names)})", f"{error}", "see its signature"
            ) from None

    def _dtype(self, given: Sequence[Any]) -> str:
        if self.dtype is not None:
            if self.dtype == "float64" and not jax.config.read("jax_enable_x64"):
                raise PrecisionError(
                    f"{self.name} of float64",
                    "JAX is set to 32-bit floats in this process",
                    'call jax.config.update("jax_enable_x64", True) first',
                )
            return self.dtype
        found = jnp.result_type(*given) if given else jnp.result_type(float)
        for a, (name, _), wide in zip(given, self._args, self._complex, strict=False):
            if jnp.iscomplexobj(a) and not wide:
                raise InputError(
                    f"argument {name!r} of {self.name}", "is complex", "pass a real number"
                )
        if any(self._complex) and jnp.issubdtype(found, jnp.inexact):
            found = jnp.finfo(found).dtype
        if jnp.issubdtype(found, jnp.integer) or found == jnp.bool_:
            found = jnp.result_type(float)
        if str(found) not in _DTYPES:
            raise InputError(
                f"arguments of {self.name}", f"are {found}", f"pass {' or '.join(_DTYPES)}"
            )
        return str(found)

    def _batch(self, arrays: Sequence[Any]) -> tuple[int, ...]:
        shapes = []
        sizes: dict[str, int] = {}
        for array, (name, form) in zip(arrays, self._args, strict=True):
            if form is None:
                shapes.append(array.shape)
                continue
            described = f"{name} of shape {array.shape}"
            if array.ndim < 2:
                raise InputError(described, "is not a matrix on the last two axes", "")
            for size, wanted in zip(array.shape[-2:], form, strict=True):
                known = sizes.setdefault(wanted, size) if isinstance(wanted, str) else wanted
                if size != known and (not isinstance(wanted, str) or wanted.isidentifier()):
                    raise InputError(described, f"{wanted} is {known}, not {size}", "")
            shapes.append(array.shape[:-2])
        try:
            return tuple(jnp.broadcast_shapes(*shapes)) if shapes else ()
        except ValueError:
            raise InputError(
                f"arguments of {self.name}", f"of shapes {shapes} do not broadcast together", ""
            ) from None

    def _function(self, dtype: str) -> Callable[..., tuple[Any, ...]]:
        """The values with their derivative rules, on arrays of one batch shape."""
        if dtype not in self._functions:
            values = self._exported[f"{dtype}/values"]
            ranks = [0 if shape is None else 2 for _, shape in self._args]
            if self._matrices or f"{dtype}/first" not in self._exported or not self._args:
                self._functions[dtype] = _reversible(values, ranks, 2)
            else:
                parts = [self._exported[f"{dtype}/{part}"] for part in ("first", "second")]
                self._functions[dtype] = _differentiable([values, *parts])
        return self._functions[dtype]


# -- exported functions as JAX functions --------------------------------------------------------


def _mapped(exported: Any, ranks: Sequence[int]) -> Callable[..., tuple[Any, ...]]:
    """An exported function on arrays of any batch shape; a mapped axis joins the batch.

    `ranks`: how many axes of each argument belong to its value (0, or 2 for a matrix).
    """

    def flat(*args: Any) -> tuple[Any, ...]:
        batch = args[0].shape[: args[0].ndim - ranks[0]] if args else ()
        size = prod(batch)
        cores = [a.shape[a.ndim - r :] for a, r in zip(args, ranks, strict=True)]
        if size == 0:  # an exported batch has at least one entry
            shapes = jax.eval_shape(
                exported.call,
                *(jax.ShapeDtypeStruct((1, *c), a.dtype) for a, c in zip(args, cores)),
            )
            return tuple(jnp.zeros((*batch, *s.shape[1:]), s.dtype) for s in tupled(shapes))
        found = exported.call(*(a.reshape((size, *c)) for a, c in zip(args, cores, strict=True)))
        return tuple(r.reshape((*batch, *r.shape[1:])) for r in tupled(found))

    if not ranks:
        return lambda: tuple(r.reshape(r.shape[1:]) for r in tupled(exported.call()))
    call = jax.custom_batching.custom_vmap(flat)

    @call.def_vmap
    def rule(axis_size: int, in_batched: Any, *args: Any) -> Any:
        wide = [
            a if mapped else jnp.broadcast_to(a, (axis_size, *a.shape))
            for a, mapped in zip(args, in_batched, strict=True)
        ]
        results = call(*wide)
        return results, tuple(True for _ in results)

    return call


def tupled(results: Any) -> tuple[Any, ...]:
    """What an exported call returned, as a tuple."""
    return tuple(results) if isinstance(results, (tuple, list)) else (results,)


def _differentiable(parts: Sequence[Any]) -> Callable[..., tuple[Any, ...]]:
    """Values, first and second partial derivatives, as a function with both modes twice."""
    count = len(parts[0].in_avals)
    ranks = [0] * count
    if len(parts) == 1:
        return _reversible(parts[0], ranks, 1)
    values = _mapped(parts[0], ranks)
    slopes = _differentiable(parts[1:])
    carrying = jax.custom_jvp(values)

    def rule(primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
        results = carrying(*primals)
        moving = [
            k
            for k, t in enumerate(tangents)
            if not isinstance(t, jax.custom_derivatives.SymbolicZero)
        ]
        dots = [jnp.zeros_like(r) for r in results]
        if moving:
            # the partial derivatives of all results by the first argument, then by the second ...
            coefficients = slopes(*primals)
            for k in moving:
                for j in range(len(results)):
                    dots[j] = dots[j] + coefficients[k * len(results) + j] * tangents[k]
        return results, tuple(dots)

    carrying.defjvp(rule, symbolic_zeros=True)
    return carrying


def _reversible(exported: Any, ranks: Sequence[int], order: int) -> Callable[..., tuple[Any, ...]]:
    """An exported function with its exported reverse mode, `order` times."""
    values = _mapped(exported, ranks)
    if order == 0 or not ranks or not exported.has_vjp():
        return values
    out_ranks = [len(a.shape) - 1 for a in exported.out_avals]
    carrying = jax.custom_vjp(values)
    made: list[Callable[..., tuple[Any, ...]]] = []

    def back(args: Any, cotangents: Any) -> tuple[Any, ...]:
        if not made:
            made.append(_reversible(exported.vjp(), [*ranks, *out_ranks], order - 1))
        return made[0](*args, *cotangents)

    carrying.defvjp(lambda *args: (carrying(*args), args), back)
    return carrying


def _check_layout(layout: Any, count: int) -> None:
    """Refuse a layout that does not arrange `count` results."""
    kind, *rest = layout
    if kind in ("entry", "matrix"):
        numbers = [int(number) for number in rest]
        start, size = (numbers[0], 1) if kind == "entry" else (numbers[0], numbers[1] * numbers[2])
        if min(start, size) < 0 or start + size > count:
            raise ValueError("layout")
    elif kind == "dict":
        for _, part in rest[0]:
            _check_layout(part, count)
    elif kind in ("list", "tuple"):
        for part in rest[0]:
            _check_layout(part, count)
    else:
        raise ValueError("layout")


def _assembled(layout: Any, values: Sequence[Any], batch: tuple[int, ...]) -> Any:
    """The returned object, with explicit matrices on the last two axes."""
    kind, *rest = layout
    if kind == "entry":
        return values[rest[0]]
    if kind == "matrix":
        start, rows, columns = rest
        if not rows * columns:
            return jnp.zeros((rows, columns))
        flat = jnp.stack(values[start : start + rows * columns], axis=-1)
        return flat.reshape((*batch, rows, columns))
    if kind == "dict":
        return {key: _assembled(part, values, batch) for key, part in rest[0]}
    parts = [_assembled(part, values, batch) for part in rest[0]]
    return parts if kind == "list" else tuple(parts)
