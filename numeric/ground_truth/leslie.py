r"""Ground truth of `leslie-populations`: the populations themselves, without any formula.

Life tables are iterated in exact fractions and their matrices are given to Arb's eigenvalue
routine; sensitivities are difference quotients of such eigenvalues; branching populations are
simulated individual by individual; competitions are simulated in exact fractions until a species is
gone.

Main definitions: `growth_factor`, `stable_population`, `elasticities`, `branching_extinction`,
`matrix_powers`, `projection`, `immigration`, `last_species_standing`, `first_extinction`.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from flint import acb_mat, arb

from derivax.numeric.ground_truth.comparison import Comparison
from derivax.symbolic.exact.precision import working_precision

__all__ = [
    "branching_extinction",
    "elasticities",
    "first_extinction",
    "fit_loss",
    "growth_factor",
    "immigration",
    "last_species_standing",
    "matrix_powers",
    "projection",
    "stable_population",
]

_BITS = 200
_ULP = 64 * float(np.finfo(np.float64).eps)
"""The relative error of float64 that a well-conditioned table explains."""


def tables() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Three life tables: three ages; a mammal-like one of 12; 100 ages, births from 17 to 50."""
    ages = np.arange(1, 101)
    return {
        "3 ages": (np.array([0.0, 4.0, 3.0]), np.array([0.5, 0.25])),
        "12 ages": (
            np.array([0, 0, 0.3, 0.6, 0.8, 0.8, 0.7, 0.6, 0.4, 0.2, 0.1, 0]),
            np.array([0.45, 0.7, 0.85, 0.9, 0.9, 0.88, 0.85, 0.8, 0.7, 0.55, 0.3]),
        ),
        "100 ages": (np.where((ages >= 17) & (ages <= 50), 0.08, 0.0), np.full(99, 0.98)),
    }


def _exact(values: Any) -> np.ndarray:
    return np.vectorize(Fraction, otypes=[object])(np.asarray(values, dtype=np.float64))


def _matrix(f: Any, s: Any) -> list[list[Any]]:
    n = len(f)
    rows = [[Fraction(0)] * n for _ in range(n)]
    rows[0] = list(f)
    for k, survival in enumerate(s):
        rows[k + 1][k] = survival
    return rows


def _largest_eigenvalue(f: Any, s: Any) -> arb:
    """By Arb's enclosure of all eigenvalues, up to the last reproducing age."""
    last = max(k for k, births in enumerate(f) if births != 0) + 1
    rows = _matrix(f[:last], s[: last - 1])
    flat = [arb(x.numerator) / arb(x.denominator) for row in rows for x in row]
    values = acb_mat(last, last, flat).eig()
    return max(values, key=lambda value: float(value.real.mid())).real


def _asking(f: Any, s: Any, key: str) -> Callable[[Any], Any]:
    """How one result for a table is asked."""
    return lambda code: np.asarray(code(f, s)[key])


def growth_factor() -> tuple[Comparison, ...]:
    """The growth factor against enclosed eigenvalues of the matrix."""
    found = []
    for name, (f, s) in tables().items():
        with working_precision(_BITS):
            exact = _largest_eigenvalue(_exact(f), _exact(s))
            radius = float(exact.rad())
        found.append(
            Comparison(
                quantity=f"growth factor, {name}",
                measured=float(exact.mid()),
                predict=_asking(f, s, "lam"),
                tolerance=1e-14 + radius,
                setting={"table": name},
            )
        )
    return tuple(found)


def stable_population() -> tuple[Comparison, ...]:
    """Age structure and reproductive value of populations iterated in exact integers."""
    found = []
    for name in ("3 ages", "12 ages"):
        f, s = tables()[name]
        steps = 240
        start = [Fraction(1)] * len(f)
        x = _iterated(_matrix(_exact(f), _exact(s)), start, steps)
        transposed = [list(row) for row in zip(*_matrix(_exact(f), _exact(s)), strict=True)]
        v = _iterated(transposed, start, steps)
        total = sum(x)
        w = np.array([float(a / total) for a in x])
        value = np.array([float(a / v[0]) for a in v])
        sizes = np.sort(np.abs(np.linalg.eigvals(np.array(_matrix(f, s), dtype=np.float64))))
        left = 100 * (sizes[-2] / sizes[-1]) ** steps
        for quantity, measured, key in (("w", w, "w"), ("v", value, "v")):
            found.append(
                Comparison(
                    quantity=f"{quantity} after {steps} steps, {name}",
                    measured=measured,
                    predict=_asking(f, s, key),
                    tolerance=left * np.abs(measured) + _ULP * np.abs(measured).max(),
                    setting={"table": name, "steps": steps},
                )
            )
    return tuple(found)


def _iterated(matrix: list[list[Fraction]], x: list[Fraction], steps: int) -> list[Fraction]:
    """Exact iteration, rounded to 2^-300 of the total after each step."""
    for _ in range(steps):
        x = [sum((a * b for a, b in zip(row, x, strict=True) if a), Fraction(0)) for row in matrix]
        unit = Fraction(sum(x)) / 2**300
        x = [round(a / unit) * Fraction(1, 2**300) for a in x]
    return x


