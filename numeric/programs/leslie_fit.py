r"""Fit of interacting age-structured populations to counts, through the iterated map.

$$x_{t+1} = Ax_t - By_t,\qquad y_{t+1} = Dy_t - Cx_t,\qquad \text{counts} = \text{class sums}$$

Main definitions: `fit_competition`, `Fit`, `one_step_regression`, `logistic_growth`,
`lotka_volterra`.

Implementation notes.  Constraints by transformation: softplus for fecundities, interactions and the
start, the logistic function for survivals.  All starts run together under `vmap` with Adam, the
best are finished by least squares (Levenberg-Marquardt).  The loss is the squared error of
ln(1 + N), or of N; uncounted days are masked.  A trajectory that becomes negative is kept (the
model is linear) but ln(1 + N) continues linearly below zero, so that the gradient leads back.

Identifiability: the singular values of the Jacobian of the residuals at the best fit; directions
whose singular value is below 1e-6 of the largest are not determined by the counts.

What the linear model cannot do: it has no carrying capacity.  A plateau is fitted by a growth
factor near 1, and extrapolation beyond the counts is meaningless.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from derivax.errors import InputError

__all__ = ["Fit", "fit_competition", "logistic_growth", "lotka_volterra", "one_step_regression"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted competition model; n classes per species.

    `A`, `D` (n, n) Leslie matrices; `b`, `c` (n,): what each class loses to the same class of the
    other species (B, C diagonal); `x0`, `y0` (n,): the start; `loss`, of the best start; `sse`, in
    individuals squared; `losses` (starts,), rising: how often the best was found; `predicted`
    (days, 2); `singular_values` of the Jacobian at the best fit, `undetermined`: how many
    directions the counts leave open.
    """

    A: Array
    D: Array
    b: Array
    c: Array
    x0: Array
    y0: Array
    loss: float
    sse: float
    losses: Array
    predicted: Array
    singular_values: Array
    undetermined: int

    def __str__(self) -> str:
        near = int((self.losses < 1.01 * self.losses[0]).sum())
        return (
            f"{len(self.x0)} classes per species, {len(self.singular_values)} parameters: "
            f"loss {self.loss:.6g}, SSE {self.sse:.6g}; {near} of {len(self.losses)} starts within "
            f"1 % of the best; {self.undetermined} directions undetermined"
        )


def _parameters(theta: Any, n: int) -> dict[str, Any]:
    """The model of an unconstrained vector."""
    import jax
    import jax.numpy as jnp

    positive, fraction = jax.nn.softplus, jax.nn.sigmoid
    sizes = (n, n - 1, n, n - 1, n, n, n, n)
    parts = jnp.split(theta, np.cumsum(sizes)[:-1])

    def leslie(f: Any, s: Any) -> Any:
        return jnp.zeros((n, n)).at[0].set(positive(f)) + jnp.diag(fraction(s), -1)

    return {
        "A": leslie(parts[0], parts[1]),
        "D": leslie(parts[2], parts[3]),
        "b": positive(parts[4]),
        "c": positive(parts[5]),
        "x0": jax.nn.softmax(parts[6]),
        "y0": jax.nn.softmax(parts[7]),
    }


def _trajectory(theta: Any, n: int, first: Any, days: int) -> Any:
    """Class sums on each day."""
    import jax
    import jax.numpy as jnp

    p = _parameters(theta, n)

    def step(state: Any, _: Any) -> Any:
        x, y = state
        new = (p["A"] @ x - p["b"] * y, p["D"] @ y - p["c"] * x)
        return new, jnp.stack([new[0].sum(), new[1].sum()])

    start = (first[0] * p["x0"], first[1] * p["y0"])
    _, later = jax.lax.scan(step, start, None, length=days - 1)
    return jnp.concatenate([first[None], later])


