r"""The main job on real data: theory and training of a two-layer linear network on digits.

1797 handwritten digits are whitened, their nine singular modes taken, and every learning curve is
predicted with the compiled closed form u(t; s, u0, tau).  Then the actual network is trained by
full-batch gradient descent from the matching initialisation.  Gradient descent with rate lr lags
behind gradient flow by about a step; the step correction predicts that lag up to O(lr), so what is
left must vanish with lr, and does: the trainings at 2 lr, lr and lr/2 are extrapolated to lr -> 0.

Leaves learning_curves.png, mode.tex, mode.py and certificate.json.

Main definition: `run`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from derivax.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from derivax.numeric.ground_truth.comparison import Comparison
    from derivax.numeric.ground_truth.network_training import Training
    from derivax.numeric.ground_truth.whitening import SingularModes
    from derivax.numeric.verify.certificate import Certificate

__all__ = ["run"]

U0 = 0.01
HIDDEN = 32
LR, QUICK_LR = 2e-3, 4e-3
DURATION = 1.4  # in flow time: all nine modes are learned by then
FILES = ("learning_curves.png", "mode.tex", "mode.py", "certificate.json")


@dataclass(frozen=True, eq=False)
class _Outcome:
    """Half-learning steps of each mode at the rates 2 lr, lr, lr/2, measured and predicted."""

    modes: SingularModes
    u0: float
    runs: tuple[Training, ...]
    flow: Any  # (3, K): gradient flow alone
    predicted: Any  # (3, K): with the step correction
    measured: Any  # (3, K)
    limit: Any  # (K,): what is left of measured - predicted as lr -> 0
    tolerance: Any  # (K,): what the discretisation explains of it

    @property
    def agrees(self) -> Any:
        """(K,) True where nothing is left beyond the tolerance."""
        return abs(self.limit) <= self.tolerance


def run(output: Path, quick: bool = False, console: Console | None = None) -> int:
    """Do the whole job and leave its files in the folder `output`.

    Args:
        output: the folder, made if it does not exist.
        quick: a coarser learning rate and the quick profile of verification.
        console: where progress and the final table go (a rich console).

    Returns:
        0 if theory and training agree in every mode, within what the discretisation explains, and
        no certificate is refuted; else 1.

    Raises:
        InputError: the folder cannot be made.
        MissingExtra: matplotlib is not installed.
    """
    from rich.console import Console as RichConsole

    from derivax.demo_figure import draw, require_matplotlib

    console = console if console is not None else RichConsole()
    require_matplotlib()
    output = Path(output)
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            str(output), f"cannot be made ({error.strerror})", "name another folder"
        ) from error

    import jax

    with jax.enable_x64(True):  # this call only: importing or running changes no setting
        modes, data = _digits(console)
        curve, correction = _theory(console)
        runs = _trainings(data, modes, QUICK_LR if quick else LR, console)
        outcome = _compared(modes, runs, curve["code"], correction["code"])
        certificates = _certificates(outcome, (curve, correction), quick, console)
        with _stage(console, "Writing"):
            draw(output / FILES[0], outcome, curve["code"])
            _write(output, curve, certificates)
        console.print(_table(outcome))
        for certificate in certificates:
            levels = ", ".join(
                f"{name} {level.outcome}" for name, level in certificate.levels.items()
            )
            line = f"{certificate.name}: {certificate.verdict} ({levels})"
            console.print(line, markup=False, highlight=False)
        return _conclude(outcome, certificates, output, console)


@contextmanager
def _stage(console: Console, doing: str) -> Iterator[None]:
    """Say what is being done while it is done, and that it was."""
    from time import perf_counter

    begin = perf_counter()
    with console.status(doing):
        yield
    console.print(f"{doing}: {perf_counter() - begin:.1f} s", highlight=False)


def _digits(console: Console) -> tuple[SingularModes, tuple[Any, Any]]:
    from derivax import data
    from derivax.numeric.ground_truth.whitening import (
        centred_one_hot,
        input_output_correlation,
        singular_modes,
        whiten,
    )

    with _stage(console, "Whitening the digits"):
        images, labels = data.digits()
        inputs, targets = whiten(images).inputs, centred_one_hot(labels)
        modes = singular_modes(input_output_correlation(targets, inputs))
    console.print(
        f"  {len(images)} images, rank {len(inputs)}, {len(modes)} singular modes",
        highlight=False,
    )
    return modes, (inputs, targets)


def _theory(console: Console) -> tuple[dict[str, Any], dict[str, Any]]:
    from derivax import verbs

    found = []
    for name in ("mode", "step-correction"):
        with _stage(console, f"Deriving and compiling {name}"):
            derivation = verbs.derive(f"saxe-linear-networks/{name}")
            found.append({"derivation": derivation, "code": verbs.compile(derivation)})
        checks = sum(len(step.findings) for step in derivation)
        console.print(f"  {checks} checks, outcome: {derivation.outcome}", highlight=False)
    return found[0], found[1]


def _trainings(
    data: tuple[Any, Any], modes: SingularModes, lr: float, console: Console
) -> tuple[Training, ...]:
    """The network, trained at 2 lr, lr and lr/2 for the same flow time."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from derivax.numeric.ground_truth.network_training import balanced_weights, train

    inputs, targets = data
    weights = balanced_weights(modes, U0, L=2, hidden=HIDDEN)
    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    found = []
    with Progress(*columns, console=console) as progress:
        for rate in (2 * lr, lr, lr / 2):
            steps = round(DURATION / rate)
            name = f"Training {steps} steps at lr = {rate:g}"
            task = progress.add_task(name, total=steps)

            def finished(done: int, task: Any = task) -> None:
                progress.update(task, completed=done)

            found.append(
                train(
                    inputs, targets, weights, lr=rate, steps=steps, modes=modes, dtype="float64",
                    progress=finished,
                )
            )  # fmt: skip
    return tuple(found)


