"""Kernels: scalar functions that carry their exact derivatives as functions of the same kind.

*Main definitions*: `Kernel`: outputs of one tape as a JAX function with a `custom_jvp` whose
tangent coefficients are the kernels of the symbolic derivatives.

*Implementation notes*: a derivative is taken on the tape as it was read, before any rewriting, and
then rewritten by itself: the derivative of mended code is not accurate, the mended derivative is.
Derivative kernels are made when JAX first asks for them, for perturbed arguments only
(`symbolic_zeros`), and carry rules of their own, so Hessians never differentiate emitted code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol

from derivax.numeric.codegen import emit, support
from derivax.numeric.codegen.differentiate import derivative, pushed_forward
from derivax.numeric.codegen.lower.calculus import supplied
from derivax.numeric.codegen.lower.complex_numbers import is_holomorphic
from derivax.numeric.codegen.recognisers import recognise
from derivax.numeric.codegen.recognisers.rolled import roll
from derivax.numeric.codegen.schedule import Part, parts_of
from derivax.numeric.codegen.tape import Tape
from derivax.numeric.codegen.writer import function_text

Direction = tuple[int, bool]  # an argument, and whether it is moved along I

__all__ = ["Kernel", "result_dtypes"]


class Kernel:
    """`name(*args) -> tuple of outputs`, elementwise over broadcast arrays."""

    def __init__(
        self,
        name: str,
        tape: Tape,
        outputs: Sequence[int],
        arg_names: Sequence[str],
        arg_ids: Sequence[int],
        *,
        single: bool,
        rewrite: bool = True,
        comment: Sequence[str] = (),
    ) -> None:
        self.name, self.tape, self.outputs = name, tape, tuple(outputs)
        self.arg_names, self.arg_ids = tuple(arg_names), tuple(arg_ids)
        self.single, self.rewrite, self.comment = single, rewrite, tuple(comment)
        self._derivatives: dict[int, Kernel] = {}
        self._partials: dict[tuple[Direction, ...], Kernel] = {}

    @cached_property
    def text(self) -> tuple[str, frozenset[str], Mapping[str, str]]:
        """The function's source, the support functions it calls, and those made for it."""
        return function_text(
            self.name,
            self.tape,
            self.rewritten,
            self.arg_names,
            single=self.single,
            comment=self.comment,
        )

    @cached_property
    def rewritten(self) -> tuple[int, ...]:
        """The outputs as they are written down: rewritten by the recognisers, long sums rolled."""
        if self.tape.plane:  # the rewrites compare and order real numbers
            return self.outputs
        outputs = recognise(self.tape, self.outputs) if self.rewrite else self.outputs
        return roll(self.tape, outputs, self.rewrite)

    @property
    def parts_of_text(self) -> list[Part]:
        """The parts in which the function is written; none where it is written in one."""
        return parts_of(self.tape, self.rewritten)

    @property
    def source(self) -> str:
        """A module with this one function."""
        return module([self])

    def derivative(self, position: int) -> Kernel:
        """The kernel of the partial derivatives with respect to one argument."""
        found = self._derivatives.get(position)
        if found is None:
            arg = self.arg_names[position]
            outputs = derivative(self.tape, self.outputs, self.arg_ids[position])
            found = Kernel(
                f"{self.name}_d_{arg}",
                self.tape,
                outputs,
                self.arg_names,
                self.arg_ids,
                single=self.single,
                rewrite=self.rewrite,
                comment=(f"partial derivative of {self.name}", f"with respect to {arg}"),
            )
            self._derivatives[position] = found
        return found

    def directions(self, positions: Sequence[int]) -> tuple[Direction, ...]:
        """In which directions these arguments are moved: a complex one also along I, unless the
        kernel is holomorphic."""
        plane = self.tape.plane
        both = bool(plane) and not is_holomorphic(self.tape, self.outputs)
        return tuple(
            (k, along_i)
            for k in positions
            for along_i in ((False, True) if both and self.arg_ids[k] in plane else (False,))
        )

    def partials(self, directions: tuple[Direction, ...]) -> Kernel:
        """One kernel of all derivatives in these directions, so that they share what they have in
        common."""
        found = self._partials.get(directions)
        if found is None:
            outputs: list[int] = []
            for position, along_i in directions:
                seed = self.tape.push("imaginary") if along_i else self.tape.const(1)
                outputs += pushed_forward(self.tape, self.outputs, {self.arg_ids[position]: seed})
            found = Kernel(
                f"{self.name}_partials",
                self.tape,
                outputs,
                self.arg_names,
                self.arg_ids,
                single=False,
                rewrite=self.rewrite,
            )
            self._partials[directions] = found
        return found

    def parts(self, derivatives: bool) -> list[Kernel]:
        """The functions of the module: this one and its first partial derivatives."""
        positions = range(len(self.arg_names)) if derivatives else ()
        return [self, *(self.derivative(k) for k in positions)]

    def vanishes(self, output: int) -> bool:
        """Whether an output is the constant 0."""
        return self.tape.number(self.outputs[output]) == 0

    @cached_property
    def plain(self) -> Callable[..., Any]:
        """The checked, executed source, differentiated by JAX as it stands."""
        source = self.source
        return emit.load(source, supplied(self.tape.given, source))[self.name]

    def __getstate__(self) -> dict[str, Any]:
        kept = ("name", "tape", "outputs", "arg_names", "arg_ids", "single", "rewrite", "comment")
        return {key: self.__dict__[key] for key in kept}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _derivatives={}, _partials={})

    def unruled(self, *args: Any) -> tuple[Any, ...]:
        """The values, without a derivative rule: JAX differentiates the emitted code."""
        import jax.numpy as jnp
        from jax import lax

        shape = jnp.broadcast_shapes(*(a.shape for a in args)) if args else ()
        dtypes = result_dtypes(args, self.tape, self.outputs)
        results = self.plain(*args)
        if self.single:
            results = (results,)
        return tuple(
            jnp.broadcast_to(lax.convert_element_type(r, dtype), shape)
            for r, dtype in zip(results, dtypes, strict=True)
        )

    @cached_property
    def function(self) -> Callable[..., tuple[Any, ...]]:
        """The kernel as a JAX function of arrays, always returning a tuple."""
        import jax
        import jax.numpy as jnp

        if not self.arg_names:
            return self.unruled
        carrying = jax.custom_jvp(self.unruled)

        def rule(primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
            results = carrying(*primals)
            moving = tuple(
                k
                for k, t in enumerate(tangents)
                if not isinstance(t, jax.custom_derivatives.SymbolicZero)
            )
            sums: list[Any] = [None] * len(results)
            if moving:
                directions = self.directions(moving)
                partials = self.partials(directions)
                two_sided = {k for k, along_i in directions if along_i}
                coefficients = partials.function(*primals)
                for j, coefficient in enumerate(coefficients):
                    if not partials.vanishes(j):
                        direction, k = divmod(j, len(results))
                        position, along_i = directions[direction]
                        tangent = tangents[position]
                        if position in two_sided:
                            tangent = jnp.imag(tangent) if along_i else jnp.real(tangent)
                        term = coefficient * tangent
                        sums[k] = term if sums[k] is None else sums[k] + term
            return results, tuple(
                jnp.zeros_like(r) if s is None else s if s.dtype == r.dtype else s.astype(r.dtype)
                for r, s in zip(results, sums, strict=True)
            )

        carrying.defjvp(rule, symbolic_zeros=True)
        return carrying


def result_dtypes(args: Sequence[Any], tape: Tape, outputs: Sequence[int]) -> list[Any]:
    """The dtype of each output: that of the arguments, complex where the output is."""
    import jax.numpy as jnp

    real = jnp.finfo(args[0].dtype).dtype if args else jnp.result_type(float)
    plane = jnp.result_type(real, 1j) if tape.plane else real
    return [plane if i in tape.plane else real for i in outputs]


class Written(Protocol):
    """What has the text of one function: (text, support functions, functions made for it)."""

    @property
    def text(self) -> tuple[str, frozenset[str], Mapping[str, str]]: ...


def module(kernels: Sequence[Written], doc: str = "") -> str:
    """The text of a module with these kernels and the support functions that they call."""
    needed: frozenset[str] = frozenset().union(*(k.text[1] for k in kernels))
    parts = [f'"""{doc}"""\n\n{emit.HEADER}' if doc else emit.HEADER]
    if needed:
        parts.append(support.source(needed))
    made: dict[str, str] = {}
    for k in kernels:
        made.update(k.text[2])
    parts += [*made.values(), *(k.text[0] for k in kernels)]
    return "\n\n\n".join(part.strip("\n") for part in parts) + "\n"
