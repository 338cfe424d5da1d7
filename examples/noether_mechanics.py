"""Noether charges of mechanics: derived, compiled, and followed along real motions.

Run with `python examples/noether_mechanics.py` (`--quick`: shorter motions; `--figure FILE`).  From
Lagrangians alone: the conserved charges of the Kepler problem, with its Laplace-Runge-Lenz vector;
the charge that a damped oscillator keeps; and the balance law of a symmetry that a field breaks.
The motions are integrated by a plain Runge-Kutta method from the compiled equations of motion.
Needs matplotlib for the figure.  Source: E. Noether, Invariante Variationsprobleme (1918).
"""

import argparse
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from sympy import Function, exp, sqrt, symbols

import derivax

jax.config.update("jax_enable_x64", True)

t = symbols("t", real=True)
m, k, mu, E = symbols("m k mu E", positive=True)
x, y = (Function(name, real=True)(t) for name in "xy")
vx, vy = x.diff(t), y.diff(t)


def motion(lagrangian, coordinates, numbers, start, times, substeps=20):
    """Positions, velocities: RK4 on the compiled Euler-Lagrange equations."""
    equations = derivax.derive(derivax.Lagrangian(lagrangian, coordinates))
    accelerations = derivax.compile(equations)
    names = [str(q.func) for q in coordinates]
    n, step = len(names), (times[1] - times[0]) / substeps
    wanted = {str(a) for a in accelerations.formula.args}

    def slope(state, time):
        known = dict(zip([*names, *(f"{s}dot" for s in names)], state)) | numbers | {"t": time}
        found = accelerations(**{name: known[name] for name in wanted})
        return jnp.concatenate([state[n:], jnp.stack([found[f"{s}ddot"] for s in names])])

    def advance(state, time):
        def one(j, state):
            now = time + j * step
            k1 = slope(state, now)
            k2 = slope(state + step / 2 * k1, now + step / 2)
            k3 = slope(state + step / 2 * k2, now + step / 2)
            k4 = slope(state + step * k3, now + step)
            return state + step / 6 * (k1 + 2 * k2 + 2 * k3 + k4)

        return jax.lax.fori_loop(0, substeps, one, state), state

    _, path = jax.jit(lambda s: jax.lax.scan(advance, s, jnp.asarray(times)))(jnp.asarray(start))
    return np.asarray(path[:, :n]), np.asarray(path[:, n:])


def along(law, path, times, numbers):
    """Charge and rate of a law at every time."""
    code = derivax.compile(law)
    known = {"t": times, **numbers}
    for j, name in enumerate("xy"[: path[0].shape[1]]):
        known[name], known[f"{name}dot"] = path[0][:, j], path[1][:, j]
    found = code(**{str(a): known[str(a)] for a in law.formula.args})
    return tuple(np.broadcast_to(found[part], times.shape) for part in ("charge", "rate"))


def kepler(quick):
    """Angular momentum, energy and the Laplace-Runge-Lenz vector of an ellipse."""
    system = m * (vx**2 + vy**2) / 2 + k / sqrt(x**2 + y**2)
    laws = {
        "angular momentum": derivax.noether(system, [x, y], xi=[-y, x]),
        "energy": derivax.noether(system, [x, y], T=1),
        "Runge-Lenz, x": derivax.noether(
            system, [x, y], xi=[-m * y * vy, m * (2 * x * vy - y * vx)], generalised=True
        ),
    }
    times = np.linspace(0, 3.2 if quick else 31.0, 101 if quick else 601)
    numbers = {"m": 1.0, "k": 1.0}
    path = motion(system, [x, y], numbers, [0.4, 0.0, 0.0, 2.0], times, 40)
    drift = {}
    for name, law in laws.items():
        charge, _ = along(law, path, times, numbers)
        drift[name] = np.abs(charge - charge[0]) / abs(charge[0])
        print(f"  {name}: {law.verdict}, moved by {drift[name].max():.1e} of its value")
        assert law.conserved
        assert drift[name].max() < 1e-5
    return times, path, drift