def _compared(
    modes: SingularModes, runs: tuple[Training, ...], curve: Any, correction: Any
) -> _Outcome:
    import numpy as np

    from derivax.numeric.ground_truth.comparison import extrapolate
    from derivax.numeric.ground_truth.network_training import crossing_step

    half = modes.s / 2
    measured = np.array(
        [
            [
                crossing_step(curve_, level, cubic=True)
                for curve_, level in zip(run.strengths.T, half)
            ]
            for run in runs
        ]
    )
    predicted = np.array([correction(u0=U0, uf=half, s=modes.s, lr=run.lr) for run in runs])
    flow = np.array([_flow_step(curve, modes.s, half, run.lr) for run in runs])
    limit, tolerance, _ = extrapolate(*(measured - predicted))
    # 1e-6 steps: the interpolation between two steps, and rounding over hundreds of them
    return _Outcome(modes, U0, runs, flow, predicted, measured, limit, tolerance + 1e-6)


def _flow_step(curve: Any, s: Any, level: Any, lr: float) -> Any:
    """When the compiled learning curve itself reaches a level, by bisection; in steps of lr."""
    import numpy as np

    low, high = np.zeros_like(s), np.full_like(s, DURATION / lr)
    for _ in range(60):
        middle = (low + high) / 2
        below = np.asarray(curve(t=middle, s=s, u0=U0, tau=1 / lr)) < level
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return (low + high) / 2


def _certificates(
    outcome: _Outcome, results: tuple[dict[str, Any], ...], quick: bool, console: Console
) -> list[Certificate]:
    """Certificates whose level 4 is the training on the digits itself."""
    from derivax.numeric.verify import verify

    truths = (_curve_comparison(outcome), _step_comparison(outcome))
    found = []
    for result, truth in zip(results, truths):
        derivation, code = result["derivation"], result["code"]
        with _stage(console, f"Verifying {code.name}"):
            found.append(
                verify(
                    derivation,
                    profile="quick" if quick else "standard",
                    compiled=code,
                    ground_truth=lambda truth=truth: (truth,),
                )
            )
    return found


