"""Top-level calls: XLA's options by size, parts compiled in parallel, a cache on request.

*Main definitions*: `Runner` (how a compiled formula runs outside any other program), `Store` (a
directory of compiled programs that the caller named).
"""

from __future__ import annotations

import hashlib
import os
import pickle
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from derivax.numeric.codegen import constants, emit, schedule
from derivax.numeric.codegen.kernel import Kernel
from derivax.numeric.codegen.outputs import assemble
from derivax.numeric.codegen.writer import part_name

if TYPE_CHECKING:
    from derivax.numeric.codegen.compiled import Compiled

__all__ = ["Runner", "Store"]

TRIALS = 3


class Runner:
    """Runs one `Compiled` on concrete arrays."""

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        kernel = compiled.kernel
        self.operations = len(kernel.tape.reachable(kernel.outputs))
        self.store = Store(compiled.cache) if compiled.cache is not None else None
        self._programs: dict[Any, Callable[..., Any]] = {}
        self._jitted: Any = None
        self.parts: list[schedule.Part] = []
        if isinstance(kernel, Kernel) and compiled.optimize != "run":
            self.parts = kernel.parts_of_text

    def __call__(self, *args: Any) -> Any:
        import jax

        if self._jitted is None and not self.store and not self._choices and not self.parts:
            options = _on_cpu(self._options())
            plain = self.compiled._jitted
            self._jitted = (
                jax.jit(self.compiled._apply, compiler_options=dict(options)) if options else plain
            )
        if self._jitted is self.compiled._jitted:
            return self._jitted(*args)
        if isinstance(jax.lax.add(1.0, 1.0), jax.core.Tracer):  # numbers inside another program
            return self.compiled._jitted(*args)
        if self._jitted is not None:
            return self._jitted(*args)
        arrays = self.compiled._arrays(args)
        key = tuple((a.shape, a.dtype.name) for a in arrays)
        if key not in self._programs:
            build = self._in_parts if self.parts else self._whole
            self._programs[key] = build(arrays, repr(key))
        return self._programs[key](*arrays)

    @property
    def _choices(self) -> tuple[Mapping[str, Any], ...]:
        found = schedule.candidates(self.operations, self.compiled.optimize)
        return found if _on_cpu({"any": 1}) else ()

    def _options(self) -> Mapping[str, Any]:
        outputs = len(self.compiled.kernel.outputs)
        return schedule.compiler_options(self.operations, outputs, self.compiled.optimize)

    # -- one program --------------------------------------------------------------------------

    def _whole(self, arrays: Sequence[Any], key: str) -> Callable[..., Any]:
        compiled = self.compiled
        kernel = compiled.kernel
        run = kernel.function if compiled.derivatives else kernel.unruled

        def program(*given: Any) -> Any:
            return assemble(compiled.layout, run(*given))

        if not self._choices:
            return self._program(program, arrays, self._options(), key)[0]
        best: tuple[float, Callable[..., Any]] | None = None
        for options in self._choices:
            candidate = self._program(program, arrays, options, key)[0]
            seconds = _fastest(candidate, arrays)
            if best is None or seconds < best[0]:
                best = seconds, candidate
        assert best is not None
        return best[1]

    def _program(
        self, function: Callable[..., Any], given: Sequence[Any], options: Any, key: str
    ) -> tuple[Callable[..., Any], Any]:
        """The compiled program, and what it returns."""
        import jax

        options = _on_cpu(options)
        label = f"{self.compiled._identity}{sorted(options.items())}{key}"
        if self.store:
            found = self.store.load(label)
            if found is not None:
                return found, None
        traced = jax.jit(function, compiler_options=dict(options) or None).trace(*given)
        program = traced.lower().compile()
        if self.store:
            self.store.save(label, program, given)
        return program, traced.out_info

    # -- parts --------------------------------------------------------------------------------

    def _in_parts(self, arrays: Sequence[Any], key: str) -> Callable[..., Any]:
        import jax
        import jax.numpy as jnp

        kernel = self.compiled.kernel
        assert isinstance(kernel, Kernel)
        functions = emit.load(kernel.source)
        shape = jnp.broadcast_shapes(*(a.shape for a in arrays))
        like = jax.ShapeDtypeStruct(shape, arrays[0].dtype)
        known: dict[int, Any] = dict.fromkeys(kernel.arg_ids, like)
        programs: list[Future[Any]] = []
        with ThreadPoolExecutor(max(os.cpu_count() or 1, 2)) as pool:
            for k, part in enumerate(self.parts):
                function = functions[part_name(kernel.name, k)]
                options = _on_cpu(
                    schedule.compiler_options(schedule.PART, len(part.outputs), "compile")
                )
                given = [known[i] for i in part.inputs]
                label = f"{self.compiled._identity}{sorted(options.items())}{key}{k}"
                traced = jax.jit(function, compiler_options=dict(options) or None).trace(*given)
                known.update(zip(part.outputs, traced.out_info, strict=True))
                programs.append(pool.submit(self._compiled_part, traced, label, given))
            ready = [p.result() for p in programs]
        lasts: dict[int, int] = {}
        for k, part in enumerate(self.parts):
            lasts.update(dict.fromkeys(part.inputs, k))
        keep = set(kernel.rewritten)
        finish = jax.jit(lambda *values: assemble(self.compiled.layout, values))

        def run(*given: Any) -> Any:
            whole = [jnp.broadcast_to(a, shape) for a in given]
            values = dict(zip(kernel.arg_ids, whole, strict=True))
            for k, (part, program) in enumerate(zip(self.parts, ready, strict=True)):
                results = program(*(values[i] for i in part.inputs))
                values.update(zip(part.outputs, results, strict=True))
                for i in part.inputs:  # memory of what no later part needs
                    if lasts[i] == k and i not in keep:
                        values.pop(i)
            return finish(*(self._value(values, i, like) for i in kernel.rewritten))

        return run

    def _compiled_part(self, traced: Any, label: str, given: Sequence[Any]) -> Any:
        found = self.store.load(label) if self.store else None
        if found is not None:
            return found
        program = traced.lower().compile()
        if self.store:
            self.store.save(label, program, given)
        return program

    def _value(self, values: Mapping[int, Any], i: int, like: Any) -> Any:
        import jax.numpy as jnp

        if i in values:
            return jnp.broadcast_to(values[i], like.shape).astype(like.dtype)
        number = constants.evaluate(self.compiled.kernel.tape, i)
        value = float("nan") if number is None else constants.round_to_double(number)
        return jnp.full(like.shape, value, like.dtype)


