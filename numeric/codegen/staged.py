"""Formulas with matrices: scalar kernels with exact derivatives, between plain matrix operations.

The scalar parts of a matrix formula (coefficients in front of matrices, functions of traces and
determinants) become kernels with their own derivative rules; products, solves and inverses are
differentiated by JAX.  Stages alternate: scalars of the arguments, matrices, scalars of those ...

*Main definitions*: `Staged`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from derivax.numeric.codegen import emit
from derivax.numeric.codegen.kernel import Kernel, module, result_dtypes
from derivax.numeric.codegen.lower.matrices import BOUNDARY
from derivax.numeric.codegen.recognisers import rebuilt_into
from derivax.numeric.codegen.tape import Tape
from derivax.numeric.codegen.writer import Writer, wrap

__all__ = ["Staged", "has_matrices"]

LEAVES = frozenset({"arg", "const", "named"}) | BOUNDARY


def has_matrices(tape: Tape, outputs: Sequence[int]) -> bool:
    """Whether the outputs need matrix operations."""
    return any(tape[i].shape is not None or tape[i].op in BOUNDARY for i in tape.reachable(outputs))


class Staged:
    """`name(*args) -> tuple of outputs`, scalars and matrices mixed."""

    def __init__(
        self,
        name: str,
        tape: Tape,
        outputs: Sequence[int],
        arg_names: Sequence[str],
        *,
        rewrite: bool = True,
    ) -> None:
        self.name, self.tape, self.outputs = name, tape, tuple(outputs)
        self.arg_names, self.rewrite = tuple(arg_names), rewrite

    def __getstate__(self) -> dict[str, Any]:
        kept = ("name", "tape", "outputs", "arg_names", "rewrite")
        return {key: self.__dict__[key] for key in kept}

    # -- stages -------------------------------------------------------------------------------

    @cached_property
    def _written(self) -> tuple[list[Kernel], str, frozenset[str], Mapping[str, str]]:
        tape = self.tape
        order = tape.reachable(self.outputs)
        level: dict[int, int] = {}
        for i in order:
            below = max((level[k] for k in tape[i].operands), default=0)
            level[i] = below + (tape[i].op in BOUNDARY and bool(tape[i].operands))
        needed: dict[int, list[int]] = {}
        seen: set[int] = set()
        users = [
            k
            for i in order
            if tape[i].shape is not None or tape[i].op in BOUNDARY
            for k in tape[i].operands
        ]
        for i in [*users, *self.outputs]:
            if tape[i].shape is None and tape[i].op not in LEAVES and i not in seen:
                seen.add(i)
                needed.setdefault(level[i], []).append(i)
        writer = Writer(tape, (), self.arg_names, self.name)
        kernels: list[Kernel] = []
        for stage in range(max(level.values(), default=0) + 1):
            for i in order:  # boundary scalars of this stage, then its kernel, then its matrices
                if level[i] == stage and tape[i].shape is None and tape[i].op in LEAVES:
                    writer.write(i)
            if stage in needed:
                kernels.append(self._kernel(len(kernels) + 1, needed[stage], writer))
            for i in order:
                if level[i] == stage and tape[i].shape is not None:
                    writer.write(i)
        lines = [wrap(f"def {self.name}(", self.arg_names, "):", "")]
        lines += [f"    {line}" for line in writer.lines]
        results = [writer.texts[i].text for i in self.outputs]
        lines.append(wrap("return (", results, ",)" if len(results) == 1 else ")"))
        return kernels, "\n".join(lines), frozenset(writer.needed), writer.definitions

    def _kernel(self, number: int, wanted: Sequence[int], writer: Writer) -> Kernel:
        """The kernel of these scalars; its call is written, its results get names."""
        source, tape = self.tape, Tape()
        tape.given = source.given
        new: dict[int, int] = {}
        texts: list[str] = []
        leaf_ids: list[int] = []
        names: list[str] = []
        stack = [(i, False) for i in reversed(wanted)]
        while stack:
            i, ready = stack.pop()
            node = source[i]
            if i in new:
                continue
            if node.op == "arg" or node.op in BOUNDARY:
                name = writer.texts[i].text
                name = name if name.isidentifier() else f"input{len(names) + 1}"
                new[i] = tape.arg(len(names), name, plane=i in source.plane)
                names.append(name)
                leaf_ids.append(new[i])
                texts.append(writer.texts[i].text)
            elif ready:
                new[i] = rebuilt_into(tape, node, [new[k] for k in node.operands])
            else:
                stack.append((i, True))
                stack.extend((k, False) for k in reversed(node.operands) if k not in new)
        name = f"{self.name}_scalars{number}"
        kernel = Kernel(
            name,
            tape,
            [new[i] for i in wanted],
            names,
            leaf_ids,
            single=False,
            rewrite=self.rewrite,
        )
        held = [writer.fresh("scalar") for _ in wanted]
        left = ", ".join(held) if len(held) > 1 else f"({held[0]},)"
        writer.assign(f"{left} = {name}(", texts, ")")
        for i, text in zip(wanted, held, strict=True):
            writer.give(i, text)
        return kernel

    # -- text and functions -------------------------------------------------------------------

    @property
    def text(self) -> tuple[str, frozenset[str], Mapping[str, str]]:
        """The source of the main function, the support functions, and those made for it."""
        _, text, needed, definitions = self._written
        return text, needed, definitions

    def parts(self, derivatives: bool) -> list[Any]:
        """The functions of the module: kernels, their first derivatives, the main function."""
        return [part for k in self._written[0] for part in k.parts(derivatives)] + [self]

    @property
    def source(self) -> str:
        return module(self.parts(False))

    def _load(self, version: Callable[[Kernel], Callable[..., Any]]) -> Callable[..., Any]:
        given = {k.name: version(k) for k in self._written[0]}
        return _together(emit.load(self.source, given)[self.name], self.tape, self.outputs)

    @cached_property
    def function(self) -> Callable[..., tuple[Any, ...]]:
        """With derivative rules in the scalar kernels."""
        return self._load(lambda kernel: kernel.function)

    @cached_property
    def unruled(self) -> Callable[..., tuple[Any, ...]]:
        """The emitted code as it stands."""
        return self._load(lambda kernel: kernel.unruled)


def _together(run: Callable[..., Any], tape: Tape, outputs: Sequence[int]) -> Callable[..., Any]:
    """Scalar outputs broadcast together, so that they can be entries of one matrix."""
    scalar = [tape[i].shape is None for i in outputs]

    def function(*args: Any) -> tuple[Any, ...]:
        import jax.numpy as jnp
        from jax import lax

        dtypes = result_dtypes(args, tape, outputs)
        pairs = zip(run(*args), dtypes, strict=True)
        results = [lax.convert_element_type(r, dtype) for r, dtype in pairs]
        shape = jnp.broadcast_shapes(*(r.shape for r, s in zip(results, scalar, strict=True) if s))
        return tuple(
            jnp.broadcast_to(r, shape) if s else r for r, s in zip(results, scalar, strict=True)
        )

    return function
