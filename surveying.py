"""`derivax life-table`: a table of survival and fecundity in; growth, structure, figure out.

Main definitions: `run`, `draw`.
"""

from __future__ import annotations

import argparse
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from derivax.demo_figure import require_matplotlib
from derivax.errors import InputError
from derivax.numeric.programs.life_table import LifeTable, life_table
from derivax.terminal import emit, emit_json
from derivax.writing import write_atomically

__all__ = ["draw", "run"]


def run(args: argparse.Namespace) -> int:
    """Analyse the table that the command names; write where `-o` says.

    `-o` with .json holds everything, .csv one row per age, .png the figure.
    """
    suffix = "" if args.output is None else args.output.suffix.lower()
    if args.output is not None and suffix not in (".json", ".csv", ".png"):
        raise InputError(str(args.output), "is neither .json, .csv nor .png", "choose one of them")
    if args.json and suffix in (".csv", ".png"):
        raise InputError(f"--json -o {args.output}", "contradict each other", "drop --json")
    if suffix == ".png":
        require_matplotlib()
    found = life_table(args.table)
    if args.json or suffix == ".json":
        emit_json(found.to_dict(), args.output)
    elif suffix == ".csv":
        heads, rows = found.rows()
        lines = [",".join(heads)]
        lines += [",".join("" if np.isnan(x) else repr(float(x)) for x in row) for row in rows]
        write_atomically(args.output, "\n".join(lines) + "\n")
    elif suffix == ".png":
        draw(args.output, found)
    else:
        emit(str(found))
    return 0


def draw(path: Path, found: LifeTable) -> Path:
    """Stable age distribution, reproductive value, and the elasticities, by age."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    style: Any = {"font.size": 9, "axes.spines.top": False, "axes.spines.right": False,
                  "axes.titlesize": 9, "legend.frameon": False}  # fmt: skip
    with mpl.rc_context(style):
        figure: Any = Figure(figsize=(7.4, 2.7), layout="constrained")
        FigureCanvasAgg(figure)
        left, middle, right = figure.subplots(1, 3)
        age = found.age
        left.fill_between(age, found.stable_age, step="mid", alpha=0.6, color="#4477aa")
        left.set(xlabel="age", ylabel="share", title="stable age distribution", ylim=(0, None))
        middle.plot(age, found.reproductive_value, color="#aa3377", drawstyle="steps-mid")
        middle.set(xlabel="age", title="reproductive value (newborn = 1)", ylim=(0, None))
        right.plot(age[:-1], found.elasticity_survival, color="#228833", label="survival",
                   drawstyle="steps-mid")  # fmt: skip
        right.plot(age, found.elasticity_fecundity, color="#ee6677", label="fecundity",
                   drawstyle="steps-mid")  # fmt: skip
        right.set(xlabel="age", title="elasticity of the growth factor", ylim=(0, None))
        right.legend()
        figure.suptitle(
            f"growth factor {found.lam:.6g} per step, $R_0$ = {found.R0:.4g}, "
            f"$\\bar T$ = {found.Tbar:.4g} steps",
            fontsize=9,
        )
        content = BytesIO()
        figure.savefig(content, format="png", dpi=200)
    return write_atomically(path, content.getvalue())
