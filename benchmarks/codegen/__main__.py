"""Code generation against its peers, side by side in one run.

    python -m benchmarks.codegen            all workloads (about 15 minutes on 2 cores)
    python -m benchmarks.codegen --quick    five of them, small
    python -m benchmarks.codegen --workload "sum 1000" --peer derivax --peer sympy2jax

Every cell is first built in a process of its own: time of generation and compilation, peak memory,
errors against ball arithmetic, non-finite results where the exact value is finite.  What succeeds
is built again in this process, where all candidates of a workload take turns for the run times.
A peer that is not installed, fails or exceeds the time limit is reported as such.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import sympy as sp

sys.setrecursionlimit(10_000)

from ..harness import interleaved, machine, peak_memory, table, write_json  # noqa: E402
from .peers import PACKAGES, PEERS  # noqa: E402
from .workloads import QUICK, WORKLOADS, Workload  # noqa: E402

RESULTS = Path(__file__).parent / "results.json"
CHECKED = 12
BITS = 4000


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


def in_process(name: str, peer: str, points: int, limit: float) -> dict[str, Any]:
    """The cell in a process of its own, within the time limit."""
    command = [sys.executable, "-m", "benchmarks.codegen", "--cell", name, peer, str(points)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        return {"failed": f"> {limit:g} s"}
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["killed"])[-1]
        return {"failed": last[:160]}
    return json.loads(done.stdout.strip().splitlines()[-1])


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.codegen")
    parser.add_argument("--quick", action="store_true", help="five workloads, small batches")
    parser.add_argument("--workload", action="append", choices=sorted(WORKLOADS))
    parser.add_argument("--peer", action="append", choices=sorted(PEERS))
    parser.add_argument("--limit", type=float, help="seconds for one cell (default 120; quick 40)")
    parser.add_argument("--output", type=Path, default=RESULTS, help=f"JSON file ({RESULTS.name})")
    parser.add_argument("--cell", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.cell:
        name, peer, points = options.cell
        print(json.dumps(cell(name, peer, int(points))))
        return 0
    import jax

    jax.config.update("jax_enable_x64", True)
    limit = options.limit or (40.0 if options.quick else 120.0)
    names = options.workload or (list(QUICK) if options.quick else list(WORKLOADS))
    peers = options.peer or list(PEERS)
    content: dict[str, Any] = {"machine": machine(PACKAGES), "quick": options.quick, "cells": {}}
    for name in names:
        workload = WORKLOADS[name]
        points = min(workload.points, 10_000) if options.quick else workload.points
        cells = {peer: in_process(name, peer, points, limit) for peer in peers}
        timed = {}
        for peer in peers:
            if "failed" not in cells[peer]:
                try:
                    timed[peer] = _runner(workload, peer, points)
                except Exception as error:  # whatever a peer raises is its result
                    cells[peer] = {"failed": f"{type(error).__name__}: {error}"[:160]}
        if timed:
            rounds = 7 if options.quick else 15
            for peer, timing in interleaved(timed, rounds=rounds).items():
                cells[peer]["run"] = timing
                cells[peer]["per point"] = timing.median / points * 1e9
        content["cells"][name] = {"points": points, "peers": cells}
        print(_text(name, points, cells), flush=True)
        write_json(options.output, content)
    print(f"written: {options.output}")
    return 0


def _runner(workload: Workload, peer: str, points: int) -> Any:
    import jax.numpy as jnp

    function = PEERS[peer](workload)
    native = peer in ("symengine llvm", "casadi", "numba")
    batch = [a if native else jnp.asarray(a) for a in arrays(workload, points)]
    return lambda: function(*batch)


def _text(name: str, points: int, cells: dict[str, Any]) -> str:
    rows = []
    for peer, found in cells.items():
        if "failed" in found:
            rows.append([peer, "", "", "", "", "", "", "", found["failed"][:60]])
            continue
        run = found["run"]
        rows.append(
            [
                peer,
                f"{found['codegen']:.2f}",
                f"{found['compile']:.2f}",
                f"{found['per point']:.4g}",
                f"{run.low / points * 1e9:.4g} .. {run.high / points * 1e9:.4g}",
                f"{run.ratio:.2f}",
                f"{found['memory'] / 2**20:.0f}",
                f"{found['error']:.1e}" if "error" in found else "",
                str(found.get("not finite", "")),
            ]
        )
    header = ["peer", "codegen s", "compile s", "ns/point", "quartiles", "ratio", "MiB", "error",
              "not finite"]  # fmt: skip
    return f"\n### {name} ({points} points)\n\n{table(header, rows)}"


if __name__ == "__main__":
    raise SystemExit(main())
