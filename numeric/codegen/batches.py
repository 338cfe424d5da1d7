"""Large batches in blocks that stay in the processor's cache.

A result of 10^7 float64 numbers is 80 MB: the elementwise loop waits for memory, and half of the
time goes into pages that the system has to hand out first.  Blocks of some 10^5 points re-use the
same intermediate memory and write into one result (a buffer of the caller's, when given: its pages
are there already).

*Main definitions*: `map_blocks`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from derivax.errors import InputError

__all__ = ["BLOCK", "map_blocks"]

BLOCK = 1 << 18
ALIGNMENT = 64  # XLA takes over memory that is aligned so, without a copy


def map_blocks(
    run: Callable[..., Any],
    arrays: Sequence[Any],
    trailing: Sequence[int],
    *,
    block: int | None,
    out: Any,
) -> Any:
    """`run(*arrays)` in blocks along the first axis; `trailing[k]` axes of arrays[k] are a matrix.

    `out`: NumPy arrays in the structure of the result, to write into.
    """
    import jax
    import numpy as np

    if block is None:
        block = BLOCK
    if isinstance(block, bool) or not isinstance(block, int) or block < 1:
        raise InputError(f"block = {block!r}", "is not a whole number >= 1")
    batches = [np.shape(a)[: np.ndim(a) - t] for a, t in zip(arrays, trailing, strict=True)]
    rank = max((len(b) for b in batches), default=0)
    lengths = {b[0] for b in batches if rank and len(b) == rank and b[0] != 1}
    if not lengths:
        return _copied(run(*arrays), out)
    length = max(lengths)
    if len(lengths) > 1 or (length <= block and out is None):
        return _copied(run(*arrays), out)  # the plain call says what does not fit
    moving = [len(b) == rank and b[0] == length for b in batches]
    on_host = all(d.platform == "cpu" for a in arrays for d in _devices(a))
    shapes = jax.eval_shape(run, *arrays)
    leaves, structure = jax.tree.flatten(shapes)
    targets = _targets(leaves, structure, out) if on_host or out is not None else None
    given = [np.asarray(a) if on_host and m else a for a, m in zip(arrays, moving, strict=True)]
    pieces: list[list[Any]] = [[] for _ in leaves]
    for low in range(0, length, block):
        part = run(*(a[low : low + block] if m else a for a, m in zip(given, moving, strict=True)))
        for k, value in enumerate(jax.tree.leaves(part)):
            whole = value.shape == leaves[k].shape and length > block
            if targets is None:
                pieces[k] = [value] if whole else [*pieces[k], value]
            elif whole:  # it does not depend on the batch
                targets[k][...] = value
            else:
                targets[k][low : low + block] = value
    if out is not None:
        return out
    if targets is None:
        joined = [p[0] if len(p) == 1 else jax.numpy.concatenate(p) for p in pieces]
        return jax.tree.unflatten(structure, joined)
    return jax.tree.unflatten(structure, [jax.device_put(t) for t in targets])


def _devices(array: Any) -> Any:
    import jax

    return array.devices() if isinstance(array, jax.Array) else jax.devices()[:1]


def _targets(leaves: Sequence[Any], structure: Any, out: Any) -> list[Any]:
    import jax
    import numpy as np

    if out is None:
        return [_aligned(leaf.shape, leaf.dtype) for leaf in leaves]
    given, found = jax.tree.flatten(out)
    if found != structure:
        raise InputError("out", f"has the structure {found}", f"the result has {structure}")
    for target, leaf in zip(given, leaves, strict=True):
        if not isinstance(target, np.ndarray) or not target.flags.writeable:
            raise InputError("out", f"holds a {type(target).__name__}", "use writable NumPy arrays")
        if target.shape != leaf.shape or target.dtype != leaf.dtype:
            raise InputError(
                f"out of shape {target.shape} and dtype {target.dtype}",
                "does not fit",
                f"the result is {leaf.dtype} of shape {leaf.shape}",
            )
    return list(given)


def _aligned(shape: Sequence[int], dtype: Any) -> Any:
    """An uninitialised array that JAX can take over as it is."""
    import numpy as np

    size = int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
    memory = np.empty(size + ALIGNMENT, np.uint8)
    start = -memory.ctypes.data % ALIGNMENT
    return memory[start : start + size].view(dtype).reshape(shape)


def _copied(result: Any, out: Any) -> Any:
    if out is None:
        return result
    import jax

    leaves, structure = jax.tree.flatten(result)
    for target, value in zip(_targets(leaves, structure, out), leaves, strict=True):
        target[...] = value
    return out
