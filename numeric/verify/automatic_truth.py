r"""Level 4 for a problem of one's own: the problem itself says how it is simulated.

- An initial value problem: integration of the equations (`ode_reference`, 20 digits).
- A recurrence: iteration from the given values, in ball arithmetic.
- An unknown that the problem states as an integral, a sum or an expectation: rigorous quadrature
  (`acb.integral`) or summation of what is stated; and for an expectation under a Gaussian law a
  Monte-Carlo mean of \(f(Lz)\), which knows nothing of the node's own quadrature.

A Monte-Carlo interval \(\bar f \pm q\,s/\sqrt n\) holds at all points together but for a
false-alarm rate of `FALSE_ALARM` (Bonferroni, normal quantile); half its width over \(|\bar f|\) is
the resolution.

No route knows the closed form that is judged.

Main definitions: `automatic_level`, `automatic_comparisons`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from statistics import NormalDist
from typing import Any

import flint
import jax
import numpy as np
from sympy import Basic, Expr, Integral, Symbol, linear_eq_to_matrix
from sympy.core.function import AppliedUndef

from derivax.errors import DerivaxError, InputError
from derivax.numeric.ground_truth.comparison import Comparison
from derivax.numeric.ground_truth.ode_reference import FirstOrderSystem
from derivax.numeric.verify.certificate import Level
from derivax.numeric.verify.level_ground_truth import judge, ode_comparisons, rounding_at
from derivax.numeric.verify.outputs import flat_results
from derivax.symbolic.exact.ball import BallProgram
from derivax.symbolic.exact.conditions import value_in_floats
from derivax.symbolic.exact.outcome import Outcome
from derivax.symbolic.nodes.gaussian_expectation import GaussianExpectation

__all__ = ["FALSE_ALARM", "automatic_comparisons", "automatic_level"]

FALSE_ALARM = 1e-6
_POINTS = 6
_DRAWS = 2**18
_BITS = 192
_LONGEST_ITERATION = 200


def automatic_level(compiled: Any, formula: Any, *, seed: int = 0, seconds: float = 20.0) -> Level:
    """The formula's problem simulated without the formula; `not_applicable` says why it cannot."""
    method = "simulation of the problem as it is stated"
    try:
        method, comparisons = automatic_comparisons(compiled, formula, seed=seed, seconds=seconds)
        if not comparisons:
            return Level(Outcome.NOT_RUN, method, "no point could be simulated in time")
        with jax.enable_x64(True):
            return judge(compiled, comparisons, method)
    except InputError as error:
        return Level(Outcome.NOT_APPLICABLE, method, f"no simulation: {error}")
    except DerivaxError as error:
        return Level(Outcome.OPEN, method, str(error))


def automatic_comparisons(
    compiled: Any, formula: Any, *, seed: int = 0, seconds: float = 20.0
) -> tuple[str, list[Comparison]]:
    """How the problem is simulated, and what was measured.

    Raises: `InputError` when the problem is of none of the kinds.
    """
    problem = formula.solves
    deadline = time.monotonic() + seconds
    with jax.enable_x64(True):
        if problem.order:
            system = FirstOrderSystem.of(problem)
            found = ode_comparisons(compiled, formula, system, seed=seed, seconds=seconds)
            return "reference integration of the equations", found
        iteration = _Iteration.of(problem)
        if iteration is not None:
            found = list(_measured(compiled, formula, iteration.at, seed, deadline))
            return "iteration of the recurrence from its given values", found
        stated = _stated(problem)
        program = BallProgram(stated, _inputs(formula))
        found = list(_measured(compiled, formula, _evaluation(program), seed, deadline))
        method = "rigorous quadrature of what the problem states"
        if any(isinstance(part, GaussianExpectation) for part in stated):
            found += _sampled(compiled, formula, stated, seed, deadline)
            method += f", and Monte Carlo at a false-alarm rate of {FALSE_ALARM:g}"
        return method, found


def _inputs(formula: Any) -> tuple[Symbol, ...]:
    return tuple(formula.args)


# --- points ----------------------------------------------------------------------------------


