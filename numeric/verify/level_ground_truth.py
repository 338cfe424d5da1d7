"""Level 4: the code against the original system, simulated without the closed form.

Main definitions: `ground_truth_level`, `judge`, `ode_comparisons`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from importlib import import_module
from typing import Any

import jax
import numpy as np
from sympy import Symbol

from derivax.errors import InputError
from derivax.numeric.ground_truth.comparison import Comparison
from derivax.numeric.ground_truth.ode_reference import FirstOrderSystem
from derivax.numeric.verify.certificate import Figure, Level
from derivax.numeric.verify.outputs import flat_results
from derivax.numeric.verify.rounding import NoRoundingRuleError, rounding_bound
from derivax.symbolic.exact.outcome import Outcome

__all__ = [
    "GroundTruth",
    "ground_truth_level",
    "judge",
    "load_ground_truth",
    "ode_comparisons",
    "rounding_at",
]

GroundTruth = str | Callable[..., Sequence[Comparison]]
_EPS = float(np.finfo(np.float64).eps)
_ORDER_SLACK = 0.35
_NUMBERS_KEPT = 64


def load_ground_truth(name: str) -> Callable[..., Sequence[Comparison]]:
    """The function that "module:function" names; only functions of `derivax` are loaded."""
    module, _, function = name.partition(":")
    if not module.startswith("derivax.") or not function.isidentifier():
        raise InputError(name, "is not derivax.<module>:<function>", "")
    try:
        return getattr(import_module(module), function)
    except (ImportError, AttributeError) as error:
        raise InputError(name, f"cannot be loaded ({error})", "") from error


def judge(compiled: Any, comparisons: Iterable[Comparison], method: str) -> Level:
    """Ask the code for its predictions and compare them with what was measured.

    A difference counts when it exceeds what the discretisation explains, by the comparison's own
    tolerance, plus 8 ulp.  A simulation that does not converge at its order explains nothing:
    `open`.
    """
    judged = [_Judged(comparison, compiled) for comparison in comparisons]
    figures = {"comparisons": Figure(len(judged), "", "exact")}
    if not judged:
        return Level(Outcome.OPEN, method, "there was nothing to compare")
    resolutions = [one.resolution for one in judged if one.resolution is not None]
    if resolutions:
        figures["resolution"] = Figure(max(resolutions), "relative error", "bound")
    orders = [one.comparison.order for one in judged if one.comparison.order is not None]
    if orders:
        figures["order"] = Figure(float(min(orders)), "", "measured")
    evidence = {"comparisons": [one.record for one in judged]}
    weak = next((one.weakness for one in judged if one.weakness), "")
    if weak:
        return Level(Outcome.OPEN, method, weak, figures, None, evidence)
    refuting = next((one for one in judged if one.ratio[one.worst] > 1), None)
    if refuting is not None:
        detail = f"{refuting.comparison.quantity}: prediction and simulation differ"
        return Level(Outcome.REFUTED, method, detail, figures, refuting.witness, evidence)
    return Level(Outcome.HOLDS, method, "prediction and simulation agree", figures, None, evidence)


class _Judged:
    """One comparison with the predictions of the code."""

    def __init__(self, comparison: Comparison, compiled: Any) -> None:
        self.comparison = comparison
        self.measured = np.atleast_1d(np.asarray(comparison.measured, dtype=np.float64))
        self.predicted = np.atleast_1d(np.asarray(comparison.predict(compiled), dtype=np.float64))
        if self.predicted.shape != self.measured.shape:
            raise InputError(
                comparison.quantity,
                f"predicted {self.predicted.shape}, measured {self.measured.shape}",
                "",
            )
        tolerance = np.asarray(comparison.tolerance, dtype=np.float64)
        self.allowed = tolerance + 8 * _EPS * np.abs(self.measured)
        difference = np.abs(self.predicted - self.measured)
        with np.errstate(all="ignore"):
            ratio = np.where(difference == 0, 0.0, difference / self.allowed)
        self.ratio = np.where(np.isfinite(difference), ratio, np.inf)
        self.worst = int(np.argmax(self.ratio))

    @property
    def weakness(self) -> str:
        """Why the simulation explains nothing, if so."""
        name, order = self.comparison.quantity, self.comparison.order
        expected = self.comparison.expected_order
        if not (np.isfinite(self.measured).all() and np.isfinite(self.allowed).all()):
            return f"{name}: the simulation gave no finite number"
        if order is not None and expected is not None and not order >= expected - _ORDER_SLACK:
            return f"{name}: converges at order {order:.2f}, not {expected:g}"
        return ""

    @property
    def resolution(self) -> float | None:
        """The relative error that would be seen in any of the numbers."""
        size = np.abs(self.measured)
        return float(np.max(self.allowed[size > 0] / size[size > 0])) if size.any() else None

    @property
    def witness(self) -> dict[str, Any]:
        """The worst number."""
        return {
            "quantity": self.comparison.quantity,
            "predicted": float(self.predicted[self.worst]),
            "measured": float(self.measured[self.worst]),
            "allowed_difference": float(self.allowed[self.worst]),
            **{str(key): value for key, value in self.comparison.setting.items()},
        }

    @property
    def record(self) -> dict[str, Any]:
        """What a re-check replays."""
        kept = np.argsort(-self.ratio, kind="stable")[:_NUMBERS_KEPT]
        numbers = {"predicted": self.predicted, "measured": self.measured, "allowed": self.allowed}
        return {
            "quantity": self.comparison.quantity,
            "unit": self.comparison.unit,
            "setting": dict(self.comparison.setting),
            "order": self.comparison.order,
            **{name: [float(v[i]).hex() for i in kept] for name, v in numbers.items()},
        }


def ground_truth_level(compiled: Any, ground_truth: GroundTruth) -> Level:
    """The comparisons of a simulator: a function, or its name "module:function"."""
    if isinstance(ground_truth, str):
        ground_truth = load_ground_truth(ground_truth)
    name = f"{ground_truth.__module__.removeprefix('derivax.')}:{ground_truth.__qualname__}"
    with jax.enable_x64(True):
        return judge(compiled, ground_truth(), f"simulation by {name}")


def ode_comparisons(
    compiled: Any,
    formula: Any,
    system: FirstOrderSystem,
    *,
    points: int = 6,
    seed: int = 0,
    seconds: float = 20.0,
) -> list[Comparison]:
    """Integrate the problem to sample points of the formula's domain.

    The tolerance at a point is the error estimate of the reference plus what rounding explains in
    the code there.  Points to which the reference cannot be continued are left out.
    """
    deadline = time.monotonic() + seconds
    args = tuple(formula.args)
    others = sorted(
        (system.start.free_symbols.union(*(e.free_symbols for e in system.initial)))
        | set().union(*(e.free_symbols for e in system.slopes)) - {system.variable},
        key=str,
    )
    asked = formula.solves.unknown
    places = [system.unknowns.index(unknown) for unknown in asked]  # not the derivatives
    found: list[Comparison] = []
    for point in formula.domain.rational_points(12 * points, seed=seed + 7):
        if len(found) >= points or time.monotonic() > deadline:
            break
        exact = {arg: Fraction(float(point[arg])) for arg in args if arg in point}
        if any(symbol not in exact for symbol in others) or not _reachable(exact, system):
            continue
        parameters = {symbol: exact[symbol] for symbol in others if isinstance(symbol, Symbol)}
        target = exact.get(system.variable)
        if target is None:
            continue
        try:
            trajectory = system.trajectory(parameters, [target], digits=20, seconds=1.0)
        except InputError:
            continue
        inputs = [np.float64(float(exact[arg])) for arg in args]
        rounding = rounding_at(compiled, formula, inputs)

        def predict(code: Any, inputs: list[Any] = inputs) -> Any:
            return np.asarray([float(v) for v in flat_results(formula.expr, code(*inputs))])

        found.append(
            Comparison(
                quantity=", ".join(map(str, asked)),
                measured=np.asarray([trajectory.values[0][k] for k in places]),
                predict=predict,
                tolerance=np.asarray([trajectory.errors[0][k] for k in places]) + rounding,
                setting={str(arg): float(value) for arg, value in zip(args, inputs, strict=True)},
            )
        )
    return found


def _reachable(exact: Mapping[Symbol, Fraction], system: FirstOrderSystem) -> bool:
    """Leave out far targets: an explicit method would only run out of time."""
    target = exact.get(system.variable)
    return target is not None and abs(target) <= 1000


def rounding_at(compiled: Any, formula: Any, inputs: Sequence[Any]) -> Any:
    """Twice the first-order rounding bound of the code at one point, one number per output."""
    try:
        found = rounding_bound(
            lambda *values: flat_results(formula.expr, compiled(*values)),
            [np.asarray([value]) for value in inputs],
        )
    except NoRoundingRuleError:
        return 0.0
    return np.asarray([2 * float(bound[0]) for bound in found.bounds])
