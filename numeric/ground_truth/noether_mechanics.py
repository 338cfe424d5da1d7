r"""Particles that really move: Lagrangians as JAX functions, integrated by diffrax.

The original system is $L(q, \dot q, t)$ as a number.  Momenta, equations of motion and Noether
charges come from automatic differentiation of it,
$$\ddot q = (\partial_{\dot q}^2L)^{-1}(\partial_qL - \partial_t\partial_{\dot q}L -
  \partial_q\partial_{\dot q}L\,\dot q),\qquad
  J = p\cdot\xi - (p\cdot\dot q - L)\,T - \Lambda,$$
and the motion from an 8th-order method at relative tolerance 1e-12.  No symbolic result enters;
$\Lambda$ is written down by hand.

*Tolerances.*  Of the motion: its distance from a run at tolerance 1e-10, carried to J.  Of the
integral of a rate: the distance of Simpson's rule from the same with half the points.

Main definitions: `Motion`, `SYSTEMS`, `moving`, `comparisons`, `hidden_charge`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from derivax.errors import MissingExtra
from derivax.numeric.ground_truth.comparison import Comparison

__all__ = ["SYSTEMS", "Motion", "Path", "comparisons", "hidden_charge", "moving"]

Array = NDArray[np.float64]
Numbers = Mapping[str, float]
_UNIT = float(np.finfo(np.float64).eps)
_SAMPLES = 256


@dataclass(frozen=True)
class Motion:
    """A system and one of its transformations.

    Args:
        lagrangian: L(q, v, t, numbers).
        start: q and v at t = 0.
        duration: of the motion.
        xi, shift: change of q and of t per group parameter, functions of (q, v, t, numbers).
        boundary: Lambda(q, v, t, numbers), whose derivative is the change of L.
        numbers: the constants of the system, by name.
        conserved: whether the charge stays.
    """

    lagrangian: Callable[..., Any]
    start: tuple[tuple[float, ...], tuple[float, ...]]
    duration: float
    xi: Callable[..., Any]
    shift: Callable[..., Any] = lambda q, v, t, c: 0.0
    boundary: Callable[..., Any] = lambda q, v, t, c: 0.0
    numbers: Numbers = field(default_factory=dict)
    conserved: bool = True

    def acceleration(self, q: Any, v: Any, t: Any) -> Any:
        """From the Euler-Lagrange equations of the number L."""
        L = self.lagrangian
        c = dict(self.numbers)

        def momentum(q: Any, v: Any, t: Any) -> Any:
            return jax.grad(L, argnums=1)(q, v, t, c)

        mass = jax.jacfwd(momentum, argnums=1)(q, v, t)
        _, drift = jax.jvp(lambda q, t: momentum(q, v, t), (q, t), (v, jnp.ones_like(t)))
        return jnp.linalg.solve(mass, jax.grad(L)(q, v, t, c) - drift)

    def charge(self, q: Any, v: Any, t: Any) -> Any:
        """J by automatic differentiation of L."""
        c = dict(self.numbers)
        value, p = jax.value_and_grad(self.lagrangian, argnums=1)(q, v, t, c)
        shift = self.shift(q, v, t, c)
        change = jnp.dot(p, jnp.asarray(self.xi(q, v, t, c)))
        return change - (jnp.dot(p, v) - value) * shift - self.boundary(q, v, t, c)

    def rate(self, q: Any, v: Any, t: Any) -> Any:
        """dJ/dt on the motion."""
        along = (v, self.acceleration(q, v, t), jnp.ones_like(t))
        return jax.jvp(self.charge, (q, v, t), along)[1]


@dataclass(frozen=True, eq=False)
class Path:
    """A motion at N + 1 equal times: `t`, `q`, `v`; `charge` and `rate` of J; `error` of J."""

    t: Array
    q: Array
    v: Array
    charge: Array
    rate: Array
    error: Array


def moving(motion: Motion, samples: int = _SAMPLES) -> Path:
    """Integrate a motion at tolerances 1e-12 and 1e-10.

    Raises: `MissingExtra` without diffrax.
    """
    try:
        import diffrax
    except ImportError:
        raise MissingExtra("diffrax", "sim") from None
    times = np.linspace(0.0, motion.duration, samples + 1)

    def slope(t: Any, state: Any, _: Any) -> Any:
        q, v = state
        return v, motion.acceleration(q, v, t)

    @jax.jit
    def solved(tolerance: Any) -> Any:
        q, v = (jnp.asarray(part, jnp.float64) for part in motion.start)
        # steps end at the samples: interpolation would be less accurate than the method
        controller = diffrax.ClipStepSizeController(
            diffrax.PIDController(rtol=tolerance, atol=tolerance), step_ts=jnp.asarray(times)
        )
        found = diffrax.diffeqsolve(
            diffrax.ODETerm(slope), diffrax.Dopri8(), 0.0, motion.duration, None, (q, v),
            saveat=diffrax.SaveAt(ts=jnp.asarray(times)), max_steps=20_000,
            stepsize_controller=controller,
        )  # fmt: skip
        q, v = found.ys
        t = jnp.asarray(times)
        return q, v, jax.vmap(motion.charge)(q, v, t), jax.vmap(motion.rate)(q, v, t)

    with jax.enable_x64(True):
        fine, coarse = (tuple(np.asarray(x) for x in solved(tol)) for tol in (1e-12, 1e-10))
    q, v, charge, rate = fine
    return Path(times, q, v, charge, rate, np.abs(charge - coarse[2]))


def comparisons(
    motion: Motion, ask: Callable[[Any, Path], Any], path: Path | None = None
) -> tuple[Comparison, ...]:
    """Charge and rate of a motion against what code says of its states.

    Args:
        motion: the system.
        ask: ask(code, path) -> (charges, rates) that the code gives at the states of the path.
        path: of the motion (default: it is integrated).

    Returns:
        comparisons: a conserved charge stays what it was at the start; one that is not moves as
        the integral of its rate, and its rate is that of the motion.
    """
    path = moving(motion) if path is None else path
    scale = np.abs(path.charge).max()
    drift = np.maximum.accumulate(path.error) + 64 * _UNIT * scale

    def charges(code: Any) -> Array:
        return np.broadcast_to(np.asarray(ask(code, path)[0], np.float64), path.t.shape)

    def rates(code: Any) -> Array:
        return np.broadcast_to(np.asarray(ask(code, path)[1], np.float64), path.t.shape)

    setting = {"numbers": dict(motion.numbers), "duration": motion.duration}
    if motion.conserved:
        return (
            Comparison(
                "charge at every time, against that at the start",
                np.full_like(path.charge, path.charge[0]), charges, drift, setting=setting,
            ),
        )  # fmt: skip
    kept = slice(0, None, 4)
    half = _simpson(path.rate[::2], path.t[2])
    whole = _simpson(path.rate, path.t[1])[::2]
    error = np.maximum.accumulate(np.abs(whole - half))[::2]
    return (
        Comparison("charge at every time", path.charge, charges, drift, setting=setting),
        Comparison(
            "rate of the charge on the motion", path.rate, rates,
            256 * _UNIT * np.abs(path.rate).max() * np.ones_like(path.rate), setting=setting,
        ),
        Comparison(
            "the charge at the start and the integral of its rate",
            path.charge[kept],
            lambda code: charges(code)[0] + _simpson(rates(code), path.t[1])[kept],
            error + drift[kept], setting=setting,
        ),
    )  # fmt: skip


def _simpson(rate: Array, step: float) -> Array:
    """The integral from the start to every sample; even ones by Simpson's rule."""
    found = np.zeros_like(rate)
    found[2::2] = np.cumsum(rate[:-2:2] + 4 * rate[1:-1:2] + rate[2::2]) * step / 3
    found[1::2] = found[:-1:2] + step / 12 * (
        5 * rate[:-1:2] + 8 * rate[1::2] - np.append(rate[2:-1:2], rate[-1])
    )
    return found


