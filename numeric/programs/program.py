r"""Program: a JAX function of arrays around kernels that were derived.

Main definitions: `Program`, `Array`.

Implementation notes.  The module text (`source`) is what runs: kernels, the support functions they
call, the array code, and one entry that puts the kernels into the array code.  It passes
`emit.check_source` and is run without builtins, so that an exported module and a re-check run the
same text.  In this process the kernels of that text carry their derivative rules.

Derivatives are right up to the declared order; one more is refused with an error instead of being
silently wrong (array code may hold an eigenbasis fixed to first order).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from derivax.errors import InputError
from derivax.numeric.codegen import emit
from derivax.numeric.codegen.compiled import Compiled, require
from derivax.numeric.codegen.kernel import Kernel, module
from derivax.numeric.programs.array_code import ArrayCode

__all__ = ["Array", "Program"]


@dataclass(frozen=True)
class Array:
    """A declared argument or result.

    Args:
        name: of the argument.
        shape: sizes, each a number or a name; equal names are equal sizes.
        title: what it is, with its unit.
        low: the least value that an entry may have (None: any); `strict`: must exceed it.
    """

    name: str
    shape: tuple[int | str, ...] = ()
    title: str = ""
    low: float | None = None
    strict: bool = False

    def __str__(self) -> str:
        return f"{self.name}[{', '.join(map(str, self.shape))}]" if self.shape else self.name


class Program:
    r"""A JAX function of arrays whose scalar kernels are compiled from named derivation steps.

    Called by position or by argument name; works under `jax.jit`, `vmap`, `grad`, `jvp` (up to the
    order `derivatives`), and keeps a sharding of its inputs along the dimension `batch`.

    Attributes: `name`, `title`, `source` (text of a module that needs only jax), `entry` (the
    function in it), `arg_names`, `arguments` and `results` (names, shapes, meaning), `kernels`
    (name -> Compiled), `claims`, `reference`, `derivations`, `derivatives`, `batch`.
    Immutable; equal and hashed by what it computes.

    Raises: `InputError` when shapes contradict each other (naming both arguments and the
        dimension), values leave their range, or the program's own precondition fails.
    """

    name: str
    title: str
    citation: str
    arguments: tuple[Array, ...]
    results: tuple[Array, ...]
    kernels: Mapping[str, Compiled]
    array_code: ArrayCode
    derivations: tuple[Any, ...]
    claims: tuple[Any, ...]
    reference: Callable[[Mapping[str, Any], int], Mapping[str, Any]] | None
    cases: Callable[[Any], Any] | None
    compared: Callable[[Mapping[str, Any], Mapping[str, Any]], Mapping[str, Any]] | None
    precondition: Callable[[Mapping[str, Any]], None] | None
    derivatives: int
    differentiable: tuple[str, ...]
    rough: tuple[str, ...]
    """cases at which the function has no derivative"""
    batch: str | None
    dtype: str | None

    def __init__(
        self,
        *,
        name: str,
        title: str,
        arguments: Sequence[Array],
        results: Sequence[Array],
        kernels: Mapping[str, Compiled],
        array_code: ArrayCode,
        derivations: Sequence[Any],
        claims: Sequence[Any] = (),
        reference: Callable[..., Any] | None = None,
        cases: Callable[..., Any] | None = None,
        compared: Callable[..., Any] | None = None,
        precondition: Callable[..., None] | None = None,
        derivatives: int = 1,
        differentiable: Sequence[str] | None = None,
        rough: Sequence[str] = (),
        batch: str | None = None,
        citation: str = "",
        dtype: str | None = None,
    ) -> None:
        wrong = [k for k, c in kernels.items() if not isinstance(getattr(c, "kernel", 0), Kernel)]
        if wrong:
            raise InputError(wrong[0], "is no scalar kernel", "pass what compile_formula returns")
        if name == array_code.entry or name in kernels:
            raise InputError(name, "names the program and a function in it", "rename one")
        named = [a.name for a in arguments]
        self.__dict__.update(
            name=name,
            title=title,
            citation=citation,
            arguments=tuple(arguments),
            results=tuple(results),
            kernels=dict(kernels),
            array_code=array_code,
            derivations=tuple(derivations),
            claims=tuple(claims),
            reference=reference,
            cases=cases,
            compared=compared,
            precondition=precondition,
            derivatives=derivatives,
            differentiable=tuple(named if differentiable is None else differentiable),
            rough=tuple(rough),
            batch=batch,
            dtype=dtype,
            arg_names=tuple(named),
        )

    arg_names: tuple[str, ...]

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"a Program is immutable: cannot set {name!r}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a Program is immutable: cannot delete {name!r}")

    # -- calling ------------------------------------------------------------------------------

    def __call__(self, *args: Any, **named: Any) -> dict[str, Any]:
        import jax

        values = self._bound(args, named)
        arrays = self._arrays(values)
        self._check_shapes(arrays)
        if not any(isinstance(a, jax.core.Tracer) for a in arrays):
            self._check_values(dict(zip(self.arg_names, arrays, strict=True)))
        return self._jitted(*arrays)

    @property
    def call(self) -> str:
        """`name(arguments)`, as messages write it."""
        return f"{self.name}({', '.join(self.arg_names)})"

    def _bound(self, args: Sequence[Any], named: Mapping[str, Any]) -> tuple[Any, ...]:
        names = self.arg_names
        if len(args) > len(names):
            raise InputError(f"{len(args)} arguments", f"{self.call} takes {len(names)}")
        values = dict(zip(names, args, strict=False))
        for name, value in named.items():
            if name not in names:
                raise InputError(f"argument {name!r}", f"{self.call} has no such argument")
            if name in values:
                raise InputError(f"argument {name!r}", f"given twice in a call of {self.call}")
            values[name] = value
        missing = [n for n in names if n not in values]
        if missing:
            raise InputError(self.call, f"missing {', '.join(missing)}")
        return tuple(values[n] for n in names)

    def _arrays(self, values: Sequence[Any]) -> list[Any]:
        """The arguments as arrays of one floating format."""
        import jax.numpy as jnp
        from jax import lax

        found = []
        for name, value in zip(self.arg_names, values, strict=True):
            try:
                array = value if hasattr(value, "dtype") else jnp.asarray(value)
                kind = jnp.result_type(array)
            except (TypeError, ValueError) as error:
                raise InputError(
                    f"argument {name!r} of {self.name}", f"is no array ({error})", ""
                ) from None
            if not (jnp.issubdtype(kind, jnp.floating) or jnp.issubdtype(kind, jnp.integer)):
                raise InputError(
                    f"argument {name!r} of {self.name}", f"holds {kind}", "pass real numbers"
                )
            found.append(array)
        if self.dtype is not None:
            require(self.dtype)
            dtype: Any = jnp.dtype(self.dtype)
        else:
            strong = [a for v, a in zip(values, found, strict=True) if hasattr(v, "dtype")]
            dtype = jnp.result_type(*(strong or found))
            if not jnp.issubdtype(dtype, jnp.floating):
                dtype = jnp.result_type(float)
        return [lax.convert_element_type(jnp.asarray(a), dtype) for a in found]

    def _check_shapes(self, arrays: Sequence[Any]) -> dict[str, int]:
        """The named sizes; refuses arrays whose sizes contradict the declaration."""
        sizes: dict[str, tuple[int, str]] = {}
        for declared, array in zip(self.arguments, arrays, strict=True):
            shape = tuple(array.shape)
            if len(shape) != len(declared.shape):
                raise InputError(
                    f"{declared.name} of shape {shape} in {self.call}",
                    f"{len(declared.shape)} dimensions are needed",
                    f"pass {declared}; use jax.vmap for more of them",
                )
            for wanted, size in zip(declared.shape, shape, strict=True):
                if isinstance(wanted, int):
                    if size != wanted:
                        raise InputError(
                            f"{declared.name} of shape {shape} in {self.call}",
                            f"its size {size} must be {wanted}",
                            f"pass {declared}",
                        )
                elif sizes.setdefault(wanted, (size, declared.name))[0] != size:
                    known, first = sizes[wanted]
                    raise InputError(
                        f"{declared.name} of shape {shape} in {self.call}",
                        f"{wanted} is {size} here, but {known} in {first}",
                        "pass " + ", ".join(map(str, self.arguments)),
                    )
                if size == 0:
                    raise InputError(
                        f"{declared.name} of shape {shape} in {self.call}", "is empty", ""
                    )
        return {name: size for name, (size, _) in sizes.items()}

    def _check_values(self, arrays: Mapping[str, Any]) -> None:
        """What concrete arrays must satisfy: finite, in range, the program's own precondition."""
        import numpy as np

        for declared in self.arguments:
            value = np.asarray(arrays[declared.name])
            if not np.isfinite(value).all():
                raise InputError(
                    f"{declared.name} in {self.call}", "holds NaN or infinite entries", ""
                )
            if declared.low is not None:
                least = float(value.min())
                if least < declared.low or (declared.strict and least == declared.low):
                    sign = ">" if declared.strict else ">="
                    raise InputError(
                        f"{declared.name} = {least:.6g} in {self.call}",
                        f"must be {sign} {declared.low:g}",
                        declared.title,
                    )
        if self.precondition is not None:
            self.precondition(arrays)

    @cached_property
    def _jitted(self) -> Any:
        import jax

        return jax.jit(self._apply)

    def _apply(self, *arrays: Any) -> dict[str, Any]:
        found = self._function(*arrays)
        return dict(zip((r.name for r in self.results), found, strict=True))

    @cached_property
    def _function(self) -> Callable[..., tuple[Any, ...]]:
        """The loaded text, with derivative rules in its kernels, differentiable as declared."""
        rules = {k.name: _with_rule(k.kernel) for k in self.kernels.values()}  # type: ignore[arg-type]
        run = emit.load(self.source, rules)[self.entry]
        return _differentiable(run, self.derivatives, self.name)

    # -- what it is ---------------------------------------------------------------------------

    @property
    def entry(self) -> str:
        """The name of the function in `source`."""
        return self.name

    @cached_property
    def source(self) -> str:
        """The text of the module: kernels, array code, entry."""
        kernels = [c.kernel for c in self.kernels.values()]
        parts = [*kernels, _Written(*self.array_code.written()), _Written(self._entry_text())]
        text = module(parts)
        emit.check_source(text)
        return text

    def _entry_text(self) -> str:
        names = ", ".join(self.arg_names)
        inner = ", ".join([*(c.kernel.name for c in self.kernels.values()), *self.arg_names])
        lines = [f"def {self.entry}({names}):", f'    """{self.title}.', ""]
        lines += [f"    {a}: {a.title}" for a in self.arguments]
        lines += [f"    returns {r}: {r.title}" for r in self.results]
        lines += ['    """', f"    return {self.array_code.entry}({inner})"]
        return "\n".join(lines)

    @cached_property
    def signature(self) -> inspect.Signature:
        """Names in calling order; `arguments` holds the shapes."""
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        return inspect.Signature(
            [inspect.Parameter(a.name, kind, annotation=str(a)) for a in self.arguments],
            return_annotation=", ".join(map(str, self.results)),
        )

    @property
    def __signature__(self) -> inspect.Signature:
        return self.signature

    @property
    def __name__(self) -> str:
        return self.name

    @property
    def derivation(self) -> Any:
        """The derivation of the result (the first of `derivations`)."""
        return self.derivations[0]

    @cached_property
    def _identity(self) -> tuple[Hashable, ...]:
        return (self.source, self.dtype, self.derivatives)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Program) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)

    def __repr__(self) -> str:
        inner = ", ".join(map(str, self.arguments))
        return f"<Program {self.name}({inner}) -> {', '.join(map(str, self.results))}>"

    def with_array_code(self, code: ArrayCode) -> Program:
        """The same declaration around other array code: how a change of the code is judged."""
        return self._changed(array_code=code)

    def with_dtype(self, dtype: str | None) -> Program:
        """The same program for one floating format."""
        return self._changed(dtype=dtype)

    def _changed(self, **changes: Any) -> Program:
        options = inspect.signature(Program.__init__).parameters
        kept = {k: self.__dict__[k] for k in options if k != "self"}
        return Program(**{**kept, **changes})


