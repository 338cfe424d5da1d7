"""The table of measured errors of the special functions.

    python benchmarks/special/ulp_table.py                    all functions: the committed table
    python benchmarks/special/ulp_table.py --family gamma     those of one file; the others stay
    python benchmarks/special/ulp_table.py erf gamma --points 20000 --dry

Writes `numeric/special/accuracy.json` and `docs/special-functions.md` function by function; one
that exceeds what the table of functions documents is not written, and the status is 1.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from datetime import date
from importlib import import_module
from pathlib import Path

import flint
import jax

sys.path.insert(0, str(Path(__file__).resolve().parent))

from measuring import Case, measure

from derivax.numeric.special.table import ROW_OF_FUNCTION, ROWS

ROOT = Path(__file__).resolve().parents[2]
INTRODUCTION = (
    "Made by `make ulp-table` (`benchmarks/special/ulp_table.py`); the error model of verification "
    "uses the documented figures, which the measured ones do not exceed. Errors in units in the "
    "last place of the unrounded exact value (0.5 = correctly rounded); float64 against Arb, "
    "float32 against the float64 code (spot-checked by Arb). *envelope*: relative to the envelope "
    "of the oscillation; *unit*: relative to max(|f|, 1). Subnormal numbers, which XLA flushes to "
    "zero, are left out."
)
JSON_FILE = ROOT / "numeric" / "special" / "accuracy.json"
TEXT_FILE = ROOT / "docs" / "special-functions.md"


def cases() -> dict[str, Case]:
    """All cases, from the files of `cases/`."""
    found: dict[str, Case] = {}
    for path in sorted((Path(__file__).parent / "cases").glob("*.py")):
        if path.stem != "__init__":
            for case in import_module(f"cases.{path.stem}").CASES:
                found[case.function] = case
    return found


def device() -> str:
    """The processor that computed: its model as the system names it, else its kind."""
    kind = jax.devices()[0].device_kind
    if kind == "cpu":
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
        return platform.machine()
    return kind


def text(table: dict) -> str:
    """The table as Markdown."""
    lines = [
        "# Special functions: measured errors",
        "",
        INTRODUCTION,
        "",
        "| function | documented f32 / f64 | f32 max | at | mean | f64 max | at | mean | method |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in ROWS:
        entry = table["functions"].get(row.function)
        if entry is None:
            continue
        cells = [row.function, f"{row.ulp[0]:g} / {row.ulp[1]:g}"]
        if row.scale != "value":
            cells[-1] += f" ({row.scale})"
        for name in ("float32", "float64"):
            m = entry.get(name)
            if m is None:
                cells += ["", "", ""]
            else:
                cells += [f"{m['max_ulp']:.3g}", ", ".join(f"{v:.8g}" for v in m["at"])]
                cells.append(f"{m['mean']:.2f}")
        lines.append("| " + " | ".join([*cells, entry["method"].replace("|", "\\|")]) + " |")
    lines += ["", "## Where and when", ""]
    seen: dict[tuple[str, str, str], list[str]] = {}
    for name, entry in table["functions"].items():
        key = (entry["device"], entry["versions"], entry["date"])
        seen.setdefault(key, []).append(name)
    for (where, versions, when), names in seen.items():
        lines.append(f"- {where}; {versions}; {when}: {', '.join(names)}")
    return "\n".join(lines) + "\n"


def write(name: str, entry: dict) -> None:
    """Put one entry into both files, read anew: another family may be measured meanwhile."""
    table = {"functions": {}}
    if JSON_FILE.exists():
        table = json.loads(JSON_FILE.read_text())
    if len(entry) < 6:  # one format was measured: the other one stays
        entry = {**table["functions"].get(name, {}), **entry}
    table["functions"][name] = entry
    order = [row.function for row in ROWS if row.function in table["functions"]]
    table["functions"] = {name: table["functions"][name] for name in order}
    JSON_FILE.write_text(json.dumps(table, indent=1) + "\n")
    TEXT_FILE.write_text(text(table))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("functions", nargs="*")
    parser.add_argument("--family")
    parser.add_argument("--points", type=int)
    parser.add_argument("--dtype", choices=["float32", "float64"])
    parser.add_argument("--dry", action="store_true", help="print only, write nothing")
    options = parser.parse_args()
    jax.config.update("jax_enable_x64", True)
    known = cases()
    chosen = options.functions or [
        name
        for name in known
        if options.family is None or ROW_OF_FUNCTION[name].family == options.family
    ]
    versions = f"jax {jax.__version__}, python-flint {flint.__version__}"
    failed = False
    for name in chosen:
        case, row = known[name], ROW_OF_FUNCTION[name]
        entry = {
            "device": device(),
            "versions": versions,
            "date": date.today().isoformat(),
            "method": case.method,
        }
        wrong = False
        for k, dtype in enumerate(("float32", "float64")):
            if options.dtype not in (None, dtype):
                continue
            start = time.process_time()
            m = measure(case, dtype, options.points)
            bad = m.max_ulp > row.ulp[k] or m.wrong
            wrong |= bool(bad)
            print(
                f"{name:16s} {dtype} max {m.max_ulp:9.4g} at {m.at} mean {m.mean:.3f} points "
                f"{m.points} {time.process_time() - start:.1f}s{'  EXCEEDS' if bad else ''}"
                f"{f'  WRONG {m.wrong}' if m.wrong else ''}",
                flush=True,
            )
            entry[dtype] = {
                "max_ulp": float(f"{m.max_ulp:.4g}"),
                "at": list(m.at),
                "mean": float(f"{m.mean:.3g}"),
                "points": m.points,
            }
        if not options.dry and not wrong:
            write(name, entry)
        failed |= wrong
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