# --- systems ---------------------------------------------------------------------------------


def _plane(c: Numbers, v: Any) -> Any:
    return c["m"] * jnp.dot(v, v) / 2


def _kepler(q: Any, v: Any, t: Any, c: Numbers) -> Any:
    return _plane(c, v) + c["k"] / jnp.sqrt(jnp.dot(q, q))


def _magnetic(q: Any, v: Any, t: Any, c: Numbers) -> Any:
    """A charged particle in uniform fields: B across the plane, E along x."""
    return _plane(c, v) + c["B"] * (q[0] * v[1] - q[1] * v[0]) / 2 + c["E"] * q[0]


def _conformal(q: Any, v: Any, t: Any, c: Numbers) -> Any:
    return v[0] ** 2 / 2 - c["g"] / (2 * q[0] ** 2)


def _damped(q: Any, v: Any, t: Any, c: Numbers) -> Any:
    """Kanai's Lagrangian of m q'' + mu q' + k q = 0."""
    return jnp.exp(c["mu"] * t / c["m"]) * (c["m"] * v[0] ** 2 - c["k"] * q[0] ** 2) / 2


_ORBIT = ((0.4, 0.0), (0.0, 2.0))  # eccentricity 0.6 at semi-major axis 1
_UNITS = {"m": 1.0, "k": 1.0}
_FIELDS = {"m": 1.0, "B": 1.5, "E": 0.25}
_LOST = {"m": 0.5, "mu": 0.25, "k": 2.0}

