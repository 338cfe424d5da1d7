"""Code generation against its peers, side by side in one run.

    python -m benchmarks.codegen            all workloads (about 8 minutes on 2 quiet cores)
    python -m benchmarks.codegen --quick    five of them, small
    python -m benchmarks.codegen --workload "sum 1000" --peer derivax --peer sympy2jax

Every cell is first built in a process of its own: time of generation and compilation, peak memory,
errors against ball arithmetic, non-finite results where the exact value is finite.  What succeeds
is built again in this process, where all candidates of a workload take turns for the run times.
A peer that is not installed, fails or exceeds the time limit is reported as such.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

sys.setrecursionlimit(10_000)

from ..harness import interleaved, machine, table, write_json  # noqa: E402
from .cells import arrays, in_process  # noqa: E402
from .peers import PACKAGES, PEERS  # noqa: E402
from .workloads import QUICK, WORKLOADS, Workload  # noqa: E402

RESULTS = Path(__file__).parent / "results.json"
OURS = ("derivax", "derivax fast")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.codegen")
    parser.add_argument("--quick", action="store_true", help="five workloads, small batches")
    parser.add_argument("--workload", action="append", choices=sorted(WORKLOADS))
    parser.add_argument("--peer", action="append", choices=sorted(PEERS))
    parser.add_argument("--limit", type=float, help="seconds for one cell (default 30)")
    parser.add_argument("--output", type=Path, default=RESULTS, help=f"JSON file ({RESULTS.name})")
    options = parser.parse_args()
    import jax

    jax.config.update("jax_enable_x64", True)
    limit = options.limit or 30.0
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
            rounds = 7 if options.quick else 11
            for peer, timing in interleaved(timed, rounds=rounds, seconds=0.01).items():
                cells[peer]["run"] = timing
                cells[peer]["per point"] = timing.median / points * 1e9
        content["cells"][name] = {"points": points, "peers": cells}
        print(_text(name, points, cells), flush=True)
        write_json(options.output, content)
    text = _summary(content)
    print(text)
    options.output.with_suffix(".md").write_text(text + "\n", encoding="utf-8")
    print(f"written: {options.output} and {options.output.with_suffix('.md').name}")
    return 0


def _runner(workload: Workload, peer: str, points: int) -> Any:
    import jax.numpy as jnp

    function = PEERS[peer](workload)
    native = peer in ("symengine llvm", "casadi", "numba")
    batch = [a if native else jnp.asarray(a) for a in arrays(workload, points)]
    return lambda: function(*batch)


def _summary(content: Mapping[str, Any]) -> str:
    """All workloads in one table, the geometric means, machine and date."""
    peers = list(dict.fromkeys(p for c in content["cells"].values() for p in c["peers"]))
    rows, ratios = [], {peer: [] for peer in peers}
    for name, found in content["cells"].items():
        row = [name]
        for peer in peers:
            one = found["peers"].get(peer, {"failed": ""})
            if "failed" in one:
                row.append(f"({one['failed'][:24]})")
                continue
            if peer != "hand-written":
                ratios[peer].append(one["run"].ratio)
            seconds = one["codegen"] + one["compile"]
            bad = f", {one['not finite']} not finite" if one.get("not finite") else ""
            error = f", {one['error']:.0e}" if "error" in one else ""
            row.append(f"{one['run'].ratio:.2f}; {seconds:.2f} s{error}{bad}")
        rows.append(row)
    where = content["machine"]
    lines = [
        "Run time over that of hand-written JAX; seconds to generate and compile; relative error.",
        f"{where['processor']}, {where['cores']} cores, load {where['load'][0]}, {where['date']}.",
        "",
        table(["workload", *peers], rows),
        "",
    ]
    for peer in (p for p in OURS if ratios.get(p)):
        mean = statistics.geometric_mean(ratios[peer])
        lines.append(
            f"{peer}: geometric mean {mean:.2f}, worst {max(ratios[peer]):.2f} of "
            f"{len(ratios[peer])} workloads."
        )
    return "\n".join(lines)


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
