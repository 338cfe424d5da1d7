"""Generation, counting and sums of diagrams at the sizes of the card `born-diagrams`, section 8.

Run with `python -m benchmarks.diagrams [--quick] [-o FILE]` from the root of the repository.  For
each list: how many diagrams, seconds of processor time, diagrams per second; for each sum without
listing: seconds to its order.  Every list is compared with its count.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.harness import machine, write_json
from derivax.diagrams import (
    Contents,
    count_labelled,
    count_multigraphs,
    count_unlabelled,
    layered,
    multigraphs,
    rooted_ribbon_graphs,
    trees,
)
from derivax.diagrams.markov_sums import energy_weights
from derivax.diagrams.sums import connected_weights, irreducible_weights


def phi4(points: int = 0) -> Contents:
    outside = {str(k + 1): "phi" for k in range(points)}
    return Contents({"x": ("phi",) * 4}, {"": ("phi", "phi")}, outside)


def measured(name: str, work: Callable[[], Any]) -> dict[str, Any]:
    start = time.process_time()
    result = work()
    seconds = time.process_time() - start
    row = {"name": name, "result": str(result)[:60], "cpu_seconds": round(seconds, 4)}
    if isinstance(result, int) and result and name.startswith("list"):
        row["per_second"] = round(result / seconds)
    print(f"{name:<44}{row['result']:>32}{seconds:>12.3f} s", flush=True)
    return row


def listed(contents: Contents, order: int) -> int:
    number = len({d.code for d in multigraphs(contents, {"x": order})})
    if number != count_multigraphs(contents, {"x": order}):
        sys.exit(f"the list of order {order} is incomplete")
    return number


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller orders")
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    top = 5 if options.quick else 7
    rows = [
        measured(f"list phi^4 vacuum, order {n}", lambda n=n: listed(phi4(), n))
        for n in range(4, top + 1)
    ]
    rows += [
        measured(f"list phi^4 2-point, order {n}", lambda n=n: listed(phi4(2), n))
        for n in range(3, top + 1)
    ]
    four = 3 if options.quick else 4
    rows.append(measured(f"list phi^4 4-point, order {four}", lambda: listed(phi4(4), four)))
    rows.append(measured("list trees, depth 4, 8 leaves",
                         lambda: sum(1 for _ in trees(layered(4), 8))))  # fmt: skip
    rows.append(measured("list rooted quartic ribbon graphs, order 4",
                         lambda: sum(1 for _ in rooted_ribbon_graphs((4,) * 4))))  # fmt: skip
    rows.append(measured("count phi^4 vacuum, order 12",
                         lambda: count_multigraphs(phi4(), {"x": 12})))  # fmt: skip
    rows.append(measured("count labelled trees, depth 25, 12 leaves",
                         lambda: count_labelled(layered(25), 12)))  # fmt: skip
    rows.append(measured("count unlabelled trees, depth 25, 12 leaves",
                         lambda: count_unlabelled(layered(25), 12)))  # fmt: skip
    rows.append(measured("sum of ln Z, order 60",
                         lambda: connected_weights(phi4(), {"x": 60})[60,]))  # fmt: skip
    rows.append(measured("sum of irreducible graphs, order 12, 4 legs",
                         lambda: irreducible_weights(phi4(), {"x": 12}, 4)[4, 12]))  # fmt: skip
    rows.append(measured("sum of oscillator diagrams, order 30",
                         lambda: energy_weights(phi4(), {"x": 30})[30,]))  # fmt: skip
    if options.output is not None:
        packages = ["networkx", "python-flint", "sympy"]
        write_json(options.output, {"machine": machine(packages), "rows": rows})


if __name__ == "__main__":
    main()