SYSTEMS: Mapping[str, Motion] = {
    "Kepler, rotation": Motion(
        _kepler, _ORBIT, 12.0, lambda q, v, t, c: jnp.array([-q[1], q[0]]), numbers=_UNITS
    ),
    "Kepler, energy": Motion(
        _kepler, _ORBIT, 12.0, lambda q, v, t, c: jnp.zeros(2), lambda q, v, t, c: 1.0,
        numbers=_UNITS,
    ),
    "Kepler, translation": Motion(
        _kepler, _ORBIT, 6.0, lambda q, v, t, c: jnp.array([1.0, 0.0]), numbers=_UNITS,
        conserved=False,
    ),
    "uniform fields, translation along y": Motion(
        _magnetic, ((0.5, -0.25), (1.0, 0.5)), 10.0, lambda q, v, t, c: jnp.array([0.0, 1.0]),
        boundary=lambda q, v, t, c: -c["B"] * q[0] / 2, numbers=_FIELDS,
    ),
    "uniform fields, rotation": Motion(
        _magnetic, ((0.5, -0.25), (1.0, 0.5)), 10.0, lambda q, v, t, c: jnp.array([-q[1], q[0]]),
        numbers=_FIELDS, conserved=False,
    ),
    "conformal mechanics, dilatation": Motion(
        _conformal, ((1.0,), (-0.5,)), 8.0, lambda q, v, t, c: q / 2, lambda q, v, t, c: t,
        numbers={"g": 0.75},
    ),
    "conformal mechanics, special": Motion(
        _conformal, ((1.0,), (-0.5,)), 8.0, lambda q, v, t, c: t * q, lambda q, v, t, c: t**2,
        lambda q, v, t, c: q[0] ** 2 / 2, numbers={"g": 0.75},
    ),
    "damped oscillator, hidden": Motion(
        _damped, ((1.0,), (0.5,)), 8.0, lambda q, v, t, c: -c["mu"] * q / (2 * c["m"]),
        lambda q, v, t, c: 1.0, numbers=_LOST,
    ),
    "damped oscillator, energy": Motion(
        _damped, ((1.0,), (0.5,)), 8.0, lambda q, v, t, c: jnp.zeros(1), lambda q, v, t, c: 1.0,
        numbers=_LOST, conserved=False,
    ),
}  # fmt: skip


@lru_cache(maxsize=32)
def path_of(name: str) -> Path:
    """The path of one of `SYSTEMS`."""
    return moving(SYSTEMS[name])


def hidden_charge() -> tuple[Comparison, ...]:
    """{charge, rate}(q, qdot, t, k, m, mu): a damped oscillator over eight decay times."""
    name = "damped oscillator, hidden"

    def ask(code: Any, path: Path) -> Any:
        found = code(q=path.q[:, 0], qdot=path.v[:, 0], t=path.t, **_LOST)
        return found["charge"], found["rate"]

    return comparisons(SYSTEMS[name], ask, path_of(name))
