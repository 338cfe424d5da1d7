"""Age-structured populations: from det(lambda I - L) to growth factors, winners and a fit.

Run with `python examples/leslie_populations.py [FOLDER]`; a figure is written to FOLDER
(default: demo-output).  Sources: Leslie 1945; arXiv 2412.19831; counts of Gause 1934.
"""

import sys
from pathlib import Path

import jax
import matplotlib.pyplot as plt
import numpy as np

import derivax
from derivax import data

jax.config.update("jax_enable_x64", True)

# Two species of 3 and 2 age classes: alone (A, D), and what each takes from the other (B, C).
A = np.array([[0.2, 1.6, 1.1], [0.5, 0.0, 0.0], [0.0, 0.4, 0.0]])
D = np.array([[0.1, 0.7], [0.6, 0.0]])
B = np.array([[0.30, 0.25], [0.10, 0.20], [0.00, 0.15]])
C = np.array([[0.25, 0.35, 0.20], [0.00, 0.10, 0.05]])


def life_table() -> None:
    """A table of 100 ages: growth, structure, elasticities."""
    euler_lotka = derivax.derive("leslie-populations/euler-lotka")
    print(f"{euler_lotka['polynomial']}\n  for every n, {euler_lotka.outcome}")
    found = derivax.life_table(data.life_table())
    print(str(found).split("\n\n")[0])
    # a hundred uncertain tables at once, with the gradient of the growth factor
    growth = derivax.compile("leslie-populations/growth-factor")
    draws = 1 + 0.05 * np.random.default_rng(0).standard_normal((100, 1))
    f, s = found.fecundity * draws, found.survival[:-1]
    lam, slope = jax.vmap(jax.value_and_grad(lambda f: growth(f, s)["lam"]))(f)
    print(f"growth factor of 100 draws: {lam.mean():.6f} +- {lam.std():.6f}, "
          f"largest gradient at age {int(np.abs(slope[0]).argmax()) + 1}")  # fmt: skip


def competition(axes: plt.Axes) -> None:
    """Who wins, and who is gone first, as the start of the second species grows."""
    standing = derivax.compile("leslie-populations/last-species-standing")
    first = derivax.compile("leslie-populations/first-extinction")
    x0, scales = np.array([3.0, 2.0, 1.0]), np.linspace(0.5, 8.0, 61)
    starts = scales[:, None] * np.ones(2)
    verdict = jax.vmap(lambda y0: standing(A, B, C, D, x0, y0))(starts)
    gone = jax.vmap(lambda y0: first(A, B, C, D, x0, y0, 200.0))(starts)
    balance = np.interp(0.0, -np.asarray(verdict["I0"]), scales)
    print(f"balance at y0 = c (1, 1), c = {balance:.6f}; totals there: 6 against {2 * balance:.3f}")
    win = np.asarray(verdict["winner"])
    axes.step(scales, gone["step"], where="mid", color="0.3", lw=1)
    for side, colour, label in ((1, "#4477aa", "x wins"), (-1, "#ee6677", "y wins")):
        axes.scatter(scales[win == side], np.asarray(gone["step"])[win == side], s=12,
                     color=colour, label=label, zorder=3)  # fmt: skip
    axes.axvline(balance, color="k", lw=0.8, ls=":")
    axes.set(xlabel="start of the second species, c", ylabel="steps until one species is gone",
             title="Last Species Standing")  # fmt: skip
    axes.legend(frameon=False)


def fit(axes: plt.Axes) -> None:
    """Gause's mixture of Paramecium aurelia and caudatum: linear models with 1 and 2 ages."""
    counts = data.paramecium()
    styles = ((1, ":"), (2, "-"))
    for classes, line in styles:
        found = derivax.fit_competition(counts.mixed, classes, starts=128, logarithmic=False)
        print(found)
        name = f"{classes} class{'es' * (classes > 1)}"
        for k, colour in enumerate(("#4477aa", "#ee6677")):
            label = name if k == 0 else None
            axes.plot(counts.days, found.predicted[:, k], line, color=colour, lw=1.2, label=label)
    for k, (name, colour) in enumerate((("aurelia", "#4477aa"), ("caudatum", "#ee6677"))):
        axes.plot(counts.days, counts.mixed[:, k], "o", ms=3, color=colour, label=f"P. {name}")
    axes.set(xlabel="day", ylabel="individuals per 0.5 cc", title="Gause 1934, mixture",
             ylim=(-20, 430))  # fmt: skip
    axes.legend(frameon=False, fontsize=7)
    print("The linear model has no carrying capacity: it follows these 25 days and says nothing "
          "about day 40.")  # fmt: skip


def main() -> None:
    """Everything, and a figure."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "demo-output")
    folder.mkdir(parents=True, exist_ok=True)
    life_table()
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.6, 3.1), layout="constrained")
    competition(left)
    fit(right)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(folder / "leslie_populations.png", dpi=170)
    print(derivax.verify("leslie-populations/last-species-standing", profile="quick"))


if __name__ == "__main__":
    main()