def _points(formula: Any, seed: int) -> Iterator[dict[Symbol, Fraction]]:
    """Points of the domain whose coordinates are floats; whole numbers stay moderate."""
    for point in formula.domain.rational_points(12 * _POINTS, seed=seed + 7):
        exact = {arg: Fraction(float(point[arg])) for arg in formula.args if arg in point}
        if len(exact) == len(formula.args) and formula.domain.contains(exact) is True:
            yield exact


def _measured(
    compiled: Any, formula: Any, at: Any, seed: int, deadline: float
) -> Iterator[Comparison]:
    """What `at` gives (a ball per output) at points of the domain, as far as it does."""
    done = 0
    for exact in _points(formula, seed):
        if done == _POINTS or time.monotonic() > deadline:
            return
        balls = at(exact)
        if balls is None or not all(isinstance(b, flint.arb) and b.is_finite() for b in balls):
            continue
        measured = np.array([float(ball.mid()) for ball in balls])
        if not np.isfinite(measured).all():
            continue
        radius = np.array([float(ball.rad()) for ball in balls])
        inputs = [np.float64(float(exact[arg])) for arg in formula.args]
        yield Comparison(
            quantity=", ".join(map(str, formula.solves.unknown)),
            measured=measured,
            predict=_prediction(formula, inputs),
            tolerance=radius + rounding_at(compiled, formula, inputs),
            setting={str(a): float(v) for a, v in zip(formula.args, inputs, strict=True)},
        )
        done += 1


def _prediction(formula: Any, inputs: Sequence[Any]) -> Any:
    return lambda code: np.asarray(
        [float(value) for value in flat_results(formula.expr, code(*inputs))]
    )


# --- recurrences -----------------------------------------------------------------------------


class _Iteration:
    """x(n + k) = f(x(n + k - 1), ..., x(n), n), solved for the highest values."""

    def __init__(
        self, variable: Symbol, window: list[AppliedUndef], steps: list[Expr], problem: Any
    ) -> None:
        self.variable, self.window, self.problem = variable, window, problem
        others = set().union(*(step.free_symbols for step in steps)) - {variable}
        self.others = sorted(others, key=str)
        self.program = BallProgram(steps, [variable, *self.others, *window])

    @classmethod
    def of(cls, problem: Any) -> _Iteration | None:
        """The iteration that a problem states; None when it is no recurrence."""
        unknowns = [u for u in problem.unknown if isinstance(u, AppliedUndef)]
        if len(unknowns) != len(problem.unknown) or any(len(u.args) != 1 for u in unknowns):
            return None
        variable = unknowns[0].args[0]
        if not isinstance(variable, Symbol) or not variable.is_integer:
            return None
        heads = [u.func for u in unknowns]
        sides = [equation.lhs - equation.rhs for equation in problem.equations]
        shifts: dict[Any, list[int]] = {head: [] for head in heads}
        for value in {v for side in sides for v in side.atoms(AppliedUndef)}:
            shift = value.args[0] - variable
            if value.func in shifts and not shift.is_Integer:
                raise InputError(str(value), "is no value at a fixed distance from n", "")
            if value.func in shifts:
                shifts[value.func].append(int(shift))
        top = {head: max(found) for head, found in shifts.items()}
        if all(top[head] == min(shifts[head]) for head in heads):
            return None
        highest = [Symbol(f"_next_{k}") for k in range(len(heads))]
        names = {h(variable + top[h]): s for h, s in zip(heads, highest, strict=True)}
        matrix, right = linear_eq_to_matrix([side.xreplace(names) for side in sides], highest)
        if not matrix.is_square:
            raise InputError(str(problem), "its equations do not determine the next values", "")
        steps = list(matrix.LUsolve(right))
        # the step that gives x(n), from the values before it
        steps = [
            step.subs(variable, variable - top[head])
            for head, step in zip(heads, steps, strict=True)
        ]
        window = sorted({v for step in steps for v in step.atoms(AppliedUndef)}, key=str)
        return cls(variable, window, steps, problem)

    def at(self, exact: Mapping[Symbol, Fraction]) -> list[Any] | None:
        """The values at a point, iterated from the given ones; None when they do not reach it."""
        last = exact.get(self.variable)
        if last is None or last.denominator != 1 or not 0 <= last <= _LONGEST_ITERATION:
            return None
        parameters = {s: exact[s] for s in self.others if s in exact}
        if len(parameters) < len(self.others):
            return None
        known: dict[tuple[Any, int], Any] = {}
        for key, value in self.problem.given.items():
            program = BallProgram(value, value.free_symbols)
            if not (value.free_symbols <= set(exact) and key.args[0].is_Integer):
                return None
            known[key.func, int(key.args[0])] = program.at(exact, _BITS)
        heads = [u.func for u in self.problem.unknown]
        shifts = {value: int(value.args[0] - self.variable) for value in self.window}
        first = min((n for _, n in known), default=0)
        for n in range(first, int(last) + 1):
            if all((head, n) in known for head in heads):
                continue
            try:
                before = {v: known[v.func, n + shift] for v, shift in shifts.items()}
            except KeyError:
                return None
            found = self.program.at({self.variable: n, **parameters, **before}, _BITS)
            known.update({(h, n): b for h, b in zip(heads, found, strict=True)})
        if any((head, int(last)) not in known for head in heads):
            return None
        return [known[head, int(last)] for head in heads]