def oscillator(quick):
    """A damped oscillator loses its energy and keeps another charge."""
    system = exp(mu * t / m) * (m * vx**2 / 2 - k * x**2 / 2)
    hidden = derivax.noether(system, [x], xi=-mu * x / (2 * m), T=1)
    print(f"  {hidden.verdict}: {derivax.latex(-hidden.charge)}")
    times = np.linspace(0, 6.0 if quick else 20.0, 101 if quick else 401)
    numbers = {"m": 1.0, "mu": 0.3, "k": 2.0}
    path = motion(system, [x], numbers, [1.0, 0.0], times)
    charge, _ = along(hidden, path, times, numbers)
    energy = path[1][:, 0] ** 2 / 2 + path[0][:, 0] ** 2
    assert hidden.conserved
    assert np.abs(charge / charge[0] - 1).max() < 1e-6
    return times, energy / energy[0], charge / charge[0]


def broken(quick):
    """A force across the orbit breaks the rotation: the balance law says how fast."""
    system = m * (vx**2 + vy**2) / 2 + k / sqrt(x**2 + y**2) + E * x
    law = derivax.noether(system, [x, y], xi=[-y, x])
    print(f"  {law.verdict}: dJ/dt = {derivax.latex(law.rate)}")
    times = np.linspace(0, 3.0 if quick else 14.0, 101 if quick else 401)
    numbers = {"m": 1.0, "k": 1.0, "E": 0.04}
    path = motion(system, [x, y], numbers, [1.0, 0.0, 0.0, 0.9], times)
    charge, rate = along(law, path, times, numbers)
    steps = (rate[1:] + rate[:-1]) / 2 * np.diff(times)
    balance = charge[0] + np.concatenate([[0.0], np.cumsum(steps)])
    assert not law.conserved
    assert np.abs(balance - charge).max() < 1e-3
    return times, charge, balance


def draw(file, orbit, damped, field):
    """Four panels."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(2, 2, figsize=(10, 7.5), layout="constrained")
    times, path, drift = orbit
    axes[0, 0].plot(*path[0].T, color="C0")
    axes[0, 0].plot(0, 0, "o", color="C1")
    axes[0, 0].annotate("centre of force", (0, 0), (-8, -4), textcoords="offset points", ha="right")
    axes[0, 0].set(xlabel="x", ylabel="y", title="Kepler ellipse, e = 0.6", aspect="equal")
    for name, values in drift.items():
        axes[0, 1].semilogy(times[1:], np.maximum(values[1:], 1e-17), label=name, lw=1)
    axes[0, 1].set(xlabel="time t", ylabel="|J(t) - J(0)| / |J(0)|",
                   title="Conserved: what the integrator leaves", ylim=(1e-17, 1e-6))
    axes[0, 1].legend(loc="upper right", frameon=False)
    times, energy, charge = damped
    axes[1, 0].plot(times, energy, label="energy")
    axes[1, 0].plot(times, charge, label="hidden charge")
    axes[1, 0].set(xlabel="time t", ylabel="value / value at t = 0", ylim=(0, 1.25),
                   title="Damped oscillator")
    axes[1, 0].legend(loc="center right", frameon=False)
    times, charge, balance = field
    axes[1, 1].plot(times, charge, lw=3, alpha=0.4, label="angular momentum J(t)")
    axes[1, 1].plot(times, balance, "--", label="J(0) + integral of the derived rate")
    axes[1, 1].set(xlabel="time t", ylabel="J", title="Rotation broken by a uniform force")
    axes[1, 1].legend(loc="best", frameon=False)
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=130)
    print(f"figure: {file}")


def main():
    """Derive, move, compare, draw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="shorter motions")
    parser.add_argument("--figure", default="demo-output/noether_mechanics.png", metavar="FILE")
    options = parser.parse_args()
    print("Kepler")
    orbit = kepler(options.quick)
    print("Damped oscillator, m x'' + mu x' + k x = 0")
    damped = oscillator(options.quick)
    print("Kepler in a uniform force")
    field = broken(options.quick)
    draw(options.figure, orbit, damped, field)


if __name__ == "__main__":
    main()
