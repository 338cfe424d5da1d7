"""Sound rounding-error bounds on the Rosa benchmarks, beside the published ones.

    python benchmarks/enclosure/rosa.py [--seconds 5] [--json FILE]

The formulas, the boxes and the name of each case are those of the Rosa suite (FPBench,
benchmarks/rosa.fpcore); `PUBLISHED` are the reference bounds that FPTaylor ships with its tests
(tests/core/_tests.yml): float64, absolute error, the rounding of the real arguments included.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from derivax.numeric.verify.enclosure import enclose


class Case(NamedTuple):
    """A function, its box, and the published bound."""

    function: Callable[..., Any]
    box: tuple[tuple[float, float], ...]
    published: float


def doppler(u: Any, v: Any, temperature: Any) -> Any:
    speed = 331.4 + 0.6 * temperature
    return (-speed * v) / ((speed + u) * (speed + u))


def rigid_body1(x: Any, y: Any, z: Any) -> Any:
    return -x * y - 2 * y * z - x - z


def rigid_body2(x: Any, y: Any, z: Any) -> Any:
    return 2 * (x * y * z) + (3 * z * z) - y * (x * y * z) + (3 * z * z) - y


def jet_engine(x: Any, y: Any) -> Any:
    t = 3 * x * x + 2 * y - x
    d = x * x + 1
    s = t / d
    s2 = ((3 * x * x - 2 * y) - x) / d
    product = (2 * x * s * (s - 3) + x * x * (4 * s - 6)) * d
    return x + (product + 3 * x * x * s + x * x * x + x + 3 * s2)


def turbine1(v: Any, w: Any, r: Any) -> Any:
    return 3 + 2 / (r * r) - 0.125 * (3 - 2 * v) * (w * w * r * r) / (1 - v) - 4.5


def turbine2(v: Any, w: Any, r: Any) -> Any:
    return 6 * v - 0.5 * v * (w * w * r * r) / (1 - v) - 2.5


def turbine3(v: Any, w: Any, r: Any) -> Any:
    return 3 - 2 / (r * r) - 0.125 * (1 + 2 * v) * (w * w * r * r) / (1 - v) - 0.5


def carbon_gas(v: Any) -> Any:
    p, a, b, t, n, k = 3.5e7, 0.401, 42.7e-6, 300.0, 1000.0, 1.3806503e-23
    return (p + a * (n / v) * (n / v)) * (v - n * b) - k * n * t


def sine(x: Any) -> Any:
    cube = x * x * x
    return x - cube / 6 + (cube * x * x) / 120 - (cube * x * x * x * x) / 5040


def square_root(x: Any) -> Any:
    return 1 + 0.5 * x - 0.125 * x * x + 0.0625 * x * x * x - 0.0390625 * x * x * x * x


_BLADE = ((-4.5, -0.3), (0.4, 0.9), (3.8, 7.8))
CASES: dict[str, Case] = {
    "doppler1": Case(doppler, ((-100, 100), (20, 20000), (-30, 50)), 1.218e-13),
    "doppler2": Case(doppler, ((-125, 125), (15, 25000), (-40, 60)), 2.226e-13),
    "doppler3": Case(doppler, ((-30, 120), (320, 20300), (-50, 30)), 6.627e-14),
    "rigidBody1": Case(rigid_body1, ((-15, 15),) * 3, 2.949e-13),
    "rigidBody2": Case(rigid_body2, ((-15, 15),) * 3, 3.607e-11),
    "jetEngine": Case(jet_engine, ((-5, 5), (-20, 5)), 1.028e-11),
    "turbine1": Case(turbine1, _BLADE, 1.670e-14),
    "turbine2": Case(turbine2, _BLADE, 2.001e-14),
    "turbine3": Case(turbine3, _BLADE, 9.574e-15),
    "verhulst": Case(lambda x: (4 * x) / (1 + (x / 1.11)), ((0.1, 0.3),), 2.471e-16),
    "predatorPrey": Case(
        lambda x: (4 * x * x) / (1 + (x / 3.78) * (x / 3.78)), ((0.1, 0.3),), 1.586e-16
    ),
    "carbonGas": Case(carbon_gas, ((0.1, 0.5),), 4.962e-9),
    "sine": Case(sine, ((-1.57079632679, 1.57079632679),), 4.430e-16),
    "sqroot": Case(square_root, ((0, 1),), 5.016e-16),
    "sineOrder3": Case(
        lambda x: 0.954929658551372 * x - 0.12900613773279798 * (x * x * x), ((-2, 2),), 5.937e-16
    ),
}


def main(argv: list[str] | None = None) -> int:
    """Print the table; exit status 1 when a bound is above 1.5 times the published one."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=5.0, help="limit per case (default 5)")
    parser.add_argument("--json", metavar="FILE", help="write the rows, machine and date")
    options = parser.parse_args(argv)
    rows = []
    print(f"{'case':14s}{'bound':>11s}{'published':>11s}{'ratio':>7s}{'leaves':>8s}{'s':>7s}")
    for name, case in CASES.items():
        found = enclose(case.function, case.box, seconds=options.seconds, rounded_arguments=True)
        ratio = found.error / case.published
        rows.append(
            {
                "work": name,
                "bound": found.error,
                "published": case.published,
                "ratio": ratio,
                "leaves": found.leaves,
                "seconds": found.seconds,
                "range": [found.low, found.high],
            }
        )
        print(
            f"{name:14s}{found.error:11.3e}{case.published:11.3e}{ratio:7.2f}"
            f"{found.leaves:8d}{found.seconds:7.2f}"
        )
    if options.json:
        record = {
            "benchmark": "enclosure/rosa",
            "machine": platform.machine(),
            "processor": platform.processor(),
            "python": platform.python_version(),
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "rows": rows,
        }
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(record, file, indent=1)
    return int(any(row["ratio"] > 1.5 for row in rows))


if __name__ == "__main__":
    sys.exit(main())