# --- integrals, sums, expectations -------------------------------------------------------------


def _stated(problem: Any) -> list[Expr]:
    """What the problem says each unknown to be.  Raises `InputError`."""
    found = []
    for unknown in problem.unknown:
        sides = [
            other
            for equation in problem.equations
            for side, other in ((equation.lhs, equation.rhs), (equation.rhs, equation.lhs))
            if equation.rel == "=" and side == unknown and not _contains(other, problem.unknown)
        ]
        if not sides:
            raise InputError(
                str(problem), f"it does not state {unknown} as an integral or a sum", ""
            )
        found.append(sides[0])
    return found


def _contains(expr: Basic, unknown: Sequence[Basic]) -> bool:
    return any(expr.has(one) for one in unknown)


def _evaluation(program: BallProgram) -> Any:
    def at(exact: Mapping[Symbol, Fraction]) -> list[Any] | None:
        try:
            return list(program.at(exact, _BITS))
        except DerivaxError:
            return None

    return at


def _sampled(
    compiled: Any, formula: Any, stated: Sequence[Expr], seed: int, deadline: float
) -> list[Comparison]:
    """Monte-Carlo means of the Gaussian expectations."""
    quantile = NormalDist().inv_cdf(1 - FALSE_ALARM / (2 * _POINTS * len(stated)))
    rng = np.random.default_rng([seed, 11])
    normal = rng.standard_normal((2, _DRAWS))
    found: list[Comparison] = []
    for exact in _points(formula, seed):
        if len(found) == _POINTS or time.monotonic() > deadline:
            break
        means = [_mean(part, exact, normal) for part in stated]
        if any(mean is None or not np.isfinite(mean).all() for mean in means):
            continue
        values, spreads = np.array(means, dtype=float).T
        inputs = [np.float64(float(exact[arg])) for arg in formula.args]
        found.append(
            Comparison(
                quantity=f"Monte-Carlo mean of {_DRAWS} draws",
                measured=values,
                predict=_prediction(formula, inputs),
                tolerance=quantile * spreads + rounding_at(compiled, formula, inputs),
                setting={str(a): float(v) for a, v in zip(formula.args, inputs, strict=True)},
            )
        )
    return found


def _mean(part: Expr, exact: Mapping[Symbol, Fraction], normal: Any) -> tuple[float, float] | None:
    """Mean and standard error of an expectation at a point; None for anything else."""
    if not isinstance(part, GaussianExpectation) or part.body.has(Integral, GaussianExpectation):
        return None
    program = BallProgram(list(part.entries), list(exact))
    entries = [float(ball.mid()) for ball in program.at(exact, 64)]
    variables = part.variables
    if len(variables) == 1:
        columns = [np.sqrt(entries[0]) * normal[0]]
    else:
        covariance = np.array([[entries[0], entries[2]], [entries[2], entries[1]]])
        values, vectors = np.linalg.eigh(covariance)
        columns = list((vectors * np.sqrt(np.maximum(values, 0))) @ normal)
    given = {s: np.full(_DRAWS, float(v)) for s, v in exact.items()}
    with np.errstate(all="ignore"):
        drawn = value_in_floats(
            part.body, {**given, **dict(zip(variables, columns, strict=True))}, _DRAWS
        )
    if drawn is None:
        return None
    return float(np.mean(drawn)), float(np.std(drawn) / np.sqrt(_DRAWS))
