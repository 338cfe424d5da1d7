"""What all benchmarks share: interleaved timings, where and when they were taken, table and file.

*Main definitions*: `interleaved` (medians and quartiles of several candidates, run in turn),
`Timing`, `machine`, `peak_memory`, `table`, `write_json`.

On a shared machine a ratio of two candidates is worth something only if both were running under the
same load: the candidates take turns, in an order that is reversed every round.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

__all__ = ["Timing", "interleaved", "machine", "peak_memory", "table", "write_json"]


@dataclass(frozen=True)
class Timing:
    """Seconds per call: median and quartiles, and the median ratio to the first candidate."""

    median: float
    low: float
    high: float
    ratio: float
    rounds: int


def interleaved(
    candidates: Mapping[str, Callable[[], Any]], *, rounds: int = 15, seconds: float = 0.02
) -> dict[str, Timing]:
    """Timings of functions without arguments that wait for their result.

    Each round runs every candidate once, repeated until it takes `seconds`; ratios are formed
    within the round, then their median is taken.
    """
    names = list(candidates)
    repeats = {}
    for name in names:
        candidates[name]()
        start = time.perf_counter()
        candidates[name]()
        once = time.perf_counter() - start
        repeats[name] = max(1, min(1000, int(seconds / max(once, 1e-9))))
    taken: dict[str, list[float]] = {name: [] for name in names}
    for k in range(rounds):
        for name in names if k % 2 == 0 else reversed(names):
            start = time.perf_counter()
            for _ in range(repeats[name]):
                candidates[name]()
            taken[name].append((time.perf_counter() - start) / repeats[name])
    first = taken[names[0]]
    found = {}
    for name in names:
        low, median, high = statistics.quantiles(taken[name], n=4)
        ratio = statistics.median(a / b for a, b in zip(taken[name], first, strict=True))
        found[name] = Timing(median, low, high, ratio, rounds)
    return found


def peak_memory() -> int:
    """The largest resident size of this process so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def machine(packages: Sequence[str]) -> dict[str, Any]:
    """Processor, cores, load, versions and time."""
    model = platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    versions = {}
    for package in packages:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            versions[package] = "missing"
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "load": [round(x, 1) for x in os.getloadavg()],
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": versions,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table with aligned columns."""
    cells = [list(header), *map(list, rows)]
    widths = [max(len(row[k]) for row in cells) for k in range(len(header))]
    lines = ["| " + " | ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) + " |"
             for row in cells]  # fmt: skip
    lines.insert(1, "| " + " | ".join("-" * w for w in widths) + " |")
    return "\n".join(lines)


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write results; dataclasses become objects."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, indent=1, default=lambda value: asdict(value))
    path.write_text(text + "\n", encoding="utf-8")