class _Written:
    """Text as a part of a module."""

    def __init__(self, text: str, needed: frozenset[str] = frozenset()) -> None:
        self.text: tuple[str, frozenset[str], Mapping[str, str]] = (text, needed, {})


def _with_rule(kernel: Kernel) -> Callable[..., Any]:
    """A kernel with its derivative rule, returning what its text returns."""

    def run(*args: Any) -> Any:
        import jax.numpy as jnp

        dtype = jnp.result_type(*args)
        found = kernel.function(*(jnp.asarray(a, dtype) for a in args))
        return found[0] if kernel.single else found

    return run


def _differentiable(run: Callable[..., Any], order: int, name: str) -> Callable[..., Any]:
    """`run`, which may be differentiated `order` times; once more is an error, no wrong value."""
    import jax

    def refuse() -> None:
        raise InputError(
            f"derivative of order {order + 1} of {name}",
            f"its derivatives are right up to order {order}",
            "use difference quotients of those",
        )

    def guard(left: int) -> Callable[[Any], Any]:
        """The identity, which may be differentiated `left` times."""

        @jax.custom_jvp
        def same(x: Any) -> Any:
            return x

        def rule(primals: Any, tangents: Any) -> Any:
            if left == 0:
                refuse()
            return guard(left - 1)(primals[0]), tangents[0]

        same.defjvp(rule)
        return same

    carrying = jax.custom_jvp(run)

    def rule(primals: Any, tangents: Any) -> Any:
        if order == 0:
            refuse()
        return jax.jvp(run, tuple(map(guard(order - 1), primals)), tuple(tangents))

    carrying.defjvp(rule)
    return carrying
