r"""Optimisers run on losses of few weights, for the closed forms of `noether-learning-dynamics`.

The heavy ball $v' = \beta v - \eta(g + kq)$, $q' = q + v'$ is iterated with an explicit gradient:
    rotating  $g = \hat g\,(-q_2, q_1)/|q|^2$, of the loss $\hat g\,\theta$ (scale-invariant)
    white     of size $\hat g/|q|$ in a random direction orthogonal to q and v
    quadratic $g = hq$;  radial $g = (|q|^2 - 1)q$, of a rotation-invariant loss
Exact laws are compared to rounding; approximations at step sizes eta, eta/2, eta/4 and extrapolated
to the limit in which they are exact.

Main definitions: `charge_oscillator`, `discrete_rotation`, `discrete_translation`,
`effective_rate`, `equilibrium`, `equilibrium_norms`, `gradient_descent_charge`,
`heavy_ball_power`, `heavy_ball_rate`, `heavy_ball_response`, `norm_history`, `slow_growth`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Derivative, Function, Symbol

from derivax.numeric.ground_truth.comparison import Comparison, extrapolate
from derivax.numeric.ground_truth.noether_training import train_digits
from derivax.numeric.ground_truth.ode_reference import FirstOrderSystem
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement

__all__ = [
    "charge_oscillator",
    "discrete_rotation",
    "discrete_translation",
    "effective_rate",
    "equilibrium",
    "equilibrium_norms",
    "gradient_descent_charge",
    "heavy_ball_power",
    "heavy_ball_rate",
    "heavy_ball_response",
    "norm_history",
    "slow_growth",
]

Array = NDArray[np.float64]
Gradient = Callable[[Array, Array], Array]
_UNIT = float(np.finfo(np.float64).eps)


def rotating(gh: float) -> Gradient:
    """The gradient of gh times the angle in the plane."""
    return lambda q, v: gh * np.array([-q[1], q[0]]) / (q @ q)


def white(gh: float, d: int, seed: int = 0) -> Gradient:
    """A gradient of size gh/|q| in a new random direction each time, orthogonal to q and v."""
    rng = np.random.default_rng(seed)

    def gradient(q: Array, v: Array) -> Array:
        noise = rng.standard_normal(d)
        frame = np.linalg.qr(np.stack([q, v, noise], axis=1) if v.any() else q[:, None])[0]
        if v.any():
            direction = frame[:, 2]
        else:
            noise -= frame[:, 0] * (frame[:, 0] @ noise)
            direction = noise / np.linalg.norm(noise)
        return gh * direction / np.linalg.norm(q)

    return gradient


def heavy_ball(
    q: Any, gradient: Gradient, eta: float, beta: float, k: float, v: Any = None
) -> Iterator[tuple[Array, Array]]:
    """(q, v) after 0, 1, 2, ... steps."""
    q = np.array(q, dtype=np.float64)
    v = np.zeros_like(q) if v is None else np.array(v, dtype=np.float64)
    while True:
        yield q, v
        v = beta * v - eta * (gradient(q, v) + k * q)
        q = q + v


def _after(steps: int, *args: Any, **named: Any) -> tuple[Array, Array]:
    return next(islice(heavy_ball(*args, **named), steps, None))


def _even(coarse: float, middle: float, fine: float) -> tuple[float, float, float]:
    """(limit, tolerance, order) from runs at eta, eta/2, eta/4 whose error begins with eta^2."""
    first, limit = (4 * middle - coarse) / 3, (4 * fine - middle) / 3
    order = float(np.log2(abs((coarse - middle) / (middle - fine))))
    return limit, abs(limit - first), order


# --- equilibrium -----------------------------------------------------------------------------

_RATES = {"eta": 0.2, "beta": 0.95, "k": 0.03}


def _stationary(gh: float, eta: float, beta: float, k: float) -> tuple[Array, Array]:
    """A rotating gradient until the norm stands: (q, v)."""
    steps = round(40 * (1 - beta) / (eta * k)) + round(40 / (1 - beta))
    return _after(steps, [1.0, 0.0], rotating(gh), eta, beta, k)


def equilibrium() -> tuple[Comparison, ...]:
    """{relative_step, cos_angle, angle}(eta, beta, k): a rotating gradient, when the norm stands.

    Stationary to rounding: each step leaves u|q|, which lives for 1/(1 - beta) steps.
    """
    comparisons = []
    for rates in (_RATES, {"eta": 0.1, "beta": 0.0, "k": 0.05}, {"eta": 0.5, "beta": 0.5, "k": 1}):
        q, v = _stationary(3.0, **rates)
        before = q - v
        C, B = q @ q, before @ before
        cosine = (q @ before) / np.sqrt(C * B)
        angle = abs(np.arctan2(before[0] * q[1] - before[1] * q[0], q @ before))
        measured = np.array([(v @ v) / C, cosine, angle])

        def predict(code: Any, rates: Any = rates) -> Array:
            found = code(**rates)
            return np.array([float(found[n]) for n in ("relative_step", "cos_angle", "angle")])

        comparisons.append(
            Comparison(
                "relative step, cosine and angle of successive weights", measured, predict,
                16 * _UNIT / (1 - rates["beta"]) * np.ones(3), setting=dict(rates),
            )
        )  # fmt: skip
    return tuple(comparisons)


def equilibrium_norms() -> tuple[Comparison, ...]:
    """{white, rotating, overdamped, relaxation}(eta, beta, k, gh): r^4 where the norm stands."""
    rates, gh = {"eta": 0.1, "beta": 0.5, "k": 0.2}, 0.7
    turned, _ = _stationary(gh, **rates)
    steps = round(40 * 0.5 / 0.02)
    drawn, _ = _after(steps, np.eye(12)[0], white(gh, 12), **rates)

    def exact(code: Any) -> Array:
        found = code(**rates, gh=gh)
        return np.array([float(found["rotating"]), float(found["white"])])

    small = [{**rates, "eta": 0.02 / 2**j} for j in range(3)]
    standing = [_stationary(gh, **one)[0] for one in small]
    scaled = [(q @ q) ** 2 / one["eta"] for q, one in zip(standing, small)]
    limit, tolerance, order = extrapolate(*scaled)
    rate_limit, rate_tolerance, rate_order = extrapolate(*(_relaxation(gh, one) for one in small))

    def near(code: Any, name: str) -> Array:
        return np.array(float(code(**small[0], gh=gh)[name]) / small[0]["eta"])

    return (
        Comparison(
            "r^4 for a rotating and for a white gradient", [(turned @ turned) ** 2,
            (drawn @ drawn) ** 2], exact, 1e-13 * np.array([(turned @ turned) ** 2,
            (drawn @ drawn) ** 2]), setting={**rates, "gh": gh},
        ),
        Comparison(
            "r^4/eta of a rotating gradient, for eta -> 0", limit,
            lambda code: near(code, "overdamped"), tolerance, order=order, expected_order=1.0,
            setting={**small[0], "gh": gh},
        ),
        Comparison(
            "rate of r^4 per step over eta, for eta -> 0", rate_limit,
            lambda code: near(code, "relaxation"), rate_tolerance, order=rate_order,
            expected_order=1.0, setting={**small[0], "gh": gh},
        ),
    )  # fmt: skip


def _relaxation(gh: float, rates: Any) -> float:
    """The rate at which a small excess of r^4 shrinks per step, over eta."""
    q, v = _stationary(gh, **rates)
    fixed = (q @ q) ** 2
    settle = round(20 / (1 - rates["beta"]))
    lasting = round(0.5 * (1 - rates["beta"]) / (rates["eta"] * rates["k"]))
    path = heavy_ball(q * (1 + 1e-6), rotating(gh), **rates, v=v)
    excess = [(q @ q) ** 2 - fixed for q, _ in islice(path, settle, settle + lasting + 1)]
    return float(-np.log(excess[-1] / excess[0]) / lasting / rates["eta"])


def slow_growth() -> tuple[Comparison, ...]:
    """{smooth, white}(eta, beta, k, C, g): growth of |q|^2 per step, for eta -> 0 at k = eta.

    Measured per eta^2, when the momentum has settled (30/(1 - beta) steps).
    """
    beta, gh = 0.8, 1.0
    comparisons = []
    for name, gradient, start in (
        ("smooth", rotating(gh), [2.0, 0.0]), ("white", white(gh, 8), 2.0 * np.eye(8)[0])
    ):  # fmt: skip
        grown = []
        for eta in (0.002, 0.001, 0.0005):
            path = heavy_ball(start, gradient, eta, beta, eta)
            (q, _), (after, _) = islice(path, 150, 152)
            # the formula is asked at C = 4, the start
            grown.append(float(after @ after - q @ q) / eta**2)
        limit, tolerance, order = _even(*grown)

        def predict(code: Any, name: str = name) -> Array:
            return np.array(float(code(eta=1e-3, beta=beta, k=1e-3, C=4.0, g=gh / 2)[name]) * 1e6)

        comparisons.append(
            Comparison(
                f"growth of |q|^2 per step over eta^2, {name} gradients", limit, predict,
                tolerance + 8 * _UNIT * 4.0 / 0.0005**2,  # growth is a difference of |q|^2
                order=order, expected_order=2.0, setting={"beta": beta, "k/eta": 1.0, "gh": gh},
            )
        )  # fmt: skip
    return tuple(comparisons)


def norm_history() -> tuple[Comparison, ...]:
    """y(t, eta, beta, k, gh, r0): a rotating gradient, for eta -> 0 at eta gh^2 fixed."""
    beta, k, r0, share = 0.5, 0.1, 1.0, 0.02
    times = np.array([0.4, 1.0, 2.0])
    runs = []
    for eta in (0.004, 0.002, 0.001):
        path = heavy_ball([r0, 0.0], rotating(float(np.sqrt(share / eta))), eta, beta, k)
        states = list(islice(path, round(times[-1] / eta) + 1))
        runs.append([float(states[round(t / eta)][0] @ states[round(t / eta)][0]) ** 2
                     for t in times])  # fmt: skip
    limit, tolerance, order = extrapolate(*runs)
    return (
        Comparison(
            "fourth power of the norm", limit,
            lambda code: np.array(
                [float(code(t, 0.002, beta, k, np.sqrt(share / 0.002), r0)) for t in times]
            ),
            tolerance, order=order, expected_order=1.0,
            setting={"beta": beta, "k": k, "eta gh^2": share},
        ),
    )  # fmt: skip


def effective_rate() -> tuple[Comparison, ...]:
    """The angle that a step turns the weights by, per gradient, over eta, for eta -> 0."""
    beta, gh = 0.5, 1.0
    turned = []
    for eta in (0.004, 0.002, 0.001):
        (q, _), (after, _) = islice(heavy_ball([2.0, 0.0], rotating(gh), eta, beta, 0.0), 60, 62)
        turned.append(-np.arctan2(q[0] * after[1] - q[1] * after[0], q @ after) / (gh * eta))
    limit, tolerance, order = _even(*turned)
    return (
        Comparison(
            "turn of the weights per step and gradient, over eta", limit,
            lambda code: np.array(float(code(eta=1e-3, beta=beta, r=2.0)) * 1e3),
            tolerance + 8 * _UNIT / 0.001, order=order, expected_order=2.0,
            setting={"beta": beta, "r": 2.0},
        ),
    )  # fmt: skip


# --- closed forms of the iteration -----------------------------------------------------------


def heavy_ball_rate() -> tuple[Comparison, ...]:
    """rate(eta, beta, H): -ln(q'/q)/eta of the slow solution, its terms up to eta^2.

    Measured at eta, eta/2, ... eta/16; a polynomial through them gives the first three terms.
    """
    beta, H, eta = 0.5, 1.5, 0.004
    rates, found = eta / 2.0 ** np.arange(5), []
    for one in rates:
        q, before = Fraction(1), Fraction(1)
        for _ in range(70):  # the fast solution is gone: beta^70 = 1e-21
            q, before = (
                q + Fraction(beta) * (q - before) - Fraction(float(one)) * Fraction(H) * q,
                q,
            )
            scale = Fraction(2) ** 200
            q, before = (Fraction(round(x * scale), scale) for x in (q, before))
        found.append(-np.log1p(float((q - before) / before)) / one)

    def first_terms(used: slice) -> float:
        terms = np.linalg.solve(np.vander(rates[used] / eta, increasing=True), found[used])
        return float(terms[:3].sum())

    measured = first_terms(slice(0, 5))
    return (
        Comparison(
            "rate of decay, terms up to eta^2", measured,
            lambda code: np.array(float(code(eta=eta, beta=beta, H=H))),
            abs(measured - first_terms(slice(1, 5))) + 1e-12, setting={"beta": beta, "H": H},
        ),
    )  # fmt: skip


def heavy_ball_power() -> tuple[Comparison, ...]:
    """K_n(n, eta, beta, h): x'' = (1 + beta - eta h) x' - beta x from 0, 1, in exact fractions.

    Real roots (eta h <= (1 - sqrt beta)^2).  A change u of the coefficients moves the slow root by
    u beta over the distance of the roots, and K_n by n times that.
    """
    comparisons = []
    for eta, beta, h in ((0.5, 0.25, 0.25), (0.125, 0.5625, 0.25), (0.0625, 0.75, 0.125)):
        s = 1 + Fraction(beta) - Fraction(eta) * Fraction(h)
        powers = [Fraction(0), Fraction(1)]
        while len(powers) <= 40:
            powers.append(s * powers[-1] - Fraction(beta) * powers[-2])
        n = np.arange(1, 41)
        measured = np.array([float(powers[j]) for j in n])

        def predict(code: Any, given: Any = (eta, beta, h)) -> Array:
            return np.array([float(code(float(j), *given)) for j in range(1, 41)])

        comparisons.append(
            Comparison(
                "response of the heavy ball to an impulse", measured, predict,
                16 * _UNIT * (1 + n / float(s**2 - 4 * Fraction(beta))) * np.abs(measured),
                setting={"eta": eta, "beta": beta, "h": h},
            )
        )  # fmt: skip
    return tuple(comparisons)


def heavy_ball_response() -> tuple[Comparison, ...]:
    """K(n[T], eta, beta, h[m]): oscillating, double and real roots, in exact fractions.

    Every squaring doubles the relative error: a few n u of n beta^((n - 1)/2), or of the power of
    the slow root.
    """
    n = np.array([1, 2, 3, 4, 10, 33, 100, 250])
    eta, beta, curvatures = 0.5, 0.5625, (0.125, 0.03125, 0.5, 2.0, 5.0)  # 0.125: double root
    columns = []
    for h in curvatures:
        s = 1 + Fraction(beta) - Fraction(eta) * Fraction(h)
        rows = [Fraction(0), Fraction(1)]
        while len(rows) <= n.max():
            rows.append(s * rows[-1] - Fraction(beta) * rows[-2])
        columns.append([float(rows[j]) for j in n])
    measured = np.array(columns).T
    scale = np.maximum(np.abs(measured), (n * beta ** ((n - 1) / 2))[:, None])
    kept = np.abs(measured) > 1e-3 * scale  # between zeros, where a relative error means something

    return (
        Comparison(
            "response of the heavy ball after n steps", measured[kept],
            lambda code: np.asarray(code(n.astype(float), eta, beta, np.array(curvatures))["K"])[
                kept
            ],
            (32 * _UNIT * n[:, None] * scale)[kept], setting={"eta": eta, "beta": beta},
        ),
    )  # fmt: skip


def gradient_descent_charge() -> tuple[Comparison, ...]:
    """C_N(n, C_0, eta, k, G): gradient descent with gradients of fixed size orthogonal to q."""
    rng = np.random.default_rng(3)
    eta, k, d, size = 0.125, 0.25, 6, 0.75
    q, charges = rng.standard_normal(d), []
    for _ in range(41):
        charges.append(q @ q)
        g = rng.standard_normal(d)
        g -= q * (q @ g) / (q @ q)
        q = q - eta * (size * g / np.linalg.norm(g) + k * q)
    n = np.arange(1, 41)
    measured = np.array(charges[1:])
    return (
        Comparison(
            "|q|^2 after n steps", measured,
            lambda code: np.array([float(code(float(j), charges[0], eta, k, size**2)) for j in n]),
            8 * _UNIT * n * charges[0], setting={"eta": eta, "k": k, "|g|": size},
        ),
    )  # fmt: skip


def discrete_rotation() -> tuple[Comparison, ...]:
    """p_n(n, p_0, beta): v x q on a rotation-invariant loss with weight decay."""
    beta = 0.875
    path = heavy_ball([1.5, -0.5], lambda q, v: (q @ q - 1) * q, 0.0625, beta, 0.25, [0.25, 0.5])
    states = list(islice(path, 41))
    momenta = np.array([v[0] * q[1] - v[1] * q[0] for q, v in states])
    n = np.arange(1, 41)
    sizes = [np.linalg.norm(v) * np.linalg.norm(q) + 0.0625 * abs(q @ q - 1) * (q @ q)
             for q, v in states]  # fmt: skip
    # every step leaves 4u of |q||v|, which then decays with the momentum
    left = np.zeros(41)
    for j in range(1, 41):
        left[j] = beta * left[j - 1] + 4 * _UNIT * (sizes[j] + sizes[j - 1])
    return (
        Comparison(
            "momentum of the rotation after n steps", momenta[1:],
            lambda code: np.array([float(code(float(j), momenta[0], beta)) for j in n]),
            left[1:], setting={"beta": beta, "eta": 0.0625, "k": 0.25},
        ),
    )  # fmt: skip


def discrete_translation() -> tuple[Comparison, ...]:
    """x_n(n, x_0, x_1, eta, beta, k): sums over the classes of a trained softmax layer."""
    run = train_digits(eta=0.05, beta=0.9, k=1e-3)
    charges = run.charges["translation"]
    size, speed, force = (
        np.sqrt(10 * part) for part in (charges.size, charges.speed, charges.force)
    )
    in_v = run.eta * np.abs(charges.pairing) + 4 * _UNIT * (speed + run.eta * force)
    each = _UNIT * size + in_v / (1 - run.beta)  # an error of v lives for 1/(1 - beta) steps
    tolerance = np.cumsum(each, axis=0)[1:] + 4 * _UNIT * size[1:]
    # a change u of the settings moves the slow root by u over the distance of the roots
    n = np.arange(1, run.steps + 1)[:, None]
    apart = np.sqrt((1 + run.beta - run.eta * run.k) ** 2 - 4 * run.beta)
    tolerance = tolerance + 4 * _UNIT * (n + 4) / apart * np.abs(charges.C[1:])
    kept = np.arange(9, run.steps, 10)
    large = np.abs(charges.C[0]) > 0.2  # their relative resolution means something

    def predict(code: Any) -> Array:
        return np.concatenate([
            np.asarray([
                float(code(float(n + 1), x0, x1, run.eta, run.beta, run.k))
                for x0, x1 in zip(charges.C[0, large], charges.C[1, large])
            ]) for n in kept
        ])  # fmt: skip

    return (
        Comparison(
            "sum of the weights over the classes after n steps",
            charges.C[1:][kept][:, large].ravel(), predict,
            tolerance[kept][:, large].ravel(), setting=run.setting,
        ),
    )  # fmt: skip


def charge_oscillator() -> tuple[Comparison, ...]:
    """x(t, m, mu, kappa, x0, v0): the equation integrated in 30 digits, in every regime."""
    t, m, mu, kappa, x0, v0 = (Symbol(s) for s in ("t", "m", "mu", "kappa", "x0", "v0"))
    x, v = Function("x"), Function("v")
    system = FirstOrderSystem.of(
        Problem(
            [
                Statement(Derivative(x(t), t), "=", v(t)),
                Statement(m * Derivative(v(t), t), "=", -mu * v(t) - kappa * x(t)),
            ],
            [x(t), v(t)],
            given={x(0): x0, v(0): v0},
        )
    )
    comparisons = []
    regimes: dict[str, tuple[Any, ...]] = {
        "oscillating": (1, Fraction(1, 8), 4, 1, Fraction(-1, 2)),
        "critical": (1, 2, 1, 1, Fraction(1, 2)),
        "overdamped": (Fraction(1, 8), 1, Fraction(1, 4), 1, 0),
        "hardly decaying": (Fraction(1, 8), 1, Fraction(1, 10**9), 1, 1),
    }
    for regime, values in regimes.items():
        given = dict(zip((m, mu, kappa, x0, v0), map(Fraction, values)))
        times = [Fraction(j, 2) for j in range(1, 7)]
        path = system.trajectory(given, times, digits=25)
        measured = np.array([float(row[0]) for row in path.values])
        numbers = [float(value) for value in given.values()]
        scale = max(abs(float(values[3])), abs(float(values[4])), *np.abs(measured))

        def predict(code: Any, numbers: Any = numbers, times: Any = times) -> Array:
            return np.array([float(code(float(s), *numbers)) for s in times])

        comparisons.append(
            Comparison(
                f"charge of a broken symmetry, {regime}", measured, predict,
                np.array([float(row[0]) for row in path.errors]) + 32 * _UNIT * scale,
                setting={"regime": regime},
            )
        )  # fmt: skip
    return tuple(comparisons)