def _residuals(theta: Any, n: int, counts: Any, mask: Any, logarithmic: bool) -> Any:
    import jax.numpy as jnp

    predicted = _trajectory(theta, n, counts[0], len(counts))
    if logarithmic:
        safe = jnp.maximum(predicted, 0.0)
        # below zero: the tangent of ln(1 + N) at 0
        predicted = jnp.log1p(safe) + jnp.minimum(predicted, 0.0)
        counts = jnp.log1p(counts)
    return jnp.where(mask, predicted - counts, 0.0)[1:].ravel()


def fit_competition(
    counts: ArrayLike,
    classes: int = 2,
    *,
    starts: int = 256,
    steps: int = 600,
    finished: int = 24,
    logarithmic: bool = True,
    seed: int = 0,
) -> Fit:
    """Fit two competing age-structured species to their counts, from many starts.

    Args:
        counts: (days, 2), NaN where nothing was counted; the first day is the start.
        classes: age classes per species.
        starts: random starts, run together; `steps` of Adam each, the `finished` best ones then by
            least squares.
        logarithmic: loss on ln(1 + N); else on N.
        seed: of the starts.

    Returns: a `Fit`.

    Raises: `InputError` for counts that are not two columns, negative, or begin uncounted.
    """
    import jax
    import jax.numpy as jnp
    from scipy.optimize import least_squares

    data, mask = _counts(counts)
    n = int(classes)
    if n < 1 or starts < 1:
        raise InputError(f"classes = {classes}, starts = {starts}", "are at least 1", "")
    size = 8 * n - 2
    with jax.enable_x64(True):
        observed, seen = jnp.asarray(data), jnp.asarray(mask)

        def residuals(theta: Any) -> Any:
            return _residuals(theta, n, observed, seen, logarithmic)

        def loss(theta: Any) -> Any:
            return jnp.sum(residuals(theta) ** 2)

        rng = np.random.default_rng(seed)
        begin = rng.normal(0.0, 1.5, (starts, size))
        begin[:, 4 * n - 2 : 6 * n - 2] -= 4.0  # weak interactions
        ends, losses = _adam(loss, jnp.asarray(begin), steps)
        order = np.argsort(np.where(np.isfinite(losses), losses, np.inf))
        function, slope = jax.jit(residuals), jax.jit(jax.jacfwd(residuals))
        best, values = None, list(np.asarray(losses))
        for place in order[: max(1, finished)]:
            solved = least_squares(
                lambda t: np.asarray(function(t)), np.asarray(ends[place]),
                jac=lambda t: np.asarray(slope(t)), max_nfev=1500,
            )  # fmt: skip
            values[place] = 2 * solved.cost
            if best is None or solved.cost < best.cost:
                best = solved
        assert best is not None
        jacobian = np.asarray(slope(best.x))
        predicted = np.asarray(_trajectory(jnp.asarray(best.x), n, observed[0], len(data)))
        named = {k: np.asarray(v) for k, v in _parameters(jnp.asarray(best.x), n).items()}
    singular = np.linalg.svd(jacobian, compute_uv=False)
    return Fit(
        A=named["A"],
        D=named["D"],
        b=named["b"],
        c=named["c"],
        x0=data[0, 0] * named["x0"],
        y0=data[0, 1] * named["y0"],
        loss=float(2 * best.cost),
        sse=float(np.sum(np.where(mask, predicted - data, 0.0) ** 2)),
        losses=np.sort(np.array(values)),
        predicted=predicted,
        singular_values=singular,
        undetermined=int((singular < 1e-6 * singular[0]).sum()) + max(0, size - len(singular)),
    )


def _adam(loss: Callable[[Any], Any], begin: Any, steps: int) -> tuple[Any, Any]:
    """Adam from all starts together, with a decaying rate."""
    import jax
    import jax.numpy as jnp

    def one(theta: Any) -> Any:
        def step(state: Any, k: Any) -> Any:
            t, m, v = state
            g = jax.grad(loss)(t)
            g = jnp.where(jnp.isfinite(g), g, 0.0)
            g = g / jnp.maximum(1.0, jnp.linalg.norm(g))  # far from the data, direction only
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
            rate = 0.1 * 0.5 * (1 + jnp.cos(jnp.pi * k / steps))
            scale = jnp.sqrt(v / (1 - 0.999 ** (k + 1))) + 1e-9
            return (t - rate * m / (1 - 0.9 ** (k + 1)) / scale, m, v), None

        zero = jnp.zeros_like(theta)
        end, _ = jax.lax.scan(step, (theta, zero, zero), jnp.arange(steps))
        return end[0], loss(end[0])

    return jax.jit(jax.vmap(one))(begin)


