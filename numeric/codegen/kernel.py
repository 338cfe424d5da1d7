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
from derivax.numeric.codegen.differentiate import derivative
from derivax.numeric.codegen.recognisers import recognise
from derivax.numeric.codegen.recognisers.rolled import roll
from derivax.numeric.codegen.schedule import Part, parts_of
from derivax.numeric.codegen.tape import Tape
from derivax.numeric.codegen.writer import function_text

__all__ = ["Kernel"]


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
        self._partials: dict[tuple[int, ...], Kernel] = {}

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
        outputs = recognise(self.tape, self.outputs) if self.rewrite else self.outputs
        return roll(self.tape, outputs)

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
                comment=(f"partial derivative of {self.name}", f"with respect to {arg}"),
            )
            self._derivatives[position] = found
        return found

    def partials(self, positions: tuple[int, ...]) -> Kernel:
        """One kernel of all partial derivatives with respect to these arguments, so that they
        share what they have in common."""
        found = self._partials.get(positions)
        if found is None:
            outputs: list[int] = []
            for position in positions:
                outputs += derivative(self.tape, self.outputs, self.arg_ids[position])
            found = Kernel(
                f"{self.name}_partials",
                self.tape,
                outputs,
                self.arg_names,
                self.arg_ids,
                single=False,
                rewrite=self.rewrite,
            )
            self._partials[positions] = found
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
        return emit.load(self.source)[self.name]

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
        dtype = args[0].dtype if args else jnp.result_type(float)
        results = self.plain(*args)
        if self.single:
            results = (results,)
        return tuple(jnp.broadcast_to(lax.convert_element_type(r, dtype), shape) for r in results)

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
                partials = self.partials(moving)
                coefficients = partials.function(*primals)
                for j, coefficient in enumerate(coefficients):
                    if not partials.vanishes(j):
                        position, k = divmod(j, len(results))
                        term = coefficient * tangents[moving[position]]
                        sums[k] = term if sums[k] is None else sums[k] + term
            return results, tuple(
                jnp.zeros_like(r) if s is None else s for r, s in zip(results, sums, strict=True)
            )

        carrying.defjvp(rule, symbolic_zeros=True)
        return carrying


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