def _curve_comparison(outcome: _Outcome) -> Comparison:
    """The strengths of all modes at sixteen times, extrapolated to gradient flow."""
    import numpy as np

    from derivax.numeric.ground_truth.comparison import Comparison, extrapolate

    coarse, modes = outcome.runs[0], outcome.modes
    every = coarse.steps // 16
    kept = [run.strengths[:: every * 2**k][1:17] for k, run in enumerate(outcome.runs)]
    limit, tolerance, order = extrapolate(*kept)
    times = coarse.lr * every * np.arange(1, len(limit) + 1)[:, None]
    return Comparison(
        "strength of a mode of the digits during learning",
        limit.ravel(),
        lambda code: np.asarray(code(t=times, s=modes.s, u0=U0, tau=1.0)).ravel(),
        tolerance.ravel(),
        order=order,
        expected_order=1.0,
        setting={"s": modes.s.tolist(), "u0": U0, "lr": [run.lr for run in outcome.runs]},
    )


def _step_comparison(outcome: _Outcome) -> Comparison:
    """The half-learning steps at the middle rate, less what vanishes with the rate."""
    import numpy as np

    from derivax.numeric.ground_truth.comparison import Comparison

    lr, s = outcome.runs[1].lr, outcome.modes.s
    # lr n(lr) = c0 + c1 lr + c2 lr^2 through the three rates: c2 lr steps vanish with the rate
    rates = np.array([run.lr for run in outcome.runs])
    lasting = rates[:, None] * outcome.measured
    vanishing = np.linalg.solve(np.vander(rates, increasing=True), lasting)[2] * lr
    return Comparison(
        "half-learning step of a mode of the digits",
        outcome.measured[1] - vanishing,
        lambda code: np.asarray(code(u0=U0, uf=s / 2, s=s, lr=lr)),
        np.abs(vanishing) + 1e-6,
        unit="steps",
        setting={"s": s.tolist(), "u0": U0, "lr": lr},
    )


def _write(output: Path, curve: dict[str, Any], certificates: list[Certificate]) -> None:
    from derivax import verbs
    from derivax.numeric.export import export
    from derivax.numeric.verify import write_certificates
    from derivax.writing import write_atomically

    write_atomically(output / FILES[1], verbs.latex(curve["derivation"], style="document"))
    export(curve["code"], output / FILES[2], certificate=certificates[0])
    write_certificates(output / FILES[3], certificates)


def _table(outcome: _Outcome) -> Any:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    lr = outcome.runs[1].lr
    table = Table(
        title=f"Half-learning step of each mode at lr = {lr:g}",
        title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False, padding=(0, 0),
    )  # fmt: skip
    for heading in ("mode", "s", "flow", "predicted", "measured", "difference", "lr -> 0"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for k, agrees in enumerate(outcome.agrees):
        table.add_row(
            str(k + 1),
            f"{outcome.modes.s[k]:.6f}",
            f"{outcome.flow[1, k]:.3f}",
            f"{outcome.predicted[1, k]:.3f}",
            f"{outcome.measured[1, k]:.3f}",
            f"{outcome.measured[1, k] - outcome.predicted[1, k]:+.4f}",
            f"{outcome.limit[k]:+.1e}",
            "[green]agrees[/green]" if agrees else "[red]differs[/red]",
        )
    return table


def _conclude(
    outcome: _Outcome, certificates: list[Certificate], output: Path, console: Console
) -> int:
    refuted = [c.name for c in certificates if c.verdict == "refuted"]
    count = int(outcome.agrees.sum())
    console.print(
        f"Theory and training agree in {count} of {len(outcome.modes)} modes. The difference "
        f"halves with lr; extrapolated to lr -> 0 the trainings leave "
        f"{float(abs(outcome.limit).max()):.0e} steps and would show "
        f"{float(outcome.tolerance.max()):.0e}.",
        highlight=False,
    )
    if refuted:
        console.print(f"Refuted: {', '.join(refuted)}", markup=False)
    console.print(f"Left in {output}: {', '.join(FILES)}", markup=False, highlight=False)
    return 0 if count == len(outcome.modes) and not refuted else 1
