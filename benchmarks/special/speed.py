"""Time per point of the special functions against SciPy, in batches of a million.

    python benchmarks/special/speed.py [function ...]

Prints, and writes to benchmarks/special/speed.json, nanoseconds per point (best of five, jitted,
float64, processor as it is) and the ratio to SciPy's.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import date
from pathlib import Path

import jax
import numpy as np
import scipy.special as sc

POINTS = {
    "erf": (sc.erf, -3, 3), "erfc": (sc.erfc, -3, 10), "erfcx": (sc.erfcx, -3, 30),
    "erfi": (sc.erfi, -5, 5), "dawson": (sc.dawsn, -10, 10), "erfinv": (sc.erfinv, -1, 1),
    "erfcinv": (sc.erfcinv, 0, 2), "ndtr": (sc.ndtr, -10, 10), "log_ndtr": (sc.log_ndtr, -30, 10),
    "ndtri": (sc.ndtri, 0, 1), "gamma": (sc.gamma, -20, 30), "rgamma": (sc.rgamma, -20, 30),
    "lgamma": (sc.gammaln, 0, 30), "digamma": (sc.digamma, 0, 30), "ei": (sc.expi, 0, 50),
    "e1": (sc.exp1, 0, 50), "exp2": (sc.exp2, -100, 100), "expm1": (sc.expm1, -2, 2),
    "log1p": (sc.log1p, -0.9, 5), "sinpi": (lambda x: np.sin(np.pi * x), -10, 10),
    "fresnels": (lambda x: sc.fresnel(x)[0], -10, 10), "si": (lambda x: sc.sici(x)[0], -30, 30),
    "i0e": (sc.i0e, -20, 20), "i1": (sc.i1, -20, 20), "sinh": (np.sinh, -20, 20),
    "gammainc": (lambda x: sc.gammainc(3.5, x), 0, 20),
}  # fmt: skip


def best(call, repeat: int = 5) -> float:
    times = []
    for _ in range(repeat):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return min(times) * 1e3  # nanoseconds per point


def main() -> None:
    jax.config.update("jax_enable_x64", True)
    from derivax.numeric.special.differentiable import primal
    from derivax.numeric.special.table import ROW_OF_FUNCTION

    rng = np.random.default_rng(0)
    results = {}
    for name in sys.argv[1:] or POINTS:
        theirs, low, high = POINTS[name]
        x = rng.uniform(low, high, 10**6)
        definition = primal(ROW_OF_FUNCTION[name])
        if ROW_OF_FUNCTION[name].arity == 2:
            ours = jax.jit(lambda y, f=definition: f(3.5 + 0.0 * y, y))
        else:
            ours = jax.jit(definition)
        ours(x).block_until_ready()
        own, other = best(lambda: ours(x).block_until_ready()), best(lambda: theirs(x))  # noqa: B023
        results[name] = {"ns": round(own, 2), "scipy_ns": round(other, 2)}
        print(
            f"{name:12s} {own:8.1f} ns  SciPy {other:8.1f} ns  ratio {own / other:.2f}", flush=True
        )
    path = Path(__file__).with_name("speed.json")
    path.write_text(
        json.dumps({"date": date.today().isoformat(), "points": results}, indent=1) + "\n"
    )


if __name__ == "__main__":
    main()
