"""Field theory in zero dimensions: an integral, its diagrams, and what to do with their sum.

Run with `python examples/phi4.py`.  Derives the free energy of phi^4 theory from its integral and
from its diagrams, draws all diagrams of the third order, sums the divergent series against the
closed form of the integral, and does the same for a rule set of one's own, the anharmonic
oscillator.  Writes `phi4-diagrams.svg` and `phi4-series.png`.
"""

from pathlib import Path

import numpy as np
from sympy import Abs, Rational, exp, oo, symbols

import derivax
from derivax import diagrams

g = symbols("g", positive=True)
t, s = symbols("t s", real=True)


def main() -> None:
    """Derive, list, draw, resum."""
    # 1. The integral and the connected vacuum diagrams are two ways to the same series.
    free_energy = derivax.derive("born-diagrams/phi4-free-energy", order=5)
    print(free_energy["diagrams"], f"[{free_energy.outcome}]")
    print(free_energy["logarithm"])
    print(derivax.latex(free_energy.formula))
    value = derivax.compile(free_energy)
    print(f"at g = 0.01: {float(value(0.01)):.12f}")

    # 2. All diagrams of the third order, each with its symmetry factor and its value, on one page.
    quartic = diagrams.RuleSet(
        "F", {"x": diagrams.Vertex("qqqq", -g)}, {"": diagrams.Propagator("qq")}, g, order=4
    )
    entries = diagrams.drawing.entries_of(quartic, 3)
    Path("phi4-diagrams.svg").write_text(
        diagrams.drawing.gallery(entries, title="Third order of \\ln Z"), encoding="utf-8"
    )
    print(f"third order: {len(entries)} diagrams, phi4-diagrams.svg")
    first = next(quartic.diagrams(3))
    print(diagrams.drawing.tikz(diagrams.drawing.picture(first)))

    # 3. Irreducible diagrams: the effective action is the Legendre transform of ln Z(J).
    action = derivax.derive("born-diagrams/phi4-effective-action")
    for name, part in action.formula.expr.items():
        print(f"{name}: {part}")

    # 4. The series diverges for every g > 0; its Borel sum is the closed form of the integral.
    closed = derivax.derive("born-diagrams/phi4-partition-function")
    print(closed.conclusion)
    everything = diagrams.RuleSet(
        "Z", quartic.vertices, quartic.lines, g, order=24, graphs="all"
    )  # summed without listing: there are far too many diagrams
    z = [everything.summed(n).coeff(g, n) for n in range(25)]
    at = 1.0
    exact = float(closed.conclusion.rhs.subs(g, at).evalf(20))
    partial = np.cumsum([float(c) * at**n for n, c in enumerate(z)])
    resummed = [
        float(diagrams.resummation.borel_sum(z[: n + 1], at, 8)) for n in (4, 8, 12, 16, 20, 24)
    ]
    print(f"Z(1) = {exact:.15f}")
    print(f"best partial sum is off by {np.abs(partial - exact).min():.1e}")
    print(f"Borel sum of 25 coefficients is off by {abs(resummed[-1] - exact):.1e}")

    # 5. Rules of one's own: the ground state of H = p^2/2 + x^2/2 + g x^4.
    oscillator = diagrams.RuleSet(
        "E",
        {"x": diagrams.Vertex("qqqq", -24 * g, diagrams.integral(t, -oo, oo))},
        {"": diagrams.Propagator("qq", exp(-Abs(t - s)) / 2, t, s)},
        g, 4, per_label=True, constant=Rational(1, 2), factor=-1,
    )  # fmt: skip
    energy = derivax.derive(oscillator)
    print(energy.conclusion, f"[{energy.outcome}]")
    draw(quartic, partial, resummed, exact)


def draw(quartic, partial, resummed, exact) -> None:
    """Diagrams of the second order, and the errors of partial and of Borel sums."""
    try:
        import matplotlib
    except ImportError:
        print("the figure needs matplotlib: pip install 'derivax[report]'")
        return
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 3, figsize=(11, 3.6), gridspec_kw={"width_ratios": [1, 1, 2]})
    for axis, diagram in zip(axes, quartic.diagrams(2)):
        name = f"$\\frac{{1}}{{{diagram.symmetry_factor}}}\\, g^2$"
        diagrams.drawing.draw(diagrams.drawing.picture(diagram, caption=name), axis)
    orders = np.arange(len(partial))
    axes[2].semilogy(orders, np.abs(partial - exact), "o-", label="partial sums")
    axes[2].semilogy((4, 8, 12, 16, 20, 24), np.abs(np.array(resummed) - exact), "s-",
                     label="Borel sums")  # fmt: skip
    axes[2].set_xlabel("order")
    axes[2].set_ylabel("error of Z(1)")
    axes[2].legend()
    figure.tight_layout()
    figure.savefig("phi4-series.png", dpi=110)
    plt.close(figure)
    print("phi4-series.png")


if __name__ == "__main__":
    main()
