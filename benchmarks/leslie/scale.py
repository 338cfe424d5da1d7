"""Scale of the population Programs: draws per second, block models, powers far ahead.

Run with `python benchmarks/leslie/scale.py [DRAWS]` (default 100000; 1000000 is the full size).
Times are of the second call (compiled), processor and wall.
"""

from __future__ import annotations

import sys
import time

import jax
import numpy as np

import derivax

jax.config.update("jax_enable_x64", True)


def timed(what: str, run: object, count: int) -> None:
    """The second call of a compiled function."""
    jax.block_until_ready(run())  # type: ignore[operator]
    wall, cpu = time.perf_counter(), time.process_time()
    jax.block_until_ready(run())  # type: ignore[operator]
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{what:58} {wall:8.3f} s wall {cpu:8.3f} s cpu {1e6 * wall / count:10.3f} us each")


def main() -> None:
    """Draws, a block model of 1000 classes, powers."""
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    rng = np.random.default_rng(0)
    n = 100
    chunk = min(draws, 10_000)
    f = np.where(np.arange(n) > 16, rng.uniform(0.02, 0.1, (chunk, n)), 0.0)
    s = rng.uniform(0.9, 0.99, (chunk, n - 1))
    growth = derivax.compile("leslie-populations/growth-factor")
    elasticity = derivax.compile("leslie-populations/elasticities")
    for name, program in (("growth factor", growth), ("with elasticities", elasticity)):
        batched = jax.jit(jax.vmap(lambda a, b, program=program: program(a, b)))

        def all_draws(batched: object = batched) -> object:
            return [batched(f, s) for _ in range(max(1, draws // chunk))]  # type: ignore[operator]

        timed(f"{draws} draws, {n} ages, {name}", all_draws, draws)
    one = np.zeros(1000)
    one[20:60] = 0.1
    timed("1000 ages, growth factor", lambda: growth(one, np.full(999, 0.97)), 1)
    projection = derivax.compile("leslie-populations/projection")
    K = rng.uniform(0, 1e-3, (1000, 1000)) + np.diag(rng.uniform(0.5, 0.9, 999), -1)
    steps = 1000
    timed(f"50 species of 20 ages, {steps} steps with rescaling",
          lambda: projection(K, np.ones(1000), np.zeros((steps, 1000))), steps)  # fmt: skip
    powers = derivax.compile("leslie-populations/matrix-powers")
    timed("100 ages, one million steps by squaring",
          lambda: powers(K[:100, :100], np.ones(100), np.array([1e6])), 1)  # fmt: skip


if __name__ == "__main__":
    main()