def elasticities() -> tuple[Comparison, ...]:
    """Difference quotients of enclosed eigenvalues, step 2^-60."""
    f, s = tables()["12 ages"]
    step = Fraction(1, 2**60)
    by_f: list[float] = []
    by_s: list[float] = []
    with working_precision(_BITS):
        for values, kept in ((f, by_f), (s, by_s)):
            for k in range(len(values)):
                sides = []
                for sign in (1, -1):
                    moved = _exact(values)
                    moved[k] += sign * step
                    tables_now = (moved, _exact(s)) if values is f else (_exact(f), moved)
                    sides.append(_largest_eigenvalue(*tables_now))
                kept.append(float((sides[0] - sides[1]) * arb(2) ** 59))
    found = []
    for key, measured in (("sensitivity_f", by_f), ("sensitivity_s", by_s)):
        found.append(
            Comparison(
                quantity=f"{key} by difference quotients",
                measured=np.array(measured),
                predict=_asking(f, s, key),
                tolerance=_ULP + 1e-16,
                setting={"table": "12 ages"},
            )
        )
    return tuple(found)


def branching_extinction(runs: int = 40_000, seed: int = 1) -> tuple[Comparison, ...]:
    """Lines of individuals with Poisson births, simulated; four standard errors.

    A line of 400 is taken as established: here its extinction has a probability below 1e-30.
    """
    f, s = np.array([0.4, 1.6, 1.1]), np.array([0.5, 0.4])
    rng = np.random.default_rng(seed)
    shares = []
    for first in range(len(f)):
        alive = np.zeros((runs, len(f)), dtype=np.int64)
        alive[:, first] = 1
        dead = 0
        for _ in range(200):
            born = rng.poisson(alive @ f)
            older = rng.binomial(alive[:, :-1], s)
            alive = np.column_stack([born, older])
            total = alive.sum(axis=1)
            dead += int((total == 0).sum())
            alive = alive[(total > 0) & (total < 400)]
            if not len(alive):
                break
        shares.append(dead / runs)
    measured = np.array(shares)
    error = np.sqrt(measured * (1 - measured) / runs)
    return (
        Comparison(
            quantity="share of lines that die out, by the age of the founder",
            measured=measured,
            predict=_asking(f, s, "q"),
            tolerance=4 * error,
            setting={"runs": runs, "seed": seed},
        ),
    )


# --- matrices ----------------------------------------------------------------------------------


def _blocks() -> dict[str, np.ndarray]:
    return {
        "A": np.array([[0.2, 1.6, 1.1], [0.5, 0, 0], [0, 0.4, 0]]),
        "B": np.array([[0.3, 0.25], [0.1, 0.2], [0, 0.15]]),
        "C": np.array([[0.25, 0.35, 0.2], [0, 0.1, 0.05]]),
        "D": np.array([[0.1, 0.7], [0.6, 0]]),
    }


def _predators() -> np.ndarray:
    b = _blocks()
    return np.block([[b["A"], -b["B"]], [b["C"], b["D"]]])


def _states(K: np.ndarray, z0: np.ndarray, steps: int, inflow: Any = None) -> list[np.ndarray]:
    """z' = K z + inflow in exact fractions."""
    matrix, z = _exact(K), _exact(z0)
    found = [z]
    for k in range(steps):
        z = matrix.dot(z) + (0 if inflow is None else _exact(inflow[k]))
        found.append(z)
    return found


def _floats(states: Any) -> np.ndarray:
    return np.array([[float(x) for x in state] for state in states])


def _numbers(found: Any) -> np.ndarray:
    return np.asarray(found["z"]) * np.exp(np.asarray(found["log_scale"]))[:, None]


def matrix_powers() -> tuple[Comparison, ...]:
    """Predators and prey, step by step in exact fractions."""
    K, z0, times = _predators(), np.array([3.0, 2.0, 1.0, 1.0, 1.0]), np.array([0, 1, 5, 30])
    states = _states(K, z0, 30)
    measured = _floats([states[t] for t in times])
    return (
        Comparison(
            quantity="numbers of prey and predators",
            measured=measured.ravel(),
            predict=lambda code: _numbers(code(K, z0, times.astype(float))).ravel(),
            tolerance=np.repeat(100 * _ULP * np.abs(measured).max(axis=1), 5),
            setting={"steps": 30},
        ),
    )


def projection() -> tuple[Comparison, ...]:
    """The same with arrivals, every step."""
    K, z0 = _predators(), np.array([3.0, 2.0, 1.0, 1.0, 1.0])
    inflow = np.random.default_rng(4).uniform(0, 0.5, (20, 5))
    measured = _floats(_states(K, z0, 20, inflow))
    return (
        Comparison(
            quantity="numbers of prey and predators, with arrivals",
            measured=measured.ravel(),
            predict=lambda code: _numbers(code(K, z0, inflow)).ravel(),
            tolerance=np.repeat(20 * _ULP * np.abs(measured).max(axis=1), 5),
            setting={"steps": 20},
        ),
    )