def _counts(counts: ArrayLike) -> tuple[Array, NDArray[np.bool_]]:
    data = np.asarray(counts, dtype=np.float64)
    if data.ndim != 2 or data.shape[1] != 2 or len(data) < 4:
        raise InputError(f"counts of shape {data.shape}", "are not (days, 2) with days >= 4", "")
    mask: NDArray[np.bool_] = np.logical_not(np.isnan(data))
    if not mask[0].all() or np.isinf(data).any() or (data[mask] < 0).any():
        raise InputError(
            "counts", "hold negative or infinite numbers, or no start", "NaN marks uncounted days"
        )
    return np.where(mask, data, 0.0), mask


# --- baselines -----------------------------------------------------------------------------------


def one_step_regression(counts: ArrayLike) -> Array:
    """Least squares of the counts on those one day before: K (2, 2) with N(t+1) = K N(t)."""
    data, mask = _counts(counts)
    both: NDArray[np.bool_] = np.asarray(mask.all(axis=1))
    pairs = both[1:] & both[:-1]
    found = np.linalg.lstsq(data[:-1][pairs], data[1:][pairs], rcond=None)[0]
    return np.asarray(found.T)


def logistic_growth(counts: ArrayLike) -> tuple[float, float]:
    """r and K of one species from the regression of N(t+1)/N(t) - 1 on N(t)."""
    data = np.asarray(counts, dtype=np.float64)
    pairs = ~np.isnan(data[1:]) & ~np.isnan(data[:-1]) & (data[:-1] > 0)
    size, growth = data[:-1][pairs], (data[1:][pairs] / data[:-1][pairs]) - 1
    slope, r = np.polyfit(size, growth, 1)
    return float(r), float(-r / slope)


def lotka_volterra(
    aurelia: ArrayLike, caudatum: ArrayLike, mixed: ArrayLike
) -> tuple[dict[str, float], float]:
    """Competition ODE fitted to both species alone and together: parameters and squared error.

    N' = r N (1 - (N + alpha M)/K), M' = rho M (1 - (M + beta N)/L), least squares of all counts.
    """
    from scipy.integrate import solve_ivp
    from scipy.optimize import least_squares

    alone = [np.asarray(x, dtype=np.float64) for x in (aurelia, caudatum)]
    together = np.asarray(mixed, dtype=np.float64)
    days = np.arange(len(together), dtype=float)

    def rates(_: float, z: Array, p: Array) -> list[float]:
        return [
            p[0] * z[0] * (1 - (z[0] + p[4] * z[1]) / p[2]),
            p[1] * z[1] * (1 - (z[1] + p[5] * z[0]) / p[3]),
        ]

    def residuals(logs: Array) -> Array:
        p = np.exp(logs)
        found = []
        for start, seen in (
            ([alone[0][0], 0.0], np.column_stack([alone[0], np.full(len(days), np.nan)])),
            ([0.0, alone[1][0]], np.column_stack([np.full(len(days), np.nan), alone[1]])),
            (together[0], together),
        ):
            path = solve_ivp(rates, (0, days[-1]), start, t_eval=days, args=(p,), rtol=1e-8)
            found.append((path.y.T - seen)[~np.isnan(seen)])
        return np.concatenate(found)

    names = ("r_aurelia", "r_caudatum", "K_aurelia", "K_caudatum", "alpha", "beta")
    solved = least_squares(residuals, np.log([0.8, 0.6, 530.0, 200.0, 2.0, 0.5]))
    return dict(zip(names, map(float, np.exp(solved.x)), strict=True)), float(2 * solved.cost)