def _fastest(program: Callable[..., Any], arrays: Sequence[Any]) -> float:
    import jax

    jax.block_until_ready(program(*arrays))
    seconds = []
    for _ in range(TRIALS):
        start = time.perf_counter()
        jax.block_until_ready(program(*arrays))
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def _on_cpu(options: Mapping[str, Any]) -> Mapping[str, Any]:
    """The options where they apply: on a CPU, with an XLA that knows them."""
    import jax

    if not options or jax.default_backend() != "cpu":
        return {}
    return options if "any" in options or _accepted(tuple(sorted(options.items()))) else {}


@lru_cache(maxsize=16)
def _accepted(options: tuple[tuple[str, Any], ...]) -> bool:
    import jax

    try:
        jax.jit(lambda x: x, compiler_options=dict(options))(0.0)
    except (RuntimeError, ValueError, TypeError):  # an option of another version of XLA
        return False
    return True


class Store:
    """Compiled programs as files of a directory.

    They hold machine code, as every such cache does: use a directory that only you can write to.
    A file belongs to one source text, shapes, versions and kind of processor; what does not fit or
    is damaged is compiled again.
    """

    def __init__(self, directory: str | os.PathLike[str]) -> None:
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)

    def _path(self, label: str) -> Path:
        digest = hashlib.sha256(f"{_environment()}{label}".encode()).hexdigest()
        return self.directory / f"{digest[:40]}.xla"

    def load(self, label: str) -> Any:
        """The program, or None."""
        from jax.experimental.serialize_executable import deserialize_and_load

        path = self._path(label)
        try:
            with path.open("rb") as file:
                return deserialize_and_load(*pickle.load(file))
        except Exception:  # whatever a damaged file raises: it is compiled again
            return None

    def save(self, label: str, program: Any, arguments: Sequence[Any]) -> None:
        """Write the program, if it can be read again and runs.

        One that JAX itself took from a cache of its own cannot: its machine code is not complete.
        """
        import jax
        import jax.numpy as jnp
        from jax.experimental.serialize_executable import deserialize_and_load, serialize

        path = self._path(label)
        try:
            content = serialize(program)
            again = deserialize_and_load(*content)
            jax.block_until_ready(again(*(jnp.zeros(a.shape, a.dtype) for a in arguments)))
        except (ValueError, RuntimeError, NotImplementedError):
            return
        partial = path.with_suffix(f".{os.getpid()}.tmp")
        partial.write_bytes(pickle.dumps(content))
        partial.replace(path)


@lru_cache(maxsize=1)
def _environment() -> str:
    import jax
    import jaxlib

    device = jax.devices()[0]
    features = ""
    information = Path("/proc/cpuinfo")
    if information.exists():
        lines = information.read_text(encoding="utf-8", errors="replace").splitlines()
        features = next((line for line in lines if line.startswith(("flags", "Features"))), "")
    return "|".join(
        [
            jax.__version__,
            jaxlib.__version__,
            device.platform,
            device.device_kind,
            str(jax.config.read("jax_enable_x64")),
            platform.machine(),
            features,
        ]
    )
