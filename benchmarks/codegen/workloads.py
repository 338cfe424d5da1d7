"""The formulas of the benchmark: SymPy expressions, what an expert writes by hand, and points.

*Main definitions*: `Workload`, `WORKLOADS`.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import sympy as sp

from derivax.symbolic.nodes.implicit_root import ImplicitRoot
from derivax.symbolic.nodes.recurrence import Recurrence

__all__ = ["WORKLOADS", "Workload"]


@dataclass(frozen=True)
class Workload:
    """`make()` -> (expression, arguments); `hand(*arrays)` in jax.numpy; `low`, `high`: ranges.

    `points`: size of the batch; `extreme`: further points for the errors; `scalar`: one real
    expression, whose errors are measured.
    """

    name: str
    make: Callable[[], tuple[Any, Sequence[Any]]]
    hand: Callable[..., Any]
    low: Sequence[float]
    high: Sequence[float]
    points: int = 100_000
    extreme: Sequence[Sequence[float]] = ()
    shapes: Sequence[tuple[int, ...]] | None = None


def _saxe() -> tuple[Any, Sequence[Any]]:
    s, t, u0, tau = sp.symbols("s t u0 tau", positive=True)
    e = sp.exp(2 * s * t / tau)
    return s * e / (e - 1 + s / u0), (s, t, u0, tau)


def _saxe_by_hand(s: Any, t: Any, u0: Any, tau: Any) -> Any:
    import jax.numpy as jnp

    return s / (1.0 + (s / u0 - 1.0) * jnp.exp(-2.0 * s * t / tau))


def _special() -> tuple[Any, Sequence[Any]]:
    x, y = sp.symbols("x y", positive=True)
    return sp.erf(x) * sp.loggamma(y) + sp.erfc(y) * sp.exp(-x), (x, y)


def _special_by_hand(x: Any, y: Any) -> Any:
    import jax.numpy as jnp
    from jax.scipy import special

    return special.erf(x) * special.gammaln(y) + special.erfc(y) * jnp.exp(-x)


@lru_cache
def _matrices() -> tuple[Any, Sequence[Any]]:
    A, B = sp.MatrixSymbol("A", 3, 3), sp.MatrixSymbol("B", 3, 3)
    return sp.Trace(A.T * B) + sp.Determinant(A) + sp.Trace((A + 4 * sp.Identity(3)).inv() * B), (
        A,
        B,
    )


def _matrices_by_hand(A: Any, B: Any) -> Any:
    import jax.numpy as jnp

    solved = jnp.linalg.solve(A + 4.0 * jnp.eye(3), B)
    return jnp.sum(A * B, (-2, -1)) + jnp.linalg.det(A) + jnp.trace(solved, axis1=-2, axis2=-1)


@lru_cache
def _pendulum(n: int) -> tuple[Any, Sequence[Any]]:
    q, v = sp.symbols(f"q0:{n}"), sp.symbols(f"v0:{n}")
    m, length = sp.symbols(f"m0:{n}", positive=True), sp.symbols(f"l0:{n}", positive=True)
    px: Any = 0
    py: Any = 0
    kinetic: Any = 0
    for i in range(n):
        px += length[i] * sp.sin(q[i])
        py -= length[i] * sp.cos(q[i])
        vx, vy = (sum(sp.diff(p, q[j]) * v[j] for j in range(i + 1)) for p in (px, py))
        kinetic += m[i] * (vx**2 + vy**2) / 2
    mass = sp.Matrix(n, n, lambda i, j: sp.diff(kinetic, v[i], v[j]))
    return mass, (*q, *m, *length)


def _pendulum_by_hand(n: int) -> Callable[..., Any]:
    def mass(*args: Any) -> Any:
        import jax.numpy as jnp

        q, m, length = (jnp.stack(args[k * n : (k + 1) * n]) for k in range(3))
        below = jnp.cumsum(m[::-1], 0)[::-1]
        larger = np.maximum.outer(np.arange(n), np.arange(n))
        value = below[larger] * length[:, None] * length * jnp.cos(q[:, None] - q)
        return jnp.moveaxis(value, (0, 1), (-2, -1))

    return mass


@lru_cache
def _terms(count: int) -> tuple[tuple[tuple[int, ...], float], ...]:
    rng = random.Random(0)
    powers = [p for p in itertools.product(range(9), repeat=6) if sum(p) <= 12]
    return tuple((p, rng.randint(-4096, 4096) / 4096) for p in rng.sample(powers, count))


@lru_cache
def _polynomial(count: int) -> tuple[Any, Sequence[Any]]:
    xs = sp.symbols("x0:6")
    terms = {p: sp.Rational(int(c * 4096), 4096) for p, c in _terms(count)}
    return sp.Poly(terms, *xs).as_expr(), xs


def _polynomial_by_hand(count: int) -> Callable[..., Any]:
    def value(*xs: Any) -> Any:
        import jax.numpy as jnp

        exponents = np.array([p for p, _ in _terms(count)])
        weights = jnp.array([c for _, c in _terms(count)], xs[0].dtype)
        powers = jnp.stack([jnp.stack(xs) ** k for k in range(9)])
        total = weights[:, None]
        for v in range(6):
            total = total * powers[exponents[:, v], v]
        return total.sum(0)

    return value


@lru_cache
def _sum(count: int) -> tuple[Any, Sequence[Any]]:
    x, y = sp.symbols("x y")
    return sp.Add(
        *[sp.sin(k * x) / k + sp.exp(-sp.Rational(k, 100) * y) / k**2 for k in range(1, count + 1)]
    ), (x, y)


def _sum_by_hand(count: int) -> Callable[..., Any]:
    def value(x: Any, y: Any) -> Any:
        import jax.numpy as jnp
        from jax import lax

        def step(j: Any, total: Any) -> Any:
            k = jnp.asarray(j + 1, x.dtype)
            return total + jnp.sin(k * x) / k + jnp.exp(-k / 100 * y) / k**2

        return lax.fori_loop(0, count, step, jnp.zeros_like(x))

    return value


def _shared(depth: int) -> tuple[Any, Sequence[Any]]:
    x, y = sp.symbols("x y")
    value: Any = x
    for _ in range(depth):
        value = sp.Mul(sp.Rational(1, 2), sp.Add(sp.sin(value), value * y, evaluate=False))
    return value, (x, y)


def _shared_by_hand(depth: int) -> Callable[..., Any]:
    def value(x: Any, y: Any) -> Any:
        import jax.numpy as jnp

        result = x
        for _ in range(depth):
            result = 0.5 * (jnp.sin(result) + result * y)
        return result

    return value


@lru_cache
def _hessian() -> tuple[Any, Sequence[Any]]:
    f, args = _saxe()
    return sp.Matrix(
        [*(f.diff(a) for a in args), *(f.diff(a, b) for a in args[:2] for b in args)]
    ), args


def _hessian_by_hand(*args: Any) -> Any:
    import jax
    import jax.numpy as jnp

    shape = args[0].shape
    flat = [a.ravel() for a in args]
    gradient = jax.vmap(jax.grad(_saxe_by_hand, argnums=(0, 1, 2, 3)))(*flat)
    hessian = jax.vmap(jax.hessian(_saxe_by_hand, argnums=(0, 1, 2, 3)))(*flat)
    parts = [*gradient, *(hessian[a][b] for a in range(2) for b in range(4))]
    return jnp.stack(parts, -1).reshape(*shape, 12, 1)


def _removable() -> tuple[Any, Sequence[Any]]:
    x = sp.Symbol("x")
    return (1 - sp.cos(x)) / x**2 + (x - sp.sin(x)) / x**3, (x,)


def _removable_by_hand(x: Any) -> Any:
    import jax.numpy as jnp

    near = jnp.abs(x) < 0.3
    safe = jnp.where(near, 1.0, x)
    w = x * x
    series = (
        1 / 2
        + 1 / 6
        - w * (1 / 24 + 1 / 120 - w * (1 / 720 + 1 / 5040 - w * (1 / 40320 + 1 / 362880)))
    )
    plain = (1.0 - jnp.cos(safe)) / safe**2 + (safe - jnp.sin(safe)) / safe**3
    return jnp.where(near, series, plain)


@lru_cache
def _jacobian() -> tuple[Any, Sequence[Any]]:
    xs = sp.symbols("x0:10")
    outputs = [
        sp.sin(xs[k % 10] * xs[(3 * k + 1) % 10]) * sp.exp(-(xs[(k + 2) % 10] ** 2))
        + xs[k % 10] ** 3
        for k in range(20)
    ]
    return sp.Matrix(outputs).jacobian(sp.Matrix(xs)), xs


def _jacobian_by_hand(*args: Any) -> Any:
    import jax
    import jax.numpy as jnp

    def outputs(x: Any) -> Any:
        k = np.arange(20)
        return (
            jnp.sin(x[k % 10] * x[(3 * k + 1) % 10]) * jnp.exp(-(x[(k + 2) % 10] ** 2))
            + x[k % 10] ** 3
        )

    return jax.vmap(jax.jacfwd(outputs))(jnp.stack(args, -1))


def _logistic() -> tuple[Any, Sequence[Any]]:
    r, x0, x = sp.symbols("r x0 x")
    n = sp.Symbol("n", integer=True, nonnegative=True)
    return Recurrence(r * x * (1 - x), x, x0, n, 1000), (r, x0)


def _logistic_by_hand(r: Any, x0: Any) -> Any:
    from jax import lax

    return lax.fori_loop(0, 1000, lambda _, x: r * x * (1.0 - x), x0)


def _root() -> tuple[Any, Sequence[Any]]:
    u, c, k = sp.symbols("u c k", positive=True)
    return ImplicitRoot(u + k * sp.log(u) - c, u, 0, sp.oo), (c, k)


def _root_by_hand(c: Any, k: Any) -> Any:
    import jax.numpy as jnp
    from jax import lax

    def step(_: Any, u: Any) -> Any:
        return jnp.maximum(u - (u + k * jnp.log(u) - c) / (1.0 + k / u), u / 8.0)

    return lax.fori_loop(0, 12, step, jnp.ones_like(c))


def _response() -> tuple[Any, Sequence[Any]]:
    w, g = sp.symbols("w g", positive=True)
    return sp.exp(sp.I * w) / (1 - w**2 + sp.I * g * w), (w, g)


def _response_by_hand(w: Any, g: Any) -> Any:
    import jax.numpy as jnp

    return jnp.exp(1j * w) / (1.0 - w * w + 1j * g * w)


_PENDULUM = {n: ([-1.0] * n + [0.5] * 2 * n, [1.0] * n + [1.5] * 2 * n) for n in (3, 6)}

WORKLOADS = {
    w.name: w
    for w in (
        Workload("exponential ratio", _saxe, _saxe_by_hand,
                 [0.5, 0.0, 0.01, 0.5], [2.0, 3.0, 0.4, 2.0],
                 1_000_000, [[2.0, 2000.0, 0.1, 1.0], [1e-9, 1.0, 0.1, 1.0]]),
        Workload("special functions", _special, _special_by_hand, [0.1, 0.1], [3.0, 5.0]),
        Workload("matrix expression", _matrices, _matrices_by_hand, [-1, -1], [1, 1], 10_000,
                 shapes=[(3, 3), (3, 3)]),
        Workload("pendulum 3", lambda: _pendulum(3), _pendulum_by_hand(3), *_PENDULUM[3], 20_000),
        Workload("pendulum 6", lambda: _pendulum(6), _pendulum_by_hand(6), *_PENDULUM[6], 20_000),
        Workload("polynomial 10000", lambda: _polynomial(10_000), _polynomial_by_hand(10_000),
                 [-1.0] * 6, [1.0] * 6, 2_000),
        Workload("sum 1000", lambda: _sum(1000), _sum_by_hand(1000),
                 [-3.0, 0.0], [3.0, 2.0], 2_000),
        Workload("shared 12", lambda: _shared(12), _shared_by_hand(12), [-1, -1], [1, 1]),
        Workload("shared 100", lambda: _shared(100), _shared_by_hand(100),
                 [-1, -1], [1, 1], 10_000),
        Workload("gradient and Hessian", _hessian, _hessian_by_hand, [0.5, 0.0, 0.01, 0.5],
                 [2.0, 3.0, 0.4, 2.0], 20_000),
        Workload("removable points", _removable, _removable_by_hand, [-3.0], [3.0], 100_000,
                 [[1e-160], [1e-8], [1e-4], [-0.01]]),
        Workload("Jacobian 20 x 10", _jacobian, _jacobian_by_hand, [-1.0] * 10, [1.0] * 10, 10_000),
        Workload("recurrence 1000", _logistic, _logistic_by_hand, [2.0, 0.1], [3.5, 0.9], 2_000),
        Workload("implicit root", _root, _root_by_hand, [0.5, 0.5], [5.0, 2.0], 10_000),
        Workload("complex response", _response, _response_by_hand, [0.1, 0.1], [3.0, 1.0]),
    )
}  # fmt: skip

QUICK = ("exponential ratio", "pendulum 3", "sum 1000", "removable points", "shared 12")