def immigration() -> tuple[Comparison, ...]:
    """Arrivals at every step, the same each time."""
    L = _blocks()["A"]
    x0, h = np.array([3.0, 2.0, 1.0]), np.array([0.5, 0.25, 0.0])
    times = np.array([0, 1, 7, 25])
    states = _states(L, x0, 25, [h] * 25)
    measured = _floats([states[t] for t in times])
    return (
        Comparison(
            quantity="numbers with a constant inflow",
            measured=measured.ravel(),
            predict=lambda code: _numbers(code(L, h, x0, times.astype(float))).ravel(),
            tolerance=np.repeat(100 * _ULP * np.abs(measured).max(axis=1), 3),
            setting={"steps": 25},
        ),
    )


def _competition(scale: float, steps: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
    b = _blocks()
    K = np.block([[b["A"], -b["B"]], [-b["C"], b["D"]]])
    states = _states(K, np.array([3.0, 2.0, 1.0, scale, scale]), steps)
    return [z[:3] for z in states], [z[3:] for z in states]


def last_species_standing() -> tuple[Comparison, ...]:
    """The signs that the linear recursion ends with, and its growth."""
    b, x0 = _blocks(), np.array([3.0, 2.0, 1.0])
    scales = (1.0, 3.9, 3.95, 6.0)
    winners, growth = [], []
    for scale in scales:
        x, y = _competition(scale, 120)
        up, down = min(x[-1]) > 0 and max(y[-1]) < 0, max(x[-1]) < 0 and min(y[-1]) > 0
        winners.append(1.0 if up else -1.0 if down else 0.0)
        growth.append(float(sum(abs(z) for z in (*x[-1], *y[-1]))
                            / sum(abs(z) for z in (*x[-2], *y[-2]))))  # fmt: skip

    def asked(code: Any, key: str) -> np.ndarray:
        return np.array([float(code(**b, x0=x0, y0=c * np.ones(2))[key]) for c in scales])

    setting = {"steps": 120, "scales of y": list(scales)}
    return (
        Comparison(
            quantity="the winner after 120 steps",
            measured=np.array(winners),
            predict=lambda code: asked(code, "winner"),
            tolerance=0.0,
            setting=setting,
        ),
        Comparison(
            quantity="growth per step after 120 steps",
            measured=np.array(growth),
            predict=lambda code: asked(code, "lam"),
            tolerance=1e-13,
            setting=setting,
        ),
    )


def first_extinction() -> tuple[Comparison, ...]:
    """When the total of a species is first at or below zero, in exact fractions, and of which."""
    b, x0 = _blocks(), np.array([3.0, 2.0, 1.0])
    scales = (1.0, 3.0, 3.9, 4.0, 6.0)
    measured = []
    for scale in scales:
        x, y = _competition(scale, 40)
        step = next(k for k in range(41) if min(sum(x[k]), sum(y[k])) <= 0)
        measured.append([float(step), 1.0 if sum(y[step]) < sum(x[step]) else -1.0])

    def asked(code: Any) -> np.ndarray:
        rows = []
        for c in scales:
            found = code(**b, x0=x0, y0=c * np.ones(2), steps=40.0)
            rows.append([float(found["step"]), float(found["winner"])])
        return np.array(rows).ravel()

    return (
        Comparison(
            quantity="step of the first extinction, and the winner",
            measured=np.array(measured).ravel(),
            predict=asked,
            tolerance=0.0,
            setting={"scales of y": list(scales)},
        ),
    )


def fit_loss() -> tuple[Comparison, ...]:
    """The populations of given entries, step by step in matrices, against made-up counts."""
    rng = np.random.default_rng(8)
    n, days = 3, 12
    free = {k: rng.normal(0.0, 1.0, shape) for k, shape in (
        ("f", (2, n)), ("s", (2, n - 1)), ("interaction", (2, n)), ("start", (2, n)))}  # fmt: skip
    free["interaction"] -= 5.0
    counts = rng.uniform(1.0, 50.0, (days, 2))
    mask = np.ones((days, 2))
    mask[1] = 0.0
    births, taken, shares = (np.log1p(np.exp(free[k])) for k in ("f", "interaction", "start"))
    survival = 1 / (1 + np.exp(-free["s"]))
    K = np.zeros((2 * n, 2 * n))
    for k in range(2):
        block = slice(k * n, (k + 1) * n)
        K[block, block] = np.diag(survival[k], -1)
        K[k * n, block] = births[k]
        K[block, slice((1 - k) * n, (2 - k) * n)] = -np.diag(taken[k])
    z = (counts[0][:, None] * shares / shares.sum(axis=1, keepdims=True)).ravel()
    total = 0.0
    for day in range(1, days):
        z = K @ z
        sums = z.reshape(2, n).sum(axis=1)
        errors = np.log1p(np.maximum(sums, 0)) + np.minimum(sums, 0) - np.log1p(counts[day])
        total += float(np.sum(mask[day] * errors**2))
    return (
        Comparison(
            quantity="squared error of ln(1 + N)",
            measured=total,
            predict=lambda code: np.asarray(code(**free, counts=counts, mask=mask)["loss"]),
            tolerance=1e-12 * total,
            setting={"classes": n, "days": days},
        ),
    )
