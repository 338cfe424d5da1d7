"""The Programs of charges against JAX code written by hand, side by side in one run.

    python -m benchmarks.noether            about three minutes on 2 cores
    python -m benchmarks.noether --quick    small sizes

Each cell: the ratio of our time to that of the hand-written code (medians of rounds in which both
take turns), the compile times, and the error of both against a run in extended precision.  The
hand-written code is what one writes first: the recursion in a scan, or 2 x 2 matrices in an
associative scan, without care for rounding.  Then the generator search and the two symbolic
derivations of section 8 of the theory card, in seconds of processor time.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

import derivax

from ..harness import interleaved, machine, peak_memory, table, write_json

RESULTS = Path(__file__).parent / "results.json"
THEORY = "noether-learning-dynamics"
ETA, BETA, K = 2.0**-6, 0.875, 2.0**-10


# --- by hand ---------------------------------------------------------------------------------


def charge_scan(C0: Any, p0: Any, V: Any, eta: Any, beta: Any, k: Any) -> Any:
    """The recursion as it stands."""

    def step(state: Any, v: Any) -> Any:
        C, p = state
        p = beta * p - eta * k * C + v
        C = C + 2 * p - v
        return (C, p), (C, p)

    return jax.lax.scan(step, (C0, p0), V)[1]


def charge_matrices(C0: Any, p0: Any, V: Any, eta: Any, beta: Any, k: Any) -> Any:
    """2 x 2 matrices and vectors, composed as a tree."""
    step = jnp.array([[beta, -eta * k], [2 * beta, 1 - 2 * eta * k]], V.dtype)
    maps = jnp.broadcast_to(step, (len(V), 2, 2))
    drive = jnp.stack([V, V], axis=1)

    def composed(first: Any, second: Any) -> Any:
        return second[0] @ first[0], second[0] @ first[1] + second[1]

    maps, drive = jax.lax.associative_scan(composed, (maps, drive))
    found = maps @ jnp.stack([p0, C0]) + drive
    return found[:, 1], found[:, 0]


def norm4_scan(gh2: Any, eta: Any, beta: Any, k: Any, r0: Any) -> Any:
    """Decay and gain of each step, the gain with expm1."""
    x = 4 * k * eta / (1 - beta)
    gain = 2 * eta**2 * (1 + beta) / (1 - beta) ** 3 * -jnp.expm1(-x) / x

    def step(y: Any, g: Any) -> Any:
        y = jnp.exp(-x) * y + gain * g
        return y, y

    return (jax.lax.scan(step, r0**4, gh2)[1],)


def rates(q: Any, v: Any, scale: Any, shift: Any, m: Any, mu: Any, k: Any) -> Any:
    """Sums as one writes them."""
    xi = scale * q + shift
    p = (v * xi).sum(1)
    rate = (scale * v * v).sum(1) - k / m * (q * xi).sum(1) - mu / m * p
    return (q * (xi + shift)).sum(1), p, rate


# --- workloads -------------------------------------------------------------------------------


def _steps(T: int, n: int, dtype: str) -> tuple[Any, ...]:
    rng = np.random.default_rng(0)
    V = rng.uniform(0.5, 1.0, (T, n)) * 1e-6
    given = (rng.uniform(0.5, 2.0, n), np.zeros(n), V, ETA, BETA, K)
    return tuple(jnp.asarray(x, dtype) for x in given)


def _gradients(T: int, n: int, dtype: str) -> tuple[Any, ...]:
    rng = np.random.default_rng(0)
    given = (rng.uniform(0.5, 1.0, (T, n)) * 1e-3, ETA, BETA, K, rng.uniform(0.5, 2.0, n))
    return tuple(jnp.asarray(x, dtype) for x in given)


def _weights(n: int, d: int, dtype: str) -> tuple[Any, ...]:
    rng = np.random.default_rng(0)
    given = (rng.standard_normal((n, d)), rng.standard_normal((n, d)), np.ones(d), np.zeros(d),
             ETA * (1 + BETA) / 2, 1 - BETA, K)  # fmt: skip
    return tuple(jnp.asarray(x, dtype) for x in given)


def _in_long_double(kind: str, given: tuple[Any, ...]) -> Any:
    """The last row of the first result, in extended precision."""
    wide = [np.asarray(x, np.longdouble) for x in given]
    if kind == "charges":
        C, p, V, eta, beta, k = wide
        for v in V:
            p = beta * p - eta * k * C + v
            C = C + 2 * p - v
        return C
    if kind == "norms":
        gh2, eta, beta, k, r0 = wide
        x = 4 * k * eta / (1 - beta)
        gain = 2 * eta**2 * (1 + beta) / (1 - beta) ** 3 * -np.expm1(-x) / x
        y = r0**4
        for g in gh2:
            y = np.exp(-x) * y + gain * g
        return y
    return rates(*wide)[0]


def workloads(quick: bool) -> list[tuple[str, str, str, Callable[..., Any], tuple[Any, ...]]]:
    """(what, program, kind, by hand, arguments)."""
    long, wide = (1_000, 200) if quick else (2_000, 5_000)
    tall, many = (256, 64) if quick else (2_048, 1_000)
    made = []
    for dtype in ("float32", "float64"):
        made += [
            (f"charges, scan, T = {long}, n = {wide}, {dtype}", "charge-history", "charges",
             charge_scan, _steps(long, wide, dtype)),
            (f"charges, tree, T = {tall}, n = {many}, {dtype}", "charge-history-parallel",
             "charges", charge_matrices, _steps(tall, many, dtype)),
            (f"norms, scan, T = {long}, n = {wide}, {dtype}", "norm4-history", "norms",
             norm4_scan, _gradients(long, wide, dtype)),
            (f"rates, n = {many * 10}, d = 64, {dtype}", "charge-rate", "rates", rates,
             _weights(many * 10, 64, dtype)),
        ]  # fmt: skip
    return made


def compiled(function: Any, given: tuple[Any, ...]) -> tuple[Any, float]:
    """The function compiled for these arguments, and the seconds that took."""
    start = time.perf_counter()
    made = jax.jit(function).lower(*given).compile()
    return made, time.perf_counter() - start


def measure(quick: bool) -> list[dict[str, Any]]:
    """One row per workload."""
    found = []
    for what, program, kind, by_hand, given in workloads(quick):
        ours_code = derivax.compile(f"{THEORY}/{program}")
        names = [r.name for r in ours_code.results]
        ours, ours_compile = compiled(
            lambda *a, code=ours_code, names=names: tuple(code(*a)[n] for n in names), given
        )
        hand, hand_compile = compiled(by_hand, given)
        calls = {
            "by hand": lambda f=hand, a=given: jax.block_until_ready(f(*a)),
            "ours": lambda f=ours, a=given: jax.block_until_ready(f(*a)),
        }
        times = interleaved(calls, rounds=5 if quick else 11)
        exact = _in_long_double(kind, given)
        errors = {}
        for label, call in calls.items():
            result = np.asarray(call()[0], np.longdouble)
            last = result if kind == "rates" else result[-1]
            errors[label] = float(np.max(np.abs(last - exact)) / np.max(np.abs(exact)))
        found.append(
            {
                "workload": what, "ratio": times["ours"].ratio, "seconds": times["ours"].median,
                "compile": ours_compile, "compile by hand": hand_compile,
                "error": errors["ours"], "error by hand": errors["by hand"],
            }
        )  # fmt: skip
        print(f"  {what}: ratio {times['ours'].ratio:.2f}", flush=True)
    return found


def other(quick: bool) -> dict[str, float]:
    """Seconds of processor time of the search for generators and of symbolic derivations."""
    from sympy import Function, sqrt, symbols

    found = {}
    rng = np.random.default_rng(0)
    d = 8 if quick else 30
    points = rng.standard_normal((2 * d * d, d))
    slopes = points * (np.sum(points**2, axis=1, keepdims=True) - 1)
    start = time.process_time()
    rotations = derivax.loss_symmetries(points, gradients=slopes)
    assert len(rotations) == d * (d - 1) // 2
    found[f"generators of a loss of {d} weights ({d * d + d} unknowns)"] = (
        time.process_time() - start
    )

    t, G = symbols("t G", positive=True)
    bodies = 3 if quick else 6
    masses = symbols(f"m1:{bodies + 1}", positive=True)
    q = [[Function(f"{s}{j}", real=True)(t) for s in "xyz"] for j in range(1, bodies + 1)]
    L = sum(m * sum(c.diff(t) ** 2 for c in r) / 2 for m, r in zip(masses, q))
    for i in range(bodies):
        for j in range(i):
            L += G * masses[i] * masses[j] / sqrt(sum((a - b) ** 2 for a, b in zip(q[i], q[j])))
    flat = [c for r in q for c in r]
    start = time.process_time()
    boost = derivax.noether(L, flat, xi=[t, 0, 0] * bodies)
    found[f"boost of {bodies} bodies in 3 dimensions"] = time.process_time() - start
    assert boost.conserved
    start = time.process_time()
    turn = derivax.noether(L, flat, xi=[e for r in q for e in (-r[1], r[0], 0)])
    found[f"rotation of {bodies} bodies in 3 dimensions"] = time.process_time() - start
    assert turn.conserved
    start = time.process_time()
    derivax.derive(f"{THEORY}/discrete-matrix-charge")
    found["matrix charge of two linear layers, any shapes"] = time.process_time() - start
    return found


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small sizes")
    options = parser.parse_args()
    jax.config.update("jax_enable_x64", True)
    rows = measure(options.quick)
    seconds = other(options.quick)
    heads = ("workload", "ratio", "seconds", "compile (by hand)", "error (by hand)")
    print(table(heads, [
        [r["workload"], f"{r['ratio']:.2f}", f"{r['seconds']:.2g}",
         f"{r['compile']:.2g} ({r['compile by hand']:.2g})",
         f"{r['error']:.1e} ({r['error by hand']:.1e})"] for r in rows
    ]))  # fmt: skip
    print(table(("symbolic and search", "processor seconds"),
                [[name, f"{value:.2g}"] for name, value in seconds.items()]))  # fmt: skip
    if not options.quick:
        write_json(RESULTS, {
            "machine": machine(["jax", "jaxlib", "numpy", "sympy"]), "programs": rows,
            "seconds": seconds, "peak_memory": peak_memory(),
        })  # fmt: skip
        print(f"written to {RESULTS}")


if __name__ == "__main__":
    main()
