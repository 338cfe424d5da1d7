"""The figure of the demo: learning curves, and the error of the predicted half-learning step.

Main definitions: `draw`, `require_matplotlib`.
"""

from __future__ import annotations

from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

from derivax.errors import MissingExtra

__all__ = ["draw", "require_matplotlib"]

_STYLE: Any = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 9,
    "legend.frameon": False,
    "mathtext.fontset": "cm",
}


def require_matplotlib() -> None:
    """Raise `MissingExtra` before any work is done when there is nothing to draw with."""
    if find_spec("matplotlib") is None:
        raise MissingExtra("the figure of the demo", "report")


def draw(path: Path, outcome: Any, curve: Any) -> Path:
    """Theory as lines on top of training as dots (left); errors against lr (right)."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from derivax.writing import write_atomically

    with mpl.rc_context(_STYLE):
        figure: Any = Figure(figsize=(7.4, 3.5), layout="constrained")
        FigureCanvasAgg(figure)
        figure.get_layout_engine().set(wspace=0.06)
        left, right = figure.subplots(1, 2, width_ratios=(1.75, 1))
        colours = mpl.colormaps["viridis"]([k / 9.5 for k in range(len(outcome.modes))])
        _curves(left, outcome, curve, colours)
        _errors(right, outcome, colours)
        content = BytesIO()
        figure.savefig(content, format="png", dpi=200)
    return write_atomically(path, content.getvalue())


def _curves(axes: Any, outcome: Any, curve: Any, colours: Any) -> None:
    import numpy as np

    run, modes = outcome.runs[1], outcome.modes
    last = round(1.02 / run.lr)
    steps = np.linspace(0, last, 600)
    dots = np.arange(0, last + 1, max(1, last // 45))
    for k, colour in enumerate(colours):
        axes.plot(dots, run.strengths[dots, k], "o", ms=3.2, mfc="none", mec=colour, mew=0.7)
        line = np.asarray(curve(t=steps, s=modes.s[k], u0=outcome.u0, tau=1 / run.lr))
        axes.plot(steps, line, "-", color=colour, lw=1.1)
    for k, height in enumerate(_spread(modes.s, 0.52)):
        axes.annotate(
            str(k + 1), (last, modes.s[k]), (last * 1.035, height), fontsize=8,
            color=colours[k], va="center", annotation_clip=False,
            arrowprops={"arrowstyle": "-", "lw": 0.4, "color": colours[k], "shrinkA": 1},
        )  # fmt: skip
    axes.plot([], [], "-", color="0.3", lw=1.1, label="theory, $u(t;\\,s,u_0,\\tau)$")
    axes.plot([], [], "o", ms=3.2, mfc="none", mec="0.3", mew=0.7, label="training")
    axes.legend(loc="upper left", fontsize=8)
    axes.set(
        xlabel="training step", ylabel="strength of mode, $u$", xlim=(0, last),
        ylim=(0, 1.06 * modes.s[0]), title="(a) nine singular modes of the digits",
    )  # fmt: skip


def _spread(values: Any, gap: float) -> list[float]:
    """Heights of labels: those of the (descending) values, but at least `gap` apart."""
    placed: list[float] = []
    for value in values:
        placed.append(min(float(value), placed[-1] - gap) if placed else float(value) + gap / 2)
    return placed


def _errors(axes: Any, outcome: Any, colours: Any) -> None:
    import numpy as np

    rates = np.array([run.lr for run in outcome.runs])
    of_flow = np.abs(outcome.measured - outcome.flow)
    corrected = np.abs(outcome.measured - outcome.predicted)
    for k, colour in enumerate(colours):
        axes.plot(rates, of_flow[:, k], "s-", color=colour, ms=3.2, lw=0.8)
        axes.plot(rates, corrected[:, k], "o-", color=colour, ms=3.2, lw=0.8)
    guide = 1.8 * corrected.max(axis=1)[1] * rates / rates[1]
    axes.plot(rates, guide, ":", color="0.4", lw=1)
    axes.text(rates[1], guide[1] * 1.35, r"$\propto \mathrm{lr}$", color="0.4", ha="right")
    axes.text(rates[1], of_flow[1].min() * 0.6, "gradient flow", ha="center", va="top", fontsize=8)
    axes.text(
        rates[1],
        corrected[1].min() * 0.55,
        "with step correction",
        ha="center",
        va="top",
        fontsize=8,
    )
    axes.set(
        xscale="log", yscale="log", title="(b) half-learning step",
        xlabel=r"learning rate ($\times 10^{-3}$)", ylabel="|measured $-$ predicted| (steps)",
        xlim=(rates[2] / 1.3, rates[0] * 1.3), ylim=(corrected.min() / 4, 4),
    )  # fmt: skip
    axes.set_xticks(rates, [f"{1e3 * rate:g}" for rate in rates])
    axes.minorticks_off()
