"""One cell of the benchmark: one peer on one workload, measured in a process of its own.

*Main definitions*: `cell`, `in_process` (with a time limit), `arrays` (the batch).

*Implementation notes*: processes are forked from a server that has imported what all cells need but
has started no backend, so a cell's memory and times are its own and no import is waited for.
"""

from __future__ import annotations

import multiprocessing
import sys
import time
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
import sympy as sp

from ..harness import peak_memory
from .peers import PEERS
from .workloads import WORKLOADS, Workload

__all__ = ["arrays", "cell", "in_process"]

CHECKED = 12
BITS = 4000
IMPORTED_ONCE = ["numpy", "sympy", "jax", "jax.numpy", "derivax.numeric.codegen.compiling",
                 "derivax.symbolic.exact.ball", "benchmarks.codegen.workloads"]  # fmt: skip


def arrays(workload: Workload, points: int) -> list[np.ndarray]:
    """The batch: uniform in the ranges."""
    rng = np.random.default_rng(0)
    shapes = workload.shapes or [()] * len(workload.low)
    return [
        rng.uniform(low, high, (points, *shape))
        for low, high, shape in zip(workload.low, workload.high, shapes, strict=True)
    ]


def errors(workload: Workload, function: Any) -> dict[str, Any]:
    """The largest relative error and the number of non-finite results at a few points."""
    import flint

    from derivax.symbolic.exact.ball import BallProgram

    if workload.shapes is not None:
        return {}
    expr, args = workload.make()
    entries = list(expr) if isinstance(expr, sp.MatrixBase) else [expr]
    points = [*np.stack(arrays(workload, CHECKED), -1).tolist(), *workload.extreme]
    batch = [np.array(column) for column in zip(*points, strict=True)]
    got = np.asarray(function(*batch)).reshape(len(points), -1)
    program = BallProgram(entries, args)
    worst, missing, compared = 0.0, 0, 0
    for row, point in zip(got, points, strict=True):
        exact = program.at([flint.arb(v) for v in point], BITS)
        sizes = [abs(complex(b.mid())) if b.is_finite() else 0.0 for b in exact]
        floor = max(sizes) * 1e-14
        for value, ball in zip(row, exact, strict=True):
            if not ball.is_finite() or ball.rad() > 1e-20 * (1 + abs(ball.mid())):
                continue
            compared += 1
            known = complex(ball.mid())
            if not np.isfinite(value):
                missing += 1
            elif abs(known) > floor:
                worst = max(worst, abs(complex(value) - known) / abs(known))
    return {"error": worst, "not finite": missing, "compared": compared}


def cell(name: str, peer: str, points: int) -> dict[str, Any]:
    """One peer on one workload, in this process."""
    import jax

    jax.config.update("jax_enable_x64", True)
    workload = WORKLOADS[name]
    workload.make()
    batch = arrays(workload, points)
    x = sp.Symbol("x")
    first = Workload("first", lambda: (x + 1, (x,)), lambda x: x + 1, [0], [1])
    PEERS[peer](first)(np.zeros(2))  # what is imported and started once is not this formula's time
    before = peak_memory()
    start = time.perf_counter()
    function = PEERS[peer](workload)
    built = time.perf_counter()
    function(*batch)
    ready = time.perf_counter()
    result = {
        "codegen": built - start,
        "compile": ready - built,
        "memory": peak_memory() - before,
    }
    return result | errors(workload, function)


def _send(connection: Connection, name: str, peer: str, points: int) -> None:
    sys.setrecursionlimit(10_000)
    try:
        found = cell(name, peer, points)
    except BaseException as error:  # whatever a peer raises is its result
        found = {"failed": f"{type(error).__name__}: {error}".splitlines()[0][:160]}
    connection.send(found)


def in_process(name: str, peer: str, points: int, limit: float) -> dict[str, Any]:
    """The cell in a process of its own, within the time limit."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(IMPORTED_ONCE)
    ours, theirs = context.Pipe()
    process = context.Process(target=_send, args=(theirs, name, peer, points))
    process.start()
    theirs.close()
    try:
        return ours.recv() if ours.poll(limit) else {"failed": f"> {limit:g} s"}
    except EOFError:
        return {"failed": "killed"}
    finally:
        process.kill()
        process.join()
